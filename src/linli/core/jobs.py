# SPDX-License-Identifier: MulanPSL-2.0
"""Procrastinate's jobs: the drain of due work, the sealer, and what rooms declare to happen regularly."""

import asyncio
import logging
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from signal import SIGINT, SIGTERM

from django.db import close_old_connections, connection, transaction
from procrastinate import JobContext
from procrastinate.contrib.django import app as django_app

from linli.core import due, reaching, registry, seals, tidying

log = logging.getLogger("linli.jobs")

TURN_SECONDS = 57
"""A drain job works for most of a minute and is deferred anew each minute by the schedule."""
IDLE_SECONDS = 0.4
BREATH_SECONDS = 2.0
SEAL_SECONDS = 5.0
STALLED_SECONDS = 30
PAUSES = (2.0, 5.0, 10.0, 20.0, 30.0)
"""Seconds before work that lost the database begins anew (our choice: a restart is over by then)."""
LONG = "linli.long"

_stopping = threading.Event()


@dataclass(frozen=True)
class Regular:
    """Work that a room wants done regularly: a cron line (minute hour day month weekday) and a function."""

    name: str
    cron: str
    run: Callable[[], object]
    queue: str = "regular"


def regularly(name: str, cron: str, *, queue: str = "regular") -> Callable[[Callable[[], object]], Callable[[], object]]:
    """Declare the decorated function as regular work; it must stand being run twice."""

    def declare(body: Callable[[], object]) -> Callable[[], object]:
        registry.add("regular", name, Regular(name, cron, body, queue))
        return body

    return declare


@dataclass(frozen=True)
class Long:
    """Work on one record that takes longer than a turn of the drain: an export, a trial, an import."""

    name: str
    run: Callable[[int], object]


def long(name: str) -> Callable[[Callable[[int], object]], Callable[[int], object]]:
    """Declare the decorated function as a long job on the record of a number; it must stand being run again from the start."""

    def declare(body: Callable[[int], object]) -> Callable[[int], object]:
        registry.add("long_job", name, Long(name, body))
        return body

    return declare


def start(name: str, number: int, *, lane: str = "") -> None:
    """Put a long job on the schedule, in the running transaction; of each lane one runs at a time, beside the drain. Work that is small in memory may name a lane."""
    registry.REGISTRY.require("long_job", name)
    django_app.configure_task(LONG, queue="long", lock=f"{LONG}.{lane}" if lane else LONG, allow_unknown=True).defer(name=name, number=number)


def drain_for_a_turn(seconds: float = TURN_SECONDS) -> int:
    """Drain due work and seal the journal until the turn is over or the worker stops; answers how many rows were done.

    A database that goes away meanwhile ends no turn: what was claimed is back by itself, and is claimed again.
    """
    end, done, sealed_at = time.monotonic() + seconds, 0, 0.0
    while time.monotonic() < end and not _stopping.is_set():
        try:
            taken = due.drain()
            if time.monotonic() - sealed_at > SEAL_SECONDS:
                seals.seal()
                sealed_at = time.monotonic()
        except reaching.AWAY as error:
            log.warning("The drain did not reach the database: %s", type(error).__name__)
            reaching.forget_dead()
            _stopping.wait(BREATH_SECONDS)
            continue
        done += taken
        if taken < due.BATCH:
            _stopping.wait(IDLE_SECONDS)
    return done


def work_for_a_turn(work: Callable[[float], int], seconds: float = TURN_SECONDS) -> int:
    """Do the work again and again until the turn is over or the worker stops, with a breath whenever nothing was there."""
    end, done = time.monotonic() + seconds, 0
    while (left := end - time.monotonic()) > 0 and not _stopping.is_set():
        taken = work(left)
        done += taken
        if not taken:
            _stopping.wait(BREATH_SECONDS)
    return done


def patiently(work: Callable[[], object]) -> None:
    """Do work that stands being run again: when the database goes away meanwhile it begins anew, and only the last trouble is raised."""
    for pause in PAUSES:
        close_old_connections()
        try:
            work()
            return
        except reaching.AWAY as error:
            log.warning("Work did not reach the database and begins anew in %s s: %s", pause, type(error).__name__)
            reaching.forget_dead()
            _stopping.wait(pause)
    work()


def _declare_jobs() -> None:
    """Put the drain, the tidying and every room's regular work on procrastinate's schedule."""
    app = django_app

    @app.periodic(cron="* * * * *")
    @app.task(name="linli.drain", queueing_lock="linli.drain", lock="linli.drain", queue="drain")
    def drain(timestamp: int) -> None:
        drain_for_a_turn()

    @app.periodic(cron="* * * * *")
    @app.task(name="linli.retry_stalled", queueing_lock="linli.retry_stalled", queue="regular")
    def retry_stalled(timestamp: int) -> None:
        patiently(lambda: free_abandoned(STALLED_SECONDS))

    @app.periodic(cron="17 3 * * *")
    @app.task(name="linli.forget_old_jobs", queueing_lock="linli.forget_old_jobs", pass_context=True, queue="regular")
    async def forget_old_jobs(context: JobContext, timestamp: int) -> None:
        await context.app.job_manager.delete_old_jobs(nb_hours=72, include_failed=True, include_cancelled=True, include_aborted=True)

    @app.task(name=LONG, queue="long", lock="linli.long")
    def long_job(name: str, number: int) -> None:
        found: Long = registry.REGISTRY.require("long_job", name)
        patiently(lambda: found.run(number))

    for one in registry.everything("regular"):
        _schedule(one)


def _schedule(one: Regular) -> None:
    @django_app.periodic(cron=one.cron)
    @django_app.task(name=f"linli.{one.name}", queueing_lock=f"linli.{one.name}", lock=f"linli.{one.name}", queue=one.queue)
    def regular(timestamp: int) -> None:
        patiently(one.run)


@regularly("core.tidy", "23 19 * * *")
def tidy_nightly() -> object:
    """At 03:23 in China (the schedule is in UTC)."""
    return tidying.tidy()


def run_worker() -> None:
    """Work until the process is told to stop; what a killed worker left is freed first, as no other worker of this installation runs then."""
    _declare_jobs()
    _wait_for_database()
    free_abandoned(0)
    first = threading.Thread(target=_first_turn, name="first-turn", daemon=True)
    first.start()
    try:
        asyncio.run(_work())
    finally:
        _stopping.set()
        first.join(timeout=10)


async def _work() -> None:
    """Run procrastinate's worker; a signal ends the running turn too, so that stopping takes moments, not a minute."""
    app = django_app.with_connector(django_app.connector.get_worker_connector())  # type: ignore[attr-defined]
    task, loop = asyncio.current_task(), asyncio.get_running_loop()

    def stop() -> None:
        _stopping.set()
        if task is not None:
            task.cancel()

    for signal in (SIGTERM, SIGINT):
        loop.add_signal_handler(signal, stop)
    async with app.open_async():
        with suppress(asyncio.CancelledError):
            await app.run_worker_async(queues=["drain", "regular", "long", "letters"], concurrency=5, install_signal_handlers=False, listen_notify=True,
                                       delete_jobs="successful")


def _first_turn() -> None:
    """Drain at once after the start: the schedule's first minute may be nearly a minute away."""
    try:
        drain_for_a_turn(60 - time.time() % 60)
    finally:
        connection.close()


ABANDONED = """status = 'doing' and not exists (
  select from procrastinate_workers w where w.id = worker_id and w.last_heartbeat > now() - make_interval(secs => %s))"""
SUPERFLUOUS = f"""delete from procrastinate_jobs gone where {ABANDONED} and queueing_lock is not null and exists (
  select from procrastinate_jobs other where other.queueing_lock = gone.queueing_lock
    and (other.status = 'todo' or other.status = 'doing' and other.id > gone.id))"""
TAKEN_UP = f"update procrastinate_jobs set status = 'todo', worker_id = null, scheduled_at = null where {ABANDONED}"


def free_abandoned(seconds: float) -> int:
    """Give back the jobs whose worker has not been heard of for so many seconds (0: all of them); answers how many wait again.

    A regular job whose next turn waits already is dropped: two of one queueing lock cannot wait, and the next does the same.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(SUPERFLUOUS, [seconds])
        cursor.execute(TAKEN_UP, [seconds])
        return int(cursor.rowcount)


def _wait_for_database() -> None:
    """Until the database answers: starting again and again meanwhile would only make the pauses longer."""
    is_told = False
    while True:
        try:
            with connection.cursor() as cursor:
                cursor.execute("select 1")
            return
        except reaching.AWAY as error:
            if not is_told:
                log.warning("The database does not answer yet (%s); the worker waits for it.", type(error).__name__)
                is_told = True
            reaching.forget_dead()
            time.sleep(1)
