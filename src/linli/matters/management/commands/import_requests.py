# SPDX-License-Identifier: MulanPSL-2.0
"""`manage import_requests FILE --system NAME --as ACCOUNT`: receive another system's requests, and take in what is mapped."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from linli.core.actions import run
from linli.core.faults import Fault
from linli.core.fields import Received
from linli.core.sight import Actor
from linli.elements.actors import actor_of_post
from linli.elements.models import Post
from linli.matters.actions.foreign import IMPORT
from linli.matters.foreign import working
from linli.matters.models import ForeignImport


class Command(BaseCommand):
    """Does the job's work here and now, under the post of the account that is named; running it twice doubles nothing."""

    help = "Import GeoReport v2 requests (JSON or XML) of another system. Services are mapped on the desk."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """The file, its source, and on whose behalf."""
        parser.add_argument("file")
        parser.add_argument("--system", required=True, help="your name of the other system")
        parser.add_argument("--as", dest="account", required=True, help="user name of the administrator on whose behalf it happens")
        parser.add_argument("--zone", default="", help="zone of times that name none, such as Asia/Shanghai")
        parser.add_argument("--check", action="store_true", help="look it through only")

    def handle(self, *args: Any, **options: Any) -> None:
        """Receive, look through, take in, and say what became of it."""
        try:
            content = Path(options["file"]).read_bytes()
        except OSError as error:
            raise CommandError(f"{options['file']} cannot be read: {error.strerror}") from error
        actor = _administrator(options["account"])
        try:
            given = {"system": options["system"], "zone": options["zone"], "file": Received(Path(options["file"]).name, content)}
            number = run("foreign.receive", actor, given)["brought"]
            self._work(number)
            if not options["check"]:
                run("foreign.start", actor, {"brought": number})
                self._work(number)
        except Fault as fault:
            raise CommandError(f"{fault.message} {' '.join(map(str, fault.fields.values()))} {fault.remedy}") from fault

    def _work(self, number: int) -> None:
        working.work(number)
        found = ForeignImport.objects.get(pk=number)
        if found.state == "failed":
            raise CommandError(found.trouble.get("en", "The import failed."))
        counts = ", ".join(f"{name}: {count}" for name, count in sorted(found.counts.items()))
        self.stdout.write(f"Import {number}, {found.state}: {found.total} requests; {counts or 'nothing'}.")


def _administrator(username: str) -> Actor:
    """The actor of the first present post of an account that may import; CommandError when there is none."""
    for post in Post.objects.filter(account__username=username).order_by("id"):
        actor = actor_of_post(post)
        if actor is not None and actor.may(IMPORT):
            return actor
    raise CommandError(f"The account {username!r} has no present post that may import. A system administrator's has.")
