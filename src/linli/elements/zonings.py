# SPDX-License-Identifier: MulanPSL-2.0
"""The grids of a community on a day as one division of its ground: every point belongs to exactly one of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from numpy import argsort, array, full, unique
from shapely import STRtree, points
from shapely.geometry.base import BaseGeometry

from linli.elements import maps, places


@dataclass(frozen=True)
class Zoning:
    """Grids by area, in order of number, with their shapes."""

    areas: tuple[int, ...]
    shapes: tuple[BaseGeometry, ...]

    def areas_of(self, positions: Sequence[tuple[int, int]]) -> list[int]:
        """The grid of each position (longitude and latitude in millionths of a degree): the one around it, on a shared border the
        smaller number (as `maps.place_at`), beside all of them the nearest. ValueError without any grid."""
        if not self.areas:
            raise ValueError("a community without drawn grids divides nothing")
        if not positions:
            return []
        ground = points(array(positions, dtype=float) / 1_000_000)
        tree = STRtree(self.shapes)
        found = full(len(positions), -1)
        which, grids = tree.query(ground, predicate="intersects")
        order = argsort(-grids, kind="stable")
        found[which[order]] = grids[order]
        lost = (found < 0).nonzero()[0]
        if len(lost):
            at, nearest = tree.query_nearest(ground[lost])
            first, places_ = unique(at, return_index=True)
            found[lost[first]] = nearest[places_]
        return [self.areas[index] for index in found]


def zoning_of(community: int, day: date) -> Zoning:
    """The drawn grids of a community on a day; without any when none was drawn."""
    held = [(one.area, found[0]) for one in sorted(places.children(community, day=day), key=lambda one: one.area) if (found := maps.shape_of(one.area, day))]
    return Zoning(tuple(area for area, _ in held), tuple(shape for _, shape in held))
