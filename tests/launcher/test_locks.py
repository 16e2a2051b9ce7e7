# SPDX-License-Identifier: MulanPSL-2.0
"""Locks that end with their holder."""

import os
from pathlib import Path

from launcher import locks


def test_two_may_share_and_a_third_may_not_have_it_alone(tmp_path: Path) -> None:
    lock = tmp_path / "lock"
    one, two = locks.take(lock, shared=True), locks.take(lock, shared=True)

    third = locks.take(lock)

    assert one is not None
    assert two is not None
    assert third is None


def test_a_lock_is_free_again_when_its_holder_is_gone(tmp_path: Path) -> None:
    lock = tmp_path / "lock"
    handle = locks.take(lock)
    assert handle is not None
    assert locks.is_held(lock)

    os.close(handle)

    assert not locks.is_held(lock)
