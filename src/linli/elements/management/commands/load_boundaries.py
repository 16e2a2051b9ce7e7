# SPDX-License-Identifier: MulanPSL-2.0
"""`manage load_boundaries FILE --datum WGS84|GCJ-02 --from DATE [--schematic]`: load polygons with valid time."""

from argparse import ArgumentParser
from datetime import date
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from linli.core.actions import run
from linli.core.faults import Fault
from linli.elements.actors import system_actor
from linli.elements.management.commands.load_divisions import sentences, text_of


class Command(BaseCommand):
    """Loads the file through the action `boundary.load`."""

    help = "Load boundaries from a GeoJSON FeatureCollection whose features carry a code, an area or a community."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """The file, its datum and the first day; nothing of it is guessed."""
        parser.add_argument("file")
        parser.add_argument("--datum", choices=("WGS84", "GCJ-02"), required=True, help="the system of the file's coordinates")
        parser.add_argument("--from", dest="since", type=date.fromisoformat, required=True, help="first day of validity, YYYY-MM-DD")
        parser.add_argument("--schematic", action="store_true", help="made-up shapes: every map says so")
        parser.add_argument("--source", default="", help="where the shapes come from")

    def handle(self, *args: Any, **options: Any) -> None:
        """Load, and say what was added and what looks wrong."""
        given = {"collection": text_of(options["file"]), "datum": options["datum"], "since": options["since"],
                 "schematic": options["schematic"], "source": options["source"]}
        try:
            answer = run("boundary.load", system_actor("installer"), given)
        except Fault as fault:
            raise CommandError(sentences(fault)) from fault
        self.stdout.write(", ".join(f"{name}: {number}" for name, number in answer["done"].items()) or "Nothing to change.")
        for remark in answer["remarks"]:
            self.stdout.write(f"{remark['zh']} {remark['en']}")
