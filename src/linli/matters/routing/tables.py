# SPDX-License-Identifier: MulanPSL-2.0
"""The answer of a set of rules as a table: for one place every category, or for one category every place, with the unit at each class of time."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from linli.core.words import Words, words
from linli.elements import places
from linli.matters import categories
from linli.matters.models import RouteVersion
from linli.matters.routing import books, selectors, store, targets
from linli.matters.routing.books import Rule
from linli.matters.routing.saying import place_name
from linli.matters.routing.times import Slot, TimeClasses, classes_of

SHOWN = 6
"""Names written out before "and so on" (our choice)."""


@dataclass(frozen=True)
class Cell:
    """Who owns it: a unit's name or what is wrong, and the rule that says so (None for a hole)."""

    text: Words
    rule: int | None
    is_wrong: bool


@dataclass(frozen=True)
class Line:
    """Members (categories or places) for which everything is the same, by class of time."""

    names: tuple[Words, ...]
    count: int
    cells: tuple[Cell, ...]

    @property
    def rest(self) -> int:
        """How many are not written out."""
        return self.count - len(self.names)


@dataclass(frozen=True)
class Table:
    """Lines under heads that name classes of time."""

    heads: list[Words]
    lines: list[Line]

    @property
    def labelled(self) -> list[tuple[Line, list[tuple[Words, Cell]]]]:
        """Each line with its cells beside their heads, for a screen too narrow for a table."""
        return [(line, list(zip(self.heads, line.cells, strict=True))) for line in self.lines]


class Asker:
    """Rules of a version among the levels around it, ready to be asked cell by cell."""

    def __init__(self, route: RouteVersion, rules: Sequence[Rule]) -> None:
        self.ground = store.ground_of(route, rules)
        every = [rule for book in self.ground.books.values() for rule in book.rules]
        self.times: TimeClasses = classes_of((rule.when for rule in every), self.ground.hours)
        self._directory = targets.read(areas=store.up(route.area), within=places.range_of(route.area), targets=[rule.target for rule in every])

    def cells(self, keys: Sequence[str], path: Sequence[int]) -> tuple[Cell, ...]:
        """The owner at each class of time."""
        return tuple(self._cell(keys, path, slot) for slot in self.times.samples)

    def _cell(self, keys: Sequence[str], path: Sequence[int], slot: Slot) -> Cell:
        found = books.owners(self.ground.books, keys, path, slot)
        if len(found) != 1:
            return Cell(targets.FAULTS["overlap" if found else "hole"], None, True)
        sent = self._directory.find(found[0].target, path)
        if sent.fault or sent.unit is None:
            return Cell(targets.FAULTS[sent.fault or "gone"], found[0].id, True)
        return Cell(words(sent.unit.name, sent.unit.name), found[0].id, False)

    @property
    def heads(self) -> list[Words]:
        """The classes of time in words."""
        return [self.times.words_of(1 << place) for place in range(len(self.times.stretches))]


def by_category(asker: Asker, area: int) -> Table:
    """Every category in force at one place of the ground; those with the same answers share a line."""
    path = asker.ground.areas.get(area) or store.up(area)

    def named(number: int) -> Words:
        found = categories.loaded(number)
        return selectors.named(found) if found else words("?", "?")

    rows = ((number, asker.cells(keys, path)) for number, keys in asker.ground.categories.items())
    return Table(asker.heads, _lines(rows, named))


def by_place(asker: Asker, category: int) -> Table:
    """Every community and grid for one category; those with the same answers share a line."""
    keys = asker.ground.categories[category]
    rows = ((area, asker.cells(keys, path)) for area, path in asker.ground.areas.items())
    return Table(asker.heads, _lines(rows, lambda area: words(place_name(area), place_name(area))))


def _lines(rows: Iterable[tuple[int, tuple[Cell, ...]]], named: Callable[[int], Words]) -> list[Line]:
    same: dict[tuple[Cell, ...], list[int]] = {}
    for member, cells in rows:
        same.setdefault(cells, []).append(member)
    return [Line(tuple(named(one) for one in members[:SHOWN]), len(members), cells) for cells, members in same.items()]
