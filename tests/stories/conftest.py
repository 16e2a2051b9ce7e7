# SPDX-License-Identifier: MulanPSL-2.0
"""The stage of the browser stories: a live server with the cast really committed, a worker beside it, and a browser."""

import io
import os
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from PIL import Image
from playwright.sync_api import Browser, Page

from linli.core import calendar_store, due, editions
from linli.doors import cookies
from linli.elements import sessions
from linli.elements.boundaries import OPEN_DAY, day_number
from linli.elements.models import Account, Boundary, Place
from linli.measures import seeding
from tests.cast import COMMUNITY, SINCE, Cast

PHONE, DESK = {"width": 390, "height": 844}, {"width": 1440, "height": 900}
WEST, SOUTH, SIDE = 117.1900, 39.1100, 0.004
INSIDE = (WEST + SIDE / 2, SOUTH + SIDE / 2)


@dataclass
class Stage:
    """What a story needs: the address, the people, new pages for anybody, and a place for pictures."""

    url: str
    cast: Cast
    browser: Browser
    photo: Path
    complaints: list[str]

    def page(self, name: str = "", *, viewport: dict[str, int] = PHONE, **more: Any) -> Page:
        """A page in a browser of its own, signed in as somebody of the cast."""
        context = self.browser.new_context(viewport=viewport, locale=more.pop("locale", "zh-CN"), **more)  # type: ignore[arg-type]
        if name:
            entered = sessions.open_for(Account.objects.get(username=name))
            context.add_cookies([{"name": cookies.SESSION, "value": entered.cookie, "url": self.url}])
        page = context.new_page()
        page.set_default_timeout(15_000)
        page.on("console", lambda message: self.complaints.append(f"{page.url}: {message.text}") if message.type == "error" and "status of 4" not in message.text else None)
        page.on("pageerror", lambda error: self.complaints.append(f"{page.url}: {error}"))
        return page

    def picture(self, page: Page, name: str) -> None:
        """Keep a picture when LINLI_PICTURES names a folder."""
        folder = os.environ.get("LINLI_PICTURES")
        if folder:
            Path(folder).mkdir(parents=True, exist_ok=True)
            page.screenshot(path=str(Path(folder) / f"{name}.png"), full_page=True)


def _draw(area: int, column: int) -> None:
    west = WEST + column * SIDE
    ring = [[west, SOUTH], [west + SIDE, SOUTH], [west + SIDE, SOUTH + SIDE], [west, SOUTH + SIDE], [west, SOUTH]]
    Boundary.objects.create(place=Place.objects.get(area=area), from_day=day_number(SINCE), to_day=OPEN_DAY, is_schematic=True,
                            shape={"type": "Polygon", "coordinates": [ring]})


def _work(stop: threading.Event) -> None:
    while not stop.is_set():
        due.drain()
        stop.wait(0.3)
    connection.close()


@pytest.fixture
def worker(transactional_db: None) -> Iterator[None]:
    """A thread that does due work as the worker process would."""
    stop = threading.Event()
    thread = threading.Thread(target=_work, args=(stop,), daemon=True)
    thread.start()
    yield
    stop.set()
    thread.join(timeout=20)


@pytest.fixture
def photo(tmp_path: Path) -> Path:
    """A photograph on the phone."""
    made = io.BytesIO()
    Image.effect_noise((1600, 1200), 60).convert("RGB").save(made, "JPEG", quality=80)
    path = tmp_path / "杂物.jpg"
    path.write_bytes(made.getvalue())
    return path


@pytest.fixture
def stage(transactional_db: None, cast: Cast, live_server: Any, browser: Browser, photo: Path, settings: Any, tmp_path: Path) -> Iterator[Stage]:
    """The cast with schemes of two grids, the calendar and the shipped standard; no script may complain."""
    settings.EVIDENCE_ROOT = tmp_path / "evidence"
    settings.REPORT_LIMIT = settings.SIGN_IN_LIMIT = 0
    calendar_store.seed()
    seeding.seed()
    for column, area in enumerate((COMMUNITY + 1, COMMUNITY + 2)):
        _draw(area, column)
    editions.forget_all()
    complaints: list[str] = []
    made = Stage(live_server.url, cast, browser, photo, complaints)
    yield made
    for context in browser.contexts:
        context.close()
    assert complaints == []


@pytest.fixture
def eventually() -> Callable[[Callable[[], bool], float], bool]:
    """Asks again and again until something is true or the seconds are over (the strict policy forbids waiting inside the page)."""
    import time

    def wait(is_true: Callable[[], bool], seconds: float) -> bool:
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            if is_true():
                return True
            threading.Event().wait(0.1)
        return False

    return wait
