# SPDX-License-Identifier: MulanPSL-2.0
"""A compiled scan made fit for another engine: only the columns that it reads, JSON already taken apart, and which rows of which tables it needs.

Nothing is declared anew: the tree is the one that PostgreSQL runs. What only PostgreSQL computes alike (JSON and its casts) becomes a column that
PostgreSQL computes when the table is carried out; so the other engines compare integers, texts, days and moments, and nothing else.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from hashlib import sha256
from typing import Any

from django.apps import apps
from django.db import models
from sqlglot import exp

from linli.core.fences import is_append_only
from linli.elements.registers.declaring import registers
from linli.measures.compiler import LEAF_SIZE, Scan, whole_scan
from linli.measures.declarations import FactSet, Measure, fact_sets, measures_of
from linli.measures.predicates import DAY, MOMENT, NUMBER, TEXT, YES_NO

PLACES = "elements_place"
FROM = "t"
"""The name of the table in the text of a carried column."""
KINDS: "Mapping[type[models.Field[Any, Any]], str]" = {
    models.BooleanField: YES_NO, models.DateTimeField: MOMENT, models.DateField: DAY, models.CharField: TEXT, models.TextField: TEXT,
    models.IntegerField: NUMBER, models.ForeignKey: NUMBER,
}
"""Kinds of columns that can be carried; sealed values and indexes of them are bytes and have none."""
CASTS = {"INT": NUMBER, "BIGINT": NUMBER, "TEXT": TEXT, "BOOLEAN": YES_NO}


@dataclass(frozen=True)
class Carried:
    """A column of a carried table: its name, what PostgreSQL computes for it from the row `t`, and its kind."""

    name: str
    sql: str
    kind: str


@dataclass
class Source:
    """What is carried out of one table: columns by name, and the rows as alternatives (`None` once any use needs them all)."""

    table: str
    columns: dict[str, Carried] = field(default_factory=dict)
    conditions: set[str] | None = field(default_factory=set)

    @property
    def condition(self) -> str:
        """The rows that some scan can need, as SQL over `t`."""
        return " or ".join(f"({one})" for one in sorted(self.conditions)) if self.conditions else "true"

    @property
    def is_append_only(self) -> bool:
        """True for a table whose rows the database lets nobody change or remove."""
        return is_append_only(_model(self.table))

    @property
    def key(self) -> str:
        """The column that numbers its rows."""
        return key_of(self.table)

    @property
    def shape(self) -> str:
        """A digest of what is carried: another shape means carrying the table anew."""
        told = [f"{one.name} {one.kind} {one.sql}" for one in self.ordered()]
        return sha256("\n".join([self.table, self.condition, *told]).encode()).hexdigest()[:16]

    def ordered(self) -> list[Carried]:
        """The columns by name."""
        return [self.columns[name] for name in sorted(self.columns)]


@dataclass(frozen=True, eq=False)
class Portable:
    """The tree of a scan as every engine can run it, and its tables."""

    scan: Scan
    tree: exp.Select
    sources: Mapping[str, Source]


@lru_cache(maxsize=256)
def portable(fact: FactSet, measures: tuple[Measure, ...]) -> Portable:
    """The whole scan of a fact set for other engines. ValueError when it reads what may not or cannot be carried."""
    scan = whole_scan(fact, measures)
    tree = scan.tree.copy()
    _prune(tree)
    sources: dict[str, Source] = {}
    for scope in list(tree.find_all(exp.Select)):
        _join_by_leaf(scope, sources)
    changed = tree.transform(lambda node: _taken_apart(node, sources), copy=False)
    assert isinstance(changed, exp.Select)
    for column in changed.find_all(exp.Column):
        table = _table_of(column)
        if table is not None and not isinstance(column.this, exp.Star) and column.name not in sources.get(table.name, Source(table.name)).columns:
            _carry(sources, table.name, column.name)
    for table in changed.find_all(exp.Table):
        _carry(sources, table.name, key_of(table.name))
        _narrow(sources[table.name], table)
    return Portable(scan, changed, sources)


def all_sources(chosen: Iterable[Portable] | None = None) -> dict[str, Source]:
    """What all scans need of every table, together; each table once."""
    given = chosen if chosen is not None else [portable(fact, of) for fact in fact_sets() if (of := measures_of(fact))]
    found: dict[str, Source] = {}
    for one in given:
        for name, source in one.sources.items():
            kept = found.setdefault(name, Source(name))
            kept.columns |= source.columns
            kept.conditions = None if kept.conditions is None or source.conditions is None else kept.conditions | source.conditions
    return found


def _prune(tree: exp.Select) -> None:
    """Leave out the selected columns of the fact set that no figure reads: the address shown beside a household, for one."""
    inner = tree.args["from_"].this.this.args["from_"].this.this
    kept = {id(one) for one in inner.find_all(exp.Column)}
    read = {one.name for one in tree.find_all(exp.Column) if id(one) not in kept and one.table == "f"}
    inner.set("expressions", [one for one in inner.selects if one.alias_or_name in read])


def _table_of(node: exp.Column) -> exp.Table | None:
    """The table whose alias the column names, looked for outwards; None for a column of a subquery or of VALUES."""
    scope = node.find_ancestor(exp.Select)
    while scope is not None:
        froms = [scope.args["from_"].this, *(one.this for one in scope.args.get("joins") or [])]
        for one in froms:
            if one.alias_or_name == node.table:
                return one if isinstance(one, exp.Table) else None
        scope = scope.find_ancestor(exp.Select)
    raise ValueError(f"The column {node.sql()!r} names no table. Write every column of a fact set with the alias of its table.")


def _join_by_leaf(scope: exp.Select, sources: dict[str, Source]) -> None:
    """“Lies between the first and the last number of a community” becomes “has the number of the community”: other engines join by equality.

    They are the same because a community spans `LEAF_SIZE` numbers from a multiple of it; the carrying refuses a community that does not.
    """
    for holder, name in [(scope.args.get("where"), "this"), *((one, "on") for one in scope.args.get("joins") or [])]:
        given = holder.args.get(name) if holder is not None else None
        parts = list(given.flatten()) if isinstance(given, exp.And) else [given] if given else []
        for low in [one for one in parts if isinstance(one, exp.GTE) and _is_bound(one, "lo")]:
            high = next((one for one in parts if isinstance(one, exp.LT) and _is_bound(one, "hi")
                         and one.this == low.this and one.expression.table == low.expression.table), None)
            if high is not None:
                sides = [_of_leaf(one, sources) for one in (low.this, low.expression)]
                low.replace(exp.EQ(this=sides[0], expression=sides[1]))
                high.replace(exp.true())


def _is_bound(comparison: exp.Binary, name: str) -> bool:
    """True for a comparison of a column with a bound of a place that its query says to be a community."""
    column, bound = comparison.this, comparison.expression
    if not isinstance(column, exp.Column) or not isinstance(bound, exp.Column) or bound.name != name:
        return False
    table = _table_of(bound)
    scope = table.find_ancestor(exp.Select) if table is not None else None
    if table is None or table.name != PLACES or scope is None:
        return False
    told = [one for one in scope.find_all(exp.EQ) if one.find_ancestor(exp.Select) is scope]
    return any(isinstance(one.this, exp.Column) and one.this.name == "level" and one.this.table == bound.table and one.expression.name == "community" for one in told)


def _of_leaf(column: exp.Column, sources: dict[str, Source]) -> exp.Column:
    table = _table_of(column)
    assert table is not None
    name = f"leaf_of_{column.name}"
    sources.setdefault(table.name, Source(table.name)).columns[name] = Carried(name, f"{FROM}.{column.name} / {LEAF_SIZE}", NUMBER)
    return exp.column(name, column.table)


def _taken_apart(node: exp.Expr, sources: dict[str, Source]) -> exp.Expr:
    """A value out of a JSON column becomes a column of its own, computed by PostgreSQL."""
    if isinstance(node, exp.Div):
        if not isinstance(node.this, exp.Column) or node.expression.sql() != str(LEAF_SIZE):
            raise ValueError(f"{node.sql()!r} divides, which engines round differently. Multiply the other side instead.")
        return _of_leaf(node.this, sources)
    core = node
    while isinstance(core, (exp.Cast, exp.Paren)) or (core is not node and isinstance(core, exp.Coalesce)) or _is_any_text(core):
        core = core.this
    if not isinstance(core, (exp.JSONExtractScalar, exp.ArrayContainsAll)) or isinstance(node, exp.Paren):
        return node
    tables = {(one.table, _table_of(one)) for one in node.find_all(exp.Column)}
    alias, table = tables.pop()
    if tables or table is None:
        raise ValueError(f"{node.sql()!r} joins JSON of several tables. Take the value from one table.")
    for key in node.find_all(exp.JSONPathKey):
        _refuse_protected(table.name, str(key.this), node.find(exp.Column).name)  # type: ignore[union-attr]
    kind = CASTS[node.to.this.name] if isinstance(node, exp.Cast) else TEXT if node is core and isinstance(core, exp.JSONExtractScalar) else YES_NO
    own = node.copy().transform(lambda one: exp.column(one.name, FROM) if isinstance(one, exp.Column) else one)
    text = own.sql("postgres")
    name = f"taken_{sha256(text.encode()).hexdigest()[:10]}"
    sources.setdefault(table.name, Source(table.name)).columns[name] = Carried(name, text, kind)
    return exp.column(name, alias)


def _is_any_text(node: exp.Expr) -> bool:
    """“There is something written”: carried as yes or no, so that nobody carries what is written (a phone, say)."""
    return isinstance(node, exp.NEQ) and isinstance(node.this, exp.Coalesce) and isinstance(node.expression, exp.Literal)


def _carry(sources: dict[str, Source], table: str, name: str) -> None:
    columns = sources.setdefault(table, Source(table)).columns
    columns.setdefault(name, Carried(name, f"{FROM}.{name}", kind_of(table, name)))


def _model(table: str) -> type[models.Model]:
    for model in apps.get_models():
        if model._meta.db_table == table:
            return model
    raise ValueError(f"{table!r} is no table of ours.")


def key_of(table: str) -> str:
    """The column that numbers the rows of a table."""
    return str(_model(table)._meta.pk.column)


def kind_of(table: str, name: str) -> str:
    """The kind of a column of ours. ValueError when it is of class 2 or up, or cannot be carried."""
    found = next((one for one in _model(table)._meta.concrete_fields if one.column == name), None)
    if found is None:
        raise ValueError(f"The table {table!r} has no column {name!r}.")
    _refuse_protected(table, found.attname)
    own = found.output_field if isinstance(found, models.GeneratedField) else found
    for known, kind in KINDS.items():
        if isinstance(own, known):
            return kind
    raise ValueError(f"The column {table}.{name} cannot be carried to another engine: only numbers, texts, yes or no, days and moments are.")


def _refuse_protected(table: str, name: str, inside: str = "") -> None:
    """ValueError for a declared column of class 2 and up, and for a value of a JSON column that nobody declared."""
    model = _model(table)
    named = [one for register in registers() if register.model is model for one in register.columns if one.name == name]
    if any(one.protection.is_encrypted for one in named):
        raise ValueError(f"{table}.{name} is of class {named[0].protection.class_number}. What leaves the database for figures is of class 0, 1 or 1b only.")
    if inside and not named:
        raise ValueError(f"{table}.{inside} holds no declared column {name!r}, so nobody knows its class. Declare it before it is counted elsewhere.")


def _narrow(source: Source, table: exp.Table) -> None:
    """Note which rows this use of the table needs: its own conditions that hang on nothing else."""
    scope = table.find_ancestor(exp.Select)
    where = scope.args.get("where") if scope is not None else None
    parts = list(where.this.flatten()) if where and isinstance(where.this, exp.And) else [where.this] if where else []
    own = [part for part in parts if _is_own(part, table)]
    if not own or source.conditions is None:
        source.conditions = None
        return
    told = [part.transform(lambda one: exp.column(one.name, FROM) if isinstance(one, exp.Column) else one).sql("postgres") for part in own]
    source.conditions.add(" and ".join(f"({one})" for one in told))


def _is_own(part: exp.Expr, table: exp.Table) -> bool:
    if part.find(exp.Placeholder, exp.Subquery, exp.Select, exp.Exists, exp.Window):
        return False
    columns = list(part.find_all(exp.Column))
    return bool(columns) and all(_table_of(one) is table and not one.name.startswith(("taken_", "leaf_of_")) for one in columns)
