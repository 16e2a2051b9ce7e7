# SPDX-License-Identifier: MulanPSL-2.0
"""全市一人一档: whether another community keeps the person with an identity number; asked of definer functions, which answer yes or no.

The table Identity is hidden from the application's role. It follows the people by itself: the first record with a number keeps the person,
triggers on the table of people see to it for single rows and for bulk.
"""

from collections.abc import Collection
from uuid import UUID

from django.db import connection

from linli.elements.registers import sealing

REGISTER, COLUMN = "person", "id_number"


def index_of(number: str) -> UUID:
    """The keyed index of an identity number in its one written form."""
    return sealing.index_of(REGISTER, COLUMN, number)


def kept_elsewhere(numbers: Collection[UUID]) -> set[UUID]:
    """Those of the indexes whose person is kept outside the sight in force; empty without a sight.

    Intake marks such rows “registered elsewhere”; nothing else about them is told, and `person.claim` is the way to ask for them.
    """
    if not numbers:
        return set()
    with connection.cursor() as cursor:
        cursor.execute("select kept_elsewhere(%s::uuid[])", [list(numbers)])
        return {row[0] for row in cursor.fetchall()}


def is_kept_elsewhere(number: str) -> bool:
    """Whether the person with this identity number is kept outside the sight in force."""
    return bool(kept_elsewhere([index_of(number)]))
