# SPDX-License-Identifier: MulanPSL-2.0
"""Conditions that several figures of one scan have in common: computed once a row instead of once a figure."""

from collections import Counter
from collections.abc import Sequence

from sqlglot import exp

MOST_TEXT = 2000
"""Longer conditions are not compared (our choice: they are never equal and cost time to write out)."""


def share(conditions: Sequence[exp.Expr]) -> tuple[list[exp.Expr], dict[str, exp.Expr]]:
    """The conditions with each part that stands in two or more of them replaced by a column of `f`, and those columns.

    Parts are alternatives in parentheses, negations, and the two comparisons that say “in the period”: joining them by AND
    costs less than a column would.
    """
    grouped = [_with_periods_grouped(one) for one in conditions]
    counts = Counter(text for one in grouped for text in {part.sql() for part in one.walk() if _may_be_shared(part)})
    names: dict[str, str] = {}
    columns: dict[str, exp.Expr] = {}

    def replaced(node: exp.Expr) -> exp.Expr:
        if not _may_be_shared(node) or counts[node.sql()] < 2:
            return node
        text = node.sql()
        if text not in names:
            names[text] = f"shared_{len(names)}"
            columns[names[text]] = node.copy()
        return exp.column(names[text], "f")

    return [one.transform(replaced) for one in grouped], columns


def _may_be_shared(node: exp.Expr) -> bool:
    return (isinstance(node, exp.Not) or (isinstance(node, exp.Paren) and (isinstance(node.this, exp.Or) or _is_period(node.this)))) \
        and len(node.sql()) < MOST_TEXT


def _is_period(node: exp.Expr) -> bool:
    return (isinstance(node, exp.And) and isinstance(node.left, exp.GTE) and isinstance(node.right, exp.LT)
            and _is_parameter(node.left, "start") and _is_parameter(node.right, "end"))


def _with_periods_grouped(condition: exp.Expr) -> exp.Expr:
    """The condition with `x >= start and x < end` in parentheses wherever both stand in one chain of ANDs."""
    return condition.copy().transform(lambda node: _grouped(node) if isinstance(node, exp.And) else node)


def _grouped(chain: exp.And) -> exp.Expr:
    parts = list(chain.flatten(unnest=False))
    starts = {part.this.sql(): part for part in parts if isinstance(part, exp.GTE) and _is_parameter(part, "start")}
    ends = {part.this.sql(): part for part in parts if isinstance(part, exp.LT) and _is_parameter(part, "end")}
    pairs = [(starts[name], ends[name]) for name in starts if name in ends]
    if not pairs or (isinstance(chain.parent, exp.Paren) and len(parts) == 2):
        return chain
    taken = {id(part) for pair in pairs for part in pair}
    periods = [exp.paren(exp.And(this=first.copy(), expression=second.copy())) for first, second in pairs]
    return exp.and_(*periods, *(_with_periods_grouped(part) for part in parts if id(part) not in taken), wrap=False)


def _is_parameter(comparison: exp.Binary, name: str) -> bool:
    return isinstance(comparison.expression, exp.Placeholder) and comparison.expression.name == name
