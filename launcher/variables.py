# SPDX-License-Identifier: MulanPSL-2.0
"""The environment variables that Linli knows, and a sentence for each one that it does not."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable
from pathlib import Path

from launcher.homes import CHECKOUT

SETTINGS = CHECKOUT / "src" / "linli" / "config" / "settings.py"
OWN: dict[str, str] = {
    "LINLI_AS_OWNER": "1: the default connection of Django is the owner of the tables",
    "LINLI_DATABASE_OWNER_URL": "URL of the database as the owner (migrate, backup, restore)",
    "LINLI_DATABASE_REPORT_URL": "URL of the database as the reporting role (city-wide figures)",
    "LINLI_DATABASE_URL": "URL of the database as the application; without it the embedded one is used",
    "LINLI_DEMO_OPEN": "1: demonstration accounts may sign in from other machines too",
    "LINLI_HOME": "folder for everything that is kept (default .linli in the checkout)",
    "LINLI_HOST": "address to serve on (default 127.0.0.1)",
    "LINLI_PASSPHRASE": "passphrase that seals the keys in a backup; otherwise it is asked for",
    "LINLI_PORT": "port to serve on (default 8000)",
    "LINLI_SECRET_FILE": "file with keys and passwords (default secrets.json in LINLI_HOME)",
    "LINLI_TEST_HOME": "folder for the database of the tests (default .linli-test in the checkout)",
    "LINLI_TLS_CERT": "certificate file for https",
    "LINLI_TLS_KEY": "key file for https (PKCS#8, PEM)",
    "LINLI_WORKERS": "web processes (default one per core)",
}


def known_variables(settings: Path = SETTINGS) -> set[str]:
    """The launcher's own variables and all that the settings read: there is no second list to keep."""
    text = settings.read_text("utf-8") if settings.exists() else ""
    return set(OWN) | set(re.findall(r"""["'](LINLI_[A-Z0-9_]+)["']""", text))


def unknown_variables(names: Iterable[str], *, known: Iterable[str]) -> list[str]:
    """One sentence for each name that begins with LINLI_ and is not known; sorted, empty when all are known."""
    strangers = sorted(name for name in set(names) - set(known) if name.startswith("LINLI_"))
    return [_sentence(name, known=sorted(known)) for name in strangers]


def _sentence(name: str, *, known: list[str]) -> str:
    near = difflib.get_close_matches(name, known, n=1, cutoff=0.0)
    advice = f" The nearest known one is {near[0]}." if near else ""
    return f"{name} is not a variable that Linli knows.{advice} Correct it, or: unset {name}"
