# SPDX-License-Identifier: MulanPSL-2.0
"""The records behind a figure that are to be mended: live, by the same conditions that the count uses, page by page by their number."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db import connection

from linli.core import clock
from linli.core.faults import NotVisible
from linli.core.words import Words, words
from linli.elements.quality import rules
from linli.elements.quality.conditions import Asked, area_column, counted_fields, stands, table
from linli.elements.quality.reckoning import ALL, SAMPLE_DAYS
from linli.elements.registers.declaring import Register, register_named
from linli.elements.registers.records import epoch_day

ASPECTS: dict[str, Words] = {
    "completeness": words("完整", "Complete"), "freshness": words("新鲜", "Fresh"), "consistency": words("一致", "Consistent"), "accuracy": words("准确", "Right")}
MOST = 50
ALL_FIELDS = words("全部字段", "All fields")
ALL_RULES = words("全部规则", "All rules")

BESIDE: dict[str, Words] = {
    "present": words("是否还在这里", "Whether still here"), "address": words("住址", "Address"), "ties": words("与房屋和住户的关系", "Tie to dwelling and household"),
    "relation": words("与户主关系", "Relation to the head"), "standing": words("人户情况", "Registered and living")}
"""What is asked at the door because another system says otherwise, beside the columns of a register."""


@dataclass(frozen=True)
class Figure:
    """Which figure: register, aspect and field or rule. As text `person.completeness.phone`; the last part may be empty."""

    register: Register
    aspect: str
    name: str

    @property
    def key(self) -> str:
        """Its text."""
        return f"{self.register.name}.{self.aspect}.{self.name}"

    @property
    def words(self) -> Words:
        """What it is of: the label of a field, the sentence of a rule."""
        if self.name == ALL:
            return ALL_RULES if self.aspect == "consistency" else ALL_FIELDS
        if self.aspect == "consistency":
            found = rules.named(self.register.name, self.name)
            return found.words if found else words(self.name, self.name)
        column = next((one for one in self.register.columns if one.name == self.name), None)
        return column.label if column else BESIDE.get(self.name, words(self.name, self.name))


def figure_of(text: str) -> Figure:
    """The figure of a text. NotVisible when nothing of that name is counted."""
    register, _, rest = text.partition(".")
    aspect, _, name = rest.partition(".")
    try:
        found = Figure(register_named(register), aspect, name)
    except LookupError:
        raise NotVisible from None
    fields = {one.column.name: one for one in counted_fields(found.register)}
    known: Mapping[str, set[str]] = {
        "completeness": {ALL, *(name for name, one in fields.items() if one.column.counts_in_completeness)},
        "freshness": {ALL, *(name for name, one in fields.items() if one.fresh)},
        "consistency": {ALL, *(one.name for one in rules.rules_of(found.register))}, "accuracy": {ALL, *fields}}
    if name not in known.get(aspect, ()):
        raise NotVisible
    return found


def to_mend(figure: Figure, lo: int, hi: int, after: int = 0, most: int = MOST) -> list[int]:
    """Numbers of the records to mend in a range, from the smallest on; one more than `most` when there are more. Inside the reader's sight."""
    make = {"consistency": _troubled, "accuracy": _wrong}.get(figure.aspect, _unfilled)
    sql, given = make(figure)
    with connection.cursor() as cursor:
        cursor.execute(f"{sql} order by 1 limit %(most)s", given | {"lo": lo, "hi": hi, "after": after, "most": most + 1, "register": figure.register.name, "name": figure.name})
        return [row[0] for row in cursor.fetchall()]


def _unfilled(figure: Figure) -> tuple[str, dict[str, Any]]:
    fields = [one for one in counted_fields(figure.register) if figure.name in (ALL, one.column.name)]
    lacking = " or ".join(f"({part})" for one in fields if (part := lack(one, figure.aspect))) or "false"
    area, today = area_column(figure.register), clock.today()
    return (f"select t.id from {table(figure.register)} t where {stands(figure.register)} and {area} >= %(lo)s and {area} < %(hi)s and t.id > %(after)s and ({lacking})",
            {"day": today, "day_number": epoch_day(today)})


def lack(one: Asked, aspect: str) -> str:
    """The condition that a field is missing, or filled and out of date; empty when it does not count in this aspect."""
    if aspect == "completeness":
        return f"{one.asked} and not ({one.filled})" if one.column.counts_in_completeness else ""
    return f"{one.asked} and {one.filled} and not ({one.fresh})" if one.fresh else ""


def _troubled(figure: Figure) -> tuple[str, dict[str, Any]]:
    which = "" if figure.name == ALL else "and rule = %(name)s"
    return (f"select distinct record from elements_qualitytrouble where register = %(register)s and area >= %(lo)s and area < %(hi)s and record > %(after)s {which}", {})


def _wrong(figure: Figure) -> tuple[str, dict[str, Any]]:
    which = "" if figure.name == ALL else "and name = %(name)s"
    return (f"select distinct record from elements_fieldcheck where register = %(register)s and area >= %(lo)s and area < %(hi)s and record > %(after)s "
            f"and verdict = 'wrong' and checked_on > %(since)s and sample_id is not null {which}", {"since": clock.today() - timedelta(days=SAMPLE_DAYS)})


@dataclass(frozen=True)
class Lack:
    """One thing to mend of one record. `deadline` is the day by which it was to be seen, None when none is known."""

    register: str
    record: int
    aspect: str
    name: str
    deadline: date | None = None
    is_need: bool = False
    check: int | None = None
    is_asked: bool = False
    """Not drawn, but put in doubt by another system."""


def lacks_of(register: Register, lo: int, hi: int, most: int) -> list[Lack]:
    """Missing and outdated fields in a range: the longest outdated first, then the missing ones."""
    values = []
    for one in counted_fields(register):
        if missing := lack(one, "completeness"):
            values.append(f"('completeness', '{one.column.name}', null::int, {missing})")
        if stale := lack(one, "freshness"):
            values.append(f"('freshness', '{one.column.name}', (t.confirmed ->> '{one.column.name}')::int + {one.column.refresh_days}, {stale})")
    area, today = area_column(register), clock.today()
    with connection.cursor() as cursor:
        cursor.execute(
            f"""select t.id, v.aspect, v.name, v.due from {table(register)} t cross join lateral (values {', '.join(values)}) v (aspect, name, due, lacks)
 where {stands(register)} and {area} >= %(lo)s and {area} < %(hi)s and v.lacks order by v.due nulls last, t.id, v.name limit %(most)s""",
            {"lo": lo, "hi": hi, "most": most, "day": today, "day_number": epoch_day(today)})
        return [Lack(register.name, row[0], row[1], row[2], date(1970, 1, 1) + timedelta(days=row[3]) if row[3] is not None else None) for row in cursor.fetchall()]
