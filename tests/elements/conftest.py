# SPDX-License-Identifier: MulanPSL-2.0
"""A small city cut from the shipped files, and people with posts in it."""

import csv
import io
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest

import linli.elements
from linli.core.actions import run
from linli.core.sight import Actor
from linli.core.system_actors import system_actor
from linli.elements.actors import actor_of_post

SEEDS = Path(linli.elements.__file__).parent / "seeds"
CITY, HEPING, QUANYECHANG = 120000000000000, 120101000000000, 120101001000000
REUSED = "120104001017"


def cut(name: str, *prefixes: str) -> str:
    """The lines of a shipped file whose code starts with one of the prefixes, and the city's own."""
    rows = list(csv.DictReader(io.StringIO((SEEDS / name).read_text("utf-8-sig"))))
    first = next(iter(rows[0]))
    column = "code" if "code" in rows[0] else first
    kept = [row for row in rows if row[column] in ("12", "120104") or row[column].startswith(prefixes)]
    out = io.StringIO()
    writer = csv.DictWriter(out, fieldnames=list(rows[0]))
    writer.writeheader()
    writer.writerows(kept)
    return out.getvalue()


def small_city() -> dict[str, Any]:
    """What `place.load` is given for 和平区 and one street of 南开区."""
    return {"divisions": cut("tianjin_divisions.csv", "120101", "120104001"), "changes": cut("tianjin_division_changes.csv", "120101", "120104001"),
            "state": date(2023, 6, 30)}


@pytest.fixture
def city(db: None) -> dict[str, Any]:
    """The small city, loaded; the answer of the load."""
    return run("place.load", system_actor("installer"), small_city())


@pytest.fixture
def person(city: dict[str, Any]) -> Callable[..., Actor]:
    """Makes an account with a post and gives its actor."""

    def make(username: str, role: str, area: int, organisation: int | None = None) -> Actor:
        installer = system_actor("installer")
        made = run("account.add", installer, {"username": username, "name": f"甲{username}"})
        post = run("post.give", installer, {"account": made["account"], "role": role, "area": area, "organisation": organisation})
        actor = actor_of_post(post["post"])
        assert actor is not None
        return actor

    return make


@pytest.fixture
def sysadmin(person: Callable[..., Actor]) -> Actor:
    """The only administrator."""
    return person("root1", "sysadmin", CITY)
