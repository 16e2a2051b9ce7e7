# SPDX-License-Identifier: MulanPSL-2.0
"""Django's migrate, followed by grants and row-level security: no table ever stands without its fence."""

from typing import Any

from django.conf import settings
from django.core.management.commands import migrate

from linli.core import fences


class Command(migrate.Command):
    """`manage migrate`: bring the schema up to date, then write the fences of every table."""

    def handle(self, *args: Any, **options: Any) -> None:
        """Migrate; then, as the owner and after a whole migration, apply all fences."""
        super().handle(*args, **options)
        if settings.AS_OWNER and not options.get("app_label") and not options.get("plan") and not options.get("check_unapplied"):
            done = fences.apply()
            if options.get("verbosity", 1) > 0:
                self.stdout.write(f"Fences: {done} statements applied.")
