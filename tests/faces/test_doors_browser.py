# SPDX-License-Identifier: MulanPSL-2.0
"""The behaviours of the shells in a real browser, under the real content policy, with and without JavaScript."""

import io
import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright

# Playwright keeps an event loop in this thread; the test's own queries before and after are synchronous all the same.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"

pytestmark = [pytest.mark.story, pytest.mark.django_db(transaction=True)]

PHONE, DESK = {"width": 390, "height": 844}, {"width": 1440, "height": 900}


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        yield opened
        opened.close()


def page_in(browser: Browser, complaints: list[str] | None = None, **more: Any) -> Page:
    page = browser.new_context(viewport=more.pop("viewport", PHONE), locale="zh-CN", **more).new_page()
    if complaints is not None:
        page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
        page.on("pageerror", lambda error: complaints.append(str(error)))
    return page


@pytest.mark.parametrize("viewport", [PHONE, DESK], ids=["phone", "desk"])
@pytest.mark.parametrize("shell", ["public", "desk"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_no_page_breaks_the_policy_or_the_width(browser: Browser, live_server: Any, viewport: dict[str, int], shell: str, scheme: str) -> None:
    complaints: list[str] = []
    page = page_in(browser, complaints, viewport=viewport, color_scheme=scheme)
    page.goto(f"{live_server.url}/ui/?shell={shell}")

    assert complaints == []
    assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")


@pytest.mark.parametrize("shell", ["public", "desk"])
def test_what_can_be_pressed_is_large_enough_for_a_finger(browser: Browser, live_server: Any, shell: str) -> None:
    page = page_in(browser)
    page.goto(f"{live_server.url}/ui/?shell={shell}")

    low = page.eval_on_selector_all(".button, .input, .choice, .desk-link", "all => all.filter(e => e.offsetParent && e.offsetHeight < 44).map(e => e.outerHTML.slice(0, 80))")
    assert low == []
    assert page.evaluate("parseFloat(getComputedStyle(document.body).fontSize)") >= 16


@pytest.mark.parametrize("address", ["/ui/", "/ui/?shell=desk", "/sign-in", "/no-such-page"])
@pytest.mark.parametrize("look", [(PHONE, "light"), (DESK, "dark")], ids=["phone-light", "desk-dark"])
def test_nothing_keeps_anybody_out(browser: Browser, live_server: Any, address: str, look: tuple[dict[str, int], Any]) -> None:
    axe = (Path(settings.NODE_MODULES) / "axe-core" / "axe.min.js").read_text(encoding="utf-8")
    page = page_in(browser, viewport=look[0], color_scheme=look[1], bypass_csp=True)
    page.goto(live_server.url + address)
    page.add_script_tag(content=axe)
    found = page.evaluate("axe.run(document, {runOnly: ['wcag2a', 'wcag2aa', 'wcag21aa', 'wcag22aa', 'best-practice']})")

    assert found["passes"]
    assert [(one["id"], [node["html"][:120] for node in one["nodes"]]) for one in found["violations"]] == []


def test_what_was_typed_is_still_there_after_a_reload(browser: Browser, live_server: Any) -> None:
    page = page_in(browser)
    page.goto(f"{live_server.url}/ui/?form=fresh")
    page.get_by_label("称呼").fill("李先生")
    page.get_by_text("井盖缺失").click()
    page.reload()

    assert page.get_by_label("称呼").input_value() == "李先生"
    assert page.get_by_label("井盖缺失").is_checked()


def test_what_the_server_sends_back_counts_more_than_a_draft(browser: Browser, live_server: Any) -> None:
    page = page_in(browser)
    page.goto(f"{live_server.url}/ui/?form=fresh")
    page.get_by_label("发生了什么").fill("旧的草稿")
    page.goto(f"{live_server.url}/ui/")

    assert page.get_by_label("发生了什么").input_value().endswith("3号楼前垃圾没有清走")


def test_a_large_photo_is_shrunk_before_it_travels(browser: Browser, live_server: Any, tmp_path: Path) -> None:
    out = io.BytesIO()
    Image.effect_noise((3000, 2000), 60).convert("RGB").save(out, "JPEG", quality=95)
    (tmp_path / "large.jpg").write_bytes(out.getvalue())
    page = page_in(browser)
    page.goto(f"{live_server.url}/ui/")
    page.set_input_files("#field-photos-files", str(tmp_path / "large.jpg"))
    page.locator("#field-photos-preview img").wait_for()

    size = page.evaluate("createImageBitmap(document.querySelector('#field-photos-files').files[0]).then(p => [p.width, p.height])")
    assert size == [2048, 1365]
    assert page.evaluate("document.querySelector('#field-photos-files').files[0].size") < len(out.getvalue())


def test_a_photo_can_be_taken_out_again(browser: Browser, live_server: Any, tmp_path: Path) -> None:
    Image.new("RGB", (40, 30)).save(tmp_path / "small.png")
    page = page_in(browser)
    page.goto(f"{live_server.url}/ui/")
    page.set_input_files("#field-photos-files", str(tmp_path / "small.png"))
    page.get_by_role("button", name="移除").click()

    assert page.evaluate("document.querySelector('#field-photos-files').files.length") == 0


def test_a_changed_part_appears_by_itself(browser: Browser, live_server: Any) -> None:
    page = page_in(browser)
    page.goto(f"{live_server.url}/ui/")
    page.evaluate("document.querySelector('[data-pulse]').dataset.stamp = 'older'")
    page.evaluate("document.querySelector('[data-mark=beat]').textContent = 'old'")
    page.locator("[data-mark=beat].has-changed").wait_for(timeout=5_000)

    assert page.locator("[data-mark=beat]").inner_text() != "old"


def test_the_position_is_asked_only_when_the_button_is_pressed(browser: Browser, live_server: Any) -> None:
    context = browser.new_context(viewport=PHONE, geolocation={"longitude": 117.2, "latitude": 39.1}, permissions=["geolocation"])
    page = context.new_page()
    page.goto(f"{live_server.url}/ui/")
    before = page.locator("[data-lon]").input_value()
    page.locator("[data-locate]").click()
    page.locator("[data-locate-said]", has_text="±").wait_for()

    assert before == "117.194100"
    assert page.locator("[data-lon]").input_value() == "117.200000"


def test_language_and_look_are_switched_without_javascript(browser: Browser, live_server: Any) -> None:
    page = page_in(browser, java_script_enabled=False)
    page.goto(f"{live_server.url}/sign-in")
    page.get_by_role("button", name="English").click()
    page.get_by_role("button", name="Large type").click()
    page.get_by_role("button", name="Light or dark").click()

    assert page.locator("h1").inner_text() == "Staff sign-in"
    assert page.locator("html[data-theme=dark][data-type=large]").count() == 1


def test_the_door_opens_no_other_way_than_by_the_form_and_keeps_the_user_name(browser: Browser, live_server: Any) -> None:
    page = page_in(browser, java_script_enabled=False)
    page.goto(f"{live_server.url}/sign-in")
    page.get_by_label("用户名").fill("nobody")
    page.get_by_label("密码").fill("wrong-password-1")
    page.get_by_role("button", name="登录").click()

    assert page.get_by_role("alert").inner_text().startswith("登录没有成功")
    assert page.get_by_label("用户名").input_value() == "nobody"
