# SPDX-License-Identifier: MulanPSL-2.0
"""Map tiles as the desk asks for them: by scope and choice over all zooms, beside the bare SQL of the same tiles."""

import http.client
import os
import time
from argparse import Namespace
from collections.abc import Sequence
from pathlib import Path

import psycopg

from bench import machine, results, serverlog, sites
from bench.inbox import SCOPES, database_time, password_of
from bench.loads import percentile
from linli.elements.mercator import tile_at
from linli.matters.mapping import densities

POSITIONS = Path(__file__).with_name("positions.sql")
ZOOMS = range(9, 19)
SPOTS = 12
"""Places looked at in each scope; each at every zoom."""
CHOICES = {"open": "state=open", "30 days": "state=all&period=month", "year": "state=all&period=year"}
POINTS = """select lon_e6, lat_e6 from matters_matter where area >= %s and area < %s and cell is not null order by hashint8extended(id, 11) limit %s"""


def run(options: Namespace) -> None:
    """Put positions where there are none, count the densities, then time every tile at one client; the least of nothing: all times count."""
    log = serverlog.ServerLog(Path(options.data), Path(options.server_log) if options.server_log else None)
    password = password_of()
    name, matters = _positions()
    began = time.monotonic()
    rows: list[results.Row] = [{"scope": "the night's count", "tiles": densities.count(), "seconds": round(time.monotonic() - began, 1)}]
    with sites.serving("linli.config.wsgi:application", options.port) as site:
        for scope, account in SCOPES.items():
            cookie = sites.cookie_of(site.port, account, password)
            for choice, query in CHOICES.items():
                rows.append(_measure(scope, choice, query, site, cookie, options, log, name))
    worst = max(row["p95"] for row in rows if "p95" in row)
    results.show(f"tiles of {matters:,} matters, zooms {ZOOMS[0]} to {ZOOMS[-1]}: ms at one client (goal: p95 under 50; worst here {worst})", rows, options.out)


def _positions() -> tuple[str, int]:
    """The database's name and how many matters it holds; all of them with a position afterwards."""
    with psycopg.connect(os.environ["LINLI_DATABASE_OWNER_URL"], autocommit=True) as connection:
        row = connection.execute("select count(*), count(cell) from matters_matter").fetchone()
        assert row
        if row[0] and not row[1]:
            print("Putting positions on the matters …", flush=True)
            with connection.transaction():
                connection.execute(POSITIONS.read_text(encoding="utf-8"))
            connection.execute("vacuum (analyze) matters_matter")
        return connection.info.dbname, int(row[0])


def _paths(scope: str, query: str) -> dict[str, int]:
    """The addresses of tiles around matters of the scope, with their zoom."""
    with psycopg.connect(os.environ["LINLI_DATABASE_OWNER_URL"]) as connection:
        held = connection.execute("select pl.lo, pl.hi from elements_account a join elements_post p on p.account_id = a.id join elements_place pl on pl.id = p.place_id "
                                  "where a.username = %s", [SCOPES[scope]]).fetchone()
        assert held
        points = connection.execute(POINTS, [*held, SPOTS]).fetchall()
    tiles = [tile_at(lon, lat, z) for z in ZOOMS for lon, lat in points]
    return {f"/desk/map/tiles/{one.z}/{one.x}/{one.y}?{query}": one.z for one in tiles}


def _measure(scope: str, choice: str, query: str, site: sites.Site, cookie: str, options: Namespace, log: serverlog.ServerLog, name: str) -> results.Row:
    paths = _paths(scope, query)
    headers = {"Cookie": cookie}
    _timed(site.port, list(paths), headers)
    with machine.watched({"web": site.pid, "postgres": log.postmaster()}) as used:
        found = [(path, *seen) for _ in range(options.rounds) for path, seen in zip(paths, _timed(site.port, list(paths), headers), strict=True)]
    times = sorted(one[1] for one in found)
    by_zoom = {z: percentile(sorted(one[1] for one in found if paths[one[0]] == z), 95) for z in ZOOMS}
    slowest = max(by_zoom, key=lambda z: by_zoom[z])
    floors = [_floor(site.port, next(path for path in paths if paths[path] == z), headers, log, name) for z in (ZOOMS[0], 13, ZOOMS[-1])]
    sizes = sorted(one[2] for one in found)
    bare = sum(ms for ms, _ in floors) / len(floors)
    whole = sum(min(one[1] for one in found if one[0] == next(path for path in paths if paths[path] == z)) for z in (ZOOMS[0], 13, ZOOMS[-1])) / len(floors)
    return {"scope": scope, "choice": choice, "tiles": len(paths), "p50": round(percentile(times, 50), 1), "p95": round(percentile(times, 95), 1),
            "worst_zoom": slowest, "p95_there": round(by_zoom[slowest], 1), "kb_p95": round(percentile([float(one) for one in sizes], 95) / 1024, 1), "sql": floors[0][1],
            "bare_sql_ms": round(bare, 1), "of_bare": round(whole / max(bare, 0.1), 1), "web_cpu_ms": round(used.cpu["web"] * 1000 / len(found), 1),
            "postgres_cpu_ms": round(used.cpu["postgres"] * 1000 / len(found), 1), "others": used.others}


def _timed(port: int, paths: Sequence[str], headers: dict[str, str]) -> list[tuple[float, int]]:
    """Milliseconds and bytes of each tile over one connection. RuntimeError for an answer that is no tile."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    found = []
    for path in paths:
        began = time.monotonic()
        connection.request("GET", path, headers=headers)
        answer = connection.getresponse()
        size = len(answer.read())
        if answer.status != 200:
            raise RuntimeError(f"{path} answers {answer.status}.")
        found.append(((time.monotonic() - began) * 1000, size))
    connection.close()
    return found


def _floor(port: int, path: str, headers: dict[str, str], log: serverlog.ServerLog, name: str) -> tuple[float, int]:
    """Milliseconds of the tile's own statements run alone, and how many there are."""
    with log.listening(name, sites.WEB) as said:
        sites.ask(port, path, headers=headers)
    return database_time(said.statements), said.asked
