# SPDX-License-Identifier: MulanPSL-2.0
"""Figures: what the one scan counts equals a slow reading by hand and the list behind it."""

import random
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection

from linli.core.sight import looking, of_all
from linli.matters.models import Interval, Matter, SpotCheck
from linli.measures.compiler import LEAF_SIZE, one_row_query
from linli.measures.counts import count_all, count_leaves
from linli.measures.declarations import fact_of, fact_sets, find_measure
from linli.measures.periods import Window, parse, window
from linli.measures.results import members
from tests.measures import town as place
from tests.measures.elsewhere import FACTS
from tests.measures.oracle import ORACLES
from tests.measures.standing import REGISTERS
from tests.measures.town import COMMUNITIES, FAR_COMMUNITY, NOW, Town, at_now, matter, officer, random_matter

PERIODS = ("2025", "2026", "2026-01", "2026-06", "2026-10", "2026-11")
WHOLE = (place.CITY, 130_000_000_000_000)


def windows(*keys: str) -> list[Window]:
    return [window(parse(key), NOW) for key in keys]


def plant(*rows: Matter) -> None:
    with looking(of_all()):
        Matter.objects.bulk_create(rows)


def plant_many(town: Town, seed: int, count: int = 400) -> list[Matter]:
    chance = random.Random(seed)
    plant(*(random_matter(town, chance) for _ in range(count)))
    with looking(of_all()):
        every = list(Matter.objects.select_related("category").order_by("id"))
        put_on_the_slow_list([one for one in every if one.is_paused and one.pk % 2])
    return every


def put_on_the_slow_list(rows: Sequence[Matter]) -> None:
    """The others that stand still do so for a few days only, which takes them out of no figure."""
    for one in rows:
        one.is_hung = True  # type: ignore[attr-defined]
    Interval.objects.bulk_create([
        Interval(area=one.area, matter_id=one.pk, limit="handling", state="paused", reason="suspension", started_at=NOW) for one in rows])


def by_hand(code: str, every: Sequence[Matter], one: Window) -> dict[int, tuple[int, int]]:
    found: dict[int, tuple[int, int]] = {}
    every = [row for row in every if row.parent is None]
    for row in every:
        answer = ORACLES[code](row, every, one.start, one.end, one.cut_off)
        if answer is not None:
            leaf = row.area - row.area % LEAF_SIZE
            numerator, denominator = found.get(leaf, (0, 0))
            found[leaf] = (numerator + answer, denominator + 1)
    return found


@pytest.mark.slow
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_every_figure_equals_the_slow_reading_by_hand(town: Town, seed: int) -> None:
    every = plant_many(town, seed)

    with at_now():
        counts = count_all(windows(*PERIODS), NOW)

    for code in ORACLES:
        for one in windows(*PERIODS):
            fast = {key[1]: pair for key, pair in counts.pairs.items() if key[0] == one.key and key[2] == code}
            assert fast == by_hand(code, every, one), (code, one.key)
    assert {key[2] for key in counts.pairs} >= set(ORACLES)


def test_counting_some_communities_equals_the_whole_count(town: Town) -> None:
    plant_many(town, 4)

    with at_now():
        whole = count_all(windows(*PERIODS), NOW)
        some = count_leaves(COMMUNITIES[:2], windows(*PERIODS), NOW)

    expected = {key: pair for key, pair in whole.pairs.items() if key[1] in COMMUNITIES[:2]}
    assert some.pairs == expected
    assert some.next_at == {leaf: moment for leaf, moment in whole.next_at.items() if leaf in COMMUNITIES[:2]}


@pytest.mark.slow
@pytest.mark.parametrize("code", sorted(ORACLES))
def test_the_list_behind_every_figure_has_as_many_records_as_the_figure_says(town: Town, code: str) -> None:
    plant_many(town, 5)
    actor = officer(*WHOLE)

    with at_now():
        counts = count_all(windows("2026", "2026-11"), NOW)
        for period in ("2026", "2026-11"):
            figure = [pair for key, pair in counts.pairs.items() if key[0] == period and key[2] == code]
            rows: list[Any] = []
            page = members(actor, code, place.CITY, period, limit=37)
            rows += page.rows
            while page.next_cursor is not None:
                page = members(actor, code, place.CITY, period, page.next_cursor, limit=37)
                rows += page.rows

            assert len(rows) == sum(pair[1] for pair in figure)
            assert sum(row.is_in_numerator for row in rows) == sum(pair[0] for pair in figure)
            assert [row.id for row in rows] == sorted({row.id for row in rows}, reverse=True)


def test_an_open_overdue_matter_stands_in_the_denominator(town: Town) -> None:
    area = COMMUNITIES[0] + 1
    late = {"phase": "handling", "closed_at": None, "reported_at": NOW - timedelta(days=40)}
    plant(matter(town, area), matter(town, area, **late), matter(town, area, **late, kind="six_problems"))
    fresh = {"phase": "handling", "closed_at": None, "reported_at": NOW - timedelta(days=2)}
    plant(matter(town, area, **fresh))

    with at_now():
        counts = count_all(windows("2026"), NOW)

    assert counts.pairs["2026", COMMUNITIES[0], "D3-11", 1] == (1, 2)
    assert counts.pairs["2026", COMMUNITIES[0], "D3-04", 1] == (0, 1)
    assert counts.next_at[COMMUNITIES[0]] == NOW + timedelta(days=8)


def test_an_unfiled_report_past_its_step_counts_as_overdue(town: Town) -> None:
    plant(matter(town, COMMUNITIES[0], phase="captured", closed_at=None, close_due_at=None, due_at=NOW - timedelta(days=1)))

    with at_now():
        counts = count_all(windows("2026"), NOW)

    assert counts.pairs["2026", COMMUNITIES[0], "D3-11", 1] == (0, 1)


def test_a_matter_closed_late_counts_as_open_in_the_months_it_stood_open(town: Town) -> None:
    plant(matter(town, COMMUNITIES[0], reported_at=NOW - timedelta(days=100), closed_at=NOW - timedelta(days=3)))

    with at_now():
        counts = count_all(windows("2026-08", "2026-09", "2026-10", "2026-11"), NOW)

    found = {key[0]: pair for key, pair in counts.pairs.items() if key[2] == "D3-11"}
    assert found == {"2026-08": (0, 1), "2026-09": (0, 1), "2026-10": (0, 1), "2026-11": (0, 1)}


def test_nothing_counted_is_no_pair_at_all(town: Town) -> None:
    plant(matter(town, COMMUNITIES[0], phase="refused"))

    with at_now():
        counts = count_all(windows("2026"), NOW)

    assert [key for key in counts.pairs if key[2] == "D3-11"] == []


def test_a_problem_that_comes_back_within_ninety_days_is_a_repeat(town: Town) -> None:
    def case(days_ago: int, cell: int | None, address: str = "") -> Matter:
        return matter(town, COMMUNITIES[0], kind="six_problems", reported_at=NOW - timedelta(days=days_ago), cell=cell, address=address)

    plant(case(200, 7), case(150, 7), case(20, 7), case(150, 8), case(30, None, "一号"), case(22, None, "一号"), case(30, None), case(22, None))

    with at_now():
        counts = count_all(windows("2026"), NOW)

    assert counts.pairs["2026", COMMUNITIES[0], "D3-05", 1] == (2, 8)


def test_grids_with_a_worker_and_a_boundary_are_counted_as_of_the_cut_off(town: Town) -> None:
    first, second = COMMUNITIES[0] + 1, COMMUNITIES[0] + 2
    with looking(of_all()):
        place.staff(first, datetime(2026, 10, 15).date())
    place.draw(first, 20_000)
    place.draw(second, 20_000)

    with at_now():
        counts = count_leaves(COMMUNITIES, windows("2026-09", "2026-11"), NOW)

    assert counts.pairs["2026-09", COMMUNITIES[0], "D3-09", 1] == (0, 2)
    assert counts.pairs["2026-11", COMMUNITIES[0], "D3-09", 1] == (1, 2)
    assert counts.pairs["2026-11", COMMUNITIES[0], "D3-08", 1] == (2, 2)
    assert counts.pairs["2026-11", COMMUNITIES[1], "D3-08", 1] == (0, 2)


@pytest.mark.slow
@pytest.mark.parametrize("name", ["matters", "six_problem_cases", "grids"])
def test_a_fact_set_has_one_row_for_each_thing(town: Town, name: str) -> None:
    plant_many(town, 6)

    with at_now(), connection.cursor() as cursor:
        cursor.execute(one_row_query(fact_of(name)).sql("postgres"), windows("2026")[0].parameters())
        rows, distinct, things = cursor.fetchone()

    assert rows == distinct == things > 0


def test_a_job_settled_on_the_spot_counts_where_it_was_checked_and_in_no_rate_of_closing(town: Town) -> None:
    rows = [matter(town, COMMUNITIES[0] + 1, phase="self_handled") for _ in range(3)]
    plant(*rows)
    checked = [(NOW - timedelta(days=1), True), (NOW - timedelta(days=2), False), (None, None)]
    with looking(of_all()):
        SpotCheck.objects.bulk_create([
            SpotCheck(matter=one, area=one.area, drawn_at=NOW - timedelta(days=3), due_at=NOW, checked_at=at, is_passed=is_passed)
            for one, (at, is_passed) in zip(rows, checked, strict=True)])

    with at_now(), connection.cursor() as cursor:
        counts = count_all(windows("2026"), NOW)
        cursor.execute(one_row_query(fact_of("settled")).sql("postgres"), windows("2026")[0].parameters())
        told = cursor.fetchone()

    assert {key[2]: pair for key, pair in counts.pairs.items() if find_measure(key[2]).fact in ("matters", "settled", "six_problem_cases")} == {"GV-09": (1, 2)}  # type: ignore[union-attr]
    assert told[0] == told[1] == told[2] > 0


def test_all_fact_sets_are_tried_for_one_row_a_thing() -> None:
    assert {one.name for one in fact_sets()} == {"matters", "six_problem_cases", "grids", "round_days", "round_reports", "settled"} | REGISTERS | FACTS


def test_a_neighbour_community_is_never_in_the_figure_or_the_list(town: Town) -> None:
    plant(matter(town, FAR_COMMUNITY + 1), matter(town, COMMUNITIES[1] + 1), matter(town, COMMUNITIES[0] + 1))
    actor = officer(COMMUNITIES[0], COMMUNITIES[0] + 1000)

    with at_now():
        page = members(actor, "D3-11", COMMUNITIES[0], "2026")

    assert [row.area for row in page.rows] == [COMMUNITIES[0] + 1]
