# SPDX-License-Identifier: MulanPSL-2.0
"""What a killed database leaves behind: a server that still runs, or a pid file of one that does not."""

from __future__ import annotations

import os
import time
from dataclasses import dataclass
from pathlib import Path

PROC = Path("/proc")


@dataclass(frozen=True)
class Program:
    """One running program: its number, state letter and command line."""

    pid: int
    state: str
    words: str


def read_program(pid: int) -> Program | None:
    """The program with this number. None when there is none, or it ends while we look."""
    try:
        state = (PROC / str(pid) / "stat").read_text().rpartition(")")[2].split()[0]
        words = (PROC / str(pid) / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace").strip()
    except (OSError, IndexError):
        return None
    return Program(pid=pid, state=state, words=words)


def start_of(pid: int) -> str | None:
    """Boot and start tick of a program: two programs that had the same number differ in it. None when it has ended."""
    try:
        stat = (PROC / str(pid) / "stat").read_text().rpartition(")")[2].split()
        boot = (PROC / "sys/kernel/random/boot_id").read_text().strip()
    except (OSError, IndexError):
        return None
    return None if stat[0] in "ZX" else f"{boot}/{stat[19]}"


def running_server(folder: Path) -> int | None:
    """Number of the server that really runs on this folder. None when no one does, whatever its pid file says."""
    try:
        pid = int((folder / "postmaster.pid").read_text().split("\n", 1)[0])
    except (OSError, ValueError):
        return None
    program = read_program(pid)
    is_ours = program is not None and program.state not in "ZX" and str(folder) in program.words
    return pid if is_ours else None


def clear_pid_file(folder: Path, *, name: str, seconds: float = 60) -> bool:
    """Remove the pid file of a dead server once none of its children runs any more. False when some still do."""
    until = time.monotonic() + seconds
    while _children(name):
        if time.monotonic() > until:
            return False
        time.sleep(0.1)
    (folder / "postmaster.pid").unlink(missing_ok=True)
    return True


def _children(name: str) -> list[int]:
    title = f"postgres: {name}:"
    programs = (read_program(int(entry)) for entry in os.listdir(PROC) if entry.isdigit())
    return [one.pid for one in programs if one and one.state not in "ZX" and one.words.startswith(title)]
