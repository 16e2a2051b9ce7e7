# SPDX-License-Identifier: MulanPSL-2.0
"""The command line of the bench: which measurement, on which database, how long."""

import argparse
from collections.abc import Callable, Sequence
from pathlib import Path

from bench import engines, exports, foreign, inbox, intake, machine, matters, measures, one_community, people, quality, reports, search, tiles
from launcher.cluster import find_cluster
from launcher.homes import find_home

BENCHES: dict[str, Callable[[argparse.Namespace], None]] = {"reports": reports.run, "inbox": inbox.run, "measures": measures.run,
                                                           "exports": exports.run, "matters": matters.run, "tiles": tiles.run, "foreign": foreign.run,
                                                           "search": search.run, "people": people.run,
                                                           "quality": quality.run, "intake": intake.run, "one-community": one_community.run,
                                                           "engines": engines.run}


def parser() -> argparse.ArgumentParser:
    """What may be given."""
    made = argparse.ArgumentParser(prog="bench/run", description="Measure Linli beside floors of the same run. First: eval \"$(./linli env)\"")
    made.add_argument("bench", choices=sorted(BENCHES))
    made.add_argument("--seconds", type=float, default=10, help="length of each load (default 10)")
    made.add_argument("--clients", type=int, nargs="+", default=[1, 8, 32], help="reports: how many at a time, one run each")
    made.add_argument("--port", type=int, default=8765)
    made.add_argument("--data", default="", help="data folder of the database server (default: the embedded one of LINLI_HOME)")
    made.add_argument("--server-log", default="", help="the server's log file, when it is not in its data folder")
    made.add_argument("--out", type=Path, help="also append JSON lines to this file")
    made.add_argument("--rounds", type=int, default=3, help="measures: how often each scan runs, the least counts; "
                      "tiles: how often each tile is asked for; search: questions of each kind")
    made.add_argument("--rows", type=int, default=1_000_000, help="exports: how many rows to take out at most; "
                      "foreign: how many requests (at most 50,000); search: people of a crowd; people, intake: how many residents")
    made.add_argument("--files", type=Path, help="people: the folder for the files (default: residents)")
    made.add_argument("--populate", type=int, default=0, help="intake: so many residents go in first, timed by themselves")
    made.add_argument("--workers", type=int, default=2, help="intake: how many processes work through the files")
    made.add_argument("--households", type=int, default=0, help="engines: first put registers with so many households a community into the bench's database")
    made.add_argument("--spark", action="store_true", help="engines: Apache Spark too, where it is installed")
    made.add_argument("--rebuild", action="store_true", help="measures: also time a whole rebuild")
    return made


def data_folder() -> str:
    """The data folder of the embedded server of LINLI_HOME."""
    return str(find_cluster(find_home()).base / "data")


def main(arguments: Sequence[str]) -> int:
    """Run one bench."""
    options = parser().parse_args(arguments)
    options.data = options.data or data_folder()
    print(f"machine: {machine.facts()}", flush=True)
    BENCHES[options.bench](options)
    return 0
