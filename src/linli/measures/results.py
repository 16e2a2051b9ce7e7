# SPDX-License-Identifier: MulanPSL-2.0
"""Results of an area: each figure with its receipt, its points under the standard in force, its trend, and the records behind it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from fractions import Fraction
from typing import Any

from django.db import connection

from linli.core import clock
from linli.core.faults import NotAble, NotVisible
from linli.core.sight import Actor
from linli.core.words import Words, words
from linli.elements import places
from linli.elements.places import KnownPlace
from linli.measures.closing import editions, reading
from linli.measures.closing.packing import Row
from linli.measures.compiler import members_query
from linli.measures.declarations import FactSet, Measure, fact_of, find_measure
from linli.measures.kept import NOT_EVALUABLE as NOT_EVALUABLE
from linli.measures.kept import NOTHING, Values, values_of
from linli.measures.kept import Figure as Figure
from linli.measures.periods import Period, parse, window
from linli.measures.standards import FULL, Condition, Dimension, Indicator, Need, Sheet, sheet_on

ABILITY = "results.see"
COUNTED_LEVELS = ("city", "district", "street", "community")
MOST_MEMBERS, BLOCK = 500, 2_000
LAST_ID = 2**63 - 1
LEAST_COVERAGE = Fraction(4, 5)
"""Below this share of the sheet's points a place is not compared and cannot be named (拟; issue of standards)."""
MET, UNMET, OPEN = "met", "unmet", "open"


@dataclass(frozen=True)
class Receipt:
    """How a figure came about: measure version, period, newest journal line seen, when it last changed (None: never counted).

    `edition` is that of the closed period which the figure comes from; None while the period is open.
    """

    measure: str
    version: int
    period: str
    watermark: int
    computed_at: datetime | None
    edition: int | None = None


@dataclass(frozen=True)
class Point:
    """One month of a trend; `is_ahead` for a month that has not begun."""

    period: str
    figure: Figure
    is_ahead: bool


@dataclass(frozen=True)
class IndicatorResult:
    """One indicator for one area: figure, receipt, trend, points. `reached` is None when there is nothing to score."""

    indicator: Indicator
    measure: Measure
    figure: Figure
    receipt: Receipt
    trend: tuple[Point, ...]
    reached: Fraction | None
    beside: "Figure | None" = None

    @property
    def holds(self) -> bool:
        """What the indicator decides of a necessary condition: wholly reached, reached at all, or to a least share, as the sheet says."""
        need = self.indicator.need or Need("", FULL)
        return need.holds(self.figure.numerator, self.figure.denominator)

    @property
    def scoring(self) -> Words | None:
        """The scoring in words; None for an indicator that is only watched."""
        return self.indicator.scorer.words if self.indicator.scorer else None


@dataclass(frozen=True)
class DimensionResult:
    """A dimension: its indicators, points reached of those possible, and how much of the sheet that covers.

    `possible` are the points of the measured indicators, `sheet_points` those of the whole sheet. Points of a measured one
    without anything to count are spread over the rest of the dimension (policy.md 3.3), those of what is pending or not yet looked at are not;
    `reached` is None when nothing is evaluable.
    """

    dimension: Dimension
    indicators: tuple[IndicatorResult, ...]
    possible: Fraction
    evaluable: Fraction
    reached: Fraction | None

    @property
    def sheet_points(self) -> Fraction:
        """Points of the dimension on the whole sheet."""
        return self.dimension.points

    @property
    def coverage(self) -> Fraction | None:
        """Share of the sheet's points that rests on evaluable indicators; None for a dimension without points."""
        return self.evaluable / self.dimension.points if self.dimension.points else None


@dataclass(frozen=True)
class ConditionResult:
    """A necessary condition: `met`, `unmet` by the indicators named, or `open` while one of them cannot be judged."""

    condition: Condition
    state: str
    because: tuple[Words, ...]


@dataclass(frozen=True)
class Total:
    """Points over all dimensions: reached of those possible here, the whole sheet's, and the share that rests on evaluable indicators."""

    reached: Fraction
    possible: Fraction
    sheet: Fraction
    coverage: Fraction

    @property
    def is_comparable(self) -> bool:
        """Enough of the sheet is covered for a comparison."""
        return self.coverage >= LEAST_COVERAGE


@dataclass(frozen=True)
class Results:
    """All results of one area and period under the standard in force (None where none is published)."""

    place: KnownPlace
    period: Period
    sheet: Sheet | None
    dimensions: tuple[DimensionResult, ...]
    is_running: bool
    stamp: str

    @property
    def indicators(self) -> tuple[IndicatorResult, ...]:
        """All indicators in the sheet's order."""
        return tuple(one for dimension in self.dimensions for one in dimension.indicators)

    @property
    def total(self) -> Total | None:
        """The points over all dimensions; None without a standard or while nothing is evaluable."""
        scored = [one for one in self.dimensions if one.reached is not None]
        if self.sheet is None or not self.sheet.points or not scored:
            return None
        evaluable = sum((one.evaluable for one in self.dimensions), Fraction(0))
        reached, possible = sum((one.reached or Fraction(0) for one in scored), Fraction(0)), sum((one.possible for one in self.dimensions), Fraction(0))
        return Total(reached, possible, self.sheet.points, evaluable / self.sheet.points)

    @property
    def conditions(self) -> tuple[ConditionResult, ...]:
        """The necessary conditions: each beats any score when it is not met."""
        return tuple(self._condition(one) for one in self.sheet.conditions) if self.sheet else ()

    def _condition(self, condition: Condition) -> ConditionResult:
        broken = [one for one in self.indicators if _decides(one.indicator.need, condition) and one.figure.denominator and not one.holds]
        unknown = [one.measure.words for one in self.indicators if _decides(one.indicator.need, condition) and not one.figure.denominator]
        unknown += [one.words for each in self.dimensions for one in each.dimension.pending if _decides(one.need, condition)]
        if broken:
            return ConditionResult(condition, UNMET, tuple(one.measure.words for one in broken))
        return ConditionResult(condition, OPEN if unknown else MET, tuple(unknown))

    def of(self, code: str) -> IndicatorResult:
        """The result of an indicator; NotVisible when the sheet has none of that code."""
        for one in self.indicators:
            if one.indicator.code == code:
                return one
        raise NotVisible


@dataclass(frozen=True)
class Member:
    """One record behind a figure; `part` and `whole` are what it adds to the numerator and the denominator.

    `what` says which of several things of the record is meant; None where the record says enough.
    """

    id: int
    record_kind: str
    record: int
    area: int
    is_in_numerator: bool
    part: int
    whole: int
    what: Words | None = None


@dataclass(frozen=True)
class Members:
    """A page of records behind a figure, newest first; `next_cursor` is None on the last one.

    `edition` is that of a closed period whose kept records these are; `is_kept` is False where that edition could not keep them.
    """

    measure: Measure
    place: KnownPlace
    period: Period
    rows: tuple[Member, ...]
    next_cursor: int | None
    edition: int | None = None
    is_kept: bool = True


def place_for(actor: Actor, area: int) -> KnownPlace:
    """The place, if the whole of it lies in the actor's range and figures are kept for its level. NotVisible or NotAble otherwise."""
    found = places.find_place(area)
    if found is None or found.level not in COUNTED_LEVELS or found.lo < actor.lo or found.hi > actor.hi:
        raise NotVisible
    if not actor.may(ABILITY):
        raise NotAble
    return found


def results(actor: Actor, area: int, period: str, at: datetime | None = None) -> Results:
    """The results of a place the actor may see, under the standard in force in the period (at its end, or `at`, now); two queries at most."""
    return results_of(place_for(actor, area), parse(period), at or clock.now())


def children_results(actor: Actor, area: int, period: str, at: datetime | None = None) -> tuple[Results, ...]:
    """The results of the places one level down, inside the offices; in order of name, never of value. No trend."""
    place, chosen, moment = place_for(actor, area), parse(period), at or clock.now()
    below = [one for one in places.children(place.area) if one.level in COUNTED_LEVELS]
    values = values_of([one.area for one in below], [chosen.key])
    return tuple(assembled(one, chosen, moment, values, ()) for one in below)


@dataclass(frozen=True)
class Line:
    """The figures of one place for some measures, in the order in which they were asked."""

    place: KnownPlace
    figures: tuple[Figure, ...]


def table(actor: Actor, area: int, period: str, codes: Sequence[str]) -> tuple[Line, ...]:
    """A place and the places one level down, in order of name, with the figures of these measures; one query."""
    place, chosen = place_for(actor, area), parse(period)
    shown = [place, *(one for one in places.children(place.area) if one.level in COUNTED_LEVELS)]
    values = values_of([one.area for one in shown], [chosen.key])
    wanted = [(code, found.version) for code in codes if (found := find_measure(code)) is not None]
    return tuple(Line(one, tuple(values.get((one.area, chosen.key, *name), (NOTHING,))[0] for name in wanted)) for one in shown)


def trends_of(actor: Actor, area: int, period: str, codes: Sequence[str]) -> dict[str, tuple[Point, ...]]:
    """The twelve months of these measures in one place; one query."""
    place, months, moment = place_for(actor, area), trend_months(parse(period)), clock.now()
    values = values_of([place.area], [one.key for one in months])
    found = [measure for code in codes if (measure := find_measure(code)) is not None]
    return {one.code: tuple(Point(month.key, values.get((place.area, month.key, one.code, one.version), (NOTHING,))[0], month.start > moment)
                            for month in months) for one in found}


def receipt_of(actor: Actor, code: str, area: int, period: str) -> tuple[Measure, Figure, Receipt]:
    """One measure of a place with its figure and receipt, on a sheet or not. NotVisible for a measure nobody declared."""
    place, chosen, measure = place_for(actor, area), parse(period), find_measure(code)
    if measure is None:
        raise NotVisible
    kept = values_of([place.area], [chosen.key]).get((place.area, chosen.key, measure.code, measure.version))
    figure, watermark, computed_at = kept or (NOTHING, 0, None)
    return measure, figure, Receipt(measure.code, measure.version, chosen.key, watermark, computed_at, editions.edition_of(chosen.key))


def members(actor: Actor, code: str, area: int, period: str, cursor: int | None = None, limit: int = 100) -> Members:
    """The records behind a figure, by the very conditions that counted it; keyset pages by `cursor`. NotVisible for a measure nobody declared."""
    place, chosen, measure = place_for(actor, area), parse(period), find_measure(code)
    if measure is None:
        raise NotVisible
    fact, most = fact_of(measure.fact), max(1, min(limit, MOST_MEMBERS))
    if (kept := _kept(place, chosen, measure)) is not None:
        return _page_of(kept, (measure, place, chosen), LAST_ID if cursor is None else cursor, most)
    given = window(chosen, clock.now()).parameters() | {
        "lo": max(place.lo, actor.lo), "hi": min(place.hi, actor.hi), "before": LAST_ID if cursor is None else cursor, "most": most + 1}
    with connection.cursor() as asked:
        asked.execute(members_query(fact, measure).sql("postgres"), given)
        found = asked.fetchall()
    rows = tuple(_member(fact, row) for row in found[:most])
    return Members(measure, place, chosen, rows, rows[-1].id if len(found) > most else None)


def all_members(actor: Actor, code: str, area: int, period: str) -> Iterator[Member]:
    """Every record behind a figure, newest first, however many: read in blocks, inside the sight that the caller has set."""
    place, chosen, measure = place_for(actor, area), parse(period), find_measure(code)
    if measure is None:
        raise NotVisible
    fact = fact_of(measure.fact)
    if (kept := _kept(place, chosen, measure)) is not None:
        yield from (_frozen_member(fact, place, one) for one in kept.rows)
        return
    given = window(chosen, clock.now()).parameters() | {"lo": max(place.lo, actor.lo), "hi": min(place.hi, actor.hi), "before": LAST_ID, "most": None}
    with connection.chunked_cursor() as asked:
        asked.execute(members_query(fact, measure).sql("postgres"), given)
        while found := asked.fetchmany(BLOCK):
            yield from (_member(fact, row) for row in found)


def _kept(place: KnownPlace, period: Period, measure: Measure) -> reading.KeptRecords | None:
    """The records as a closed period published them, of a community; None while it is open, and for levels above, whose records are counted anew."""
    if place.level != "community" or editions.edition_of(period.key) is None:
        return None
    return reading.records_of(place.area, period.key, measure.key)


def _page_of(kept: reading.KeptRecords, of: tuple[Measure, KnownPlace, Period], before: int, most: int) -> Members:
    measure, place, period = of
    found = [one for one in kept.rows if one.id < before][:most + 1]
    rows = tuple(_frozen_member(fact_of(measure.fact), place, one) for one in found[:most])
    return Members(measure, place, period, rows, rows[-1].id if len(found) > most else None, editions.edition_of(period.key), kept.is_kept)


def _frozen_member(fact: FactSet, place: KnownPlace, row: Row) -> Member:
    return _member(fact, (row.id, row.record, place.area + row.offset, row.is_inside, row.part, row.whole, row.what))


def _member(fact: FactSet, row: Sequence[Any]) -> Member:
    what = fact.what_words.get(row[6]) or (words(row[6], row[6]) if row[6] else None)
    return Member(row[0], fact.record_kind, row[1], row[2], row[3], row[4], row[5], what)


def _decides(need: Need | None, condition: Condition) -> bool:
    return need is not None and need.condition == condition.code


def results_of(place: KnownPlace, period: Period, moment: datetime, sheet: Sheet | None = None) -> Results:
    """The results of a place, whoever asks: the caller has seen to sight and rights. Under `sheet`, else the one in force in the period."""
    months = trend_months(period)
    values = values_of([place.area], [period.key, *(one.key for one in months)])
    return assembled(place, period, moment, values, months, sheet)


def trend_months(period: Period) -> tuple[Period, ...]:
    """Twelve months: those of a year, or the twelve that end with a month."""
    if period.is_year:
        return period.months()
    year, month = int(period.key[:4]), int(period.key[5:])
    earlier = parse(str(year - 1)).months() if year > 2000 else ()
    return (*earlier, *parse(str(year)).months())[month:month + 12]


def assembled(place: KnownPlace, period: Period, moment: datetime, values: Values, months: Sequence[Period], given: Sheet | None = None) -> Results:
    """Results from figures in hand, of many places at once without a query for each. Under `given`, else the sheet in force."""
    sheet = given or sheet_on(_day_of(period, moment))
    dimensions = tuple(_dimension(one, place, period, moment, values, months) for one in sheet.dimensions) if sheet else ()
    newest = max((kept[2] for key, kept in values.items() if key[:2] == (place.area, period.key)), default=None)
    return Results(place, period, sheet, dimensions, is_running=period.end > moment, stamp=newest.isoformat() if newest else "none")


def _day_of(period: Period, moment: datetime) -> date:
    return clock.local(min(moment, period.end - timedelta(microseconds=1))).date()


def _dimension(dimension: Dimension, place: KnownPlace, period: Period, moment: datetime, values: Values,
               months: Sequence[Period]) -> DimensionResult:
    rows = [_indicator(one, place, period, moment, values, months) for one in dimension.indicators]
    possible = sum((one.indicator.points for one in rows if one.reached is not None or not one.indicator.is_seen), Fraction(0))
    evaluable = sum((one.indicator.points for one in rows if one.reached is not None), Fraction(0))
    reached = sum((one.reached for one in rows if one.reached is not None), Fraction(0))
    return DimensionResult(dimension, tuple(rows), possible, evaluable, reached * possible / evaluable if evaluable else None)


def _indicator(indicator: Indicator, place: KnownPlace, period: Period, moment: datetime, values: Values,
               months: Sequence[Period]) -> IndicatorResult:
    measure = find_measure(indicator.measure)
    if measure is None:
        raise LookupError(f"The standard reads the measure {indicator.measure!r}, which nobody declares any more.")
    name = (indicator.measure, indicator.measure_version)
    figure, watermark, computed_at = values.get((place.area, period.key, *name), (NOTHING, 0, None))
    reached = None
    if figure.denominator and indicator.scorer and indicator.points:
        reached = indicator.scorer.points(figure.numerator, figure.denominator, indicator.points)
    trend = tuple(Point(one.key, values.get((place.area, one.key, *name), (NOTHING,))[0], one.start > moment) for one in months)
    receipt = Receipt(*name, period.key, watermark, computed_at, editions.edition_of(period.key))
    found = IndicatorResult(indicator, measure, figure, receipt, trend, reached)
    companion = find_measure(measure.beside) if measure.beside else None
    if companion is None:
        return found
    return replace(found, beside=values.get((place.area, period.key, companion.code, companion.version), (NOTHING,))[0])
