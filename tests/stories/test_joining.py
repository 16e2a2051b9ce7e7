# SPDX-License-Identifier: MulanPSL-2.0
"""Two residents report the same hole; a third sees that it is being dealt with and joins; the dispatcher merges, and all follow to the end."""

import pytest
from playwright.sync_api import Page

from linli.core import due
from tests.cast import COMMUNITY
from tests.stories.conftest import DESK, PHONE, Stage
from tests.stories.test_main_loop import move

pytestmark = [pytest.mark.story, pytest.mark.slow, pytest.mark.django_db(transaction=True)]
REPLY = "井盖已更换，路面已恢复。"


def report(stage: Stage, page: Page, text: str, address: str, phone: str) -> str:
    """A report in words; answers the query code."""
    page.goto(f"{stage.url}/report/?category={stage.cast.category}&area={COMMUNITY}")
    page.get_by_label("问题描述").fill(text)
    page.get_by_label("具体地点").fill(address)
    page.get_by_label("联系电话").fill(phone)
    page.locator("button.primary.big[name=send]").click()
    if page.get_by_role("button", name="都不是，照常提交").is_visible():
        stage.picture(page, "joining-02-asked")
        page.get_by_role("button", name="都不是，照常提交").click()
    page.get_by_role("heading", name="已经收到，谢谢您").wait_for()
    return page.locator("#query-code").inner_text().strip()


def join(stage: Stage, page: Page) -> str:
    """The third resident recognises it; answers the query code."""
    page.goto(f"{stage.url}/report/?category={stage.cast.category}&area={COMMUNITY}")
    page.get_by_label("联系电话").fill("13800000003")
    stage.picture(page, "joining-03-near")
    page.get_by_role("button", name="就是这一件").first.click()
    assert page.get_by_label("联系电话").input_value() == "13800000003"
    page.get_by_label("补充说明").fill("我家孩子差点掉进去")
    page.get_by_label("照片").set_input_files(stage.photo)
    stage.picture(page, "joining-04-join")
    page.get_by_role("button", name="就是这一件，一起跟进").click()
    page.get_by_role("heading", name="已经收到，谢谢您").wait_for()
    return page.locator("#query-code").inner_text().strip()


def number_of(code: str) -> str:
    return f"LL{int(code.split('-')[0]):09d}"


def rate(stage: Stage, page: Page, code: str, choice: str, picture: str) -> None:
    page.goto(f"{stage.url}/follow/{code}/")
    assert page.get_by_text(REPLY).is_visible()
    page.get_by_label(choice, exact=True).check()
    page.get_by_role("button", name="提交评价").click()
    page.get_by_text(f"您的评价：{choice}").wait_for()
    stage.picture(page, picture)


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])
def test_the_same_hole_is_reported_thrice_merged_and_answered_once(stage: Stage, scripts: bool) -> None:
    more = {"viewport": PHONE, "java_script_enabled": scripts}
    first, second, third = (stage.page(**more) for _ in range(3))
    codes = [report(stage, first, "路口井盖破损，差点有人掉下去", "槐安路 9 号", "13800000001"),
             report(stage, second, "槐安路井盖破损，很危险", "槐安路 9 号", "13800000002")]
    codes.append(join(stage, third))
    lead, other = number_of(codes[0]), number_of(codes[1])
    while due.drain():
        pass
    dispatcher = stage.page("dispatcher", viewport=DESK, java_script_enabled=scripts)
    dispatcher.goto(f"{stage.url}/desk/inbox/")
    assert dispatcher.get_by_text("可能重复").count() == 2
    stage.picture(dispatcher, "joining-05-inbox")
    dispatcher.goto(f"{stage.url}/desk/matter/{other}/")
    assert "井盖" in dispatcher.locator("[aria-labelledby=alike]").inner_text()
    stage.picture(dispatcher, "joining-06-candidates")
    dispatcher.get_by_role("button", name=f"把本件并入 {lead}").click()
    dispatcher.locator(".notice.good").first.wait_for()
    joined = number_of(codes[2])
    assert joined_into(stage, codes[2]) == lead

    handler, verifier = (stage.page(who, viewport=DESK, java_script_enabled=scripts) for who in ("handler", "verifier"))
    move(stage, dispatcher, lead, "matter.file", "joining-07-file")
    move(stage, dispatcher, lead, "matter.dispatch", "joining-08-dispatch", choose="环卫一队")
    move(stage, handler, lead, "matter.receive", "joining-09-receive")
    move(stage, handler, lead, "matter.reply", "joining-10-reply", 给上报人的答复=REPLY, photo=stage.photo)
    move(stage, verifier, lead, "matter.verify", "joining-11-verify", choose="合格")
    move(stage, dispatcher, lead, "matter.close", "joining-12-close")
    dispatcher.goto(f"{stage.url}/desk/matter/{lead}/")
    assert dispatcher.get_by_role("heading", name="并入的上报（2）").is_visible()
    assert dispatcher.get_by_text("我家孩子差点掉进去").is_visible()
    assert dispatcher.get_by_role("link", name=joined, exact=True).is_visible()
    stage.picture(dispatcher, "joining-13-lead")

    for page, code, choice in zip((first, second, third), codes, ("满意", "非常满意", "不满意"), strict=True):
        rate(stage, page, code, choice, f"joining-14-{choice}")
    assert not second.get_by_text("差点有人掉下去").is_visible()


def joined_into(stage: Stage, code: str) -> str:
    """The matter that a code follows, as its page says."""
    page = stage.page()
    page.goto(f"{stage.url}/follow/{code}/")
    return page.locator(".now .notice.calm").inner_text().split("与 ")[1].split(" ")[0]


def test_a_matter_is_split_and_its_parts_give_one_answer(stage: Stage) -> None:
    made = stage.cast.report(summary="井盖坏了，路灯也不亮")
    stage.cast.walk(made["number"], "filed")
    dispatcher = stage.page("dispatcher", viewport=DESK)
    for words in ("换井盖", "修路灯"):
        move(stage, dispatcher, made["number"], "matter.split", "joining-20-split", 这一部分要办什么=words)
    tree = dispatcher.locator("[aria-labelledby=tree]")
    assert "2 个部分，已办结 0 个" in tree.inner_text()
    stage.picture(dispatcher, "joining-21-tree")
    for link in tree.get_by_role("link").all():
        part = link.get_attribute("href").split("/")[-2]  # type: ignore[union-attr]
        for action, by, more in (("matter.dispatch", "dispatcher", {"unit": stage.cast.units["cleaners"]}), ("matter.receive", "handler", {}),
                                 ("matter.reply", "handler", {"note": f"{part} 已修好", "no_photo_reason": "夜间"}), ("matter.verify", "verifier", {"passed": True}),
                                 ("matter.close", "dispatcher", {})):
            stage.cast.do(action, by, number=part, version=stage.cast.version(part), **more)
    while due.drain():
        pass

    resident = stage.page()
    resident.goto(f"{stage.url}/follow/{made['query_code']}/")

    assert resident.get_by_text("共 2 个部分，已办结 2 个").is_visible()
    assert resident.get_by_text("已修好").count() >= 1
    stage.picture(resident, "joining-22-answer")
    move(stage, dispatcher, made["number"], "matter.close", "joining-23-close")
