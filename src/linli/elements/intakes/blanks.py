# SPDX-License-Identifier: MulanPSL-2.0
"""An empty workbook of a sheet: its headings, what each asks for, and lists to choose from."""

import io

from openpyxl import Workbook
from openpyxl.comments import Comment
from openpyxl.styles import Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation

from linli.elements.registers.declaring import Sheet

ROWS = 2_000
"""Lines that are made ready: cells as text, so that Excel leaves long numbers as they are."""
LONGEST_LIST = 255
WIDTH = 16
NEEDED = PatternFill("solid", start_color="FFFFF2CC")


def workbook(sheet: Sheet) -> bytes:
    """The workbook; needed headings are marked, cells are text."""
    book = Workbook()
    page = book.active
    assert page is not None
    page.title = str(sheet.words)[:31]
    page.freeze_panes = "A2"
    for place, (owner, one) in enumerate(sheet.every(), start=1):
        letter = get_column_letter(place)
        cell = page.cell(row=1, column=place, value=str(one.label))
        cell.font = Font(bold=True)
        if (owner, one.name) in sheet.needed:
            cell.fill = NEEDED
        if one.help:
            cell.comment = Comment(str(one.help), "Linli")
        page.column_dimensions[letter].width = WIDTH
        page.column_dimensions[letter].number_format = "@"
        choices = ",".join(str(label) for _, label in one.options())
        if choices and len(choices) <= LONGEST_LIST:
            lists = DataValidation(type="list", formula1=f'"{choices}"', allow_blank=True, showErrorMessage=False)
            lists.add(f"{letter}2:{letter}{ROWS}")
            page.add_data_validation(lists)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()
