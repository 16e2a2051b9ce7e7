# SPDX-License-Identifier: MulanPSL-2.0
"""Which heading of a file means which column: by its name, by what was decided last time, and never for what may not be kept."""

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

import polars as pl

from linli.core import registry
from linli.core.words import Words, words
from linli.elements.intakes.reading import LINE
from linli.elements.models import ColumnMemory
from linli.elements.registers.checks import writing
from linli.elements.registers.declaring import JOINING, Sheet

FORBIDDEN = (
    "政治面貌", "党员", "党派", "党组织", "入党", "团员", "宗教", "信仰", "教派", "病", "残疾", "残障", "健康", "用药",
    "疫苗", "血型", "吸毒", "戒毒", "涉毒", "艾滋", "重点人员", "重点人群", "特殊人群", "特殊群体", "关注人员", "管控", "稳控", "维稳",
    "上访", "信访", "刑满", "刑释", "社区矫正", "矫正", "前科", "犯罪", "邪教", "社会信用分", "人脸", "指纹", "低保", "特困",
    "困难类型", "失独", "计生",
)
"""What a heading must not contain (domain/boundaries.md, Persons): politics, belief, illness and drugs, special groups, scores and biometrics.
Means-tested aid and family planning mark special groups too (our reading)."""
LEFT_OUT = words("“{name}”这一列没有收下：平台的基础台账不登记政治面貌、宗教信仰、疾病、特殊人群等内容，这一列的内容也没有保存。",
                 "The column “{name}” was not taken: the registers hold no political status, belief, illness or special groups, and nothing of this column was kept.")
OURS = words("问题", "What is wrong")
"""The heading of the column that we add to a workbook that goes back: known again and left out."""
MOST_HEADING = 80
FILLED = frozenset({"building", "dwelling", "household", "person", JOINING})
"""Registers of who lives where, which `planning` brings together; any other sheet is of one register, a record a line (`singles`)."""
SEARCHED = 10
ENDING = re.compile(r"[（(【\[].*?[）)】\]]|[*＊:：\s]")


def sheet_named(name: str) -> Sheet:
    """The declared sheet. LookupError when there is none."""
    found: Sheet = registry.REGISTRY.require("sheet", name)
    return found


def sheets() -> list[Sheet]:
    """The sheets that files may fill: those of who lives where first, then those of one register in the order of the registers."""
    found = [one for one in registry.everything("sheet") if one.sole is not None or {owner for owner, _ in one.columns} <= FILLED]
    return sorted(found, key=lambda one: (one.sole.order if one.sole else 0, one.name))


def is_forbidden(heading: str) -> bool:
    """Whether a column of this heading may not be kept at all."""
    plain = simple(heading)
    return any(word in plain for word in FORBIDDEN)


def simple(heading: str) -> str:
    """A heading without remarks in brackets, stars and blanks: 姓名*（必填） is 姓名."""
    plain = writing.plain(heading)
    return ENDING.sub("", plain) or plain.replace(" ", "")


def key(owner: str, name: str) -> str:
    """How a column of a sheet is written in a mapping: person.name."""
    return f"{owner}.{name}"


def known(sheet: Sheet) -> dict[str, str]:
    """Each name that a file may use for a column, and that column; a name of two columns belongs to the first."""
    found: dict[str, str] = {}
    for owner, one in sheet.every():
        for name in (one.label.zh, one.label.en, *one.headings):
            found.setdefault(simple(name).lower(), key(owner, one.name))
    return found


def headings_of(cells: Sequence[object]) -> list[str]:
    """The headings of a line of cells, cut to a length; one that stands there twice gets its place behind it, an empty one stays empty."""
    found: list[str] = []
    for place, cell in enumerate(cells):
        name = " ".join(str(cell or "").split())[:MOST_HEADING]
        found.append(f"{name} ({place + 1})"[:MOST_HEADING] if name and name in found else name)
    return found


def split(table: pl.DataFrame, sheet: Sheet) -> tuple[list[str], pl.DataFrame]:
    """The headings and the lines below them: that of the first lines counts as the heading which names most columns (a title may stand above)."""
    names = known(sheet)
    cells = table.drop(LINE).head(SEARCHED).rows()
    scores = [len({names[plain] for cell in line if cell and (plain := simple(str(cell)).lower()) in names}) for line in cells]
    best = scores.index(max(scores))
    headings = headings_of(cells[best])
    return headings, table.slice(best + 1)


def guessed(sheet: Sheet, headings: Sequence[str], organisation: int | None) -> dict[str, str | None]:
    """Heading to column, None for one that is left out; what nothing is known of is not in it. Each column is given once."""
    remembered = dict(ColumnMemory.objects.filter(organisation=organisation or 0, sheet=sheet.name, heading__in=[one for one in headings if one]).values_list("heading", "column"))
    names, columns = known(sheet), {key(owner, one.name) for owner, one in sheet.every()}
    found: dict[str, str | None] = {}
    used: set[str] = set()
    for heading in headings:
        if not heading:
            continue
        if is_forbidden(heading) or simple(heading) in (OURS.zh, OURS.en):
            found[heading] = None
            continue
        wanted = remembered.get(heading, names.get(simple(heading).lower()))
        if wanted == "":
            found[heading] = None
        elif wanted in columns and wanted not in used:
            found[heading] = wanted
            used.add(str(wanted))
    return found


def remember(sheet: Sheet, mapping: Mapping[str, str | None], organisation: int | None, at: datetime) -> None:
    """Keep what was decided, for the next file of this organisation; headings of forbidden columns are not kept."""
    rows = [ColumnMemory(organisation=organisation or 0, sheet=sheet.name, heading=heading, column=column or "", at=at)
            for heading, column in mapping.items() if not is_forbidden(heading)]
    ColumnMemory.objects.bulk_create(rows, update_conflicts=True, unique_fields=["organisation", "sheet", "heading"], update_fields=["column", "at"])


def missing(sheet: Sheet, mapping: Mapping[str, str | None]) -> list[Words]:
    """The labels of the needed columns that no heading is matched to."""
    given = set(mapping.values())
    return [sheet.column(owner, name).label for owner, name in sheet.needed if key(owner, name) not in given]


def left_out(headings: Iterable[str]) -> list[Words]:
    """A sentence for each heading that may not be taken."""
    return [LEFT_OUT.format(name=one) for one in headings if one and is_forbidden(one)]
