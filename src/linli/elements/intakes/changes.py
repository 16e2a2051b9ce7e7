# SPDX-License-Identifier: MulanPSL-2.0
"""What a file says anew of records that stand: a cell that is empty says nothing, one that differs is a change."""

import json
from collections.abc import Mapping, Sequence

import polars as pl

from linli.elements.intakes.columns import key
from linli.elements.intakes.ground import TEXT, held
from linli.elements.intakes.structure import NUMBER_INDEX, PHONE_INDEX, STANDING
from linli.elements.registers import sealing
from linli.elements.registers.declaring import Register, register_named

KEYS = frozenset({"building.quarter", "building.number", "dwelling.doorway", "dwelling.floor", "dwelling.room"})
"""What says which record is meant is never changed by a file."""
DERIVED = ("person.id_kind", "person.born_on", "person.sex")
"""Columns that a number brings along."""
INDEXED: Mapping[str, str] = {"id_number": NUMBER_INDEX, "phone": PHONE_INDEX}
BUNDLE = "bundle"


def plain_columns(register: Register) -> list[str]:
    """The names of the columns that lie open in the table."""
    return [one.name for one in register.columns if one.kept == "column"]


def kept_in_fields(register: Register) -> list[str]:
    """The names of those in the record's jsonb."""
    return [one.name for one in register.columns if one.kept == "fields"]


def bundled(register: Register) -> list[str]:
    """The names of those that are sealed together."""
    return [one.name for one in register.columns if one.kept == "sealed"]


def of_land(name: str, good: pl.DataFrame, columns: Sequence[str]) -> pl.DataFrame:
    """The buildings or dwellings of which the lines say something new: id, version, the new values, the columns that change."""
    register = register_named(name)
    wanted = {one: key(name, one) for one in (*plain_columns(register), *kept_in_fields(register)) if key(name, one) in columns and key(name, one) not in KEYS}
    return _differing(register, good, name, wanted, {})


def of_people(good: pl.DataFrame, columns: Sequence[str]) -> pl.DataFrame:
    """The people of whom the lines say something new."""
    register = register_named("person")
    brought = set(columns) | ({*DERIVED} if "person.id_number" in columns else set())
    wanted = {one: key("person", one) for one in (*plain_columns(register), *kept_in_fields(register)) if key("person", one) in brought}
    if STANDING in columns:
        wanted["standing"] = STANDING
    indexed = {INDEXED[name]: key("person", name) for name in INDEXED if key("person", name) in columns}
    found = _differing(register, good, "person", wanted, indexed)
    return _with_bundles(register, good, found, [one for one in bundled(register) if key("person", one) in columns])


def of_records(register: Register, good: pl.DataFrame, columns: Sequence[str]) -> pl.DataFrame:
    """The records of a register with a table to itself of which the lines say something new; the column of their numbers bears the register's name."""
    wanted = {one: key(register.name, one) for one in (*plain_columns(register), *kept_in_fields(register)) if key(register.name, one) in columns}
    found = _differing(register, good, register.name, wanted, {})
    return _with_bundles(register, good, found, [one for one in bundled(register) if key(register.name, one) in columns])


def _differing(register: Register, good: pl.DataFrame, by: str, wanted: Mapping[str, str], indexed: Mapping[str, str]) -> pl.DataFrame:
    """The records that differ; `wanted` are table column to column of the file, `indexed` index column to the column that it indexes."""
    if good.is_empty() or not (wanted or indexed):
        return _nothing()
    said = good.group_by(by, maintain_order=True).agg(
        *(pl.col(source).drop_nulls().first().alias(f"new.{name}") for name, source in wanted.items()),
        *(pl.col(name).drop_nulls().first().alias(f"new.{name}") for name in indexed),
        *(pl.col(source).drop_nulls().first().alias(source) for source in indexed.values())).rename({by: "id"})
    in_fields = set(kept_in_fields(register))
    texts = {f"was.{name}": f"t.fields ->> '{name}'" if name in in_fields else f"t.{name}::text" for name in wanted}
    texts |= {f"was.{name}": f"replace(t.{name}::text, '-', '')" for name in indexed}
    there = said.join(held(register.model._meta.db_table, texts, said["id"].to_list()), on="id", how="inner")
    names = [*wanted, *indexed]
    differs = {name: pl.col(f"new.{name}").is_not_null() & pl.col(f"new.{name}").ne_missing(pl.col(f"was.{name}")) for name in names}
    label = {**wanted, **indexed}
    changed = pl.concat_list([pl.when(differs[name]).then(pl.lit(label[name])).otherwise(None) for name in names]).list.drop_nulls()
    kept = there.with_columns(changed.alias("changed"), *(pl.when(differs[name]).then(pl.col(f"new.{name}")).otherwise(None).alias(name) for name in names),
                              *(pl.when(differs[name]).then(pl.col(source)).otherwise(None).alias(source) for name, source in indexed.items()))
    return kept.filter(pl.col("changed").list.len() > 0).select("id", "version", *names, *indexed.values(), "changed")


def _nothing() -> pl.DataFrame:
    return pl.DataFrame(schema={"id": pl.Int64, "version": pl.Int64, "changed": pl.List(pl.String)})


def _with_bundles(register: Register, good: pl.DataFrame, found: pl.DataFrame, names: Sequence[str]) -> pl.DataFrame:
    """The changes with `bundle`: the whole bundle as JSON where one of its fields differs."""
    sources = [key(register.name, name) for name in names]
    said = good.filter(pl.any_horizontal(pl.col(source).is_not_null() for source in sources)) if sources else good.clear()
    if said.is_empty():
        return found
    told = said.group_by(register.name, maintain_order=True).agg(pl.col(source).drop_nulls().first() for source in sources).rename({register.name: "id"})
    there = told.join(held(register.model._meta.db_table, {"was": "encode(t.sealed, 'hex')"}, told["id"].to_list()), on="id", how="inner")
    rows = []
    for number, version, was, *cells in there.select("id", "version", "was", *sources).iter_rows():
        before = sealing.open_bundle(register.subject, number, bytes.fromhex(was)) if was else {}
        given = {name: cell for name, cell in zip(names, cells, strict=True) if cell is not None and before.get(name) != cell}
        if given:
            rows.append((number, version, json.dumps(before | given, ensure_ascii=False), [key(register.name, name) for name in given]))
    fresh = pl.DataFrame(rows, schema={"id": pl.Int64, "version": pl.Int64, BUNDLE: TEXT, "more": pl.List(TEXT)}, orient="row")
    whole = found.join(fresh, on="id", how="full", coalesce=True).with_columns(pl.coalesce("version", "version_right").alias("version"))
    empty = pl.lit([], dtype=pl.List(pl.String))
    return whole.with_columns(pl.concat_list(pl.col("changed").fill_null(empty), pl.col("more").fill_null(empty)).alias("changed")).drop("version_right", "more")
