# SPDX-License-Identifier: MulanPSL-2.0
"""Holes and overlaps, exactly: all categories × all communities and grids × all of time, reckoned by classes that rules cannot tell apart."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

from linli.matters.routing.books import ABOVE, Book, Rule
from linli.matters.routing.times import Hours, TimeClasses, classes_of

Keys = tuple[str, ...]
Path = tuple[int, ...]


@dataclass(frozen=True)
class Ground:
    """What is looked at: categories with their keys, places with their paths upwards, the books of every level, the office hours."""

    categories: Mapping[int, Keys]
    areas: Mapping[int, Path]
    books: Mapping[int, Book]
    hours: Hours


@dataclass(frozen=True)
class Hole:
    """Categories and places that nobody owns at some time; every one of them with every other."""

    categories: tuple[int, ...]
    areas: tuple[int, ...]
    times: int


@dataclass
class Overlap:
    """Rules of equal specificity that hold together; the counts are of categories and places at any time."""

    rules: tuple[Rule, ...]
    categories: set[int] = field(default_factory=set)
    areas: set[int] = field(default_factory=set)
    times: int = 0


@dataclass
class Findings:
    """What the finder saw. `used` says at which places a rule decides something; `missing` and `doubled` count places by category and class of time."""

    times: TimeClasses
    holes: list[Hole] = field(default_factory=list)
    overlaps: dict[tuple[int, ...], Overlap] = field(default_factory=dict)
    used: dict[int, list[tuple[int, ...]]] = field(default_factory=dict)
    missing: dict[int, list[int]] = field(default_factory=dict)
    doubled: dict[int, list[int]] = field(default_factory=dict)
    cells: int = 0
    open_cells: int = 0
    doubled_cells: int = 0

    def idle(self, rules: Sequence[Rule]) -> list[Rule]:
        """Rules that never decide: more specific ones, or a lower level, stand before them everywhere."""
        return [rule for rule in rules if rule.id not in self.used]


@dataclass(frozen=True)
class _Seen:
    """One pair of classes: what is open, where rules overlap, which rules decide."""

    open: int
    clashes: tuple[tuple[tuple[Rule, ...], int], ...]
    deciding: tuple[int, ...]


def look(ground: Ground) -> Findings:
    """Every hole and every overlap. Exact: no sample is taken."""
    rules = [rule for book in ground.books.values() for rule in book.rules]
    times = classes_of((rule.when for rule in rules), ground.hours)
    named, placed = {rule.what for rule in rules}, {rule.area for rule in rules} | set(ground.books)
    categories = _classes(ground.categories, named)
    areas = _classes(ground.areas, placed)
    found = Findings(times, cells=len(ground.categories) * len(ground.areas) * len(times.stretches))
    open_by: dict[tuple[tuple[int, int], ...], list[int]] = {}
    area_classes = list(areas.items())
    for keys, its_categories in categories.items():
        gaps = []
        for place, (path, its_areas) in enumerate(area_classes):
            seen = _look_at(ground.books, keys, path, times)
            if seen.open:
                gaps.append((seen.open, place))
            _note(found, seen, its_categories, its_areas)
        if gaps:
            open_by.setdefault(tuple(gaps), []).extend(its_categories)
    for pairs, its_categories in open_by.items():
        found.holes.extend(_holes(pairs, its_categories, area_classes))
    return found


Name = TypeVar("Name", str, int)


def _classes(members: Mapping[int, tuple[Name, ...]], wanted: set[Name]) -> dict[tuple[Name, ...], list[int]]:
    """Members that the rules cannot tell apart, by what of theirs any rule names."""
    made: dict[tuple[Name, ...], list[int]] = {}
    for member, names in members.items():
        made.setdefault(tuple(one for one in names if one in wanted), []).append(member)
    return made


def _look_at(books: Mapping[int, Book], keys: Keys, path: Path, times: TimeClasses) -> _Seen:
    left = times.full
    clashes: list[tuple[tuple[Rule, ...], int]] = []
    deciding: list[int] = []
    for scope in path:
        book = books.get(scope)
        if book is None or not left:
            continue
        silent, passed = left, 0
        for group in book.claims(keys, path):
            claimed = 0
            for place, rule in enumerate(group):
                held = times.masks[rule.when] & silent
                clashes.extend(((rule, other), both) for other in group[place + 1:] if (both := held & times.masks[other.when]))
                if held:
                    deciding.append(rule.id)
                if rule.target == ABOVE:
                    passed |= held
                claimed |= held
            silent &= ~claimed
            if not silent:
                break
        left = silent | (passed & ~_doubled(clashes))
    return _Seen(left, tuple(clashes), tuple(deciding))


def _doubled(clashes: Sequence[tuple[tuple[Rule, ...], int]]) -> int:
    mask = 0
    for _, both in clashes:
        mask |= both
    return mask


def _note(found: Findings, seen: _Seen, categories: Sequence[int], areas: Sequence[int]) -> None:
    width = len(found.times.stretches)
    doubled = _doubled(seen.clashes)
    for rule in seen.deciding:
        found.used.setdefault(rule, []).append(tuple(areas))
    for pair, both in seen.clashes:
        overlap = found.overlaps.setdefault(tuple(rule.id for rule in pair), Overlap(pair))
        overlap.categories |= set(categories)
        overlap.areas |= set(areas)
        overlap.times |= both
    for mask, table in ((seen.open, found.missing), (doubled, found.doubled)):
        if mask:
            for category in categories:
                counts = table.setdefault(category, [0] * width)
                for place in found.times.inside(mask):
                    counts[place] += len(areas)
    found.open_cells += len(categories) * len(areas) * seen.open.bit_count()
    found.doubled_cells += len(categories) * len(areas) * doubled.bit_count()


def _holes(pairs: Sequence[tuple[int, int]], categories: Sequence[int], area_classes: Sequence[tuple[object, list[int]]]) -> Iterator[Hole]:
    by_times: dict[int, list[int]] = {}
    for times, place in pairs:
        by_times.setdefault(times, []).extend(area_classes[place][1])
    for times, areas in by_times.items():
        yield Hole(tuple(categories), tuple(areas), times)
