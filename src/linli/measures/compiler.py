# SPDX-License-Identifier: MulanPSL-2.0
"""From declarations to SQL: all measures of a fact set in one scan, and the records behind a figure from the same conditions."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from django.db.models import Q
from sqlglot import exp

from linli.measures.declarations import FactSet, Measure
from linli.measures.predicates import PARAMETERS, expression, faults
from linli.measures.sharing import share

SQL_TYPES = {"moment": "timestamptz", "day": "date", "number": "bigint"}
SPAN = "span"
"""The name under which a compiled scan joins periods; a fact set may not use it itself."""
LEAF_SIZE = 1000
"""A community spans 1,000 areas: itself and its grids (house.md part 3, Areas)."""


@dataclass(frozen=True)
class Scan:
    """A compiled scan: its tree, and the order in which the figures stand after the leaf.

    Each row is leaf, then numerator and denominator of each measure, then the next moment at which time alone
    changes something. Counts are bigints.
    """

    tree: exp.Select
    measures: tuple[Measure, ...]

    def sql(self, dialect: str = "postgres") -> str:
        """The text in a dialect of sqlglot; parameters are named in that dialect's way."""
        return self.tree.sql(dialect=dialect)


@lru_cache(maxsize=256)
def whole_scan(fact: FactSet, measures: tuple[Measure, ...]) -> Scan:
    """One pass over all things for one period: what the nightly rebuild and the bench run. Parameters: the period's.

    The inner OFFSET 0 keeps PostgreSQL from computing shared conditions once a figure again (measured: a quarter less CPU).
    """
    conditions, columns = share(_conditions(measures))
    shared = [exp.alias_(condition, name) for name, condition in columns.items()]
    rows = _alive(exp.select("f.*", *shared).from_(fact.tree().subquery("f")), fact).offset(0)
    tree = exp.select(exp.column("leaf", "f"), *_figures(fact, measures, conditions)).from_(rows.subquery("f"))
    return Scan(tree.group_by("f.leaf"), measures)


@lru_cache(maxsize=256)
def leaves_scan(fact: FactSet, measures: tuple[Measure, ...]) -> Scan:
    """The same figures for some communities and several periods. Each row begins with the period's key.

    Parameters: `leaves` bigint[] (divided by `leaf_unit`), `keys` text[], and one array for each of the period's values
    (`starts`, `ends`, ...).
    """
    arrays = {"keys": "text"} | {f"{name}s": SQL_TYPES[kind] for name, kind in PARAMETERS.items()}
    tree = exp.select(exp.column("key", SPAN), exp.column("leaf", "f"), *_figures(fact, measures, _conditions(measures)))
    tree = tree.from_(_unnest(SPAN, arrays, ["key", *PARAMETERS]))
    lateral = exp.Lateral(this=exp.Subquery(this=_of_leaves(fact)), alias=exp.TableAlias(this=exp.to_identifier("f")))
    tree = _alive(tree.join(exp.Join(this=lateral, kind="CROSS")), fact)
    return Scan(_placeholders_to_columns(tree.group_by(exp.column("key", SPAN), exp.column("leaf", "f"))), measures)


@lru_cache(maxsize=512)
def members_query(fact: FactSet, measure: Measure) -> exp.Select:
    """The records behind one figure, newest first: id, record, area, is_in_numerator, what each adds below and above the line, and which thing it is.

    Parameters: the period's, `lo` and `hi` of the place, `before` (keyset, exclusive), `most`.
    """
    inner = fact.tree()
    area = source_of(inner, "area")
    inner = inner.where(exp.GTE(this=area.copy(), expression=exp.Placeholder(this="lo"))).where(
        exp.LT(this=area.copy(), expression=exp.Placeholder(this="hi")))
    inside = exp.func("coalesce", expression(measure.numerator), exp.false())
    chosen = exp.select(exp.column("id", "f"), exp.alias_(exp.column(fact.record, "f"), "record"), exp.column("area", "f"),
                        exp.alias_(inside, "is_in_numerator"), *_weights(measure, inside),
                        exp.alias_(exp.column(fact.what, "f") if fact.what else exp.Literal.string(""), "what"))
    chosen = chosen.from_(inner.subquery("f")).where(expression(measure.membership()))
    chosen = _alive(chosen, fact)
    return chosen.where(exp.column("id", "f") < exp.Placeholder(this="before")).order_by("f.id desc", dialect="postgres").limit(exp.Placeholder(this="most"))


@lru_cache(maxsize=512)
def leaves_members_query(fact: FactSet, measure: Measure) -> exp.Select:
    """The records behind one figure of some communities: leaf, id, record, area, is_in_numerator, part, whole, what; in order of community and number.

    Parameters: the period's, and `leaves`.
    """
    inside = exp.func("coalesce", expression(measure.numerator), exp.false())
    chosen = exp.select(exp.column("leaf", "f"), exp.column("id", "f"), exp.alias_(exp.column(fact.record, "f"), "record"), exp.column("area", "f"),
                        exp.alias_(inside, "is_in_numerator"), *_weights(measure, inside),
                        exp.alias_(exp.column(fact.what, "f") if fact.what else exp.Literal.string(""), "what"))
    chosen = _alive(chosen.from_(_of_leaves(fact).subquery("f")).where(expression(measure.membership())), fact)
    return chosen.order_by("f.leaf", "f.id", dialect="postgres")


@lru_cache(maxsize=64)
def earliest_query(fact: FactSet) -> exp.Select:
    """The first date of given records, one row a community. Parameters: `leaves`, `records`."""
    inner = _of_leaves(fact)
    inner = inner.where(exp.EQ(this=source_of(inner, fact.record), expression=_any("records")))
    first = exp.Least(this=exp.column(fact.dates[0], "f"), expressions=[exp.column(name, "f") for name in fact.dates[1:]], ignore_nulls=True)
    return exp.select(exp.column("leaf", "f"), exp.alias_(exp.Min(this=first), "first")).from_(inner.subquery("f")).group_by("f.leaf")


def one_row_query(fact: FactSet) -> exp.Select:
    """Rows, distinct ids, and things in the first table: all three are equal when there is one row per thing.

    Conditions of the fact set on its first table hold for the count of things too; Parameters: the period's.
    """
    tree = fact.tree()
    source = tree.args["from_"].this
    things = exp.select(exp.Count(this=exp.Star())).from_(source.copy())
    where = tree.args.get("where")
    for part in where.this.flatten() if where and isinstance(where.this, exp.And) else [where.this] if where else []:
        if all(column.table == source.alias_or_name for column in part.find_all(exp.Column)) or part.find(exp.Subquery, exp.Exists):
            things = things.where(part.copy())
    counted = exp.select(exp.Count(this=exp.Star()), exp.Count(this=exp.Distinct(expressions=[exp.column("id", "f")])))
    return counted.select(things.subquery()).from_(tree.subquery("f"))


def _of_leaves(fact: FactSet) -> exp.Select:
    """The fact set of the communities in the parameter `leaves`: compared by equality, for which the planner knows the numbers."""
    inner = fact.tree()
    return inner.where(exp.EQ(this=source_of(inner, "leaf"), expression=_any("leaves")))


def _any(name: str) -> exp.Expr:
    return exp.Any(this=exp.paren(_array(name, "bigint")))


def _alive(tree: exp.Select, fact: FactSet) -> exp.Select:
    return tree.where(expression(fact.alive)) if fact.alive else tree


def _conditions(measures: tuple[Measure, ...]) -> list[exp.Expr]:
    """Numerator and denominator of each measure, in turn."""
    found: list[exp.Expr] = []
    for measure in measures:
        found += [exp.and_(expression(measure.membership()), expression(measure.numerator)), expression(measure.membership())]
    return found


def _figures(fact: FactSet, measures: tuple[Measure, ...], conditions: Sequence[exp.Expr]) -> list[exp.Expr]:
    found: list[exp.Expr] = []
    for place, measure in enumerate(measures):
        inside, of = conditions[2 * place:2 * place + 2]
        found += [exp.alias_(_total(inside, measure.part), f"n{place}"), exp.alias_(_total(of, measure.whole), f"d{place}")]
    found.append(exp.alias_(_next_moment(fact), "next_at"))
    return found


def _total(condition: exp.Expr, column: str) -> exp.Expr:
    """How many rows fulfil a condition, or what their numbers in `column` add up to; a bigint either way."""
    counted = exp.Sum(this=exp.column(column, "f")) if column else exp.Count(this=exp.Star())
    found = exp.Filter(this=counted, expression=exp.Where(this=condition))
    return exp.cast(exp.func("coalesce", found, exp.Literal.number(0)), "bigint") if column else found


def _weights(measure: Measure, inside: exp.Expr) -> list[exp.Expr]:
    """What a row adds to numerator and denominator: its numbers, or one for each condition that holds."""
    part, whole = (exp.func("coalesce", exp.column(name, "f"), exp.Literal.number(0)) if name else exp.Literal.number(1) for name in (measure.part, measure.whole))
    return [exp.alias_(exp.cast(exp.Case(ifs=[exp.If(this=inside.copy(), true=part)], default=exp.Literal.number(0)), "bigint"), "part"),
            exp.alias_(exp.cast(whole, "bigint"), "whole")]


def _next_moment(fact: FactSet) -> exp.Expr:
    moments: list[exp.Expr] = []
    for name, condition in fact.waits.items():
        ahead = exp.GTE(this=exp.column(name, "f"), expression=exp.Placeholder(this="cut_off"))
        moments.append(exp.Filter(this=exp.Min(this=exp.column(name, "f")), expression=exp.Where(this=exp.and_(ahead, expression(condition)))))
    if not moments:
        return exp.cast(exp.null(), "timestamptz")
    return exp.Least(this=moments[0], expressions=moments[1:], ignore_nulls=True) if len(moments) > 1 else moments[0]


def source_of(tree: exp.Select, name: str) -> exp.Expr:
    """The expression behind a selected name, to be used in WHERE, where an index can serve it."""
    for one in tree.selects:
        if one.alias_or_name == name:
            return one.this.copy() if isinstance(one, exp.Alias) else one.copy()
    raise LookupError(f"The fact set selects no column {name!r}.")


def _array(name: str, kind: str) -> exp.Expr:
    return exp.cast(exp.Placeholder(this=name), f"{kind}[]", dialect="postgres")


def _unnest(alias: str, arrays: Mapping[str, str], columns: list[str]) -> exp.Unnest:
    names = exp.TableAlias(this=exp.to_identifier(alias), columns=[exp.to_identifier(name, quoted=True) for name in columns])
    return exp.Unnest(expressions=[_array(name, kind) for name, kind in arrays.items()], alias=names)


def _placeholders_to_columns(tree: exp.Select) -> exp.Select:
    changed = tree.transform(lambda node: exp.column(node.name, SPAN, quoted=True) if isinstance(node, exp.Placeholder) and node.name in PARAMETERS else node)
    assert isinstance(changed, exp.Select)
    return changed


def condition_sql(condition: Q, fact: FactSet) -> str:
    """One condition as readable SQL, for an auditor. ValueError with sentences when it may not be said."""
    if found := faults(condition, fact.columns):
        raise ValueError(" ".join(found))
    return expression(condition).sql("postgres")
