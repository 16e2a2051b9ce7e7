# SPDX-License-Identifier: MulanPSL-2.0
"""The one running Linli of a data folder: who it is, and stopping it from another shell."""

from __future__ import annotations

import json
import os
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from launcher import locks
from launcher.cluster import Cluster, find_cluster, wait_for_end
from launcher.homes import Home
from launcher.leftovers import start_of
from launcher.troubles import Trouble

STOP_SECONDS = 420  # the database may take five minutes to write everything


def _lock(home: Home) -> Path:
    return home.run / "up.lock"


def _file(home: Home) -> Path:
    return home.run / "up.json"


def running_instance(home: Home) -> dict[str, Any] | None:
    """Process number and address of the Linli that runs on this folder. None when none does, whatever files say."""
    try:
        facts = json.loads(_file(home).read_text("utf-8"))
    except (OSError, ValueError):
        return None
    is_alive = isinstance(facts, dict) and start_of(int(facts["pid"])) == facts["start"]
    return facts if is_alive else None


@contextmanager
def registered(home: Home, *, url: str) -> Iterator[None]:
    """We are the Linli of this folder for the length of a block. Error: a sentence when another one is."""
    handle = locks.take(_lock(home), wait=1)
    if handle is None:
        other = running_instance(home) or {"url": "?", "pid": "?"}
        raise Trouble(
            f"邻里已经在运行：{other['url']}（进程 {other['pid']}）。",
            f"Linli is already running at {other['url']} (process {other['pid']}).",
            remedy="./linli stop    ends it",
        )
    facts = {"pid": os.getpid(), "start": start_of(os.getpid()), "url": url}
    _file(home).write_text(json.dumps(facts), "utf-8")
    try:
        yield
    finally:
        _file(home).unlink(missing_ok=True)
        os.close(handle)


def stop_instance(home: Home) -> str:
    """End the running Linli and the embedded database of this folder, and wait for both; a sentence on what was done."""
    home.prepare()
    cluster = find_cluster(home)
    was_kept = cluster.stay.exists()
    cluster.stay.unlink(missing_ok=True)
    facts = running_instance(home)
    if facts is not None:
        os.kill(int(facts["pid"]), signal.SIGTERM)
        _wait_for_instance(home, pid=int(facts["pid"]))
    if was_kept or facts is not None:
        _wait_for_database(cluster)
    if facts is None and not was_kept:
        return "邻里没有在运行。 Linli is not running."
    return "邻里已停止，数据完整。 Linli has stopped; the data are whole."


def _wait_for_instance(home: Home, *, pid: int) -> None:
    until = time.monotonic() + STOP_SECONDS
    while running_instance(home) is not None or locks.is_held(_lock(home)):
        if time.monotonic() > until:
            raise Trouble("邻里没有停下来。", f"Linli (process {pid}) does not stop.", remedy=f"kill -KILL {pid}")
        time.sleep(0.1)


def _wait_for_database(cluster: Cluster) -> None:
    if not wait_for_end(cluster) and locks.is_held(cluster.keeper_lock):
        print("数据库还在被别的命令使用。 The database is still in use by another command.")
