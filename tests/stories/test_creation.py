# SPDX-License-Identifier: MulanPSL-2.0
"""A batch from its target to the naming, by the people of each level in the browser: nobody types a figure, nobody shortens a publicity."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
from playwright.sync_api import Page

from linli.core import clock
from linli.core.sight import looking, of_all
from linli.measures.models import Inspection
from linli.titles.creation import patrols
from linli.titles.models import Application, PatrolDraw, Publicity, Title
from tests.cast import CITY, COMMUNITY
from tests.inspections import hand_in_all, somebody
from tests.stories.conftest import DESK, Stage

pytestmark = [pytest.mark.story, pytest.mark.slow, pytest.mark.django_db(transaction=True)]
DAYS = (("社区申报截止", 10), ("街道审核截止", 16), ("区级审核截止", 22), ("中期暗访截止", 26), ("年终测评截止", 60), ("公示不晚于", 70), ("命名不晚于", 100))


@pytest.fixture
def later(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Lets the server's clock stand days ahead: the thread of the server knows no clock of the test's own."""
    real = clock.now

    @contextmanager
    def ahead(days: int) -> Iterator[None]:
        with monkeypatch.context() as patch:
            patch.setattr(clock, "now", lambda: real() + timedelta(days=days))
            yield

    return ahead


def review(page: Page, name: str) -> None:
    form = page.locator(f'form[action="?do={name}"]')
    form.locator('[name$="outcome"]').first.select_option("pass") if form.locator("select").count() else form.locator('[name$="outcome"][value="pass"]').check()
    form.locator("textarea").fill("材料齐全，现场一致")
    form.get_by_role("button", name="提交审核意见").click()
    page.get_by_text("已办理。").wait_for()


def test_a_batch_goes_from_its_target_to_the_naming(stage: Stage, later: Any) -> None:
    city, director, head, district = (stage.page(name, viewport=DESK) for name in ("city", "director", "head", "district"))
    today = clock.today()
    for number in (1, 2):
        somebody("assessor", CITY, f"测评{number}", username=f"third-party-{number}")

    city.goto(f"{stage.url}/desk/creation/")
    city.get_by_label("全年目标（个）").fill("100")
    city.get_by_role("button", name="定目标并提出分解").click()
    city.get_by_text("已定下年度目标").wait_for()
    batch = city.url.rstrip("/").split("/")[-1]
    city.get_by_role("link", name="分解目标").click()
    city.get_by_label("海棠区").fill("60")
    city.get_by_label("远山区").fill("39")
    city.get_by_role("button", name="保存分解").click()
    city.get_by_text("差 1").first.wait_for()
    city.get_by_label("远山区").fill("40")
    city.get_by_role("button", name="保存分解").click()
    city.get_by_text("各区合计与全市目标一致").wait_for()
    stage.picture(city, "creation-01-split")
    city.get_by_role("link", name="发布创建通知").click()
    for label, days in DAYS:
        city.get_by_label(label).fill((today + timedelta(days=days)).isoformat())
    choice = city.locator('[name="standard"]').first
    choice.select_option(index=1) if choice.evaluate("one => one.tagName") == "SELECT" else choice.check()
    city.get_by_role("button", name="发布创建通知").click()
    city.get_by_text("标准已固定").wait_for()

    director.goto(f"{stage.url}/desk/creation/{batch}/")
    director.get_by_role("button", name="开始申报").click()
    director.get_by_text("系统已有的情况").wait_for()
    director.get_by_role("textbox", name="自查情况").fill("必备条件都已满足，台账齐全。")
    director.get_by_role("button", name="保存", exact=True).click()
    director.get_by_text("已办理。").wait_for()
    director.get_by_role("button", name="报送街道").click()
    director.get_by_text("待街道审核").first.wait_for()
    stage.picture(director, "creation-02-application")

    head.goto(f"{stage.url}/desk/creation/")
    head.get_by_role("link", name="街道审核申报").click()
    review(head, "street")
    district.goto(f"{stage.url}/desk/creation/")
    district.get_by_role("link", name="区级审核申报").click()
    for step in ("筛选", "检查", "评议", "初审"):
        district.get_by_role("heading", name=step).wait_for()
        review(district, "district")
    district.get_by_text("候选", exact=True).first.wait_for()
    stage.picture(district, "creation-03-candidate")

    patrols.keep_seeds()
    month = (today.replace(day=1) + timedelta(days=32)).replace(day=5)
    with later((month - today).days):
        city, district = stage.page("city", viewport=DESK), stage.page("district", viewport=DESK)
        city.goto(f"{stage.url}/desk/creation/{batch}/patrols")
        city.get_by_label("本月暗访几个社区").fill("1")
        for turn in (0, 1):
            city.locator('[name$="assessors"]').nth(turn).check()
        city.get_by_role("button", name="抽签并安排暗访").click()
        city.get_by_text("已抽出 1 个社区").wait_for()
        stage.picture(city, "creation-04-draw")
        _settled()
        with looking(of_all()):
            application = Application.objects.get(area=COMMUNITY).pk
        city.goto(f"{stage.url}/desk/creation/application/{application}/")
        for turn in (0, 1):
            city.locator('[name$="assessors"]').nth(turn).check()
        city.get_by_role("button", name="安排现场测评").click()
        city.get_by_text("已办理。").wait_for()
        _settled()
        city.reload()
        city.get_by_role("button", name="形成测评结论").click()
        city.get_by_text("已测评", exact=True).first.wait_for()
        city.get_by_role("button", name="列入拟命名名单").click()
        city.get_by_text("拟命名", exact=True).first.wait_for()
        stage.picture(city, "creation-05-assessed")
        city.goto(f"{stage.url}/desk/creation/{batch}/publicity")
        city.get_by_role("button", name="开始公示").click()
        city.get_by_text("谁也不能提前结束").wait_for()
        city.get_by_label("命名文件文号").fill("津民〔2026〕1号")
        city.get_by_label("命名日期").fill(clock.today().isoformat())
        city.get_by_role("button", name="命名", exact=True).click()
        city.get_by_text("之前不能命名").first.wait_for()

        anybody = stage.page()
        anybody.goto(f"{stage.url}/publicity/")
        anybody.get_by_role("link", name="美丽社区").first.click()
        anybody.get_by_text("槐安社区").click()
        stage.picture(anybody, "creation-06-publicity")
        anybody.get_by_role("link", name="对这个社区提出异议").click()
        anybody.get_by_role("textbox", name="您对哪一点有异议").fill("三号楼楼道有堆物")
        anybody.get_by_role("textbox", name="联系方式").fill("13800000000")
        anybody.get_by_role("button", name="提交异议").click()
        anybody.get_by_text("已收到").wait_for()

        district.goto(f"{stage.url}/desk/creation/")
        district.get_by_role("link", name="答复公示异议").click()
        district.get_by_role("button", name="打开查看").click()
        district.get_by_text("三号楼楼道有堆物").wait_for()
        district.locator('[name="outcome"]').first.select_option("dismissed") if district.locator("select[name=outcome]").count() else district.locator(
            '[name="outcome"][value="dismissed"]').check()
        district.get_by_role("textbox", name="理由").fill("当天已清理，复查合格")
        district.get_by_role("button", name="答复", exact=True).click()
        district.get_by_text("不成立").first.wait_for()

    over = (Publicity.objects.get().last_day - today).days + 1
    with later(over):
        city = stage.page("city", viewport=DESK)
        city.goto(f"{stage.url}/desk/creation/{batch}/publicity")
        city.get_by_label("命名文件文号").fill("津民〔2026〕1号")
        city.get_by_label("命名日期").fill(clock.today().isoformat())
        city.get_by_role("button", name="命名", exact=True).click()
        city.get_by_text("已命名 1 个社区").wait_for()
        city.get_by_role("link", name="命名文件").first.click()
        city.get_by_text("关于命名第 1 批").wait_for()
        stage.picture(city, "creation-07-document")

    with looking(of_all()):
        assert Title.objects.get().area == COMMUNITY
        assert PatrolDraw.objects.get(month=f"{month:%Y-%m}").drawn == [application]


def _settled() -> None:
    """The assessors do their part, each alone, by the actions of their sheets, and agree (its pages have a story of their own)."""
    with looking(of_all()):
        waiting = list(Inspection.objects.filter(state="open").values_list("pk", flat=True))
    assert len(waiting) == 1
    for one in waiting:
        hand_in_all(one)
        with looking(of_all()):
            assert Inspection.objects.get(pk=one).state == "settled"
