# SPDX-License-Identifier: MulanPSL-2.0
"""Positions on the map: one datum inside (WGS84), explicit conversions at the edge, and cell numbers to search by.

Inside, a position is two integers in millionths of a degree (about 0.1 m). Floats appear only while a datum is
converted. GCJ-02 and BD-09 are the shifted coordinates of Chinese base maps and phones; which one a number is in is
always said, never guessed.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise
from math import atan2, cos, isfinite, pi, sin, sqrt
from typing import Self

from linli.core.faults import Fault
from linli.core.words import Words, words

# Krasovsky 1940, the ellipsoid of the GCJ-02 shift: half axis in metres and squared eccentricity (a = 6378245,
# 1/f = 298.3). Source: the widely published reverse-engineered formula; the standard itself is not public.
# Agrees with coord-convert 0.2.1 and prcoords 1.0.2 within 1e-6 degrees (tests/data/coord_vectors.csv).
_HALF_AXIS = 6_378_245.0
_ECCENTRICITY_2 = 0.00669342162296594323
_ORIGIN_LON, _ORIGIN_LAT = 105.0, 35.0

# The rectangle in which map providers apply the shift at all: west, south, east, north, same source.
_SHIFTED = (72.004, 0.8293, 137.8347, 55.8271)

# Baidu's second shift. Source: Baidu's own published formula for gcj02-to-bd09, as in the packages above.
_BAIDU_TURN = pi * 3_000.0 / 180.0
_BAIDU_LON, _BAIDU_LAT = 0.0065, 0.006

# The inverse is found by iteration; each round shrinks the error at least fortyfold (measured), so this many are plenty.
_ROUNDS, _CLOSE_ENOUGH = 20, 1e-11

E6 = 1_000_000
CELL_E6 = 1_000  # Our choice: 0.001 degree, about 111 m by 86 m in Tianjin: a block of houses.
CELL_BITS = 19  # 360,000 columns and 180,000 rows fit 19 bits each: a cell number has at most 38 bits.
MOST_RANGES = 16  # Our choice: so many ranges the planner still turns into index scans without effort.
_FINENESS = 16  # Our choice: a box is covered by at most 17 x 17 squares before neighbours are joined.

Point = tuple[float, float]


class Datum(StrEnum):
    """In which system a pair of numbers is meant."""

    WGS84 = "wgs84"
    GCJ02 = "gcj02"
    BD09 = "bd09"


@dataclass(frozen=True, order=True)
class Position:
    """A place on the ground, WGS84 (equal to CGCS2000 within a metre), in millionths of a degree.

    Fault `position_impossible` beyond 180 degrees east or west, or 90 north or south.
    """

    lon_e6: int
    lat_e6: int

    def __post_init__(self) -> None:
        if abs(self.lon_e6) > 180 * E6 or abs(self.lat_e6) > 90 * E6:
            raise _impossible()

    @classmethod
    def from_degrees(cls, lon: float, lat: float, datum: Datum = Datum.WGS84) -> Self:
        """The position meant by longitude and latitude in `datum`; Fault when they are no numbers on the globe."""
        if not (isfinite(lon) and isfinite(lat) and abs(lon) <= 180 and abs(lat) <= 90):
            raise _impossible()
        lon, lat = converted((lon, lat), datum, Datum.WGS84)
        return cls(round(lon * E6), round(lat * E6))

    def degrees(self, datum: Datum = Datum.WGS84) -> Point:
        """(longitude, latitude) in `datum`, for a map or another system."""
        return converted((self.lon_e6 / E6, self.lat_e6 / E6), Datum.WGS84, datum)

    @property
    def cell(self) -> int:
        """The number of the cell the position lies in, see `cell`."""
        return cell(self.lon_e6, self.lat_e6)


@dataclass(frozen=True)
class Box:
    """A rectangle of the map in millionths of a degree, WGS84, all four edges included.

    Fault `box_impossible` when an edge lies beyond the globe or west lies east of east (no box crosses 180 degrees).
    """

    west_e6: int
    south_e6: int
    east_e6: int
    north_e6: int

    def __post_init__(self) -> None:
        is_wide = -180 * E6 <= self.west_e6 <= self.east_e6 <= 180 * E6
        is_high = -90 * E6 <= self.south_e6 <= self.north_e6 <= 90 * E6
        if not (is_wide and is_high):
            raise Fault("box_impossible", message=words("地图范围不对。", "This is not a rectangle on the map."),
                        remedy=words("请按西、南、东、北的顺序填写。", "Give its edges in the order west, south, east, north."))

    @classmethod
    def around(cls, positions: Iterable[Position], margin_e6: int = 0) -> Self:
        """The smallest box with all `positions`, wider by `margin_e6` on each side; ValueError when there is none."""
        found = list(positions)
        if not found:
            raise ValueError("no position, no box")
        lons, lats = [item.lon_e6 for item in found], [item.lat_e6 for item in found]
        return cls(max(min(lons) - margin_e6, -180 * E6), max(min(lats) - margin_e6, -90 * E6),
                   min(max(lons) + margin_e6, 180 * E6), min(max(lats) + margin_e6, 90 * E6))

    def has(self, position: Position) -> bool:
        """Whether `position` lies in the box or on its edge."""
        return self.west_e6 <= position.lon_e6 <= self.east_e6 and self.south_e6 <= position.lat_e6 <= self.north_e6


def require_inside(position: Position, box: Box, city: Words) -> None:
    """Fault `position_outside` when `position` is not in the city's box; its remedy sees swapped numbers."""
    if box.has(position):
        return
    remedy = words("请在地图上重新选点，或者直接选择社区。",
                   "Choose the point on the map again, or choose the community instead.")
    if abs(position.lon_e6) <= 90 * E6 and box.has(Position(position.lat_e6, position.lon_e6)):
        remedy = words("经度和纬度好像填反了，请对调后再提交。",
                       "Longitude and latitude seem to be swapped; exchange them and submit again.")
    message = words("这个位置不在{city}范围内。", "This position lies outside {city}.")
    raise Fault("position_outside", message=message.format(city=city), remedy=remedy)


def converted(point: Point, source: Datum, target: Datum) -> Point:
    """(longitude, latitude) in degrees, from one datum to another; the same point when they are equal.

    Error: against the published formula none; an inverse differs from the exact one by less than 1e-9 degrees,
    except within a kilometre of the edge of the shifted rectangle, far outside the country, where it may not exist.
    """
    if source is target:
        return point
    return _FROM_WGS84[target](_TO_WGS84[source](point))


def wgs84_to_gcj02(point: Point) -> Point:
    """The shifted point; outside the rectangle of the shift the point itself."""
    lon, lat = point
    if not (_SHIFTED[0] <= lon <= _SHIFTED[2] and _SHIFTED[1] <= lat <= _SHIFTED[3]):
        return point
    x, y = lon - _ORIGIN_LON, lat - _ORIGIN_LAT
    east, north = _metres_east(x, y), _metres_north(x, y)
    slope = sin(lat * pi / 180.0)
    slant = 1 - _ECCENTRICITY_2 * slope * slope
    meridian = _HALF_AXIS * (1 - _ECCENTRICITY_2) / (slant * sqrt(slant))
    parallel = _HALF_AXIS / sqrt(slant) * cos(lat * pi / 180.0)
    return lon + east * 180.0 / (parallel * pi), lat + north * 180.0 / (meridian * pi)


def gcj02_to_wgs84(point: Point) -> Point:
    """The point whose shift is `point`."""
    return _inverse(wgs84_to_gcj02, point)


def gcj02_to_bd09(point: Point) -> Point:
    """Baidu's point for a GCJ-02 point."""
    lon, lat = point
    length = sqrt(lon * lon + lat * lat) + 0.00002 * sin(lat * _BAIDU_TURN)
    angle = atan2(lat, lon) + 0.000003 * cos(lon * _BAIDU_TURN)
    return length * cos(angle) + _BAIDU_LON, length * sin(angle) + _BAIDU_LAT


def bd09_to_gcj02(point: Point) -> Point:
    """The GCJ-02 point for Baidu's point."""
    return _inverse(gcj02_to_bd09, point)


def cell(lon_e6: int, lat_e6: int) -> int:
    """The number of the 0.001 degree cell of a position, 0 to 2^38 - 1.

    Column and row (from 180 W and 90 S) with their bits interleaved, row first (Morton, z-order). Hence a square
    of 2^k by 2^k cells is one range of numbers; `number >> 2 * k` is its own number, good for grouping pins.
    """
    return _interleaved(_column(lon_e6), _row(lat_e6))


def cells_in_box(box: Box) -> list[tuple[int, int]]:
    """At most 16 half-open ranges (lo, hi) of cell numbers, in order, that hold every cell of `box`.

    They hold a rim around the box too (measured on 1,500 squares of 0.005 to 1.5 degrees in Tianjin: median 1.0 to
    1.3 times its area, at most 1.6): the query goes on to compare longitude and latitude themselves.
    """
    columns, rows = (_column(box.west_e6), _column(box.east_e6)), (_row(box.south_e6), _row(box.north_e6))
    level = 0
    while max((columns[1] >> level) - (columns[0] >> level), (rows[1] >> level) - (rows[0] >> level)) > _FINENESS:
        level += 1
    squares = sorted(_interleaved(column, row)
                     for column in range(columns[0] >> level, (columns[1] >> level) + 1)
                     for row in range(rows[0] >> level, (rows[1] >> level) + 1))
    return [(lo << 2 * level, hi << 2 * level) for lo, hi in _joined(squares)]


def column_and_row(number: int) -> tuple[int, int]:
    """The column and the row whose bits are interleaved in the number of a cell, or of a block of cells."""
    return _gathered(number), _gathered(number >> 1)


def blocks_around(number: int, level: int) -> list[int]:
    """The block of 2^level by 2^level cells that holds a cell, and its eight neighbours: numbers that `cell >> 2 * level` can be compared with."""
    column, row = column_and_row(number >> 2 * level)
    return [_interleaved(east, north) for east in (column - 1, column, column + 1) for north in (row - 1, row, row + 1) if east >= 0 and north >= 0]


def _joined(numbers: list[int]) -> list[tuple[int, int]]:
    """Half-open ranges over sorted numbers; neighbours are one, and the smallest gaps are closed until few remain."""
    gaps = sorted(((after - before, place) for place, (before, after) in enumerate(pairwise(numbers))
                   if after - before > 1), reverse=True)[:MOST_RANGES - 1]
    cuts = sorted(place for _, place in gaps)
    starts = [numbers[0], *(numbers[place + 1] for place in cuts)]
    ends = [*(numbers[place] for place in cuts), numbers[-1]]
    return [(start, end + 1) for start, end in zip(starts, ends, strict=True)]


def _column(lon_e6: int) -> int:
    return min(lon_e6 + 180 * E6, 360 * E6 - 1) // CELL_E6


def _row(lat_e6: int) -> int:
    return min(lat_e6 + 90 * E6, 180 * E6 - 1) // CELL_E6


def _interleaved(column: int, row: int) -> int:
    return _spread(column) | _spread(row) << 1


def _spread(number: int) -> int:
    """The bits of a number below 2^32 at every second place."""
    number = (number | number << 16) & 0x0000FFFF0000FFFF
    number = (number | number << 8) & 0x00FF00FF00FF00FF
    number = (number | number << 4) & 0x0F0F0F0F0F0F0F0F
    number = (number | number << 2) & 0x3333333333333333
    return (number | number << 1) & 0x5555555555555555


def _gathered(number: int) -> int:
    """Every second bit of a number, together again: the inverse of `_spread`."""
    number &= 0x5555555555555555
    number = (number | number >> 1) & 0x3333333333333333
    number = (number | number >> 2) & 0x0F0F0F0F0F0F0F0F
    number = (number | number >> 4) & 0x00FF00FF00FF00FF
    number = (number | number >> 8) & 0x0000FFFF0000FFFF
    return (number | number >> 16) & 0x00000000FFFFFFFF


def _inverse(shift: Callable[[Point], Point], point: Point) -> Point:
    lon, lat = point
    for _ in range(_ROUNDS):
        there_lon, there_lat = shift((lon, lat))
        off_lon, off_lat = there_lon - point[0], there_lat - point[1]
        lon, lat = lon - off_lon, lat - off_lat
        if abs(off_lon) < _CLOSE_ENOUGH and abs(off_lat) < _CLOSE_ENOUGH:
            break
    return lon, lat


def _waves(value: float, *parts: tuple[float, float]) -> float:
    return sum(size * sin(value * pi / length) for size, length in parts) * 2.0 / 3.0


def _metres_north(x: float, y: float) -> float:
    plain = -100.0 + 2.0 * x + 3.0 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * sqrt(abs(x))
    return (plain + _waves(x, (20.0, 1 / 6.0), (20.0, 1 / 2.0))
            + _waves(y, (20.0, 1.0), (40.0, 3.0)) + _waves(y, (160.0, 12.0), (320.0, 30.0)))


def _metres_east(x: float, y: float) -> float:
    plain = 300.0 + x + 2.0 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * sqrt(abs(x))
    return (plain + _waves(x, (20.0, 1 / 6.0), (20.0, 1 / 2.0))
            + _waves(x, (20.0, 1.0), (40.0, 3.0)) + _waves(x, (150.0, 12.0), (300.0, 30.0)))


def _impossible() -> Fault:
    return Fault("position_impossible",
                 message=words("这不是一个有效的位置：经度应在 ±180、纬度应在 ±90 以内。",
                               "This is no position: longitude lies within ±180 and latitude within ±90."),
                 remedy=words("请在地图上重新选点。", "Choose the point on the map again."))


def _same(point: Point) -> Point:
    return point


_TO_WGS84: dict[Datum, Callable[[Point], Point]] = {
    Datum.WGS84: _same, Datum.GCJ02: gcj02_to_wgs84, Datum.BD09: lambda point: gcj02_to_wgs84(bd09_to_gcj02(point)),
}
_FROM_WGS84: dict[Datum, Callable[[Point], Point]] = {
    Datum.WGS84: _same, Datum.GCJ02: wgs84_to_gcj02, Datum.BD09: lambda point: gcj02_to_bd09(wgs84_to_gcj02(point)),
}
