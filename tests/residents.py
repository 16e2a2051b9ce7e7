# SPDX-License-Identifier: MulanPSL-2.0
"""Residents for tests: people with right check digits who cannot be real (no division begins with 99), sealed as the registers seal them."""

from datetime import date
from typing import Any

from django.db import connection

from linli.core import clock
from linli.core.sight import looking, of_all
from linli.elements import identities
from linli.elements.models import Building, Claim, Dwelling, Household, Membership, Person, Residence
from linli.elements.registers import sealing
from linli.elements.registers.checks.person_numbers import SIGNS, WEIGHTS

PHONE = "13900001234"
EMPLOYER = "演示市第一机床厂"


def number_of(serial: int, born: str = "19800203") -> str:
    """An identity number with a right check digit, of a division that does not exist."""
    body = f"990101{born}{serial:03d}"
    return body + SIGNS[sum(int(digit) * weight for digit, weight in zip(body, WEIGHTS, strict=True)) % 11]


def next_id() -> int:
    """The next number of a person, drawn before sealing."""
    with connection.cursor() as cursor:
        cursor.execute("select nextval(pg_get_serial_sequence('elements_person', 'id'))")
        return int(cursor.fetchone()[0])


def plant(area: int, name: str = "钱多多", serial: int = 1, **more: Any) -> Person:
    """A person with number, phone and employer in an area."""
    number = number_of(serial)
    with looking(of_all()):
        pk = next_id()
        made: Person = Person.objects.create(pk=pk, **{
            "area": area, "name": name, "sex": "1", "born_on": date(1980, 2, 3), "id_kind": "111", "standing": "together",
            "id_sealed": sealing.seal_value("person", "id_number", pk, number), "id_index": identities.index_of(number),
            "phone_sealed": sealing.seal_value("person", "phone", pk, PHONE), "phone_index": sealing.index_of("person", "phone", PHONE),
            "sealed": sealing.seal_bundle("person", pk, {"employer": EMPLOYER})} | more)
        return made


def house(person: Person, *, owner: bool = False) -> Dwelling:
    """A dwelling in the person's area where he heads a household, lives and is registered."""
    with looking(of_all()):
        building = Building.objects.create(area=person.area, number=f"{person.pk}号楼", key=f"{person.pk}")
        dwelling: Dwelling = Dwelling.objects.create(area=person.area, building=building, room="101", key="101")
        household = Household.objects.create(area=person.area, dwelling=dwelling)
        Membership.objects.create(area=person.area, household=household, person=person, relation="0", since=date(2020, 1, 1))
        for tie in ("living", "registered", *(["owner"] if owner else [])):
            Residence.objects.create(area=person.area, person=person, dwelling=dwelling, tie=tie, since=date(2020, 1, 1))
        return dwelling


def again(person: Person) -> Person:
    """The person as he stands now, wherever he is kept."""
    with looking(of_all(), read_only=True):
        found: Person = Person.objects.get(pk=person.pk)
        return found


def one_person(area: int) -> int:
    """The number of a person of an area, planted at the first call."""
    with looking(of_all()):
        found = Person.objects.filter(area=area, name="钱多多").values_list("pk", flat=True).first()
    return found if found is not None else plant(area).pk


def one_claim(area: int, other: int) -> int:
    """A request for a person of an area that waits for an answer."""
    with looking(of_all()):
        found, _ = Claim.objects.get_or_create(area=area, side="asked", state="waiting", defaults={
            "pair": 0, "number": identities.index_of(number_of(1)), "person": 0, "other_area": other, "name": "钱多多", "reason": "living", "asked_at": clock.now(),
            "asked_on": clock.today(), "answer_by": clock.now()})
        return int(found.pk)
