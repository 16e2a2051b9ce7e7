# SPDX-License-Identifier: MulanPSL-2.0
"""What stands on the page of a record beside its values: who lives in a dwelling, the members of a household, where a person has lived."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from django.urls import reverse
from django.utils.http import urlencode

from linli.core.sight import Actor
from linli.core.words import Words, words
from linli.desk.registers import address_of
from linli.elements import dwellers
from linli.elements.dwellers import Dweller, Member
from linli.elements.models import Dwelling, Household, Person
from linli.elements.registers import codes
from linli.elements.registers.declaring import Register, register_named
from linli.elements.registers.people import STANDINGS, TIE

STANDING: Mapping[str, Words] = dict(STANDINGS)
TONES = {"together": "good", "living": "warn", "registered": "warn", "gone": "calm"}
HOUSE_OF = words("{name}户", "{name}'s household")
TIES: Mapping[str, Words] = dict(TIE.options())


def panel_of(register: Register, record: Any, actor: Actor) -> dict[str, Any] | None:
    """The panel of a record; for facilities and organisations the way to their page; None for registers without one and for posts that may not see people."""
    if (page := PAGES.get(register.subject)) is not None and actor.may(register.sees):
        return {"template": "desk/parts/panel_page.html", "href": reverse(page[0], args=[record.pk]), "words": page[1]}
    make = PANELS.get(register.name)
    return make(record, actor) if make is not None and actor.may(register_named("person").sees) else None


def _dwelling(one: Dwelling, actor: Actor) -> dict[str, Any]:
    may_keep, households = actor.may(register_named("person").keeps), dwellers.households_of(one, actor)
    return {"template": "desk/parts/panel_dwelling.html", "people": [_dweller(found) for found in dwellers.dwellers_of(one, actor)],
            "households": [_household(found, members) for found, members in households], "building": reverse("desk:building", args=[one.building_id]),
            "add_household": _adding("household", dwelling=one.pk) if may_keep else "", "add_person": _adding("person", dwelling=one.pk) if may_keep else ""}


def _household(one: Household, members: Sequence[Member]) -> dict[str, Any]:
    return {"href": address_of(register_named("household"), one.pk), "is_over": one.ended_on is not None, "ended_on": one.ended_on, "formed_on": one.formed_on,
            "members": [_member(member) for member in members]}


def _of_household(one: Household, actor: Actor) -> dict[str, Any]:
    members = dwellers.members_of(one, actor)
    dwelling = Dwelling.objects.visible_to(actor).select_related("building").filter(pk=one.dwelling_id).first() if one.dwelling_id else None
    people = dwellers.dwellers_of(dwelling, actor) if dwelling else []
    head = next((str(HOUSE_OF.format(name=member.person.name)) for member in members if member.is_head and not member.is_over), "")
    address = dwellers.address_of(dwelling) if dwelling else ""
    own = {member.person.pk for member in members if not member.is_over}
    named = {"title": " · ".join(part for part in (head, address) if part)} if head or address else {}
    return named | {"template": "desk/parts/panel_household.html", "members": [_member(member) for member in members if not member.is_over],
            "former": [_member(member) for member in members if member.is_over], "people": [_dweller(found) for found in people],
            "others": [_dweller(found) for found in people if found.person.pk not in own and not found.is_over],
            "dwelling": address, "dwelling_href": address_of(register_named("dwelling"), dwelling.pk) if dwelling else "",
            "building": reverse("desk:building", args=[dwelling.building_id]) if dwelling else "",
            "add": _adding("person", dwelling=dwelling.pk, household=one.pk) if dwelling and one.ended_on is None and actor.may(register_named("person").keeps) else ""}


def _of_person(one: Person, actor: Actor) -> dict[str, Any]:
    memberships, residences = dwellers.life_of(one, actor)
    return {
        "template": "desk/parts/panel_person.html", "standing": STANDING.get(one.standing), "tone": TONES.get(one.standing, "calm"), "age": dwellers.age_of(one),
        "households": [{"href": address_of(register_named("household"), found.household_id), "relation": _relation(found.relation), "since": found.since, "until": found.until,
                        "title": dwellers.address_of(found.household.dwelling) if found.household.dwelling else ""} for found in memberships],
        "ties": [{"href": address_of(register_named("dwelling"), found.dwelling_id), "title": dwellers.address_of(found.dwelling), "tie": TIES.get(found.tie, found.tie),
                  "since": found.since, "until": found.until} for found in residences]}


def _member(one: Member) -> dict[str, Any]:
    return _who(one.person) | {"relation": _relation(one.relation), "is_head": one.is_head, "since": one.since, "until": one.until}


def _dweller(one: Dweller) -> dict[str, Any]:
    return _who(one.person) | {"is_over": one.is_over, "ties": [{"words": TIES.get(tie, tie), "since": since, "until": until} for tie, since, until in one.ties]}


def _who(person: Person) -> dict[str, Any]:
    return {"name": person.name, "href": address_of(register_named("person"), person.pk), "sex": dict(codes.table("gender")).get(person.sex, ""),
            "age": dwellers.age_of(person), "standing": STANDING.get(person.standing), "tone": TONES.get(person.standing, "calm"), "is_dead": person.died_on is not None}


def _relation(code: str) -> Words | str:
    return dict(codes.table("relation")).get(code, code)


def _adding(register: str, **given: int) -> str:
    return f"{reverse('desk:record_add', args=[register])}?{urlencode(given)}"


PANELS: Mapping[str, Callable[[Any, Actor], dict[str, Any]]] = {"dwelling": _dwelling, "household": _of_household, "person": _of_person}
PAGES: Mapping[str, tuple[str, Words]] = {
    "thing": ("desk:facility", words("配备、队伍和推算", "Equipment, crew and what follows")), "organisation": ("desk:organisation", words("届次和任职", "Terms and seats"))}
"""Tables whose records have a page of their own beside that of the register."""
