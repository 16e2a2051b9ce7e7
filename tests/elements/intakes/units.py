# SPDX-License-Identifier: MulanPSL-2.0
"""Lines of organisations and facilities as people bring them, and the steps a file takes."""

import io
import json
from collections.abc import Sequence
from typing import Any

import openpyxl

from linli.core.fields import Received
from linli.core.sight import looking, of_all, of_post
from linli.elements.intakes import working
from linli.elements.intakes.returning import MARK, workbook
from linli.elements.models import Intake, IntakeRow
from linli.elements.registers.checks.credit_codes import check_sign, inner_sign
from tests.cast import Cast
from tests.elements.intakes.tables import bring, excel_of, look

ORGANISATIONS = ("组织名称", "组织类别", "统一社会信用代码", "法人类型", "登记备案情况", "成立时间", "社区", "网格", "地址", "联系电话")
SHELTERS = ("场所名称", "避难场所类型", "有效避难面积", "出入口数", "距次生火灾危险源", "有无障碍区域", "启用时间", "社区", "网格", "地址")


def code(serial: int = 1, head: str = "52") -> str:
    """A right credit code of nobody: of a division that no place bears."""
    inner = f"MJ{serial:06d}"
    first = f"{head}999999{inner}{inner_sign(inner)}"
    return first + check_sign(first)


def organisation(name: str, **more: Any) -> dict[str, Any]:
    """A line of a social organisation of 槐安社区."""
    return {"组织名称": name, "组织类别": "社区社会组织", "登记备案情况": "街道备案", "社区": "槐安社区"} | more


def shelter(name: str, **more: Any) -> dict[str, Any]:
    """A line of a shelter of 槐安社区."""
    return {"场所名称": name, "避难场所类型": "紧急避难场所", "社区": "槐安社区"} | more


def brought(cast: Cast, sheet: str, lines: Sequence[dict[str, Any]], headings: Sequence[str], **more: Any) -> Intake:
    """A file brought and checked; headings that nothing is known of are left out."""
    found = bring(cast, excel_of(lines, headings), sheet=sheet, **more)
    return matched(cast, found, **more) if found.state == "mapping" else found


def matched(cast: Cast, found: Intake, by: str = "director", **_more: Any) -> Intake:
    """The columns as they were recognised."""
    cast.do("intake.map", by, intake=found.pk, columns=json.dumps({heading: column for heading, column in found.mapping.items() if column}))
    working.work(found.pk)
    return look(cast, found.pk, by)


def counts(found: Intake, *names: str) -> list[int]:
    """Some counts of an intake, by default what is added, changed, left, given back and asked."""
    return [found.counts.get(name, 0) for name in names or ("add", "change", "same", "bad", "ask")]


def marked(cast: Cast, found: Intake) -> list[tuple[list[str], str]]:
    """Of each line that goes back: the headings of the marked cells, and the sentence beside."""
    with looking(of_post(cast.director), read_only=True):
        page = openpyxl.load_workbook(io.BytesIO(workbook(found))).active
    rows = list(page.iter_rows())
    headings = [cell.value for cell in rows[0]]
    return [([headings[at] for at, cell in enumerate(row) if cell.fill.start_color.rgb == MARK.start_color.rgb], str(row[-1].value)) for row in rows[1:]]


def codes(found: Intake) -> dict[int, list[str]]:
    """The codes of the faults by line."""
    with looking(of_all(), read_only=True):
        return {line: list(faults.values()) for line, faults in IntakeRow.objects.filter(intake=found, verdict="bad").values_list("line", "faults")}


def mended(cast: Cast, found: Intake, mendings: Sequence[dict[str, Any]]) -> Received:
    """The workbook that came back, each line mended in its cells."""
    with looking(of_post(cast.director), read_only=True):
        book = openpyxl.load_workbook(io.BytesIO(workbook(found)))
    page = book.active
    headings = [cell.value for cell in page[1]]
    for at, mending in enumerate(mendings, start=2):
        for heading, value in mending.items():
            page.cell(row=at, column=headings.index(heading) + 1).value = value
    out = io.BytesIO()
    book.save(out)
    return Received("退回.xlsx", out.getvalue())
