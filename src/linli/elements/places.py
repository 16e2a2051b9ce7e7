# SPDX-License-Identifier: MulanPSL-2.0
"""地: the places of the city as every face looks them up; kept in memory, read again when a change has been made."""

from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from sys import intern
from typing import Any

from django.conf import settings
from django.db.models import Q

from linli.core import clock
from linli.core.editions import Memory
from linli.core.faults import NotVisible
from linli.elements.models import Place, PlaceCode, PlaceName
from linli.elements.pinyin import initials, spelled
from linli.elements.place_loading import EDITION, NBS
from linli.elements.posts import LEVELS, level_below


@dataclass(frozen=True, slots=True)
class KnownPlace:
    """One place as it stands in memory; `parent` and `successor` are area numbers, `code` is the present official one."""

    id: int
    area: int
    lo: int
    hi: int
    level: str
    name: str
    short_name: str
    pinyin: str
    kind: str
    is_virtual: bool
    is_demonstration: bool
    parent: int | None
    successor: int | None
    valid_from: date | None
    valid_to: date | None
    lon_e6: int | None
    lat_e6: int | None
    code: str = ""
    codes: tuple[tuple[str, str], ...] = ()
    names: tuple[str, ...] = ()

    def stands(self, day: date | None = None) -> bool:
        """True if it exists on the day (today)."""
        day = day or clock.today()
        return (self.valid_from is None or self.valid_from <= day) and (self.valid_to is None or self.valid_to > day)

    @property
    def is_community(self) -> bool:
        """True for a community or village with a committee: similar units (campuses, parks, farms) are not counted."""
        return self.level == "community" and not self.is_virtual and not self.kind.startswith("类似")

    def covers(self, area: int) -> bool:
        """True if the area lies in this place."""
        return self.lo <= area < self.hi


@dataclass(frozen=True)
class Atlas:
    """All places by area, and the areas of the children of each in order of name."""

    by_area: dict[int, KnownPlace]
    below: dict[int | None, tuple[int, ...]]
    starts: tuple[int, ...]


COLUMNS = ("id", "area", "lo", "hi", "level", "name", "short_name", "pinyin", "kind", "is_virtual", "is_demonstration", "parent__area",
           "successor__area", "valid_from", "valid_to", "lon_e6", "lat_e6")


CHUNK = 2000
"""Rows that are on their way from the database at a time: what is read at once stays with the process for good."""


def _read() -> Atlas:
    """Every place, once: a city has tens of thousands, so what many have in common (levels, days, numbers) is held once for all."""
    codes: dict[int, list[tuple[str, str, bool]]] = {}
    for place, system, code, until in PlaceCode.objects.values_list("place", "system", "code", "valid_to").order_by("id").iterator(CHUNK):
        codes.setdefault(place, []).append((intern(system), code, until is None))
    names: dict[int, list[str]] = {}
    for place, name in PlaceName.objects.values_list("place", "name").order_by("id").iterator(CHUNK):
        names.setdefault(place, []).append(name)
    by_area: dict[int, KnownPlace] = {}
    below: dict[int | None, list[KnownPlace]] = {}
    common: dict[Any, Any] = {}
    rows: Iterable[tuple[Any, ...]] = Place.objects.values_list(*COLUMNS).order_by("area").iterator(CHUNK)
    for row in rows:
        held = codes.get(row[0], [])
        code = next((one for system, one, is_present in reversed(held) if system == NBS and is_present), held[0][1] if held else "")
        written: Iterable[Any] = (*row, code, tuple((system, one) for system, one, _ in held), tuple(names.get(row[0], ())))
        shared: list[Any] = [value if isinstance(value, bool) else common.setdefault(value, value) for value in written]
        made = KnownPlace(*shared)
        by_area[made.area] = made
        below.setdefault(made.parent, []).append(made)
    ordered = {parent: tuple(one.area for one in sorted(held, key=_by_name)) for parent, held in below.items()}
    return Atlas(by_area, ordered, tuple(by_area))


def _by_name(place: KnownPlace) -> tuple[str, int]:
    return place.pinyin, place.area


_memory = Memory(EDITION, _read)


def place_by_area(area: int) -> KnownPlace:
    """The place of this number, also an abolished one. NotVisible when there is none."""
    found = _memory.value().by_area.get(area)
    if found is None:
        raise NotVisible
    return found


def find_place(area: int) -> KnownPlace | None:
    """The place of this number; None when there is none."""
    return _memory.value().by_area.get(area)


def city() -> KnownPlace:
    """The city of the settings; the only city when another one was loaded. NotVisible before any was loaded."""
    atlas = _memory.value()
    found = atlas.by_area.get(settings.CITY_AREA)
    if found is None:
        found = next((atlas.by_area[area] for area in atlas.below.get(None, ()) if atlas.by_area[area].level == "city"), None)
    if found is None:
        raise NotVisible
    return found


def path_of(area: int) -> tuple[KnownPlace, ...]:
    """The places from the city down to the one of this number, itself included; empty when there is none."""
    by_area = _memory.value().by_area
    path: list[KnownPlace] = []
    step = by_area.get(area)
    while step is not None:
        path.append(step)
        step = by_area.get(step.parent) if step.parent is not None else None
    return tuple(reversed(path))


def children(area: int, *, day: date | None = None) -> tuple[KnownPlace, ...]:
    """The places directly below that stand on the day (today), in order of name."""
    atlas = _memory.value()
    day = day or clock.today()
    return tuple(place for place in (atlas.by_area[one] for one in atlas.below.get(area, ())) if place.stands(day))


def level_under(area: int, *, day: date | None = None) -> str:
    """The level of the places directly below: a city may have streets right below itself, or communities right below a district. The next one while nothing is there."""
    found = {place.level for place in children(area, day=day)}
    return min(found, key=LEVELS.index) if found else level_below(level_of(area)) if find_place(area) else ""


def every_grid_of(community: int) -> tuple[KnownPlace, ...]:
    """All grids that a community ever had, ended ones and coming ones too, in order of number."""
    atlas = _memory.value()
    return tuple(sorted((atlas.by_area[one] for one in atlas.below.get(community, ()) if atlas.by_area[one].level == "grid"), key=lambda one: one.area))


def level_of(area: int) -> str:
    """The level of the place of this number; empty when there is none."""
    found = _memory.value().by_area.get(area)
    return found.level if found else ""


def range_of(area: int) -> tuple[int, int]:
    """The half-open range of a place. NotVisible when there is none."""
    found = place_by_area(area)
    return found.lo, found.hi


def places_within(lo: int, hi: int, *, level: str = "", day: date | None = None) -> tuple[KnownPlace, ...]:
    """The places inside a half-open range that stand on the day (today), in order of number."""
    atlas = _memory.value()
    day = day or clock.today()
    first, last = bisect_right(atlas.starts, lo - 1), bisect_right(atlas.starts, hi - 1)
    inside = (atlas.by_area[area] for area in atlas.starts[first:last])
    return tuple(place for place in inside if (not level or place.level == level) and place.stands(day))


def communities(lo: int | None = None, hi: int | None = None, *, day: date | None = None) -> tuple[KnownPlace, ...]:
    """The communities and villages with a committee inside a range (the whole city); similar and virtual units left out."""
    whole = city()
    found = places_within(whole.lo if lo is None else lo, whole.hi if hi is None else hi, level="community", day=day)
    return tuple(place for place in found if place.is_community)


def bearers(system: str, code: str, day: date | None = None) -> tuple[KnownPlace, ...]:
    """The places that bore an official code of a system on the day (today); one query."""
    day = day or clock.today()
    since, until = Q(valid_from=None) | Q(valid_from__lte=day), Q(valid_to=None) | Q(valid_to__gt=day)
    areas = PlaceCode.objects.filter(since, until, system=system, code=code).values_list("place__area", flat=True).order_by("place__area")
    return tuple(place_by_area(area) for area in areas)


def community_of(area: int) -> KnownPlace | None:
    """The community that an area number lies in (itself, or the one above a grid); None above communities."""
    return next((place for place in reversed(path_of(area)) if place.level == "community"), None)


def find(text: str, *, lo: int | None = None, hi: int | None = None, level: str = "", most: int = 20) -> tuple[KnownPlace, ...]:
    """Places that fit what somebody typed: a name, an old name, pinyin, its initials, or an official code; best first.

    An abolished place is found by its old name too and comes after those that stand.
    """
    wanted = text.strip().lower().replace(" ", "").translate(HALF)
    if not wanted:
        return ()
    atlas = _memory.value()
    ranked = []
    for place in atlas.by_area.values():
        if (lo is not None and place.area < lo) or (hi is not None and place.area >= hi) or (level and place.level != level):
            continue
        rank = _rank(place, wanted)
        if rank is not None:
            ranked.append((not place.stands(), rank, LEVELS.index(place.level), place.pinyin, place.area))
    return tuple(atlas.by_area[area] for *_, area in sorted(ranked)[:most])


HALF = str.maketrans("（）［］〔〕", "()[]()")
"""Brackets in names are typed either way: 小（氵甸） and 小(氵甸) are one."""


def _rank(place: KnownPlace, wanted: str) -> int | None:
    if wanted.isdecimal():
        return _first(code.startswith(wanted) for code in (one for _, one in place.codes))
    if wanted.isascii():
        letters = spelled(place.pinyin), initials(place.pinyin)
        return _first((wanted in letters, letters[0].startswith(wanted), letters[1].startswith(wanted), wanted in letters[0]))
    name, short = place.name.translate(HALF), place.short_name.translate(HALF)
    return _first((wanted in (name, short), name.startswith(wanted), wanted in name, any(wanted in one.translate(HALF) for one in place.names)))


def _first(tests: Iterable[bool]) -> int | None:
    return next((rank for rank, is_true in enumerate(tests) if is_true), None)


def every_place() -> Iterable[KnownPlace]:
    """All places there are and ever were, in no order."""
    return _memory.value().by_area.values()
