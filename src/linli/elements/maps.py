# SPDX-License-Identifier: MulanPSL-2.0
"""Where a point lies, boundaries for a map, and schemes drawn without any base map."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache
from math import cos, radians
from typing import Any

from django.conf import settings
from django.utils.html import escape
from shapely import STRtree, coverage_is_valid, coverage_simplify
from shapely.geometry import Point, mapping, shape
from shapely.geometry.base import BaseGeometry
from shapely.ops import unary_union

from linli.core import clock
from linli.core.editions import Memory
from linli.core.words import Words, words
from linli.elements import places
from linli.elements.boundaries import EDITION, day_number
from linli.elements.models import Boundary
from linli.elements.places import KnownPlace
from linli.elements.posts import LEVELS

SIMPLIFIED = {"grid": 0.0, "community": 0.00002, "street": 0.0001, "district": 0.0003, "city": 0.001}
"""Degrees by which a border may be moved on a map of that level (our choice: below a pixel at the usual zoom)."""
NOT_REAL = words("示意图，非真实边界", "Schematic, not real boundaries")
SCHEME_OF = words("{name}示意图", "Scheme of {name}")
PARTS = words("共 {count} 个部分：{names}。", "{count} parts: {names}.")
HATCH = ('<defs><pattern id="hatch" width="8" height="8" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">'
         '<line class="hatch" x1="0" y1="0" x2="0" y2="8" stroke="#8a2a12" stroke-width="3"></line></pattern></defs>')
WIDTH, HEIGHT = 640, 520
"""Picture units; a scheme fits into both (our choice: no scrolling on a desk, full width on a phone)."""
CHUNK = 2000
"""Boundaries that are on their way from the database at a time: what is read at once stays with the process for good."""
KEPT = 8_000
"""Outlines kept in memory (our choice: more than a city has places above grids, for today and one other day)."""
LETTER = 15
"""Picture units that one character of a name takes."""


@dataclass(frozen=True, slots=True)
class Drawn:
    """One boundary in memory."""

    area: int
    depth: int
    from_day: int
    to_day: int
    is_schematic: bool
    shape: BaseGeometry


@dataclass(frozen=True)
class Sheet:
    """All boundaries, with a tree to find those around a point."""

    drawn: tuple[Drawn, ...]
    tree: STRtree
    by_area: dict[int, tuple[Drawn, ...]]


def _read() -> Sheet:
    rows = Boundary.objects.values_list("place__area", "place__level", "from_day", "to_day", "is_schematic", "shape").order_by("place__area").iterator(CHUNK)
    drawn = tuple(Drawn(area, LEVELS.index(level), since, until, is_schematic, shape(geometry))
                  for area, level, since, until, is_schematic, geometry in rows)
    by_area: dict[int, list[Drawn]] = {}
    for one in drawn:
        by_area.setdefault(one.area, []).append(one)
    return Sheet(drawn, STRtree([one.shape for one in drawn]), {area: tuple(held) for area, held in by_area.items()})


_memory = Memory(EDITION, _read)


def place_at(lon_e6: int, lat_e6: int, day: date | None = None) -> int | None:
    """The area of the grid (or, without grids there, the community) around a point on the day (today); WGS84.

    None when no boundary of a grid or community holds the point. On a shared border the smaller number wins.
    """
    sheet, number = _memory.value(), day_number(day or clock.today())
    point = Point(lon_e6 / 1_000_000, lat_e6 / 1_000_000)
    around = (sheet.drawn[index] for index in sheet.tree.query(point, predicate="intersects"))
    fitting = [one for one in around if one.from_day <= number < one.to_day and one.depth >= LEVELS.index("community")]
    return min(fitting, key=lambda one: (-one.depth, one.area)).area if fitting else None


def shape_of(area: int, day: date | None = None) -> tuple[BaseGeometry, bool] | None:
    """The outline of a place on the day (today), and whether it is schematic; joined from its parts when it has none of
    its own. None when there is nothing to draw. Kept in memory: a district is joined from hundreds of grids."""
    return _outline(area, day or clock.today(), _memory.number())


@lru_cache(maxsize=KEPT)
def _outline(area: int, day: date, _edition: int) -> tuple[BaseGeometry, bool] | None:
    sheet, number = _memory.value(), day_number(day)
    own = [one for one in sheet.by_area.get(area, ()) if one.from_day <= number < one.to_day]
    if own:
        return own[0].shape, own[0].is_schematic
    place = places.find_place(area)
    if place is None or place.level == "grid":
        return None
    parts = [found for child in places.children(area, day=day) if (found := shape_of(child.area, day)) is not None]
    if not parts:
        return None
    return unary_union([one for one, _ in parts]), any(is_schematic for _, is_schematic in parts)


def geojson_of(area: int, level: str, day: date | None = None) -> dict[str, Any]:
    """A FeatureCollection of the places of a level inside a place; borders simplified together, so that they still meet."""
    lo, hi = places.range_of(area)
    held = [(place, found) for place in places.places_within(lo, hi, level=level, day=day) if (found := shape_of(place.area, day))]
    shapes = _simplified([found[0] for _, found in held], SIMPLIFIED.get(level, 0.0))
    features = [
        {"type": "Feature", "id": place.area, "geometry": mapping(outline),
         "properties": {"area": str(place.area), "name": place.name, "level": place.level, "schematic": is_schematic}}
        for (place, (_, is_schematic)), outline in zip(held, shapes, strict=True)]
    return {"type": "FeatureCollection", "features": features, "schematic": any(found[1] for _, found in held)}


def _simplified(shapes: Sequence[BaseGeometry], tolerance: float) -> Sequence[BaseGeometry]:
    if not shapes or not tolerance:
        return shapes
    if coverage_is_valid(list(shapes)):
        done: Sequence[BaseGeometry] = list(coverage_simplify(list(shapes), tolerance))
        return done
    return [one.simplify(tolerance) for one in shapes]


@dataclass(frozen=True)
class Look:
    """How a part of a scheme looks: a further class of its path, the sentence after its name, and whether it is hatched."""

    tone: str
    sentence: str
    is_hatched: bool = False


PLAIN = Look("", "")


def scheme_svg(area: int, *, link: Callable[[KnownPlace], str] | None = None, day: date | None = None,
               look: Callable[[KnownPlace], Look] = lambda part: PLAIN) -> str:
    """An SVG of the parts of a place (grids of a community, communities of a street) without any base map.

    Parts with boundaries are drawn by them; when none has one, as tiles of equal size. `link` gives each part its
    address, `look` its tone. The picture has a title and a description; a schematic one says so. Empty when the place
    has no parts.
    """
    place = places.place_by_area(area)
    parts = places.children(area, day=day)
    if not parts:
        return ""
    shapes = [(part, shape_of(part.area, day)) for part in parts]
    drawn = [(part, found[0]) for part, found in shapes if found]
    if drawn:
        height, rings = _projected(drawn)
        is_schematic = any(found[1] for _, found in shapes if found)
    else:
        height, rings = _tiles(parts)
        is_schematic = True
    body = "".join(_part(part, points, at, link, look(part)) for part, points, at in rings)
    return _frame(place, [part for part, *_ in rings], height, body, is_schematic)


def drawing_svg(area: int, parts: Sequence[tuple[str, BaseGeometry]], mark: str) -> str:
    """An SVG of shapes that are no places yet, as the parts of a place; `mark` tells its ids from those of another picture on the page."""
    place = places.place_by_area(area)
    drawn = [(replace(place, area=at, name=name, short_name=name), outline) for at, (name, outline) in enumerate(parts)]
    height, rings = _projected(drawn)
    body = "".join(_part(part, points, at, None, PLAIN) for part, points, at in rings)
    return _frame(place, [part for part, *_ in rings], height, body, False).replace(f"scheme-{place.area}", f"scheme-{mark}")


Ring = tuple[KnownPlace, list[list[tuple[float, float]]], tuple[float, float]]


def _projected(drawn: Sequence[tuple[KnownPlace, BaseGeometry]]) -> tuple[float, list[Ring]]:
    """Outlines in picture units; a degree of longitude is shortened by the cosine of the latitude."""
    bounds = [one.bounds for _, one in drawn]
    west, south = min(one[0] for one in bounds), min(one[1] for one in bounds)
    east, north = max(one[2] for one in bounds), max(one[3] for one in bounds)
    narrow = cos(radians((south + north) / 2))
    scale = min((WIDTH - 20) / max((east - west) * narrow, 1e-9), (HEIGHT - 20) / max(north - south, 1e-9))
    left = (WIDTH - (east - west) * narrow * scale) / 2

    def on_paper(point: Sequence[float]) -> tuple[float, float]:
        return round(left + (point[0] - west) * narrow * scale, 1), round(10 + (north - point[1]) * scale, 1)

    rings = []
    for part, outline in drawn:
        polygons = getattr(outline, "geoms", [outline])
        inner = outline.representative_point()
        rings.append((part, [[on_paper(point) for point in polygon.exterior.coords] for polygon in polygons], on_paper((inner.x, inner.y))))
    return round(20 + (north - south) * scale, 1), rings


def _tiles(parts: Sequence[KnownPlace]) -> tuple[float, list[Ring]]:
    columns = max(1, min(4, round(len(parts) ** 0.5)))
    wide, high = (WIDTH - 20) / columns, 72.0
    rings: list[Ring] = []
    for index, part in enumerate(parts):
        left, top = 10 + index % columns * wide, 10 + index // columns * high
        corners = [(left, top), (left + wide, top), (left + wide, top + high), (left, top + high), (left, top)]
        rings.append((part, [[(round(x, 1), round(y, 1)) for x, y in corners]], (round(left + wide / 2, 1), round(top + high / 2, 1))))
    return 20 + high * -(-len(parts) // columns), rings


def _part(part: KnownPlace, rings: Sequence[Sequence[tuple[float, float]]], at: tuple[float, float],
          link: Callable[[KnownPlace], str] | None, look: Look) -> str:
    path = " ".join("M" + " L".join(f"{x},{y}" for x, y in ring[:-1]) + "Z" for ring in rings)
    name = escape(part.short_name)
    columns = [x for ring in rings for x, _ in ring]
    said = name + escape(look.sentence)
    body = f'<path class="scheme-part {look.tone}" d="{path}" fill="#e8f1f8" stroke="#33566e" stroke-width="1.5"><title>{said}</title></path>'
    if look.is_hatched:
        body += f'<path class="scheme-hatch" d="{path}" fill="url(#hatch)" stroke="none" pointer-events="none"></path>'
    if max(columns) - min(columns) >= LETTER * len(part.short_name):
        body += f'<text class="scheme-name" x="{at[0]}" y="{at[1]}" font-size="14" text-anchor="middle" fill="#12293a">{name}</text>'
    return f'<a href="{escape(link(part))}" aria-label="{said}">{body}</a>' if link else f"<g>{body}</g>"


def _frame(place: KnownPlace, parts: Sequence[KnownPlace], height: float, body: str, is_schematic: bool) -> str:
    title: Words = SCHEME_OF.format(name=place.name)
    about = str(PARTS.format(count=len(parts), names="、".join(part.short_name for part in parts)))
    label = ""
    if is_schematic:
        about += f" {NOT_REAL}"
        label = f'<text class="scheme-label" x="10" y="{height + 18}" font-size="14" fill="#5b2b00">{escape(str(NOT_REAL))}</text>'
    mark = f"scheme-{place.area}"
    return (f'<svg xmlns="http://www.w3.org/2000/svg" class="scheme" viewBox="0 0 {WIDTH} {height + 26}" role="{"group" if "<a " in body else "img"}" '
            f'aria-labelledby="{mark}-title {mark}-about"><title id="{mark}-title">{escape(str(title))}</title>'
            f'<desc id="{mark}-about">{escape(about)}</desc>{HATCH if "url(#hatch)" in body else ""}{body}{label}</svg>')


def in_city(lon_e6: int, lat_e6: int) -> bool:
    """True if a point lies inside the box around the city (setting LINLI_CITY_BOX: west, south, east, north in degrees, WGS84)."""
    west, south, east, north = (round(float(edge) * 1_000_000) for edge in settings.CITY_BOX.split(","))
    return west <= lon_e6 <= east and south <= lat_e6 <= north
