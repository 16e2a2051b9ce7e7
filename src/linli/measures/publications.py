# SPDX-License-Identifier: MulanPSL-2.0
"""What is made public with a digest: scores, formulas and watermark, kept word for word, so that anybody can recompute and check them later."""

import hmac
from collections.abc import Iterable, Mapping
from dataclasses import asdict
from fractions import Fraction
from typing import Any

from django.conf import settings

from linli.core import clock, seals
from linli.core.actions import Call
from linli.core.sight import looking, of_place
from linli.elements import places
from linli.measures.compiler import whole_scan
from linli.measures.declarations import Measure, fact_of, find_measure
from linli.measures.freshness import watermark
from linli.measures.grading import grade
from linli.measures.models import Opening, Publication, StandardVersion
from linli.measures.periods import parse
from linli.measures.proving.reading import ALGORITHM, CANONICAL, FORM, commitment, digest
from linli.measures.proving.recomputing import SET_ASIDE
from linli.measures.published import SMALLEST
from linli.measures.results import LEAST_COVERAGE, DimensionResult, IndicatorResult, Results, results_of
from linli.measures.standards import Sheet, sheet_of

__all__ = ["FORM", "content_of", "make"]


def make(call: Call, *, occasion: str, reference: int, areas: Iterable[int], period: str, standard: StandardVersion) -> Publication:
    """Keep what is published about these communities inside the running action; the same content is kept once."""
    gathered = _Gathered(occasion, reference, period)
    content = _content(gathered, areas, standard)
    found, is_new = Publication.objects.get_or_create(
        digest=digest(content), defaults={"occasion": occasion, "reference": reference, "content": content, "made_at": call.recorded_at})
    if is_new:
        for area, rows in gathered.openings.items():
            place = places.place_by_area(area)
            with looking(of_place(place.lo, place.hi)):
                Opening.objects.bulk_create([Opening(area=area, publication=found, **row) for row in rows])
    return found


def content_of(areas: Iterable[int], period: str, standard: StandardVersion, *, occasion: str = "", reference: int = 0) -> dict[str, Any]:
    """What a publication says: the standard's content and digest, the formulas, and each community's receipts and totals in order of area; fractions as text."""
    return _content(_Gathered(occasion, reference, period), areas, standard)


class _Gathered:
    """What belongs to one publication while it is written: the openings of what it withholds, and where the salts come from."""

    def __init__(self, occasion: str, reference: int, period: str) -> None:
        self.occasion, self.reference, self.period = occasion, reference, period
        self.openings: dict[int, list[dict[str, Any]]] = {}

    def withhold(self, area: int, one: IndicatorResult) -> str:
        """The commitment to the counts of one figure. The salt is made by a key, so that the same content has the same digest and nobody can guess it."""
        code, figure = one.indicator.code, one.figure
        said = f"{self.occasion}|{self.reference}|{self.period}|{area}|{code}|{figure.numerator}|{figure.denominator}"
        salt = hmac.digest(settings.SECRET_KEY.encode(), f"publication|{said}".encode(), "sha256").hex()
        self.openings.setdefault(area, []).append({
            "code": code, "numerator": figure.numerator, "denominator": figure.denominator, "salt": salt, "reached": _text(one.reached) or ""})
        return commitment(code, figure.numerator, figure.denominator, salt)


def _content(gathered: _Gathered, areas: Iterable[int], standard: StandardVersion) -> dict[str, Any]:
    sheet, chosen, communities = sheet_of(standard), parse(gathered.period), list[dict[str, Any]]()
    for area in sorted(set(areas)):
        place = places.place_by_area(area)
        with looking(of_place(place.lo, place.hi)):
            communities.append(_community(results_of(place, chosen, clock.now(), sheet), gathered))
    seal = seals.newest()
    return {
        "form": FORM, "digest_algorithm": ALGORITHM, "canonical": CANONICAL, "occasion": gathered.occasion, "reference": gathered.reference,
        "period": gathered.period, "rules": {"least_coverage": str(LEAST_COVERAGE), "smallest_count": SMALLEST},
        "journal": {"watermark": watermark(), "seal": asdict(seal) if seal else None},
        "standard": {"code": sheet.code, "version": sheet.version, "digest": sheet.digest, "content": standard.content},
        "measures": formulas(sheet), "communities": communities}


def formulas(sheet: Sheet) -> list[dict[str, Any]]:
    """What each measure of a sheet counts: in words, and as the very text that the database runs."""
    wanted = {(one.measure, one.measure_version) for dimension in sheet.dimensions for one in dimension.indicators}
    return [_formula(measure, version) for code, version in sorted(wanted) if (measure := find_measure(code)) is not None]


def _formula(measure: Measure, version: int) -> dict[str, Any]:
    fact = fact_of(measure.fact)
    said: Mapping[str, Any] = {name: words.as_dict() for name, words in (
        ("name", measure.words), ("counted", measure.counted), ("left_out", measure.left_out), ("error", measure.error))}
    return {"code": measure.code, "version": version, "source": measure.source, "fact_set": fact.name, "is_about_people": fact.about_people,
            "formula": whole_scan(fact, (measure,)).sql(), **said}


def _community(found: Results, gathered: _Gathered) -> dict[str, Any]:
    total, hidden = found.total, {one.indicator.code for dimension in found.dimensions for one in withheld(dimension)}
    return {
        "area": found.place.area, "code": found.place.code, "name": found.place.name, "grade": grade(found).state,
        "reached": _text(total.reached if total else None), "possible": _text(total.possible if total else None),
        "coverage": _text(total.coverage if total else None),
        "dimensions": [_dimension(one, hidden) for one in found.dimensions],
        "conditions": [{"code": one.condition.code, "state": one.state} for one in found.conditions],
        "indicators": [_indicator(one, found.place.area, one.indicator.code in hidden, gathered) for one in found.indicators]}


def withheld(dimension: DimensionResult) -> list[IndicatorResult]:
    """The figures of a dimension whose counts are not shown: those about people with a count under five, and where only one of them has points a
    second one beside it, since a sum of one would say it all (decision 0047)."""
    small = [one for one in dimension.indicators if is_small(one)]
    scored = [one for one in small if one.reached is not None]
    others = [one for one in dimension.indicators if one.reached is not None and one not in small]
    if len(scored) == 1 and others:
        small.append(min(others, key=lambda one: (not fact_of(one.measure.fact).about_people, one.figure.denominator, one.indicator.code)))
    return small


def is_small(one: IndicatorResult) -> bool:
    """True for a figure about people with a count from one to four: above the line, what is missing to the whole, or below it."""
    figure = one.figure
    counts = [figure, *([figure.computed] if figure.computed else [])]
    return fact_of(one.measure.fact).about_people and any(
        0 < count < SMALLEST for each in counts for count in (each.numerator, each.denominator - each.numerator, each.denominator))


def _dimension(one: DimensionResult, hidden: set[str]) -> dict[str, Any]:
    held = [row for row in one.indicators if row.indicator.code in hidden and row.reached is not None]
    together = sum((row.reached for row in held if row.reached is not None), Fraction(0))
    return {"code": one.dimension.code, "possible": str(one.possible), "evaluable": str(one.evaluable), "reached": _text(one.reached),
            "withheld": {"codes": [row.indicator.code for row in held], "reached": str(together)} if held else None}


def _indicator(one: IndicatorResult, area: int, is_hidden: bool, gathered: _Gathered) -> dict[str, Any]:
    figure, receipt = one.figure, one.receipt
    said: dict[str, Any] = {
        "code": one.indicator.code, "measure": receipt.measure, "version": receipt.version, "state": _state(one), "is_withheld": False, "numerator": figure.numerator,
        "denominator": figure.denominator, "commitment": None, "holds": one.holds if figure.denominator else None, "reached": _text(one.reached),
        "watermark": receipt.watermark, "computed_at": receipt.computed_at.isoformat() if receipt.computed_at else None, "edition": receipt.edition,
        "override": {"computed_numerator": figure.computed.numerator, "computed_denominator": figure.computed.denominator, "by": 2} if figure.computed else None}
    if not is_hidden:
        return said
    return said | {"is_withheld": True, "numerator": None, "denominator": None, "reached": None, "commitment": gathered.withhold(area, one),
                   "override": {"computed_numerator": None, "computed_denominator": None, "by": 2} if figure.computed else None}


def _state(one: IndicatorResult) -> str:
    """How the figure stands; `set_aside` for one that could be scored and is not, whoever decided so."""
    figure, indicator = one.figure, one.indicator
    is_scorable = figure.denominator > 0 and indicator.scorer is not None and indicator.points > 0
    return SET_ASIDE if is_scorable and one.reached is None else figure.state


def _text(value: Fraction | None) -> str | None:
    return None if value is None else str(value)
