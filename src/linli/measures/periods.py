# SPDX-License-Identifier: MulanPSL-2.0
"""Periods of assessment: a year or a month on the city's wall clock, and where its cut-off lies at a moment."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings

from linli.core import clock
from linli.core.faults import Invalid
from linli.core.words import words

EPOCH = date(1970, 1, 1)
GRACE_DAYS = 31
"""How long after its end a year still follows the work (our choice: the time in which a year's sheet is signed)."""

WRONG_PERIOD = words("“{text}”不是一个统计期。请写年份（如 2026）或月份（如 2026-11）。",
                     "“{text}” is not a period. Write a year such as 2026 or a month such as 2026-11.")


@dataclass(frozen=True, order=True)
class Period:
    """A year or month: its key (`2026`, `2026-11`) and its half-open stretch of time in UTC."""

    key: str
    start: datetime
    end: datetime

    @property
    def is_year(self) -> bool:
        """True for a whole year."""
        return len(self.key) == 4

    def months(self) -> tuple["Period", ...]:
        """The twelve months of a year; a month alone for a month."""
        if not self.is_year:
            return (self,)
        return tuple(month_of(int(self.key), number) for number in range(1, 13))


@dataclass(frozen=True)
class Window:
    """A period as it is looked at from a moment: what the compiled SQL is asked with.

    `cut_off` is the moment itself while the period runs and its end afterwards; `day` is the city's day just before it.
    """

    key: str
    start: datetime
    end: datetime
    cut_off: datetime
    day: date
    day_number: int

    def parameters(self) -> dict[str, Any]:
        """Values of the named parameters of a compiled scan."""
        return {"start": self.start, "end": self.end, "cut_off": self.cut_off, "day": self.day, "day_number": self.day_number}


def window(period: Period, moment: datetime) -> Window:
    """The period as seen from `moment`."""
    cut_off = min(period.end, moment)
    day = clock.local(cut_off - timedelta(microseconds=1)).date()
    return Window(period.key, period.start, period.end, cut_off, day, (day - EPOCH).days)


def _midnight(year: int, month: int) -> datetime:
    return datetime(year, month, 1, tzinfo=ZoneInfo(settings.TIME_ZONE)).astimezone(UTC)


def year_of(year: int) -> Period:
    """The calendar year on the city's clock."""
    return Period(str(year), _midnight(year, 1), _midnight(year + 1, 1))


def month_of(year: int, month: int) -> Period:
    """One month of a year on the city's clock."""
    following = (year, month + 1) if month < 12 else (year + 1, 1)
    return Period(f"{year}-{month:02}", _midnight(year, month), _midnight(*following))


def parse(text: str) -> Period:
    """The period with this key; Invalid with a sentence otherwise."""
    found = re.fullmatch(r"(20\d\d)(?:-(0[1-9]|1[0-2]))?", text)
    if not found:
        raise Invalid({"period": WRONG_PERIOD.format(text=text[:20])})
    return month_of(int(found[1]), int(found[2])) if found[2] else year_of(int(found[1]))


def open_years(moment: datetime) -> tuple[Period, ...]:
    """The years whose figures follow the work at `moment`: the running one, and in its grace the one before."""
    today = clock.local(moment).date()
    running = year_of(today.year)
    if today < date(today.year, 1, 1) + timedelta(days=GRACE_DAYS):
        return (year_of(today.year - 1), running)
    return (running,)


def touched(moment: datetime, earliest: datetime) -> tuple[Period, ...]:
    """The open years and those of their months that a record with its first date at `earliest` can belong to."""
    found: list[Period] = []
    for year in open_years(moment):
        months: Sequence[Period] = [one for one in year.months() if one.start <= moment and one.end > earliest]
        if months:
            found += [year, *months]
    return tuple(found)
