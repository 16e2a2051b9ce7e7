# SPDX-License-Identifier: MulanPSL-2.0
"""Values given for a record of a register: brought into their written form, checked, put where they lie, written, and told to the history. The one way.

Forms, imports by hand, corrections at the door, newcomers and residents' own proposals all pass here; files of thousands of rows pass the same
columns and rules set-wise (elements/intakes).
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import QuerySet

from linli.core.faults import Conflict, Invalid
from linli.core.models import Facet
from linli.core.sight import Actor
from linli.core.words import words
from linli.elements import identities
from linli.elements.registers import records, sealing
from linli.elements.registers.declaring import POSITION, Column, Register

TWICE = words("这条记录已经登记过：同一个位置不能登记两次。", "This record is there already: the same place cannot be recorded twice.")
TWICE_REMEDY = words("请在列表里找到原来的记录，改那一条。", "Find the record that is there and change that one.")
ALREADY = words("{label}与已登记的“{name}”相同，请核对是不是同一个人或单位。", "{label} is that of “{name}”, who is recorded already. Please check whether both are one.")
STALE = words("这条记录刚刚被别人改过，您的修改没有保存。", "Somebody has just changed this record; your change was not saved.")


@dataclass(frozen=True)
class Changed:
    """What a change did to a record that is not yet written: the values by name, the table's columns, and before and after for the journal."""

    values: Mapping[str, Any]
    columns: tuple[str, ...]
    plain: Mapping[str, Any]
    hidden: Mapping[str, Any]

    @property
    def payload(self) -> dict[str, Any]:
        """The open part of the journal's line, from which the history of a record is read."""
        return {"changes": dict(self.plain)} if self.plain else {}

    @property
    def protected(self) -> dict[str, Any]:
        """The sealed part: values of class 2 and up."""
        return {"changes_sealed": dict(self.hidden)} if self.hidden else {}


def written(register: Register, given: Mapping[str, Any], held: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """What was given, in its one written form. Invalid with a sentence for each field whose rule is broken, rules across columns included.

    `held` are the values that stay: a rule is asked when one of its columns is given, so that an old fault does not hold up the mending of another.
    """
    values = {one.name: _normal(one, given[one.name]) for one in register.columns if one.name in given}
    wrong = {one.name: fault for one in register.columns if values.get(one.name) and one.rule and (fault := one.rule(values[one.name]))}
    merged = dict(held or {}) | values
    for rule in register.rules:
        touched = [name for name in rule.columns if name in values]
        if touched and touched[0] not in wrong and (fault := rule.broken(merged)):
            wrong[touched[0]] = fault
    if wrong:
        raise Invalid(wrong)
    followed = register.completes(merged) if register.completes else {}
    return values | {name: value for name, value in followed.items() if _is_open(register, name, merged.get(name))}


def _is_open(register: Register, name: str, value: Any) -> bool:
    """Whether a field says nothing yet: it is empty, or holds what its table column holds by default."""
    return value is None or value == _settled(register, name, None)


def _normal(column: Column, value: Any) -> Any:
    return (column.normal(value) or None) if column.normal and isinstance(value, str) else value


def _settled(register: Register, name: str, value: Any) -> Any:
    """A value as its place will hold it: a table column that knows no null holds its default."""
    column = register.column(name)
    if value is not None or column.kept != "column" or column.kind == POSITION:
        return value
    field: Any = register.model._meta.get_field(name)
    return None if field.null else field.get_default()


def is_hidden(register: Register, name: str) -> bool:
    """Whether a value is class 2 or up: sealed in its record and in the journal."""
    return any(one.name == name and one.protection.is_encrypted for one in register.columns)


def bearers(register: Register, actor: Actor, column: str, value: Any) -> QuerySet[Any]:
    """The records within the sight that bear an indexed value, ended ones too."""
    index = sealing.index_of(register.subject, column, str(value))
    return records.among(register, actor).filter(**{f"{register.stem(register.column(column))}_index": index})


def refuse_double(register: Register, actor: Actor, values: Mapping[str, Any], beside: int) -> None:
    """Invalid when a record that stands bears a value that only one may; Conflict when another community keeps the person with the number."""
    for one in register.columns:
        if one.is_unique and values.get(one.name):
            same = bearers(register, actor, one.name, values[one.name]).filter(records.standing(register)).exclude(pk=beside).first()
            if same is not None:
                raise Invalid({one.name: ALREADY.format(label=one.label, name=records.title_of(register, same))})
            refuse_elsewhere(register, one.name, values[one.name])


def refuse_elsewhere(register: Register, column: str, value: Any) -> None:
    """Conflict when the value is an identity number whose bearer another community keeps."""
    if (register.name, column) == (identities.REGISTER, identities.COLUMN):
        identities.refuse_kept_elsewhere(str(value))


def new(register: Register, values: Mapping[str, Any], *, area: int, seen_on: date, **more: Any) -> Any:
    """A record that is not yet written, with its number drawn (what is sealed is bound to it) and each value seen on a day. `more` are columns of the table."""
    kind = {"kind": register.kind_of} if register.kind_of else {}
    record = register.model(pk=records.drawn(register.model), area=area, **kind, **more)
    records.put_values(register, record, values)
    record.confirmed = dict.fromkeys(values, records.epoch_day(seen_on))  # type: ignore[attr-defined]
    return record


def write_new(register: Register, record: Any, values: Mapping[str, Any]) -> None:
    """Write a new record with its facets. Conflict where the table has an equal one, also one that the post does not see."""
    unless_twice(lambda: record.save(force_insert=True))
    _put_facets(register, record, values)


def change(register: Register, actor: Actor, record: Any, given: Mapping[str, Any]) -> Changed:
    """Put what was given into a record that stands, not yet written. Invalid or Conflict when it cannot stand."""
    held = records.values_of(register, record)
    values = {name: _settled(register, name, value) for name, value in written(register, given, held).items()}
    changed = {name: value for name, value in values.items() if value != held[name]}
    refuse_double(register, actor, changed, record.pk)
    columns = records.put_values(register, record, changed) if changed else []
    pairs = {name: [held[name], value] for name, value in changed.items()}
    hidden = {name: pair for name, pair in pairs.items() if is_hidden(register, name)}
    return Changed(changed, tuple(columns), {name: pair for name, pair in pairs.items() if name not in hidden}, hidden)


def seen(record: Any, changed: Mapping[str, Any], day: date) -> dict[str, int]:
    """The days on which fields were seen, after a change: what was put right on that day, what was emptied on none."""
    number = records.epoch_day(day)
    return {name: at for name, at in record.confirmed.items() if name not in changed} | {name: number for name, value in changed.items() if value is not None}


def write(register: Register, record: Any, changed: Changed, also: Sequence[str] = ()) -> None:
    """Write a changed record with its facets; the version goes on by one. Conflict when somebody was first or an equal record is there."""
    save(record, [*changed.columns, *also])
    _put_facets(register, record, changed.values)


def save(record: Any, columns: Sequence[str]) -> None:
    """Write the columns unless somebody was first; the version goes on by one."""
    kept = {name: getattr(record, name) for name in columns} | {"version": record.version + 1}
    if unless_twice(lambda: type(record)._default_manager.filter(pk=record.pk, version=record.version).update(**kept)) == 0:
        raise Conflict(STALE, code="stale")
    record.version += 1


def unless_twice(write_it: Callable[[], Any]) -> Any:
    """What a write answers; Conflict where the table has an equal record, also one that the post does not see."""
    try:
        with transaction.atomic():
            return write_it()
    except IntegrityError:
        raise Conflict(TWICE, TWICE_REMEDY, code="already_there") from None


def _put_facets(register: Register, record: Any, values: Mapping[str, Any]) -> None:
    """Filterable fields of the jsonb are kept as facets too: a policy lets no other way to an index."""
    named = {one.name: one for one in register.columns if one.filter and one.kept == "fields" and one.name in values}
    if not named:
        return
    keys = {name: f"{register.name}.{name}" for name in named}
    Facet.objects.filter(subject_kind=register.subject, subject=record.pk, key__in=keys.values()).delete()
    Facet.objects.bulk_create([Facet(area=record.area, subject_kind=register.subject, subject=record.pk, key=keys[name], value=str(values[name])[:200])
                               for name in named if values[name] is not None])

