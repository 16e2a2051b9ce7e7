# SPDX-License-Identifier: MulanPSL-2.0
"""The floor of an intake: what its stretches left in the tables, taken out and put by COPY into tables with the same indexes and the same rows before."""

import os
import time
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Any

import psycopg

from bench import machine, results

TABLES = ("building", "dwelling", "household", "person", "membership", "residence")
BLOCK = 1 << 20


def copied(since: int, server: int) -> tuple[list[results.Row], float, float]:
    """A row for each table, the seconds and the processor time of all of them. `since` is the last stretch that does not count."""
    rows: list[results.Row] = []
    with psycopg.connect(os.environ["LINLI_DATABASE_OWNER_URL"], autocommit=True) as link:
        link.execute("drop schema if exists floor cascade; create schema floor")
        link.execute(MADE, [since])
        for name in TABLES:
            inside = f"exists (select from floor.made m where m.name = '{name}' and t.id between m.first and m.last)"
            rows.append(_one(link, f"elements_{name}", inside, server))
        inside = "exists (select from elements_person p join floor.made m on m.name = 'person' and p.id between m.first and m.last where p.id = t.person)"
        rows.append(_one(link, "elements_identity", inside, server))
        link.execute("drop schema floor cascade")
    return rows, sum(row["seconds"] for row in rows), sum(row["postgres_cpu"] for row in rows)


MADE = """create table floor.made as select e.key as name, (r ->> 0)::bigint as first, (r ->> 1)::bigint as last
from elements_intakebatch b, jsonb_each(b.made) e, jsonb_array_elements(e.value) r where b.id > %s"""


def _one(link: "psycopg.Connection[Any]", table: str, inside: str, server: int) -> results.Row:
    link.execute(f"create table floor.{table} (like {table} including all excluding indexes)")
    link.execute(f"insert into floor.{table} overriding system value select * from {table} t where not {inside}")
    for (made,) in link.execute("select indexdef from pg_indexes where schemaname = 'public' and tablename = %s", [table]).fetchall():
        link.execute(made.replace(f" ON public.{table} ", f" ON floor.{table} "))
    before = link.execute(f"select count(*) from floor.{table}").fetchone()
    with NamedTemporaryFile(prefix="linli-floor-") as kept:
        with link.cursor().copy(f"copy (select * from {table} t where {inside}) to stdout") as out:
            for block in out:
                kept.write(block)
        kept.flush()
        size = Path(kept.name).stat().st_size
        cpu, began = machine.cpu_of(server), time.monotonic()
        with Path(kept.name).open("rb") as file, link.cursor().copy(f"copy floor.{table} from stdin") as put:
            while block := file.read(BLOCK):
                put.write(block)
        seconds, spent = time.monotonic() - began, machine.cpu_of(server) - cpu
    after = link.execute(f"select count(*) from floor.{table}").fetchone()
    assert before is not None
    assert after is not None
    link.execute(f"drop table floor.{table}")
    return {"table": table, "rows": after[0] - before[0], "beside": before[0], "megabytes": size >> 20, "seconds": round(seconds, 2), "postgres_cpu": round(spent, 2)}
