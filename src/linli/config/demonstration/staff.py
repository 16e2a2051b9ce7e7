# SPDX-License-Identifier: MulanPSL-2.0
"""Made-up people: surnames as common as in life, given names that say that nobody is meant."""

import csv
import random
from collections.abc import Iterator
from pathlib import Path

SURNAMES = Path(__file__).with_name("surnames.csv")
"""Surnames with their share in percent. Source: Faker 40.54.0, zh_CN (MIT)."""
FIRST = "示例演拟样试虚构"
"""Characters that mean sample, drill, fiction: no parent gives such a name."""
SECOND = "甲乙丙丁戊己庚辛壬癸子丑寅卯辰巳午未申酉戌亥"


def names(seed: int) -> Iterator[str]:
    """An endless stream of made-up names; the same seed gives the same stream."""
    chance = random.Random(f"{seed}/names")  # noqa: S311  names are drawn, not guarded
    surnames, weights = _surnames()
    while True:
        surname = chance.choices(surnames, weights)[0]
        yield surname + chance.choice(FIRST) + chance.choice(SECOND)


def _surnames() -> tuple[list[str], list[float]]:
    with SURNAMES.open(encoding="utf-8") as lines:
        rows = list(csv.DictReader(lines))
    return [row["surname"] for row in rows], [float(row["weight_percent"]) for row in rows]
