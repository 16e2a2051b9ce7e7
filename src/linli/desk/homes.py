# SPDX-License-Identifier: MulanPSL-2.0
"""Changes of households and people on the desk: one form each, with the people to choose from; confirming at the door, putting one field right."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode

from linli.core import clock
from linli.core.actions import find_action
from linli.core.faults import NotVisible
from linli.core.fields import Field
from linli.core.sight import Actor, looking, of_post
from linli.core.words import Words, words
from linli.desk.visiting import CONFIRMED, dwelling_in
from linli.doors import flash, generated
from linli.doors.generated import Form
from linli.doors.guards import able
from linli.doors.requests import actor_of
from linli.elements.keeping import confirming, newcomers, stairs
from linli.elements.keeping.events import KEEPS
from linli.elements.models import Dwelling, Household, LifeEvent, Membership, Person
from linli.elements.registers import codes, records
from linli.elements.registers.declaring import register_named

DONE = words("已登记。登错了可以在“最近变动”里整体撤回。", "Entered. A slip can be taken back as a whole under “Last changes”.")
UNSURE = words("已登记。有 {n} 个人与新户主的关系推不出来，先记为“其他”，请核对更正。",
               "Entered. The relation of {n} to the new head cannot be told and says “other”; please put it right.")
CORRECTED = words("已更正。", "Put right.")
TAKEN_BACK = words("已撤回，一切恢复原样。", "Taken back; everything is as before.")
FOUND = 20
"""People of one name that are offered (our choice)."""
NEARBY = 200
"""Dwellings of the same building that a form offers to move to; others are named by their number (our choice)."""


@dataclass(frozen=True)
class Step:
    """One change as a form: its action, what it brings about, and how its fields are fitted to the household."""

    action: str
    meaning: Words
    fitted: Mapping[str, Callable[["About"], Sequence[tuple[str, Words]]]]
    tone: str = "primary"


@dataclass(frozen=True)
class About:
    """Whom a form concerns: a dwelling, a household in it, a person of it; with the household's members, the head first; and who asks."""

    actor: Actor
    dwelling: Dwelling | None
    household: Household | None
    person: Person | None
    members: Sequence[Person]


def _named(people: Sequence[Person]) -> list[tuple[str, Words]]:
    return [(str(one.pk), words(one.name, one.name)) for one in people]


def _all(about: About) -> list[tuple[str, Words]]:
    return _named(about.members)


def _others(about: About) -> list[tuple[str, Words]]:
    return _named([one for one in about.members if about.person is None or one.pk != about.person.pk])


def _dwellings(about: About) -> list[tuple[str, Words]]:
    if about.dwelling is None:
        return []
    found = stairs.dwellings_of(about.dwelling.building, "", stairs.UP)[:NEARBY]
    return [(str(one.pk), words(stairs.door_words(one), stairs.door_words(one))) for one in found if one.pk != about.dwelling.pk]


def _households(about: About) -> list[tuple[str, Words]]:
    if about.dwelling is None:
        return []
    held = Membership.objects.visible_to(about.actor).filter(household__dwelling=about.dwelling, household__ended_on=None, until=None, relation=codes.HEAD).select_related("person")
    return [(str(one.household_id), words("{name}户", "Household of {name}").format(name=one.person.name)) for one in held.order_by("household")]


MOVE_IN = Step("person.move_in", words("新来的人填写姓名；已在册的人先按姓名查找，选上他，他会离开原来的户。不选住户就新立一户，他是户主。",
               "Fill in the name of a newcomer; who is in the register is looked up first and leaves his household. Without a household a new one is formed."),
               {"household": _households})
OF_HOUSEHOLD = {
    "confirm": Step("household.confirm", words("勾选当面核实过的项目；都没有变化就选“是”。有变化的到个人那里更正。",
                    "Tick what you saw to be so; if nothing has changed choose “yes”. What has changed is put right with the person."), {}),
    "birth": Step("household.birth", words("孩子从出生那天起是这一户的成员，住在这里。", "The child belongs to the household from its birth and lives here."), {}),
    "split": Step("household.split", words("选出的人另立一户；不选房屋就还住在原处。原户主分出去时要选新户主。",
                  "Those chosen form a household of their own, here unless a dwelling is chosen."),
                  {"members": _all, "head": _all, "new_head": _all, "dwelling": _dwellings}),
    "change_head": Step("household.change_head", words("从那天起，每个人的关系都改为对新户主的关系；推不出来的会提示您核对。",
                        "From that day every relation is to the new head; what cannot be told is named."), {"new_head": _all}),
    "relate": Step("household.relate", words("更正一个人与现在户主的关系。", "Put somebody's relation to the present head right."), {"person": _all}),
    "move": Step("household.move", words("整户搬到本楼另一间；不选房屋就是整户迁出，这一户随之撤销。",
                 "The household moves within the building; without a dwelling all leave and it ends."),
                 {"dwelling": _dwellings}, tone="danger"),
}
OF_PERSON = {
    "move_out": Step("person.move_out", words("户籍还在这里的选“是”，他仍是这一户的成员（户在人不在）。",
                     "If he stays registered here choose “yes”: he stays a member of the household."),
                     {"new_head": _others}),
    "die": Step("person.die", words("从那天起不再是这一户的成员，居住、户籍、承租关系和任职随之结束；产权关系要另行变更。",
                "From that day he belongs to the household no more; ties and seats end; titles are changed apart."), {"new_head": _others}, tone="danger"),
}


def _fields(step: Step, about: About, fixed: Mapping[str, object]) -> tuple[Field, ...]:
    """The action's fields with people, households and dwellings to choose from; a choice among none is not shown."""
    record = about.household if step.action in ("household.confirm", "household.split") else None
    action = find_action(step.action)
    declared = tuple(action.fields_of(record, {})) if action.fields_of is not None and record is not None else action.fields
    found = []
    for one in declared:
        choices = step.fitted[one.name](about) if one.name in step.fitted else None
        if one.name in fixed or choices == []:
            continue
        found.append(one if choices is None else replace(one, kind=one.kind if one.kind == "choices" else "choice", choices=choices))
    return tuple(found)


def _page(request: HttpRequest, step: Step, about: About, fixed: dict[str, object]) -> HttpResponse:
    back = reverse("desk:door", args=[about.dwelling.pk]) if about.dwelling is not None else reverse("desk:visits")
    with looking(of_post(actor_of(request)), read_only=True):
        fields = _fields(step, about, fixed)
    form = Form(step.action, fields, fixed, {"means": "visit"}, submit=find_action(step.action).words, to=back, tone=step.tone,
                done=CONFIRMED if step.action == "household.confirm" else DONE)
    sent = generated.submit(request, form)
    if sent.answer is not None and sent.answer.get("unsure") and about.household is not None:
        address = reverse("desk:home_change", args=[about.household.pk, "relate"])
        return flash.redirect(request, address, UNSURE.format(n=len(sent.answer["unsure"])), level="note")
    if sent.response is not None:
        return sent.response
    title = words("{what}：{who}", "{what}: {who}").format(what=find_action(step.action).words, who=_called(about))
    return render(request, "desk/form.html", {"form": sent.form, "title": title, "back": back, "meaning": step.meaning}, status=sent.status)


def _called(about: About) -> str:
    if about.person is not None:
        return about.person.name
    return stairs.address_words(about.dwelling) if about.dwelling is not None else str(words("住户", "Household"))


def _home_of(household: Household | None) -> Sequence[Person]:
    return confirming.members_of(household) if household is not None else ()


def _household_in(actor: Actor, number: int) -> Household:
    found: Household | None = Household.objects.visible_to(actor).select_related("dwelling__building").filter(pk=number).first()
    if found is None:
        raise NotVisible
    return found


def person_in(actor: Actor, number: int) -> tuple[Person, Household | None]:
    """A person in sight with the household he belongs to. NotVisible otherwise."""
    person: Person | None = Person.objects.visible_to(actor).filter(pk=number).first()
    if person is None:
        raise NotVisible
    held = Membership.objects.visible_to(actor).filter(person=person, until=None).select_related("household__dwelling__building").first()
    return person, held.household if held else None


def _step(found: Mapping[str, Step], what: str) -> Step:
    if what not in found:
        raise NotVisible
    return found[what]


@able(KEEPS)
def move_in(request: HttpRequest, dwelling: int) -> HttpResponse:
    """Somebody moves in: a newcomer, or somebody found in the register by his name. NotVisible outside the range."""
    actor, name = actor_of(request), request.GET.get("name", "").strip()[:60]
    with looking(of_post(actor), read_only=True):
        found = dwelling_in(actor, dwelling)
        about = About(actor, found, None, None, ())
        people = list(Person.objects.visible_to(actor).filter(name=name, died_on=None).order_by("id")[:FOUND]) if name else []
        choices = [(str(one.pk), words(*[f"{one.name}（{one.born_on or '—'}）"] * 2)) for one in people]
        newcomer = frozenset(newcomers.ASKED) if choices else frozenset()
        fields = tuple(replace(one, kind="choice", choices=choices, required=bool(choices)) if one.name == "person" else one
                       for one in _fields(MOVE_IN, about, {"dwelling": dwelling}) if one.name not in newcomer and (one.name != "person" or choices))
    back = reverse("desk:door", args=[dwelling])
    address = "?" + urlencode({"name": name}) if name else ""
    sent = generated.submit(request, Form("person.move_in", fields, {"dwelling": dwelling}, {"tie": "none"}, submit=find_action("person.move_in").words, to=back,
                                          done=DONE, address=address, draft="" if choices else f"desk.move_in.{dwelling}"))
    if sent.response is not None:
        return sent.response
    return render(request, "desk/move_in.html", {"form": sent.form, "address": stairs.address_words(found), "back": back, "meaning": MOVE_IN.meaning, "name": name,
                                                 "is_found": bool(choices)}, status=sent.status)


@able(KEEPS)
def of_household(request: HttpRequest, household: int, what: str) -> HttpResponse:
    """One change of a household, or confirming what is known of it. NotVisible outside the range."""
    actor = actor_of(request)
    with looking(of_post(actor), read_only=True):
        found = _household_in(actor, household)
        about = About(actor, found.dwelling, found, None, _home_of(found))
    fixed: dict[str, object] = {"household": household}
    if what == "confirm":
        visit = request.GET.get("visit", "")
        fixed["visit"] = visit if visit.isdecimal() and len(visit) < 19 else ""
    return _page(request, _step(OF_HOUSEHOLD, what), about, fixed)


@able(KEEPS)
def of_person(request: HttpRequest, person: int, what: str) -> HttpResponse:
    """One change of a person. NotVisible outside the range."""
    actor = actor_of(request)
    with looking(of_post(actor), read_only=True):
        found, household = person_in(actor, person)
        about = About(actor, household.dwelling if household else None, household, found, _home_of(household))
    return _page(request, _step(OF_PERSON, what), about, {"person": person})


@able(KEEPS)
def correct(request: HttpRequest, person: int) -> HttpResponse:
    """Put one field of a person right: choose which, then write what is right; what is held shows masked by class."""
    actor, register = actor_of(request), register_named("person")
    name = request.GET.get("column", "")
    with looking(of_post(actor), read_only=True):
        found, household = person_in(actor, person)
        column = next((one for one in register.columns if one.name == name), None)
        held = [{"name": one.name, "label": one.label, "text": records.shown(one, records.value_of(register, found, one.name)), "is_chosen": one is column,
                 "is_due": confirming.is_due(found, one, clock.today())} for one in register.columns]
    back = reverse("desk:door", args=[household.dwelling_id]) if household is not None and household.dwelling_id else reverse("desk:visits")
    if column is None:
        return render(request, "desk/correct.html", {"person": found, "columns": held, "form": None, "back": back})
    value = Field("value", column.label, column.kind, column.required, column.limit, column.low, column.high, column.choices, help=column.help)
    fields = (value, next(one for one in find_action("record.correct").fields if one.name == "means"))
    fixed = {"register": "person", "record": person, "column": column.name, "version": found.version}
    sent = generated.submit(request, Form("record.correct", fields, fixed, {"means": "visit"}, submit=words("更正", "Put right"), to=back, done=CORRECTED,
                                          address=f"?column={column.name}"))
    if sent.response is not None:
        return sent.response
    return render(request, "desk/correct.html", {"person": found, "columns": held, "form": sent.form, "back": back}, status=sent.status)


@able(KEEPS)
def undo(request: HttpRequest, event: int) -> HttpResponse:
    """Take a change back as a whole, with the reason. NotVisible outside the range."""
    actor, back = actor_of(request), reverse("desk:changes")
    with looking(of_post(actor), read_only=True):
        if not LifeEvent.objects.visible_to(actor).filter(pk=event).exists():
            raise NotVisible
    sent = generated.submit(request, Form("life.undo", None, {"event": event}, submit=words("撤回", "Take back"), to=back, done=TAKEN_BACK, tone="danger"))
    if sent.response is not None:
        return sent.response
    return render(request, "desk/form.html", {"form": sent.form, "title": find_action("life.undo").words, "back": back, "meaning": words(
        "这次变动带来的一切恢复原样；之后又有别的变动时不能撤回。", "All that it changed is as before; refused once something else was built upon it.")}, status=sent.status)


