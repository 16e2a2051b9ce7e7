# SPDX-License-Identifier: MulanPSL-2.0
"""Backup: database, evidence and keys in one folder that can be carried away."""

from __future__ import annotations

import io
import json
import os
import shutil
import subprocess
import tarfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from launcher.connections import clean_environment
from launcher.databases import Database
from launcher.displays import Display, run_logged
from launcher.homes import read_secrets
from launcher.manifests import write_manifest
from launcher.passphrases import ask_passphrase, seal_keys
from launcher.troubles import Trouble

AUTOMATIC_KEPT = 5
ROOT_SQL = "select encode(root, 'hex') from core_seal order by id desc limit 1"


@contextmanager
def frozen(database: Database) -> Iterator[tuple[str, str]]:
    """One moment of the database that a dump can be taken of, while work goes on: (snapshot, root of the journal)."""
    owner = database.need_owner()
    with subprocess.Popen(
        [database.program("psql"), "-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1"],
        env={**clean_environment(), **owner.variables()},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as session:
        if session.stdin is None or session.stdout is None:
            raise RuntimeError("psql has no pipes")
        session.stdin.write("begin isolation level repeatable read read only;\nselect pg_export_snapshot();\n")
        session.stdin.write(f"select coalesce(({ROOT_SQL}), '');\n")
        session.stdin.flush()
        snapshot, root = session.stdout.readline().strip(), session.stdout.readline().strip()
        if not snapshot:
            raise Trouble("不能读取数据库。", "The database could not be read.", remedy="./linli manage check")
        try:
            yield snapshot, root
        finally:
            session.stdin.close()


def dump(database: Database, target: Path, *, snapshot: str) -> None:
    """The database as it was at that moment, in PostgreSQL's custom format."""
    command = [str(database.program("pg_dump")), "--format=custom", "--compress=6", "--no-owner"]
    run_logged(
        database.home,
        [*command, f"--snapshot={snapshot}", f"--file={target}"],
        step="backup",
        environment={**clean_environment(), **database.need_owner().variables()},
        remedy=f"df -h {target.parent}; the pg_dump on PATH must not be older than the server",
    )


def require_room(database: Database, folder: Path) -> None:
    """The folder's disk can take the dump and the evidence. Error: a sentence with both sizes."""
    size = int(database.ask("select pg_database_size(current_database())")) // 2
    if database.home.evidence.exists():
        size += sum(path.stat().st_size for path in database.home.evidence.rglob("*") if path.is_file())
    free = shutil.disk_usage(folder).free
    if size > free:
        raise Trouble(
            f"{folder} 的空间可能不够。",
            f"The disk of {folder} has {free // 2**20} MB free; the backup may need {size // 2**20} MB.",
            remedy="Give another folder",
        )


def new_folder(text: str) -> Path:
    """An empty folder that only we can read. Error: a sentence when something is in it."""
    folder = Path(os.path.abspath(os.path.expanduser(text)))
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    if any(folder.iterdir()):
        raise Trouble(f"{folder} 不是空的。", f"{folder} is not empty.", remedy=f"./linli backup {folder}/{time.strftime('%Y%m%d-%H%M%S')}")
    return folder


def back_up(database: Database, target: str) -> Path:
    """Everything that Linli knows, in a folder: database, evidence, keys under a passphrase, and the list of them."""
    database.need_owner()
    os.umask(0o077)
    passphrase = ask_passphrase(is_new=True)
    folder = new_folder(target)
    require_room(database, folder)
    display = Display(total=3)
    with frozen(database) as (snapshot, root), display.step("数据库", "Database"):
        dump(database, folder / "database.dump", snapshot=snapshot)
    with display.step("证据文件", "Evidence"):
        pack(database.home.evidence, folder / "evidence.tar")
    with display.step("密钥", "Keys"):
        secrets = read_secrets(database.home)
        kept = {name: value for name, value in secrets.items() if name != "database"}
        box = seal_keys(database.home, kept, passphrase=passphrase)
        (folder / "keys.sealed").write_text(json.dumps(box, indent=1), "utf-8")
    write_manifest(folder, root=root, names=["database.dump", "evidence.tar", "keys.sealed"])
    return folder


def backup_before_migration(database: Database) -> Path:
    """The database alone, beside keys and evidence that stay where they are; older ones of the kind are dropped."""
    parent = database.home.root / "backups"
    folder = parent / time.strftime("%Y%m%d-%H%M%S")
    folder.mkdir(mode=0o700, parents=True)
    require_room(database, folder)
    with frozen(database) as (snapshot, root):
        dump(database, folder / "database.dump", snapshot=snapshot)
    write_manifest(folder, root=root, names=["database.dump"])
    for old in sorted(path for path in parent.iterdir() if path.is_dir())[:-AUTOMATIC_KEPT]:
        shutil.rmtree(old)
    return folder


def pack(folder: Path, target: Path) -> None:
    """All files below a folder in one archive, names relative to it."""
    with tarfile.open(target, "w") as archive:
        for path in sorted(folder.rglob("*")) if folder.exists() else ():
            if path.is_file() and not path.is_symlink():
                archive.add(path, arcname=str(path.relative_to(folder)))


def unpack(archive: Path, folder: Path) -> None:
    """The files of an archive below a folder. Error: a sentence for a member that is no plain file or leads outside."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    with tarfile.open(archive, "r:") as content:
        for member in content:
            target = (folder / member.name).resolve()
            if not member.isfile() or not target.is_relative_to(folder.resolve()):
                raise Trouble("备份里有不该有的文件。", f"The archive holds {member.name!r}.", remedy="Take another copy of it")
            target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            source = content.extractfile(member)
            with target.open("wb") as out:
                shutil.copyfileobj(source or io.BytesIO(), out)
            target.chmod(0o600)
