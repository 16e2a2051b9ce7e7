# SPDX-License-Identifier: MulanPSL-2.0
"""./linli up on a home of its own, the processes below it by what they are, and the ways in which they are killed."""

import http.client
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from launcher.processes import end_with_parent

ROOT = Path(__file__).resolve().parents[2]
READY_SECONDS = 180.0
BACK_SECONDS = 60.0
LOOK_SECONDS = 0.02


@dataclass(frozen=True)
class Process:
    """One process below ours."""

    number: int
    parent: int
    command: str


@dataclass(frozen=True)
class Site:
    """A served Linli that may be hurt."""

    home: Path
    port: int
    up: "subprocess.Popen[bytes]"
    people: dict[str, Any]
    environment: dict[str, str]

    @property
    def url(self) -> str:
        """Where it answers."""
        return f"http://127.0.0.1:{self.port}"

    def processes(self) -> list[Process]:
        """Everything below ./linli up, parents first; also the server whose keeper was killed, which is nobody's child any more."""
        every, roots = _all_processes(), {self.up.pid, self._postmaster()}
        found = [one for one in every if one.number in roots]
        for one in found:
            found += [other for other in every if other.parent == one.number and other not in found]
        return found

    def _postmaster(self) -> int:
        try:
            folder = json.loads((self.home / "database.json").read_text("utf-8"))["data"]
            return int((Path(folder) / "postmaster.pid").read_text().splitlines()[0])
        except (OSError, ValueError, IndexError):
            return 0

    def numbers(self, part: str) -> list[int]:
        """Process numbers of a part: web (its parent first), worker, database (postmaster), sessions, keeper."""
        return [one.number for one in self.processes() if PARTS[part](one, self.up.pid)]

    def healthy(self) -> bool:
        """True when /healthz says so."""
        try:
            return ask(self.port, "GET", "/healthz", seconds=5)[0] == 200
        except OSError:
            return False

    def manage(self, *words: str) -> "subprocess.CompletedProcess[str]":
        """One of the launcher's commands on this home."""
        return subprocess.run([sys.executable, str(ROOT / "linli"), *words], env=self.environment, cwd=ROOT, capture_output=True, text=True, check=False)


PARTS: dict[str, Callable[[Process, int], bool]] = {
    "web": lambda one, up: "linli.config.serving" in one.command,
    "worker": lambda one, up: one.command.endswith("linli.config.manage work"),
    "database": lambda one, up: "bin/postgres -D" in one.command,
    "sessions": lambda one, up: one.command.startswith("postgres:") and " linli_app " in one.command,
    "keeper": lambda one, up: "launcher.keeper" in one.command,
}


def _all_processes() -> list[Process]:
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            state, parent = (folder / "stat").read_text().rpartition(")")[2].split()[:2]
            command = (folder / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace").strip()
        except OSError:
            continue
        if state != "Z":
            found.append(Process(int(folder.name), int(parent), command))
    return found


def ask(port: int, method: str, path: str, *, body: bytes | None = None, headers: dict[str, str] | None = None, seconds: float = 15) -> tuple[int, bytes]:
    """One request on a line of its own. Error: OSError when the line broke or nothing listens."""
    line = http.client.HTTPConnection("127.0.0.1", port, timeout=seconds)
    try:
        line.request(method, path, body, headers or {})
        answer = line.getresponse()
        return answer.status, answer.read()
    except http.client.HTTPException as error:
        raise ConnectionError(type(error).__name__) from error
    finally:
        line.close()


def kill(site: Site, part: str) -> list[int]:
    """Kill a part without a word; answers the numbers of what must come back under new ones."""
    own = part.partition(" ")[0]
    numbers = site.numbers(own)
    chosen = {"web process": numbers[1:2], "web parent": numbers[:1], "sessions": numbers[:1]}.get(part, numbers)
    for number in chosen:
        os.kill(number, signal.SIGQUIT if part == "database" else signal.SIGKILL)  # SIGQUIT: an immediate stop, without a checkpoint
    return chosen


def wait_until_back(site: Site, part: str, killed: list[int]) -> float:
    """Seconds from the kill until the part runs under new numbers and the site answers. RuntimeError when it does not."""
    began, own, least = time.monotonic(), part.partition(" ")[0], len(killed)
    while time.monotonic() - began < BACK_SECONDS:
        present = site.numbers(own)
        if len(present) >= least and not set(present) & set(killed) and site.healthy():
            return time.monotonic() - began
        time.sleep(LOOK_SECONDS)
    raise RuntimeError(f"{part} did not come back in {BACK_SECONDS:.0f} s")


def free_port() -> int:
    """A port that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def served(home: Path, *, static: Path | None = None, port: int = 0) -> Iterator[Site]:
    """Linli with the cast of the tests on a fresh home, for the length of a block; its database is removed afterwards."""
    port = port or free_port()
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("LINLI_", "DJANGO_", "PYTHONPATH"))}
    environment |= {"LINLI_HOME": str(home), "LINLI_PORT": str(port), "LINLI_REPORT_LIMIT": "0", "LINLI_SIGN_IN_LIMIT": "0", "PYTHONUTF8": "1"}
    inside = environment | {"PYTHONPATH": f"{ROOT}{os.pathsep}{ROOT / 'src'}"}
    command = [sys.executable, "-m", "bench.fires.planting", *([str(static)] if static else [])]
    try:
        made = subprocess.run(command, env=inside, cwd=ROOT, stdout=subprocess.PIPE, text=True, check=True).stdout
        with (home / "up.log").open("ab") as out:
            up = subprocess.Popen([sys.executable, str(ROOT / "linli"), "up", "--no-input"], env=environment, cwd=ROOT, stdin=subprocess.DEVNULL,
                                  stdout=out, stderr=out, preexec_fn=end_with_parent)
        site = Site(home, port, up, json.loads(made.strip().splitlines()[-1]), environment)
        try:
            _wait_until_ready(site)
            yield site
        finally:
            up.terminate()
            up.wait(60)
    finally:
        _remove_database(home)


def _wait_until_ready(site: Site) -> None:
    until = time.monotonic() + READY_SECONDS
    while not (site.healthy() and site.numbers("worker")):
        if site.up.poll() is not None or time.monotonic() > until:
            raise RuntimeError((site.home / "up.log").read_text("utf-8", errors="replace")[-2000:])
        time.sleep(0.1)


def _remove_database(home: Path) -> None:
    """What lies outside the home: the cluster of a root's installation, and the socket's folder."""
    try:
        facts = json.loads((home / "database.json").read_text("utf-8"))
    except (OSError, ValueError):
        return
    shutil.rmtree(Path(facts["data"]).parent, ignore_errors=True)
    shutil.rmtree(facts["socket"], ignore_errors=True)
