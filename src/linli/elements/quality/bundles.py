# SPDX-License-Identifier: MulanPSL-2.0
"""Which fields of a sealed bundle have a value: said beside it by whoever writes; of records from before that, looked up once, by the worker."""

import logging
from collections.abc import Iterator
from typing import Any

from django.db import connection

from linli.core.protection import SealError
from linli.elements.quality.conditions import table
from linli.elements.registers import sealing
from linli.elements.registers.declaring import Register, registers

CHUNK = 5_000
log = logging.getLogger("linli.quality")


def note_bundles(lo: int, hi: int) -> int:
    """Say beside every bundle of a range that nobody has looked into which of its fields have a value; answers how many. The caller has set the sight.

    Machine work, no look: names of fields are kept, no value, and nobody is shown anything. A bundle that does not open is passed over and tried again.
    """
    return sum(_note(register, lo, hi) for register in registers() if any(one.kept == "sealed" for one in register.columns))


def _note(register: Register, lo: int, hi: int) -> int:
    count = 0
    for rows in _unnoted(register, lo, hi):
        told = [(number, names) for number, sealed in rows if (names := _names(register, number, sealed)) is not None]
        with connection.cursor() as cursor:
            cursor.execute(f"""update {table(register)} t set sealed_names = g.names from unnest(%s::bigint[], %s::text[]) g (id, names)
where t.id = g.id and t.sealed_names is null and t.area >= %s and t.area < %s""", [[one for one, _ in told], [names for _, names in told], lo, hi])
            count += cursor.rowcount
    return count


def _unnoted(register: Register, lo: int, hi: int) -> Iterator[list[tuple[int, Any]]]:
    """Number and bundle, chunk by chunk in the order of area and number."""
    area, after = lo, 0
    while True:
        with connection.cursor() as cursor:
            cursor.execute(f"""select t.area, t.id, t.sealed from {table(register)} t where t.sealed_names is null and t.sealed is not null
and (t.area, t.id) > (%s, %s) and t.area >= %s and t.area < %s order by t.area, t.id limit %s""", [area, after, lo, hi, CHUNK])
            rows = cursor.fetchall()
        if not rows:
            return
        area, after = rows[-1][0], rows[-1][1]
        yield [(row[1], row[2]) for row in rows]


def _names(register: Register, number: int, sealed: Any) -> str | None:
    try:
        return sealing.names_in(sealing.open_bundle(register.subject, number, bytes(sealed)))
    except SealError:
        log.warning("The sealed bundle of %s %s does not open; its fields were not counted.", register.name, number)
        return None
