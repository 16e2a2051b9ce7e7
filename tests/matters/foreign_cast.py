# SPDX-License-Identifier: MulanPSL-2.0
"""The stage of imports: a grid with a boundary, a source, made-up requests, and short ways through a whole import."""

import json
from dataclasses import dataclass
from typing import Any

from linli.core import due, editions
from linli.core.fields import Received
from linli.core.sight import looking, of_all
from linli.elements.boundaries import OPEN_DAY, day_number
from linli.elements.models import Boundary, Place
from linli.matters.foreign import files, working
from linli.matters.models import ForeignImport, ForeignReturn, Matter, Origin
from tests.cast import GRID, HOSTILE, SINCE, Cast

WEST, SOUTH, SIDE = 117.1900, 39.1100, 0.004
SYSTEM = "north-desk"


def draw(area: int = GRID) -> None:
    """A square boundary for one grid."""
    ring = [[WEST, SOUTH], [WEST + SIDE, SOUTH], [WEST + SIDE, SOUTH + SIDE], [WEST, SOUTH + SIDE], [WEST, SOUTH]]
    Boundary.objects.create(place=Place.objects.get(area=area), from_day=day_number(SINCE), to_day=OPEN_DAY, is_schematic=True,
                            shape={"type": "Polygon", "coordinates": [ring]})
    editions.forget_all()


def request(number: str = "14-1", **more: Any) -> dict[str, Any]:
    """A made-up closed request with its notes out of order, as the extension of Chicago has them."""
    return {
        "service_request_id": number, "status": "closed", "status_notes": "Patched", "service_name": "Pothole in Street", "service_code": "4fd3",
        "description": f"hole {HOSTILE}", "agency_responsible": "Streets", "requested_datetime": "2024-01-07T23:16:02-06:00",
        "updated_datetime": "2024-03-30T15:17:11-05:00", "address": "300 N", "lat": SOUTH + SIDE / 2, "long": WEST + SIDE / 2,
        "notes": [
            {"datetime": "2024-03-30T15:17:11-05:00", "summary": "Request closed", "type": "closed"},
            {"datetime": "2024-01-28T11:15:00-05:00", "summary": "Assign crew", "description": "Patched", "type": "activity"},
            {"datetime": "2024-01-07T23:16:02-06:00", "summary": "Request opened", "type": "opened"}],
    } | more


def opened(number: str = "14-2", **more: Any) -> dict[str, Any]:
    """A made-up open request without notes."""
    return request(number, **({"status": "Open", "status_notes": None, "updated_datetime": None, "notes": None} | more))


@dataclass
class Desk:
    """Somebody who imports."""

    cast: Cast

    def brought(self, content: Any, *, zone: str = "", system: str = SYSTEM) -> int:
        """A file that was received and looked through."""
        raw = content if isinstance(content, bytes) else json.dumps(content).encode()
        number = int(self.cast.do("foreign.receive", "sysadmin", system=system, file=Received("a.json", raw), zone=zone)["brought"])
        return self.worked(number)

    def worked(self, number: int) -> int:
        """The due work and the job of an import, done now."""
        due.drain()
        working.work(number)
        files.forget()
        due.drain()
        return number

    def mapped(self, code: str = "4fd3", category: int | None = None, system: str = SYSTEM) -> None:
        """A service that a person decided on."""
        self.cast.do("foreign.map", "sysadmin", system=system, code=code, name="Pothole", category=self.cast.category if category is None else category)

    def taken(self, content: Any, **more: Any) -> ForeignImport:
        """A file taken in."""
        return self.started(self.brought(content, **more))

    def started(self, number: int) -> ForeignImport:
        """Start an import and let it end."""
        self.cast.do("foreign.start", "sysadmin", brought=number)
        return self.row(self.worked(number))

    def withdrawn(self, number: int) -> ForeignImport:
        """Withdraw an import and let the worker do it."""
        self.cast.do("foreign.withdraw", "sysadmin", brought=number)
        return self.row(self.worked(number))

    def row(self, number: int) -> ForeignImport:
        """The import as it stands."""
        return ForeignImport.objects.get(pk=number)


def matters() -> list[Matter]:
    """Every matter that came from outside, oldest first."""
    with looking(of_all(), read_only=True):
        return list(Matter.objects.filter(origins__isnull=False).order_by("id"))


def matter_of(number: str) -> Matter:
    """The matter of a foreign number."""
    with looking(of_all(), read_only=True):
        return Origin.objects.select_related("matter").get(number=number).matter


def whys(number: int) -> dict[int, str]:
    """What was returned of an import: place to reason."""
    return dict(ForeignReturn.objects.filter(brought=number).values_list("place", "why"))
