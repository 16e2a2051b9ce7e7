# SPDX-License-Identifier: MulanPSL-2.0
"""Places by their present and old names, pinyin, initials and codes; kept in one text that is searched in a moment."""

from array import array
from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass

from linli.core.editions import Memory
from linli.core.sight import Actor
from linli.core.words import words
from linli.elements import names, places
from linli.elements.addresses import SHORTEST
from linli.elements.pinyin import initials, spelled
from linli.elements.place_loading import EDITION
from linli.elements.places import KnownPlace
from linli.elements.posts import LEVELS
from linli.elements.registers.checks import writing
from linli.elements.searching.finders import Finder, Found, Place, Row, declare
from linli.elements.searching.questions import Question

ENDED = words("已撤销", "Abolished")
FORMERLY = words("曾用名 {name}", "formerly {name}")
NARROWING = ("district", "street", "community")
"""Levels whose names stand in addresses."""
MOST = 400
"""Places that are ranked: a text that fits more is too short to mean one."""


@dataclass(frozen=True)
class Index:
    """Everything a place is called, in one text: a line an entry; where each line begins, and whose it is."""

    text: str
    starts: "array[int]"
    areas: "array[int]"
    by_name: dict[str, tuple[int, ...]]

    def at(self, position: int) -> tuple[int, str]:
        """The area and the line at a position of the text."""
        line = bisect_right(self.starts, position) - 1
        end = self.starts[line + 1] - 1 if line + 1 < len(self.starts) else len(self.text)
        return self.areas[line], self.text[self.starts[line]:end]


def _called(place: KnownPlace) -> Iterable[str]:
    yield from dict.fromkeys((place.name, place.short_name, *place.names, spelled(place.pinyin), initials(place.pinyin), *(code for _, code in place.codes), str(place.area)))


def _read() -> Index:
    lines, areas, by_name = [], array("q"), dict[str, list[int]]()
    for place in sorted(places.every_place(), key=lambda one: one.area):
        for called in _called(place):
            if called:
                lines.append(writing.plain(called))
                areas.append(place.area)
        for name in {writing.plain(one) for one in (place.short_name, *(one for written in (place.name, *place.names) for one in (written, names.stem(written, place.level))))}:
            if len(name) >= SHORTEST and place.level in NARROWING:
                by_name.setdefault(name, []).append(place.area)
    starts, position = array("l"), 0
    for line in lines:
        starts.append(position)
        position += len(line) + 1
    return Index("\n".join(lines), starts, areas, {name: tuple(found) for name, found in by_name.items()})


_memory = Memory(EDITION, _read)


def called(name: str) -> tuple[KnownPlace, ...]:
    """The places that bear a name now or bore it, with or without the word for their level: 远乡社区, 远乡社区居委会 and 远乡 are one."""
    by_name, name = _memory.value().by_name, writing.plain(name)
    found = [places.place_by_area(area) for area in by_name.get(name, ())]
    if not found:
        stems = {level: names.stem(name, level) for level in names.SUFFIXES}
        found = [place for level, stem in stems.items() if stem != name for area in by_name.get(stem, ()) if (place := places.place_by_area(area)).level == level]
    return tuple(found)


def known_beginning(text: str) -> str:
    """The longest name of a place with which a text begins, leaving at least two characters; empty when there is none."""
    by_name = _memory.value().by_name
    return next((text[:length] for length in range(len(text) - SHORTEST, SHORTEST - 1, -1) if text[:length] in by_name), "")


def fitting(wanted: str, most: int = MOST) -> dict[int, tuple[int, str]]:
    """Area to (rank, how it is called) of the places of which something fits: 0 the whole, 1 a beginning, 2 a part."""
    index = _memory.value()
    found: dict[int, tuple[int, str]] = {}
    position = index.text.find(wanted)
    while position >= 0 and len(found) < most:
        area, line = index.at(position)
        rank = 0 if line == wanted else 1 if line.startswith(wanted) else 2
        if area not in found or rank < found[area][0]:
            found[area] = rank, line
        position = index.text.find(wanted, position + 1)
    return found


def find(actor: Actor, question: Question, after: Place, most: int) -> Found:
    """Places of the city; those inside the post's range first, abolished ones last."""
    wanted = question.letters or question.text.replace(" ", "")
    if len(wanted) < SHORTEST:
        return Found()
    ranked = []
    for area, (rank, line) in fitting(wanted).items():
        place = places.place_by_area(area)
        is_outside = not (actor.lo <= place.area < actor.hi) and not place.covers(actor.lo)
        ranked.append((not place.stands(), is_outside, rank, LEVELS.index(place.level), area, line))
    start = int(after[0]) if after else 0
    chosen = sorted(ranked)[start:start + most]
    return Found([_row(area, line) for *_, area, line in chosen], (start + most,) if len(ranked) > start + most else ())


def _row(area: int, line: str) -> Row:
    place = places.place_by_area(area)
    above = " ".join(one.short_name for one in places.path_of(area)[:-1] if one.level != "city")
    formerly = next((name for name in place.names if writing.plain(name) == line and name not in (place.name, place.short_name)), "")
    was = str(FORMERLY.format(name=formerly)) if formerly else ""
    return Row("place", place.id, place.name, " · ".join(part for part in (above, place.code, was) if part), () if place.stands() else ((ENDED, "warn"),), str(area))


declare(Finder("places", words("地方", "Places"), 40, None, find, icon="map", hints=(
    words("街道、社区、网格的名称、曾用名或代码", "Names, old names or codes of streets, communities, grids"),)))
