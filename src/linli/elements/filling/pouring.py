# SPDX-License-Identifier: MulanPSL-2.0
"""Rows put under the header of a form: the same workbook, its styles, widths and merges kept, its foot moved down as far as the rows need."""

import re
from collections.abc import Iterable, Sequence
from copy import copy
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from openpyxl.cell import MergedCell
from openpyxl.utils import column_index_from_string, get_column_letter
from openpyxl.worksheet.cell_range import CellRange, MultiCellRange

from linli.elements.filling.headers import Layout
from linli.elements.filling.workbooks import MOST_CELLS, SUMS, cells_of, put

DAY_FORMAT = "yyyy-mm-dd"
TEXT_FORMAT = "@"
TOTAL = re.compile(r"^(合计|总计|小计|total)$", re.IGNORECASE)
PERSONAL = re.compile(r"(?<!\d)(?:\d{17}[\dXx]|1[3-9]\d{9})(?!\d)")
UNIT = re.compile(r"((?:填报|填表|制表|上报|统计)单位(?:[（(](?:盖章|公章)[)）])?[:：])[\s_＿]*$|((?:填报|填表|制表|上报|统计)单位(?:[（(](?:盖章|公章)[)）])?[:：])[\s_＿]{2,}")
DAY = re.compile(r"((?:填报|填表|制表|上报|统计|截止)(?:日期|时间)[:：])[\s_＿]*(?:年[\s_＿]*月[\s_＿]*日)?")
FILLER = re.compile(r"((?:填报|填表|制表)人(?:[（(]签[字名][)）])?[:：])[\s_＿]*$|((?:填报|填表|制表)人(?:[（(]签[字名][)）])?[:：])[\s_＿]{2,}")


@dataclass(frozen=True)
class Labels:
    """What is written behind 填报单位：, 填报日期： and 填表人： above and below the table."""

    unit: str
    day: date
    filler: str


def emptied(book: Any, layout: Layout) -> list[str]:
    """Take out everything that stood in the rows, and numbers of people wherever they stand; answers the cells outside the rows that were emptied."""
    removed = []
    for sheet in book.worksheets:
        for cell in cells_of(sheet):
            inside = sheet.title == layout.sheet and layout.first <= cell.row < layout.end
            if inside:
                cell.value, cell.comment = None, None
            elif cell.value is not None and PERSONAL.search(str(cell.value)):
                removed.append(f"{sheet.title}!{cell.coordinate}"[:60])
                cell.value = None
            if cell.comment is not None and PERSONAL.search(str(cell.comment.text)):
                cell.comment = None
    return removed


def pour(book: Any, layout: Layout, rows: Iterable[Sequence[Any]], labels: Labels, summed: Sequence[bool]) -> int:
    """Write the rows; answers how many there are. `summed` says which columns hold counts that add up."""
    sheet = book[layout.sheet]
    cells = list(rows)
    given = layout.end - layout.first
    shift = max(len(cells) - given, 0)
    _write_labels(sheet, layout, labels)
    pattern = _pattern(sheet, layout)
    if shift:
        _move_foot(sheet, layout, shift)
    for place, row in enumerate(cells):
        _write(sheet, layout, layout.first + place, row, pattern)
    _sum_up(sheet, replace(layout, end=layout.end + shift), cells, summed)
    return len(cells)


@dataclass(frozen=True)
class _Pattern:
    """How a row looks: the style of each column, its height, and the merges that lie within it."""

    styles: dict[int, Any]
    height: float | None
    merges: tuple[tuple[int, int], ...]


def _pattern(sheet: Any, layout: Layout) -> _Pattern:
    width = max(sheet.max_column, layout.headings[-1].column) if sheet.max_column <= 400 else layout.headings[-1].column
    row = layout.first if layout.first < layout.end else layout.bottom
    styles = {column: copy(sheet._cells[row, column]._style) for column in range(1, width + 1) if (row, column) in sheet._cells}
    merges = tuple((one.min_col, one.max_col) for one in sheet.merged_cells.ranges if one.min_row == one.max_row == layout.first)
    for one in [one for one in sheet.merged_cells.ranges if layout.first <= one.min_row < layout.end]:
        sheet.unmerge_cells(str(one))
    for row_number in range(layout.first, layout.end) if merges else ():
        for low, high in merges:
            sheet.merge_cells(start_row=row_number, end_row=row_number, start_column=low, end_column=high)
    return _Pattern(styles, sheet.row_dimensions[layout.first].height if layout.first in sheet.row_dimensions else None, merges)


def _move_foot(sheet: Any, layout: Layout, shift: int) -> None:
    """The lines from the foot on, further down: cells with their looks, heights, merges, and the ranges that name them."""
    merges = [CellRange(str(one)) for one in sheet.merged_cells.ranges if one.min_row >= layout.end]
    for one in merges:
        sheet.unmerge_cells(one.coord)
    heights = {row: held.height for row, held in sheet.row_dimensions.items() if row >= layout.end and held.height is not None}
    moved = sorted(((row, column) for row, column in sheet._cells if row >= layout.end), reverse=True)
    for row, column in moved:
        cell = sheet._cells.pop((row, column))
        cell.row = row + shift
        sheet._cells[row + shift, column] = cell
    for row in heights:
        sheet.row_dimensions[row].height = None
    for row, height in heights.items():
        sheet.row_dimensions[row + shift].height = height
    for one in merges:
        one.shift(row_shift=shift)
        sheet.merge_cells(one.coord)
    _stretch(sheet, layout, shift)


def _stretch(sheet: Any, layout: Layout, shift: int) -> None:
    """Lists to choose from and printing reach as far as the rows do."""
    for one in sheet.data_validations.dataValidation:
        spans = [CellRange(held.coord) for held in one.sqref.ranges]
        for held in spans:
            if held.min_row < layout.end <= held.max_row + 1 < MOST_CELLS:
                held.expand(down=shift)
        one.sqref = MultiCellRange(" ".join(held.coord for held in spans))
    area = str(sheet.print_area or "")
    found = re.fullmatch(r"(?:.*!)?\$?([A-Z]+)\$?(\d+):\$?([A-Z]+)\$?(\d+)", area)
    if found and int(found.group(4)) >= layout.end - 1:
        sheet.print_area = f"{found.group(1)}{found.group(2)}:{found.group(3)}{int(found.group(4)) + shift}"


def _write(sheet: Any, layout: Layout, number: int, row: Sequence[Any], pattern: _Pattern) -> None:
    if number >= layout.end:
        for column, style in pattern.styles.items():
            sheet.cell(row=number, column=column)._style = copy(style)
        if pattern.height is not None:
            sheet.row_dimensions[number].height = pattern.height
        for low, high in pattern.merges:
            sheet.merge_cells(start_row=number, end_row=number, start_column=low, end_column=high)
    for heading, value in zip(layout.headings, row, strict=True):
        cell = sheet.cell(row=number, column=heading.column)
        if isinstance(cell, MergedCell) or value in ("", None):
            continue
        put(cell, value)
        if isinstance(value, date):
            cell.number_format = cell.number_format if cell.is_date and cell.number_format != "General" else DAY_FORMAT
        elif isinstance(value, str):
            cell.number_format = TEXT_FORMAT


def _write_labels(sheet: Any, layout: Layout, labels: Labels) -> None:
    """填报单位：, 填报日期： and 填表人： with nothing behind them get what belongs there; what somebody wrote stays."""
    day = f"{labels.day.year}年{labels.day.month}月{labels.day.day}日"
    for cell in cells_of(sheet):
        if layout.top <= cell.row < layout.end or not isinstance(cell.value, str) or cell.data_type == "f":
            continue
        said = UNIT.sub(lambda found: f"{found.group(1) or found.group(2)}{labels.unit}　", cell.value)
        said = DAY.sub(lambda found: f"{found.group(1)}{day}　", said)
        said = FILLER.sub(lambda found: f"{found.group(1) or found.group(2)}{labels.filler}　", said)
        if said != cell.value:
            put(cell, said.rstrip())


def _sum_up(sheet: Any, layout: Layout, rows: Sequence[Sequence[Any]], summed: Sequence[bool]) -> None:
    """The foot's sums: formulas reach over all rows; a line 合计 gets the sums of counts where its cells are empty."""
    for cell in [one for one in cells_of(sheet) if one.row >= layout.end]:
        found = SUMS.match(cell.value) if cell.data_type == "f" and isinstance(cell.value, str) else None
        if found and found.group(2).upper() == found.group(4).upper():
            letter = get_column_letter(column_index_from_string(found.group(2).upper()))
            cell.value = f"={found.group(1).upper()}({letter}{layout.first}:{letter}{max(layout.end - 1, layout.first)})"
    first = next((one for one in sorted(cells_of(sheet), key=lambda one: one.column) if one.row == layout.end and one.value is not None), None)
    if first is None or not TOTAL.match("".join(str(first.value).split())):
        return
    for place, heading in enumerate(layout.headings):
        cell = sheet.cell(row=layout.end, column=heading.column)
        if summed[place] and not isinstance(cell, MergedCell) and cell.value is None and heading.column > first.column:
            cell.value = sum(row[place] for row in rows)
