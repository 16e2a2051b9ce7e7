# SPDX-License-Identifier: MulanPSL-2.0
"""What is measured, running: web servers and the worker as processes of ours, with the limits of public doors lifted openly."""

import http.client
import os
import re
import signal
import subprocess
import sys
import time
import urllib.parse
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
OPEN_DOORS = {"LINLI_REPORT_LIMIT": "0", "LINLI_SIGN_IN_LIMIT": "0"}
"""The limits by address and device that a load from one machine would hit at once; raised here and nowhere else."""
WEB = "linli-bench-web"
"""By this name the database knows the connections of a served site: statements of the worker and of others are not counted."""
THREADS = 4
"""Blocking threads of each web process, as ./linli up serves (technology.md part 4)."""


@dataclass(frozen=True)
class Site:
    """A served site: where it listens and the number of its first process."""

    port: int
    pid: int


@contextmanager
def serving(application: str, port: int, *, environment: Mapping[str, str] | None = None) -> Iterator[Site]:
    """Serve a WSGI application as ./linli does for the length of a block; its database connections bear the name WEB."""
    _collect_static()
    workers = str(len(os.sched_getaffinity(0)))
    server = "linli.config.serving" if application.startswith("linli.") else "granian"
    command = [sys.executable, "-m", server, application, "--interface", "wsgi", "--host", "127.0.0.1", "--port", str(port),
               "--workers", workers, "--blocking-threads", str(THREADS), "--no-ws", "--log-level", "warning"]
    with _process(command, {"PGAPPNAME": WEB, **(environment or {})}) as pid:
        wait_until_answers(port)
        yield Site(port, pid)


def _collect_static() -> None:
    """Pages need their style sheets under their hashed names; ./linli up collects them, a folder made for a bench has none yet."""
    if not (Path(os.environ["LINLI_HOME"]) / "static" / "staticfiles.json").exists():
        environment = {**os.environ, "PYTHONPATH": str(ROOT / "src")}
        subprocess.run([sys.executable, "-m", "linli.config.manage", "collectstatic", "--noinput"], cwd=ROOT, env=environment, check=True,
                       stdout=subprocess.DEVNULL)


@contextmanager
def working() -> Iterator[int]:
    """The worker, for the length of a block; answers its number."""
    with _process([sys.executable, "-m", "linli.config.manage", "work", "--skip-checks"], {}) as pid:
        time.sleep(4)
        yield pid


@contextmanager
def _process(command: list[str], environment: Mapping[str, str]) -> Iterator[int]:
    merged = {**os.environ, "DJANGO_SETTINGS_MODULE": "linli.config.settings", "PYTHONPATH": f"{ROOT / 'src'}:{ROOT}", **OPEN_DOORS, **environment}
    child = subprocess.Popen(command, cwd=ROOT, env=merged, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        yield child.pid
    finally:
        child.send_signal(signal.SIGTERM)
        try:
            child.wait(20)
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()


def wait_until_answers(port: int, seconds: float = 60) -> None:
    """Returns when something answers there. RuntimeError when nothing does in time."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        try:
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
            connection.request("GET", "/")
            connection.getresponse().read()
            connection.close()
            return
        except (OSError, http.client.HTTPException):
            time.sleep(0.2)
    raise RuntimeError(f"Nothing answers on port {port}.")


def ask(port: int, path: str, *, method: str = "GET", body: bytes | None = None, headers: Mapping[str, str] | None = None) -> tuple[int, bytes, list[str]]:
    """One request: status, body, cookies."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    connection.request(method, path, body, dict(headers or {}))
    answer = connection.getresponse()
    found = answer.status, answer.read(), [one.split(";", 1)[0] for one in answer.headers.get_all("Set-Cookie") or []]
    connection.close()
    return found


def cookie_of(port: int, username: str, password: str) -> str:
    """Sign in through the door and answer the Cookie header. RuntimeError when the door stays shut."""
    status, page, cookies = ask(port, "/sign-in")
    found = re.search(rb'name="csrfmiddlewaretoken" value="([^"]+)"', page)
    if status != 200 or not found:
        raise RuntimeError(f"/sign-in answers {status} without a form.")
    form = urllib.parse.urlencode({"csrfmiddlewaretoken": found.group(1).decode(), "username": username, "password": password}).encode()
    headers = {"Content-Type": "application/x-www-form-urlencoded", "Cookie": "; ".join(cookies), "Referer": f"http://127.0.0.1:{port}/sign-in"}
    status, _, given = ask(port, "/sign-in", method="POST", body=form, headers=headers)
    if status != 303 and status != 302:
        raise RuntimeError(f"{username} could not sign in: {status}.")
    return "; ".join([*cookies, *given])
