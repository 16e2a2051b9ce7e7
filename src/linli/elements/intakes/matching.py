# SPDX-License-Identifier: MulanPSL-2.0
"""Who is who: people of a file and people already known, exactly by number, nearly by name, birth and address; answers once given are remembered."""

from collections.abc import Sequence

import polars as pl

from linli.core.keys import keyring
from linli.elements.intakes.ground import Ground
from linli.elements.intakes.structure import NUMBER_INDEX, PERSON
from linli.elements.models import Pairing

SAME, DIFFERENT = "same", "different"
LIKENESS = "pairing.likeness"
LIKENESS_BYTES = 16
NAME, BORN = "person.name", "person.born_on"


def matched(people: pl.DataFrame, ground: Ground) -> tuple[pl.DataFrame, pl.DataFrame]:
    """`people` (one row a person of the file: key, community, name, birth, number index, dwellings) with `person`, null for one nobody knows;
    and the questions: person key, `other` (the person known), reasons and likeness."""
    known = ground.people.filter(pl.col("id_index").is_not_null()).sort("person").unique("id_index", keep="first", maintain_order=True)
    exact = people.join(known.select("person", pl.col("id_index").alias(NUMBER_INDEX)), on=NUMBER_INDEX, how="left", maintain_order="left")
    rest, used = exact.filter(pl.col("person").is_null()), exact["person"].drop_nulls()
    pairs = _pairs(rest.drop("person"), ground, used)
    if pairs.is_empty():
        return exact, _no_questions()
    answers = _answers(pairs)
    pairs = pairs.join(answers, on=["other", "likeness"], how="left").filter(pl.col("answer").ne_missing(DIFFERENT))
    sure = pairs.filter(pl.col("is_sure") | (pl.col("answer") == SAME)).sort(pl.col("answer").is_null(), "other").unique(PERSON, keep="first", maintain_order=True)
    sure = sure.unique("other", keep="first", maintain_order=True)
    found = exact.join(sure.select(PERSON, pl.col("other").alias("near")), on=PERSON, how="left", maintain_order="left")
    found = found.with_columns(pl.coalesce("person", "near").alias("person")).drop("near")
    asked = pairs.filter(~pl.col("is_sure") & pl.col("answer").is_null() & ~pl.col(PERSON).is_in(sure[PERSON].implode()) & ~pl.col("other").is_in(sure["other"].implode()))
    return found, asked.select(PERSON, "other", "reasons", "likeness")


def _no_questions() -> pl.DataFrame:
    return pl.DataFrame(schema={PERSON: pl.String, "other": pl.Int64, "reasons": pl.List(pl.String), "likeness": pl.Binary})


def _pairs(rest: pl.DataFrame, ground: Ground, used: pl.Series) -> pl.DataFrame:
    """Each person that is not known by number beside everybody of the same name in the community who might be meant.

    Sure: name, birth and dwelling agree (birth may be unknown on both sides) and no two numbers contradict. To be asked: two of the three agree.
    """
    others = ground.people.filter(~pl.col("person").is_in(used.implode())).select(
        pl.col("person").alias("other"), "community", pl.col("name").alias(NAME), pl.col("born_on").alias("born_there"), pl.col("id_index").alias("number_there"))
    pairs = rest.join(others, on=["community", NAME], how="inner")
    if pairs.is_empty():
        return pairs
    homes = ground.residences.group_by("person").agg(pl.col("dwelling").unique().alias("homes_there")).rename({"person": "other"})
    pairs = pairs.join(homes, on="other", how="left")
    at_home = pl.col("homes").list.set_intersection(pl.col("homes_there")).list.len().fill_null(0) > 0
    born, there = pl.col(BORN), pl.col("born_there")
    pairs = pairs.with_columns(at_home.alias("same_home"), (born == there).fill_null(False).alias("same_birth"),
                               (born.is_null() & there.is_null()).alias("no_birth"), (born.is_null() ^ there.is_null()).alias("half_birth"),
                               (pl.col(NUMBER_INDEX).is_not_null() & pl.col("number_there").is_not_null()).alias("contradicts"))
    sure = ~pl.col("contradicts") & pl.col("same_home") & (pl.col("same_birth") | pl.col("no_birth"))
    asked = (pl.col("contradicts") & pl.col("same_home") & pl.col("same_birth")) | (
        ~pl.col("contradicts") & (pl.col("same_birth") | (pl.col("same_home") & pl.col("half_birth"))))
    pairs = pairs.with_columns(sure.alias("is_sure")).filter(pl.col("is_sure") | asked)
    reasons = pl.concat_list(pl.lit("name"), pl.when(pl.col("same_birth")).then(pl.lit("birth")), pl.when(pl.col("same_home")).then(pl.lit("address"))).list.drop_nulls()
    said = pl.concat_str([pl.col(name).fill_null("") for name in (NAME, BORN, NUMBER_INDEX)] + [pl.col("address")], separator="|")
    pairs = pairs.with_columns(reasons.alias("reasons"), said.alias("said"))
    digests = [one[:LIKENESS_BYTES] for one in keyring().blind_indexes(pairs["said"].to_list(), LIKENESS)]
    return pairs.with_columns(pl.Series("likeness", digests, dtype=pl.Binary)).select(PERSON, "other", "is_sure", "reasons", "likeness")


def _answers(pairs: pl.DataFrame) -> pl.DataFrame:
    """What was answered before about these pairs."""
    ids: Sequence[int] = pairs["other"].unique().to_list()
    known = Pairing.objects.filter(subject_kind="person", one__in=ids).exclude(answer="").values_list("one", "likeness", "answer")
    rows = [(one, bytes(likeness), answer) for one, likeness, answer in known]
    return pl.DataFrame(rows, schema={"other": pl.Int64, "likeness": pl.Binary, "answer": pl.String}, orient="row")
