# SPDX-License-Identifier: MulanPSL-2.0
"""Files of official divisions read and checked: which place bore which code and name, from when to when."""

import csv
import io
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from linli.core.faults import Invalid
from linli.core.words import Words, words
from linli.elements.names import kind_of_code, may_be_one_place, stem

LEVELS = {"city": 0, "district": 1, "street": 2, "community": 3}
LENGTHS = {"city": (2, 4), "district": (4, 6), "street": (9,), "community": (12,)}
NEEDED = ("code", "name", "level", "parent_code")
STATES = {"2017": date(2017, 10, 31), "2018": date(2018, 10, 31), "2019": date(2019, 10, 31), "2020": date(2020, 6, 30), "2023": date(2023, 6, 30)}
"""The day of each published state. Source: data/README.md; a column `name_YYYY` of another year stands for 31 December."""

NO_COLUMN = words("表头里缺少“{name}”这一列。", "The column “{name}” is missing from the header.")
BAD_CODE = words("第 {row} 行：代码“{code}”不对，{level} 一级应为 {lengths} 位数字。",
                 "Line {row}: the code “{code}” is wrong; at level {level} it has {lengths} digits.")
BAD_LEVEL = words("第 {row} 行：级别“{level}”不认识，应为 city、district、street 或 community。",
                  "Line {row}: the level “{level}” is unknown; use city, district, street or community.")
TWICE = words("第 {row} 行：代码 {code} 出现了两次。", "Line {row}: the code {code} stands there twice.")
NO_PARENT = words("第 {row} 行：上级代码 {parent} 不在文件里。", "Line {row}: the parent code {parent} is not in the file.")
NO_NAME = words("第 {row} 行：名称是空的，或者超过 80 个字。", "Line {row}: the name is empty or longer than 80 characters.")
EMPTY = words("文件里没有一个城市（level 为 city 的行应有一行）。", "The file names no city (exactly one line must have the level city).")


@dataclass(frozen=True)
class Named:
    """One name with its days; None when the beginning or the end is not known or not there."""

    name: str
    since: date | None
    until: date | None


@dataclass(frozen=True)
class Span:
    """One place that bore a code for a while: its names in order, None in `until` while it stands."""

    code: str
    level: str
    names: tuple[Named, ...]
    parent: str = ""
    since: date | None = None
    until: date | None = None
    kind: str = ""
    short: str = ""
    is_virtual: bool = False
    successor: str = ""

    @property
    def name(self) -> str:
        """The last name."""
        return self.names[-1].name


@dataclass
class Register:
    """All spans of the files, and the codes of other systems by place code."""

    spans: list[Span] = field(default_factory=list)
    others: list[tuple[str, str, str]] = field(default_factory=list)


def rows_of(text: str, needed: Sequence[str], name: str) -> list[dict[str, str]]:
    """The rows of a CSV text with header. Invalid names the field and the missing column."""
    reader = csv.DictReader(io.StringIO(text.lstrip("\ufeff")))
    for column in needed:
        if column not in (reader.fieldnames or ()):
            raise Invalid({name: NO_COLUMN.format(name=column)})
    return [{key: (value or "").strip() for key, value in row.items() if key} for row in reader]


def _fault(number: int, row: Mapping[str, str], known: set[str]) -> Words | None:
    code, level = row["code"], row["level"]
    if level not in LEVELS:
        return BAD_LEVEL.format(row=number, level=level[:20])
    if not re.fullmatch(r"[0-9]+", code) or len(code) not in LENGTHS[level]:
        return BAD_CODE.format(row=number, code=code[:20], level=level, lengths="/".join(map(str, LENGTHS[level])))
    if code in known:
        return TWICE.format(row=number, code=code)
    if not 0 < len(row["name"]) <= 80:
        return NO_NAME.format(row=number)
    return None


def read_divisions(text: str) -> list[dict[str, str]]:
    """The checked rows, widest level first. Invalid with the first wrong line."""
    rows = rows_of(text, NEEDED, "divisions")
    known: set[str] = set()
    for number, row in enumerate(rows, start=2):
        if fault := _fault(number, row, known):
            raise Invalid({"divisions": fault})
        known.add(row["code"])
    for number, row in enumerate(rows, start=2):
        if row["level"] != "city" and row["parent_code"] not in known:
            raise Invalid({"divisions": NO_PARENT.format(row=number, parent=row["parent_code"][:20])})
    if sum(row["level"] == "city" for row in rows) != 1:
        raise Invalid({"divisions": EMPTY})
    return sorted(rows, key=lambda row: LEVELS[row["level"]])


def _states(row: Mapping[str, str]) -> list[tuple[date, str]]:
    years = sorted(key[5:] for key in row if re.fullmatch(r"name_[0-9]{4}", key))
    return [(STATES.get(year, date(int(year), 12, 31)), row[f"name_{year}"]) for year in years]


def spans_of_states(row: Mapping[str, str]) -> list[Span]:
    """The places that one code meant, one after the other, from its names in the published states.

    A change lies between two states; it is dated by the state that first shows it. What stood in the first state has
    no beginning. A name that comes back after a gap with a character in common is the same place.
    """
    states = _states(row)
    found: list[Span] = []
    for index, (day, name) in enumerate(states):
        since = None if index == 0 else day
        last = found[-1] if found else None
        if not name:
            if last is not None and last.until is None:
                found[-1] = replace(last, until=day)
        elif last is not None and may_be_one_place(last.name, name, row["level"]):
            found[-1] = replace(last, names=_with_name(last.names, name, day), until=None)
        else:
            if last is not None and last.until is None:
                found[-1] = replace(last, until=day)
            found.append(Span(row["code"], row["level"], (Named(name, since, None),), since=since))
    return [_closed(span, row) for span in found]


def _with_name(names: tuple[Named, ...], name: str, day: date) -> tuple[Named, ...]:
    if names[-1].name == name:
        return names
    return (*names[:-1], replace(names[-1], until=day), Named(name, day, None))


def _closed(span: Span, row: Mapping[str, str]) -> Span:
    names = (*span.names[:-1], replace(span.names[-1], until=span.until))
    cut = {"community": 9, "street": 6, "district": 4}.get(span.level, 0)
    successor = row.get("likely_successor_code", "") if span.until else ""
    return replace(span, names=names, parent=span.code[:cut], kind=kind_of_code(span.code), short=stem(span.name, span.level),
                   is_virtual="虚拟" in span.name, successor=successor)


def read_register(divisions: str, changes: str = "", crosswalk: str = "") -> Register:
    """Everything that the three files say together. Invalid names the file's field and the first wrong line."""
    register = Register()
    by_code: dict[str, list[Span]] = {}
    if changes:
        for row in rows_of(changes, ("code", "level", "change"), "changes"):
            by_code[row["code"]] = spans_of_states(row)
    for row in read_divisions(divisions):
        spans = by_code.pop(row["code"], [])
        register.spans += spans[:-1] if spans and spans[-1].until is None else spans
        last = spans[-1] if spans and spans[-1].until is None else None
        register.spans.append(_current(row, last))
    register.spans += [span for spans in by_code.values() for span in spans]
    register.spans.sort(key=lambda span: LEVELS[span.level])
    if crosswalk:
        rows = rows_of(crosswalk, ("nbs2023_code", "nbs2023_name", "other_code_same_name", "name_at_same_code_in_other", "status"), "crosswalk")
        register.others = [(row["nbs2023_code"], row["nbs2023_name"], row["other_code_same_name"])
                           for row in rows if row["other_code_same_name"] and row["nbs2023_code"]]
        register.others += [("", row["name_at_same_code_in_other"], row["other_code_same_name"])
                            for row in rows if row["status"] == "only_in_other" and row["other_code_same_name"]]
    return register


def _current(row: Mapping[str, str], last: Span | None) -> Span:
    span = last or Span(row["code"], row["level"], (Named(row["name"], None, None),))
    if span.name != row["name"]:
        span = replace(span, names=(*span.names, Named(row["name"], None, None)))
    return replace(span, parent=row["parent_code"], kind=row.get("kind") or kind_of_code(row["code"]), until=None, successor="",
                   short=row.get("short_name") or stem(row["name"], row["level"]), is_virtual=row.get("virtual") == "1")
