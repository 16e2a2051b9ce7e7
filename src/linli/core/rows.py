# SPDX-License-Identifier: MulanPSL-2.0
"""Rows that an action writes: collected while its body runs, sent to the database together in one round trip."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from functools import lru_cache
from typing import Any

from django.db import connection, models


class Batch:
    """Statements waiting to be sent, in order; rows of one table that follow each other become one insert."""

    def __init__(self) -> None:
        self._waiting: list[tuple[str, str, list[Any]]] = []

    def put(self, row: models.Model, *, once: bool = False) -> None:
        """Insert a row whose key the database makes or the row brings; with `once` an equal row that is there already stays."""
        head, tail, values = insert_of(row, once=once)
        if self._waiting and self._waiting[-1][0] == head and self._waiting[-1][1].endswith(tail):
            _, text, before = self._waiting[-1]
            body = text.removesuffix(tail) + ", " + _marks(len(values)) + tail
            self._waiting[-1] = (head, body, before + values)
        else:
            self._waiting.append((head, head + _marks(len(values)) + tail, values))

    def also(self, sql: str, values: Sequence[Any]) -> None:
        """Run a further statement in its place among the rows."""
        self._waiting.append(("", sql, list(values)))

    def send(self) -> None:
        """Send everything in one round trip; nothing is left waiting."""
        if not self._waiting:
            return
        sql = ";\n".join(text for _, text, _ in self._waiting)
        values = [value for _, _, given in self._waiting for value in given]
        self._waiting = []
        with connection.cursor() as cursor:
            cursor.execute(sql, values)


_current: ContextVar[Batch | None] = ContextVar("linli_batch", default=None)


@contextmanager
def collecting() -> Iterator[Batch]:
    """Collect the rows of one action; what was put is sent at the end, nothing when the body fails."""
    batch = Batch()
    token = _current.set(batch)
    try:
        yield batch
        batch.send()
    finally:
        _current.reset(token)


def put(*rows: models.Model, once: bool = False) -> None:
    """Write rows with the running action; outside one they are written at once."""
    batch = _current.get() or Batch()
    for row in rows:
        batch.put(row, once=once)
    if _current.get() is None:
        batch.send()


def also(sql: str, values: Sequence[Any]) -> None:
    """Run a statement that answers nothing with the running action's rows."""
    batch = _current.get() or Batch()
    batch.also(sql, values)
    if _current.get() is None:
        batch.send()


def put_first(row: models.Model) -> int:
    """Insert a row now and answer the key that the database gave it; the row keeps it."""
    head, _, values = insert_of(row)
    key = row._meta.pk
    with connection.cursor() as cursor:
        cursor.execute(f'{head}{_marks(len(values))} returning "{key.column}"', values)
        row.pk = cursor.fetchone()[0]
    return int(row.pk)


def put_new(*new: models.Model) -> int:
    """Insert rows now, in one statement, each unless an equal one is there already; answers how many were new. Keys are not read back."""
    parts, given = [], []
    for place, row in enumerate(new):
        head, tail, values = insert_of(row, once=True)
        parts.append(f"made_{place} as ({head}{_marks(len(values))}{tail} returning 1)")
        given += values
    counted = " + ".join(f"(select count(*) from made_{place})" for place in range(len(new)))
    with connection.cursor() as cursor:
        cursor.execute(f"with {', '.join(parts)} select {counted}", given)
        return int(cursor.fetchone()[0])


@lru_cache(maxsize=200)
def _columns(model: type[models.Model], with_key: bool) -> tuple[str, tuple[tuple[str, Any], ...]]:
    """The head of an insert and the fields it takes; generated and database-filled columns are left to the database."""
    fields = tuple(
        (field.attname, field) for field in model._meta.local_concrete_fields
        if not field.generated and not field.has_db_default() and (with_key or not isinstance(field, models.AutoField))
    )
    names = ", ".join(f'"{field.column}"' for _, field in fields)
    return f'insert into "{model._meta.db_table}" ({names}) values ', fields


def insert_of(row: models.Model, *, once: bool = False) -> tuple[str, str, list[Any]]:
    """Head, tail and values of the insert of one row."""
    head, fields = _columns(type(row), row.pk is not None)
    values = [field.get_db_prep_save(getattr(row, name), connection) for name, field in fields]
    return head, " on conflict do nothing" if once else "", values


def _marks(count: int) -> str:
    return "(" + ", ".join(["%s"] * count) + ")"
