# SPDX-License-Identifier: MulanPSL-2.0
"""The database server's own log: how many statements one request really sends, and what they are."""

import os
import re
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

CONTROL = re.compile(r"^(begin|commit|rollback|savepoint|release|discard|deallocate)\b", re.IGNORECASE)
ENTRY = re.compile(r"^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d")
PREFIX = "%m [%p] %u@%d %a "
"""While we listen each line also says by which name its connection goes."""
SAID = re.compile(r"LOG:  (?:statement|execute [^:]*): (.*)", re.DOTALL)


@dataclass
class Said:
    """The statements of a block, in order, as the server saw them; `trips` counts the messages, some of which hold several."""

    statements: list[str] = field(default_factory=list)
    trips: int = 0

    @property
    def control(self) -> int:
        """How many only open or end a transaction."""
        return sum(1 for one in self.statements if CONTROL.match(one.strip()))

    @property
    def asked(self) -> int:
        """How many ask or write something, session and sight included."""
        return len(self.statements) - self.control


def parts_of(text: str) -> list[str]:
    """The statements of one message: separated by semicolons outside quotes."""
    found, start, quote = [], 0, ""
    for place, sign in enumerate(text):
        if quote:
            quote = "" if sign == quote else quote
        elif sign in "'\"":
            quote = sign
        elif sign == ";":
            found.append(text[start:place])
            start = place + 1
    return [one.strip() for one in (*found, text[start:]) if one.strip()]


@dataclass(frozen=True)
class ServerLog:
    """The data folder of a server on this machine, and its log file when it is not in that folder."""

    data: Path
    file: Path | None = None

    def postmaster(self) -> int:
        """The number of the server's first process."""
        return int((self.data / "postmaster.pid").read_text().split("\n", 1)[0])

    def newest(self) -> Path:
        """The log that is being written. FileNotFoundError when there is none."""
        if self.file is not None:
            return self.file
        found = sorted((self.data / "log").glob("*.log"), key=lambda one: one.stat().st_mtime)
        if not found:
            raise FileNotFoundError(f"No log in {self.data / 'log'}. Give --server-log.")
        return found[-1]

    def _set(self, text: str) -> None:
        (self.data / "local.conf").write_text(text)
        os.kill(self.postmaster(), signal.SIGHUP)
        time.sleep(0.7)

    @contextmanager
    def listening(self, database: str, by: str) -> Iterator[Said]:
        """Let the server log every statement for the length of a block; what connections named `by` said of one database is filled in."""
        kept = (self.data / "local.conf").read_text() if (self.data / "local.conf").exists() else ""
        said = Said()
        self._set(f"{kept}\nlog_statement = 'all'\nlog_line_prefix = '{PREFIX}'\n")
        start = self.newest().stat().st_size
        try:
            yield said
            time.sleep(0.3)
        finally:
            text = self.newest().read_bytes()[start:].decode(errors="replace")
            self._set(kept)
        for message in messages(text, database, by):
            said.trips += 1
            said.statements += parts_of(message)


def messages(text: str, database: str, by: str) -> Iterator[str]:
    """The messages that a log says of one database and of connections of one name, in order."""
    entries: list[str] = []
    for line in text.splitlines():
        if ENTRY.match(line):
            entries.append(line)
        elif entries:
            entries[-1] += "\n" + line
    for entry in entries:
        head, _, _ = entry.partition("LOG:")
        found = SAID.search(entry)
        if found and f"@{database} {by} " in head and "LOG:" in entry:
            yield found.group(1).strip()
