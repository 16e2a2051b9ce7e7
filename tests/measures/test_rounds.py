# SPDX-License-Identifier: MulanPSL-2.0
"""Figures about rounds and grids: days to be walked against a slow reading, late arrivals, assignments and boundaries; kept at once, equal to a full count."""

import json
import random
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.db import connection

from linli.core import calendar_store, clock, due
from linli.core.actions import run
from linli.core.sight import looking, of_all
from linli.matters.models import RoundDay
from linli.matters.reactions.rounds import close_round_days, link_rounds
from linli.measures.compiler import one_row_query
from linli.measures.declarations import fact_of
from linli.measures.models import Value
from linli.measures.periods import parse, window
from linli.measures.rebuilding import rebuild
from tests.cast import COMMUNITY, GRID, STREET, Cast

pytestmark = pytest.mark.django_db
START = datetime(2026, 11, 16, 0, 0, tzinfo=UTC)
"""A Monday, 08:00 on the city's clock."""
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
SQUARE = [[117.19, 39.11], [117.20, 39.11], [117.20, 39.12], [117.19, 39.12], [117.19, 39.11]]


@pytest.fixture
def walked(cast: Cast) -> Cast:
    """The cast with a calendar; the grid worker holds the first grid from a Monday on, and figures are kept."""
    calendar_store.seed()
    with clock.standing_at(START - 2 * HOUR):
        cast.do("grid.assign", "director", area=GRID, post=cast.posts["gridworker"])
        drain()
        rebuild("2026")
    return cast


def drain() -> None:
    while due.drain():
        pass


def walk(cast: Cast, at: datetime, now: datetime | None = None, **more: Any) -> None:
    with clock.standing_at(now or at + HOUR):
        begun = run("round.begin", cast.gridworker, {"area": GRID}, occurred_at=at)
        run("round.end", cast.gridworker, {"round": begun["round"], "looked": ["passages"], "nothing_found": True} | more, occurred_at=at + HOUR / 2)


def close(day: datetime) -> None:
    """The end of a day: the regular work at 19:00 on the city's clock."""
    with clock.standing_at(day.replace(hour=11)):
        close_round_days()
        drain()


def kept(code: str, area: int = COMMUNITY, period: str = "2026-11") -> tuple[int, int] | None:
    with looking(of_all(), read_only=True):
        return Value.objects.filter(area=area, period=period, measure=code).values_list("numerator", "denominator").first()


@pytest.mark.slow
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_days_with_both_rounds_equal_a_slow_reading(walked: Cast, seed: int) -> None:
    chance = random.Random(seed)
    both = due_days = 0
    walk(walked, START - HOUR)
    for number in range(9):
        day = START + number * DAY
        shifts = [hour for hour in (1, 6, 12) if chance.random() < 0.6]
        for hour in shifts:
            walk(walked, day + hour * HOUR)
        close(day)
        if clock.local(day).weekday() < 5:
            due_days += 1
            both += {1, 6} <= set(shifts)

    assert kept("GV-07") == kept("GV-07", STREET) == kept("GV-07", period="2026") == (both, due_days)
    with clock.standing_at(START + 9 * DAY):
        assert rebuild("2026").differences == 0


def test_before_the_first_round_of_a_community_nothing_is_asked_of_it(walked: Cast) -> None:
    close(START)
    walk(walked, START + DAY + HOUR)
    close(START + DAY)

    assert kept("GV-07") == (0, 1)


def test_only_grids_with_somebody_are_to_be_walked_and_each_day_is_noted_once(walked: Cast) -> None:
    walk(walked, START + HOUR)
    close(START)
    close(START)

    with looking(of_all(), read_only=True):
        assert list(RoundDay.objects.values_list("area", "day")) == [(GRID, date(2026, 11, 16))]


def test_a_day_is_not_noted_before_its_windows_have_closed(walked: Cast) -> None:
    with clock.standing_at(START + 5 * HOUR):
        close_round_days()

    with looking(of_all(), read_only=True):
        assert not RoundDay.objects.exists()


def test_days_that_a_stopped_worker_missed_are_noted_late(walked: Cast) -> None:
    walk(walked, START + HOUR)
    close(START + 2 * DAY)

    with looking(of_all(), read_only=True):
        assert RoundDay.objects.filter(area=GRID).count() == 3


def test_a_round_that_arrives_after_its_day_counts_for_it_at_once(walked: Cast) -> None:
    walk(walked, START + HOUR)
    close(START)
    before = kept("GV-07")

    walk(walked, START + 6 * HOUR, now=START + 2 * DAY)
    with clock.standing_at(START + 2 * DAY):
        drain()

    assert (before, kept("GV-07")) == ((0, 1), (1, 1))


def reported(cast: Cast, at: datetime, now: datetime | None = None) -> str:
    with clock.standing_at(now or at):
        return str(run("matter.report", cast.gridworker, {"category": cast.category, "summary": "井盖破损", "area": GRID}, occurred_at=at)["number"])


def test_reports_of_rounds_count_by_whether_they_were_found_to_be_so(walked: Cast) -> None:
    numbers = [reported(walked, START + HOUR + place * timedelta(minutes=5)) for place in range(4)]
    walk(walked, START + HOUR, nothing_found=None)
    with clock.standing_at(START + 3 * HOUR):
        for number, name, more in ((numbers[0], "matter.file", {}), (numbers[1], "matter.refuse", {"reason": "not_found"}),
                                   (numbers[2], "matter.refuse", {"reason": "court"})):
            walked.do(name, "dispatcher", number=number, version=1, **more)
        drain()

    assert kept("GV-08") == (1, 2)
    with clock.standing_at(START + 4 * HOUR):
        assert rebuild("2026").differences == 0


def test_a_report_that_finds_its_round_late_is_counted_without_a_night(walked: Cast) -> None:
    walk(walked, START + HOUR)
    number = reported(walked, START + HOUR + timedelta(minutes=9), now=START + 5 * HOUR)
    with clock.standing_at(START + 6 * HOUR):
        walked.do("matter.file", "dispatcher", number=number, version=1)
        drain()
        before = kept("GV-08")
        link_rounds()
        drain()

    assert (before, kept("GV-08")) == (None, (1, 1))


def test_a_grid_given_or_left_moves_its_figure_at_once(walked: Cast) -> None:
    now = START + HOUR
    with clock.standing_at(now):
        first = kept("D3-09")
        walked.do("grid.assign", "director", area=GRID + 1, post=walked.posts["gridworker"])
        drain()
        both = kept("D3-09")
        walked.do("post.end", "sysadmin", post=walked.posts["gridworker"])
        drain()

        assert (first, both, kept("D3-09"), kept("D3-09", STREET)) == ((1, 2), (2, 2), (0, 2), (0, 3))


def test_a_boundary_that_is_loaded_moves_its_figure_at_once(walked: Cast) -> None:
    collection = {"type": "FeatureCollection", "features": [
        {"type": "Feature", "properties": {"area": str(GRID), "name": "x"}, "geometry": {"type": "Polygon", "coordinates": [SQUARE]}}]}
    with clock.standing_at(START + HOUR):
        before = kept("D3-08")
        from linli.core.system_actors import system_actor

        run("boundary.load", system_actor("installer"), {"collection": json.dumps(collection), "datum": "WGS84", "since": "2026-11-16"})
        drain()

        assert (before, kept("D3-08"), kept("D3-08", STREET)) == ((0, 2), (1, 2), (1, 3))


@pytest.mark.parametrize("name", ["round_days", "round_reports"])
def test_a_fact_set_of_rounds_has_one_row_for_each_thing(walked: Cast, name: str) -> None:
    reported(walked, START + HOUR + timedelta(minutes=9))
    walk(walked, START + HOUR, nothing_found=None)
    close(START)

    with clock.standing_at(START + DAY), looking(of_all(), read_only=True), connection.cursor() as cursor:
        cursor.execute(one_row_query(fact_of(name)).sql("postgres"), window(parse("2026"), clock.now()).parameters())
        rows, distinct, things = cursor.fetchone()

    assert rows == distinct == things == 1
