# SPDX-License-Identifier: MulanPSL-2.0
"""Ways into a site's own database from a test, which has another one in its environment."""

import json
import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from unittest.mock import patch

import psycopg

from bench.fires.sites import ROOT, Site
from launcher.databases import Database, opened
from launcher.homes import Home

RUN = "import django; django.setup(); from {module} import {name}; {name}({given})"


@contextmanager
def database_of(site: Site) -> Iterator[Database]:
    """The database of the site, not the one of the tests that the environment names."""
    own = {name: value for name, value in os.environ.items() if not name.startswith("LINLI_")}
    with patch.dict(os.environ, own, clear=True), opened(Home(site.home)) as database:
        yield database


def inside(site: Site, module: str, name: str, given: str = "") -> Any:
    """What one of our functions prints, as JSON, when it runs inside Django as the owner of the site's tables."""
    with database_of(site) as database:
        environment = database.environment(with_owner=True) | {"LINLI_AS_OWNER": "1"}
        environment["PYTHONPATH"] += f"{os.pathsep}{ROOT}"
        command = [str(database.home.python), "-c", RUN.format(module=module, name=name, given=given)]
        done = subprocess.run(command, env=environment, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    return json.loads(done.stdout.strip().splitlines()[-1])


def asked(site: Site, sql: str) -> list[tuple[Any, ...]]:
    """The rows of a statement of the owner."""
    with database_of(site) as database, psycopg.connect(database.need_owner().url(), autocommit=True) as link:
        return list(link.execute(sql).fetchall())  # type: ignore[call-overload]
