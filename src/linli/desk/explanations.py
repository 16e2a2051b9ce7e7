# SPDX-License-Identifier: MulanPSL-2.0
"""One indicator of a place in plain words: what it counts and why, how its points follow, its months, the levels above, and what joined since last month."""

from fractions import Fraction
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path, reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_GET

from linli.core.sight import looking, of_post
from linli.desk import figures, trends
from linli.doors.guards import able
from linli.doors.requests import actor_of
from linli.elements import places
from linli.measures import explaining, results
from linli.measures.explaining import Joined, Level
from linli.measures.norms.citing import citations
from linli.measures.norms.keeping import SEE
from linli.measures.results import IndicatorResult, Results

SHAPES = ("circle", "diamond", "square")
"""Each level has a shape of its own, so that the line does not rest on colour."""
LINE, EDGE = 600, 16


@require_GET
@able("results.see")
def page(request: HttpRequest, area: int, code: str) -> HttpResponse:
    """The explanation of an indicator for a place within the post's range. NotVisible for a code that the sheet does not measure."""
    actor, period = actor_of(request), figures.period_of(request)
    with looking(of_post(actor), read_only=True):
        found = results.results(actor, area, period.key)
        one = found.of(code)
        levels = explaining.levels_above(actor, area, period.key, one.measure)
        joined = explaining.joined(actor, one.measure.code, area, one.measure)
        return render(request, "desk/explanation.html", _facts(found, one) | {
            "may_norms": actor.may(SEE), "period": period, "periods": figures.choices(period), "line": _line(found, one, levels), "joined": _joined(joined, area, code),
            "path": [each for each in places.path_of(area) if actor.lo <= each.lo and each.hi <= actor.hi]})


def _facts(found: Results, one: IndicatorResult) -> dict[str, Any]:
    dimension = next(each.dimension for each in found.dimensions if each.dimension.code == one.indicator.dimension)
    query = urlencode({"period": found.period.key})
    return {
        "place": found.place, "one": one, "how": explaining.how_points(one), "dimension": dimension.words, "sheet": found.sheet,
        "sources": citations(one.indicator.source, one.indicator.norms), "is_proposed": one.indicator.is_points_proposed or one.indicator.is_scoring_proposed,
        "points": figures.points(one.indicator.points), "has_points": bool(one.indicator.points), "trend": trends.drawn(one.trend),
        "months": [each for each in one.trend if not each.is_ahead],
        "records": f"{reverse('desk:members', args=[found.place.area, one.indicator.code])}?{query}",
        "back": f"{reverse('desk:area_results', args=[found.place.area])}?{query}"}


def _line(found: Results, one: IndicatorResult, levels: tuple[Level, ...]) -> list[dict[str, Any]]:
    """The place and the levels above on one line from 0 to 100 %; empty where there is nothing to set beside it."""
    if one.figure.share is None or not levels:
        return []
    shown = [(found.place, one.figure.share), *((each.place, each.share) for each in levels)]
    return [{"place": place, "share": share, "shape": shape, "x": f"{EDGE + (LINE - 2 * EDGE) * float(min(share, Fraction(1))):.1f}"}
            for (place, share), shape in zip(shown, SHAPES, strict=False)]


def _joined(found: Joined | None, area: int, code: str) -> dict[str, Any] | None:
    if found is None:
        return None
    return {"count": found.count, "good": sum(one.is_in_numerator for one in found.rows), "shown": len(found.rows), "month": found.month.key, "before": found.before.key,
            "figure": found.figure, "earlier": found.earlier, "href": f"{reverse('desk:members', args=[area, code])}?{urlencode({'period': found.month.key})}"}


ADDRESSES = [path("results/<int:area>/<str:code>/about", page, name="explanation")]
