# SPDX-License-Identifier: MulanPSL-2.0
"""How a year's reports fall on its hours: more on working days, by daylight and in summer; and when a report of each hour is due."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings

from linli.core.calendar_store import calendar
from linli.core.working_time import TimeUnit

BY_HOUR = (1, 1, 1, 1, 1, 2, 6, 14, 22, 26, 24, 20, 14, 15, 22, 24, 22, 18, 14, 11, 8, 5, 3, 2)
"""Weight of each hour of the day (our choice: two peaks, few at night)."""
BY_MONTH = (9, 8, 10, 11, 12, 13, 13, 13, 12, 11, 10, 9)
"""Weight of each month (our choice: surroundings are noticed out of doors)."""
WEEKEND = 7
"""Weight of a Saturday or Sunday, in tenths of a working day's."""


@dataclass(frozen=True)
class Hour:
    """One hour of the load: which numbers are reported in it, and the deadlines of a report at its beginning."""

    day: int
    at: datetime
    first_id: int
    count: int
    first_reply_due: datetime
    whole_due: datetime


def midnight(day: date) -> datetime:
    """The beginning of a day on the city's clock, in UTC."""
    return datetime.combine(day, time(), ZoneInfo(settings.TIME_ZONE)).astimezone(UTC)


def weight_of(day: date, hour: int) -> int:
    """The share of one hour."""
    return BY_HOUR[hour] * BY_MONTH[day.month - 1] * (WEEKEND if day.weekday() >= 5 else 10)


def hours(first: date, last: date, matters: int) -> Iterator[Hour]:
    """All hours from `first` to the end of the day before `last`, with `matters` numbers spread over them from 1 on."""
    days = [first + timedelta(days=number) for number in range((last - first).days)]
    whole = sum(weight_of(day, hour) for day in days for hour in range(24))
    done = upto = 0
    for number, day in enumerate(days):
        for hour in range(24):
            done += weight_of(day, hour)
            count = matters * done // whole - upto
            at = midnight(day) + timedelta(hours=hour)
            if count:
                reply, close = calendar().add(at, 1, TimeUnit.WORKING_DAY), calendar().add(at, 10, TimeUnit.WORKING_DAY)
                yield Hour(number, at, upto + 1, count, reply.at, close.at)
            upto += count
