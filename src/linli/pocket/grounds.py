# SPDX-License-Identifier: MulanPSL-2.0
"""What the phone needs to report without a network: categories with their kinds' fields, and the grids of the post with their outlines."""

from typing import Any

from django.conf import settings
from shapely.geometry.base import BaseGeometry

from linli.core import clock
from linli.core.fields import Field
from linli.core.sight import Actor
from linli.elements import maps, places
from linli.elements.places import KnownPlace
from linli.matters import categories, settling
from linli.matters.kinds import all_kinds

MOST_GRIDS = 400
"""Grids whose outlines travel to the phone (our choice: a large street; wider posts get their communities without outlines)."""
DIGITS = 5
"""Digits of a degree: about a metre."""


def ground_of(actor: Actor) -> dict[str, Any]:
    """Everything that changes seldom, in the reader's language."""
    can_settle = actor.may("matter.self_handle") and actor.organisation is not None
    return {"categories": _categories(), "kinds": _kinds(), "can_settle": can_settle, "places": _places(actor), "box": city_box()}


def city_box() -> list[float]:
    """West, south, east, north of the city in degrees: a position outside is refused on the phone already."""
    return [float(edge) for edge in settings.CITY_BOX.split(",")]


def _categories() -> list[dict[str, Any]]:
    """Groups of categories in force, in their order: [number, name, kind, other name for the search, may be settled on the spot]."""
    found = categories.groups(categories.in_force(clock.today()))
    return [{"label": str(label), "rows": [[one.pk, str(categories.words_of(one)), one.kind, one.code, settling.is_small(one)] for one in rows]} for label, rows in found]


def _kinds() -> dict[str, Any]:
    return {kind.name: {"fields": [_field(one) for one in kind.fields]} for kind in all_kinds()}


def _field(one: Field) -> dict[str, Any]:
    return {"name": one.name, "label": str(one.label), "kind": one.kind, "required": one.required, "limit": one.limit,
            "help": str(one.help or ""), "choices": [[value, str(label)] for value, label in one.options()]}


def _places(actor: Actor) -> list[dict[str, Any]]:
    """Grids (with outlines) where there are not too many, otherwise communities."""
    grids = places.places_within(actor.lo, actor.hi, level="grid", day=clock.today())
    if grids and len(grids) <= MOST_GRIDS:
        return [_place(one, with_outline=True) for one in grids]
    return [_place(one, with_outline=not grids) for one in places.communities(actor.lo, actor.hi, day=clock.today())]


def _place(one: KnownPlace, *, with_outline: bool) -> dict[str, Any]:
    community = places.community_of(one.area)
    shown = maps.shape_of(one.area, clock.today()) if with_outline else None
    return {"area": str(one.area), "name": one.short_name, "community": community.short_name if community else "",
            "rings": _rings(shown[0]) if shown else []}


def _rings(shape: BaseGeometry) -> list[list[list[float]]]:
    return [[[round(x, DIGITS), round(y, DIGITS)] for x, y, *_ in polygon.exterior.coords] for polygon in getattr(shape, "geoms", [shape])]
