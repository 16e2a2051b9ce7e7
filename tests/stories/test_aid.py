# SPDX-License-Identifier: MulanPSL-2.0
"""The category aid in a browser: words become a choice, a person confirms another, the night learns, figures open, and a version takes over."""

import re
from datetime import timedelta
from typing import Any

import pytest
from playwright.sync_api import Page

from linli.core import clock, due, editions
from linli.core.actions import run
from linli.core.sight import looking, of_all
from linli.matters import crosswalks
from linli.matters.aid import learning
from linli.matters.models import AidTrial, Category, Scheme
from linli.matters.reactions.learning import study_at_night
from tests.stories.conftest import DESK, PHONE, Stage
from tests.stories.test_main_loop import move

pytestmark = [pytest.mark.story, pytest.mark.slow, pytest.mark.django_db(transaction=True)]
SAID = "楼下的供水井盖翘起来了，差点绊倒老人"
RIGHT, WRONG = "供水井盖异常", "污水井盖异常"
SYNONYMS = "gbt47678_5@2026:event:01001 井盖翘起来 绊倒老人\ngbt47678_5@2026:event:01002 井盖翘起来 绊倒老人"
COLUMNS = "part,code,name_zh,kind\n"
NEXT = COLUMNS + "event,101,供水井盖异常,grid_event\nevent,102,其他井盖,grid_event\n"
HOLE = re.compile("没有对应，也没有标明取消")


@pytest.fixture
def learnt(stage: Stage) -> Stage:
    """The aid knows the published words and nothing else; two kinds of covers are said to stick up."""
    run("category.publish_synonyms", stage.cast.sysadmin, {"text": SYNONYMS, "why": "试"})
    with looking(of_all()):
        learning.learn()
    editions.forget_all()
    return stage


def report(stage: Stage, page: Page, picture: str, *, scripts: bool) -> str:
    """The resident says what is wrong, is shown up to three categories with reasons, picks one of them; answers the number."""
    page.goto(f"{stage.url}/report/")
    page.get_by_label("用您自己的话说说").fill(SAID)
    if not scripts:
        page.get_by_role("button", name="帮我找类别").click()
    shown = page.locator("#proposals .pick")
    shown.first.wait_for()
    stage.picture(page, f"{picture}-01-proposals")
    assert 2 <= shown.count() <= 3
    assert all("因为您写到" in one.inner_text() for one in shown.all())
    assert RIGHT in shown.first.inner_text()
    page.locator("#proposals").get_by_role("button", name=WRONG).click()
    page.get_by_label("查找社区").fill("槐安")
    page.get_by_role("button", name="查找").click()
    page.get_by_role("button", name="槐安社区").click()
    assert page.get_by_label("问题描述").input_value() == SAID
    page.get_by_label("具体地点").fill("3 号楼前")
    page.get_by_label("联系电话").fill("13800000000")
    page.locator("button.primary[name=send]").click()
    page.get_by_role("heading", name="已经收到，谢谢您").wait_for()
    stage.picture(page, f"{picture}-02-slip")
    return f"LL{int(page.locator('#query-code').inner_text().split('-')[0]):09d}"


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])
def test_words_are_put_in_their_place_and_the_night_learns_from_it(learnt: Stage, scripts: bool) -> None:
    more: dict[str, Any] = {"java_script_enabled": scripts}
    picture = f"aid-{'with' if scripts else 'without'}"
    number = report(learnt, learnt.page(viewport=PHONE, **more), picture, scripts=scripts)

    dispatcher = learnt.page("dispatcher", viewport=DESK, **more)
    dispatcher.goto(f"{learnt.url}/desk/matter/{number}/")
    card = dispatcher.locator("[aria-labelledby=aid]")
    assert RIGHT in card.inner_text()
    assert "上报人选的" in card.locator("li", has_text=WRONG).inner_text()
    learnt.picture(dispatcher, f"{picture}-03-card")
    change(dispatcher, RIGHT)
    move(learnt, dispatcher, number, "matter.file", f"{picture}-04-file")
    assert dispatcher.locator("[aria-labelledby=aid]").count() == 0
    with clock.standing_at(clock.now() + timedelta(hours=1)):
        study_at_night()

    officer = learnt.page("city", viewport=DESK, **more)
    officer.goto(f"{learnt.url}/desk/categories/")
    assert officer.get_by_text("1 / 1").count() == 2
    learnt.picture(officer, f"{picture}-05-accuracy")
    officer.locator("[aria-labelledby=each]").get_by_role("link", name=RIGHT).click()
    officer.get_by_role("link", name=number).wait_for()
    assert officer.get_by_text("第 1", exact=True).is_visible()
    learnt.picture(officer, f"{picture}-06-records")
    with looking(of_all()):
        assert [one.place for one in AidTrial.objects.all()] == [1]


def change(page: Page, to: str) -> None:
    """The dispatcher puts the report under another category."""
    panel = page.locator("details[id='move-matter.categorise']")
    panel.locator("summary").click()
    chosen = panel.locator("option", has_text=to)
    panel.locator("select").select_option(chosen.first.get_attribute("value"))
    panel.locator("form button[type=submit]").click()
    page.locator(".notice.good").first.wait_for()
    assert to in page.locator("main").inner_text()


def load(page: Page, label: str, text: str) -> None:
    page.get_by_label(label).set_input_files({"name": "a.csv", "mimeType": "text/csv", "buffer": text.encode()})


def send(page: Page) -> None:
    page.locator("main form button[type=submit]").last.click()


def test_a_version_takes_over_and_a_month_is_read_under_it(learnt: Stage) -> None:
    stage = learnt
    stage.cast.walk(stage.cast.report(category=Category.objects.get(name_zh=RIGHT).pk)["number"], "filed")
    page = stage.page("sysadmin", viewport=DESK)
    page.goto(f"{stage.url}/desk/categories/schemes/")
    page.get_by_role("link", name="载入新版").click()
    for label, value in {"体系代码": "gbt47678_5", "版本号": "2027", "名称（中文）": "部件和事件 2027", "名称（英文）": "Parts and events 2027", "出处": "试",
                         "从哪天起生效": (clock.today() + timedelta(days=1)).isoformat()}.items():
        page.get_by_label(label).fill(value)
    load(page, "文件（CSV）", NEXT)
    stage.picture(page, "aid-10-load")
    send(page)
    page.locator(".notice.good").first.wait_for()
    assert page.get_by_text("未到生效日").first.is_visible()
    stage.picture(page, "aid-11-version")

    source, target = Scheme.objects.get(code="gbt47678_5", version="2026"), Scheme.objects.get(version="2027")
    page.goto(f"{stage.url}/desk/categories/crosswalks/new")
    page.locator(f"input[name=source][value='{source.pk}']").check()
    page.locator(f"input[name=target][value='{target.pk}']").check()
    page.get_by_label("为什么改").fill("换版")
    send(page)
    page.locator(".notice.good").first.wait_for()
    draft = page.url
    assert page.get_by_text(HOLE).count() > 3
    assert page.get_by_role("cell", name=f"101 {RIGHT}").is_visible()
    stage.picture(page, "aid-12-holes")
    page.get_by_role("link", name="发布", exact=True).click()
    send(page)
    page.get_by_text("不能发布").first.wait_for()
    stage.picture(page, "aid-13-refused")

    fill(page, draft, source)
    stage.picture(page, "aid-14-filled")
    page.get_by_role("link", name="发布", exact=True).click()
    send(page)
    page.locator(".notice.good").first.wait_for()
    while due.drain():
        pass
    officer = stage.page("city", viewport=DESK)
    officer.goto(draft)
    officer.get_by_role("link", name="按新体系读统计").click()
    row = officer.get_by_role("row", name=f"101 {RIGHT}")
    assert row.get_by_role("cell").last.inner_text() == "1"
    assert officer.get_by_role("row", name="合计").get_by_role("cell").last.inner_text() == "1"
    stage.picture(officer, "aid-15-month")


def fill(page: Page, draft: str, source: Scheme) -> None:
    """One category by hand, the rest from a file; then no hole is left."""
    page.goto(draft)
    page.get_by_role("link", name="改一类").click()
    page.get_by_label("原类别代码").fill("01002")
    page.get_by_label("并入").check()
    page.get_by_label("新体系里的代码").fill("102")
    send(page)
    page.locator(".notice.good").first.wait_for()
    assert page.get_by_role("cell", name="102 其他井盖").is_visible()
    kept = {"01001": ("same", "101"), "01002": ("merged", "102")}
    rows = [(one.code, *kept.get(one.code, ("dropped", ""))) for one in crosswalks.categories_of(source)]
    text = "part,code,relation,to_part,to_code\n" + "".join(f"event,{code},{relation},{'event' if to else ''},{to}\n" for code, relation, to in rows)
    page.get_by_role("link", name="导入", exact=True).click()
    load(page, "文件（CSV）", text)
    send(page)
    page.get_by_text("原体系的每一类都有去处").wait_for()
