# SPDX-License-Identifier: MulanPSL-2.0
"""A plan carried out: numbers drawn, values sealed under them, rows added and changed set-wise in the running transaction."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

import polars as pl
from django.db import models

from linli.core.keys import keyring
from linli.elements.intakes import changes
from linli.elements.intakes.columns import key
from linli.elements.intakes.planning import Plan
from linli.elements.intakes.sites import AREA, BUILDING, DWELLING
from linli.elements.intakes.staging import Staged, drawn
from linli.elements.intakes.structure import BOOKLET_INDEX, NUMBER_INDEX, PHONE_INDEX, STANDING, TIES
from linli.elements.models import Building, Dwelling, Household, Membership, Person, Residence
from linli.elements.pinyin import pinyin_key, pinyin_keys
from linli.elements.registers import sealing
from linli.elements.registers.codes import HEAD
from linli.elements.registers.declaring import register_named

MODELS: Mapping[str, type[models.Model]] = {
    "building": Building, "dwelling": Dwelling, "household": Household, "person": Person, "membership": Membership, "residence": Residence}
"""In the order in which they are added; removed in the opposite one."""
Before = dict[str, list[tuple[int, int, Any]]]
"""Table to (id, version that we left, the record before)."""


def carry_out(plan: Plan) -> tuple[Staged, Before]:
    """Write the plan; answers what was staged and what the changed records were before."""
    staged = Staged()
    ids = {name: _numbers(name, plan.new.get(name)) for name in ("building", "dwelling", "household", "person")}
    before = _change(plan, staged, ids)
    for name, model in MODELS.items():
        frame = plan.new.get(name)
        if frame is not None and not frame.is_empty():
            staged.add(model, COLUMNS[name](_real(frame, ids)))
    return staged, before


def _numbers(name: str, frame: pl.DataFrame | None) -> pl.DataFrame:
    """The plan's own negative numbers beside those drawn from the sequence."""
    fresh = frame[name].to_list() if frame is not None and not frame.is_empty() else []
    return pl.DataFrame({name: fresh, "real": drawn(MODELS[name], len(fresh))}, schema={name: pl.Int64, "real": pl.Int64})


def _real(frame: pl.DataFrame, ids: Mapping[str, pl.DataFrame]) -> pl.DataFrame:
    """Every number of a new record as it is in the table."""
    for name, pairs in ids.items():
        if name in frame.columns and pairs.height:
            frame = frame.join(pairs, on=name, how="left", maintain_order="left").with_columns(pl.coalesce("real", name).alias(name)).drop("real")
    return frame


def _as_fields(frame: pl.DataFrame, name: str) -> pl.Series:
    """The declared fields that lie in the record's jsonb, as JSON."""
    register = register_named(name)
    names = [one for one in changes.kept_in_fields(register) if key(name, one) in frame.columns and frame[key(name, one)].null_count() < frame.height]
    if not names:
        return pl.Series("fields", ["{}"], dtype=pl.String).new_from_index(0, frame.height)
    rows = frame.select(key(name, one) for one in names).iter_rows()
    return pl.Series("fields", [json.dumps({one: cell for one, cell in zip(names, row, strict=True) if cell is not None}, ensure_ascii=False) for row in rows])


def _plain(frame: pl.DataFrame, name: str) -> list[pl.Expr]:
    return [pl.col(key(name, one)).alias(one) for one in changes.plain_columns(register_named(name)) if key(name, one) in frame.columns]


def _buildings(frame: pl.DataFrame) -> pl.DataFrame:
    return frame.select(pl.col("building").alias("id"), pl.col(AREA), *_plain(frame, "building"), pl.col(BUILDING).alias("key"), _as_fields(frame, "building"))


def _dwellings(frame: pl.DataFrame) -> pl.DataFrame:
    return frame.select(pl.col("dwelling").alias("id"), pl.col(AREA), pl.col("building").alias("building_id"), *_plain(frame, "dwelling"), pl.col(DWELLING).alias("key"),
                        _as_fields(frame, "dwelling"))


def _households(frame: pl.DataFrame) -> pl.DataFrame:
    sealed = _sealed("household", "booklet", frame["household"], frame["household.booklet"]).alias("booklet_sealed")
    return frame.select(pl.col("household").alias("id"), pl.col(AREA), pl.col("dwelling").alias("dwelling_id"), pl.col("household.kind").alias("kind"), sealed,
                        pl.col(BOOKLET_INDEX))


def _people(frame: pl.DataFrame) -> pl.DataFrame:
    """New people in the order of the index by name, which then grows in one place."""
    spelled = pinyin_keys(frame["person.name"].unique().to_list())
    frame = frame.with_columns(pl.col("person.name").replace_strict(list(spelled), list(spelled.values()), return_dtype=pl.String).alias("pinyin")).sort(AREA, "pinyin")
    ids = frame["person"]
    told = pl.when(pl.col("lives") & pl.col("registered")).then(pl.lit("together")).when(pl.col("lives")).then(pl.lit("living")).when(pl.col("registered")).then(
        pl.lit("registered")).otherwise(pl.lit("other"))
    ties = frame.with_columns(pl.col(TIES).list.contains("living").alias("lives"), pl.col(TIES).list.contains("registered").alias("registered"))
    return ties.select(
        pl.col("person").alias("id"), pl.col(AREA), *_plain(frame, "person"), "pinyin", _sealed("person", "id_number", ids, frame["person.id_number"]).alias("id_sealed"),
        pl.col(NUMBER_INDEX), _sealed("person", "phone", ids, frame["person.phone"]).alias("phone_sealed"), pl.col(PHONE_INDEX),
        pl.coalesce(pl.col(STANDING), told).alias("standing"), _bundles(frame).alias("sealed"), _bundled_names(frame).alias("sealed_names"), _as_fields(frame, "person"))


def _memberships(frame: pl.DataFrame) -> pl.DataFrame:
    ids = pl.Series("id", drawn(Membership, frame.height), dtype=pl.Int64)
    return frame.select(ids, pl.col(AREA), pl.col("household").alias("household_id"), pl.col("person").alias("person_id"), "relation", "since")


def _residences(frame: pl.DataFrame) -> pl.DataFrame:
    ids = pl.Series("id", drawn(Residence, frame.height), dtype=pl.Int64)
    return frame.select(ids, pl.col(AREA), pl.col("person").alias("person_id"), pl.col("dwelling").alias("dwelling_id"), "tie", "since")


COLUMNS = {"building": _buildings, "dwelling": _dwellings, "household": _households, "person": _people, "membership": _memberships, "residence": _residences}


def _sealed(register: str, column: str, ids: pl.Series, values: pl.Series) -> pl.Series:
    """The values sealed for their records, as the database reads bytes; null stays null."""
    pairs = [(value, sealing.context_of(register, column, number)) for number, value in zip(ids.to_list(), values.to_list(), strict=True) if value is not None]
    texts = iter(keyring().seal_many(pairs))
    return pl.Series(column, [None if value is None else "\\x" + next(texts).hex() for value in values.to_list()], dtype=pl.String)


def _bundles(frame: pl.DataFrame) -> pl.Series:
    """The bundle of each new person that has one."""
    names = changes.bundled(register_named("person"))
    rows = frame.select(key("person", name) for name in names).iter_rows()
    texts = [sealing.bundle_text(dict(zip(names, cells, strict=True))) if any(cells) else None for cells in rows]
    return _sealed("person", sealing.BUNDLE, frame["person"], pl.Series(texts, dtype=pl.String))


def _bundled_names(frame: pl.DataFrame) -> pl.Series:
    """Which fields of each bundle have a value, as the record says it beside."""
    names = sorted(changes.bundled(register_named("person")))
    filled = [pl.when(pl.col(key("person", name)).fill_null("") != "").then(pl.lit(name)).otherwise(None) for name in names]
    said = pl.concat_str(filled, separator=" ", ignore_nulls=True)
    return frame.select(pl.when(said != "").then(said).otherwise(None).alias("sealed_names"))["sealed_names"]


def _change(plan: Plan, staged: Staged, ids: Mapping[str, pl.DataFrame]) -> Before:
    """Change the records that stand; relations before any new membership, because a household has one head at every moment."""
    found: Before = {}
    for name in ("building", "dwelling"):
        frame = plan.changed.get(name)
        if frame is not None and not frame.is_empty():
            fields = [one for one in changes.kept_in_fields(register_named(name)) if one in frame.columns]
            found[name] = staged.change(MODELS[name], frame.drop("changed"), fields=fields)
    found["household"] = staged.change(Household, _changed_households(plan.changed.get("household")))
    found["person"] = staged.change(Person, _changed_people(plan.changed.get("person")))
    turned = plan.changed.get("membership")
    if turned is not None:
        found["membership"] = staged.turn(Membership, turned, last=HEAD)
    return {name: rows for name, rows in found.items() if rows}


def _changed_households(frame: pl.DataFrame | None) -> pl.DataFrame:
    if frame is None or frame.is_empty():
        return pl.DataFrame()
    sealed = _sealed("household", "booklet", frame["id"], frame["booklet"]).alias("booklet_sealed")
    return frame.select("id", "version", "kind", BOOKLET_INDEX, sealed)


def _changed_people(frame: pl.DataFrame | None) -> pl.DataFrame:
    if frame is None or frame.is_empty():
        return pl.DataFrame()
    columns: list[Any] = [one for one in frame.columns if "." not in one and one not in ("changed", changes.BUNDLE)]
    for name, index in changes.INDEXED.items():
        if key("person", name) in frame.columns:
            columns.append(_sealed("person", name, frame["id"], frame[key("person", name)]).alias(index.replace("_index", "_sealed")))
    if changes.BUNDLE in frame.columns:
        columns.append(_sealed("person", sealing.BUNDLE, frame["id"], frame[changes.BUNDLE]).alias("sealed"))
        told = [None if text is None else sealing.names_in(json.loads(text)) for text in frame[changes.BUNDLE].to_list()]
        columns.append(pl.Series("sealed_names", told, dtype=pl.String))
    if "name" in frame.columns:
        spelled = [pinyin_key(name) if name else None for name in frame["name"].to_list()]
        columns.append(pl.Series("pinyin", spelled, dtype=pl.String))
    return frame.select(columns)


def counted(plan: Plan, verdicts: Sequence[str]) -> dict[str, int]:
    """How many lines of each verdict, and how many records of each table are new."""
    by_verdict = dict(plan.verdicts.group_by("verdict").len().iter_rows())
    made = {f"new.{name}": frame.height for name, frame in plan.new.items() if frame.height}
    return {name: by_verdict.get(name, 0) for name in verdicts} | made
