# SPDX-License-Identifier: MulanPSL-2.0
"""Rounds as they are read: which reports belong to one, and on which days a grid was walked."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db import connection

from linli.core import clock
from linli.core.models import Answer
from linli.core.sight import Actor
from linli.matters import numbers, shifts
from linli.matters.models import Matter, Round, RoundReport

MOST_KEYS = 60
LINK_DAYS = 4
"""How many days back reports that arrived late are looked for: the 72 hours that a phone may be without a network, and one more day."""

BY_TIME = """insert into matters_roundreport (area, round_id, matter_id)
select m.area, r.id, m.id from matters_round r join matters_matter m
    on m.area = r.area and m.reported_at >= r.began_at and m.reporter = r.worker and m.occurred_at between r.began_at and r.ended_at
 where {which} and m.area >= %(lo)s and m.area < %(hi)s order by r.id, m.id on conflict do nothing"""


def named_reports(actor: Actor, keys: str) -> list[int]:
    """The matters that this account reported under these request keys; unknown keys are passed over (their time still links them)."""
    wanted = [part.strip() for part in keys.split(",") if part.strip()][:MOST_KEYS]
    if not wanted or not actor.account:
        return []
    found = Answer.objects.filter(caller=f"account:{actor.account}", action="matter.report", key__in=wanted).values_list("answer", flat=True)
    known = (numbers.matter_of(str(one.get("number", ""))) for one in found)
    return [one for one in known if one]


def link(one: Round, named: Sequence[int]) -> None:
    """Give a round that is just ending its reports: those named by the phone, and those of the same worker in this grid by time."""
    if named:
        mine = Matter.objects.filter(pk__in=named, reporter=one.worker, found_on=None)
        RoundReport.objects.bulk_create([RoundReport(area=matter.area, round_id=one.pk, matter_id=matter.pk) for matter in mine], ignore_conflicts=True)
    Round.objects.filter(pk=one.pk).update(ended_at=one.ended_at)
    _run("r.id = %(round)s", {"round": one.pk, "lo": one.area, "hi": one.area + 1})


def link_late(lo: int, hi: int) -> int:
    """Give the rounds of the last days what arrived after they had ended; answers how many. Set-wise, and the same again."""
    return _run("r.ended_at is not null and r.day >= %(since)s", {"since": clock.today() - timedelta(days=LINK_DAYS), "lo": lo, "hi": hi})


def _run(which: str, values: dict[str, Any]) -> int:
    with connection.cursor() as cursor:
        cursor.execute(BY_TIME.format(which=which), values)
        return int(cursor.rowcount)


def reports_of(rounds: Sequence[int]) -> dict[int, list[int]]:
    """The matters of rounds, by round."""
    found: dict[int, list[int]] = {}
    for number, matter in RoundReport.objects.filter(round__in=rounds).order_by("matter_id").values_list("round_id", "matter_id"):
        found.setdefault(number, []).append(matter)
    return found


@dataclass(frozen=True)
class Walk:
    """What is due or was done in one grid in one shift of a day: ahead, due, walking, done, missed."""

    area: int
    shift: str
    state: str
    until: datetime
    round: int | None = None
    client: str = ""
    began_at: datetime | None = None
    ended_at: datetime | None = None


def walks(areas: Iterable[int], day: date, held: Iterable[Round], now: datetime) -> list[Walk]:
    """The rounds of a day, due ones and those walked at other times, in order of shift and grid. `held` are the rounds of that day."""
    by_shift: dict[tuple[int, str], list[Round]] = {}
    for one in held:
        by_shift.setdefault((one.area, one.shift), []).append(one)
    found = []
    wanted = sorted(areas)
    for window in shifts.windows():
        for area in wanted:
            mine = by_shift.pop((area, window.shift), [])
            best = next((one for one in mine if one.ended_at), mine[0] if mine else None)
            if best is not None:
                found.append(_walk(best, window.end_on(day)))
            elif shifts.is_round_day(day):
                state = "ahead" if now < window.start_on(day) else "due" if now < window.end_on(day) else "missed"
                found.append(Walk(area, window.shift, state, window.end_on(day)))
    end = shifts.windows()[-1].end_on(day)
    return found + [_walk(one, end) for key in sorted(by_shift) for one in by_shift[key]]


def _walk(one: Round, until: datetime) -> Walk:
    return Walk(one.area, one.shift, "done" if one.ended_at else "walking", until, one.pk, one.client, one.began_at, one.ended_at)


def of_worker(account: int, day: date) -> list[Round]:
    """Somebody's rounds of a day inside the sight in force, in order of time."""
    return list(Round.objects.filter(worker=account, day=day).order_by("began_at", "id"))


def days_walked(areas: Sequence[int], first: date, last: date) -> dict[tuple[int, date], frozenset[str]]:
    """The shifts in which each grid was walked to the end, by grid and day, inside the sight in force; one query."""
    found: dict[tuple[int, date], set[str]] = {}
    ended = Round.objects.filter(area__in=areas, day__gte=first, day__lte=last, ended_at__isnull=False)
    for area, day, shift in ended.values_list("area", "day", "shift").distinct():
        found.setdefault((area, day), set()).add(shift)
    return {key: frozenset(shifts_) for key, shifts_ in found.items()}
