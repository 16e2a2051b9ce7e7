# SPDX-License-Identifier: MulanPSL-2.0
"""Entries and guards as practice declares them: which records stand behind which fact sets, and which way of entering them is shown beside the figure."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import Q
from sqlglot import exp, parse_one
from sqlglot.errors import SqlglotError

from linli.core import registry
from linli.core.words import Words
from linli.measures import predicates
from linli.measures.declarations import FACTS
from linli.measures.predicates import MOMENT, NUMBER

ENTRIES, GUARDS = "guarded_entries", "guard"
KEYS: Mapping[str, str] = {"id": NUMBER, "record": NUMBER, "community": NUMBER, "account": NUMBER, "happened_at": MOMENT, "recorded_at": MOMENT, "delay": NUMBER}
"""Columns of all entries: own number, the record that is opened, the community divided by 1,000, who entered it (may be empty), when it happened
and was recorded, and the whole seconds between both."""


@dataclass(frozen=True, eq=False)
class Entries:
    """One row for each record that somebody entered, behind the fact sets named in `facts`.

    `sql` is one flat SELECT with the columns of KEYS and those named in `more`. `month` of an entry is that in which it happened.
    """

    name: str
    words: Words
    facts: tuple[str, ...]
    sql: str
    record_kind: str
    more: Mapping[str, str]

    @property
    def columns(self) -> Mapping[str, str]:
        """All columns with their types."""
        return {**KEYS, **self.more}

    def faults(self) -> list[str]:
        """Sentences about what is wrong with the declaration; empty when nothing is."""
        try:
            tree = parse_one(self.sql, read="postgres")
        except SqlglotError as error:
            return [f"Entries {self.name!r}: the SQL cannot be read: {error}"]
        found = []
        if not isinstance(tree, exp.Select) or sorted(tree.named_selects) != sorted(self.columns):
            found.append(f"Entries {self.name!r} are not one SELECT of {sorted(self.columns)}.")
        if "%" in self.sql:
            found.append(f"Entries {self.name!r} hold a percent sign, which the driver would take for a parameter.")
        return found


@dataclass(frozen=True)
class GuardLimit:
    """The number of a guard for what happened from a first of a month on. `is_proposed` is shown as 拟."""

    number: int
    source: str
    is_proposed: bool = True
    valid_from: date = date(2000, 1, 1)


@dataclass(frozen=True, eq=False)
class Guard:
    """One way of entering records that is shown beside the figure: by a `condition` on their columns, or as a crowd.

    `condition` makes the condition from the number. A crowd is more than the number of entries by one account within `seconds`.
    A guard flags: the figure stays as it was counted, and its receipt with it. `said` takes {limit}.
    """

    name: str
    said: Words
    why: Words
    entries: tuple[str, ...]
    limits: tuple[GuardLimit, ...]
    condition: Callable[[int], Q] | None = None
    seconds: int = 0

    def limit(self, day: date) -> GuardLimit:
        """The limit for what happened on a day. LookupError when none was in force."""
        for one in sorted(self.limits, key=lambda limit: limit.valid_from, reverse=True):
            if one.valid_from <= day:
                return one
        raise LookupError(f"The guard {self.name!r} has no limit on {day}.")

    def faults(self) -> list[str]:
        """Sentences about what is wrong with the declaration; empty when nothing is."""
        found = []
        if bool(self.condition) == bool(self.seconds):
            found.append("needs either a condition or the seconds of a crowd.")
        if not self.limits or any(one.number < 1 or one.valid_from.day != 1 for one in self.limits):
            found.append("needs limits of at least 1, each from a first of a month on.")
        for name in self.entries:
            held: Entries | None = registry.get(ENTRIES, name)
            if held is None:
                found.append(f"guards the entries {name!r}, which nobody declared.")
            elif self.condition:
                found += predicates.faults(self.condition(1), held.columns)
        return [f"Guard {self.name!r} {sentence}" for sentence in found]


def journalled(name: str, label: Words, facts: tuple[str, ...], record_kind: str, actions: Sequence[str]) -> Entries:
    """Entries read from the journal: one for each line of these actions, whoever wrote it."""
    if not actions or not all(one.replace(".", "").replace("_", "").isalnum() for one in actions):
        raise ValueError(f"Entries {name!r}: name the actions as `subject.verb`.")
    wanted = ", ".join(f"'{one}'" for one in actions)
    return Entries(name, label, facts, f"""
select j.id, j.subject as record, j.area / 1000 as community, j.actor as account, j.occurred_at as happened_at, j.recorded_at,
       cast(floor(extract(epoch from j.recorded_at - j.occurred_at)) as bigint) as delay
  from core_journalline j where j.action in ({wanted})""", record_kind, {})


def declare_entries(entries: Entries) -> Entries:
    """Keep the declaration; ValueError with every sentence about its faults."""
    if found := entries.faults():
        raise ValueError(" ".join(found))
    registry.add(ENTRIES, entries.name, entries)
    return entries


def declare_guard(guard: Guard) -> Guard:
    """Keep the declaration; ValueError with every sentence about its faults."""
    if found := guard.faults():
        raise ValueError(" ".join(found))
    registry.add(GUARDS, guard.name, guard)
    return guard


def guards() -> list[Guard]:
    """All guards by name."""
    return list(registry.everything(GUARDS))


def guard_named(name: str) -> Guard | None:
    """The guard of that name; None when it is declared no longer."""
    found: Guard | None = registry.get(GUARDS, name)
    return found


def entries_named(name: str) -> Entries | None:
    """The entries of that name; None when they are declared no longer."""
    found: Entries | None = registry.get(ENTRIES, name)
    return found


def unknown_facts() -> list[str]:
    """Sentences about entries behind fact sets that nobody declared: asked once everything is, since chapters declare in any order."""
    return [f"Entries {one.name!r} stand behind the fact set {fact!r}, which nobody declared."
            for one in registry.everything(ENTRIES) for fact in one.facts if registry.get(FACTS, fact) is None]


def behind(fact: str) -> frozenset[str]:
    """Names of the entries that stand behind a fact set."""
    return frozenset(one.name for one in registry.everything(ENTRIES) if fact in one.facts)
