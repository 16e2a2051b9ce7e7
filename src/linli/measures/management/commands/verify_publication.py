# SPDX-License-Identifier: MulanPSL-2.0
"""`manage verify_publication FILE`: the file beside what was published here, the journal's seal, and the counts that it withholds."""

import sys
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from linli.core import clock
from linli.core.sight import looking, of_all
from linli.measures import checking


class Command(BaseCommand):
    """Reads only. The file's own check needs no database and is `linli.measures.proving`."""

    help = "Compare a published file with what was published here: 0 when it is word for word the same, else 1 with what differs."

    def add_arguments(self, parser: CommandParser) -> None:
        """The file."""
        parser.add_argument("file", type=Path)

    def handle(self, *args: Any, **options: Any) -> None:
        """Compare, print both languages, and leave with 1 when something is wrong."""
        try:
            raw = options["file"].read_bytes()
        except OSError:
            self.stderr.write(f"读不到文件。 The file {options['file']} cannot be read.")
            sys.exit(2)
        with looking(of_all(), read_only=True):
            found = checking.compare(raw)
            faults = list(found.faults) if found else []
            if found is not None and found.publication is not None:
                faults += checking.opening_faults(found.publication)
        if found is None or faults:
            for one in faults:
                self.stderr.write(f"✗ {one.zh}\n  {one.en}")
            sys.exit(1)
        made = clock.local(found.made_at).strftime("%Y-%m-%d %H:%M") if found.made_at else ""
        self.stdout.write(f"✓ 与本系统 {made} 发布的内容逐字相同，日志封印和不公开的数字也都对得上。\n"
                          f"  Word for word what was published here at {made}; the journal's seal and the withheld counts fit as well.")
        for note in found.notes:
            self.stdout.write(f"· {note.zh}\n  {note.en}")
