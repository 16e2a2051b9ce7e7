# SPDX-License-Identifier: MulanPSL-2.0
"""Map tiles (Web Mercator, z/x/y as every map library counts them) over our positions, and the blocks that points are gathered into."""

from dataclasses import dataclass
from math import asinh, atan, degrees, floor, pi, radians, sinh, tan

from linli.core.faults import NotVisible
from linli.elements.coordinates import CELL_E6, E6, Box

DEEPEST = 22
"""The deepest zoom that is answered at all (a tile is then 7 metres wide)."""
EXTENT = 4096
"""Units of a vector tile's side (the vector tile specification's usual value)."""
COLUMNS = 16
"""At most so many blocks lie side by side in a tile (our choice: 32 pixels each, a finger's width apart)."""
FINE = 15
"""From this zoom on a tile is cut into 16 by 16 parts of its own; above, blocks are whole cells and the same at every zoom that has their size."""
TOP = 85_051_128
"""The northern edge of Web Mercator, millionths of a degree."""


@dataclass(frozen=True)
class Tile:
    """One tile. NotVisible when there is no such tile."""

    z: int
    x: int
    y: int

    def __post_init__(self) -> None:
        if not (0 <= self.z <= DEEPEST and 0 <= self.x < 1 << self.z and 0 <= self.y < 1 << self.z):
            raise NotVisible

    @property
    def is_fine(self) -> bool:
        """True where points are gathered in parts of the tile itself."""
        return self.z >= FINE

    @property
    def level(self) -> int:
        """Blocks above FINE are squares of 2^level by 2^level cells, the smallest of which at most COLUMNS lie side by side."""
        level, wanted = 0, 360 * E6 / (1 << self.z) / COLUMNS
        while CELL_E6 << level < wanted:
            level += 1
        return level

    @property
    def edges(self) -> tuple[int, int, int, int]:
        """West, south, east, north in millionths of a degree; the eastern and the northern edge belong to the next tile."""
        west, east = (-(-360 * E6 * step // (1 << self.z)) - 180 * E6 for step in (self.x, self.x + 1))
        return west, _lat_e6(self.y + 1, self.z), east, _lat_e6(self.y, self.z)

    @property
    def box(self) -> Box:
        """All positions that may count here: the tile itself where it is fine, else all blocks that touch it."""
        west, south, east, north = self.edges
        if self.is_fine:
            return Box(west, south, max(west, east - 1), max(south, north - 1))
        side = CELL_E6 << self.level
        low = [max(-limit, (edge + limit) // side * side - limit) for edge, limit in ((west, 180 * E6), (south, 90 * E6))]
        high = [min(limit, ((edge + limit) // side + 1) * side - limit - 1) for edge, limit in ((east, 180 * E6), (north, 90 * E6))]
        return Box(low[0], low[1], high[0], high[1])

    def inside(self, lon_e6: float, lat_e6: float) -> tuple[int, int] | None:
        """Where a point lies in the tile, in units of EXTENT from the north-west; None when it lies in another tile."""
        x, y = _unit(lon_e6, lat_e6)
        column, row = x * (1 << self.z), y * (1 << self.z)
        if floor(column) != self.x or floor(row) != self.y:
            return None
        return int((column - self.x) * EXTENT), int((row - self.y) * EXTENT)


def middle_of(column: int, row: int, level: int) -> tuple[float, float]:
    """Longitude and latitude of the middle of a block, millionths of a degree; `column` and `row` of the block at its level."""
    side = CELL_E6 << level
    return (column + 0.5) * side - 180 * E6, (row + 0.5) * side - 90 * E6


def tile_at(lon_e6: int, lat_e6: int, z: int) -> Tile:
    """The tile of a zoom around a point."""
    x, y = _unit(lon_e6, lat_e6)
    last = (1 << z) - 1
    return Tile(z, min(last, floor(x * (1 << z))), min(last, floor(y * (1 << z))))


def _unit(lon_e6: float, lat_e6: float) -> tuple[float, float]:
    """The point on the whole world as one square, 0 to 1 from the north-west."""
    lat = max(-TOP, min(TOP, lat_e6)) / E6
    return (lon_e6 / E6 + 180) / 360, (1 - asinh(tan(radians(lat))) / pi) / 2


def _lat_e6(row: int, z: int) -> int:
    """The latitude of the edge above a row of tiles."""
    return round(degrees(atan(sinh(pi * (1 - 2 * row / (1 << z))))) * E6)
