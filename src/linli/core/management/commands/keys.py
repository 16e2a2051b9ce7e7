# SPDX-License-Identifier: MulanPSL-2.0
"""`manage keys`: show the key versions, add a new one, put one into use, count what still lies under an old one."""

from collections.abc import Callable
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from linli.core import keys, resealing


class Command(BaseCommand):
    """Works on the secret file; the worker then seals every value anew while everything serves."""

    help = "Keys: `show`, `new` (adds a version and uses it), `new --wait` (adds it only), `use N`, `left N` (values still under version N)."

    def add_arguments(self, parser: CommandParser) -> None:
        """What to do, and to which version."""
        parser.add_argument("what", choices=("show", "new", "use", "left"))
        parser.add_argument("version", nargs="?", type=int)
        parser.add_argument("--wait", action="store_true", help="add the key, but seal nothing under it yet: for several machines")

    def handle(self, *args: Any, **options: Any) -> None:
        """Do it and say what to do next."""
        what, version = options["what"], options["version"]
        if what in ("use", "left") and version is None:
            raise CommandError(f"Say which version: manage keys {what} 2")
        doing: dict[str, Callable[[], None]] = {
            "show": self._show, "new": lambda: self._new(options["wait"]), "use": lambda: self._use(version), "left": lambda: self._left(version)}
        doing[what]()

    def _show(self) -> None:
        ring = keys.keyring()
        self.stdout.write(f"versions {', '.join(map(str, sorted(ring.keys)))}; new values are sealed under {ring.current} ({ring.suite.value})")
        for one in resealing.rotations():
            state = f"done {one.finished_at:%Y-%m-%d %H:%M}" if one.finished_at else f"at {one.column or 'the beginning'}, last moved {one.touched_at:%Y-%m-%d %H:%M}"
            self.stdout.write(f"version {one.version}: {one.done} values sealed anew, {one.broken} do not open, {state}")

    def _new(self, wait: bool) -> None:
        version = keys.add_version(in_use=not wait)
        self.stdout.write(f"Key version {version} stands in the secret file. Make a backup now: ./linli backup DIR")
        self.stdout.write(f"Carry the file to every machine, then: manage keys use {version}" if wait else "The worker seals every value anew; see `manage keys show` or the desk.")

    def _use(self, version: int) -> None:
        try:
            keys.use(version)
        except LookupError as error:
            raise CommandError(str(error)) from None
        self.stdout.write(f"New values are sealed under version {version}; the worker seals the others anew.")

    def _left(self, version: int) -> None:
        count = resealing.left(version)
        self.stdout.write(f"{count} values lie under version {version}." + ("" if count else " Old backups still need the key: keep it with them."))
