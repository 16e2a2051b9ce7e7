# SPDX-License-Identifier: MulanPSL-2.0
"""Workload and verified quality: one's own, and for the director each worker's by name; every count opens onto its records."""

from datetime import date, timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode

from linli.core import clock
from linli.core.faults import NotVisible
from linli.core.sight import Actor, looking, of_post
from linli.core.words import Words, words
from linli.desk.covers import place_inside
from linli.desk.rows import rows_of
from linli.desk.walks import shown_round
from linli.doors.guards import able
from linli.doors.requests import actor_of
from linli.elements import directories, places
from linli.elements.assignments import WALKS
from linli.elements.places import KnownPlace
from linli.matters import checklists, rounds, workloads
from linli.matters.workloads import MOST, WHAT, Load, Work
from linli.measures.periods import Period, month_of, parse

ANSWERS = "round.answer"
MONTHS = 6
HEADS: dict[str, Words] = {
    "rounds": words("巡查", "Rounds"), "found": words("上报", "Reported"), "real": words("其中受理", "Accepted"),
    "not_found": words("现场未发现", "Not found on site"), "visits": words("到场核查", "Verified on site")}


def _month(request: HttpRequest) -> Period:
    text = request.GET.get("month", "")
    return parse(text) if len(text) == 7 else month_of(clock.today().year, clock.today().month)


def _span(month: Period) -> tuple[date, date]:
    return clock.local(month.start).date(), clock.local(month.end).date() - timedelta(days=1)


@able(WALKS, ANSWERS)
def work(request: HttpRequest) -> HttpResponse:
    """One's own work of a month by grid; for who answers objections, that of each worker of a community, in order of names."""
    actor, month = actor_of(request), _month(request)
    if not actor.may(ANSWERS):
        return _page(request, actor, month, places.find_place(actor.lo), [(actor.account or 0, actor.name)], is_own=True)
    number = request.GET.get("area", "")
    place = place_inside(actor, int(number)) if number.isdecimal() and len(number) <= 15 else places.find_place(actor.lo)
    if place is not None and place.level == "street":
        return render(request, "desk/work_choose.html", {"place": place, "below": [one for one in places.children(place.area) if one.level != "grid"], "month": month})
    return _page(request, actor, month, place, _workers(place), is_own=False)


def _workers(place: KnownPlace | None) -> list[tuple[int, str]]:
    if place is None:
        return []
    return workloads.workers(place.lo, place.hi)


def _page(request: HttpRequest, actor: Actor, month: Period, place: KnownPlace | None, people: list[tuple[int, str]], *, is_own: bool) -> HttpResponse:
    first, last = _span(month)
    lo, hi = (place.lo, place.hi) if place else (actor.lo, actor.hi)
    with looking(of_post(actor), read_only=True):
        found = workloads.workloads(lo, hi, [account for account, _ in people], first, last)
        rows = [_worker(found[account], name, month) for account, name in people]
        return render(request, "desk/work.html", {
            "rows": rows, "heads": HEADS.values(), "is_own": is_own, "place": place, "month": month, "months": _months(request, month)})


def _months(request: HttpRequest, chosen: Period) -> list[dict[str, Any]]:
    today = clock.today()
    numbers = [today.year * 12 + today.month - 1 - back for back in range(MONTHS)]
    area = {"area": request.GET["area"]} if request.GET.get("area", "").isdecimal() else {}
    return [{"key": (key := f"{number // 12}-{number % 12 + 1:02}"), "is_here": key == chosen.key, "href": f"?{urlencode(area | {'month': key})}"} for number in numbers]


def _worker(load: Load, name: str, month: Period) -> dict[str, Any]:
    grids = [{"name": place.short_name if (place := places.find_place(area)) else str(area), "cells": _cells(load.account, one, month, area)}
             for area, one in sorted(load.by_area.items())]
    return {"name": name, "cells": _cells(load.account, load.whole, month, None), "grids": grids}


def _cells(account: int, one: Work, month: Period, area: int | None) -> list[dict[str, Any]]:
    more = {"month": month.key} | ({"area": str(area)} if area else {})
    return [{"label": HEADS[what], "count": getattr(one, what), "href": f"{reverse('desk:work_records', args=[account, what])}?{urlencode(more)}"} for what in WHAT]


@able(WALKS, ANSWERS)
def records(request: HttpRequest, worker: int, what: str) -> HttpResponse:
    """The records behind one count, newest first. NotVisible for somebody else's without the ability, and outside the range."""
    actor, month = actor_of(request), _month(request)
    is_inside = workloads.works_in(worker, actor.lo, actor.hi)
    if what not in WHAT or not (worker == actor.account or (actor.may(ANSWERS) and is_inside)):
        raise NotVisible
    number, cursor = request.GET.get("area", ""), request.GET.get("before", "")
    place = place_inside(actor, int(number)) if number.isdecimal() and len(number) <= 15 else None
    lo, hi = (place.lo, place.hi) if place else (actor.lo, actor.hi)
    before = int(cursor) if cursor.isdecimal() and len(cursor) < 19 else None
    first, last = _span(month)
    with looking(of_post(actor), read_only=True):
        context: dict[str, Any] = {"what": HEADS[what], "month": month, "name": directories.account_names([worker]).get(worker, ""), "place": place}
        if what == "rounds":
            walked = workloads.rounds_of(lo, hi, worker, first, last, before)
            held = rounds.reports_of([one.pk for one in walked[:MOST]])
            names = checklists.item_words()
            context |= {"rounds": [shown_round(one, names, {}, held.get(one.pk, [])) for one in walked[:MOST]]}
            last_one = walked[MOST - 1].pk if len(walked) > MOST else None
        else:
            matters = workloads.matters_of(what, lo, hi, worker, first, last, before)
            context |= {"rows": rows_of(matters[:MOST])}
            last_one = matters[MOST - 1].pk if len(matters) > MOST else None
        kept = {"month": month.key} | ({"area": number} if place else {})
        home = places.community_of(lo if place else workloads.home_of(worker)) if worker != actor.account else None
        back = {"month": month.key} | ({"area": str(home.area)} if home else {})
        context |= {"older": f"?{urlencode(kept | {'before': last_one})}" if last_one else "", "newer": f"?{urlencode(kept)}" if before else "",
                    "back": f"{reverse('desk:work')}?{urlencode(back)}"}
        return render(request, "desk/work_records.html", context)
