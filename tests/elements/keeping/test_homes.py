# SPDX-License-Identifier: MulanPSL-2.0
"""Random walks through what may happen to households: on no day is anybody in two, and each with people has exactly one head."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from linli.core.faults import Invalid
from linli.elements.keeping import homes, relations
from linli.elements.keeping.changes import Changes
from linli.elements.keeping.homes import Home
from linli.elements.models import Household, Membership, Person

FIRST = date(2024, 1, 1)
DAYS = 12
PEOPLE = 5


class Town:
    """Households and people in memory; every step either happens or is refused with a sentence."""

    def __init__(self) -> None:
        self.people = [Person(pk=number, name=f"人{number}", sex=str(number % 2 + 1)) for number in range(1, PEOPLE + 1)]
        self.homes: list[Home] = []

    def rows(self) -> list[Membership]:
        return [row for home in self.homes for row in home.rows]

    def of(self, person: Person) -> list[Membership]:
        return [row for row in self.rows() if row.person_id == person.pk]

    def home_with(self, person: Person) -> Home | None:
        return next((home for home in self.homes if home.member(person.pk)), None)

    def new_home(self, day: date) -> Home:
        return Home(Household(pk=len(self.homes) + 1, area=1, formed_on=day))

    def attempt(self, step: Callable[[Changes], None]) -> None:
        """A step that is refused leaves nothing behind, as an action's transaction would."""
        before = [(home, list(home.rows), [(row, row.since, row.until, row.relation) for row in home.rows], home.household.ended_on) for home in self.homes]
        count = len(self.homes)
        try:
            step(Changes())
        except Invalid:
            del self.homes[count:]
            for home, rows, values, ended in before:
                home.rows, home.household.ended_on = rows, ended
                for row, since, until, relation in values:
                    row.since, row.until, row.relation = since, until, relation


def moves_in(town: Town, changes: Changes, person: Person, other: Person, day: date, pick: int) -> None:
    """Into the household of somebody else, or into a new one; out of the old one first."""
    into = town.home_with(other) if pick % 3 else None
    into = into or town.new_home(day)
    past = town.of(person)
    before = town.home_with(person)
    if before is not None and before is not into:
        homes.leave(changes, before, [person.pk], day, reason="moved", new_head=pick % PEOPLE + 1)
    if into not in town.homes:
        town.homes.append(into)
    homes.join(changes, into, person, "" if into.head() is None else str(pick % 9), day, past)


def moves_out(town: Town, changes: Changes, person: Person, other: Person, day: date, pick: int) -> None:
    home = town.home_with(person)
    if home is not None:
        homes.leave(changes, home, [person.pk], day, reason="moved_out", new_head=other.pk)


def becomes_head(town: Town, changes: Changes, person: Person, other: Person, day: date, pick: int) -> None:
    home = town.home_with(person)
    if home is not None and home.head() is not home.member(person.pk):
        homes.appoint(changes, home, person.pk, day)


def splits(town: Town, changes: Changes, person: Person, other: Person, day: date, pick: int) -> None:
    home = town.home_with(person)
    if home is not None:
        chosen = [one.person_id for one in home.members() if one.person_id == person.pk or (one.person_id + pick) % 2]
        into = town.new_home(day)
        made, _ = homes.split(changes, home, chosen, person.pk, day, into=into.household, new_head=other.pk)
        town.homes.append(made)


STEPS: tuple[Callable[..., None], ...] = (moves_in, moves_in, moves_out, becomes_head, splits)
WALK = st.lists(st.tuples(st.integers(0, len(STEPS) - 1), st.integers(0, PEOPLE - 1), st.integers(0, PEOPLE - 1), st.integers(0, DAYS), st.integers(0, 40)), max_size=30)


def holds(row: Membership, day: date) -> bool:
    return (row.since is None or row.since <= day) and (row.until is None or day < row.until)


def broken(town: Town) -> list[str]:
    """Every law that does not hold, on every day of the walk and after it."""
    found = [f"days of {row.person_id}" for row in town.rows() if row.since and row.until and row.until < row.since]
    for day in (FIRST + timedelta(days=number) for number in range(-1, DAYS + 3)):
        there = [row for row in town.rows() if holds(row, day)]
        found += [f"{person.pk} twice on {day}" for person in town.people if sum(row.person_id == person.pk for row in there) > 1]
        for home in town.homes:
            members = [row for row in there if row.household is home.household]
            if members and sum(row.relation == "0" for row in members) != 1:
                found.append(f"household {home.household.pk} on {day}: {[row.relation for row in members]}")
    found += [f"ended household {home.household.pk} has members" for home in town.homes if home.household.ended_on and home.members()]
    found += [f"household {home.household.pk} stands empty" for home in town.homes if not home.household.ended_on and not home.members()]
    return found


@pytest.mark.slow
@settings(max_examples=400, deadline=None)
@given(walk=WALK)
def test_after_any_walk_nobody_is_in_two_households_on_a_day_and_each_has_one_head(walk: list[tuple[int, ...]]) -> None:
    town = Town()

    for step, person, other, day, pick in walk:
        town.attempt(lambda changes, args=(STEPS[step], town.people[person], town.people[other], FIRST + timedelta(days=day), pick): args[0](town, changes, *args[1:]))

    assert broken(town) == []


@pytest.mark.parametrize(("chosen", "member", "sex", "expected"), [
    ("1", "0", "1", "1"), ("1", "2", "1", "2"), ("2", "0", "1", "5"), ("2", "1", "2", "5"), ("2", "3", "2", "7"), ("3", "5", "2", "6"), ("5", "0", "1", "2"),
    ("5", "1", "2", "3"), ("5", "2", "1", "4"), ("7", "5", "1", "5"), ("2", "4", "1", None), ("4", "2", "1", None), ("5", "0", "0", None), ("1", "7", "1", None)])
def test_what_a_member_is_to_the_new_head(chosen: str, member: str, sex: str, expected: str | None) -> None:
    assert relations.relation_after(chosen, member, sex) == expected


def family(*relation: str) -> Home:
    home = Home(Household(pk=1, area=1))
    home.rows = [Membership(household=home.household, person=Person(pk=number, name=f"人{number}", sex="1"), relation=one, since=FIRST)
                 for number, one in enumerate(relation, 1)]
    return home


def test_the_only_one_left_becomes_the_head_by_himself() -> None:
    home = family("0", "1")

    homes.leave(Changes(), home, [1], FIRST + timedelta(days=5), reason="died")

    assert [(one.person_id, one.relation, one.since) for one in home.members()] == [(2, "0", FIRST + timedelta(days=5))]


def test_a_household_that_nobody_stays_in_ends() -> None:
    home = family("0", "1")

    homes.leave(Changes(), home, [1, 2], FIRST + timedelta(days=5), reason="moved_out")

    assert (home.household.ended_on, home.household.end_reason, home.members()) == (FIRST + timedelta(days=5), "moved_out", [])


def refusal(step: Callable[[], Any]) -> dict[str, str]:
    with pytest.raises(Invalid) as caught:
        step()
    return {name: sentence.zh for name, sentence in caught.value.fields.items()}


def test_a_head_who_leaves_two_others_needs_a_successor_among_those_who_stay() -> None:
    day = FIRST + timedelta(days=5)

    nobody = refusal(lambda: homes.leave(Changes(), family("0", "1", "2"), [1], day, reason="died"))
    himself = refusal(lambda: homes.leave(Changes(), family("0", "1", "2"), [1], day, reason="died", new_head=1))

    assert nobody == himself == {"new_head": "户主离开后还有人在这一户，请选新户主。"}


def test_a_change_before_one_that_is_known_is_refused_with_its_day() -> None:
    home = family("0", "1", "2")
    homes.appoint(Changes(), home, 2, FIRST + timedelta(days=9))

    assert refusal(lambda: homes.appoint(Changes(), home, 3, FIRST + timedelta(days=8))) == {"day": "这一户在 2024-01-10 已有登记的变动，这一次的日期不能更早。"}


def test_whose_relation_cannot_be_told_is_named_and_says_other() -> None:
    home = family("0", "2", "4")

    unsure = homes.appoint(Changes(), home, 2, FIRST + timedelta(days=1))

    assert unsure == [3]
    assert {one.person_id: one.relation for one in home.members()} == {1: "5", 2: "0", 3: "8"}


def test_everybody_cannot_split_off() -> None:
    assert "members" in refusal(lambda: homes.split(Changes(), family("0", "1"), [1, 2], 1, FIRST, into=Household(area=1)))
