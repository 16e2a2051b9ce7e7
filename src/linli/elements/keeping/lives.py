# SPDX-License-Identifier: MulanPSL-2.0
"""搬入 搬离 死亡: what happens to one person, with its consequences for his household, his dwelling and his standing."""

from typing import Any

from django.db.models import QuerySet

from linli.core import clock
from linli.core.actions import Call, Done, action
from linli.core.faults import Invalid
from linli.core.fields import Field
from linli.core.sight import Actor
from linli.core.words import words
from linli.elements.keeping import homes, newcomers, ties
from linli.elements.keeping.changes import Changes
from linli.elements.keeping.events import (
    DAY,
    KEEPS,
    NEW_HEAD,
    day_of,
    done,
    dwelling_of,
    emptied,
    home_of,
    home_with,
    household_of,
    keep,
    person_of,
    refuse_other_community,
    ties_of,
)
from linli.elements.keeping.homes import Home
from linli.elements.models import Dwelling, Household, Membership, Person, Proposal, Residence, Seat
from linli.elements.registers import codes
from linli.elements.registers.people import RELATION

ELSEWHERE = words("这一户不在这间房屋。", "This household is not in this dwelling.")
BAD_CODE = words("请填 6 到 12 位的区划代码。", "Give a division code of 6 to 12 digits.")
GONE_ALREADY = words("{name}已不在本社区居住。", "{name} does not live here any more.")
PERSON = Field("person", words("人", "Person"), "integer", required=True, low=1)
RELATED = Field("relation", RELATION.label, "choice", choices=lambda: codes.table("relation"),
                help=words("新立户的第一个人是户主，不用选。", "The first of a new household is its head."))
HOLDS = (("owner", words("产权人", "Owner")), ("tenant", words("承租人", "Tenant")), ("none", words("家人或其他", "Family or other")))
REGISTERED_HERE = Field("registered", words("户籍也在这里", "Registered here too"), "truth")


def code_of(call: Call, name: str) -> str:
    """A division code of another place; Invalid when it is none."""
    text = str(call.given.get(name) or "")
    if text and not (text.isdecimal() and 6 <= len(text) <= 12):
        raise Invalid({name: BAD_CODE})
    return text.ljust(12, "0") if text else ""


def _dwelling(actor: Actor, given: Any) -> Dwelling:
    return dwelling_of(actor, given)


@action("person.move_in", words("搬入", "Move in"), ability=KEEPS, subject="person", finds=_dwelling, fields=(
    Field("dwelling", words("房屋", "Dwelling"), "integer", required=True, low=1),
    Field("household", words("住户（不选为新立一户）", "Household (none: a new one)"), "integer", low=1),
    Field("person", words("已在册的人", "Person in the register"), "integer", low=1), *newcomers.fields(newcomers.ASKED, required=False),
    RELATED, Field("tie", words("与房屋的关系", "Tie to the dwelling"), "choice", choices=HOLDS), REGISTERED_HERE,
    Field("registered_at", words("户籍地区划代码（不在这里时）", "Division code of the registered place (elsewhere)"), limit=12), DAY, NEW_HEAD))
def move_in(call: Call) -> Done:
    """Somebody lives in a dwelling from the day on, in a household there or in a new one; `person` names who is in the register already.

    He leaves the household in which he was; its head is succeeded by `new_head`. A dwelling that stood empty is lived in again.
    """
    dwelling, changes = call.record, Changes()
    person = person_of(call.actor, call.given) if call.given["person"] else None
    day = day_of(call, *([person] if person else []))
    home = _home(call, dwelling)
    if person is None:
        person = newcomers.person_from(call, newcomers.ASKED, area=dwelling.area, came_on=day)
        changes.add(person)
        day = day_of(call, person)
        past: list[Membership] = []
    else:
        refuse_other_community(person, dwelling)
        past = list(Membership.objects.filter(person=person))
        _leave_first(call, changes, person, home, day)
    if home.household._state.adding:
        changes.add(home.household)
    if person._state.adding or home.member(person.pk) is None:
        homes.join(changes, home, person, call.given["relation"] or "", day, past)
    _live(call, changes, person, dwelling, day)
    event = keep(call, "move_in", changes, day, person=person, household=home.household, dwelling=dwelling)
    return done(event, person)


def _home(call: Call, dwelling: Dwelling) -> Home:
    if not call.given["household"]:
        day = call.given.get("day") or clock.today()
        return Home(Household(area=dwelling.area, dwelling=dwelling, formed_on=day))
    household = household_of(call.actor, call.given)
    if household.dwelling_id != dwelling.pk:
        raise Invalid({"household": ELSEWHERE})
    return home_of(household)


def _leave_first(call: Call, changes: Changes, person: Person, home: Home, day: Any) -> None:
    """Out of the household in which he still is. Who is a member of the one that he joins comes back to live there (户在人不在 before)."""
    before = home_with(person)
    if before is not None and before.household.pk == home.household.pk:
        if Residence.objects.filter(person=person, dwelling=home.household.dwelling, tie=ties.LIVING, until=None).exists():
            raise Invalid({"person": homes.ALREADY_HERE.format(name=person.name)})
    elif before is not None:
        homes.leave(changes, before, [person.pk], day, reason="moved", new_head=call.given["new_head"])


def _live(call: Call, changes: Changes, person: Person, dwelling: Dwelling, day: Any) -> None:
    """His ties, where he counts, and what is known of the dwelling."""
    rows = ties_of([person.pk])[person.pk]
    left = [one.dwelling for one in ties.open_ties(rows) if one.tie == ties.LIVING and one.dwelling_id != dwelling.pk]
    ties.end(changes, [one for one in rows if one.dwelling_id != dwelling.pk], [ties.TENANT], day)
    held = call.given["tie"] or "none"
    for name in (ties.LIVING, *([ties.REGISTERED] if call.given["registered"] else []), *([held] if held in ties.OCCUPIED else [])):
        ties.tie(changes, rows, person, dwelling, name, day)
    values: dict[str, Any] = {"area": dwelling.area, "standing": ties.standing_of(rows), "left_on": None, "living_at": ""}
    if person.came_on is None or person.left_on is not None:
        values["came_on"] = day
    if values["standing"] == "living":
        values["registered_at"] = code_of(call, "registered_at") or person.registered_at
    changes.put(person, **values)
    if dwelling.occupancy in ("empty", ties.UNKNOWN):
        changes.put(dwelling, occupancy=ties.OCCUPIED.get(held, ties.UNKNOWN))
    emptied(changes, left, [person.pk])


@action("person.move_out", words("搬离", "Move out"), ability=KEEPS, subject="person", finds=person_of, fields=(
    PERSON, DAY, Field("stays_registered", words("户籍还在这里（户在人不在）", "Still registered here, living elsewhere"), "truth"),
    Field("living_at", words("搬到哪里（区划代码）", "Where to (division code)"), limit=12), NEW_HEAD))
def move_out(call: Call) -> Done:
    """Somebody lives here no more. Who stays registered here stays in his household (户在人不在); otherwise he leaves it and its head is succeeded."""
    person: Person = call.record
    day, changes, rows = day_of(call, person), Changes(), ties_of([person.pk])[person.pk]
    if person.standing == "gone":
        raise Invalid({"person": GONE_ALREADY.format(name=person.name)})
    stays, home, unsure = bool(call.given["stays_registered"]), home_with(person), []
    left = [one.dwelling for one in ties.open_ties(rows) if one.tie in (ties.LIVING, ties.TENANT)]
    if home is not None and not stays:
        unsure = homes.leave(changes, home, [person.pk], day, reason="moved_out", new_head=call.given["new_head"])
    ties.end(changes, rows, [ties.LIVING, ties.TENANT] if stays else ties.OF_LIFE, day)
    standing = "registered" if stays else ties.standing_of(rows)
    changes.put(person, standing=standing, living_at=code_of(call, "living_at"), **({} if standing != "gone" else {"left_on": day}))
    emptied(changes, left, [person.pk])
    event = keep(call, "move_out", changes, day, person=person, household=home.household if home else None)
    return done(event, person, unsure=unsure)


@action("person.die", words("登记死亡", "Enter a death"), ability=KEEPS, subject="person", finds=person_of, fields=(PERSON, DAY, NEW_HEAD))
def die(call: Call) -> Done:
    """Somebody has died: from that day on he belongs to his household no more; living, registered and tenant ties and his seats end, waiting proposals too.

    What he owned stays entered as his until the title says another; `owner_of` lists the dwellings to look at.
    """
    person: Person = call.record
    day, changes, rows = day_of(call, person), Changes(), ties_of([person.pk])[person.pk]
    home, unsure = home_with(person), []
    if home is not None:
        unsure = homes.leave(changes, home, [person.pk], day, reason="died", new_head=call.given["new_head"])
    left = [one.dwelling for one in ties.open_ties(rows) if one.tie in (ties.LIVING, ties.TENANT)]
    ties.end(changes, rows, ties.OF_LIFE, day)
    for one in _open(Seat.objects.filter(person=person, until=None)):
        changes.put(one, until=day if one.since is None else max(day, one.since))
    for one in _open(Proposal.objects.filter(person=person, state="waiting")):
        changes.put(one, state="withdrawn")
    changes.put(person, standing="gone", died_on=day, left_on=day)
    emptied(changes, left, [person.pk])
    event = keep(call, "death", changes, day, person=person, household=home.household if home else None)
    return done(event, person, unsure=unsure, owner_of=[one.dwelling_id for one in ties.open_ties(rows) if one.tie == ties.OWNER])


def _open(found: QuerySet[Any]) -> list[Any]:
    return list(found.select_for_update().order_by("id"))
