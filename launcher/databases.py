# SPDX-License-Identifier: MulanPSL-2.0
"""The database that this installation works on, embedded or a real server, and the environment that leads Django to it."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from launcher import connections
from launcher.cluster import Attachment, attached, wheel_binaries
from launcher.connections import Connection, clean_environment, read_url
from launcher.homes import Home, read_secrets
from launcher.troubles import Trouble


@dataclass(frozen=True)
class Database:
    """The three ways into one database; owner is None when a real server's owner was not named."""

    home: Home
    app: Connection
    owner: Connection | None
    report: Connection
    attachment: Attachment | None = None

    @property
    def is_embedded(self) -> bool:
        """True for the embedded cluster, False for a real server."""
        return self.attachment is not None

    def program(self, name: str) -> Path:
        """One of PostgreSQL's programs: the embedded one, or for a real server (it may want TLS) the system's."""
        found = None if self.is_embedded else shutil.which(name)
        return Path(found) if found else wheel_binaries(self.home) / name

    def need_owner(self) -> Connection:
        """The owner's connection. Error: a sentence when it was not named."""
        if self.owner is None:
            raise Trouble(
                "没有设置 LINLI_DATABASE_OWNER_URL，不能修改表结构，也不能备份和恢复。",
                "LINLI_DATABASE_OWNER_URL is not set: the schema cannot be changed, nor backup and restore be done.",
                remedy="export LINLI_DATABASE_OWNER_URL=postgresql://linli_owner:PASSWORD@HOST/linli   (./linli roles)",
            )
        return self.owner

    def environment(self, *, with_owner: bool = False) -> dict[str, str]:
        """Variables for Django. The owner's password goes only to commands that need it."""
        found = clean_environment()
        found.pop("LINLI_DATABASE_OWNER_URL", None)
        found |= {
            "LINLI_HOME": str(self.home.root),
            "LINLI_SECRET_FILE": str(self.home.secret_file),
            "LINLI_DATABASE_URL": self.app.url(),
            "LINLI_DATABASE_REPORT_URL": self.report.url(),
            "DJANGO_SETTINGS_MODULE": "linli.config.settings",
            "PYTHONPATH": str(self.home.checkout / "src"),
            "PYTHONUTF8": "1",
        }
        if with_owner and self.owner is not None:
            found["LINLI_DATABASE_OWNER_URL"] = self.owner.url()
        return found

    def test_environment(self) -> dict[str, str]:
        """Variables for the tests, which connect as the owner and step down to the application role."""
        return self.environment(with_owner=True) | {"LINLI_AS_OWNER": "1", "LINLI_TESTING": "1"}

    def ask(self, sql: str, *, role: Connection | None = None) -> str:
        """What statements answer, as the owner unless another role is given. Error: RuntimeError with the server's words."""
        return connections.ask(self.program("psql"), role or self.need_owner(), sql=sql)

    def identity(self) -> str:
        """A text that differs between any two databases, also after one was restored."""
        sql = "select (select system_identifier from pg_control_system()) || '/' || oid from pg_database where datname = current_database()"
        return self.ask(sql, role=self.app)


@contextmanager
def opened(home: Home, *, stay: bool = False) -> Iterator[Database]:
    """The database of this home for the length of a block: a real server if one is named, else the embedded one."""
    home.prepare()
    url = os.environ.get("LINLI_DATABASE_URL")
    if url and not is_embedded_url(home, url):
        yield real_server(home, url=url)
        return
    with attached(home, stay=stay) as attachment:
        yield embedded(home, attachment=attachment)


def is_embedded_url(home: Home, url: str) -> bool:
    """True for a URL that ./linli env itself gave out: then the embedded database is meant."""
    host = read_url(url, variable="LINLI_DATABASE_URL").host
    return host.startswith("/") and host.endswith(f"-{home.identity}")


def embedded(home: Home, *, attachment: Attachment) -> Database:
    """The embedded database behind an open attachment."""
    return Database(
        home=home,
        app=attachment.connection("linli_app"),
        owner=attachment.connection("linli_owner"),
        report=attachment.connection("linli_report"),
        attachment=attachment,
    )


def real_server(home: Home, *, url: str) -> Database:
    """The database on a server that the environment names. Error: a sentence when it does not answer."""
    read_secrets(home)
    app = read_url(url, variable="LINLI_DATABASE_URL")
    owner_url = os.environ.get("LINLI_DATABASE_OWNER_URL")
    report_url = os.environ.get("LINLI_DATABASE_REPORT_URL") or url
    database = Database(
        home=home,
        app=app,
        owner=read_url(owner_url, variable="LINLI_DATABASE_OWNER_URL") if owner_url else None,
        report=read_url(report_url, variable="LINLI_DATABASE_REPORT_URL"),
    )
    try:
        database.ask("select 1", role=app)
    except RuntimeError as error:
        raise Trouble(
            f"连不上数据库服务器 {app.host}。",
            f"The database server {app.host} does not let us in: {error}",
            remedy="Check LINLI_DATABASE_URL; ./linli roles prints what an administrator must make",
        ) from None
    return database
