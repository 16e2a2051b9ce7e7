# SPDX-License-Identifier: MulanPSL-2.0
"""The workbook that goes back: the lines that did not go in, as they came, each wrong cell marked, and beside them what is wrong and what to do."""

import io
from collections.abc import Iterable, Mapping

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.comments import Comment
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter

from linli.core.words import Words, words
from linli.elements.intakes import checking, columns
from linli.elements.intakes.planning import BAD
from linli.elements.models import Intake, IntakeRow

MOST = 50_000
"""Lines of a workbook that goes back (our choice: it is mended by hand)."""
MARK = PatternFill("solid", start_color="FFFFC7CE")
WRONG = Font(color="FF9C0006", bold=True)
HEAD = Font(bold=True)
WIDTH, WHY_WIDTH = 16, 60
FORMULA = ("=", "+", "-", "@", "\t", "\r")
SHEET = words("待改正", "To be mended")
SAID_OF = words("【{label}】{sentence}", "[{label}] {sentence}")


def labels(intake: Intake) -> Mapping[str, str]:
    """Column of the sheet to the heading under which it stands in the file."""
    return {column: heading for heading, column in intake.mapping.items() if column}


def label_of(intake: Intake, column: str) -> Words | str:
    """What a column is called: as in the file, else by its own label."""
    heading = labels(intake).get(column)
    if heading:
        return heading
    owner, _, name = column.partition(".")
    try:
        return columns.sheet_named(intake.sheet).column(owner, name).label
    except (LookupError, StopIteration):
        return column


def workbook(intake: Intake) -> bytes:
    """The returned lines as an Excel file, with the headings of the file; columns that may not be kept are left out."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet(str(SHEET)[:31])
    ours = (columns.OURS.zh, columns.OURS.en)
    shown = [place for place, heading in enumerate(intake.headings) if heading and not columns.is_forbidden(heading) and columns.simple(heading) not in ours]
    headings = [intake.headings[place] for place in shown]
    for place in range(len(headings)):
        sheet.column_dimensions[get_column_letter(place + 1)].width = WIDTH
    sheet.column_dimensions[get_column_letter(len(headings) + 1)].width = WHY_WIDTH
    sheet.freeze_panes = "A2"
    head = []
    for text in [*headings, str(columns.OURS)]:
        cell = WriteOnlyCell(sheet, text)
        cell.font = HEAD
        head.append(cell)
    sheet.append(head)
    places = {heading: place for place, heading in enumerate(headings)}
    for row in _returned(intake):
        sheet.append(_line(sheet, intake, row, shown, places))
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _returned(intake: Intake) -> Iterable[IntakeRow]:
    return IntakeRow.objects.filter(intake=intake, verdict=BAD).exclude(sealed=None).order_by("line")[:MOST].iterator()


def _line(sheet: object, intake: Intake, row: IntakeRow, shown: list[int], places: Mapping[str, int]) -> list[WriteOnlyCell]:
    told = checking.opened(row)
    cells = [WriteOnlyCell(sheet, _text(told["cells"][place] if place < len(told["cells"]) else None)) for place in shown]
    for cell in cells:
        cell.number_format = "@"
    headings, sentences = labels(intake), []
    for column, why in told["why"].items():
        sentence = words(why["zh"], why["en"])
        sentences.append(str(SAID_OF.format(label=label_of(intake, column), sentence=sentence)))
        place = places.get(headings.get(column, ""))
        if place is not None:
            cells[place].fill, cells[place].font = MARK, WRONG
            cells[place].comment = Comment(str(sentence), "Linli")
    why_cell = WriteOnlyCell(sheet, "\n".join(sentences))
    why_cell.alignment = Alignment(wrap_text=True, vertical="top")
    return [*cells, why_cell]


def _text(cell: str | None) -> str | None:
    """A cell as text; one that looks like a formula stays text, because its format says so and it begins with an apostrophe."""
    return f"'{cell}" if cell and cell.startswith(FORMULA) else cell
