# SPDX-License-Identifier: MulanPSL-2.0
"""Giving grids to workers: one holder at a time unless a team, stand-ins, and an alarm for every day that nobody covers."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from linli.core import alarms, clock, due
from linli.core.faults import Conflict, Fault, Invalid, NotAble, NotVisible
from linli.core.models import Alarm
from linli.core.sight import looking, of_all, of_post
from linli.elements import alarms as grid_alarms
from linli.elements import reactions
from linli.elements.models import Absence, Account, GridAssignment, Place, Post
from tests.cast import COMMUNITY, FAR_COMMUNITY, GRID, GRID2, HOSTILE, Cast

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.fixture
def colleague(cast: Cast) -> int:
    """A second grid worker of the first community; answers the post."""
    with looking(of_all()):
        account = Account.objects.create(username="colleague", name=HOSTILE[:60], password="!", created_at=clock.now())
        first = Post.objects.get(pk=cast.posts["gridworker"])
        return Post.objects.create(account=account, role="gridworker", place=first.place, organisation=first.organisation, valid_from=date(2020, 1, 1)).pk


def today() -> date:
    return clock.today()


def give(cast: Cast, by: str = "director", **more: Any) -> dict[str, Any]:
    return cast.do("grid.assign", by, **({"area": GRID, "post": cast.posts["gridworker"]} | more))


def drain() -> None:
    while due.drain():
        pass


def ringing() -> dict[int, str]:
    with looking(of_all(), read_only=True):
        return {one.subject: one.sentence["zh"] for one in Alarm.objects.filter(name=grid_alarms.UNCOVERED, ended_at=None)}


@pytest.mark.parametrize("who", ["director", "dispatcher"])
def test_a_director_or_a_dispatcher_gives_a_grid_and_its_alarm_ends(cast: Cast, who: str) -> None:
    reactions.watch_hourly()
    before = ringing()

    give(cast, who)
    drain()

    assert "今天无人负责" in before[GRID]
    assert set(before) - set(ringing()) == {GRID}


@pytest.mark.parametrize("who", ["gridworker", "handler", "verifier", "head", "district", "city", "sysadmin"])
def test_nobody_else_gives_a_grid(cast: Cast, who: str) -> None:
    with pytest.raises(NotAble):
        give(cast, who)


@pytest.mark.parametrize("who", ["director2", "dispatcher2"])
def test_a_neighbour_gives_no_grid_of_others(cast: Cast, who: str) -> None:
    with pytest.raises(NotVisible):
        give(cast, who)


@pytest.mark.parametrize(("given", "field"), [
    ({"area": COMMUNITY}, "area"), ({"post": 2**53}, "post"), ({"valid_from": "2020-01-01"}, "valid_from"),
    ({"valid_from": "2099-01-02", "valid_to": "2099-01-02"}, "valid_to"), ({"area": HOSTILE}, "area"), ({"post": HOSTILE}, "post"),
])
def test_what_makes_no_sense_is_refused_with_its_field(cast: Cast, given: dict[str, Any], field: str) -> None:
    with pytest.raises(Invalid) as refused:
        give(cast, **given)

    assert field in refused.value.fields


@pytest.mark.parametrize("who", ["director", "verifier", "gridworker2"])
def test_only_a_grid_worker_of_the_place_is_given_a_grid(cast: Cast, who: str) -> None:
    with pytest.raises(Invalid):
        give(cast, post=cast.posts[who])


def test_a_grid_elsewhere_and_one_that_never_was_are_told_apart_by_nobody(cast: Cast) -> None:
    for area in (GRID2, FAR_COMMUNITY, 120_101_001_001_999):
        with pytest.raises(NotVisible):
            give(cast, area=area)


def test_nobody_holds_a_grid_beside_another_unless_both_are_a_team(cast: Cast, colleague: int) -> None:
    give(cast)

    with pytest.raises(Conflict) as alone:
        give(cast, post=colleague)
    with pytest.raises(Conflict):
        give(cast, post=colleague, team=True)

    assert "gridworker" in alone.value.message.zh


def test_a_team_holds_a_grid_together(cast: Cast, colleague: int) -> None:
    give(cast, team=True)
    give(cast, post=colleague, team=True)

    with looking(of_all(), read_only=True):
        assert GridAssignment.objects.filter(area=GRID, is_team=True, valid_to=None).count() == 2


def test_the_database_refuses_two_holders_even_to_its_owner(cast: Cast, owner: None) -> None:
    place, post = Place.objects.get(area=GRID), Post.objects.get(pk=cast.posts["gridworker"])
    GridAssignment.objects.create(area=GRID, place=place, post=post, valid_from=today(), valid_to=today() + 5 * DAY)

    with pytest.raises(IntegrityError), transaction.atomic():
        GridAssignment.objects.create(area=GRID, place=place, post=post, valid_from=today() + 4 * DAY)

    GridAssignment.objects.create(area=GRID, place=place, post=post, valid_from=today() + 5 * DAY)


def test_a_holder_is_replaced_and_the_history_stays(cast: Cast, colleague: int) -> None:
    first = give(cast)

    second = give(cast, post=colleague, replace=True, valid_from=(today() + 3 * DAY).isoformat())

    with looking(of_all(), read_only=True):
        rows = list(GridAssignment.objects.filter(area=GRID).order_by("id").values_list("pk", "post", "valid_to"))
    assert second["ended"] == [first["assignment"]]
    assert rows == [(first["assignment"], cast.posts["gridworker"], today() + 3 * DAY), (second["assignment"], colleague, None)]


def test_who_replaces_a_later_holder_is_told_of_him(cast: Cast, colleague: int) -> None:
    give(cast, valid_from=(today() + 9 * DAY).isoformat())

    with pytest.raises(Conflict) as refused:
        give(cast, post=colleague, replace=True)

    assert (today() + 9 * DAY).isoformat() in refused.value.message.en


def test_an_end_ahead_rings_ahead_and_a_new_holder_ends_the_alarm(cast: Cast, colleague: int) -> None:
    made = give(cast)
    drain()
    cast.do("grid.end_assignment", "director", assignment=made["assignment"], valid_to=(today() + 5 * DAY).isoformat())
    drain()
    ahead = ringing()[GRID]

    give(cast, post=colleague, valid_from=(today() + 5 * DAY).isoformat())
    drain()

    assert f"从 {today() + 5 * DAY} 起无人负责" in ahead
    assert GRID not in ringing()


def test_a_leave_without_anybody_rings_and_who_stands_in_ends_it(cast: Cast, colleague: int) -> None:
    made = give(cast)
    leave = {"assignment": made["assignment"], "valid_from": (today() + 2 * DAY).isoformat(), "valid_to": (today() + 4 * DAY).isoformat(), "reason": "leave"}
    cast.do("grid.stand_in", "director", **leave)
    drain()
    alone = ringing()[GRID]

    answer = cast.do("grid.stand_in", "dispatcher", stand_in=colleague, **leave)
    drain()

    assert f"从 {today() + 2 * DAY} 起无人负责（到 {today() + 3 * DAY} 为止）" in alone
    assert answer["stand_in"] == colleague
    assert GRID not in ringing()


def test_a_post_that_ends_leaves_its_grid_uncovered_and_that_rings(cast: Cast) -> None:
    give(cast)
    drain()
    cast.do("post.end", "sysadmin", post=cast.posts["gridworker"], valid_to=(today() + 6 * DAY).isoformat())
    drain()

    assert f"从 {today() + 6 * DAY} 起" in ringing()[GRID]


def test_a_closed_account_leaves_its_grid_uncovered_and_that_rings(cast: Cast) -> None:
    give(cast)
    drain()
    cast.do("account.close", "sysadmin", account=cast.gridworker.account, reason="离职")
    drain()

    assert "今天无人负责" in ringing()[GRID]


def test_a_stand_in_whose_own_post_ends_is_a_gap(cast: Cast, colleague: int) -> None:
    made = give(cast)
    cast.do("grid.stand_in", "director", assignment=made["assignment"], valid_from=today().isoformat(), valid_to=(today() + 8 * DAY).isoformat(),
            reason="training", stand_in=colleague)
    drain()
    assert GRID not in ringing()

    cast.do("post.end", "sysadmin", post=colleague, valid_to=(today() + 3 * DAY).isoformat())
    drain()

    assert f"从 {today() + 3 * DAY} 起无人负责（到 {today() + 7 * DAY} 为止）" in ringing()[GRID]


def test_days_beyond_the_horizon_do_not_ring_yet_and_ring_when_they_come_near(cast: Cast) -> None:
    made = give(cast)
    cast.do("grid.end_assignment", "director", assignment=made["assignment"], valid_to=(today() + 20 * DAY).isoformat())
    drain()
    assert GRID not in ringing()

    with clock.standing_at(clock.now() + 10 * DAY):
        reactions.watch_hourly()

    assert GRID in ringing()


def test_the_alarm_is_seen_by_those_who_can_mend_it_and_by_no_neighbour(cast: Cast) -> None:
    reactions.watch_hourly()

    def seen(name: str) -> set[int]:
        actor = getattr(cast, name)
        with looking(of_post(actor), read_only=True):
            return {one.subject for one in alarms.ringing(actor)}

    assert GRID in seen("director") & seen("dispatcher")
    assert GRID not in seen("director2") | seen("dispatcher2") | seen("gridworker")


def test_watching_twice_rings_once(cast: Cast) -> None:
    reactions.watch_hourly()
    reactions.watch_hourly()

    with looking(of_all(), read_only=True):
        assert Alarm.objects.filter(name=grid_alarms.UNCOVERED, subject=GRID).count() == 1


def test_a_worker_is_back_earlier(cast: Cast) -> None:
    made = give(cast)
    leave = cast.do("grid.stand_in", "director", assignment=made["assignment"], valid_from=today().isoformat(), valid_to=(today() + 9 * DAY).isoformat(),
                    reason="leave")
    drain()
    cast.do("grid.end_absence", "director", absence=leave["absence"])
    drain()

    assert GRID not in ringing()
    with looking(of_all(), read_only=True):
        assert Absence.objects.get(pk=leave["absence"]).valid_to == today()


@pytest.mark.parametrize(("more", "code"), [
    ({"valid_to": "2026-01-01"}, 422), ({"reason": "ill"}, 422), ({"stand_in": 2**52}, 422), ({"assignment": 2**52}, 404), ({"valid_from": HOSTILE}, 422),
])
def test_an_absence_that_makes_no_sense_is_refused(cast: Cast, more: dict[str, Any], code: int) -> None:
    made = give(cast)
    good = {"assignment": made["assignment"], "valid_from": today().isoformat(), "valid_to": (today() + DAY).isoformat(), "reason": "leave"}

    with pytest.raises(Fault) as refused:
        cast.do("grid.stand_in", "director", **(good | more))

    assert refused.value.status == code


def test_nobody_stands_in_for_himself_or_twice_over_the_same_days(cast: Cast, colleague: int) -> None:
    made = give(cast)
    given = {"assignment": made["assignment"], "valid_from": today().isoformat(), "valid_to": (today() + 3 * DAY).isoformat(), "reason": "leave"}

    with pytest.raises(Invalid):
        cast.do("grid.stand_in", "director", stand_in=cast.posts["gridworker"], **given)
    cast.do("grid.stand_in", "director", stand_in=colleague, **given)
    with pytest.raises(Conflict):
        cast.do("grid.stand_in", "director", **(given | {"valid_to": (today() + 5 * DAY).isoformat()}))


@pytest.mark.parametrize("who", ["director2", "dispatcher2"])
def test_a_neighbour_ends_no_assignment_and_no_absence(cast: Cast, who: str) -> None:
    made = give(cast)
    leave = cast.do("grid.stand_in", "director", assignment=made["assignment"], valid_from=today().isoformat(), valid_to=(today() + DAY).isoformat(),
                    reason="leave")

    for name, given in (("grid.end_assignment", {"assignment": made["assignment"]}), ("grid.end_absence", {"absence": leave["absence"]})):
        with pytest.raises(NotVisible):
            cast.do(name, who, **given)


def test_what_has_ended_is_not_ended_again(cast: Cast) -> None:
    made = give(cast)
    cast.do("grid.end_assignment", "director", assignment=made["assignment"])

    with pytest.raises(Conflict):
        cast.do("grid.end_assignment", "director", assignment=made["assignment"])
