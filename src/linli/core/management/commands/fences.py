# SPDX-License-Identifier: MulanPSL-2.0
"""`manage fences`: write grants and row-level security of all tables again (migrate does so by itself)."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from linli.core import fences


class Command(BaseCommand):
    """Applies the fences as the owner, or prints them."""

    help = "Apply grants and row-level security to all tables; --print shows the SQL instead."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Whether to print only."""
        parser.add_argument("--print", dest="only_print", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        """Apply or print."""
        if options["only_print"]:
            for statement in fences.statements():
                self.stdout.write(f"{statement};")
        else:
            self.stdout.write(f"Fences: {fences.apply()} statements applied.")
