# SPDX-License-Identifier: MulanPSL-2.0
"""What every caller looks up first: places, categories, kinds of matter, and units to dispatch to."""

from collections.abc import Iterable
from datetime import date
from typing import Annotated, Any

from annotated_types import Ge, Le, Lt
from django.http import HttpRequest
from ninja import Router
from pydantic import StringConstraints

from linli.api.callers import OPEN, WITH_TOKEN, able, caller
from linli.api.descriptions import of_kind
from linli.api.shapes import (
    CategoryList,
    CategoryOut,
    Code,
    PlaceHistory,
    PlaceOut,
    PlacePage,
    PlaceStanding,
    PlaceThen,
    Text,
    UnitList,
    UnitOut,
    text,
)
from linli.core import clock
from linli.core.faults import Invalid, NotVisible
from linli.core.sight import AREA_END, Actor, looking, of_post
from linli.elements import chronicles, places
from linli.elements.place_loading import NBS
from linli.elements.places import KnownPlace
from linli.matters import categories, units
from linli.matters.inbox import BAD_CURSOR
from linli.matters.kinds import all_kinds

router = Router(tags=["lookups"])

AreaNumber = Annotated[int, Ge(0), Lt(AREA_END)]
Area = AreaNumber | None
Upto1000 = Annotated[int, Ge(1), Le(1000)]
Upto100 = Annotated[int, Ge(1), Le(100)]
Short = Annotated[str, StringConstraints(max_length=80)]
"""Kinds of parameters. They hold no Query(): the framework writes each default into it, so a shared one gives its last default to all."""


@router.get("/places", auth=OPEN, response=PlacePage, summary="地 Places")
def list_places(request: HttpRequest, parent: Area = None, level: Short = "", code: Short = "", system: Short = NBS, q: Short = "",
                at: date | None = None, cursor: Short = "", limit: Upto1000 = 100) -> Any:
    """Places that stand on the day `at` (today): below a parent, of a level, bearing an official code, or found by name, pinyin or code."""
    if cursor and not cursor.isdecimal():
        raise Invalid({"cursor": BAD_CURSOR})
    day = at or clock.today()
    whole = places.place_by_area(parent) if parent is not None else None
    if code:
        found: Iterable[KnownPlace] = places.bearers(system, code, day)
    elif q:
        found = places.find(q, lo=whole.lo if whole else None, hi=whole.hi if whole else None, level=level, most=limit)
    elif whole is not None:
        found = places.children(whole.area, day=day)
    else:
        found = places.places_within(0, AREA_END, day=day)
    after = int(cursor or -1)
    rows = [one for one in found if (not level or one.level == level) and (q or one.stands(day)) and one.area > after]
    rows = rows if q else sorted(rows, key=lambda one: one.area)
    return PlacePage(items=[place_out(one) for one in rows[:limit]], next=str(rows[limit - 1].area) if len(rows) > limit else "")


def place_out(one: KnownPlace) -> PlaceOut:
    """A place in its shape."""
    return PlaceOut(
        area=one.area, lo=one.lo, hi=one.hi, level=one.level, name=one.name, short_name=one.short_name, kind=one.kind, code=one.code,
        codes=[Code(system=system, code=code) for system, code in one.codes], former_names=[name for name in one.names if name != one.name],
        parent=one.parent, successor=one.successor, is_virtual=one.is_virtual, is_demonstration=one.is_demonstration, valid_from=one.valid_from,
        valid_to=one.valid_to, position=degrees(one.lon_e6, one.lat_e6),
    )


def degrees(lon_e6: int | None, lat_e6: int | None) -> tuple[float, float] | None:
    """Longitude and latitude in degrees, WGS84; None when not known."""
    return None if lon_e6 is None or lat_e6 is None else (lon_e6 / 1_000_000, lat_e6 / 1_000_000)


def place_inside(actor: Actor, area: int) -> KnownPlace:
    """The place of a number inside the actor's range. NotVisible when it is not there or outside."""
    found = places.place_by_area(area)
    if not actor.lo <= found.lo < found.hi <= actor.hi:
        raise NotVisible
    return found


@router.get("/places/history", auth=OPEN, response=PlaceHistory, summary="地方沿革 What places were on a day")
def history(request: HttpRequest, at: date, q: Short = "", area: Area = None, level: Short = "") -> Any:
    """What places were called on the day `at`, what they belonged to and which code they bore, beside today: by number, or by name of now or then, pinyin or code."""
    today = clock.today()
    found = chronicles.told([places.place_by_area(area)], at, today) if area is not None else chronicles.asked(q, at, today, level=level) if q else []
    return PlaceHistory(at=at, items=[PlaceThen(now=_standing(one.now), then=_standing(one.then) if one.then else None, remarks=[text(note) for note in one.notes])
                                      for one in found])


def _standing(one: chronicles.Standing) -> PlaceStanding:
    return PlaceStanding(area=one.place.area, level=one.place.level, name=one.name, code=one.code, above=list(one.above))


@router.get("/categories", auth=OPEN, response=CategoryList, summary="类别 Categories")
def list_categories(request: HttpRequest, kind: Short = "", scheme: Short = "") -> Any:
    """The categories in force today, in the order of their schemes; without a token those that the public may report."""
    found = categories.in_force(clock.today(), public_only=not caller(request).is_signed_in)
    return CategoryList(items=[
        CategoryOut(
            id=one.pk, scheme=one.scheme.code, version=one.scheme.version, part=one.part, code=one.code, name=text(categories.words_of(one)),
            group=Text(zh=one.group_zh, en=one.group_en or one.group_zh), kind=one.kind, is_public=one.is_public)
        for one in found if (not kind or one.kind == kind) and (not scheme or one.scheme.code == scheme)])


@router.get("/kinds", auth=OPEN, response=dict[str, Any], summary="事项种类 Kinds of matter")
def list_kinds(request: HttpRequest) -> Any:
    """The declared kinds of matter: their own fields, limits, moves and typed reasons."""
    signed_in = caller(request).is_signed_in
    return {"items": [of_kind(one) for one in all_kinds() if one.is_public or signed_in]}


@router.get("/units", auth=WITH_TOKEN, response=UnitList, summary="可派遣单位 Units to dispatch to")
def list_units(request: HttpRequest, area: AreaNumber) -> Any:
    """The units to which a matter of an area can be dispatched, nearest level first."""
    actor = able(request, "matter.decide" if caller(request).may("matter.decide") else "matter.dispatch")
    place = place_inside(actor, area)
    with looking(of_post(actor), read_only=True):
        rows = [UnitOut(id=one.pk, name=one.name, kind=one.kind, area=one.area) for one in units.handling_units(place.area)]
    return UnitList(items=rows)
