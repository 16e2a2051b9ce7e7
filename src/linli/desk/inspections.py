# SPDX-License-Identifier: MulanPSL-2.0
"""Inspections on the desk for who opens them and who reads what came of them; the sheet of an assessor stands in assessing.py."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path, reverse
from django.utils.http import urlencode

from linli.core import clock
from linli.core.faults import NotVisible
from linli.core.fields import Field
from linli.core.sight import Actor, looking, of_post
from linli.core.words import Words, words
from linli.desk import assessing, record_pages
from linli.desk.record_pages import RecordPage
from linli.doors import files
from linli.doors.generated import Form, submit
from linli.doors.guards import able
from linli.doors.requests import actor_of
from linli.elements import places
from linli.elements.places import KnownPlace
from linli.measures.inspecting import conflicts, reading, settling
from linli.measures.inspecting.agreement import CLASSES, FEWEST
from linli.measures.inspecting.conflicts import ASSESS
from linli.measures.inspecting.ordering import MOST, OPENS, ROUTINE
from linli.measures.inspecting.reading import RESULTS
from linli.measures.inspecting.sheets import items_of, rules_of
from linli.measures.models import Assessment, Inspection
from linli.measures.scoring import decimal
from linli.titles.actions import reinspecting
from linli.titles.creation import visits
from linli.ui.navigation import Entry, declare

STATES = {
    settling.OPEN: words("测评中", "Being assessed"), settling.THIRD: words("等第三人", "A third assessor decides"),
    settling.SETTLED: words("已完成", "Settled"), settling.VOID: words("已宣布无效", "Void"),
}
TONES = {settling.OPEN: "calm", settling.THIRD: "warn", settling.SETTLED: "good", settling.VOID: "calm"}
OCCASIONS: dict[str, Words] = {
    ROUTINE: words("日常检查", "Routine"), visits.PATROL: words("候选社区暗访", "Unannounced visit to a candidate"), visits.ASSESSMENT: words("年终测评", "Assessment of the year"),
    reinspecting.FIRST: words("再巡查", "Re-inspection"), reinspecting.AGAIN: words("整改复查", "Re-check of a rectification"),
}
"""What rooms call their occasions; one that nobody named is shown by its own name."""
ASSESSOR = words("测评员", "Assessor")
LISTS = ("communities", "codes", "assessors")

record_pages.declare(RecordPage("inspection", "desk:inspection", "results.see"))
declare(Entry("inspections", words("现场检查", "Inspections"), "desk:inspections", "eye", 41, ASSESS, also="/desk/inspections/"))


@able(ASSESS, OPENS, RESULTS)
def overview(request: HttpRequest) -> HttpResponse:
    """One's own sheets for an assessor; what is late and all inspections for an officer; what is settled for who sees results."""
    actor, before = actor_of(request), request.GET.get("before", "")
    with looking(of_post(actor), read_only=True):
        start = int(before) if before.isdecimal() and len(before) < 19 else 0
        rows = reading.listed(actor, start) if actor.may(OPENS) or actor.may(RESULTS) else []
        shown = rows[:reading.PAGE]
        handed = reading.handed(actor, [one.pk for one in shown])
        return render(request, "desk/inspections.html", {
            "mine": [_share(one) for one in reading.mine(actor)] if actor.may(ASSESS) else None, "late": [_row(one, {}) for one in reading.late(actor)],
            "rows": [_row(one, handed) for one in shown], "may_open": actor.may(OPENS), "reads": actor.may(OPENS) or actor.may(RESULTS),
            "older": f"?{urlencode({'before': shown[-1].pk})}" if len(rows) > reading.PAGE else "", "newer": "?" if start else ""})


def _share(one: Assessment) -> dict[str, Any]:
    found = one.inspection
    return {"href": reverse("desk:inspection_sheet", args=[found.pk]), "place": places.find_place(found.area), "day": found.day, "due_on": found.due_on,
            "is_third": one.is_third, "handed_in_at": one.handed_in_at, "is_late": one.handed_in_at is None and reading.is_late(found)}


def _row(one: Inspection, handed: dict[int, tuple[int, int]]) -> dict[str, Any]:
    return {"href": reverse("desk:inspection", args=[one.pk]), "place": places.find_place(one.area), "day": one.day, "due_on": one.due_on, "state": STATES[one.state],
            "tone": TONES[one.state], "occasion": occasion_words(one.occasion), "is_late": reading.is_late(one), "handed": handed.get(one.pk),
            "is_running": reading.is_running(one), "settled_at": one.settled_at}


def occasion_words(name: str) -> Words | str:
    """What an occasion is called."""
    return OCCASIONS.get(name, name)


@able(OPENS)
def opening(request: HttpRequest) -> HttpResponse:
    """The form that opens inspections for a set of communities on a day."""
    actor = actor_of(request)
    district = _district(actor, request.GET.get("area", ""))
    if request.method == "POST":
        sent = request.POST.copy()
        for name in LISTS:
            sent[name] = ",".join(request.POST.getlist(name))
        request.POST = sent  # type: ignore[assignment]
    address = reverse("desk:inspection_new") + (f"?{urlencode({'area': district.area})}" if district else "")
    done = submit(request, Form("inspection.open", initial={"day": clock.today().isoformat()}, submit=words("布置检查", "Open the inspections"), address=address,
                                done=words("已布置 {count} 个社区的检查。", "Inspections of {count} communities are open."), to=reverse("desk:inspections")))
    if done.response:
        return done.response
    with looking(of_post(actor), read_only=True):
        context = {"form": done.form, "values": {one.name: one for one in done.form.fields}, "most": MOST, "district": district,
                   "districts": [] if district else [(one, f"?{urlencode({'area': one.area})}") for one in places.places_within(actor.lo, actor.hi, level="district")]}
        return render(request, "desk/inspection_new.html", context | (_choices(district, done.form) if district else {}), status=done.status)


def _district(actor: Actor, text: str) -> KnownPlace | None:
    """The district whose communities are offered: the post's own, or the one that a wider post chose."""
    own = places.find_place(actor.lo)
    if own is not None and own.level == "district":
        return own
    found = places.find_place(int(text)) if text.isdecimal() and len(text) < 16 else None
    return found if found is not None and found.level == "district" and actor.lo <= found.lo and found.hi <= actor.hi else None


def _choices(district: KnownPlace, form: Any) -> dict[str, Any]:
    typed = {one.name: set(one.value.split(",")) for one in form.fields if one.name in LISTS}
    content = reading.content_on(clock.today())
    people = conflicts.assessors(district.lo, district.hi, clock.today())
    streets: dict[int, dict[str, Any]] = {}
    for one in places.communities(district.lo, district.hi):
        above = next((step for step in reversed(places.path_of(one.area)) if step.level == "street"), district)
        group = streets.setdefault(above.area, {"place": above, "rows": [], "chosen": 0})
        is_chosen = str(one.area) in typed["communities"]
        group["rows"].append((one, is_chosen))
        group["chosen"] += is_chosen
    return {"streets": list(streets.values()), "items": [(one, not typed["codes"] - {""} or one.code in typed["codes"]) for one in items_of(content)] if content else [],
            "people": [(number, name, str(number) in typed["assessors"]) for number, name in people.items()], "rules": rules_of(content) if content else None}


@able(OPENS, RESULTS)
def one(request: HttpRequest, inspection: int) -> HttpResponse:
    """An inspection: who assesses it and how far they are; once it is settled the sheet with all marks, photos and findings."""
    actor = actor_of(request)
    with looking(of_post(actor), read_only=True):
        found = reading.inspection_of(actor, inspection)
        shares = list(Assessment.objects.visible_to(actor).filter(inspection=found).order_by("is_third", "id"))
        names = conflicts.names_of(each.account for each in shares)
        items, content = reading.settled_items(found), found.standard.content
        return render(request, "desk/inspection.html", {
            "found": found, "row": _row(found, {}), "place": places.find_place(found.area), "standard": found.standard, "rules": rules_of(content),
            "people": [_person(each, names, actor) for each in shares], "lacking": settling.vacancy(found) if reading.is_running(found) else "",
            "asked": items_of(content, found.codes), "disputed": items_of(content, found.disputed), "may_open": actor.may(OPENS), "is_running": reading.is_running(found),
            "items": [_item(each, names) for each in items], "findings": [_finding(each, names, content) for each in reading.settled_findings(found)],
            "is_settled": found.state == settling.SETTLED, "back": reverse("desk:inspections")})


def _person(one: Assessment, names: dict[int, str], actor: Actor) -> dict[str, Any]:
    """An assessor with his state; what connects one with the community only officers read."""
    reason = dict(conflicts.CONNECTIONS).get(one.conflict) if one.conflict not in ("", conflicts.NONE) and actor.may(OPENS) else None
    return {"name": names.get(one.account, ""), "is_third": one.is_third, "declared_at": one.declared_at, "handed_in_at": one.handed_in_at,
            "withdrawn_at": one.withdrawn_at, "reason": reason, "text": one.conflict_text if reason else ""}


def _item(one: reading.SettledItem, names: dict[int, str]) -> dict[str, Any]:
    return {"item": one.item, "share": one.share, "is_disputed": one.is_disputed, "marks": [{
        "name": names.get(each.assessment.account, ""), "is_third": each.assessment.is_third, "mark": each.mark,
        "photos": [files.photo_of(photo) for photo in each.photos]} for each in one.marks]}


def _finding(one: reading.SettledFinding, names: dict[int, str], content: dict[str, Any]) -> dict[str, Any]:
    condition = next((words(row["zh"], row["en"]) for row in content.get("necessary", ()) if row["code"] == one.finding.condition), None)
    item = next(iter(items_of(content, [one.finding.code])), None)
    return {"text": one.finding.text, "item": item.words if item else one.finding.code, "condition": condition, "name": names.get(one.finding.assessment.account, ""),
            "photos": [files.photo_of(photo) for photo in one.photos]}


STEPS = {
    "assign": words("指定测评员", "Name an assessor"), "release": words("撤下测评员", "Take an assessor off"), "void": words("宣布检查无效", "Declare the inspection void"),
}


@able(OPENS)
def step(request: HttpRequest, inspection: int, step: str) -> HttpResponse:
    """One step of an officer as a form of its own: name an assessor, take one off, declare the inspection void."""
    actor, back = actor_of(request), reverse("desk:inspection", args=[inspection])
    if step not in STEPS:
        raise NotVisible
    with looking(of_post(actor), read_only=True):
        found = reading.inspection_of(actor, inspection)
        people = _offered(actor, found, step)
    reason = Field("reason", words("理由", "Reason"), "long_text", required=True, limit=500)
    choice = Field("assessors", ASSESSOR, "choice", required=True, choices=people)
    fields = {"assign": (choice,), "release": (choice, reason), "void": (reason,)}[step]
    sent = submit(request, Form(f"inspection.{step}", fields, {"inspection": inspection}, submit=STEPS[step], to=back, tone="danger" if step == "void" else "primary"))
    if sent.response:
        return sent.response
    place = places.find_place(found.area)
    return render(request, "desk/form.html", {"form": sent.form, "title": STEPS[step] + (" · " + place.name if place else ""), "back": back,
                                              "meaning": None if people or step == "void" else NOBODY}, status=sent.status)


NOBODY = words("没有可选的测评员：请先请系统管理员为人员设置测评员岗位。", "There is nobody to choose: ask the administrator to give somebody an assessor's post.")


def _offered(actor: Actor, found: Inspection, step: str) -> list[tuple[str, Words]]:
    people = reading.waiting(actor, found) if step == "release" else reading.free(actor, found)
    return [(str(number), words(name, name)) for number, name in people.items()]


@able(OPENS)
def agreement(request: HttpRequest) -> HttpResponse:
    """How well assessors agree in a year: a quality figure of the assessing, never of a community."""
    actor, text = actor_of(request), request.GET.get("year", "")
    this = clock.today().year
    year = int(text) if text.isdecimal() and 2000 <= int(text[:4]) <= this and len(text) == 4 else this
    with looking(of_post(actor), read_only=True):
        found = reading.agreement_of(actor, year)
        names = conflicts.names_of(number for one in found.pairs for number in (one.first, one.second))
        return render(request, "desk/agreement.html", {
            "year": year, "years": [(each, each == year) for each in range(this, this - 4, -1)], "whole": _agreement(found.whole), "fewest": FEWEST, "classes": CLASSES,
            "rounds": [{"occasion": occasion_words(name), "day": day} | _agreement(each) for name, day, each in found.rounds], "is_whole": found.is_whole,
            "pairs": [{"names": (names.get(one.first, ""), names.get(one.second, ""))} | _agreement(one.agreement) for one in found.pairs], "back": reverse("desk:inspections")})


def _agreement(one: Any) -> dict[str, Any]:
    return {"items": one.items, "within": one.within, "share": one.share, "kappa": None if one.kappa is None else decimal(one.kappa, 2), "is_few": one.is_few}


ADDRESSES = [
    path("inspections/", overview, name="inspections"),
    path("inspections/new", opening, name="inspection_new"),
    path("inspections/agreement", agreement, name="inspection_agreement"),
    path("inspections/<int:inspection>/", one, name="inspection"),
    path("inspections/<int:inspection>/do/<str:step>", step, name="inspection_step"),
    *assessing.ADDRESSES,
]
