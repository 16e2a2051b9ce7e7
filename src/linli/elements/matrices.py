# SPDX-License-Identifier: MulanPSL-2.0
"""一户一格: a building as a matrix of doorways, floors and rooms; each dwelling a cell with its household, its people and what is to be seen there."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Q

from linli.core.sight import Actor
from linli.core.words import Words, words
from linli.elements.models import Building, Dwelling, Household, Membership, Residence
from linli.elements.registers.addresses import floor_of
from linli.elements.registers.codes import HEAD

APART = ("living", "registered")
"""Standings of people who live in one place and are registered in another (人户不一致)."""
MOST_FLOORS = 150
SIGNS: Mapping[str, tuple[Words, str]] = {
    "doubt": (words("空置有人", "Empty, yet lived in"), "bad"),
    "apart": (words("人户不一致", "Registered and living apart"), "warn"),
    "empty": (words("空置", "Empty"), "calm"),
    "let": (words("出租", "Let"), "accent"),
    "work": (words("非住宅", "Not a home"), "calm"),
    "unknown": (words("未核实", "Not checked yet"), "warn"),
}
"""What a cell may say, the most telling first; words and tone."""


@dataclass(frozen=True)
class Cell:
    """One dwelling of the matrix. `living`, `registered` and `apart` are numbers of people; `heads` are names, empty where the post sees none."""

    number: int
    doorway: str
    floor: int | None
    room: str
    use: str
    occupancy: str
    living: int = 0
    registered: int = 0
    apart: int = 0
    households: int = 0
    heads: tuple[str, ...] = ()

    @property
    def signs(self) -> tuple[str, ...]:
        """The names of what is to be seen here, in the order of SIGNS."""
        seen = {"doubt": self.occupancy == "empty" and self.living > 0, "apart": self.apart > 0, "empty": self.occupancy == "empty" and not self.living,
                "let": self.occupancy == "let", "work": self.use not in ("dwelling", "mixed"), "unknown": self.occupancy == "unknown" and self.use in ("dwelling", "mixed")}
        return tuple(name for name in SIGNS if seen[name])


@dataclass(frozen=True)
class Row:
    """One floor of a doorway; None for a room that the other floors have and this one has not. `floor` None: nobody wrote on which floor."""

    floor: int | None
    cells: tuple[Cell | None, ...]


@dataclass(frozen=True)
class Block:
    """One doorway with all floors of the building, the top one first."""

    doorway: str
    width: int
    rows: tuple[Row, ...]


def cells_of(building: Building, actor: Actor, *, with_names: bool) -> list[Cell]:
    """The dwellings of a building that stand, with who lives there; four queries, five with names, whatever its size."""
    rows = list(Dwelling.objects.visible_to(actor).filter(building=building, valid_to=None).values_list("pk", "doorway", "floor", "room", "use", "occupancy"))
    numbers = [row[0] for row in rows]
    people = _people(actor, numbers)
    households = dict(Household.objects.visible_to(actor).filter(dwelling__in=numbers, ended_on=None).values_list("dwelling").annotate(count=Count("pk")).order_by())
    heads = _heads(actor, numbers) if with_names else {}
    return [Cell(number, doorway, floor if floor is not None else floor_of(room), room, use, occupancy, *people.get(number, (0, 0, 0)),
                 households.get(number, 0), tuple(heads.get(number, ()))) for number, doorway, floor, room, use, occupancy in rows]


def _people(actor: Actor, dwellings: list[int]) -> dict[int, tuple[int, int, int]]:
    ties = Residence.objects.visible_to(actor).filter(dwelling__in=dwellings, until=None, tie__in=("living", "registered")).values_list("dwelling")
    counted = ties.annotate(living=Count("pk", filter=Q(tie="living")), registered=Count("pk", filter=Q(tie="registered")),
                            apart=Count("person", filter=Q(person__standing__in=APART), distinct=True)).order_by()
    return {number: (living, registered, apart) for number, living, registered, apart in counted}


def _heads(actor: Actor, dwellings: list[int]) -> dict[int, list[str]]:
    found: dict[int, list[str]] = {}
    heads = Membership.objects.visible_to(actor).filter(household__dwelling__in=dwellings, household__ended_on=None, until=None, relation=HEAD)
    for number, name in heads.order_by("household").values_list("household__dwelling", "person__name"):
        found.setdefault(number, []).append(name)
    return found


def blocks_of(cells: Iterable[Cell], floors: int | None) -> list[Block]:
    """The cells by doorway; every block has the same floors, those included that the building should have and nobody recorded."""
    doorways: dict[str, list[Cell]] = {}
    for cell in cells:
        doorways.setdefault(cell.doorway, []).append(cell)
    known = {cell.floor for held in doorways.values() for cell in held if cell.floor is not None}
    whole = sorted(known | (set(range(1, min(floors, MOST_FLOORS) + 1)) if floors and known else set()), reverse=True)
    is_unsaid = any(cell.floor is None for held in doorways.values() for cell in held)
    order: list[int | None] = [*whole, *([None] if is_unsaid else [])]
    return [_block(doorway, doorways[doorway], order) for doorway in sorted(doorways, key=natural)]


def _block(doorway: str, cells: list[Cell], floors: list[int | None]) -> Block:
    placed: dict[tuple[int | None, str], Cell] = {}
    for cell in sorted(cells, key=lambda one: (natural(one.room), one.number)):
        stack = stack_of(cell.room)
        while (cell.floor, stack) in placed:
            stack += "~"
        placed[cell.floor, stack] = cell
    stacks = sorted({stack for _, stack in placed}, key=natural)
    return Block(doorway, len(stacks), tuple(Row(floor, tuple(placed.get((floor, stack)) for stack in stacks)) for floor in floors))


def stack_of(room: str) -> str:
    """What the rooms above each other have in common: 01 of 501 and 1201; the whole room where it does not end in two digits behind others."""
    return room[-2:] if len(room) >= 3 and room[-3:].isdecimal() else room


def natural(text: str) -> tuple[Any, ...]:
    """A key by which 2 comes before 10, and nothing before everything."""
    return tuple((1, int(part), "") if part.isdecimal() else (0, 0, part) for part in re.split(r"([0-9]+)", text) if part)


def counts_of(cells: Iterable[Cell]) -> dict[str, int]:
    """How many dwellings bear each sign; a dwelling may bear several."""
    found = dict.fromkeys(SIGNS, 0)
    for cell in cells:
        for name in cell.signs:
            found[name] += 1
    return found
