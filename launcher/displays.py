# SPDX-License-Identifier: MulanPSL-2.0
"""What the person at the terminal sees: numbered steps with seconds, and the end of a log when one fails."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from launcher.homes import Home
from launcher.troubles import Trouble

LOG_BYTES = 5_000_000
LOG_KEPT = 3
LOG_DAYS = 60


class Display:
    """Numbered steps; a moving line on a terminal, one plain line a step elsewhere."""

    def __init__(self, *, total: int, is_terminal: bool | None = None) -> None:
        self.total = total
        self.number = 0
        self.is_terminal = sys.stdout.isatty() if is_terminal is None else is_terminal

    @contextmanager
    def step(self, chinese: str, english: str) -> Iterator[Notes]:
        """One step: shown while it runs, with its seconds when it has ended."""
        self.number += 1
        notes = Notes(head=f"[{self.number:>2}/{self.total}] {chinese} {english}")
        began = time.monotonic()
        done = threading.Event()
        if self.is_terminal:
            mover = threading.Thread(target=_move, args=(notes, began, done), daemon=True)
            mover.start()
        try:
            yield notes
        except BaseException:
            done.set()
            self._end(notes, mark="✗", seconds=time.monotonic() - began)
            raise
        done.set()
        self._end(notes, mark="✓", seconds=time.monotonic() - began)

    def _end(self, notes: Notes, *, mark: str, seconds: float) -> None:
        start = "\r\x1b[K" if self.is_terminal else ""
        tail = f" · {notes.said}" if notes.said else ""
        print(f"{start}{mark} {notes.head}{tail}  {seconds:.1f} s", flush=True)


class Notes:
    """What a step adds to its own line."""

    def __init__(self, *, head: str) -> None:
        self.head = head
        self.said = ""

    def say(self, words: str) -> None:
        """Put these words behind the step's name."""
        self.said = words


def _move(notes: Notes, began: float, done: threading.Event) -> None:
    marks = "⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏"
    turn = 0
    while not done.wait(0.12):
        turn += 1
        tail = f" · {notes.said}" if notes.said else ""
        print(f"\r\x1b[K{marks[turn % len(marks)]} {notes.head}{tail}  {time.monotonic() - began:.0f} s", end="", flush=True)


def rotate(file: Path, *, limit: int = LOG_BYTES, kept: int = LOG_KEPT, days: int = LOG_DAYS) -> None:
    """Put a log that is too long aside under a number, and drop numbered ones beyond the count or the age.

    Unit: limit in bytes.
    """
    if file.exists() and file.stat().st_size > limit:
        for number in range(kept, 1, -1):
            older = file.with_name(f"{file.name}.{number - 1}")
            if older.exists():
                os.replace(older, file.with_name(f"{file.name}.{number}"))
        os.replace(file, file.with_name(f"{file.name}.1"))
    for old in file.parent.glob(f"{file.name}.*"):
        if time.time() - old.stat().st_mtime > days * 86400:
            old.unlink()


def run_logged(
    home: Home,
    command: Sequence[str | Path],
    *,
    step: str,
    remedy: str,
    environment: dict[str, str] | None = None,
    notes: Notes | None = None,
) -> None:
    """Run a command with everything it says in the log of its step.

    Error: a sentence with the end of that log and the remedy when the command fails.
    """
    home.prepare()
    file = home.logs / f"{step}.log"
    rotate(file)
    with file.open("ab") as log:
        log.write(f"\n--- {time.strftime('%Y-%m-%d %H:%M:%S')} {' '.join(map(str, command))}\n".encode())
        log.flush()
        start = log.tell()
        code = _run_following(command, log_file=file, environment=environment, cwd=home.checkout, notes=notes)
    if code:
        raise Trouble(
            f"这一步没有完成（{step}，退出码 {code}）。",
            f"The step {step} ended with {code}. The end of {file}:\n{tail(file, start=start)}",
            remedy=remedy,
        )


def _run_following(
    command: Sequence[str | Path],
    *,
    log_file: Path,
    environment: dict[str, str] | None,
    cwd: Path,
    notes: Notes | None,
) -> int:
    with (
        log_file.open("ab") as log,
        subprocess.Popen(
            list(map(str, command)),
            env=environment,
            cwd=cwd,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        ) as running,
    ):
        try:
            for line in running.stdout or ():
                log.write(line)
                log.flush()
                if notes is not None and line.strip():
                    notes.say(line.decode(errors="replace").strip()[:60])
        except BaseException:
            running.terminate()
            raise
    if notes is not None:
        notes.say("")
    return running.returncode


def tail(file: Path, *, start: int = 0, count: int = 20) -> str:
    """The last lines of a file after a position; a sentence when there is none."""
    try:
        with file.open("rb") as log:
            log.seek(max(start, log.seek(0, os.SEEK_END) - 20_000))
            lines = log.read().decode(errors="replace").splitlines()
    except OSError:
        return "    (no log)"
    return "\n".join(f"    {line}" for line in lines[-count:])
