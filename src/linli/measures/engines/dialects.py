# SPDX-License-Identifier: MulanPSL-2.0
"""The text of a portable scan in another engine's dialect, the period's values written in, and the known traps of transpiling mended."""

from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any

from sqlglot import exp, parse_one

from linli.measures.engines.portable import Portable


def text_of(one: Portable, values: Mapping[str, Any], dialect: str) -> str:
    """The scan for a period. Values are moments, days and whole numbers only, so writing them in is safe."""
    tree = one.tree.transform(lambda node: _literal(values[node.name]) if isinstance(node, exp.Placeholder) else node)
    if dialect == "spark":
        tree = tree.transform(_for_spark)
    return tree.sql(dialect)


def _literal(value: Any) -> exp.Expr:
    if isinstance(value, datetime):
        return exp.cast(exp.Literal.string(value.astimezone(UTC).isoformat(sep=" ")), "timestamptz")
    if isinstance(value, date):
        return exp.cast(exp.Literal.string(value.isoformat()), "date")
    if isinstance(value, int) and not isinstance(value, bool):
        return exp.Literal.number(value)
    raise TypeError(f"A scan takes moments, days and whole numbers, not {type(value).__name__}.")


def _for_spark(node: exp.Expr) -> exp.Expr:
    """Spark's traps (technology.md part 3): seconds of a moment fail, exact percentiles become approximate without a word."""
    if isinstance(node, exp.Extract) and node.this.name.upper() == "EPOCH":
        template = parse_one("unix_micros(CAST(x AS TIMESTAMP)) / 1000000.0D", read="spark")
        column = node.expression
        found: exp.Expr = template.transform(lambda one: column.copy() if isinstance(one, exp.Column) else one)
        return found
    if isinstance(node, exp.WithinGroup) and isinstance(node.this, exp.PercentileCont):
        value = node.expression.expressions[0].this.copy().transform(_for_spark)
        return exp.Anonymous(this="PERCENTILE", expressions=[value, node.this.this.copy()])
    if isinstance(node, exp.Select) and isinstance(node.args.get("offset"), exp.Offset):
        node.set("offset", None)
    return node
