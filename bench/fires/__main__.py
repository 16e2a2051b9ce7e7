# SPDX-License-Identifier: MulanPSL-2.0
"""`python -m bench.fires [--rounds N] [--seed N]`: a long fire on a home of its own, which is removed afterwards; exit 1 when anything is wrong."""

import argparse
import sys
import tempfile
import time
from pathlib import Path

from bench.fires import burning, sites


def main() -> int:
    """Prepare, burn, tell."""
    made = argparse.ArgumentParser(prog="python -m bench.fires", description="Kill every part of a served Linli, again and again, while clients work")
    made.add_argument("--rounds", type=int, default=3, help="each kills every part once (default 3)")
    made.add_argument("--seed", type=int, default=1, help="decides order and moments (default 1)")
    made.add_argument("--pause", type=float, default=4.0, help="at most so many seconds between two deaths (default 4)")
    made.add_argument("--static", type=Path, help="collected static files to copy, to be ready sooner")
    options = made.parse_args()
    began = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="linli-fire-") as folder:
        home = Path(folder) / "home"
        home.mkdir()
        with sites.served(home, static=options.static) as site:
            print(f"ready after {time.monotonic() - began:.0f} s: seed {options.seed}, {options.rounds} rounds of {', '.join(burning.DEEDS)}", flush=True)
            fire = burning.burn(site, seed=options.seed, rounds=options.rounds, pause=options.pause)
            print(fire.told(), flush=True)
    return 1 if fire.wrong else 0


if __name__ == "__main__":
    sys.exit(main())
