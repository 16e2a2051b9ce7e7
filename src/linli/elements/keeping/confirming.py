# SPDX-License-Identifier: MulanPSL-2.0
"""核实与更正: somebody saw that fields of a record are so, or put one right; who, when and by what means stays."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

from linli.core import clock
from linli.core.actions import Call, Done, action
from linli.core.faults import Invalid, NotVisible
from linli.core.fields import Field, FieldFault
from linli.core.protection import Protection
from linli.core.sight import Actor
from linli.core.words import Words, words
from linli.elements.keeping.events import DAY, KEEPS, day_of, household_of, number_of
from linli.elements.models import Confirmation, Household, Person, Visit
from linli.elements.registers import records, values
from linli.elements.registers.declaring import Column, Register, register_named
from linli.elements.registers.values import Changed

KEPT = ("person", "household", "dwelling", "building")
"""The registers whose fields are seen at the door; others keep theirs where they are looked after."""
KEYED = {"building": ("quarter", "number"), "dwelling": ("doorway", "floor", "room")}
"""Columns that make the address: changing one makes another record of it."""
MEANS = (("visit", words("走访", "Visit")), ("doorstep", words("上门核对", "At the door")), ("phone", words("电话", "By phone")),
         ("proposal", words("居民自报", "The resident's own proposal")), ("file", words("查看证件或材料", "Documents were seen")))
NO_COLUMN = words("这类记录没有这一项。", "Records of this kind have no such field.")
IS_ADDRESS = words("楼号、门号和室号决定是哪一间，不在这里改。请到房屋登记里改。", "What makes the address is not changed here. Use the register of dwellings.")
NOTHING_SEEN = words("请勾选核实过的项目，或勾选“都没有变化”。", "Tick what you saw to be so, or “Nothing has changed”.")
MEANS_FIELD = Field("means", words("核实方式", "How"), "choice", required=True, choices=MEANS)
REGISTER = Field("register", words("登记册", "Register"), "choice", required=True, choices=lambda: [(name, register_named(name).words) for name in KEPT])
RECORD = Field("record", words("记录编号", "Record"), "integer", required=True, low=1)
VISIT = Field("visit", words("走访记录", "Visit"), "integer", low=1)


@dataclass(frozen=True)
class Item:
    """One field of one record as it is asked at the door. `text` is masked by class; `is_due` is out of date, never seen, or empty."""

    key: str
    register: str
    record: int
    column: Column
    text: str
    is_due: bool
    whose: str = ""

    @property
    def label(self) -> Words:
        """Whose field, which, and what it says."""
        said = self.text or words("（空）", "(empty)")
        return words("{whose} {label}：{text}", "{whose} {label}: {text}").format(whose=self.whose, label=self.column.label, text=said)


def record_of(actor: Actor, given: Mapping[str, Any]) -> Any:
    """The record of a register named in the input, locked. NotVisible outside the range."""
    name = str(given.get("register") or "")
    if name not in KEPT:
        raise NotVisible
    found = register_named(name).model._default_manager.visible_to(actor).select_for_update()  # type: ignore[attr-defined]
    row = found.filter(pk=number_of(given, "record")).first()
    if row is None:
        raise NotVisible
    return row


def is_due(record: Any, column: Column, today: date) -> bool:
    """Whether a field that is refreshed has to be looked at: out of date, or never seen."""
    if column.refresh_days is None:
        return False
    seen = record.confirmed.get(column.name)
    return not isinstance(seen, int) or records.EPOCH + timedelta(days=seen + column.refresh_days) < today


def items(register: Register, record: Any, today: date, whose: str = "") -> list[Item]:
    """The fields of a record that are refreshed, with what they say."""
    return [Item(f"{register.name}.{record.pk}.{one.name}", register.name, record.pk, one, records.shown(one, records.value_of(register, record, one.name)),
                 is_due(record, one, today), whose) for one in register.columns if one.refresh_days is not None]


def at_the_door(household: Household, people: Iterable[Person], today: date) -> list[Item]:
    """What is asked at the door of a household: its dwelling's fields, then each member's."""
    dwelling = household.dwelling
    found = items(register_named("dwelling"), dwelling, today, str(words("房屋", "Dwelling"))) if dwelling is not None else []
    for one in people:
        found += items(register_named("person"), one, today, one.name)
    return found


def members_of(household: Household) -> list[Person]:
    """Who belongs to the household now, the head first; one query."""
    return list(Person.objects.filter(memberships__household=household, memberships__until=None).order_by("memberships__relation", "born_on", "id"))


def note(call: Call, register: Register, record: Any, day: date, *, means: str, seen: Sequence[str] = (), corrected: Sequence[str] = (), visit: int | None = None) -> None:
    """Keep the day on which fields were seen, on the record and as a line of its own; a later day that is known already stays."""
    number = records.epoch_day(day)
    record.confirmed = record.confirmed | {name: max(number, record.confirmed.get(name, number)) for name in (*seen, *corrected)}
    Confirmation.objects.create(area=record.area, register=register.name, record=record.pk, names=list(seen), corrected=list(corrected), means=means, visit=visit,
                                post_id=call.actor.post, happened_on=day, recorded_at=call.recorded_at)


def visit_given(call: Call) -> int | None:
    """The visit during which it was seen, when one was named. NotVisible outside the range."""
    number: int | None = call.given.get("visit")
    if number is not None and not Visit.objects.visible_to(call.actor).filter(pk=number).exists():
        raise NotVisible
    return number


def _names(record: Any, given: Mapping[str, Any]) -> Sequence[Field]:
    register = register_named(str(given.get("register")))
    choices = [(one.name, one.label) for one in register.columns]
    return tuple(replace(one, choices=choices) if one.name == "names" else one for one in CONFIRM_FIELDS)


CONFIRM_FIELDS = (REGISTER, RECORD, Field("names", words("核实过的项目", "Fields that were seen"), "choices", required=True), MEANS_FIELD, VISIT, DAY)


@action("record.confirm", words("核实无误", "Confirm fields"), ability=KEEPS, subject="record", finds=record_of, fields_of=_names, fields=CONFIRM_FIELDS)
def confirm(call: Call) -> Done:
    """Fields of one record were seen to be so, on a day and by some means; what they say stays as it is."""
    record, given, day = call.record, call.given, day_of(call)
    register = register_named(given["register"])
    note(call, register, record, day, means=given["means"], seen=given["names"], visit=visit_given(call))
    record.save(update_fields=["confirmed"])
    return Done(record.area, record.pk, {"record": record.pk, "confirmed": len(given["names"])}, kind=register.subject)


def _seen(record: Any, _given: Mapping[str, Any]) -> Sequence[Field]:
    asked = at_the_door(record, members_of(record), clock.today())
    return tuple(replace(one, choices=[(item.key, item.label) for item in asked]) if one.name == "seen" else one for one in DOOR_FIELDS)


DOOR_FIELDS = (
    Field("household", words("住户", "Household"), "integer", required=True, low=1), Field("nothing_changed", words("都没有变化", "Nothing has changed"), "truth"),
    Field("seen", words("核实过的项目", "What was seen to be so"), "choices"), MEANS_FIELD, VISIT, DAY)


@action("household.confirm", words("核实一户", "Confirm a household"), ability=KEEPS, subject="household", finds=household_of, fields_of=_seen, fields=DOOR_FIELDS)
def confirm_household(call: Call) -> Done:
    """Fields of a household's members and dwelling were seen to be so; `nothing_changed` stands for all that have a value."""
    household, given, day = call.record, call.given, day_of(call)
    people = members_of(household)
    asked = at_the_door(household, people, clock.today())
    chosen = [one for one in asked if one.key in (given["seen"] or ()) or (given["nothing_changed"] and one.text)]
    if not chosen:
        raise Invalid({"seen": NOTHING_SEEN})
    visit = visit_given(call)
    rows = {("person", one.pk): one for one in people} | ({("dwelling", household.dwelling.pk): household.dwelling} if household.dwelling else {})
    for (name, number), row in rows.items():
        seen = [one.column.name for one in chosen if (one.register, one.record) == (name, number)]
        if seen:
            note(call, register_named(name), row, day, means=given["means"], seen=seen, visit=visit)
            row.save(update_fields=["confirmed"])
    return Done(household.area, household.pk, {"household": household.pk, "confirmed": len(chosen)})


@action("record.correct", words("更正一项", "Put a field right"), ability=KEEPS, subject="record", finds=record_of, fields=(
    REGISTER, RECORD, Field("column", words("项目", "Field"), required=True, limit=40),
    Field("value", words("正确的内容（空为删去）", "What is right (empty: removed)"), limit=200, protection=Protection.PERSONAL), MEANS_FIELD, VISIT, DAY,
    Field("version", words("版本", "Version"), "integer", low=1)))
def correct(call: Call) -> Done:
    """One field of a record says from now on what was given, in its written form and by its register's rules."""
    record, given, day = call.record, call.given, day_of(call)
    register = register_named(given["register"])
    column = next((one for one in register.columns if one.name == given["column"]), None)
    if column is None:
        raise Invalid({"column": NO_COLUMN})
    changed = put_right(call, register, record, {column.name: cleaned(register, column, given["value"], "value")}, wrong="value")
    note(call, register, record, day, means=given["means"], corrected=[column.name], visit=visit_given(call))
    values.write(register, record, changed, ["confirmed"])
    return Done(record.area, record.pk, {"record": record.pk, "version": record.version}, {"names": [column.name], **changed.payload}, kind=register.subject,
                protected=changed.protected)


def cleaned(register: Register, column: Column, raw: Any, wrong: str) -> Any:
    """A text as the column takes it. Invalid under the name `wrong` when it does not, or when the column makes the address."""
    if column.name in KEYED.get(register.name, ()):
        raise Invalid({wrong: IS_ADDRESS})
    try:
        return column.clean(raw)
    except FieldFault as fault:
        raise Invalid({wrong: fault.sentence}) from fault


def put_right(call: Call, register: Register, record: Any, given: Mapping[str, Any], wrong: str = "") -> Changed:
    """Put values into a record, not yet written. Invalid (under `wrong` when named) or Conflict when they cannot stand."""
    try:
        return values.change(register, call.actor, record, given)
    except Invalid as fault:
        raise Invalid({wrong: next(iter(fault.fields.values()))} if wrong else fault.fields) from fault
