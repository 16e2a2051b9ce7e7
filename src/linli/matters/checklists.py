# SPDX-License-Identifier: MulanPSL-2.0
"""What is looked at on a round: small lists by kind of grid, declared in practice; the engine knows none by name."""

from dataclasses import dataclass

from linli.core import registry
from linli.core.words import Words

SECTION = "checklist"
MOST_ITEMS = 12
"""A list that is longer is ticked without looking (our choice)."""


@dataclass(frozen=True)
class Item:
    """One thing to look at."""

    code: str
    words: Words


@dataclass(frozen=True)
class Checklist:
    """The list for the grids whose place is of one of these kinds; empty `place_kinds` serves all others."""

    name: str
    words: Words
    items: tuple[Item, ...]
    place_kinds: frozenset[str] = frozenset()

    def faults(self) -> list[str]:
        """Sentences about what is wrong with the declaration; empty when nothing is."""
        found = []
        codes = [one.code for one in self.items]
        if not codes or len(codes) > MOST_ITEMS:
            found.append(f"Checklist {self.name!r} has {len(codes)} items. Give 1 to {MOST_ITEMS}.")
        if len(set(codes)) < len(codes):
            found.append(f"Checklist {self.name!r} names an item twice. Use each code once.")
        taken = [one.name for one in all_checklists() if one.name != self.name and (one.place_kinds & self.place_kinds or not (one.place_kinds or self.place_kinds))]
        if taken:
            found.append(f"Checklist {self.name!r} serves the same grids as {taken}. Give other kinds of place.")
        return found


def declare(checklist: Checklist) -> Checklist:
    """Keep the declaration and give it back; ValueError with all its faults when it is wrong."""
    if found := checklist.faults():
        raise ValueError(" ".join(found))
    registry.add(SECTION, checklist.name, checklist)
    return checklist


def all_checklists() -> list[Checklist]:
    """All declared checklists by name."""
    return registry.everything(SECTION)


def checklist_of(place_kind: str) -> Checklist:
    """The list for grids of a kind of place. LookupError when not even the general one is declared."""
    lists = all_checklists()
    found = next((one for one in lists if place_kind in one.place_kinds), None) or next((one for one in lists if not one.place_kinds), None)
    if found is None:
        raise LookupError("No checklist serves ordinary grids. Declare one in practice without place_kinds.")
    return found


def item_choices() -> list[tuple[str, Words]]:
    """Code and words of every item of every list, each code once, for a form."""
    return list({item.code: (item.code, item.words) for one in all_checklists() for item in one.items}.values())


def item_words() -> dict[str, Words]:
    """Words by code."""
    return dict(item_choices())
