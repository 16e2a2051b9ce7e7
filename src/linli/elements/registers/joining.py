# SPDX-License-Identifier: MulanPSL-2.0
"""What ties a person to dwelling and household: written when he is recorded, ended and taken up again when a record of him ends by mistake."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.db.models import Value
from django.db.models.functions import Coalesce, Greatest

from linli.core.faults import Invalid, NotVisible
from linli.core.words import Words, words
from linli.elements.models import Dwelling, Household, Membership, Person, Residence
from linli.elements.registers.codes import HEAD

TIES: Mapping[str, tuple[str, ...]] = {"together": ("living", "registered"), "living": ("living",), "registered": ("registered",)}
"""Which ties a standing brings about; the others bring none by themselves."""
OTHER = "8"
"""其他 in GB/T 4761: a member of whom nobody said what he is."""
NO_HEAD = words("这间房屋还没有住户，请先登记户主。", "This dwelling has no household yet. Record its head first.")
MANY = words("这间房屋有几户，请从所在住户的页面登记。", "There are several households in this dwelling. Record him from the page of his own.")
HAS_HEAD = words("这一户已有户主，请选别的关系，或先变更户主。", "This household has a head already. Choose another relation, or change the head first.")
HEADS_OTHERS = words("他是户主，户里还有别人。", "He heads a household to which others belong.")
HAS_MEMBERS = words("这一户还有成员。", "This household still has members.")


def join_person(person: Person, dwelling: Dwelling, given: Mapping[str, Any]) -> Mapping[str, Any]:
    """Ties of a new person to the dwelling, and the household he belongs to; a head without a household founds one. Answers the household's number."""
    standing, since, relation = given["standing"], given.get("since"), given.get("relation")
    Person.objects.filter(pk=person.pk).update(standing=standing)
    ties = [*TIES.get(standing, ()), *([given["tie"]] if given.get("tie") and given["tie"] not in TIES.get(standing, ()) else [])]
    Residence.objects.bulk_create([Residence(area=person.area, person=person, dwelling=dwelling, tie=tie, since=since) for tie in ties])
    household = _household(person, dwelling, given)
    if household is None:
        return {}
    Membership.objects.create(area=person.area, household=household, person=person, relation=relation or OTHER, since=since)
    return {"household": household.pk}


def _household(person: Person, dwelling: Dwelling, given: Mapping[str, Any]) -> Household | None:
    number, relation = given.get("household"), given.get("relation")
    if number is None and not relation:
        return None
    standing: list[Household] = list(Household.objects.within(dwelling.area, dwelling.area + 1).filter(dwelling=dwelling, ended_on=None))
    found = [one for one in standing if number in (None, one.pk)]
    if number is not None and not found:
        raise NotVisible
    if number is None and relation == HEAD:
        return Household.objects.create(area=person.area, dwelling=dwelling, formed_on=given.get("since"))
    if len(found) != 1:
        raise Invalid({"relation": MANY if found else NO_HEAD})
    if relation == HEAD and Membership.objects.filter(household=found[0], until=None, relation=HEAD).exists():
        raise Invalid({"relation": HAS_HEAD})
    return found[0]


def heads_others(person: Person) -> Words | None:
    """What speaks against ending a person's record: a household that would lose its head."""
    headed = Membership.objects.filter(person=person, until=None, relation=HEAD).values_list("household", flat=True)
    others = Membership.objects.filter(household__in=list(headed), until=None).exclude(person=person)
    return HEADS_OTHERS if others.exists() else None


def has_members(household: Household) -> Words | None:
    """What speaks against ending a household: somebody who still belongs to it."""
    return HAS_MEMBERS if household.memberships.filter(until=None).exists() else None


def let_go(person: Person, day: date) -> Mapping[str, Any]:
    """End the ties and memberships of a person whose record ends, and the household that he leaves empty; answers the numbers of what was ended."""
    memberships = dict(Membership.objects.filter(person=person, until=None).values_list("pk", "household"))
    residences = list(Residence.objects.filter(person=person, until=None).values_list("pk", flat=True))
    last = Greatest(Coalesce("since", Value(day)), Value(day))
    Membership.objects.filter(pk__in=memberships).update(until=last)
    Residence.objects.filter(pk__in=residences).update(until=last)
    emptied = [number for number in memberships.values() if not Membership.objects.filter(household=number, until=None).exists()]
    Household.objects.filter(pk__in=emptied).update(ended_on=day, end_reason="mistake")
    Person.objects.filter(pk=person.pk).update(standing="gone")
    return {"memberships": sorted(memberships), "residences": residences, "households": emptied, "standing": person.standing}


def take_up(person: Person, let_go: Mapping[str, Any]) -> None:
    """Take up again exactly what was let go. The database refuses what has been replaced meanwhile, and nothing is taken up then."""
    Household.objects.filter(pk__in=let_go.get("households") or []).update(ended_on=None, end_reason="")
    Membership.objects.filter(pk__in=let_go.get("memberships") or [], person=person).update(until=None)
    Residence.objects.filter(pk__in=let_go.get("residences") or [], person=person).update(until=None)
    Person.objects.filter(pk=person.pk).update(standing=let_go.get("standing") or "living")
