# SPDX-License-Identifier: MulanPSL-2.0
"""Kinds of title: what may be earned, by which standard, with which limits. One file in practice declares one."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from linli.core import registry
from linli.core.words import Words

SECTION = "title_kind"
CALENDAR, WORKING = "calendar_days", "working_days"
YEARS, ROUNDS, COUNT = "years", "rounds", "count"


@dataclass(frozen=True)
class Limit:
    """A number that the procedure keeps to: valid for cases that begin in its time. `is_proposed` is shown as 拟."""

    number: int
    unit: str
    words: Words
    source: str
    is_proposed: bool = True
    valid_from: date = date(2000, 1, 1)
    valid_to: date | None = None


@dataclass(frozen=True)
class Risk:
    """A declared reason for which a named community is looked at sooner: by which whole factor its weight in the draw is multiplied."""

    factor: int
    words: Words
    source: str
    is_proposed: bool = True


@dataclass(frozen=True)
class Past:
    """A batch of which only published figures are known: either may be unknown (None)."""

    ordinal: int
    year: int
    named: int | None
    ever: int | None
    source: str


@dataclass(frozen=True)
class TitleKind:
    """称号: its words, the standard that decides it, the level of place that bears it, and its limits by name (several by validity).

    ValueError from `limit` when the kind has none of that name on the day.
    """

    name: str
    words: Words
    standard: str
    source: str
    level: str = "community"
    limits: Mapping[str, tuple[Limit, ...]] = field(default_factory=dict)
    risks: Mapping[str, Risk] = field(default_factory=dict)
    history: tuple[Past, ...] = ()

    def limit(self, name: str, day: date) -> Limit:
        """The limit of that name which is valid on a day."""
        for one in self.limits.get(name, ()):
            if one.valid_from <= day and (one.valid_to is None or day < one.valid_to):
                return one
        raise ValueError(f"The title {self.name!r} has no limit {name!r} on {day}. Declare one in practice.")


def declare(kind: TitleKind) -> TitleKind:
    """Keep the declaration and give it back."""
    registry.add(SECTION, kind.name, kind)
    return kind


def kinds() -> list[TitleKind]:
    """All kinds of title by name."""
    return list(registry.everything(SECTION))


def kind_named(name: str) -> TitleKind:
    """The kind of that name. LookupError when nobody declared it."""
    found: TitleKind = registry.REGISTRY.require(SECTION, name)
    return found
