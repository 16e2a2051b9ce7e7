# SPDX-License-Identifier: MulanPSL-2.0
"""Who belongs together: the members of a household over time, who lives in a dwelling or is registered there, and where a person has lived."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from linli.core import clock
from linli.core.sight import Actor
from linli.elements.models import Dwelling, Household, Membership, Person, Residence
from linli.elements.registers.codes import HEAD
from linli.elements.registers.dwellings import building_title, dwelling_title

TIE_ORDER = ("living", "registered", "owner", "tenant")
MOST = 200
"""Rows of one list on a page (our choice); a dormitory may have more, which the list of people shows."""


@dataclass(frozen=True)
class Member:
    """A membership with the person."""

    person: Person
    relation: str
    since: date | None
    until: date | None

    @property
    def is_over(self) -> bool:
        """True for somebody who does not belong to it any more."""
        return self.until is not None

    @property
    def is_head(self) -> bool:
        """True for the head, present or former."""
        return self.relation == HEAD


@dataclass(frozen=True)
class Dweller:
    """A person with all that ties him to one dwelling: (tie, since, until)."""

    person: Person
    ties: tuple[tuple[str, date | None, date | None], ...]

    @property
    def is_over(self) -> bool:
        """True when nothing ties him to it any more."""
        return all(until is not None for _, _, until in self.ties)


def members_of(household: Household, actor: Actor) -> list[Member]:
    """Members of a household, present ones first, the head in front; one query."""
    rows = Membership.objects.visible_to(actor).filter(household=household).select_related("person")[:MOST]
    found = [Member(one.person, one.relation, one.since, one.until) for one in rows]
    return sorted(found, key=lambda one: (one.is_over, not one.is_head, one.person.born_on or date.max, one.person.pk))


def dwellers_of(dwelling: Dwelling, actor: Actor) -> list[Dweller]:
    """Everybody who is or was tied to a dwelling, those who live there first; one query."""
    rows = Residence.objects.visible_to(actor).filter(dwelling=dwelling).select_related("person").order_by("person", "id")[:MOST]
    people: dict[int, tuple[Person, list[tuple[str, date | None, date | None]]]] = {}
    for one in rows:
        people.setdefault(one.person_id, (one.person, []))[1].append((one.tie, one.since, one.until))
    found = [Dweller(person, tuple(sorted(ties, key=lambda tie: (tie[2] is not None, _rank(tie[0]))))) for person, ties in people.values()]
    return sorted(found, key=lambda one: (one.is_over, _rank(one.ties[0][0]), one.person.pinyin, one.person.pk))


def _rank(tie: str) -> int:
    return TIE_ORDER.index(tie) if tie in TIE_ORDER else len(TIE_ORDER)


def households_of(dwelling: Dwelling, actor: Actor) -> list[tuple[Household, list[Member]]]:
    """The households of a dwelling with their present members, those that stand first; two queries."""
    found = list(Household.objects.visible_to(actor).filter(dwelling=dwelling).order_by("-id")[:MOST])
    rows = Membership.objects.visible_to(actor).filter(household__in=found, until=None).select_related("person")
    members: dict[int, list[Member]] = {}
    for one in rows:
        members.setdefault(one.household_id, []).append(Member(one.person, one.relation, one.since, one.until))
    for held in members.values():
        held.sort(key=lambda one: (not one.is_head, one.person.born_on or date.max, one.person.pk))
    return sorted(((one, members.get(one.pk, [])) for one in found), key=lambda pair: (pair[0].ended_on is not None, pair[0].pk))


def life_of(person: Person, actor: Actor) -> tuple[list[Membership], list[Residence]]:
    """The households and the ties of a person over time, present ones first; two queries."""
    memberships = list(Membership.objects.visible_to(actor).filter(person=person).select_related("household__dwelling__building")[:MOST])
    residences = list(Residence.objects.visible_to(actor).filter(person=person).select_related("dwelling__building")[:MOST])
    return sorted(memberships, key=_latest), sorted(residences, key=lambda one: (one.until is not None, _rank(one.tie), one.pk))


def _latest(one: Any) -> tuple[bool, int]:
    return one.until is not None, -one.pk


def homes_of(people: Sequence[int], actor: Actor) -> dict[int, str]:
    """Where each of some people lives, or is registered when he lives elsewhere; one query."""
    rows = Residence.objects.visible_to(actor).filter(person__in=people, until=None).select_related("dwelling__building").order_by("id")
    best: dict[int, Residence] = {}
    for one in rows:
        if one.person_id not in best or _rank(one.tie) < _rank(best[one.person_id].tie):
            best[one.person_id] = one
    return {number: address_of(one.dwelling) for number, one in best.items()}


def heads_of(households: Iterable[int], actor: Actor) -> dict[int, str]:
    """The name of the head of each household that has one; one query."""
    heads = Membership.objects.visible_to(actor).filter(household__in=list(households), until=None, relation=HEAD)
    return dict(heads.values_list("household", "person__name"))


def address_of(dwelling: Dwelling) -> str:
    """A dwelling with its building, as people say it: 阳光里 3号楼 2门501."""
    return f"{building_title(dwelling.building)} {dwelling_title(dwelling)}"


def age_of(person: Person) -> int | None:
    """Full years of age today; None when no date of birth is known or he is dead."""
    if person.born_on is None or person.died_on is not None:
        return None
    today = clock.today()
    return today.year - person.born_on.year - ((today.month, today.day) < (person.born_on.month, person.born_on.day))
