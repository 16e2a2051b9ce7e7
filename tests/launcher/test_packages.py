# SPDX-License-Identifier: MulanPSL-2.0
"""What is missing from the system is named before anything is done."""

from pathlib import Path

import pytest

from launcher import packages
from launcher.homes import Home
from launcher.troubles import Trouble


@pytest.fixture
def bare(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Home:
    lacking = {need: (package, lambda: False) for need, (package, _) in packages.NEEDS.items()}
    monkeypatch.setattr(packages, "NEEDS", lacking)
    monkeypatch.setattr(packages.shutil, "which", lambda name: f"/usr/bin/{name}")
    return Home(root=tmp_path / "home", checkout=tmp_path)


def test_an_ordinary_user_gets_the_exact_command_and_nothing_is_made(bare: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(packages.os, "geteuid", lambda: 1000)

    with pytest.raises(Trouble) as refusal:
        packages.require_packages(bare, ("environment", "browser", "fonts"))

    assert "apt-get install -y --no-install-recommends python3-venv chromium fonts-noto-cjk" in refusal.value.remedy
    assert not bare.root.exists()


def test_root_is_told_what_will_be_installed(bare: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(packages.os, "geteuid", lambda: 0)

    assert packages.require_packages(bare, ("environment",)) == ["python3-venv"]


def test_an_environment_that_is_there_needs_no_package_any_more(bare: Home) -> None:
    bare.python.parent.mkdir(parents=True)
    bare.python.touch()

    assert packages.missing_packages(bare, ("environment",)) == []
