# SPDX-License-Identifier: MulanPSL-2.0
"""Where a record goes whose ground has ended: one rule for buildings, facilities and matters, whether grids were redrawn or a community changed hands."""

from collections.abc import Sequence

from linli.core import clock
from linli.core.faults import NotVisible
from linli.elements import places
from linli.elements.lineages import whole_heir
from linli.elements.places import KnownPlace
from linli.elements.zonings import zoning_of

Row = tuple[int, int, int | None, int | None]
"""Number of the record, its area, longitude and latitude in millionths of a degree (None without a position)."""


def ended_ground(origin: int) -> list[int]:
    """The areas of a place that stand no more today: itself, and its grids when it is a community; in order of number."""
    place, today = places.place_by_area(origin), clock.today()
    grids = places.every_grid_of(place.area) if place.level == "community" else ()
    return [one.area for one in (place, *grids) if one.valid_to is not None and one.valid_to <= today]


def targets(origin: int, rows: Sequence[Row]) -> dict[int, int]:
    """Record to its new area: another place that took its ground over as a whole; else the grid around its position; else the heir of its grid, else the community."""
    place = places.place_by_area(origin)
    zoning = zoning_of(origin, clock.today())
    found: dict[int, int] = {}
    placed: list[Row] = []
    for row in rows:
        heir = whole_heir(row[1])
        if heir is not None and not place.covers(heir):
            found[row[0]] = heir
        elif zoning.areas and row[2] is not None and row[3] is not None:
            placed.append(row)
        else:
            found[row[0]] = (heir if zoning.areas else None) or _standing(place)
    if placed:
        found |= dict(zip((row[0] for row in placed), zoning.areas_of([(row[2] or 0, row[3] or 0) for row in placed]), strict=True))
    return found


def _standing(place: KnownPlace) -> int:
    return place.area if place.stands() else whole_heir(place.area) or place.area


def common_place(areas: Sequence[int]) -> KnownPlace:
    """The lowest place that covers all of these. NotVisible when there is none."""
    paths = [places.path_of(area) for area in areas]
    shared: list[KnownPlace] = [level[0] for level in zip(*paths, strict=False) if len({one.area for one in level}) == 1]
    if not shared:
        raise NotVisible
    return shared[-1]


def reach_of(origin: int) -> KnownPlace:
    """The lowest place that covers a place and all that its ended ground went to: what carrying its records must see."""
    heirs = {heir for area in ended_ground(origin) if (heir := whole_heir(area)) is not None}
    return common_place([origin, *sorted(heirs)])
