# SPDX-License-Identifier: MulanPSL-2.0
"""The watch over limits: people are warned ahead, alarms ring when one has passed, the accountable head is called when it stays so."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import connection

from linli.core import alarms, clock, rows
from linli.core.actions import run
from linli.core.calendar_store import calendar
from linli.core.due import after_action, leave
from linli.core.faults import Conflict
from linli.core.jobs import regularly
from linli.core.models import Due
from linli.core.sight import looking, of_all
from linli.core.system_actors import system_actor
from linli.core.words import Words, words
from linli.core.working_time import TimeUnit
from linli.matters import categories, heads, numbers
from linli.matters.actions.pausing import ring_no_head
from linli.matters.alarms import NO_HEAD, alarm_of
from linli.matters.clockwork import stamp
from linli.matters.kinds import FIRST_REPLY, SUPERVISION, Kind, kind_of
from linli.matters.models import Interval, Matter
from linli.matters.names import limit_words
from linli.matters.waiting import COME_BACK

BATCH = 500
ESCALATE = "matter.escalate_now"
TRY_AGAIN = timedelta(hours=4)
"""How soon a matter whose area has no head is looked at again (our choice)."""
UNESCALATED = frozenset({FIRST_REPLY, SUPERVISION})
"""Limits that ring but call no head: a supervision is with him already."""
PASSED = words("{number} 的“{limit}”时限 {due} 已过，请催办。", "The limit “{limit}” of {number} passed on {due}. Please press for it.")
LONG_PASSED = words("“{limit}”时限 {due} 已过，超时较久，自动转督办。请承办单位书面说明原因、办法和完成时间。",
                    "The limit “{limit}” passed on {due} and stays so. The unit explains in writing why, what it does and by when.")
NOBODY = words("有超时事项要转督办，但这里没有任命属地负责人。请任命负责人，任命后自动转办。",
               "Overdue matters are to be escalated, but no accountable head is appointed here. Appoint one; they follow by themselves.")
CAME_BACK = words("到了再看的日期，自动恢复计时。", "The day to look again has come; the clock runs on by itself.")

TAKE = """select l.id, l.matter_id, l.area, l.name, l.unit, l.due_at, l.warned_at is null, l.late_at is null, m.kind, m.category_id, m.is_open
from matters_limit l join matters_matter m on m.id = l.matter_id
where l.met_at is null and l.next_at is not null and l.next_at <= %s order by l.next_at limit %s for no key update of l skip locked"""
NOTE = """update matters_limit l set next_at = n.next_at, warned_at = coalesce(l.warned_at, n.warned_at), late_at = coalesce(l.late_at, n.late_at)
from unnest(%s::bigint[], %s::timestamptz[], %s::timestamptz[], %s::timestamptz[]) as n (id, next_at, warned_at, late_at) where l.id = n.id"""


@dataclass(frozen=True)
class Passing:
    """One limit whose moment has come."""

    limit: int
    matter: int
    area: int
    name: str
    unit: TimeUnit
    due_at: datetime | None
    is_unwarned: bool
    is_unnoticed: bool
    kind: Kind
    code: str
    is_open: bool


Noted = tuple[int, datetime | None, datetime | None, datetime | None]


@regularly("matters.watch_limits", "* * * * *")
def watch_limits() -> int:
    """Look at every limit whose moment has come, in batches by the index of those that wait; answers how many."""
    done, taken = 0, BATCH
    while taken == BATCH:
        taken = watch_batch()
        done += taken
    return done


def watch_batch() -> int:
    """One batch in one transaction; what another process holds is left to it."""
    now = clock.now()
    with looking(of_all()), rows.collecting():
        passing = _taken(now)
        noted = [_looked_at(one, now) for one in passing]
        if noted:
            with connection.cursor() as cursor:
                cursor.execute(NOTE, [list(column) for column in zip(*noted, strict=True)])
    return len(passing)


def _taken(now: datetime) -> list[Passing]:
    with connection.cursor() as cursor:
        cursor.execute(TAKE, [now, BATCH])
        found = cursor.fetchall()
    made = []
    for limit, matter, area, name, unit, due_at, unwarned, unnoticed, kind, category, is_open in found:
        known = categories.loaded(category)
        made.append(Passing(limit, matter, area, name, TimeUnit(unit), due_at, unwarned, unnoticed, kind_of(kind), known.code if known else "", is_open))
    return made


def _looked_at(one: Passing, now: datetime) -> Noted:
    """What becomes of a limit: warned, overdue with an alarm, or over to the head; and when the watch comes back to it."""
    if one.due_at is None or not one.is_open:
        return one.limit, None, None, None
    if now < one.due_at:
        return one.limit, one.due_at, now, None
    if one.is_unnoticed:
        sentence = PASSED.format(number=numbers.number_of(one.matter), limit=limit_words(one.kind, one.name), due=stamp(one.due_at))
        alarms.ring(alarm_of(one.kind, one.code, one.name), area=one.area, subject_kind="matter", subject=one.matter, sentence=sentence)
        return one.limit, _escalates_at(one, one.due_at), None, now
    leave(ESCALATE, area=one.area, subject_kind="matter", subject=one.matter, at=now)
    return one.limit, None, None, None


def _escalates_at(one: Passing, due_at: datetime) -> datetime | None:
    if one.name in UNESCALATED:
        return None
    watch = one.kind.watch
    term = watch.escalate_urgent if one.unit.is_urgent else watch.escalate
    return calendar().after(due_at, term.amount * calendar().unit_seconds(term.unit), term.unit)


@after_action(ESCALATE)
def escalate_now(due_rows: Sequence[Due]) -> None:
    """Hand long overdue matters to the accountable head; where none is appointed an alarm rings, and the watch tries again."""
    worker = system_actor("worker")
    found = Matter.objects.filter(id__in={row.subject for row in due_rows}, is_open=True, is_supervised=False).select_related("category").order_by("id")
    for matter in found:
        late = _longest_overdue(matter)
        if late is None:
            continue
        if heads.head_of(matter.area) is None:
            ring_no_head(matter.area, NOBODY)
            leave(ESCALATE, area=matter.area, subject_kind="matter", subject=matter.pk, at=clock.now() + TRY_AGAIN)
            continue
        alarms.still(NO_HEAD, subject_kind="place", subject=matter.area // 1_000_000 * 1_000_000)
        given = {"number": numbers.number_of(matter.pk), "version": matter.version, "text": str(late.in_language("zh-hans"))}
        run("matter.escalate", worker, given)


def _longest_overdue(matter: Matter) -> Words | None:
    """The sentence about the limit that passed first and is still open; None when every one has been met or moved meanwhile."""
    kind = kind_of(matter.kind)
    open_ones = matter.limits.filter(met_at=None, late_at__isnull=False, due_at__lt=clock.now()).exclude(name__in=UNESCALATED).order_by("due_at")
    first = open_ones.first()
    return LONG_PASSED.format(limit=limit_words(kind, first.name), due=stamp(first.due_at)) if first else None


@after_action(COME_BACK)
def come_back(due_rows: Sequence[Due]) -> None:
    """Let clocks run on whose pause is over by itself; one that was ended or renewed meanwhile is left alone."""
    worker, now = system_actor("worker"), clock.now()
    over = Interval.objects.filter(matter__in={row.subject for row in due_rows}, state="paused", ended_at=None, until__lte=now)
    for matter in Matter.objects.filter(id__in=over.values("matter"), is_paused=True).order_by("id"):
        try:
            run("matter.resume", worker, {"number": numbers.number_of(matter.pk), "version": matter.version, "note": CAME_BACK.zh})
        except Conflict:  # somebody moved it in this very moment, which ended the pause or will be seen by the next due row
            leave(COME_BACK, area=matter.area, subject_kind="matter", subject=matter.pk, at=now + timedelta(minutes=1))
