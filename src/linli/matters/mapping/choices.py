# SPDX-License-Identifier: MulanPSL-2.0
"""What is drawn: the choice of state, kind, group, source, period and place, and its conditions in SQL. Categories that are not public never are."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings

from linli.core import clock
from linli.core.words import Words, words
from linli.matters import categories
from linli.matters.kinds import all_kinds
from linli.matters.models import Category
from linli.matters.phases import SOURCES

STATES: dict[str, Words] = {
    "open": words("在办", "Open"), "overdue": words("已超时", "Overdue"), "all": words("全部（含已办结）", "All, ended ones too"), "ended": words("已办结", "Ended"),
}
PERIODS: dict[str, tuple[int, Words]] = {
    "week": (7, words("近7天", "Last 7 days")), "month": (30, words("近30天", "Last 30 days")),
    "quarter": (90, words("近90天", "Last 90 days")), "year": (365, words("近一年", "Last 365 days")),
}
"""Name, days (today included) and words of each period: days on which matters were reported."""
USUAL = "month"
"""The period of a choice that shows ended matters too and names none: without a bound it would mean all that ever was."""
UNKNOWN = words("没有“{value}”这个选项，已按默认显示。", "There is no choice “{value}”; the usual one is shown.")


@dataclass(frozen=True)
class Choice:
    """What the map is narrowed to; empty strings leave it wide. `lo` and `hi` are the range of the place looked at."""

    lo: int
    hi: int
    state: str = "open"
    kind: str = ""
    group: str = ""
    source: str = ""
    period: str = ""

    @property
    def days(self) -> int:
        """Days of the period; 0 without one."""
        return PERIODS[self.period][0] if self.period else 0

    @property
    def since(self) -> datetime | None:
        """Matters reported from this moment on; None when any will do."""
        return first_moment(self.days, clock.today()) if self.period else None


def first_moment(days: int, today: date) -> datetime:
    """The midnight with which a period of so many days begins, today included."""
    return datetime.combine(today - timedelta(days=days - 1), time(), ZoneInfo(settings.TIME_ZONE))


def chosen(sent: Mapping[str, str], lo: int, hi: int) -> tuple[Choice, dict[str, Words]]:
    """The choice that an address names, and a sentence for each value that does not exist (which is left out)."""
    known: dict[str, Any] = {"state": STATES, "kind": {one.name for one in all_kinds() if one.is_public}, "source": SOURCES, "period": PERIODS,
                             "group": {key for key, _ in groups()}}
    given = {name: sent.get(name, "").strip()[:60] for name in known}
    wrong = {name: UNKNOWN.format(value=value) for name, value in given.items() if value and value not in known[name]}
    kept = {name: value for name, value in given.items() if value and name not in wrong}
    if kept.get("state", "open") in ("all", "ended"):
        kept.setdefault("period", USUAL)
    return Choice(lo, hi, **kept), wrong


def group_of(category: Category) -> str:
    """The key of the group that a category belongs to: scheme, part and group, whatever the version."""
    return f"{category.scheme.code}.{category.part}.{category.group_code}"


def groups() -> list[tuple[str, Words]]:
    """The groups that may be chosen, with their words, in the order of their schemes."""
    found: dict[str, Words] = {}
    for one in drawn():
        found.setdefault(group_of(one), words(one.group_zh or one.name_zh, one.group_en or one.group_zh or one.name_en or one.name_zh))
    return list(found.items())


def drawn(kind: str = "", group: str = "") -> list[Category]:
    """The categories that may stand on a map: public ones of public kinds (boundaries.md: no marker of a group of persons)."""
    public = {one.name for one in all_kinds() if one.is_public}
    return [one for one in categories.known()
            if one.is_public and one.kind in public and kind in ("", one.kind) and (not group or group_of(one) == group)]


def themes() -> dict[int, int]:
    """Category to theme: the first category of the same kind and group stands for all of them."""
    first: dict[tuple[str, str], int] = {}
    return {one.pk: first.setdefault((one.kind, group_of(one)), one.pk) for one in drawn()}


COUNTED = "m.phase <> 'merged' and m.parent is null and m.source <> 'withdrawn'"
"""What is one matter on a map: a merged report lies in the one that it went into, a part in its whole, a withdrawn import nowhere."""


@dataclass
class Conditions:
    """Conditions in SQL on the table `m`, with their values."""

    texts: list[str] = field(default_factory=list)
    values: list[Any] = field(default_factory=list)

    def add(self, text: str, *values: object) -> "Conditions":
        """One more condition."""
        self.texts.append(text)
        self.values += values
        return self

    @property
    def sql(self) -> str:
        """All of them, joined."""
        return " and ".join(self.texts)


def conditions(choice: Choice, *, with_state: bool = True, since: datetime | None = None, is_placed: bool = True) -> Conditions:
    """What a matter must be to count: in the place, of a drawn category, and as chosen.

    `since` takes the place of the period's own beginning; `is_placed` leaves away those without a position.
    """
    made = Conditions().add("m.area >= %s and m.area < %s", choice.lo, choice.hi).add(COUNTED)
    if is_placed:
        made.add("m.cell is not null")
    if with_state:
        made = _of_state(made, choice.state)
    begin = since or choice.since
    if begin:
        made.add("m.reported_at >= %s", begin)
    made.add("m.category_id = any(%s)", [one.pk for one in drawn(choice.kind, choice.group)])
    return made.add("m.source = %s", choice.source) if choice.source else made


def _of_state(made: Conditions, state: str) -> Conditions:
    if state == "overdue":
        return made.add("m.is_open").add("m.due_at < %s", clock.now())
    return made.add({"open": "m.is_open", "ended": "not m.is_open"}[state]) if state != "all" else made
