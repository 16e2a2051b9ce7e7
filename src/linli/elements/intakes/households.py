# SPDX-License-Identifier: MulanPSL-2.0
"""Which household each line belongs to, by booklet or by dwelling, and that it has one head."""

from typing import TYPE_CHECKING

import polars as pl

from linli.core.words import words
from linli.elements.intakes.cleaning import Faults
from linli.elements.intakes.ground import Ground
from linli.elements.intakes.reading import LINE
from linli.elements.intakes.sites import AREA
from linli.elements.intakes.structure import BOOKLET_INDEX, IS_MEMBER, RELATION, TIES
from linli.elements.registers.codes import HEAD

if TYPE_CHECKING:
    from linli.elements.intakes.planning import Plan

COLLECTIVE = "collective"
KIND = "household.kind"
WHICH = words("这间房屋有几户，分不清是哪一户，请填写户号。",
              "Several households share this dwelling; write the number of the household register to tell which one is meant.")
TWO_HEADS = words("这一户有不止一个户主，请核对与户主关系。", "This household has more than one head; check the relation to the head.")
NO_HEAD = words("这一户没有户主：文件里和台账里都没有，请补上户主这一行，或核对与户主关系。",
                "This household has no head, neither in the file nor in the register. Add the head's line, or check the relations.")
OTHER_HOUSEHOLD = words("这个人已在另一户，同一天只能在一户；请先办理分户或迁移。",
                        "This person belongs to another household; nobody is in two on one day. Record the split or the move first.")


def joined(rows: pl.DataFrame, ground: Ground, faults: Faults) -> pl.DataFrame:
    """The lines with `household` (negative for one to be, null for people who keep no house there) and `adopts` (a household that gets its booklet)."""
    lives = rows.filter(pl.col(IS_MEMBER)).sort(~pl.col(TIES).list.contains("living"), LINE).unique("person", keep="first", maintain_order=True)
    member = rows.join(lives.select(LINE, pl.lit(True).alias("joins")), on=LINE, how="left", maintain_order="left").with_columns(pl.col("joins").fill_null(False))
    groups = member.filter(pl.col("joins")).select("dwelling", BOOKLET_INDEX).unique(maintain_order=True)
    groups = groups.with_columns(pl.len().over("dwelling").alias("beside"))
    found = _known(groups, ground, member)
    fresh = found.filter(pl.col("household").is_null() & ~pl.col("is_unsure")).select("dwelling", BOOKLET_INDEX).with_columns(
        -pl.int_range(1, pl.len() + 1, dtype=pl.Int64).alias("fresh"))
    found = found.join(fresh, on=["dwelling", BOOKLET_INDEX], how="left", nulls_equal=True).with_columns(pl.coalesce("household", "fresh").alias("household"))
    told = member.join(found.select("dwelling", BOOKLET_INDEX, "household", "adopts", "is_unsure"), on=["dwelling", BOOKLET_INDEX], how="left", nulls_equal=True,
                       maintain_order="left")
    told = told.with_columns(pl.when(pl.col("joins")).then(pl.col(name)).otherwise(None).alias(name) for name in ("household", "adopts", "is_unsure"))
    faults.add(told.filter(pl.col("is_unsure"))[LINE].to_list(), "household.booklet", "which_household", WHICH)
    there = ground.memberships.select("person", pl.col("household").alias("there"), pl.col("relation").alias("was"), "membership")
    told = told.join(there, on="person", how="left", maintain_order="left")
    faults.add(told.filter(pl.col("joins") & (pl.col("there") != pl.col("household")))[LINE].to_list(), "household.booklet", "two_households", OTHER_HOUSEHOLD)
    _ask_for_heads(told, ground, faults)
    return told


def _known(groups: pl.DataFrame, ground: Ground, member: pl.DataFrame) -> pl.DataFrame:
    """The households that stand: by booklet in the dwelling; without one the only household there, or the one that its people belong to."""
    stand = ground.households.select("household", "dwelling", BOOKLET_INDEX)
    by_booklet = groups.filter(pl.col(BOOKLET_INDEX).is_not_null()).join(stand, on=["dwelling", BOOKLET_INDEX], how="inner").select("dwelling", BOOKLET_INDEX, "household")
    only = stand.group_by("dwelling").agg(pl.len().alias("count"), pl.col("household").first().alias("only"), pl.col(BOOKLET_INDEX).first().alias("its"))
    belongs = member.filter(pl.col("joins")).join(ground.memberships.select("person", pl.col("household").alias("of")), on="person", how="inner").join(
        stand.select(pl.col("household").alias("of"), "dwelling"), on=["of", "dwelling"], how="inner").group_by("dwelling", BOOKLET_INDEX).agg(pl.col("of").unique())
    belongs = belongs.filter(pl.col("of").list.len() == 1).with_columns(pl.col("of").list.first())
    found = groups.join(by_booklet, on=["dwelling", BOOKLET_INDEX], how="left", nulls_equal=True).join(only, on="dwelling", how="left").join(
        belongs, on=["dwelling", BOOKLET_INDEX], how="left", nulls_equal=True)
    adopts = pl.col(BOOKLET_INDEX).is_not_null() & pl.col("household").is_null() & (pl.col("count") == 1) & pl.col("its").is_null() & (pl.col("beside") == 1)
    plain = pl.col(BOOKLET_INDEX).is_null()
    found = found.with_columns(pl.when(adopts.fill_null(False)).then(pl.col("only")).otherwise(None).alias("adopts"))
    chosen = pl.coalesce("household", "adopts", pl.when(plain & (pl.col("count") == 1)).then(pl.col("only")).otherwise(None), pl.when(plain).then(pl.col("of")).otherwise(None))
    found = found.with_columns(chosen.alias("household"))
    return found.with_columns((plain & (pl.col("count") > 1) & pl.col("household").is_null()).fill_null(False).alias("is_unsure"))


def _ask_for_heads(rows: pl.DataFrame, ground: Ground, faults: Faults) -> None:
    """A family household whose relations are told has one head, counting those who are in it already; who may be one of these counts as no second one."""
    inside = rows.filter(pl.col("joins") & pl.col("household").is_not_null())
    told = inside.select(LINE, "household", "person", pl.coalesce(RELATION, "was").alias("relation"), KIND, "is_asked")
    others = ground.memberships.join(told.select("person").unique(), on="person", how="anti").select("household", "relation")
    others = others.join(told.select("household").unique(), on="household", how="inner")
    is_head = pl.col("relation") == HEAD
    heads = pl.concat([told.select("household", "relation", "is_asked"), others.with_columns(pl.lit(False).alias("is_asked"))]).group_by("household").agg(
        is_head.sum().alias("heads"), (is_head & ~pl.col("is_asked")).sum().alias("sure"), pl.col("relation").is_not_null().any().alias("is_told"))
    kinds = pl.concat([told.select("household", pl.col(KIND).alias("kind")), ground.households.select("household", "kind")]).filter(pl.col("kind") == COLLECTIVE)
    heads = heads.join(kinds.select("household").unique(), on="household", how="anti")
    two = told.join(heads.filter(pl.col("sure") > 1), on="household", how="inner").filter(is_head & ~pl.col("is_asked"))
    faults.add(two[LINE].to_list(), RELATION, "two_heads", TWO_HEADS)
    none = told.join(heads.filter((pl.col("heads") == 0) & pl.col("is_told")), on="household", how="inner")
    faults.add(none[LINE].to_list(), RELATION, "no_head", NO_HEAD)


def plan(made: "Plan", ground: Ground) -> None:
    """New households and memberships, relations that are another now, and booklets that a household gets."""
    good = made.rows.filter(~pl.col("is_out") & pl.col("joins") & pl.col("household").is_not_null())
    first = good.group_by("household", maintain_order=True).agg(pl.col(name).drop_nulls().first() for name in (
        "dwelling", AREA, BOOKLET_INDEX, "household.booklet", KIND, "adopts"))
    made.new["household"] = first.filter(pl.col("household") < 0)
    fresh = good.filter(pl.col("membership").is_null())
    made.new["membership"] = fresh.select(LINE, "person", "household", AREA, pl.col(RELATION).fill_null("").alias("relation"), pl.col("person.came_on").alias("since"))
    turned = good.filter(pl.col("membership").is_not_null() & pl.col(RELATION).is_not_null() & pl.col(RELATION).ne_missing(pl.col("was")))
    made.changed["membership"] = turned.select(pl.col("membership").alias("id"), pl.col(RELATION).alias("relation"), pl.col("was").fill_null("").alias("was"),
                                               pl.concat_list(pl.lit("joining.relation")).alias("changed"))
    known = first.filter(pl.col("household") > 0).join(ground.households.select("household", "version", pl.col("kind").alias("kind_was")), on="household", how="left")
    kind = pl.when(pl.col(KIND).is_not_null() & (pl.col(KIND) != pl.col("kind_was"))).then(pl.col(KIND)).otherwise(None)
    booklet = pl.when(pl.col("adopts").is_not_null()).then(pl.col("household.booklet")).otherwise(None)
    known = known.with_columns(kind.alias("kind"), booklet.alias("booklet"))
    names = pl.concat_list(pl.when(pl.col("kind").is_not_null()).then(pl.lit("household.kind")),
                           pl.when(pl.col("booklet").is_not_null()).then(pl.lit("household.booklet"))).list.drop_nulls()
    made.changed["household"] = known.filter(pl.col("kind").is_not_null() | pl.col("booklet").is_not_null()).select(
        pl.col("household").alias("id"), "version", "kind", "booklet", pl.when(pl.col("booklet").is_not_null()).then(pl.col(BOOKLET_INDEX)).otherwise(None).alias(BOOKLET_INDEX),
        names.alias("changed"))
