# SPDX-License-Identifier: MulanPSL-2.0
"""The Python environment of the checkout: made once, filled from a lock only when that lock has changed."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

from launcher.displays import Notes, run_logged
from launcher.homes import Home
from launcher.stamps import digest_of, is_done, read_stamps, write_stamp


def lock_file(home: Home, name: str) -> Path:
    """The committed list of exact versions with their hashes: base or dev."""
    return home.checkout / "requirements" / f"{name}.lock"


def _stamp_file(home: Home) -> Path:
    return home.venv / "linli.json"


def _digest(home: Home, name: str) -> str:
    return digest_of([lock_file(home, name)], root=home.checkout)


def is_environment_ready(home: Home, name: str) -> bool:
    """True when the environment runs and holds what this lock says."""
    return home.python.exists() and not _was_moved(home) and is_done(_stamp_file(home), name, digest=_digest(home, name))


def make_environment(home: Home, name: str, *, notes: Notes) -> None:
    """An environment that holds exactly what the lock says. Error: a sentence with pip's last words."""
    if not _runs(home.python) or _was_moved(home):
        shutil.rmtree(home.venv, ignore_errors=True)
        run_logged(
            home,
            [sys.executable, "-m", "venv", home.venv],
            step="environment",
            remedy="apt-get install -y python3-venv",
            notes=notes,
        )
    run_logged(
        home,
        [
            home.python, "-m", "pip", "install", "--require-hashes", "--no-deps", "--no-input",
            "--disable-pip-version-check", "--progress-bar", "off", "-r", lock_file(home, name),
        ],
        step="environment",
        remedy="Check that this machine reaches a Python package index (pip config list), then run the same command again",
        environment={**os.environ, "PYTHONUTF8": "1"},
        notes=notes,
    )  # fmt: skip
    for done in ("base", "dev") if name == "dev" else ("base",):
        write_stamp(_stamp_file(home), done, digest=_digest(home, done))
    write_stamp(_stamp_file(home), "place", digest=str(home.venv))


def _was_moved(home: Home) -> bool:
    """True when the environment was made at another place: the programs in it still point there."""
    return read_stamps(_stamp_file(home)).get("place", str(home.venv)) != str(home.venv)


def _runs(python: Path) -> bool:
    try:
        return subprocess.run([python, "-m", "pip", "--version"], capture_output=True, check=False).returncode == 0
    except OSError:
        return False


def compile_locks(home: Home) -> None:
    """Write the locks anew from base.in, dev.in and spark.in; versions that still fit stay as they are."""
    folder = home.checkout / "requirements"
    environment = {**os.environ, "CUSTOM_COMPILE_COMMAND": "./linli lock"}
    for name in ("base", "dev", "spark"):
        subprocess.run(
            [
                home.venv / "bin" / "pip-compile", "--quiet", "--generate-hashes", "--strip-extras", "--no-emit-index-url",
                "--no-emit-find-links", "--no-emit-trusted-host", "-o", f"{name}.lock", f"{name}.in",
            ],
            cwd=folder,
            env=environment,
            check=True,
        )  # fmt: skip
        lock = folder / f"{name}.lock"
        lock.write_text(without_warning(lock.read_text("utf-8")), "utf-8")


def without_warning(text: str) -> str:
    """A lock without pip-compile's closing remark on pip and setuptools, which every environment has of its own."""
    return text.partition("\n# WARNING:")[0].rstrip() + "\n"
