# SPDX-License-Identifier: MulanPSL-2.0
"""The commands of ./linli, by name."""

from __future__ import annotations

import contextlib
import difflib
import io
import os
import shlex
import signal
import subprocess
import sys
from collections.abc import Callable

from launcher import units
from launcher.cluster import find_cluster
from launcher.databases import opened
from launcher.displays import Display
from launcher.environments import compile_locks
from launcher.homes import Home, find_home
from launcher.instances import stop_instance
from launcher.keeping import back_up
from launcher.preparing import STEPS, prepare_checkout, prepare_quietly
from launcher.processes import end_with_parent
from launcher.restoring import restore
from launcher.roles import sql_for_administrator
from launcher.testing import run_check, run_tests
from launcher.troubles import Trouble
from launcher.upping import run_up
from launcher.variables import OWN, known_variables, unknown_variables

AS_OWNER = frozenset({"migrate", "makemigrations", "sqlmigrate", "showmigrations", "sqlflush", "flush", "seed", "fences"})
PASSED_ON = ("admin", "token", "demo")
DATABASE_VARIABLES = ("LINLI_DATABASE_URL", "LINLI_DATABASE_OWNER_URL", "LINLI_DATABASE_REPORT_URL", "LINLI_SECRET_FILE")

HELP = """邻里 Linli

  ./linli up [--empty] [--no-input]   准备一切并提供服务 make everything ready and serve it (Ctrl-C ends it)
  ./linli stop                        停止 end it from another shell, and wait
  ./linli test [ARGS of pytest]       准备并运行全部测试 make what they need and run all tests
  ./linli check [--write]             几分钟检查 lint, types, floors, fast tests; --write renews the reference

  ./linli admin NAME                  第一个管理员 make the first administrator
  ./linli token NAME                  机器用的令牌 print a bearer token for an account
  ./linli demo [--size city]          演示数据 load the demonstration into an empty database
  ./linli verify                      核对日志 prove the journal from its first line
  ./linli verify --publication FILE [--digest HEX]
                                      核对公示文件 recompute a published file from itself, and compare it where it was published
  ./linli backup DIR                  备份 database, evidence and keys (sealed by a passphrase)
  ./linli restore DIR [--force]       恢复 bring a backup back
  ./linli service [--install]         开机启动 print or install a systemd unit

  ./linli manage COMMAND …            Django's own commands
  ./linli psql [ARGS]                 the database as the application role, no sight set
  ./linli roles                       SQL for the administrator of a PostgreSQL server of your own
  ./linli env [--test]                start the database to stay; lines for: eval "$(./linli env)"
  ./linli lock                        write requirements/*.lock anew

变量 Variables:
"""


def choose_home(*, is_test: bool) -> Home:
    """The data folder of the user, or the one of the tests, which never touches it."""
    if not is_test:
        return find_home()
    for name in DATABASE_VARIABLES:
        os.environ.pop(name, None)
    return find_home("LINLI_TEST_HOME", default=".linli-test")


def print_help(words: list[str]) -> int:
    """Print all commands and variables."""
    print(HELP + "\n".join(f"  {name:<27} {meaning}" for name, meaning in sorted(OWN.items())))
    further = sorted(known_variables() - set(OWN))
    if further:
        print(f"\n  Further settings (docs): {' '.join(further)}")
    return 0


def up(words: list[str]) -> int:
    """./linli up [--empty] [--no-input]"""
    _refuse_others(words, allowed={"--empty", "--no-input"})
    return run_up(find_home(), is_empty="--empty" in words)


def stop(words: list[str]) -> int:
    """./linli stop"""
    _refuse_others(words, allowed=set())
    print(stop_instance(find_home()))
    return 0


def print_environment(words: list[str]) -> int:
    """Start the embedded database to stay, and print the lines that lead a shell to it."""
    is_test = "--test" in words
    home = choose_home(is_test=is_test)
    if not home.python.exists():
        with contextlib.redirect_stdout(sys.stderr):
            prepare_checkout(home, display=Display(total=STEPS), lock="dev" if is_test else "base")
    with opened(home, stay=True) as database:
        found = database.test_environment() if is_test else database.environment(with_owner=True)
    names = [name for name in found if name.startswith("LINLI_") or name in ("DJANGO_SETTINGS_MODULE", "PYTHONPATH")]
    for name in sorted(names):
        print(f"export {name}={shlex.quote(found[name])}")
    return 0


def test(words: list[str]) -> int:
    """./linli test"""
    return run_tests(choose_home(is_test=True), words)


def check(words: list[str]) -> int:
    """./linli check"""
    return run_check(choose_home(is_test=True), words)


def manage(words: list[str]) -> int:
    """Run one of Django's commands on this installation's database; its exit status is ours."""
    home = find_home()
    prepare_quietly(home)
    with opened(home) as database:
        environment = database.environment(with_owner=True)
        if words and words[0] in AS_OWNER:
            environment["LINLI_AS_OWNER"] = "1"
        return _run([str(home.python), "-m", "linli.config.manage", *words], environment)


def verify(words: list[str]) -> int:
    """./linli verify [--publication FILE [--digest HEX]]"""
    if "--publication" not in words:
        return manage(["verify", *words])
    file = _after(words, "--publication")
    expected = ["--digest", _after(words, "--digest")] if "--digest" in words else []
    home = find_home()
    code = _run([sys.executable, "-m", "linli.measures.proving", file, *expected], {**os.environ, "PYTHONPATH": str(home.checkout / "src")})
    if code or not home.python.exists() or not (os.environ.get("LINLI_DATABASE_URL") or find_cluster(home).is_made):
        return code
    return manage(["verify_publication", file])


def _after(words: list[str], name: str) -> str:
    """The word that follows an option; a sentence when none does."""
    place = words.index(name) + 1
    if place >= len(words) or words[place].startswith("--"):
        raise Trouble(f"{name} 后面缺少内容。", f"Nothing follows {name}.", remedy="./linli verify --publication FILE --digest HEX", code=2)
    return words[place]


def psql(words: list[str]) -> int:
    """Open the database as the application role, with no sight set."""
    home = find_home()
    prepare_quietly(home)
    with opened(home) as database:
        environment = {**os.environ, **database.app.variables()}
        return _run([str(database.program("psql")), *words], environment)


def backup(words: list[str]) -> int:
    """./linli backup DIR"""
    folder = _one_folder(words, example="./linli backup /mnt/usb/linli-2026-11-23")
    home = find_home()
    prepare_quietly(home)
    with opened(home) as database:
        target = back_up(database, folder)
    print(f"备份完成 The backup is whole: {target}\n请把口令放在别处。 Keep the passphrase elsewhere.")
    return 0


def restore_backup(words: list[str]) -> int:
    """./linli restore DIR [--force]"""
    folder = _one_folder([word for word in words if word != "--force"], example="./linli restore DIR")
    home = find_home()
    prepare_quietly(home)
    with opened(home) as database:
        root = restore(database, folder, is_forced="--force" in words)
    print(f"恢复完成 Restored; the journal is whole, root {root or '(no seal yet)'}\n下一步 next: ./linli up")
    return 0


def print_roles(words: list[str]) -> int:
    """./linli roles"""
    print(sql_for_administrator(), end="")
    return 0


def service(words: list[str]) -> int:
    """./linli service [--install]"""
    _refuse_others(words, allowed={"--install"})
    return units.print_or_install(find_home(), is_install="--install" in words)


def lock(words: list[str]) -> int:
    """./linli lock"""
    home = find_home()
    prepare_checkout(home, display=Display(total=STEPS), lock="dev")
    compile_locks(home)
    return 0


COMMANDS: dict[str, Callable[[list[str]], int]] = {
    "backup": backup,
    "check": check,
    "env": print_environment,
    "help": print_help,
    "lock": lock,
    "manage": manage,
    "psql": psql,
    "restore": restore_backup,
    "roles": print_roles,
    "service": service,
    "stop": stop,
    "test": test,
    "up": up,
    "verify": verify,
}


def main(arguments: list[str]) -> int:
    """Run one command; the exit status says whether it did what it should."""
    name, *words = arguments or ["help"]
    name = {"--help": "help", "-h": "help"}.get(name, name)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(encoding="utf-8", errors="replace")
    try:
        strangers = unknown_variables(os.environ, known=known_variables())
        if strangers:
            raise Trouble("有不认识的环境变量。", "\n".join(strangers), code=2)
        if name in PASSED_ON:
            return manage([name, *words])
        return _find(name)(words)
    except Trouble as trouble:
        print(trouble, file=sys.stderr)
        return trouble.code
    except KeyboardInterrupt:
        return 130


def _find(name: str) -> Callable[[list[str]], int]:
    if name not in COMMANDS:
        near = difflib.get_close_matches(name, [*COMMANDS, *PASSED_ON], n=1, cutoff=0.0)[0]
        raise Trouble(f"没有命令 {name}。", f"There is no command {name}; the nearest is {near}.", remedy="./linli help", code=2)
    return COMMANDS[name]


def _refuse_others(words: list[str], *, allowed: set[str]) -> None:
    for word in words:
        if word not in allowed:
            known = " ".join(sorted(allowed)) or "none"
            raise Trouble(f"不认识 {word}。", f"{word} is not known here; known: {known}.", remedy="./linli help", code=2)


def _one_folder(words: list[str], *, example: str) -> str:
    words = [word for word in words if word != "--no-input"]  # they ask for nothing but a passphrase, which the environment may give
    if len(words) != 1 or words[0].startswith("-"):
        raise Trouble("请给出一个文件夹。", "Name one folder.", remedy=example, code=2)
    return words[0]


def _run(command: list[str], environment: dict[str, str]) -> int:
    """A command with this terminal as its own: a Ctrl-C is the command's, we only wait and tidy up."""
    previous = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        code = subprocess.run(command, env=environment, preexec_fn=_listen_again, check=False).returncode
    finally:
        signal.signal(signal.SIGINT, previous)
    return code if code >= 0 else 128 - code


def _listen_again() -> None:
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    end_with_parent()
