# SPDX-License-Identifier: MulanPSL-2.0
"""`manage verify`: recompute the whole journal; exit 0 with the last root, or 1 with the first wrong line."""

import sys
from typing import Any

from django.core.management.base import BaseCommand

from linli.core import seals


class Command(BaseCommand):
    """Reads only; also lines that are not sealed yet are checked."""

    help = "Verify the journal: prints the last root and the counts, or names the first wrong line and exits with 1."

    def handle(self, *args: Any, **options: Any) -> None:
        """Verify, print, and leave with 1 when something is wrong."""
        found = seals.verify()
        if not found.is_whole:
            self.stderr.write(f"WRONG: {found.wrong}")
            sys.exit(1)
        self.stdout.write(f"root {found.root or '(no seal yet)'}")
        self.stdout.write(f"sealed {found.sealed}, not yet sealed {found.unsealed}, payloads erased {found.erased}, words replaced {found.words}")
