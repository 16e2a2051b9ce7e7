# SPDX-License-Identifier: MulanPSL-2.0
"""The declaration of a register: its columns with class, rule and refresh period, its rules across columns, and how it is shown."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import models

from linli.core import registry
from linli.core.fields import Field
from linli.core.protection import Protection
from linli.core.words import Words, words

SECTION = "register"
JOINING = "joining"
"""The owner's name of a sheet's columns that belong to no register."""
PLACES = ("column", "fields", "sealed", "index")
"""Where a value lies: a column of its own, in the jsonb `fields`, in the record's sealed bundle, or sealed with a keyed index.

The two columns of the last are `<stem>_sealed` and `<stem>_index`; the stem is the column's name (booklet) or its first word (id of id_number).
"""
ELEMENTS = {"building": "land", "dwelling": "land", "household": "people", "person": "people", "organisation": "organisations"}
"""人地物组织 by table; tables that are not named here are things (事 are the matters, which have lists of their own)."""
POSITION = "position"
"""A column of this kind lies in lon_e6 and lat_e6, and in the cell where the table has one."""


@dataclass(frozen=True)
class Column(Field):
    """One field of a register: all that a form field has, and how files name it, where it lies, how often it must be seen again.

    `normal` brings a value into its one written form before it is checked, compared and indexed (full-width digits, blanks, case).
    `rule` answers the sentence about what is wrong with a value of its own, or None. `refresh_days` None is never out of date.
    """

    headings: tuple[str, ...] = ()
    """What files call it besides its label: 身份证号, 公民身份号码 ..."""
    kept: str = "column"
    normal: Callable[[str], str] | None = None
    rule: Callable[[str], Words | None] | None = None
    refresh_days: int | None = None
    is_proposed: bool = True
    """The refresh period has no source in law: shown with the mark 拟."""
    in_list: bool = False
    is_unique: bool = False
    """No two records that stand within one sight may have the same value (indexed columns only)."""
    counts_in_completeness: bool = True


@dataclass(frozen=True)
class Rule:
    """Something that must hold between several columns of one record; `broken` answers the sentence, or None while it holds."""

    name: str
    columns: tuple[str, ...]
    broken: Callable[[Mapping[str, Any]], Words | None]


@dataclass(frozen=True)
class Link:
    """The record of another register that a new record belongs to, and whose area it takes: the building of a dwelling.

    `is_column` False when the table has no such column and `joins` writes what ties the two.
    """

    name: str
    register: str
    words: Words
    is_column: bool = True


@dataclass(frozen=True)
class Ending:
    """How a record ends: the column that takes the day, the reasons, and what still hangs on it (None when it may end).

    `lets_go` ends what hangs on it and answers what it ended, `takes_up` undoes exactly that when a record is taken back.
    """

    column: str
    reasons: Sequence[tuple[str, Words]]
    reason_column: str = ""
    held: Callable[[Any], Words | None] = lambda _record: None
    lets_go: Callable[[Any, date], Mapping[str, Any]] = lambda _record, _day: {}
    takes_up: Callable[[Any, Mapping[str, Any]], None] = lambda _record, _let_go: None


ENDINGS = (("gone", words("已撤销、关闭或拆除", "Closed or removed")), ("mistake", words("登记错误", "Recorded by mistake")))
"""Reasons for the end of a record whose register names none of its own."""


@dataclass(frozen=True)
class Register:
    """One register. `subject` is the name under which actions and journal know its records.

    List, record page, form, history, export and the actions `<name>.add`, `.change`, `.end`, `.restore` come from it (registers/recording.py).
    `guard` is the stem of its abilities: `<guard>.see` and `<guard>.keep`. `derived` computes columns that nobody types (key, pinyin); `completes` answers
    values that follow from others (the date of birth from the number), which are taken where nothing was given and nothing is held;
    `joining` are further fields of a new record that `joins` writes into other tables, answering the numbers of what it wrote.
    """

    name: str
    words: Words
    model: type[models.Model]
    columns: tuple[Column, ...]
    rules: tuple[Rule, ...] = ()
    kind_of: str = ""
    """The kind of organisation or thing whose records these are; empty for a register with a table to itself."""
    icon: str = "people"
    order: int = 50
    help: Words | None = None
    guard: str = "record"
    link: Link | None = None
    title: Callable[[Any], str] | None = None
    order_by: tuple[str, ...] = ()
    derived: Callable[[Mapping[str, Any]], Mapping[str, Any]] | None = None
    completes: Callable[[Mapping[str, Any]], Mapping[str, Any]] | None = None
    joining: tuple[Field, ...] = ()
    joins: Callable[[Any, Any, Mapping[str, Any]], Mapping[str, Any]] | None = None
    ending: Ending | None = None
    known_by: str = ""
    """The column whose value is borne by one record only (a credit code): by it files find the record that is meant."""

    @property
    def subject(self) -> str:
        """The subject kind in the journal: the name of the table."""
        return str(self.model._meta.model_name)

    @property
    def element(self) -> str:
        """Which of 人地物组织 it belongs to: people, land, things, organisations."""
        return ELEMENTS.get(self.subject, "things")

    @property
    def closing(self) -> Ending | None:
        """How its records end: as declared, else by the day in `valid_to`; None where the table has no such day."""
        has_day = any(one.name == "valid_to" for one in self.model._meta.get_fields())
        return self.ending or (Ending("valid_to", ENDINGS) if has_day else None)

    @property
    def sees(self) -> str:
        """The ability to read its records."""
        return f"{self.guard}.see"

    @property
    def keeps(self) -> str:
        """The ability to write them."""
        return f"{self.guard}.keep"

    def stem(self, column: Column) -> str:
        """What the two table columns of an indexed column begin with."""
        whole = any(one.name == f"{column.name}_sealed" for one in self.model._meta.get_fields())
        return column.name if whole else column.name.partition("_")[0]

    def column(self, name: str) -> Column:
        """The column of this name. LookupError when there is none."""
        for one in self.columns:
            if one.name == name:
                return one
        raise LookupError(f"The register {self.name!r} has no column {name!r}; it has {[one.name for one in self.columns]}.")

    def faults(self) -> list[str]:
        """Sentences about what is wrong with the declaration; empty when nothing is."""
        found = []
        stored = {one.name for one in self.model._meta.get_fields()} | {one.attname for one in self.model._meta.concrete_fields}
        for one in self.columns:
            if one.kept not in PLACES:
                found.append(f"Register {self.name!r}: column {one.name!r} is kept in {one.kept!r}. Use one of {PLACES}.")
            if one.kept == "column" and one.name not in stored and not (one.kind == POSITION and "lon_e6" in stored):
                found.append(f"Register {self.name!r}: the table has no column {one.name!r}. Keep it in 'fields' or 'sealed'.")
            if one.kept == "index" and not {f"{self.stem(one)}_sealed", f"{self.stem(one)}_index"} <= stored:
                found.append(f"Register {self.name!r}: the table has no columns {self.stem(one)}_sealed and {self.stem(one)}_index for {one.name!r}.")
            if one.protection.is_encrypted != (one.kept in ("sealed", "index")):
                found.append(f"Register {self.name!r}: column {one.name!r} has class {one.protection.class_number} but is kept in {one.kept!r}.")
            if one.protection is Protection.SEALED:
                found.append(f"Register {self.name!r}: column {one.name!r} belongs into the sealed compartment, not into a register.")
        named = [(f"rule {rule.name!r}", name) for rule in self.rules for name in rule.columns] + ([("known_by", self.known_by)] if self.known_by else [])
        known = {one.name for one in self.columns}
        return found + [f"Register {self.name!r}: {what} names the column {name!r}, which is not there." for what, name in named if name not in known]


@dataclass(frozen=True)
class Sheet:
    """One table as people bring and take it: columns of one register or of several that belong together (实有人口台账: person, household, dwelling).

    `columns` are (register, column) names; `joining` names the columns that belong to no register but to what joins them (relation to the head, tie).
    The heading of a column in the returned workbook is its label.
    """

    name: str
    words: Words
    columns: tuple[tuple[str, str], ...]
    needed: tuple[tuple[str, str], ...]
    joining: tuple[Column, ...] = ()
    help: Words | None = None

    def column(self, owner: str, name: str) -> Column:
        """One column. LookupError when there is none."""
        if owner == JOINING:
            return next(one for one in self.joining if one.name == name)
        return register_named(owner).column(name)

    @property
    def sole(self) -> Register | None:
        """The register each line is one record of; None where a line touches records of several that belong together."""
        owners = {owner for owner, _ in self.columns if owner != JOINING}
        found = register_named(owners.pop()) if len(owners) == 1 else None
        return found if found is not None and found.link is None and found.joins is None else None

    def every(self) -> Sequence[tuple[str, Column]]:
        """The columns with the names of their registers, in order."""
        return [(owner, self.column(owner, name)) for owner, name in self.columns]


def declare(*found: Register) -> None:
    """Declare registers. ValueError with all faults when a declaration is wrong."""
    for one in found:
        if faults := one.faults():
            raise ValueError("\n".join(faults))
        registry.add(SECTION, one.name, one)
        for build in _builders:
            build(one)


_builders: list[Callable[[Register], None]] = []


def on_declaring(build: Callable[[Register], None]) -> Callable[[Register], None]:
    """Call the decorated function for each register, those declared before and those to come: so actions and exports grow with the declarations."""
    for one in registers():
        build(one)
    _builders.append(build)
    return build


def declare_sheet(*found: Sheet) -> None:
    """Declare sheets."""
    for one in found:
        registry.add("sheet", one.name, one)


def register_named(name: str) -> Register:
    """The register of this name. LookupError when nobody declared it."""
    found: Register = registry.REGISTRY.require(SECTION, name)
    return found


def registers() -> list[Register]:
    """All registers in the order of their declaration's `order`."""
    return sorted(registry.everything(SECTION), key=lambda one: (one.order, one.name))
