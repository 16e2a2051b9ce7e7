# SPDX-License-Identifier: MulanPSL-2.0
"""When a grid is walked: the two windows of a day and the days that ask for rounds; configuration, shown with the mark 拟."""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from functools import lru_cache
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from linli.core import calendar_store, clock
from linli.core.words import Words, words

MORNING, AFTERNOON, OTHER = "morning", "afternoon", "other"
SHIFTS: dict[str, Words] = {
    MORNING: words("上午", "Morning"), AFTERNOON: words("下午", "Afternoon"), OTHER: words("其他时间", "Another time"),
}
"""Two rounds a day, morning and afternoon (policy.md 5.1). A round at another time is kept and counts for neither."""


@dataclass(frozen=True)
class Window:
    """The hours, on the city's clock, in which a round of a shift begins."""

    shift: str
    opens: time
    closes: time

    def end_on(self, day: date) -> datetime:
        """The moment at which the window of a day closes."""
        return datetime.combine(day, self.closes, ZoneInfo(settings.TIME_ZONE)).astimezone(UTC)

    def start_on(self, day: date) -> datetime:
        """The moment at which the window of a day opens."""
        return datetime.combine(day, self.opens, ZoneInfo(settings.TIME_ZONE)).astimezone(UTC)


def windows() -> tuple[Window, Window]:
    """The morning's and the afternoon's window (LINLI_ROUND_WINDOWS)."""
    return _windows(settings.ROUND_WINDOWS)


@lru_cache(maxsize=8)
def _windows(text: str) -> tuple[Window, Window]:
    parts = [part.strip() for part in text.split(",")]
    if len(parts) != 2 or not all(re.fullmatch(r"\d\d:\d\d-\d\d:\d\d", part) for part in parts):
        raise ImproperlyConfigured(f"LINLI_ROUND_WINDOWS is {text!r}; write two windows such as 08:00-12:00,13:30-18:00.")
    try:
        edges = [time.fromisoformat(edge) for part in parts for edge in part.split("-")]
    except ValueError as error:
        raise ImproperlyConfigured(f"LINLI_ROUND_WINDOWS is {text!r}; an hour in it does not exist.") from error
    if edges != sorted(set(edges)):
        raise ImproperlyConfigured(f"LINLI_ROUND_WINDOWS is {text!r}; the hours must be in order and not overlap.")
    return Window(MORNING, edges[0], edges[1]), Window(AFTERNOON, edges[2], edges[3])


def shift_at(moment: datetime) -> str:
    """The shift in whose window a moment lies; `other` outside both."""
    hour = clock.local(moment).time()
    return next((one.shift for one in windows() if one.opens <= hour < one.closes), OTHER)


def is_round_day(day: date) -> bool:
    """Whether rounds are due on the day: working days, or every day (LINLI_ROUNDS_EVERY_DAY)."""
    return settings.ROUNDS_EVERY_DAY or calendar_store.calendar().is_workday(day)
