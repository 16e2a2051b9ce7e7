# SPDX-License-Identifier: MulanPSL-2.0
"""What a killed database leaves behind is told from a living one."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from launcher.leftovers import clear_pid_file, running_server, start_of


def write_pid(folder: Path, pid: int) -> None:
    (folder / "postmaster.pid").write_text(f"{pid}\n{folder}\n", "utf-8")


def test_a_pid_file_whose_number_now_belongs_to_another_program_is_stale(tmp_path: Path) -> None:
    write_pid(tmp_path, os.getpid())

    assert running_server(tmp_path) is None


def test_a_living_server_on_this_folder_is_found(tmp_path: Path) -> None:
    with subprocess.Popen([sys.executable, "-c", "print(flush=True); input()", str(tmp_path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as server:
        assert server.stdout is not None
        server.stdout.readline()
        write_pid(tmp_path, server.pid)

        assert running_server(tmp_path) == server.pid


@pytest.mark.parametrize("content", ["", "not a number\n", "999999999\n"])
def test_a_damaged_pid_file_names_no_server(tmp_path: Path, content: str) -> None:
    (tmp_path / "postmaster.pid").write_text(content, "utf-8")

    assert running_server(tmp_path) is None


def test_a_stale_pid_file_is_removed_when_no_child_is_left(tmp_path: Path) -> None:
    write_pid(tmp_path, 999999999)

    is_clear = clear_pid_file(tmp_path, name="linli-of-a-test")

    assert is_clear
    assert not (tmp_path / "postmaster.pid").exists()


def test_the_start_of_a_program_tells_it_from_a_later_one_with_its_number() -> None:
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as other:
        theirs, ours = start_of(other.pid), start_of(os.getpid())

    assert theirs != ours
    assert start_of(other.pid) is None
