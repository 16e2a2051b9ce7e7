# SPDX-License-Identifier: MulanPSL-2.0
"""The dashboard of a level: the year's target, results by dimension, conditions, what moved, what is late, the state of the data; it opens downward."""

from fractions import Fraction
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import NoReverseMatch, path, reverse
from django.views.decorators.http import require_GET

from linli.core import clock
from linli.core.faults import NotVisible
from linli.core.sight import Actor, looking, of_post
from linli.core.words import Words, words
from linli.desk import figures
from linli.desk.own_places import own_place
from linli.doors.guards import able
from linli.doors.requests import actor_of
from linli.elements import places
from linli.elements.models import QualityFigure
from linli.elements.places import KnownPlace
from linli.elements.quality.mending import ASPECTS
from linli.matters import inbox
from linli.matters.inbox import Filter
from linli.measures import results
from linli.measures.models import Inspection
from linli.measures.movements import Movements, movements
from linli.measures.periods import month_of, year_of
from linli.measures.results import UNMET, Results
from linli.measures.scoring import decimal
from linli.titles.lateness import watches
from linli.titles.progress import Progress, progress

MOST = 99
"""So many are counted; more are shown as 99+ (house.md: no exact count on a large table)."""
LATE_SHOWN = 30
LEVEL_WORDS: dict[str, Words] = {"city": words("市", "City"), "district": words("区", "District"), "street": words("街道", "Street"),
                                 "community": words("社区", "Community")}


@require_GET
@able("results.see")
def own(request: HttpRequest) -> HttpResponse:
    """The dashboard of the post's own place. NotVisible for a post whose range is no place."""
    place = own_place(actor_of(request))
    if place is None:
        raise NotVisible
    return redirect("desk:board", area=place)


@require_GET
@able("results.see")
def board(request: HttpRequest, area: int) -> HttpResponse:
    """One page for every level; the number of queries does not grow with what lies below."""
    actor, moment = actor_of(request), clock.now()
    today = clock.local(moment).date()
    with looking(of_post(actor), read_only=True):
        found = results.results(actor, area, str(today.year))
        place = found.place
        children = sorted(results.children_results(actor, area, str(today.year)), key=lambda one: one.place.area)
        return render(request, "desk/board.html", {
            "place": place, "found": found, "moment": moment, "level": LEVEL_WORDS[place.level],
            "path": [one for one in places.path_of(area) if actor.lo <= one.lo and one.hi <= actor.hi],
            "total": figures.total_of(found), "dimensions": [figures.dimension_of(one, found) for one in found.dimensions if one.possible],
            "conditions": [figures.condition_of(one) for one in found.conditions], "titles": [_progress(one) for one in progress(actor, place, today.year)],
            "moves": [_moves(words("比上月", "Against last month"), movements(place, month_of(today.year, today.month), moment, found.sheet)),
                      _moves(words("比上年", "Against last year"), movements(place, year_of(today.year), moment, found.sheet))],
            "late": _late(actor, place), "quality": _quality(actor, place), "overdue": _overdue(actor, place), "inspections": _inspections(actor, place),
            "children": [_child(one) for one in children], "heads": [one.dimension.words for one in found.dimensions if one.possible]})


def _progress(one: Progress) -> dict[str, Any]:
    return {"words": one.kind.words, "year": one.year, "target": one.target, "named": one.named, "now": one.now, "ever": one.ever, "revoked": one.revoked}


def _moves(label: Words, found: Movements) -> dict[str, Any]:
    return {"label": label, "before": found.before.key, "now": found.now.key, "compared": found.compared, "missing": found.missing,
            "dimensions": [{"words": one.dimension.words, "by": signed(one.by), "tone": "good" if one.by > 0 else "warn" if one.by < 0 else "calm", "rows": [
                {"words": row.now.measure.words, "by": signed(row.by), "before": row.before.figure, "now": row.now.figure} for row in one.rows]}
                for one in found.dimensions]}


def signed(points: Fraction) -> str:
    """Points with their sign, two decimals."""
    return f"+{decimal(points, 2)}" if points > 0 else decimal(points, 2)


def _overdue(actor: Actor, place: KnownPlace) -> dict[str, Any] | None:
    if not actor.may("matter.see"):
        return None
    rows = inbox.page(actor, Filter(state="overdue", order="due", area=(place.lo, place.hi)), limit=MOST)
    return {"count": f"{len(rows.rows)}+" if rows.older else str(len(rows.rows)), "href": f"{reverse('desk:inbox')}?state=overdue&order=due"}


def _late(actor: Actor, place: KnownPlace) -> list[dict[str, Any]]:
    """Steps of the procedures of naming whose day is over, in this place, soonest due first."""
    today = clock.today()
    rows = [(watch.words, step) for watch in watches() for step in watch.open_steps(actor, MOST) if place.lo <= step.area < place.hi and step.due_on < today]
    rows.sort(key=lambda one: (one[1].due_on, one[1].area))
    return [{"procedure": label, "words": step.words, "place": places.find_place(step.area), "due": step.due_on, "days": (today - step.due_on).days,
             "level": LEVEL_WORDS.get(step.level), "href": _address(step.route, step.argument)} for label, step in rows[:LATE_SHOWN]]


def _address(route: str, argument: int) -> str:
    try:
        return reverse(route, args=[argument])
    except NoReverseMatch:
        return ""


def _quality(actor: Actor, place: KnownPlace) -> list[dict[str, Any]]:
    """The measured quality of base data over all registers, by aspect."""
    if not actor.may("quality.see"):
        return []
    sums: dict[str, list[int]] = {}
    newest = None
    for one in QualityFigure.objects.visible_to(actor).filter(area=place.area, level=place.level, name=""):
        pair = sums.setdefault(one.aspect, [0, 0])
        pair[0], pair[1] = pair[0] + one.numerator, pair[1] + one.denominator
        newest = max(newest or one.computed_at, one.computed_at)
    return [{"label": label, "figure": results.Figure(sums[name][0], sums[name][1]), "at": newest} for name, label in ASPECTS.items() if name in sums]


def _inspections(actor: Actor, place: KnownPlace) -> int:
    """Announced inspections that are open; unannounced ones are not told beforehand."""
    return int(Inspection.objects.visible_to(actor).filter(area__gte=place.lo, area__lt=place.hi, state="open", is_announced=True).count())


def _child(one: Results) -> dict[str, Any]:
    total = figures.total_of(one)
    return {"place": one.place, "href": reverse("desk:board", args=[one.place.area]), "total": total if total and total["is_comparable"] else None,
            "unmet": sum(each.state == UNMET for each in one.conditions), "cells": figures.cells_of(one)}


ADDRESSES = [
    path("board/", own, name="own_board"),
    path("results/<int:area>/board", board, name="board"),
]
