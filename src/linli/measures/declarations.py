# SPDX-License-Identifier: MulanPSL-2.0
"""Fact sets and measures: what is counted, declared once; figure, drill-down, page and manual come from the declaration."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Q
from sqlglot import exp, parse_one
from sqlglot.errors import SqlglotError

from linli.core import registry
from linli.core.words import Words, words
from linli.measures import predicates
from linli.measures.predicates import CUT_OFF, END, PARAMETERS, START, TYPES, within

FACTS, MEASURES = "fact_set", "measure"
KEYS = ("id", "area", "leaf")
"""Columns of every fact set: the row's own number, the fenced area, and the community it is counted in (times `leaf_unit`)."""

RESERVED = frozenset({"f", "span"})
"""Names that the compiled scan gives to the fact set and the periods."""

WORK, REGISTERS = "work", "registers"
"""What a fact set moves with: so that a report does not have the households of its community counted, nor a new body its matters."""

PERCENT = words("%", "%")

__all__ = ["CUT_OFF", "END", "FACTS", "MEASURES", "PERCENT", "REGISTERS", "START", "WORK", "FactSet", "Measure", "declare", "explain", "fact_of", "fact_sets",
           "find_measure", "measures", "measures_of", "within"]


@dataclass(frozen=True, eq=False)
class FactSet:
    """A named flat SELECT in PostgreSQL's dialect with exactly one row per thing counted.

    `columns` gives each selected name its type; `id`, `area`, `leaf` are required. `leaf` times `leaf_unit` is the
    community's 15-digit number; behind it stands a column with an index, since communities are counted one by one.
    `dates` are the columns by whose months a record can belong to a period. `waits` names each date whose passing alone
    changes a figure, with the condition under which it still can. `record` is the column whose number opens the
    record of `record_kind`. `alive` is a condition that every record counted in a period fulfils: it spares the scan the
    rest. `moves_with` says after what it is counted anew: the daily `work`, or
    a change of the `registers`. `about_people` is False for rooms, stock and the like, whose small numbers hide nobody and are
    published as they are. `what` is a text column that says which of several things a row is, `what_words` how each is called on the page of
    records. The text may use the parameters of `predicates.PARAMETERS` as %(name)s.
    """

    name: str
    words: Words
    sql: str
    columns: Mapping[str, str]
    dates: tuple[str, ...]
    record_kind: str
    record: str = "id"
    leaf_unit: int = 1
    alive: Q = field(default_factory=Q)
    waits: Mapping[str, Q] = field(default_factory=dict)
    moves_with: str = WORK
    about_people: bool = True
    what: str = ""
    what_words: Mapping[str, Words] = field(default_factory=dict)

    def tree(self) -> exp.Select:
        """The parsed SELECT, a fresh copy. ValueError when it is no single SELECT."""
        try:
            found = parse_one(self.sql, read="postgres")
        except SqlglotError as error:
            raise ValueError(f"Fact set {self.name!r}: the SQL cannot be read: {error}") from error
        if not isinstance(found, exp.Select):
            raise ValueError(f"Fact set {self.name!r} is not one SELECT. Write a single flat SELECT.")
        return found

    def faults(self) -> list[str]:
        """Sentences about what is wrong with the declaration; empty when nothing is."""
        try:
            tree = self.tree()
        except ValueError as error:
            return [str(error)]
        return [f"Fact set {self.name!r} {sentence}" for sentence in (*_shape_faults(tree), *self._column_faults(tree))]

    def _column_faults(self, tree: exp.Select) -> list[str]:
        found = []
        selected = tree.named_selects
        if sorted(selected) != sorted(self.columns):
            strange = sorted(set(selected) ^ set(self.columns))
            found.append(f"selects other columns than it declares: {strange}. Name each one in both.")
        found += [f"has no column {key!r}. Select it." for key in (*KEYS, self.record) if key not in self.columns]
        found += [f"gives {name!r} the type {kind!r}. Use one of {sorted(TYPES)}." for name, kind in self.columns.items() if kind not in TYPES]
        for name in (*self.dates, *self.waits):
            if self.columns.get(name) != predicates.MOMENT:
                found.append(f"names {name!r} as a date, but it is no column of type moment.")
        if self.moves_with not in (WORK, REGISTERS):
            found.append(f"moves with {self.moves_with!r}. Use {WORK!r} or {REGISTERS!r}.")
        if self.moves_with == REGISTERS and self.waits:
            found.append("moves with the registers and waits for a date; the nightly count sees to that. Leave out the wait.")
        if self.what and self.columns.get(self.what) != predicates.TEXT:
            found.append(f"names {self.what!r} as what a row is, but it is no column of type text.")
        for condition in (self.alive, *self.waits.values()):
            found += predicates.faults(condition, self.columns)
        unknown = {one.name for one in tree.find_all(exp.Placeholder)} - set(PARAMETERS)
        found += [f"asks for the parameter {name!r}. Use one of {sorted(PARAMETERS)}." for name in sorted(unknown)]
        return found


def _shape_faults(tree: exp.Select) -> list[str]:
    found = [f"uses {part.upper()}, so rows are no longer one per thing. Leave it out."
             for part in ("group", "distinct", "limit", "having", "order", "with_") if tree.args.get(part)]
    if not isinstance(tree.args.get("from_"), exp.From):
        found.append("has no FROM. Select from the table of the things counted.")
    taken = {table.alias_or_name for table in tree.find_all(exp.Table)} & RESERVED
    found += [f"uses the table name {name!r}, which the compiler needs. Choose another alias." for name in sorted(taken)]
    if "%" in re.sub(r"%\(\w+\)s", "", tree.sql("postgres")):
        found.append("holds a percent sign or mod(), which the driver would take for a parameter. Take the value from a column.")
    return found


@dataclass(frozen=True, eq=False)
class Measure:
    """A share over a fact set: a numerator and a denominator as conditions on its columns only.

    `period` is the date that decides membership, or a condition where one date cannot (closed in the period, or open
    past the limit at the cut-off). A record counts in the denominator if period and denominator hold and no exclusion
    does, in the numerator if the numerator holds as well. `counted`, `left_out`, `error` are what the reader is told.
    Where a thing weighs more than one (posts of a community, square decimetres of its rooms), `part` names the column that
    it adds to the numerator and `whole` the one that it adds to the denominator; both are numbers, or neither is named.
    """

    code: str
    version: int
    words: Words
    fact: str
    numerator: Q
    denominator: Q
    period: str | Q
    unit: Words
    source: str
    proposed: bool
    better: str
    counted: Words
    left_out: Words
    error: Words
    exclusions: Q | None = None
    beside: str = ""
    part: str = ""
    whole: str = ""

    @property
    def is_weighed(self) -> bool:
        """True when numbers of the things are added up instead of the things counted."""
        return bool(self.whole)

    @property
    def key(self) -> str:
        """Code and version in one name, as kept in receipts: `D3-11.1`."""
        return f"{self.code}.{self.version}"

    def membership(self) -> Q:
        """The condition of the denominator: period, denominator, no exclusion."""
        whole = Q(within(self.period) if isinstance(self.period, str) else self.period, self.denominator)
        return Q(whole, ~self.exclusions) if self.exclusions is not None else whole

    def faults(self) -> list[str]:
        """Sentences about what is wrong with the declaration; empty when nothing is."""
        fact: FactSet | None = registry.get(FACTS, self.fact)
        if fact is None:
            return [f"Measure {self.code!r} counts in the fact set {self.fact!r}, which nobody declared. Import the module that declares it."]
        found = predicates.faults(self.membership(), fact.columns) + predicates.faults(self.numerator, fact.columns)
        if isinstance(self.period, str) and self.period not in fact.dates:
            found.append(f"decides membership by {self.period!r}, which is no date of the fact set. Use one of {sorted(fact.dates)}.")
        if bool(self.part) != bool(self.whole):
            found.append("weighs only one side. Name both part and whole, or neither.")
        found += [f"adds up {name!r}, which is no number of the fact set." for name in (self.part, self.whole)
                  if name and fact.columns.get(name) != predicates.NUMBER]
        if self.better not in ("up", "down"):
            found.append(f"says better={self.better!r}. Use 'up' or 'down'.")
        if self.version < 1:
            found.append("has a version under 1.")
        if not re.fullmatch(r"[A-Z0-9]+-[A-Z0-9]+", self.code) or len(self.code) > 20:
            found.append("has a code that is not like 'D3-11'.")
        return [f"Measure {self.code!r}: {sentence}" for sentence in found]


def declare(thing: Any) -> Any:
    """Keep a fact set or measure; ValueError with every sentence about its faults."""
    if found := thing.faults():
        raise ValueError(" ".join(found))
    if isinstance(thing, FactSet):
        return registry.add(FACTS, thing.name, thing)
    return registry.add(MEASURES, thing.code, thing)


def fact_sets() -> list[FactSet]:
    """All fact sets by name."""
    return list(registry.everything(FACTS))


def fact_of(name: str) -> FactSet:
    """The fact set of that name. LookupError when nobody declared it."""
    found: FactSet | None = registry.get(FACTS, name)
    if found is None:
        raise LookupError(f"There is no fact set named {name!r}. Declare it in practice.")
    return found


def measures() -> list[Measure]:
    """All measures by code."""
    return list(registry.everything(MEASURES))


def measures_of(fact: FactSet) -> tuple[Measure, ...]:
    """The measures that count in one fact set, by code: what compiles into one scan."""
    return tuple(one for one in measures() if one.fact == fact.name)


def find_measure(code: str) -> Measure | None:
    """The measure of that code; None when nobody declared it."""
    found: Measure | None = registry.get(MEASURES, code)
    return found


def explain(measure: Measure) -> dict[str, Any]:
    """What the reference and the manual say about a measure, in both languages and without any SQL."""
    fact = fact_of(measure.fact)
    return {
        "code": measure.code,
        "version": measure.version,
        "name": measure.words.as_dict(),
        "fact_set": {"name": fact.name, "words": fact.words.as_dict(), "record_kind": fact.record_kind},
        "unit": measure.unit.as_dict(),
        "source": measure.source,
        "proposed": measure.proposed,
        "better": measure.better,
        "counted": measure.counted.as_dict(),
        "left_out": measure.left_out.as_dict(),
        "error": measure.error.as_dict(),
        "period": measure.period if isinstance(measure.period, str) else sorted(predicates.columns_of(measure.period)),
        "numerator_columns": sorted(predicates.columns_of(measure.numerator)),
        "denominator_columns": sorted(predicates.columns_of(measure.membership())),
        "beside": measure.beside,
    }
