# SPDX-License-Identifier: MulanPSL-2.0
"""Restore: a backup is read into a second database, proven, and only then put in the place of the first."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from dataclasses import replace
from pathlib import Path

from launcher import roles, schemas
from launcher.connections import clean_environment
from launcher.databases import Database
from launcher.displays import Display, run_logged
from launcher.homes import Secrets, read_secrets, write_secrets
from launcher.instances import running_instance
from launcher.keeping import unpack
from launcher.manifests import read_manifest
from launcher.passphrases import ask_passphrase, open_keys
from launcher.troubles import Trouble

INCOMING = "linli_incoming"
REPLACED = "linli_replaced"
UNTOUCHED = "The present database is untouched. Mend what the last lines name, then again"
STEPS_DONE = ("schema", "reference", "static")


def restore(database: Database, source: str, *, is_forced: bool) -> str:
    """Bring a backup back; returns the root of its journal, which was found equal. Nothing changes before all is proven."""
    folder = Path(os.path.abspath(os.path.expanduser(source)))
    _refuse_in_use(database, is_forced=is_forced)
    manifest = read_manifest(folder)
    keys = _keys_of(database, folder, names=manifest["files"])
    display = Display(total=4)
    incoming = replace(
        database,
        app=database.app.to(INCOMING),
        owner=database.need_owner().to(INCOMING),
        report=database.report.to(INCOMING),
    )
    waiting = database.home.root / "restoring"
    shutil.rmtree(waiting, ignore_errors=True)
    waiting.mkdir(mode=0o700)
    try:
        with display.step("读入数据库", "Reading the database"):
            _read_in(database, incoming, folder / "database.dump")
        with display.step("证据文件", "Evidence"):
            if "evidence.tar" in manifest["files"]:
                unpack(folder / "evidence.tar", waiting / "evidence")
        with display.step("核对封签", "Proving the journal") as notes:
            write_secrets(waiting / "secrets.json", keys)
            schemas.manage(incoming, "migrate", "--noinput", step="restore", notes=notes, remedy=UNTOUCHED, as_owner=True)
            _prove(incoming, secret_file=waiting / "secrets.json", root=manifest["root"])
            notes.say(manifest["root"][:16] or "no seal yet")
        with display.step("换上", "Putting it in place"):
            _put_in_place(database, waiting, keys=keys)
    finally:
        shutil.rmtree(waiting, ignore_errors=True)
    return str(manifest["root"])


def _refuse_in_use(database: Database, *, is_forced: bool) -> None:
    database.need_owner()
    if running_instance(database.home):
        raise Trouble("邻里正在运行。", "Linli is running on this folder.", remedy="./linli stop")
    if not is_forced and not schemas.is_empty(database):
        raise Trouble(
            "数据库里已经有数据，没有恢复任何内容。",
            "The database already holds data; nothing was restored.",
            remedy="./linli backup DIR first; then ./linli restore DIR --force replaces what is there",
        )


def _keys_of(database: Database, folder: Path, *, names: dict[str, object]) -> Secrets:
    present = read_secrets(database.home)
    if "keys.sealed" not in names:
        return present
    box = json.loads((folder / "keys.sealed").read_text("utf-8"))
    content = open_keys(database.home, box, passphrase=ask_passphrase(is_new=False))
    return {**content, "database": present["database"]}


def _maintenance(database: Database, sql: str) -> None:
    database.ask(sql, role=database.need_owner().to("postgres"))


def _read_in(database: Database, incoming: Database, dump: Path) -> None:
    create = roles.create_database_sql(INCOMING) if database.is_embedded else f"CREATE DATABASE {INCOMING} TEMPLATE template0;"
    try:
        _maintenance(database, f"DROP DATABASE IF EXISTS {INCOMING} WITH (FORCE);")
        _maintenance(database, create)
    except RuntimeError as error:
        raise Trouble("不能建立暂存数据库。", f"A second database could not be made: {error}", remedy="ALTER ROLE linli_owner CREATEDB;") from None
    command = [str(database.program("pg_restore")), "--no-owner", "--exit-on-error", f"--dbname={INCOMING}", str(dump)]
    run_logged(
        database.home,
        command,
        step="restore",
        environment={**clean_environment(), **incoming.need_owner().variables()},
        remedy=UNTOUCHED,
    )
    incoming.ask(roles.rights_sql(INCOMING))


def last_root(words: str) -> str:
    """The root in what verify says; empty when nothing was sealed yet."""
    found = re.findall(r"\b[0-9a-f]{64}\b", words)
    return found[-1] if found else ""


def _prove(incoming: Database, *, secret_file: Path, root: str) -> None:
    environment = {**incoming.environment(with_owner=True), "LINLI_SECRET_FILE": str(secret_file), "LINLI_AS_OWNER": "1"}
    done = subprocess.run(
        [incoming.home.python, "-m", "linli.config.manage", "verify"],
        cwd=incoming.home.checkout,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode or last_root(done.stdout) != root:
        raise Trouble(
            "备份里的日志没有通过核对，现有数据没有改动。",
            f"The journal in the backup does not hold; the present data are untouched. {done.stdout[-600:]}{done.stderr[-600:]}",
            remedy="Take an older backup, and look who could write to this one",
        )


def _put_in_place(database: Database, waiting: Path, *, keys: Secrets) -> None:
    name = database.app.database
    end = f"select pg_terminate_backend(pid) from pg_stat_activity where datname in ('{name}', '{INCOMING}') and pid <> pg_backend_pid();"
    _maintenance(database, end)
    _maintenance(database, f"DROP DATABASE IF EXISTS {REPLACED} WITH (FORCE);")
    swap = f"ALTER DATABASE {name} RENAME TO {REPLACED}; ALTER DATABASE {INCOMING} RENAME TO {name};"
    _maintenance(database, f"begin; {swap} commit;")
    home = database.home
    if (waiting / "evidence").exists():
        shutil.rmtree(home.evidence, ignore_errors=True)
        os.replace(waiting / "evidence", home.evidence)
    write_secrets(home.secret_file, keys)
    _maintenance(database, f"DROP DATABASE {REPLACED} WITH (FORCE);")
    for step in STEPS_DONE:
        schemas.forget(database, step)
    schemas.mark_demonstration(database, "refused", identity=database.identity())
