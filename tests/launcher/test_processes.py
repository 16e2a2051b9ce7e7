# SPDX-License-Identifier: MulanPSL-2.0
"""Children that crash are started again, and none is left behind."""

import os
import signal
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from launcher.leftovers import start_of
from launcher.processes import FIRST_PAUSE, LONGEST_PAUSE, Child, next_pause


@contextmanager
def started(code: str, log: Path) -> Iterator[Child]:
    child = Child("web", command=[sys.executable, "-c", code], environment=dict(os.environ), cwd=log.parent, log=log)
    child.start()
    try:
        yield child
    finally:
        child.stop(patience=5, is_hurried=lambda: False)


def wait_for_end(child: Child) -> None:
    until = time.monotonic() + 10
    while child.is_running() and time.monotonic() < until:
        time.sleep(0.01)


@pytest.mark.parametrize(("pause", "ran", "expected"), [(1, 2, 2), (40, 2, LONGEST_PAUSE), (40, 3600, FIRST_PAUSE)])
def test_the_pause_grows_with_each_crash_and_is_forgotten_after_a_good_run(pause: float, ran: float, expected: float) -> None:
    assert next_pause(pause, ran=ran) == expected


def test_a_child_that_crashed_is_started_again_after_its_pause(tmp_path: Path) -> None:
    with started("raise SystemExit(3)", tmp_path / "web.log") as child:
        wait_for_end(child)
        now = time.monotonic()

        first = child.look(now=now)
        waiting = child.look(now=now)
        again = child.look(now=now + 2)

    assert "ended with 3" in str(first)
    assert waiting is None
    assert "started again" in str(again)
    assert child.starts == 2


def test_what_a_killed_parent_left_behind_is_ended_before_the_next_start(tmp_path: Path) -> None:
    code = (
        "import subprocess, sys; other = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(600)']);"
        "print(other.pid, flush=True); other.wait()"
    )
    log = tmp_path / "web.log"
    with started(code, log) as child:
        orphan = first_number(log)
        os.kill(child.number, signal.SIGKILL)
        wait_for_end(child)

        child.look(now=time.monotonic())
        is_gone = not is_alive(orphan)

    assert is_gone


def first_number(log: Path) -> int:
    until = time.monotonic() + 10
    while not (log.exists() and log.read_text().strip()) and time.monotonic() < until:
        time.sleep(0.01)
    return int(log.read_text().split()[0])


def is_alive(number: int) -> bool:
    try:
        return "\nState:\tZ" not in Path(f"/proc/{number}/status").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return False


@pytest.mark.slow
def test_a_child_that_will_not_end_is_ended_with_its_own_children(tmp_path: Path) -> None:
    code = (
        "import signal, subprocess, sys; signal.signal(signal.SIGTERM, signal.SIG_IGN);"
        "other = subprocess.Popen([sys.executable, '-c', 'input()'], stdin=subprocess.PIPE); print(other.pid, flush=True); other.wait()"
    )
    log = tmp_path / "web.log"
    with started(code, log) as child:
        until = time.monotonic() + 10
        while (not log.exists() or not log.read_text("utf-8").endswith("\n")) and time.monotonic() < until:
            time.sleep(0.01)
        grandchild = int(log.read_text("utf-8"))

        child.stop(patience=0.2, is_hurried=lambda: False)

    assert not child.is_running()
    assert start_of(grandchild) is None
