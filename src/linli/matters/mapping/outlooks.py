# SPDX-License-Identifier: MulanPSL-2.0
"""What a drawing of new grids would do to the open matters of a community, counted before anybody puts it into force."""

from collections import Counter
from dataclasses import dataclass, field

from linli.elements.models import Redrawing
from linli.elements.redrawings import Drawing
from linli.elements.zonings import Zoning
from linli.matters.models import Matter


@dataclass
class Outlook:
    """Open matters by new grid (its place in the drawing) that change their grid; those without a position are told apart."""

    moving: Counter[int] = field(default_factory=Counter)
    unplaced: int = 0
    staying: int = 0

    @property
    def changing(self) -> int:
        """How many matters change their grid, those without a position included."""
        return sum(self.moving.values()) + self.unplaced


def outlook(held: Redrawing) -> Outlook:
    """Counted now, from what is open now; one query."""
    drawing = Drawing.of(held)
    zoning = Zoning(tuple(range(len(drawing.shapes))), drawing.shapes)
    found = Outlook()
    rows = list(Matter.objects.within(held.area + 1, held.area + 1000).filter(is_open=True).values_list("area", "lon_e6", "lat_e6"))
    open_ones = [row for row in rows if row[0] not in drawing.kept]
    found.staying = len(rows) - len(open_ones)
    placed = [(lon, lat) for _, lon, lat in open_ones if lon is not None]
    found.unplaced = len(open_ones) - len(placed)
    found.moving.update(zoning.areas_of(placed))
    return found
