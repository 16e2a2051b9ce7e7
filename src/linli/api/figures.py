# SPDX-License-Identifier: MulanPSL-2.0
"""Figures as machines read them: measures as declared, results of an area, and the records that a figure counts."""

from datetime import datetime
from fractions import Fraction
from typing import Annotated, Any

from django.http import HttpRequest
from ninja import Router, Schema
from pydantic import StringConstraints

from linli.api.callers import OPEN, WITH_TOKEN, caller
from linli.api.lookups import Area, Short, Upto100
from linli.api.shapes import Text, text
from linli.core import clock
from linli.core.faults import Invalid
from linli.core.sight import Actor, looking, of_post
from linli.core.words import words
from linli.elements.places import KnownPlace
from linli.matters import numbers
from linli.matters.inbox import BAD_CURSOR
from linli.measures import published, results
from linli.measures.declarations import explain
from linli.measures.declarations import measures as declared_measures
from linli.measures.results import Figure, IndicatorResult

router = Router(tags=["measures"])

NAME_A_PLACE = words("请给出 area：要看哪个社区、街道、区或市。", "Give area: which community, street, district or city.")
Period = Annotated[str, StringConstraints(max_length=7)]
"""2026 or 2026-11; the running year when left out."""


class FigureOut(Schema):
    """Exact counts; `percent` is rounded to one decimal for people, null when not evaluable."""

    numerator: int
    denominator: int
    percent: str | None
    state: str


class TrendPoint(FigureOut):
    """One month."""

    period: str
    is_ahead: bool


class IndicatorOut(Schema):
    """One indicator with its receipt: measure version, newest journal line seen, when it last changed."""

    code: str
    measure: str
    version: int
    name: Text
    dimension: Text
    figure: FigureOut
    points: str | None
    reached: str | None
    scoring: Text | None
    proposed: bool
    watermark: int
    computed_at: datetime | None
    trend: list[TrendPoint]


class PublicFigureOut(Schema):
    """What the public sees: texts, with cells under five hidden."""

    code: str
    name: Text
    dimension: Text
    counted: Text
    share: str
    numerator: str
    denominator: str
    is_hidden: bool
    state: Text | None
    proposed: bool


class ResultsOut(Schema):
    """Results of one place and period. `public` says which of the two lists is filled."""

    area: int
    place: str
    level: str
    period: str
    public: bool
    is_running: bool
    stamp: str
    indicators: list[IndicatorOut]
    published: list[PublicFigureOut]


class MemberOut(Schema):
    """One record behind a figure; `number` where it is a matter."""

    id: int
    record_kind: str
    record: int
    number: str
    area: int
    is_in_numerator: bool


class MembersOut(Schema):
    """A page of records, newest first; `next` is the cursor of the page after it, empty on the last."""

    measure: str
    version: int
    area: int
    period: str
    items: list[MemberOut]
    next: str


@router.get("/measures", auth=OPEN, response=dict[str, Any], summary="指标 Measures")
def list_measures(request: HttpRequest) -> Any:
    """Every declared measure: what is counted, what is left out, its error, its source."""
    return {"items": [explain(one) for one in declared_measures()]}


@router.get("/measures/{code}/members", auth=WITH_TOKEN, response=MembersOut, summary="指标所计的记录 Members of a figure")
def list_members(request: HttpRequest, code: str, area: Area = None, period: Period = "", cursor: Short = "",
                 limit: Upto100 = 100) -> Any:
    """The records behind a figure, by the very conditions that counted it; 404 for an area outside the range."""
    actor = caller(request)
    if cursor and not (cursor.isdecimal() and len(cursor) < 19):
        raise Invalid({"cursor": BAD_CURSOR})
    with looking(of_post(actor), read_only=True):
        found = results.members(actor, code[:20], _area(actor, area), period or _this_year(), int(cursor) if cursor else None, limit)
    rows = [MemberOut(id=one.id, record_kind=one.record_kind, record=one.record, area=one.area, is_in_numerator=one.is_in_numerator,
                      number=numbers.number_of(one.record) if one.record_kind == "matter" else "") for one in found.rows]
    return MembersOut(measure=found.measure.code, version=found.measure.version, area=found.place.area, period=found.period.key, items=rows,
                      next=str(found.next_cursor or ""))


@router.get("/results", auth=OPEN, response=ResultsOut, summary="测评结果 Results")
def show_results(request: HttpRequest, area: Area = None, period: Period = "") -> Any:
    """Results of an area under the standard in force. Without a token those for the public, cells under five hidden."""
    actor, chosen = caller(request), period or _this_year()
    if not actor.is_signed_in:
        return _published(_area(actor, area), chosen)
    with looking(of_post(actor), read_only=True):
        found = results.results(actor, _area(actor, area), chosen)
        indicators = [_indicator(one, dimension.dimension.words) for dimension in found.dimensions for one in dimension.indicators]
    return _answer(found.place, chosen, is_public=False, indicators=indicators, is_running=found.is_running, stamp=found.stamp)


def _published(area: int, period: str) -> ResultsOut:
    found = published.public_results(area, period)
    rows = [PublicFigureOut(
        code=one.code, name=text(one.words), dimension=text(one.dimension), counted=text(one.counted), share=one.share, numerator=one.numerator,
        denominator=one.denominator, is_hidden=one.is_hidden, state=text(one.state_words) if one.state_words else None,
        proposed=one.is_proposed) for one in found.indicators]
    return _answer(found.place, period, is_public=True, published=rows, is_running=found.period.end > clock.now())


def _answer(place: KnownPlace, period: str, *, is_public: bool, **more: Any) -> ResultsOut:
    empty: dict[str, Any] = {"indicators": [], "published": [], "stamp": ""}
    return ResultsOut(area=place.area, place=place.name, level=place.level, period=period, public=is_public, **(empty | more))


def _indicator(one: IndicatorResult, dimension: Any) -> IndicatorOut:
    return IndicatorOut(
        code=one.indicator.code, measure=one.measure.code, version=one.receipt.version, name=text(one.measure.words), dimension=text(dimension),
        figure=FigureOut(**_figure(one.figure)), points=_points(one.indicator.points), reached=_points(one.reached),
        scoring=text(one.scoring) if one.scoring else None, proposed=one.measure.proposed, watermark=one.receipt.watermark,
        computed_at=one.receipt.computed_at,
        trend=[TrendPoint(period=point.period, is_ahead=point.is_ahead, **_figure(point.figure)) for point in one.trend])


def _figure(figure: Figure) -> dict[str, Any]:
    return {"numerator": figure.numerator, "denominator": figure.denominator, "percent": figure.percent or None, "state": figure.state}


def _points(value: Fraction | None) -> str | None:
    """Exact points as a fraction or whole number, such as 4 or 17/3; None when there are none."""
    return None if value is None else str(value)


def _area(actor: Actor, area: int | None) -> int:
    if area is not None:
        return area
    if not actor.is_signed_in:
        raise Invalid({"area": NAME_A_PLACE})
    return actor.lo


def _this_year() -> str:
    return str(clock.today().year)
