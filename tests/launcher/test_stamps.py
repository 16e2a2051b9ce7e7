# SPDX-License-Identifier: MulanPSL-2.0
"""What a second start may skip."""

from pathlib import Path

from launcher.stamps import digest_of, is_done, write_stamp


def test_a_step_is_done_only_for_the_sources_it_was_done_for(tmp_path: Path) -> None:
    stamps = tmp_path / "done.json"

    write_stamp(stamps, "schema", digest="a")

    assert is_done(stamps, "schema", digest="a")
    assert not is_done(stamps, "schema", digest="b")


def test_a_forgotten_step_is_done_again(tmp_path: Path) -> None:
    stamps = tmp_path / "done.json"
    write_stamp(stamps, "schema", digest="a")

    write_stamp(stamps, "schema", digest=None)

    assert not is_done(stamps, "schema", digest="a")


def test_a_damaged_file_of_stamps_costs_time_and_nothing_else(tmp_path: Path) -> None:
    stamps = tmp_path / "done.json"
    stamps.write_text("{half", "utf-8")

    write_stamp(stamps, "schema", digest="a")

    assert is_done(stamps, "schema", digest="a")


def test_the_digest_changes_with_content_and_with_names(tmp_path: Path) -> None:
    (tmp_path / "a").write_text("1", "utf-8")
    before = digest_of([tmp_path / "a"], root=tmp_path)

    (tmp_path / "a").write_text("2", "utf-8")
    changed = digest_of([tmp_path / "a"], root=tmp_path)
    renamed = digest_of([(tmp_path / "a").rename(tmp_path / "b")], root=tmp_path)

    assert len({before, changed, renamed}) == 3
