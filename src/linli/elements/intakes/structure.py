# SPDX-License-Identifier: MulanPSL-2.0
"""What must hold between the lines of one file, and under which key each line's person goes."""

import polars as pl

from linli.core.keys import keyring
from linli.core.words import Words, words
from linli.elements.intakes.cleaning import Faults
from linli.elements.intakes.reading import LINE
from linli.elements.intakes.sites import BUILDING, COMMUNITY, DWELLING
from linli.elements.registers.sealing import INDEX_BYTES

PERSON, IS_MEMBER, TIES, FIRST = "person_key", "is_member", "ties", "first"
NUMBER_INDEX, PHONE_INDEX, BOOKLET_INDEX = "id_index", "phone_index", "booklet_index"
INDEXES = (("person.id_number", NUMBER_INDEX), ("person.phone", PHONE_INDEX), ("household.booklet", BOOKLET_INDEX))
"""Columns with a keyed index, and the column of the frame that holds it (32 hexadecimal digits)."""
RELATION, TIE, STANDING = "joining.relation", "joining.tie", "joining.standing"
TWICE = words("和第 {line} 行重复。", "The same as line {line}.")
TWO_NAMES = words("同一个证件号码在第 {line} 行写的是另一个姓名，请核对。", "The same number stands in line {line} under another name.")
TWO_HOMES = words("同一个人在第 {line} 行写的是住在（或户籍在）另一间房屋；同一天只能在一户。",
                  "Line {line} has the same person in another dwelling; nobody is in two households on one day.")
GONE = words("“已离开”不能用表格导入，请在住户页面办理迁出。", "That somebody is gone is not brought by a file; record the move on the page of the household.")


def indexed(frame: pl.DataFrame) -> pl.DataFrame:
    """The frame with the keyed indexes of numbers, phones and booklets."""
    found = []
    for column, name in INDEXES:
        if column not in frame.columns:
            continue
        cells = frame[column]
        texts = cells.drop_nulls().to_list()
        values = iter(keyring().blind_indexes(texts, column))
        found.append(pl.Series(name, [None if cell is None else next(values)[:INDEX_BYTES].hex() for cell in cells.to_list()], dtype=pl.String))
    return frame.with_columns(found)


def tied(frame: pl.DataFrame) -> pl.DataFrame:
    """The frame with the ties that a line makes, whether it makes its person a member of the household, and the key of the person.

    人户一致 lives and is registered there; without a word about it a line says that somebody lives there. Owners who live elsewhere are no members.
    """
    tie, standing = pl.col(TIE), pl.col(STANDING)
    lives = standing.is_in(["together", "living"]).fill_null(False) | tie.is_in(["living", "tenant"]).fill_null(False) | (tie.is_null() & standing.is_null())
    registered = standing.is_in(["together", "registered"]).fill_null(False) | (tie == "registered").fill_null(False)
    owns = (tie == "owner").fill_null(False) | (tie.is_null() & (standing == "other")).fill_null(False)
    said = [pl.when(flag).then(pl.lit(name)).otherwise(None) for flag, name in (
        (lives, "living"), (registered, "registered"), (owns, "owner"), ((tie == "tenant").fill_null(False), "tenant"))]
    frame = frame.with_columns(pl.concat_list(said).list.drop_nulls().alias(TIES), (lives | registered).alias(IS_MEMBER))
    told = pl.concat_str([pl.col(name).cast(pl.String).fill_null("") for name in (COMMUNITY, BUILDING, DWELLING, "person.name", "person.born_on")], separator="|")
    frame = frame.with_columns(told.alias("said"))
    numbered = frame.filter(pl.col(NUMBER_INDEX).is_not_null()).select("said", pl.col(NUMBER_INDEX).alias("there")).unique("said", keep="none")
    joined = frame.join(numbered, on="said", how="left", maintain_order="left")
    return joined.with_columns(pl.coalesce(pl.col(NUMBER_INDEX), pl.col("there"), pl.lit("?") + pl.col("said")).alias(PERSON)).drop("said", "there")


def compare_people(frame: pl.DataFrame, faults: Faults) -> None:
    """Lines that repeat one another, one number under two names, one person at home in two dwellings."""
    faults.add(frame.filter(pl.col(STANDING) == "gone")[LINE].to_list(), STANDING, "gone", GONE)
    home = [COMMUNITY, BUILDING, DWELLING]
    _repeats(frame, [PERSON, "person.name", *home, TIES], "person.name", faults)
    numbered = frame.filter(pl.col(NUMBER_INDEX).is_not_null() & pl.col("person.name").is_not_null()).select(LINE, NUMBER_INDEX, "person.name")
    _others(numbered, NUMBER_INDEX, pl.col("person.name"), "person.id_number", "two_names", TWO_NAMES, faults)
    for tie in ("living", "registered"):
        at = frame.filter(pl.col(TIES).list.contains(tie) & pl.col(BUILDING).is_not_null())
        where = pl.concat_str([pl.col(name).cast(pl.String).fill_null("") for name in home], separator="|")
        _others(at.select(LINE, PERSON, where.alias("where")), PERSON, pl.col("where"), "building.number", "two_homes", TWO_HOMES, faults)


def compare_dwellings(frame: pl.DataFrame, faults: Faults) -> None:
    """Lines that give one dwelling twice."""
    _repeats(frame, [COMMUNITY, BUILDING, DWELLING], "dwelling.room", faults)


def _repeats(frame: pl.DataFrame, keys: list[str], column: str, faults: Faults) -> None:
    known = frame.filter(pl.col(BUILDING).is_not_null()).with_columns(pl.col(LINE).first().over(keys).alias(FIRST))
    for line, first in known.filter(pl.col(LINE) != pl.col(FIRST)).select(LINE, FIRST).iter_rows():
        faults.add([line], column, "twice", TWICE.format(line=first))


def _others(frame: pl.DataFrame, by: str, value: pl.Expr, column: str, code: str, sentence: Words, faults: Faults) -> None:
    """Every line of a group that does not agree, each with another line it disagrees with."""
    told = frame.with_columns(value.n_unique().over(by).alias("n")).filter(pl.col("n") > 1)
    for _, group in told.group_by(by, maintain_order=True):
        rows = group.select(LINE, value.alias("value")).rows()
        for line, said in rows:
            other = next(at for at, there in rows if there != said)
            faults.add([line], column, code, sentence.format(line=other))
