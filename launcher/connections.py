# SPDX-License-Identifier: MulanPSL-2.0
"""How to reach a database: one connection as a URL, as variables for PostgreSQL's own programs, and a query through them."""

from __future__ import annotations

import os
import subprocess
from dataclasses import dataclass, field, replace
from pathlib import Path
from urllib.parse import parse_qsl, quote, unquote, urlencode, urlsplit

from launcher.troubles import Trouble


@dataclass(frozen=True)
class Connection:
    """One role on one database; the password never stands on a command line."""

    host: str
    user: str
    password: str
    database: str
    port: str = ""
    options: dict[str, str] = field(default_factory=dict)

    def url(self) -> str:
        """The connection as psycopg and Django read it."""
        user = f"{quote(self.user, safe='')}:{quote(self.password, safe='')}"
        if self.host.startswith("/"):
            return f"postgresql://{user}@/{quote(self.database)}?{urlencode({'host': self.host, **self.options}, safe='/')}"
        place = f"{self.host}:{self.port}" if self.port else self.host
        tail = f"?{urlencode(self.options)}" if self.options else ""
        return f"postgresql://{user}@{place}/{quote(self.database)}{tail}"

    def variables(self) -> dict[str, str]:
        """The connection as the environment that psql and pg_dump read."""
        given = {"PGHOST": self.host, "PGPORT": self.port, "PGUSER": self.user, "PGPASSWORD": self.password}
        given |= {"PGDATABASE": self.database, "PGCONNECT_TIMEOUT": "10", "PGCLIENTENCODING": "UTF8"}
        given |= {f"PG{name.upper()}": value for name, value in self.options.items()}
        return {name: value for name, value in given.items() if value}

    def to(self, database: str) -> Connection:
        """The same role on another database of the same server."""
        return replace(self, database=database)


def read_url(url: str, *, variable: str) -> Connection:
    """The connection that a URL describes. Error: a sentence that names the variable it came from."""
    parts = urlsplit(url)
    options = dict(parse_qsl(parts.query))
    host = options.pop("host", "") or unquote(parts.hostname or "")
    database = unquote(parts.path.lstrip("/"))
    if parts.scheme not in {"postgresql", "postgres"} or not database or not parts.username:
        raise Trouble(
            f"读不懂 {variable}。",
            f"{variable} is not the URL of a PostgreSQL database.",
            remedy=f"export {variable}=postgresql://linli_app:PASSWORD@HOST:5432/linli",
        )
    return Connection(
        host=host or "localhost",
        user=unquote(parts.username),
        password=unquote(parts.password or ""),
        database=database,
        port=options.pop("port", "") or str(parts.port or ""),
        options=options,
    )


def clean_environment() -> dict[str, str]:
    """This process's environment without variables that would lead PostgreSQL's programs elsewhere."""
    return {name: value for name, value in os.environ.items() if not name.startswith("PG")}


def ask(psql: Path, connection: Connection, *, sql: str) -> str:
    """What the statements answer, unaligned, one row a line. Error: RuntimeError with the server's words."""
    done = subprocess.run(
        [psql, "-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1"],
        input=sql,
        env={**clean_environment(), **connection.variables()},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise RuntimeError(done.stderr.strip() or f"psql ended with {done.returncode}")
    return done.stdout.strip()


def refusal(psql: Path, connection: Connection) -> str:
    """Why the database does not take this role in; empty when it does. A connection is really made."""
    try:
        ask(psql, connection, sql="select 1")
    except RuntimeError as error:
        return str(error)
    return ""


def answers(psql: Path, connection: Connection) -> bool:
    """True when the database takes this role in and answers."""
    return not refusal(psql, connection)
