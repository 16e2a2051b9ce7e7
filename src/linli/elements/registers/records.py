# SPDX-License-Identifier: MulanPSL-2.0
"""One record of any declared register: found under sight, its values read as they were declared, masked by class, and written where they lie."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db import connection, models
from django.db.models import Q, QuerySet

from linli.core import clock
from linli.core.faults import NotVisible
from linli.core.protection import Protection, masked
from linli.core.sight import Actor
from linli.core.words import words
from linli.elements.coordinates import cell
from linli.elements.posts import role_named
from linli.elements.registers import sealing
from linli.elements.registers.declaring import POSITION, Column, Register, register_named

EPOCH = date(1970, 1, 1)
YES_NO = {True: words("是", "Yes"), False: words("否", "No")}
HIDDEN = words("已登记，您的岗位不显示", "Held, not shown to your post")
LARGEST = 2**63


@dataclass(frozen=True)
class Value:
    """One value of a record as it may be shown. `text` is empty when there is none."""

    column: Column
    text: str
    is_masked: bool
    seen_on: date | None
    is_stale: bool


def epoch_day(day: date) -> int:
    """Days since 1970-01-01, as `confirmed` holds them."""
    return (day - EPOCH).days


def among(register: Register, actor: Actor) -> QuerySet[Any]:
    """The records of a register within the sight of a post, ended ones too."""
    found: QuerySet[Any] = register.model.objects.visible_to(actor)  # type: ignore[attr-defined]
    return found.filter(kind=register.kind_of) if register.kind_of else found


def standing(register: Register) -> Q:
    """The condition under which a record stands: its ending column is empty or a day ahead."""
    if register.closing is None:
        return Q()
    return Q(**{register.closing.column: None}) | Q(**{f"{register.closing.column}__gt": clock.today()})


def has_ended(register: Register, record: Any) -> bool:
    """Whether a record has ended by today."""
    day = getattr(record, register.closing.column) if register.closing else None
    return day is not None and day <= clock.today()


def find(register: Register, actor: Actor, number: object) -> Any:
    """The record of a number. NotVisible when there is none within the sight, whatever was given."""
    text = str(number)
    found = among(register, actor).filter(pk=int(text)).first() if text.isdecimal() and text.isascii() and int(text) < LARGEST else None
    if found is None:
        raise NotVisible
    return found


def title_of(register: Register, record: Any) -> str:
    """How a record is called: as its register says, by its name, or by its number."""
    return (register.title(record) if register.title else "") or str(getattr(record, "name", "")) or f"{register.words} {record.pk}"


def full_title_of(register: Register, record: Any) -> str:
    """How a record is called where nothing else is said: with what it belongs to, unless its own title says so (阳光里 3号楼 2门501)."""
    own, link = title_of(register, record), register.link
    if link is None or not link.is_column or getattr(record, f"{link.name}_id") is None:
        return own
    above = full_title_of(register_named(link.register), getattr(record, link.name))
    return own if own.startswith(above) else f"{above} {own}"


def values_of(register: Register, record: Any) -> dict[str, Any]:
    """All values by name, sealed ones opened: for rules and differences inside an action, never for a page."""
    bundle = sealing.open_bundle(register.subject, record.pk, record.sealed) if any(one.kept == "sealed" for one in register.columns) else {}
    return {one.name: READ[one.kept](register, one, record, bundle) for one in register.columns}


def value_of(register: Register, record: Any, name: str) -> Any:
    """One value, opened when it is sealed: for rules inside an action and for what `shown` masks."""
    column = register.column(name)
    bundle = sealing.open_bundle(register.subject, record.pk, record.sealed) if column.kept == "sealed" else {}
    return READ[column.kept](register, column, record, bundle)


def _column(_register: Register, column: Column, record: Any, _bundle: Mapping[str, Any]) -> Any:
    if column.kind == POSITION:
        return (record.lon_e6, record.lat_e6) if record.lon_e6 is not None and record.lat_e6 is not None else None
    return getattr(record, column.name)


def _jsonb(_register: Register, column: Column, record: Any, _bundle: Mapping[str, Any]) -> Any:
    return _typed(column, record.fields.get(column.name))


def _bundled(_register: Register, column: Column, _record: Any, bundle: Mapping[str, Any]) -> Any:
    return _typed(column, bundle.get(column.name))


def _indexed(register: Register, column: Column, record: Any, _bundle: Mapping[str, Any]) -> Any:
    sealed = getattr(record, f"{register.stem(column)}_sealed")
    return sealing.open_value(register.subject, column.name, record.pk, sealed) if sealed else None


READ: Mapping[str, Callable[[Register, Column, Any, Mapping[str, Any]], Any]] = {"column": _column, "fields": _jsonb, "sealed": _bundled, "index": _indexed}


def _typed(column: Column, value: Any) -> Any:
    """A value of JSON in its own type."""
    if column.kind == "day" and isinstance(value, str) and value:
        return date.fromisoformat(value)
    if column.kind == POSITION and isinstance(value, list):
        return tuple(value)
    return value


def spoken(column: Column, value: Any) -> str:
    """A value in words, in the reader's language; empty for none."""
    if value is None or value == "" or value == []:
        return ""
    if column.kind in ("choice", "choices"):
        known = dict(column.options())
        return "、".join(str(known.get(str(one), one)) for one in (value if isinstance(value, list) else [value]))
    if column.kind == "truth":
        return str(YES_NO[bool(value)])
    if column.kind == "hundredths":
        return f"{value // 100}.{value % 100:02}" if isinstance(value, int) and value >= 0 else str(value)
    if column.kind == POSITION and isinstance(value, tuple | list):
        return ", ".join(f"{part / 1_000_000:.6f}" for part in value)
    return str(value)


def may_open(actor: Actor) -> bool:
    """Whether class 2 may be shown to a post at all, masked: roles without personal data see only that there is something."""
    role = role_named(actor.role)
    return role is not None and role.see_personal


def shown(column: Column, value: Any, *, is_open: bool = True) -> str:
    """A value as a page or an export may show it: class 2 masked, class 3 as stars, both hidden from posts without personal data."""
    text = spoken(column, value)
    if not column.protection.is_encrypted or not text:
        return text
    if not is_open:
        return str(HIDDEN)
    return masked(text) if column.protection is Protection.PERSONAL and column.kind in ("text", "phone") else "*" * 6


def shown_values(register: Register, record: Any, actor: Actor) -> list[Value]:
    """The values of a record in the order of the declaration, as this post may see them."""
    values, today, is_open = values_of(register, record), clock.today(), may_open(actor)
    return [_value(one, values[one.name], record, (today, is_open)) for one in register.columns]


def _value(column: Column, value: Any, record: Any, how: tuple[date, bool]) -> Value:
    today, is_open = how
    seen = getattr(record, "confirmed", {}).get(column.name)
    seen_on = EPOCH + timedelta(days=seen) if isinstance(seen, int) else None
    is_stale = column.refresh_days is not None and seen_on is not None and seen_on + timedelta(days=column.refresh_days) < today
    text = shown(column, value, is_open=is_open)
    return Value(column, text, bool(text) and column.protection.is_encrypted, seen_on, is_stale and bool(text))


def put_values(register: Register, record: Any, values: Mapping[str, Any]) -> list[str]:
    """Write values onto a record that bears its number already; answers the names of the table columns that changed."""
    touched: set[str] = set()
    for name, value in values.items():
        column = register.column(name)
        touched |= PUT[column.kept](register, column, record, value)
    derived = register.derived(values_of(register, record)) if register.derived else _spelled(record)
    for name, value in derived.items():
        setattr(record, name, value)
    return sorted(touched | set(derived))


def _spelled(record: Any) -> dict[str, Any]:
    from linli.elements.pinyin import pinyin_key  # noqa: PLC0415  only where names are written

    names = {one.name for one in record._meta.get_fields()}
    return {"pinyin": pinyin_key(record.name)} if {"name", "pinyin"} <= names else {}


def _put_column(_register: Register, column: Column, record: Any, value: Any) -> set[str]:
    if column.kind == POSITION:
        record.lon_e6, record.lat_e6 = value or (None, None)
        has_cell = hasattr(record, "cell")
        if has_cell:
            record.cell = cell(*value) if value else None
        return {"lon_e6", "lat_e6", *(["cell"] if has_cell else [])}
    field = record._meta.get_field(column.name)
    setattr(record, column.name, field.get_default() if value is None and not field.null else value)
    return {column.name}


def _put_jsonb(_register: Register, column: Column, record: Any, value: Any) -> set[str]:
    record.fields = {name: held for name, held in record.fields.items() if name != column.name} | ({} if value is None else {column.name: _plain(value)})
    return {"fields"}


def _put_bundled(register: Register, column: Column, record: Any, value: Any) -> set[str]:
    bundle = sealing.open_bundle(register.subject, record.pk, record.sealed)
    whole = bundle | {column.name: _plain(value)}
    record.sealed, record.sealed_names = sealing.seal_bundle(register.subject, record.pk, whole), sealing.names_in(whole)
    return {"sealed", "sealed_names"}


def _put_indexed(register: Register, column: Column, record: Any, value: Any) -> set[str]:
    stem, text = register.stem(column), str(value) if value else ""
    setattr(record, f"{stem}_sealed", sealing.seal_value(register.subject, column.name, record.pk, text) if text else None)
    setattr(record, f"{stem}_index", sealing.index_of(register.subject, column.name, text) if text else None)
    return {f"{stem}_sealed", f"{stem}_index"}


PUT: Mapping[str, Callable[[Register, Column, Any, Any], set[str]]] = {
    "column": _put_column, "fields": _put_jsonb, "sealed": _put_bundled, "index": _put_indexed}


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else list(value) if isinstance(value, tuple) else value


def drawn(model: type[models.Model]) -> int:
    """A number for a new record, taken before it is written: what is sealed is bound to it."""
    with connection.cursor() as cursor:
        cursor.execute("select nextval(pg_get_serial_sequence(%s, 'id'))", [model._meta.db_table])
        return int(cursor.fetchone()[0])


