# SPDX-License-Identifier: MulanPSL-2.0
"""Routing covers everything once: random rules against a slow, plain oracle that tries every category, place and minute that can matter."""

from collections.abc import Mapping, Sequence
from datetime import time
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from linli.matters.routing import finder, times
from linli.matters.routing.books import ABOVE, Book, Rule, owners
from linli.matters.routing.finder import Ground
from linli.matters.routing.times import OUTSIDE, WINDOW, Slot, When

CITY, DISTRICT, STREET, OTHER_STREET = 10, 20, 30, 40
PATHS = {31: (31, STREET, DISTRICT, CITY), 32: (32, STREET, DISTRICT, CITY), 33: (33, 32, STREET, DISTRICT, CITY), 41: (41, OTHER_STREET, DISTRICT, CITY)}
BELOW = {CITY: (CITY, DISTRICT, STREET, OTHER_STREET, 31, 32, 33, 41), DISTRICT: (DISTRICT, STREET, OTHER_STREET, 31, 32, 33, 41), STREET: (STREET, 31, 32, 33)}
CATEGORIES = {
    1: ("category:s:event:1", "group:s:a", "scheme:s", "all"), 2: ("category:s:event:2", "group:s:a", "scheme:s", "all"),
    3: ("category:s:event:3", "group:s:b", "scheme:s", "all"), 4: ("category:t:event:1", "scheme:t", "all"),
}
NAMES = sorted({key for keys in CATEGORIES.values() for key in keys})
HOURS = ((time(8, 30), time(12, 0)), (time(13, 30), time(17, 30)))
WIDTH = {"category": 3, "group": 2, "scheme": 1, "all": 0}
DEPTH = {CITY: 0, DISTRICT: 1, STREET: 2, OTHER_STREET: 2, 31: 3, 32: 3, 33: 4, 41: 3}

windows = st.builds(When, st.just(WINDOW), st.sampled_from(["1", "67", "12345", "W", "R", "1R"]), st.sampled_from([0, 480, 510, 1320]),
                    st.sampled_from([360, 600, 720, 1440]))
whens = st.one_of(st.sampled_from([When(), When("office"), When(OUTSIDE)]), windows)


def rules_in(scope: int, first: int) -> st.SearchStrategy[list[Rule]]:
    """Up to seven rules of one scope."""
    one = st.tuples(st.sampled_from(NAMES), st.sampled_from(BELOW[scope]), whens, st.sampled_from(["unit:1", "unit:2", "unit:3", ABOVE]))
    return st.lists(one, max_size=7).map(lambda rows: [
        Rule(first + place, scope, what, area, when, target) for place, (what, area, when, target) in enumerate(rows)])


shelves = st.fixed_dictionaries({CITY: rules_in(CITY, 100), DISTRICT: rules_in(DISTRICT, 200), STREET: rules_in(STREET, 300)})


def slots(shelf: Mapping[int, Sequence[Rule]]) -> list[Slot]:
    """One minute of every stretch that any rule or the office could tell apart, on every kind of day."""
    turns = sorted({0, 1440, 510, 720, 810, 1050, *(at for rules in shelf.values() for one in rules for at in (one.when.since, one.when.until))})
    return [Slot(weekday, is_workday, minute, is_workday and (510 <= minute < 720 or 810 <= minute < 1050))
            for weekday in range(1, 8) for is_workday in (True, False) for since, until in pairwise(turns) for minute in {since, until - 1}]


def plain_owners(shelf: Mapping[int, Sequence[Rule]], keys: Sequence[str], path: Sequence[int], slot: Slot) -> set[int]:
    """All rules of the level, those that hold, the most specific of them: written down as the decision says it."""
    for scope in path:
        holding = [one for one in shelf.get(scope, []) if one.what in keys and one.area in path and one.when.holds(slot)]
        best = max(((WIDTH[one.what.split(":")[0]], DEPTH[one.area], one.when.rank) for one in holding), default=None)
        found = [one for one in holding if (WIDTH[one.what.split(":")[0]], DEPTH[one.area], one.when.rank) == best]
        if len(found) > 1 or (found and found[0].target != ABOVE):
            return {one.id for one in found}
    return set()


@pytest.mark.slow
@settings(max_examples=120, deadline=None, derandomize=True)
@given(shelf=shelves)
def test_routing_covers_everything_once_or_the_finder_says_where_not(shelf: dict[int, list[Rule]]) -> None:
    books = {scope: Book(scope, rules) for scope, rules in shelf.items()}
    found = finder.look(Ground(CATEGORIES, PATHS, books, HOURS))
    holes = {(category, area, place) for hole in found.holes for category in hole.categories for area in hole.areas
             for place in found.times.inside(hole.times)}
    pairs = {tuple(sorted(ids)): one for ids, one in found.overlaps.items()}
    seen_open, deciding, doubled = set(), set(), set()

    for category, keys in CATEGORIES.items():
        for area, path in PATHS.items():
            for slot in slots(shelf):
                plain = plain_owners(shelf, keys, path, slot)
                assert {one.id for one in owners(books, keys, path, slot)} == plain
                place = class_of(found.times, slot)
                deciding |= plain
                if not plain:
                    seen_open.add((category, area, place))
                if len(plain) > 1:
                    doubled.add((category, area, place))
                    for one, other in ((a, b) for a in plain for b in plain if a < b):
                        overlap = pairs[one, other]
                        assert category in overlap.categories
                        assert area in overlap.areas
                        assert overlap.times >> place & 1

    assert holes == seen_open
    assert found.open_cells == len(seen_open)
    assert found.doubled_cells == len(doubled)
    assert deciding <= set(found.used)
    assert {one for ids in pairs for one in ids} <= deciding


def class_of(classes: times.TimeClasses, slot: Slot) -> int:
    """The class in which a minute lies: exactly one."""
    held = [place for place, parts in enumerate(classes.stretches) for one in parts
            if (one.weekday, one.is_workday) == (slot.weekday, slot.is_workday) and one.since <= slot.minute < one.until]
    assert len(held) == 1
    return held[0]


@pytest.mark.slow
@settings(max_examples=150, deadline=None, derandomize=True)
@given(used=st.lists(whens, max_size=6))
def test_classes_cover_all_of_time_once_and_rules_never_change_inside_one(used: list[When]) -> None:
    classes = times.classes_of(used, HOURS)

    minutes = sum(one.until - one.since for parts in classes.stretches for one in parts)
    assert minutes == 14 * 1440
    for when in used:
        for place, parts in enumerate(classes.stretches):
            for one in parts:
                for minute in (one.since, (one.since + one.until) // 2, one.until - 1):
                    is_office = one.is_workday and (510 <= minute < 720 or 810 <= minute < 1050)
                    assert when.holds(Slot(one.weekday, one.is_workday, minute, is_office)) == bool(classes.masks[when] >> place & 1)


@settings(max_examples=200, deadline=None, derandomize=True)
@given(when=windows)
def test_a_time_that_is_written_is_read_back(when: When) -> None:
    found = times.parse(when.text)

    assert found is not None
    assert (set(found.days), found.since, found.until) == (set(when.days), when.since, when.until)


def test_times_that_mean_nothing_are_not_read() -> None:
    for text in ("", "whenever", "8 08:00-20:00", "1 24:00-25:00", "1 08:00-08:00", "1 08:60-09:00", "12345", "W 8:00-9:00", "office "[:3], "1\n08:00-09:00"):
        assert times.parse(text) is None


def test_the_rule_of_the_grid_comes_before_that_of_the_street_and_the_category_before_the_place() -> None:
    street = Rule(1, 1, "category:s:event:1", STREET, When(), "unit:1")
    grid = Rule(2, 1, "all", 33, When(WINDOW, "1234567", 0, 1440), "unit:2")
    book = Book(CITY, [street, grid])
    slot = Slot(1, True, 600, True)

    assert [one.id for one in owners({CITY: book}, CATEGORIES[1], PATHS[33], slot)] == [1]
    assert [one.id for one in owners({CITY: book}, CATEGORIES[2], PATHS[33], slot)] == [2]
