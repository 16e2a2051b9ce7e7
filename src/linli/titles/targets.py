# SPDX-License-Identifier: MulanPSL-2.0
"""The year's target as the dashboards ask for it: how many communities of a place are to be named in a year, said by the procedure that sets it."""

from collections.abc import Callable
from dataclasses import dataclass

from linli.core import registry
from linli.core.sight import Actor
from linli.elements.places import KnownPlace

SECTION = "title_target"


@dataclass(frozen=True)
class Target:
    """Who sets the target of a kind of title: `of` gives the number for a place and a year in the actor's sight, None where none is set."""

    kind: str
    of: Callable[[Actor, KnownPlace, int], int | None]


def declare(target: Target) -> Target:
    """Keep the declaration and give it back."""
    registry.add(SECTION, target.kind, target)
    return target


def target_of(actor: Actor, kind: str, place: KnownPlace, year: int) -> int | None:
    """The target of a place in a year; None where nobody sets one or none is set."""
    found: Target | None = registry.get(SECTION, kind)
    return found.of(actor, place, year) if found else None
