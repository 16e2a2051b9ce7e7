# SPDX-License-Identifier: MulanPSL-2.0
"""任职名册: who holds which office of an organisation (members of committees, representatives, doorway heads), a seat each line."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import polars as pl

from linli.core import clock
from linli.core.words import words
from linli.elements.intakes import cleaning, likenesses, singles, sites
from linli.elements.intakes.cleaning import Faults
from linli.elements.intakes.columns import key
from linli.elements.intakes.ground import BUILDINGS, TEXT, WHOLE, WIDTH, fetched
from linli.elements.intakes.likenesses import CODE, KIND, SPELLED, letters
from linli.elements.intakes.planning import ADD, BAD, CHANGE, LEFT, Plan
from linli.elements.intakes.reading import LINE
from linli.elements.intakes.sites import AREA, COMMUNITY
from linli.elements.intakes.staging import Staged, drawn
from linli.elements.intakes.structure import TWICE
from linli.elements.intakes.taking import Before
from linli.elements.models import Intake, Seat
from linli.elements.registers import dwellings, people
from linli.elements.registers.addresses import key_of
from linli.elements.registers.checks import writing
from linli.elements.registers.declaring import JOINING, Column, Sheet, declare_sheet, register_named
from linli.elements.registers.kinds import Office, kind_words, organisation_kind

SEATS, SEAT = "seats", "seat"
UNIT, OFFICE, NAME = "organisation", "office", "name"
SHEET = Sheet(
    SEATS, words("任职名册", "Who holds which office"), tuple((JOINING, name) for name in ("division", UNIT, OFFICE, NAME, "quarter", "number", "doorway", "since", "until")),
    ((JOINING, UNIT), (JOINING, OFFICE), (JOINING, NAME)), joining=(
        dwellings.DIVISION,
        Column(UNIT, words("组织", "Organisation"), limit=120, normal=writing.plain, headings=("组织名称", "所在组织", "单位名称", "统一社会信用代码"),
               help=words("名称、统一社会信用代码，或者社区里只有一个的种类（如 居民委员会）。", "Its name, its credit code, or its kind where the community has one only.")),
        Column(OFFICE, words("职务", "Office"), limit=60, normal=writing.plain, headings=("任职", "担任职务", "职位")),
        Column(NAME, words("姓名", "Name"), limit=60, normal=writing.name, rule=people.name_fault, headings=("任职人", "姓 名")),
        dwellings.QUARTER, replace(dwellings.NUMBER, required=False), dwellings.DWELLINGS.column("doorway"),
        Column("since", words("任职日期", "From"), "day", headings=("起始日期", "上任日期", "当选日期", "从哪天起")),
        Column("until", words("卸任日期（当天不含）", "Until (that day not included)"), "day", headings=("卸任日期", "到期日期", "届满日期"))),
    help=words("一行一个人的一个职务；先登记组织，再导入任职。", "One line a person's office; record the organisations first."))
declare_sheet(SHEET)
NO_UNIT = words("这个社区没有登记这个组织，或者有几个同名的；请先登记组织，或写统一社会信用代码。",
                "The community has no such organisation recorded, or several of this name. Record it first, or give its credit code.")
NO_OFFICE = words("“{kind}”没有这个职务，可以写：{some}。", "A {kind} has no such office. It may be: {some}.")
NO_BUILDING = words("这个职务要写负责的楼栋；这个社区没有登记这栋楼。", "This office is held for a building; the community has no such building recorded.")
BAD_DAYS = words("卸任日期要晚于任职日期。", "The last day must come after the first.")
OVER = words("这里只导入现任；已经卸任的请在组织页面登记。", "Present holders only; who has left is entered on the page of the organisation.")
FULL = words("“{office}”最多 {most} 人，已有和表里的合起来超过了；换人请先在页面登记卸任。",
             "There is room for {most} “{office}”, and with those recorded there are more. Enter first who leaves.")
OPEN = """select s.id, s.organisation_id, s.office, s.name, s.building_id, s.doorway, s.since, s.until, s.version from unnest(%s::bigint[]) o(id)
join elements_seat s on s.organisation_id = o.id where s.until is null or s.until > %s order by s.id"""
IDENTITY = ("unit", "office_name", "said_name", "building", "said_doorway")


def cell(name: str) -> str:
    """The column of the sheet."""
    return key(JOINING, name)


def cleaned(intake: Intake, raw: pl.DataFrame, faults: Faults) -> pl.DataFrame:
    """The lines in their written form with community and area, `is_bad` where something is wrong with a line or between lines."""
    frame = cleaning.clean(SHEET, raw, intake.mapping, intake.headings, faults)
    frame = sites.located(frame.with_columns(pl.lit(None, dtype=pl.String).alias(sites.GRID)), intake.area, faults)
    cleaning.require(SHEET, frame, faults)
    frame = frame.with_columns(likenesses.spelled(frame[cell(UNIT)]).alias(SPELLED))
    same = [COMMUNITY, SPELLED, *(cell(name) for name in (OFFICE, NAME, "quarter", "number", "doorway"))]
    told = frame.filter(pl.col(SPELLED).is_not_null() & pl.col(cell(NAME)).is_not_null()).with_columns(pl.col(LINE).first().over(same).alias("first"))
    for line, first in told.filter(pl.col(LINE) != pl.col("first")).select(LINE, "first").iter_rows():
        faults.add([line], cell(NAME), "twice", TWICE.format(line=first))
    faults.add(frame.filter(pl.col(cell("until")) <= pl.col(cell("since")))[LINE].to_list(), cell("until"), "days", BAD_DAYS)
    faults.add(frame.filter(pl.col(cell("until")) <= clock.today().isoformat())[LINE].to_list(), cell("until"), "days", OVER)
    return frame.with_columns(pl.col(LINE).is_in(faults.lines()).alias("is_bad"))


class Ground:
    """What the lines of some communities may mean: organisations by code, name and kind, their open seats, buildings."""

    def __init__(self, communities: Sequence[int]) -> None:
        given = sorted(set(communities))
        self.units: dict[tuple[int, str], set[int]] = {}
        self.kinds: dict[int, str] = {}
        for unit, community, kind, code, spelled in singles.known_in(register_named("organisation"), given).select(
                "other", COMMUNITY, f"{KIND}_there", f"{CODE}_there", f"{SPELLED}_there").iter_rows():
            self.kinds[unit] = kind
            for name in {spelled, letters(code or ""), letters(kind_words(kind).zh)} - {""}:
                self.units.setdefault((community, name), set()).add(unit)
        buildings = fetched(BUILDINGS, [given, [one + WIDTH for one in given]], {"building": WHOLE, "area": WHOLE, COMMUNITY: WHOLE, "key": TEXT})
        self.buildings = {(community, name): number for number, community, name in buildings.select("building", COMMUNITY, "key").iter_rows()}

    def unit(self, community: int, spelled: str) -> int | None:
        """The only organisation of a name, code or kind in a community; None when there is none or several."""
        found = self.units.get((community, spelled), set())
        return next(iter(found)) if len(found) == 1 else None

    def office(self, unit: int, text: str) -> Office | None:
        """The office of its kind that a text means; None when there is none such."""
        kind = organisation_kind(self.kinds[unit])
        return next((one for one in (kind.offices if kind else ()) if text in (one.name, one.words.zh, one.words.en)), None)


def plan(rows: pl.DataFrame) -> Plan:
    """What the lines of whole communities would do: seats added, days of seats that stand changed."""
    made = Plan(rows, register=SEATS)
    ground = Ground(rows[COMMUNITY].to_list())
    said = [_meant(ground, line, made.faults) for line in rows.filter(~pl.col("is_bad")).iter_rows(named=True)]
    told = pl.DataFrame([one for one in said if one], schema={
        LINE: WHOLE, "unit": WHOLE, "office_name": TEXT, "said_name": TEXT, "building": WHOLE, "said_doorway": TEXT, "since": TEXT, "until": TEXT, "most": WHOLE,
        "label": TEXT}, orient="row")
    stands = fetched(OPEN, [told["unit"].unique().to_list(), clock.today()], {
        "seat": WHOLE, "unit": WHOLE, "office_name": TEXT, "said_name": TEXT, "building": WHOLE, "said_doorway": TEXT, "was_since": TEXT, "was_until": TEXT, "version": WHOLE})
    _refuse_full(told, stands, made.faults)
    there = stands.with_columns(pl.col("said_doorway").fill_null("")).unique(IDENTITY, keep="first", maintain_order=True)
    met = told.filter(~pl.col(LINE).is_in(made.faults.lines())).join(there, on=list(IDENTITY), how="left", nulls_equal=True, maintain_order="left")
    differs = [(pl.col(name).is_not_null() & pl.col(name).ne_missing(pl.col(f"was_{name}"))) for name in ("since", "until")]
    changed = pl.concat_list([pl.when(one).then(pl.lit(cell(name))) for one, name in zip(differs, ("since", "until"), strict=True)]).list.drop_nulls()
    met = met.with_columns(pl.when(pl.col("seat").is_not_null() & (changed.list.len() > 0)).then(changed).alias("changed"))
    made.new[SEAT], made.changed[SEAT] = met.filter(pl.col("seat").is_null()), met.filter(pl.col("changed").is_not_null())
    bad = pl.col("is_bad") | pl.col(LINE).is_in(made.faults.lines())
    verdict = pl.when(bad).then(pl.lit(BAD)).when(pl.col("seat").is_null()).then(pl.lit(ADD)).when(pl.col("changed").is_not_null()).then(pl.lit(CHANGE)).otherwise(pl.lit(LEFT))
    made.verdicts = rows.join(met.select(LINE, "seat", "changed"), on=LINE, how="left", maintain_order="left").select(
        LINE, verdict.alias("verdict"), pl.col("seat").alias("record"), "changed")
    made.questions = pl.DataFrame(schema={LINE: pl.Int64, "other": pl.Int64, "reasons": pl.List(pl.String), "likeness": pl.Binary, AREA: pl.Int64})
    return made


def _meant(ground: Ground, line: Mapping[str, Any], faults: Faults) -> tuple[Any, ...] | None:
    """Organisation, office and building that a line means, or its fault."""
    community, at = line[COMMUNITY], [line[LINE]]
    unit = ground.unit(community, line[SPELLED])
    if unit is None:
        faults.add(at, cell(UNIT), "no_unit", NO_UNIT)
        return None
    office = ground.office(unit, line[cell(OFFICE)])
    if office is None:
        kind = organisation_kind(ground.kinds[unit])
        labels = [one.words for one in (kind.offices if kind else ())]
        some = words("、".join(one.zh for one in labels), ", ".join(one.en for one in labels))
        faults.add(at, cell(OFFICE), "no_office", NO_OFFICE.format(kind=kind_words(ground.kinds[unit]), some=some))
        return None
    building = None
    if office.is_of_doorway:
        building = ground.buildings.get((community, key_of(line[cell("quarter")] or "", line[cell("number")] or "")))
        if building is None:
            faults.add(at, cell("number"), "no_building", NO_BUILDING)
            return None
    return (line[LINE], unit, office.name, line[cell(NAME)], building, (line[cell("doorway")] or "") if building else "", line[cell("since")], line[cell("until")],
            office.most, office.words.zh)


def _refuse_full(told: pl.DataFrame, stands: pl.DataFrame, faults: Faults) -> None:
    """More people than an office has room for: every new line of that office goes back."""
    both = pl.concat([told.select("unit", "office_name", "said_name"), stands.select("unit", "office_name", "said_name")]).unique().group_by("unit", "office_name").len("all")
    over = told.filter(pl.col("most").is_not_null()).join(both, on=["unit", "office_name"]).filter(pl.col("all") > pl.col("most"))
    over = over.join(stands.select("unit", "office_name", "said_name").unique(), on=["unit", "office_name", "said_name"], how="anti")
    for line, label, most in over.select(LINE, "label", "most").iter_rows():
        faults.add([line], cell(OFFICE), "full", FULL.format(office=label, most=most))


def carry_out(made: Plan) -> tuple[Staged, Before]:
    """Write the plan; answers what was staged and what the changed seats were before."""
    staged, changed, fresh = Staged(), made.changed[SEAT], made.new[SEAT]
    before = staged.change(Seat, changed.select(pl.col("seat").alias("id"), "version", "since", "until")) if not changed.is_empty() else []
    ids = drawn(Seat, fresh.height)
    if ids:
        since = pl.col("since").fill_null(pl.lit(clock.today().isoformat()))
        staged.add(Seat, fresh.with_columns(pl.Series("id", ids, dtype=pl.Int64)).join(_units(fresh["unit"].unique().to_list()), on="unit", how="inner").select(
            "id", "area", pl.col("unit").alias("organisation_id"), "term_id", pl.col("office_name").alias("office"), pl.col("said_name").alias("name"),
            pl.col("building").alias("building_id"), pl.col("said_doorway").alias("doorway"), since.alias("since"), pl.coalesce("until", "term_until").alias("until")))
    return staged, {SEAT: before} if before else {}


def _units(numbers: Sequence[int]) -> pl.DataFrame:
    """Of each organisation its area and the term that runs, whose end a seat takes where none is given."""
    query = """select o.id, o.place_area, t.id, t.until from unnest(%s::bigint[]) n(id) join elements_organisation o on o.id = n.id left join lateral (
select t.id, t.until from elements_term t
where t.organisation_id = o.id and t.since <= %s and (t.until is null or t.until > %s) order by t.since desc, t.id desc limit 1) t on true"""
    return fetched(query, [list(numbers), clock.today(), clock.today()], {"unit": WHOLE, "area": WHOLE, "term_id": WHOLE, "term_until": TEXT})
