# SPDX-License-Identifier: MulanPSL-2.0
"""Tables as people bring them: headings, lines, people with right numbers (whose division does not exist), written as CSV or Excel."""

import io
from collections.abc import Sequence
from typing import Any

import openpyxl

from linli.core.fields import Received
from linli.core.sight import looking, of_post
from linli.elements.intakes import working
from linli.elements.models import Intake
from linli.elements.registers.checks.person_numbers import check_sign
from tests.cast import COMMUNITY, Cast

HEADINGS = ("姓名", "性别", "出生日期", "身份证号", "联系电话", "民族", "与户主关系", "人户情况", "户号", "小区", "楼号", "门", "室", "工作单位")
NOWHERE = "999999"
"""A division head that no place bears: a right number that nobody can have."""


def number(born: str = "19900307", serial: int = 1) -> str:
    """A right number of nobody; odd serials are men's."""
    first = f"{NOWHERE}{born}{serial:03d}"
    return first + check_sign(first)


def person(name: str, serial: int = 1, **more: Any) -> dict[str, Any]:
    """A line of somebody who heads a household in 幸福里 1 号楼 1 门 101."""
    given = {"姓名": name, "身份证号": number(serial=serial), "联系电话": f"138{serial:08d}", "民族": "汉族", "与户主关系": "户主", "人户情况": "人户一致",
             "小区": "幸福里", "楼号": "1", "门": "1", "室": "101"}
    return given | more


def csv_of(lines: Sequence[dict[str, Any]], headings: Sequence[str] = HEADINGS, coding: str = "utf-8") -> Received:
    """The lines as a CSV file."""
    rows = [",".join(headings), *(",".join(str(line.get(name) or "") for name in headings) for line in lines)]
    return Received("居民.csv", "\n".join(rows).encode(coding))


def excel_of(lines: Sequence[dict[str, Any]], headings: Sequence[str] = HEADINGS, title: str = "") -> Received:
    """The lines as an Excel file, with a title above the headings if wanted."""
    book = openpyxl.Workbook()
    sheet = book.active
    if title:
        sheet.append([title])
    sheet.append(list(headings))
    for line in lines:
        sheet.append([line.get(name) for name in headings])
    out = io.BytesIO()
    book.save(out)
    return Received("居民.xlsx", out.getvalue())


def bring(cast: Cast, file: Received, by: str = "director", area: int = COMMUNITY, sheet: str = "residents") -> Intake:
    """The file brought and checked, if its columns are known."""
    made = cast.do("intake.receive", by, sheet=sheet, area=area, file=file)
    working.work(made["intake"])
    return look(cast, made["intake"], by)


def take(cast: Cast, intake: Intake, by: str = "director") -> Intake:
    """What was checked, taken in."""
    cast.do("intake.take", by, intake=intake.pk)
    working.work(intake.pk)
    return look(cast, intake.pk, by)


def undo(cast: Cast, intake: Intake, by: str = "director") -> Intake:
    """What was taken, undone."""
    cast.do("intake.undo", by, intake=intake.pk)
    working.work(intake.pk)
    return look(cast, intake.pk, by)


def look(cast: Cast, number: int, by: str = "director") -> Intake:
    """The intake as it is now."""
    actor = cast.actors[by]
    with looking(of_post(actor), read_only=True):
        found: Intake = Intake.objects.visible_to(actor).get(pk=number)
        return found
