# SPDX-License-Identifier: MulanPSL-2.0
"""Single values of a record as its register declares them: read, checked in their written form, put where they lie, shown masked by class."""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from linli.core.faults import Invalid
from linli.core.protection import Protection, masked
from linli.elements.pinyin import pinyin_key
from linli.elements.registers import sealing
from linli.elements.registers.declaring import Column, Register

EPOCH = date(1970, 1, 1)
STARS = "*" * 6


def day_number(day: date) -> int:
    """Days since 1970-01-01: how the `confirmed` map writes a day."""
    return (day - EPOCH).days


def _stem(column: Column) -> str:
    """What the sealed and the index column of an indexed value begin with: id for id_number."""
    return column.name.removesuffix("_number")


READ: Mapping[str, Callable[[Register, Column, Any], Any]] = {
    "column": lambda _register, column, record: getattr(record, column.name),
    "fields": lambda _register, column, record: record.fields.get(column.name),
    "sealed": lambda register, column, record: sealing.open_bundle(register.subject, record.pk, record.sealed).get(column.name),
    "index": lambda register, column, record: _opened(register, column, record),
}


def _opened(register: Register, column: Column, record: Any) -> str | None:
    held = getattr(record, f"{_stem(column)}_sealed")
    return sealing.open_value(register.subject, column.name, record.pk, held) if held else None


def value_of(register: Register, record: Any, name: str) -> Any:
    """One value, opened when it is sealed: for rules inside an action and for what `shown` masks."""
    column = register.column(name)
    return READ[column.kept](register, column, record)


def has_value(record: Any, column: Column) -> bool:
    """Whether there is anything, without opening it."""
    if column.kept == "index":
        return bool(getattr(record, f"{_stem(column)}_sealed"))
    return bool(record.sealed) if column.kept == "sealed" else READ[column.kept](None, column, record) not in (None, "")  # type: ignore[arg-type]


def written(register: Register, record: Any, given: Mapping[str, Any]) -> dict[str, Any]:
    """What was given, in its one written form. Invalid with a sentence for each column whose rule is broken, rules across columns included."""
    values = {name: _normal(register.column(name), value) for name, value in given.items()}
    wrong = {name: said for name, value in values.items() if (said := _fault(register.column(name), value)) is not None}
    for rule in register.rules:
        touched = [name for name in rule.columns if name in values and name not in wrong]
        held = {name: value_of(register, record, name) for name in rule.columns} if touched and record is not None else {}
        if touched and (said := rule.broken(held | values)):
            wrong[touched[0]] = said
    if wrong:
        raise Invalid(wrong)
    return values


def _normal(column: Column, value: Any) -> Any:
    return (column.normal(value) or None) if column.normal is not None and isinstance(value, str) else value


def _fault(column: Column, value: Any) -> Any:
    return column.rule(value) if column.rule is not None and isinstance(value, str) and value else None


def put(register: Register, record: Any, values: Mapping[str, Any]) -> list[str]:
    """Write values onto a record that bears its number already; answers the names of the table's columns that changed."""
    touched: set[str] = set()
    for name, value in values.items():
        touched |= PUT[register.column(name).kept](register, register.column(name), record, value)
    if "name" in values and hasattr(record, "pinyin"):
        record.pinyin = pinyin_key(record.name)
        touched.add("pinyin")
    return sorted(touched)


def _put_column(_register: Register, column: Column, record: Any, value: Any) -> set[str]:
    field = record._meta.get_field(column.name)
    setattr(record, column.name, field.get_default() if value is None and not field.null else value)
    return {column.name}


def _put_field(_register: Register, column: Column, record: Any, value: Any) -> set[str]:
    record.fields = {name: held for name, held in record.fields.items() if name != column.name} | ({} if value is None else {column.name: value})
    return {"fields"}


def _put_bundled(register: Register, column: Column, record: Any, value: Any) -> set[str]:
    bundle = sealing.open_bundle(register.subject, record.pk, record.sealed)
    record.sealed = sealing.seal_bundle(register.subject, record.pk, bundle | {column.name: value})
    return {"sealed"}


def _put_indexed(register: Register, column: Column, record: Any, value: Any) -> set[str]:
    stem, text = _stem(column), str(value) if value else ""
    setattr(record, f"{stem}_sealed", sealing.seal_value(register.subject, column.name, record.pk, text) if text else None)
    setattr(record, f"{stem}_index", sealing.index_of(register.subject, column.name, text) if text else None)
    return {f"{stem}_sealed", f"{stem}_index"}


PUT: Mapping[str, Callable[[Register, Column, Any, Any], set[str]]] = {"column": _put_column, "fields": _put_field, "sealed": _put_bundled, "index": _put_indexed}


def spoken(column: Column, value: Any) -> str:
    """A value in words, in the reader's language; empty for none."""
    if value is None or value == "":
        return ""
    if column.kind == "choice":
        return str(dict(column.options()).get(str(value), value))
    if column.kind == "hundredths":
        return f"{value // 100}.{value % 100:02}"
    return str(value)


def shown(column: Column, value: Any) -> str:
    """A value as a page may show it: class 2 with its first and last characters, class 3 as stars."""
    text = spoken(column, value)
    if not column.protection.is_encrypted or not text:
        return text
    return masked(text) if column.protection is Protection.PERSONAL else STARS
