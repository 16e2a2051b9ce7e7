# SPDX-License-Identifier: MulanPSL-2.0
"""The work behind figures, declared once in practice: which records can still be mended, how much residents need it, until when, and where it is done."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Q

from linli.core import registry
from linli.core.sight import Actor
from linli.core.words import Words, words
from linli.elements.places import KnownPlace
from linli.measures import predicates
from linli.measures.declarations import FactSet, fact_of
from linli.measures.holding import holds, value_of

WORK, ERRAND = "work_behind", "errand"

DANGER, WAITING, CALL, READY, STANDING, RECORDS = "danger", "waiting", "call", "ready", "standing", "records"
NEEDS: dict[str, Words] = {
    DANGER: words("有危险、有人求助", "Danger, or somebody asks for help"), WAITING: words("居民在等结果", "Residents are waiting"),
    CALL: words("该上门看看的户", "Homes to call at"), READY: words("应急和设施", "Safety and facilities"),
    STANDING: words("组织和岗位", "Bodies and posts"), RECORDS: words("台账和数据", "Records")}
"""Classes of residents' need, the most pressing first (our choice, 拟; boundaries.md: need and deadline order the work, the result never does)."""


@dataclass(frozen=True)
class Plus:
    """What a column becomes: so much more."""

    column: str
    more: int = 1


@dataclass(frozen=True)
class AtLeast:
    """What a column becomes: itself, or this where it is less."""

    column: str
    least: int


Opens = str | Mapping[str, str]
"""Where the work is done: the name of a register whose list is opened for the community, by what the row is where that differs; empty opens the record itself."""


@dataclass(frozen=True, eq=False)
class Work:
    """Work behind a fact set: the rows that fulfil `lacking` can still be mended, and `mended` says which columns differ then.

    `due` is the column of type moment by which it should be done. `narrow` is a condition in the tables of the fact set itself that says nothing
    which `lacking` does not say, and lets an index serve.
    """

    name: str
    words: Words
    need: str
    fact: str
    lacking: Q
    mended: Mapping[str, Any]
    due: str = ""
    narrow: str = ""
    opens: Opens = ""

    def faults(self) -> list[str]:
        """Sentences about what is wrong with the declaration; empty when nothing is."""
        fact: FactSet = fact_of(self.fact)
        found = predicates.faults(self.lacking, fact.columns)
        found += [f"mends {name!r}, which is no column of the fact set." for name in self.mended if name not in fact.columns]
        if self.need not in NEEDS:
            found.append(f"answers the need {self.need!r}. Use one of {list(NEEDS)}.")
        if self.due and fact.columns.get(self.due) != predicates.MOMENT:
            found.append(f"is due by {self.due!r}, which is no column of type moment.")
        return [f"Work {self.name!r}: {sentence}" for sentence in found]


@dataclass(frozen=True)
class Chore:
    """One thing to do that an errand found. `record` opens it in the way that the errand's `opens` says."""

    record: int
    area: int
    what: Words | None
    due: date | datetime | None = None


@dataclass(frozen=True)
class Errand:
    """Work that stands behind no figure: `found` gives at most so many chores of a place in the reader's sight, soonest due first, set-wise."""

    name: str
    words: Words
    need: str
    opens: str
    found: Callable[[Actor, KnownPlace, int], Iterable[Chore]]
    ability: str = ""


def declare(thing: Work | Errand) -> Work | Errand:
    """Keep the declaration and give it back; ValueError with every sentence about its faults."""
    if isinstance(thing, Work):
        if found := thing.faults():
            raise ValueError(" ".join(found))
        registry.add(WORK, thing.name, thing)
    else:
        registry.add(ERRAND, thing.name, thing)
    return thing


def works() -> list[Work]:
    """All works by name."""
    return list(registry.everything(WORK))


def errands() -> list[Errand]:
    """All errands by name."""
    return list(registry.everything(ERRAND))


def mended_row(work: Work, row: Mapping[str, Any], given: Mapping[str, Any]) -> dict[str, Any]:
    """The row as it will be when the work is done, at the moment of the cut-off."""
    made = dict(row)
    for name, value in work.mended.items():
        if isinstance(value, Plus):
            made[name] = (row[value.column] or 0) + value.more
        elif isinstance(value, AtLeast):
            made[name] = max(row[value.column] or 0, value.least)
        elif isinstance(value, Q):
            made[name] = holds(value, row, given)
        else:
            made[name] = value_of(value, row, given)
    return made


__all__ = ["CALL", "DANGER", "NEEDS", "READY", "RECORDS", "STANDING", "WAITING", "AtLeast", "Chore", "Errand", "Plus", "Work", "declare", "errands", "mended_row",
           "works"]
