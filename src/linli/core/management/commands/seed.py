# SPDX-License-Identifier: MulanPSL-2.0
"""`manage seed`: the reference data that every city starts with, room by room; running it again changes nothing."""

from typing import Any

from django.core.management.base import BaseCommand

from linli.core import registry


class Command(BaseCommand):
    """Calls every declaration of the section `seed` in the order of their names; each answers one sentence or nothing."""

    help = "Load places, organisations, calendars, categories: everything that is reference and not demonstration."

    def handle(self, *args: Any, **options: Any) -> None:
        """Run all of them and print what they say."""
        for one in registry.everything("seed"):
            said = one()
            if said:
                self.stdout.write(str(said))
