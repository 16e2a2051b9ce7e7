# SPDX-License-Identifier: MulanPSL-2.0
"""States of the registers: each figure equals a slow reading by hand, and the records behind it add up to it."""

from datetime import timedelta
from fractions import Fraction

import pytest
from django.db import connection, transaction

from linli.core import clock
from linli.core.due import drain
from linli.core.sight import looking, of_all
from linli.elements.models import Organisation
from linli.measures.compiler import one_row_query
from linli.measures.counts import count_all, count_leaves
from linli.measures.declarations import fact_of, find_measure
from linli.measures.models import Value
from linli.measures.published import public_results
from linli.measures.rebuilding import rebuild
from linli.measures.results import LEAST_COVERAGE, MET, OPEN, UNMET, Total, all_members, results
from linli.measures.standards import sheet_on
from tests.cast import COMMUNITY, Cast
from tests.measures.elsewhere import REFERENCES
from tests.measures.standing import READINGS, REGISTERS, Reading, plant_registers
from tests.measures.test_figures import WHOLE, windows
from tests.measures.town import CITY, COMMUNITIES, FAR_COMMUNITY, NOW, Town, at_now, officer

HOMES = (*COMMUNITIES, FAR_COMMUNITY)
PERIODS = ("2026", "2026-11")


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_every_state_of_the_registers_equals_the_slow_reading_by_hand(town: Town, seed: int) -> None:
    with at_now():
        stock = plant_registers(seed)
        counts = count_all(windows(*PERIODS), NOW)
        some = count_leaves(COMMUNITIES[:1], windows(*PERIODS), NOW)

    for code, reading in READINGS.items():
        for one in windows(*PERIODS):
            fast = {key[1]: pair for key, pair in counts.pairs.items() if key[0] == one.key and key[2] == code}
            slow = {home: reading(Reading(stock, home, one.day, one.start, one.end)) for home in HOMES}
            assert fast == {home: pair for home, pair in slow.items() if pair[1]}, (code, one.key)
            assert {key[1]: pair for key, pair in some.pairs.items() if key[0] == one.key and key[2] == code}.get(COMMUNITIES[0]) == fast.get(COMMUNITIES[0])


def test_the_records_behind_every_state_add_up_to_the_figure(town: Town) -> None:
    actor = officer(*WHOLE)
    with at_now():
        plant_registers(4)
        counts = count_all(windows("2026"), NOW)
        for code in READINGS:
            rows = list(all_members(actor, code, CITY, "2026"))
            figures = [pair for key, pair in counts.pairs.items() if key[2] == code]

            assert (sum(row.part for row in rows), sum(row.whole for row in rows)) == (sum(one[0] for one in figures), sum(one[1] for one in figures)), code


@pytest.mark.parametrize("name", sorted(REGISTERS))
def test_every_fact_set_of_the_registers_has_one_row_a_thing(town: Town, name: str) -> None:
    with at_now(), connection.cursor() as cursor:
        plant_registers(5)
        cursor.execute(f"select count(*), count(distinct id) from ({fact_of(name).tree().sql('postgres')}) f", windows("2026")[0].parameters())
        rows, distinct = cursor.fetchone()

    assert rows == distinct > 0
    assert one_row_query(fact_of(name))


def test_the_newest_draft_holds_every_indicator_but_the_one_left_out_and_measures_more_than_twenty_six_of_them(sheet: str) -> None:
    with clock.standing_at(NOW):
        found = sheet_on(clock.today())

    assert found is not None
    assert found.version == "4"
    own = [one for one in found.dimensions if one.code != "GV"]
    codes = [row.code for one in own for row in (*one.indicators, *one.pending)]
    assert len(codes) == len(set(codes)) == 79
    assert "D4-12" not in codes
    assert sum(len(one.indicators) for one in own) == 26 + len([one for one in REFERENCES if one.startswith("D")])
    assert {row.code: row.points for one in own for row in one.pending}["D5-14"] == 0
    assert all(sum(row.points for row in (*one.indicators, *one.pending)) == one.points for one in own)
    assert all(find_measure(row.measure) for one in own for row in one.indicators)
    assert found.points == 97


def test_points_of_what_is_pending_go_to_nobody_and_little_coverage_compares_with_nobody(town: Town, sheet: str) -> None:
    with at_now():
        plant_registers(6)
        rebuild("2026")
        found = results(officer(*WHOLE), COMMUNITIES[0], "2026")

    assert isinstance(found.total, Total)
    assert found.total.sheet == 97
    assert found.total.possible == sum(one.possible for one in found.dimensions) >= Fraction(75, 2)
    assert found.total.reached <= found.total.possible
    assert found.total.coverage < LEAST_COVERAGE
    assert not found.total.is_comparable


def test_a_necessary_condition_is_unmet_by_one_missing_body_and_open_while_something_is_not_judged(town: Town, sheet: str) -> None:
    with at_now():
        Organisation.objects.create(area=COMMUNITIES[0], kind="social_organisation", name="社", stage="filed", fields={"purpose": "benefit"})
        rebuild("2026")
        found = results(officer(*WHOLE), COMMUNITIES[0], "2026")
    states = {one.condition.code: one for one in found.conditions}

    assert states["V3"].state == UNMET
    assert "社区党组织健全" in [one.zh for one in states["V3"].because]
    assert "社区社会组织数" not in [one.zh for one in states["V3"].because]
    assert states["V1"].state == OPEN
    assert MET not in {one.state for one in found.conditions}


@pytest.mark.slow
def test_the_drawn_registers_reach_both_sides_of_every_reading(town: Town) -> None:
    met, lacking = set(), set()
    for seed in range(1, 9):
        with at_now(), transaction.atomic():
            stock = plant_registers(seed)
            transaction.set_rollback(True)
        one = windows("2026")[0]
        for code, reading in READINGS.items():
            for home in HOMES:
                numerator, denominator = reading(Reading(stock, home, one.day, one.start, one.end))
                met |= {code} if numerator else set()
                lacking |= {code} if numerator < denominator else set()

    assert met == lacking == set(READINGS)


def test_small_numbers_of_rooms_and_stock_are_published_and_those_of_offices_and_households_are_not(town: Town, sheet: str) -> None:
    with at_now():
        plant_registers(7)
        rebuild("2026")
    with clock.standing_at(NOW):
        found = {one.code: one for one in public_results(COMMUNITIES[0], "2026").indicators}

    assert (found["D2-15"].denominator, found["D2-15"].is_hidden) == ("6", False)
    assert found["D2-03"].denominator == "19"
    assert found["D2-03"].numerator.isdecimal()
    assert (found["D1-02"].share, found["D1-02"].is_hidden) == ("", True)


def test_a_state_stays_as_it_was_last_counted_when_its_period_is_over(town: Town) -> None:
    later = NOW + timedelta(days=20)
    with at_now():
        Organisation.objects.create(area=COMMUNITIES[0], kind="social_organisation", name="社", stage="filed", fields={"purpose": "benefit"})
        rebuild("2026")
        Organisation.objects.create(area=COMMUNITIES[0], kind="social_organisation", name="又一社", stage="filed", fields={"purpose": "culture"})
    with clock.standing_at(later), looking(of_all()):
        run = rebuild("2026")
        kept = {one.period: one.numerator for one in Value.objects.filter(area=COMMUNITIES[0], measure="D1-09")}

    assert kept == {"2026": 2, "2026-11": 1, "2026-12": 2}
    assert run.differences == 0


def test_a_figure_follows_the_register_within_the_work_that_is_due(cast: Cast) -> None:
    with looking(of_all()):
        rebuild(str(clock.today().year))
    before = figure("D1-08")
    station = cast.do("service_station.add", "director", area=COMMUNITY, name="槐安综治信访服务站", work="petitions")["organisation"]
    cast.do("seat.give", "director", organisation=station, office="head", name="某")
    while drain():
        pass

    assert before == (0, 2)
    assert figure("D1-08") == (1, 2)


def figure(code: str) -> tuple[int, int]:
    with looking(of_all()):
        kept = Value.objects.get(area=COMMUNITY, period=str(clock.today().year), measure=code)
    return kept.numerator, kept.denominator
