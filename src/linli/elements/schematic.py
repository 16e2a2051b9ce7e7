# SPDX-License-Identifier: MulanPSL-2.0
"""Made-up grids for demonstrations: a rectangle split by a seed into communities and grids, without holes or overlaps."""

import random
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

E6 = 1_000_000
SOURCE = "示意图，非真实边界 / schematic, not real boundaries"
Corner = tuple[int, int]


@dataclass(frozen=True)
class Box:
    """A rectangle in millionths of a degree."""

    west: int
    south: int
    east: int
    north: int

    def corners(self) -> tuple[Corner, ...]:
        """Counter-clockwise from the south-west."""
        return (self.west, self.south), (self.east, self.south), (self.east, self.north), (self.west, self.north)


def split(box: Box, weights: Sequence[int]) -> list[Box]:
    """As many boxes as weights, in their order, which fill the box exactly; cut across its longer side again and again."""
    if len(weights) == 1:
        return [box]
    half = len(weights) // 2
    share, whole = sum(weights[:half]), sum(weights)
    wide, high = box.east - box.west, box.north - box.south
    if wide >= high:
        at = box.west + wide * share // whole
        first, second = Box(box.west, box.south, at, box.north), Box(at, box.south, box.east, box.north)
    else:
        at = box.south + high * share // whole
        first, second = Box(box.west, box.south, box.east, at), Box(box.west, at, box.east, box.north)
    return split(first, weights[:half]) + split(second, weights[half:])


def _ring(box: Box, corners: Sequence[Corner]) -> list[Corner]:
    """The outline with every corner of a neighbour that lies on it, so that neighbours share all vertices."""
    south = sorted(one for one in corners if one[1] == box.south and box.west <= one[0] <= box.east)
    north = sorted((one for one in corners if one[1] == box.north and box.west <= one[0] <= box.east), reverse=True)
    east = sorted((one for one in corners if one[0] == box.east and box.south < one[1] < box.north), key=lambda one: one[1])
    west = sorted((one for one in corners if one[0] == box.west and box.south < one[1] < box.north), key=lambda one: -one[1])
    return south + east + north + west


def _bent(corners: Sequence[Corner], chance: random.Random) -> dict[Corner, Corner]:
    """Each corner moved by at most a fifth of the way to its nearest neighbour: streets are not quite straight."""
    moved = {}
    for one in corners:
        nearest = min(max(abs(one[0] - other[0]), abs(one[1] - other[1])) for other in corners if other != one)
        reach = min(nearest // 5, 120)
        moved[one] = (one[0] + chance.randint(-reach, reach), one[1] + chance.randint(-reach, reach))
    return moved


def schematic_grids(streets: Sequence[Sequence[tuple[int, str]]], *, lon_e6: int, lat_e6: int, seed: int = 2026,
                    wide_e6: int = 36_000, high_e6: int = 29_000) -> dict[str, Any]:
    """A GeoJSON collection of three or four grids for each community of each street, around a point; WGS84.

    `streets` holds for each street its communities as (area, short name). The same seed gives the same collection.
    Each feature names its community; vertices are exact millionths of a degree, shared by all neighbours.
    """
    chance = random.Random(seed)  # noqa: S311  a drawing, not a secret
    whole = Box(lon_e6 - wide_e6 // 2, lat_e6 - high_e6 // 2, lon_e6 + wide_e6 // 2, lat_e6 + high_e6 // 2)
    held = [list(street) for street in streets if street]
    boxes: list[tuple[int, str, Box]] = []
    for street, street_box in zip(held, split(whole, [len(one) for one in held]), strict=True):
        weights = [chance.randint(8, 12) for _ in street]
        for (area, name), box in zip(street, split(street_box, weights), strict=True):
            grids = split(box, [chance.randint(8, 12) for _ in range(chance.choice((3, 4)))])
            boxes += [(area, f"{name}第{number}网格", grid) for number, grid in enumerate(grids, start=1)]
    corners = sorted({corner for *_, box in boxes for corner in box.corners()})
    bent = _bent(corners, chance)
    return {"type": "FeatureCollection", "features": [
        {"type": "Feature", "properties": {"community": str(area), "name": name}, "geometry": _polygon(box, corners, bent)}
        for area, name, box in boxes]}


def _polygon(box: Box, corners: Sequence[Corner], bent: dict[Corner, Corner]) -> dict[str, Any]:
    ring = [bent[one] for one in _ring(box, corners)]
    return {"type": "Polygon", "coordinates": [[[lon / E6, lat / E6] for lon, lat in (*ring, ring[0])]]}
