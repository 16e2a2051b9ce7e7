# SPDX-License-Identifier: MulanPSL-2.0
"""Killed between any two statements: the web process in mid-move, the worker in mid-job, the database's own session; nothing lost, nothing doubled."""

import os
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
import pytest
from django.db import connection
from django.test import Client

from linli.core import calendar_store, due, editions, seals
from linli.core.models import Answer, Due, JournalLine
from linli.core.sight import looking, of_all
from linli.matters import numbers
from linli.matters.models import Handling, Matter, Move, Verification
from linli.measures import rebuilding, seeding
from tests.cast import COMMUNITY, STEPS, Cast

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]
MOST = 60
"""More messages than any action sends: whoever needs more has become too dear."""


class Deaths:
    """Counts the messages to the database, commits included, and does something right before one of them."""

    def __init__(self, at: int, deed: Callable[[], None]) -> None:
        self.seen = 0
        self.at = at
        self.deed = deed

    def tick(self) -> None:
        self.seen += 1
        if self.seen == self.at:
            self.deed()

    def __call__(self, execute: Callable[..., Any], sql: str, params: Any, many: bool, context: dict[str, Any]) -> Any:
        self.tick()
        return execute(sql, params, many, context)


@contextmanager
def dying(at: int, deed: Callable[[], None]) -> Iterator[Deaths]:
    """Let the deed happen right before the message `at`: statements, the commit, and what follows the commit."""
    deaths, commit = Deaths(at, deed), connection._commit

    def counted() -> Any:
        deaths.tick()
        done = commit()
        deaths.tick()
        return done

    connection._commit = counted  # type: ignore[method-assign]
    try:
        with connection.execute_wrapper(deaths):
            yield deaths
    finally:
        del connection._commit


def killed(run: Callable[[], object], at: int) -> bool:
    """Run in a process of its own that gets SIGKILL right before its message `at`; False when it finished before."""
    connection.close()
    child = os.fork()
    if child == 0:
        code = 1
        try:
            with dying(at, lambda: os.kill(os.getpid(), signal.SIGKILL)):
                run()
            code = 0
        finally:
            os._exit(code)
    _, status = os.waitpid(child, 0)
    assert os.WIFSIGNALED(status) or os.waitstatus_to_exitcode(status) == 0
    return os.WIFSIGNALED(status)


def state() -> tuple[int, ...]:
    """How much there is of everything that a step writes."""
    with looking(of_all(), read_only=True):
        return tuple(model.objects.count() for model in (Matter, Move, Handling, Verification, JournalLine, Answer))


def bodies(cast: Cast) -> Iterator[tuple[str, str, Callable[[str], dict[str, Any]]]]:
    """The report and every step of the loop: action, who, and what is given once the matter has a number."""
    yield "matter.report", "", lambda _: {"category": cast.category, "summary": "楼道堆物", "area": COMMUNITY, "contact_phone": "13800000000"}
    for _, action, who, more in STEPS:
        given = dict(more) | ({"unit": cast.units[more["unit"]]} if "unit" in more else {})
        yield action, who, lambda number, given=given: {"number": number, "version": cast.version(number)} | given  # type: ignore[misc]


@pytest.fixture
def city(cast: Cast, settings: Any) -> Cast:
    settings.REPORT_LIMIT = 0
    calendar_store.seed()
    seeding.seed()
    editions.forget_all()
    return cast


def sent(cast: Cast, action: str, who: str, given: dict[str, Any], key: str) -> Any:
    """One request as a machine sends it."""
    headers = cast.headers(who) | {"Idempotency-Key": key}
    return Client(raise_request_exception=False).post(f"/api/v1/actions/{action}", given, content_type="application/json", headers=headers)


def test_a_web_process_killed_between_any_two_statements_of_a_step_loses_and_doubles_nothing(city: Cast) -> None:
    number, tried = "", 0
    for place, (action, who, given_for) in enumerate(bodies(city)):
        given, before, key = given_for(number), state(), f"key-{place}"
        for at in range(1, MOST):
            if not killed(lambda given=given, action=action, who=who, key=key: sent(city, action, who, given, key), at):  # type: ignore[misc]
                break
            tried += 1
            now = state()
            assert now in (before, once(before, now)), (action, at)
        else:
            raise AssertionError(f"{action} sends more than {MOST} messages")
        answer = sent(city, action, who, given, key)
        assert answer.status_code == 200, answer.content
        assert state() == once(before, state())
        number = number or answer.json()["number"]
    assert tried > len(STEPS) * 4
    with looking(of_all(), read_only=True):
        moves = list(Move.objects.filter(matter=numbers.matter_of(number)).order_by("step"))
        assert [move.step for move in moves] == list(range(1, len(moves) + 1))
        assert Matter.objects.get().phase == "closed"
    seals.seal()
    assert seals.verify().is_whole


def once(before: tuple[int, ...], now: tuple[int, ...]) -> tuple[int, ...]:
    """The state after exactly one journal line and one kept answer more; other rows as the step has them."""
    return (*now[:4], before[4] + 1, before[5] + 1)


def test_a_worker_killed_in_mid_job_does_the_work_once(city: Cast) -> None:
    for _ in range(3):
        city.walk(city.report()["number"])
    with looking(of_all(), read_only=True):
        waiting = Due.objects.count()
    assert waiting

    deaths = 0
    for at in range(1, 400, 3):
        if not killed(due.drain, at):
            break
        deaths += 1
    while due.drain():
        pass

    assert deaths > 3
    assert due.waiting() == {"due": 0, "parked": 0}
    run = rebuilding.rebuild("2026")
    assert (run.differences, run.first_difference) == (0, "")


def end_own_session() -> None:
    """What a restart of the database is to whoever is connected: the session is gone."""
    raw = connection.connection
    if raw is not None and not raw.closed:
        with psycopg.connect(os.environ["LINLI_DATABASE_OWNER_URL"], dbname=raw.info.dbname, autocommit=True) as other:
            other.execute("select pg_terminate_backend(%s, 1000)", [raw.info.backend_pid])


def test_a_database_that_goes_away_between_any_two_statements_is_told_as_such_and_a_repeat_is_answered_once(city: Cast) -> None:
    number, broken = "", 0
    for place, (action, who, given_for) in enumerate(bodies(city)):
        given, before, key = given_for(number), state(), f"key-{place}"
        for at in range(1, MOST):
            connection.close()
            with dying(at, end_own_session) as deaths:
                answer = sent(city, action, who, given, key)
            connection.close()
            if deaths.seen < at:
                break
            broken += 1
            assert answer.status_code in (200, 503), answer.content
            if answer.status_code == 503:
                assert answer.json()["fault"]["code"] == "unreached"
                assert answer["Retry-After"]
        answer = sent(city, action, who, given, key)
        assert answer.status_code == 200, answer.content
        assert state() == once(before, state())
        number = number or answer.json()["number"]
    assert broken > len(STEPS) * 4
