# SPDX-License-Identifier: MulanPSL-2.0
"""A stretch taken back: what it added goes, what it changed is as it was before; records that changed since stay and are listed."""

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import connection

from linli.elements.intakes import parts, recorded
from linli.elements.intakes.taking import MODELS, Before
from linli.elements.models import IntakeBatch
from linli.elements.registers.codes import HEAD

Kept = dict[str, list[int]]


def context(batch: int, intake: int, number: int) -> str:
    """What the seal of the records before is bound to."""
    return f"intake_batch:{intake}:{batch}:{number}"


def seal_before(before: Before, *, intake: int, round: int, number: int) -> bytes:
    """The records before, sealed."""
    return parts.seal_json({name: [list(one) for one in rows] for name, rows in before.items()}, context(round, intake, number))


def undo(batch: IntakeBatch, at: datetime) -> dict[str, Any]:
    """Take a stretch back in the running transaction; answers how many records went, were put back, and which stay because they changed since."""
    kept: Kept = {}
    restored = _restore(batch, kept)
    with connection.cursor() as cursor:
        cursor.execute("select intake_remove(%s)", [batch.pk])
        found = cursor.fetchone()[0]
    told = found if isinstance(found, dict) else json.loads(found)
    removed = told["removed"]
    for more in _remove_records(batch):
        told["kept"] |= more["kept"]
        removed |= more["removed"]
    for name, numbers in told["kept"].items():
        kept[name] = sorted({*kept.get(name, []), *numbers})
    IntakeBatch.objects.filter(pk=batch.pk).update(undone_at=at)
    return {"removed": removed, "restored": restored, "kept": {name: numbers for name, numbers in kept.items() if numbers}}


def _remove_records(batch: IntakeBatch) -> list[dict[str, Any]]:
    """Take back what a stretch added to the tables whose records come a line each."""
    found = []
    with connection.cursor() as cursor:
        for name in recorded.MODELS:
            if name in batch.made:
                cursor.execute("select intake_remove_records(%s, %s)", [batch.pk, name])
                told = cursor.fetchone()[0]
                found.append(told if isinstance(told, dict) else json.loads(told))
    return found


def _restore(batch: IntakeBatch, kept: Kept) -> int:
    """Put changed records back that are still as we left them, with the version they had: what was read before is true again."""
    if batch.before is None:
        return 0
    before: dict[str, list[Any]] = parts.open_json(bytes(batch.before), context(batch.round, batch.intake_id, batch.number))
    done = 0
    for name, rows in before.items():
        back = _restore_relations(rows) if name == "membership" else _restore_records(name, rows)
        done += len(back)
        if name in recorded.MODELS:
            recorded.renew_all_facets(name, back)
        kept[name] = sorted({row[0] for row in rows} - set(back))
    return done


def _restore_records(name: str, rows: Sequence[Any]) -> list[int]:
    model = recorded.MODELS.get(name) or MODELS[name]
    columns = [one.column for one in model._meta.concrete_fields if one.column not in ("id", "area", "confirmed")]
    puts = ", ".join(f'"{one}" = b."{one}"' for one in columns)
    table = model._meta.db_table
    sql = f"""update {table} t set {puts}
from unnest(%s::bigint[], %s::int[], %s::jsonb[]) g(id, version, was) cross join lateral jsonb_populate_record(null::{table}, g.was) b
where t.id = g.id and t.version = g.version returning t.id"""
    with connection.cursor() as cursor:
        cursor.execute(sql, [[row[0] for row in rows], [row[1] for row in rows], [row[2] for row in rows]])
        return [found[0] for found in cursor.fetchall()]


def _restore_relations(rows: Sequence[Any]) -> list[int]:
    """Relations as they were; whoever becomes the head again comes last, because a household has one."""
    back: list[int] = []
    sql = """update elements_membership t set relation = g.was ->> 'relation' from unnest(%s::bigint[], %s::jsonb[]) g(id, was)
where t.id = g.id and t.until is null and (g.was ->> 'relation' = %s) = %s and not exists (
  select from elements_membership o where (g.was ->> 'relation') = %s and o.household_id = t.household_id and o.until is null and o.relation = %s and o.id <> t.id)
returning t.id"""
    with connection.cursor() as cursor:
        for heads in (False, True):
            cursor.execute(sql, [[row[0] for row in rows], [row[2] for row in rows], HEAD, heads, HEAD, HEAD])
            back += [found[0] for found in cursor.fetchall()]
    return back
