# SPDX-License-Identifier: MulanPSL-2.0
"""All measures of all communities over a year by each engine, from the same records: from scratch, after a day's changes, one community after one change.

Run it on a database of made-up records only: the day's changes are rows written again with the same content.
"""

import os
import time
from argparse import Namespace
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psycopg
from django.conf import settings

from bench import machine, results, serverlog
from linli.core import clock
from linli.core.sight import looking, of_all
from linli.measures.counts import Counts, count_all, count_leaves
from linli.measures.engines import spark, store
from linli.measures.engines.choosing import DUCKDB, SPARK, count_carried
from linli.measures.engines.portable import Source, all_sources
from linli.measures.models import Leaf
from linli.measures.periods import touched, window, year_of

FLOOR = Path(__file__).with_name("measures_floor.sql")
REGISTERS = Path(__file__).with_name("engines_registers.sql")
DAYS = 365
RECENT_DAYS, OLD_SHARE = 30, 20
"""A day's changes lie in the last 30 days' matters, but one in 20 anywhere (our choice: limits run out after a month)."""


class Bench:
    """The measurements of one run, as rows."""

    def __init__(self, options: Namespace) -> None:
        self.rows: list[results.Row] = []
        self.server = serverlog.ServerLog(Path(options.data)).postmaster()

    def timed(self, what: str, ask: Callable[[], Any], rounds: int = 1, counted: int = 0) -> Any:
        """Ask some times, keep the quickest, and what the last one answered."""
        best: tuple[float, machine.Used] | None = None
        found = None
        for _ in range(rounds):
            with machine.watched({"postgres": self.server, "python": os.getpid()}) as used:
                began = time.monotonic()
                found = ask()
                spent = time.monotonic() - began
            best = (spent, used) if best is None or spent < best[0] else best
        assert best is not None
        row: results.Row = {"what": what, "seconds": round(best[0], 2), "postgres_cpu_s": round(best[1].cpu["postgres"], 2),
                            "python_cpu_s": round(best[1].cpu["python"], 2), "others": best[1].others}
        if counted:
            row["rows"] = counted
            row["us_a_row"] = round((row["postgres_cpu_s"] + row["python_cpu_s"]) * 1e6 / counted, 3)
        self.rows.append(row)
        return found


def run(options: Namespace) -> None:
    """Measure, print, and fail when engines differ."""
    bench, moment = Bench(options), clock.now()
    year = window(year_of(clock.local(moment).year), moment)
    sources = all_sources()
    if options.households:
        with psycopg.connect(settings.OWNER_URL, autocommit=True, cursor_factory=psycopg.ClientCursor) as link:
            link.execute(REGISTERS.read_bytes(), year.parameters() | {"households": options.households})
    with psycopg.connect(settings.REPORT_URL, autocommit=True) as link, looking(of_all()):
        link.execute("set jit = off")
        sizes = {name: _one(link, f"select count(*) from {name}") for name in sources}
        total = sum(sizes.values())
        ours = bench.timed("PostgreSQL, all scans", lambda: count_all([year], moment), options.rounds, total)
        bench.timed("floor: one hand-written pass a table", lambda: _floor(link, sources, year.parameters()), options.rounds, total)
        bench.timed("one community, all its open periods", lambda: _one_community(moment), options.rounds)
        bench.timed("to Parquet, from nothing", store.carry, counted=total)
        bench.timed("to Parquet, nothing changed", store.carry, counted=total)
        _a_day(sizes["matters_matter"])
        brought = bench.timed("to Parquet, a day's changes", store.carry, counted=total)
        theirs = bench.timed("DuckDB, all scans", lambda: count_carried([year], moment, DUCKDB), options.rounds, total)
        _refuse_difference(ours, theirs, DUCKDB)
        if options.spark and not spark.lacking():
            theirs = bench.timed("Spark, start and all scans", lambda: count_carried([year], moment, SPARK), 1, total)
            _refuse_difference(ours, theirs, SPARK)
    bench.rows[-1]["note"] = f"{brought.changed} slices, {brought.rows} rows again; {_megabytes()} MB of files"
    results.show(f"engines over {total:,} rows ({sizes['matters_matter']:,} matters), {len({key[1] for key in ours.pairs}):,} communities", bench.rows, options.out)


def _one(link: "psycopg.Connection[Any]", sql: str) -> int:
    found = link.execute(sql.encode()).fetchone()
    return int(found[0]) if found else 0


def _floor(link: "psycopg.Connection[Any]", sources: dict[str, Source], seen: dict[str, Any]) -> None:
    """The matters by hand with as many counts as there are figures, every other table once by its number of a thousand."""
    link.execute(FLOOR.read_bytes(), seen).fetchall()
    for name, source in sources.items():
        if name != "matters_matter":
            link.execute(f"select t.{source.key} / 1000, count(*) from {name} t where {source.condition} group by 1".encode()).fetchall()


def _one_community(moment: Any) -> None:
    leaf = Leaf.objects.order_by("area").values_list("area", flat=True)[Leaf.objects.count() // 2]
    count_leaves([leaf], [window(one, moment) for one in touched(moment, year_of(clock.local(moment).year).start)], moment)


def _a_day(matters: int) -> None:
    """Write a day's share of the matters again, most of them recent."""
    many = matters // DAYS
    with psycopg.connect(settings.OWNER_URL, autocommit=True) as link:
        newest = _one(link, "select max(id) from matters_matter")
        recent = max(1, matters * RECENT_DAYS // DAYS)
        link.execute("update matters_matter set version = version where id in (select id from matters_matter where id > %s order by hashint8(id) limit %s)"
                     " or id in (select id from matters_matter order by hashint8extended(id, 7) limit %s)",
                     [newest - recent, many, max(1, many // OLD_SHARE)])


def _refuse_difference(ours: Counts, theirs: Counts, engine: str) -> None:
    wrong = [key for key in set(ours.pairs) | set(theirs.pairs) if ours.pairs.get(key) != theirs.pairs.get(key)]
    if wrong or ours.next_at != theirs.next_at:
        raise SystemExit(f"{engine} differs from PostgreSQL in {len(wrong)} figures: {wrong[:3]}")


def _megabytes() -> int:
    return sum(one.stat().st_size for one in store.folder().glob("*.parquet")) >> 20
