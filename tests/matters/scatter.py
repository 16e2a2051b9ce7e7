# SPDX-License-Identifier: MulanPSL-2.0
"""Matters strewn over the cast's communities, planted at once; and the slow count that a map must agree with."""

import random
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

from linli.core import clock
from linli.core.sight import looking, of_all
from linli.elements.coordinates import cell
from linli.matters.mapping.choices import Choice
from linli.matters.models import Category, Matter
from tests.cast import COMMUNITY, COMMUNITY2, COMMUNITY3, FAR_COMMUNITY, GRID, Cast

WEST, SOUTH, SIDE = 117_190_000, 39_110_000, 12_000
AREAS = (COMMUNITY, GRID, COMMUNITY + 2, COMMUNITY2, COMMUNITY3, FAR_COMMUNITY)


def matter(cast: Cast, area: int, at: tuple[int, int] | None, **more: Any) -> Matter:
    """An unsaved matter at a position (longitude and latitude in millionths of a degree)."""
    now = clock.now()
    place = {"lon_e6": at[0], "lat_e6": at[1], "cell": cell(*at)} if at else {}
    return Matter(**{"area": area, "kind": "grid_event", "category_id": cast.category, "phase": "filed", "source": "patrol", "summary": "x", "own": {},
                     "occurred_at": now, "reported_at": now, "due_at": now + timedelta(days=2)} | place | more)


def strewn(cast: Cast, count: int, seed: int) -> list[Matter]:
    """So many matters of every phase, age and limit, one in eight without a position, some upon one another."""
    chance, now = random.Random(seed), clock.now()
    others = list(Category.objects.filter(kind="grid_event", is_public=True).values_list("id", flat=True))
    spots = [(WEST + chance.randrange(SIDE), SOUTH + chance.randrange(SIDE)) for _ in range(5)]
    made = []
    for _ in range(count):
        at = chance.choice(spots) if chance.random() < 0.2 else (WEST + chance.randrange(SIDE), SOUTH + chance.randrange(SIDE))
        made.append(matter(
            cast, chance.choice(AREAS), at if chance.random() < 0.875 else None, phase=chance.choice(("captured", "filed", "closed", "refused")),
            source=chance.choice(("resident", "patrol")), category_id=chance.choice(others), reported_at=now - timedelta(days=chance.randrange(500), hours=1),
            due_at=now + timedelta(days=chance.choice((-1, 1)))))
    plant(made)
    return made


def plant(rows: Iterable[Matter]) -> None:
    """Write them."""
    with looking(of_all()):
        Matter.objects.bulk_create(list(rows))


def fitting(rows: Sequence[Matter], choice: Choice, since: datetime | None) -> list[Matter]:
    """The slow way: each matter asked by itself whether it fits the choice (its place, state, source and period)."""
    now = clock.now()
    is_state = {"open": lambda row: is_open(row), "overdue": lambda row: is_open(row) and row.due_at < now,
                "ended": lambda row: not is_open(row), "all": lambda row: True}[choice.state]
    return [row for row in rows if choice.lo <= row.area < choice.hi and is_state(row) and choice.source in ("", row.source)
            and (since is None or row.reported_at >= since)]


def is_open(row: Matter) -> bool:
    """As the database generates it."""
    return row.phase in ("captured", "filed")
