# SPDX-License-Identifier: MulanPSL-2.0
"""What counts: SQL conditions for “this record stands”, “this field is asked of it”, “it is filled”, “it was seen in time”, from the declarations."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.core.exceptions import FieldDoesNotExist
from django.db import models

from linli.elements.registers.declaring import Column, Register, registers

GONE = ("valid_to", "ended_on", "left_on", "died_on")
"""Columns of which any says from which day a record does not stand any more."""
STANDING = "t.standing not in ('gone', 'other')"
"""Of people only those count who live or are registered here: of an owner elsewhere not much has to be known."""
FROM_AGE: Mapping[tuple[str, str], int] = {("person", "phone"): 14, ("person", "education"): 6, ("person", "employment"): 16, ("person", "marital"): 20}
"""From which age in years a field is asked (拟, our choice: a child is reached through its guardian; marriage before 20 is not possible, Civil Code 1047).
Whose date of birth is not known is asked."""
WORKING = ("11", "13", "17", "21", "24", "51", "54")
"""Kinds of employment (GB/T 2261.4) with an employer or a business of one's own."""
OF_WHOM: Mapping[tuple[str, str], str] = {
    ("person", "employer"): f"t.employment in ({', '.join(repr(one) for one in WORKING)})", ("person", "registered_address"): "t.standing = 'living'"}
"""Whom a field concerns: an employer whoever works, an address of registration whoever is registered elsewhere (our choice)."""
UNSTATED: Mapping[tuple[str, str], tuple[str, ...]] = {("person", "sex"): ("0", "9"), ("person", "marital"): ("90",), ("dwelling", "occupancy"): ("unknown",)}
"""Values that say that nobody knows: they fill no field."""


@dataclass(frozen=True)
class Asked:
    """One field of a register as it is counted: SQL over the alias `t`, with %(day)s and %(day_number)s."""

    column: Column
    asked: str
    filled: str
    fresh: str
    """Empty for a field that is never out of date."""


def table(register: Register) -> str:
    """The table behind a register."""
    return register.model._meta.db_table


def area_column(register: Register) -> str:
    """The column that holds the area: registers that everybody may read name it otherwise."""
    return f"t.{register.model._meta.get_field('area').column}"  # type: ignore[union-attr]


def stands(register: Register) -> str:
    """The condition that a record stands today and is one of this register."""
    names = {one.name for one in register.model._meta.concrete_fields}
    parts = [f"(t.{name} is null or t.{name} > %(day)s)" for name in GONE if name in names]
    if "standing" in names:
        parts.append(STANDING)
    if register.kind_of:
        parts.append(f"t.kind = '{register.kind_of}'")
    return " and ".join(parts) or "true"


def counted_fields(register: Register) -> tuple[Asked, ...]:
    """The fields that count. Of a sealed bundle the record says beside it which fields have a value (quality/bundles.py)."""
    found = []
    for column in register.columns:
        filled = _filled(register, column)
        if filled and (column.counts_in_completeness or column.refresh_days is not None):
            found.append(Asked(column, _asked(register, column), filled, _fresh(column)))
    return tuple(found)


def measured() -> list[Register]:
    """The registers that are measured: those with a table that names an area."""
    return [one for one in registers() if counted_fields(one)]


def _asked(register: Register, column: Column) -> str:
    whom = OF_WHOM.get((register.name, column.name))
    if whom:
        return whom
    age = FROM_AGE.get((register.name, column.name))
    return f"(t.born_on is null or t.born_on <= (%(day)s::date - interval '{age} years')::date)" if age else "true"


def _filled(register: Register, column: Column) -> str:
    if column.kept == "index":
        return f"t.{register.stem(column)}_index is not null"
    if column.kept == "fields":
        return f"coalesce(t.fields ->> '{column.name}', '') <> ''"
    if column.kept == "sealed":
        return f"(t.sealed is not null and '{column.name}' = any(string_to_array(t.sealed_names, ' ')) is true)"
    if column.kept != "column":
        return ""
    try:
        stored = register.model._meta.get_field(column.name)
    except FieldDoesNotExist:
        return ""
    if not isinstance(stored, models.CharField | models.TextField):
        return f"t.{column.name} is not null"
    unstated = ", ".join(f"'{one}'" for one in ("", *UNSTATED.get((register.name, column.name), ())))
    return f"t.{column.name} not in ({unstated})"


def _fresh(column: Column) -> str:
    if column.refresh_days is None:
        return ""
    return f"coalesce((t.confirmed ->> '{column.name}')::int, -1) >= %(day_number)s - {column.refresh_days}"
