# SPDX-License-Identifier: MulanPSL-2.0
"""An unannounced inspection: an officer opens it, two assessors enter on their phones, they differ, a third decides, and the indicator shows it."""

from typing import Any

import pytest
from playwright.sync_api import Page

from linli.core import clock, editions
from linli.core.sight import Actor, looking, of_all
from linli.elements.models import Account
from linli.measures import seeding
from linli.measures.models import Inspection
from linli.measures.rebuilding import rebuild
from tests.cast import COMMUNITY, DISTRICT
from tests.inspections import picture, somebody
from tests.stories.conftest import DESK, Stage

pytestmark = [pytest.mark.story, pytest.mark.slow, pytest.mark.django_db(transaction=True)]


def enters(stage: Stage, number: int, username: str, points: str, told: str) -> Page:
    """One assessor on his phone, from the declaration to handing in."""
    page = stage.page(username)
    page.goto(f"{stage.url}/desk/inspections/")
    page.get_by_role("link", name="槐安社区").click()
    page.get_by_label("没有利害关系").check()
    page.get_by_role("button", name="声明").click()
    page.get_by_role("link", name="填写").click()
    page.get_by_label("得分").fill(points)
    page.get_by_label("说明").fill(told)
    page.locator("input[type=file]").set_input_files([
        {"name": f"{username}{shot}.jpg", "mimeType": "image/jpeg", "buffer": picture(int(points) + shot)} for shot in range(2)])
    page.get_by_role("button", name="保存这一项").click()
    page.get_by_text(f"{points} / 100").wait_for()
    stage.picture(page, f"inspections-{username}")
    page.get_by_role("button", name="提交检查表").click()
    page.get_by_text("已提交，不能再改").wait_for()
    return page


def test_two_assessors_differ_a_third_decides_and_the_indicator_shows_it(stage: Stage, settings: Any, tmp_path: Any) -> None:
    seeding.seed()
    editions.forget_all()
    year = str(clock.today().year)
    rebuild(year)
    people: list[Actor] = [somebody("assessor", DISTRICT, f"评员{number}", username=f"third-party-{number}") for number in (1, 2, 3)]
    desk = stage.page("district", viewport=DESK)
    desk.goto(f"{stage.url}/desk/inspections/")
    desk.get_by_role("link", name="布置检查").click()
    if not desk.get_by_label("槐安社区").is_visible():
        desk.get_by_text("槐荫街道").click()
    desk.get_by_label("槐安社区").check()
    for name in ("应急避难场所", "旧楼区长效管理合格率", "楼道亮灯率"):
        desk.get_by_label(name).uncheck()
    desk.get_by_label("评员1").check()
    desk.get_by_label("评员2").check()
    desk.get_by_role("button", name="布置检查").click()
    desk.get_by_text("已布置 1 个社区的检查").wait_for()
    with looking(of_all(), read_only=True):
        number = Inspection.objects.latest("pk").pk

    enters(stage, number, "third-party-1", "92", "干净")
    enters(stage, number, "third-party-2", "70", "楼后有垃圾")
    desk.goto(f"{stage.url}/desk/inspections/{number}/")
    assert desk.get_by_text("92 / 100").count() == 0
    assert desk.get_by_text("楼后有垃圾").count() == 0
    desk.get_by_role("link", name="指定测评员").click()
    desk.get_by_label("评员3").check()
    desk.get_by_role("button", name="指定测评员").click()
    desk.get_by_text("评员3").wait_for()
    enters(stage, number, "third-party-3", "88", "看过")

    desk.goto(f"{stage.url}/desk/inspections/{number}/")
    desk.get_by_text("由第三人决定").wait_for()
    assert desk.get_by_text("92 / 100").is_visible()
    assert desk.locator("ul.photos img").count() == 6
    stage.picture(desk, "inspections-settled")
    director = stage.page("director", viewport=DESK)
    for _ in range(40):
        director.goto(f"{stage.url}/desk/results/{COMMUNITY}/D3-01/")
        if director.get_by_text("88.0%").count():
            break
        director.wait_for_timeout(500)
    assert director.get_by_text("176 / 200").count()
    director.get_by_role("link", name="槐安社区").last.click()
    director.get_by_role("heading", name="检查表").wait_for()
    assert Account.objects.filter(pk__in=[one.account for one in people]).count() == 3
    assert stage.complaints == []
