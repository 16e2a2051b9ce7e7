# SPDX-License-Identifier: MulanPSL-2.0
"""Where a form has its header, its rows and its foot: titles above, headings over several lines, merged cells, sums and signatures below are usual."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from openpyxl.utils import get_column_letter

from linli.core.words import words
from linli.elements.filling.workbooks import LOOKED_COLUMNS, LOOKED_ROWS, Refused, cells_of
from linli.elements.intakes.columns import simple

SEARCHED = 40
DEEPEST = 4
"""Lines that one header may have (our choice)."""
MOST_HEADING = 80
MOST_PATH = 160
FOOT = re.compile(r"^(合计|总计|小计|备注[:：]|说明|注[:：]|填表人|填报人|填表单位|填报单位|审核|审批|负责人|制表|经办人|联系人|联系电话[:：]|日期|盖章|单位（?盖章"
                  r"|total|note|signed)", re.IGNORECASE)
COUNTING = re.compile(r"^(\d{1,2}|[甲乙丙丁戊己庚辛]|[A-Z]|[（(]\d{1,2}[)）])$")
NO_HEADER = words("没有找到表头：请确认表里有一行列名（例如 姓名、住址），列名在前 {rows} 行之内，至少两列。",
                  "No header was found: a sheet needs a line of headings (such as name, address) within its first {rows} lines, two columns at least.").format(rows=SEARCHED)


@dataclass(frozen=True)
class Heading:
    """One column of a form: its number in the sheet, how its heading reads from top to bottom, and the last part of that."""

    column: int
    path: str
    own: str

    @property
    def letter(self) -> str:
        """A, B ... as Excel names the column."""
        return str(get_column_letter(self.column))


@dataclass(frozen=True)
class Layout:
    """A form in lines of its sheet (the first is 1): header from `top` to `bottom`, rows from `first` up to `end`, which belongs to the foot."""

    sheet: str
    top: int
    bottom: int
    first: int
    end: int
    headings: tuple[Heading, ...]

    def as_json(self) -> dict[str, Any]:
        """As it is kept."""
        return asdict(self)


def layout_of(kept: Mapping[str, Any]) -> Layout:
    """What was kept, as a layout again."""
    return Layout(**{name: value for name, value in kept.items() if name != "headings"}, headings=tuple(Heading(**one) for one in kept["headings"]))


class _Grid:
    """The texts of a sheet with merged cells spread over what they cover, and the merges themselves."""

    def __init__(self, sheet: Any) -> None:
        self.rows: int = min(sheet.max_row, LOOKED_ROWS)
        self.columns: int = min(sheet.max_column, LOOKED_COLUMNS)
        self.text: dict[tuple[int, int], str] = {}
        for cell in cells_of(sheet):
            said = " ".join(str(cell.value).split())[:MOST_HEADING] if cell.value is not None else ""
            if said and cell.row <= self.rows and cell.column <= self.columns:
                self.text[cell.row, cell.column] = said
        self.merges = [one for one in sheet.merged_cells.ranges if one.min_row <= LOOKED_ROWS and one.min_col <= LOOKED_COLUMNS]
        for one in self.merges:
            said = self.text.get((one.min_row, one.min_col), "")
            for row in range(one.min_row, min(one.max_row, self.rows) + 1) if said else ():
                for column in range(one.min_col, min(one.max_col, self.columns) + 1):
                    self.text[row, column] = said

    def line(self, row: int) -> list[str]:
        return [self.text.get((row, column), "") for column in range(1, self.columns + 1)]

    def distinct(self, row: int) -> list[str]:
        return list(dict.fromkeys(one for one in self.line(row) if one))

    def merge_at(self, row: int, column: int) -> Any:
        return next((one for one in self.merges if one.min_row <= row <= one.max_row and one.min_col <= column <= one.max_col), None)

    def groups(self, row: int) -> list[Any]:
        """Merges of a line that stand over some of its columns, not over all."""
        width = max((column for (at, column) in self.text if at == row), default=0)
        return [one for one in self.merges if one.min_row <= row <= one.max_row and one.max_col > one.min_col and one.max_col - one.min_col + 1 < width]


def find(book: Any, is_known: Callable[[str], bool]) -> Layout:
    """The layout of the first visible sheet that has a header. Refused when none has."""
    found = [(score, -place, layout) for place, sheet in enumerate(book.worksheets) if sheet.sheet_state == "visible"
             for score, layout in [_of_sheet(sheet, is_known)] if layout is not None]
    if not found:
        raise Refused(NO_HEADER)
    return max(found, key=lambda one: one[:2])[2]


def _of_sheet(sheet: Any, is_known: Callable[[str], bool]) -> tuple[float, Layout | None]:
    grid = _Grid(sheet)
    scores = [(_score(grid, row, is_known), -row) for row in range(1, min(SEARCHED, grid.rows) + 1)]
    best, place = max(scores, default=(0.0, 0))
    if best <= 0:
        return 0.0, None
    top, bottom = _stretched(grid, -place)
    headings = _headings(grid, top, bottom)
    if len(headings) < 2:
        return 0.0, None
    first = bottom + 1
    if first <= grid.rows and _is_counting(grid, first, headings):
        bottom, first = first, first + 1
    return best, Layout(sheet.title, top, bottom, first, _end(grid, first, headings), headings)


def _score(grid: _Grid, row: int, is_known: Callable[[str], bool]) -> float:
    """How much a line looks like headings: known names count most, then that it names several things; a line of figures or of one merge counts nothing."""
    said = grid.distinct(row)
    texts = [one for one in said if not COUNTING.match(one) and not _is_figure(one)]
    if len(texts) < 2 or (FOOT.match(texts[0]) and not any(is_known(one) for one in texts[1:])):
        return 0.0
    return 3.0 * sum(is_known(one) for one in texts) + min(len(texts), 12) / 4 - 0.5 * sum(len(one) > 24 for one in texts)


def _is_figure(text: str) -> bool:
    return text.replace(".", "").replace("-", "").replace("/", "").isdecimal()


def _stretched(grid: _Grid, row: int) -> tuple[int, int]:
    """The lines of the header around its best line: what merges hold together, and the lines under or over headings of groups."""
    top = bottom = row
    for one in grid.merges:
        if one.min_row <= row <= one.max_row and one.max_row - one.min_row < DEEPEST:
            top, bottom = min(top, one.min_row), max(bottom, one.max_row)
    if bottom == row and grid.groups(row) and _stands_under(grid, row):
        bottom = row + 1
    if top == row and row > 1 and grid.groups(row - 1) and len(grid.distinct(row - 1)) > 1 and not any("：" in one or ":" in one for one in grid.distinct(row - 1)):
        top = row - 1
    return top, bottom


def _stands_under(grid: _Grid, row: int) -> bool:
    """Whether the next line names the columns under the groups of this one."""
    return any(len({grid.text.get((row + 1, column), "") for column in range(one.min_col, one.max_col + 1)} - {""}) > 1 for one in grid.groups(row))


def _headings(grid: _Grid, top: int, bottom: int) -> tuple[Heading, ...]:
    found: list[Heading] = []
    last = None
    for column in range(1, grid.columns + 1):
        parts = list(dict.fromkeys(one for one in (grid.text.get((row, column), "") for row in range(top, bottom + 1)) if one))
        merge = grid.merge_at(bottom, column)
        if not parts or (merge is not None and merge.min_col < column and last == parts):
            continue
        last = parts
        found.append(Heading(column, " / ".join(parts)[:MOST_PATH], parts[-1]))
    return tuple(found)


def _is_counting(grid: _Grid, row: int, headings: Sequence[Heading]) -> bool:
    """甲 乙 1 2 3 under the headings: a line that numbers the columns belongs to the header."""
    said = [one for one in (grid.text.get((row, heading.column), "") for heading in headings) if one]
    return len(said) >= 2 and len(said) * 2 >= len(headings) and len(set(said)) == len(said) and all(COUNTING.match(one) for one in said) and (
        said[0] in ("甲", "A", "1", "(1)", "（1）"))


def _end(grid: _Grid, first: int, headings: Sequence[Heading]) -> int:
    """The line where the foot begins: sums, remarks, signatures, or a merge over most of the width; else the line behind the last one."""
    for row in range(first, grid.rows + 1):
        opening = next((one for one in grid.line(row) if one), "")
        if not opening:
            continue
        merge = next((one for one in grid.merges if one.min_row <= row <= one.max_row and one.max_col - one.min_col + 1 > max(2, len(headings) // 2)), None)
        if FOOT.match(simple(opening)) or FOOT.match(opening) or merge is not None:
            return row
    return max(grid.rows + 1, first + 1)


def shape(layout: Layout) -> list[str]:
    """The headings as they read, for a new issue to be compared with the one before."""
    return [one.path for one in layout.headings]
