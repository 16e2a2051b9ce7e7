# SPDX-License-Identifier: MulanPSL-2.0
"""What the public sees of a community's own results: no count under five, and nothing from which one could be worked out."""

from dataclasses import dataclass
from fractions import Fraction

from linli.core import clock
from linli.core.faults import NotVisible
from linli.core.sight import looking, of_place
from linli.core.words import Words
from linli.elements import places
from linli.elements.places import KnownPlace
from linli.measures.declarations import fact_of
from linli.measures.periods import Period, parse
from linli.measures.results import COUNTED_LEVELS, NOT_EVALUABLE, Figure, IndicatorResult, results_of
from linli.measures.scoring import percent

SMALLEST = 5
"""Counts under this are not shown (house.md part 3; issue 2: cells under 5 hidden)."""
UNDER = f"<{SMALLEST}"


@dataclass(frozen=True)
class PublicIndicator:
    """One figure for the public: texts only. `state_words` is None when there is a figure."""

    code: str
    words: Words
    dimension: Words
    counted: Words
    share: str
    numerator: str
    denominator: str
    is_hidden: bool
    state_words: Words | None
    is_proposed: bool


@dataclass(frozen=True)
class PublicResults:
    """A community's (street's, district's, city's) own results for the public: no points, no order, no comparison."""

    place: KnownPlace
    period: Period
    indicators: tuple[PublicIndicator, ...]


def public_results(area: int, period: str) -> PublicResults:
    """What anybody may see of one place. Opens the sight of that place itself. NotVisible for an unknown one or a grid."""
    place, chosen = places.find_place(area), parse(period)
    if place is None or place.level not in COUNTED_LEVELS:
        raise NotVisible
    with looking(of_place(place.lo, place.hi), read_only=True):
        found = results_of(place, chosen, clock.now())
    names = {one.dimension.code: one.dimension.words for one in found.dimensions}
    return PublicResults(place, chosen, tuple(_shown(one, names[one.indicator.dimension]) for one in found.indicators))


def count_shown(count: int) -> str:
    """A count for the public: `<5` for everything under five, nought included."""
    return str(count) if count >= SMALLEST else UNDER


def share_shown(figure: Figure) -> str:
    """A share for the public; a bound where the share would give away a count of one to four; empty when it is hidden."""
    share, whole = figure.share, figure.denominator
    if share is None or whole < SMALLEST:
        return ""
    rest = whole - figure.numerator
    if 0 < figure.numerator < SMALLEST and 0 < rest < SMALLEST:
        return ""
    if 0 < figure.numerator < SMALLEST:
        return f"<{percent(Fraction(SMALLEST, whole))}"
    if 0 < rest < SMALLEST:
        return f">{percent(1 - Fraction(SMALLEST, whole))}"
    return percent(share)


def _shown(one: IndicatorResult, dimension: Words) -> PublicIndicator:
    figure, measure = one.figure, one.measure
    nothing = figure.denominator == 0
    if not fact_of(measure.fact).about_people:
        return PublicIndicator(
            code=one.indicator.code, words=measure.words, dimension=dimension, counted=measure.counted, share=figure.percent,
            numerator="" if nothing else str(figure.numerator), denominator="" if nothing else str(figure.denominator),
            is_hidden=False, state_words=NOT_EVALUABLE if nothing else None, is_proposed=measure.proposed)
    rest = figure.denominator - figure.numerator
    numerator = UNDER if figure.numerator < SMALLEST or 0 < rest < SMALLEST else str(figure.numerator)
    if figure.numerator >= SMALLEST and 0 < rest < SMALLEST:
        numerator = f">{figure.denominator - SMALLEST}"
    return PublicIndicator(
        code=one.indicator.code, words=measure.words, dimension=dimension, counted=measure.counted, share=share_shown(figure),
        numerator="" if nothing else numerator, denominator="" if nothing else count_shown(figure.denominator),
        is_hidden=0 < figure.denominator < SMALLEST, state_words=NOT_EVALUABLE if nothing else None, is_proposed=measure.proposed)
