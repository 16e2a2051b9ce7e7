# SPDX-License-Identifier: MulanPSL-2.0
"""Working time is exact: limits, elapsed time, pauses, holidays, and years without a calendar."""

import csv
import time as clock
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from linli.core.calendars import OFFICE_HOURS, Calendar, exceptions_from_csv, seeded_calendar
from linli.core.faults import Fault
from linli.core.working_time import Moved, TimeUnit

CHINA = ZoneInfo("Asia/Shanghai")
CALENDAR = seeded_calendar()
VECTORS = list(csv.DictReader((Path(__file__).parent.parent / "data" / "deadline_vectors.csv").open(encoding="utf-8")))
CLOCK_UNITS = [TimeUnit.WORKING_HOUR, TimeUnit.URGENT_HOUR, TimeUnit.URGENT_DAY]

instants = st.datetimes(min_value=datetime(2013, 1, 1), max_value=datetime(2029, 1, 1)).map(lambda at: at.replace(tzinfo=UTC))
units = st.sampled_from(list(TimeUnit))


def local(*parts):
    return datetime(*parts, tzinfo=CHINA)


def whole(at):
    return at.replace(microsecond=0)


@pytest.mark.parametrize("row", [row for row in VECTORS if row["due_date"]], ids=lambda row: row["start_date"])
def test_a_published_deadline_falls_on_the_known_day(row):
    start = datetime.combine(date.fromisoformat(row["start_date"]), time(10), CHINA)

    due = CALENDAR.add(start, int(row["plus_workdays"]), TimeUnit.WORKING_DAY)

    assert CALENDAR.day_of(due.at).isoformat() == row["due_date"]
    assert due.at.astimezone(CHINA).time() == OFFICE_HOURS[-1][1]
    assert due.provisional is False


@pytest.mark.parametrize("row", [row for row in VECTORS if not row["due_date"]], ids=lambda row: row["start_date"])
def test_a_deadline_in_a_year_without_a_calendar_is_provisional(row):
    start = datetime.combine(date.fromisoformat(row["start_date"]), time(10), CHINA)

    due = CALENDAR.add(start, int(row["plus_workdays"]), TimeUnit.WORKING_DAY)

    assert due.provisional is True
    assert due.steps[-1].moved is Moved.NOT_PUBLISHED
    assert "2027年放假安排尚未公布" in due.steps[-1].sentence.zh


def test_every_vector_was_read():
    assert [bool(row["due_date"]) for row in VECTORS].count(True) == 10
    assert len(VECTORS) == 11


def test_the_seed_agrees_with_the_package_it_was_made_from():
    chinese_calendar = pytest.importorskip("chinese_calendar")
    days = [date(2013, 1, 1) + timedelta(days=number) for number in range(365 * 14 + 3)]

    differing = [day for day in days if CALENDAR.is_workday(day) != chinese_calendar.is_workday(day)]

    assert days[-1] == date(2026, 12, 31)
    assert differing == []


def test_the_last_days_of_december_are_provisional_until_the_next_year_is_published():
    assert CALENDAR.is_provisional(date(2026, 12, 28)) is False
    assert CALENDAR.is_provisional(date(2026, 12, 29)) is True
    assert CALENDAR.is_provisional(date(2025, 12, 31)) is False


def test_publishing_the_year_moves_the_deadline_and_settles_it():
    known = Calendar(exceptions={**exceptions_from_csv(), date(2027, 1, 1): False},
                     published_years=CALENDAR.published_years | {2027})

    before = CALENDAR.add(local(2026, 12, 30, 10), 2, TimeUnit.WORKING_DAY)
    after = known.add(local(2026, 12, 30, 10), 2, TimeUnit.WORKING_DAY)

    assert (CALENDAR.day_of(before.at), before.provisional) == (date(2027, 1, 1), True)
    assert (known.day_of(after.at), after.provisional) == (date(2027, 1, 4), False)


def test_working_hours_pass_over_lunch_and_night():
    due = CALENDAR.add(local(2026, 3, 2, 11, 0), 6, TimeUnit.WORKING_HOUR)

    assert due.at == local(2026, 3, 3, 9, 30)
    assert [step.moved for step in due.steps] == [Moved.CLOSED_HOURS]
    assert due.steps[0].count == 16 * 60 + 30


def test_working_hours_that_end_with_the_morning_are_due_at_noon_and_not_after_lunch():
    assert CALENDAR.add(local(2026, 3, 2, 11, 0), 1, TimeUnit.WORKING_HOUR).at == local(2026, 3, 2, 12, 0)


def test_a_report_at_night_starts_when_the_offices_open():
    due = CALENDAR.add(local(2026, 3, 6, 20, 0), 2, TimeUnit.WORKING_HOUR)

    assert due.at == local(2026, 3, 9, 10, 30)
    assert [step.moved for step in due.steps] == [Moved.WAITED_FOR_OPENING, Moved.WEEKENDS]
    assert due.steps[0].count == (4 + 48 + 8) * 60 + 30


def test_urgent_hours_run_through_the_night_of_a_holiday_without_a_calendar():
    due = CALENDAR.add(local(2027, 1, 1, 22, 0), 3, TimeUnit.URGENT_HOUR)

    assert (due.at, due.provisional, due.steps) == (local(2027, 1, 2, 1, 0), False, ())


def test_the_deadline_names_the_festival_and_the_make_up_day_that_moved_it():
    due = CALENDAR.add(local(2026, 2, 13, 16, 0), 5, TimeUnit.WORKING_DAY)

    assert [step.sentence.zh for step in due.steps] == [
        "跳过春节假期2026年2月15日至2026年2月23日（9天）",
        "2026年2月14日虽是周末，调休上班，照常计算",
        "当天不算，到第5个工作日（2026年2月27日）下班时为止",
    ]
    assert due.steps[0].sentence.en == "Spring Festival, 2026-02-15 to 2026-02-23, left out (9 days)"


def test_each_kind_of_step_has_a_sentence_in_both_languages():
    dues = [CALENDAR.add(local(2026, 2, 13, 16, 0), 5, TimeUnit.WORKING_DAY),
            CALENDAR.add(local(2026, 12, 26, 16, 0), 30, TimeUnit.WORKING_HOUR)]

    steps = [step for due in dues for step in due.steps]

    assert {step.moved for step in steps} == set(Moved)
    assert all("{" not in step.sentence.zh + step.sentence.en for step in steps)


@given(instants, st.integers(1, 2_000), st.sampled_from(CLOCK_UNITS))
def test_elapsed_time_undoes_a_limit_in_hours(start, amount, unit):
    due = CALENDAR.add(start, amount, unit)

    assert CALENDAR.business_seconds(start, due.at, unit) == amount * (86_400 if unit is TimeUnit.URGENT_DAY else 3_600)


@given(instants, st.integers(1, 300))
def test_elapsed_time_undoes_a_limit_in_days_from_the_end_of_the_first_day(start, amount):
    midnight = datetime.combine(CALENDAR.day_of(start) + timedelta(days=1), time(0), CHINA)

    due = CALENDAR.add(start, amount, TimeUnit.WORKING_DAY)

    assert CALENDAR.business_seconds(midnight, due.at, TimeUnit.WORKING_DAY) == amount * CALENDAR.day_seconds


@given(instants, st.integers(0, 40_000_000), units)
def test_elapsed_time_undoes_added_seconds(start, seconds, unit):
    due = CALENDAR.add_seconds(start, seconds, unit)

    assert CALENDAR.business_seconds(start, due.at, unit) == seconds


@given(instants, st.integers(1, 1_000_000), units)
def test_the_moment_is_the_first_by_which_the_time_has_passed(start, seconds, unit):
    due = CALENDAR.add_seconds(start, seconds, unit)

    assert CALENDAR.business_seconds(start, due.at - timedelta(seconds=1), unit) == seconds - 1


@given(instants, instants, st.integers(1, 400), units)
def test_who_starts_later_is_never_due_earlier(one, other, amount, unit):
    first, second = sorted([one, other])

    assert CALENDAR.add(first, amount, unit).at <= CALENDAR.add(second, amount, unit).at


@given(instants, st.integers(1, 400), units)
def test_a_longer_limit_is_due_later(start, amount, unit):
    assert CALENDAR.add(start, amount, unit).at < CALENDAR.add(start, amount + 1, unit).at


@given(st.lists(instants, min_size=3, max_size=8).map(sorted), units)
def test_the_parts_of_a_stopped_clock_add_up_to_the_whole(moments, unit):
    parts = [CALENDAR.business_seconds(a, b, unit) for a, b in pairwise(moments)]

    assert sum(parts) == CALENDAR.business_seconds(moments[0], moments[-1], unit)
    assert min(parts) >= 0


@given(instants, st.integers(1, 60), units, st.integers(0, 5_000_000), st.integers(0, 5_000_000))
def test_a_pause_moves_the_deadline_by_exactly_the_time_it_stood_still(start, amount, unit, until, length):
    due = CALENDAR.add(start, amount, unit)
    paused, resumed = start + timedelta(seconds=until), start + timedelta(seconds=until + length)

    stood_still = CALENDAR.business_seconds(paused, resumed, unit)
    moved = CALENDAR.add_seconds(due.at, stood_still, unit)

    ran = CALENDAR.business_seconds(start, moved.at, unit) - stood_still
    assert ran == CALENDAR.business_seconds(start, due.at, unit)


@given(instants, instants)
def test_working_time_never_exceeds_the_time_on_the_wall(one, other):
    first, second = sorted([one, other])

    worked = CALENDAR.business_seconds(first, second, TimeUnit.WORKING_HOUR)

    assert 0 <= worked <= (whole(second) - whole(first)).total_seconds()


@given(st.datetimes(min_value=datetime(2013, 1, 1), max_value=datetime(2026, 11, 1)), st.integers(1, 8))
def test_the_closed_time_that_is_named_is_the_time_that_was_left_out(at, amount):
    start = at.replace(tzinfo=CHINA, second=0)

    due = CALENDAR.add(start, amount, TimeUnit.WORKING_HOUR)

    named = {step.moved: step.count for step in due.steps if step.moved in (Moved.WAITED_FOR_OPENING, Moved.CLOSED_HOURS)}
    opened = start.replace(microsecond=0) + timedelta(minutes=named.get(Moved.WAITED_FOR_OPENING, 0))
    between = [CALENDAR.day_of(opened) + timedelta(days=n) for n in range((CALENDAR.day_of(due.at) - CALENDAR.day_of(opened)).days)]
    free = sum(not CALENDAR.is_workday(day) for day in between)
    assert due.at - opened == timedelta(days=free, hours=amount, minutes=named.get(Moved.CLOSED_HOURS, 0))


@given(instants, st.integers(1, 400), units)
def test_the_answer_does_not_depend_on_the_zone_in_which_the_start_is_written(start, amount, unit):
    elsewhere = start.astimezone(ZoneInfo("Europe/Berlin"))

    assert CALENDAR.add(elsewhere, amount, unit) == CALENDAR.add(start, amount, unit)


def test_a_zone_with_daylight_saving_is_refused():
    with pytest.raises(ValueError, match="Europe/Berlin changes its distance to UTC"):
        Calendar(zone="Europe/Berlin")


def test_office_hours_that_overlap_are_refused():
    with pytest.raises(ValueError, match="office hours"):
        Calendar(office_hours=((time(8), time(12)), (time(11), time(17))))


def test_a_moment_without_a_zone_is_refused():
    with pytest.raises(ValueError, match="no time zone"):
        CALENDAR.add(datetime(2026, 3, 2, 9), 1, TimeUnit.WORKING_HOUR)


@pytest.mark.parametrize("amount", [0, -1])
def test_a_limit_of_nothing_is_refused(amount):
    with pytest.raises(ValueError, match="at least one"):
        CALENDAR.add(local(2026, 3, 2, 9), amount, TimeUnit.WORKING_DAY)


@pytest.mark.parametrize(("start", "amount"), [((1999, 12, 31, 9), 1), ((2100, 1, 1, 9), 1), ((2099, 12, 1, 9), 500)])
def test_dates_outside_the_calendar_are_refused_with_a_sentence(start, amount):
    with pytest.raises(Fault) as caught:
        CALENDAR.add(local(*start), amount, TimeUnit.WORKING_DAY)

    assert caught.value.code == "outside_calendar"
    assert "2099" in caught.value.message.zh


def test_a_broken_line_of_the_holiday_file_is_named(tmp_path):
    file = tmp_path / "holidays.csv"
    file.write_text("date,type\n2027-01-01,holiday\n2027-13-01,holiday\n", encoding="utf-8")

    with pytest.raises(ValueError, match=r"line 3.*2027-13-01"):
        exceptions_from_csv(file)


def test_a_deadline_of_five_working_days_takes_less_than_fifty_microseconds():
    start = local(2026, 2, 12, 16, 0)
    CALENDAR.add(start, 5, TimeUnit.WORKING_DAY)

    def shortest_of(rounds):
        return min(_timed(start) for _ in range(rounds))

    assert shortest_of(200) < 50e-6


def _timed(start):
    begun = clock.perf_counter()
    CALENDAR.add(start, 5, TimeUnit.WORKING_DAY)
    return clock.perf_counter() - begun
