# SPDX-License-Identifier: MulanPSL-2.0
"""Which organisation or thing a line means: exactly by its code, else by kind, name and place; what is only alike is asked once and remembered."""

import re
from collections.abc import Sequence

import polars as pl

from linli.core.keys import keyring
from linli.elements.intakes.matching import DIFFERENT, LIKENESS, LIKENESS_BYTES, SAME
from linli.elements.intakes.reading import LINE
from linli.elements.intakes.sites import COMMUNITY
from linli.elements.models import Pairing
from linli.elements.registers.checks import writing

KIND, NAME, CODE, ADDRESS, SPELLED = "said_kind", "said_name", "said_code", "said_address", "said_letters"
"""What is compared, of a line; of a record the same with `_there` behind."""
ALIKE = 0.6
"""From which share of common pairs of characters on (Dice) two names of one kind in one community are asked about (our choice)."""
FEWEST = 2
"""Pairs of characters that two names must have in common at least: a word of two signs says nothing (our choice)."""
NUMERALS = r"[0-9一二三四五六七八九十百甲乙丙丁东南西北]+"
"""What tells 第一 from 第二 and 东 from 西: names that differ in these are two."""
SIGNS = re.compile(r"[\W_]+")


def letters(text: str) -> str:
    """A name or address without signs and blanks, in small letters."""
    return SIGNS.sub("", writing.plain(text)).lower()


def spelled(texts: pl.Series) -> pl.Series:
    """`letters` of a column, each different text once."""
    known = {text: letters(text) for text in texts.drop_nulls().unique().to_list()}
    return texts.replace(list(known), list(known.values())) if known else texts


def matched(register: str, lines: pl.DataFrame, known: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """`lines` (line, community and what is compared) with `other`, null for what nobody knows; and the questions: line, other, reasons, likeness."""
    exact = lines.join(known.filter(pl.col(f"{CODE}_there").is_not_null()).select("other", pl.col(f"{CODE}_there").alias(CODE)).unique(CODE, keep="first", maintain_order=True),
                       on=CODE, how="left", maintain_order="left")
    used = exact["other"].drop_nulls()
    rest, free = exact.filter(pl.col("other").is_null()).drop("other"), known.filter(~pl.col("other").is_in(used.implode()))
    pairs = _judged(pl.concat([_same_name(rest, free), _near_name(rest, free)]).unique([LINE, "other"], keep="first", maintain_order=True))
    if pairs.is_empty():
        return exact, _no_questions()
    pairs = _answered(_with_likeness(register, pairs))
    sure = pairs.filter(pl.col("is_sure") | (pl.col("answer") == SAME)).sort(pl.col("answer").is_null(), ~pl.col("same_address"), "other", maintain_order=True)
    sure = sure.unique(LINE, keep="first", maintain_order=True)
    found = exact.join(sure.select(LINE, pl.col("other").alias("near")), on=LINE, how="left", maintain_order="left")
    found = found.with_columns(pl.coalesce("other", "near").alias("other")).drop("near")
    asked = pairs.filter(~pl.col("is_sure") & pl.col("answer").is_null() & ~pl.col(LINE).is_in(sure[LINE].implode()) & ~pl.col("other").is_in(sure["other"].implode()))
    return found, asked.select(LINE, "other", "reasons", "likeness")


def _no_questions() -> pl.DataFrame:
    return pl.DataFrame(schema={LINE: pl.Int64, "other": pl.Int64, "reasons": pl.List(pl.String), "likeness": pl.Binary})


def _same_name(rest: pl.DataFrame, free: pl.DataFrame) -> pl.DataFrame:
    """Lines beside the records of the same kind and name in their community."""
    there = free.with_columns(pl.col(f"{SPELLED}_there").alias(SPELLED), pl.col(f"{KIND}_there").alias(KIND))
    return rest.join(there, on=[COMMUNITY, KIND, SPELLED], how="inner").with_columns(pl.lit(True).alias("same_name"))


def _near_name(rest: pl.DataFrame, free: pl.DataFrame) -> pl.DataFrame:
    """Lines beside the records whose names have most pairs of characters in common, and the same numerals."""
    there = free.with_columns(pl.col(f"{KIND}_there").alias(KIND))
    mine = _pieces(rest.select(LINE, COMMUNITY, KIND, SPELLED), SPELLED, "size")
    theirs = _pieces(there.select("other", COMMUNITY, KIND, f"{SPELLED}_there"), f"{SPELLED}_there", "size_there")
    common = mine.join(theirs, on=[COMMUNITY, KIND, "piece", "numerals"], how="inner").group_by(LINE, "other", maintain_order=True).agg(
        pl.len().alias("n"), pl.col("size").first(), pl.col("size_there").first())
    near = common.filter((pl.col("n") >= FEWEST) & (2 * pl.col("n") >= ALIKE * (pl.col("size") + pl.col("size_there")))).select(LINE, "other")
    return rest.join(near, on=LINE, how="inner").join(there.drop(COMMUNITY, KIND), on="other", how="inner").with_columns(pl.lit(False).alias("same_name")).select(
        _same_name(rest.clear(), free.clear()).columns)


def _pieces(frame: pl.DataFrame, name: str, size: str) -> pl.DataFrame:
    """One row for each different pair of neighbouring characters of a name."""
    texts = frame[name].unique().to_list()
    pieces = [sorted({text[at:at + 2] for at in range(max(len(text) - 1, 1))}) for text in texts]
    pairs = pl.DataFrame({name: texts, "piece": pieces}, schema={name: pl.String, "piece": pl.List(pl.String)})
    numerals = pl.col(name).str.extract_all(NUMERALS).list.join("|").alias("numerals")
    told = frame.join(pairs, on=name, how="left").with_columns(pl.col("piece").list.len().cast(pl.Int64).alias(size), numerals)
    return told.drop(name).explode("piece")


def _judged(pairs: pl.DataFrame) -> pl.DataFrame:
    """Sure: the same name, codes and addresses that do not contradict. Asked: the same name with one of them contradicting, or a name that is alike."""
    code, code_there, address, address_there = (pl.col(one) for one in (CODE, f"{CODE}_there", ADDRESS, f"{ADDRESS}_there"))
    pairs = pairs.with_columns((code != code_there).fill_null(False).alias("other_code"), (address != address_there).fill_null(False).alias("other_address"),
                               (address == address_there).fill_null(False).alias("same_address"))
    sure = pl.col("same_name") & ~pl.col("other_code") & ~pl.col("other_address")
    asked = (pl.col("same_name") & ~(pl.col("other_code") & pl.col("other_address"))) | (~pl.col("same_name") & ~pl.col("other_code"))
    reasons = pl.concat_list(pl.when(pl.col("same_name")).then(pl.lit("unit_name")).otherwise(pl.lit("near_name")), pl.when(pl.col("same_address")).then(pl.lit("same_place")),
                             pl.when(pl.col("other_code")).then(pl.lit("other_code")), pl.when(pl.col("other_address")).then(pl.lit("other_address"))).list.drop_nulls()
    return pairs.with_columns(sure.alias("is_sure"), reasons.alias("reasons")).filter(pl.col("is_sure") | asked)


def _with_likeness(register: str, pairs: pl.DataFrame) -> pl.DataFrame:
    parts = [pl.lit(register), *(pl.col(one).cast(pl.String).fill_null("") for one in (COMMUNITY, KIND, SPELLED, CODE, ADDRESS))]
    said = pairs.select(pl.concat_str(parts, separator="|").alias("said")).to_series()
    digests = [one[:LIKENESS_BYTES] for one in keyring().blind_indexes(said.to_list(), LIKENESS)]
    return pairs.with_columns(pl.Series("likeness", digests, dtype=pl.Binary))


def _answered(pairs: pl.DataFrame) -> pl.DataFrame:
    """The pairs with what was answered about them before; those that are two are left out."""
    ids: Sequence[int] = pairs["other"].unique().to_list()
    rows = [(one, bytes(likeness), answer) for one, likeness, answer in Pairing.objects.filter(one__in=ids).exclude(subject_kind="person").exclude(answer="").values_list(
        "one", "likeness", "answer")]
    answers = pl.DataFrame(rows, schema={"other": pl.Int64, "likeness": pl.Binary, "answer": pl.String}, orient="row")
    return pairs.join(answers, on=["other", "likeness"], how="left", maintain_order="left").filter(pl.col("answer").ne_missing(DIFFERENT))
