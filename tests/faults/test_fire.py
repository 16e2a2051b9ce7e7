# SPDX-License-Identifier: MulanPSL-2.0
"""Real processes under ./linli up, killed while people work: nothing is lost, nothing doubled, and each part comes back by itself."""

import json
import os
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from bench.fires import burning, sites
from bench.fires.sites import Site
from linli.doors import cookies

pytestmark = [pytest.mark.slow]
SEED = 2026
DEEDS = ("web parent", "worker", "database")
PATIENCE = 60.0
EACH_PROCESS = 12
"""So many reads in a row reach every web process, also the one that has not noticed yet that its connections died."""
WORDS = "请环卫一队今天下午到现场清理，先联系 3 号楼的楼长。"
POCKET_WORDS = "网页停了的时候上报：路灯不亮"


def test_parts_that_are_killed_come_back_by_themselves_and_no_step_is_lost_or_doubled(site: Site) -> None:
    fire = burning.burn(site, seed=SEED, deeds=DEEDS, pause=1.5)

    assert fire.wrong == [], fire.told()
    assert {part for part, _ in fire.back} == set(DEEDS)
    assert fire.answers[0] + fire.answers[503] > 0
    assert not fire.facts["is_first"]


@contextmanager
def screen(browser: Browser, site: Site, name: str, *, width: int) -> Iterator[Page]:
    """A browser in which somebody of the cast is signed in."""
    context = browser.new_context(viewport={"width": width, "height": 900}, locale="zh-CN")
    context.add_cookies([{"name": cookies.SESSION, "value": site.people["cookies"][name], "url": site.url}])
    page = context.new_page()
    page.set_default_timeout(30_000)
    yield page
    context.close()


@contextmanager
def held_down(site: Site, part: str, keeper: int) -> Iterator[None]:
    """A part is killed and stays away, because whoever would start it again is stopped meanwhile."""
    os.kill(keeper, signal.SIGSTOP)
    try:
        killed = sites.kill(site, part)
        until = time.monotonic() + PATIENCE
        while set(killed) & set(site.numbers(part)) and time.monotonic() < until:
            time.sleep(sites.LOOK_SECONDS)
        yield
    finally:
        os.kill(keeper, signal.SIGCONT)


def eventually(is_true: Callable[[], bool]) -> bool:
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        if is_true():
            return True
        time.sleep(0.1)
    return False


def told(site: Site, who: str, path: str) -> dict[str, object]:
    """What the API answers to somebody of the cast."""
    status, body = sites.ask(site.port, "GET", path, headers={"Authorization": f"Bearer {site.people['tokens'][who]}"})
    assert status == 200, body
    found: dict[str, object] = json.loads(body)
    return found


def sent(site: Site, who: str, action: str, **given: object) -> dict[str, object]:
    headers = {"Authorization": f"Bearer {site.people['tokens'][who]}", "Content-Type": "application/json"}
    status, body = sites.ask(site.port, "POST", f"/api/v1/actions/{action}", body=json.dumps(given).encode(), headers=headers)
    assert status == 200, body
    found: dict[str, object] = json.loads(body)
    return found


def picture(page: Page, name: str) -> None:
    """Keep a picture when LINLI_PICTURES names a folder."""
    folder = os.environ.get("LINLI_PICTURES")
    if folder:
        Path(folder).mkdir(parents=True, exist_ok=True)
        page.screenshot(path=str(Path(folder) / f"{name}.png"), full_page=True)


@pytest.mark.story
def test_what_was_typed_into_a_desk_form_outlives_the_database_and_the_second_press_counts_once(site: Site, browser: Browser) -> None:
    made = sent(site, "gridworker", "matter.report", category=site.people["category"], summary="楼道堆物", area=site.people["area"])
    number = made["number"]
    with screen(browser, site, "dispatcher", width=1440) as page:
        page.goto(f"{site.url}/desk/matter/{number}/")
        panel = page.locator("details[id='move-matter.file']")
        panel.locator("summary").click()
        panel.locator("textarea").first.fill(WORDS)

        with held_down(site, "database", site.numbers("keeper")[0]):
            panel.locator("form button[type=submit]").click()
            page.get_by_role("button", name="再提交一次").wait_for()
            picture(page, "fire-desk-away")
            assert page.get_by_text(WORDS).is_visible()
        assert eventually(site.healthy)
        page.get_by_role("button", name="再提交一次").click()
        page.locator(".notice.good").first.wait_for()
        picture(page, "fire-desk-back")

    for _ in range(EACH_PROCESS):
        story = told(site, "dispatcher", f"/api/v1/matters/{number}")
        assert story["phase"] == "filed"
        assert json.dumps(story["entries"], ensure_ascii=False).count(WORDS) == 1


@pytest.mark.story
def test_a_report_from_the_phone_waits_in_its_outbox_while_the_web_is_away_and_arrives_once(site: Site, browser: Browser) -> None:
    with screen(browser, site, "gridworker", width=390) as page:
        page.goto(f"{site.url}/pocket/report/")
        page.locator("html[data-ready=yes]").wait_for(state="attached")
        page.evaluate("navigator.serviceWorker.ready.then(() => true)")
        page.locator("[data-picker] summary").first.click()
        page.locator("[data-picker] input[type=search]").fill(site.people["words"])
        page.locator("[data-picker] .pick:visible").first.click()
        page.locator(".choice", has_text="槐安第一网格").click()
        page.locator("#report-summary").fill(POCKET_WORDS)

        with held_down(site, "web", site.up.pid):
            page.get_by_role("button", name="提交上报").click()
            page.get_by_text("已存在这部手机上。").wait_for()
            picture(page, "fire-pocket-away")
            assert eventually(lambda: page.locator("[data-badge]").first.is_visible())
        assert eventually(site.healthy)
        page.goto(f"{site.url}/pocket/outbox/")
        assert eventually(lambda: count_of(site, POCKET_WORDS) == 1)
        assert eventually(lambda: page.locator("[data-part=waiting] .entry").count() == 0)
        picture(page, "fire-pocket-back")

    assert count_of(site, POCKET_WORDS) == 1


def count_of(site: Site, words: str) -> int:
    """How many matters of the last hundred have these words."""
    try:
        return json.dumps(told(site, "dispatcher", "/api/v1/matters?limit=100"), ensure_ascii=False).count(words)
    except (OSError, AssertionError):
        return 0
