# SPDX-License-Identifier: MulanPSL-2.0
"""`manage load_divisions FILE [--changes FILE] [--crosswalk FILE]`: load or renew the divisions of a city."""

from argparse import ArgumentParser
from datetime import date
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from linli.core.actions import run
from linli.core.faults import Fault
from linli.elements.actors import system_actor


def text_of(path: str) -> str:
    """The text of a file; CommandError with a sentence when it cannot be read as UTF-8."""
    try:
        return Path(path).read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise CommandError(f"{path} cannot be read as UTF-8 text: {error}") from error


def sentences(fault: Fault) -> str:
    """All that a fault says, for a terminal."""
    return " ".join([str(fault.message), *(f"{name}: {text}" for name, text in fault.fields.items()), str(fault.remedy)])


class Command(BaseCommand):
    """Loads the file through the action `place.load`; running it twice changes nothing."""

    help = "Load the divisions of a city from a CSV file (code, name, level, parent_code, ...)."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """The files and the day that they describe."""
        parser.add_argument("file")
        parser.add_argument("--changes", default="", help="names of codes over the years")
        parser.add_argument("--crosswalk", default="", help="codes of another system")
        parser.add_argument("--state", type=date.fromisoformat, default=None, help="the day that the file describes, YYYY-MM-DD; today by default")

    def handle(self, *args: Any, **options: Any) -> None:
        """Load, and say what was added and changed."""
        given = {name: text_of(options[name]) for name in ("changes", "crosswalk") if options[name]}
        given |= {"divisions": text_of(options["file"]), "state": options["state"]}
        try:
            answer = run("place.load", system_actor("installer"), given)
        except Fault as fault:
            raise CommandError(sentences(fault)) from fault
        done = ", ".join(f"{name}: {number}" for name, number in answer["done"].items()) or "nothing to change"
        self.stdout.write(f"{answer['city']}: {answer['units']} units in the files; {done}.")
