# SPDX-License-Identifier: MulanPSL-2.0
"""Forms as offices send them, made for tests: titles, merged headers over two lines, numbered columns, sums and signatures."""

import io
import json
import zipfile
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import openpyxl
from openpyxl.styles import Border, Font, PatternFill, Side

from linli.core import clock
from linli.core.actions import run
from linli.core.fields import Received
from linli.core.sight import looking, of_all
from linli.elements.filling import working
from linli.elements.models import Filling, TemplateVersion
from tests.cast import Cast

THIN = Border(*(Side(style="thin"),) * 4)
ELDERS = ("序号", "姓名", "性别", "年龄", "身份证号码", "现住址", "联系电话", "政治面貌", "是否领取高龄津贴", "备注")


def content_of(book: Any) -> bytes:
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def elders(rows: int = 3, headings: Sequence[str] = ELDERS) -> Any:
    """A list of residents: a merged title, a line of unit and day, bordered empty rows, a foot with signatures."""
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "花名册"
    sheet["A1"] = "60岁以上老年人花名册"
    sheet["A1"].font = Font(size=20, bold=True, name="宋体")
    sheet.merge_cells(start_row=1, end_row=1, start_column=1, end_column=len(headings))
    sheet["A2"] = "填报单位：            填报日期：    年  月  日"
    sheet.merge_cells(start_row=2, end_row=2, start_column=1, end_column=len(headings))
    for place, text in enumerate(headings, start=1):
        cell = sheet.cell(row=3, column=place, value=text)
        cell.fill, cell.border = PatternFill("solid", start_color="FFDDEBF7"), THIN
        for row in range(4, 4 + rows):
            sheet.cell(row=row, column=place).border = THIN
    for row in range(4, 4 + rows):
        sheet.row_dimensions[row].height = 24
    sheet.column_dimensions["F"].width = 42
    foot = 4 + rows
    sheet.cell(row=foot, column=1, value="填表人：")
    sheet.cell(row=foot, column=6, value="审核人：王主任")
    sheet.merge_cells(start_row=foot, end_row=foot, start_column=1, end_column=3)
    sheet.row_dimensions[foot].height = 31
    return book


def summary() -> Any:
    """A table of counts: two lines of header with a merged group, a line that numbers the columns, a line of sums with one formula."""
    book = openpyxl.Workbook()
    sheet = book.active
    sheet["A1"] = "人口情况汇总表"
    sheet.merge_cells("A1:E1")
    for place, text in (("A2", "社区"), ("B2", "户数"), ("C2", "人口"), ("C3", "人口数"), ("D3", "60岁以上"), ("E3", "党员数")):
        sheet[place] = text
    for span in ("A2:A3", "B2:B3", "C2:E2"):
        sheet.merge_cells(span)
    for place, text in enumerate(("甲", "1", "2", "3", "4"), start=1):
        sheet.cell(row=4, column=place, value=text)
    sheet["A6"] = "合计"
    sheet["B6"] = "=SUM(B5:B5)"
    return book


def bring(cast: Cast, book: Any, by: str = "director", name: str = "老年人花名册") -> int:
    """The form's number."""
    return int(run("template.bring", cast.actors[by], {"name": name, "file": Received("表.xlsx", book if isinstance(book, bytes) else content_of(book))})["template"])


def newest(template: int) -> TemplateVersion:
    return TemplateVersion.objects.filter(template=template).order_by("-number")[0]


def match(cast: Cast, template: int, by: str = "director", changed: Mapping[int, Mapping[str, str]] | None = None, **more: Any) -> TemplateVersion:
    """Confirm what was proposed, with some columns changed by their place."""
    issue = newest(template)
    columns = [{"takes": one["takes"], "fixed": one["fixed"]} | dict((changed or {}).get(place, {})) for place, one in enumerate(issue.columns)]
    run("template.match", cast.actors[by], {"template": template, "issue": issue.number, "name": issue.template.name, "source": issue.source,
                                            "columns": json.dumps(columns)} | more)
    return newest(template)


def fill(cast: Cast, template: int, area: int, by: str = "director", **more: Any) -> Filling:
    """A filling, done."""
    asked = run("template.fill", cast.actors[by], {"template": template, "area": area, "day": clock.today().isoformat()} | more)
    working.work(int(asked["filling"]))
    return filled(asked["filling"])


def filled(number: int) -> Filling:
    with looking(of_all(), read_only=True):
        found: Filling = Filling.objects.select_related("version").get(pk=number)
        return found


def sheet_of(found: Filling) -> Any:
    """The sheet that was filled."""
    assert found.state == "done", found.trouble
    return openpyxl.load_workbook(io.BytesIO(working.content_of(found))).worksheets[0]


def lines(sheet: Any, first: int, last: int) -> list[list[Any]]:
    return [[cell.value for cell in row] for row in sheet.iter_rows(min_row=first, max_row=last)]


def with_parts(content: bytes, change: Callable[[str, bytes], bytes | None], **added: bytes) -> bytes:
    """The workbook with parts changed, left out (None) or added; names of added parts have their slashes doubled underscores."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            text = change(name, old.read(name))
            if text is not None:
                new.writestr(name, text)
        for name, text in added.items():
            new.writestr(name.replace("__", "/").replace("_DOT_", "."), text)
    return out.getvalue()
