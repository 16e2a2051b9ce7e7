# SPDX-License-Identifier: MulanPSL-2.0
"""What every test stands on: the database of the launcher, the strict sight, and memories that are forgotten between tests."""

import os
import shutil
from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest
from django.db import connection
from django.db.backends.signals import connection_created

if TYPE_CHECKING:
    from playwright.sync_api import Browser

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "linli.config.settings")
pytest_plugins = ["tests.cast"]


def _be_strict(sender: object, connection: object, **more: object) -> None:
    from linli.core.sight import StrictSight

    if not any(isinstance(one, StrictSight) for one in connection.execute_wrappers):  # type: ignore[attr-defined]
        connection.execute_wrappers.append(StrictSight())  # type: ignore[attr-defined]


connection_created.connect(_be_strict)


@pytest.fixture(autouse=True)
def _forget_memories() -> Iterator[None]:
    """What a process remembers (places, categories) must not outlive a test's transaction."""
    from linli.core import editions

    editions.forget_all()
    yield
    editions.forget_all()


@pytest.fixture(autouse=True)
def _hold_the_clock_of_memories(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """A test inside one transaction sees changes of no other process: it is not to ask for them by the clock on the wall, or counted queries differ."""
    from linli.core import editions

    mark = request.node.get_closest_marker("django_db")
    has_other_processes = {"live_server", "transactional_db"} & set(request.fixturenames) or (mark is not None and mark.kwargs.get("transaction"))
    if not has_other_processes:
        monkeypatch.setattr(editions, "CHECK_SECONDS", float("inf"))


def pytest_sessionstart(session: pytest.Session) -> None:
    """Drop the test databases of runs that were killed; each run has its own, named by its process."""
    import psycopg

    with psycopg.connect(os.environ["LINLI_DATABASE_OWNER_URL"], autocommit=True) as link:
        for (name,) in link.execute("select datname from pg_database where datname ~ '^linli_test_[0-9]+'").fetchall():
            process = name.split("_")[2]
            if not os.path.exists(f"/proc/{process}"):
                link.execute(f'drop database if exists "{name}" with (force)')


@pytest.fixture
def owner(db: None) -> Iterator[None]:
    """A stretch as the owner of the tables, outside every fence: for planting what no action would write."""
    from linli.core import sight

    token = sight._current.set(sight.of_all())
    with connection.cursor() as cursor:
        cursor.execute("select set_config('role', 'none', true)")
    yield
    sight._current.reset(token)


@pytest.fixture(scope="session")
def browser() -> Iterator["Browser"]:
    """Debian's Chromium, one for all tests of a process: Playwright keeps one event loop in it, and no second."""
    from playwright.sync_api import sync_playwright

    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"  # queries of the test itself stay synchronous beside that loop
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        yield opened
        opened.close()
