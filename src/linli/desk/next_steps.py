# SPDX-License-Identifier: MulanPSL-2.0
"""What to do next: open work by residents' need and by deadline, each a link to the work itself, with what it adds to the result small beside it."""

from collections.abc import Callable, Sequence
from fractions import Fraction
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_GET

from linli.core import clock
from linli.core.faults import NotVisible
from linli.core.sight import Actor, looking, of_post
from linli.desk.own_places import own_place
from linli.desk.rows import due_tone
from linli.doors.guards import able
from linli.doors.requests import actor_of
from linli.elements import places
from linli.elements.registers.declaring import registers
from linli.matters import numbers
from linli.measures.next_steps import Step, next_steps
from linli.measures.results import place_for
from linli.measures.scoring import decimal
from linli.measures.works import NEEDS

CARD = 6
"""Steps on the card of the first page (our choice: a morning's look)."""
UNDATED = 2
ANSWERS = "alarm.take"
"""Posts that answer for their community have the card on their first page; a grid worker has the list of his own day."""
LEAST = Fraction(1, 100)
"""Smaller gains are shown as “<0.01”."""
LEVELS = ("community", "street")
"""Levels whose open work is listed thing by thing; above, the page leads down to them."""


@require_GET
@able("results.see")
def own(request: HttpRequest) -> HttpResponse:
    """The next steps of the post's own place. NotVisible for a post whose range is no place."""
    place = own_place(actor_of(request))
    if place is None:
        raise NotVisible
    return redirect("desk:next_steps", area=place)


@require_GET
@able("results.see")
def page(request: HttpRequest, area: int) -> HttpResponse:
    """The open work of a community or street, by need and deadline; a district or the city is led down by area code."""
    actor = actor_of(request)
    with looking(of_post(actor), read_only=True):
        place = place_for(actor, area)
        path_of = [one for one in places.path_of(area) if actor.lo <= one.lo and one.hi <= actor.hi]
        below = sorted((one for one in places.children(area) if one.level in (*LEVELS, "district")), key=lambda one: one.area)
        shown: dict[str, Any] = {"place": place, "path": path_of, "below": below, "is_listed": place.level in LEVELS}
        if place.level in LEVELS:
            found = next_steps(actor, area)
            shown |= {"groups": [{"name": name, "words": label, "steps": rows(actor, found.of(name))} for name, label in NEEDS.items() if found.of(name)],
                      "has_more": bool(found.more), "found": found.found}
        return render(request, "desk/next_steps.html", shown)


def card(actor: Actor) -> dict[str, Any] | None:
    """The first steps of the post's own community, for its first page; None where the post has none or sees no results."""
    place = own_place(actor)
    known = places.find_place(place) if place else None
    if known is None or known.level != "community" or not (actor.may("results.see") and actor.may(ANSWERS)):
        return None
    found = next_steps(actor, known.area, most=CARD)
    return {"rows": rows(actor, first(found.steps)), "place": known, "href": reverse("desk:next_steps", args=[known.area])}


def first(steps: Sequence[Step]) -> list[Step]:
    """The first steps of the card in their order; of work without a day no more than two of a sort, so that one long list does not hide the others."""
    kept: list[Step] = []
    for one in steps:
        if one.due is not None or sum(each.sort == one.sort and each.due is None for each in kept) < UNDATED:
            kept.append(one)
    return kept[:CARD]


def rows(actor: Actor, steps: Sequence[Step]) -> list[dict[str, Any]]:
    """The steps as the page shows them, in their order."""
    now = clock.now()
    return [{"words": one.words, "what": one.what if may_know(actor, one) else None, "place": places.find_place(one.area), "due": one.due,
             "tone": due_tone(one.due, now) if one.due else "", "href": address(actor, one), "adds": gained(one.adds),
             "moves": one.moves} for one in steps]


def gained(points: Fraction) -> str:
    """What a step adds, with its sign; empty where it adds nothing."""
    if points <= 0:
        return ""
    return f"+{decimal(points, 2)}" if points >= LEAST else f"<{decimal(LEAST, 2)}"


def may_know(actor: Actor, step: Step) -> bool:
    """A post that may not see a register does not learn which of its records is meant."""
    register = next((one for one in registers() if one.name == step.record_kind), None)
    return register is None or actor.may(register.sees)


def address(actor: Actor, step: Step) -> str:
    """Where the work is done; empty where the post may not go there."""
    register = next((one for one in registers() if one.name == (step.opens or step.record_kind)), None)
    if register is not None and step.opens:
        return f"{reverse('desk:register', args=[register.name])}?{urlencode({'area': _community(step.area)})}" if actor.may(register.sees) else ""
    if register is not None and not step.opens:
        return reverse("desk:record", args=[register.name, step.record]) if actor.may(register.sees) else ""
    ability, found = PAGES.get(step.opens or step.record_kind, ("", _nowhere))
    return found(step) if ability and actor.may(ability) else ""


def _community(area: int) -> int:
    return area - area % 1000


def _nowhere(_: Step) -> str:
    return ""


PAGES: dict[str, tuple[str, Callable[[Step], str]]] = {
    "matter": ("matter.see", lambda one: reverse("desk:matter", args=[numbers.number_of(one.record)])),
    "thing": ("thing.see", lambda one: reverse("desk:facility", args=[one.record])),
    "quality": ("quality.see", lambda one: reverse("desk:area_quality", args=[_community(one.area)])),
    "grids": ("round.see", lambda one: reverse("desk:grids")),
    "visits": ("resident.see", lambda one: reverse("desk:visits")),
}
"""Where work is done that is kept in no register's list, with the ability that opens it."""

ADDRESSES = [
    path("next/", own, name="own_next_steps"),
    path("results/<int:area>/next", page, name="next_steps"),
]
