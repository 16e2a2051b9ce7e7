# SPDX-License-Identifier: MulanPSL-2.0
"""分片包块 on the desk: who looks after which building and doorway, the doorways without anybody first, who is away and who stands in."""

import re
from collections.abc import Mapping, Sequence
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
from linli.core.fields import Field
from linli.core.sight import Actor, looking, of_post
from linli.core.words import Words, words
from linli.desk.stands import Stand, number_of, stand_of
from linli.doors import generated
from linli.doors.generated import Form
from linli.doors.guards import able
from linli.doors.requests import actor_of
from linli.elements import caring, covering, places, responsibilities
from linli.elements.assignments import REASONS
from linli.elements.caring import Gap, Held
from linli.elements.models import Building, Responsibility, StandIn
from linli.elements.places import KnownPlace
from linli.elements.registers.dwellings import building_title
from linli.elements.responsibilities import ASSIGNS, SEES
from linli.ui.navigation import Entry, declare

PAGE = 50
MOST_GAPS = 100
MOST_BUILDINGS = 500
DONE = words("已登记，告警随即更新。", "Entered; alarms follow at once.")
FORMS: Mapping[str, tuple[str, Words, str]] = {
    "give": ("responsibility.give", words("安排责任人", "Say who is responsible"), "primary"),
    "end": ("responsibility.end", words("结束包联", "End a responsibility"), "danger"),
    "away": ("responsibility.stand_in", words("登记离岗、顶岗", "Absence and who stands in"), "primary"),
    "back": ("responsibility.back", words("提前回岗", "Back earlier"), "primary"),
}
REPLACE_HELP = words("勾“是”则现任从开始那天起不再负责，历史保留。", "Yes: the present one ends on the first day; the history stays.")
DOORWAY_HELP = words("只安排某一个门时填写，并且只选一栋楼。", "Only for a single doorway, and with one building chosen.")
declare(Entry("responsibility", words("包联", "Responsibility"), "desk:responsibility", "door", 29, (SEES, ASSIGNS)))


@able(SEES, ASSIGNS)
def overview(request: HttpRequest) -> HttpResponse:
    """For a community its buildings with who looks after them and the doorways without anybody; for a wider place its communities with a gap."""
    actor, base = actor_of(request), reverse("desk:responsibility")
    return _shown(request, actor, stand_of(request, actor, base))


@able(SEES, ASSIGNS)
def of_place(request: HttpRequest, area: int) -> HttpResponse:
    """The same for one place. NotVisible outside the post's range."""
    actor = actor_of(request)
    return _shown(request, actor, stand_of(request, actor, reverse("desk:responsibility"), area=area))


def _shown(request: HttpRequest, actor: Actor, stand: Stand) -> HttpResponse:
    today = clock.today()
    to = covering.horizon(today)
    with looking(of_post(actor), read_only=True):
        common: dict[str, Any] = {"stand": stand, "days": (to - today).days, "may_assign": actor.may(ASSIGNS)}
        if not stand.is_small:
            counts = [(places.find_place(one.community), one) for one in caring.counts(stand.lo, stand.hi, today, to)]
            return render(request, "desk/responsibility_wide.html", common | {
                "rows": [{"place": place, "count": one, "href": reverse("desk:responsibility_of", args=[one.community])} for place, one in counts if place],
                "communities": len(places.communities(stand.lo, stand.hi))})
        after = request.GET.get("after", "")[:200]
        rows = caring.buildings(stand.lo, stand.hi, after, PAGE + 1)
        held = caring.held([one.pk for one in rows[:PAGE]], today)
        gaps = caring.gaps(stand.lo, stand.hi, today, to, MOST_GAPS + 1)
        base = reverse("desk:responsibility_of", args=[stand.place.area])
        return render(request, "desk/responsibility.html", common | {
            "rows": sorted((_row(one, held.get(one.pk, []), today) for one in rows[:PAGE]), key=lambda row: counted(row["title"])), "gaps": _gaps(gaps[:MOST_GAPS], today),
            "has_more": len(gaps) > MOST_GAPS, "away": [_away(one) for one in caring.absences(stand.lo, stand.hi, today)], "newer": base if after else "",
            "older": f"{base}?{urlencode({'after': rows[PAGE - 1].key})}" if len(rows) > PAGE else ""})


def _row(one: Building, held: Sequence[Held], today: date) -> dict[str, Any]:
    return {"one": one, "title": building_title(one), "held": [
        {"held": found, "until": found.row.until - timedelta(days=1) if found.row.until else None, "is_ahead": found.row.since > today,
         "tone": "calm" if found.row.since > today else "good" if found.is_there else "bad"} for found in held if found.row.until != found.row.since]}


def _gaps(found: Sequence[Gap], today: date) -> list[dict[str, Any]]:
    """One line for the doorways of a building that are without anybody on the same days, in the order of the numbers."""
    together: dict[tuple[int, date, date], list[Gap]] = {}
    for one in sorted(found, key=lambda one: (counted(one.name), one.building, counted(one.doorway))):
        together.setdefault((one.building, one.since, one.until), []).append(one)
    return [{"gap": held[0], "doorways": [one.doorway for one in held if one.doorway], "is_now": since <= today, "last": caring.last_day(held[0]),
             "doorway": held[0].doorway if len(held) == 1 else ""} for (_, since, _), held in together.items()]


def counted(text: str) -> list[tuple[int, str]]:
    """A key that sorts 2号楼 before 10号楼: digits by their number, other signs by themselves."""
    return [(int(part), "") if part.isdecimal() else (0, part) for part in re.split(r"([0-9]+)", text) if part]


def _away(one: StandIn) -> dict[str, Any]:
    return {"one": one, "name": one.post.account.name, "stand_in": one.stand_in.account.name if one.stand_in else "", "last": one.until - timedelta(days=1),
            "reason": dict(REASONS).get(one.reason, words(one.reason, one.reason))}


@able(ASSIGNS)
def change(request: HttpRequest, area: int, what: str) -> HttpResponse:
    """One change in a community as a page of its own."""
    actor = actor_of(request)
    if what not in FORMS:
        raise NotVisible
    place = responsibilities.community_inside(actor, area)
    name, label, tone = FORMS[what]
    with looking(of_post(actor), read_only=True):
        fixed, initial = _fixed(request, what, place, actor)
        fields = _fitted(place, find_action(name).fields, fixed)
    back = reverse("desk:responsibility_of", args=[area])
    sent = generated.submit(request, Form(name, fields, fixed, initial, submit=label, to=back, done=DONE, tone=tone,
                                          address=f"?{request.GET.urlencode()}" if request.GET else ""))
    if sent.response is not None:
        return sent.response
    return render(request, "desk/form.html", {"form": sent.form, "title": label, "back": back, "meaning": place.name}, status=sent.status)


def _fixed(request: HttpRequest, what: str, place: KnownPlace, actor: Actor) -> tuple[dict[str, object], dict[str, object]]:
    """What the form is about, and what it shows first; ids are looked up under the sight."""
    today = clock.today()
    if what == "give":
        chosen = [one for one in request.GET.getlist("building") if one.isdecimal() and len(one) < 19]
        return {"area": place.area}, {"since": today, "buildings": chosen, "doorway": request.GET.get("doorway", "")[:10]}
    if what == "away":
        post = request.GET.get("number", "")
        known = post if post.isdecimal() and len(post) < 19 and responsibilities.workers(place, today).filter(pk=int(post)).exists() else ""
        return {}, {"since": today, "post": known}
    number = number_of(request)
    model = Responsibility if what == "end" else StandIn
    if not model.objects.visible_to(actor).filter(pk=number).exists():
        raise NotVisible
    return {"responsibility" if what == "end" else "away": number}, {"until": today}


def _fitted(place: KnownPlace, fields: Sequence[Field], fixed: Mapping[str, object]) -> tuple[Field, ...]:
    people = [(str(one.pk), words(f"{one.account.name} · {one.place.short_name}", f"{one.account.name} · {one.place.short_name}"))
              for one in responsibilities.workers(place, clock.today())[:200]]
    found = [(building_title(one), str(one.pk)) for one in caring.buildings(place.lo, place.hi, most=MOST_BUILDINGS)]
    known = [(number, words(title, title)) for title, number in sorted(found, key=lambda pair: counted(pair[0]))]
    choices: dict[str, dict[str, Any]] = {"post": {"kind": "choice", "choices": people}, "stand_in": {"kind": "choice", "choices": people},
                                          "buildings": {"choices": known}, "replace": {"help": REPLACE_HELP}, "doorway": {"help": DOORWAY_HELP}}
    return tuple(replace(one, **choices.get(one.name, {})) for one in fields if one.name not in fixed)
