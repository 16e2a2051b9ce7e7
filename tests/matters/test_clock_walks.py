# SPDX-License-Identifier: MulanPSL-2.0
"""Clocks under random walks: pauses, rework, extensions, re-published calendars in any order; nothing is lost, nothing counted twice."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from linli.core import clock, due, editions
from linli.core.actions import run
from linli.core.calendar_store import calendar
from linli.core.calendars import Calendar
from linli.core.faults import Fault
from linli.core.sight import PUBLIC, Actor, looking, of_all
from linli.core.system_actors import system_actor
from linli.core.working_time import TimeUnit
from linli.matters import numbers, stories
from linli.matters.clocks import PAUSED, RUNNING, STOPPED, Clock, Stretch, clock_of, filled
from linli.matters.kinds import WHOLE, kind_of
from linli.matters.models import Category, Interval, Limit, Matter, Move, Request, Supervision
from linli.matters.reactions.watching import watch_limits
from tests.cast import Cast

BEGIN = datetime(2026, 12, 24, 1, 0, tzinfo=UTC)
TURNS: tuple[tuple[str, ...], ...] = (
    ("ask_pause", "grant"), ("ask_pause", "decline"), ("ask_pause", "withdraw"), ("ask_extension", "grant"), ("ask_extension",), ("grant",),
    ("resume",), ("reply", "fail"), ("reply", "fail"), ("reply",), ("fail",), ("pass",), ("ask",), ("ask", "answer"), ("answer",), ("reach",), ("supervise",), ("respond",),
    ("accept",), ("reply", "pass", "close", "object"), ("respond", "accept", "close", "object"), ("publish",), ("wait",), ("wait",),
    ("merge", "unmerge"), ("merge",), ("unmerge",), ("ask_pause", "grant", "merge", "unmerge"), ("ask_extension", "merge", "publish", "unmerge"))
"""What happens in a row, so that the rarer states are reached."""
walks = st.lists(st.tuples(st.sampled_from(TURNS), st.integers(1, 60)), min_size=4, max_size=16)
BUILDING = "1"


def step_of(name: str, number: int, code: str, version: int) -> tuple[str, str, dict[str, Any]]:
    """The action, who takes it, and what is given."""
    record = {"number": numbers.number_of(number), "version": version}
    day = (clock.today() + timedelta(days=4)).isoformat()
    return {
        "ask_pause": ("matter.ask_pause", "handler", record | {"reason": "force_majeure", "text": "暴雨", "look_again": day}),
        "grant": ("matter.decide_request", "dispatcher", record | {"granted": True}),
        "decline": ("matter.decide_request", "dispatcher", record | {"granted": False, "note": "理由不足"}),
        "withdraw": ("matter.withdraw_request", "handler", record), "resume": ("matter.resume", "handler", record),
        "ask_extension": ("matter.ask_extension", "handler", record | {"limit": "handling", "amount": 2, "text": "等材料"}),
        "reply": ("matter.reply", "handler", record | {"note": "好了", "no_photo_reason": "夜间"}),
        "fail": ("matter.verify", "verifier", record | {"passed": False, "note": "没清干净"}),
        "pass": ("matter.verify", "verifier", record | {"passed": True}),
        "ask": ("matter.ask", "handler", {"number": record["number"], "text": "哪个门？", "waits": True}),
        "answer": ("matter.answer", "", {"query_code": code, "text": "东门"}),
        "reach": ("matter.reach", "handler", record | {"stage": "stop_work"}),
        "supervise": ("matter.supervise", "head", record | {"text": "请说明"}),
        "respond": ("matter.answer_supervision", "handler", record | {"text": "已安排"}),
        "close": ("matter.close", "dispatcher", record), "object": ("matter.object", "", {"query_code": code, "note": "还是没好"}),
        "merge": ("matter.merge", "dispatcher", record | {"into": numbers.number_of(number + 1), "reason": "same"}),
        "unmerge": ("matter.unmerge", "dispatcher", record | {"note": "不是同一件"}),
        "accept": ("matter.accept_supervision", "head", record | {"accepted": True}),
    }[name]


def tried(action: str, actor: Actor, given: dict[str, Any]) -> int:
    """The status of one try."""
    try:
        run(action, actor, given)
    except Fault as fault:
        return fault.status
    return 200


def publish(hours: int) -> None:
    """A notice that makes other days free than the one before did."""
    days = "".join(f"{(date(2027, 1, 1) + timedelta(days=number)).isoformat()} holiday 元旦\n" for number in range(0, hours, 3))
    run("calendar.publish_year", system_actor("installer"), {"year": 2027, "source": "试", "days": f"2026-12-31 holiday 元旦\n{days}"})


def settle(moment: datetime) -> datetime:
    """Let due work and the watch catch up, a little later."""
    for _ in range(3):
        moment += timedelta(seconds=11)
        with clock.standing_at(moment):
            while due.drain():
                pass
            watch_limits()
    return moment


def check_rows(matter: int, moment: datetime) -> None:
    """Everything that must hold at any time."""
    with looking(of_all(), read_only=True):
        row = Matter.objects.select_related("category").get(pk=matter)
        limits, intervals = list(Limit.objects.filter(matter=matter)), list(Interval.objects.filter(matter=matter))
        moves = list(Move.objects.filter(matter=matter).order_by("step"))
        asked = Request.objects.filter(matter=matter, ended_at=None).values_list("what", flat=True).first()
        supervised = Supervision.objects.filter(matter=matter, ended_at=None).exists()
    stages = tuple(one.name for one in kind_of(row.kind).stages_of(row.category.code))
    replayed = stories.replay(moves)
    assert {name: getattr(row, name) for name in replayed} == replayed
    assert (row.asked, row.is_supervised) == (asked or "", supervised)
    standing = {one.limit for one in intervals if one.state == PAUSED and one.ended_at is None}
    assert standing == ({row.phase, WHOLE} if row.is_paused else set())
    for one in limits:
        keeps_every_second(clock_of(one, intervals, stages), one.met_at or moment, calendar())
        if one.met_at is None:
            found = clock_of(one, intervals, stages).due(calendar())
            assert one.due_at == (found.at if found else None), one.name
    by_name = {one.name: one for one in limits if one.met_at is None}
    if row.is_open:
        assert row.due_at == by_name[row.phase].due_at
        assert row.close_due_at == by_name[WHOLE].due_at


def keeps_every_second(hand: Clock, moment: datetime, days: Calendar) -> None:
    """Running, paused and stopped time add up to the business time since the start; none of them is negative."""
    parts = [hand.spent(days, state, moment) for state in (RUNNING, PAUSED, STOPPED)]
    gaps = [later.start for later, earlier in zip(hand.stretches[1:], hand.stretches, strict=False) if later.start != earlier.end]
    assert gaps == []
    assert all(part >= 0 for part in parts)
    assert sum(parts) == days.business_seconds(hand.start, moment, hand.unit)
    assert 0 <= hand.left(days, moment) <= hand.allowed(days)


@contextmanager
def undone() -> Iterator[None]:
    """Examples of one test share a database: what each does is taken back."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)
    editions.forget_all()


@pytest.mark.django_db
@pytest.mark.slow
@pytest.mark.parametrize("is_building", [False, True])
@settings(max_examples=20, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(walk=walks)
def test_whatever_the_order_the_clocks_keep_every_second(cast: Cast, is_building: bool, walk: list[tuple[tuple[str, ...], int]]) -> None:
    with_stages = Category.objects.filter(kind="six_problems", code=BUILDING).first()
    category = with_stages.pk if is_building and with_stages else cast.category
    moment = BEGIN
    with undone():
        with clock.standing_at(moment):
            made = cast.report(category=category)
            assert numbers.matter_of(cast.report()["number"]) == (numbers.matter_of(made["number"]) or 0) + 1
            cast.walk(made["number"], "handling")
        for names, hours in walk:
            moment = turned(cast, made, names, hours, moment)


def turned(cast: Cast, made: dict[str, Any], names: tuple[str, ...], hours: int, moment: datetime) -> datetime:
    """Do what is named, one after the other, and check everything after each."""
    matter = numbers.matter_of(made["number"]) or 0
    for name in names:
        moment += timedelta(hours=hours, seconds=hours)
        with clock.standing_at(moment):
            if name == "publish":
                publish(hours)
            elif name != "wait":
                action, who, body = step_of(name, matter, made["query_code"], cast.version(made["number"]))
                assert tried(action, cast.actors[who] if who else PUBLIC, body) in (200, 403, 404, 409, 422)
        if name in ("publish", "wait"):
            moment = settle(moment)
        check_rows(matter, moment)
    return moment


moments = st.lists(st.integers(0, 60 * 24 * 60), min_size=1, max_size=12, unique=True).map(sorted)


@given(marks=moments, states=st.lists(st.sampled_from([PAUSED, STOPPED, RUNNING]), min_size=12, max_size=12), unit=st.sampled_from(list(TimeUnit)),
       amount=st.integers(1, 30), extra=st.integers(0, 200_000), holidays=st.sets(st.integers(0, 60), max_size=20))
@settings(max_examples=200, deadline=None, derandomize=True)
def test_a_clock_of_any_stretches_adds_up_under_any_calendar(marks: list[int], states: list[str], unit: TimeUnit, amount: int, extra: int,
                                                               holidays: set[int]) -> None:
    free = {date(2026, 12, 1) + timedelta(days=number): False for number in holidays}
    days = Calendar(exceptions=free, published_years=frozenset({2026, 2027}))
    start = datetime(2026, 12, 1, 0, 30, tzinfo=UTC)
    ends = [start + timedelta(minutes=one) for one in marks]
    own = [Stretch(state, begun, ended) for state, begun, ended in zip(states, ends, [*ends[1:], None], strict=False)]
    hand = Clock(start, amount, unit, extra, tuple(filled(own, start, None, RUNNING)))

    for moment in (*ends, ends[-1] + timedelta(days=3)):
        keeps_every_second(hand, moment, days)
    found = hand.due(days)

    if found is not None:
        assert hand.spent(days, RUNNING, found.at) == hand.allowed(days)
        assert hand.left(days, found.at) == 0
    else:
        assert not hand.runs
