# SPDX-License-Identifier: MulanPSL-2.0
"""The row of one matter as every move reads and changes it: fixed statements, because each step of each matter needs them."""

from collections.abc import Callable, Mapping
from datetime import datetime
from functools import lru_cache
from typing import Any

from django.db import connection

from linli.matters import categories
from linli.matters.models import Matter

LAST = 'select step, occurred_at from "matters_move" where matter_id = %s order by step desc limit 1'


@lru_cache(maxsize=1)
def _reading() -> tuple[str, tuple[str, ...], tuple[tuple[int, Callable[..., Any], Any], ...]]:
    """The statement, the attributes in its order, and the columns whose values have to be turned into Python's."""
    fields = Matter._meta.concrete_fields
    columns = ", ".join(f'"{field.column}"' for field in fields)
    turned = tuple((place, turn, field.get_col("matters_matter")) for place, field in enumerate(fields) for turn in field.get_db_converters(connection))
    return (f'select {columns} from "matters_matter" where id = %s and area >= %s and area < %s',
            tuple(field.attname for field in fields), turned)


def matter_within(matter: int, lo: int, hi: int) -> Matter | None:
    """The matter with its category, if it lies in the half-open range and in the sight in force; None otherwise."""
    sql, names, turned = _reading()
    with connection.cursor() as cursor:
        cursor.execute(sql, [matter, lo, hi])
        found = cursor.fetchone()
    if found is None:
        return None
    row = list(found)
    for place, turn, column in turned:
        row[place] = turn(row[place], column, connection)
    made = Matter.from_db("default", names, row)
    category = categories.loaded(made.category_id)
    if category is not None:
        made.category = category
    return made


def last_step(matter: int) -> tuple[int, datetime | None]:
    """Number of the last step of a matter and when it happened; (0, None) before the first."""
    with connection.cursor() as cursor:
        cursor.execute(LAST, [matter])
        found = cursor.fetchone()
    return found or (0, None)


def members_of(matter: int) -> list[int]:
    """All members of the tree that a matter belongs to, itself included, asked past the fence: for counting only."""
    with connection.cursor() as cursor:
        cursor.execute("select tree_of(%s)", [matter])
        return [int(row[0]) for row in cursor.fetchall()]


def hold(*matters: int) -> None:
    """Keep these rows from being changed by anybody else until the action ends; always in one order, so that no two wait for each other."""
    with connection.cursor() as cursor:
        cursor.execute('select id from "matters_matter" where id = any(%s) order by id for update', [list(matters)])


def change(matter: Matter, changes: Mapping[str, Any]) -> bool:
    """Write these columns if the matter still has the version that was read; False when somebody was faster."""
    fields = [(Matter._meta.get_field(name), value) for name, value in changes.items()]
    columns = ", ".join(f'"{field.column}" = %s' for field, _ in fields)  # type: ignore[union-attr]
    values = [field.get_db_prep_save(value, connection) for field, value in fields]  # type: ignore[union-attr]
    with connection.cursor() as cursor:
        cursor.execute(f'update "matters_matter" set {columns} where id = %s and version = %s', [*values, matter.pk, matter.version])
        return bool(cursor.rowcount)
