# SPDX-License-Identifier: MulanPSL-2.0
"""出生 分户 变更户主 整户搬迁: what happens to a household as a whole, with its consequences."""

from dataclasses import replace
from datetime import date
from typing import Any

from linli.core import clock
from linli.core.actions import Call, Done, action
from linli.core.faults import Invalid
from linli.core.fields import Field
from linli.core.words import Words, words
from linli.elements.keeping import homes, newcomers, ties
from linli.elements.keeping.changes import Changes
from linli.elements.keeping.events import (
    AHEAD,
    DAY,
    KEEPS,
    NEW_HEAD,
    day_of,
    done,
    dwelling_of,
    emptied,
    home_of,
    household_of,
    keep,
    refuse_other_community,
    ties_of,
)
from linli.elements.keeping.lives import REGISTERED_HERE
from linli.elements.models import Dwelling, Household, Person
from linli.elements.registers import codes
from linli.elements.registers.codes import HEAD
from linli.elements.registers.people import RELATION

NOBODY = words("这一户现在没有人。", "Nobody belongs to this household now.")
HEAD_ALREADY = words("这个人已经是户主。", "This person is the head already.")
NOT_HEAD = words("户主的关系要用“变更户主”来改。", "The head's relation is changed by “Change of head”.")
SAME_DWELLING = words("这一户已经住在这间房屋。", "The household is in this dwelling already.")
HOUSEHOLD = Field("household", words("住户", "Household"), "integer", required=True, low=1)
TO_DWELLING = Field("dwelling", words("房屋", "Dwelling"), "integer", low=1)
MEMBERS = Field("members", words("分出去的人", "Who splits off"), "choices", required=True)
SPLIT_FIELDS = (HOUSEHOLD, MEMBERS, Field("head", words("新立户的户主", "Head of the new household"), "integer", required=True, low=1), NEW_HEAD, TO_DWELLING, DAY)
RELATED = tuple((code, label) for code, label in codes.table("relation") if code != HEAD)


@action("household.birth", words("出生登记", "Enter a birth"), ability=KEEPS, subject="person", finds=household_of, fields=(
    HOUSEHOLD, *newcomers.fields(newcomers.ASKED_OF_A_CHILD, required=True), Field("relation", RELATION.label, "choice", required=True, choices=RELATED),
    REGISTERED_HERE))
def birth(call: Call) -> Done:
    """A child belongs to the household from its birth on, or from the present head's day on when that is later; it lives where the household lives."""
    household, changes = call.record, Changes()
    born = call.given["born_on"]
    if born is None:
        raise Invalid({"born_on": words("请填写出生日期。", "Please fill in the date of birth.")})
    if born > clock.today():
        raise Invalid({"born_on": AHEAD})
    home = home_of(household)
    head = home.head()
    if head is None:
        raise Invalid({"household": NOBODY})
    child = newcomers.person_from(call, newcomers.ASKED_OF_A_CHILD, area=household.area, came_on=born)
    changes.add(child)
    homes.join(changes, home, child, call.given["relation"], max(born, head.since or born))
    rows: list[Any] = []
    names = (ties.LIVING, *([ties.REGISTERED] if call.given["registered"] else []))
    for name in names if household.dwelling is not None else ():
        ties.tie(changes, rows, child, household.dwelling, name, born)
    changes.put(child, standing=ties.standing_of(rows) if rows else "together" if call.given["registered"] else "living")
    return done(keep(call, "birth", changes, born, person=child, household=household), child)


def split_fields(household: Household) -> tuple[Field, ...]:
    """The fields of a split with the members of one household to choose from."""
    return tuple(replace(one, choices=named(home_of(household))) if one is MEMBERS else one for one in SPLIT_FIELDS)


def named(home: homes.Home) -> list[tuple[str, Words]]:
    """The members as choices."""
    return [(str(one.person_id), words(one.person.name, one.person.name)) for one in home.members()]


@action("household.split", words("分户", "Split a household"), ability=KEEPS, subject="household", finds=household_of,
        fields_of=lambda record, _given: split_fields(record), fields=SPLIT_FIELDS)
def split(call: Call) -> Done:
    """Some members form a household of their own, in the same dwelling or in another; whoever stays keeps the old one, with `new_head` if its head goes."""
    household, given, changes = call.record, call.given, Changes()
    dwelling = dwelling_of(call.actor, given) if given["dwelling"] else household.dwelling
    home, chosen = home_of(household), [int(one) for one in given["members"]]
    people = [one.person for one in home.members() if one.person_id in chosen]
    day = day_of(call, *people)
    into = Household(area=dwelling.area if dwelling else household.area, dwelling=dwelling, kind=household.kind, formed_on=day)
    made, unsure = homes.split(changes, home, chosen, given["head"], day, into=into, new_head=given["new_head"])
    if dwelling is not None and dwelling.pk != household.dwelling_id:
        _move_people(changes, [one.person for one in made.members()], dwelling, day)
    event = keep(call, "split", changes, day, household=household, dwelling=dwelling)
    return done(event, household, into=into.pk, unsure=unsure)


@action("household.change_head", words("变更户主", "Change of head"), ability=KEEPS, subject="household", finds=household_of, fields=(
    HOUSEHOLD, Field("new_head", NEW_HEAD.label, "integer", required=True, low=1), DAY))
def change_head(call: Call) -> Done:
    """Another member is the head from the day on; everybody's relation is to him, as far as it can be told (`unsure` names the others)."""
    home, changes = home_of(call.record), Changes()
    chosen = home.member(call.given["new_head"])
    if chosen is None:
        raise Invalid({"new_head": homes.NO_MEMBER})
    if chosen.relation == HEAD:
        raise Invalid({"new_head": HEAD_ALREADY})
    day = day_of(call, chosen.person)
    unsure = homes.appoint(changes, home, chosen.person_id, day)
    return done(keep(call, "change_head", changes, day, household=call.record, person=chosen.person), call.record, unsure=unsure)


@action("household.relate", words("更正与户主关系", "Put a relation right"), ability=KEEPS, subject="household", finds=household_of, fields=(
    HOUSEHOLD, Field("person", words("人", "Person"), "integer", required=True, low=1),
    Field("relation", RELATION.label, "choice", required=True, choices=RELATED)))
def relate(call: Call) -> Done:
    """A member's relation to the present head was wrong or could not be told: now it says this."""
    home, changes = home_of(call.record), Changes()
    row = home.member(call.given["person"])
    if row is None:
        raise Invalid({"person": homes.NO_MEMBER})
    if row.relation == HEAD:
        raise Invalid({"relation": NOT_HEAD})
    changes.put(row, relation=call.given["relation"])
    return done(keep(call, "relate", changes, clock.today(), household=call.record, person=row.person), call.record)


@action("household.move", words("整户搬迁", "The household moves"), ability=KEEPS, subject="household", finds=household_of, fields=(
    HOUSEHOLD, TO_DWELLING, DAY))
def move(call: Call) -> Done:
    """All members move to another dwelling of the community; without one they leave the community altogether and the household ends."""
    household, home, changes = call.record, home_of(call.record), Changes()
    members = home.members()
    if not members:
        raise Invalid({"household": NOBODY})
    people = [one.person for one in members]
    day = day_of(call, *people)
    if not call.given["dwelling"]:
        homes.leave(changes, home, [one.pk for one in people], day, reason="moved_out")
        _let_go(changes, people, day)
        return done(keep(call, "leave", changes, day, household=household, dwelling=household.dwelling), household)
    dwelling = dwelling_of(call.actor, call.given)
    if dwelling.pk == household.dwelling_id:
        raise Invalid({"dwelling": SAME_DWELLING})
    refuse_other_community(people[0], dwelling)
    _move_people(changes, people, dwelling, day)
    changes.put(household, dwelling=dwelling, area=dwelling.area)
    for one in members:
        changes.put(one, area=dwelling.area)
    return done(keep(call, "move", changes, day, household=household, dwelling=dwelling), household)


def _move_people(changes: Changes, people: list[Person], dwelling: Dwelling, day: date) -> None:
    """They live in the dwelling from the day on; where they are registered stays as it is."""
    held = ties_of([one.pk for one in people])
    left: list[Dwelling | None] = []
    for one in people:
        rows = held[one.pk]
        left += [row.dwelling for row in ties.open_ties(rows) if row.tie == ties.LIVING]
        ties.end(changes, [row for row in rows if row.dwelling_id != dwelling.pk], [ties.TENANT], day)
        ties.tie(changes, rows, one, dwelling, ties.LIVING, day)
        changes.put(one, area=dwelling.area, standing=ties.standing_of(rows), living_at="", left_on=None)
    if dwelling.occupancy == "empty":
        changes.put(dwelling, occupancy=ties.UNKNOWN)
    emptied(changes, left, [one.pk for one in people])


def _let_go(changes: Changes, people: list[Person], day: date) -> None:
    """They are tied to no dwelling any more, but for what they own."""
    held = ties_of([one.pk for one in people])
    left = [row.dwelling for rows in held.values() for row in ties.open_ties(rows) if row.tie in (ties.LIVING, ties.TENANT)]
    for one in people:
        ties.end(changes, held[one.pk], ties.OF_LIFE, day)
        standing = ties.standing_of(held[one.pk])
        changes.put(one, standing=standing, **({"left_on": day} if standing == "gone" else {}))
    emptied(changes, left, [one.pk for one in people])
