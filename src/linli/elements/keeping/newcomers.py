# SPDX-License-Identifier: MulanPSL-2.0
"""A person who was not in the register: checked by the register's own columns and rules, sealed, and not somebody who is here already."""

from datetime import date

from django.db import connection, models

from linli.core.actions import Call
from linli.core.faults import Conflict, Invalid
from linli.core.fields import Field
from linli.core.protection import Protection
from linli.core.words import words
from linli.elements import identities
from linli.elements.keeping import values
from linli.elements.models import Person
from linli.elements.registers.people import CHINESE, PEOPLE
from linli.elements.registers.sealing import index_of

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


def next_id(model: type[models.Model]) -> int:
    """An id drawn from the sequence of a table: what is sealed is bound to it, so it must be known before."""
    with connection.cursor() as cursor:
        cursor.execute("select nextval(pg_get_serial_sequence(%s, 'id'))", [model._meta.db_table])
        return int(cursor.fetchone()[0])


def person_from(call: Call, names: tuple[str, ...], *, area: int, came_on: date) -> Person:
    """A new person, not yet written. Invalid with a sentence for each wrong column; Conflict when his number is in the register here."""
    given = values.written(PEOPLE, None, {name: call.given.get(name) for name in names})
    if not given["name"]:
        raise Invalid({"name": NAME_NEEDED})
    if given.get("id_number"):
        given["id_kind"] = given.get("id_kind") or CHINESE
        refuse_known(call, given["id_number"])
    person = Person(pk=next_id(Person), area=area, came_on=came_on)
    values.put(PEOPLE, person, given)
    person.confirmed = {name: values.day_number(came_on) for name, value in given.items() if value not in (None, "")}
    return person


def refuse_known(call: Call, number: str, beside: int = 0) -> None:
    """Conflict when somebody else within the sight bears the number, or another community keeps its bearer."""
    found = Person.objects.visible_to(call.actor).filter(id_index=index_of("person", "id_number", number)).exclude(pk=beside).first()
    if found is not None:
        raise Conflict(KNOWN_HERE.format(name=found.name), KNOWN_REMEDY, code="known_here")
    identities.refuse_kept_elsewhere(number)
