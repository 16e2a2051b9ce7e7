# SPDX-License-Identifier: MulanPSL-2.0
"""Rows into tables in one stroke: COPY into a passing table without fences and indexes, then one insert or update that fences and indexes see."""

import hashlib
import io
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

import polars as pl
from django.db import connection, models

from linli.core import journal

NULL = r"\N"


class Staged:
    """What was written in one stroke, so that the journal can hold a digest of it."""

    def __init__(self) -> None:
        self._digest = hashlib.sha256()
        self.made: dict[str, list[list[int]]] = {}

    def digest(self) -> str:
        """SHA-256 over the bytes of everything that was staged, sealed values as they are stored."""
        return self._digest.hexdigest()

    def add(self, model: type[models.Model], frame: pl.DataFrame, *, beside: str = "") -> None:
        """Insert the rows; the frame's columns are table columns, every other column gets its default. `beside`: what becomes of one that is there."""
        if frame.is_empty():
            return
        name = self._stage(model, frame)
        with connection.cursor() as cursor:
            cursor.execute(f"{insert_of(model, tuple(frame.columns), name)} {beside}")
        self.made.setdefault(str(model._meta.model_name), []).extend(ranges(frame["id"].to_list()))

    def change(self, model: type[models.Model], frame: pl.DataFrame, *, fields: Sequence[str] = ()) -> list[tuple[int, int, Any]]:
        """Update the records whose version is still the one in the frame; null leaves a column as it is, `fields` go into the jsonb of that name.

        Answers (id, version now, the record before as JSON) of each that was changed.
        """
        if frame.is_empty():
            return []
        name, table = self._stage(model, frame, fields), model._meta.db_table
        columns = [one for one in frame.columns if one not in ("id", "version", *fields)]
        puts = [f'"{one}" = coalesce(s."{one}", t."{one}")' for one in columns]
        if fields:
            pairs = ", ".join(f"'{one}', s.\"{one}\"" for one in fields)
            puts.append(f"fields = t.fields || jsonb_strip_nulls(jsonb_build_object({pairs}))")
        with connection.cursor() as cursor:
            cursor.execute(f"select t.id, t.version + 1, to_jsonb(t)::text from {table} t join {name} s on s.id = t.id and s.version = t.version order by t.id for update of t")
            before = [(number, version, text) for number, version, text in cursor.fetchall()]
            cursor.execute(f"update {table} t set {', '.join([*puts, 'version = t.version + 1'])} from {name} s where t.id = s.id and t.version = s.version")
        return before

    def turn(self, model: type[models.Model], frame: pl.DataFrame, *, last: str) -> list[tuple[int, int, Any]]:
        """Update the relation of memberships that still have the one in `was`; those that become `last` come last, because only one may have it."""
        if frame.is_empty():
            return []
        name, table = self._stage(model, frame.select("id", "relation", "was")), model._meta.db_table
        with connection.cursor() as cursor:
            cursor.execute(f"select t.id, 0, to_jsonb(t)::text from {table} t join {name} s on s.id = t.id and s.was = t.relation where t.until is null "
                           "order by t.id for update of t")
            before = [(number, version, text) for number, version, text in cursor.fetchall()]
            for sign in ("<>", "="):
                cursor.execute(f"update {table} t set relation = s.relation from {name} s where t.id = s.id and t.relation = s.was and t.until is null and s.relation {sign} %s",
                               [last])
        return before

    def _stage(self, model: type[models.Model], frame: pl.DataFrame, texts: Sequence[str] = ()) -> str:
        """A passing table with the rows; its name."""
        name = f"staged_{model._meta.model_name}"
        kinds = _kinds(model)
        columns = ", ".join(f'"{one}" {"text" if one in texts or one == "was" else kinds[one]}' for one in frame.columns)
        out = io.BytesIO()
        frame.write_csv(out, include_header=False, null_value=NULL)
        content = out.getvalue()
        self._digest.update(content)
        with connection.cursor() as cursor:
            cursor.execute(f"drop table if exists {name}")
            cursor.execute(f"create temporary table {name} ({columns}) on commit drop")
            with cursor.copy(f"copy {name} from stdin (format csv, null '{NULL}')") as copy:
                copy.write(content)
        return name


@lru_cache(maxsize=20)
def _kinds(model: type[models.Model]) -> Mapping[str, str]:
    """Table column to its type; ids without what draws them."""
    return {str(one.column): "bigint" if one.primary_key else str(one.db_type(connection)) for one in model._meta.concrete_fields}


@lru_cache(maxsize=40)
def insert_of(model: type[models.Model], given: tuple[str, ...], staged: str) -> str:
    """The insert of staged rows, in the order in which they were staged; a column that is not given, or null where it must not be, gets its default."""
    names, values = [], []
    for one in model._meta.concrete_fields:
        default = one.get_default() if one.has_default() or not one.null else None
        text = "null" if default is None else f"'{journal.canonical(default).decode() if isinstance(default, dict) else default}'"
        names.append(f'"{one.column}"')
        if one.column in given:
            values.append(f's."{one.column}"' if one.null or default is None else f'coalesce(s."{one.column}", {text})')
        else:
            values.append(text)
    return f"insert into {model._meta.db_table} ({', '.join(names)}) select {', '.join(values)} from {staged} s"


def drawn(model: type[models.Model], count: int) -> list[int]:
    """New numbers of a table, before its rows are sealed under them."""
    if not count:
        return []
    with connection.cursor() as cursor:
        cursor.execute("select pg_get_serial_sequence(%s, 'id')", [model._meta.db_table])
        cursor.execute("select string_agg(nextval(%s::regclass)::text, ',') from generate_series(1, %s)", [cursor.fetchone()[0], count])
        return [int(number) for number in cursor.fetchone()[0].split(",")]


def ranges(numbers: Sequence[int]) -> list[list[int]]:
    """Numbers as [first, last] of each run without a gap."""
    found: list[list[int]] = []
    for number in sorted(numbers):
        if found and number == found[-1][1] + 1:
            found[-1][1] = number
        else:
            found.append([number, number])
    return found
