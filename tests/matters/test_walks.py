# SPDX-License-Identifier: MulanPSL-2.0
"""Random walks over every kind: whoever tries whatever, the loop keeps its laws and the history replays to the row."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings as configured
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from linli.core import clock, due
from linli.core.actions import run
from linli.core.faults import Fault
from linli.core.models import JournalLine
from linli.core.sight import PUBLIC, Actor, looking, of_all
from linli.core.system_actors import system_actor
from linli.matters import numbers, stories
from linli.matters.kinds import all_kinds
from linli.matters.models import Category, Handling, Interval, Matter, Move, Verification
from linli.matters.phases import PHASES
from tests.cast import Cast

ACTIONS = ("matter.file", "matter.refuse", "matter.dispatch", "matter.receive", "matter.return", "matter.handle", "matter.reply", "matter.verify",
           "matter.close", "matter.object", "matter.rate", "matter.call_back", "matter.decide", "matter.assign", "matter.reach", "matter.ask_extension",
           "matter.ask_pause", "matter.withdraw_request", "matter.decide_request", "matter.decide_suspension", "matter.resume", "matter.supervise",
           "matter.escalate", "matter.answer_supervision", "matter.accept_supervision", "matter.return_order", "matter.reword", "matter.check_settled",
           "matter.categorise")
BY_CODE = ("matter.object", "matter.rate")
LIKELY = ("matter.file", "matter.dispatch", "matter.receive", "matter.reply", "matter.verify", "matter.close")
steps = st.lists(st.tuples(st.sampled_from(ACTIONS + LIKELY * 5), st.integers(0, 8), st.booleans(), st.integers(0, 9)), max_size=60)

pytestmark = [pytest.mark.django_db, pytest.mark.slow]


def walkers(cast: Cast) -> list[Actor]:
    """Those who act, and two who must never verify: the handler in a verifier's post, and a verifier of the handling unit."""
    return [cast.dispatcher, cast.head, cast.handler, cast.verifier, cast.gridworker, replace(cast.verifier, account=cast.handler.account),
            replace(cast.verifier, organisation=cast.handler.organisation), cast.director, system_actor("worker")]


def given_for(action: str, number: str, version: int, passed: bool, cast: Cast) -> dict[str, Any]:
    more: dict[str, dict[str, Any]] = {
        "matter.refuse": {"reason": "not_found"}, "matter.return": {"reason": "not_competent", "duty": "他-99"}, "matter.dispatch": {"unit": cast.units["cleaners"]},
        "matter.call_back": {"result": ("not_reached", "satisfied", "reopen", "reopen")[version % 4], "note": "电话里说还没好"},
        "matter.decide": {"unit": cast.units["cleaners"], "note": "由该单位办理"}, "matter.assign": {"worker": cast.handler.account},
        "matter.reply": {"note": "已处理", "no_photo_reason": "夜间"}, "matter.verify": {"passed": passed, "note": "现场看过"},
        "matter.reach": {"stage": "stop_work"}, "matter.ask_extension": {"limit": "handling", "amount": 1, "text": "材料未到"},
        "matter.ask_pause": {"reason": "force_majeure", "text": "暴雨", "look_again": (clock.today() + timedelta(days=3)).isoformat()},
        "matter.decide_request": {"granted": passed, "note": "看过"}, "matter.decide_suspension": {"granted": passed, "note": "看过"},
        "matter.supervise": {"text": "请说明"}, "matter.escalate": {"text": "超时"}, "matter.answer_supervision": {"text": "已安排"},
        "matter.return_order": {"reason": "wrong_place"}, "matter.reword": {"summary": "改过的文字"}, "matter.check_settled": {"passed": passed, "note": "看过"},
        "matter.accept_supervision": {"accepted": passed, "note": "知道了"},
    }
    if action == "matter.categorise":
        more[action] = {"category": Category.objects.filter(code__in=("06010", "06001")).order_by("code")[version % 2].pk}
    return {"number": number, "version": version, **more.get(action, {})}


def by_code(action: str, code: str, passed: bool) -> dict[str, Any]:
    return {"query_code": code} | ({"note": "还没好"} if action == "matter.object" else {"score": 1 if passed else 5})


def likely(action: str, people: list[Actor], index: int, nerve: int) -> Actor:
    """Mostly somebody who may, sometimes anybody."""
    able = [one for one in people if action in one.abilities]
    return people[index] if nerve == 0 or not able else able[index % len(able)]


def tried(action: str, actor: Actor, given: dict[str, Any]) -> tuple[int, dict[str, Any]]:
    """The status and answer of one try."""
    try:
        return 200, run(action, actor, given)
    except Fault as fault:
        return fault.status, {}


def drained(action: str, status: int) -> None:
    """A rating is followed by its call-back, as the worker would do it."""
    if action == "matter.rate" and status == 200:
        while due.drain():
            pass


def every_closing_was_verified(moves: list[Move]) -> bool:
    """Each closing has a passed verification in its own round, however often the matter came back."""
    passed = {move.round for move in moves if move.action == "matter.verify" and move.detail.get("passed")}
    return all(move.round in passed for move in moves if move.action == "matter.close")


def facts(matter: int) -> tuple[Matter, list[Move], int]:
    with looking(of_all(), read_only=True):
        row = Matter.objects.get(id=matter)
        lines = JournalLine.objects.filter(subject_kind="matter", subject=matter).count()
        return row, list(Move.objects.filter(matter=matter).order_by("step")), lines


def keeps_the_returns(row: Matter, moves: list[Move]) -> None:
    """The last return leads to the head: after it nobody else dispatched, and what he decided was not returned."""
    back = [move.step for move in moves if move.action == "matter.return"]
    assert row.returns == len(back) <= configured.RETURNS_TO_HEAD
    if len(back) == configured.RETURNS_TO_HEAD:
        assert {move.action for move in moves if move.step > back[-1]} & {"matter.dispatch", "matter.return"} == set()
    assert all(move.role == "head" for move in moves if move.action == "matter.decide")
    assert row.worker is None or row.phase not in ("captured", "filed", "dispatched")


RETURNING = [("matter.file", 0, True, 1), *[("matter.dispatch", 0, True, 1), ("matter.return", 0, True, 1)] * 4, ("matter.decide", 0, True, 1),
             ("matter.return", 0, True, 1), ("matter.receive", 0, True, 1), ("matter.assign", 0, True, 1)]


@example(steps=RETURNING)
@pytest.mark.parametrize("kind", [kind.name for kind in all_kinds()])
@settings(max_examples=25, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(steps=steps)
def test_a_random_walk_keeps_every_law(cast: Cast, kind: str, steps: list[tuple[str, int, bool, int]]) -> None:
    category = Category.objects.filter(kind=kind).order_by("id").first()
    assert category is not None
    made = cast.report(category=category.pk, wants_secrecy=bool(steps and steps[0][2]))
    number = made["number"]
    matter = numbers.matter_of(number) or 0
    people, done, version = walkers(cast), 1, 1

    for action, index, passed, nerve in steps:
        if action in BY_CODE:
            status, answer = tried(action, PUBLIC, by_code(action, made["query_code"], passed))
        else:
            status, answer = tried(action, likely(action, people, index, nerve), given_for(action, number, version, passed, cast))
        drained(action, status)
        assert status in (200, 403, 404, 409, 422)
        if status == 200:
            done, version = done + 1, answer["version"]
        row, moves, lines = facts(matter)
        assert row.phase in PHASES
        assert stories.replay(moves) == {"phase": row.phase, "version": row.version, "round": row.round, "is_passed": row.is_passed,
                                         "is_paused": row.is_paused}
        assert (row.version, lines) == (done, done)
        assert every_closing_was_verified(moves)
        keeps_the_returns(row, moves)

    with looking(of_all(), read_only=True):
        handled = list(Handling.objects.filter(matter=matter).values_list("person", "unit", "at"))
        verified = list(Verification.objects.filter(matter=matter))
        open_clocks = Interval.objects.filter(matter=matter, limit="handling", ended_at=None).count()
    for one in verified:
        assert one.verifier not in {person for person, _, _ in handled}
        assert one.verifier_unit not in {unit for _, unit, _ in handled}
    assert open_clocks == (1 if steps and row.phase == "handling" else 0)


def test_a_walk_through_two_re_openings_keeps_every_law(cast: Cast) -> None:
    made = cast.report()
    number, matter = made["number"], numbers.matter_of(made["number"]) or 0
    cast.walk(number)
    run("matter.rate", PUBLIC, {"query_code": made["query_code"], "score": 5})
    drained("matter.rate", 200)
    for again in ("matter.call_back", "matter.object"):
        if again == "matter.object":
            run(again, PUBLIC, by_code(again, made["query_code"], True))
        else:
            cast.do(again, "dispatcher", number=number, version=cast.version(number), result="reopen", note="没好")
        for action, who in (("matter.reply", "handler"), ("matter.verify", "verifier"), ("matter.close", "dispatcher")):
            cast.do(action, who, **given_for(action, number, cast.version(number), True, cast))

    row, moves, _ = facts(matter)
    assert stories.replay(moves) == {"phase": "closed", "version": row.version, "round": 3, "is_passed": True, "is_paused": False}
    assert every_closing_was_verified(moves)
    assert [move.round for move in moves if move.action == "matter.close"] == [1, 2, 3]
