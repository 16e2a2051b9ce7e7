# SPDX-License-Identifier: MulanPSL-2.0
"""Logs grow neither without end nor without age."""

import os
from pathlib import Path

from launcher.displays import rotate
from launcher.keeper import prune_logs

DAY = 86400


def server_log(folder: Path, *, name: str, age_days: float, size: int, now: float) -> Path:
    file = folder / f"postgresql-{name}.log"
    file.write_bytes(b"x" * size)
    os.utime(file, (now - age_days * DAY, now - age_days * DAY))
    return file


def test_old_logs_go_and_the_newest_stays_however_old(tmp_path: Path) -> None:
    now = 1_800_000_000.0
    newest = server_log(tmp_path, name="2", age_days=40, size=10, now=now)
    old = server_log(tmp_path, name="1", age_days=50, size=10, now=now)

    removed = prune_logs(tmp_path, now=now, days=30, total=1000)

    assert removed == [old]
    assert newest.exists()


def test_the_oldest_logs_go_when_all_are_too_long(tmp_path: Path) -> None:
    now = 1_800_000_000.0
    files = [server_log(tmp_path, name=str(age), age_days=age, size=60, now=now) for age in (1, 2, 3)]

    removed = prune_logs(tmp_path, now=now, days=30, total=130)

    assert removed == [files[2]]


def test_a_log_that_is_too_long_is_put_aside_and_the_count_is_kept(tmp_path: Path) -> None:
    log = tmp_path / "web.log"
    for turn in range(4):
        log.write_text(f"{turn}" * 20, "utf-8")
        rotate(log, limit=10, kept=2)

    assert sorted(path.name for path in tmp_path.iterdir()) == ["web.log.1", "web.log.2"]
    assert (tmp_path / "web.log.1").read_text("utf-8").startswith("3")
