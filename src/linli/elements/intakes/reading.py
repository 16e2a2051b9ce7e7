# SPDX-License-Identifier: MulanPSL-2.0
"""Reading a file that came in: Excel (.xlsx, .xls), CSV in UTF-8 or GB 18030, or pasted cells; every cell as text, formulas are never run."""

import csv
import io
import zipfile
from itertools import islice

import fastexcel
import polars as pl

from linli.core.words import Words, words

MOST_BYTES = 256 * 1024 * 1024
MOST_UNPACKED = 2 * 1024 * 1024 * 1024
MOST_ROWS = 1_500_000
MOST_COLUMNS = 120
MOST_TEXT = 500
"""Characters of a cell that are looked at (our choice, like the four above: a district's year in one file, twice)."""
ZIP, OLD = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"
OTHERS = (b"%PDF", b"{\\rtf", b"<")
"""How files begin that are text but no table: PDF, RTF, and web pages that some systems save as .xls."""
LOOKED_AT = 50
LINE = "line"

TOO_BIG = words("文件太大，最多 {most} MB。请分成几个文件导入。", "The file is too large ({most} MB at most). Bring it in parts.").format(most=MOST_BYTES // 1024 // 1024)
TOO_MANY = words("最多 {most} 行，这个文件有 {found} 行。请分成几个文件导入。", "At most {most} rows; this file has {found}. Bring it in parts.")
TOO_WIDE = words("最多 {most} 列，这个文件有 {found} 列。请删掉用不到的列。", "At most {most} columns; this file has {found}. Leave out those that are not needed.")
EMPTY = words("文件里没有内容：第一行应是列名，下面每行一条记录。", "The file is empty: the first line names the columns, each line below is one record.")
UNREADABLE = words("读不了这个文件。请用没有密码的 Excel（.xlsx、.xls）或 CSV 文件。", "The file cannot be read. Bring Excel (.xlsx, .xls) or CSV, without a password.")


class Unreadable(Exception):
    """A file that is no table; carries the sentence for whoever brought it."""

    def __init__(self, sentence: Words) -> None:
        super().__init__(sentence.en)
        self.sentence = sentence


def form_of(content: bytes) -> str:
    """xlsx, xls or csv, by how the content begins, whatever the file is called. Unreadable for other kinds of file."""
    if content.removeprefix(b"\xef\xbb\xbf").lstrip()[:5].startswith(OTHERS):
        raise Unreadable(UNREADABLE)
    if content.startswith(ZIP):
        return "xlsx"
    return "xls" if content.startswith(OLD) else "csv"


def read(content: bytes) -> pl.DataFrame:
    """All lines of a file as text: columns c0, c1, ... and `line`, the number in the file (the first is 1); empty lines left out. Unreadable with a sentence."""
    if len(content) > MOST_BYTES:
        raise Unreadable(TOO_BIG)
    found = _csv(content) if form_of(content) == "csv" else _sheet(content)
    if found.width > MOST_COLUMNS:
        raise Unreadable(TOO_WIDE.format(most=MOST_COLUMNS, found=found.width))
    if found.height > MOST_ROWS + LOOKED_AT:
        raise Unreadable(TOO_MANY.format(most=MOST_ROWS, found=found.height))
    found = found.rename({name: f"c{place}" for place, name in enumerate(found.columns)})
    found = found.with_columns(_tidied(pl.all())).with_row_index(LINE, offset=1).with_columns(pl.col(LINE).cast(pl.Int64))
    found = found.filter(pl.any_horizontal(pl.exclude(LINE).is_not_null()))
    if found.height < 1:
        raise Unreadable(EMPTY)
    return found


def _tidied(cells: pl.Expr) -> pl.Expr:
    """Cells without control characters and blanks at the ends, cut to a length; null instead of nothing."""
    text = cells.str.replace_all(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]", "").str.strip_chars().str.slice(0, MOST_TEXT)
    return pl.when(text == "").then(None).otherwise(text).name.keep()


def _sheet(content: bytes) -> pl.DataFrame:
    """The first sheet of a workbook; a packed bomb is refused before it is opened."""
    try:
        if content.startswith(ZIP) and sum(one.file_size for one in zipfile.ZipFile(io.BytesIO(content)).infolist()) > MOST_UNPACKED:
            raise Unreadable(TOO_BIG)
        sheet = fastexcel.read_excel(content).load_sheet(0, header_row=None, dtypes="string")
    except (fastexcel.FastExcelError, zipfile.BadZipFile, ValueError, OSError) as error:
        raise Unreadable(UNREADABLE) from error
    if not sheet.width:
        raise Unreadable(EMPTY)
    return sheet.to_polars()


def _csv(content: bytes) -> pl.DataFrame:
    text = _as_utf8(content)
    if b"\0" in text or not text.strip():
        raise Unreadable(UNREADABLE if text.strip() else EMPTY)
    first = text[:65_536].decode("utf-8", "ignore")
    divider = max((",", "\t", ";"), key=first.split("\n", 1)[0].count)
    if not first.split("\n", 1)[0].count(divider):
        divider = max((",", "\t", ";"), key=first.count)
    try:
        width = max((len(row) for row in islice(csv.reader(io.StringIO(first, newline=""), delimiter=divider), LOOKED_AT)), default=1)
        return pl.read_csv(text, has_header=False, separator=divider, schema={f"c{place}": pl.String for place in range(max(width, 1))}, truncate_ragged_lines=True,
                           null_values=[""], missing_columns="insert")
    except (pl.exceptions.PolarsError, csv.Error) as error:
        raise Unreadable(UNREADABLE) from error


def _as_utf8(content: bytes) -> bytes:
    """UTF-8 with or without its mark, UTF-16 with one, else GB 18030 as Chinese Excel writes it, all as UTF-8."""
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return content.decode("utf-16", "replace").encode()
    content = content.removeprefix(b"\xef\xbb\xbf")
    try:
        content.decode("utf-8")
        return content
    except UnicodeDecodeError:
        pass
    try:
        return content.decode("gb18030").encode()
    except UnicodeDecodeError as error:
        raise Unreadable(UNREADABLE) from error
