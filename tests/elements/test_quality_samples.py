# SPDX-License-Identifier: MulanPSL-2.0
"""Samples of fields: drawn by the server's seed, the same again, checked once; and the interval that they give."""

from datetime import date, timedelta
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from linli.core import clock
from linli.core.faults import Conflict, Invalid, NotAble, NotVisible
from linli.core.sight import looking, of_all, of_post
from linli.elements import places
from linli.elements.models import Confirmation, FieldCheck, FieldSample, Person
from linli.elements.quality import days, samples
from linli.elements.registers.declaring import register_named
from linli.elements.registers.records import epoch_day
from tests.cast import COMMUNITY, COMMUNITY2, GRID, Cast
from tests.elements.quality_town import Town, count, pair, settle, town

__all__ = ["town"]
TODAY = clock.today()


def test_the_interval_is_that_of_the_books() -> None:
    found = samples.interval(8, 10)

    assert found is not None
    assert (round(float(found.low), 4), round(float(found.high), 4)) == (0.4902, 0.9433)
    assert (found.right, found.checked, found.share) == (8, 10, Fraction(4, 5))


@given(st.integers(1, 10**6).flatmap(lambda checked: st.tuples(st.integers(0, checked), st.just(checked))))
def test_the_share_lies_in_its_interval_and_the_interval_between_0_and_1(pair_of: tuple[int, int]) -> None:
    found = samples.interval(*pair_of)

    assert found is not None
    assert 0 <= found.low <= found.share <= found.high <= 1


@given(st.integers(1, 2_000), st.data())
def test_the_interval_mirrors_what_was_wrong(checked: int, data: Any) -> None:
    right = data.draw(st.integers(0, checked))
    one, other = samples.interval(right, checked), samples.interval(checked - right, checked)

    assert one is not None
    assert other is not None
    assert abs(one.low - (1 - other.high)) < Fraction(1, 10**5)


def test_nothing_checked_says_nothing() -> None:
    assert samples.interval(0, 0) is None
    with pytest.raises(ValueError, match="3 right of 2"):
        samples.interval(3, 2)


@pytest.fixture
def settled(cast: Cast) -> None:
    settle()


def draw(cast: Cast, by: str = "director", **more: Any) -> dict[str, Any]:
    return cast.do("quality.draw", by, **{"area": COMMUNITY, "register": "person", "size": 12, "due_on": (TODAY + timedelta(days=14)).isoformat()} | more)


def test_a_kept_seed_draws_the_same_fields_again(settled: None, cast: Cast) -> None:
    made = draw(cast)

    with looking(of_all()):
        sample = FieldSample.objects.get(pk=made["sample"])
        kept = set(FieldCheck.objects.filter(sample=sample).values_list("record", "area", "name"))
        again, population = samples.drawn(register_named("person"), COMMUNITY, COMMUNITY + 1_000, sample.seed, sample.size)
        other, _ = samples.drawn(register_named("person"), COMMUNITY, COMMUNITY + 1_000, sample.seed + 1, sample.size)
    assert kept == set(again)
    assert kept != set(other)
    assert (made["size"], made["population"]) == (12, population)


def test_only_filled_fields_that_are_asked_are_drawn(town: Town, cast: Cast) -> None:
    town.person(phone="", sex="0", id_kind="", born_on=None)

    with looking(of_all()):
        found, population = samples.drawn(register_named("person"), COMMUNITY, COMMUNITY + 1_000, 1, 100)

    assert {name for _, _, name in found} == {"name"}
    assert population == 1


def test_what_was_right_counts_as_seen_today_and_as_accurate(settled: None, cast: Cast) -> None:
    draw(cast, size=5)
    with looking(of_all()):
        checks = list(FieldCheck.objects.order_by("id"))

    for place, one in enumerate(checks):
        cast.do("quality.check", "gridworker", check=one.pk, verdict="right" if place < 4 else "wrong", means="doorstep")
    count()

    assert pair(COMMUNITY, "community", "person", "accuracy") == (4, 5)
    with looking(of_all()):
        assert Person.objects.get(pk=checks[0].record).confirmed[checks[0].name] == epoch_day(TODAY)
        assert Confirmation.objects.filter(register="person", means="doorstep").count() == 4


def test_a_field_that_could_not_be_seen_waits_on_and_counts_nothing(settled: None, cast: Cast) -> None:
    draw(cast, size=5)
    with looking(of_all()):
        one = FieldCheck.objects.order_by("id")[0]

    cast.do("quality.check", "gridworker", check=one.pk, verdict="unseen")
    count()
    nothing = pair(COMMUNITY, "community", "person", "accuracy")
    cast.do("quality.check", "gridworker", check=one.pk, verdict="right")
    with pytest.raises(Conflict):
        cast.do("quality.check", "gridworker", check=one.pk, verdict="wrong")

    assert nothing is None


def test_a_neighbour_neither_draws_nor_checks_here(settled: None, cast: Cast) -> None:
    draw(cast, size=5)
    with looking(of_all()):
        one = FieldCheck.objects.order_by("id")[0]

    with pytest.raises(NotVisible):
        draw(cast, "director2")
    with pytest.raises(NotVisible):
        cast.do("quality.check", "gridworker2", check=one.pk, verdict="right")
    with pytest.raises(NotAble):
        draw(cast, "gridworker")
    with pytest.raises(NotAble):
        cast.do("quality.check", "head", check=one.pk, verdict="right")


@pytest.mark.parametrize("wrong", [{"due_on": "2020-01-01"}, {"register": "nobody"}, {"size": 0}, {"size": 501}, {"register": "building", "area": GRID}])
def test_a_sample_that_makes_no_sense_is_refused(cast: Cast, wrong: dict[str, Any]) -> None:
    with pytest.raises(Invalid):
        draw(cast, **wrong)


def test_the_day_begins_with_need_then_goes_by_the_day_due_whatever_it_raises(town: Town, cast: Cast) -> None:
    complete = {"ethnicity": "01", "marital": "10", "education": "31", "employment": "24", "came_on": date(2020, 1, 1), "id_kind": "990", "id_index": None}
    late = {"phone": epoch_day(TODAY) - 3_000}
    town.household(town.dwelling(), town.person("缺项", **complete | {"education": ""}))
    town.household(town.dwelling(), town.person("过期", confirmed=late, **complete))
    town.household(town.dwelling(), town.person("失联", phone="", **complete))
    count()

    with looking(of_post(cast.gridworker), read_only=True):
        doors, number = days.day_list(cast.gridworker, places.place_by_area(COMMUNITY))

    assert number == 4
    assert [door.is_need for door in doors] == [True, False, False, False]
    assert {task.who for task in doors[0].tasks if task.lack.register == "person"} == {"失联"}
    assert {task.who for task in doors[1].tasks if task.lack.register == "person"} == {"过期"}
    assert doors[1].deadline < TODAY
    assert all(door.deadline == days.FAR or door.deadline >= doors[1].deadline for door in doors[1:])


def test_a_task_says_by_how_much_its_own_figure_rises(town: Town, cast: Cast) -> None:
    for _ in range(3):
        town.person()
    town.person(phone="")
    count()

    with looking(of_post(cast.gridworker), read_only=True):
        doors, _ = days.day_list(cast.gridworker, places.place_by_area(COMMUNITY))

    raises = {task.raises for door in doors for task in door.tasks if (task.lack.aspect, task.lack.name) == ("completeness", "phone")}
    assert raises == {Fraction(100, 4)}


def test_the_day_of_one_community_names_nobody_of_another(settled: None, cast: Cast) -> None:
    count()

    with looking(of_post(cast.gridworker), read_only=True):
        doors, _ = days.day_list(cast.gridworker, places.place_by_area(COMMUNITY))
        areas = set(Person.objects.values_list("area", flat=True))

    assert doors
    assert all(COMMUNITY <= area < COMMUNITY2 for area in areas)
