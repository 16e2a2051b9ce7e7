# SPDX-License-Identifier: MulanPSL-2.0
"""全市一人一档: whether another community keeps the person with an identity number; asked of definer functions, which answer yes or no.

The table Identity is hidden from the application's role. It follows the people by itself: the first record with a number keeps the person,
triggers on the table of people see to it for single rows and for bulk.
"""

from collections.abc import Collection
from uuid import UUID

from django.db import connection

from linli.core.faults import Conflict
from linli.core.words import words
from linli.elements.registers import sealing

REGISTER, COLUMN = "person", "id_number"
KEPT_ELSEWHERE = words("此人在其他社区登记，没有重复登记。", "This person is kept by another community; no second record was made.")
KEPT_REMEDY = words("请在“调转”里申请转入。", "Ask for him under Transfers.")


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


def known_numbers(numbers: Collection[str]) -> dict[str, bool]:
    """Those of the indexes (32 hexadecimal digits each) that anybody bears, and whether he is kept beyond the sight in force; empty without a sight.

    For whole files: they go to the database as one text, and most numbers of a new file are nobody's.
    """
    if not numbers:
        return {}
    with connection.cursor() as cursor:
        cursor.execute("select replace(number::text, '-', ''), is_beyond from known_numbers(%s)", [",".join(numbers)])
        return dict(cursor.fetchall())


def is_kept_elsewhere(number: str) -> bool:
    """Whether the person with this identity number is kept outside the sight in force."""
    return bool(kept_elsewhere([index_of(number)]))


def refuse_kept_elsewhere(number: str) -> None:
    """Conflict, with the way to ask for him, when another community keeps the person with this number: for whoever adds or changes a record."""
    if is_kept_elsewhere(number):
        raise Conflict(KEPT_ELSEWHERE, KEPT_REMEDY, code="kept_elsewhere")
