# SPDX-License-Identifier: MulanPSL-2.0
"""The watch and the accountable head: warnings, alarms, escalation, the written answer; nothing is looked at twice."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from linli.core import alarms, clock, due
from linli.core.faults import Conflict, Invalid, NotAble, NotVisible
from linli.core.models import Alarm
from linli.core.sight import looking, of_all, of_post
from linli.elements.models import Post
from linli.matters import inbox, numbers
from linli.matters.models import Limit, Matter, Supervision
from linli.matters.reactions.watching import watch_limits
from tests.cast import Cast

pytestmark = pytest.mark.django_db
MONDAY = datetime(2026, 11, 16, 1, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


def row(number: str) -> Matter:
    with looking(of_all(), read_only=True):
        return Matter.objects.get(pk=numbers.matter_of(number))


def limit(number: str, name: str) -> Limit:
    with looking(of_all(), read_only=True):
        return Limit.objects.get(matter=numbers.matter_of(number), name=name)


def ringing() -> list[str]:
    with looking(of_all(), read_only=True):
        return list(Alarm.objects.filter(ended_at=None).order_by("id").values_list("name", flat=True))


def look(at: datetime) -> int:
    """One turn of the watch and of due work at a moment."""
    with clock.standing_at(at):
        seen = watch_limits()
        while due.drain():
            pass
        return seen


def do(cast: Cast, at: datetime, action: str, who: str, number: str, **more: Any) -> dict[str, Any]:
    with clock.standing_at(at):
        return cast.do(f"matter.{action}", who, number=number, version=cast.version(number), **more)


def handled(cast: Cast) -> str:
    """A matter in handling since Monday nine o'clock; the first reply was given, so that only handling and the whole run."""
    with clock.standing_at(MONDAY):
        number = str(cast.report("gridworker")["number"])
        cast.walk(number, "handling")
    return number


def supervised(cast: Cast) -> str:
    number = handled(cast)
    do(cast, MONDAY + HOUR, "supervise", "head", number, text="为什么还没动？")
    return number


def piles(cast: Cast, name: str, at: datetime) -> dict[str, int]:
    actor = cast.actors[name]
    with clock.standing_at(at), looking(of_post(actor), read_only=True):
        return {one.name: len(one.rows) for one in inbox.waiting_for(actor)}


def test_people_are_warned_when_a_quarter_of_the_limit_is_left(city: Cast) -> None:
    number = handled(city)

    early = look(MONDAY + 3 * DAY)
    warned = look(MONDAY + 4 * DAY + 6 * HOUR)

    assert (early, warned) == (0, 1)
    assert limit(number, "handling").warned_at is not None
    assert piles(city, "handler", MONDAY + 4 * DAY + 6 * HOUR)["warned"] == 1
    assert piles(city, "handler2", MONDAY + 4 * DAY + 6 * HOUR)["warned"] == 0
    assert ringing() == []


def test_an_overdue_limit_rings_once_and_stops_when_it_is_met(city: Cast) -> None:
    number = handled(city)
    for hours in (0, 1, 2):
        look(MONDAY + 8 * DAY + hours * HOUR)
    rang = ringing()

    do(city, MONDAY + 8 * DAY + 4 * HOUR, "reply", "handler", number, note="好了")

    assert rang == ["matter.step_overdue"]
    assert ringing() == []


def test_what_nobody_has_to_look_at_is_not_touched(city: Cast) -> None:
    for _ in range(3):
        handled(city)

    with CaptureQueriesContext(connection) as asked:
        seen = look(MONDAY + HOUR)
    updates = [one["sql"] for one in asked if one["sql"].lower().startswith("update") and "matters_" in one["sql"]]

    assert (seen, updates) == (0, [])


def test_many_limits_cost_as_many_statements_as_one(city: Cast) -> None:
    def statements() -> int:
        with clock.standing_at(MONDAY + 8 * DAY), CaptureQueriesContext(connection) as asked:
            watch_limits()
        return len(asked)

    handled(city)
    one = statements()
    for _ in range(6):
        handled(city)

    assert statements() == one


def test_what_stays_overdue_goes_to_the_accountable_head_by_itself(city: Cast) -> None:
    number = handled(city)

    for days in range(8, 13):
        look(MONDAY + days * DAY)
        look(MONDAY + days * DAY + timedelta(minutes=1))

    found = row(number)
    with looking(of_all(), read_only=True):
        made = Supervision.objects.get(matter=found.pk)
    assert found.is_supervised
    assert (made.head, made.is_automatic) == (city.head.account, True)
    assert piles(city, "handler", MONDAY + 12 * DAY)["answer"] == 1


def test_without_a_head_it_rings_and_follows_once_one_is_appointed(city: Cast) -> None:
    number = handled(city)
    Post.objects.filter(role="head").update(valid_to=date(2026, 1, 1))
    for days in range(8, 12):
        look(MONDAY + days * DAY)
        look(MONDAY + days * DAY + timedelta(minutes=1))
    rang = ringing()

    Post.objects.filter(role="head").update(valid_to=None)
    look(MONDAY + 12 * DAY)

    assert "matter.no_head" in rang
    assert row(number).is_supervised
    assert "matter.no_head" not in ringing()


def test_the_head_asks_the_unit_answers_and_only_then_it_can_be_closed(city: Cast) -> None:
    number = supervised(city)
    do(city, MONDAY + 2 * HOUR, "reply", "handler", number, note="好了")
    do(city, MONDAY + 3 * HOUR, "verify", "verifier", number, passed=True)
    with pytest.raises(Conflict) as early:
        do(city, MONDAY + 4 * HOUR, "close", "dispatcher", number)
    do(city, MONDAY + 4 * HOUR, "answer_supervision", "handler", number, text="配件今天到")
    with pytest.raises(Conflict) as unread:
        do(city, MONDAY + 4 * HOUR, "close", "dispatcher", number)

    do(city, MONDAY + 5 * HOUR, "accept_supervision", "head", number, accepted=True)
    do(city, MONDAY + 5 * HOUR, "close", "dispatcher", number)

    assert early.value.code == unread.value.code == "answer_due"
    assert row(number).phase == "closed"


def test_the_head_may_ask_again_and_the_limit_starts_anew(city: Cast) -> None:
    number = supervised(city)
    do(city, MONDAY + 2 * HOUR, "answer_supervision", "handler", number, text="在办")
    with pytest.raises(Invalid) as bare:
        do(city, MONDAY + DAY, "accept_supervision", "head", number, accepted=False)
    do(city, MONDAY + DAY, "accept_supervision", "head", number, accepted=False, note="什么时候完成？")

    found = limit(number, "supervision")

    assert list(bare.value.fields) == ["note"]
    assert (found.started_at, found.met_at) == (MONDAY + DAY, None)
    assert piles(city, "handler", MONDAY + DAY)["answer"] == 1
    assert piles(city, "head", MONDAY + DAY)["supervised"] == 1


def test_an_answer_that_is_late_rings_at_the_head(city: Cast) -> None:
    number = supervised(city)
    for days in (3, 4):
        look(MONDAY + days * DAY)
    with clock.standing_at(MONDAY + 4 * DAY), looking(of_post(city.head), read_only=True):
        heard = [one.name for one in alarms.ringing(city.head)]

    do(city, MONDAY + 4 * DAY, "answer_supervision", "handler", number, text="迟复，抱歉")

    assert heard == ["matter.answer_overdue"]
    assert ringing() == []


def test_only_who_has_the_matter_answers(city: Cast) -> None:
    number = supervised(city)

    with pytest.raises(NotAble) as office:
        do(city, MONDAY + 2 * HOUR, "answer_supervision", "dispatcher", number, text="我来答")
    with pytest.raises(NotVisible):
        do(city, MONDAY + 2 * HOUR, "answer_supervision", "handler2", number, text="我来答")

    assert office.value.code == "other_unit"


def test_what_no_unit_has_is_answered_by_the_office(city: Cast) -> None:
    with clock.standing_at(MONDAY):
        number = city.report()["number"]
    do(city, MONDAY + HOUR, "supervise", "head", number, text="为什么没受理？")

    do(city, MONDAY + 2 * HOUR, "answer_supervision", "dispatcher", number, text="正在核实")

    assert row(number).is_answered


def test_a_refusal_ends_the_supervision_with_the_matter(city: Cast) -> None:
    with clock.standing_at(MONDAY):
        number = city.report()["number"]
    do(city, MONDAY + HOUR, "supervise", "head", number, text="为什么没受理？")

    do(city, MONDAY + 2 * HOUR, "refuse", "dispatcher", number, reason="not_found")

    with looking(of_all(), read_only=True):
        assert (row(number).is_supervised, Supervision.objects.filter(ended_at=None).count()) == (False, 0)


@pytest.mark.parametrize(("what", "who", "pile"), [("ask_extension", "dispatcher", "approve"), ("supervise", "handler", "answer")])
def test_piles_show_what_waits_to_whom_it_waits_for(city: Cast, what: str, who: str, pile: str) -> None:
    number = handled(city)
    starts: dict[str, Callable[[], Any]] = {
        "ask_extension": lambda: do(city, MONDAY + HOUR, "ask_extension", "handler", number, limit="handling", amount=1, text="等"),
        "supervise": lambda: do(city, MONDAY + HOUR, "supervise", "head", number, text="请说明")}

    starts[what]()

    assert piles(city, who, MONDAY + 2 * HOUR)[pile] == 1
    assert piles(city, f"{who}2", MONDAY + 2 * HOUR)[pile] == 0
