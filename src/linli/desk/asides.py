# SPDX-License-Identifier: MulanPSL-2.0
"""What stands beside the story of a matter: each topic adds a card of its own without touching the page."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest

from linli.core.sight import Actor
from linli.matters.models import Matter
from linli.matters.stories import Story

Shows = Callable[[HttpRequest, Actor, Story], Mapping[str, Any] | None]
Reads = Callable[[Actor, Matter], QuerySet[Any] | None]


@dataclass(frozen=True)
class Aside:
    """A card: its template gets what `shows` answers as `aside`; None leaves the card away.

    `reads` says which rows the card needs: they come along with the story, and `shows` finds them in `story.beside`.
    """

    order: int
    template: str
    shows: Shows
    reads: Reads | None = None


ASIDES: list[Aside] = []


def beside(order: int, template: str, *, reads: Reads | None = None) -> Callable[[Shows], Shows]:
    """Declare the decorated function as the maker of a card; smaller orders stand higher."""

    def declare(shows: Shows) -> Shows:
        ASIDES.append(Aside(order, template, shows, reads))
        ASIDES.sort(key=lambda one: one.order)
        return shows

    return declare


def wanted(actor: Actor, matter: Matter) -> list[QuerySet[Any]]:
    """What the cards of one matter need of the database."""
    found = (one.reads(actor, matter) for one in ASIDES if one.reads is not None)
    return [one for one in found if one is not None]


def of(request: HttpRequest, actor: Actor, story: Story) -> list[dict[str, Any]]:
    """The cards of one matter, in order."""
    made = ((one.template, one.shows(request, actor, story)) for one in ASIDES)
    return [{"template": template, "aside": found} for template, found in made if found is not None]
