# SPDX-License-Identifier: MulanPSL-2.0
"""Writing one record of any declared register: the actions add, change, end and restore, made from each declaration.

A line of the journal holds what was given and, under `changes`, what each field was and is now: history comes from these. Values of class 2
and up stand under `changes_sealed` in the protected part. A field that is not given stays as it is; one that is given empty is emptied; fields of
class 2 and up, which a form never shows, are emptied by naming them in `emptied`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

from linli.core import clock
from linli.core.actions import Action, Call, Done, find_action
from linli.core.actions import action as declare_action
from linli.core.faults import Conflict, Invalid, NotVisible
from linli.core.fields import Field
from linli.core.models import JournalPayload
from linli.core.sight import Actor
from linli.core.words import Words, words
from linli.elements import places
from linli.elements.registers import records, values
from linli.elements.registers.declaring import Register, on_declaring, register_named

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
ENDED = words("这条记录已经终止，不能再改。", "This record has ended and cannot be changed any more.")
ENDED_REMEDY = words("确需更正的，请先恢复。", "Take its end back first if it must be corrected.")
NOT_ENDED = words("这条记录没有终止，不用恢复。", "This record has not ended; there is nothing to take back.")
STILL_HELD = words("请先处理完，再终止这条记录。", "See to these first, then end this record.")
TOMORROW = words("终止日期不能晚于今天。", "The day it ended cannot lie ahead of today.")


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


def _area(call: Call) -> int:
    """The grid or community given for a new record: one that stands, within the sight."""
    found = places.find_place(call.given["area"])
    if found is None or not call.actor.lo <= found.lo < found.hi <= call.actor.hi or not found.stands(clock.today()):
        raise Invalid({"area": NOT_HERE})
    if found.level not in ("community", "grid"):
        raise Invalid({"area": NOT_HERE})
    return found.area


def _add(register: Register, call: Call) -> Done:
    parent, link = call.record, register.link
    if parent is not None and link is not None:
        _refuse_ended(register_named(link.register), parent)
    area = parent.area if parent is not None else _area(call)
    given = {name: value for name, value in values.written(register, call.given).items() if value is not None}
    tied = {link.name: parent} if link is not None and link.is_column else {}
    record = values.new(register, given, area=area, seen_on=clock.today(), **tied)
    values.refuse_double(register, call.actor, given, record.pk)
    values.write_new(register, record, given)
    joined = values.unless_twice(partial(register.joins, record, parent, call.given)) if register.joins is not None else {}
    return Done(area, record.pk, {register.subject: record.pk, "version": record.version, **joined}, dict(joined), is_new=True)


def _change(register: Register, call: Call) -> Done:
    record = _right(register, call.record)
    _refuse_ended(register, record)
    emptied = list(call.given.get("emptied") or ())
    given = {name: value for name, value in call.given.items() if not (value is None and values.is_hidden(register, name))} | dict.fromkeys(emptied)
    changed = values.change(register, call.actor, record, given)
    if changed.values:
        record.confirmed = values.seen(record, changed.values, clock.today())
        values.write(register, record, changed, ["confirmed"])
    return Done(record.area, record.pk, {register.subject: record.pk, "version": record.version, "changed": sorted(changed.values)},
                changed.payload, protected=changed.protected)


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
    values.save(record, [ending.column, *([ending.reason_column] if ending.reason_column else [])])
    return Done(record.area, record.pk, {register.subject: record.pk, "version": record.version}, {"let_go": let_go, "ended_on": day})


def _restore(register: Register, call: Call) -> Done:
    record, ending = _right(register, call.record), register.closing
    assert ending is not None
    if not records.has_ended(register, record):
        raise Conflict(NOT_ENDED, ENDED_REMEDY, code="not_ended")
    ends = JournalPayload.objects.filter(line__subject_kind=register.subject, line__subject=record.pk, line__action=f"{register.name}.end")
    last: Mapping[str, Any] = ends.order_by("-line_id").values_list("plain", flat=True).first() or {}
    values.unless_twice(partial(ending.takes_up, record, last.get("let_go") or {}))
    setattr(record, ending.column, None)
    if ending.reason_column:
        setattr(record, ending.reason_column, "")
    values.save(record, [ending.column, *([ending.reason_column] if ending.reason_column else [])])
    return Done(record.area, record.pk, {register.subject: record.pk, "version": record.version})


def _right(register: Register, record: Any) -> Any:
    if register.kind_of and record.kind != register.kind_of:
        raise NotVisible
    return record


def _refuse_ended(register: Register, record: Any) -> None:
    if records.has_ended(register, record):
        raise Conflict(ENDED, ENDED_REMEDY, code="ended")


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


