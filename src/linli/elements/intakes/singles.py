# SPDX-License-Identifier: MulanPSL-2.0
"""Sheets of one register, a record each line: cleaned, compared and planned from the register's declaration alone, whatever the register holds."""

from collections.abc import Mapping, Sequence
from typing import Any

import polars as pl

from linli.core import clock, registry
from linli.core.words import words
from linli.elements.intakes import changes, cleaning, likenesses, sites
from linli.elements.intakes.cleaning import Faults
from linli.elements.intakes.columns import key
from linli.elements.intakes.ground import TEXT, WHOLE, fetched
from linli.elements.intakes.likenesses import ADDRESS, CODE, KIND, NAME, SPELLED
from linli.elements.intakes.planning import ADD, ASK, BAD, CHANGE, LEFT, Plan
from linli.elements.intakes.reading import LINE
from linli.elements.intakes.sites import AREA, COMMUNITY
from linli.elements.intakes.structure import TWICE
from linli.elements.models import Intake, Organisation
from linli.elements.models.guarding import KINDS
from linli.elements.registers.declaring import Register, Sheet

COMPARED = (KIND, NAME, CODE, ADDRESS, SPELLED)
CODE_TWICE = words("同一个代码在第 {line} 行写的是另一个单位，请核对。", "The same code stands in line {line} under another name.")
ONE_RECORD = words("和第 {line} 行指的是同一条已登记的记录，请只留一行。", "Line {line} means the same recorded one. Leave one of them.")
CODE_ELSEWHERE = words("这个代码已登记在您范围内的另一处，请先核对；迁址的请在那条记录上办理。",
                       "This code is recorded elsewhere within your area. Check it first; a move is entered on that record.")
BY_FORM = words("“{kind}”只在页面上登记，不能用表格导入。", "A {kind} is entered by its page only, not by a table.")
WITHIN = "nullif(current_setting('linli.lo', true), '')::bigint and t.{area} < nullif(current_setting('linli.hi', true), '')::bigint"


def guarded_kinds() -> dict[str, Any]:
    """The kinds of organisation that only some posts may see: they never come by file (domain/boundaries.md, Persons)."""
    return {one.name: one.words for one in registry.everything(KINDS) if one.ability is not None}


def cleaned(intake: Intake, sheet: Sheet, raw: pl.DataFrame, faults: Faults) -> pl.DataFrame:
    """The lines in their written form with community and area, what is compared beside, `is_bad` where something is wrong with a line or between lines."""
    register = sheet.sole
    assert register is not None
    frame = sites.located(cleaning.clean(sheet, raw, intake.mapping, intake.headings, faults), intake.area, faults)
    cleaning.require(sheet, frame, faults)
    cleaning.judge(sheet, frame, faults)
    frame = _compared(register, frame)
    _refuse_guarded(register, frame, faults)
    _compare_lines(register, frame.filter(pl.col(COMMUNITY).is_not_null() & pl.col(NAME).is_not_null()), faults)
    return frame.with_columns(pl.col(LINE).is_in(faults.lines()).alias("is_bad"))


def _compared(register: Register, frame: pl.DataFrame) -> pl.DataFrame:
    """The frame with what tells one record from another under one name for every register."""
    def cell(name: str) -> pl.Expr:
        column = key(register.name, name)
        return pl.col(column) if name and column in frame.columns else pl.lit(None, dtype=pl.String)

    kind = pl.lit(register.kind_of) if register.kind_of else cell("kind")
    frame = frame.with_columns(kind.alias(KIND), cell("name").alias(NAME), cell(register.known_by).alias(CODE), cell("address").alias(ADDRESS))
    return frame.with_columns(likenesses.spelled(frame[NAME]).alias(SPELLED), likenesses.spelled(frame[ADDRESS]).alias(ADDRESS))


def _refuse_guarded(register: Register, frame: pl.DataFrame, faults: Faults) -> None:
    if register.model is Organisation and not register.kind_of:
        for name, label in guarded_kinds().items():
            faults.add(frame.filter(pl.col(KIND) == name)[LINE].to_list(), key(register.name, "kind"), "by_form", BY_FORM.format(kind=label))


def _compare_lines(register: Register, frame: pl.DataFrame, faults: Faults) -> None:
    """One code under two names; a record that stands in two lines: the same code, or the same kind and name in one community without two codes or two addresses."""
    for _, group in _doubles(frame, [CODE], CODE):
        column, rows = key(register.name, register.known_by), group.select(LINE, SPELLED, COMMUNITY).rows()
        for line, name, community in rows:
            if other := next((at for at, there, _ in rows if there != name), None):
                faults.add([line], column, "two_names", CODE_TWICE.format(line=other))
            elif rows[0][0] != line and rows[0][2] != community:
                faults.add([line], column, "twice", TWICE.format(line=rows[0][0]))
    for _, group in _doubles(frame, [COMMUNITY, KIND, SPELLED], SPELLED):
        seen: list[tuple[int, str | None, str | None]] = []
        for line, code, address in group.select(LINE, CODE, ADDRESS).rows():
            same = next((at for at, had_code, had_address in seen if not (_differ(code, had_code) or _differ(address, had_address))), None)
            if same is not None:
                faults.add([line], key(register.name, "name"), "twice", TWICE.format(line=same))
            seen.append((line, code, address))


def _doubles(frame: pl.DataFrame, by: list[str], needed: str) -> Any:
    return frame.filter(pl.col(needed).is_not_null() & (pl.len().over(by) > 1)).group_by(by, maintain_order=True)


def _differ(one: str | None, other: str | None) -> bool:
    return one is not None and other is not None and one != other


def plan(register: Register, rows: pl.DataFrame, columns: Sequence[str]) -> Plan:
    """What the lines of whole communities would do to the register, under the sight in force."""
    made = Plan(rows, register=register.name)
    good = rows.filter(~pl.col("is_bad"))
    found, questions = likenesses.matched(register.name, good.select(LINE, COMMUNITY, *COMPARED), known_in(register, rows[COMMUNITY].to_list()))
    _refuse_elsewhere(register, found, rows[COMMUNITY].to_list(), made.faults)
    _refuse_one_record(register, found, made.faults)
    bad = made.faults.lines()
    rows = rows.join(found.select(LINE, pl.col("other").alias(register.name)), on=LINE, how="left", maintain_order="left").with_columns(
        (pl.col("is_bad") | pl.col(LINE).is_in(bad)).alias("is_bad"), pl.col(LINE).is_in(questions[LINE].implode()).alias("is_asked"))
    made.rows = rows
    going = rows.filter(~pl.col("is_bad") & ~pl.col("is_asked"))
    made.questions = questions.join(rows.filter(~pl.col("is_bad")).select(LINE, AREA), on=LINE, how="inner")
    made.new[register.subject] = going.filter(pl.col(register.name).is_null())
    made.changed[register.subject] = changes.of_records(register, going.filter(pl.col(register.name).is_not_null()), columns)
    made.verdicts = _verdicts(register, made)
    return made


def known_in(register: Register, communities: Sequence[int]) -> pl.DataFrame:
    """The records that stand in some communities, as they are compared with lines; kinds that never come by file are left out."""
    area, code, address = _places(register)
    query = f"""select t.id, c.c, t.kind, t.name, nullif({code}, ''), nullif({address}, '') from unnest(%s::bigint[]) c(c)
join {register.model._meta.db_table} t on t.{area} >= c.c and t.{area} < c.c + 1000
where (t.valid_to is null or t.valid_to > %s) and (t.kind = %s or (%s = '' and not t.kind = any(%s))) order by t.id"""
    names = [KIND, NAME, CODE, ADDRESS]
    found = fetched(query, [sorted(set(communities)), clock.today(), register.kind_of, register.kind_of, list(guarded_kinds())],
                    {"other": WHOLE, COMMUNITY: WHOLE} | {f"{name}_there": TEXT for name in names})
    return found.with_columns(likenesses.spelled(found[f"{NAME}_there"]).alias(f"{SPELLED}_there"), likenesses.spelled(found[f"{ADDRESS}_there"]).alias(f"{ADDRESS}_there"))


def _places(register: Register) -> tuple[str, str, str]:
    """The SQL of area, code and address of a register's table."""
    area = str(register.model._meta.get_field("area").column)  # type: ignore[union-attr]
    where: Mapping[str, str] = {one.name: f"t.{one.name}" if one.kept == "column" else f"t.fields ->> '{one.name}'" for one in register.columns}
    return area, where.get(register.known_by, "null::text"), where.get("address", "null::text")


def _refuse_elsewhere(register: Register, found: pl.DataFrame, communities: Sequence[int], faults: Faults) -> None:
    """A code that a record of another place within the sight bears already."""
    codes = found.filter(pl.col("other").is_null() & pl.col(CODE).is_not_null())[CODE].to_list()
    if not (codes and register.known_by):
        return
    area, code, _ = _places(register)
    query = f"""select distinct {code} from {register.model._meta.db_table} t where {code} = any(%s) and (t.valid_to is null or t.valid_to > %s)
and not (t.{area} - t.{area} %% 1000 = any(%s)) and t.{area} >= {WITHIN.format(area=area)}"""
    far = fetched(query, [codes, clock.today(), sorted(set(communities))], {CODE: TEXT})[CODE].to_list()
    faults.add(found.filter(pl.col(CODE).is_in(far))[LINE].to_list(), key(register.name, register.known_by), "elsewhere", CODE_ELSEWHERE)


def _refuse_one_record(register: Register, found: pl.DataFrame, faults: Faults) -> None:
    """Two lines that mean one record: the first stays."""
    met = found.filter(pl.col("other").is_not_null()).sort(LINE).with_columns(pl.col(LINE).first().over("other").alias("first"))
    for line, first in met.filter(pl.col(LINE) != pl.col("first")).select(LINE, "first").iter_rows():
        faults.add([line], key(register.name, "name"), "twice", ONE_RECORD.format(line=first))


def _verdicts(register: Register, made: Plan) -> pl.DataFrame:
    changed = made.changed[register.subject].select(pl.col("id").alias(register.name), "changed")
    verdict = pl.when(pl.col("is_bad")).then(pl.lit(BAD)).when(pl.col("is_asked")).then(pl.lit(ASK)).when(pl.col(register.name).is_null()).then(pl.lit(ADD)).when(
        pl.col("changed").is_not_null()).then(pl.lit(CHANGE)).otherwise(pl.lit(LEFT))
    rows = made.rows.join(changed, on=register.name, how="left", maintain_order="left")
    return rows.select(LINE, verdict.alias("verdict"), pl.col(register.name).alias("record"), "changed")
