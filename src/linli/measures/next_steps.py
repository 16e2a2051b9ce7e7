# SPDX-License-Identifier: MulanPSL-2.0
"""What to do next in a place: open work by residents' need and by deadline, with what each thing adds to the result beside it, never the other way round."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time
from fractions import Fraction
from functools import lru_cache
from typing import Any

from django.db import connection
from sqlglot import exp, parse_one

from linli.core import clock
from linli.core.sight import Actor
from linli.core.words import Words, words
from linli.elements.places import KnownPlace
from linli.measures.compiler import source_of
from linli.measures.declarations import FactSet, Measure, fact_of
from linli.measures.holding import holds
from linli.measures.periods import Window, parse, window
from linli.measures.predicates import NUMBER, expression
from linli.measures.results import Figure, IndicatorResult, Results, place_for, results_of
from linli.measures.works import NEEDS, Errand, Opens, Work, errands, mended_row, works

MOST = 10
"""Things of one sort on the page (our choice: more than anybody does in a day); the work's own page has all of them."""
FAR = datetime(9999, 1, 1, tzinfo=UTC)
ORDER = {name: number for number, name in enumerate(NEEDS)}


@dataclass(frozen=True)
class Step:
    """One thing to do. `adds` are the points that the indicators named in `moves` gain when it is done; nought where it moves none."""

    sort: str
    words: Words
    need: str
    due: datetime | None
    area: int
    record_kind: str
    record: int
    what: Words | None
    opens: str
    adds: Fraction = Fraction(0)
    moves: tuple[str, ...] = ()

    @property
    def order(self) -> tuple[int, datetime, str, int]:
        """Need, then deadline, then sort and number. What it adds to the result is not in it (domain/boundaries.md, Workers)."""
        return ORDER[self.need], self.due or FAR, self.sort, self.record

    @property
    def is_overdue(self) -> bool:
        """True when its time is over."""
        return self.due is not None and self.due < clock.now()


@dataclass(frozen=True)
class NextSteps:
    """The steps of a place in their order; `more` names the sorts of which only the first are here."""

    place: KnownPlace
    found: Results
    steps: tuple[Step, ...]
    more: frozenset[str]

    def of(self, need: str) -> tuple[Step, ...]:
        """Those of one class of need."""
        return tuple(one for one in self.steps if one.need == need)


def next_steps(actor: Actor, area: int, *, most: int = MOST) -> NextSteps:
    """What is to be done in a place the actor may see. One query a work, inside the sight that the caller has set. NotVisible or NotAble otherwise."""
    place, moment = place_for(actor, area), clock.now()
    period = parse(str(clock.local(moment).year))
    found = results_of(place, period, moment)
    view = window(period, moment)
    steps: list[Step] = []
    more: set[str] = set()
    for work in works():
        rows = _rows(work, place, view, most + 1)
        more |= {work.name} if len(rows) > most else set()
        steps += [_step(work, row, found, view) for row in rows[:most]]
    for errand in errands():
        if not errand.ability or actor.may(errand.ability):
            chores = _chores(errand, actor, place, most + 1)
            more |= {errand.name} if len(chores) > most else set()
            steps += chores[:most]
    return NextSteps(place, found, tuple(sorted(steps, key=lambda one: one.order)), frozenset(more))


@lru_cache(maxsize=64)
def lacking_query(work: Work) -> str:
    """The rows that a work can mend, soonest due first, as SQL. Parameters: the period's, `lo` and `hi` of the place, `most`."""
    fact = fact_of(work.fact)
    inner = fact.tree()
    area = source_of(inner, "area")
    inner = inner.where(exp.GTE(this=area.copy(), expression=exp.Placeholder(this="lo"))).where(exp.LT(this=area.copy(), expression=exp.Placeholder(this="hi")))
    if work.narrow:
        inner = inner.where(parse_one(work.narrow, read="postgres"))
    chosen = exp.select(*(exp.column(name, "f") for name in fact.columns)).from_(inner.subquery("f")).where(expression(work.lacking))
    order = [f"f.{work.due} asc nulls last", "f.id"] if work.due else ["f.id"]
    return chosen.order_by(*order, dialect="postgres").limit(exp.Placeholder(this="most")).sql("postgres")


def _rows(work: Work, place: KnownPlace, view: Window, most: int) -> list[dict[str, Any]]:
    with connection.cursor() as asked:
        asked.execute(lacking_query(work), view.parameters() | {"lo": place.lo, "hi": place.hi, "most": most})
        return [_exact(fact_of(work.fact), row) for row in asked.fetchall()]


def _exact(fact: FactSet, row: Sequence[Any]) -> dict[str, Any]:
    """The row by column; sums of bigints come as decimals from the driver and are whole numbers here."""
    return {name: int(value) if kind == NUMBER and value is not None else value for (name, kind), value in zip(fact.columns.items(), row, strict=True)}


def _step(work: Work, row: Mapping[str, Any], found: Results, view: Window) -> Step:
    fact = fact_of(work.fact)
    effect = effects(work, row, found.indicators, view)
    return Step(work.name, work.words, work.need, row[work.due] if work.due else None, row["area"], fact.record_kind, row[fact.record], _what(fact, row),
                _opens(work.opens, row.get(fact.what)), sum(effect.values(), Fraction(0)), tuple(code for code, points in effect.items() if points))


def _what(fact: FactSet, row: Mapping[str, Any]) -> Words | None:
    text = row.get(fact.what) or ""
    return fact.what_words.get(text) or (words(text, text) if text else None)


def _opens(opens: Opens, item: object) -> str:
    return opens if isinstance(opens, str) else opens.get(str(item), "")


def effects(work: Work, row: Mapping[str, Any], indicators: Iterable[IndicatorResult], view: Window) -> dict[str, Fraction]:
    """By code, the points that each scored indicator of the work's fact set gains when this row is mended: exact, by the scorer of the sheet."""
    given = view.parameters()
    made = mended_row(work, row, given)
    return {one.indicator.code: gain(one, added(one.measure, row, given), added(one.measure, made, given))
            for one in indicators if one.measure.fact == work.fact and one.indicator.scorer and one.indicator.points}


def added(measure: Measure, row: Mapping[str, Any], given: Mapping[str, Any]) -> Figure:
    """What one row adds to the numerator and the denominator of a measure."""
    if not holds(measure.membership(), row, given):
        return Figure(0, 0)
    part, whole = (row[measure.part] or 0, row[measure.whole] or 0) if measure.is_weighed else (1, 1)
    return Figure(part if holds(measure.numerator, row, given) else 0, whole)


def gain(one: IndicatorResult, before: Figure, after: Figure) -> Fraction:
    """Points of the indicator with the row as it will be, less those it has now; nought where either cannot be evaluated."""
    numerator = one.figure.numerator - before.numerator + after.numerator
    denominator = one.figure.denominator - before.denominator + after.denominator
    if not one.indicator.scorer or denominator <= 0:
        return Fraction(0)
    return one.indicator.scorer.points(numerator, denominator, one.indicator.points) - (one.reached or Fraction(0))


def _chores(errand: Errand, actor: Actor, place: KnownPlace, most: int) -> Sequence[Step]:
    return [Step(errand.name, errand.words, errand.need, _moment(one.due), one.area, errand.opens, one.record, one.what, "")
            for one in errand.found(actor, place, most)]


def _moment(due: Any) -> datetime | None:
    """A day ends at its midnight on the city's clock."""
    if due is None or isinstance(due, datetime):
        return due
    return datetime.combine(due, time(23, 59, 59), tzinfo=clock.local(clock.now()).tzinfo).astimezone(UTC)
