# SPDX-License-Identifier: MulanPSL-2.0
"""The servers as children: their logs with size and age, restart after a crash with a growing pause, stopping in order."""

from __future__ import annotations

import ctypes
import os
import signal
import subprocess
import threading
import time
from collections.abc import Callable
from pathlib import Path

from launcher.displays import rotate

FIRST_PAUSE = 1.0
LONGEST_PAUSE = 60.0
GOOD_SECONDS = 20.0  # a child that ran so long starts with the first pause again: one that cannot start ends sooner
LOG_BYTES = 20_000_000
LOG_KEPT = 5
PARENT_DEATH_SIGNAL = 1  # prctl(PR_SET_PDEATHSIG), Linux

LIBC = ctypes.CDLL(None, use_errno=True)


def end_with_parent() -> None:
    """The calling process is told to end when its parent has ended, however that came about."""
    LIBC.prctl(PARENT_DEATH_SIGNAL, signal.SIGTERM)


def next_pause(pause: float, *, ran: float) -> float:
    """How long to wait before the next start. Unit: seconds; ran is how long the child has lived."""
    return FIRST_PAUSE if ran >= GOOD_SECONDS else min(pause * 2, LONGEST_PAUSE)


class Child:
    """One server process that is started again whenever it ends by itself."""

    def __init__(self, name: str, *, command: list[str], environment: dict[str, str], cwd: Path, log: Path) -> None:
        self.name = name
        self.command = command
        self.environment = environment
        self.cwd = cwd
        self.log = log
        self.starts = 0
        self._running: subprocess.Popen[bytes] | None = None
        self._pause = FIRST_PAUSE / 2
        self._born = 0.0
        self._start_at = 0.0

    def start(self) -> None:
        """Start it in a process group of its own, so that a Ctrl-C at the terminal reaches only us."""
        self.starts += 1
        self._born = time.monotonic()
        self._running = subprocess.Popen(
            self.command,
            env=self.environment,
            cwd=self.cwd,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            process_group=0,
            preexec_fn=end_with_parent,
        )
        threading.Thread(target=_copy, args=(self._running, self.log), daemon=True).start()

    @property
    def number(self) -> int:
        """Its process number. Error: RuntimeError when it was never started."""
        if self._running is None:
            raise RuntimeError(f"{self.name} was never started")
        return self._running.pid

    def is_running(self) -> bool:
        """True while the process lives; a dead one is reaped here."""
        return self._running is not None and self._running.poll() is None

    def look(self, *, now: float) -> str | None:
        """Start it again when it has ended and the pause is over; a sentence when something happened."""
        if self.is_running():
            return None
        if not self._start_at:
            code = self._running.returncode if self._running else None
            if self._running is not None:
                _kill_group(self._running.pid)  # web processes whose parent was killed would go on beside the new ones, with the old code
            self._pause = next_pause(self._pause, ran=now - self._born)
            self._start_at = now + self._pause
            return f"{self.name}: ended with {code}; starts again in {self._pause:.0f} s (log: {self.log})"
        if now < self._start_at:
            return None
        self._start_at = 0.0
        self.start()
        return f"{self.name}: started again"

    def stop(self, *, patience: float, is_hurried: Callable[[], bool]) -> None:
        """Ask it to end; what is left of its group is killed after patience (seconds) or when the person is in a hurry."""
        if self._running is None:
            return
        self._running.terminate()
        until = time.monotonic() + patience
        while self.is_running() and time.monotonic() < until and not is_hurried():
            time.sleep(0.05)
        if self.is_running():
            os.killpg(self._running.pid, signal.SIGKILL)
            self._running.wait()
        _kill_group(self._running.pid)


def _kill_group(number: int, *, seconds: float = 2) -> None:
    """No process of the group runs any more: a web process left behind would keep the port."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        try:
            os.killpg(number, signal.SIGKILL)
        except ProcessLookupError:
            return
        time.sleep(0.01)


def _copy(running: subprocess.Popen[bytes], log: Path) -> None:
    """Write what a child says into its log, which is put aside when it grows too long."""
    rotate(log, limit=LOG_BYTES, kept=LOG_KEPT)
    out = log.open("ab")
    try:
        for line in running.stdout or ():
            out.write(line)
            out.flush()
            if out.tell() > LOG_BYTES:
                out.close()
                rotate(log, limit=LOG_BYTES, kept=LOG_KEPT)
                out = log.open("ab")
    finally:
        out.close()
