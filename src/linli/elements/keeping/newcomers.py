# SPDX-License-Identifier: MulanPSL-2.0
"""A person who was not in the register: checked by the register's own columns and rules, sealed, and not somebody who is here already."""

from datetime import date

from linli.core.actions import Call
from linli.core.faults import Conflict, Invalid
from linli.core.fields import Field
from linli.core.protection import Protection
from linli.core.words import words
from linli.elements.models import Person
from linli.elements.registers import values
from linli.elements.registers.people import CHINESE, PEOPLE

KNOWN_HERE = words("这个证件号码的人已经在册（{name}），没有重复登记。", "A person with this number is in the register already ({name}); nobody was added.")
KNOWN_REMEDY = words("请在“已在册的人”里选他，再办理搬入。", "Choose him among the people in the register, then enter the move.")
NAME_NEEDED = words("请填写姓名，或选一个已在册的人。", "Fill in the name, or choose somebody who is in the register.")
ASKED = ("name", "sex", "born_on", "id_kind", "id_number", "phone")
ASKED_OF_A_CHILD = ("name", "sex", "born_on")


def fields(names: tuple[str, ...], *, required: bool) -> tuple[Field, ...]:
    """The register's columns as fields of an action; whatever says who somebody is, is sealed in the journal."""
    found = []
    for one in (PEOPLE.column(name) for name in names):
        protection = one.protection if one.protection.is_encrypted else Protection.PERSONAL
        found.append(Field(one.name, one.label, one.kind, one.required and required, one.limit, one.low, one.high, one.choices, protection, help=one.help))
    return tuple(found)


def person_from(call: Call, names: tuple[str, ...], *, area: int, came_on: date) -> Person:
    """A new person, not yet written. Invalid with a sentence for each wrong column; Conflict when his number is in the register here."""
    given = values.written(PEOPLE, {name: call.given.get(name) for name in names})
    if not given["name"]:
        raise Invalid({"name": NAME_NEEDED})
    if given.get("id_number"):
        given["id_kind"] = given.get("id_kind") or CHINESE
        refuse_known(call, given["id_number"])
    person: Person = values.new(PEOPLE, {name: value for name, value in given.items() if value not in (None, "")}, area=area, seen_on=came_on, came_on=came_on)
    return person


def refuse_known(call: Call, number: str) -> None:
    """Conflict when somebody within the sight bears the number, also one who has left: he is to be chosen; or when another community keeps its bearer."""
    found = values.bearers(PEOPLE, call.actor, "id_number", number).first()
    if found is not None:
        raise Conflict(KNOWN_HERE.format(name=found.name), KNOWN_REMEDY, code="known_here")
    values.refuse_elsewhere(PEOPLE, "id_number", number)
