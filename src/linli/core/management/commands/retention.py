# SPDX-License-Identifier: MulanPSL-2.0
"""`manage retention`: what has outlived its period, by rule; a dry run, nothing is removed. The nightly job does that."""

from typing import Any

from django.core.management.base import BaseCommand

from linli.core import retention
from linli.core.sight import looking, of_all


class Command(BaseCommand):
    """Reads only."""

    help = "Dry run of retention: what would go by rule, with its period and whether the city has confirmed it (LINLI_KEEP)."

    def handle(self, *args: Any, **options: Any) -> None:
        """One line a rule."""
        with looking(of_all(), read_only=True):
            for one in retention.outlook_of_all():
                state = "removed nightly" if one.rule.is_confirmed else "拟 proposed: listed only, confirm in LINLI_KEEP"
                self.stdout.write(f"{one.rule.name}: {one.count} in {len(one.found)} places outlived {one.rule.kept_days} days ({state})")
