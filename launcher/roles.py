# SPDX-License-Identifier: MulanPSL-2.0
"""The three roles and the database as SQL, for the embedded cluster and for an administrator of another one."""

from __future__ import annotations

import hashlib
import json
import secrets as randomness

from launcher.connections import Connection
from launcher.homes import ROLES

RIGHTS = {
    "linli_owner": "LOGIN NOSUPERUSER CREATEDB NOCREATEROLE NOBYPASSRLS",
    "linli_app": "LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOBYPASSRLS",
    "linli_report": "LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOBYPASSRLS NOINHERIT",
}


def roles_sql(passwords: dict[str, str]) -> str:
    """Statements that make the roles or set them right; may be run again. Passwords by role."""
    lines = []
    for role in ROLES:
        rights = f"{RIGHTS[role]} PASSWORD '{_plain(passwords[role])}'"
        lines.append(f"DO $$ BEGIN CREATE ROLE {role}; EXCEPTION WHEN duplicate_object THEN NULL; END $$;\nALTER ROLE {role} WITH {rights};")
    lines.append("GRANT linli_app, linli_report TO linli_owner WITH INHERIT FALSE, SET TRUE;")
    return "\n".join(lines) + "\n"


def quiet_sql() -> str:
    """Statements after which the mistakes of a session are told to the session alone, not to the server's log: a message may repeat a value that somebody typed."""
    told = "The administrator of this server keeps log_min_messages to himself: errors of % stand in the log of the server"
    return "".join(
        f"DO $$ BEGIN ALTER ROLE {role} SET log_min_messages = 'log'; EXCEPTION WHEN insufficient_privilege THEN RAISE NOTICE '{told}', '{role}'; END $$;\n"
        for role in ("linli_app", "linli_report"))


def create_database_sql(name: str) -> str:
    """The statement that makes the database: Unicode, sorted by code point, the same on each server."""
    return (
        f"CREATE DATABASE {name} OWNER linli_owner TEMPLATE template0 ENCODING 'UTF8' "
        "LOCALE_PROVIDER builtin BUILTIN_LOCALE 'C.UTF-8' LC_COLLATE 'C' LC_CTYPE 'C';\n"
    )


def rights_sql(name: str) -> str:
    """Statements that close the database to everybody but the three roles; may be run again by its owner."""
    return f"REVOKE ALL ON DATABASE {name} FROM PUBLIC;\nGRANT CONNECT, TEMPORARY ON DATABASE {name} TO linli_app, linli_report;\n"


def digest(passwords: dict[str, str]) -> str:
    """Of everything that stands in the stamp of a cluster once its roles are set: whoever waits for it compares."""
    return hashlib.sha256(json.dumps([roles_sql(passwords), passwords["postgres"]]).encode()).hexdigest()


def sql_for_administrator() -> str:
    """What an administrator runs on a server of his own, with fresh passwords and the variables that go with them."""
    passwords = {role: randomness.token_hex(16) for role in ROLES}
    lines = [
        "-- Linli: roles and database for PostgreSQL 17 or later. Run as an administrator: psql -f roles.sql",
        "-- On 16 leave out LOCALE_PROVIDER and BUILTIN_LOCALE. Each run of ./linli roles has new passwords.",
        "-- 邻里：角色与数据库。由数据库管理员执行一次；每次输出的密码都不同。",
        roles_sql(passwords),
        quiet_sql(),
        create_database_sql("linli"),
        rights_sql("linli"),
        "-- Then, where Linli runs (put your server's name for HOST):",
    ]
    for role, variable in zip(ROLES, ("OWNER_URL", "URL", "REPORT_URL"), strict=True):
        url = Connection(host="HOST", port="5432", user=role, password=passwords[role], database="linli").url()
        lines.append(f"-- export LINLI_DATABASE_{variable}='{url}'")
    return "\n".join(lines) + "\n"


def _plain(password: str) -> str:
    return password.replace("'", "''")
