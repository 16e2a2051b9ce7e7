# SPDX-License-Identifier: MulanPSL-2.0
"""./linli up: from whatever is there to a served site, and back to rest without a loss."""

from __future__ import annotations

import contextlib
import os
import signal
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from types import FrameType

from launcher import keeping, schemas, serving
from launcher.databases import Database, opened
from launcher.displays import Display, Notes, tail
from launcher.homes import Home, read_secrets
from launcher.instances import registered
from launcher.packages import require_packages
from launcher.preparing import STEPS, prepare_checkout
from launcher.processes import Child
from launcher.serving import Address
from launcher.troubles import Trouble

ACCOUNTS = "gridworker director gridworker2 dispatcher handler verifier head district city sysadmin"
READY_SECONDS = 120
AGAIN = "Mend what the last lines name, then ./linli up again; nothing is lost"


def tell(words: str) -> None:
    """Say something, even to a terminal that was closed: what follows must still be done in order."""
    with contextlib.suppress(OSError):
        print(words, flush=True)


class Interrupted(Exception):
    """Somebody asked us to end."""


class Ending:
    """Counts how often we were told to end: once means in order, twice means at once."""

    def __init__(self) -> None:
        self.count = 0
        self.asked = threading.Event()
        self.is_serving = False

    def __call__(self, number: int, frame: FrameType | None) -> None:
        self.count += 1
        self.asked.set()
        if not self.is_serving:
            raise Interrupted

    def is_hurried(self) -> bool:
        """True after the second request."""
        return self.count > 1


def run_up(home: Home, *, is_empty: bool) -> int:
    """Make everything, serve until told to end. Exit status 0 when it ended in order."""
    ending = Ending()
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        if signal.getsignal(number) is not signal.SIG_IGN:  # nohup stays nohup
            signal.signal(number, ending)
    address = serving.read_address()
    require_packages(home, ("environment",))
    home.prepare()
    read_secrets(home)
    began = time.monotonic()
    try:
        with registered(home, url=address.url):
            serving.require_free(address)
            _run(home, address=address, ending=ending, wants_nothing=is_empty, began=began)
    except Interrupted:
        print("\n已中断；再次运行 ./linli up 会接着做。 Interrupted; ./linli up goes on from here.")
        return 130
    return 0


def _run(home: Home, *, address: Address, ending: Ending, wants_nothing: bool, began: float) -> None:
    display = Display(total=STEPS + 6)
    prepare_checkout(home, display=display)
    with ExitStack() as stack:
        with display.step("数据库", "Database") as notes:
            database = stack.enter_context(opened(home))
            notes.say("PostgreSQL 18" if database.is_embedded else database.app.host)
        _bring_up_to_date(database, display=display, wants_nothing=wants_nothing)
        with display.step("启动服务", "Servers"):
            children = make_children(database, address)
            ending.is_serving = True
            stack.enter_context(_serving(children, ending))
            wait_until_ready(children, address, ending=ending)
        if not ending.asked.is_set():
            tell(welcome(database, address, seconds=time.monotonic() - began))
        watch(children, database=database, ending=ending)
        tell("\n正在停止… Stopping (press Ctrl-C again to hurry) …")
    tell("邻里已停止，数据完整。 Linli has stopped; the data are whole.")


def _bring_up_to_date(database: Database, *, display: Display, wants_nothing: bool) -> None:
    if database.owner is None:
        print("! 没有 LINLI_DATABASE_OWNER_URL：不更新表结构，不载入演示数据。")
        print("! Without LINLI_DATABASE_OWNER_URL the schema is not updated and no demonstration is loaded.", flush=True)
    identity = database.identity()
    with display.step("表结构", "Schema") as notes:
        if database.owner is not None:
            _remove_half_demonstration(database, identity=identity)
            update_schema(database, identity=identity, notes=notes)
    with display.step("基础数据", "Reference data") as notes:
        seed = schemas.seed_stage(database, identity=identity)
        if database.owner is not None and not seed.is_done():
            schemas.manage(database, "seed", step="seed", notes=notes, remedy=AGAIN, as_owner=True)
            seed.mark()
    with display.step("页面文件", "Static files") as notes:
        schemas.collect_static(database, notes=notes)
    with display.step("演示城市", "Demonstration city") as notes:
        if database.owner is not None:
            load_demonstration(database, identity=identity, wants_nothing=wants_nothing, notes=notes)


def update_schema(database: Database, *, identity: str, notes: Notes) -> None:
    """The database has the tables of this source; if it holds work already, a backup is made first."""
    stage = schemas.migration_stage(database, identity=identity)
    if stage.is_done():
        return
    folder = None
    if schemas.has_schema(database) and not schemas.is_empty(database):
        notes.say("先备份 backup first")
        folder = keeping.backup_before_migration(database)
    schemas.manage(database, "migrate", "--noinput", "-v", "1", step="schema", notes=notes, remedy=AGAIN, as_owner=True)
    if folder is not None:
        notes.say(f"backup: {folder}")
    stage.mark()


def _remove_half_demonstration(database: Database, *, identity: str) -> None:
    """What an interrupted load left is taken away; nothing else can be there, as nothing was served in between."""
    if schemas.is_demonstration_begun(database, identity=identity):
        database.ask(schemas.RESET_SQL)
        for step in ("schema", "reference", "demonstration"):
            schemas.forget(database, step)


def load_demonstration(database: Database, *, identity: str, wants_nothing: bool, notes: Notes) -> None:
    """The demonstration city, only into a database without accounts and matters that nobody wanted empty."""
    if not schemas.is_empty(database):
        return
    if wants_nothing or schemas.is_demonstration_refused(database, identity=identity):
        schemas.mark_demonstration(database, "refused", identity=identity)
        notes.say("--empty")
        return
    schemas.mark_demonstration(database, "begun", identity=identity)
    schemas.manage(database, "demo", step="demo", notes=notes, remedy=AGAIN)
    schemas.mark_demonstration(database, "loaded", identity=identity)


def make_children(database: Database, address: Address) -> list[Child]:
    """The web server and the worker, in the order in which they are stopped."""
    home, environment = database.home, database.environment()
    commands = {"web": serving.web_command(database, address), "worker": serving.worker_command(database)}
    return [
        Child(name, command=command, environment=environment, cwd=home.checkout, log=home.logs / f"{name}.log") for name, command in commands.items()
    ]


@contextmanager
def _serving(children: list[Child], ending: Ending) -> Iterator[None]:
    """The children run for the length of a block and have ended after it, in order."""
    try:
        for child in children:
            child.start()
        yield
    finally:
        for child in children:
            child.stop(patience=30, is_hurried=ending.is_hurried)


def wait_until_ready(children: list[Child], address: Address, *, ending: Ending) -> None:
    """Returns when /healthz is 200. Error: a sentence with the log's end when a child ends first or time runs out."""
    until = time.monotonic() + READY_SECONDS
    while not serving.is_ready(address):
        if ending.asked.is_set():
            return
        fallen = next((child for child in children if not child.is_running()), None)
        if fallen is not None or time.monotonic() > until:
            child = fallen or children[0]
            why = f"{child.name} ended" if fallen else f"/healthz answers {serving.health(address)}"
            raise Trouble("服务没有启动。", f"The site does not serve: {why}. The end of its log:\n{tail(child.log)}", remedy=AGAIN)
        ending.asked.wait(0.1)


def watch(children: list[Child], *, database: Database, ending: Ending) -> None:
    """Start again what ends by itself, until we are told to end."""
    while not ending.asked.wait(0.5):
        happened = [child.look(now=time.monotonic()) for child in children]
        if database.attachment is not None and database.attachment.ensure():
            happened.append("database: its keeper had ended and was started again")
        for sentence in filter(None, happened):
            tell(f"{time.strftime('%H:%M:%S')} {sentence}")


def welcome(database: Database, address: Address, *, seconds: float) -> str:
    """Where to look and who to sign in as."""
    secrets = read_secrets(database.home)
    lines = [
        "",
        f"邻里已就绪 Linli is ready ({seconds:.1f} s)：  {address.url}",
        f"  居民上报 report   {address.url}/",
        f"  工作台 desk       {address.url}/desk/",
    ]
    if os.environ.get("LINLI_HOST") in (None, "", "127.0.0.1"):
        lines.append("  只有本机可以访问；对外服务见 ./linli help。 Reachable from this machine only.")
    if database.owner is not None and schemas.has_demonstration(database):
        lines += [
            f"  演示帐号 demonstration accounts: {ACCOUNTS}",
            f"  密码 password: {secrets['demo_password']}    （只能在本机登录 from this machine only）",
        ]
    elif database.owner is not None and schemas.is_empty(database):
        lines.append("  建立第一个管理员 make the first administrator:  ./linli admin NAME")
    lines += ["  停止 stop: Ctrl-C    日志 logs: " + str(database.home.logs), ""]
    return "\n".join(lines)
