# SPDX-License-Identifier: MulanPSL-2.0
"""入户核实单: the dwellings of a building in the order in which one walks its stairs, with what to look at behind each door."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from linli.core import clock
from linli.core.actions import Call, Done, action
from linli.core.faults import NotVisible
from linli.core.fields import Field
from linli.core.protection import Protection
from linli.core.sight import Actor
from linli.core.words import Words, words
from linli.elements.keeping import confirming
from linli.elements.keeping.events import KEEPS, number_of
from linli.elements.models import Building, Dwelling, Household, Membership
from linli.elements.registers import addresses, codes, records
from linli.elements.registers.declaring import register_named
from linli.elements.registers.people import PEOPLE

DOWN, UP = "down", "up"
WAYS = ((DOWN, words("从顶层往下", "From the top floor down")), (UP, words("从底层往上", "From the ground floor up")))
DIGITS = re.compile(r"(\d+)")
MOST = 1000
"""Dwellings of one building that are read (our choice; the largest known blocks have about half of it)."""


@dataclass(frozen=True)
class Member:
    """Somebody behind the door."""

    name: str
    relation: Words


@dataclass
class Door:
    """One dwelling on the sheet. `asks` names what is out of date, the dwelling's first, then for each member; `tail` are the last four digits of the head's phone, never more."""

    dwelling: Dwelling
    floor: int | None
    people: list[Member] = field(default_factory=list)
    households: list[Household] = field(default_factory=list)
    asks: list[tuple[str, list[Words]]] = field(default_factory=list)
    tail: str = ""


def natural(text: str) -> tuple[tuple[int, str], ...]:
    """A key by which 2 comes before 10 and 甲 after both."""
    return tuple((int(part), "") if part.isdecimal() else (10**9, part) for part in DIGITS.split(text) if part)


def floor_of(dwelling: Dwelling) -> int | None:
    """The floor as it is entered, or as the room number says it; None when neither does."""
    return dwelling.floor if dwelling.floor is not None else addresses.floor_of(dwelling.room)


def building_words(building: Building) -> str:
    """How a building is called: 槐安里3号楼."""
    return addresses.write_address(addresses.Parts(quarter=building.quarter, number=building.number))


def door_words(dwelling: Dwelling) -> str:
    """How a dwelling is called within its building: 2门501室; 整栋 where it is the whole of it."""
    return addresses.write_address(addresses.Parts(doorway=dwelling.doorway, room=dwelling.room)) or str(words("整栋", "The whole house"))


def address_words(dwelling: Dwelling) -> str:
    """Building and door together."""
    return building_words(dwelling.building) + addresses.write_address(addresses.Parts(doorway=dwelling.doorway, room=dwelling.room))


def in_order(dwellings: Iterable[Dwelling], way: str) -> list[Dwelling]:
    """Doorway by doorway, then floor by floor down or up, then by room; where no floor is known, at the end of the doorway."""

    def place(one: Dwelling) -> tuple[Any, ...]:
        floor = floor_of(one)
        height = 0 if floor is None else -floor if way == DOWN else floor
        return natural(one.doorway), floor is None, height, natural(one.room), one.pk or 0

    return sorted(dwellings, key=place)


def building_of(actor: Actor, given: Mapping[str, Any]) -> Building:
    """The building named in the input. NotVisible outside the range."""
    found: Building | None = Building.objects.visible_to(actor).filter(pk=number_of(given, "building"), valid_to=None).first()
    if found is None:
        raise NotVisible
    return found


def dwellings_of(building: Building, doorway: str, way: str) -> list[Dwelling]:
    """The dwellings in use of a building, or of one of its doorways, in the order of the stairs; one query."""
    found = Dwelling.objects.filter(building=building, valid_to=None)
    return in_order((found.filter(doorway=doorway) if doorway else found).select_related("building")[:MOST], way)


def doors_of(building: Building, doorway: str, way: str) -> list[Door]:
    """The sheet: who lives behind each door and what to look at; three queries."""
    today, dwellings = clock.today(), dwellings_of(building, doorway, way)
    doors = {one.pk: Door(one, floor_of(one)) for one in dwellings}
    for one in Household.objects.filter(dwelling__in=doors, ended_on=None).order_by("id"):
        doors[one.dwelling_id].households.append(one)
    held = Membership.objects.filter(household__dwelling__in=doors, household__ended_on=None, until=None).select_related("person", "household")
    relation = dict(codes.table("relation"))
    for row in held.order_by("household", "relation", "person__born_on", "id"):
        door = doors[row.household.dwelling_id]
        door.people.append(Member(row.person.name, relation[row.relation]))
        due = [one.label for one in PEOPLE.columns if confirming.is_due(row.person, one, today)]
        door.asks += [(row.person.name, due)] if due else []
        if row.relation == codes.HEAD and not door.tail and row.person.phone_sealed:
            door.tail = str(records.value_of(PEOPLE, row.person, "phone"))[-4:]
    register = register_named("dwelling")
    for door in doors.values():
        due = [one.label for one in register.columns if confirming.is_due(door.dwelling, one, today)]
        door.asks = ([(str(register.words), due)] if due else []) + door.asks
    return list(doors.values())


@action("doorstep.print", words("打印入户核实单", "Print the doorstep sheet"), ability=KEEPS, subject="building", finds=building_of, fields=(
    Field("building", words("楼栋", "Building"), "integer", required=True, low=1), Field("doorway", words("门", "Doorway"), limit=10, protection=Protection.OPEN),
    Field("way", words("顺序", "Order"), "choice", required=True, choices=WAYS)))
def print_sheet(call: Call) -> Done:
    """A list of names leaves the screen for paper: which building, how many doors and names, by whom, is kept."""
    doors = doors_of(call.record, call.given["doorway"] or "", call.given["way"])
    answer = {"building": call.record.pk, "doors": len(doors), "names": sum(len(one.people) for one in doors)}
    return Done(call.record.area, call.record.pk, answer, {"doors": answer["doors"], "names": answer["names"]})
