# SPDX-License-Identifier: MulanPSL-2.0
"""The map of the desk: areas, matters and workers as a picture, as a moving map where the browser can, and always as tables with the same numbers."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseNotModified, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.safestring import mark_safe

from linli.core import clock
from linli.core.faults import NotVisible
from linli.core.sight import Actor, looking, of_post
from linli.core.words import Words, words
from linli.desk import map_rows
from linli.desk.covers import SEES
from linli.desk.map_rows import Looked
from linli.desk.rows import rows_of
from linli.doors.guards import able
from linli.doors.requests import actor_of
from linli.elements import maps, places
from linli.elements.assignments import WALKS
from linli.elements.coordinates import E6, Box
from linli.elements.mercator import Tile
from linli.elements.places import KnownPlace
from linli.matters.kinds import all_kinds
from linli.matters.mapping import here as around
from linli.matters.mapping import tiles
from linli.matters.mapping.choices import PERIODS, STATES, Choice, chosen, groups
from linli.matters.phases import SOURCES

TILE_SECONDS = 20
"""How long a browser shows a tile without asking again (our choice: a limit that passes is seen within that time)."""
VIEWS = {"matters": words("事件", "Matters"), "workers": words("人员配备", "Workers")}
KNOW_WORKERS = (*SEES, WALKS)
"""Abilities of those who may see who works a grid and who stands in: as on the page of grids, and the workers themselves."""
CHOICES = ("state", "period", "kind", "group", "source")


@dataclass(frozen=True)
class Asked:
    """What an address asks for: the place, the view, the choice and the day of the map."""

    place: KnownPlace
    view: str
    choice: Choice
    day: date
    faults: Mapping[str, Words]

    def address(self, **other: str | int) -> str:
        """The address of this page with something changed."""
        held: dict[str, str | int] = {"area": self.place.area, "view": self.view}
        held |= {name: getattr(self.choice, name) for name in CHOICES}
        held |= {"under": self.day.isoformat()} if self.day != clock.today() else {}
        return f"{reverse('desk:map')}?{urlencode({name: value for name, value in (held | other).items() if value})}"

    @property
    def query(self) -> str:
        """The choice as the addresses of tiles carry it."""
        return urlencode({"area": self.place.area} | {name: value for name in CHOICES if (value := getattr(self.choice, name))})


def asked(request: HttpRequest, actor: Actor) -> Asked:
    """What the address asks for. NotVisible for a place outside the post's range or for a post without one."""
    sent = request.GET
    place = _place(sent.get("area", ""), actor)
    choice, faults = chosen({name: sent.get(name, "") for name in CHOICES}, max(place.lo, actor.lo), min(place.hi, actor.hi))
    view = sent.get("view", "") if sent.get("view", "") in _views(actor) else "matters"
    return Asked(place, view, choice, _day(sent.get("under", "")), faults)


def _views(actor: Actor) -> Mapping[str, Words]:
    return {name: label for name, label in VIEWS.items() if name != "workers" or any(actor.may(one) for one in KNOW_WORKERS)}


def _place(text: str, actor: Actor) -> KnownPlace:
    if actor.lo >= actor.hi:
        raise NotVisible
    if not text:
        own = next((one for one in places.path_of(actor.lo) if actor.lo <= one.lo and one.hi <= actor.hi), None)
        if own is None:
            raise NotVisible
        return own
    found = places.find_place(int(text)) if text.isascii() and text.isdecimal() and len(text) <= 15 else None
    if found is None or found.lo < actor.lo or found.hi > actor.hi:
        raise NotVisible
    return found


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text) if text else clock.today()
    except ValueError:
        return clock.today()


@able("matter.see")
def page(request: HttpRequest) -> HttpResponse:
    """The map of a place with its tables."""
    actor = actor_of(request)
    wanted = asked(request, actor)
    with looking(of_post(actor), read_only=True):
        seen = map_rows.looked(wanted.place, wanted.choice, wanted.day, is_matters=wanted.view == "matters")
        context = _frame(wanted, actor) | _selects(wanted) | {"rows": _rows(wanted, seen), "seen": seen, "wanted": wanted, "scheme": _scheme(wanted, seen)}
        return render(request, "desk/map.html", context)


def _frame(wanted: Asked, actor: Actor) -> dict[str, Any]:
    """Path, tabs, and what the moving map needs to know."""
    outline = maps.shape_of(wanted.place.area, wanted.day)
    above = [one for one in places.path_of(wanted.place.area) if actor.lo <= one.lo and one.hi <= actor.hi]
    return {
        "path": [{"place": one, "href": wanted.address(area=one.area, under="")} for one in above],
        "tabs": [{"words": label, "href": wanted.address(view=name), "is_here": name == wanted.view} for name, label in _views(actor).items()],
        "bounds": ",".join(f"{edge:.6f}" for edge in outline[0].bounds) if outline else "", "is_schematic": bool(outline and outline[1]),
        "areas": f"{reverse('desk:map_areas')}?{wanted.address().partition('?')[2]}",
        "tiles": reverse("desk:map_tile", args=[0, 0, 0]).removesuffix("0/0/0"), "query": wanted.query, "here": reverse("desk:map_here"),
        "style": settings.MAP_STYLE, "licence": settings.MAP_LICENCE, "is_community": wanted.place.level == "community",
        "may_redraw": actor.may("boundary.redraw") and wanted.place.level == "community", "days": _days(wanted.place),
        "may_reorganise": actor.may("place.reorganise"),
        "covers": f"{reverse('desk:grids')}?area={wanted.place.area}" if any(actor.may(one) for one in SEES) else "",
        "lists": f"{reverse('desk:inbox')}?{urlencode({'area': str(wanted.place.area), 'state': wanted.choice.state.replace('all', '')})}",
    }


def _days(place: KnownPlace) -> list[date]:
    """The days from which the grids of a community were other ones, latest first."""
    if place.level != "community":
        return []
    grids = places.every_grid_of(place.area)
    return sorted({one.valid_from for one in grids if one.valid_from and any(other.valid_to == one.valid_from for other in grids)}, reverse=True)


def _selects(wanted: Asked) -> dict[str, Any]:
    options: dict[str, Sequence[tuple[str, object]]] = {
        "state": list(STATES.items()), "period": [(name, label) for name, (_, label) in PERIODS.items()],
        "group": groups(), "kind": [(one.name, one.words) for one in all_kinds() if one.is_public], "source": list(SOURCES.items()),
    }
    labels = {"state": words("状态", "State"), "period": words("上报时间", "Reported"), "group": words("大类", "Group"),
              "kind": words("事项种类", "Kind"), "source": words("来源", "Source")}
    made = [{"name": name, "label": labels[name], "is_open": name != "state", "options": [
        {"value": value, "label": label, "is_chosen": value == getattr(wanted.choice, name)} for value, label in options[name]]} for name in options]
    return {"selects": made, "faults": list(wanted.faults.values())}


def _rows(wanted: Asked, seen: Looked) -> list[dict[str, Any]]:
    return [{"row": one, "href": wanted.address(area=one.place.area, under="")} for one in seen.rows]


def _scheme(wanted: Asked, seen: Looked) -> str:
    """The picture for everybody: parts shaded by what the table says, each a link to itself."""
    by_area = {one.place.area: one for one in seen.rows}

    def look(part: KnownPlace) -> maps.Look:
        row = by_area.get(part.area)
        return maps.Look(f"heat-{row.heat}", f"：{row.sentence}", row.is_bare) if row else maps.PLAIN

    drawn = maps.scheme_svg(wanted.place.area, link=lambda part: wanted.address(area=part.area, under=""), day=wanted.day, look=look)
    return mark_safe(drawn)  # noqa: S308  made of escaped names and numbers (elements/maps.py)


@able("matter.see")
def areas(request: HttpRequest) -> HttpResponse:
    """The parts of a place as GeoJSON with the numbers of the table."""
    actor = actor_of(request)
    wanted = asked(request, actor)
    with looking(of_post(actor), read_only=True):
        seen = map_rows.looked(wanted.place, wanted.choice, wanted.day, is_matters=wanted.view == "matters")
        drawn = maps.geojson_of(wanted.place.area, places.level_under(wanted.place.area, day=wanted.day), wanted.day)
        by_area = {str(one.place.area): one for one in seen.rows}
        for feature in drawn["features"]:
            row = by_area.get(feature["properties"]["area"])
            if row:
                feature["properties"] |= {"heat": row.heat, "name": row.place.short_name, "said": str(row.sentence), "bare": row.is_bare,
                                          "href": wanted.address(area=row.place.area, under="")}
    return _kept(request, JsonResponse(drawn))


@able("matter.see")
def tile(request: HttpRequest, z: int, x: int, y: int) -> HttpResponse:
    """One vector tile of matters, as the post may see them. 404 where there is no such tile."""
    actor, at = actor_of(request), Tile(z, x, y)
    wanted = asked(request, actor)
    with looking(of_post(actor), read_only=True):
        made = tiles.encoded(wanted.choice, at)
    return _kept(request, HttpResponse(made, content_type="application/vnd.mapbox-vector-tile"))


def _kept(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    """The answer with its mark: a browser keeps it for moments, and asks by the mark afterwards. Kept apart by the cookie (Vary)."""
    mark = f'"{hashlib.sha256(response.content).hexdigest()[:32]}"'
    if request.headers.get("If-None-Match") == mark:
        response = HttpResponseNotModified()
    response.headers["ETag"] = mark
    response.headers["Cache-Control"] = f"private, max-age={TILE_SECONDS}"
    return response


@able("matter.see")
def here(request: HttpRequest) -> HttpResponse:
    """The matters of a small rectangle of the map, for points that lie one upon the other."""
    actor = actor_of(request)
    wanted = asked(request, actor)
    box = _box(request.GET.get("box", ""))
    with looking(of_post(actor), read_only=True):
        found, has_more = around.here(wanted.choice, box)
        return render(request, "desk/map_here.html", {"rows": rows_of(found), "has_more": has_more, "back": wanted.address(), "most": around.MOST})


def _box(text: str) -> Box:
    """The rectangle west, south, east, north in degrees. NotVisible when it is none."""
    try:
        west, south, east, north = (round(float(part) * E6) for part in text.split(","))
    except (ValueError, OverflowError):
        raise NotVisible from None
    if not (-180 * E6 <= west <= east <= 180 * E6 and -90 * E6 <= south <= north <= 90 * E6):
        raise NotVisible
    return Box(west, south, east, north)
