# SPDX-License-Identifier: MulanPSL-2.0
"""The files of made-up residents: as many as asked, the same again, wrong exactly where the list says so."""

import csv
from datetime import date
from pathlib import Path

import pytest

from bench import people
from linli.elements.registers.checks import person_numbers

DAY = date(2026, 11, 23)


@pytest.fixture
def written(tmp_path: Path) -> Path:
    people.write(tmp_path, 4_000, seed=3, today=DAY, lines=1_500, processes=1)
    return tmp_path


def read(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_so_many_residents_come_in_files_of_so_many_lines(written: Path) -> None:
    counts = [len(read(one)) for one in sorted(written.glob("residents-*.csv"))]

    assert counts == [1_500, 1_500, 1_000]


def test_the_list_names_every_wrong_number_and_no_right_one(written: Path) -> None:
    listed = {(one["file"], int(one["line"])) for one in read(written / "faults.csv") if one["fault"] in ("number_check_sign", "number_length", "number_no_day")}
    found = {(path.name, line) for path in written.glob("residents-*.csv") for line, one in enumerate(read(path), start=2)
             if one["证件号码"] and person_numbers.fault(one["证件号码"], today=DAY) is not None}

    assert found == listed
    assert listed


def test_the_same_seed_writes_the_same_bytes(written: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    again = tmp_path_factory.mktemp("again")
    people.write(again, 4_000, seed=3, today=DAY, lines=1_500, processes=1)

    assert [one.read_bytes() for one in sorted(again.iterdir())] == [one.read_bytes() for one in sorted(written.iterdir())]


def test_every_kind_of_fault_is_planted() -> None:
    planted = {fault for _, told in people.chunk(1, 3, DAY) for _, fault in told}

    assert planted == set(people.FAULTS)
