# SPDX-License-Identifier: MulanPSL-2.0
"""The rows of a file while it is on its way: frames, packed and sealed as a whole, a stretch at a time; what lies in the database says nothing without the key."""

import io
import json
import zlib
from collections.abc import Iterator, Sequence
from typing import Any

import polars as pl
import psycopg
from django.db import connection

from linli.core.keys import keyring
from linli.elements.intakes.sites import BUILDING, COMMUNITY, DWELLING
from linli.elements.models import Intake, IntakePart

RAW, CLEAN = "raw", "clean"
RAW_ROWS = 100_000
STRETCH = 40_000
"""Rows of a stretch, of whole communities (our choice: a second or two of work, and memory for a few of them)."""


def context(part: str, intake: int, number: int) -> str:
    """What the seal of a stretch is bound to."""
    return f"intake.{part}:{intake}:{number}"


def packed(frame: pl.DataFrame) -> bytes:
    """A frame as bytes."""
    out = io.BytesIO()
    frame.write_ipc(out, compression="zstd", compat_level=pl.CompatLevel.oldest())
    return out.getvalue()


def keep(intake: Intake, part: str, frames: Sequence[pl.DataFrame]) -> None:
    """Put stretches in the place of those that were kept before under this name."""
    IntakePart.objects.filter(intake=intake, part=part).delete()
    for number, frame in enumerate(frames):
        sealed = keyring().seal(packed(frame), context(part, intake.pk, number))
        _put(intake, part, number, frame.height, sealed)


def _put(intake: Intake, part: str, number: int, rows: int, sealed: bytes) -> None:
    """One row whose bytes go to the database as they are: as a text within the statement they are twice as many, and read four times."""
    connection.ensure_connection()
    with psycopg.Cursor(connection.connection) as cursor:
        cursor.execute("insert into elements_intakepart (area, intake_id, part, number, rows, sealed) values (%s, %s, %s, %s, %s, %b)",
                       [intake.area, intake.pk, part, number, rows, sealed])


def opened(intake: int, part: str, number: int) -> pl.DataFrame:
    """One stretch. LookupError when its rows are destroyed."""
    found = IntakePart.objects.filter(intake=intake, part=part, number=number).values_list("sealed", flat=True).first()
    if found is None:
        raise LookupError(f"The rows of intake {intake} are gone.")
    return pl.read_ipc(io.BytesIO(keyring().unseal(bytes(found), context(part, intake, number))))


def numbers(intake: int, part: str) -> list[int]:
    """The numbers of the stretches that are kept."""
    return list(IntakePart.objects.filter(intake=intake, part=part).order_by("number").values_list("number", flat=True))


def raw(intake: int) -> pl.DataFrame:
    """All rows as they came."""
    found = [opened(intake, RAW, number) for number in numbers(intake, RAW)]
    return pl.concat(found, rechunk=False)


def slices(frame: pl.DataFrame, size: int = RAW_ROWS) -> Iterator[pl.DataFrame]:
    """The frame in pieces; one empty piece for an empty frame."""
    yield from (frame.slice(start, size) for start in range(0, max(frame.height, 1), size))


def stretches(frame: pl.DataFrame, size: int = STRETCH, order: Sequence[str] = (BUILDING, DWELLING)) -> list[pl.DataFrame]:
    """The rows in order of address, cut between communities into pieces of about `size` rows; rows of no community, or without the first of `order`, are left out."""
    placed = frame.filter(pl.col(COMMUNITY).is_not_null() & pl.col(order[0]).is_not_null()).sort(COMMUNITY, *order, "line")
    counts = placed.group_by(COMMUNITY, maintain_order=True).len().rows()
    found: list[pl.DataFrame] = []
    start = rows = 0
    for _, count in counts:
        if rows and rows + count > size:
            found.append(placed.slice(start, rows))
            start, rows = start + rows, 0
        rows += count
    if rows:
        found.append(placed.slice(start, rows))
    return found


def seal_json(value: Any, what: str) -> bytes:
    """A value as JSON, packed and sealed."""
    return keyring().seal(zlib.compress(json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode(), 1), what)


def open_json(sealed: bytes, what: str) -> Any:
    """What was sealed."""
    return json.loads(zlib.decompress(keyring().unseal(bytes(sealed), what)))
