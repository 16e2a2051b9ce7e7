# SPDX-License-Identifier: MulanPSL-2.0
"""The calendar kept in tables: seeded from the shipped list, completed year by year by an action, remembered by each process."""

import hashlib
from datetime import date

from django.conf import settings

from linli.core import registry
from linli.core.actions import Call, Done, action, run
from linli.core.calendars import FESTIVALS, SEED, Calendar, exceptions_from_csv, festivals_from_csv
from linli.core.editions import Memory, bump
from linli.core.faults import Invalid
from linli.core.fields import Field
from linli.core.models import CalendarDay, CalendarYear
from linli.core.sight import of_record
from linli.core.system_actors import system_actor
from linli.core.words import Words, text_in, words

EDITION = "calendar"
SEED_SOURCE = "chinesecalendar 1.11.0 (MIT), notices of the State Council"
LINE = words("第 {row} 行不对：每行写“日期 holiday 名称”或“日期 workday 名称”，例如 2027-01-01 holiday 元旦。",
             "Line {row} is wrong: write “date holiday name” or “date workday name”, such as 2027-01-01 holiday 元旦.")
OTHER_YEAR = words("第 {row} 行的日期 {day} 不在 {year} 年，也不在上一年最后三天。",
                   "The date {day} in line {row} is not in {year}, nor in the last three days of the year before.")


def _read() -> Calendar:
    days = list(CalendarDay.objects.values_list("day", "is_workday", "name"))
    years = frozenset(CalendarYear.objects.values_list("year", flat=True))
    festivals = {day: FESTIVALS.get(name, words(name, name)) for day, _, name in days if name}
    return Calendar(zone=settings.TIME_ZONE, exceptions={day: is_workday for day, is_workday, _ in days},
                    published_years=years, festivals=festivals)


_memory = Memory(EDITION, _read)


def calendar() -> Calendar:
    """The calendar of the tables; a change by `calendar.publish_year` is seen within five seconds everywhere."""
    return _memory.value()


def days_of(year: int, text: str) -> dict[date, tuple[bool, str]]:
    """Day to (is it a workday, its name) as written in a notice, one day a line. Invalid names the first wrong line."""
    found: dict[date, tuple[bool, str]] = {}
    for row, line in enumerate(text.splitlines(), start=1):
        parts = line.split(maxsplit=2)
        if not parts:
            continue
        day = _day(parts[0])
        if day is None or len(parts) < 2 or parts[1] not in ("holiday", "workday"):
            raise Invalid({"days": LINE.format(row=row)})
        if day.year != year and not (day.year == year - 1 and (day.month, day.day) >= (12, 29)):
            raise Invalid({"days": OTHER_YEAR.format(row=row, day=day.isoformat(), year=year)})
        found[day] = (parts[1] == "workday", parts[2][:60] if len(parts) > 2 else "")
    return found


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


@action(
    "calendar.publish_year", words("发布年度工作日历", "Publish the calendar of a year"), ability="calendar.publish_year", subject="calendar",
    sight="this_record", opens=lambda actor, given: of_record(settings.CITY_AREA),
    fields=(
        Field("year", words("年份", "Year"), "integer", required=True, low=2000, high=2099),
        Field("source", words("依据（通知名称或文号）", "Notice it rests on"), required=True),
        Field("days", words("放假和调休上班的日子，每行一天", "Holidays and make-up workdays, one a line"), "long_text", required=True, limit=20_000),
    ),
)
def publish_year(call: Call) -> Done:
    """Enter the notice of a year: its days are replaced by the given ones and the year is no longer provisional."""
    year = int(call.given["year"])
    days = days_of(year, call.given["days"])
    CalendarDay.objects.filter(day__year=year).delete()
    CalendarDay.objects.filter(day__in=days).delete()
    CalendarDay.objects.bulk_create([CalendarDay(day=day, is_workday=is_workday, name=name) for day, (is_workday, name) in sorted(days.items())])
    CalendarYear.objects.update_or_create(year=year, defaults={"source": call.given["source"], "entered_at": call.recorded_at})
    bump(EDITION)
    return Done(settings.CITY_AREA, year, {"year": year, "days": len(days)})


@action(
    "calendar.load", words("载入历年工作日历", "Load the calendars of past years"), ability="calendar.load", subject="calendar",
    sight="this_record", opens=lambda actor, given: of_record(settings.CITY_AREA),
)
def load(call: Call) -> Done:
    """Enter the shipped list of years for which no notice was entered yet; a second run changes nothing."""
    exceptions, names = exceptions_from_csv(), festivals_from_csv()
    digest = hashlib.sha256(SEED.read_bytes()).hexdigest()
    known = set(CalendarYear.objects.values_list("year", flat=True))
    years = sorted({day.year for day in exceptions} - known)
    CalendarDay.objects.bulk_create(
        [CalendarDay(day=day, is_workday=is_workday, name=_name_of(names.get(day)))
         for day, is_workday in sorted(exceptions.items()) if day.year in years],
        ignore_conflicts=True)
    CalendarYear.objects.bulk_create([CalendarYear(year=year, source=SEED_SOURCE, entered_at=call.recorded_at) for year in years])
    bump(EDITION)
    return Done(settings.CITY_AREA, 0, {"years": years}, {"digest": digest, "years": years})


def _name_of(festival: Words | None) -> str:
    if festival is None:
        return ""
    return next((name for name, label in FESTIVALS.items() if label == festival), text_in("zh-hans", festival))


def seed() -> str:
    """Load the shipped years if any is missing; one sentence on what was done."""
    wanted = {day.year for day in exceptions_from_csv()}
    if wanted <= set(CalendarYear.objects.values_list("year", flat=True)):
        return "Calendars: nothing to do."
    answer = run("calendar.load", system_actor("installer"), {})
    return f"Calendars: years {answer['years'][0]} to {answer['years'][-1]}."


registry.add("seed", "30 calendars", seed)
