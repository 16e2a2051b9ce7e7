# SPDX-License-Identifier: MulanPSL-2.0
"""Position tracks: off until ordered, for one post, a purpose and some days; sealed, looked at with a reason, gone after 90 days."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from linli.core import clock
from linli.core.actions import run
from linli.core.faults import Conflict, Invalid, NotAble, NotVisible
from linli.core.models import JournalPayload
from linli.core.sight import looking, of_all
from linli.matters import tracks
from linli.matters.models import TrackOrder, TrackPart
from linli.matters.reactions.rounds import forget_tracks
from tests.cast import HOSTILE, ROLES, Cast

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 23, 3, 0, tzinfo=UTC)
DAY = timedelta(days=1)
POINTS = "117.194100,39.117670,2026-11-23T10:00:00+08:00;117.194200,39.117700,2026-11-23T10:05:00+08:00"


def order(cast: Cast, by: str = "head", **more: Any) -> int:
    given = {"holder": cast.posts["gridworker"], "purpose": "暴雨转移群众时确认人员安全", "valid_from": "2026-11-23", "valid_to": "2026-11-25"} | more
    return int(cast.do("track.order", by, **given)["order"])


def keep(cast: Cast, points: str = POINTS, at: datetime = NOW, by: str = "gridworker") -> dict[str, Any]:
    with clock.standing_at(at):
        return run("track.keep", getattr(cast, by), {"points": points})


def parts() -> int:
    with looking(of_all(), read_only=True):
        return TrackPart.objects.count()


@pytest.fixture(autouse=True)
def _now() -> Any:
    with clock.standing_at(NOW):
        yield


def test_without_an_order_nothing_is_kept(cast: Cast) -> None:
    with pytest.raises(NotAble) as refused:
        keep(cast)

    assert refused.value.code == "no_track_order"
    assert parts() == 0


@pytest.mark.parametrize("who", [role for role in ROLES if role != "head"])
def test_only_the_accountable_head_orders_a_track(cast: Cast, who: str) -> None:
    with pytest.raises(NotAble):
        order(cast, by=who)


def test_a_head_elsewhere_orders_no_track_here(cast: Cast) -> None:
    with pytest.raises(Invalid):
        order(cast, by="head2")


@pytest.mark.parametrize("more", [
    {"purpose": ""}, {"purpose": "   "}, {"valid_from": "2026-11-22"}, {"valid_to": "2026-11-23"}, {"valid_to": "2027-11-23"}, {"holder": 2**50}, {"valid_to": HOSTILE},
])
def test_an_order_without_purpose_or_end_is_refused(cast: Cast, more: dict[str, Any]) -> None:
    with pytest.raises(Invalid):
        order(cast, **more)


def test_under_an_order_points_are_kept_sealed_and_stand_in_no_journal(cast: Cast) -> None:
    number = order(cast)

    assert keep(cast) == {"order": number, "kept": 2}
    with looking(of_all(), read_only=True):
        kept = TrackPart.objects.get()
        journalled = json.dumps(list(JournalPayload.objects.values_list("plain", flat=True)))
        sealed = [bytes(one) for one in JournalPayload.objects.exclude(sealed=None).values_list("sealed", flat=True)]
    assert b"117" not in bytes(kept.sealed)
    assert "117.19" not in journalled
    assert sealed == []


def test_an_order_is_for_one_post_only(cast: Cast) -> None:
    order(cast)

    with pytest.raises(NotAble):
        keep(cast, by="gridworker2")


@pytest.mark.parametrize("points", [
    "", ";", "a,b,c", "117,39", "117,39,2026-11-23T10:00:00", "999,39,2026-11-23T10:00:00+08:00", "nan,39,2026-11-23T10:00:00+08:00",
    "117,39,2026-12-24T10:00:00+08:00", "117,39,2026-11-23T23:00:00+08:00", HOSTILE, ";".join(["117,39,2026-11-23T10:00:00+08:00"] * 201),
])
def test_points_that_make_no_sense_or_lie_outside_the_order_are_refused(cast: Cast, points: str) -> None:
    order(cast)

    with pytest.raises(Invalid):
        keep(cast, points)

    assert parts() == 0


def test_an_order_that_is_over_or_ended_takes_nothing(cast: Cast) -> None:
    number = order(cast)
    with pytest.raises(NotAble):
        keep(cast, at=NOW + 2 * DAY)

    cast.do("track.end", "head", order=number)

    with pytest.raises(NotAble):
        keep(cast)
    with pytest.raises(Conflict):
        cast.do("track.end", "head", order=number)


def test_who_ordered_looks_with_a_reason_and_the_person_is_shown_it(cast: Cast) -> None:
    number = order(cast)
    keep(cast)

    seen = cast.do("track.look", "head", order=number, reason="核对撤离路线")

    with looking(of_all(), read_only=True):
        looks = tracks.looks(number)
    assert [point[:2] for point in seen["points"]] == [[117.1941, 39.11767], [117.1942, 39.1177]]
    assert [(role, reason) for _, role, reason in looks] == [("head", "核对撤离路线")]


def test_nobody_else_looks(cast: Cast) -> None:
    number = order(cast)
    keep(cast)

    for who, kind in (("head2", NotVisible), ("director", NotAble), ("gridworker", NotAble)):
        with pytest.raises(kind):
            cast.do("track.look", who, order=number, reason="x")
    with pytest.raises(Invalid):
        cast.do("track.look", "head", order=number, reason="")


def test_a_track_is_deleted_after_ninety_days_and_its_order_stays(cast: Cast) -> None:
    order(cast)
    keep(cast)

    with clock.standing_at(NOW + 90 * DAY):
        early = forget_tracks()
    with clock.standing_at(NOW + 91 * DAY):
        gone = forget_tracks()

    assert (early, gone, parts()) == (0, 1, 0)
    with looking(of_all(), read_only=True):
        assert TrackOrder.objects.count() == 1


def test_no_figure_and_no_list_of_the_engine_reads_a_track() -> None:
    from linli.measures.declarations import fact_sets

    assert [one.name for one in fact_sets() if "track" in one.sql] == []
