# SPDX-License-Identifier: MulanPSL-2.0
"""The tables of the scans as Parquet files, kept up to date by what changed: which slices differ, their new files, and the manifest that names what is in use.

A slice is a run of record numbers, at city size less than a day of matters. The database itself says which slices changed: one pass over a table
folds the place and the writing transaction of every row into a digest for each slice, so an edit of an old row, a removal and a merger show
themselves whoever did them. Only these slices are carried out again. Files are named by their digest and never written twice; the manifest
is exchanged in one step, so a run that dies leaves what was in use as it was.
"""

import json
import os
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import psycopg
from django.conf import settings
from django.db import connection

from linli.core import clock
from linli.core.models import JournalLine
from linli.measures.compiler import LEAF_SIZE
from linli.measures.engines.portable import FROM, PLACES, Source, all_sources
from linli.measures.predicates import DAY, MOMENT, NUMBER, TEXT, YES_NO

FORMAT = 1
SLICE_BITS = 15
"""32,768 numbers a slice (our choice: measured, decision 0051)."""
TAIL = 8
"""How many of the newest slices of an append-only table are looked at; `whole` looks at all of them."""
LOCK = 7_366_051
"""The advisory lock of whoever carries out; any number that nobody else uses."""
DUCK_TYPES = {NUMBER: "BIGINT", TEXT: "VARCHAR", YES_NO: "BOOLEAN", MOMENT: "TIMESTAMPTZ", DAY: "DATE"}
NOTHING = "\\N"


@dataclass(frozen=True)
class Slice:
    """A file in use: its name, its rows, and the digest under which PostgreSQL knows the same rows."""

    file: str
    rows: int
    digest: int


@dataclass
class Manifest:
    """What is in use: the newest journal line that was visible, and the slices of each table with the shape they were carried in."""

    watermark: int = 0
    made_at: str = ""
    shapes: dict[str, str] = field(default_factory=dict)
    tables: dict[str, dict[int, Slice]] = field(default_factory=dict)

    def files(self, table: str) -> list[str]:
        """The files of a table, oldest slice first."""
        return [str(folder() / one.file) for _, one in sorted(self.tables.get(table, {}).items())]

    def every_file(self) -> set[str]:
        """The names of all files in use."""
        return {one.file for slices in self.tables.values() for one in slices.values()}


@dataclass
class Brought:
    """What a run did: slices looked at, carried again and dropped, rows carried, seconds."""

    looked_at: int = 0
    changed: int = 0
    dropped: int = 0
    rows: int = 0
    seconds: float = 0.0
    comparing: float = 0.0
    """The part of the seconds in which PostgreSQL compared."""


def folder() -> Path:
    """Where the files lie; readable for the owner of the process only."""
    path: Path = settings.PARQUET_ROOT
    path.mkdir(mode=0o700, parents=True, exist_ok=True)
    return path


def manifest() -> Manifest:
    """What is in use now; an empty one when nothing was carried yet or in another format."""
    path = folder() / "manifest.json"
    if not path.exists():
        return Manifest()
    told = json.loads(path.read_text(encoding="utf-8"))
    if told["format"] != FORMAT:
        return Manifest()
    tables = {name: {int(number): Slice(*one) for number, one in slices.items()} for name, slices in told["tables"].items()}
    return Manifest(told["watermark"], told["made_at"], told["shapes"], tables)


def carry(*, whole: bool = False) -> Brought:
    """Bring the files to the state of the database at one moment. `whole` also looks at the old slices of append-only tables.

    The caller has set the whole-city sight. RuntimeError when another run is at it.
    """
    done, began = Brought(), time.monotonic()
    before, sources = manifest(), all_sources()
    with _reading() as cursor, TemporaryDirectory(dir=folder(), prefix="carrying-") as place:
        _refuse_uneven(cursor)
        after = Manifest(_watermark(cursor), clock.now().isoformat())
        for name, source in sorted(sources.items()):
            known = before.tables.get(name, {}) if before.shapes.get(name) == source.shape else {}
            after.shapes[name] = source.shape
            after.tables[name] = _table(cursor, source, known, Path(place), done, whole=whole)
        _exchange(before, after)
    done.seconds = time.monotonic() - began
    return done


@contextmanager
def _reading() -> Iterator[Any]:
    """A cursor that sees one moment: of the reporting role, or inside the transaction in force where it is the same role or a test."""
    if settings.AS_OWNER or settings.REPORT_URL == settings.APP_URL:
        with connection.cursor() as cursor:
            yield _alone(cursor)
        return
    with psycopg.connect(settings.REPORT_URL) as link, link.cursor() as own:
        own.execute("set transaction isolation level repeatable read, read only")
        own.execute("set local timezone = 'UTC'")
        own.execute("set local datestyle = 'ISO, YMD'")
        yield _alone(own)


def _alone(cursor: Any) -> Any:
    cursor.execute("select pg_try_advisory_xact_lock(%s)", [LOCK])
    if not cursor.fetchone()[0]:
        raise RuntimeError("Another run is carrying tables out at this moment. Wait until it is done.")
    return cursor


def _refuse_uneven(cursor: Any) -> None:
    """RuntimeError for a community that spans other numbers than the scans of other engines take for granted."""
    cursor.execute(f"select min(place_area) from {PLACES} where level = 'community' and "
                   f"(mod(lo, {LEAF_SIZE}) <> 0 or hi <> lo + {LEAF_SIZE})")
    if (place := cursor.fetchone()[0]) is not None:
        raise RuntimeError(f"The community {place} does not span {LEAF_SIZE} numbers. Count by PostgreSQL (LINLI_MEASURES_ENGINE=postgres) and mend the place.")


def _watermark(cursor: Any) -> int:
    cursor.execute(f"select coalesce(max(id), 0) from {JournalLine._meta.db_table}")
    return int(cursor.fetchone()[0])


def _table(cursor: Any, source: Source, known: Mapping[int, Slice], place: Path, done: Brought, *, whole: bool) -> dict[int, Slice]:
    """The slices of a table as they are now: those that differ from the known ones carried anew."""
    began = time.monotonic()
    first = max(known, default=0) - TAIL + 1 if source.is_append_only and not whole and len(known) > TAIL else 0
    now = _digests(cursor, source, first)
    done.comparing += time.monotonic() - began
    kept = {number: one for number, one in known.items() if number < first or (number in now and now[number] == (one.rows, one.digest))}
    changed = [number for number in sorted(now) if number not in kept]
    done.looked_at += len(now)
    done.changed += len(changed)
    done.dropped += len(set(known) - set(kept) - set(changed))
    for number in changed:
        rows, digest = now[number]
        kept[number] = _slice(cursor, source, number, Slice(f"{source.table}-{source.shape}-{number}-{digest & (2**64 - 1):016x}-{rows}.parquet", rows, digest), place)
        done.rows += rows
    return kept


def _digests(cursor: Any, source: Source, first: int) -> dict[int, tuple[int, int]]:
    """For each slice from the first one the number of its rows and a digest of where each row lies and which transaction wrote it."""
    since = f"{FROM}.{source.key} >= {first << SLICE_BITS} and " if first > 0 else ""
    cursor.execute(f"select {FROM}.{source.key} >> {SLICE_BITS}, count(*), bit_xor(hashtidextended({FROM}.ctid, {FROM}.xmin::text::bigint))"
                   f" from {source.table} {FROM} where {since}({source.condition}) group by 1")
    return {int(number): (int(rows), int(digest)) for number, rows, digest in cursor.fetchall()}


def _slice(cursor: Any, source: Source, number: int, wanted: Slice, place: Path) -> Slice:
    """Write the file of one slice, under its own name only once it is whole."""
    import duckdb  # noqa: PLC0415  only those who carry pay for it

    target = folder() / wanted.file
    if target.exists():
        return wanted
    columns = ", ".join(f"{one.sql} as {one.name}" for one in source.ordered())
    low = number << SLICE_BITS
    text = (f"select {columns} from {source.table} {FROM} where {FROM}.{source.key} >= {low} and {FROM}.{source.key} < {low + (1 << SLICE_BITS)}"
            f" and ({source.condition}) order by {FROM}.{source.key}")
    given, made = place / "given.csv", place / "made.parquet"
    with given.open("wb") as file, cursor.copy(f"copy ({text}) to stdout (format csv, null '{NOTHING}')") as rows:
        for block in rows:
            file.write(block)
    kinds = ", ".join(f"'{one.name}': '{DUCK_TYPES[one.kind]}'" for one in source.ordered())
    with duckdb.connect(config={"autoinstall_known_extensions": "false", "threads": "1"}) as link:
        link.execute("set timezone = 'UTC'")
        read = (f"read_csv('{given}', columns = {{{kinds}}}, auto_detect = false, header = false, delim = ',', quote = '\"', escape = '\"',"
                f" nullstr = '{NOTHING}', allow_quoted_nulls = false, max_line_size = 16777216)")
        link.execute(f"copy (select * from {read}) to '{made}' (format parquet, compression zstd)")
        found = link.execute(f"select count(*) from '{made}'").fetchone()
    if found is None or found[0] != wanted.rows:
        raise RuntimeError(f"{source.table}: {found and found[0]} rows arrived of {wanted.rows}. The files in use stay as they were; run it again.")
    os.replace(made, target)
    return wanted


def _exchange(before: Manifest, after: Manifest) -> None:
    """Put the new manifest in place of the old one, and remove files that neither names: those who are reading the old one may finish."""
    told = {"format": FORMAT, "watermark": after.watermark, "made_at": after.made_at, "shapes": after.shapes,
            "tables": {name: {number: [one.file, one.rows, one.digest] for number, one in slices.items()} for name, slices in after.tables.items()}}
    path = folder() / "manifest.new"
    with path.open("w", encoding="utf-8") as file:
        json.dump(told, file)
        file.flush()
        os.fsync(file.fileno())
    os.replace(path, folder() / "manifest.json")
    wanted = before.every_file() | after.every_file()
    for one in folder().glob("*.parquet"):
        if one.name not in wanted:
            one.unlink(missing_ok=True)
