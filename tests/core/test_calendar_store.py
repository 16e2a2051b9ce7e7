# SPDX-License-Identifier: MulanPSL-2.0
"""The calendar in tables and the counted tries: what they remember, and what they refuse."""

from datetime import date, timedelta
from typing import Any

import pytest

from linli.core import clock, editions
from linli.core.actions import run
from linli.core.calendar_store import calendar, seed
from linli.core.calendars import seeded_calendar
from linli.core.faults import Invalid, NotAble, TooMany
from linli.core.models import CalendarDay, Try
from linli.core.sight import Actor
from linli.core.system_actors import system_actor
from linli.core.tries import count_try, forget_tries

NOTICE = "2026-12-31 holiday 元旦\n2027-01-01 holiday 元旦\n2027-01-02 holiday 元旦\n2027-01-03 workday 元旦\n"


def publish(days: str = NOTICE, year: int = 2027) -> dict[str, Any]:
    return run("calendar.publish_year", system_actor("installer"), {"year": year, "source": "国办发明电〔2026〕1号", "days": days})


def test_the_seed_fills_the_tables_once(db: None) -> None:
    first, second = seed(), seed()

    assert "2013 to 2026" in first
    assert "nothing" in second
    assert calendar().exceptions == seeded_calendar().exceptions


def test_a_published_year_is_no_longer_provisional(db: None) -> None:
    seed()
    before = calendar().is_provisional(date(2027, 3, 1))

    publish()

    assert before
    assert not calendar().is_provisional(date(2027, 3, 1))
    assert not calendar().is_workday(date(2027, 1, 1))
    assert calendar().is_workday(date(2027, 1, 3))


def test_a_corrected_notice_replaces_the_former_one(db: None) -> None:
    publish()

    publish("2027-01-01 holiday 元旦\n")

    assert list(CalendarDay.objects.filter(day__year=2027).values_list("day", flat=True)) == [date(2027, 1, 1)]


@pytest.mark.parametrize(("days", "row"), [("2027-01-01 feast\n", "1"), ("2027-01-01 holiday 元旦\n2025-05-01 holiday 劳动节\n", "2"), ("1 January", "1")])
def test_a_wrong_line_is_named(db: None, days: str, row: str) -> None:
    with pytest.raises(Invalid) as refusal:
        publish(days)

    assert row in str(refusal.value.fields["days"])
    assert not CalendarDay.objects.exists()


def test_a_grid_worker_publishes_no_calendar(db: None) -> None:
    worker = Actor(name="甲", role="gridworker", abilities=frozenset({"matter.report"}), lo=1, hi=2, account=1)

    with pytest.raises(NotAble):
        run("calendar.publish_year", worker, {"year": 2027, "source": "无", "days": NOTICE})


def test_another_process_sees_a_change_when_its_five_seconds_are_over(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    reads: list[int] = []
    memory: editions.Memory[int] = editions.Memory("planted", lambda: reads.append(1) or len(reads))
    now = [100.0]
    monkeypatch.setattr(editions.time, "monotonic", lambda: now[0])
    monkeypatch.setattr(editions, "CHECK_SECONDS", 5.0)
    first = memory.value()
    editions.Edition.objects.create(name="planted", number=7)

    early = memory.value()
    now[0] += 6
    late = memory.value()

    assert (first, early, late) == (1, 1, 2)
    editions._memories.remove(memory)


def test_tries_are_counted_by_door_and_person(db: None) -> None:
    with clock.standing_at(clock.now()):
        for _ in range(3):
            count_try("report", b"a", 3, 60)

        with pytest.raises(TooMany) as refusal:
            count_try("report", b"a", 3, 60)
        count_try("report", b"b", 3, 60)
        count_try("sign_in", b"a", 3, 60)

    assert 0 < refusal.value.retry_after <= 60


def test_a_new_window_begins_from_nothing_and_old_ones_are_forgotten(db: None) -> None:
    count_try("report", b"a", 1, 60)

    with clock.standing_at(clock.now() + timedelta(days=2)):
        count_try("report", b"a", 1, 60)
        gone = forget_tries()

    assert gone == 1
    assert Try.objects.count() == 1


def test_a_limit_of_nothing_asks_no_database(db: None, django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(0):
        count_try("report", b"a", 0, 60)
