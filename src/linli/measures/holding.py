# SPDX-License-Identifier: MulanPSL-2.0
"""A condition on one row in Python: the same answer as the compiled SQL gives, so that “what if this record were mended” needs no second scan."""

from collections.abc import Callable, Mapping
from typing import Any

from django.db.models import F, Q

from linli.measures.predicates import Parameter

Row = Mapping[str, Any]
Given = Mapping[str, Any]
"""Values of the named parameters of a scan (`predicates.PARAMETERS`)."""


def holds(condition: Q, row: Row, given: Given) -> bool:
    """True when the row fulfils the condition. What is unknown is not fulfilled, and a negated part holds where it is unknown, as in the SQL."""
    children: list[Any] = [child for child in condition.children if child != Q()]
    parts = (holds(child, row, given) if isinstance(child, Q) else _compared(child[0], child[1], row, given) for child in children)
    found = not children or (any(parts) if condition.connector == Q.OR else all(parts))
    return not found if condition.negated else found


def value_of(value: Any, row: Row, given: Given) -> Any:
    """What a value stands for: a column of the row, a parameter of the scan, or itself."""
    if isinstance(value, F):
        return row[str(value.name)]  # type: ignore[attr-defined]
    return given[value.name] if isinstance(value, Parameter) else value


def _compared(key: str, value: Any, row: Row, given: Given) -> bool:
    name, _, lookup = key.partition("__")
    own = row[name]
    if lookup == "isnull" or value is None:
        return (own is None) is (value is None or bool(value))
    if own is None:
        return False
    if lookup == "in":
        return own in [value_of(one, row, given) for one in value]
    other = value_of(value, row, given)
    return other is not None and LOOKUPS[lookup or "exact"](own, other)


LOOKUPS: dict[str, Callable[[Any, Any], bool]] = {
    "exact": lambda own, other: bool(own == other), "gt": lambda own, other: bool(own > other), "gte": lambda own, other: bool(own >= other),
    "lt": lambda own, other: bool(own < other), "lte": lambda own, other: bool(own <= other),
}
