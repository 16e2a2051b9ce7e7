# SPDX-License-Identifier: MulanPSL-2.0
"""变动: what every event has in common: whom it concerns, on which day, what it leaves behind, and taking it back."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from django.db import IntegrityError, transaction

from linli.core import clock
from linli.core.actions import Call, Done, action
from linli.core.faults import Conflict, Invalid, NotVisible
from linli.core.fields import Field
from linli.core.sight import Actor
from linli.core.words import words
from linli.elements import places
from linli.elements.keeping import ties
from linli.elements.keeping.changes import Changes, take_back
from linli.elements.keeping.homes import Home
from linli.elements.models import Dwelling, Household, LifeEvent, Membership, Person, Residence

KEEPS = "resident.keep"
"""The ability of those who keep base data up."""
KINDS = {
    "move_in": words("搬入", "Moved in"), "move_out": words("搬离", "Moved out"), "birth": words("出生", "Born"), "death": words("死亡", "Died"),
    "split": words("分户", "Household split"), "change_head": words("变更户主", "Change of head"), "move": words("整户搬迁", "Household moved"),
    "leave": words("整户迁出", "Household left"), "relate": words("更正与户主关系", "Relation put right"),
}
AHEAD = words("日期不能晚于今天。", "The day cannot lie ahead of today.")
BEFORE_BIRTH = words("日期早于{name}的出生日期。", "The day lies before {name} was born.")
DEAD = words("{name}已登记死亡，不能再办这一项。如属误登，请撤回那次变动。", "{name} is entered as dead. If that was a slip, take that change back.")
OTHER_COMMUNITY = words("这个人属于另一个社区，不能直接搬过来。", "This person belongs to another community and cannot simply be moved.")
OTHER_REMEDY = words("请按“申请转入”办理，由对方社区同意后转过来。", "Ask for a transfer; the other community agrees first.")
HELD_ELSEWHERE = words("这个人还有不在您范围内的户或房屋关系，没有办成。", "This person has a household or a tie outside your range; nothing was done.")
HELD_REMEDY = words("请由社区的岗位办理。", "Somebody with a post of the whole community can do it.")
UNDONE_ALREADY = words("这次变动已经撤回。", "This change was taken back already.")
UNDONE_REMEDY = words("请刷新页面。", "Reload the page.")
DAY = Field("day", words("发生日期", "Day"), "day", help=words("不填为今天。可以补登以前的日期。", "Today when left empty; an earlier day may be given."))
NEW_HEAD = Field("new_head", words("新户主", "New head"), "integer", low=1)


def number_of(given: Mapping[str, Any], name: str) -> int:
    """The number of a record that came in; 0 for anything else."""
    text = str(given.get(name) or "")
    return int(text) if text.isdecimal() and len(text) < 19 else 0


def _found(model: Any, actor: Actor, number: int) -> Any:
    found = model.objects.visible_to(actor).select_for_update().filter(pk=number).first() if number else None
    if found is None:
        raise NotVisible
    return found


def person_of(actor: Actor, given: Mapping[str, Any]) -> Person:
    """The person named in the input, locked. NotVisible outside the range."""
    return _found(Person, actor, number_of(given, "person"))  # type: ignore[no-any-return]


def household_of(actor: Actor, given: Mapping[str, Any]) -> Household:
    """The household named in the input, locked. NotVisible outside the range."""
    return _found(Household, actor, number_of(given, "household"))  # type: ignore[no-any-return]


def dwelling_of(actor: Actor, given: Mapping[str, Any]) -> Dwelling:
    """The dwelling named in the input, locked, in use. NotVisible outside the range."""
    found: Dwelling = _found(Dwelling, actor, number_of(given, "dwelling"))
    if found.valid_to is not None and found.valid_to <= clock.today():
        raise NotVisible
    return found


def home_of(household: Household) -> Home:
    """The household with all who ever belonged to it; one query."""
    return Home(household, list(Membership.objects.filter(household=household).select_related("person").order_by("id")))


def home_with(person: Person) -> Home | None:
    """The household to which somebody belongs now, locked; None when to none."""
    held = Membership.objects.filter(person=person, until=None).values_list("household", flat=True).first()
    return home_of(Household.objects.select_for_update().get(pk=held)) if held is not None else None


def ties_of(people: Iterable[int]) -> dict[int, list[Residence]]:
    """All ties of people to dwellings, with the dwelling; one query."""
    found: dict[int, list[Residence]] = {one: [] for one in people}
    for row in Residence.objects.filter(person__in=found).select_related("dwelling").order_by("id"):
        found[row.person_id].append(row)
    return found


def day_of(call: Call, *people: Person) -> date:
    """The day of the event: today when none was given; not ahead, and not before anybody concerned was born."""
    day: date = call.given.get("day") or clock.today()
    if day > clock.today():
        raise Invalid({"day": AHEAD})
    for one in people:
        if one.died_on is not None:
            raise Invalid({"person": DEAD.format(name=one.name)})
        if one.born_on is not None and day < one.born_on:
            raise Invalid({"day": BEFORE_BIRTH.format(name=one.name)})
    return day


def refuse_other_community(person: Person, dwelling: Dwelling) -> None:
    """Conflict when the person is kept by another community."""
    here, there = places.community_of(dwelling.area), places.community_of(person.area)
    if here is not None and there is not None and here.area != there.area:
        raise Conflict(OTHER_COMMUNITY, OTHER_REMEDY, code="other_community")


def emptied(changes: Changes, dwellings: Iterable[Dwelling | None], gone: Iterable[int]) -> None:
    """A dwelling in which nobody is known to live any more has to be looked at again: 未核实, and no day on which it was seen."""
    left = frozenset(gone)
    for one in {row.pk: row for row in dwellings if row is not None}.values():
        others = Residence.objects.filter(dwelling=one, tie__in=(ties.LIVING, ties.TENANT), until=None).exclude(person__in=left)
        if one.occupancy in ("owner", "let") and not others.exists():
            changes.put(one, occupancy=ties.UNKNOWN, confirmed={name: seen for name, seen in one.confirmed.items() if name != "occupancy"})


def keep(call: Call, kind: str, changes: Changes, day: date, **about: Any) -> LifeEvent:
    """Write the event and everything that it changes. `about` names person, household and dwelling."""
    place = next(one for one in (about.get("household"), about.get("person"), about.get("dwelling")) if one is not None)
    try:
        with transaction.atomic():
            changes.save()
    except IntegrityError as error:
        raise Conflict(HELD_ELSEWHERE, HELD_REMEDY, code="held_elsewhere") from error
    return LifeEvent.objects.create(
        area=place.area, kind=kind, day=day, changes=changes.as_json(), recorded_at=call.recorded_at, recorded_by=call.actor.account, **about)


def done(event: LifeEvent, subject: Any, **more: Any) -> Done:
    """What an event answers: its own number, by which it can be taken back, and whom it concerned."""
    answer = {"event": event.pk, "person": event.person_id, "household": event.household_id, **more}
    kind = str(subject._meta.model_name)
    return Done(event.area, subject.pk, {name: value for name, value in answer.items() if value is not None}, {"event": event.pk}, kind=kind)


def _event(actor: Actor, given: Mapping[str, Any]) -> LifeEvent:
    return _found(LifeEvent, actor, number_of(given, "event"))  # type: ignore[no-any-return]


@action("life.undo", words("撤回变动", "Take a change back"), ability=KEEPS, subject="lifeevent", finds=_event, fields=(
    Field("event", words("变动", "Change"), "integer", required=True, low=1), Field("reason", words("撤回原因", "Why"), required=True, limit=200)))
def undo(call: Call) -> Done:
    """Everything that one change brought about is as before; refused once something else was built upon it."""
    event: LifeEvent = call.record
    if event.undone_at is not None:
        raise Conflict(UNDONE_ALREADY, UNDONE_REMEDY, code="undone_already")
    take_back(call.actor, event.changes, event.day)
    event.undone_at, event.version = call.recorded_at, event.version + 1
    event.save(update_fields=["undone_at", "version"])
    return Done(event.area, event.pk, {"event": event.pk}, {"kind": event.kind})
