# SPDX-License-Identifier: MulanPSL-2.0
"""A plan of one register carried out: new records and changes set-wise into its table, their facets after them."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

import polars as pl
from django.db import connection, models

from linli.core.keys import keyring
from linli.elements.intakes import changes
from linli.elements.intakes.cleaning import typed
from linli.elements.intakes.columns import key
from linli.elements.intakes.ground import held
from linli.elements.intakes.planning import Plan
from linli.elements.intakes.sites import AREA
from linli.elements.intakes.staging import Staged, drawn
from linli.elements.intakes.taking import Before
from linli.elements.models import Organisation, Seat, Thing
from linli.elements.pinyin import pinyin_keys
from linli.elements.registers import sealing
from linli.elements.registers.declaring import Register, register_named, registers

MODELS: Mapping[str, type[models.Model]] = {"organisation": Organisation, "thing": Thing, "seat": Seat}
"""Tables whose records come a line each; what a stretch made of them is taken back by `intake_remove_records`."""
RENEW = """insert into core_facet (area, subject_kind, subject, key, value)
select t.{area}, %s, t.id, n.key, left(case when n.is_truth then initcap(t.fields ->> n.name) else t.fields ->> n.name end, 200)
from {table} t cross join unnest(%s::text[], %s::text[], %s::boolean[]) n(name, key, is_truth) where t.id = any(%s) and t.fields ->> n.name is not null"""


def carry_out(plan: Plan) -> tuple[Staged, Before]:
    """Write the plan; answers what was staged and what the changed records were before."""
    register, staged = register_named(plan.register), Staged()
    model = MODELS[register.subject]
    changed = plan.changed[register.subject]
    before = staged.change(model, _changed(register, changed)) if not changed.is_empty() else []
    fresh = plan.new[register.subject]
    ids = drawn(model, fresh.height)
    if ids:
        staged.add(model, _fresh(register, fresh.with_columns(pl.Series("id", ids, dtype=pl.Int64))))
    renew_facets(register, [*ids, *(number for number, _, _ in before)])
    return staged, {register.subject: before} if before else {}


def _fresh(register: Register, frame: pl.DataFrame) -> pl.DataFrame:
    """New records as their table holds them."""
    names = changes.plain_columns(register)
    plain = [pl.col(key(register.name, one)).alias(one) for one in names if key(register.name, one) in frame.columns]
    kind = [pl.lit(register.kind_of).alias("kind")] if register.kind_of else []
    area = str(register.model._meta.get_field("area").column)  # type: ignore[union-attr]
    return frame.select("id", pl.col(AREA).alias(area), *kind, *plain, _spelled(frame[key(register.name, "name")]),
                        _as_json(register, frame, [{}] * frame.height), *_bundles(register, frame))


def _spelled(names: pl.Series) -> pl.Series:
    known = pinyin_keys(names.drop_nulls().unique().to_list())
    return pl.Series("pinyin", [known[name] if name is not None else None for name in names.to_list()], dtype=pl.String)


def _as_json(register: Register, frame: pl.DataFrame, held_before: Sequence[Mapping[str, Any]], *, prefix: str | None = None) -> pl.Series:
    """The declared fields of the jsonb in their own types, over what was held."""
    owner = register.name if prefix is None else prefix
    names = {one: key(owner, one) if owner else one for one in changes.kept_in_fields(register)}
    names = {one: column for one, column in names.items() if column in frame.columns}
    cells = frame.select(names.values()).rows() if names else [()] * frame.height
    told = [dict(before) | {one: typed(register.column(one), cell) for one, cell in zip(names, row, strict=True) if cell is not None}
            for before, row in zip(held_before, cells, strict=True)]
    return pl.Series("fields", [json.dumps(one, ensure_ascii=False) for one in told], dtype=pl.String)


def _bundles(register: Register, frame: pl.DataFrame) -> list[pl.Series]:
    """The sealed bundle of each new record, where the register has one."""
    names = [one for one in changes.bundled(register) if key(register.name, one) in frame.columns]
    if not names:
        return []
    rows = frame.select(key(register.name, one) for one in names).rows()
    texts = [sealing.bundle_text(dict(zip(names, cells, strict=True))) for cells in rows]
    return [_sealed(register, frame["id"].to_list(), texts)]


def _sealed(register: Register, ids: Sequence[int], texts: Sequence[str | None]) -> pl.Series:
    pairs = [(text, sealing.context_of(register.subject, sealing.BUNDLE, number)) for number, text in zip(ids, texts, strict=True) if text is not None]
    done = iter(keyring().seal_many(pairs))
    return pl.Series("sealed", [None if text is None else "\\x" + next(done).hex() for text in texts], dtype=pl.String)


def _changed(register: Register, frame: pl.DataFrame) -> pl.DataFrame:
    """The changes as their table takes them: null leaves a column as it is, the jsonb is whole."""
    table = register.model._meta.db_table
    there = held(table, {"was": "t.fields::text"}, frame["id"].to_list()).select("id", "was")
    frame = frame.join(there, on="id", how="left", maintain_order="left")
    before = [json.loads(text) if text else {} for text in frame["was"].to_list()]
    columns: list[Any] = ["id", "version", *(one for one in changes.plain_columns(register) if one in frame.columns), _as_json(register, frame, before, prefix="")]
    if "name" in frame.columns:
        columns.append(_spelled(frame["name"]))
    if changes.BUNDLE in frame.columns:
        columns.append(_sealed(register, frame["id"].to_list(), frame[changes.BUNDLE].to_list()))
    return frame.select(columns)


def renew_facets(register: Register, ids: Sequence[int]) -> None:
    """The facets of some records as their jsonb says now."""
    filtered = [one for one in register.columns if one.filter and one.kept == "fields"]
    if not (filtered and ids):
        return
    table, area = register.model._meta.db_table, register.model._meta.get_field("area").column  # type: ignore[union-attr]
    keys = [f"{register.name}.{one.name}" for one in filtered]
    with connection.cursor() as cursor:
        cursor.execute("delete from core_facet where subject_kind = %s and subject = any(%s) and key = any(%s)", [register.subject, list(ids), keys])
        cursor.execute(RENEW.format(table=table, area=area), [register.subject, [one.name for one in filtered], keys, [one.kind == "truth" for one in filtered], list(ids)])


def renew_all_facets(subject: str, ids: Sequence[int]) -> None:
    """The same for records of a table, whatever their kinds: each register renews those of its own kind."""
    for register in registers():
        if register.subject == subject:
            among = register.model._default_manager.filter(pk__in=list(ids), **({"kind": register.kind_of} if register.kind_of else {}))
            renew_facets(register, list(among.values_list("pk", flat=True)))
