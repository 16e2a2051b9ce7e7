# SPDX-License-Identifier: MulanPSL-2.0
"""./linli test and ./linli check: lint, types, floors and tests on a database of their own."""

from __future__ import annotations

import os
import subprocess
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from launcher.databases import Database, opened
from launcher.displays import Display
from launcher.homes import Home
from launcher.preparing import STEPS, prepare_checkout
from launcher.schemas import collect_static

FULL_NEEDS = ("environment", "browser", "driver", "fonts")
FAST_MARKS = "not slow and not story"
PARALLEL = 2


def run_tests(home: Home, words: list[str]) -> int:
    """Everything; with paths among the words only these tests. pytest's closing line stands last."""
    has_paths = any(_is_path(word, home.checkout) for word in words)
    database_needed = Display(total=STEPS + 1)
    prepare_checkout(home, display=database_needed, lock="dev", needs=FULL_NEEDS)
    with opened(home) as database:
        with database_needed.step("测试数据库", "Database for tests") as notes:
            collect_static(database, notes=notes)
        codes = [] if has_paths else _look_over(database)
        codes.append(run_pytest(database, words if has_paths else ["tests", *words], said_before=_failed(codes)))
    return _worst(codes)


def run_check(home: Home, words: list[str]) -> int:
    """Lint, types, floors and the fast tests, in some minutes; --write renews the committed reference."""
    display = Display(total=STEPS + 1)
    prepare_checkout(home, display=display, lock="dev")
    with opened(home) as database:
        with display.step("测试数据库", "Database for tests") as notes:
            collect_static(database, notes=notes)
        if "--write" in words:
            return _call(database, ["-m", "linli.config.manage", "reference", "--write"])
        codes = _look_over(database)
        codes.append(run_pytest(database, ["tests", "-m", FAST_MARKS, *words], said_before=_failed(codes)))
    return _worst(codes)


def _is_path(word: str, checkout: Path) -> bool:
    return not word.startswith("-") and (checkout / word.partition("::")[0]).exists()


def _look_over(database: Database) -> list[int]:
    """Exit statuses of lint, types and floors; the types need the settings, hence the database's environment."""
    programs = database.home.venv / "bin"
    named: dict[str, list[str | Path]] = {
        "ruff": [programs / "ruff", "check", "."],
        "mypy": [programs / "mypy"],
        "mypy launcher": [programs / "mypy", "--strict", "--config-file=", "launcher"],
        "floors": [programs / "lint-imports"],
    }
    with ThreadPoolExecutor(PARALLEL) as pool:
        return list(pool.map(lambda name: _say_and_run(database, name, named[name]), named))


def _say_and_run(database: Database, name: str, command: list[str | Path]) -> int:
    began = time.monotonic()
    environment = {**database.test_environment(), "PYTHONUTF8": "1"}
    done = subprocess.run(command, cwd=database.home.checkout, env=environment, capture_output=True, text=True, check=False)
    words = (done.stdout + done.stderr).strip()
    mark = "✗" if done.returncode else "✓"
    print(f"{mark} {name}  {time.monotonic() - began:.1f} s", flush=True)
    if done.returncode:
        print(words, flush=True)
    return done.returncode


def _failed(codes: list[int]) -> str:
    return "lint, types or floors failed above" if any(codes) else ""


def run_pytest(database: Database, words: list[str], *, said_before: str) -> int:
    """pytest's exit status; what it says goes straight to the terminal."""
    command = ["-m", "pytest", *words]
    if not any(word.startswith("-n") for word in words):
        command += ["-n", str(min(PARALLEL, len(os.sched_getaffinity(0))))]
    if said_before:
        print(f"✗ {said_before}", flush=True)
    return _call(database, command)


def _call(database: Database, command: list[str]) -> int:
    environment = database.test_environment()
    return subprocess.run([database.home.python, *command], cwd=database.home.checkout, env=environment, check=False).returncode


def _worst(codes: list[int]) -> int:
    return next((code for code in reversed(codes) if code), 0)
