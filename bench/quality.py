# SPDX-License-Identifier: MulanPSL-2.0
"""Counting the quality of what lies in the database: one community, one street, the whole city; and the pages' own questions afterwards."""

import time
from argparse import Namespace
from collections.abc import Callable
from pathlib import Path
from typing import Any

from django.db import connection

from bench import machine, results, serverlog
from linli.core.sight import looking, of_all, of_place
from linli.elements import places
from linli.elements.models import Person
from linli.elements.quality import mending, reckoning

FIGURE = "person.completeness.phone"
FLOOR = "select area, count(*), count(phone_index) from elements_person group by 1"


def run(options: Namespace) -> None:
    """Count the widest-peopled community, its street and the city, beside one scan of the people alone."""
    trees = {"postgres": serverlog.ServerLog(Path(options.data)).postmaster()}
    community = _peopled()
    street = community - community % 1_000_000
    parts: dict[str, Callable[[], object]] = {
        "floor: one scan of people": _floor, "community": lambda: reckoning.measure(community, community + 1_000),
        "street": lambda: reckoning.measure(street, street + 1_000_000), "city": reckoning.measure_city,
        "rows of a community": lambda: _rows(community, community + 1_000), "rows of the city": lambda: _rows(*_whole())}
    found = [_timed(name, part, trees) for name, part in parts.items()]
    results.show(f"quality of {_count():,} people (goal: a night's count under 20 minutes at 13.6 million; our choice)", found, options.out)


def _timed(name: str, part: Callable[[], object], trees: dict[str, int]) -> dict[str, Any]:
    with machine.watched(trees) as used:
        began = time.monotonic()
        part()
        spent = time.monotonic() - began
    return {"part": name, "seconds": round(spent, 3), "python_cpu": used.cpu["load"], "postgres_cpu": used.cpu["postgres"], "others": used.others}


def _peopled() -> int:
    with looking(of_all(), read_only=True), connection.cursor() as cursor:
        cursor.execute("select area - area % 1000 from elements_person group by 1 order by count(*) desc, 1 limit 1")
        return int(cursor.fetchone()[0])


def _count() -> int:
    with looking(of_all(), read_only=True):
        return Person.objects.count()


def _floor() -> None:
    with looking(of_all(), read_only=True), connection.cursor() as cursor:
        cursor.execute(FLOOR)
        cursor.fetchall()


def _whole() -> tuple[int, int]:
    city = places.city()
    return city.lo, city.hi


def _rows(lo: int, hi: int) -> None:
    with looking(of_place(lo, hi), read_only=True):
        mending.to_mend(mending.figure_of(FIGURE), lo, hi)
