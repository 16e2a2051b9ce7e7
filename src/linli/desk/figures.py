# SPDX-License-Identifier: MulanPSL-2.0
"""Results on the desk: figures with their receipts, trends and records; the page follows the work by itself within seconds."""

from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode

from linli.core import clock, registry
from linli.core.faults import NotVisible
from linli.core.sight import Actor, looking, of_post
from linli.core.words import words
from linli.desk import takeouts, trends
from linli.desk.own_places import own_place
from linli.desk.record_pages import RECORD_PAGE, RecordPage
from linli.desk.rows import rows_of
from linli.doors import pulses
from linli.doors.guards import able
from linli.doors.requests import actor_of
from linli.elements import places
from linli.elements.registers.declaring import registers
from linli.matters.models import Matter
from linli.measures import freshness, results
from linli.measures.guarding import reading
from linli.measures.periods import Period, month_of, parse, year_of
from linli.measures.results import ConditionResult, DimensionResult, IndicatorResult, Results
from linli.measures.scoring import decimal
from linli.measures.sheets import drafts
from linli.measures.surveying.finals import final_of

PERIODS_SHOWN = 6
"""The running year, the year before, and the last four months (our choice); any other stands in the address."""


@able("results.see")
def own(request: HttpRequest) -> HttpResponse:
    """The results of the post's own place. NotVisible for a post whose range is no place."""
    place = own_place(actor_of(request))
    if place is None:
        raise NotVisible
    return redirect("desk:area_results", area=place)


@able("results.see")
def area(request: HttpRequest, area: int) -> HttpResponse:
    """The results of a place within the post's range."""
    actor, period = actor_of(request), period_of(request)
    with looking(of_post(actor), read_only=True):
        context = _page(request, area, period)
        children = results.children_results(actor, area, period.key)
        return render(request, "desk/results.html", context | {
            "periods": choices(period), "box": reverse("desk:box", args=[area]) if context["place"].level == "community" and context["found"].sheet else "",
            "may_standards": actor.may(drafts.SEE), "children": [_child(one, period) for one in children], "heads": _heads(children)})


@able("results.see")
def pulse(request: HttpRequest, area: int) -> HttpResponse:
    """The figures anew when one has changed, 304 otherwise."""
    actor, period = actor_of(request), period_of(request)
    with looking(of_post(actor), read_only=True):
        results.place_for(actor, area)
        stamp = freshness.stamp(area, period.key)
        if pulses.is_same(request, stamp):
            return pulses.not_modified(stamp)
        return pulses.pulsed(request, "desk/parts/results.html", _page(request, area, period), stamp=stamp)


@able("results.see")
def members(request: HttpRequest, area: int, code: str) -> HttpResponse:
    """The records that a figure counts, newest first, with its receipt."""
    actor, period = actor_of(request), period_of(request)
    with looking(of_post(actor), read_only=True):
        found = results.results(actor, area, period.key)
        one = found.of(code)
        return members_page(request, area, one.measure.code, period, _indicator(one, found), back=_address(area, period), about=_about(found, one))


def members_page(request: HttpRequest, area: int, code: str, period: Period, one: Mapping[str, Any], *, back: str, about: str = "") -> HttpResponse:
    """One page of the records behind a measure, by keys; `one` is what the page says of the figure."""
    actor, cursor = actor_of(request), request.GET.get("cursor", "")
    page = results.members(actor, code, area, period.key, int(cursor) if cursor.isdecimal() and len(cursor) < 19 else None)
    older = f"?{urlencode([('period', period.key), ('cursor', str(page.next_cursor))])}" if page.next_cursor else ""
    return render(request, "desk/members.html", {
        "one": one, "place": page.place, "period": period, "rows": members_shown(actor, page.rows), "older": older,
        "newer": f"?{urlencode({'period': period.key})}" if cursor else "", "back": back, "about": about,
        "is_matters": all(row.record_kind == "matter" for row in page.rows), "edition": page.edition, "is_kept": page.is_kept,
        "flags": reading.beside(reading.flags(actor, page.place, period), page.measure.fact), "guards": guards_of(page.place.area, period),
        "override_href": f"{reverse('desk:override_new', args=[area, code])}?{urlencode({'period': period.key})}"
        if page.place.level == "community" and actor.may("value.override") else "",
        "takeout": takeouts.offered(actor, "members", {"code": code, "area": str(area), "period": period.key})})


def members_shown(actor: Actor, rows: Sequence[results.Member]) -> list[dict[str, Any]]:
    """The members with their matter, or their place and the record's page, in their order; two queries a page."""
    wanted = [row.record for row in rows if row.record_kind == "matter"]
    held = {row.pk: row for row in Matter.objects.visible_to(actor).filter(pk__in=wanted).select_related("category")} if wanted else {}
    shown = dict(zip(held, rows_of(list(held.values())), strict=True))
    return [{"matter": shown.get(row.record) if row.record_kind == "matter" else None, "place": places.find_place(row.area), "parts": _parts(row),
             "is_counted": row.is_in_numerator and (row.part >= row.whole or row.whole <= 1), **_record(actor, row)} for row in rows]


def _parts(row: results.Member) -> tuple[int, int] | None:
    """What a weighed record adds to both sides; None for one that only counts."""
    return (row.part, row.whole) if row.whole > 1 else None


def _record(actor: Actor, row: results.Member) -> dict[str, Any]:
    """What a row is and its record's page; a post that may not see the register or the page learns neither."""
    page: RecordPage | None = registry.get(RECORD_PAGE, row.record_kind)
    if page is not None:
        return {"what": row.what or page.words, "is_sum": page.is_sum, "href": reverse(page.route, args=[row.record]) if actor.may(page.ability) else ""}
    register = next((one for one in registers() if one.name == row.record_kind), None)
    if register is None:
        return {"what": row.what, "href": ""}
    return {"what": row.what, "href": reverse("desk:record", args=[register.name, row.record])} if actor.may(f"{register.guard}.see") else {"what": None, "href": ""}


def period_of(request: HttpRequest) -> Period:
    """The period that the address names; the running year when it names none."""
    return parse(request.GET.get("period") or str(clock.today().year))


def _periods() -> list[Period]:
    today = clock.today()
    months = [(today.year, today.month - back) if today.month > back else (today.year - 1, today.month - back + 12) for back in range(PERIODS_SHOWN - 2)]
    return [year_of(today.year), year_of(today.year - 1), *(month_of(*one) for one in months)]


def choices(present: Period) -> list[dict[str, Any]]:
    """The periods offered, the present one marked."""
    return [_choice(one, present) for one in _periods()]


def _choice(one: Period, present: Period) -> dict[str, Any]:
    return {"key": one.key, "is_here": one.key == present.key}


def _address(area: int, period: Period) -> str:
    return f"{reverse('desk:area_results', args=[area])}?{urlencode({'period': period.key})}"


def _page(request: HttpRequest, area: int, period: Period) -> dict[str, Any]:
    actor = actor_of(request)
    found = results.results(actor, area, period.key)
    flags = reading.flags(actor, found.place, period)
    path = [{"place": one, "href": _address(one.area, period)} for one in places.path_of(area) if actor.lo <= one.lo and one.hi <= actor.hi]
    return {
        "found": found, "place": found.place, "period": period, "path": path, "stamp": freshness.stamp(area, period.key), "moment": clock.now(),
        "pulse": f"{reverse('desk:results_pulse', args=[area])}?{urlencode({'period': period.key})}",
        "guards": guards_of(area, period),
        "dimensions": [_flagged(dimension_of(one, found), one, flags) for one in found.dimensions], "total": total_of(found), "final": _final(found),
        "conditions": [condition_of(one) for one in found.conditions],
        "bare": [one.dimension.words for one in found.dimensions if not one.indicators and not one.dimension.pending]}


def guards_of(area: int, period: Period) -> str:
    """The page of what the guards found in a place and period."""
    return f"{reverse('desk:guards', args=[area])}?{urlencode({'period': period.key})}"


def _flagged(shown: dict[str, Any], one: DimensionResult, flags: Sequence[reading.Flag]) -> dict[str, Any]:
    """A dimension with what the guards say beside each of its figures."""
    for row, found in zip(shown["indicators"], one.indicators, strict=True):
        row["flags"] = reading.beside(flags, found.measure.fact)
    return shown


def total_of(found: Results) -> dict[str, Any] | None:
    """The points over all dimensions as a page shows them; None where nothing is evaluable."""
    total = found.total
    return {"reached": points(total.reached), "possible": points(total.possible), "sheet": points(total.sheet), "coverage": total.coverage,
            "is_comparable": total.is_comparable, "least": results.LEAST_COVERAGE} if total else None


def _final(found: Results) -> dict[str, Any] | None:
    """Points and satisfaction together, for a community under a standard that weighs them."""
    one = final_of(found)
    if one is None:
        return None
    said, own = one.satisfaction, 1 - one.weight.weight
    return {"reached": points(one.reached) if one.reached is not None else "", "possible": points(one.possible) if one.possible is not None else "",
            "index": decimal(said.index, 1) if said and said.index is not None else "", "satisfaction": said, "weight": one.weight.weight, "own": own,
            "is_proposed": one.weight.is_proposed}


STATES = {results.MET: (words("符合", "met"), "good"), results.UNMET: (words("不符合", "not met"), "bad"), results.OPEN: (words("尚不能判断", "not known yet"), "calm")}


def condition_of(one: ConditionResult) -> dict[str, Any]:
    """A necessary condition as a page shows it."""
    label, tone = STATES[one.state]
    return {"code": one.condition.code, "words": one.condition.words, "label": label, "tone": tone, "because": one.because, "is_met": one.state == results.MET}


def dimension_of(one: DimensionResult, found: Results) -> dict[str, Any]:
    """A dimension with its indicators as a page shows it."""
    return {
        "words": one.dimension.words, "indicators": [_indicator(row, found) for row in one.indicators], "possible": points(one.possible),
        "sheet": points(one.sheet_points), "reached": points(one.reached) if one.reached is not None else "", "coverage": one.coverage,
        "is_proposed": one.dimension.is_proposed, "has_points": bool(one.possible),
        "pending": [{"code": row.code, "words": row.words, "basis": row.basis_words, "points": points(row.points), "has_points": bool(row.points),
                     "is_proposed": row.is_points_proposed} for row in one.dimension.pending]}


def _indicator(one: IndicatorResult, found: Results) -> dict[str, Any]:
    return {
        "code": one.indicator.code, "words": one.measure.words, "figure": one.figure, "share": one.figure.share, "measure": one.measure, "receipt": one.receipt,
        "href": f"{reverse('desk:members', args=[found.place.area, one.indicator.code])}?{urlencode({'period': found.period.key})}",
        "about": _about(found, one),
        "reached": points(one.reached) if one.reached is not None else "", "possible": points(one.indicator.points), "has_points": bool(one.indicator.points),
        "is_proposed": one.indicator.is_points_proposed or one.indicator.is_scoring_proposed or one.measure.proposed, "scoring": one.scoring,
        "trend": trends.drawn(one.trend), "beside": one.beside, "mark": f"{found.place.area}-{one.indicator.code}"}


def _about(found: Results, one: IndicatorResult) -> str:
    """The page that explains an indicator."""
    return f"{reverse('desk:explanation', args=[found.place.area, one.indicator.code])}?{urlencode({'period': found.period.key})}"


def points(value: Fraction) -> str:
    """Points with at most two decimals, rounded half up; whole ones without."""
    hundredths = (value * 200 + 1) // 2
    whole, rest = divmod(int(hundredths), 100)
    return str(whole) if not rest else f"{whole}.{rest:02d}".rstrip("0")


def _heads(children: Sequence[Results]) -> list[Any]:
    """The dimensions as columns of the table of places below."""
    return [one.dimension.words for one in children[0].dimensions if one.possible] if children else []


def _child(one: Results, period: Period) -> dict[str, Any]:
    return {"place": one.place, "href": _address(one.place.area, period), "cells": cells_of(one)}


def cells_of(one: Results) -> list[dict[str, Any]]:
    """Points reached of those possible in each dimension that has any."""
    return [{"reached": points(row.reached) if row.reached is not None else "", "possible": points(row.possible), "label": row.dimension.words}
            for row in one.dimensions if row.possible]
