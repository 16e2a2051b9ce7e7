# SPDX-License-Identifier: MulanPSL-2.0
"""The calendar of working time: which days count, when a limit is due, and how much working time has passed.

A calendar is a value without a database: whoever keeps the tables of holidays builds one and passes it on.
Instants are cut to whole seconds, so that the parts of a clock that was stopped and started add up exactly.
"""

import csv
from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta, timezone
from functools import cached_property, lru_cache
from itertools import accumulate, compress, pairwise
from pathlib import Path
from zoneinfo import ZoneInfo

from linli.core.faults import Fault
from linli.core.words import Words, words
from linli.core.working_time import DAY, HOUR, Due, Moved, Step, TimeUnit

# Our choice: long enough for every record; within it the zone's distance to UTC must not change (China: since 1992).
FIRST_YEAR, LAST_YEAR = 2000, 2099
_FIRST_DAY = date(FIRST_YEAR, 1, 1).toordinal()
_DAYS = date(LAST_YEAR + 1, 1, 1).toordinal() - _FIRST_DAY

# Proposed [P], configurable: the usual winter hours of offices; statutes leave them to the locality.
OFFICE_HOURS = ((time(8, 30), time(12, 0)), (time(13, 30), time(17, 30)))

# The notice for the next year may still move the last days of December: the one for 2019 made 2018-12-29 a working
# day and 2018-12-31 a holiday; no earlier day was moved in 2013-2026 (the seed file).
LATE_DECEMBER = 29

SEED = Path(__file__).parent / "seeds" / "cn_workday_exceptions_2013_2026.csv"

FESTIVALS: Mapping[str, Words] = {
    "New Year's Day": words("元旦", "New Year's Day"),
    "Spring Festival": words("春节", "Spring Festival"),
    "Tomb-sweeping Day": words("清明节", "Tomb-sweeping Day"),
    "Labour Day": words("劳动节", "Labour Day"),
    "Dragon Boat Festival": words("端午节", "Dragon Boat Festival"),
    "Mid-autumn Festival": words("中秋节", "Mid-autumn Festival"),
    "National Day": words("国庆节", "National Day"),
    "Anti-Fascist 70th Day": words("抗战胜利70周年纪念日", "70th Anniversary of Victory Day"),
}


@dataclass(frozen=True)
class Calendar:
    """Working days and office hours of one place.

    `exceptions` says of single dates whether they are working days; all other dates follow the week. A year outside
    `published_years` is reckoned with what is known (weekends), and whatever is due there is provisional.
    ValueError when the zone changes its distance to UTC between 2000 and 2099, or the office hours overlap.
    """

    zone: str = "Asia/Shanghai"
    office_hours: tuple[tuple[time, time], ...] = OFFICE_HOURS
    exceptions: Mapping[date, bool] = field(default_factory=dict, hash=False)
    published_years: frozenset[int] = frozenset()
    festivals: Mapping[date, Words] = field(default_factory=dict, hash=False)

    def __post_init__(self) -> None:
        _zone_offset(self.zone)
        moments = [moment for pair in self.office_hours for moment in pair]
        if not moments or any(a >= b for a, b in pairwise(moments)):
            raise ValueError(f"office hours must be in order, without overlap and not empty: {self.office_hours}")

    def is_workday(self, day: date) -> bool:
        """Whether `day` is a working day as far as is known. Fault when it lies outside 2000-2099."""
        return bool(self._flags[_index(day)])

    def is_provisional(self, day: date) -> bool:
        """Whether the holidays around `day` are not published yet, so that it may still change."""
        return self._unpublished(day, day) is not None

    def day_of(self, at: datetime) -> date:
        """The local date of an instant."""
        return date.fromordinal(_FIRST_DAY + self._seconds(at) // DAY)

    def add(self, start: datetime, amount: int, unit: TimeUnit) -> Due:
        """When a limit of `amount` units that begins at `start` is due.

        Working days: closing time of the n-th working day after the day of `start`, whatever the hour of `start`
        (our choice, after 民法典 201: the first day does not count). Hours and urgent units: exactly that much later.
        ValueError when `amount` is below 1.
        """
        if amount < 1:
            raise ValueError(f"a limit is at least one unit, not {amount}")
        if unit is TimeUnit.WORKING_DAY:
            return self._closing_of(self._seconds(start), amount)
        return self.add_seconds(start, amount * (DAY if unit is TimeUnit.URGENT_DAY else HOUR), unit)

    def add_seconds(self, start: datetime, seconds: int, unit: TimeUnit) -> Due:
        """The first moment by which `seconds` of the unit's time have passed since `start` (0: `start` itself).

        A clock that was stopped goes on with this: the new due moment is the old one plus the time it stood still.
        ValueError when `seconds` is negative.
        """
        if seconds < 0:
            raise ValueError(f"time cannot be added backwards: {seconds} seconds")
        begun = self._seconds(start)
        if unit.is_urgent or seconds == 0:
            return Due(self._instant(begun + seconds), False, ())
        target = self._worked(begun) + seconds
        reached = self._when(target)
        opened = self._when(target - seconds + 1) - 1
        return self._explained(begun, opened, reached, seconds)

    def after(self, start: datetime, seconds: int, unit: TimeUnit) -> datetime:
        """The moment of `add_seconds` alone, without what moved it. ValueError when `seconds` is negative."""
        if seconds < 0:
            raise ValueError(f"time cannot be added backwards: {seconds} seconds")
        begun = self._seconds(start)
        return self._instant(begun + seconds if unit.is_urgent or seconds == 0 else self._when(self._worked(begun) + seconds))

    def open_spans(self, start: datetime, end: datetime) -> Iterator[tuple[datetime, datetime]]:
        """The stretches of office hours between two moments, in order; for pictures of a clock."""
        begun, ended = self._seconds(start), self._seconds(end)
        days = self._workdays
        for day in days[bisect_left(days, begun // DAY):bisect_right(days, ended // DAY)]:
            for opens, closes, _ in self._hours:
                first, last = max(day * DAY + opens, begun), min(day * DAY + closes, ended)
                if first < last:
                    yield self._instant(first), self._instant(last)

    def unit_seconds(self, unit: TimeUnit) -> int:
        """What one unit is worth in its own time: a working day is as long as its office hours."""
        if unit is TimeUnit.WORKING_DAY:
            return self.day_seconds
        return DAY if unit is TimeUnit.URGENT_DAY else HOUR

    def business_seconds(self, start: datetime, end: datetime, unit: TimeUnit) -> int:
        """Seconds of the unit's time from `start` to `end`, exact; negative when `end` comes first.

        Working hours and working days run alike (in office hours), urgent units by the clock on the wall.
        """
        begun, ended = self._seconds(start), self._seconds(end)
        return ended - begun if unit.is_urgent else self._worked(ended) - self._worked(begun)

    @property
    def day_seconds(self) -> int:
        """Office time of one working day in seconds."""
        return self._hours[-1][2] + self._hours[-1][1] - self._hours[-1][0]

    # Seconds are counted from the local midnight that begins 2000-01-01, days likewise from 0.

    @cached_property
    def _start(self) -> datetime:
        return datetime(FIRST_YEAR, 1, 1, tzinfo=timezone(_zone_offset(self.zone)))

    @cached_property
    def _start_in_utc(self) -> datetime:
        return self._start.astimezone(UTC)

    @cached_property
    def _hours(self) -> tuple[tuple[int, int, int], ...]:
        """Each opening as (from, to, office seconds of the day before it)."""
        spans = [(_second_of_day(opens), _second_of_day(closes)) for opens, closes in self.office_hours]
        before = accumulate((closes - opens for opens, closes in spans), initial=0)
        return tuple((opens, closes, done) for (opens, closes), done in zip(spans, before, strict=False))

    @cached_property
    def _flags(self) -> bytearray:
        week = bytes(1 if date.fromordinal(_FIRST_DAY + day).weekday() < 5 else 0 for day in range(7))
        flags = bytearray(week * (_DAYS // 7 + 1))[:_DAYS]
        for day, works in self.exceptions.items():
            flags[_index(day)] = works
        return flags

    @cached_property
    def _before(self) -> "array[int]":
        """Working days before each day: `_before[b] - _before[a]` are those in [a, b)."""
        return array("i", accumulate(self._flags, initial=0))

    @cached_property
    def _workdays(self) -> "array[int]":
        return array("i", compress(range(_DAYS), self._flags))

    @cached_property
    def _makeup_days(self) -> list[int]:
        return sorted(_index(day) for day, works in self.exceptions.items() if works and day.weekday() >= 5)

    @cached_property
    def _holidays(self) -> list[tuple[int, int]]:
        """Runs of free days (first, last) that hold at least one day freed by exception, in order."""
        runs: list[tuple[int, int]] = []
        for day in sorted(_index(day) for day, works in self.exceptions.items() if not works):
            if not runs or day > runs[-1][1]:
                runs.append((self._free_until(day, -1), self._free_until(day, 1)))
        return runs

    @cached_property
    def _holiday_ends(self) -> list[int]:
        return [last for _, last in self._holidays]

    def _free_until(self, day: int, direction: int) -> int:
        while 0 <= day + direction < _DAYS and not self._flags[day + direction]:
            day += direction
        return day

    def _seconds(self, at: datetime) -> int:
        if at.tzinfo is None:
            raise ValueError(f"{at!r} has no time zone; instants are aware")
        since = at - self._start
        if not 0 <= since.days < _DAYS:
            raise _outside()
        return since.days * DAY + since.seconds

    def _instant(self, seconds: int) -> datetime:
        if seconds >= _DAYS * DAY:
            raise _outside()
        return self._start_in_utc + timedelta(seconds=seconds)

    def _worked(self, seconds: int) -> int:
        """Office seconds from the first day of the calendar to this second."""
        day, second = divmod(seconds, DAY)
        done = self._before[day] * self.day_seconds
        if not self._flags[day]:
            return done
        for opens, closes, before in reversed(self._hours):
            if second >= opens:
                return done + before + min(second, closes) - opens
        return done

    def _when(self, worked: int) -> int:
        """The first second by which so many office seconds (at least 1) have passed."""
        rank, rest = divmod(worked - 1, self.day_seconds)
        if rank >= len(self._workdays):
            raise _outside()
        opens, before = next((opens, before) for opens, _, before in reversed(self._hours) if rest >= before)
        return self._workdays[rank] * DAY + opens + rest - before + 1

    def _closing_of(self, begun: int, amount: int) -> Due:
        today = begun // DAY
        rank = self._before[today + 1] + amount - 1
        if rank >= len(self._workdays):
            raise _outside()
        day = self._workdays[rank]
        steps = self._days_left_out(today + 1, day)
        steps.append(Step(Moved.END_OF_DAY, _date(today), _date(day), amount))
        return self._due(day * DAY + self._hours[-1][1], today, day, steps)

    def _explained(self, begun: int, opened: int, reached: int, worked: int) -> Due:
        first, day = begun // DAY, reached // DAY
        steps: list[Step] = []
        if opened > begun:
            steps.append(Step(Moved.WAITED_FOR_OPENING, _date(first), _date(opened // DAY), (opened - begun) // 60))
        steps += self._days_left_out(first, day)
        free = day - opened // DAY + 1 - (self._before[day + 1] - self._before[opened // DAY])
        closed = reached - opened - worked - free * DAY
        if closed:
            steps.append(Step(Moved.CLOSED_HOURS, _date(opened // DAY), _date(day), closed // 60))
        return self._due(reached, first, day, steps)

    def _due(self, seconds: int, first: int, last: int, steps: list[Step]) -> Due:
        unpublished = self._unpublished(_date(first), _date(last))
        if unpublished is not None:
            steps.append(Step(Moved.NOT_PUBLISHED, _date(first), _date(last), unpublished))
        return Due(self._instant(seconds), unpublished is not None, tuple(steps))

    def _days_left_out(self, first: int, last: int) -> list[Step]:
        """The holidays, weekends and make-up days from `first` to `last`, both included."""
        steps: list[Step] = []
        free = last - first + 1 - (self._before[last + 1] - self._before[first])
        for number in range(bisect_left(self._holiday_ends, first), len(self._holidays)):
            begins, ends = max(self._holidays[number][0], first), min(self._holidays[number][1], last)
            if begins > last:
                break
            free -= ends - begins + 1
            steps.append(Step(Moved.HOLIDAY, _date(begins), _date(ends), ends - begins + 1, self._names(begins, ends)))
        if free:
            steps.append(Step(Moved.WEEKENDS, _date(first), _date(last), free))
        makeup = self._makeup_days
        for day in makeup[bisect_left(makeup, first):bisect_right(makeup, last)]:
            steps.append(Step(Moved.MAKEUP_DAY, _date(day), _date(day), 1, self._names(day, day)))
        return steps

    def _names(self, first: int, last: int) -> tuple[Words, ...]:
        if not self.festivals:
            return ()
        found = (self.festivals.get(_date(day)) for day in range(first, last + 1))
        return tuple(dict.fromkeys(name for name in found if name))

    def _unpublished(self, first: date, last: date) -> int | None:
        """The first year on the way whose notice is missing; None when all are published."""
        until = last.year + (last.month == 12 and last.day >= LATE_DECEMBER)
        return next((year for year in range(first.year, until + 1) if year not in self.published_years), None)


def exceptions_from_csv(path: Path = SEED) -> dict[date, bool]:
    """date → is a working day, from a file with the columns date and type (`holiday` or `makeup_workday`).

    Source of the seed: chinesecalendar 1.11.0 (MIT), after the yearly notices of the State Council, 2013-2026.
    ValueError that names the line when a date or a type cannot be read.
    """
    return {day: row["type"] == "makeup_workday" for day, row in _rows(path)}


def festivals_from_csv(path: Path = SEED) -> dict[date, Words]:
    """date → name of the festival, from the column festival of the same file; unknown names stand in both languages."""
    return {day: FESTIVALS.get(row["festival"], words(row["festival"], row["festival"]))
            for day, row in _rows(path) if row.get("festival")}


def seeded_calendar() -> Calendar:
    """The calendar of the shipped seed: mainland China, 2013-2026 published."""
    exceptions = exceptions_from_csv()
    return Calendar(exceptions=exceptions, festivals=festivals_from_csv(),
                    published_years=frozenset(day.year for day in exceptions))


def _rows(path: Path) -> list[tuple[date, dict[str, str]]]:
    with path.open(encoding="utf-8", newline="") as file:
        rows = []
        for number, row in enumerate(csv.DictReader(file), start=2):
            if row.get("type") not in ("holiday", "makeup_workday"):
                raise ValueError(f"{path.name}, line {number}: type must be holiday or makeup_workday, not {row.get('type')!r}")
            try:
                rows.append((date.fromisoformat(row["date"]), row))
            except ValueError as error:
                raise ValueError(f"{path.name}, line {number}: {row['date']!r} is not a date (YYYY-MM-DD)") from error
        return rows


@lru_cache(maxsize=32)
def _zone_offset(zone: str) -> timedelta:
    """The zone's one distance to UTC; ValueError when it has more than one (daylight saving would bend office time)."""
    months = (datetime(year, month, 1, tzinfo=ZoneInfo(zone)) for year in range(FIRST_YEAR, LAST_YEAR + 1) for month in range(1, 13))
    offsets = {month.utcoffset() for month in months}
    offset = offsets.pop()
    if offsets or offset is None:
        raise ValueError(f"{zone} changes its distance to UTC; choose a zone without daylight saving such as Asia/Shanghai")
    return offset


def _index(day: date) -> int:
    index = day.toordinal() - _FIRST_DAY
    if not 0 <= index < _DAYS:
        raise _outside()
    return index


def _date(index: int) -> date:
    return date.fromordinal(_FIRST_DAY + index)


def _second_of_day(moment: time) -> int:
    return moment.hour * HOUR + moment.minute * 60 + moment.second


def _outside() -> Fault:
    return Fault("outside_calendar",
                 message=words(f"不能计算期限：日期不在 {FIRST_YEAR} 年至 {LAST_YEAR} 年之间。",
                               f"The limit cannot be reckoned: a date lies outside the years {FIRST_YEAR} to {LAST_YEAR}."),
                 remedy=words("请核对填写的日期和期限长度。", "Check the date and the length of the limit."))
