# SPDX-License-Identifier: MulanPSL-2.0
"""Residents coming in from files by the actions of the screens, beside COPY of the same stored bytes into tables with the same indexes and rows."""

import csv
import multiprocessing
import os
import re
import tempfile
import threading
import time
from argparse import Namespace
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.db import connection, connections

from bench import floors, machine, people, results, serverlog
from linli.core.actions import run as act
from linli.core.fields import Received
from linli.core.sight import Actor, looking, of_all
from linli.elements import places
from linli.elements.actors import actor_of_post
from linli.elements.intakes import working
from linli.elements.models import Intake, IntakeBatch, Post

STREET = 45_000
"""Lines of a file: a street of the city has about 55,000 residents."""
GOAL_SECONDS, GOAL_MB, GOAL_RATIO = 60, 1_500, 3
DIVISION = "社区"
CHUNKS = re.compile(r"^bench-([0-9]+)-([0-9]+)\.csv$")
EVERY = 0.5


@dataclass
class File:
    """One file, the post that brings it and the street it is for."""

    path: Path
    area: int
    post: int


@dataclass
class Told:
    """What one process that worked through files has to say."""

    cpu: dict[str, float] = field(default_factory=dict)
    seconds: dict[str, float] = field(default_factory=dict)
    counts: Counter[str] = field(default_factory=Counter)


def run(options: Namespace) -> None:
    """Fill the registers with `--populate` residents first if asked, then time `--rows` more; then the floor over what they left."""
    with tempfile.TemporaryDirectory(prefix="linli-bench-") as folder:
        if options.populate:
            files, made = _written(Path(folder), options.populate)
            _report("populating: ", _timed(files, options), made, options)
            _emptied(files)
        files, made = _written(Path(folder), options.rows)
        since = _marks()
        spent, peak = _report("", _timed(files, options), made, options)
        _emptied(files)
        rows, seconds, cpu = floors.copied(since, _server(options))
        results.show("floor: COPY of the same stored bytes into tables with the same indexes and rows", rows, options.out)
        results.show("beside the floor", [{
            "intake_seconds": round(spent.wall, 1), "copy_seconds": round(seconds, 1), "times_on_the_wall": round(spent.wall / seconds, 2),
            "intake_cpu": round(sum(spent.cpu.values()), 1), "copy_cpu": round(cpu, 1), "times_in_cpu": round(sum(spent.cpu.values()) / cpu, 2),
            "goal_times": GOAL_RATIO, "goal_seconds_a_million": GOAL_SECONDS, "seconds_a_million": round(spent.wall * 1e6 / made, 1),
            "peak_mb": peak, "goal_mb": GOAL_MB}], options.out)


def _server(options: Namespace) -> int:
    return serverlog.ServerLog(Path(options.data)).postmaster()


def _written(folder: Path, rows: int) -> tuple[list[File], int]:
    """Files of so many residents, one a street with a chunk of people for each of its communities; streets in turn from where the last bench ended."""
    heads = (DIVISION, *people.headings())
    with looking(of_all(), read_only=True):
        found = [CHUNKS.match(name) for name in Intake.objects.filter(file_name__startswith="bench-").values_list("file_name", flat=True)]
        before = [int(one[2]) for one in found if one]
    chunk, number, made, files = max(before, default=0) + 1, len(before), 0, []
    streets = _streets()
    _let_go()
    with multiprocessing.get_context("fork").Pool(len(os.sched_getaffinity(0))) as pool:
        while made < rows:
            area, post, communities = streets[number % len(streets)]
            wanted = min(STREET, rows - made)
            lines, first = [], chunk
            drawn = pool.imap(people.drawn, ((one, people.SEED, people.DAY) for one in range(chunk, chunk + wanted // 2_000 + 2)))
            for told in drawn:
                code = communities[(chunk - first) % len(communities)]
                lines += [(code, *line) for line, _ in told]
                chunk += 1
                if len(lines) >= wanted:
                    break
            path = folder / f"bench-{first}-{chunk - 1}.csv"
            with path.open("w", encoding="utf-8", newline="") as file:
                out = csv.writer(file)
                out.writerow(heads)
                out.writerows(lines[:wanted])
            files.append(File(path, area, post))
            made, number = made + wanted, number + 1
            list(drawn)
    return files, made


def _streets() -> list[tuple[int, int, list[str]]]:
    """Streets with their communities, and a post that may bring files for each: the demonstration's district officer gets one in every district."""
    officer = Post.objects.filter(role="district").order_by("id").first()
    if officer is None:
        raise SystemExit("Nobody here may bring a file for a district. Use a home with the demonstration: bench/README.md")
    posts = []
    for place in places.places_within(0, 10**15, level="district"):
        held, _ = Post.objects.get_or_create(role="district", account=officer.account, organisation=officer.organisation, place_id=place.id,
                                             defaults={"valid_from": officer.valid_from})
        posts.append((place, int(held.pk)))
    found = []
    for street in places.places_within(0, 10**15, level="street"):
        communities = [str(one.area) for one in places.places_within(street.lo, street.hi, level="community")]
        post = next((number for place, number in posts if place.lo <= street.lo and street.hi <= place.hi), None)
        if post is not None and communities:
            found.append((street.area, post, communities))
    return found


def _timed(files: Sequence[File], options: Namespace) -> tuple[machine.Used, Told, int]:
    """Work through the files in several processes, each as the worker would; the peak is the memory of all of them."""
    _let_go()
    context = multiprocessing.get_context("fork")
    waiting, said = context.Queue(), context.Queue()
    for one in files:
        waiting.put(one)
    hands = [context.Process(target=_hand, args=(waiting, said)) for _ in range(options.workers)]
    for _ in hands:
        waiting.put(None)
    with machine.watched({"postgres": _server(options)}) as used:
        for hand in hands:
            hand.start()
        with _sampled([hand.pid or 0 for hand in hands]) as peak:
            every: list[Told | str] = [said.get() for _ in hands]
        for hand in hands:
            hand.join()
    whole = Told()
    for told in every:
        if isinstance(told, str):
            raise SystemExit(f"A file did not go in: {told}")
        for name, spent in told.cpu.items():
            whole.cpu[name] = whole.cpu.get(name, 0.0) + spent
            whole.seconds[name] = whole.seconds.get(name, 0.0) + told.seconds[name]
        whole.counts.update(told.counts)
    return used, whole, max(peak)


def _let_go() -> None:
    """No connection is carried into a forked process."""
    connections.close_all()
    connection.close_pool()  # type: ignore[attr-defined]


def _hand(waiting: Any, said: Any) -> None:
    told = Told()
    try:
        while (one := waiting.get()) is not None:
            _bring(one, told)
        said.put(told)
    except BaseException as error:
        said.put(repr(error))
        raise


def _bring(file: File, told: Told) -> None:
    """One file from the upload to the end, as the screens do it."""
    actor = actor_of_post(file.post)
    assert actor is not None
    with _noted("receive", told):
        number = act("intake.receive", actor, {"sheet": "residents", "area": file.area, "file": Received(file.path.name, file.path.read_bytes())})["intake"]
    with _noted("check", told):
        working.work(number)
    _expect(number, actor, "checked")
    with _noted("take", told):
        act("intake.take", actor, {"intake": number})
        working.work(number)
    ended = _expect(number, actor, "taken")
    told.counts.update({name: count for name, count in ended.counts.items() if isinstance(count, int) and "." not in name})
    told.counts["files"] += 1


def _expect(number: int, actor: Actor, state: str) -> Intake:
    with looking(of_all(), read_only=True):
        found = Intake.objects.get(pk=number)
    if found.state != state:
        raise RuntimeError(f"Intake {number} is {found.state}, not {state}: {found.trouble} {found.headings}")
    return found


@contextmanager
def _noted(name: str, told: Told) -> Iterator[None]:
    cpu, began = time.process_time(), time.monotonic()
    yield
    told.cpu[name] = told.cpu.get(name, 0.0) + time.process_time() - cpu
    told.seconds[name] = told.seconds.get(name, 0.0) + time.monotonic() - began


@contextmanager
def _sampled(processes: Sequence[int]) -> Iterator[list[int]]:
    """The memory of the processes together, looked at now and then."""
    found, ended = [0], threading.Event()

    def look() -> None:
        while not ended.wait(EVERY):
            found.append(sum(machine.memory_of(one) for one in processes))

    looking_on = threading.Thread(target=look)
    looking_on.start()
    try:
        yield found
    finally:
        ended.set()
        looking_on.join()


def _report(title: str, timed: tuple[machine.Used, Told, int], made: int, options: Namespace) -> tuple[machine.Used, int]:
    used, told, peak = timed
    rows: list[results.Row] = [{"part": name, "seconds": round(told.seconds[name], 1), "python_cpu": round(told.cpu[name], 1),
                                "python_cpu_a_million": round(told.cpu[name] * 1e6 / made, 1)} for name in ("receive", "check", "take")]
    rows.append({"part": f"all, {options.workers} workers", "seconds": round(used.wall, 1), "python_cpu": round(sum(told.cpu.values()), 1),
                 "python_cpu_a_million": round(sum(told.cpu.values()) * 1e6 / made, 1), "postgres_cpu": used.cpu["postgres"],
                 "postgres_cpu_a_million": round(used.cpu["postgres"] * 1e6 / made, 1), "rows_per_second": int(made / used.wall), "peak_mb": peak,
                 "others": used.others})
    results.show(f"{title}{made:,} residents in {told.counts['files']} files of streets: {dict(told.counts)}", rows, options.out)
    used.cpu["load"] = sum(told.cpu.values())
    return used, peak


def _marks() -> int:
    """The last stretch before."""
    with looking(of_all(), read_only=True):
        return IntakeBatch.objects.order_by("-id").values_list("pk", flat=True).first() or 0


def _emptied(files: Sequence[File]) -> None:
    for one in files:
        one.path.unlink()
