# SPDX-License-Identifier: MulanPSL-2.0
"""Coverage of grids: the set-wise gaps and the runs by day against a slow reading day by day, whatever was assigned and whoever was away."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise

import pytest
from django.db import connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from linli.core import clock
from linli.core.sight import looking, of_all
from linli.elements import covering
from linli.elements.models import Absence, Account, GridAssignment, Place, Post
from tests.cast import GRID, Cast

FIRST = date(2026, 11, 23)
SPAN = 14
DAY = timedelta(days=1)

days = st.integers(-6, SPAN + 4)
runs = st.tuples(days, st.one_of(st.none(), st.integers(0, 12)))
"""A first day and how many days it lasts (None: without an end)."""


@dataclass(frozen=True)
class Drawn:
    """A week made up: valid days of three posts, the assignments of one grid with their absences, whether an account is closed."""

    posts: tuple[tuple[int, int | None], ...]
    closed: int
    assignments: tuple[tuple[int, tuple[int, int | None], tuple[tuple[int, int, int], ...]], ...]


absences = st.lists(st.tuples(days, st.integers(1, 6), st.integers(0, 3)), max_size=3)
drawn = st.builds(
    Drawn, st.tuples(runs, runs, runs), st.integers(0, 3),
    st.lists(st.tuples(st.integers(0, 2), runs, absences.map(tuple)), max_size=4).map(tuple))


def until(run: tuple[int, int | None]) -> int:
    return 10_000 if run[1] is None else run[0] + run[1]


def apart(away: Sequence[tuple[int, int, int]]) -> list[tuple[int, int, int]]:
    """The absences that do not overlap earlier ones: the database refuses the others."""
    kept: list[tuple[int, int, int]] = []
    for one in sorted(away):
        if not kept or one[0] >= kept[-1][0] + kept[-1][1]:
            kept.append(one)
    return kept


def there(week: Drawn, number: int) -> list[tuple[str, int]]:
    """Who is there on one day, said in the plainest way: state and post of each assignment that has somebody."""
    found = []
    for post, run, away in week.assignments:
        if not run[0] <= number < until(run):
            continue
        absent = next((one for one in apart(away) if one[0] <= number < one[0] + one[1]), None)
        who, state = (post, "holder") if absent is None else (absent[2], "stand_in")
        if who < 3 and week.posts[who][0] <= number < until(week.posts[who]) and who != week.closed:
            found.append((state, who))
    return found


def plant(cast: Cast, week: Drawn) -> list[Post]:
    place = Place.objects.get(area=GRID)
    accounts = [Account.objects.create(username=f"w{number}", name=f"W{number}", password="!", is_active=number != week.closed, created_at=clock.now())
                for number in range(3)]
    posts = [Post.objects.create(account=account, role="gridworker", place=place, valid_from=FIRST + run[0] * DAY,
                                 valid_to=None if run[1] is None else FIRST + until(run) * DAY) for account, run in zip(accounts, week.posts, strict=True)]
    for post, run, away in week.assignments:
        made = GridAssignment.objects.create(area=GRID, place=place, post=posts[post], valid_from=FIRST + run[0] * DAY, is_team=True,
                                             valid_to=None if run[1] is None else FIRST + until(run) * DAY)
        for start, length, stand_in in apart(away):
            Absence.objects.create(area=GRID, assignment=made, valid_from=FIRST + start * DAY, valid_to=FIRST + (start + length) * DAY, reason="leave",
                                   stand_in=posts[stand_in] if stand_in < 3 else None)
    return posts


@pytest.mark.slow
@pytest.mark.django_db
@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(week=drawn)
def test_gaps_and_runs_equal_a_slow_reading_day_by_day(cast: Cast, week: Drawn) -> None:
    from django.db import transaction

    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("select set_config('role', 'none', true)")
        with looking(of_all()):
            posts = plant(cast, week)
            end = FIRST + SPAN * DAY
            open_days = covering.gaps(GRID, GRID + 1, FIRST, end).get(GRID, [])
            strip = covering.coverage(covering.holds([GRID], FIRST, end).get(GRID, []), FIRST, end)
            duties = [[one.state for one in covering.duties(post.pk, FIRST + number * DAY)] for number in range(SPAN) for post in posts]

        number_of = {post.pk: number for number, post in enumerate(posts)}
        for number in range(SPAN):
            day, slow = FIRST + number * DAY, there(week, number)
            run = next(one for one in strip if one.since <= day < one.to)
            assert any(since <= day < to for since, to in open_days) == (not slow)
            assert (run.state == "gap") == (not slow)
            assert run.post is None or (run.state, number_of[run.post]) in slow
        assert [strip[0].since, strip[-1].to] == [FIRST, end]
        assert all(one.to == two.since for one, two in pairwise(strip))
        assert len(duties) == SPAN * 3
        transaction.set_rollback(True)
