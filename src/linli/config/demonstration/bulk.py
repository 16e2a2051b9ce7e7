# SPDX-License-Identifier: MulanPSL-2.0
"""The city load: a year of matters with their moves written by SQL into an empty database, indexes built afterwards."""

import hashlib
import re
import shutil
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import psycopg
from django.apps import apps
from django.conf import settings
from psycopg import sql as syntax

from linli.config.demonstration.hours import hours, midnight
from linli.core.sight import AreaModel

SQL = Path(__file__).with_name("sql")
TABLES = ("matters_matter", "matters_move", "matters_handling", "matters_verification", "matters_rating", "core_facet", "matters_limit",
          "matters_interval")
EMPTIED_ROOMS = ("matters", "measures")
HELPERS = ("demo_slot", "demo_category", "demo_phrase", "demo_hour")
RARE = "01021"
"""输油（气）井盖异常: the category that one matter in 65,536 gets, for lists by a rare category."""
BYTES_A_MATTER = 2_220
"""Disk of one matter with all that hangs on it and all indexes (measured on 16 million: 35.6 GB, PostgreSQL 18)."""
MATTERS_A_SECOND = 8_500
"""Matters written, indexed and counted in a second (measured on 2 cores that other work shared; quiet ones are faster)."""
SPARE_BYTES = 3_000_000_000
"""Room for sorting while indexes are built, and for the write-ahead log."""

Say = Callable[[str], None]


@dataclass(frozen=True)
class Load:
    """What is to be loaded: how many matters, from which seed, ending with the day before `last`."""

    matters: int
    seed: int
    first: date
    last: date

    @property
    def digest(self) -> str:
        """The digest of the generator: its SQL and its values (SHA-256). The same digest loads the same matters."""
        parts = [path.read_text(encoding="utf-8") for path in sorted(SQL.glob("*.sql"))]
        parts.append(f"{self.matters}/{self.seed}/{self.first}/{self.last}")
        return hashlib.sha256("\n".join(parts).encode()).hexdigest()

    @property
    def disk_bytes(self) -> int:
        """Disk that the database grows by (estimate, within a tenth)."""
        return self.matters * BYTES_A_MATTER + 200_000_000

    @property
    def seconds(self) -> int:
        """How long it takes on two quiet cores (estimate)."""
        return 60 + self.matters // MATTERS_A_SECOND


def announcement(load: Load) -> str:
    """What the load needs, before it starts."""
    free = shutil.disk_usage(settings.HOME if settings.HOME.exists() else Path("/")).free
    return (f"{load.matters:,} matters, seed {load.seed}, generator {load.digest[:16]}: about {load.disk_bytes / 1e9:.1f} GB of disk "
            f"(plus {SPARE_BYTES / 1e9:.0f} GB while it works; {free / 1e9:.0f} GB are free here) and {load.seconds / 60:.0f} minutes.")


def connect() -> "psycopg.Connection[Any]":
    """A connection of the owner, whose statements are composed here: DDL takes no parameters."""
    return psycopg.connect(settings.OWNER_URL, cursor_factory=psycopg.ClientCursor)


def statements(name: str, **values: object) -> Iterator[str]:
    """The statements of a file, `:name` in them replaced by literals. Values are numbers, moments and None."""
    text = (SQL / name).read_text(encoding="utf-8")
    for part in text.split(";\n"):
        yield re.sub(r"(?<![:\w]):([a-z_]+)", lambda found: _literal(values[found.group(1)]), part)


def _literal(value: object) -> str:
    return syntax.Literal(value).as_string(None)


def run(load: Load, say: Say) -> int:
    """Write everything in one transaction; answers how many matters. RuntimeError with a sentence when it is not empty."""
    with connect() as connection:
        cursor = connection.cursor()
        cursor.execute("set local synchronous_commit = off; set local work_mem = '256MB'; set local maintenance_work_mem = '1GB'; "
                       "set local timezone = 'UTC'")
        _prepare(cursor, load)
        with _bare(cursor, say):
            done = _days(cursor, load, say)
        _tidy(cursor)
    with connect() as connection:
        connection.autocommit = True
        say("  statistics (vacuum, analyze) …")
        for table in TABLES:
            connection.execute(f"vacuum (analyze) {table}")
    return done


def _prepare(cursor: Any, load: Load) -> None:
    cursor.execute("select exists (select from matters_matter)")
    if cursor.fetchone()[0]:
        raise RuntimeError("The database already holds matters. The load goes into an empty database only: give another LINLI_HOME.")
    cursor.execute(f"drop table if exists {', '.join(HELPERS)}")
    for text in statements("prepare.sql", seed=load.seed):
        cursor.execute(text)
    cursor.execute('create unlogged table demo_hour (day int, at timestamptz, first_id bigint, n int, first_reply_due timestamptz, whole_due timestamptz)')
    rows = [(one.day, one.at, one.first_id, one.count, one.first_reply_due, one.whole_due) for one in hours(load.first, load.last, load.matters)]
    with cursor.copy("copy demo_hour from stdin") as copy:
        for row in rows:
            copy.write_row(row)
    cursor.execute("create index on demo_hour (day); analyze demo_hour")
    hanging = {model._meta.db_table for room in EMPTIED_ROOMS for model in apps.get_app_config(room).get_models() if issubclass(model, AreaModel)}
    cursor.execute(f"truncate {', '.join(sorted(hanging | set(TABLES)))}")


CONSTRAINTS = """select conrelid::regclass::text, conname, pg_get_constraintdef(oid), contype from pg_constraint
where conrelid = any(%s::regclass[]) and contype in ('p', 'u', 'f') or confrelid = any(%s::regclass[]) and contype = 'f'
order by array_position(array['p', 'u', 'f'], contype::text), conname"""
INDEXES = """select i.indexrelid::regclass::text, pg_get_indexdef(i.indexrelid) from pg_index i
left join pg_constraint c on c.conindid = i.indexrelid and c.contype in ('p', 'u')
where i.indrelid = any(%s::regclass[]) and c.oid is null order by 1"""
INDEPENDENT = (("matters_verification", "verification_is_independent"), ("matters_handling", "handling_is_independent"))
"""Triggers that look through the other table for each row: without indexes that grows with the square. What they guard is proven at the end."""
INDEPENDENCE = """select count(*) from matters_verification v join matters_handling h
on h.matter_id = v.matter_id and (h.person = v.verifier or h.unit = v.verifier_unit)"""


@contextmanager
def _bare(cursor: Any, say: Say) -> Iterator[None]:
    """Tables without indexes and keys for the length of a block; everything is built and proven again after it."""
    tables = list(TABLES)
    cursor.execute(CONSTRAINTS, [tables, tables])
    constraints = cursor.fetchall()
    cursor.execute(INDEXES, [tables])
    indexes = cursor.fetchall()
    for table, name, _, _ in reversed(constraints):
        cursor.execute(f"alter table {table} drop constraint {name}")
    for name, _ in indexes:
        cursor.execute(f"drop index {name}")
    for table, trigger in INDEPENDENT:
        cursor.execute(f"alter table {table} disable trigger {trigger}")
    yield
    began = time.monotonic()
    for table, name, definition, _ in constraints:
        cursor.execute(f"alter table {table} add constraint {name} {definition}")
        say(f"  {name} ({time.monotonic() - began:.0f} s)")
    for name, definition in indexes:
        cursor.execute(definition)
        say(f"  {name} ({time.monotonic() - began:.0f} s)")
    for table, trigger in INDEPENDENT:
        cursor.execute(f"alter table {table} enable trigger {trigger}")
    cursor.execute(INDEPENDENCE)
    if cursor.fetchone()[0]:
        raise RuntimeError("The generator let somebody verify his own handling. Nothing was kept.")


def _days(cursor: Any, load: Load, say: Say) -> int:
    rare = _rare(cursor)
    cutoff = midnight(load.last)
    began, done, days = time.monotonic(), 0, (load.last - load.first).days
    for day in range(days):
        for text in statements("day.sql", seed=load.seed, day=day, cutoff=cutoff, rare=rare):
            cursor.execute(text)
            done += cursor.fetchone()[0]
        if day % 10 == 9 or day == days - 1:
            spent = time.monotonic() - began
            say(f"  {done:>12,} of {load.matters:,} matters, {done / spent:,.0f} a second, about {spent * (load.matters - done) / max(done, 1) / 60:.0f} minutes to go")
    return done


def _rare(cursor: Any) -> int | None:
    cursor.execute("select id from matters_category where code = %s and part = 'event'", [RARE])
    found: Sequence[Any] | None = cursor.fetchone()
    return found[0] if found else None


def _tidy(cursor: Any) -> None:
    """Sequences go on after the numbers that were written; the helper tables go."""
    for table in TABLES:
        if table == "matters_rating":
            continue
        cursor.execute(f"select setval(pg_get_serial_sequence('{table}', 'id'), greatest((select max(id) from {table}), 1))")
    cursor.execute(f"drop table {', '.join(HELPERS)}")
