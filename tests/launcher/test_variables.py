# SPDX-License-Identifier: MulanPSL-2.0
"""The variables that the launcher lets through."""

from pathlib import Path

from launcher.variables import known_variables, unknown_variables


def test_a_misspelt_variable_is_named_with_its_nearest_known_one() -> None:
    names = ["LINLI_PROT", "PATH"]

    sentences = unknown_variables(names, known={"LINLI_PORT", "LINLI_HOME"})

    assert len(sentences) == 1
    assert "LINLI_PROT is not" in sentences[0]
    assert "nearest known one is LINLI_PORT" in sentences[0]


def test_known_variables_pass_without_a_word() -> None:
    names = ["LINLI_PORT", "LINLI_HOME", "HOME"]

    sentences = unknown_variables(names, known={"LINLI_PORT", "LINLI_HOME"})

    assert sentences == []


def test_a_variable_that_only_the_settings_read_is_known(tmp_path: Path) -> None:
    settings = tmp_path / "settings.py"
    settings.write_text('CITY = text("LINLI_OTHER_CITY", "12")\n', "utf-8")

    known = known_variables(settings)

    assert {"LINLI_OTHER_CITY", "LINLI_PORT"} <= known
