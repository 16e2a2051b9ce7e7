# SPDX-License-Identifier: MulanPSL-2.0
"""A phone with a memory of its own: it can lose the network, be killed outright and be switched on again."""

import os
import shutil
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from playwright.sync_api import BrowserContext, Error, Page

from linli.doors import cookies
from linli.elements import sessions
from linli.elements.models import Account
from tests.stories.conftest import PHONE, Stage
from tests.stories.lines import Line

MOST_SECONDS = 25.0


class Phone:
    """Chromium with a profile folder, behind a line of its own."""

    def __init__(self, stage: Stage, line: Line, folder: Path, wait: Callable[[Callable[[], bool], float], bool]) -> None:
        self.stage, self.line, self.folder, self.wait = stage, line, folder, wait
        self.context: BrowserContext | None = None
        self.more: dict[str, Any] = {}

    def switch_on(self, **more: Any) -> Page:
        """Start the browser with what it kept; answers its page."""
        self.more = more or self.more
        self.context = self.stage.browser.browser_type.launch_persistent_context(
            str(self.folder), executable_path=shutil.which("chromium"), args=["--no-sandbox"], viewport=PHONE, locale="zh-CN",  # type: ignore[arg-type]
            permissions=["geolocation"], **self.more)
        self.context.set_offline(self.line.is_cut)
        return self.page()

    def page(self) -> Page:
        """A further tab."""
        assert self.context is not None
        page = self.context.new_page()
        page.set_default_timeout(15_000)
        page.on("pageerror", lambda error: self.stage.complaints.append(f"{page.url}: {error}"))
        page.on("dialog", lambda dialog: dialog.accept())
        return page

    def sign_in(self, name: str) -> None:
        """The session of somebody of the cast, as the door would give it."""
        assert self.context is not None
        entered = sessions.open_for(Account.objects.get(username=name))
        self.context.add_cookies([{"name": cookies.SESSION, "value": entered.cookie, "url": self.line.url}])

    def cut(self, is_cut: bool = True) -> None:
        """Lose the network, or get it back."""
        self.line.is_cut = is_cut
        if self.context is not None:
            self.context.set_offline(is_cut)

    def kill(self) -> None:
        """End every process of this browser without a word, as a phone short of memory does."""
        for found in Path("/proc").glob("[0-9]*/cmdline"):
            try:
                if f"--user-data-dir={self.folder}".encode() in found.read_bytes():
                    os.kill(int(found.parent.name), signal.SIGKILL)
            except (FileNotFoundError, ProcessLookupError):
                continue
        self.context = None

    def off(self) -> None:
        """Switch off in good order."""
        if self.context is not None:
            self.context.close()
            self.context = None

    def open(self, page: Page, name: str = "") -> None:
        """A screen, once its scripts are at work."""
        page.goto(f"{self.line.url}/pocket/{name}")
        page.locator("html[data-ready=yes]").wait_for(state="attached")

    def settle(self, page: Page) -> None:
        """Until the service worker keeps the screens for the time without a network."""
        self.open(page)
        page.evaluate("navigator.serviceWorker.ready.then(() => true)")
        ready = "caches.keys().then(async (names) => { for (const name of names) if (await (await caches.open(name)).match('/pocket/shell/outbox/')) return true; return false; })"
        assert self.wait(lambda: bool(page.evaluate(ready)), MOST_SECONDS)

    def is_empty(self, page: Page) -> bool:
        """True when the page has counted and nothing waits any more (before it has counted, the number is hidden too)."""
        try:
            return page.locator("html[data-others]").count() == 1 and page.locator("[data-badge]").is_hidden()
        except Error:
            return False


@contextmanager
def phone(stage: Stage, folder: Path, wait: Callable[[Callable[[], bool], float], bool]) -> Iterator[Phone]:
    """A phone that is switched off at the end, whatever happened."""
    line = Line(stage.url)
    made = Phone(stage, line, folder, wait)
    try:
        yield made
    finally:
        try:
            made.off()
        except Error:
            made.kill()
        line.close()
