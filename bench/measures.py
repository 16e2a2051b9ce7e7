# SPDX-License-Identifier: MulanPSL-2.0
"""All measures for all units over a year, beside one hand-written pass with as many conditional counts, and a bare count."""

import time
from argparse import Namespace
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psycopg
from django.conf import settings

from bench import machine, results, serverlog
from linli.core import clock
from linli.measures.compiler import whole_scan
from linli.measures.declarations import fact_sets, measures_of
from linli.measures.periods import window, year_of
from linli.measures.rebuilding import rebuild

FLOOR = Path(__file__).with_name("measures_floor.sql")


def run(options: Namespace) -> None:
    """Measure and print: the least of several rounds, all on the same connection and settings."""
    moment = clock.now()
    seen = window(year_of(clock.local(moment).year), moment).parameters()
    scans = [(fact.name, whole_scan(fact, chosen).sql(), len(chosen) * 2) for fact in fact_sets() if (chosen := measures_of(fact))]
    counts = sum(number for _, _, number in scans)
    log = serverlog.ServerLog(Path(options.data))
    rows: list[results.Row] = []
    with psycopg.connect(settings.REPORT_URL, autocommit=True) as connection:
        connection.execute("set jit = off")
        total = connection.execute("select count(*) from matters_matter").fetchone()
        matters = int(total[0]) if total else 0
        floor = FLOOR.read_text(encoding="utf-8")
        every = [(f"scan of {name}", sql, number) for name, sql, number in scans]
        every += [("floor: one pass", floor, floor.count("count(*) filter")), ("bare count(*)", "select count(*) from matters_matter", 1)]
        for name, sql, number in every:
            rows.append(_timed(name, lambda sql=sql: connection.execute(sql, seen).fetchall(), options.rounds, number, log))  # type: ignore[misc]
    whole = sum(row["seconds"] for row in rows if row["what"].startswith("scan"))
    floor_seconds = next(row["seconds"] for row in rows if row["what"].startswith("floor"))
    bare = rows[-1]["seconds"]
    rows.append({"what": "all measures", "seconds": round(whole, 3), "counts": counts, "rows": matters, "of_floor": round(whole / floor_seconds, 2),
                 "of_bare": round(whole / bare, 2)})
    if options.rebuild:
        began = time.monotonic()
        receipt = rebuild(str(clock.local(moment).year))
        rows.append({"what": "rebuild: year and its months, compared and kept", "seconds": round(time.monotonic() - began, 2), "rows": receipt.leaves})
    results.show(f"measures over {matters:,} matters (least of {options.rounds}; goal: at most 2 of the floor)", rows, options.out)


def _timed(name: str, ask: Callable[[], list[Any]], rounds: int, counts: int, log: serverlog.ServerLog) -> results.Row:
    best, found, used = 0.0, 0, machine.Used()
    for _ in range(rounds):
        with machine.watched({"postgres": log.postmaster()}) as seen:
            began = time.monotonic()
            found = len(ask())
            spent = time.monotonic() - began
        if not best or spent < best:
            best, used = spent, seen
    return {"what": name, "seconds": round(best, 3), "counts": counts, "rows": found, "postgres_cpu_s": used.cpu["postgres"], "others": used.others,
            "load_before": round(used.load_before, 1)}
