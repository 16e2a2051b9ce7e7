# SPDX-License-Identifier: MulanPSL-2.0
"""随手办: settled in one step by whoever found it, for small jobs only, and checked by somebody else when drawn."""

from typing import Any

import pytest
from django.conf import settings as configured
from django.db import connection

from linli.core import clock, due, evidence
from linli.core.actions import run
from linli.core.faults import Conflict, Fault, Invalid, NotAble, NotVisible
from linli.core.sight import looking, of_all
from linli.matters import inbox, numbers, sampling, stories
from linli.matters.models import Category, Handling, Matter, Move, SpotCheck, Verification
from linli.measures.declarations import fact_of
from tests.cast import COMMUNITY, COMMUNITY2, GRID, HOSTILE, Cast

pytestmark = pytest.mark.django_db


@pytest.fixture
def small() -> int:
    return Category.objects.get(scheme__code="gbt47678_5", part="event", code="06010").pk


@pytest.fixture(autouse=True)
def files(settings: Any, tmp_path: Any) -> None:
    settings.EVIDENCE_ROOT = tmp_path / "evidence"


def photo(cast: Cast, by: str = "gridworker") -> int:
    with looking(of_all()):
        actor = cast.actors[by]
        return evidence.keep(b"%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n", "a.pdf", area=COMMUNITY, actor=actor, claim=b"").pk


def settle(cast: Cast, small: int, by: str = "gridworker", **more: Any) -> dict[str, Any]:
    given = {"category": small, "summary": HOSTILE, "area": GRID, "evidence": [photo(cast, by)]} | more
    return cast.do("matter.self_handle", by, **given)


def drawn(cast: Cast, small: int, settings: Any) -> str:
    settings.SETTLE_PERCENT = 100
    sampling.keep_draws()
    number = str(settle(cast, small)["number"])
    due.drain()
    return number


def test_a_worker_settles_a_small_job_in_one_step(cast: Cast, small: int) -> None:
    made = settle(cast, small)

    with looking(of_all(), read_only=True):
        row = Matter.objects.get(pk=numbers.matter_of(made["number"]))
        moves = list(Move.objects.filter(matter=row.pk))
    assert (row.phase, row.is_open, len(moves)) == ("self_handled", False, 1)
    assert row.closed_at is not None
    assert row.due_at is None
    assert stories.replay(moves)["phase"] == "self_handled"
    assert "当场处理完毕" in moves[0].note


@pytest.mark.parametrize("more", [{"evidence": []}, {"evidence": None}])
def test_it_needs_a_photo(cast: Cast, small: int, more: dict[str, Any]) -> None:
    with pytest.raises(Invalid) as caught:
        settle(cast, small, **more)

    assert "evidence" in caught.value.fields


def test_only_small_jobs_and_never_a_hazard(cast: Cast, settings: Any) -> None:
    hazard = Category.objects.filter(kind="grid_event", is_hazard=True).first()
    assert hazard is not None
    settings.SETTLE_CODES = hazard.code

    with pytest.raises(Invalid) as caught:
        settle(cast, hazard.pk)

    assert "category" in caught.value.fields


def test_a_city_may_name_its_own_list(cast: Cast, small: int, settings: Any) -> None:
    settings.SETTLE_CODES = "09010"

    with pytest.raises(Invalid):
        settle(cast, small)


@pytest.mark.parametrize("by", ["handler", "verifier", "dispatcher", "head", "city"])
def test_others_than_workers_and_committees_may_not(cast: Cast, small: int, by: str) -> None:
    with pytest.raises(NotAble):
        cast.do("matter.self_handle", by, category=small, summary="清了", area=GRID)


def test_not_in_another_community(cast: Cast, small: int) -> None:
    with pytest.raises(NotVisible):
        settle(cast, small, area=COMMUNITY2)


def test_what_is_drawn_waits_for_somebody_of_another_unit(cast: Cast, small: int, settings: Any) -> None:
    number = drawn(cast, small, settings)

    with looking(of_all()):
        mine = {pile.name: pile.rows for pile in inbox.waiting_for(cast.gridworker)}
        theirs = {pile.name: pile.rows for pile in inbox.waiting_for(cast.verifier)}
    assert mine["check_settled"] == []
    assert [numbers.number_of(one.pk) for one in theirs["check_settled"]] == [number]
    with pytest.raises(NotAble):
        cast.do("matter.check_settled", "gridworker", number=number, version=1, passed=True)


def test_nothing_is_drawn_without_a_share(cast: Cast, small: int) -> None:
    sampling.keep_draws()
    number = settle(cast, small)["number"]
    due.drain()

    with looking(of_all(), read_only=True):
        assert not SpotCheck.objects.exists()
    with pytest.raises(Conflict):
        cast.do("matter.check_settled", "verifier", number=number, version=1, passed=True)
    assert configured.SETTLE_PERCENT == 0


def test_a_passed_check_is_a_verification_by_another(cast: Cast, small: int, settings: Any) -> None:
    number = drawn(cast, small, settings)

    done = cast.do("matter.check_settled", "verifier", number=number, version=1, passed=True)

    assert done["phase"] == "self_handled"
    with looking(of_all(), read_only=True):
        one = Verification.objects.get(matter=numbers.matter_of(number))
        assert one.verifier != one.handler
        assert SpotCheck.objects.get(matter=one.matter_id).is_passed
    with pytest.raises(Conflict):
        cast.do("matter.check_settled", "verifier", number=number, version=2, passed=False, note="又看")


def test_a_failed_check_makes_it_a_matter_like_any_other(cast: Cast, small: int, settings: Any) -> None:
    number = drawn(cast, small, settings)
    with pytest.raises(Invalid):
        cast.do("matter.check_settled", "verifier", number=number, version=1, passed=False)

    done = cast.do("matter.check_settled", "verifier", number=number, version=1, passed=False, note="还在")

    assert done["phase"] == "filed"
    with looking(of_all(), read_only=True):
        row = Matter.objects.get(pk=numbers.matter_of(number))
        moves = list(Move.objects.filter(matter=row.pk).order_by("step"))
    assert row.close_due_at is not None
    assert row.due_at is not None
    assert stories.replay(moves) == {"phase": "filed", "version": 2, "round": 2, "is_passed": False, "is_paused": False}
    back = cast.do("matter.dispatch", "dispatcher", number=number, version=2, unit=cast.units["cleaners"])
    back = cast.do("matter.receive", "handler", number=number, version=back["version"])
    back = cast.do("matter.reply", "handler", number=number, version=back["version"], note="好了", no_photo_reason="夜间")
    back = cast.do("matter.verify", "verifier", number=number, version=back["version"], passed=True, note="好")
    assert cast.do("matter.close", "dispatcher", number=number, version=back["version"])["phase"] == "closed"


def test_it_counts_in_no_rate(cast: Cast, small: int) -> None:
    settle(cast, small)

    with looking(of_all(), read_only=True), connection.cursor() as cursor:
        cursor.execute(f"select count(*) from ({fact_of('matters').sql}) facts")
        assert cursor.fetchone() == (0,)
        assert Handling.objects.count() == 1


def test_the_same_key_settles_once(cast: Cast, small: int) -> None:
    given = {"category": small, "summary": "清了", "area": GRID, "evidence": [photo(cast)]}
    first = run("matter.self_handle", cast.gridworker, given, key="k1", occurred_at=clock.now())
    second = run("matter.self_handle", cast.gridworker, given, key="k1", occurred_at=clock.now())

    assert first == second
    with pytest.raises(Fault):
        run("matter.self_handle", cast.gridworker, {**given, "summary": "别的"}, key="k1")
