# SPDX-License-Identifier: MulanPSL-2.0
"""Entries of the navigation: declared by each face, shown by the shells to whoever may follow them."""

from dataclasses import dataclass

from django.urls import NoReverseMatch, reverse

from linli.core import registry
from linli.core.sight import Actor
from linli.core.words import Words

SECTION = "navigation"
FACES = ("desk", "public")


@dataclass(frozen=True)
class Entry:
    """One link of a face's navigation; `ability` None is for everybody, otherwise any one of the named abilities will do."""

    name: str
    words: Words
    route: str
    icon: str
    order: int
    ability: str | tuple[str, ...] | None = None
    face: str = "desk"
    also: str | tuple[str, ...] = ""
    """Further addresses (a beginning, or several) at which this entry is marked as the present one."""
    unless: str | None = None
    """The ability of those who find this link on another page that stands in their navigation; they get no row of it."""

    def is_for(self, actor: Actor) -> bool:
        """True when the actor's post may follow the link and does not find it elsewhere."""
        if self.unless is not None and actor.may(self.unless):
            return False
        if self.ability is None:
            return True
        wanted = (self.ability,) if isinstance(self.ability, str) else self.ability
        return any(actor.may(one) for one in wanted)


@dataclass(frozen=True)
class Link:
    """One link as the shell shows it."""

    name: str
    words: Words
    href: str
    icon: str
    is_here: bool


def declare(entry: Entry) -> Entry:
    """Put an entry into the navigation of its face. ValueError when the face or the name is wrong."""
    if entry.face not in FACES:
        raise ValueError(f"The entry {entry.name!r} names the face {entry.face!r}. Use one of {FACES}.")
    registry.add(SECTION, f"{entry.face}:{entry.name}", entry)
    return entry


def links(face: str, actor: Actor, path: str) -> list[Link]:
    """What the actor finds in the navigation of a face, in order; the one that leads to `path` is marked."""
    entries = [one for one in registry.everything(SECTION) if one.face == face and one.is_for(actor)]
    found = [(entry, _address(entry.route)) for entry in sorted(entries, key=lambda one: (one.order, one.name))]
    shown = [(entry, href) for entry, href in found if href]
    marks = {href: _reach(entry, href, [other for _, other in shown], path) for entry, href in shown}
    here = max((href for href in marks if marks[href]), key=lambda href: marks[href], default="")
    return [Link(entry.name, entry.words, href, entry.icon, href == here) for entry, href in shown]


def _reach(entry: Entry, href: str, others: list[str], path: str) -> int:
    """How closely an entry fits the path, as a length; 0 when it does not. The root of a face fits only itself."""
    is_root = any(other != href and other.startswith(href) for other in others)
    fits = [href] if path == href or (not is_root and path.startswith(href.rstrip("/") + "/")) else []
    further = (entry.also,) if isinstance(entry.also, str) else entry.also
    fits += [one for one in further if one and path.startswith(one)]
    return max(map(len, fits), default=0)


def _address(route: str) -> str:
    """The address behind a route; empty when the face that owns it is not installed."""
    try:
        return reverse(route)
    except NoReverseMatch:
        return ""
