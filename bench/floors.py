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
            inside = f"t.id between {_ends(link, name)}"
            rows.append(_one(link, f"elements_{name}", inside, server))
        inside = f"t.person between {_ends(link, 'person')}"
        rows.append(_one(link, "elements_identity", inside, server))
        link.execute("drop schema floor cascade")
    return rows, sum(row["seconds"] for row in rows), sum(row["postgres_cpu"] for row in rows)


MADE = """create table floor.made as select e.key as name, min((r ->> 0)::bigint) as first, max((r ->> 1)::bigint) as last
from elements_intakebatch b, jsonb_each(b.made) e, jsonb_array_elements(e.value) r where b.id > %s group by 1"""
"""The numbers that the intake gave, from the first to the last: nobody else writes in a bench's home."""


def _ends(link: "psycopg.Connection[Any]", name: str) -> str:
    """The first and the last number of a table's fresh rows, as SQL; an empty range where none was made."""
    found = link.execute("select first, last from floor.made where name = %s", [name]).fetchone()
    return f"{found[0]} and {found[1]}" if found else "1 and 0"


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
