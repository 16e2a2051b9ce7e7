# SPDX-License-Identifier: MulanPSL-2.0
"""Reports through HTTP at 1, 8 and 32 clients, beside a plain view with the very same row inserts and beside three inserts."""

import json
import os
import secrets
import tempfile
import time
from argparse import Namespace
from pathlib import Path
from typing import Any

import psycopg

from bench import loads, machine, recordings, results, serverlog, sites

FLOOR_SECONDS = 20.0
"""Floors need no ten minutes: nothing queues up behind them."""
EMPTY_WITHIN = 30
"""Seconds after the load in which the due table has to be empty (issue 2)."""
FLOORS = Path(__file__).with_name("floors.sql")


def sample(connection: "psycopg.Connection[Any]") -> dict[str, Any]:
    """A category and a community that exist, for the bodies of all three."""
    category = connection.execute("select c.id from matters_category c where c.kind = 'grid_event' and c.code = '06010'").fetchone()
    area = connection.execute("select place_area from elements_place where level = 'community' and valid_to is null and not is_virtual order by 1 limit 1").fetchone()
    assert category
    assert area
    return {"category": category[0], "area": area[0], "summary": "楼道堆放杂物影响通行，居民反映多次，请尽快处理"}


def record(port: int, body: dict[str, Any], log: serverlog.ServerLog, database: str) -> tuple[recordings.Recording, serverlog.Said]:
    """Send one report alone and take down what the server logged of it."""
    for _ in range(3):
        _report(port, body, secrets.token_hex(8))
    key = secrets.token_hex(8)
    with log.listening(database, sites.WEB) as said:
        answer = _report(port, body, key)
    return recordings.recorded(said.statements, int(answer["number"].removeprefix("LL")), key), said


def _report(port: int, body: dict[str, Any], key: str) -> dict[str, Any]:
    headers = {"Content-Type": "application/json", "Idempotency-Key": key}
    status, text, _ = sites.ask(port, "/api/v1/actions/matter.report", method="POST", body=json.dumps(body).encode(), headers=headers)
    if status != 200:
        raise RuntimeError(f"The report was answered {status}: {text[:300].decode(errors='replace')}")
    found: dict[str, Any] = json.loads(text)
    return found


def run(options: Namespace) -> None:
    """Measure and print; the three sites are served one after the other, on the same port, in the same way."""
    log = serverlog.ServerLog(Path(options.data), Path(options.server_log) if options.server_log else None)
    owner = os.environ["LINLI_DATABASE_OWNER_URL"]
    with psycopg.connect(owner, autocommit=True) as connection:
        body = sample(connection)
        for text in FLOORS.read_text(encoding="utf-8").split(";\n"):
            if text.strip():
                connection.execute(text)
        name = connection.info.dbname
        rows, said, recording = _ours(options, body, log, name)
        print(f"one report: {said.asked} statements and {said.control} of transaction control in {said.trips} messages", flush=True)
        left = _due_left(connection)
        with tempfile.TemporaryDirectory() as folder:
            file = Path(folder) / "recorded.json"
            recording.write(file)
            rows += _floors(options, body, file, owner, log)
        connection.execute("drop table bench_audit, bench_status, bench_report")
    _ratios(rows)
    results.show(f"reports: p50 and p95 in ms; {said.asked} statements a report; due rows left {EMPTY_WITHIN} s after the load: {left}", rows, options.out)


def _ours(options: Namespace, body: dict[str, Any], log: serverlog.ServerLog, name: str) -> tuple[list[results.Row], serverlog.Said, recordings.Recording]:
    request = loads.Request("/api/v1/actions/matter.report", "POST", json.dumps(body, ensure_ascii=False), {"Idempotency-Key": "{{hex}}{{hex}}"})
    with sites.serving("linli.config.wsgi:application", options.port) as site:
        recording, said = record(site.port, body, log, name)
        with sites.working() as worker:
            rows = [_measure("linli", site, request, clients, options, {"web": site.pid, "worker": worker, "postgres": log.postmaster()}) for clients in options.clients]
            time.sleep(EMPTY_WITHIN)
    return rows, said, recording


def _floors(options: Namespace, body: dict[str, Any], file: Path, owner: str, log: serverlog.ServerLog) -> list[results.Row]:
    facts = psycopg.conninfo.conninfo_to_dict(owner)
    database = {"ENGINE": "django.db.backends.postgresql", "HOST": facts.get("host", ""), "PORT": facts.get("port", ""), "NAME": facts.get("dbname", ""),
                "USER": facts.get("user", ""), "PASSWORD": facts.get("password", ""), "OPTIONS": {"pool": {"min_size": 4, "max_size": 8}}}
    environment = {"BENCH_RECORDED": str(file), "BENCH_DATABASE": json.dumps(database), "DJANGO_SETTINGS_MODULE": ""}
    text = json.dumps(body, ensure_ascii=False)
    short = Namespace(**vars(options) | {"seconds": min(options.seconds, FLOOR_SECONDS)})
    rows = []
    with sites.serving("bench.plain:application", options.port, environment=environment) as site:
        for name, address in (("recorded inserts", "/recorded"), ("three inserts", "/three")):
            request = loads.Request(address, "POST", text)
            rows += [_measure(name, site, request, clients, short, {"web": site.pid, "postgres": log.postmaster()}) for clients in options.clients]
    return rows


def _measure(name: str, site: sites.Site, request: loads.Request, clients: int, options: Namespace, trees: dict[str, int]) -> results.Row:
    loads.run(site.port, request, clients=clients, seconds=2)
    with machine.watched(trees) as used:
        found = loads.run(site.port, request, clients=clients, seconds=options.seconds)
    each = {f"{part}_cpu_ms": round(spent * 1000 / max(found.good, 1), 2) for part, spent in used.cpu.items()}
    return {"what": name, "clients": clients, "per_second": round(found.per_second, 1), "p50": found.p50_ms, "p95": found.p95_ms,
            "wrong": found.wrong + found.lost, **each, "busy": used.busy, "others": used.others, "load_before": round(used.load_before, 1), "by": found.by}


def _due_left(connection: "psycopg.Connection[Any]") -> int:
    found = connection.execute("select count(*) from core_due where at <= now()").fetchone()
    return int(found[0]) if found else 0


def _ratios(rows: list[results.Row]) -> None:
    """Beside each of ours: its share of what the two floors reach with as many clients, and of their processor time.

    The share by processor time (web and database of the floor by ours) is the one that other work on the machine moves least.
    """
    reached = {(row["what"], row["clients"]): row["per_second"] for row in rows}
    spent = {(row["what"], row["clients"]): row["web_cpu_ms"] + row["postgres_cpu_ms"] for row in rows}
    for row in rows:
        if row["what"] == "linli":
            for name, short in (("recorded inserts", "of_recorded"), ("three inserts", "of_three")):
                floor = reached.get((name, row["clients"]), 0)
                row[short] = round(row["per_second"] / floor, 2) if floor else 0.0
            own = spent[("linli", row["clients"])]
            row["cpu_of_recorded"] = round(spent.get(("recorded inserts", row["clients"]), 0.0) / own, 2) if own else 0.0
