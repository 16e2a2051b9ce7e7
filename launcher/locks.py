# SPDX-License-Identifier: MulanPSL-2.0
"""Locks that the kernel lets go when their holder dies, so that none is ever stale."""

from __future__ import annotations

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


def take(path: Path, *, shared: bool = False, wait: float = 0) -> int | None:
    """An open handle that holds the lock, or None when others still hold it after the wait.

    Unit: wait in seconds.
    """
    handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    kind = fcntl.LOCK_SH if shared else fcntl.LOCK_EX
    until = time.monotonic() + wait
    while True:
        try:
            fcntl.flock(handle, kind | fcntl.LOCK_NB)
            return handle
        except BlockingIOError:
            if time.monotonic() >= until:
                os.close(handle)
                return None
            time.sleep(0.05)


def is_held(path: Path) -> bool:
    """True while some other process holds this lock."""
    handle = take(path)
    if handle is None:
        return True
    os.close(handle)
    return False


@contextmanager
def held(path: Path) -> Iterator[None]:
    """Hold the lock alone for the length of a block; waits for whoever has it."""
    handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)
