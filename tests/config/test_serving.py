# SPDX-License-Identifier: MulanPSL-2.0
"""What the web server has loaded before it forks, and what it must not hand down."""

import json
import subprocess
import sys

import pytest

PREPARED = """
import gc, json, threading
from linli.config import serving
serving.prepare()
from django.db import connection
from linli.elements import places
print(json.dumps({"kept": places._memory._kept is not None, "frozen": gc.get_freeze_count() > 10_000,
                  "link": connection.connection is not None, "pools": len(connection._connection_pools), "threads": threading.active_count()}))
"""


@pytest.mark.slow
def test_children_inherit_the_places_but_no_connection_and_no_thread() -> None:
    said = subprocess.run([sys.executable, "-c", PREPARED], capture_output=True, text=True, timeout=120, check=True)

    assert json.loads(said.stdout.splitlines()[-1]) == {"kept": said.stderr == "", "frozen": True, "link": False, "pools": 0, "threads": 1}
