# SPDX-License-Identifier: MulanPSL-2.0
"""The scheme of a community with a point in it: drawn from the boundaries alone, for pages that show or ask where."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import cos, radians

from shapely.geometry.base import BaseGeometry

from linli.core import clock
from linli.elements import maps, places

WIDTH = 400
MARGIN = 8
"""Picture units: names of 15 units are then readable on a phone 390 units wide."""


@dataclass(frozen=True)
class Part:
    """One grid of the picture: its outline as an SVG path, its name and where the name stands."""

    path: str
    name: str
    x: float
    y: float


@dataclass(frozen=True)
class Scheme:
    """A picture in its own units; `bounds` are west, south, east, north in degrees at the edges of the picture (WGS84)."""

    name: str
    width: int
    height: int
    bounds: tuple[float, float, float, float]
    parts: tuple[Part, ...]
    is_schematic: bool
    point: tuple[float, float] | None = None

    @property
    def bounds_text(self) -> str:
        """The edges as the behaviour reads them."""
        return ",".join(f"{one:.6f}" for one in self.bounds)

    def position_at(self, x: int, y: int) -> tuple[float, float]:
        """Longitude and latitude (degrees) of a point of the picture."""
        west, south, east, north = self.bounds
        return west + (east - west) * x / self.width, north - (north - south) * y / self.height


def scheme_of(area: int, *, point: tuple[int, int] | None = None) -> Scheme | None:
    """The scheme of the community around an area, with the point (millionths of a degree) if it lies inside the picture.

    None when nothing is drawn there.
    """
    community = places.community_of(area)
    if community is None:
        return None
    today = clock.today()
    grids = [(one.short_name, found) for one in places.children(community.area) if (found := maps.shape_of(one.area, today))]
    own = maps.shape_of(community.area, today) if not grids else None
    drawn = grids or ([(community.short_name, own)] if own else [])
    if not drawn:
        return None
    corners = [shape.bounds for _, (shape, _) in drawn]
    edges = min(one[0] for one in corners), min(one[1] for one in corners), max(one[2] for one in corners), max(one[3] for one in corners)
    paper = _Paper(edges)
    parts = tuple(paper.part(name, shape) for name, (shape, _) in drawn)
    return Scheme(community.name, WIDTH, paper.height, paper.bounds, parts, any(is_schematic for _, (_, is_schematic) in drawn), paper.marked(point))


class _Paper:
    """Degrees to picture units; a degree of longitude is shortened by the cosine of the latitude."""

    def __init__(self, edges: tuple[float, float, float, float]) -> None:
        west, south, east, north = edges
        self.narrow = cos(radians((south + north) / 2))
        self.scale = (WIDTH - 2 * MARGIN) / max((east - west) * self.narrow, 1e-9)
        self.west, self.north = west, north
        self.height = round((north - south) * self.scale) + 2 * MARGIN
        side, above = MARGIN / self.scale / self.narrow, MARGIN / self.scale
        self.bounds = west - side, north + above - self.height / self.scale, west + WIDTH / self.scale / self.narrow - side, north + above

    def at(self, point: Sequence[float]) -> tuple[float, float]:
        """Where a longitude and latitude (degrees) lie in the picture."""
        return round(MARGIN + (point[0] - self.west) * self.narrow * self.scale, 1), round(MARGIN + (self.north - point[1]) * self.scale, 1)

    def part(self, name: str, shape: BaseGeometry) -> Part:
        """An outline with the place of its name."""
        rings = [[self.at(point) for point in polygon.exterior.coords[:-1]] for polygon in getattr(shape, "geoms", [shape])]
        inner = shape.representative_point()
        return Part(" ".join("M" + " L".join(f"{x},{y}" for x, y in ring) + "Z" for ring in rings), name, *self.at((inner.x, inner.y)))

    def marked(self, point: tuple[int, int] | None) -> tuple[float, float] | None:
        """The point in the picture; None when there is none or it lies beside the picture."""
        if point is None:
            return None
        x, y = self.at((point[0] / 1_000_000, point[1] / 1_000_000))
        return (x, y) if 0 <= x <= WIDTH and 0 <= y <= self.height else None
