# SPDX-License-Identifier: MulanPSL-2.0
"""Several small lists read by one statement: what belongs to one record lies in many tables, and a page asks for it at once."""

from collections.abc import Callable, Sequence
from datetime import date, datetime
from functools import lru_cache
from typing import Any
from uuid import UUID

from django.db import connection, models

TURNED: dict[str, Callable[[str], Any]] = {
    "DateTimeField": datetime.fromisoformat, "DateField": date.fromisoformat, "BinaryField": lambda text: bytes.fromhex(text.removeprefix("\\x")),
    "UUIDField": UUID,
}
"""Fields whose values JSON has no form of its own for."""
PLAIN = frozenset({"AutoField", "BigAutoField", "BigIntegerField", "BooleanField", "CharField", "ForeignKey", "IntegerField", "JSONField", "OneToOneField",
                   "PositiveIntegerField", "PositiveSmallIntegerField", "SmallIntegerField", "TextField"})


def read(*wanted: models.QuerySet[Any]) -> list[list[Any]]:
    """The rows of each query set in its order, as `list` would give them, all by one statement. TypeError for a field it cannot carry.

    Each query set becomes an array of rows in JSON; whole rows of one table only, so nothing is joined or annotated.
    """
    asked = [one.query.sql_with_params() for one in wanted]
    if not asked:
        return []
    columns = ", ".join(f"array(select row_to_json(found) from ({sql}) found)" for sql, _ in asked)
    with connection.cursor() as cursor:
        cursor.execute(f"select {columns}", [value for _, values in asked for value in values])
        answers: Sequence[list[dict[str, Any]]] = cursor.fetchone()
    return [_rows(one.model, found) for one, found in zip(wanted, answers, strict=True)]


def _rows(model: type[models.Model], found: Sequence[dict[str, Any]]) -> list[Any]:
    names, columns = _columns(model)
    return [model.from_db("default", names, [turn(row[column]) for column, turn in columns]) for row in found]


@lru_cache(maxsize=100)
def _columns(model: type[models.Model]) -> tuple[list[str], list[tuple[str, Callable[[Any], Any]]]]:
    """Attributes in the order of the columns, and how the value of each column becomes Python's."""
    fields = model._meta.concrete_fields
    return [field.attname for field in fields], [(str(field.column), _turn(field)) for field in fields]


def _turn(field: Any) -> Callable[[Any], Any]:
    kind = field.get_internal_type()
    if kind in PLAIN:
        return _as_it_is
    if kind not in TURNED:
        raise TypeError(f"{field} is a {kind}, which cannot be read together with other tables. Say in core/together.py how JSON carries it.")
    turn = TURNED[kind]
    return lambda value: None if value is None else turn(value)


def _as_it_is(value: Any) -> Any:
    return value
