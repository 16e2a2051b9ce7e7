# SPDX-License-Identifier: MulanPSL-2.0
"""Where a list of the desk stands: the place that the address names inside the post's range, the way down to it, and the places below."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.http import urlencode

from linli.core.faults import NotVisible
from linli.core.sight import Actor
from linli.desk.covers import place_inside
from linli.elements import places
from linli.elements.places import KnownPlace


@dataclass(frozen=True)
class Stand:
    """The chosen place with its range; `steps` lead down to it, `below` further, each with its address."""

    place: KnownPlace
    lo: int
    hi: int
    steps: list[dict[str, Any]]
    below: list[dict[str, Any]]

    @property
    def is_small(self) -> bool:
        """True for a community or a grid: small enough for a list of its buildings."""
        return self.place.level in ("community", "grid")


def stand_of(request: HttpRequest, actor: Actor, base: str, kept: Sequence[str] = (), area: int | None = None) -> Stand:
    """The place of `area`, else the one that the address names, else the post's own; `kept` names the parameters that its links carry on.

    NotVisible outside the range.
    """
    text = str(area) if area is not None else request.GET.get("area", "")
    place = place_inside(actor, int(text)) if text.isdecimal() and len(text) <= 15 else places.find_place(actor.lo)
    if place is None:
        raise NotVisible
    more = {name: request.GET[name][:80] for name in kept if request.GET.get(name)}
    path = [one for one in places.path_of(place.area) if actor.lo <= one.lo and one.hi <= actor.hi]
    below = [one for one in places.children(place.area) if one.level != "grid"]
    return Stand(place, place.lo, place.hi, [_step(one, base, more) for one in path], [_step(one, base, more) for one in below])


def _step(place: KnownPlace, base: str, more: dict[str, str]) -> dict[str, Any]:
    return {"name": place.short_name, "href": f"{base}?{urlencode({'area': str(place.area)} | more)}"}


def number_of(request: HttpRequest, name: str = "number") -> int:
    """The number of a record in the address. NotVisible when there is none."""
    text = request.GET.get(name, "")
    if not text.isdecimal() or not text.isascii() or len(text) > 18:
        raise NotVisible
    return int(text)


def register_address(name: str, *args: object) -> str:
    """The address of a page of the registers (list, record, new record); empty where this desk has none."""
    try:
        return reverse(f"desk:{name}", args=args)
    except NoReverseMatch:
        return ""
