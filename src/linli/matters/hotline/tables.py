# SPDX-License-Identifier: MulanPSL-2.0
"""Reading the hotline's table: Excel or CSV, in UTF-8 or GB 18030, every cell as text; formulas are never run."""

import csv
import io
import zipfile
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

from python_calamine import CalamineError, CalamineWorkbook

from linli.core.faults import Invalid
from linli.core.words import words

MOST_BYTES = 20 * 1024 * 1024
MOST_UNPACKED = 400 * 1024 * 1024
MOST_ROWS = 20_000
MOST_COLUMNS = 100
MOST_TEXT = 5_000
"""Characters of a cell that are kept; longer ones make the row wrong later. All five: our choice, far above a day of a street."""
ZIP, OLD = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"
OTHERS = (b"%PDF", b"{\\rtf", b"<")
"""How files begin that are text but no table: PDF, RTF, and web pages that some systems save as .xls."""

TOO_BIG = words("文件太大，最多 20 MB。请分几次导入。", "The file is too large (20 MB at most). Import it in parts.")
TOO_MANY = words("最多 {most} 行，这个文件有 {found} 行。请分几次导入。", "At most {most} rows; this file has {found}. Import it in parts.")
TOO_WIDE = words("最多 {most} 列，这个文件有 {found} 列。", "At most {most} columns; this file has {found}.")
EMPTY = words("文件里没有工单：第一行应是列名，下面每行一张工单。", "The file holds no order: the first line names the columns, each line below is one order.")
UNREADABLE = words("读不了这个文件。请用 Excel（.xlsx、.xls）或 CSV，没有加密。", "The file cannot be read. Use Excel (.xlsx, .xls) or CSV, without a password.")
TWICE = words("有两列都叫“{name}”，分不清。请改掉一个列名。", "Two columns are called “{name}”. Please rename one.")


@dataclass(frozen=True)
class Table:
    """A table as it came in: its headings and its rows, all text."""

    headings: list[str]
    rows: list[list[str]]


def read(content: bytes) -> Table:
    """The table of a file; Invalid with a sentence for what is none, is too large or cannot be told apart."""
    if len(content) > MOST_BYTES:
        raise Invalid({"file": TOO_BIG})
    if content.removeprefix(b"\xef\xbb\xbf").lstrip().startswith(OTHERS):
        raise Invalid({"file": UNREADABLE})
    lines = _sheet(content) if content.startswith((ZIP, OLD)) else _csv(content)
    found = [[_text(cell) for cell in line] for line in lines]
    found = [line for line in found if any(line)]
    if len(found) < 2:
        raise Invalid({"file": EMPTY})
    if len(found) - 1 > MOST_ROWS:
        raise Invalid({"file": TOO_MANY.format(most=MOST_ROWS, found=len(found) - 1)})
    width = max(len(line) for line in found)
    if width > MOST_COLUMNS:
        raise Invalid({"file": TOO_WIDE.format(most=MOST_COLUMNS, found=width)})
    headings = [name[:80] for name in found[0]]
    named = [name for name in headings if name]
    if twice := next((name for name in named if named.count(name) > 1), None):
        raise Invalid({"file": TWICE.format(name=twice)})
    return Table(headings, [(line + [""] * len(headings))[:len(headings)] for line in found[1:]])


def _sheet(content: bytes) -> list[list[Any]]:
    """The first sheet of a workbook; a packed bomb is refused before it is opened."""
    try:
        if content.startswith(ZIP) and sum(one.file_size for one in zipfile.ZipFile(io.BytesIO(content)).infolist()) > MOST_UNPACKED:
            raise Invalid({"file": TOO_BIG})
        sheet = CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_index(0)
        if sheet.height > MOST_ROWS + 1_000:
            raise Invalid({"file": TOO_MANY.format(most=MOST_ROWS, found=sheet.height)})
        if sheet.width > MOST_COLUMNS:
            raise Invalid({"file": TOO_WIDE.format(most=MOST_COLUMNS, found=sheet.width)})
        return sheet.to_python(skip_empty_area=True)
    except (CalamineError, zipfile.BadZipFile, ValueError, IndexError, OSError) as error:
        raise Invalid({"file": UNREADABLE}) from error


def _csv(content: bytes) -> list[list[str]]:
    text = _decoded(content)
    if "\0" in text:
        raise Invalid({"file": UNREADABLE})
    first = text.split("\n", 1)[0]
    divider = max((",", "\t", ";"), key=first.count)
    try:
        return list(csv.reader(io.StringIO(text, newline=""), delimiter=divider))
    except csv.Error as error:
        raise Invalid({"file": UNREADABLE}) from error


def _decoded(content: bytes) -> str:
    """UTF-8 with or without its mark, UTF-16 with one, else GB 18030 as Chinese Excel writes it."""
    codings = ("utf-16",) if content.startswith((b"\xff\xfe", b"\xfe\xff")) else ("utf-8-sig", "gb18030")
    for coding in codings:
        try:
            return content.decode(coding)
        except UnicodeDecodeError:
            continue
    raise Invalid({"file": UNREADABLE})


def _text(cell: Any) -> str:
    """A cell as text: whole numbers without a point, moments as 2026-11-23 10:12:00."""
    if isinstance(cell, datetime):
        return f"{cell:%Y-%m-%d %H:%M:%S}"
    if isinstance(cell, date | time):
        return cell.isoformat()
    if isinstance(cell, float) and cell.is_integer() and abs(cell) < 1e15:
        return str(int(cell))
    return "".join(char for char in str(cell) if char >= " " or char in "\n\t").strip()[:MOST_TEXT]
