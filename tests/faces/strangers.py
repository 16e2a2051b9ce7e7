# SPDX-License-Identifier: MulanPSL-2.0
"""A stranger in every table: one row each in the second community, with an unmistakable word in every text, made from the models so that the next table has one too."""

import re
from collections.abc import Mapping
from typing import Any

from django.apps import apps
from django.db import connection, models

from linli.core import clock
from linli.core.fields import Field
from linli.core.sight import AreaModel, looking, of_all
from tests.cast import COMMUNITY, COMMUNITY2, GRID2, Cast
from tests.core.test_fences import loosen

MARK = "鼍鼐龘"
OTHER, ABSENT = 900_001, 900_777
INDEX = "00000000-0000-0000-0000-00000090000a"
HERE = (COMMUNITY, COMMUNITY + 1_000)
MODELS: list[type[AreaModel]] = [one for one in apps.get_models() if issubclass(one, AreaModel)]
FRESH = re.compile(r"name=\"(?:idempotency|csrfmiddlewaretoken)\" value=\"[^\"]*\"|<time[^>]*>[^<]*</time>|[0-9a-f]{32}|[A-Za-z0-9]{64}|[A-Za-z0-9_=+/-]{40,}")
"""What differs in every answer: request keys, tokens against forgery, sealed addresses."""
NUMBERS = ("number", "record_number", "matter")


def plant(cast: Cast) -> None:
    """A row of the second community in every table with an area, under one number, whatever its constraints."""
    with connection.cursor() as cursor:
        cursor.execute("set local role none")
        cursor.execute("set constraints all immediate")
        for model in MODELS:
            loosen(model._meta.db_table)
    for model in MODELS:
        _insert(model)


def _insert(model: type[AreaModel]) -> None:
    """The row as plain SQL of the owner: columns that the database fills by itself are left to it."""
    with looking(of_all()), connection.cursor() as cursor:
        cursor.execute("set local role none")
        cursor.execute("select column_name from information_schema.columns where table_name = %s and column_default is not null", [model._meta.db_table])
        by_itself = {name for (name,) in cursor.fetchall()}
        row = {}
        for one in model._meta.concrete_fields:
            value = _value(one, model)
            value = one.get_default() if value is _DEFAULT and one.has_default() else value
            if value is not _DEFAULT and one.column not in by_itself:
                row[one.column] = one.get_db_prep_save(value, connection)
        names = ", ".join(f'"{name}"' for name in row)
        cursor.execute(f"insert into {model._meta.db_table} ({names}) values ({', '.join(['%s'] * len(row))})", list(row.values()))


_DEFAULT = object()


def _value(one: Any, model: type[AreaModel]) -> Any:
    """What stands in a column: the stranger's number in keys, his mark in texts, what the model says by default where it says something."""
    if one.name == "area":
        return COMMUNITY2 if model.__name__.startswith(("Journal", "Matter", "Intake")) else GRID2
    if getattr(one, "generated", False):
        return _DEFAULT
    if one.is_relation:
        known = issubclass(one.related_model, AreaModel)
        return OTHER if known or one.primary_key else one.related_model.objects.values_list("pk", flat=True).first() or OTHER
    if (model.__name__, one.name) == ("Matter", "kind"):
        return "grid_event"  # the public pages of any matter ask its kind for words
    if one.primary_key:
        return MARK if isinstance(one, models.CharField) else OTHER
    if one.has_default() and not isinstance(one, models.JSONField):
        return MARK if one.get_default() == "" and isinstance(one, models.CharField | models.TextField) and (one.max_length or 99) > len(MARK) * 4 else _DEFAULT
    if one.null:
        return _DEFAULT
    return _filled(one)


def _filled(one: Any) -> Any:
    if isinstance(one, models.CharField | models.TextField):
        return MARK[:one.max_length or len(MARK)]
    if isinstance(one, models.DateTimeField):
        return clock.now()
    if isinstance(one, models.DateField):
        return clock.today()
    if isinstance(one, models.JSONField):
        return one.get_default() if one.has_default() else {}
    if isinstance(one, models.BinaryField):
        return b"\0" * 40
    if (one.db_type(connection) or "").endswith("[]"):
        return []
    if isinstance(one, models.UUIDField):
        return INDEX
    return False if isinstance(one, models.BooleanField) else OTHER if isinstance(one, models.BigIntegerField) else 1


def given_for(fields: tuple[Field, ...], number: int) -> dict[str, Any]:
    """A body that names the number wherever a number or a list of numbers is asked for, and is otherwise as right as its declaration lets one know."""
    return {one.name: _given(one, number) for one in fields}


def _given(one: Field, number: int) -> Any:
    choices = list(one.options()) if one.choices else []
    if one.name in NUMBERS and one.kind == "text":
        return f"LL{number:09d}"
    plain: Mapping[str, Any] = {
        "integer": number, "area": COMMUNITY, "evidence": [number], "truth": True, "moment": clock.now().isoformat(), "day": clock.today().isoformat(),
        "phone": "13900001234", "email": "a@example.org", "position": "117.19,39.11", "file": "JVBERg==", "hundredths": "1"}
    if choices:
        return [str(choices[0][0])] if one.kind == "choices" else str(choices[0][0])
    if one.kind == "integer" and one.high is not None and one.high < number:
        return one.high
    return plain.get(one.kind, [] if one.kind == "choices" else "核对")


def alike(content: str, number: int) -> str:
    """An answer without the number that was asked for and without what is fresh in every answer."""
    return FRESH.sub("~", content.replace(f"{number:09d}", "#").replace(str(number), "#"))


def difference(one: str, other: str) -> str:
    """Where two answers part, with what stands before it; empty when they do not."""
    at = next((place for place, (left, right) in enumerate(zip(one, other, strict=False)) if left != right), min(len(one), len(other)))
    return "" if one == other else f"{one[max(0, at - 60):at + 40]!r} / {other[at:at + 40]!r}"


def stood() -> dict[str, str]:
    """The stranger's rows as they stand, by table."""
    return {model._meta.db_table: _text(f"select string_agg(t::text, E'\\n') from {model._meta.db_table} t where area >= {COMMUNITY2} and area < {COMMUNITY2 + 1000}")
            for model in MODELS}


def carried_over() -> list[str]:
    """Tables in which the mark stands in a row of the first community."""
    return [model._meta.db_table for model in MODELS
            if MARK in _text(f"select string_agg(t::text, E'\\n') from {model._meta.db_table} t where area >= {HERE[0]} and area < {HERE[1]}")]


def _text(sql: str) -> str:
    with connection.cursor() as cursor:
        cursor.execute("set local role none")
        cursor.execute(sql)
        return str(cursor.fetchone()[0] or "")
