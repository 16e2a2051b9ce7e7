# SPDX-License-Identifier: MulanPSL-2.0
"""What the printed box and report say: texts only, in the reader's language, as the templates of `prints/` take them."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from linli.core import clock
from linli.core.sight import Actor
from linli.core.words import words
from linli.desk.box_rows import behind
from linli.desk.figures import points
from linli.doors import demonstrations
from linli.measures import grading
from linli.measures.models import Proof
from linli.measures.results import MET, UNMET, ConditionResult, IndicatorResult, Results
from linli.measures.scoring import decimal
from linli.measures.standards import Pending

CONDITIONS = {MET: words("符合", "met"), UNMET: words("不符合", "not met")}
NOT_YET = words("尚不能判断", "not known yet")
DEMONSTRATION = words("演示数据", "Demonstration data")
Papers = Mapping[str, list[dict[str, str]]]


def ordered(measured: Iterable[IndicatorResult], pending: Iterable[Pending]) -> list[IndicatorResult | Pending]:
    """The indicators of a dimension, measured and pending, by code."""
    return sorted((*measured, *pending), key=code_of)


def code_of(row: IndicatorResult | Pending) -> str:
    """The code of an indicator."""
    return row.code if isinstance(row, Pending) else row.indicator.code


def sheet_data(found: Results, actor: Actor, held: Sequence[Proof], *, with_rows: bool) -> dict[str, Any]:
    """Everything that the templates print of a community and period. With rows, two queries at most for each indicator that has a figure."""
    sheet, total, graded = found.sheet, found.total, grading.grade(found)
    assert sheet is not None
    papers = _papers(held)
    return {
        "demonstration": str(DEMONSTRATION) if demonstrations.about() else "", "place": found.place.name, "code": found.place.code or "",
        "period": found.period.key, "made": clock.local(clock.now()).strftime("%Y-%m-%d %H:%M"), "standard": f"{sheet.words} {sheet.version}",
        "is_proposed": sheet.is_proposed, "digest": sheet.digest, "grade": str(graded.words), "reasons": [str(one) for one in graded.reasons],
        "total": {"reached": decimal(total.reached, 2), "possible": points(total.possible), "sheet": points(total.sheet),
                  "coverage": decimal(total.coverage * 100, 1)} if total else None,
        "conditions": [_condition(one) for one in found.conditions],
        "dimensions": [{
            "code": one.dimension.code, "name": str(one.dimension.words), "reached": points(one.reached) if one.reached is not None else "—",
            "possible": points(one.possible), "sheet": points(one.sheet_points),
            "rows": [_line(row, papers) | _records(actor, row, found, with_rows=with_rows) for row in ordered(one.indicators, one.dimension.pending)],
        } for one in found.dimensions]}


def _condition(one: ConditionResult) -> dict[str, Any]:
    return {"code": one.condition.code, "name": str(one.condition.words), "state": str(CONDITIONS.get(one.state, NOT_YET)), "because": [str(each) for each in one.because]}


def _papers(held: Sequence[Proof]) -> Papers:
    found: dict[str, list[dict[str, str]]] = {}
    for one in held:
        if one.taken_out_at is None:
            found.setdefault(one.code, []).append({"title": one.title, "day": one.day.isoformat(), "note": one.note})
    return found


def _records(actor: Actor, row: IndicatorResult | Pending, found: Results, *, with_rows: bool) -> dict[str, Any]:
    return {"records": behind(actor, row, found)} if with_rows and isinstance(row, IndicatorResult) else {}


def _line(row: IndicatorResult | Pending, papers: Papers) -> dict[str, Any]:
    shared = {"code": code_of(row), "papers": papers.get(code_of(row), [])}
    if isinstance(row, Pending):
        return shared | {"name": str(row.words), "points": points(row.points), "proposed": row.is_points_proposed, "source": row.source,
                         "basis": str(row.basis_words), "figure": "", "share": "", "reached": "", "receipt": ""}
    receipt, figure, indicator = row.receipt, row.figure, row.indicator
    computed = clock.local(receipt.computed_at).strftime("%Y-%m-%d %H:%M") if receipt.computed_at else "—"
    return shared | {
        "name": str(row.measure.words), "points": points(indicator.points), "proposed": indicator.is_points_proposed or row.measure.proposed, "source": indicator.source,
        "basis": "", "figure": f"{figure.numerator:,} / {figure.denominator:,}" if figure.denominator else "", "share": figure.percent,
        "reached": points(row.reached) if row.reached is not None else "—", "receipt": f"{receipt.measure}.{receipt.version} · {receipt.watermark} · {computed}"}
