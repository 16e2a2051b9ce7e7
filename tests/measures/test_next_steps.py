# SPDX-License-Identifier: MulanPSL-2.0
"""What to do next: every effect equals a recount after the record was really moved; need and deadline order the work, the effect never does."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from itertools import pairwise
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import given, settings
from hypothesis import strategies as st

from linli.core import clock
from linli.core.faults import NotAble, NotVisible
from linli.core.sight import looking, of_all, of_post
from linli.elements import places
from linli.elements.models import Organisation, QualityFigure, Seat, Thing, ThingPart, Visit
from linli.matters.models import Matter
from linli.measures.next_steps import FAR, ORDER, NextSteps, Step, next_steps
from linli.measures.periods import parse
from linli.measures.rebuilding import rebuild
from linli.measures.results import results_of
from linli.measures.works import NEEDS, works
from tests.cast import COMMUNITY, COMMUNITY2, STREET, Cast
from tests.measures.communities import borderline
from tests.measures.town import NOW

QUERIES = 25
"""Queries of the page: one each for figures and every work and errand."""


@pytest.fixture
def busy(cast: Cast, sheet: str) -> Cast:
    """The borderline community, counted, with more that is open."""
    with clock.standing_at(NOW):
        borderline(cast)
        with looking(of_all()):
            Matter.objects.filter(closed_at=None).update(due_at=NOW + timedelta(days=1))
        rebuild("2026")
    return cast


def found(cast: Cast, by: str = "director2", area: int = COMMUNITY2, most: int = 50) -> NextSteps:
    with clock.standing_at(NOW), looking(of_post(cast.actors[by]), read_only=True):
        return next_steps(cast.actors[by], area, most=most)


def points(code: str) -> Fraction:
    place = places.find_place(COMMUNITY2)
    assert place is not None
    with clock.standing_at(NOW), looking(of_all()):
        rebuild("2026")
        return results_of(place, parse("2026"), NOW).of(code).reached or Fraction(0)


def close(step: Step) -> None:
    Matter.objects.filter(pk=step.record).update(phase="closed", closed_at=NOW - timedelta(microseconds=1), replied_at=NOW, verifications=1, is_verified_by_other=True)


def visit(step: Step) -> None:
    Visit.objects.create(area=step.area, household_id=step.record, purpose="routine", outcome="met", happened_at=NOW - timedelta(hours=1), recorded_at=NOW)


def staff(step: Step) -> None:
    home = Organisation.objects.create(area=COMMUNITY2, kind="service_station", name="综治办", fields={"work": "safety_office"})
    Seat.objects.create(area=COMMUNITY2, organisation=home, office="head", name="某", since=NOW.date())


def society(step: Step) -> None:
    Organisation.objects.create(area=COMMUNITY2, kind="social_organisation", name="又一社", stage="filed", fields={"purpose": "culture"})


def room(step: Step) -> None:
    Thing.objects.create(area=COMMUNITY2, kind="service_room", name="诊室", fields={"room": "clinic", "access": []})


def supply(step: Step) -> None:
    ThingPart.objects.filter(area=COMMUNITY2, name="编织袋").update(count=2)


def fill(step: Step) -> None:
    QualityFigure.objects.filter(area=COMMUNITY2, aspect="completeness").update(numerator=90)


MOVES: dict[str, tuple[str, Any]] = {
    "matters.hazards": ("D3-13", close), "households": ("D4-08", visit), "bodies": ("D1-08", staff), "societies": ("D1-09", society), "rooms": ("D2-03", room),
    "relief": ("D2-14", supply), "quality.completeness": ("D2-04", fill)}
"""A work, an indicator that it moves, and how one record of it is really moved."""


@pytest.mark.slow
@pytest.mark.parametrize("sort", sorted(MOVES))
def test_the_effect_beside_a_step_is_what_a_recount_gives_after_it_was_done(busy: Cast, sort: str) -> None:
    code, move = MOVES[sort]
    wanted = {"bodies": "safety_office", "rooms": "clinic", "relief": "编织袋"}.get(sort, "")
    before = points(code)
    steps = [one for one in found(busy).steps if one.sort == sort]
    named = {one.what.zh if one.what else "": one for one in steps}
    labels = {"safety_office": "综治工作办公室", "clinic": next((one for one in named if "卫生" in one), ""), "编织袋": "编织袋"}
    step = named[labels[wanted]] if wanted else steps[0]

    with clock.standing_at(NOW), looking(of_all()):
        move(step)

    assert code in step.moves
    gained = points(code) - before
    assert gained > 0
    assert step.adds >= gained
    assert step.adds == gained or len(step.moves) > 1


@pytest.mark.slow
def test_closing_a_matter_adds_what_all_its_indicators_gain_together(busy: Cast) -> None:
    codes = ("D3-11", "D3-12", "D3-13", "D3-04")
    before = {code: points(code) for code in codes}
    step = next(one for one in found(busy).steps if one.sort == "matters.hazards")

    with clock.standing_at(NOW), looking(of_all()):
        close(step)
    gained = {code: points(code) - before[code] for code in codes}

    assert step.adds == sum(gained.values(), Fraction(0))
    assert set(step.moves) == {code for code, more in gained.items() if more}


@pytest.mark.slow
def test_everything_found_is_open_work_of_the_place_in_the_order_of_need_and_deadline(busy: Cast) -> None:
    steps = found(busy).steps

    assert {one.sort for one in steps} >= {"matters.hazards", "households", "bodies", "heads", "societies", "rooms", "relief", "fire_station", "grids.staffed",
                                           "grids.drawn", "quality.completeness", "quality.accuracy", "visits_again", "expiring"}
    assert list(steps) == sorted(steps, key=lambda one: (ORDER[one.need], one.due or FAR, one.sort, one.record))
    assert all(COMMUNITY2 <= one.area < COMMUNITY2 + 1000 for one in steps)
    assert steps[0].sort == "matters.hazards"


def step(need: str, due: datetime | None, adds: Fraction, record: int = 1) -> Step:
    return Step("sort", NEEDS[need], need, due, COMMUNITY, "matter", record, None, "", adds)


STEPS = st.builds(step, st.sampled_from(sorted(NEEDS)), st.one_of(st.none(), st.datetimes(min_value=datetime(2026, 1, 1), max_value=datetime(2027, 1, 1),
                                                                                           timezones=st.just(UTC))),
                  st.fractions(min_value=0, max_value=3), st.integers(1, 9))


@given(st.lists(STEPS, max_size=8), st.lists(st.fractions(min_value=0, max_value=3), min_size=8, max_size=8))
@settings(max_examples=100, deadline=None)
def test_need_and_deadline_decide_the_order_and_the_effect_never_does(steps: list[Step], others: list[Fraction]) -> None:
    swapped = [replace(one, adds=other) for one, other in zip(steps, others, strict=False)]

    one, two = sorted(steps, key=lambda each: each.order), sorted(swapped, key=lambda each: each.order)

    assert [each.order for each in one] == [each.order for each in two]
    assert all(ORDER[a.need] <= ORDER[b.need] for a, b in pairwise(one))


def test_a_place_outside_the_range_is_not_visible_and_a_post_without_results_is_not_able(cast: Cast, sheet: str) -> None:
    with pytest.raises(NotVisible), looking(of_post(cast.director), read_only=True):
        next_steps(cast.director, COMMUNITY2)
    with pytest.raises(NotVisible), looking(of_post(cast.director), read_only=True):
        next_steps(cast.director, STREET)
    with pytest.raises((NotAble, NotVisible)), looking(of_post(cast.sysadmin), read_only=True):
        next_steps(cast.sysadmin, COMMUNITY)


@pytest.mark.slow
def test_one_query_a_work_however_much_is_open(busy: Cast) -> None:
    found(busy)
    with CaptureQueriesContext(connection) as few:
        found(busy, most=1)
    with CaptureQueriesContext(connection) as many:
        found(busy)
    with CaptureQueriesContext(connection) as wide:
        found(busy, by="head", area=STREET)

    assert len(many) == len(few) <= QUERIES
    assert len(wide) <= QUERIES


def test_every_work_opens_something_and_its_condition_is_of_the_fact_set(db: None) -> None:
    assert works()
    assert all(one.faults() == [] for one in works())
