# SPDX-License-Identifier: MulanPSL-2.0
"""Everything that communities, streets and districts are and were called, by its comparable form; read again when places change."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from linli.core.editions import Memory
from linli.elements import places
from linli.elements.naming import spellings
from linli.elements.place_loading import EDITION
from linli.elements.places import KnownPlace


@dataclass(frozen=True, slots=True)
class Called:
    """One name of a community: the body as it is compared, and whether it was borne formerly."""

    area: int
    name: str
    body: str
    is_former: bool


@dataclass(frozen=True)
class Known:
    """Communities by core and by bare name, streets and districts by stem, and those of each street."""

    by_core: dict[str, tuple[Called, ...]]
    by_bare: dict[str, tuple[Called, ...]]
    below: dict[int, tuple[Called, ...]]
    streets: dict[str, tuple[int, ...]]
    districts: dict[str, tuple[int, ...]]


def _names(place: KnownPlace) -> Iterable[tuple[str, bool]]:
    yield place.name, False
    yield from ((name, True) for name in dict.fromkeys(place.names) if name != place.name)


def _read() -> Known:
    cores, bares, below = dict[str, list[Called]](), dict[str, list[Called]](), dict[int, list[Called]]()
    above: dict[str, dict[str, list[int]]] = {"street": {}, "district": {}, "city": {}}
    stems = {"street": spellings.street, "district": spellings.district, "city": spellings.district}
    for place in sorted(places.every_place(), key=lambda one: one.area):
        if place.level in above:
            for name in {stems[place.level](name) for name, _ in _names(place)}:
                above[place.level].setdefault(name, []).append(place.area)
        elif place.level == "community" and not place.is_virtual:
            for name, is_former in _names(place):
                one = Called(place.area, name, spellings.body(name), is_former)
                cores.setdefault(spellings.core(name), []).append(one)
                bares.setdefault(spellings.bare(name), []).append(one)
                below.setdefault(place.parent or 0, []).append(one)
    return Known(_fixed(cores), _fixed(bares), _fixed(below), _fixed(above["street"]), _fixed(above["district"] | above["city"]))


def _fixed(found: dict[Any, list[Any]]) -> dict[Any, tuple[Any, ...]]:
    return {key: tuple(dict.fromkeys(held)) for key, held in found.items()}


_memory = Memory(EDITION, _read)


def known() -> Known:
    """All of it, as places stand now and ever stood."""
    return _memory.value()


def heir(place: KnownPlace) -> KnownPlace:
    """The place that a place has become: its successor's successor, as far as it goes; itself while nobody took over."""
    seen = {place.area}
    while place.successor is not None and place.successor not in seen:
        seen.add(place.successor)
        place = places.place_by_area(place.successor)
    return place


def street_of(place: KnownPlace) -> KnownPlace | None:
    """The street or town that a community lies in; None where communities hang below a district."""
    above = places.find_place(place.parent) if place.parent is not None else None
    return above if above is not None and above.level == "street" else None
