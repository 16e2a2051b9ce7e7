# SPDX-License-Identifier: MulanPSL-2.0
"""Finders: each declared once with its group of results, its ability and how it answers; the search page knows none by name."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import connection

from linli.core import registry
from linli.core.sight import Actor
from linli.core.words import Words
from linli.elements.searching.questions import Question

SECTION = "finder"
FEW, MANY = 6, 30
"""Rows of a group beside the others, and on a page by itself (our choice: what fits a screen)."""
Place = Sequence[str | int]
"""Where a list goes on: the keys of the last row that was shown."""


@dataclass(frozen=True)
class Row:
    """One thing that was found: which record, its name, what tells it from others of that name, and short marks with a tone."""

    record: str
    id: int
    title: str
    detail: str = ""
    marks: tuple[tuple[Words, str], ...] = ()
    key: str = ""
    """What the page of the record calls it, where that is not its id: the number of a matter, the area of a place."""


@dataclass(frozen=True)
class Found:
    """The rows of one group, and where it goes on; `after` is empty at the end."""

    rows: Sequence[Row] = ()
    after: Place = ()


@dataclass(frozen=True)
class Finder:
    """One group of results. `find` is asked inside the sight of the post; it answers at most `most` rows and where to go on."""

    name: str
    words: Words
    order: int
    ability: str | None
    find: Callable[[Actor, Question, Place, int], Found]
    icon: str = "search"
    hints: tuple[Words, ...] = field(default=())


def declare(*found: Finder) -> None:
    """Declare finders."""
    for one in found:
        registry.add(SECTION, one.name, one)


def finders(actor: Actor) -> list[Finder]:
    """The finders that answer this post, in order."""
    return sorted((one for one in registry.everything(SECTION) if actor.may(one.ability)), key=lambda one: (one.order, one.name))


def asked(sql: str, values: Sequence[Any]) -> list[tuple[Any, ...]]:
    """The rows of one statement: how a finder calls its function in the database."""
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return list(cursor.fetchall())


def cut(rows: list[tuple[Any, ...]], most: int) -> tuple[list[tuple[Any, ...]], Place]:
    """The first `most` of one row more, and the keys of the last of them where there is more."""
    return rows[:most], (tuple(rows[most - 1]) if len(rows) > most else ())


def in_order(rows: Iterable[Any], ids: Sequence[int]) -> list[Any]:
    """The records in the order of the ids; those that the sight did not show are left out."""
    held = {one.pk: one for one in rows}
    return [held[number] for number in ids if number in held]
