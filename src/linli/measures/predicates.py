# SPDX-License-Identifier: MulanPSL-2.0
"""Conditions: a Q over the columns of a fact set, checked with sentences and turned into an SQL expression."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import F, Q
from sqlglot import exp

NUMBER, TEXT, YES_NO, MOMENT, DAY = "number", "text", "yes_no", "moment", "day"
TYPES = frozenset({NUMBER, TEXT, YES_NO, MOMENT, DAY})


@dataclass(frozen=True)
class Parameter:
    """A value known only when the scan runs: a bound of the period, or its cut-off."""

    name: str
    type: str


START = Parameter("start", MOMENT)
END = Parameter("end", MOMENT)
CUT_OFF = Parameter("cut_off", MOMENT)
PARAMETERS = {"start": MOMENT, "end": MOMENT, "cut_off": MOMENT, "day": DAY, "day_number": NUMBER}

Columns = Mapping[str, str]


def within(column: str) -> Q:
    """The date in `column` lies in the period."""
    return Q((f"{column}__gte", START), (f"{column}__lt", END))


def faults(condition: Q, columns: Columns) -> list[str]:
    """Sentences about what a condition may not say; empty when all is well."""
    if _is_either_or(condition):
        return ["A condition joins parts by ^ (either-or). Write it with &, | and ~."]
    return [sentence for key, value in _leaves(condition) for sentence in _leaf_faults(key, value, columns)]


def _is_either_or(node: Q) -> bool:
    return node.connector == Q.XOR or any(_is_either_or(child) for child in node.children if isinstance(child, Q))


def columns_of(condition: Q) -> frozenset[str]:
    """Names of the columns that a condition reads."""
    found: set[str] = set()
    for key, value in _leaves(condition):
        found.add(key.split("__", 1)[0])
        if isinstance(value, F):
            found.add(_named(value))
    return frozenset(found)


def _leaves(node: Any) -> Iterator[tuple[str, Any]]:
    if isinstance(node, Q):
        for child in node.children:
            yield from _leaves(child)
    elif isinstance(node, tuple):
        yield node
    else:
        yield type(node).__name__, _NOT_A_COLUMN


_NOT_A_COLUMN = object()


def _leaf_faults(key: str, value: Any, columns: Columns) -> Iterator[str]:
    if value is _NOT_A_COLUMN:
        yield f"A condition holds a {key}. Use plain comparisons of columns of the fact set only."
        return
    name, _, lookup = key.partition("__")
    if name not in columns:
        yield f"The condition {key!r} names {name!r}, which is no column of the fact set. Use one of {sorted(columns)}."
        return
    if (lookup or "exact") not in LOOKUPS:
        yield (f"The condition {key!r} crosses a relation or uses the comparison {lookup!r}. "
               f"Add the value as a column of the fact set, or compare by one of {sorted(LOOKUPS)}.")
        return
    yield from _value_faults(key, lookup or "exact", columns[name], value, columns)


def _value_faults(key: str, lookup: str, own: str, value: Any, columns: Columns) -> Iterator[str]:
    if lookup == "isnull":
        if not isinstance(value, bool):
            yield f"The condition {key!r} asks for {value!r}. Write True or False."
    elif lookup == "in":
        if not isinstance(value, (list, tuple, set, frozenset)) or not value:
            yield f"The condition {key!r} needs a list with at least one value."
            return
        for one in value:
            yield from _compared_faults(key, own, one, columns)
    elif value is not None:
        yield from _compared_faults(key, own, value, columns)
    elif lookup != "exact":
        yield f"The condition {key!r} compares with nothing. Write __isnull=True."


def _compared_faults(key: str, own: str, value: Any, columns: Columns) -> Iterator[str]:
    if isinstance(value, F) and _named(value) not in columns:
        yield f"The condition {key!r} compares with {_named(value)!r}, which is no column of the fact set. Use one of {sorted(columns)}."
        return
    given = _type_of(value, columns)
    if given != own:
        yield f"The condition {key!r} compares a column of type {own} with {value!r}. Compare values of one type."
    elif isinstance(value, str) and "%" in value:
        yield f"The condition {key!r} holds a percent sign in {value!r}. Give the column a value without it."


def _named(column: F) -> str:
    return str(column.name)  # type: ignore[attr-defined]


def _type_of(value: Any, columns: Columns) -> str:
    if isinstance(value, F):
        return columns[_named(value)]
    if isinstance(value, Parameter):
        return value.type
    return {bool: YES_NO, int: NUMBER, str: TEXT}.get(type(value), type(value).__name__)


def expression(condition: Q, table: str = "f") -> exp.Expr:
    """The condition over the columns of `table`; a negated part is false where the part is unknown."""
    children: list[Any] = [child for child in condition.children if child != Q()]
    parts = [expression(child, table) if isinstance(child, Q) else _comparison(child[0], child[1], table) for child in children]
    joined: exp.Expr = exp.true()
    if parts:
        joined = exp.or_(*parts) if condition.connector == Q.OR else exp.and_(*parts)
    return exp.not_(exp.func("coalesce", joined, exp.false())) if condition.negated else joined


def _comparison(key: str, value: Any, table: str) -> exp.Expr:
    name, _, lookup = key.partition("__")
    return LOOKUPS[lookup or "exact"](exp.column(name, table), value, table)


def _value(value: Any, table: str) -> exp.Expr:
    if isinstance(value, F):
        return exp.column(_named(value), table)
    if isinstance(value, Parameter):
        return exp.Placeholder(this=value.name)
    return exp.convert(value)


def _is_null(column: exp.Expr, value: Any, _table: str) -> exp.Expr:
    empty = exp.Is(this=column, expression=exp.null())
    return empty if value else exp.not_(empty)


def _exact(column: exp.Expr, value: Any, table: str) -> exp.Expr:
    if value is None:
        return _is_null(column, True, table)
    if isinstance(value, bool):
        return column if value else exp.not_(column)
    return exp.EQ(this=column, expression=_value(value, table))


def _in(column: exp.Expr, values: Any, table: str) -> exp.Expr:
    ordered = sorted(values) if isinstance(values, (set, frozenset)) else values
    return exp.In(this=column, expressions=[_value(one, table) for one in ordered])


def _by(kind: type[exp.Binary]) -> Callable[[exp.Expr, Any, str], exp.Expr]:
    return lambda column, value, table: kind(this=column, expression=_value(value, table))


LOOKUPS: dict[str, Callable[[exp.Expr, Any, str], exp.Expr]] = {
    "exact": _exact, "isnull": _is_null, "in": _in, "gt": _by(exp.GT), "gte": _by(exp.GTE), "lt": _by(exp.LT), "lte": _by(exp.LTE),
}
