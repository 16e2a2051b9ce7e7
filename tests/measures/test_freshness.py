# SPDX-License-Identifier: MulanPSL-2.0
"""Freshness: after each change the kept figures equal a full count, on every level; time alone moves them too."""

import logging
import random
from datetime import UTC, datetime, timedelta

import pytest

from linli.core import clock
from linli.core.due import drain
from linli.core.models import Due
from linli.core.sight import looking, of_all, of_post
from linli.matters.models import Matter
from linli.measures.freshness import leaf_of, refresh, refresh_overdue, stamp
from linli.measures.models import Leaf, Run, Value
from linli.measures.periods import open_years, parse, touched
from linli.measures.rebuilding import rebuild
from linli.measures.results import results
from linli.practice.facts import MATTER_ACTIONS
from tests.measures.test_figures import WHOLE, plant
from tests.measures.town import CITY, COMMUNITIES, FAR_COMMUNITY, NOW, STREET, Town, at_now, matter, officer, random_matter

HOME = COMMUNITIES[0]


def due(one: Matter) -> Due:
    return Due(reaction="measures.refresh", area=one.area, subject_kind="matter", subject=one.pk, at=NOW)


def kept() -> dict[tuple[str, int, str, str], tuple[int, int]]:
    with looking(of_all()):
        rows = Value.objects.filter(denominator__gt=0).exclude(measure__in=["D3-08", "D3-09"])
        return {(one.period, one.area, one.measure, one.level): (one.numerator, one.denominator) for one in rows}


def forget() -> None:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("select set_config('role', 'none', true)")
        cursor.execute("delete from measures_value")
        cursor.execute("delete from measures_leaf")


@pytest.mark.slow
@pytest.mark.parametrize("seed", [11, 12, 13, 14])
def test_figures_kept_change_by_change_equal_a_full_count(town: Town, owner: None, seed: int) -> None:
    chance = random.Random(seed)
    alive: list[Matter] = []
    with at_now():
        rebuild("2026")
        for _ in range(25):
            batch = [random_matter(town, chance) for _ in range(chance.randrange(1, 4))]
            Matter.objects.bulk_create(batch)
            changed = chance.sample(alive, min(len(alive), 2))
            for one in changed:
                fresh = random_matter(town, chance, area=one.area)
                for name in ("phase", "closed_at", "rating", "failures", "verifications", "first_reply_at"):
                    setattr(one, name, getattr(fresh, name))
                if one.closed_at is not None:
                    one.closed_at = max(one.closed_at, one.reported_at)
                one.save()
            alive += batch
            refresh([due(one) for one in (*batch, *changed)])
    incremental = kept()

    forget()
    with at_now():
        rebuild("2026")

    assert incremental == kept()
    assert any(level == "city" for *_, level in incremental)


def test_the_nightly_count_finds_nothing_after_honest_work(town: Town) -> None:
    one = matter(town, HOME + 1)
    with at_now():
        rebuild("2026")
        Matter.objects.bulk_create([one])
        refresh([due(one)])
        run = rebuild("2026")

    assert (run.is_first, run.differences, run.first_difference) == (False, 0, "")


def test_a_kept_figure_that_differs_is_an_alarm_with_its_key_and_is_corrected(town: Town, caplog: pytest.LogCaptureFixture) -> None:
    plant(*(matter(town, HOME) for _ in range(6)))
    with at_now():
        rebuild("2026")
        before = kept()
        Value.objects.filter(area=HOME, period="2026", measure="D3-11").update(numerator=1)
        with caplog.at_level(logging.ERROR, logger="linli.measures"):
            run = rebuild("2026")

    assert run.differences == 1 + 3
    assert run.first_difference == f"D3-11.1 of 2026 in {HOME}: kept 1/6, counted 6/6"
    assert run.first_difference in caplog.text
    with at_now():
        rebuild("2026")
    assert kept() == before


def test_a_wrong_sum_above_is_found_and_corrected(town: Town) -> None:
    plant(matter(town, HOME))
    with at_now():
        rebuild("2026")
        Value.objects.filter(area=CITY, period="2026", measure="D3-11").update(denominator=9)
        run = rebuild("2026")

    assert run.differences == 1
    assert kept()["2026", CITY, "D3-11", "city"] == (1, 1)


def test_waiting_work_is_no_alarm(town: Town) -> None:
    one = matter(town, HOME)
    with at_now():
        rebuild("2026")
        Matter.objects.bulk_create([matter(town, FAR_COMMUNITY)])
        refresh([due(one) for one in Matter.objects.all()])
        Matter.objects.bulk_create([one])
        Due.objects.bulk_create([due(one)])
        run = rebuild("2026")

    assert run.differences == 0
    assert kept()["2026", HOME, "D3-11", "community"] == (1, 1)


def test_time_alone_makes_a_matter_overdue_and_the_figure_moves(town: Town) -> None:
    reported = NOW - timedelta(days=9, hours=23)
    one = matter(town, HOME, phase="handling", closed_at=None, reported_at=reported)
    with at_now():
        rebuild("2026")
        Matter.objects.bulk_create([one])
        refresh([due(one)])
        assert ("2026", HOME, "D3-11", "community") not in kept()
        assert refresh_overdue() == 0
    with clock.standing_at(NOW + timedelta(hours=2)):
        assert refresh_overdue() == 1
        assert refresh_overdue() == 0

    assert kept()["2026", HOME, "D3-11", "community"] == (0, 1)
    assert kept()["2026-11", STREET, "D3-11", "street"] == (0, 1)
    with looking(of_all()):
        assert Leaf.objects.get(area=HOME).next_at is None


def test_the_stamp_changes_with_a_figure_and_only_then(town: Town) -> None:
    one, other = matter(town, HOME), matter(town, FAR_COMMUNITY)
    with at_now():
        rebuild("2026")
        Matter.objects.bulk_create([one])
        refresh([due(one)])
    with looking(of_all()):
        first = stamp(HOME, "2026")
    with clock.standing_at(NOW + timedelta(seconds=1)), looking(of_all()):
        refresh([due(one)])
        again = stamp(HOME, "2026")
        Matter.objects.bulk_create([other])
        refresh([due(other)])
        home, city = stamp(HOME, "2026"), stamp(CITY, "2026")

    assert first == again == home != "none"
    assert city > first


def test_a_change_shows_on_the_results_of_every_level_at_once(town: Town, sheet: str) -> None:
    one = matter(town, HOME + 2)
    actor = officer(*WHOLE)
    with at_now():
        rebuild("2026")
        Matter.objects.bulk_create([one])
        refresh([due(one)])
    with at_now(), looking(of_post(actor)):
        found = [results(actor, area, "2026").of("D3-11").figure.denominator for area in (HOME, STREET, CITY)]

    assert found == [1, 1, 1]


def test_a_rating_given_months_later_changes_the_month_of_closing(town: Town) -> None:
    one = matter(town, HOME, reported_at=NOW - timedelta(days=100), source="resident")
    with at_now():
        Matter.objects.bulk_create([one])
        rebuild("2026")
        one.rating = 1
        one.save()
        refresh([due(one)])

    assert kept()["2026-08", HOME, "GV-04", "community"] == (1, 1)


def test_the_reaction_follows_every_action_of_a_matter_that_is_declared() -> None:
    from linli.core import registry

    declared = {name for name in registry.names("action") if name.startswith("matter.")}
    quiet = {"matter.archive", "matter.reveal", "matter.choose_letters", "matter.hear", "matter.publish_words", "matter.assign", "matter.fetch_photos",
             "matter.join", "matter.not_duplicate", "matter.amend_order", "matter.read_kept", "matter.reword"}

    assert declared - quiet <= set(MATTER_ACTIONS)
    assert registry.get("reaction", "measures.refresh").run is refresh  # type: ignore[union-attr]


def test_last_year_follows_the_work_during_january_only() -> None:
    assert [one.key for one in open_years(datetime(2027, 1, 20, tzinfo=UTC))] == ["2026", "2027"]
    assert [one.key for one in open_years(datetime(2027, 2, 20, tzinfo=UTC))] == ["2027"]


def test_a_record_touches_the_months_since_its_first_date() -> None:
    assert [one.key for one in touched(NOW, NOW - timedelta(days=60))] == ["2026", "2026-09", "2026-10", "2026-11"]
    assert [one.key for one in touched(NOW, NOW - timedelta(days=800))][:2] == ["2026", "2026-01"]


def test_a_month_begins_at_the_city_s_midnight() -> None:
    assert parse("2026-11").start == datetime(2026, 10, 31, 16, tzinfo=UTC)
    assert leaf_of(HOME + 2) == HOME


def test_a_run_keeps_what_it_measured(town: Town) -> None:
    with at_now():
        run = rebuild("2026")

    kept_run = Run.objects.get(pk=run.pk)
    assert kept_run.is_first
    assert "D3-11.1" in kept_run.measures


def test_the_drain_of_due_work_brings_the_figures_up_to_date_as_the_application(town: Town) -> None:
    one = matter(town, HOME + 1)
    with at_now():
        rebuild("2026")
        Matter.objects.bulk_create([one])
        Due.objects.bulk_create([due(one)])
    with clock.standing_at(NOW + timedelta(seconds=1)):
        taken = drain()

    assert taken == 1
    assert kept()["2026-11", CITY, "D3-11", "city"] == (1, 1)
    with looking(of_all()):
        assert not Due.objects.exists()
