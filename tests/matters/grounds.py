# SPDX-License-Identifier: MulanPSL-2.0
"""Grids drawn on the ground of the first community, and drawings that divide it anew."""

import json
from datetime import date
from itertools import pairwise
from typing import Any

from linli.core import editions
from linli.elements.boundaries import OPEN_DAY, day_number
from linli.elements.models import Boundary, Place
from tests.cast import COMMUNITY, SINCE, Cast

WEST, SOUTH, WIDE, HIGH = 117.19, 39.11, 0.012, 0.006


def ring(west: float, south: float, east: float, north: float) -> dict[str, Any]:
    """A rectangle as GeoJSON."""
    corners = [[west, south], [east, south], [east, north], [west, north], [west, south]]
    return {"type": "Polygon", "coordinates": [[[round(lon, 6), round(lat, 6)] for lon, lat in corners]]}


def strip(first: float, last: float) -> dict[str, Any]:
    """The part of the ground between two shares of its width."""
    return ring(WEST + WIDE * first, SOUTH, WEST + WIDE * last, SOUTH + HIGH)


def draw_old() -> None:
    """The two grids of the cast side by side, west and east."""
    for place, (first, last) in ((COMMUNITY + 1, (0, 0.5)), (COMMUNITY + 2, (0.5, 1))):
        Boundary.objects.create(place=Place.objects.get(area=place), from_day=day_number(SINCE), to_day=OPEN_DAY, shape=strip(first, last))
    editions.forget_all()


def collection(*shapes: tuple[str, dict[str, Any]]) -> str:
    """A FeatureCollection of named shapes."""
    return json.dumps({"type": "FeatureCollection", "features": [
        {"type": "Feature", "properties": {"name": name}, "geometry": geometry} for name, geometry in shapes]})


def cuts(*shares: float) -> str:
    """The ground cut from west to east at these shares of its width."""
    edges = (0.0, *sorted(shares), 1.0)
    return collection(*((f"新{number}网格", strip(first, last)) for number, (first, last) in enumerate(pairwise(edges), start=1)))


def plan(cast: Cast, text: str, since: date, by: str = "district", area: int = COMMUNITY) -> int:
    """Upload a drawing; its number."""
    answer = cast.do("boundary.plan_redraw", by, area=area, since=since, collection=text, datum="WGS84", source="街道办函〔2026〕1号")
    return int(answer["redrawing"])


def redraw(cast: Cast, text: str, since: date) -> dict[str, Any]:
    """Upload a drawing and put it into force."""
    return cast.do("boundary.redraw", "district", redrawing=plan(cast, text, since))
