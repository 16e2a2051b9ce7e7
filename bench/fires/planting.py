# SPDX-License-Identifier: MulanPSL-2.0
"""A database of its own for a fire, made by the launcher with the cast of the tests in it: `python -m bench.fires.planting [STATIC]`.

Works on the home that LINLI_HOME names. What ./linli up would do before it serves (reference rows, static files, demonstration) is marked as done;
static files are copied from a folder that has them, if one is named.
"""

import os
import shutil
import subprocess
import sys

from launcher import schemas
from launcher.databases import Database, opened
from launcher.displays import Notes
from launcher.homes import find_home

INSIDE = "import django; django.setup(); from bench.fires import {name}; {name}.main()"
REMEDY = "Read the log of the step"


def prepare(static: str) -> None:
    """Schema, cast and stamps; prints what the players need."""
    home = find_home()
    home.prepare()
    with opened(home) as database:
        identity = database.identity()
        schemas.manage(database, "migrate", "--noinput", "-v", "0", step="schema", notes=Notes(head=""), remedy=REMEDY, as_owner=True)
        schemas.migration_stage(database, identity=identity).mark()
        print(inside(database, "casting"), flush=True)
        schemas.seed_stage(database, identity=identity).mark()
        schemas.mark_demonstration(database, "refused", identity=identity)
        if static:
            shutil.copytree(static, home.static)
            schemas.static_stage(database).mark()


def inside(database: Database, name: str) -> str:
    """What one of our modules prints when its main() runs inside Django, as the owner of the tables."""
    environment = database.environment(with_owner=True) | {"LINLI_AS_OWNER": "1"}
    environment["PYTHONPATH"] += f"{os.pathsep}{database.home.checkout}"
    command = [str(database.home.python), "-c", INSIDE.format(name=name)]
    done = subprocess.run(command, env=environment, cwd=database.home.checkout, stdout=subprocess.PIPE, text=True, check=True)
    return done.stdout.strip().splitlines()[-1]


if __name__ == "__main__":
    prepare(sys.argv[1] if sys.argv[1:] else "")
