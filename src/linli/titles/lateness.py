# SPDX-License-Identifier: MulanPSL-2.0
"""What is late at which level (11c, first form): each procedure says which of its steps wait for whom until when."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date

from linli.core import registry
from linli.core.sight import Actor
from linli.core.words import Words

SECTION = "watch"


@dataclass(frozen=True)
class Step:
    """One open step: whose level has to act, in which area, until which day, and where it is done (name of a route and its argument)."""

    level: str
    area: int
    due_on: date
    words: Words
    route: str
    argument: int


@dataclass(frozen=True)
class Watch:
    """A procedure whose steps may be late: `open_steps` gives those within the actor's sight, set-wise, at most `most`, soonest due first."""

    name: str
    words: Words
    open_steps: Callable[[Actor, int], Iterable[Step]]


def declare(watch: Watch) -> Watch:
    """Keep the declaration and give it back."""
    registry.add(SECTION, watch.name, watch)
    return watch


def watches() -> list[Watch]:
    """All watches by name."""
    return list(registry.everything(SECTION))
