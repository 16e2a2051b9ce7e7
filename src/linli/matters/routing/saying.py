# SPDX-License-Identifier: MulanPSL-2.0
"""What the finder saw, in sentences with a sample each, and as a table of category groups by classes of time."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from linli.core import clock
from linli.core.words import Words, words
from linli.elements import places
from linli.matters import categories
from linli.matters.models import RouteVersion
from linli.matters.routing import finder, selectors, store, targets
from linli.matters.routing.books import ABOVE, Rule
from linli.matters.routing.finder import Findings, Ground

HOLE = words("{what}，{where}，{time}：没有规则。例如：{sample}。", "{what}, {where}, {time}: no rule. For example: {sample}.")
OVERLAP = words("“{one}”与“{other}”同样具体，{time}在{n}处同时有效。例如：{sample}。请改其中一条的类别、地点或时间。",
                "“{one}” and “{other}” are equally specific and hold together, {time}, at {n} places. For example: {sample}. Change the category, place or time of one.")
LEADS_NOWHERE = words("“{rule}”在 {n} 处派不出去：{fault}。例如：{sample}。", "“{rule}” leads to no unit at {n} places: {fault}. For example: {sample}.")
IDLE = words("“{rule}”从不生效：更具体的规则或下一级的规则都在它前面。", "“{rule}” never decides: more specific rules, or a lower level, stand before it.")
RULE = words("{what}，{where}，{when} → {target}", "{what}, {where}, {when} → {target}")


@dataclass(frozen=True)
class Row:
    """One line of the table: a group of categories, and for each class of time how many of its cells are open or doubled."""

    words: Words
    cells: tuple[tuple[int, int, int], ...]
    """(open, doubled, all) by class of time."""


@dataclass(frozen=True)
class Report:
    """The finder's answer about one version."""

    holes: list[Words] = field(default_factory=list)
    overlaps: list[Words] = field(default_factory=list)
    nowhere: list[Words] = field(default_factory=list)
    idle: list[Words] = field(default_factory=list)
    heads: list[Words] = field(default_factory=list)
    rows: list[Row] = field(default_factory=list)
    cells: int = 0
    open_cells: int = 0
    failing: dict[int, Words] = field(default_factory=dict)

    @property
    def is_whole(self) -> bool:
        """True when every category, place and time has exactly one owner, and every rule leads to a unit."""
        return not (self.holes or self.overlaps or self.nowhere)

    @property
    def _gap_columns(self) -> list[int]:
        return [place for place in range(len(self.heads)) if any(row.cells[place][0] or row.cells[place][1] for row in self.rows)]

    @property
    def gap_heads(self) -> list[Words]:
        """The classes of time in which anything is open or doubled."""
        return [self.heads[place] for place in self._gap_columns]

    @property
    def gaps(self) -> list[tuple[Words, list[tuple[Words, tuple[int, int, int]]]]]:
        """The groups in which anything is open or doubled, each with its cells beside their heads."""
        columns = self._gap_columns
        found = ((row.words, [(self.heads[place], row.cells[place]) for place in columns]) for row in self.rows)
        return [(label, cells) for label, cells in found if any(opened or doubled for _, (opened, doubled, _) in cells)]

    @property
    def counts(self) -> dict[str, int]:
        """What is kept with a published version."""
        return {"cells": self.cells, "open_cells": self.open_cells, "holes": len(self.holes), "overlaps": len(self.overlaps),
                "nowhere": len(self.nowhere), "idle": len(self.idle)}


class Speaker:
    """Puts rules into words: names of categories, places and units read once."""

    def __init__(self, names: Mapping[int, str]) -> None:
        self._what = selectors.known(clock.today())
        self._units = names

    def rule(self, rule: Rule) -> Words:
        """One rule as a sentence."""
        return RULE.format(what=self.what(rule.what), where=place_name(rule.area), when=rule.when.words, target=self.target(rule.target))

    def what(self, what: str) -> Words:
        """A selector."""
        return selectors.words_of(what, self._what)

    def target(self, target: str) -> Words:
        """A target."""
        return targets.target_words(target, self._units)


def place_name(area: int) -> str:
    """The short name of a place, its number when it is unknown."""
    found = places.find_place(area)
    return found.short_name if found else str(area)


def unit_names(rules: Sequence[Rule], directory: targets.Directory) -> dict[int, str]:
    """Names of the units that rules name."""
    return {one.id: one.name for one in directory.units.values()}


def report_on(route: RouteVersion, rules: Sequence[Rule]) -> Report:
    """Holes, overlaps, rules that lead nowhere and rules that never decide, of one version among the levels around it."""
    ground = store.ground_of(route, rules)
    found = finder.look(ground)
    lo, hi = places.range_of(route.area)
    directory = targets.read(areas=store.up(route.area), within=(lo, hi), targets=[one.target for one in rules])
    speaker = Speaker(unit_names(rules, directory))
    failing = _failing(rules, found, ground, directory, speaker)
    overlaps = [_overlap(one, speaker, found) for one in found.overlaps.values() if any(rule.route == route.pk for rule in one.rules)]
    return Report([_hole(one, ground, found) for one in found.holes], overlaps, list(failing.values()),
                  [IDLE.format(rule=speaker.rule(rule)) for rule in found.idle(rules)],
                  [found.times.words_of(1 << place) for place in range(len(found.times.stretches))], _rows(found, ground), found.cells, found.open_cells,
                  failing)


def _failing(rules: Sequence[Rule], found: Findings, ground: Ground, directory: targets.Directory, speaker: Speaker) -> dict[int, Words]:
    """Rules that decide somewhere but lead to no unit there, each with its commonest reason and a sample."""
    made: dict[int, Words] = {}
    for rule in rules:
        if rule.target == ABOVE:
            continue
        failed: dict[str, list[int]] = {}
        for area in {area for areas in found.used.get(rule.id, ()) for area in areas}:
            sent = directory.find(rule.target, ground.areas[area])
            if sent.fault:
                failed.setdefault(sent.fault, []).append(area)
        if failed:
            fault, areas = max(sorted(failed.items()), key=lambda pair: len(pair[1]))
            made[rule.id] = LEADS_NOWHERE.format(rule=speaker.rule(rule), n=sum(map(len, failed.values())), fault=targets.FAULTS[fault],
                                                 sample=place_name(min(areas)))
    return made


def _hole(hole: finder.Hole, ground: Ground, found: Findings) -> Words:
    first = categories.loaded(min(hole.categories))
    what = (words("所有类别", "All categories") if len(hole.categories) == len(ground.categories) else
            words("“{name}”等 {n} 个类别", "“{name}” and others, {n} categories") if len(hole.categories) > 1 else words("“{name}”", "“{name}”"))
    where = (words("全部 {n} 个社区和网格", "all {n} communities and grids") if len(hole.areas) == len(ground.areas) else
             words("{place}等 {n} 处", "{place} and others, {n} places") if len(hole.areas) > 1 else words("{place}", "{place}"))
    place, name = place_name(min(hole.areas)), selectors.named(first) if first else words("?", "?")
    stretch = found.times.stretches[found.times.inside(hole.times)[0]][0]
    return HOLE.format(what=what.format(name=name, n=len(hole.categories)), where=where.format(place=place, n=len(hole.areas)),
                       time=found.times.words_of(hole.times), sample=words("{name}，{place}，{at}", "{name}, {place}, {at}").format(
                           name=name, place=place, at=stretch.words))


def _overlap(one: finder.Overlap, speaker: Speaker, found: Findings) -> Words:
    first = categories.loaded(min(one.categories))
    stretch = found.times.stretches[found.times.inside(one.times)[0]][0]
    sample = words("{name}，{place}，{at}", "{name}, {place}, {at}").format(
        name=selectors.named(first) if first else "?", place=place_name(min(one.areas)), at=stretch.words)
    return OVERLAP.format(one=speaker.rule(one.rules[0]), other=speaker.rule(one.rules[1]), time=found.times.words_of(one.times), n=len(one.areas), sample=sample)


def _rows(found: Findings, ground: Ground) -> list[Row]:
    groups: dict[str, tuple[Words, list[int]]] = {}
    for number, keys in ground.categories.items():
        one = categories.loaded(number)
        if one is not None:
            label = words(one.group_zh or one.scheme.name_zh, one.group_en or one.group_zh or one.scheme.name_en)
            groups.setdefault(keys[1], (label, []))[1].append(number)
    width, empty = len(found.times.stretches), [0] * len(found.times.stretches)
    made = []
    for label, numbers in groups.values():
        opened = [sum(found.missing.get(one, empty)[place] for one in numbers) for place in range(width)]
        doubled = [sum(found.doubled.get(one, empty)[place] for one in numbers) for place in range(width)]
        made.append(Row(label, tuple((opened[place], doubled[place], len(numbers) * len(ground.areas)) for place in range(width))))
    return made
