# SPDX-License-Identifier: MulanPSL-2.0
"""Handing over: everything open goes along in one step, what cannot is named with its reason, and it comes back while nothing has moved."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from linli.core import clock, due
from linli.core.faults import Conflict, Invalid, NotAble, NotVisible
from linli.core.models import Alarm
from linli.core.sight import looking, of_all, of_post
from linli.elements import covering
from linli.elements.models import Account, GridAssignment, Post
from linli.matters import handovers
from linli.matters.days import today_of
from linli.matters.models import Handover, Matter, Move
from linli.matters.stories import replay
from tests.cast import COMMUNITY, COMMUNITY2, GRID, HOSTILE, Cast

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


def person(cast: Cast, name: str, like: str, **more: Any) -> int:
    """Another account in a post like somebody's; answers the post and lets the cast know it."""
    with looking(of_all()):
        account = Account.objects.create(username=name, name=f"{name} {HOSTILE}"[:60], password="!", created_at=clock.now())
        first = Post.objects.get(pk=cast.posts[like])
        made = Post.objects.create(**({"account": account, "role": first.role, "place": first.place, "organisation": first.organisation,
                                       "valid_from": date(2020, 1, 1)} | more))
    cast.posts[name] = made.pk
    return made.pk


@pytest.fixture
def leaving(cast: Cast) -> Cast:
    """The grid worker holds both grids of the first community; a colleague is there."""
    for area in (GRID, GRID + 1):
        cast.do("grid.assign", "director", area=area, post=cast.posts["gridworker"])
    person(cast, "colleague", "gridworker")
    return cast


def hand(cast: Cast, giver: str = "gridworker", receiver: str = "colleague", by: str = "director", **more: Any) -> dict[str, Any]:
    return cast.do("post.hand_over", by, giver=cast.posts[giver], receiver=cast.posts[receiver], **more)


def holder(area: int, day: date) -> str:
    with looking(of_all(), read_only=True):
        return covering.coverage(covering.holds([area], day, day + DAY).get(area, []), day, day + DAY)[0].name


def duties(cast: Cast, name: str, day: date | None = None) -> list[int]:
    with looking(of_all(), read_only=True):
        return [one.place.area for one in covering.duties(cast.posts[name], day or clock.today())]


def given_to(cast: Cast, name: str, to: str = "handling") -> str:
    """A matter that the unit gave to somebody."""
    number = str(cast.report()["number"])
    cast.walk(number, to)
    with looking(of_all()):
        Matter.objects.filter(pk=int(number[2:])).update(worker=cast.actors[name].account)
    return number


def worker_of(number: str) -> int | None:
    with looking(of_all(), read_only=True):
        return Matter.objects.get(pk=int(number[2:])).worker


def drain() -> None:
    while due.drain():
        pass


def ringing() -> list[int]:
    with looking(of_all(), read_only=True):
        return list(Alarm.objects.filter(name="post.left_behind", ended_at=None).values_list("subject", flat=True))


def test_all_grids_go_in_one_step_and_no_day_is_left_open(leaving: Cast) -> None:
    answer = hand(leaving)

    today = clock.today()
    assert (answer["grids"], answer["left"]) == (2, 0)
    assert duties(leaving, "colleague") == [GRID, GRID + 1]
    assert duties(leaving, "gridworker") == []
    with looking(of_all(), read_only=True):
        assert covering.gaps(GRID, GRID + 2, today, today + 14 * DAY) == {}


def test_a_handover_ahead_changes_hands_on_its_day(leaving: Cast) -> None:
    hand(leaving, day=(clock.today() + 5 * DAY).isoformat())

    assert duties(leaving, "gridworker") == [GRID, GRID + 1]
    assert duties(leaving, "colleague", clock.today() + 5 * DAY) == [GRID, GRID + 1]


def test_matters_of_the_worker_go_to_the_same_unit_only(leaving: Cast) -> None:
    person(leaving, "mate", "handler")
    number = given_to(leaving, "handler")

    answer = hand(leaving, "handler", "mate", by="dispatcher")

    assert answer["matters"] == 1
    assert worker_of(number) == leaving.actors["mate"].account
    with looking(of_all(), read_only=True):
        moves = list(Move.objects.filter(matter=int(number[2:])).order_by("step"))
        row = Matter.objects.get(pk=int(number[2:]))
    assert moves[-1].detail["worker"] == leaving.actors["mate"].account
    assert replay(moves) == {"phase": row.phase, "version": row.version, "round": row.round, "is_passed": row.is_passed, "is_paused": row.is_paused}


def test_matters_come_back_with_a_line_of_history_each(leaving: Cast) -> None:
    person(leaving, "mate", "handler")
    number = given_to(leaving, "handler")
    answer = hand(leaving, "handler", "mate", by="dispatcher")
    leaving.do("post.take_back", "dispatcher", handover=answer["handover"])

    with looking(of_all(), read_only=True):
        moves = list(Move.objects.filter(matter=int(number[2:])).order_by("step"))
    assert worker_of(number) == leaving.handler.account
    assert [one.detail.get("worker") for one in moves[-2:]] == [leaving.actors["mate"].account, leaving.handler.account]
    assert replay(moves)["version"] == leaving.version(number)


def test_what_cannot_go_is_listed_with_its_reason(leaving: Cast) -> None:
    person(leaving, "mate", "handler")
    with looking(of_all()):
        Post.objects.filter(pk=leaving.posts["mate"]).update(organisation=leaving.units["inspectors"])
    stays = given_to(leaving, "handler")
    made = leaving.report()
    leaving.do("matter.ask", "handler", number=made["number"], text="几号楼？")

    answer = hand(leaving, "handler", "mate", by="dispatcher")

    with looking(of_all(), read_only=True):
        left = Handover.objects.get(pk=answer["handover"]).left
    assert (answer["matters"], answer["questions"], answer["left"]) == (0, 1, 1)
    assert [(one["kind"], one["name"]) for one in left] == [("matter", stays)]
    assert "另一个单位" in left[0]["why"]["zh"]


def test_verifications_that_the_receiver_may_not_do_are_named(leaving: Cast) -> None:
    number = str(leaving.report(area=GRID)["number"])
    leaving.walk(number, "verifying")
    with looking(of_all()):
        Post.objects.filter(pk=leaving.posts["colleague"]).update(organisation=leaving.units["cleaners"])

    answer = hand(leaving)

    with looking(of_all(), read_only=True):
        left = Handover.objects.get(pk=answer["handover"]).left
    assert [(one["kind"], one["name"]) for one in left] == [("verification", number)]


def test_a_question_is_answered_to_who_took_it_over_and_on_to_the_next(leaving: Cast) -> None:
    for name in ("second", "third"):
        person(leaving, name, "dispatcher")
    made = leaving.report()
    leaving.do("matter.ask", "dispatcher", number=made["number"], text="几号楼？")

    def asks(name: str) -> int:
        actor = leaving.actors[name]
        with looking(of_post(actor), read_only=True):
            return len(today_of(actor).questions)

    hand(leaving, "dispatcher", "second", by="dispatcher")
    after_one = [asks(name) for name in ("dispatcher", "second", "third")]
    back = hand(leaving, "second", "third", by="dispatcher")
    after_two = [asks(name) for name in ("dispatcher", "second", "third")]
    leaving.do("post.take_back", "dispatcher", handover=back["handover"])

    assert (after_one, after_two) == ([0, 1, 0], [0, 0, 1])
    assert [asks(name) for name in ("dispatcher", "second", "third")] == [0, 1, 0]


def test_who_stood_in_hands_that_on_too_but_nobody_stands_in_for_himself(leaving: Cast) -> None:
    held = leaving.do("grid.assign", "director", area=GRID, post=leaving.posts["colleague"], replace=True)
    leaving.do("grid.stand_in", "director", assignment=held["assignment"], valid_from=clock.today().isoformat(),
               valid_to=(clock.today() + 4 * DAY).isoformat(), reason="leave", stand_in=leaving.posts["gridworker"])
    person(leaving, "third", "gridworker")

    himself = hand(leaving)
    other = hand(leaving, "gridworker", "third")

    assert (himself["stand_ins"], himself["left"]) == (0, 1)
    assert other["stand_ins"] == 1
    assert duties(leaving, "third") == [GRID]


def test_nothing_moved_so_everything_comes_back_as_it_was(leaving: Cast) -> None:
    with looking(of_all(), read_only=True):
        before = list(GridAssignment.objects.order_by("id").values_list("pk", "post", "valid_from", "valid_to"))
    answer = hand(leaving)

    leaving.do("post.take_back", "director", handover=answer["handover"])

    with looking(of_all(), read_only=True):
        after = [row for row in GridAssignment.objects.order_by("id").values_list("pk", "post", "valid_from", "valid_to") if row[2] != row[3]]
    assert after == before
    with pytest.raises(Conflict):
        leaving.do("post.take_back", "director", handover=answer["handover"])


def test_absences_that_the_handover_cut_come_back_with_it(leaving: Cast) -> None:
    with looking(of_all(), read_only=True):
        held = GridAssignment.objects.get(area=GRID).pk
    days = {"valid_from": (clock.today() + 3 * DAY).isoformat(), "valid_to": (clock.today() + 6 * DAY).isoformat()}
    leaving.do("grid.stand_in", "director", assignment=held, reason="leave", **days)
    answer = hand(leaving)
    leaving.do("post.take_back", "director", handover=answer["handover"])

    with looking(of_all(), read_only=True):
        gaps = covering.gaps(GRID, GRID + 1, clock.today(), clock.today() + 14 * DAY)
    assert gaps == {GRID: [(clock.today() + 3 * DAY, clock.today() + 6 * DAY)]}


@pytest.mark.parametrize("moved", ["grid", "round", "matter"])
def test_what_has_moved_is_not_taken_back(leaving: Cast, moved: str) -> None:
    person(leaving, "mate", "handler")
    number = given_to(leaving, "handler")
    giver, receiver = ("handler", "mate") if moved == "matter" else ("gridworker", "colleague")
    answer = hand(leaving, giver, receiver, by="dispatcher")
    if moved == "grid":
        leaving.do("grid.assign", "director", area=GRID, post=leaving.posts["gridworker"], replace=True)
    elif moved == "round":
        leaving.do("round.begin", "colleague", area=GRID)
    else:
        leaving.do("matter.handle", "mate", number=number, version=leaving.version(number), note="动手了")

    with pytest.raises(Conflict) as refused:
        leaving.do("post.take_back", "dispatcher", handover=answer["handover"])

    assert refused.value.code == "moved"


@pytest.mark.parametrize("who", ["gridworker", "handler", "verifier", "head", "district", "city", "sysadmin"])
def test_only_a_director_or_dispatcher_hands_over(leaving: Cast, who: str) -> None:
    with pytest.raises(NotAble):
        hand(leaving, by=who)


@pytest.mark.parametrize("who", ["director2", "dispatcher2"])
def test_a_neighbour_hands_over_and_takes_back_nothing(leaving: Cast, who: str) -> None:
    answer = hand(leaving)

    with pytest.raises(NotVisible):
        hand(leaving, by=who)
    with pytest.raises(NotVisible):
        leaving.do("post.take_back", who, handover=answer["handover"])


@pytest.mark.parametrize("receiver", ["gridworker", "gridworker2"])
def test_the_receiver_is_another_person_of_the_same_range(leaving: Cast, receiver: str) -> None:
    with pytest.raises(Invalid):
        hand(leaving, receiver=receiver)


@pytest.mark.parametrize("more", [{"day": "2020-01-01"}, {"day": HOSTILE}, {"receiver": 2**52}])
def test_what_makes_no_sense_is_refused(leaving: Cast, more: dict[str, Any]) -> None:
    given = {"giver": leaving.posts["gridworker"], "receiver": leaving.posts["colleague"]} | more

    with pytest.raises(Invalid):
        leaving.do("post.hand_over", "director", **given)


def test_nothing_to_hand_over_is_said(leaving: Cast) -> None:
    hand(leaving)

    with pytest.raises(Conflict) as refused:
        hand(leaving)

    assert refused.value.code == "nothing_to_hand_over"


def test_a_post_that_ends_with_open_work_rings_until_it_is_handed_over(leaving: Cast) -> None:
    leaving.do("post.end", "sysadmin", post=leaving.posts["gridworker"], valid_to=(clock.today() + 3 * DAY).isoformat())
    drain()
    rang = ringing()

    hand(leaving)
    drain()

    assert rang == [leaving.posts["gridworker"]]
    assert ringing() == []


def test_a_post_that_has_ended_still_hands_over(leaving: Cast) -> None:
    leaving.do("post.end", "sysadmin", post=leaving.posts["gridworker"])

    assert hand(leaving)["grids"] == 2
    with looking(of_post(leaving.director), read_only=True):
        assert handovers.holders(leaving.director)[0].post.pk == leaving.posts["colleague"]


@pytest.mark.slow
def test_many_matters_go_in_a_fixed_number_of_statements(leaving: Cast) -> None:
    person(leaving, "mate", "handler")
    given_to(leaving, "handler")
    with looking(of_all()):
        one = Matter.objects.get(worker=leaving.handler.account)
        Matter.objects.bulk_create([Matter(area=COMMUNITY, kind=one.kind, category_id=one.category_id, phase="handling", source="office", summary="事",
                                           unit=one.unit, worker=one.worker, occurred_at=one.occurred_at, reported_at=one.reported_at) for _ in range(1200)])

    with CaptureQueriesContext(connection) as held:
        answer = hand(leaving, "handler", "mate", by="dispatcher")

    assert answer["matters"] == 1201
    assert len(held) < 30


def test_work_of_another_community_stays_where_it_is(leaving: Cast) -> None:
    leaving.do("grid.assign", "dispatcher", area=COMMUNITY2 + 1, post=leaving.posts["gridworker2"])

    assert hand(leaving, by="dispatcher")["grids"] == 2
    assert duties(leaving, "gridworker2") == [COMMUNITY2 + 1]
