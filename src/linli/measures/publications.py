# SPDX-License-Identifier: MulanPSL-2.0
"""What is made public with a digest: scores, formulas and watermark, kept word for word, so that anybody can check them later."""

from collections.abc import Iterable, Sequence
from typing import Any

from linli.core import clock
from linli.core.actions import Call
from linli.core.sight import looking, of_place
from linli.elements import places
from linli.measures.grading import grade
from linli.measures.models import Publication, StandardVersion
from linli.measures.periods import parse
from linli.measures.results import Results, results_of
from linli.measures.standards import digest, sheet_of

FORM = "linli-publication-1"


def make(call: Call, *, occasion: str, reference: int, areas: Iterable[int], period: str, standard: StandardVersion) -> Publication:
    """Keep what is published about these communities inside the running action; the same content is kept once."""
    content = content_of(areas, period, standard)
    found, _ = Publication.objects.get_or_create(
        digest=digest(content), defaults={"occasion": occasion, "reference": reference, "content": content, "made_at": call.recorded_at})
    return found


def content_of(areas: Iterable[int], period: str, standard: StandardVersion) -> dict[str, Any]:
    """What a publication says: the standard's content and digest, and each community's receipts and totals, in order of area; fractions as text."""
    sheet, chosen, communities = sheet_of(standard), parse(period), list[dict[str, Any]]()
    for area in sorted(set(areas)):
        place = places.place_by_area(area)
        with looking(of_place(place.lo, place.hi)):
            communities.append(_community(results_of(place, chosen, clock.now(), sheet)))
    return {"form": FORM, "period": period, "standard": {"code": sheet.code, "version": sheet.version, "digest": sheet.digest, "content": standard.content},
            "communities": communities}


def _community(found: Results) -> dict[str, Any]:
    total, graded = found.total, grade(found)
    return {
        "area": found.place.area, "code": found.place.code, "name": found.place.name, "grade": graded.state,
        "reached": str(total.reached) if total else None, "possible": str(total.possible) if total else None,
        "coverage": str(total.coverage) if total else None,
        "conditions": [{"code": one.condition.code, "state": one.state} for one in found.conditions],
        "indicators": _indicators(found),
    }


def _indicators(found: Results) -> Sequence[dict[str, Any]]:
    return [{"code": one.indicator.code, "measure": one.receipt.measure, "version": one.receipt.version, "numerator": one.figure.numerator,
             "denominator": one.figure.denominator, "watermark": one.receipt.watermark,
             "reached": str(one.reached) if one.reached is not None else None} for one in found.indicators]
