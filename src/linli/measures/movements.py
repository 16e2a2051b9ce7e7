# SPDX-License-Identifier: MulanPSL-2.0
"""Movements of a place's results: which dimension went up or down against an earlier period, and by which indicators; one sheet for both."""

from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction

from linli.elements.places import KnownPlace
from linli.measures.periods import Period, month_of, year_of
from linli.measures.results import IndicatorResult, results_of
from linli.measures.standards import Dimension, Sheet


@dataclass(frozen=True)
class Moved:
    """One indicator: points then and now."""

    now: IndicatorResult
    before: IndicatorResult

    @property
    def by(self) -> Fraction:
        """Points gained, or lost where it is below nought; exact."""
        return (self.now.reached or Fraction(0)) - (self.before.reached or Fraction(0))


@dataclass(frozen=True)
class Movement:
    """One dimension with the indicators that moved it, in the sheet's order; only what could be evaluated both times."""

    dimension: Dimension
    rows: tuple[Moved, ...]

    @property
    def by(self) -> Fraction:
        """Points gained over all of them."""
        return sum((one.by for one in self.rows), Fraction(0))


@dataclass(frozen=True)
class Movements:
    """All dimensions that moved; `compared` indicators could be evaluated both times, `missing` in one of the two periods only."""

    now: Period
    before: Period
    dimensions: tuple[Movement, ...]
    compared: int
    missing: int


def earlier(period: Period) -> Period:
    """The month or year before."""
    if period.is_year:
        return year_of(int(period.key) - 1)
    year, month = int(period.key[:4]), int(period.key[5:])
    return month_of(year, month - 1) if month > 1 else month_of(year - 1, 12)


def movements(place: KnownPlace, now: Period, moment: datetime, sheet: Sheet | None) -> Movements:
    """What moved against the period before, both read by the sheet of today. Two queries; the caller has seen to sight and rights."""
    before = earlier(now)
    new, old = results_of(place, now, moment, sheet), results_of(place, before, moment, sheet)
    found, compared, missing = [], 0, 0
    for late, early in zip(new.dimensions, old.dimensions, strict=False):
        pairs = [Moved(one, other) for one, other in zip(late.indicators, early.indicators, strict=True) if one.indicator.points]
        both = [one for one in pairs if one.now.reached is not None and one.before.reached is not None]
        compared += len(both)
        missing += sum((one.now.reached is None) is not (one.before.reached is None) for one in pairs)
        moved = tuple(one for one in both if one.by)
        if moved:
            found.append(Movement(late.dimension, moved))
    return Movements(now, before, tuple(found), compared, missing)
