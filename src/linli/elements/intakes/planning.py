# SPDX-License-Identifier: MulanPSL-2.0
"""What a stretch of a file would do to the registers: what is added, changed, left, refused or asked, without touching anything.

New records bear negative numbers of their own until they are taken; the stretch holds whole communities, so that households are never cut.
"""

from dataclasses import dataclass, field

import polars as pl

from linli.core.words import words
from linli.elements.intakes import changes, households
from linli.elements.intakes.cleaning import Faults
from linli.elements.intakes.ground import Ground, elsewhere, ground_of
from linli.elements.intakes.matching import matched
from linli.elements.intakes.reading import LINE
from linli.elements.intakes.sites import AREA, BUILDING, COMMUNITY, DWELLING
from linli.elements.intakes.structure import NUMBER_INDEX, PERSON, TIES

BAD, ASK, ADD, CHANGE, LEFT = "bad", "ask", "add", "change", "same"
VERDICTS = (ADD, CHANGE, LEFT, BAD, ASK)
RESIDENTS = "residents"
KNOWN_ELSEWHERE = words("这个证件号码的人已登记在您范围内的另一个社区，请先由那边办理迁出或移交。",
                        "This number is recorded in another community within your area; have the person moved out or handed over there first.")
LIVES_ELSEWHERE = words("这个人已登记住在（或户籍在）本社区另一间房屋；同一天只能在一户，请先办理迁出或更正地址。",
                        "This person is already recorded in another dwelling here; nobody is in two households on one day. Move him out or mend the address first.")


@dataclass
class Plan:
    """The outcome for one stretch: frames of new records, changes by table, a verdict for each line, faults and questions."""

    rows: pl.DataFrame
    new: dict[str, pl.DataFrame] = field(default_factory=dict)
    changed: dict[str, pl.DataFrame] = field(default_factory=dict)
    verdicts: pl.DataFrame = field(default_factory=pl.DataFrame)
    faults: Faults = field(default_factory=Faults)
    questions: pl.DataFrame = field(default_factory=pl.DataFrame)
    register: str = ""
    """The register of a sheet whose lines are records by themselves; empty for those of who lives where."""


def plan(sheet: str, rows: pl.DataFrame, columns: list[str]) -> Plan:
    """The plan for the lines of whole communities, under the sight in force. `columns` are those that the file brings."""
    ground = ground_of(rows[COMMUNITY].drop_nulls().to_list())
    made = Plan(_placed(rows.filter(pl.col(BUILDING).is_not_null() & pl.col(COMMUNITY).is_not_null()), ground))
    if sheet == RESIDENTS:
        _plan_people(made, ground, columns)
    else:
        made.rows = made.rows.with_columns(pl.col("is_bad").alias("is_out"))
        _plan_land(made, columns)
    return made


def _placed(rows: pl.DataFrame, ground: Ground) -> pl.DataFrame:
    """The lines with the numbers of building and dwelling, negative for those to be; a building that stands says in which grid it is."""
    rows = rows.join(ground.buildings, on=[COMMUNITY, BUILDING], how="left", maintain_order="left")
    rows = _numbered(rows, "building", [COMMUNITY, BUILDING])
    rows = rows.with_columns(pl.coalesce("building_area", pl.col(AREA).first().over("building")).alias(AREA))
    there = ground.dwellings.select("dwelling", "building", DWELLING).with_columns(pl.col(DWELLING).fill_null(""))
    rows = rows.with_columns(pl.col(DWELLING).fill_null("")).join(there, on=["building", DWELLING], how="left", maintain_order="left")
    return _numbered(rows, "dwelling", ["building", DWELLING])


def _numbered(rows: pl.DataFrame, name: str, keys: list[str]) -> pl.DataFrame:
    """`name` filled with a negative number of its own for each new combination of the keys."""
    fresh = rows.filter(pl.col(name).is_null()).select(keys).unique(maintain_order=True)
    fresh = fresh.with_columns(-pl.int_range(1, pl.len() + 1, dtype=pl.Int64).alias("fresh"))
    return rows.join(fresh, on=keys, how="left", maintain_order="left").with_columns(pl.coalesce(name, "fresh").alias(name)).drop("fresh")


def _plan_people(made: Plan, ground: Ground, columns: list[str]) -> None:
    rows = made.rows
    said = pl.concat_str([pl.col(COMMUNITY).cast(pl.String), pl.col(BUILDING), pl.col(DWELLING)], separator="/")
    people = rows.group_by(PERSON, maintain_order=True).agg(
        pl.col(COMMUNITY).first(), *(pl.col(name).drop_nulls().first() for name in ("person.name", "person.born_on", NUMBER_INDEX)),
        pl.col("dwelling").unique().alias("homes"), said.first().alias("address"), pl.col("is_bad").all().alias("is_out"))
    found, questions = matched(people, ground)
    far = elsewhere(found.filter(pl.col("person").is_null() & pl.col(NUMBER_INDEX).is_not_null())[NUMBER_INDEX].to_list(), rows[COMMUNITY].to_list())
    rows = rows.join(_numbered(found, "person", [PERSON]).select(PERSON, "person"), on=PERSON, how="left", maintain_order="left")
    if far:
        made.faults.add(rows.filter(pl.col(NUMBER_INDEX).is_in(list(far)))[LINE].to_list(), "person.id_number", "elsewhere", KNOWN_ELSEWHERE)
    _refuse_two_homes(rows, ground, made.faults)
    rows = rows.with_columns(pl.col(PERSON).is_in(questions[PERSON].unique().implode()).alias("is_asked"))
    rows = households.joined(rows, ground, made.faults)
    rows = rows.with_columns((pl.col("is_bad") | pl.col(LINE).is_in(made.faults.lines())).alias("is_bad"))
    made.rows = rows.with_columns((pl.col("is_bad") | pl.col("is_asked")).alias("is_out"))
    open_lines = made.rows.filter(pl.col("is_asked") & ~pl.col("is_bad")).group_by(PERSON, maintain_order=True).agg(pl.col(LINE).first(), pl.col(AREA).first())
    made.questions = questions.join(open_lines, on=PERSON, how="inner")
    _plan_land(made, columns)
    _plan_ties(made, ground)
    households.plan(made, ground)
    good = made.rows.filter(~pl.col("is_out"))
    made.new["person"] = _firsts(good.filter(pl.col("person") < 0), "person")
    made.changed["person"] = changes.of_people(good.filter(pl.col("person") > 0), columns)
    made.verdicts = _verdicts(made)


def _refuse_two_homes(rows: pl.DataFrame, ground: Ground, faults: Faults) -> None:
    """Somebody who lives or is registered in another dwelling here cannot do so in a second one."""
    for tie in ("living", "registered"):
        there = ground.residences.filter(pl.col("tie") == tie).select("person", pl.col("dwelling").alias("there"))
        at = rows.filter(pl.col(TIES).list.contains(tie)).join(there, on="person", how="inner").filter(pl.col("there") != pl.col("dwelling"))
        faults.add(at[LINE].to_list(), "building.number", "two_homes", LIVES_ELSEWHERE)


def _plan_land(made: Plan, columns: list[str]) -> None:
    """New buildings and dwellings of the lines that go in, and what a line says anew of those that stand."""
    good = made.rows.filter(~pl.col("is_out"))
    made.new["building"] = _firsts(good.filter(pl.col("building") < 0), "building")
    made.new["dwelling"] = _firsts(good.filter(pl.col("dwelling") < 0), "dwelling")
    made.changed["building"] = changes.of_land("building", good.filter(pl.col("building") > 0), columns)
    made.changed["dwelling"] = changes.of_land("dwelling", good.filter(pl.col("dwelling") > 0), columns)
    if "person" not in good.columns:
        made.verdicts = _verdicts(made)


def _firsts(rows: pl.DataFrame, name: str) -> pl.DataFrame:
    """One row for each number: the first value that any of its lines gives for each column."""
    if rows.is_empty():
        return rows
    return rows.group_by(name, maintain_order=True).agg(
        pl.col(one).list.explode(keep_nulls=False, empty_as_null=False).unique() if one == TIES else pl.col(one).drop_nulls().first() for one in rows.columns if one != name)


def _plan_ties(made: Plan, ground: Ground) -> None:
    """The ties between people and dwellings that are not there yet."""
    good = made.rows.filter(~pl.col("is_out")).select(LINE, "person", "dwelling", AREA, TIES, "person.came_on")
    good = good.explode(TIES).rename({TIES: "tie"}).filter(pl.col("tie").is_not_null())
    fresh = good.join(ground.residences, on=["person", "dwelling", "tie"], how="anti").unique(["person", "dwelling", "tie"], keep="first", maintain_order=True)
    since = pl.when(pl.col("tie") == "living").then(pl.col("person.came_on")).otherwise(None)
    made.new["residence"] = fresh.select(LINE, "person", "dwelling", AREA, "tie", since.alias("since"))


def _verdicts(made: Plan) -> pl.DataFrame:
    """A verdict and the changed columns for each line; what belongs to several lines (a building) counts for the first of them."""
    rows, main = made.rows, "person" if "person" in made.rows.columns else "dwelling"
    good = rows.filter(~pl.col("is_out"))
    told = [pl.DataFrame(schema={LINE: pl.Int64, "changed": pl.String})]
    for name, frame in made.changed.items():
        if not frame.is_empty():
            firsts = good.group_by(name, maintain_order=True).agg(pl.col(LINE).first()).rename({name: "id"})
            told.append(frame.select("id", "changed").join(firsts, on="id", how="inner").select(LINE, "changed").explode("changed"))
    for name in ("residence", "membership"):
        fresh = made.new.get(name)
        if fresh is not None and not fresh.is_empty():
            told.append(fresh.filter(pl.col("person") > 0).select(LINE, pl.lit(name).alias("changed")))
    touched = pl.concat(told).group_by(LINE).agg(pl.col("changed").unique().sort())
    rows = rows.join(touched, on=LINE, how="left", maintain_order="left")
    asked = pl.col("is_asked") if "is_asked" in rows.columns else pl.lit(False)
    verdict = pl.when(pl.col("is_bad")).then(pl.lit(BAD)).when(asked).then(pl.lit(ASK)).when(pl.col(main) < 0).then(pl.lit(ADD)).when(
        pl.col("changed").is_not_null()).then(pl.lit(CHANGE)).otherwise(pl.lit(LEFT))
    return rows.select(LINE, verdict.alias("verdict"), pl.col(main).alias("record"), "changed")
