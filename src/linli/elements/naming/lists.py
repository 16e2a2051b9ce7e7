# SPDX-License-Identifier: MulanPSL-2.0
"""A list of printed names as it was pasted or brought in a file: which column is the name, the district, the street, and the year of each line."""

import csv
import io
import re
from collections.abc import Sequence
from datetime import date

from linli.core.faults import Invalid
from linli.core.words import words
from linli.elements.intakes.reading import LINE, Unreadable, read
from linli.elements.naming.matching import Printed

MOST = 2_000
"""Lines of one list (our choice: the largest published batch known has some 300)."""
LARGEST = 400_000
NAMES = ("社区（村）名称", "社区名称", "村社区名称", "村名", "名称", "社区", "社区村", "村", "单位名称", "获奖单位", "name_as_printed", "name")
DISTRICTS = ("区", "区县", "所属区", "所在区", "区名", "district", "district_as_printed")
STREETS = ("街道", "街镇", "街道乡镇", "乡镇街道", "乡镇", "街乡镇", "镇", "所属街道", "所属街镇", "所在街镇", "street", "street_as_printed")
YEARS = ("年度", "年份", "年", "year")
ORDERED = {1: ("name",), 2: ("district", "name"), 3: ("district", "street", "name")}
"""What the columns of a list without headings mean, by how many there are."""
NUMBERED = re.compile(r"^[（(]?[0-9]{1,4}[)）]?[.、．\s]*$")
YEAR = re.compile(r"^[12][0-9]{3}")

NO_NAMES = words("没有认出名称在哪一列。请写列名“区、街道、名称”，或按“区、街镇、名称”的顺序排三列。",
                 "The column of the names was not recognised. Give the headings 区, 街道, 名称, or three columns in this order.")
NOTHING = words("名单里没有内容。", "The list is empty.")
TOO_MANY = words("名单最多 {most} 行，现在有 {found} 行。请分几次。", "A list has at most {most} lines; this one has {found}. Bring it in parts.")


def read_list(content: bytes, day: date | None, field: str = "list") -> list[Printed]:
    """The lines of a list (pasted cells, CSV, Excel) that name something. `day` holds for lines that print no year. Invalid names the field and what is wrong."""
    try:
        table = read(content)
    except Unreadable as refused:
        raise Invalid({field: refused.sentence}) from refused
    lines, rows = table[LINE].to_list(), [[(cell or "").strip() for cell in row] for row in table.drop(LINE).rows()]
    rows = _parted(rows)
    start, columns = _columns(rows)
    if "name" not in columns:
        raise Invalid({field: NO_NAMES})
    found = [_printed(line, row, columns, day) for line, row in zip(lines[start:], rows[start:], strict=True)]
    found = [one for one in found if one.name]
    if not found:
        raise Invalid({field: NOTHING})
    if len(found) > MOST:
        raise Invalid({field: TOO_MANY.format(most=MOST, found=len(found))})
    return found


def _parted(rows: list[list[str]]) -> list[list[str]]:
    """Lines of one cell each that hold the same number of words (河东区 中山门街 中山门北里社区), word by word."""
    if any(len([cell for cell in row if cell]) > 1 for row in rows):
        return rows
    parted = [re.split(r"[\s，,]+", next((cell for cell in row if cell), "")) for row in rows]
    widths = {len(row) for row in parted}
    return parted if len(widths) == 1 and widths <= set(ORDERED) else rows


def _columns(rows: Sequence[Sequence[str]]) -> tuple[int, dict[str, int]]:
    """The first line of the list itself, and the place of each column."""
    for at, row in enumerate(rows[:5]):
        named = {what: place for what, known in (("name", NAMES), ("district", DISTRICTS), ("street", STREETS), ("year", YEARS))
                 if (place := _first(row, known)) is not None}
        if "name" in named and (len(named) > 1 or len([cell for cell in row if cell]) == 1):
            return at + 1, named
    used = [place for place in range(max((len(row) for row in rows), default=0)) if any(len(row) > place and row[place] for row in rows)]
    used = [place for place in used if not all(NUMBERED.match(row[place]) for row in rows if row[place])]
    return 0, dict(zip(ORDERED[len(used)], used, strict=True)) if len(used) in ORDERED else {}


def _first(row: Sequence[str], known: Sequence[str]) -> int | None:
    plain = [re.sub(r"[\s、/（）()]+", "", cell).lower() for cell in row]
    return next((plain.index(name) for name in (re.sub(r"[（）]", "", one) for one in known) if name in plain), None)


def _printed(line: int, row: Sequence[str], columns: dict[str, int], day: date | None) -> Printed:
    def cell(what: str) -> str:
        return row[columns[what]][:200] if what in columns else ""

    year = YEAR.match(cell("year"))
    return Printed(line, cell("name"), cell("district"), cell("street"), date(int(year[0]), 12, 31) if year else day)


def canonical(content: bytes, day: date | None, field: str = "list") -> tuple[str, list[Printed]]:
    """The list as text that is read again as it is, and its lines, numbered as they stand in that text."""
    text = written(read_list(content, day, field))
    return text, read_list(text.encode(), day, field)


def written(lines: Sequence[Printed]) -> str:
    """The lines as text under headings of our own."""
    out = io.StringIO()
    writer = csv.writer(out, delimiter="\t", lineterminator="\n")
    writer.writerow(["name", "district", "street", "year"])
    writer.writerows([one.name, one.district, one.street, one.day.year if one.day else ""] for one in lines)
    return out.getvalue()
