# SPDX-License-Identifier: MulanPSL-2.0
"""A matter's life through HTTP: the list, the page with its history, and every step of the loop; times, statements, processor time, memory."""

import itertools
import json
import os
import secrets
import time
from argparse import Namespace
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

import psycopg
from django.db import connection

from bench import loads, machine, results, serverlog, sites
from linli.core.actions import run as act
from linli.elements.actors import system_actor
from linli.elements.models import Post

PEOPLE = ("dispatcher", "handler", "verifier")
"""Demonstration accounts of one street."""
MATTERS = 160
"""Matters that every step is made on: enough for a p95, few enough for the smallest database."""
EIGHT = 8


@dataclass(frozen=True)
class Stage:
    """Where the bench acts: the site, the tokens by account, the street's first community, the unit that handles."""

    site: sites.Site
    tokens: Mapping[str, str]
    community: int
    unit: int
    category: int


def steps(stage: Stage) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """The loop: action, who, and what is given beside number and version."""
    yield "matter.file", "dispatcher", {}
    yield "matter.dispatch", "dispatcher", {"unit": stage.unit, "note": "请尽快处理", "override": "现场距离近"}
    yield "matter.receive", "handler", {}
    yield "matter.handle", "handler", {"note": "已到现场清理"}
    yield "matter.reply", "handler", {"note": "已清理完毕，感谢反映。", "no_photo_reason": "夜间无光"}
    yield "matter.verify", "verifier", {"passed": True, "note": "现场合格"}
    yield "matter.close", "dispatcher", {}


def run(options: Namespace) -> None:
    """Measure and print: lists and pages by wrk or our own clients, steps by threads that know their matter's version."""
    log = serverlog.ServerLog(Path(options.data), Path(options.server_log) if options.server_log else None)
    with psycopg.connect(os.environ["LINLI_DATABASE_OWNER_URL"]) as link:
        name = link.info.dbname
        found = link.execute("select reltuples::bigint from pg_class where relname = 'matters_matter'").fetchone()
        matters = found[0] if found else 0
    with sites.serving("linli.config.wsgi:application", options.port) as site, sites.working() as worker:
        stage = _stage(site)
        trees = {"web": site.pid, "worker": worker, "postgres": log.postmaster()}
        rows = [_reading("list of 100", "/desk/inbox/?order=newest", stage, options, log, name, trees)]
        numbers = _reported(stage, MATTERS)
        rows += _moves(stage, numbers, log, name, trees)
        rows.append(_reading("page of one, closed, with history", f"/desk/matter/{numbers[0]}/", stage, options, log, name, trees))
        rows.append(_reading("the same by the API", f"/api/v1/matters/{numbers[0]}", stage, options, log, name, trees))
        memory = {"web": machine.memory_of(site.pid), "worker": machine.memory_of(worker)}
    results.show(f"one matter among about {matters:,}: ms (goals: list 40, page 20, step 30; statements: list 6, page 8); memory (PSS, MB): "
                 f"web {memory['web']}, worker {memory['worker']}, together {sum(memory.values())} (goal 400 with the supervisor)", rows, options.out)


def _stage(site: sites.Site) -> Stage:
    posts = {post.account.username: post for post in Post.objects.filter(account__username__in=PEOPLE).select_related("account", "place")}
    tokens = {name: str(act("token.make", system_actor("installer"), {"post": post.pk, "label": "bench", "days": 1})["secret"]) for name, post in posts.items()}
    street = posts["dispatcher"].place
    with connection.cursor() as cursor:
        cursor.execute("select place_area from elements_place where level = 'community' and place_area >= %s and place_area < %s order by 1 limit 1", [street.lo, street.hi])
        community = cursor.fetchone()[0]
        cursor.execute("select id from matters_category where kind = 'grid_event' and code = '06010'")
        category = cursor.fetchone()[0]
    connection.close()
    return Stage(site, tokens, int(community), posts["handler"].organisation_id or 0, int(category))


def _headers(stage: Stage, who: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {stage.tokens[who]}"} if who else {}


def _reading(what: str, path: str, stage: Stage, options: Namespace, log: serverlog.ServerLog, database: str, trees: Mapping[str, int]) -> results.Row:
    """One address at one client and at eight."""
    headers = _headers(stage, "dispatcher")
    if not path.startswith("/api/"):
        headers = {"Cookie": _cookie(stage)}
    for _ in range(5):
        status, _, _ = sites.ask(stage.site.port, path, headers=headers)
    if status != 200:
        raise RuntimeError(f"{path} answers {status}.")
    with log.listening(database, sites.WEB) as said:
        sites.ask(stage.site.port, path, headers=headers)
    request = loads.Request(path, headers=headers)
    one = loads.run(stage.site.port, request, clients=1, seconds=options.seconds)
    with machine.watched(trees) as used:
        many = loads.run(stage.site.port, request, clients=EIGHT, seconds=options.seconds)
    return {"what": what, "sql": said.asked, "control": said.control, "p50_1": one.p50_ms, "p95_1": one.p95_ms, "per_second_8": round(many.per_second, 1),
            "p95_8": many.p95_ms, **_each(used, many.good), "others": used.others, "wrong": one.wrong + many.wrong}


def _each(used: machine.Used, count: int) -> dict[str, float]:
    return {f"{part}_cpu_ms": round(spent * 1000 / max(count, 1), 2) for part, spent in used.cpu.items() if part != "load"}


def _cookie(stage: Stage) -> str:
    secrets_file = Path(os.environ.get("LINLI_SECRET_FILE") or Path(os.environ["LINLI_HOME"]) / "secrets.json")
    return sites.cookie_of(stage.site.port, "dispatcher", json.loads(secrets_file.read_text())["demo_password"])


def _reported(stage: Stage, count: int) -> list[str]:
    """So many new matters of the street, by eight reporters at a time."""
    body = {"category": stage.category, "area": stage.community, "summary": "楼道堆放杂物影响通行，请尽快处理"}
    answers, _ = _sent(stage, "matter.report", "", [body] * count, EIGHT)
    return [str(one["number"]) for one in answers]


def _moves(stage: Stage, numbers: Sequence[str], log: serverlog.ServerLog, database: str, trees: Mapping[str, int]) -> list[results.Row]:
    """Every step on every matter: half by one client, the first under the server's log when all processes are warm, half by eight."""
    versions = dict.fromkeys(numbers, 1)
    rows = []
    for action, who, more in steps(stage):
        fields = more if action != "matter.dispatch" else _dispatching(stage, numbers[0], more)
        half = len(numbers) // 2
        alone, times = _sent(stage, action, who, [_body(one, versions, fields) for one in numbers[1:half]], 1)
        with log.listening(database, sites.WEB) as said:
            first, _ = _sent(stage, action, who, [_body(numbers[0], versions, fields)], 1)
        with machine.watched(trees) as used:
            together, crowded = _sent(stage, action, who, [_body(one, versions, fields) for one in numbers[half:]], EIGHT)
        for answer in (*first, *alone, *together):
            versions[str(answer["number"])] = int(answer["version"])
        rows.append({"what": action, "sql": said.asked, "control": said.control, "p50_1": _at(times, 50), "p95_1": _at(times, 95),
                     "per_second_8": round(len(crowded) / max(used.wall, 0.001), 1), "p95_8": _at(crowded, 95), **_each(used, len(crowded)), "others": used.others,
                     "wrong": 0})
    return rows


def _body(number: str, versions: Mapping[str, int], fields: Mapping[str, Any]) -> dict[str, Any]:
    return {"number": number, "version": versions[number]} | dict(fields)


def _dispatching(stage: Stage, number: str, more: dict[str, Any]) -> dict[str, Any]:
    """What the action takes of it: names of fields that this version does not know are left out."""
    _, text, _ = sites.ask(stage.site.port, "/api/openapi.json")
    known = text.decode()
    return {name: value for name, value in more.items() if f'"{name}"' in known}


def _at(times: Sequence[float], share: int) -> float:
    return round(loads.percentile(sorted(times), share), 1)


def _sent(stage: Stage, action: str, who: str, bodies: Sequence[Mapping[str, Any]], clients: int) -> tuple[list[dict[str, Any]], list[float]]:
    """The answers and times (ms) of these bodies, by so many clients. RuntimeError when one is refused."""
    shares = [list(itertools.islice(bodies, place, None, clients)) for place in range(clients)]
    with ThreadPoolExecutor(clients) as pool:
        parts = list(pool.map(lambda share: _one_client(stage, action, who, share), shares))
    return [answer for part in parts for answer, _ in part], [spent for part in parts for _, spent in part]


def _one_client(stage: Stage, action: str, who: str, bodies: Sequence[Mapping[str, Any]]) -> list[tuple[dict[str, Any], float]]:
    line, found = HTTPConnection("127.0.0.1", stage.site.port, timeout=60), []
    for body in bodies:
        headers = _headers(stage, who) | {"Content-Type": "application/json", "Idempotency-Key": secrets.token_hex(8)}
        began = time.monotonic()
        line.request("POST", f"/api/v1/actions/{action}", json.dumps(body), headers)
        answer = line.getresponse()
        text, spent = answer.read(), (time.monotonic() - began) * 1000
        if answer.status != 200:
            raise RuntimeError(f"{action} answers {answer.status}: {text.decode()[:300]}")
        found.append((json.loads(text), spent))
    line.close()
    return found
