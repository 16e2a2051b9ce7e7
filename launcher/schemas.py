# SPDX-License-Identifier: MulanPSL-2.0
"""Bringing the database to the state of the source: schema, reference rows, demonstration, and the static files."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from launcher.databases import Database
from launcher.displays import Notes, run_logged
from launcher.stamps import digest_of, is_done, read_stamps, write_stamp

TABLES_OF_USE = ("elements_account", "matters_matter")
RESET_SQL = "drop schema public cascade; create schema public; grant usage on schema public to public;"


def manage(database: Database, *words: str, step: str, notes: Notes, remedy: str, as_owner: bool = False) -> None:
    """Run one of Django's commands with what it says in the log of its step. Error: a sentence with its last words."""
    environment = database.environment(with_owner=True)
    if as_owner:
        environment["LINLI_AS_OWNER"] = "1"
    command = [str(database.home.python), "-m", "linli.config.manage", *words]
    run_logged(database.home, command, step=step, environment=environment, notes=notes, remedy=remedy)


def source_files(database: Database, *patterns: str) -> list[Path]:
    """Files of the source by patterns below src/linli, without compiled ones, plus the locks."""
    home = database.home
    found: set[Path] = set()
    for pattern in patterns:
        found |= {path for path in (home.checkout / "src" / "linli").glob(pattern) if path.is_file()}
    locks = [home.checkout / "requirements" / "base.lock", home.checkout / "package-lock.json"]
    return [path for path in (*found, *locks) if path.suffix != ".pyc"]


class Stage:
    """One step that is done again only when its sources or the database have changed."""

    def __init__(self, database: Database, name: str, *, sources: Iterable[Path], identity: str) -> None:
        self.file = database.home.stamps
        self.name = name
        self.digest = digest_of(sources, root=database.home.checkout) + "@" + identity

    def is_done(self) -> bool:
        """True when nothing has changed since."""
        return is_done(self.file, self.name, digest=self.digest)

    def mark(self) -> None:
        """Remember that it was done."""
        write_stamp(self.file, self.name, digest=self.digest)


def is_empty(database: Database) -> bool:
    """True when nobody has an account and no matter was reported; also when there are no tables yet."""
    return not any(has_table(database, table) and has_row(database, table) for table in TABLES_OF_USE)


def has_table(database: Database, name: str) -> bool:
    """True when there is a table of this name."""
    return database.ask(f"select to_regclass('{name}') is not null") == "t"


def has_row(database: Database, table: str) -> bool:
    """True when the table, or that part of it, has a row."""
    return database.ask(f"select exists (select from {table})") == "t"


def has_schema(database: Database) -> bool:
    """True when migrations were ever applied."""
    return has_table(database, "django_migrations")


def migration_stage(database: Database, *, identity: str) -> Stage:
    """The schema: all migrations of ours, and the locked versions of others."""
    return Stage(database, "schema", sources=source_files(database, "*/migrations/*.py", "core/fences.py"), identity=identity)


def seed_stage(database: Database, *, identity: str) -> Stage:
    """Reference rows: whatever in the source may declare them."""
    sources = source_files(database, "**/*.py", "**/*.csv", "**/*.toml", "**/*.json")
    return Stage(database, "reference", sources=sources, identity=identity)


def static_stage(database: Database) -> Stage:
    """Static files: ours and the libraries'."""
    sources = source_files(database, "**/static/**/*", "ui/libraries.py", "config/settings.py")
    return Stage(database, "static", sources=sources, identity=str(database.home.static))


def collect_static(database: Database, *, notes: Notes) -> None:
    """Static files under names with their digest, compressed once."""
    stage = static_stage(database)
    if stage.is_done() and database.home.static.exists():
        return
    remedy = "Mend what the last lines name; then ./linli up again"
    manage(database, "collectstatic", "--noinput", "--clear", "-v", "0", step="static", notes=notes, remedy=remedy)
    if not any(database.home.static.rglob("*.br")):
        notes.say("compress")
        command = [str(database.home.python), "-m", "whitenoise.compress", "--quiet", str(database.home.static)]
        run_logged(database.home, command, step="static", environment=database.environment(), remedy=remedy, notes=notes)
    stage.mark()


def is_demonstration_begun(database: Database, *, identity: str) -> bool:
    """True when loading the demonstration was begun in this database and never ended."""
    return read_stamps(database.home.stamps).get("demonstration") == f"begun@{identity}"


def mark_demonstration(database: Database, word: str | None, *, identity: str) -> None:
    """Remember begun, loaded or refused for this database; None forgets."""
    digest = None if word is None else f"{word}@{identity}"
    write_stamp(database.home.stamps, "demonstration", digest=digest)


def is_demonstration_refused(database: Database, *, identity: str) -> bool:
    """True when this database was once started with --empty: then no demonstration is ever loaded into it by itself."""
    return read_stamps(database.home.stamps).get("demonstration") == f"refused@{identity}"


def forget(database: Database, step: str) -> None:
    """The step is done again next time."""
    write_stamp(database.home.stamps, step, digest=None)


def has_demonstration(database: Database) -> bool:
    """True when demonstration accounts are there to sign in with."""
    return has_table(database, "elements_account") and has_row(database, "elements_account where is_demonstration")
