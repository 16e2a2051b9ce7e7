# SPDX-License-Identifier: MulanPSL-2.0
"""步行可达 on the desk: which services lie out of reach on foot, the buildings concerned on a scheme and as a list, and how it was reckoned."""

from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode

from linli.core.faults import NotVisible
from linli.core.sight import Actor, looking, of_post
from linli.core.words import words
from linli.desk.stands import Stand, register_address, stand_of
from linli.doors import schemes
from linli.doors.guards import able
from linli.doors.requests import actor_of
from linli.elements import places, reaches
from linli.elements.models import Unreached
from linli.elements.reaches import Dot, Line, Service
from linli.elements.registers.dwellings import building_title
from linli.elements.seats import THINGS_SEEN
from linli.ui.navigation import Entry, declare

PAGE = 50
WIDTHS = {"district": 1_000_000_000, "street": 1_000_000, "community": 1_000}
"""How many numbers wide a place of a level is."""
TONES = {"in": words("走得到", "In reach"), "out": words("走不到", "Out of reach"), "site": words("设施", "Facility")}
declare(Entry("coverage", words("可达", "Reach"), "desk:coverage", "pin", 29, THINGS_SEEN))


@able(THINGS_SEEN)
def coverage(request: HttpRequest) -> HttpResponse:
    """Every service of a place with how many buildings lie out of reach; one service with them on the scheme and as a list."""
    actor, base = actor_of(request), reverse("desk:coverage")
    stand = stand_of(request, actor, base, ("service",))
    wanted = request.GET.get("service", "")[:80]
    service = reaches.service_named(wanted) if wanted else None
    if wanted and service is None:
        raise NotVisible
    with looking(of_post(actor), read_only=True):
        lines = reaches.lines(actor, stand.lo, stand.hi)
        more = _detail(request, actor, service, stand) if service else {}
        return render(request, "desk/coverage.html", {
            "stand": stand, "lines": [_line(one, stand) for one in lines], "service": service, "ground": reaches.ground(actor, stand.lo, stand.hi),
            "detour": f"{settings.DETOUR_PERCENT / 100:.2f}".rstrip("0").rstrip("."), "line": next((_line(one, stand) for one in lines if one.service == service), None),
            "buildings": register_address("register", "building"), **more})


def _line(one: Line, stand: Stand) -> dict[str, Any]:
    return {"line": one, "href": f"{reverse('desk:coverage')}?{urlencode({'area': str(stand.place.area), 'service': one.service.key})}", "straight": one.service.straight,
            "tone": "calm" if one.reckoned is None else "warn" if one.out else "good"}


def _detail(request: HttpRequest, actor: Actor, service: Service, stand: Stand) -> dict[str, Any]:
    base, kept = reverse("desk:coverage"), {"area": str(stand.place.area), "service": service.key}
    width = WIDTHS.get(places.level_under(stand.place.area))
    if width is not None:
        counts = reaches.by_place(actor, service.key, stand.lo, stand.hi, width)
        return {"places": [{"place": place, "out": out, "dwellings": dwellings, "href": f"{base}?{urlencode(kept | {'area': str(area)})}"}
                           for area, (out, dwellings) in sorted(counts.items(), key=lambda pair: -pair[1][0]) if (place := places.find_place(area)) is not None]}
    text = request.GET.get("after", "")
    after = int(text) if text.isdecimal() and text.isascii() and len(text) < 19 else 0
    found = reaches.unreached(actor, service.key, stand.lo, stand.hi, after, PAGE + 1)
    return {
        "rows": [_row(one) for one in found[:PAGE]], "newer": f"{base}?{urlencode(kept)}" if after else "",
        "older": f"{base}?{urlencode(kept | {'after': str(found[PAGE - 1].building_id)})}" if len(found) > PAGE else "",
        "scheme": schemes.scheme_of(stand.place.area), "dots": _dots(stand, reaches.dots(actor, service, stand.lo, stand.hi)), "tones": TONES}


def _row(one: Unreached) -> dict[str, Any]:
    place = places.find_place(one.area)
    return {"one": one, "title": building_title(one.building), "place": place.short_name if place else "", "record": register_address("building", one.building_id)}


def _dots(stand: Stand, found: Sequence[Dot]) -> list[dict[str, Any]]:
    """The points inside the picture, in its units."""
    scheme = schemes.scheme_of(stand.place.area)
    if scheme is None:
        return []
    west, south, east, north = scheme.bounds
    placed = [(one, (one.lon_e6 / 1e6 - west) / (east - west) * scheme.width, (north - one.lat_e6 / 1e6) / (north - south) * scheme.height) for one in found]
    return [{"x": f"{x:.1f}", "y": f"{y:.1f}", "state": one.state, "name": one.name, "left": f"{x - 5:.1f}", "top": f"{y - 5:.1f}", "words": TONES[one.state]}
            for one, x, y in placed if 0 <= x <= scheme.width and 0 <= y <= scheme.height]
