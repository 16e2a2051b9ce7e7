# SPDX-License-Identifier: MulanPSL-2.0
"""Which matters look like the same one: near by, at about the same time, in the same words; and why, in one sentence.

Points (拟, our choice, to be measured on confirmed mergings): the place gives up to 40, the category 20 or 10, the words up to 40.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from math import cos, hypot, radians
from typing import Any

import rjieba
from django.conf import settings
from django.db import connection

from linli.core import clock
from linli.core.sight import looking, of_place
from linli.core.words import Words, words
from linli.elements.coordinates import CELL_E6, E6, cell
from linli.elements.places import KnownPlace
from linli.matters import categories, numbers
from linli.matters.kinds import kind_of
from linli.matters.models import Category, Likeness, Matter
from linli.matters.phases import OPEN

PLACE, CATEGORY, GROUP, TEXT = 40, 20, 10, 40
ADDRESS = 30
"""Points of the same written address where a position is missing."""
METRES_A_DEGREE = 111_320
"""Of latitude, and of longitude on the equator; good to 0.3 % in the country."""
PER_CELL = 10
"""The newest open matters of a cell or an address that are looked at: bounds the work where everything is reported in one square."""
KEPT = 5
"""The best candidates of one matter that are kept."""
LONGEST = 400
"""Characters of a description that are compared (our choice: what matters is said early, and a long text costs)."""
SHOWN_WORDS = 6
MOST_NEAR = 3
"""Matters near by shown to a reporter (our choice: what fits a phone above the words to write)."""
MOST_LOOKED_AT = 60
ABOUT = (50, 100, 200)
"""Distances told to the public are rounded up to one of these metres: never the exact place of somebody's report."""


@dataclass(frozen=True)
class Facts:
    """What is compared of one matter."""

    id: int
    area: int
    category: int
    lon_e6: int | None
    lat_e6: int | None
    address: str
    summary: str
    at: datetime


@dataclass(frozen=True)
class Pair:
    """How alike two matters are: points from 0 to 100, and what they rest on."""

    one: int
    two: int
    points: int
    metres: int | None
    is_same_address: bool
    seconds: int
    words: tuple[str, ...]


def facts_of(matter: Matter) -> Facts:
    """What is compared of a row."""
    return Facts(matter.pk or 0, matter.area, matter.category_id, matter.lon_e6, matter.lat_e6, matter.address, matter.summary, matter.reported_at)


@lru_cache(maxsize=20_000)
def parts_of(text: str) -> tuple[frozenset[str], frozenset[str]]:
    """(words of two characters and more, all parts to compare: those words and every pair of neighbouring characters)."""
    told = frozenset(word for word in rjieba.cut(text) if len(word) > 1 and word.isalnum())
    letters = "".join(char if char.isalnum() else " " for char in text)
    pairs = {letters[place:place + 2] for place in range(len(letters) - 1)}
    return told, told | {pair for pair in pairs if " " not in pair}


def metres_between(one: Facts, two: Facts) -> int | None:
    """Metres between two positions, rounded down; error below 1 % within a city. None where one has no position."""
    if one.lon_e6 is None or one.lat_e6 is None or two.lon_e6 is None or two.lat_e6 is None:
        return None
    east = (one.lon_e6 - two.lon_e6) / E6 * METRES_A_DEGREE * cos(radians(one.lat_e6 / E6))
    return int(hypot(east, (one.lat_e6 - two.lat_e6) / E6 * METRES_A_DEGREE))


def likeness(one: Facts, two: Facts) -> Pair:
    """How alike two matters are, whatever their order."""
    metres = metres_between(one, two)
    is_same_address = bool(one.address) and one.address == two.address and one.area // 1_000 == two.area // 1_000
    reach = max(settings.ALIKE_METRES, 1)
    place = PLACE * max(reach - metres, 0) // reach if metres is not None else 0
    told, parts = parts_of(one.summary[:LONGEST])
    other_told, other_parts = parts_of(two.summary[:LONGEST])
    total = len(parts) + len(other_parts)
    text = TEXT * 2 * len(parts & other_parts) // total if total else 0
    shared = sorted(told & other_told, key=lambda word: (-len(word), word))[:SHOWN_WORDS]
    points = max(place, ADDRESS if is_same_address else 0) + _of_category(one.category, two.category) + text
    return Pair(min(one.id, two.id), max(one.id, two.id), points, metres, is_same_address, abs(int((one.at - two.at).total_seconds())), tuple(shared))


def _of_category(one: int, two: int) -> int:
    if one == two:
        return CATEGORY
    first, second = categories.loaded(one), categories.loaded(two)
    is_one_group = first and second and first.scheme_id == second.scheme_id and first.group_code and first.group_code == second.group_code
    return GROUP if is_one_group else 0


def is_near(pair: Pair) -> bool:
    """True when the place alone allows that they are the same."""
    return pair.is_same_address or (pair.metres is not None and pair.metres < settings.ALIKE_METRES)


def is_proposed(pair: Pair) -> bool:
    """True when a pair is worth a look: near, and enough points."""
    return is_near(pair) and pair.points >= settings.ALIKE_POINTS


def row_of(pair: Pair, area: int, at: datetime) -> Likeness:
    """The unsaved row of a pair; `area` is that of the later matter."""
    return Likeness(area=area, one=pair.one, two=pair.two, points=pair.points, metres=pair.metres, seconds=pair.seconds, words=list(pair.words), found_at=at)


def cells_around(lon_e6: int, lat_e6: int, metres: int) -> list[int]:
    """The numbers of all cells that a square of so many metres around a position touches."""
    north = round(metres / METRES_A_DEGREE * E6) + 1
    east = round(metres / (METRES_A_DEGREE * max(cos(radians(lat_e6 / E6)), 0.01)) * E6) + 1
    lons = _steps(lon_e6 - east, lon_e6 + east)
    return [cell(lon, lat) for lat in _steps(lat_e6 - north, lat_e6 + north) for lon in lons]


def _steps(start: int, end: int) -> list[int]:
    """One value in each cell from start to end."""
    return [*range(start, end, CELL_E6), end]


COLUMNS = "o.id, o.area, o.category_id, o.lon_e6, o.lat_e6, o.address, left(o.summary, %(longest)s), o.reported_at"
NEIGHBOURS = f"""
select n.id, o.* from unnest(%(ids)s::bigint[], %(cells)s::bigint[]) as n(id, cell) cross join lateral (
  select {COLUMNS} from matters_matter o where o.is_open and o.cell = n.cell and o.id <> n.id and o.parent is null order by o.id desc limit %(most)s) o
union
select n.id, o.* from unnest(%(named)s::bigint[], %(communities)s::bigint[], %(addresses)s::text[]) as n(id, community, address) cross join lateral (
  select {COLUMNS} from matters_matter o where o.is_open and o.community = n.community and o.address = n.address and o.address <> ''
     and o.id <> n.id and o.parent is null order by o.id desc limit %(most)s) o"""


def neighbours(these: Sequence[Facts]) -> list[tuple[int, Facts]]:
    """The open matters at the places of these ones, in one query inside the sight in force: (number of the asking one, neighbour)."""
    placed = [(one.id, number) for one in these if one.lon_e6 is not None and one.lat_e6 is not None
              for number in set(cells_around(one.lon_e6, one.lat_e6, settings.ALIKE_METRES))]
    named = [one for one in these if one.address]
    if not placed and not named:
        return []
    with connection.cursor() as cursor:
        cursor.execute(NEIGHBOURS, {
            "ids": [one for one, _ in placed], "cells": [number for _, number in placed], "named": [one.id for one in named],
            "communities": [one.area // 1_000 for one in named], "addresses": [one.address for one in named], "most": PER_CELL, "longest": LONGEST})
        return [(asking, Facts(*row)) for asking, *row in cursor.fetchall()]


def candidates(these: Sequence[Facts]) -> list[tuple[Pair, int]]:
    """The pairs worth a look for these matters with the area of the later one; at most KEPT for each, best first."""
    by_id = {one.id: one for one in these}
    found: dict[int, list[tuple[Pair, int]]] = {}
    for asking, other in neighbours(these):
        one = by_id[asking]
        pair = likeness(one, other)
        if is_proposed(pair):
            found.setdefault(asking, []).append((pair, one.area if one.id > other.id else other.area))
    best = (sorted(pairs, key=lambda made: (-made[0].points, made[0].one, made[0].two))[:KEPT] for pairs in found.values())
    return list({(pair.one, pair.two): (pair, area) for pairs in best for pair, area in pairs}.values())


def find_for(ids: Iterable[int], at: datetime) -> int:
    """Find and keep what looks like these matters, set-wise: two queries and one insert for all of them; answers how many pairs are new to look at.

    A pair that is known already, or was denied, stays as it is.
    """
    these = [facts_of(one) for one in Matter.objects.filter(id__in=list(ids), is_open=True, parent=None).only(
        "id", "area", "category_id", "lon_e6", "lat_e6", "address", "summary", "reported_at")]
    made = candidates(these)
    Likeness.objects.bulk_create([row_of(pair, area, at) for pair, area in made], ignore_conflicts=True)
    return len(made)


MARKED = """select l.one, l.two from matters_likeness l join matters_matter a on a.id = l.one and a.is_open join matters_matter b on b.id = l.two and b.is_open
where l.denied_at is null and l.one = any(%(ids)s)
union all
select l.one, l.two from matters_likeness l join matters_matter a on a.id = l.one and a.is_open join matters_matter b on b.id = l.two and b.is_open
where l.denied_at is null and l.two = any(%(ids)s)"""


def marked(ids: Sequence[int]) -> set[int]:
    """Those of these matters that have an open candidate to look at: one query for a whole list."""
    if not ids:
        return set()
    with connection.cursor() as cursor:
        cursor.execute(MARKED, {"ids": list(ids)})
        return {one for pair in cursor.fetchall() for one in pair} & set(ids)


def is_public(matter: Matter) -> bool:
    """True for a matter of which anybody may know that it is being dealt with, and which others may join."""
    return (matter.phase in OPEN and matter.parent is None and matter.category.is_public and kind_of(matter.kind).is_public and not matter.is_secret)


@dataclass(frozen=True)
class Near:
    """One matter near by, as anybody may know it: what, roughly where, which step, since when. Never a word that somebody wrote."""

    number: str
    category: Words
    phase: str
    reported_at: datetime
    is_verified: bool
    about_metres: int | None
    is_same_address: bool
    points: int

    @property
    def is_close(self) -> bool:
        """True when it is likely the same."""
        return self.points >= settings.ALIKE_POINTS and (self.is_same_address or self.about_metres is not None)


@dataclass(frozen=True)
class Asked:
    """What a reporter has said so far."""

    category: Category
    community: KnownPlace
    position: tuple[int, int] | None = None
    address: str = ""
    text: str = ""


def near_by(asked: Asked) -> list[Near]:
    """What is being dealt with near by of the same sort, likeliest first, at most MOST_NEAR: one query under the sight of the community named.

    With a position: the same category or group within the last distance of ABOUT. Without: the same category in the community.
    """
    lon, lat = asked.position or (None, None)
    here = Facts(0, asked.community.area, asked.category.pk, lon, lat, asked.address.strip(), asked.text, clock.now())
    with looking(of_place(asked.community.lo, asked.community.hi), read_only=True):
        found = [_near(here, one) for one in _looked_at(asked)]
    close = [one for one in found if one is not None]
    return sorted(close, key=lambda one: (-one.points, -one.reported_at.timestamp()))[:MOST_NEAR]


def near_one(asked: Asked, number: str) -> Near | None:
    """One matter of the community by its number, as anybody may know it; None when it is not (or no longer) open to be joined."""
    found = numbers.matter_of(number)
    with looking(of_place(asked.community.lo, asked.community.hi), read_only=True):
        one = Matter.objects.within(asked.community.lo, asked.community.hi).filter(pk=found).select_related("category").first() if found else None
    if one is None or not is_public(one):
        return None
    lon, lat = asked.position or (None, None)
    pair = likeness(Facts(0, asked.community.area, asked.category.pk, lon, lat, asked.address.strip(), asked.text, clock.now()), facts_of(one))
    return _shown(pair, one, next((most for most in ABOUT if pair.metres is not None and pair.metres <= most), None))


def _looked_at(asked: Asked) -> list[Matter]:
    open_ones = Matter.objects.within(asked.community.lo, asked.community.hi).filter(
        is_open=True, parent=None, is_secret=False, category__is_public=True).select_related("category")
    if asked.position is not None:
        cells = set(cells_around(*asked.position, ABOUT[-1]))
        open_ones = open_ones.filter(cell__in=cells, category__scheme=asked.category.scheme_id, category__group_code=asked.category.group_code)
    else:
        open_ones = open_ones.filter(category=asked.category.pk)
    return [one for one in open_ones.order_by("-id")[:MOST_LOOKED_AT] if is_public(one)]


def _near(here: Facts, one: Matter) -> Near | None:
    pair = likeness(here, facts_of(one))
    about = next((most for most in ABOUT if pair.metres is not None and pair.metres <= most), None)
    if pair.metres is not None and about is None:
        return None
    return _shown(pair, one, about)


def _shown(pair: Pair, one: Matter, about: int | None) -> Near:
    return Near(numbers.number_of(one.pk), categories.words_of(one.category), one.phase, one.reported_at, one.is_passed, about, pair.is_same_address,
                pair.points)


def why(metres: int | None, seconds: int, told: Sequence[str]) -> Words:
    """Why two matters are proposed, in one sentence: 28 m away, 3 h earlier or later, same words."""
    parts = [words(f"相距 {metres} 米", f"{metres} m apart")] if metres is not None else [words("同一地址", "same address")]
    hours, days = seconds // 3_600, seconds // 86_400
    if days:
        parts.append(words(f"前后相差 {days} 天", f"{days} d between them"))
    else:
        parts.append(words(f"前后相差 {hours} 小时", f"{hours} h between them") if hours else words("一小时内先后上报", "within one hour"))
    if told:
        parts.append(words("都提到“" + "、".join(told) + "”", "same words: " + ", ".join(told)))
    return words("，".join(one.zh for one in parts), ", ".join(one.en for one in parts))


def explained(one: Any) -> Words:
    """The sentence of a kept likeness (a row, or a relative of relations.py)."""
    return why(one.metres, one.seconds, one.words)
