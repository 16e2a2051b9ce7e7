# SPDX-License-Identifier: MulanPSL-2.0
"""`manage measures export | count | compare`: carry tables out for other engines, count the city by one, hold two engines against each other."""

import time
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from linli.core import clock
from linli.core.faults import Fault
from linli.core.sight import looking, of_all
from linli.measures.counts import Counts
from linli.measures.engines.choosing import DUCKDB, ENGINES, POSTGRES, count_whole
from linli.measures.engines.store import carry
from linli.measures.periods import parse, window


class Command(BaseCommand):
    """Changes no figure: what is kept is written by the nightly proof only."""

    help = "Carry the tables of the figures to Parquet (export), count a period by an engine (count), or hold an engine against PostgreSQL (compare)."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """What to do, by which engine, for which period."""
        parser.add_argument("what", choices=["export", "count", "compare"])
        parser.add_argument("--engine", choices=[POSTGRES, *ENGINES], default=DUCKDB)
        parser.add_argument("--period", default="", help="a year or a month, such as 2026 or 2026-11 (default: this year)")
        parser.add_argument("--whole", action="store_true", help="export: also look at the old rows of tables that only grow")

    def handle(self, *args: Any, **options: Any) -> None:
        """Do it, and say what became of it."""
        try:
            with looking(of_all()):
                getattr(self, f"_{options['what']}")(options)
        except Fault as fault:
            raise CommandError(f"{fault.message} {' '.join(map(str, fault.fields.values()))} {fault.remedy}") from fault
        except (RuntimeError, ImportError) as error:
            raise CommandError(str(error)) from error

    def _export(self, options: dict[str, Any]) -> None:
        done = carry(whole=options["whole"])
        self.stdout.write(f"{done.looked_at} slices looked at, {done.changed} carried anew ({done.rows} rows), {done.dropped} dropped, "
                          f"{done.seconds:.1f} s, of which {done.comparing:.1f} s for comparing.")

    def _counted(self, engine: str, options: dict[str, Any]) -> Counts:
        moment, began = clock.now(), time.monotonic()
        found = count_whole([window(parse(options["period"] or str(clock.today().year)), moment)], moment, engine)
        self.stdout.write(f"{engine}: {len(found.pairs)} figures of {len({key[1] for key in found.pairs})} communities in {time.monotonic() - began:.1f} s.")
        return found

    def _count(self, options: dict[str, Any]) -> None:
        self._counted(options["engine"], options)

    def _compare(self, options: dict[str, Any]) -> None:
        with clock.standing_at(clock.now()):
            theirs, ours = self._counted(options["engine"], options), self._counted(POSTGRES, options)
        wrong = sorted(key for key in set(ours.pairs) | set(theirs.pairs) if ours.pairs.get(key) != theirs.pairs.get(key))
        if wrong:
            key = wrong[0]
            raise CommandError(f"{len(wrong)} figures differ. First: {key[2]}.{key[3]} of {key[0]} in {key[1]}: PostgreSQL {ours.pairs.get(key)}, "
                               f"{options['engine']} {theirs.pairs.get(key)}. If work went on meanwhile, run it again.")
        self.stdout.write("All figures are equal.")
