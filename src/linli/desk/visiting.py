# SPDX-License-Identifier: MulanPSL-2.0
"""走访 on the desk: which doors are due, the buildings to walk, one door with its household, and the sheet to take along."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode

from linli.core import clock
from linli.core.actions import find_action
from linli.core.faults import NotVisible
from linli.core.sight import Actor, looking, of_post
from linli.core.words import Words, words
from linli.doors import generated
from linli.doors.generated import Form
from linli.doors.guards import able
from linli.doors.requests import actor_of
from linli.elements.keeping import confirming, stairs, visits
from linli.elements.keeping.events import KEEPS, KINDS
from linli.elements.models import Building, Confirmation, Dwelling, Household, LifeEvent, Proposal, Visit
from linli.elements.registers import codes
from linli.elements.registers.declaring import register_named
from linli.ui.navigation import Entry, declare

AHEAD_DAYS = 7
"""The list looks a week ahead (our choice)."""
BUILDINGS = 60
LAST_VISITS = 5
COUNTED = 100
OUTCOMES: dict[str, Words] = dict(visits.OUTCOMES)
TONES = {"met": "good", "nobody_home": "warn", "declined": "warn", "away": "calm"}
RECORDED = words("已记下这次走访。", "The visit is kept.")
CONFIRMED = words("已记下核实的项目：{confirmed} 项。", "Kept as seen: {confirmed} fields.")

declare(Entry("visits", words("走访与更新", "Visits"), "desk:visits", "door", 27, KEEPS, also="/desk/proposals/"))


def _after(text: str) -> tuple[date, int] | None:
    day, _, number = text.partition("_")
    try:
        return (date.fromisoformat(day), int(number)) if number.isdecimal() and len(number) < 19 else None
    except ValueError:
        return None


@able(KEEPS)
def overview(request: HttpRequest) -> HttpResponse:
    """Doors to call at again, longest due first; buildings to walk; what waits to be decided."""
    actor, today, sent = actor_of(request), clock.today(), request.GET
    start = sent.get("from", "")[:200]
    with looking(of_post(actor), read_only=True):
        found = visits.tries(actor, until=today + timedelta(days=AHEAD_DAYS), after=_after(sent.get("after", "")))
        rows, last = [_try(one) for one in found[:visits.PAGE]], found[visits.PAGE - 1].visit if len(found) > visits.PAGE else None
        buildings = list(Building.objects.visible_to(actor).filter(valid_to=None, key__gt=start).order_by("key", "id")[:BUILDINGS + 1])
        waiting = Proposal.objects.visible_to(actor).filter(state="waiting")[:COUNTED].count()
        older = "?" + urlencode({"after": f"{last.again_on}_{last.pk}"}) if last is not None else ""
        more = "?" + urlencode({"from": buildings[BUILDINGS - 1].key}) if len(buildings) > BUILDINGS else ""
        return render(request, "desk/visits.html", {
            "rows": rows, "older": older, "waiting": waiting, "counted": COUNTED, "ahead": AHEAD_DAYS, "more": more, "is_first": not sent,
            "buildings": [{"href": reverse("desk:stairs", args=[one.pk]), "name": stairs.building_words(one)} for one in buildings[:BUILDINGS]]})


def _try(one: visits.Try) -> dict[str, Any]:
    return {"href": reverse("desk:door", args=[one.dwelling.pk]), "address": stairs.address_words(one.dwelling), "outcome": OUTCOMES.get(one.visit.outcome, ""),
            "at": one.visit.happened_at, "again_on": one.visit.again_on, "days": one.days, "is_late": one.days > 0}


def building_in(actor: Actor, number: int) -> Building:
    """A building in sight. NotVisible otherwise."""
    return stairs.building_of(actor, {"building": number})


@able(KEEPS)
def stairs_page(request: HttpRequest, building: int) -> HttpResponse:
    """The doors of a building in the order of its stairs with the last call at each: no names, those stand behind each door."""
    actor, sent = actor_of(request), request.GET
    way = sent.get("way") if sent.get("way") in dict(stairs.WAYS) else stairs.DOWN
    with looking(of_post(actor), read_only=True):
        found = building_in(actor, building)
        whole = stairs.dwellings_of(found, "", str(way))
        doorways = sorted({one.doorway for one in whole if one.doorway}, key=stairs.natural)
        doorway = sent.get("doorway", "") if sent.get("doorway", "") in doorways else ""
        doors = [one for one in whole if not doorway or one.doorway == doorway]
        last = visits.last_visits([one.pk for one in doors])
        rows = [_door_row(one, last.get(one.pk)) for one in doors]
        form = generated.unsent(request, _print_form(building, doorway, str(way)))
        return render(request, "desk/stairs.html", {
            "building": found, "name": stairs.building_words(found), "rows": rows, "form": form, "doorways": doorways, "doorway": doorway,
            "ways": [(value, label, value == way) for value, label in stairs.WAYS]})


def _door_row(dwelling: Dwelling, last: Visit | None) -> dict[str, Any]:
    floor = stairs.floor_of(dwelling)
    return {"href": reverse("desk:door", args=[dwelling.pk]), "name": stairs.door_words(dwelling), "floor": floor, "occupancy": occupancy_words(dwelling),
            "outcome": OUTCOMES.get(last.outcome) if last else None, "tone": TONES.get(last.outcome, "calm") if last else "", "at": last.happened_at if last else None,
            "again_on": last.again_on if last else None}


def occupancy_words(dwelling: Dwelling) -> Words | str:
    """How a dwelling is used."""
    column = register_named("dwelling").column("occupancy")
    return dict(column.options()).get(dwelling.occupancy, "")


def _print_form(building: int, doorway: str, way: str) -> Form:
    return Form("doorstep.print", (), {"building": building, "doorway": doorway, "way": way}, submit=words("生成打印单", "Make the sheet to print"),
                address=reverse("desk:sheet", args=[building]) + "?" + urlencode({"doorway": doorway, "way": way}), done=None, tone="")


@able(KEEPS)
def sheet(request: HttpRequest, building: int) -> HttpResponse:
    """The sheet to print; made by a press that is journalled, because a list of names leaves the screen."""
    actor, sent, back = actor_of(request), request.GET, reverse("desk:stairs", args=[building])
    way = str(sent.get("way")) if sent.get("way") in dict(stairs.WAYS) else stairs.DOWN
    doorway = sent.get("doorway", "")[:10]
    with looking(of_post(actor), read_only=True):
        found = building_in(actor, building)
    made = generated.submit(request, _print_form(building, doorway, way))
    if made.answer is None:
        return render(request, "desk/form.html", {"form": made.form, "title": find_action("doorstep.print").words, "back": back}, status=made.status)
    with looking(of_post(actor), read_only=True):
        doors = stairs.doors_of(found, doorway, way)
    rows = [{"name": stairs.door_words(one.dwelling), "floor": one.floor, "people": one.people, "asks": one.asks, "tail": one.tail,
             "occupancy": occupancy_words(one.dwelling)} for one in doors]
    return render(request, "desk/sheet.html", {
        "name": stairs.building_words(found), "doorway": doorway, "way": dict(stairs.WAYS)[way], "rows": rows, "back": back, "day": clock.today(), "outcomes": visits.OUTCOMES})


def dwelling_in(actor: Actor, number: int) -> Dwelling:
    """A dwelling in sight with its building. NotVisible otherwise."""
    found: Dwelling | None = Dwelling.objects.visible_to(actor).select_related("building").filter(pk=number).first()
    if found is None:
        raise NotVisible
    return found


@able(KEEPS)
def door(request: HttpRequest, dwelling: int) -> HttpResponse:
    """Behind one door: its households with their members, what to look at, the last visits, and the form for this one."""
    actor = actor_of(request)
    with looking(of_post(actor), read_only=True):
        found = dwelling_in(actor, dwelling)
        homes = list(Household.objects.visible_to(actor).filter(dwelling=found, ended_on=None).order_by("id"))
    sent = generated.submit(request, _visit_form(found, homes))
    if sent.response is not None:
        return sent.response
    with looking(of_post(actor), read_only=True):
        last = list(Visit.objects.visible_to(actor).filter(dwelling=found).order_by("-happened_at", "-id")[:LAST_VISITS])
        return render(request, "desk/door.html", {
            "dwelling": found, "address": stairs.address_words(found), "occupancy": occupancy_words(found), "form": sent.form,
            "homes": [_home(actor, one) for one in homes], "visits": [_visit(one) for one in last]}, status=sent.status)


def _visit_form(dwelling: Dwelling, homes: Sequence[Household]) -> Form:
    fields = [one for one in find_action("visit.record").fields if one.name != "dwelling"]
    households = [(str(one.pk), words(f"第 {place} 户", f"Household {place}")) for place, one in enumerate(homes, 1)]
    shown = tuple(replace(one, kind="choice", choices=households) if one.name == "household" else one for one in fields if one.name != "household" or len(homes) > 1)
    fixed = {"dwelling": dwelling.pk} | ({"household": homes[0].pk} if len(homes) == 1 else {})
    return Form("visit.record", shown, fixed, {"purpose": "routine"}, submit=words("记下走访", "Keep the visit"), done=RECORDED, draft=f"desk.visit.{dwelling.pk}",
                to=lambda answer: _next(answer, homes))


def _next(answer: dict[str, Any], homes: Sequence[Household]) -> str:
    """Somebody was met: on to what can be confirmed; otherwise back to the list."""
    if answer.get("outcome") == "met" and homes:
        return reverse("desk:home_change", args=[homes[0].pk, "confirm"]) + f"?visit={answer['visit']}"
    return reverse("desk:visits")


def _visit(one: Visit) -> dict[str, Any]:
    return {"outcome": OUTCOMES.get(one.outcome, ""), "at": one.happened_at, "again_on": one.again_on, "tone": TONES.get(one.outcome, "calm"),
            "needs": reverse("desk:needs", args=[one.pk]) if one.needs_sealed else ""}


def _home(actor: Actor, household: Household) -> dict[str, Any]:
    relations, today = dict(codes.table("relation")), clock.today()
    rows = household.memberships.filter(until=None).select_related("person").order_by("relation", "person__born_on", "id")
    people = [one.person for one in rows]
    asked = confirming.at_the_door(household, people, today)
    seen = Confirmation.objects.visible_to(actor).filter(register="person", record__in=[one.pk for one in people]).order_by("-id").first()
    return {"row": household, "due": sum(one.is_due for one in asked), "seen_on": seen.happened_on if seen else None,
            "people": [{"person": one.person, "relation": relations[one.relation], "since": one.since, "is_head": one.relation == codes.HEAD} for one in rows]}


@able(KEEPS)
def needs(request: HttpRequest, visit: int) -> HttpResponse:
    """What a household said it needs, for a reason. NotVisible outside the range."""
    actor = actor_of(request)
    with looking(of_post(actor), read_only=True):
        found = visits.visit_of(actor, {"visit": visit})
        back = reverse("desk:door", args=[found.dwelling_id])
    sent = generated.submit(request, Form("visit.look", None, {"visit": visit}, submit=words("查看", "Read"), done=None, to=back))
    if sent.answer is not None:
        return render(request, "desk/needs.html", {"needs": sent.answer.get("needs", ""), "back": back, "at": found.happened_at})
    return render(request, "desk/form.html", {"form": sent.form, "title": find_action("visit.look").words, "back": back}, status=sent.status)


@able(KEEPS)
def changes(request: HttpRequest) -> HttpResponse:
    """What changed of late, newest first, with the way to take a slip back."""
    actor, before = actor_of(request), request.GET.get("before", "")
    with looking(of_post(actor), read_only=True):
        found = LifeEvent.objects.visible_to(actor).select_related("person", "dwelling__building", "household__dwelling__building")
        if before.isdecimal() and len(before) < 19:
            found = found.filter(pk__lt=int(before))
        rows = list(found.order_by("-id")[:visits.PAGE + 1])
        older = f"?before={rows[visits.PAGE - 1].pk}" if len(rows) > visits.PAGE else ""
        return render(request, "desk/changes.html", {"rows": [_change(one) for one in rows[:visits.PAGE]], "older": older, "newer": reverse("desk:changes") if before else ""})


def _change(one: LifeEvent) -> dict[str, Any]:
    dwelling = one.dwelling or (one.household.dwelling if one.household else None)
    return {"kind": KINDS.get(one.kind, one.kind), "day": one.day, "at": one.recorded_at, "who": one.person.name if one.person else "", "is_undone": one.undone_at is not None,
            "where": stairs.address_words(dwelling) if dwelling else "", "href": reverse("desk:door", args=[dwelling.pk]) if dwelling else "",
            "undo": reverse("desk:undo", args=[one.pk])}
