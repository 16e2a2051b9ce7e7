# SPDX-License-Identifier: MulanPSL-2.0
"""Looks at personal data: masked by default, opened one value at a time for a stated purpose and reason, and every look is a line of the journal."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection

from linli.core import registry
from linli.core.actions import Call, Done, action, run
from linli.core.faults import Invalid, NotAble, NotVisible
from linli.core.fields import Field
from linli.core.models import JournalLine, JournalPayload
from linli.core.protection import Protection, masked
from linli.core.sight import Actor, current, looking, of_record
from linli.core.words import Words, words
from linli.elements import purposes
from linli.elements.models import FilledPerson, Organisation, Post
from linli.elements.posts import role_named
from linli.elements.purposes import SECTION, Purpose
from linli.elements.registers import sealing
from linli.elements.registers.declaring import Column, Register, register_named, registers

REVEAL, LIST = "register.reveal", "register.look_at_list"
REVEALS = "person.reveal"
"""The ability to open one protected value."""
LIST_FROM = 50
"""A list of more names than this is journalled (house.md part 3, Personal data)."""
LONGEST = 19
HIDDEN = "******"
"""What stands for a text or a value of class 3: neither its length nor any of its characters."""
NOT_SEALED = words("“{name}”不是加密保存的内容，打开这条记录就能看到。", "“{name}” is not sealed; it is shown with the record.")
TOO_HIGH = words("为“{purpose}”不能查看这一项。请选择与这次工作相符的目的。", "“{purpose}” does not open this value. Choose the purpose of your work.")
NO_PERSONAL = words("您当前的岗位不查看个人信息。", "Your present post does not look at personal data.")
NO_PERSONAL_REMEDY = words("请由所在社区的工作人员查看。", "Ask the staff of the community.")
SHOWN = words("名单（{count} 人，可能有您）", "A list ({count} names, perhaps yours)")
TAKEN_OUT = words("导出的名单（{count} 人，可能有您）", "A list taken out ({count} names, perhaps yours)")
UNKNOWN_PURPOSE = "No purpose is named {name!r}. Use one of {known} (elements/purposes.py)."
INSIDE = "looked_at_list writes a line: call it before or after the page's own transaction, not within looking(...)."

PURPOSE = Field("purpose", words("查看目的", "Purpose"), "choice", required=True, choices=purposes.choices)
REASON = Field("reason", words("这次为什么查看", "Why you look"), "text", required=True, limit=200,
               help=words("本人能看到查看的单位和目的。", "The person gets to see your unit and the purpose."))


def stem(register: Register, column: Column) -> str:
    """What the two table columns of an indexed column begin with: its name (booklet), or its first word (id of id_number)."""
    whole = any(one.name == f"{column.name}_sealed" for one in register.model._meta.get_fields())
    return column.name if whole else column.name.partition("_")[0]


def opened(register: Register, column: Column, record: Any) -> str:
    """The plain value of a sealed column; empty when nothing is kept. Only for an action that journals the look, and for the person's own page."""
    if column.kept == "index":
        sealed = getattr(record, f"{stem(register, column)}_sealed")
        return sealing.open_value(register.name, column.name, record.pk, bytes(sealed)) if sealed else ""
    return str(sealing.open_bundle(register.name, record.pk, record.sealed).get(column.name, ""))


def is_held(register: Register, column: Column, record: Any) -> bool:
    """Whether a sealed column has a value, without opening an indexed one."""
    if column.kept == "index":
        return bool(getattr(record, f"{stem(register, column)}_sealed"))
    return bool(opened(register, column, record))


def shown(column: Column, value: str) -> str:
    """A value as it stands on a screen: a number of class 2 with its first 3 and last 4 characters; an address, an employer and all of class 3 as stars only."""
    if not value or not column.protection.is_encrypted:
        return value
    return masked(value) if column.protection is Protection.PERSONAL and column.kept == "index" else HIDDEN


def may_reveal(actor: Actor) -> bool:
    """Whether a post opens protected values at all."""
    return actor.may(REVEALS) and sees_personal(actor)


def sees_personal(actor: Actor) -> bool:
    """Whether the actor's role looks at personal data at all."""
    role = role_named(actor.role)
    return role is not None and role.see_personal


def _columns() -> list[tuple[str, Words]]:
    found: dict[str, Words] = {}
    for register in registers():
        found |= {one.name: one.label for one in register.columns if one.protection.is_encrypted}
    return sorted(found.items())


def _registers() -> list[tuple[str, Words]]:
    return [(one.name, one.words) for one in registers() if any(column.protection.is_encrypted for column in one.columns)]


def find_record(actor: Actor, given: Mapping[str, Any]) -> Any:
    """The record of a register within the actor's sight. NotVisible otherwise."""
    name, number = str(given.get("register", "")), str(given.get("record", ""))
    register: Register | None = registry.get("register", name)
    if register is None or not number.isdecimal() or len(number) >= LONGEST:
        raise NotVisible
    found = register.model.objects.visible_to(actor).filter(pk=int(number)).first()  # type: ignore[attr-defined]
    if found is None:
        raise NotVisible
    return found


def _with_value(answer: dict[str, Any]) -> dict[str, Any]:
    """Add the plain value to the answer of a look: opened anew each time, kept nowhere."""
    register = register_named(answer["register"])
    with looking(of_record(answer["area"]), read_only=True):
        record = register.model.objects.within(answer["area"], answer["area"] + 1).filter(pk=answer["record"]).first()  # type: ignore[attr-defined]
    if record is None:
        raise NotVisible
    return answer | {"value": opened(register, register.column(answer["column"]), record)}


@action(REVEAL, words("查看受保护的信息", "Look at protected data"), ability=REVEALS, subject="person", finds=find_record, completes=_with_value, fields=(
    Field("register", words("台账", "Register"), "choice", required=True, choices=_registers),
    Field("record", words("记录编号", "Record"), "integer", required=True, low=1),
    Field("column", words("查看哪一项", "Which value"), "choice", required=True, choices=_columns), PURPOSE, REASON))
def reveal(call: Call) -> Done:
    """Open one sealed value for a purpose; the line of this action is the look, and the person gets to see it."""
    if not sees_personal(call.actor):
        raise NotAble(NO_PERSONAL, NO_PERSONAL_REMEDY)
    register, purpose = register_named(call.given["register"]), purposes.purpose_named(call.given["purpose"])
    column = next((one for one in register.columns if one.name == call.given["column"]), None)
    if column is None or not column.protection.is_encrypted:
        raise Invalid({"column": NOT_SEALED.format(name=column.label if column else call.given["column"])})
    if purpose is None or column.protection.rank > purpose.most.rank:
        raise Invalid({"purpose": TOO_HIGH.format(purpose=purpose.words if purpose else call.given["purpose"])})
    answer = {"register": register.name, "record": call.record.pk, "column": column.name, "area": call.record.area}
    return Done(call.record.area, call.record.pk, answer, kind=register.subject)


@action(LIST, words("查看名单", "Look at a list of names"), ability=LIST, subject="register", fields=(
    Field("register", words("台账", "Register"), required=True, limit=40), Field("count", words("条数", "Names"), "integer", required=True, low=0), PURPOSE,
    Field("protection", words("最高保护级别", "Highest class"), limit=4), Field("export", words("导出编号", "Export"), "integer", low=1)))
def look_at_list(call: Call) -> Done:
    """Note that a list of names was shown or taken out: which register, how many, of which class, for which purpose."""
    return Done(call.actor.lo, call.actor.lo, {"count": call.given["count"]})


def class_of(register: Register) -> str:
    """The number of the highest class among the columns of a register."""
    return max((one.protection for one in register.columns), key=lambda one: one.rank).class_number


def looked_at_list(actor: Actor, register: str, count: int, purpose: str, *, export: int | None = None) -> bool:
    """Journal that `actor` was shown a list of `count` names when it is a long one, or took it out as an export of this number; True if a line was written.

    Call it outside the page's own read-only transaction. A list that grows by pages counts what the filter gives, not one page.
    """
    if purposes.purpose_named(purpose) is None:
        raise LookupError(UNKNOWN_PURPOSE.format(name=purpose, known=registry.names(SECTION)))
    if count <= LIST_FROM:
        return False
    if current() is not None:
        raise RuntimeError(INSIDE)
    more = {} if export is None else {"export": export}
    run(LIST, actor, {"register": register, "count": count, "purpose": purpose, "protection": class_of(register_named(register)), **more},
        key=f"export-{export}" if export else "")
    return True


@dataclass(frozen=True)
class Look:
    """One look as the person reads it: when, which unit, for what, at which value. Never who, and never the typed reason."""

    at: datetime
    unit: str
    purpose: Words
    column: Words


def looks_at(register: Register, record: int, most: int = 200, *, area: int | None = None) -> list[Look]:
    """Who looked at the sealed values of a record, newest first, under the sight in force; with its area also the long lists of that ground.

    What the law keeps secret (a purpose marked so) is left out; a purpose that nobody declares any more is shown by its name.
    """
    lists = _lists_over(register, area) if area is not None else []
    return sorted([*_reveals_of(register, record, most), *lists], key=lambda one: one.at, reverse=True)[:most]


def _reveals_of(register: Register, record: int, most: int) -> list[Look]:
    lines = list(JournalLine.objects.filter(subject_kind=register.subject, subject=record, action=REVEAL).order_by("-id")[:most])
    said = dict(JournalPayload.objects.filter(line__in=[one.pk for one in lines]).values_list("line_id", "plain"))
    units = _units([one.post for one in lines])
    found = []
    for line in lines:
        given = said.get(line.pk, {})
        purpose = purposes.purpose_named(str(given.get("purpose", "")))
        if purpose is not None and purpose.is_secret:
            continue
        found.append(Look(line.recorded_at, units.get(line.post or 0, ""), _words_of(purpose, given), _label(register, str(given.get("column", "")))))
    return sorted([*found, *_filled(register, record, most)], key=lambda one: one.at, reverse=True)


def _filled(register: Register, record: int, most: int) -> list[Look]:
    """Values that went out in forms which a unit filled, one look a value; of people only."""
    if register.subject != "person":
        return []
    went = list(FilledPerson.objects.filter(person=record).order_by("-id").values_list("at", "columns", "purpose", "post")[:most])
    units = _units([post for *_, post in went])
    found = []
    for at, columns, name, post in went:
        purpose = purposes.purpose_named(name)
        if purpose is None or not purpose.is_secret:
            found += [Look(at, units.get(post or 0, ""), _words_of(purpose, {"purpose": name}), _label(register, column)) for column in columns]
    return found


def _lists_over(register: Register, area: int) -> list[Look]:
    """Long lists of names that posts responsible for this ground were shown or took out: whoever lives there may stand in them."""
    with connection.cursor() as cursor:
        cursor.execute("select at, post, said from list_looks(%s, %s)", [area, register.name])
        rows = cursor.fetchall()
    units, found = _units([post for _, post, _ in rows]), []
    for at, post, told in rows:
        said = told if isinstance(told, dict) else json.loads(told)
        purpose = purposes.purpose_named(str(said.get("purpose", "")))
        if purpose is None or not purpose.is_secret:
            label = TAKEN_OUT if said.get("export") else SHOWN
            found.append(Look(at, units.get(post or 0, ""), _words_of(purpose, said), label.format(count=said.get("count", 0))))
    return found


def _words_of(purpose: Purpose | None, given: Mapping[str, Any]) -> Words:
    name = str(given.get("purpose", "")) or "-"
    return purpose.words if purpose else words(name, name)


def _label(register: Register, name: str) -> Words:
    found = next((one.label for one in register.columns if one.name == name), None)
    return found or words(name or "-", name or "-")


def _units(posts: list[int | None]) -> dict[int, str]:
    """Post to the name of its unit; of a post without one the role's place stays unnamed."""
    held = dict(Post.objects.filter(pk__in={one for one in posts if one}).values_list("pk", "organisation_id"))
    names = dict(Organisation.objects.filter(pk__in={one for one in held.values() if one}).values_list("pk", "name"))
    return {post: names.get(unit or 0, "") for post, unit in held.items()}
