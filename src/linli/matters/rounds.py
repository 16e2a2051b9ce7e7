# SPDX-License-Identifier: MulanPSL-2.0
"""Rounds as they are read: which reports belong to one, and on which days a grid was walked."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db import connection

from linli.core import clock
from linli.core.actions import kept_key
from linli.core.models import Answer
from linli.core.sight import AREA_END, Actor
from linli.core.words import Words, words
from linli.elements import covering, lineages, places
from linli.matters import numbers, shifts
from linli.matters.models import Matter, Round, RoundDay, RoundReport

STATES: dict[str, Words] = {
    "done": words("已巡", "Walked"), "walking": words("进行中", "Under way"), "due": words("现在应巡", "Due now"), "ahead": words("还没到时间", "Not yet due"),
    "missed": words("未巡", "Not walked")}
"""How a round of a shift stands."""
MOST_KEYS = 60
LINK_DAYS = 4
"""How many days back reports that arrived late are looked for: the 72 hours that a phone may be without a network, and one more day."""

BY_TIME = """
select m.area, r.id, m.id from (
    select id, worker, day, began_at, ended_at, area, area as ground from matters_round
    union all
    select o.id, o.worker, o.day, o.began_at, o.ended_at, o.area, heir.area
      from matters_round o join unnest(%(olds)s::bigint[], %(heirs)s::bigint[]) as heir (old, area) on heir.old = o.area) r
  join matters_matter m
    on m.area = r.ground and m.reported_at >= r.began_at and m.reporter = r.worker and m.occurred_at between r.began_at and r.ended_at
 where {which} and r.area >= %(lo)s and r.area < %(hi)s and not exists (select 1 from matters_roundreport l where l.matter_id = m.id)
 order by r.id, m.id"""
"""Of a grid that was redrawn meanwhile also what lies in those that took over its ground: open matters have moved there."""
LINK = "insert into matters_roundreport (area, round_id, matter_id) {found} on conflict do nothing"


LATE = "r.ended_at is not null and r.day >= %(since)s"


def named_reports(actor: Actor, keys: str) -> list[int]:
    """The matters that this account reported under these request keys; unknown keys are passed over (their time still links them)."""
    wanted = [kept_key(part.strip()) for part in keys.split(",") if part.strip()][:MOST_KEYS]
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
    return _run(LATE, {"since": clock.today() - timedelta(days=LINK_DAYS), "lo": lo, "hi": hi})


def has_late(lo: int, hi: int) -> bool:
    """Whether some report has not found its round yet."""
    with connection.cursor() as cursor:
        values: dict[str, Any] = {"since": clock.today() - timedelta(days=LINK_DAYS), "lo": lo, "hi": hi}
        cursor.execute(BY_TIME.format(which=LATE) + " limit 1", values | _heirs())
        return cursor.fetchone() is not None


def has_reports_by_time(number: int, ended_at: datetime) -> bool:
    """Whether the worker reported something in the grid of his open round until now."""
    one = Round.objects.get(pk=number)
    grounds = [one.area, *(area for old, area in lineages.pairs() if old == one.area)]
    reported = Matter.objects.filter(area__in=grounds, reporter=one.worker, reported_at__gte=one.began_at)
    return reported.filter(occurred_at__gte=one.began_at, occurred_at__lte=ended_at).exists()


def last_link() -> int:
    """The number of the newest link; 0 before the first."""
    return int(RoundReport.objects.order_by("-id").values_list("id", flat=True).first() or 0)


def _heirs() -> dict[str, list[int]]:
    pairs = lineages.pairs()
    return {"olds": [old for old, _ in pairs], "heirs": [area for _, area in pairs]}


def _run(which: str, values: dict[str, Any]) -> int:
    with connection.cursor() as cursor:
        cursor.execute(LINK.format(found=BY_TIME.format(which=which)), values | _heirs())
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


OPEN_DAYS = """insert into matters_roundday (area, day, over_at, has_morning, has_afternoon)
select given.area, %(day)s, %(over)s,
       exists (select 1 from matters_round r where r.area = given.area and r.day = %(day)s and r.shift = %(morning)s and r.ended_at is not null),
       exists (select 1 from matters_round r where r.area = given.area and r.day = %(day)s and r.shift = %(afternoon)s and r.ended_at is not null)
  from unnest(%(areas)s::bigint[]) as given (area)
 where exists (select 1 from matters_round r where r.area >= given.area - given.area %% 1000 and r.area < given.area - given.area %% 1000 + 1000
                  and r.day <= %(day)s)
    on conflict (area, day) do nothing"""
"""A community is asked from the day of its first round on (our choice): nothing is reckoned back to before rounds were introduced there."""


def note_days(day: date) -> int:
    """Note for every grid with somebody on duty that the day asked for two rounds, and which were walked; answers how many. Once a day, set-wise.

    None before the day's last window has closed, and none on a day without rounds.
    """
    if not is_over(day):
        return 0
    over = shifts.windows()[-1].end_on(day)
    empty = covering.gaps(0, AREA_END, day, day + timedelta(days=1))
    areas = [one.area for one in places.places_within(0, AREA_END, level="grid", day=day) if one.area not in empty]
    with connection.cursor() as cursor:
        cursor.execute(OPEN_DAYS, {"day": day, "over": over, "areas": areas, "morning": shifts.MORNING, "afternoon": shifts.AFTERNOON})
        return int(cursor.rowcount)


def is_over(day: date) -> bool:
    """Whether the day asked for rounds and its last window has closed."""
    return shifts.is_round_day(day) and clock.now() >= shifts.windows()[-1].end_on(day)


def introduced(areas: Sequence[int]) -> dict[int, date]:
    """The day of the first round in the community of each area; missing where none was ever walked. One query."""
    homes = {area - area % 1000 for area in areas}
    if not homes:
        return {}
    with connection.cursor() as cursor:
        cursor.execute("""select home, (select min(r.day) from matters_round r where r.area >= home and r.area < home + 1000)
                            from unnest(%s::bigint[]) as given (home)""", [sorted(homes)])
        found = {home: day for home, day in cursor.fetchall() if day is not None}
    return {area: found[area - area % 1000] for area in areas if area - area % 1000 in found}


def noted_days(since: date) -> set[date]:
    """The days that are noted already."""
    return set(RoundDay.objects.filter(day__gte=since).values_list("day", flat=True).distinct())


def note_walked(one: Round) -> None:
    """A round that arrives after its day was noted counts for that day."""
    column = {shifts.MORNING: "has_morning", shifts.AFTERNOON: "has_afternoon"}.get(one.shift)
    if column is not None:
        RoundDay.objects.filter(area=one.area, day=one.day).update(**{column: True})


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
