# SPDX-License-Identifier: MulanPSL-2.0
"""An import of requests of another system from the received file to the end, what follows it, and its withdrawal; each with its processor time."""

import json
import random
import time
from argparse import Namespace
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from shapely.geometry import shape

from bench import machine, results, serverlog
from linli.core import due
from linli.core.actions import run as act
from linli.core.fields import Received
from linli.core.sight import Actor
from linli.elements.actors import actor_of_post
from linli.elements.models import Boundary, Post
from linli.matters.foreign import files, working
from linli.matters.models import Category, ForeignImport

ADMINISTRATOR = "sysadmin"
"""The demonstration account that imports."""
MOST = 50_000
SEED = 11
OPEN_IN = 5
"""One request in so many is open (our choice: a city that moves has more behind it than before it)."""
NOTES = 3
GRIDS = 200
"""Requests lie around the middles of so many grids."""
TEXTS = ("pothole, dangerous", "street light out", "井盖破损，影响行人", "楼道堆放杂物", "垃圾没有清运，气味很大")


def run(options: Namespace) -> None:
    """Time every part of an import; it is withdrawn at the end. No worker may run meanwhile: it would do the parts first."""
    rows = min(options.rows, MOST)
    actor = actor_of_post(Post.objects.filter(account__username=ADMINISTRATOR).order_by("id")[0])
    assert actor is not None
    brought = _Brought(actor, json.dumps(_requests(rows), ensure_ascii=False).encode())
    trees = {"postgres": serverlog.ServerLog(Path(options.data)).postmaster()}
    parts: dict[str, Callable[[], object]] = {
        "receive": brought.receive, "look through": brought.work, "take in": brought.take_in, "what follows": _follow, "withdraw": brought.withdraw}
    found = [_timed(name, part, trees, rows) for name, part in parts.items()]
    ended = ForeignImport.objects.get(pk=brought.number)
    found.append({"part": "all", **{name: round(sum(row[name] for row in found), 2) for name in ("seconds", "python_cpu", "postgres_cpu")}})
    results.show(f"import of {rows:,} foreign requests, {len(brought.content) // 2**20} MB: {ended.state}, {ended.counts}", found, options.out)


class _Brought:
    """One import under a name of its own."""

    def __init__(self, actor: Actor, content: bytes) -> None:
        self.actor, self.content, self.number = actor, content, 0
        self.system = f"bench-{time.time_ns() // 1_000_000:x}"
        category = Category.objects.filter(kind="grid_event", is_public=True).order_by("-id")[0]
        act("foreign.map", actor, {"system": self.system, "code": "a", "name": "A", "category": category.pk})

    def receive(self) -> None:
        self.number = act("foreign.receive", self.actor, {"system": self.system, "file": Received("a.json", self.content)})["brought"]

    def work(self) -> None:
        working.work(self.number)
        files.forget()

    def take_in(self) -> None:
        act("foreign.start", self.actor, {"brought": self.number})
        self.work()

    def withdraw(self) -> None:
        act("foreign.withdraw", self.actor, {"brought": self.number})
        self.work()


def _follow() -> None:
    """All due work: jobs are put on the schedule, duplicates found, figures counted."""
    while due.drain():
        pass


def _requests(count: int) -> list[dict[str, Any]]:
    """Made-up requests with notes, near the middles of grids."""
    chance, now = random.Random(SEED), datetime.now(UTC)
    shapes = Boundary.objects.filter(place__level="grid").order_by("place__area").values_list("shape", flat=True)[:GRIDS]
    middles = [shape(one).representative_point() for one in shapes]
    return [_request(number, chance, now - timedelta(days=chance.randrange(30, 700)), chance.choice(middles)) for number in range(count)]


def _request(number: int, chance: random.Random, at: datetime, middle: Any) -> dict[str, Any]:
    notes = [{"datetime": (at + timedelta(days=day)).isoformat(), "summary": f"step {day}", "type": "activity"} for day in range(NOTES)]
    return {"service_request_id": f"b-{number}", "status": "closed" if number % OPEN_IN else "open", "service_code": "a", "service_name": "A",
            "description": f"{chance.choice(TEXTS)} {number % 97}", "requested_datetime": at.isoformat(), "address": f"{number % 301} N", "notes": notes,
            "updated_datetime": (at + timedelta(days=NOTES)).isoformat(), "lat": middle.y + chance.uniform(-2e-4, 2e-4), "long": middle.x + chance.uniform(-2e-4, 2e-4),
            "first_name": "A", "phone": f"139{number:08}"}


def _timed(name: str, part: Callable[[], object], trees: Mapping[str, int], rows: int) -> dict[str, Any]:
    with machine.watched(trees) as used:
        part()
    return {"part": name, "seconds": round(used.wall, 2), "python_cpu": used.cpu["load"], "postgres_cpu": used.cpu["postgres"],
            "python_ms_each": round(used.cpu["load"] * 1000 / rows, 3), "load_before": round(used.load_before, 1), "others": used.others}
