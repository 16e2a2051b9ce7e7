# SPDX-License-Identifier: MulanPSL-2.0
"""`manage demo [--size small|city] [--seed N] [--matters N] [--yes]`: a made-up year in an empty database."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from linli.config.demonstration import city, orders, small
from linli.core.faults import Fault

SIZES = {"small": (small.make, 5_000), "city": (city.make, 16_000_000)}
"""What makes each size, and how many matters it makes unless told otherwise."""


class Command(BaseCommand):
    """Loads the demonstration; refuses with a sentence when the database already holds work."""

    help = "Load the demonstration: small (one district, through the actions) or city (everything, by SQL)."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Size, seed, number of matters, and whether to ask first."""
        parser.add_argument("--size", choices=sorted(SIZES), default="small")
        parser.add_argument("--seed", type=int, default=2026)
        parser.add_argument("--matters", type=int, default=0, help="how many matters (default 5000, or 16 million for the city)")
        parser.add_argument("--processes", type=int, default=0, help="how many processes play the small one (default: the cores, 2 to 4)")
        parser.add_argument("--yes", action="store_true", help="do not ask before the city load")

    def handle(self, *args: Any, **options: Any) -> None:
        """Make it, with progress on the terminal."""
        make, usual = SIZES[options["size"]]
        plan = orders.Order(matters=options["matters"] or usual, seed=options["seed"], processes=options["processes"], is_agreed=options["yes"])
        try:
            make(plan, self._say)
        except Fault as fault:
            raise CommandError(f"{fault.message} {'; '.join(map(str, fault.fields.values()))} {fault.remedy}") from fault
        except RuntimeError as error:
            raise CommandError(str(error)) from error

    def _say(self, line: str) -> None:
        self.stdout.write(line)
        self.stdout.flush()
