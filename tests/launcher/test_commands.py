# SPDX-License-Identifier: MulanPSL-2.0
"""What the door says to words it does not know."""

import pytest

from launcher.commands import main


@pytest.fixture(autouse=True)
def no_variables(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("LINLI_PROT", raising=False)


def test_an_unknown_command_names_the_nearest_one(capsys: pytest.CaptureFixture[str]) -> None:
    code = main(["upp"])

    assert code == 2
    assert "the nearest is up" in capsys.readouterr().err


def test_an_unknown_variable_ends_the_command_before_it_begins(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setenv("LINLI_PROT", "1")

    code = main(["help"])

    assert code == 2
    assert "LINLI_PORT" in capsys.readouterr().err


def test_an_unknown_option_of_up_is_refused_before_anything_starts(capsys: pytest.CaptureFixture[str]) -> None:
    code = main(["up", "--emtpy"])

    assert code == 2
    assert "--emtpy" in capsys.readouterr().err


def test_help_names_every_command(capsys: pytest.CaptureFixture[str]) -> None:
    code = main([])

    words = capsys.readouterr().out
    assert code == 0
    assert [name for name in ("up", "stop", "test", "check", "backup", "restore", "psql", "verify") if f"./linli {name}" not in words] == []
