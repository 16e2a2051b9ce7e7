# SPDX-License-Identifier: MulanPSL-2.0
"""The system's own actors: named, with a stated list of abilities and a stated range; nobody signs in as one."""

from dataclasses import dataclass

from linli.core import registry
from linli.core.sight import AREA_END, Actor

SECTION = "system_actor"


@dataclass(frozen=True)
class SystemActor:
    """The declaration of one: what it is for and what it may do. `sees_all` gives the whole city, else it sees nothing."""

    name: str
    purpose: str
    abilities: frozenset[str]
    sees_all: bool = False


def declare_system_actor(name: str, purpose: str, abilities: frozenset[str], *, sees_all: bool = False) -> SystemActor:
    """Keep the declaration; ValueError when the name is taken."""
    made = SystemActor(name, purpose, abilities, sees_all)
    registry.add(SECTION, name, made)
    return made


def system_actor(name: str) -> Actor:
    """The actor of that name. LookupError names what is declared when there is none."""
    found: SystemActor | None = registry.get(SECTION, name)
    if found is None:
        known = ", ".join(one.name for one in registry.everything(SECTION))
        raise LookupError(f"There is no system actor named {name!r}; declared are: {known}. Declare it with declare_system_actor.")
    return Actor(name=name, role=f"system:{name}", abilities=found.abilities, lo=0, hi=AREA_END if found.sees_all else 0)


declare_system_actor("installer", "sets up the city from its files and makes the first administrator", frozenset({
    "place.load", "place.add", "place.rename", "place.end", "boundary.load", "organisation.load", "calendar.load", "calendar.publish_year",
    "category.load", "account.add", "account.reset_password", "post.give", "token.make",
}), sees_all=True)
