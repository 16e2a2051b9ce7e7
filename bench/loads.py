# SPDX-License-Identifier: MulanPSL-2.0
"""Putting load on an address: by wrk where it is installed, else by processes of our own; one result for both."""

import http.client
import json
import multiprocessing
import os
import re
import secrets
import shutil
import subprocess
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

SCRIPT = Path(__file__).with_name("load.lua")


@dataclass(frozen=True)
class Request:
    """What is sent again and again; marks {{hex}}, {{seq}} and {{pick:a|b}} are filled in anew each time."""

    path: str
    method: str = "GET"
    body: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Result:
    """What came back. Unit: milliseconds; `per_second` counts 2xx answers only."""

    requests: int
    good: int
    seconds: float
    per_second: float
    p50_ms: float
    p95_ms: float
    p99_ms: float
    wrong: int
    lost: int
    by: str


def run(port: int, request: Request, *, clients: int, seconds: float) -> Result:
    """Load for so many seconds. RuntimeError when wrk gave no result."""
    if shutil.which("wrk"):
        return _by_wrk(port, request, clients, seconds)
    return _by_ourselves(port, request, clients, seconds)


def _by_wrk(port: int, request: Request, clients: int, seconds: float) -> Result:
    headers = dict(request.headers) | ({"Content-Type": "application/json"} if request.body and "Content-Type" not in request.headers else {})
    environment = {**os.environ, "BENCH_METHOD": request.method, "BENCH_PATH": request.path, "BENCH_BODY": request.body,
                   "BENCH_HEADERS": "\n".join(f"{name}: {value}" for name, value in headers.items())}
    command = ["wrk", "-t1", f"-c{clients}", f"-d{max(1, round(seconds))}s", "--timeout", "20s", "-s", str(SCRIPT), f"http://127.0.0.1:{port}"]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    lines = [line for line in done.stdout.splitlines() if line.startswith("{")]
    if not lines:
        raise RuntimeError(f"wrk gave no result: {done.stdout[-400:]}{done.stderr[-400:]}")
    return Result(**json.loads(lines[-1]), by="wrk")


def _by_ourselves(port: int, request: Request, clients: int, seconds: float) -> Result:
    began = time.monotonic()
    with multiprocessing.get_context("spawn").Pool(clients) as pool:
        parts = pool.starmap(_client, [(port, request, seconds)] * clients)
    spent = time.monotonic() - began
    times = sorted(one for part in parts for one in part[0])
    wrong, lost = sum(part[1] for part in parts), sum(part[2] for part in parts)
    longest = max((part[3] for part in parts), default=spent)
    middle, most, nearly_all = (percentile(times, share) for share in (50, 95, 99))
    return Result(len(times) + wrong, len(times), longest, len(times) / longest, middle, most, nearly_all, wrong, lost, "python")


def percentile(ordered: list[float], share: int) -> float:
    """The value below which `share` percent of an ordered list lie (nearest rank); 0 for an empty list."""
    if not ordered:
        return 0.0
    return ordered[max(0, -(-len(ordered) * share // 100) - 1)]


def filled(text: str, number: int) -> str:
    """The text with its marks filled in."""

    def mark(found: "re.Match[str]") -> str:
        name = found.group(1)
        if name.startswith("pick:"):
            return str(secrets.choice(name[5:].split("|")))
        return {"hex": secrets.token_hex(8), "seq": str(number)}.get(name, "")

    return re.sub(r"\{\{(.*?)\}\}", mark, text)


def _client(port: int, request: Request, seconds: float) -> tuple[list[float], int, int, float]:
    """One client: the times of its good answers in ms, how many were not 2xx, how many were lost, and how long it ran."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    times: list[float] = []
    wrong = lost = number = 0
    began = time.monotonic()
    paths = request.path.split()
    while time.monotonic() - began < seconds:
        number += 1
        headers = {name: filled(value, number) for name, value in request.headers.items()}
        if request.body:
            headers.setdefault("Content-Type", "application/json")
        sent = time.monotonic()
        try:
            connection.request(request.method, filled(secrets.choice(paths), number), filled(request.body, number).encode() or None, headers)
            answer = connection.getresponse()
            answer.read()
        except (OSError, http.client.HTTPException):
            lost += 1
            connection.close()
            continue
        if 200 <= answer.status < 300:
            times.append((time.monotonic() - sent) * 1000)
        else:
            wrong += 1
    connection.close()
    return times, wrong, lost, time.monotonic() - began
