# SPDX-License-Identifier: MulanPSL-2.0
"""A register of a fair size, and the look over it afterwards, inside Django: `crowd.plant(20000)`, `crowd.check()`."""

import json
import sys

from django.db import connection

from linli.core import resealing
from linli.core.keys import keyring
from linli.core.sight import looking, of_all
from linli.elements.models import Person
from linli.elements.registers import sealing
from linli.elements.registers.checks.person_numbers import check_sign
from tests.cast import GRID
from tests.residents import next_id

BATCH = 2_000


def phone_of(serial: int) -> str:
    """The phone of the person of a serial."""
    return f"1395{serial:07d}"


def number_of(serial: int) -> str:
    """His identity number, of a division that does not exist."""
    body = f"99{serial // 500:04d}19800203{serial % 500:03d}"
    return body + check_sign(body)


def plant(count: int) -> None:
    """So many people in the first grid, sealed under the present key; prints the first and the last id."""
    first = next_id()
    with looking(of_all()):
        for start in range(0, count, BATCH):
            Person.objects.bulk_create([_person(first + 1 + serial, serial) for serial in range(start, min(count, start + BATCH))])
    with connection.cursor() as cursor:
        cursor.execute("select setval(pg_get_serial_sequence('elements_person', 'id'), %s)", [first + count + 1])
    sys.stdout.write(f"{json.dumps([first + 1, first + count])}\n")


def _person(pk: int, serial: int) -> Person:
    number, phone = number_of(serial), phone_of(serial)
    return Person(
        pk=pk, area=GRID, name="钱多多", standing="together", id_kind="111", id_sealed=sealing.seal_value("person", "id_number", pk, number),
        id_index=sealing.index_of("person", "id_number", number), phone_sealed=sealing.seal_value("person", "phone", pk, phone),
        phone_index=sealing.index_of("person", "phone", phone), sealed=sealing.seal_bundle("person", pk, {"employer": f"厂{serial}"}))


def check() -> None:
    """Open everything and compare number and index; prints how many opened."""
    opened = 0
    with looking(of_all(), read_only=True):
        for one in Person.objects.exclude(id_sealed=None).iterator(BATCH):
            number = sealing.open_value("person", "id_number", one.pk, bytes(one.id_sealed))
            assert sealing.index_of("person", "id_number", number) == one.id_index, one.pk
            phone = sealing.open_value("person", "phone", one.pk, bytes(one.phone_sealed))
            assert sealing.index_of("person", "phone", phone) == one.phone_index, one.pk
            assert one.sealed is None or sealing.open_bundle("person", one.pk, one.sealed)
            opened += 1
        ring = keyring()
        assert [column.name for column in resealing.columns() if column.rows(ring.header, "")] == []
    sys.stdout.write(f"{json.dumps(opened)}\n")
