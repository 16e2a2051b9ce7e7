# SPDX-License-Identifier: MulanPSL-2.0
"""Which files a record came in with or was changed by: for its history, because a stretch writes one line of the journal for all of its records."""

from dataclasses import dataclass
from datetime import datetime

from django.db import connection

from linli.core.sight import Actor

ADDED, CHANGED = "added", "changed"
FOUND = """select b.intake_id, i.file_name, i.account, b.taken_at, b.undone_at, k.what from elements_intakebatch b join elements_intake i on i.id = b.intake_id
cross join (values ('added', %s), ('changed', %s)) k(what, name)
where b.area >= %s and b.area < %s and exists (
  select from jsonb_array_elements(coalesce(b.made -> k.name, '[]')) r where %s between (r ->> 0)::bigint and (r ->> 1)::bigint)
order by b.taken_at, b.id"""


@dataclass(frozen=True)
class Origin:
    """One file that added or changed a record; `undone_at` None while it stands."""

    intake: int
    file_name: str
    account: int | None
    taken_at: datetime
    undone_at: datetime | None
    what: str


def changed_key(table: str) -> str:
    """Under which name a stretch keeps the ranges of the records that it changed."""
    return f"{CHANGED}.{table}"


def origins_of(actor: Actor, table: str, record: int) -> list[Origin]:
    """The files within the actor's area that brought or changed a record of a table (person, household, dwelling, building), oldest first; inside a sight."""
    with connection.cursor() as cursor:
        cursor.execute(FOUND, [table, changed_key(table), actor.lo, actor.hi, record])
        return [Origin(*row) for row in cursor.fetchall()]
