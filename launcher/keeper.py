# SPDX-License-Identifier: MulanPSL-2.0
"""The keeper: parent of the embedded PostgreSQL, which it starts, watches, and stops when nobody needs it any more."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

from launcher import leftovers, locks, roles, stamps
from launcher.cluster import START_SECONDS, Cluster, choose_socket_folder, find_cluster, make_private
from launcher.connections import Connection, ask, refusal
from launcher.homes import Home, Secrets, read_secrets
from launcher.software import install_software, prepare_folders, server_user
from launcher.troubles import Trouble
from launcher.tuning import configuration, machine_memory, settings, shared_memory_room

LOOK_SECONDS = 0.25
LOG_DAYS = 30
LOG_BYTES = 200_000_000
PRUNE_SECONDS = 3600


def say(sentence: str) -> None:
    """One dated line for the keeper's log."""
    print(f"{datetime.now(UTC):%Y-%m-%d %H:%M:%S} {sentence}", flush=True)


class Keeper:
    """One server process and the facts that are needed to start it again."""

    def __init__(self, cluster: Cluster) -> None:
        self.cluster = cluster
        self.secrets: Secrets = read_secrets(cluster.home)
        self.uid, self.gid = server_user(cluster)
        prepare_folders(cluster, uid=self.uid, gid=self.gid)
        self.programs = install_software(cluster, uid=self.uid, gid=self.gid)
        self.socket = choose_socket_folder(cluster.home.identity)
        self.child: subprocess.Popen[bytes] | None = None
        self.adopted: int | None = None
        self.is_told_to_stop = False

    def command(self, *words: str) -> subprocess.Popen[bytes]:
        """Start one of PostgreSQL's programs under the server's user."""
        is_root = self.cluster.user is not None
        return subprocess.Popen(
            [str(self.programs / words[0]), *words[1:]],
            cwd=self.cluster.base,
            env={"PATH": os.environ.get("PATH", ""), "LC_ALL": "C", "TZ": "UTC"},
            stdin=subprocess.DEVNULL,
            user=self.uid if is_root else None,
            group=self.gid if is_root else None,
            extra_groups=[] if is_root else None,
        )

    def superuser(self) -> Connection:
        """PostgreSQL's administrator, on the maintenance database."""
        password = self.secrets["database"]["postgres"]
        return Connection(host=str(self.socket), user="postgres", password=password, database="postgres")

    def initialise(self) -> None:
        """Make the cluster beside its place and move it there whole, so that an interruption leaves nothing half made."""
        target = self.cluster.cluster_data
        if (target / "PG_VERSION").exists():
            self._refuse_other_version()
            return
        fresh = target.with_name("data.new")
        shutil.rmtree(fresh, ignore_errors=True)
        with tempfile.NamedTemporaryFile("w", dir=self.cluster.base, prefix="password-") as file:
            file.write(self.secrets["database"]["postgres"])
            file.flush()
            os.chown(file.name, self.uid, self.gid)
            code = self.command(
                "initdb", f"--pgdata={fresh}", "--username=postgres", f"--pwfile={file.name}", "--encoding=UTF8",
                "--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C.UTF-8",
                "--auth-local=scram-sha-256", "--auth-host=scram-sha-256", "--data-checksums",
            ).wait()  # fmt: skip
        if code:
            raise Trouble("不能建立数据库。", f"initdb ended with {code}.", remedy=f"df -h {self.cluster.base}")
        with (fresh / "postgresql.conf").open("a", encoding="utf-8") as file:
            file.write("\ninclude 'linli.conf'\n")
        os.rename(fresh, target)

    def _refuse_other_version(self) -> None:
        found = (self.cluster.cluster_data / "PG_VERSION").read_text().strip()
        ours = subprocess.run([self.programs / "postgres", "--version"], capture_output=True, text=True, check=True)
        if f" {found}." not in ours.stdout:
            raise Trouble(
                f"数据是 PostgreSQL {found} 的。",
                f"The data are of PostgreSQL {found}, the programs are {ours.stdout.strip()}.",
                remedy="Go back to the version that made them: ./linli backup DIR there, then ./linli restore DIR here",
            )

    def start(self) -> None:
        """Start the server, or take over one that a killed keeper left; returns when it answers."""
        make_private(self.socket, uid=self.uid, gid=self.gid)
        self._write_pointer()
        folder = self.cluster.cluster_data
        self.adopted = leftovers.running_server(folder)
        if self.adopted is not None:
            say(f"takes over the server {self.adopted}")
        else:
            self._launch(folder)
        self._wait_until_answers()
        self._set_roles()

    def _launch(self, folder: Path) -> None:
        if not leftovers.clear_pid_file(folder, name=self.cluster.name):
            raise Trouble(
                "上次的数据库还有进程没有结束。",
                "Processes of the last database have not ended.",
                remedy=f"ps ax | grep 'postgres: {self.cluster.name}'",
            )
        values = settings(
            memory=machine_memory(),
            shared_room=shared_memory_room(),
            socket_folder=self.socket,
            name=self.cluster.name,
        )
        file = folder / "linli.conf"
        file.write_text(configuration(values), "utf-8")
        os.chown(file, self.uid, self.gid)
        file.chmod(0o600)
        self.child = self.command("postgres", "-D", str(folder))
        say(f"started the server {self.child.pid}")

    def _write_pointer(self) -> None:
        facts = {"data": str(self.cluster.cluster_data), "socket": str(self.socket), "user": self.cluster.user}
        (self.cluster.base / "home").write_text(str(self.cluster.home.root), "utf-8")
        pointer = self.cluster.pointer
        if not pointer.exists() or json.loads(pointer.read_text("utf-8")) != facts:
            fresh = pointer.with_suffix(f".{os.getpid()}")
            fresh.write_text(json.dumps(facts, indent=1), "utf-8")
            os.replace(fresh, pointer)

    def _wait_until_answers(self) -> None:
        until = time.monotonic() + START_SECONDS
        while reason := refusal(self.programs / "psql", self.superuser()):
            if "authentication failed" in reason:
                raise self._wrong_keys()
            if not self.is_running():
                raise Trouble("数据库启动后又停了。", "The server ended again.", remedy=self._where_to_look())
            if self.is_told_to_stop or self.is_alone() or time.monotonic() > until:
                raise Trouble("数据库没有应答。", "The server did not answer while somebody waited.", remedy=self._where_to_look())
            time.sleep(0.05)

    def is_alone(self) -> bool:
        """True when nobody needs the database and nothing asks it to stay."""
        return not self.cluster.stay.exists() and not locks.is_held(self.cluster.users_lock)

    def _wrong_keys(self) -> Trouble:
        return Trouble(
            "secrets.json 里的密钥不是这个数据库的。",
            f"The keys in {self.cluster.home.secret_file} are not those of this database.",
            remedy="Put the right secrets.json back; a backup holds the keys too",
        )

    def put_aside_orphan(self) -> None:
        """A database whose data folder was deleted, and its keys with it, is moved aside: nothing of it can be opened here."""
        mark, ours = self.cluster.base / "keys", hashlib.sha256(self.secrets["database"]["postgres"].encode()).hexdigest()
        has_rows = (self.cluster.cluster_data / "PG_VERSION").exists()
        is_other = mark.read_text("utf-8") != ours if mark.exists() else has_rows and not self.cluster.pointer.exists()
        if is_other and self.cluster.pointer.exists():
            raise self._wrong_keys()
        if is_other and has_rows:
            pid = leftovers.running_server(self.cluster.cluster_data)
            if pid is not None:
                os.kill(pid, signal.SIGINT)
                leftovers.clear_pid_file(self.cluster.cluster_data, name=self.cluster.name)
            aside = self.cluster.cluster_data.with_name(f"orphan-{datetime.now(UTC):%Y%m%d-%H%M%S}")
            os.rename(self.cluster.cluster_data, aside)
            self.cluster.stamps.unlink(missing_ok=True)
            say(f"the keys of the old database are gone; it lies in {aside} and may be removed")
        mark.write_text(ours, "utf-8")

    def _where_to_look(self) -> str:
        return f"Look at the newest file in {self.cluster.cluster_data / 'log'}"

    def _set_roles(self) -> None:
        passwords = self.secrets["database"]
        sql, digest, done = roles.roles_sql(passwords), roles.digest(passwords), self.cluster.stamps
        psql, administrator = self.programs / "psql", self.superuser()
        if stamps.is_done(done, "roles", digest=digest):
            self._quieten()
            return
        ask(psql, administrator, sql=sql)
        self._quieten()
        if not ask(psql, administrator, sql="select 1 from pg_database where datname = 'linli'"):
            ask(psql, administrator, sql=roles.create_database_sql("linli"))
        ask(psql, administrator, sql=roles.rights_sql("linli"))
        stamps.write_stamp(done, "roles", digest=digest)

    def _quieten(self) -> None:
        """Keep what sessions of the application do wrong out of the server's log; a stamp of its own, so that nobody waits for it."""
        sql = roles.quiet_sql()
        if not stamps.is_done(self.cluster.stamps, "quiet", digest=sql):
            ask(self.programs / "psql", self.superuser(), sql=sql)
            stamps.write_stamp(self.cluster.stamps, "quiet", digest=sql)

    def is_running(self) -> bool:
        """True while the server runs; a dead child is reaped here."""
        if self.child is not None:
            return self.child.poll() is None
        return self.adopted is not None and leftovers.running_server(self.cluster.cluster_data) == self.adopted

    def stop(self) -> None:
        """Fast shutdown: sessions are ended, everything is written; the hard way only after five minutes."""
        pid = self.child.pid if self.child else self.adopted
        for number, seconds in ((signal.SIGINT, 300), (signal.SIGQUIT, 20)):
            if pid is None or not self.is_running():
                break
            os.kill(pid, number)
            until = time.monotonic() + seconds
            while self.is_running() and time.monotonic() < until:
                time.sleep(0.05)
        say("stopped the server")


def prune_logs(folder: Path, *, now: float, days: int = LOG_DAYS, total: int = LOG_BYTES) -> list[Path]:
    """Remove the server's logs that are too old, and the oldest beyond the size; returns what was removed.

    Unit: total in bytes. The newest file always stays.
    """
    files = sorted(folder.glob("postgresql-*.log"), key=lambda file: file.stat().st_mtime, reverse=True)
    removed, size = [], 0
    for place, file in enumerate(files):
        facts = file.stat()
        size += facts.st_size
        if place and (size > total or now - facts.st_mtime > days * 86400):
            file.unlink()
            removed.append(file)
    return removed


def keep(keeper: Keeper) -> None:
    """Watch until nobody holds the database, then stop it while holding everybody off."""
    pause, born, pruned = 1.0, time.monotonic(), 0.0
    while not keeper.is_told_to_stop:
        if time.monotonic() - pruned > PRUNE_SECONDS:
            prune_logs(keeper.cluster.cluster_data / "log", now=time.time())
            pruned = time.monotonic()
        if not keeper.is_running():
            pause = 1.0 if time.monotonic() - born > 60 else min(pause * 2, 30)
            say(f"the server has ended; starting it again in {pause:.0f} s")
            time.sleep(pause)
            _start_again(keeper)
            born = time.monotonic()
        if not keeper.cluster.stay.exists():
            alone = locks.take(keeper.cluster.users_lock)
            if alone is not None:
                break  # the handle stays open until we end: whoever comes now waits for us
        time.sleep(LOOK_SECONDS)
    keeper.stop()


def _start_again(keeper: Keeper) -> None:
    try:
        keeper.start()
    except (Trouble, RuntimeError, OSError) as trouble:
        say(str(trouble))


def main(folder: str) -> int:
    """Keep the database of one home. Exit status 0 when it was stopped or another keeper is there, 1 for a trouble."""
    cluster = find_cluster(Home(root=Path(folder)))
    handle = locks.take(cluster.keeper_lock, wait=2)
    if handle is None:
        return 0
    os.umask(0o077)
    keeper = None
    try:
        keeper = Keeper(cluster)
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            signal.signal(number, lambda *_: setattr(keeper, "is_told_to_stop", True))
        keeper.put_aside_orphan()
        keeper.initialise()
        keeper.start()
    except (Trouble, RuntimeError, OSError) as trouble:
        say(str(trouble))
        if keeper is not None:
            keeper.stop()
        return 1
    keep(keeper)
    os.close(handle)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
