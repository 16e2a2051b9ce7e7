# SPDX-License-Identifier: MulanPSL-2.0
"""When a rule holds, on the city's calendar; and all of time cut into the few classes that a set of rules can tell apart."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, time
from itertools import pairwise

from linli.core import clock
from linli.core.calendar_store import calendar
from linli.core.words import Words, words

DAY_MINUTES = 1440
ALWAYS, OFFICE, OUTSIDE, WINDOW = "always", "office", "outside", "window"
OTHER = {OFFICE: OUTSIDE, OUTSIDE: OFFICE}
WORKDAYS, DAYS_OFF = "W", "R"
PATTERN = re.compile(r"^([1-7WR]{1,9}) ([0-2][0-9]):([0-5][0-9])-([0-2][0-9]):([0-5][0-9])$")
NAMES = {
    "1": words("周一", "Mon"), "2": words("周二", "Tue"), "3": words("周三", "Wed"), "4": words("周四", "Thu"), "5": words("周五", "Fri"),
    "6": words("周六", "Sat"), "7": words("周日", "Sun"), WORKDAYS: words("工作日", "working days"), DAYS_OFF: words("休息日", "days off"),
}
FIXED = {
    ALWAYS: words("任何时间", "At any time"), OFFICE: words("办公时间", "In office hours"), OUTSIDE: words("非办公时间", "Outside office hours"),
}


@dataclass(frozen=True)
class Slot:
    """A minute of the week as rules see it: weekday 1 to 7, whether that day is worked on the city's calendar, the minute of the day."""

    weekday: int
    is_workday: bool
    minute: int
    is_office: bool


@dataclass(frozen=True)
class When:
    """The time of a rule. A window that ends before it begins runs over midnight; its day is the day of the moment itself."""

    kind: str = ALWAYS
    days: str = ""
    since: int = 0
    until: int = DAY_MINUTES

    @property
    def rank(self) -> int:
        """How specific: 0 any time, 1 in or outside office hours, 2 a window."""
        return {ALWAYS: 0, OFFICE: 1, OUTSIDE: 1, WINDOW: 2}[self.kind]

    def holds(self, slot: Slot) -> bool:
        """True if the rule holds at that minute."""
        if self.kind != WINDOW:
            return self.kind == ALWAYS or slot.is_office == (self.kind == OFFICE)
        is_day = str(slot.weekday) in self.days or (WORKDAYS if slot.is_workday else DAYS_OFF) in self.days
        if self.since < self.until:
            return is_day and self.since <= slot.minute < self.until
        return is_day and (slot.minute >= self.since or slot.minute < self.until)

    @property
    def text(self) -> str:
        """As it is kept and written in files."""
        return self.kind if self.kind != WINDOW else f"{self.days} {_hour(self.since)}-{_hour(self.until)}"

    @property
    def words(self) -> Words:
        """As people read it."""
        if self.kind != WINDOW:
            return FIXED[self.kind]
        zh, en = (sep.join(getattr(NAMES[one], name) for one in self.days) for name, sep in (("zh", "、"), ("en", ", ")))
        return words("{days} {since}–{until}", "{days} {since}–{until}").format(days=words(zh, en), since=_hour(self.since), until=_hour(self.until))


def _hour(minute: int) -> str:
    return f"{minute // 60:02d}:{minute % 60:02d}"


def parse(text: str) -> When | None:
    """The time that a text means (`always`, `office`, `outside`, `12345 08:00-20:00`); None when it means none."""
    text = text.strip()
    if text in FIXED:
        return When(text)
    found = PATTERN.match(text)
    if not found:
        return None
    days = "".join(one for one in "1234567WR" if one in found.group(1))
    since, until = (int(found.group(place)) * 60 + int(found.group(place + 1)) for place in (2, 4))
    return When(WINDOW, days, since, until) if since < DAY_MINUTES and until <= DAY_MINUTES and since != until else None


def slot_of(moment: datetime) -> Slot:
    """The minute of a moment on the city's calendar."""
    local, days = clock.local(moment), calendar()
    is_workday, minute = days.is_workday(local.date()), local.hour * 60 + local.minute
    return Slot(local.isoweekday(), is_workday, minute, is_workday and _is_open(minute, days.office_hours))


Hours = Sequence[tuple[time, time]]


def _is_open(minute: int, hours: Hours) -> bool:
    return any(_minute(begin) <= minute < _minute(end) for begin, end in hours)


def _minute(at: time) -> int:
    return at.hour * 60 + at.minute


@dataclass(frozen=True)
class Stretch:
    """A part of a day of the week on which every rule says the same throughout."""

    weekday: int
    is_workday: bool
    since: int
    until: int

    @property
    def words(self) -> Words:
        """Such as 周六（休息日）12:00–13:30."""
        kind = NAMES[WORKDAYS if self.is_workday else DAYS_OFF]
        return words("{day}（{kind}）{since}–{until}", "{day} ({kind}) {since}–{until}").format(
            day=NAMES[str(self.weekday)], kind=kind, since=_hour(self.since), until=_hour(self.until))


@dataclass(frozen=True)
class TimeClasses:
    """Time cut into classes; a set of classes is a whole number, one bit a class."""

    stretches: tuple[tuple[Stretch, ...], ...]
    masks: dict[When, int]
    samples: tuple[Slot, ...]

    @property
    def full(self) -> int:
        """All classes."""
        return (1 << len(self.stretches)) - 1

    def inside(self, mask: int) -> list[int]:
        """The classes of a set, in order."""
        return [place for place in range(len(self.stretches)) if mask >> place & 1]

    def words_of(self, mask: int) -> Words:
        """A set of classes as people read it: by a rule's own time where one fits exactly, otherwise by its first stretches."""
        if mask == self.full:
            return FIXED[ALWAYS]
        for when, held in self.masks.items():
            if held == mask:
                return when.words
            if held == self.full & ~mask:
                return FIXED[OTHER[when.kind]] if when.kind in OTHER else words("除“{time}”以外", "Except {time}").format(time=when.words)
        parts = [one for place in self.inside(mask) for one in self.stretches[place]]
        parts = _joined(sorted(parts, key=lambda one: (one.weekday != 1 or not one.is_workday, one.weekday, not one.is_workday, one.since)))
        return words("{first}等 {n} 段时间", "{first} and so on, {n} stretches of time").format(first=parts[0].words, n=len(parts)) if len(
            parts) > 1 else parts[0].words


def _joined(parts: Sequence[Stretch]) -> list[Stretch]:
    made: list[Stretch] = []
    for one in parts:
        if made and (made[-1].weekday, made[-1].is_workday, made[-1].until) == (one.weekday, one.is_workday, one.since):
            made[-1] = Stretch(one.weekday, one.is_workday, made[-1].since, one.until)
        else:
            made.append(one)
    return made


def classes_of(used: Iterable[When], hours: Hours) -> TimeClasses:
    """Cut every kind of day (each weekday worked or free: make-up days and holidays make both possible) where some rule turns."""
    whens = sorted(set(used), key=lambda one: (one.rank, one.text))
    cuts = sorted({0, DAY_MINUTES, *(_minute(at) for pair in hours for at in pair), *(at for one in whens for at in (one.since, one.until))})
    by_mark: dict[tuple[bool, ...], list[Stretch]] = {}
    samples: list[Slot] = []
    for weekday in range(1, 8):
        for is_workday in (True, False):
            for since, until in pairwise(cuts):
                slot = Slot(weekday, is_workday, since, is_workday and _is_open(since, hours))
                mark = tuple(one.holds(slot) for one in whens)
                if mark not in by_mark:
                    samples.append(slot)
                by_mark.setdefault(mark, []).append(Stretch(weekday, is_workday, since, until))
    masks = {one: sum(1 << place for place, mark in enumerate(by_mark) if mark[number]) for number, one in enumerate(whens)}
    return TimeClasses(tuple(tuple(parts) for parts in by_mark.values()), masks, tuple(samples))
