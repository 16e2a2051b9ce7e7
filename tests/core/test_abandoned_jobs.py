# SPDX-License-Identifier: MulanPSL-2.0
"""Jobs whose worker was killed are taken up again, also when the next turn of the same regular work waits already; a database away ends no turn."""

from typing import Any

import pytest
from django.db import OperationalError, connection

from linli.core import due, jobs, seals

pytestmark = pytest.mark.django_db
PLANT = """insert into procrastinate_jobs (queue_name, task_name, queueing_lock, lock, status, worker_id)
  values ('drain', 'linli.drain', %s, %s, %s::procrastinate_job_status, %s) returning id"""


def planted(status: str, *, queueing_lock: str | None = "linli.drain", lock: str | None = "linli.drain", worker: int | None = None) -> int:
    with connection.cursor() as cursor:
        cursor.execute(PLANT, [queueing_lock, lock, status, worker])
        return int(cursor.fetchone()[0])


def worker_heard_of(seconds_ago: int) -> int:
    with connection.cursor() as cursor:
        cursor.execute("insert into procrastinate_workers (last_heartbeat) values (now() - make_interval(secs => %s)) returning id", [seconds_ago])
        return int(cursor.fetchone()[0])


def states() -> dict[int, str]:
    with connection.cursor() as cursor:
        cursor.execute("select id, status from procrastinate_jobs")
        return dict(cursor.fetchall())


def test_a_job_of_a_killed_worker_waits_again() -> None:
    left = planted("doing", worker=worker_heard_of(60))

    freed = jobs.free_abandoned(30)

    assert freed == 1
    assert states() == {left: "todo"}


def test_the_job_of_a_worker_that_lives_is_left_to_it_until_a_new_worker_starts() -> None:
    held = planted("doing", worker=worker_heard_of(5))

    assert jobs.free_abandoned(30) == 0
    assert states() == {held: "doing"}
    assert jobs.free_abandoned(0) == 1


def test_a_killed_turn_whose_next_turn_waits_already_is_dropped_so_that_the_worker_can_start() -> None:
    planted("doing", worker=worker_heard_of(60))
    waiting = planted("todo")

    freed = jobs.free_abandoned(0)

    assert freed == 0
    assert states() == {waiting: "todo"}


def test_of_two_killed_turns_one_is_taken_up_again() -> None:
    planted("doing", lock=None)
    later = planted("doing", lock=None)

    assert jobs.free_abandoned(0) == 1
    assert states() == {later: "todo"}


def test_long_jobs_without_a_queueing_lock_are_all_taken_up_again() -> None:
    first, second = planted("doing", queueing_lock=None, lock=None), planted("doing", queueing_lock=None, lock=None)

    assert jobs.free_abandoned(0) == 2
    assert states() == {first: "todo", second: "todo"}


def test_a_database_that_is_away_for_a_moment_ends_no_turn_of_the_drain(monkeypatch: pytest.MonkeyPatch) -> None:
    answers: list[Any] = [OperationalError("the server closed the connection"), 7]

    def drained() -> int:
        answer = answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        jobs._stopping.set()
        return int(answer)

    monkeypatch.setattr(due, "drain", drained)
    monkeypatch.setattr(seals, "seal", lambda: 0)
    monkeypatch.setattr(jobs, "BREATH_SECONDS", 0.0)
    try:
        assert jobs.drain_for_a_turn(20) == 7
    finally:
        jobs._stopping.clear()


def test_regular_work_that_loses_the_database_begins_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jobs, "PAUSES", (0.0, 0.0))
    begun: list[int] = []

    def work() -> None:
        begun.append(len(begun))
        if len(begun) < 3:
            raise OperationalError("terminating connection due to administrator command")

    jobs.patiently(work)

    assert begun == [0, 1, 2]


def test_work_that_never_reaches_the_database_and_work_that_is_wrong_are_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jobs, "PAUSES", (0.0,))
    begun: list[str] = []

    def away() -> None:
        begun.append("away")
        raise OperationalError("the server closed the connection")

    def wrong() -> None:
        begun.append("wrong")
        raise ValueError("wrong")

    with pytest.raises(OperationalError):
        jobs.patiently(away)
    with pytest.raises(ValueError, match="wrong"):
        jobs.patiently(wrong)

    assert begun == ["away", "away", "wrong"]
