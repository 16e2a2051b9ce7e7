# SPDX-License-Identifier: MulanPSL-2.0
"""When the holiday notice of a year arrives: open limits that reach into it are reckoned anew, in batches that may be broken off."""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta

from django.db import connection

from linli.core import alarms, clock, rows
from linli.core.actions import Done
from linli.core.calendar_store import calendar
from linli.core.calendars import LATE_DECEMBER
from linli.core.due import after, after_action, leave
from linli.core.editions import CHECK_SECONDS
from linli.core.models import Due
from linli.core.words import words
from linli.matters.alarms import alarm_of
from linli.matters.clocks import clock_of, next_look
from linli.matters.clockwork import stamp
from linli.matters.kinds import FIRST_REPLY, WHOLE, Kind, kind_of
from linli.matters.models import Interval, Limit, Matter

PLAN, RECKON, RECKONED = "matter.plan_reckoning", "matter.reckon_limits", "matter.reckon"
SETTLED = timedelta(seconds=2 * CHECK_SECONDS)
"""By then every process reckons with the new calendar: nothing is missed that was opened in between."""
MOVED = words("{at} 放假安排公布后重算：到期时间由 {old} 改为 {new}", "{at}: reckoned anew after the holiday notice: due {new} instead of {old}")
CONFIRMED = words("{at} 放假安排已公布，到期时间不变，不再是暂定", "{at}: the holiday notice is out; the due time stays and is no longer provisional")
WRITTEN = ("due_at", "is_provisional", "explanation", "next_at", "late_at")

LEAVE = """insert into core_due (reaction, area, subject_kind, subject, at, tries, trouble)
select %s, area, 'matter', matter_id, %s + (row_number() over (order by matter_id) / 200) * interval '1 second', 0, '' from (
  select distinct matter_id, area from matters_limit where met_at is null and (is_provisional or due_at >= %s and started_at < %s)) reaching"""


@after_action("matter.await_calendar", "calendar.publish_year", "calendar.load")
def await_calendar(due_rows: Sequence[Due]) -> None:
    """Plan the reckoning for when every process knows the new calendar. The subject is the year, 0 for several."""
    for row in due_rows:
        leave(PLAN, area=row.area, subject_kind="calendar", subject=row.subject, at=row.at + SETTLED)


@after_action(PLAN)
def plan_reckoning(due_rows: Sequence[Due]) -> None:
    """Leave one row of due work for each matter with an open limit that was provisional or reaches into the year."""
    for row in due_rows:
        first, last = _bounds(row.subject)
        with connection.cursor() as cursor:
            cursor.execute(LEAVE, [RECKON, clock.now(), first, last])


def _bounds(year: int) -> tuple[datetime, datetime]:
    """From the last days of December before, which a notice may still move; nothing but what is provisional when no year is named."""
    if not year:
        return datetime.max.replace(tzinfo=UTC), datetime.min.replace(tzinfo=UTC)
    return datetime(year - 1, 12, LATE_DECEMBER, tzinfo=UTC) - timedelta(days=1), datetime(year + 1, 1, 2, tzinfo=UTC)


@after_action(RECKON)
def reckon_limits(due_rows: Sequence[Due]) -> None:
    """Bring the open limits of a batch of matters to what the calendar now says; a second run changes nothing."""
    wanted = sorted({row.subject for row in due_rows})
    matters = {one.pk: one for one in Matter.objects.filter(id__in=wanted, is_open=True).select_for_update(of=("self",)).select_related("category").order_by("id")}
    intervals: dict[int, list[Interval]] = {}
    for interval in Interval.objects.filter(matter__in=list(matters)).order_by("started_at", "id"):
        intervals.setdefault(interval.matter_id, []).append(interval)
    changed: dict[int, list[Limit]] = {}
    for limit in Limit.objects.filter(matter__in=list(matters), met_at=None).select_for_update():
        if _reckoned(kind_of(matters[limit.matter_id].kind), matters[limit.matter_id].category.code, limit, intervals.get(limit.matter_id, [])):
            changed.setdefault(limit.matter_id, []).append(limit)
    Limit.objects.bulk_update([one for found in changed.values() for one in found], WRITTEN, batch_size=200)
    _follow([(matters[number], found) for number, found in changed.items()])


def _reckoned(kind: Kind, code: str, limit: Limit, intervals: Iterable[Interval]) -> bool:
    """Reckon one limit anew; True when its moment or its certainty changed, which it then says in a sentence."""
    stages = tuple(one.name for one in kind.stages_of(code))
    hand, days, now = clock_of(limit, intervals, stages), calendar(), clock.now()
    due = hand.due(days)
    if due is None or (due.at, due.provisional) == (limit.due_at, limit.is_provisional):
        return False
    sentence = MOVED if due.at != limit.due_at else CONFIRMED
    told = sentence.format(at=stamp(now), old=stamp(limit.due_at), new=stamp(due.at))
    limit.explanation = [*limit.explanation, told.as_dict(), *(step.sentence.as_dict() for step in due.steps)]
    limit.due_at, limit.is_provisional = due.at, due.provisional
    if due.at > now:
        if limit.late_at is not None:
            alarms.still(alarm_of(kind, code, limit.name), subject_kind="matter", subject=limit.matter_id)
        limit.late_at = None
        limit.next_at = next_look(due.at, hand.warns_at(days, kind.watch), now, limit.warned_at)
    return True


def _follow(changed: Sequence[tuple[Matter, list[Limit]]]) -> None:
    """The matters' own columns follow their limits, and so do the figures that count them."""
    columns = {WHOLE: "close_due_at", FIRST_REPLY: "first_reply_due_at"}
    open_ones = dict.fromkeys((matter.pk for matter, _ in changed), False)
    for number in Limit.objects.filter(matter__in=list(open_ones), met_at=None, is_provisional=True).values_list("matter", flat=True):
        open_ones[number] = True
    for matter, limits in changed:
        for limit in limits:
            column = columns.get(limit.name) or ("due_at" if limit.name == matter.phase else "")
            if column:
                setattr(matter, column, limit.due_at)
        matter.is_provisional = open_ones[matter.pk]
    Matter.objects.bulk_update([matter for matter, _ in changed], ("due_at", "close_due_at", "first_reply_due_at", "is_provisional"), batch_size=200)
    with rows.collecting():
        for matter, _ in changed:
            after(RECKONED, "matter", Done(matter.area, matter.pk), 0, clock.now())
