# SPDX-License-Identifier: MulanPSL-2.0
"""Grids and who looks after them: the coming weeks as a picture and in words, gaps marked; one grid with its history and forms."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
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
from linli.core.models import Alarm
from linli.core.sight import Actor, looking, of_post
from linli.core.words import Words, words
from linli.doors import generated
from linli.doors.generated import Form
from linli.doors.guards import able
from linli.doors.requests import actor_of
from linli.elements import covering, places
from linli.elements.alarms import UNCOVERED
from linli.elements.assignments import ASSIGNS, REASONS, walkers
from linli.elements.covering import Stretch
from linli.elements.models import Absence, GridAssignment
from linli.elements.places import KnownPlace

PAGE = 50
DAYS = 28
"""Days that the picture shows (our choice: four weeks)."""
CELL, HIGH = 10, 20
STATES: Mapping[str, Words] = {
    "holder": words("有人负责", "Somebody looks after it"), "stand_in": words("有人顶岗", "Somebody stands in"), "gap": words("无人负责", "Nobody")}
SEES = ("round.see", ASSIGNS)


@dataclass(frozen=True)
class Strip:
    """The picture of some weeks of one grid: bars with their state, and the sentence that says the same."""

    bars: list[dict[str, Any]]
    text: str
    width: int = DAYS * CELL
    high: int = HIGH


def strip_of(runs: Sequence[Stretch], first: date) -> Strip:
    """Bars for the runs of days, gaps low and hatched so that colour alone carries nothing; and the words."""
    bars = [{"x": (one.since - first).days * CELL, "width": one.days * CELL - 1, "state": one.state} for one in runs]
    return Strip(bars, "；".join(_said(one) for one in runs) if len(runs) <= 8 else _said(runs[0]) + " …")


def _said(one: Stretch) -> str:
    days = words("{since} 至 {last}", "{since} to {last}").format(since=f"{one.since:%m-%d}", last=f"{one.last:%m-%d}")
    return f"{days} {STATES[one.state]}{f' {one.name}' if one.name else ''}"


@able(*SEES)
def grids(request: HttpRequest) -> HttpResponse:
    """The grids of the post's range, or of a place in it named by `area`; pages by number, `gaps` leaves those with a gap."""
    actor, number = actor_of(request), request.GET.get("area", "")
    place = place_inside(actor, int(number)) if number.isdecimal() and len(number) <= 15 else None
    return _list(request, actor, place)


@able(*SEES)
def grid(request: HttpRequest, area: int) -> HttpResponse:
    """One grid, or for a wider place its grids. NotVisible outside the post's range."""
    actor = actor_of(request)
    place = place_inside(actor, area)
    if place.level != "grid":
        return _list(request, actor, place)
    today = clock.today()
    with looking(of_post(actor), read_only=True):
        end = today + timedelta(days=DAYS)
        held = covering.holds([place.area], today, end).get(place.area, [])
        history = list(GridAssignment.objects.visible_to(actor).filter(area=place.area).select_related("post__account").order_by("-valid_from", "-id")[:30])
        away = list(Absence.objects.visible_to(actor).filter(area=place.area).select_related("stand_in__account", "assignment__post__account").order_by("-valid_from")[:30])
        runs = covering.coverage(held, today, end)
        return render(request, "desk/grid.html", {
            "place": place, "path": places.path_of(place.area), "runs": [{"run": one, "words": STATES[one.state]} for one in runs], "strip": strip_of(runs, today),
            "history": [_history(one, today) for one in history], "away": [_away(one, today) for one in away], "may_assign": actor.may(ASSIGNS), "days": DAYS,
            "weeks": weeks(today)})


def _list(request: HttpRequest, actor: Actor, place: KnownPlace | None) -> HttpResponse:
    today = clock.today()
    end = today + timedelta(days=DAYS)
    lo, hi = (place.lo, place.hi) if place else (actor.lo, actor.hi)
    after, gaps_only = request.GET.get("after", ""), request.GET.get("gaps") == "1"
    start = int(after) + 1 if after.isdecimal() and len(after) <= 15 else lo
    with looking(of_post(actor), read_only=True):
        found = list(places.places_within(max(lo, start), hi, level="grid"))
        if gaps_only:
            open_ = covering.gaps(max(lo, start), hi, today, end)
            found = [one for one in found if one.area in open_]
        shown = found[:PAGE]
        held = covering.holds([one.area for one in shown], today, end)
        rows = [_row(one, covering.coverage(held.get(one.area, []), today, end), today) for one in shown]
        ringing = Alarm.objects.visible_to(actor).within(lo, hi).filter(name=UNCOVERED, ended_at=None).count()
        kept = ({"area": str(place.area)} if place else {}) | ({"gaps": "1"} if gaps_only else {})
        base = reverse("desk:grids")
        return render(request, "desk/grids.html", {
            "rows": rows, "place": place, "path": [one for one in places.path_of(lo) if one.lo >= actor.lo and one.hi <= actor.hi], "ringing": ringing,
            "below": [] if place is None and hi - lo <= 1000 else [one for one in places.children(lo) if one.level != "grid"],
            "older": f"{base}?{urlencode(kept | {'after': shown[-1].area})}" if len(found) > PAGE else "",
            "newer": f"{base}?{urlencode(kept)}" if after else "", "gaps_only": gaps_only, "may_hand_over": actor.may("post.hand_over"),
            "gaps_href": f"{base}?{urlencode(({'area': str(place.area)} if place else {}) | ({} if gaps_only else {'gaps': '1'}))}",
            "days": DAYS, "weeks": weeks(today), "ahead": (covering.horizon(today) - today).days})


def place_inside(actor: Actor, area: int) -> KnownPlace:
    """The place of a number inside the actor's range. NotVisible otherwise."""
    found = places.find_place(area)
    if found is None or not actor.lo <= found.lo < found.hi <= actor.hi:
        raise NotVisible
    return found


def weeks(first: date) -> list[dict[str, Any]]:
    """The Mondays in the picture with their places, so that a reader finds a day."""
    days = [first + timedelta(days=number) for number in range(DAYS)]
    return [{"x": number * CELL, "text": f"{day:%m-%d}"} for number, day in enumerate(days) if day.weekday() == 0]


def _row(place: KnownPlace, runs: Sequence[Stretch], today: date) -> dict[str, Any]:
    community = places.community_of(place.area)
    now = runs[0]
    return {
        "place": place, "community": community.short_name if community else "", "now": now, "state": STATES[now.state], "strip": strip_of(runs, today),
        "tone": {"holder": "good", "stand_in": "calm", "gap": "bad"}[now.state], "gaps": [one for one in runs if one.state == "gap"],
        "changes": [_said(one) for one in runs[1:4]]}


def _history(one: GridAssignment, today: date) -> dict[str, Any]:
    is_over = one.valid_to is not None and one.valid_to <= today
    return {"one": one, "name": one.post.account.name, "is_over": is_over, "is_ahead": one.valid_from > today,
            "last": one.valid_to - timedelta(days=1) if one.valid_to and one.valid_to > one.valid_from else None,
            "never": one.valid_to == one.valid_from}


def _away(one: Absence, today: date) -> dict[str, Any]:
    return {"one": one, "name": one.assignment.post.account.name, "stand_in": one.stand_in.account.name if one.stand_in else "",
            "reason": dict(REASONS).get(one.reason, words(one.reason, one.reason)), "is_over": one.valid_to <= today, "last": one.valid_to - timedelta(days=1),
            "never": one.valid_to == one.valid_from}


CHANGES = {
    "assign": ("grid.assign", words("安排网格员", "Give it to a worker"), "primary"), "end": ("grid.end_assignment", words("结束安排", "End the assignment"), "danger"),
    "away": ("grid.stand_in", words("登记离岗、顶岗", "Absence and who stands in"), "primary"), "back": ("grid.end_absence", words("提前回岗", "Back earlier"), "primary"),
}
DONE = words("已登记，告警随即更新。", "Entered; alarms follow at once.")
REPLACE_HELP = words("勾“是”则现任从开始那天起不再负责，历史保留。", "Yes: the present holder ends on the first day; the history stays.")
TEAM_HELP = words("确需几个人共同负责一个网格时，都选“是”。", "Only where several hold one grid together; then all of them say yes.")


@able(ASSIGNS)
def change(request: HttpRequest, area: int, what: str) -> HttpResponse:
    """One change of a grid as a page of its own."""
    actor = actor_of(request)
    place = place_inside(actor, area)
    if what not in CHANGES or place.level != "grid":
        raise NotVisible
    name, label, tone = CHANGES[what]
    back = reverse("desk:grid", args=[area])
    fixed = _fixed(request, what, area)
    with looking(of_post(actor), read_only=True):
        fields = _fitted(place, find_action(name).fields, fixed)
    initial = {"valid_from": clock.today()} if what in ("assign", "away") else {}
    sent = generated.submit(request, Form(name, fields, fixed, initial, submit=label, to=back, done=DONE, tone=tone,
                                          address=f"?{request.GET.urlencode()}" if request.GET else ""))
    if sent.response is not None:
        return sent.response
    return render(request, "desk/form.html", {"form": sent.form, "title": label, "back": back, "meaning": place.name}, status=sent.status)


def _fixed(request: HttpRequest, what: str, area: int) -> dict[str, object]:
    if what == "assign":
        return {"area": area}
    name = "absence" if what == "back" else "assignment"
    number = request.GET.get("number", "")
    if not number.isdecimal() or len(number) > 18:
        raise NotVisible
    return {name: int(number)}


def _fitted(place: KnownPlace, fields: Sequence[Field], fixed: Mapping[str, object]) -> tuple[Field, ...]:
    people = [(str(one.pk), words(one.account.name, one.account.name)) for one in walkers(place, clock.today())[:200]]
    choices: dict[str, dict[str, Any]] = {"post": {"kind": "choice", "choices": people}, "stand_in": {"kind": "choice", "choices": people},
                                          "replace": {"help": REPLACE_HELP}, "team": {"help": TEAM_HELP}}
    return tuple(replace(one, **choices.get(one.name, {})) for one in fields if one.name not in fixed)


