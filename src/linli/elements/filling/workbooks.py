# SPDX-License-Identifier: MulanPSL-2.0
"""Opening a workbook that came from outside: only plain .xlsx, looked over before it is unpacked; formulas, links and macros stay outside."""

import io
import re
import zipfile
from typing import Any

from openpyxl import load_workbook
from openpyxl.cell import MergedCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE

from linli.core.words import Words, words

MOST_BYTES = 2 * 1024 * 1024
MOST_UNPACKED = 24 * 1024 * 1024
MOST_SHEET = 8 * 1024 * 1024
MOST_PARTS = 300
MOST_CELLS = 60_000
MOST_MERGED = 20_000
"""Cells that merges may cover together. All six are our choice: forms to be filled are far smaller, and a full table is none."""
LOOKED_ROWS, LOOKED_COLUMNS = 500, 80
ZIP = b"PK\x03\x04"
PICTURES = frozenset({"png", "jpeg", "gif"})
"""Pictures that are written back as they came; others would be decoded and packed anew, however large they unfold."""
MACROS = re.compile(r"vbaProject|macrosheets|activeX|embeddings/|externalLinks/|connections\.xml|ctrlProps", re.IGNORECASE)
MERGED = re.compile(rb'<(?:\w+:)?mergeCell\b[^>]*?\bref="([^"]{1,40})"')
CELL = re.compile(rb"<(?:\w+:)?c[\s>/]")
RANGE = re.compile(r"^\$?([A-Z]{1,3})\$?(\d{1,7})(?::\$?([A-Z]{1,3})\$?(\d{1,7}))?$")
DANGEROUS = re.compile(r"[|\[\]]|WEBSERVICE|HYPERLINK|DDE|CALL|REGISTER|IMPORT|FILTERXML|EXEC|INDIRECT|file:|https?:", re.IGNORECASE)
SUMS = re.compile(r"^=\s*(SUM|COUNT|COUNTA|AVERAGE|MAX|MIN)\(\s*\$?([A-Z]{1,3})\$?(\d{1,7}):\$?([A-Z]{1,3})\$?(\d{1,7})\s*\)$", re.IGNORECASE)
"""The only formulas that are kept, and only below the rows: what sums one column up."""

NOT_XLSX = words("只收 Excel 工作簿（.xlsx）。.xls 和 CSV 请先在 Excel 或 WPS 里“另存为 .xlsx”，带密码的请先去掉密码。",
                 "Only Excel workbooks (.xlsx) are taken. Save .xls and CSV as .xlsx first, and take passwords away.")
WITH_MACROS = words("这个文件带有宏、外部链接或嵌入的对象，没有收下。请另存为普通的 .xlsx，只留表格，再上传。",
                    "The file has macros, links to other files or embedded objects and was not taken. Save it as a plain .xlsx with the table only.")
TOO_BIG = words("表样太大，没有收下：空白表样一般只有几十 KB。请删掉里面已填的内容和大图片。",
                "The form is too large and was not taken: an empty form has a few dozen kB. Take filled rows and large pictures out.")
BROKEN = words("读不了这个文件，可能已经损坏。请在 Excel 或 WPS 里打开后另存一份再上传。", "The file cannot be read; it may be damaged. Open it, save it anew and bring that.")


class Refused(Exception):
    """A workbook that is not taken; carries the sentence for whoever brought it."""

    def __init__(self, sentence: Words) -> None:
        super().__init__(sentence.en)
        self.sentence = sentence


def opened(content: bytes) -> Any:
    """The workbook. Refused with a sentence for everything that is no plain, small .xlsx."""
    if len(content) > MOST_BYTES:
        raise Refused(TOO_BIG)
    if not content.startswith(ZIP):
        raise Refused(NOT_XLSX)
    _look_over(content)
    try:
        book = load_workbook(io.BytesIO(content), keep_links=False, keep_vba=False, rich_text=False)
    except Exception as error:  # what openpyxl raises over a broken file is of any kind
        raise Refused(BROKEN) from error
    if not book.worksheets:
        raise Refused(BROKEN)
    return book


def _look_over(content: bytes) -> None:
    """Sizes, parts and declarations, before anything is built: a packed bomb, an entity, a merge over a whole sheet end here."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            parts = archive.infolist()
            if len(parts) > MOST_PARTS or sum(one.file_size for one in parts) > MOST_UNPACKED:
                raise Refused(TOO_BIG)
            if any(MACROS.search(one.filename) for one in parts):
                raise Refused(WITH_MACROS)
            if "xl/workbook.xml" not in {one.filename for one in parts}:
                raise Refused(NOT_XLSX)
            cells = merged = 0
            for one in parts:
                if not one.filename.endswith((".xml", ".rels")):
                    continue
                text = _part(archive, one)
                cells += len(CELL.findall(text)) if one.filename.startswith("xl/worksheets/") else 0
                merged += sum(_extent(found.decode("ascii", "replace")) for found in MERGED.findall(text))
            if cells > MOST_CELLS or merged > MOST_MERGED:
                raise Refused(TOO_BIG)
    except (zipfile.BadZipFile, RuntimeError, OSError, EOFError, ValueError) as error:
        raise Refused(BROKEN) from error


def _part(archive: zipfile.ZipFile, one: zipfile.ZipInfo) -> bytes:
    """One part, no further than it may be long: the size that stands in the archive is what its maker claims."""
    with archive.open(one) as file:
        text = file.read(MOST_SHEET + 1)
    if len(text) > MOST_SHEET:
        raise Refused(TOO_BIG)
    plain = text.replace(b"\0", b"")
    if b"<!DOCTYPE" in plain or b"<!ENTITY" in plain:
        raise Refused(BROKEN)
    if one.filename == "[Content_Types].xml" and b"macroEnabled" in plain:
        raise Refused(WITH_MACROS)
    return plain


def _extent(reference: str) -> int:
    """How many cells a range covers; more than there may be for one that cannot be read."""
    found = RANGE.match(reference)
    if found is None:
        return MOST_MERGED + 1
    left, top, right, bottom = found.groups()
    if right is None or bottom is None:
        return 1
    return (abs(_column(right) - _column(left)) + 1) * (abs(int(bottom) - int(top)) + 1)


def _column(letters: str) -> int:
    number = 0
    for sign in letters:
        number = number * 26 + ord(sign) - 64
    return number


def cells_of(sheet: Any) -> list[Any]:
    """The cells that are there, however far apart: walking rows and columns would make the empty ones between them."""
    return [cell for cell in sheet._cells.values() if not isinstance(cell, MergedCell)]


def disarm(book: Any) -> list[str]:
    """Take every formula out but the sums, every link to elsewhere, names and rules that call out; answers the cells whose formula is gone."""
    removed = []
    for sheet in book.worksheets:
        for cell in cells_of(sheet):
            if cell.hyperlink is not None:
                cell.hyperlink = None
            if cell.data_type == "f" and not (isinstance(cell.value, str) and SUMS.match(cell.value)):
                removed.append(f"{sheet.title}!{cell.coordinate}"[:60])
                cell.value = None
        sheet.legacy_drawing = None
        sheet._images = [one for one in sheet._images if one.format in PICTURES]
        for name in [name for name, held in sheet.defined_names.items() if DANGEROUS.search(str(held.attr_text or ""))]:
            del sheet.defined_names[name]
        sheet.data_validations.dataValidation = [one for one in sheet.data_validations.dataValidation if not _calls_out(one.formula1, one.formula2)]
        for place, rules in list(sheet.conditional_formatting._cf_rules.items()):  # openpyxl offers no other way to take one out
            kept = [rule for rule in rules if not _calls_out(*(rule.formula or []))]
            sheet.conditional_formatting._cf_rules[place] = kept
            if not kept:
                del sheet.conditional_formatting._cf_rules[place]
    for name in [name for name, held in book.defined_names.items() if DANGEROUS.search(str(held.attr_text or ""))]:
        del book.defined_names[name]
    return removed


def _calls_out(*formulas: Any) -> bool:
    return any(DANGEROUS.search(str(one)) for one in formulas if one)


def saved(book: Any) -> bytes:
    """The workbook as bytes. Refused when what came in cannot be written again."""
    out = io.BytesIO()
    try:
        book.save(out)
    except (ValueError, TypeError, AttributeError, KeyError, OSError) as error:
        raise Refused(BROKEN) from error
    return out.getvalue()


def put(cell: Any, value: Any) -> None:
    """Write a value as it is: a text that looks like a formula stays text, in this workbook and when somebody edits the cell."""
    cell.value = ILLEGAL_CHARACTERS_RE.sub("", value) if isinstance(value, str) else value
    if isinstance(value, str):
        cell.data_type = "s"
        cell.quotePrefix = value.startswith(("=", "+", "-", "@", "\t", "\r"))
