# SPDX-License-Identifier: MulanPSL-2.0
"""The committed locks install the same everywhere: hashes for each, and no word of the machine that wrote them."""

import json
import re
from pathlib import Path

import pytest

from launcher.homes import CHECKOUT

LOCKS = [CHECKOUT / "requirements" / "base.lock", CHECKOUT / "requirements" / "dev.lock"]


def pins(lock: Path) -> dict[str, str]:
    return dict(re.findall(r"^([a-z0-9._-]+)==(\S+) ", lock.read_text("utf-8"), re.MULTILINE | re.IGNORECASE))


@pytest.mark.parametrize("lock", LOCKS, ids=lambda path: path.name)
def test_every_pin_has_a_hash_and_no_place_is_named(lock: Path) -> None:
    text = lock.read_text("utf-8")

    blocks = re.split(r"^(?=[A-Za-z0-9])", text, flags=re.MULTILINE)[1:]

    assert all("--hash=sha256:" in block for block in blocks)
    assert re.findall(r"https?://|file://|--index-url|--find-links|/(?:home|root|tmp)/", text) == []


def test_the_tools_are_added_to_what_runs_and_change_none_of_it() -> None:
    base, dev = (pins(lock) for lock in LOCKS)

    assert base.items() <= dev.items()


def test_the_front_end_lock_names_no_host_and_has_a_hash_for_each_package() -> None:
    lock = json.loads((CHECKOUT / "package-lock.json").read_text("utf-8"))

    packages = {name: facts for name, facts in lock["packages"].items() if name}

    assert all("resolved" not in facts for facts in packages.values())
    assert all(facts["integrity"].startswith("sha512-") for facts in packages.values())
