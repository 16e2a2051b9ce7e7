# SPDX-License-Identifier: MulanPSL-2.0
"""Writing one record of any declared register: the actions add, change, end and restore, made from each declaration.

A line of the journal holds what was given and, under `changes`, what each field was and is now: history comes from these. Values of class 2
and up stand under `changes_sealed` in the protected part. A field that is not given stays as it is; one that is given empty is emptied; fields of
class 2 and up, which a form never shows, are emptied by naming them in `emptied`.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

from django.db import IntegrityError, transaction

from linli.core import clock
from linli.core.actions import Action, Call, Done, find_action
from linli.core.actions import action as declare_action
from linli.core.faults import Conflict, Invalid, NotVisible
from linli.core.fields import Field
from linli.core.models import Facet, JournalPayload
from linli.core.sight import Actor
from linli.core.words import Words, words
from linli.elements import identities, places
from linli.elements.registers import records, sealing
from linli.elements.registers.declaring import POSITION, Column, Register, on_declaring, register_named

ADD = words("登记{what}", "Record: {what}")
CHANGE = words("更正{what}", "Correct: {what}")
END = words("终止{what}", "End: {what}")
RESTORE = words("恢复{what}", "Take back the end: {what}")
PLACE = Field("area", words("网格或社区", "Grid or community"), "area", required=True)
VERSION = Field("version", words("版本", "Version"), "integer", required=True, low=1)
ENDED_ON = Field("ended_on", words("终止日期", "Day it ended"), "day", help=words("不填就是今天。", "Today when left empty."))
NOTE = Field("note", words("说明", "Note"), limit=200)
REASON = Field("reason", words("为什么恢复", "Why it is taken back"), required=True, limit=200)
NOT_HERE = words("请选本岗位范围内的网格或社区。", "Choose a grid or community within your post's area.")
TWICE = words("这条记录已经登记过：同一个位置不能登记两次。", "This record is there already: the same place cannot be recorded twice.")
TWICE_REMEDY = words("请在列表里找到原来的记录，改那一条。", "Find the record that is there and change that one.")
ALREADY = words("{label}与已登记的“{name}”相同，请核对是不是同一个人或单位。", "{label} is that of “{name}”, who is recorded already. Please check whether both are one.")
ENDED = words("这条记录已经终止，不能再改。", "This record has ended and cannot be changed any more.")
ENDED_REMEDY = words("确需更正的，请先恢复。", "Take its end back first if it must be corrected.")
NOT_ENDED = words("这条记录没有终止，不用恢复。", "This record has not ended; there is nothing to take back.")
STILL_HELD = words("请先处理完，再终止这条记录。", "See to these first, then end this record.")
TOMORROW = words("终止日期不能晚于今天。", "The day it ended cannot lie ahead of today.")
STALE = words("这条记录刚刚被别人改过，您的修改没有保存。", "Somebody has just changed this record; your change was not saved.")


def subject_field(register: Register, label: Words | None = None) -> Field:
    """The field that names a record: called as its table."""
    return Field(register.subject, label or register.words, "integer", required=True, low=1)


def emptied_field(register: Register) -> Field | None:
    """The field that names what is to be emptied of class 2 and up; None where there is nothing of the kind."""
    hidden = [(one.name, one.label) for one in register.columns if one.protection.is_encrypted and not one.required]
    return Field("emptied", words("删去已登记的", "Remove what is held"), "choices", choices=hidden) if hidden else None


def _one(register: Register, actor: Actor, given: Mapping[str, Any]) -> Any:
    """The record of the table, whatever its kind: the body refuses another kind, so that rights are asked first."""
    return records.find(replace(register, kind_of=""), actor, given.get(register.subject, ""))


def _parent(register: Register, actor: Actor, given: Mapping[str, Any]) -> Any:
    assert register.link is not None
    return records.find(register_named(register.link.register), actor, given.get(register.link.name, ""))


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


def _area(call: Call) -> int:
    """The grid or community given for a new record: one that stands, within the sight."""
    found = places.find_place(call.given["area"])
    if found is None or not call.actor.lo <= found.lo < found.hi <= call.actor.hi or not found.stands(clock.today()):
        raise Invalid({"area": NOT_HERE})
    if found.level not in ("community", "grid"):
        raise Invalid({"area": NOT_HERE})
    return found.area


def _refuse_double(register: Register, call: Call, record: Any, values: Mapping[str, Any]) -> None:
    for one in register.columns:
        if one.is_unique and values.get(one.name):
            index = sealing.index_of(register.subject, one.name, str(values[one.name]))
            same = records.among(register, call.actor).filter(records.standing(register), **{f"{register.stem(one)}_index": index}).exclude(pk=record.pk).first()
            if same is not None:
                raise Invalid({one.name: ALREADY.format(label=one.label, name=records.title_of(register, same))})
            if (register.name, one.name) == (identities.REGISTER, identities.COLUMN):
                identities.refuse_kept_elsewhere(str(values[one.name]))


def _kept(write: Callable[[], Any]) -> Any:
    """What a write answers; Conflict where the table has an equal record, also one that the post does not see."""
    try:
        with transaction.atomic():
            return write()
    except IntegrityError:
        raise Conflict(TWICE, TWICE_REMEDY, code="already_there") from None


def _add(register: Register, call: Call) -> Done:
    parent, model = call.record, register.model
    if parent is not None and register.link is not None:
        _refuse_ended(register_named(register.link.register), parent)
    area = parent.area if parent is not None else _area(call)
    values = {name: value for name, value in written(register, call.given).items() if value is not None}
    record: Any = model(pk=records.drawn(model), area=area)
    if register.kind_of:
        record.kind = register.kind_of
    if register.link is not None and register.link.is_column:
        setattr(record, register.link.name, parent)
    records.put_values(register, record, values)
    _refuse_double(register, call, record, values)
    record.confirmed = dict.fromkeys(values, records.epoch_day(clock.today()))
    _kept(partial(record.save, force_insert=True))
    _put_facets(register, record, values)
    joined = _kept(partial(register.joins, record, parent, call.given)) if register.joins is not None else {}
    return Done(area, record.pk, {register.subject: record.pk, "version": record.version, **joined}, dict(joined), is_new=True)


def _change(register: Register, call: Call) -> Done:
    record = _right(register, call.record)
    _refuse_ended(register, record)
    held = records.values_of(register, record)
    emptied = list(call.given.get("emptied") or ())
    given = {name: value for name, value in call.given.items() if not (value is None and _is_hidden(register, name))} | dict.fromkeys(emptied)
    values = written(register, given, held)
    values = {name: _settled(register, name, value) for name, value in values.items()}
    changed = {name: value for name, value in values.items() if value != held[name]}
    _refuse_double(register, call, record, changed)
    columns = records.put_values(register, record, changed)
    today = records.epoch_day(clock.today())
    record.confirmed = {name: day for name, day in record.confirmed.items() if name not in changed} | {name: today for name in changed if changed[name] is not None}
    if changed:
        _save(record, [*columns, "confirmed"])
        _put_facets(register, record, changed)
    differences = {name: [held[name], values[name]] for name in changed}
    hidden = {name: pair for name, pair in differences.items() if _is_hidden(register, name)}
    plain = {name: pair for name, pair in differences.items() if name not in hidden}
    return Done(record.area, record.pk, {register.subject: record.pk, "version": record.version, "changed": sorted(changed)},
                {"changes": plain} if plain else {}, protected={"changes_sealed": hidden} if hidden else {})


def _settled(register: Register, name: str, value: Any) -> Any:
    """A value as its place will hold it: a table column that knows no null holds its default."""
    column = register.column(name)
    if value is not None or column.kept != "column" or column.kind == POSITION:
        return value
    field: Any = register.model._meta.get_field(name)
    return None if field.null else field.get_default()


def _is_hidden(register: Register, name: str) -> bool:
    return any(one.name == name and one.protection.is_encrypted for one in register.columns)


def _save(record: Any, columns: Sequence[str]) -> None:
    """Write the columns unless somebody was first; the version goes on by one."""
    kept = {name: getattr(record, name) for name in columns} | {"version": record.version + 1}
    if _kept(lambda: type(record)._default_manager.filter(pk=record.pk, version=record.version).update(**kept)) == 0:
        raise Conflict(STALE, code="stale")
    record.version += 1


def _end(register: Register, call: Call) -> Done:
    record, ending, given = _right(register, call.record), register.closing, call.given
    assert ending is not None
    _refuse_ended(register, record)
    day = given["ended_on"] or clock.today()
    if day > clock.today():
        raise Invalid({"ended_on": TOMORROW})
    if held := ending.held(record):
        raise Conflict(held, STILL_HELD, code="still_held")
    let_go = dict(ending.lets_go(record, day))
    setattr(record, ending.column, day)
    if ending.reason_column:
        setattr(record, ending.reason_column, given["reason"])
    _save(record, [ending.column, *([ending.reason_column] if ending.reason_column else [])])
    return Done(record.area, record.pk, {register.subject: record.pk, "version": record.version}, {"let_go": let_go, "ended_on": day})


def _restore(register: Register, call: Call) -> Done:
    record, ending = _right(register, call.record), register.closing
    assert ending is not None
    if not records.has_ended(register, record):
        raise Conflict(NOT_ENDED, ENDED_REMEDY, code="not_ended")
    ends = JournalPayload.objects.filter(line__subject_kind=register.subject, line__subject=record.pk, line__action=f"{register.name}.end")
    last: Mapping[str, Any] = ends.order_by("-line_id").values_list("plain", flat=True).first() or {}
    _kept(partial(ending.takes_up, record, last.get("let_go") or {}))
    setattr(record, ending.column, None)
    if ending.reason_column:
        setattr(record, ending.reason_column, "")
    _save(record, [ending.column, *([ending.reason_column] if ending.reason_column else [])])
    return Done(record.area, record.pk, {register.subject: record.pk, "version": record.version})


def _right(register: Register, record: Any) -> Any:
    if register.kind_of and record.kind != register.kind_of:
        raise NotVisible
    return record


def _refuse_ended(register: Register, record: Any) -> None:
    if records.has_ended(register, record):
        raise Conflict(ENDED, ENDED_REMEDY, code="ended")


def _put_facets(register: Register, record: Any, values: Mapping[str, Any]) -> None:
    """Filterable fields of the jsonb are kept as facets too: a policy lets no other way to an index."""
    named = {one.name: one for one in register.columns if one.filter and one.kept == "fields" and one.name in values}
    if not named:
        return
    keys = {name: f"{register.name}.{name}" for name in named}
    Facet.objects.filter(subject_kind=register.subject, subject=record.pk, key__in=keys.values()).delete()
    Facet.objects.bulk_create([Facet(area=record.area, subject_kind=register.subject, subject=record.pk, key=keys[name], value=str(values[name])[:200])
                               for name in named if values[name] is not None])


def _fields_given(register: Register, fields: Sequence[Field], _record: Any, given: Mapping[str, Any]) -> Sequence[Field]:
    """Of a change only what was given, beside what must be: a field that is left out stays as it is."""
    return [one for one in fields if one.name in given or one.name in (register.subject, VERSION.name)]


def fields_to_add(register: Register) -> tuple[Field, ...]:
    """What a new record asks for."""
    link = register.link
    first = Field(link.name, link.words, "integer", required=True, low=1) if link else PLACE
    return (first, *register.columns, *register.joining)


def fields_to_change(register: Register) -> tuple[Field, ...]:
    """What a correction may bring; what is held of class 2 and up is never asked again, only replaced."""
    columns = tuple(replace(one, required=False) if one.protection.is_encrypted else one for one in register.columns)
    emptied = emptied_field(register)
    return (subject_field(register), VERSION, *columns, *((emptied,) if emptied else ()))


@on_declaring
def make_actions(register: Register) -> None:
    """Declare the actions of a register."""
    finds = partial(_one, register)
    known: dict[str, Any] = {"ability": register.keeps, "subject": register.subject}
    parent: dict[str, Any] = {"finds": partial(_parent, register)} if register.link else {}
    declare_action(f"{register.name}.add", ADD.format(what=register.words), fields=fields_to_add(register), **parent, **known)(partial(_add, register))
    fields = fields_to_change(register)
    declare_action(f"{register.name}.change", CHANGE.format(what=register.words), fields=fields, finds=finds,
                   fields_of=partial(_fields_given, register, fields), **known)(partial(_change, register))
    if register.closing is not None:
        reasons = Field("reason", words("原因", "Reason"), "choice", required=True, choices=register.closing.reasons)
        declare_action(f"{register.name}.end", END.format(what=register.words), finds=finds,
                       fields=(subject_field(register), VERSION, reasons, ENDED_ON, NOTE), **known)(partial(_end, register))
        declare_action(f"{register.name}.restore", RESTORE.format(what=register.words), finds=finds,
                       fields=(subject_field(register), VERSION, REASON), **known)(partial(_restore, register))


def action_of(register: Register, what: str) -> Action:
    """One of the actions of a register. Fault 404 when it has none of that name."""
    return find_action(f"{register.name}.{what}")


