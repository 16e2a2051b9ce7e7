# SPDX-License-Identifier: MulanPSL-2.0
"""The same laws through the actions and the database: walks of many events and of taking them back, each by a seed."""

from collections import Counter
from datetime import date, timedelta
from random import Random
from typing import Any

import pytest

from linli.core.faults import Conflict, Invalid, NotVisible
from linli.core.sight import looking, of_all
from linli.elements.keeping import ties
from linli.elements.models import Household, LifeEvent, Membership, Person, Residence
from tests.cast import Cast

pytestmark = pytest.mark.django_db
START = date(2026, 1, 1)
STEPS = 40


def step(chance: Random, number: int, town: dict[str, list[int]]) -> tuple[str, dict[str, Any]]:
    """Any action on anybody, on days that go forth and now and then back."""
    day = (START + timedelta(days=max(0, number * 4 + chance.randrange(-8, 8)))).isoformat()
    with looking(of_all(), read_only=True):
        household = chance.choice(list(Household.objects.values_list("pk", flat=True)))
        inside = list(Membership.objects.filter(household=household, until=None).values_list("person", flat=True)) or [0]
        event = list(LifeEvent.objects.filter(undone_at=None).order_by("-id").values_list("pk", flat=True)[:3])
        dwelling_of = Household.objects.values_list("dwelling", flat=True).get(pk=household)
    person, other = chance.choice(town["people"]), chance.choice(inside)
    return chance.choice([
        ("person.move_in", {"dwelling": dwelling_of, "household": household, "person": person, "relation": "8", "new_head": chance.choice(town["people"]), "day": day}),
        ("person.move_in", {"dwelling": chance.choice(town["dwellings"]), "person": person, "day": day, "tie": "tenant", "new_head": chance.choice(town["people"])}),
        ("person.move_out", {"person": person, "new_head": other, "day": day, "stays_registered": chance.random() < 0.3}),
        ("household.split", {"household": household, "members": [other], "head": other, "new_head": chance.choice(inside), "day": day}),
        ("household.change_head", {"household": household, "new_head": other, "day": day}),
        ("household.move", {"household": household, "dwelling": chance.choice(town["dwellings"]), "day": day}),
        ("life.undo", {"event": chance.choice(event or [0]), "reason": "试"}),
    ])


def broken() -> list[str]:
    """Every law that does not hold."""
    with looking(of_all(), read_only=True):
        rows = [one for one in Membership.objects.all() if one.since != one.until]
        people, held = list(Person.objects.all()), Counter(Residence.objects.filter(until=None, tie="living").values_list("person", flat=True))
        open_ties = {one.pk: list(Residence.objects.filter(person=one)) for one in people}
        ended = set(Household.objects.exclude(ended_on=None).values_list("pk", flat=True))
    found = [f"{person} lives at {count} dwellings" for person, count in held.items() if count > 1]
    for number in range(-1, 202):
        day = START + timedelta(days=number)
        there = [one for one in rows if (one.since is None or one.since <= day) and (one.until is None or day < one.until)]
        found += [f"{person} is in {count} households on {day}" for person, count in Counter(one.person_id for one in there).items() if count > 1]
        heads = Counter(one.household_id for one in there if one.relation == "0")
        found += [f"household {one} has {heads[one]} heads on {day}" for one in {row.household_id for row in there} if heads[one] != 1]
    found += [f"household {one.household_id} has ended with members" for one in rows if one.until is None and one.household_id in ended]
    found += [f"{one.pk} counts as {one.standing}" for one in people if one.standing not in (ties.standing_of(open_ties[one.pk]), "registered")]
    return found


@pytest.mark.parametrize("seed", range(6))
def test_after_any_walk_of_actions_the_laws_hold(cast: Cast, seed: int) -> None:
    chance, done = Random(seed), Counter[str]()
    homes = [cast.home(room="501"), cast.home(("孙一", "0", "1"), ("孙二", "2", "1"), room="502"), cast.home(("钱一", "0", "2"), room="503")]
    town = {"people": [number for home in homes for name, number in home.items() if name not in ("building", "dwelling", "household")],
            "dwellings": [home["dwelling"] for home in homes]}

    for number in range(STEPS):
        action, given = step(chance, number, town)
        try:
            cast.do(action, "gridworker", **given)
            done[action] += 1
        except (Invalid, Conflict, NotVisible):
            done["refused"] += 1

    assert broken() == []
    assert done.total() - done["refused"] > STEPS // 4
