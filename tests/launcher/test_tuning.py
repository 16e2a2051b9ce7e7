# SPDX-License-Identifier: MulanPSL-2.0
"""The embedded database fits the machine and never risks its data."""

from pathlib import Path

import pytest

from launcher.tuning import configuration, settings

GIGABYTE = 1024**3


@pytest.mark.parametrize(("memory", "buffers"), [(GIGABYTE // 2, "128MB"), (8 * GIGABYTE, "2048MB"), (64 * GIGABYTE, "4096MB")])
def test_buffers_are_a_quarter_of_the_memory_and_at_most_four_gigabytes(memory: int, buffers: str) -> None:
    found = settings(memory=memory, shared_room=GIGABYTE, socket_folder=Path("/run/x"), name="linli-x")

    assert found["shared_buffers"] == buffers


def test_every_machine_gets_durable_writes_and_no_network_door() -> None:
    found = settings(memory=GIGABYTE, shared_room=0, socket_folder=Path("/run/x"), name="linli-x")

    assert {found[name] for name in ("fsync", "synchronous_commit", "full_page_writes")} == {"on"}
    assert found["listen_addresses"] == "''"
    assert found["wal_compression"] == "off"


def test_a_container_with_little_shared_memory_uses_files() -> None:
    small = settings(memory=GIGABYTE, shared_room=64 * 1024**2, socket_folder=Path("/run/x"), name="linli-x")
    roomy = settings(memory=GIGABYTE, shared_room=GIGABYTE, socket_folder=Path("/run/x"), name="linli-x")

    assert (small["dynamic_shared_memory_type"], roomy["dynamic_shared_memory_type"]) == ("mmap", "posix")


def test_the_administrators_own_file_is_read_last() -> None:
    text = configuration({"jit": "off"})

    assert text.splitlines()[-2:] == ["jit = off", "include_if_exists 'local.conf'"]


def test_the_log_of_the_server_repeats_no_statement_no_parameter_and_no_row() -> None:
    found = settings(memory=GIGABYTE, shared_room=0, socket_folder=Path("/run/x"), name="linli-x")

    assert found["log_min_error_statement"] == "panic"
    assert {found["log_parameter_max_length"], found["log_parameter_max_length_on_error"]} == {"0"}
    assert found["log_error_verbosity"] == "terse"
    assert not {"log_statement", "log_min_duration_statement"} & found.keys()
