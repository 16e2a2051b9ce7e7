# SPDX-License-Identifier: MulanPSL-2.0
"""One Linli to a data folder."""

import json
import os
from pathlib import Path

import pytest

from launcher.homes import Home
from launcher.instances import registered, running_instance
from launcher.troubles import Trouble


@pytest.fixture
def home(tmp_path: Path) -> Home:
    made = Home(root=tmp_path / "home")
    made.prepare()
    return made


def test_the_running_one_is_found_and_gone_afterwards(home: Home) -> None:
    with registered(home, url="http://127.0.0.1:1"):
        during = running_instance(home)

    assert during is not None
    assert during["pid"] == os.getpid()
    assert running_instance(home) is None


def test_a_second_one_is_refused_with_the_address_of_the_first(home: Home) -> None:
    with registered(home, url="http://127.0.0.1:1"), pytest.raises(Trouble) as refusal, registered(home, url="http://127.0.0.1:2"):
        pass

    assert "http://127.0.0.1:1" in str(refusal.value)
    assert "./linli stop" in refusal.value.remedy


def test_a_number_that_another_program_has_now_is_not_the_running_one(home: Home) -> None:
    facts = {"pid": os.getpid(), "start": "another boot/1", "url": "http://127.0.0.1:1"}
    (home.run / "up.json").write_text(json.dumps(facts), "utf-8")

    assert running_instance(home) is None
