# SPDX-License-Identifier: MulanPSL-2.0
"""`manage reference`: compares docs/reference with what the declarations say, or writes it anew with --write."""

import sys
from argparse import ArgumentParser
from difflib import unified_diff
from typing import Any

from django.core.management.base import BaseCommand

from linli.api.references import FOLDER, pages


class Command(BaseCommand):
    """Exit status 1, with the difference, when the committed pages are not what the declarations say."""

    help = "Compare docs/reference with the declarations; --write renews it."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        """--write renews the pages."""
        parser.add_argument("--write", action="store_true", help="write the pages instead of comparing them")

    def handle(self, *args: Any, **options: Any) -> None:
        """Compare, or write."""
        stale = []
        for name, text in pages().items():
            path = FOLDER / name
            before = path.read_text(encoding="utf-8") if path.exists() else ""
            if before == text:
                continue
            stale.append(name)
            if options["write"]:
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(text, encoding="utf-8")
            else:
                self.stdout.writelines(unified_diff(before.splitlines(True), text.splitlines(True), f"committed/{name}", f"declared/{name}"))
        if options["write"]:
            self.stdout.write(f"docs/reference: wrote {', '.join(stale)}." if stale else "docs/reference: nothing has changed.")
        elif stale:
            self.stderr.write(f"docs/reference is not what the declarations say: {', '.join(stale)}. Run ./linli check --write and look at the diff.")
            sys.exit(1)
