# SPDX-License-Identifier: MulanPSL-2.0
"""Which way a sheet takes: records of one register a line each, or people with their households and dwellings, which belong together."""

import polars as pl

from linli.core.faults import NotAble
from linli.core.sight import Actor
from linli.elements.intakes import columns, planning, recorded, seated, singles, taking
from linli.elements.intakes.planning import Plan
from linli.elements.intakes.staging import Staged
from linli.elements.intakes.taking import Before
from linli.elements.registers.declaring import Sheet, register_named, registers


def may_bring(actor: Actor, sheet: Sheet) -> bool:
    """Whether a post may bring this sheet beside bringing files at all: records of one register by whoever keeps that register."""
    if sheet.name == seated.SEATS:
        return actor.may(register_named("organisation").keeps)
    return sheet.sole is None or actor.may(sheet.sole.keeps)


def subjects_of(actor: Actor) -> set[str]:
    """The tables about whose records a post may answer who is who: people, and those whose register it keeps."""
    return {"person"} | {one.subject for one in registers() if one.subject in recorded.MODELS and actor.may(one.keeps)}


def refuse_unable(actor: Actor, name: str) -> None:
    """NotAble for a post that does not keep the register of a sheet."""
    if not may_bring(actor, columns.sheet_named(name)):
        raise NotAble


def plan(name: str, rows: pl.DataFrame, brought: list[str]) -> Plan:
    """The plan for the lines of whole communities, under the sight in force. `brought` are the columns of the file."""
    if name == seated.SEATS:
        return seated.plan(rows)
    register = columns.sheet_named(name).sole
    return planning.plan(name, rows, brought) if register is None else singles.plan(register, rows, brought)


def carry_out(made: Plan) -> tuple[Staged, Before]:
    """Write a plan; answers what was staged and what the changed records were before."""
    if made.register == seated.SEATS:
        return seated.carry_out(made)
    return recorded.carry_out(made) if made.register else taking.carry_out(made)
