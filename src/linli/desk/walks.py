# SPDX-License-Identifier: MulanPSL-2.0
"""Rounds on the desk: a worker's own of today with begin and end; for those who lead, the days walked of each grid, never an order of persons."""

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
from linli.desk.covers import place_inside
from linli.doors import generated
from linli.doors.generated import Form
from linli.doors.guards import able
from linli.doors.requests import actor_of
from linli.doors.standing import role_words
from linli.elements import covering, directories, places
from linli.elements.assignments import WALKS
from linli.matters import checklists, days, numbers, rounds, shifts, tracks, workloads
from linli.matters.checklists import checklist_of
from linli.matters.models import Objection, Round

PAGE = 50
BACK_DAYS = 14
"""Days that the picture looks back (our choice: two weeks)."""
CELL = 16
TONES = {"done": "good", "walking": "accent", "due": "warn", "ahead": "calm", "missed": "warn"}
DAY_STATES: dict[str, Words] = {
    "both": words("两巡", "both rounds"), "one": words("一巡", "one round"), "none": words("未巡", "no round"), "free": words("不要求", "not due"),
    "nobody": words("无人负责", "nobody in charge")}
BEGUN = words("已开始巡查。", "The round has begun.")
ENDED = words("巡查已确认。", "The round is confirmed.")
OBJECTED = words("已提交，由居委会主任或街道调度员答复。", "Sent; the director or the dispatcher will answer.")


@able(WALKS, "round.see")
def overview(request: HttpRequest) -> HttpResponse:
    """One's own rounds of today; for those who lead, the days of their grids."""
    actor = actor_of(request)
    return _own(request, actor) if actor.may(WALKS) else _days(request, actor, None)


@able("round.see")
def of_place(request: HttpRequest, area: int) -> HttpResponse:
    """The days walked of a place's grids. NotVisible outside the post's range."""
    actor = actor_of(request)
    return _days(request, actor, place_inside(actor, area))


def _own(request: HttpRequest, actor: Actor) -> HttpResponse:
    with looking(of_post(actor), read_only=True):
        found = days.today_of(actor)
        grouped = days.by_area(found.walks)
        today = found.day
        areas = [one.place.area for one in found.duties]
        walked = rounds.days_walked(areas, today - timedelta(days=BACK_DAYS - 1), today)
        since = rounds.introduced(areas)
        names = checklists.item_words()
        latest = workloads.rounds_of(actor.lo, actor.hi, actor.account or 0, today - timedelta(days=BACK_DAYS - 1), today)[:10]
        context = {
            "grids": [{"duty": one, "walks": [_walk(request, walk) for walk in grouped.get(one.place.area, [])],
                       "begin": None if any(walk.state == "walking" for walk in grouped.get(one.place.area, [])) else _begin(request, one.place.area),
                       "strip": strip(one.place.area, walked, None, today, since.get(one.place.area))} for one in found.duties],
            "windows": [{"words": shifts.SHIFTS[one.shift], "from": f"{one.opens:%H:%M}", "to": f"{one.closes:%H:%M}"} for one in shifts.windows()],
            "is_round_day": found.is_round_day, "day": today, "latest": [shown_round(one, names, {}) for one in latest], "track": found.track,
            "looks": [{"at": at, "role": role_words(role), "reason": reason} for at, role, reason in tracks.looks(found.track.pk)] if found.track else [],
            "objections": [shown_objection(one, {}) for one in workloads.objections(actor, account=actor.account)], "back_days": BACK_DAYS}
        return render(request, "desk/rounds_own.html", context)


def _begin(request: HttpRequest, area: int) -> Any:
    return generated.unsent(request, Form("round.begin", (), {"area": area}, submit=words("开始巡查", "Begin a round"), address=reverse("desk:round_begin", args=[area])))


def _walk(request: HttpRequest, one: rounds.Walk) -> dict[str, Any]:
    return {"one": one, "shift": shifts.SHIFTS[one.shift], "label": rounds.STATES[one.state], "tone": TONES[one.state],
            "end_href": reverse("desk:round_end", args=[one.round]) if one.state == "walking" and one.round else ""}


def shown_round(one: Round, names: dict[str, Words], people: dict[int, str], reports: Sequence[int] = ()) -> dict[str, Any]:
    """One round as a list shows it."""
    place = places.find_place(one.area)
    return {"one": one, "place": place.short_name if place else "", "shift": shifts.SHIFTS.get(one.shift, one.shift), "who": people.get(one.worker, ""),
            "looked": [names.get(code, code) for code in one.looked], "found": [names.get(code, code) for code in one.found],
            "is_late": one.began_recorded_at - one.began_at > timedelta(hours=1), "reports": [numbers.number_of(matter) for matter in reports]}


def shown_objection(one: Objection, people: dict[int, str]) -> dict[str, Any]:
    """One objection with its answer."""
    return {"one": one, "who": people.get(one.account, ""), "answered_by": people.get(one.answered_by or 0, "")}


def _days(request: HttpRequest, actor: Actor, place: places.KnownPlace | None) -> HttpResponse:
    today = clock.today()
    first = today - timedelta(days=BACK_DAYS - 1)
    lo, hi = (place.lo, place.hi) if place else (actor.lo, actor.hi)
    after = request.GET.get("after", "")
    start = int(after) + 1 if after.isdecimal() and len(after) <= 15 else lo
    with looking(of_post(actor), read_only=True):
        found = places.places_within(max(lo, start), hi, level="grid")
        shown = found[:PAGE]
        areas = [one.area for one in shown]
        held = covering.holds(areas, first, today + timedelta(days=1))
        walked = rounds.days_walked(areas, first, today)
        since = rounds.introduced(areas)
        cover = {area: covering.coverage(held.get(area, []), first, today + timedelta(days=1)) for area in areas}
        rows = [{"place": one, "community": _community(one.area), "strip": strip(one.area, walked, cover[one.area], today, since.get(one.area))} for one in shown]
        objected = workloads.objections(actor) if actor.may("round.answer") else []
        people = directories.account_names([one.account for one in objected] + [one.answered_by for one in objected])
        base = request.path
        return render(request, "desk/rounds_days.html", {
            "rows": rows, "place": place, "path": [one for one in places.path_of(lo) if one.lo >= actor.lo and one.hi <= actor.hi],
            "below": [one for one in places.children(lo) if one.level != "grid"] if hi - lo > 1000 else [],
            "older": f"{base}?{urlencode({'after': shown[-1].area})}" if len(found) > PAGE else "", "newer": base if after else "",
            "objections": [shown_objection(one, people) for one in objected], "back_days": BACK_DAYS, "first": first, "today": today,
            "windows": [f"{one.opens:%H:%M}–{one.closes:%H:%M}" for one in shifts.windows()], "may_order": actor.may("track.order"),
            "work_area": lo if hi - lo <= 1_000_000 and actor.may("round.answer") else None})


def _community(area: int) -> str:
    found = places.community_of(area)
    return found.short_name if found else ""


def strip(area: int, walked: dict[tuple[int, date], frozenset[str]], cover: Sequence[covering.Stretch] | None, today: date,
          since: date | None) -> dict[str, Any]:
    """Two weeks of one grid: each day two halves, filled where that round was walked; and the counts in words. Today counts once it is over.

    `since` is the day on which rounds were introduced in the community; before it, and while it is None, none was due.
    """
    cells, counts = [], dict.fromkeys(DAY_STATES, 0)
    for number in range(BACK_DAYS):
        day = today - timedelta(days=BACK_DAYS - 1 - number)
        shifts_ = walked.get((area, day), frozenset())
        is_open = day == today and not rounds.is_over(day)
        somebody = cover is None or next(one.state for one in cover if one.since <= day < one.to) != "gap"
        is_asked = since is not None and day >= since and shifts.is_round_day(day)
        state = _day_state(shifts_, is_asked=is_asked, somebody=somebody)
        if not is_open:
            counts[state] += 1
        cells.append({"x": number * CELL, "state": "open" if is_open and state == "none" else state, "morning": shifts.MORNING in shifts_,
                      "afternoon": shifts.AFTERNOON in shifts_})
    text = "，".join(str(words("{label} {n} 天", "{label}: {n}").format(label=DAY_STATES[name], n=count)) for name, count in counts.items() if count)
    return {"cells": cells, "text": text, "width": BACK_DAYS * CELL}


def _day_state(walked: frozenset[str], *, is_asked: bool, somebody: bool) -> str:
    count = len({shifts.MORNING, shifts.AFTERNOON} & walked)
    if count:
        return "both" if count > 1 else "one"
    return "free" if not is_asked else "none" if somebody else "nobody"


@able(WALKS)
def begin(request: HttpRequest, area: int) -> HttpResponse:
    """Begin a round; a refusal comes back as a page with its sentence."""
    back = reverse("desk:rounds")
    place = place_inside(actor_of(request), area)
    sent = generated.submit(request, Form("round.begin", (), {"area": area}, submit=words("开始巡查", "Begin a round"), to=back, done=BEGUN))
    if sent.response is not None:
        return sent.response
    return render(request, "desk/form.html", {"form": sent.form, "title": find_action("round.begin").words, "back": back, "meaning": place.name}, status=sent.status)


@able(WALKS)
def end(request: HttpRequest, walk: int) -> HttpResponse:
    """Confirm the end of one's own round: what was looked at, and what was found. NotVisible for anybody else's."""
    actor, back = actor_of(request), reverse("desk:rounds")
    with looking(of_post(actor), read_only=True):
        one = Round.objects.visible_to(actor).filter(pk=walk, worker=actor.account or 0).first()
    place = places.find_place(one.area) if one else None
    if one is None or place is None:
        raise NotVisible
    listed = [(item.code, item.words) for item in checklist_of(place.kind).items]
    fields = tuple(replace(field, choices=listed) if field.kind == "choices" else field for field in find_action("round.end").fields
                   if field.name not in ("round", "client", "reports"))
    sent = generated.submit(request, Form("round.end", fields, {"round": walk}, submit=words("确认结束", "Confirm"), to=back, done=ENDED))
    if sent.response is not None:
        return sent.response
    return render(request, "desk/form.html", {"form": sent.form, "title": find_action("round.end").words, "back": back, "meaning": place.name}, status=sent.status)


@able(WALKS)
def objecting(request: HttpRequest) -> HttpResponse:
    """A word against what is kept about one's own work."""
    back, number = reverse("desk:rounds"), request.GET.get("round", "")
    fixed: dict[str, object] = {"round": int(number)} if number.isdecimal() and len(number) < 19 else {}
    action = find_action("round.object")
    fields = tuple(one for one in action.fields if one.name == "text")
    sent = generated.submit(request, Form("round.object", fields, fixed, submit=words("提交", "Send"), to=back, done=OBJECTED,
                                          address=f"?{request.GET.urlencode()}" if request.GET else ""))
    if sent.response is not None:
        return sent.response
    return render(request, "desk/form.html", {"form": sent.form, "title": action.words, "back": back, "meaning": OBJECT_MEANING}, status=sent.status)


OBJECT_MEANING = words("写明哪里与事实不符。主任或调度员要书面答复，双方的话都会留存。",
                       "Say what does not fit the facts. The director or dispatcher has to answer in writing; both stay on record.")


@able("round.answer")
def answering(request: HttpRequest, objection: int) -> HttpResponse:
    """The answer to an objection inside the range. NotVisible otherwise."""
    actor, back = actor_of(request), reverse("desk:rounds")
    with looking(of_post(actor), read_only=True):
        one = Objection.objects.visible_to(actor).filter(pk=objection).first()
        people = directories.account_names([one.account]) if one else {}
    if one is None:
        raise NotVisible
    action = find_action("round.answer_objection")
    sent = generated.submit(request, Form(action.name, None, {"objection": objection}, submit=words("答复", "Answer"), to=back))
    if sent.response is not None:
        return sent.response
    return render(request, "desk/form.html", {"form": sent.form, "title": action.words, "back": back, "meaning": f"{people.get(one.account, '')}：{one.text}"},
                  status=sent.status)
