# SPDX-License-Identifier: MulanPSL-2.0
"""A page of 100 matters as the desk shows it: by scope, with and without a rare category, near and far pages."""

import base64
import json
import os
import re
import urllib.parse
from argparse import Namespace
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import psycopg

from bench import loads, machine, results, serverlog, sites

PAGES = (1, 10, 1000)
PAGE = 100
SCOPES = {"community": "gridworker", "street": "dispatcher", "district": "district", "city": "city"}
"""Each scope and the demonstration account whose post has it."""


@dataclass(frozen=True)
class Case:
    """One list to be asked for."""

    scope: str
    rare: bool
    page: int
    path: str


def cases(port: int, cookies: dict[str, str], rare: str) -> Iterator[Case]:
    """Every list; a page that a short list does not have is left out."""
    for scope, cookie in cookies.items():
        for is_rare in (False, True):
            path = "/desk/inbox/?" + urllib.parse.urlencode({"category": rare} if is_rare else {"order": "newest"})
            for wanted in PAGES:
                address = far(port, path, cookie, wanted, scope, is_rare)
                if address is None:
                    break
                yield Case(scope, is_rare, wanted, address)


def far(port: int, path: str, cookie: str, page: int, scope: str, is_rare: bool) -> str | None:
    """The address of a page, with the key of the row that stands before it; None when the list is shorter."""
    if page == 1:
        return path
    with psycopg.connect(os.environ["LINLI_DATABASE_OWNER_URL"]) as connection:
        lo, hi = _range(connection, scope)
        more = "and category_id = (select id from matters_category where code = %(rare)s and part = 'event')" if is_rare else ""
        row = connection.execute(f"select id from matters_matter where area >= %(lo)s and area < %(hi)s {more} order by id desc offset %(skip)s limit 1",
                                 {"lo": lo, "hi": hi, "rare": RARE, "skip": (page - 1) * PAGE - 1}).fetchone()
    if row is None:
        return None
    return f"{path}&cursor={cursor_like(port, path, cookie, int(row[0]))}"


RARE = "01021"


def cursor_like(port: int, path: str, cookie: str, number: int) -> str:
    """The cursor that the page's own link to older rows would carry after the row `number`. RuntimeError when the page has none."""
    _, page, _ = sites.ask(port, path, headers={"Cookie": cookie})
    found = re.search(rb"cursor=([A-Za-z0-9_-]+)", page)
    if not found:
        raise RuntimeError(f"{path} shows no link to older rows.")
    text = found.group(1).decode()
    place = json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
    return base64.urlsafe_b64encode(json.dumps({**place, "id": number}).encode()).decode().rstrip("=")


def _range(connection: "psycopg.Connection[tuple[int, int]]", scope: str) -> tuple[int, int]:
    row = connection.execute("select pl.lo, pl.hi from elements_account a join elements_post p on p.account_id = a.id join elements_place pl on pl.id = p.place_id "
                             "where a.username = %s", [SCOPES[scope]]).fetchone()
    assert row
    return row


def password_of() -> str:
    """The password of the demonstration's accounts."""
    secrets_file = Path(os.environ.get("LINLI_SECRET_FILE") or Path(os.environ["LINLI_HOME"]) / "secrets.json")
    return str(json.loads(secrets_file.read_text())["demo_password"])


def run(options: Namespace) -> None:
    """Measure and print every list at one client and at eight."""
    log = serverlog.ServerLog(Path(options.data), Path(options.server_log) if options.server_log else None)
    password = password_of()
    with psycopg.connect(os.environ["LINLI_DATABASE_OWNER_URL"]) as connection:
        name = connection.info.dbname
        matters = connection.execute("select count(*) from matters_matter").fetchone()
        rare = connection.execute("select id, name_zh from matters_category where code = %s and part = 'event'", [RARE]).fetchone()
    assert matters
    assert rare
    rows = []
    with sites.serving("linli.config.wsgi:application", options.port) as site:
        cookies = {scope: sites.cookie_of(site.port, account, password) for scope, account in SCOPES.items()}
        for case in cases(site.port, cookies, rare[1]):
            rows.append(_measure(case, site, cookies[case.scope], options, log, name))
    times = [row["database_ms"] for row in rows if row["rows"] == PAGE]
    results.show(f"inbox of {matters[0]:,} matters: p95 in ms (goal: under 40 at one client); database time largest to smallest "
                 f"{max(times) / max(min(times), 0.01):.1f} (goal: at most 2)", rows, options.out)


def _measure(case: Case, site: sites.Site, cookie: str, options: Namespace, log: serverlog.ServerLog, name: str) -> results.Row:
    headers = {"Cookie": cookie}
    for _ in range(3):
        status, page, _ = sites.ask(site.port, case.path, headers=headers)
    if status != 200:
        raise RuntimeError(f"{case.path} answers {status}.")
    with log.listening(name, sites.WEB) as said:
        sites.ask(site.port, case.path, headers=headers)
    request = loads.Request(_quoted(case.path), headers=headers)
    one = loads.run(site.port, request, clients=1, seconds=options.seconds)
    with machine.watched({"web": site.pid, "postgres": log.postmaster()}) as used:
        many = loads.run(site.port, request, clients=8, seconds=options.seconds)
    shown = page.count(b"/desk/matter/LL")
    return {"scope": case.scope, "rare": "rare" if case.rare else "", "page": case.page, "rows": min(shown, PAGE), "sql": said.asked, "control": said.control,
            "p50_1": one.p50_ms, "p95_1": one.p95_ms, "per_second_8": round(many.per_second, 1), "p95_8": many.p95_ms,
            "database_ms": database_time(said.statements), "web_cpu_ms": round(used.cpu["web"] * 1000 / max(many.good, 1), 1),
            "kb": len(page) // 1024, "others": used.others, "wrong": one.wrong + many.wrong}


def _quoted(path: str) -> str:
    """wrk's script draws a path at each space: there is none in a quoted one."""
    return path.replace(" ", "+")


def database_time(statements: list[str]) -> float:
    """Milliseconds that the database spends on one page: its very statements run again as the application, least of five."""
    best = 0.0
    with psycopg.connect(os.environ["LINLI_DATABASE_URL"], autocommit=True, cursor_factory=psycopg.ClientCursor) as connection:
        for _ in range(5):
            spent = 0.0
            for text in statements:
                spent += _timed(connection, text)
            best = spent if not best else min(best, spent)
    return round(best, 2)


def _timed(connection: "psycopg.Connection[tuple[object, ...]]", text: str) -> float:
    """Planning and execution of one statement as the server measures it; those that cannot be explained only run."""
    if re.match(r"^\s*select\b", text, re.IGNORECASE) and "set_config" not in text:
        found = connection.execute(f"explain (analyze, timing off, summary on, format json) {text}").fetchone()
        plan = found[0][0] if found else {}  # type: ignore[index]
        return float(plan.get("Planning Time", 0)) + float(plan.get("Execution Time", 0))
    if re.match(r"^\s*(begin|commit|select|set)\b", text, re.IGNORECASE):
        connection.execute(text)
    return 0.0
