# SPDX-License-Identifier: MulanPSL-2.0
"""The rows beside the map: each part of a place with its numbers, in order of name, and what belongs to no part."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from linli.core import clock
from linli.core.words import Words, words
from linli.elements import covering, places
from linli.elements.places import KnownPlace
from linli.matters.mapping.choices import Choice
from linli.matters.mapping.tallies import NOTHING, WIDTHS, Count, tallies
from linli.matters.mapping.under_maps import under_map

SHADES = 4
"""Steps of shading above none (our choice: more cannot be told apart)."""
MATTERS = words("{n} 件，其中超时 {late} 件", "{n} matters, {late} of them overdue")
GRIDS = words("{grids} 个网格，{bare} 个今天没有人负责", "{grids} grids, {bare} of them without a worker today")
WORKED = words("今天：{today}；明天：{tomorrow}", "Today: {today}; tomorrow: {tomorrow}")
NOBODY = words("没有人负责", "nobody")
ABSENT = words("不是网格（正在重划）", "not a grid (being redrawn)")


@dataclass(frozen=True)
class Row:
    """One part: its count, or the workers of a grid (None on a day on which it is none), or how many grids below have none; `heat` 0 to SHADES."""

    place: KnownPlace
    count: Count
    heat: int
    sentence: Words
    grids: int = 0
    bare: int = 0
    bare_tomorrow: int = 0
    workers: tuple[str, ...] | None = ()
    workers_tomorrow: tuple[str, ...] | None = ()
    per_day: str = ""

    @property
    def is_bare(self) -> bool:
        """True when nobody works some grid of it today."""
        return self.bare > 0


@dataclass(frozen=True)
class Looked:
    """All rows of a place, what belongs to none of its parts, everything together, and the most that one part has."""

    rows: Sequence[Row]
    rest: Count
    whole: Count
    most: int
    days: int
    grids: int = 0
    bare: int = 0
    bare_tomorrow: int = 0
    whole_per_day: str = ""
    rest_per_day: str = ""


def looked(place: KnownPlace, choice: Choice, day: date, *, is_matters: bool) -> Looked:
    """The rows of a place for matters or for workers, inside the sight in force."""
    return _matters(place, choice, day) if is_matters else _workers(place, choice)


def _parts(place: KnownPlace, day: date) -> Sequence[KnownPlace]:
    return places.children(place.area, day=day) if place.level != "grid" else (place,)


def _matters(place: KnownPlace, choice: Choice, day: date) -> Looked:
    parts = _parts(place, day)
    counts = under_map(choice, place.area, day) if place.level == "community" else tallies(choice, places.level_under(place.area, day=day))
    most = max((counts.get(one.area, NOTHING).chosen for one in parts), default=0)
    rows = [_counted(one, counts.get(one.area, NOTHING), most, choice.days) for one in parts]
    known = {one.area for one in parts}
    rest, whole = NOTHING, NOTHING
    for area, one in counts.items():
        whole = whole.plus(one)
        rest = rest if area in known else rest.plus(one)
    return Looked(rows, rest, whole, most, choice.days, whole_per_day=_per_day(whole, choice.days), rest_per_day=_per_day(rest, choice.days))


def _counted(place: KnownPlace, count: Count, most: int, days: int) -> Row:
    heat = -(-count.chosen * SHADES // most) if most else 0
    return Row(place, count, heat, MATTERS.format(n=count.chosen, late=count.overdue), per_day=_per_day(count, days))


def _per_day(count: Count, days: int) -> str:
    """Matters a day with one decimal, with two where one would say none; rounded half up; empty without a period."""
    if not days:
        return ""
    tenths = (count.chosen * 20 + days) // (2 * days)
    if tenths == 0 and count.chosen:
        return f"0.{(count.chosen * 200 + days) // (2 * days):02}"
    return f"{tenths // 10:,}.{tenths % 10}"


def _workers(place: KnownPlace, choice: Choice) -> Looked:
    today = clock.today()
    tomorrow = today + timedelta(days=1)
    gaps = covering.gaps(choice.lo, choice.hi, today, tomorrow + timedelta(days=1))
    bare, bare_next = ({area for area, runs in gaps.items() if any(since <= day < to for since, to in runs)} for day in (today, tomorrow))
    grids = [one.area for one in places.places_within(choice.lo, choice.hi, level="grid", day=today)]
    level = places.level_under(place.area)
    if level == "grid":
        held, then = (covering.workers_on(choice.lo, choice.hi, day) for day in (today, tomorrow))
        parts = sorted({one.area: one for day in (today, tomorrow) for one in _parts(place, day)}.values(), key=lambda one: one.area)
        rows = [_worked(one, *(who.get(one.area, ()) if one.stands(day) else None for day, who in ((today, held), (tomorrow, then)))) for one in parts]
    else:
        counts, empty, empty_next = (Counter(area // WIDTHS[level] for area in areas) for areas in (grids, bare, bare_next))
        rows = [_covered(one, *(found[one.area // WIDTHS[level]] for found in (counts, empty, empty_next))) for one in _parts(place, today)]
    return Looked(rows, NOTHING, NOTHING, 0, 0, grids=len(grids), bare=len(bare), bare_tomorrow=len(bare_next))


def _worked(place: KnownPlace, workers: tuple[str, ...] | None, following: tuple[str, ...] | None) -> Row:
    said = WORKED.format(today=_names(workers), tomorrow=_names(following))
    return Row(place, NOTHING, 0, said, 1, int(workers == ()), int(following == ()), workers, following)


def _names(workers: tuple[str, ...] | None) -> str | Words:
    return ABSENT if workers is None else "、".join(workers) or NOBODY


def _covered(place: KnownPlace, grids: int, bare: int, bare_tomorrow: int) -> Row:
    return Row(place, NOTHING, 0, GRIDS.format(grids=grids, bare=bare), grids, bare, bare_tomorrow)
