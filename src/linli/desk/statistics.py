# SPDX-License-Identifier: MulanPSL-2.0
"""The statistics of a year or month: one line a place, counts beside shares, each share opening onto its records."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode

from linli.core.faults import NotVisible
from linli.core.sight import Actor, looking, of_post
from linli.core.words import Words, words
from linli.desk import figures, takeouts, trends
from linli.desk.own_places import own_place
from linli.doors.guards import able
from linli.doors.requests import actor_of
from linli.elements import places
from linli.measures import results
from linli.measures.declarations import find_measure
from linli.measures.periods import Period
from linli.measures.results import Line

SHOWN: dict[str, Words] = {
    "ES-01": words("结案率", "Closed"), "ES-02": words("按期结案率", "Closed on time"), "ES-03": words("监督举报率", "Found by residents first"),
    "GV-02": words("返工率", "Rework"), "GV-03": words("首次答复及时率", "First reply in time"), "GV-04": words("满意率", "Satisfied"),
}
"""The measures of the page, in order (policy.md 5.5, and the quality figures that belong beside them)."""
DRAWN = ("ES-01", "ES-02", "ES-03")


@able("results.see")
def own(request: HttpRequest) -> HttpResponse:
    """The statistics of the post's own place. NotVisible for a post whose range is no place."""
    place = own_place(actor_of(request))
    if place is None:
        raise NotVisible
    return redirect("desk:area_statistics", area=place)


@able("results.see")
def area(request: HttpRequest, area: int) -> HttpResponse:
    """The statistics of a place within the post's range, and of the places one level down in order of name."""
    actor, period = actor_of(request), figures.period_of(request)
    with looking(of_post(actor), read_only=True):
        lines = rows_of(actor, area, period.key)
        months = results.trends_of(actor, area, period.key, DRAWN)
        return render(request, "desk/statistics.html", {
            "place": lines[0].place, "period": period, "periods": figures.choices(period), "heads": list(SHOWN.items()),
            "path": [{"place": one, "href": _address(one.area, period)} for one in places.path_of(area) if actor.lo <= one.lo and one.hi <= actor.hi],
            "whole": _line(lines[0], period), "lines": [_line(one, period) for one in lines[1:]],
            "drawn": [_drawn(code, lines[0], months[code], period) for code in DRAWN],
            "takeout": takeouts.offered(actor, "statistics", {"area": area, "period": period.key})})


def rows_of(actor: Actor, area: int, period: str) -> tuple[Line, ...]:
    """The lines of the page: the place itself, then those one level down."""
    return results.table(actor, area, period, list(SHOWN))


@able("results.see")
def members(request: HttpRequest, area: int, code: str) -> HttpResponse:
    """The records that a figure of the statistics counts, newest first, with its receipt."""
    actor, period = actor_of(request), figures.period_of(request)
    with looking(of_post(actor), read_only=True):
        measure, figure, receipt = results.receipt_of(actor, code, area, period.key)
        one = {"words": measure.words, "figure": figure, "share": figure.share, "measure": measure, "receipt": receipt, "scoring": None}
        return figures.members_page(request, area, measure.code, period, one, back=_address(area, period))


def _address(area: int, period: Period) -> str:
    return f"{reverse('desk:area_statistics', args=[area])}?{urlencode({'period': period.key})}"


def _members(area: int, code: str, period: Period) -> str:
    return f"{reverse('desk:statistics_members', args=[area, code])}?{urlencode({'period': period.key})}"


def _line(one: Line, period: Period) -> dict[str, Any]:
    by_code = dict(zip(SHOWN, one.figures, strict=True))
    return {
        "place": one.place, "href": _address(one.place.area, period), "filed": by_code["ES-03"].denominator, "due": by_code["ES-01"].denominator,
        "closed": by_code["ES-01"].numerator,
        "cells": [{"label": SHOWN[code], "figure": figure, "share": figure.share, "href": _members(one.place.area, code, period)} for code, figure in by_code.items()]}


def _drawn(code: str, whole: Line, months: Any, period: Period) -> dict[str, Any]:
    figure, measure = dict(zip(SHOWN, whole.figures, strict=True))[code], find_measure(code)
    return {"words": SHOWN[code], "figure": figure, "share": figure.share, "trend": trends.drawn(months), "href": _members(whole.place.area, code, period),
            "counted": measure.counted if measure else ""}
