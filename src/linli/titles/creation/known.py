# SPDX-License-Identifier: MulanPSL-2.0
"""What is already known of a community when it applies: name, households, quarters, results under the frozen standard. Nobody types it."""

from typing import Any

from django.db.models import Count

from linli.core import clock
from linli.elements import places
from linli.elements.models import Building, Household
from linli.elements.places import KnownPlace
from linli.measures.grading import grade
from linli.measures.models import StandardVersion
from linli.measures.periods import year_of
from linli.measures.results import Results, results_of
from linli.measures.standards import sheet_of
from linli.titles.models import Batch

MOST_QUARTERS = 60


def of(area: int, batch: Batch) -> dict[str, Any]:
    """The facts of an application as plain values, inside the sight in force; six queries at most."""
    place = places.place_by_area(area)
    quarters = Building.objects.within(place.lo, place.hi).filter(valid_to=None).values("quarter").annotate(count=Count("id")).order_by("quarter")
    found: dict[str, Any] = {
        "name": place.name, "code": place.code, "at": clock.now().isoformat(),
        "households": Household.objects.within(place.lo, place.hi).filter(ended_on=None).count(),
        "quarters": [[one["quarter"], one["count"]] for one in quarters[:MOST_QUARTERS]],
    }
    return found | results(place, batch)


def results(place: KnownPlace, batch: Batch) -> dict[str, Any]:
    """The community's own results under the batch's frozen standard as they are now; fractions as text. Empty without a standard."""
    if batch.standard_id is None:
        return {}
    return told(results_of(place, year_of(batch.year), clock.now(), sheet_of(StandardVersion.objects.get(pk=batch.standard_id))))


def told(found: Results) -> dict[str, Any]:
    """Results as plain values: by dimension, necessary conditions, points reached of those possible, coverage and grade."""
    total, graded = found.total, grade(found)
    return {
        "dimensions": [{"code": one.dimension.code, "zh": one.dimension.words.zh, "en": one.dimension.words.en, "reached": None if one.reached is None else str(one.reached),
                        "possible": str(one.possible), "sheet": str(one.sheet_points)} for one in found.dimensions if one.sheet_points],
        "conditions": [{"code": one.condition.code, "zh": one.condition.words.zh, "en": one.condition.words.en, "state": one.state} for one in found.conditions],
        "reached": str(total.reached) if total else None, "possible": str(total.possible) if total else None, "sheet": str(total.sheet) if total else None,
        "coverage": str(total.coverage) if total else "0", "is_covered": bool(total and total.is_comparable), "grade": graded.state,
        "reasons": [[one.zh, one.en] for one in graded.reasons],
    }
