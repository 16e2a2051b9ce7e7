# SPDX-License-Identifier: MulanPSL-2.0
"""`manage work`: the worker process, which runs procrastinate's jobs (the drain, the periodic tasks, the long jobs)."""

from typing import Any

from django.core.management.base import BaseCommand

from linli.core import jobs


class Command(BaseCommand):
    """Runs until it is told to stop."""

    help = "Run due work, periodic tasks and long jobs until stopped."

    def handle(self, *args: Any, **options: Any) -> None:
        """Free what a killed worker left, then work."""
        jobs.run_worker()
