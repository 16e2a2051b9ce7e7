# SPDX-License-Identifier: MulanPSL-2.0
"""The main job in a browser: reported on a phone, seen through by four posts, and a figure changed on an open page within five seconds."""

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page

from linli.core import seals
from tests.cast import COMMUNITY, STREET
from tests.stories.conftest import DESK, PHONE, Stage

pytestmark = [pytest.mark.story, pytest.mark.slow, pytest.mark.django_db(transaction=True)]

SUMMARY = "单元门口堆了旧沙发，挡住了消防通道。"
REPLY = "旧沙发已清走，通道恢复畅通。"
CLOSED = f"/desk/results/{COMMUNITY}/"
FIGURE = f"[data-mark='{COMMUNITY}-D3-11-parts']"
Wait = Callable[[Callable[[], bool], float], bool]


def report_by_phone(stage: Stage, page: Page, name: str) -> str:
    """The resident's three steps; answers the query code."""
    page.goto(stage.url)
    stage.picture(page, f"{name}-01-front")
    page.get_by_role("navigation", name="您想做什么").get_by_role("link", name="报问题").click()
    page.get_by_label("或者从列表里找").fill("井盖")
    page.get_by_role("button", name="查找").click()
    page.get_by_role("button", name="供水井盖异常").click()
    page.get_by_label("查找社区").fill("槐安")
    page.get_by_role("button", name="查找").click()
    page.get_by_role("button", name="槐安社区").click()
    page.get_by_label("问题描述").fill(SUMMARY)
    page.get_by_label("具体地点").fill("3 号楼 2 单元")
    page.get_by_label("照片").set_input_files(stage.photo)
    page.get_by_label("联系电话").fill("138")
    stage.picture(page, f"{name}-02-report")
    page.locator("button.primary[name=send]").click()
    assert page.get_by_label("问题描述").input_value() == SUMMARY
    assert page.get_by_text("已上传的照片").is_visible()
    stage.picture(page, f"{name}-03-wrong-phone")
    page.get_by_label("联系电话").fill("13800000000")
    page.locator("button.primary[name=send]").click()
    page.get_by_role("heading", name="已经收到，谢谢您").wait_for()
    stage.picture(page, f"{name}-04-slip")
    return page.locator("#query-code").inner_text().strip()


def move(stage: Stage, page: Page, number: str, action: str, picture: str, **typed: Any) -> None:
    """Open the form of a move from the matter's page and send it."""
    page.goto(f"{stage.url}/desk/matter/{number}/")
    panel = page.locator(f"details[id='move-{action}']")
    panel.locator("summary").click()
    for label, value in typed.items():
        if isinstance(value, Path):
            panel.locator("input[type=file]").set_input_files(value)
        elif label == "choose":
            panel.get_by_label(value, exact=True).check()
        else:
            panel.get_by_label(label).fill(value)
    stage.picture(page, picture)
    panel.locator("form button[type=submit]").click()
    page.locator(".notice.good").first.wait_for()


def see_through(stage: Stage, number: str, name: str, *, scripts: bool) -> Page:
    """Everything up to the passed verification, each by its own post; answers the dispatcher's page."""
    more = {"viewport": DESK, "java_script_enabled": scripts}
    dispatcher, handler, verifier = (stage.page(who, **more) for who in ("dispatcher", "handler", "verifier"))
    dispatcher.goto(stage.url + "/desk/")
    assert dispatcher.get_by_role("link", name="供水井盖异常").is_visible()
    stage.picture(dispatcher, f"{name}-05-today")
    move(stage, dispatcher, number, "matter.file", f"{name}-06-file")
    move(stage, dispatcher, number, "matter.dispatch", f"{name}-07-dispatch", choose="环卫一队")
    move(stage, handler, number, "matter.receive", f"{name}-08-receive")
    move(stage, handler, number, "matter.reply", f"{name}-09-reply", 给上报人的答复=REPLY, photo=stage.photo)
    move(stage, verifier, number, "matter.verify", f"{name}-10-verify", choose="合格")
    return dispatcher


def rate(stage: Stage, page: Page, code: str, name: str) -> None:
    """The resident enters the code, reads the story and rates it."""
    page.goto(stage.url + "/follow/")
    page.get_by_label("查询码").fill(code.lower())
    page.get_by_role("button", name="查看进度").click()
    assert page.get_by_text(REPLY).is_visible()
    assert page.locator(".timeline-entry", has_text=REPLY).locator("img").count() == 1
    assert page.locator("input[type=radio]:checked").count() == 0
    stage.picture(page, f"{name}-13-story")
    page.get_by_label("非常满意", exact=True).check()
    page.get_by_role("button", name="提交评价").click()
    page.get_by_text("谢谢您的评价。").wait_for()
    assert page.get_by_text("您的评价：非常满意").is_visible()
    stage.picture(page, f"{name}-14-rated")


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])
def test_a_report_is_seen_through_and_changes_a_figure_by_itself(stage: Stage, worker: None, eventually: Wait, scripts: bool) -> None:
    name = "loop" if scripts else "loop-plain"
    resident = stage.page(viewport=PHONE, java_script_enabled=scripts)
    code = report_by_phone(stage, resident, name)
    number = f"LL{int(code.split('-')[0]):09d}"
    dispatcher = see_through(stage, number, name, scripts=scripts)
    watcher = stage.page("director", viewport=DESK, java_script_enabled=scripts)
    watcher.goto(stage.url + CLOSED)
    assert watcher.locator(FIGURE).inner_text() == "0 / 0"
    stage.picture(watcher, f"{name}-11-before")

    move(stage, dispatcher, number, "matter.close", f"{name}-11-close")
    begun = time.monotonic()
    has_changed = eventually(lambda: watcher.locator(FIGURE).inner_text() == "1 / 1", 5)

    assert has_changed, f"after {time.monotonic() - begun:.1f} s the page still says {watcher.locator(FIGURE).inner_text()}"
    stage.picture(watcher, f"{name}-12-after")
    watcher.get_by_role("link", name="网格事件按期办结率").click()
    assert watcher.get_by_text(number).is_visible()
    stage.picture(watcher, f"{name}-12-members")
    rate(stage, resident, code, name)
    seals.seal()
    assert seals.verify().is_whole


def test_a_stale_edit_shows_both_versions_and_keeps_what_was_typed(stage: Stage) -> None:
    number = stage.cast.report()["number"]
    stage.cast.walk(number, "handling")
    page = stage.page("handler", viewport=DESK)
    page.goto(f"{stage.url}/desk/matter/{number}/move/matter.reply")
    page.get_by_label("给上报人的答复").fill("写了很久的答复")
    stage.cast.do("matter.handle", "handler", number=number, version=stage.cast.version(number), note="同事先记了一笔")

    page.locator("details[open] form button[type=submit]").click()

    assert page.get_by_role("heading", name="没有保存：这件事已经变了").is_visible()
    assert page.get_by_label("给上报人的答复").input_value() == "写了很久的答复"
    assert page.locator(".versions").get_by_text("同事先记了一笔").is_visible()
    stage.picture(page, "desk-conflict")


def test_a_question_reaches_the_resident_and_the_answer_comes_back(stage: Stage) -> None:
    made = stage.cast.report(contact_phone="13800000000")
    dispatcher = stage.page("dispatcher", viewport=DESK)
    move(stage, dispatcher, made["number"], "matter.ask", "desk-ask", 问题="是几号楼？")
    resident = stage.page()
    resident.goto(f"{stage.url}/follow/{made['query_code']}/")

    resident.get_by_label("您的回答").fill("3 号楼 2 单元")
    resident.get_by_role("button", name="回答").click()

    resident.get_by_text("回答已送达办理人员。").wait_for()
    dispatcher.reload()
    assert dispatcher.get_by_text("3 号楼 2 单元").first.is_visible()


def test_a_point_on_the_scheme_reaches_the_matter(stage: Stage) -> None:
    page = stage.page()
    page.goto(f"{stage.url}/report/?category={stage.cast.category}&area={COMMUNITY}")
    page.get_by_label("问题描述").fill(SUMMARY)

    page.locator("svg[data-point-on-scheme]").click(position={"x": 60, "y": 100})
    page.locator("button.primary[name=send]").click()
    page.get_by_role("link", name="看办理进度").click()

    assert page.locator("svg.scheme .point").count() == 1


def test_the_results_of_a_street_lead_down_to_a_community(stage: Stage) -> None:
    page = stage.page("dispatcher", viewport=DESK)
    page.goto(f"{stage.url}/desk/results/{STREET}/")

    page.get_by_role("link", name="槐安社区").click()

    assert page.locator(".crumbs strong").inner_text() == "槐安社区"
