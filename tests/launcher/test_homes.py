# SPDX-License-Identifier: MulanPSL-2.0
"""The data folder and its secrets."""

import json
import stat
from pathlib import Path

import pytest

from launcher.homes import Home, find_home, read_secrets
from launcher.troubles import Trouble


def test_secrets_are_made_once_and_only_their_owner_can_read_them(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("LINLI_SECRET_FILE", raising=False)
    home = Home(root=tmp_path / "home")

    first, second = read_secrets(home), read_secrets(home)

    assert first == second
    assert stat.S_IMODE(home.secret_file.stat().st_mode) == 0o600
    assert set(first["database"]) == {"postgres", "linli_owner", "linli_app", "linli_report"}


def test_a_secret_file_of_an_older_version_is_completed_and_keeps_its_keys(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("LINLI_SECRET_FILE", raising=False)
    home = Home(root=tmp_path)
    home.secret_file.write_text(json.dumps({"keys": {"1": "old"}, "database": {"linli_app": "kept"}}), "utf-8")

    found = read_secrets(home)

    assert found["keys"] == {"1": "old"}
    assert found["database"]["linli_app"] == "kept"
    assert len(found["index"]) == 64


def test_two_folders_never_share_an_identity(tmp_path: Path) -> None:
    one, other = Home(root=tmp_path / "one"), Home(root=tmp_path / "other")

    assert one.identity != other.identity
    assert one.identity == Home(root=tmp_path / "one").identity


def test_the_home_can_be_moved_by_the_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LINLI_HOME", str(tmp_path / "elsewhere"))

    home = find_home()

    assert home.root == tmp_path / "elsewhere"


def test_lost_keys_are_not_replaced_by_new_ones_while_the_database_is_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("LINLI_SECRET_FILE", raising=False)
    home = Home(root=tmp_path)
    read_secrets(home)
    (tmp_path / "database.json").write_text("{}", "utf-8")
    home.secret_file.unlink()

    with pytest.raises(Trouble, match="its keys are not"):
        read_secrets(home)

    assert not home.secret_file.exists()
