# SPDX-License-Identifier: MulanPSL-2.0
"""Schematic grids for whole districts: rectangles that fill a rectangle exactly, without holes or overlaps."""

import random
from collections.abc import Sequence
from datetime import date
from typing import Any

from linli.elements.boundaries import OPEN_DAY, day_number
from linli.elements.models import Boundary, Place
from linli.elements.pinyin import pinyin_key
from linli.elements.schematic import SOURCE, Box, split

GRIDS_OF_THE_CITY = 21_000
"""Source: issue 2, item 8."""
CENTRES = {
    120101: (117_195_000, 39_118_000), 120102: (117_252_000, 39_125_000), 120103: (117_223_000, 39_090_000), 120104: (117_150_000, 39_112_000),
    120105: (117_205_000, 39_158_000), 120106: (117_152_000, 39_168_000), 120110: (117_360_000, 39_090_000), 120111: (117_010_000, 39_120_000),
    120112: (117_390_000, 38_960_000), 120113: (117_160_000, 39_260_000), 120114: (117_040_000, 39_420_000), 120115: (117_330_000, 39_710_000),
    120116: (117_690_000, 39_020_000), 120117: (117_820_000, 39_350_000), 120118: (116_950_000, 38_900_000), 120119: (117_420_000, 40_020_000),
}
"""A point inside each district, millionths of a degree, WGS84 (rounded by hand; the scheme needs no more)."""
REACH = {True: 34_000, False: 56_000}
"""Width and height of a district's scheme: small in the six inner districts, so that schemes do not touch."""
INNER = frozenset(range(120101, 120107))


def make(districts: Sequence[Place], seed: int, since: date) -> dict[str, int]:
    """Grids with boundaries for every community of the districts that has none yet; answers the counts."""
    communities = {one.pk: one for one in Place.objects.filter(level="community", valid_to=None).order_by("area")}
    wanted = [one for one in communities.values() if not one.is_virtual and not one.kind.startswith("类似")]
    inside = [one for one in wanted if any(district.lo <= one.area < district.hi for district in districts)]
    is_whole = len(districts) > 1
    share = _shares(len(inside), GRIDS_OF_THE_CITY if is_whole else len(inside) * 7 // 2, seed)
    numbers = {one.pk: count for one, count in zip(inside, share, strict=True)}
    grids: list[Place] = []
    shapes: list[Box] = []
    for district in districts:
        own = [one for one in inside if district.lo <= one.area < district.hi]
        for community, box in _boxes(district, own, seed):
            for serial, part in enumerate(split(box, [10] * numbers[community.pk]), start=1):
                grids.append(_grid(community, serial, part, since))
                shapes.append(part)
    Place.objects.bulk_create(grids, batch_size=1000)
    rows = [_boundary(grid, shape, since) for grid, shape in zip(grids, shapes, strict=True)]
    Boundary.objects.bulk_create(rows, batch_size=1000)
    return {"communities": len(inside), "grids": len(grids)}


def _shares(parts: int, whole: int, seed: int) -> list[int]:
    """`whole` grids over `parts` communities as evenly as whole numbers allow, which ones get one more by the seed."""
    least, more = divmod(whole, parts)
    counts = [least + 1] * more + [least] * (parts - more)
    random.Random(f"{seed}/grids").shuffle(counts)  # noqa: S311
    return counts


def _boxes(district: Place, communities: Sequence[Place], seed: int) -> list[tuple[Place, Box]]:
    """Each community's rectangle in the district's scheme, the communities of a street side by side."""
    number = district.area // 1_000_000_000
    lon, lat = CENTRES.get(number, (117_200_000, 39_100_000 + number % 1000 * 60_000))
    half = REACH[number in INNER] // 2
    whole = Box(lon - half, lat - half * 4 // 5, lon + half, lat + half * 4 // 5)
    streets: dict[int, list[Place]] = {}
    for one in communities:
        streets.setdefault(one.parent_id or 0, []).append(one)
    chance = random.Random(f"{seed}/{number}")  # noqa: S311
    found: list[tuple[Place, Box]] = []
    for own, box in zip(streets.values(), split(whole, [len(one) for one in streets.values()]), strict=True):
        found += zip(own, split(box, [chance.randint(8, 12) for _ in own]), strict=True)
    return found


def _grid(community: Place, serial: int, box: Box, since: date) -> Place:
    area, name = community.area + serial, f"{community.short_name}第{serial}网格"
    return Place(area=area, lo=area, hi=area + 1, level="grid", name=name, short_name=name, pinyin=pinyin_key(name), kind="网格",
                 parent=community, valid_from=since, is_demonstration=True,
                 lon_e6=(box.west + box.east) // 2, lat_e6=(box.south + box.north) // 2)


def _boundary(grid: Place, box: Box, since: date) -> Boundary:
    ring: list[Any] = [[lon / 1_000_000, lat / 1_000_000] for lon, lat in (*box.corners(), box.corners()[0])]
    return Boundary(place=grid, from_day=day_number(since), to_day=OPEN_DAY, shape={"type": "Polygon", "coordinates": [ring]},
                    is_schematic=True, source=SOURCE)
