# SPDX-License-Identifier: MulanPSL-2.0
"""How records are called in lists: by name or address, many at once, and in which dwelling each lies."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from linli.core.sight import Actor
from linli.elements.models import Dwelling, Membership, Residence
from linli.elements.registers.addresses import Parts, write_address
from linli.elements.registers.codes import HEAD
from linli.elements.registers.declaring import Register, register_named


@dataclass(frozen=True)
class Title:
    """One record: its name or address, the address of its dwelling where it has one, and that dwelling."""

    record: int
    text: str
    address: str = ""
    dwelling: int | None = None
    area: int = 0


def among(register: Register, actor: Actor, numbers: Iterable[int]) -> Any:
    """The records of these numbers within the actor's range."""
    return register.model._default_manager.filter(pk__in=list(numbers), area__gte=actor.lo, area__lt=actor.hi)


def titles(actor: Actor, register: str, numbers: Sequence[int]) -> dict[int, Title]:
    """Titles of the records that the actor may see; at most three queries however many there are."""
    found = register_named(register)
    held = {one.pk: one for one in among(found, actor, numbers)}
    if register == "building":
        return {number: Title(number, address_of(one), address_of(one), None, one.area) for number, one in held.items()}
    homes = homes_of(actor, register, held)
    text = {number: one.name for number, one in held.items()} if hasattr(found.model, "name") else _heads(held) if register == "household" else {}
    return {number: Title(number, text.get(number) or _address(homes.get(number)), _address(homes.get(number)), homes[number].pk if number in homes else None, one.area)
            for number, one in held.items()}


def homes_of(actor: Actor, register: str, held: Mapping[int, Any]) -> dict[int, Dwelling]:
    """The dwelling in which each record lies: its own, the one of a household, the one where a person lives or is registered."""
    if register == "dwelling":
        where = {number: number for number in held}
    elif register == "household":
        where = {number: one.dwelling_id for number, one in held.items() if one.dwelling_id}
    elif register == "person":
        ties = Residence.objects.visible_to(actor).filter(person__in=list(held), until=None, tie__in=["living", "registered"]).order_by("-tie", "id")
        where = {one.person_id: one.dwelling_id for one in ties}
        where |= {one.person_id: one.dwelling_id for one in ties if one.tie == "living"}
    else:
        return {}
    known = {one.pk: one for one in Dwelling.objects.visible_to(actor).filter(pk__in=set(where.values())).select_related("building")}
    return {number: known[dwelling] for number, dwelling in where.items() if dwelling in known}


def address_of(one: Any) -> str:
    """A building or dwelling as people here write it: 某里3号楼2门501室."""
    if isinstance(one, Dwelling):
        return write_address(Parts(quarter=one.building.quarter, number=one.building.number, doorway=one.doorway, room=one.room))
    return write_address(Parts(quarter=one.quarter, number=one.number))


def _address(one: Dwelling | None) -> str:
    return address_of(one) if one is not None else ""


def _heads(held: Mapping[int, Any]) -> dict[int, str]:
    """The names of the heads of households; the first member where there is none."""
    members = Membership.objects.filter(household__in=list(held), until=None).select_related("person").order_by("household_id", "-id")
    found: dict[int, str] = {}
    for one in members:
        if one.relation == HEAD or one.household_id not in found:
            found[one.household_id] = one.person.name
    return found
