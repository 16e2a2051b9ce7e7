# SPDX-License-Identifier: MulanPSL-2.0
"""Where everything of one installation lies: the checkout, the environment and the data folder with its secrets."""

from __future__ import annotations

import hashlib
import json
import os
import secrets
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from launcher import locks
from launcher.troubles import Trouble

CHECKOUT = Path(__file__).resolve().parent.parent
DEMO_PASSWORD = "linli-demo-2026"  # open on purpose: its accounts sign in from 127.0.0.1 only
ROLES = ("linli_owner", "linli_app", "linli_report")
Secrets = dict[str, Any]


@dataclass(frozen=True)
class Home:
    """One data folder and the checkout that works on it."""

    root: Path
    checkout: Path = CHECKOUT

    @property
    def identity(self) -> str:
        """Twelve hexadecimal digits made from the path: two folders never share a database by accident."""
        return hashlib.sha256(str(self.root).encode()).hexdigest()[:12]

    @property
    def venv(self) -> Path:
        """The virtual environment of the checkout."""
        return self.checkout / ".venv"

    @property
    def python(self) -> Path:
        """The interpreter inside the virtual environment."""
        return self.venv / "bin" / "python"

    @property
    def logs(self) -> Path:
        """Folder of the logs of steps and servers."""
        return self.root / "logs"

    @property
    def run(self) -> Path:
        """Folder of locks and process numbers."""
        return self.root / "run"

    @property
    def evidence(self) -> Path:
        """Folder of evidence files."""
        return self.root / "evidence"

    @property
    def static(self) -> Path:
        """Folder of collected static files."""
        return self.root / "static"

    @property
    def secret_file(self) -> Path:
        """File with keys and passwords."""
        return Path(os.environ.get("LINLI_SECRET_FILE") or self.root / "secrets.json")

    @property
    def stamps(self) -> Path:
        """File that remembers which steps on the database and the static files were done."""
        return self.run / "done.json"

    def prepare(self) -> None:
        """Make the folders, readable by their owner only."""
        for folder in (self.root, self.logs, self.run, self.evidence):
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)


def find_home(variable: str = "LINLI_HOME", *, default: str = ".linli") -> Home:
    """The data folder named by the environment, or the default inside the checkout."""
    named = os.environ.get(variable)
    folder = Path(named).expanduser() if named else CHECKOUT / default
    return Home(root=Path(os.path.abspath(folder)))


def read_secrets(home: Home) -> Secrets:
    """The keys and passwords of this installation; made at the first call, and completed if a name is missing."""
    home.prepare()
    with locks.held(home.run / "secrets.lock"):
        path = home.secret_file
        if not path.exists() and (home.root / "database.json").exists():
            raise Trouble(
                f"数据还在，但密钥文件 {path} 不见了。",
                f"The database is there, but its keys are not: {path} is missing.",
                remedy=f"Put {path.name} back, or restore a backup into another folder: LINLI_HOME=DIR ./linli restore BACKUP",
            )
        found: Secrets = json.loads(path.read_text("utf-8")) if path.exists() else {}
        whole = _completed(found)
        if whole != found:
            write_secrets(path, whole)
    return whole


def write_secrets(path: Path, content: Secrets) -> None:
    """Replace the secret file in one step, readable by its owner only."""
    fresh = path.with_name(f"{path.name}.{os.getpid()}.new")
    handle = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8") as out:
        json.dump(content, out, indent=2)
        out.flush()
        os.fsync(out.fileno())
    os.replace(fresh, path)


def _completed(found: Secrets) -> Secrets:
    database = {name: secrets.token_hex(20) for name in ("postgres", *ROLES)}
    return {
        "django": secrets.token_hex(32),
        "keys": {"1": secrets.token_hex(32)},
        "index": secrets.token_hex(32),
        "demo_password": DEMO_PASSWORD,
        **found,
        "database": {**database, **found.get("database", {})},
    }
