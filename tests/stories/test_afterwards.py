# SPDX-License-Identifier: MulanPSL-2.0
"""A named community from the yearly draw through a failed rectification to revocation and appeal, by the people of each level, in the browser."""

from collections.abc import Mapping, Sequence

import pytest
from playwright.sync_api import Page

from linli.core import clock
from linli.core.sight import looking, of_all
from linli.measures.models import Inspection
from linli.titles.models import Reinspection, Title
from tests.inspections import hand_in_all
from tests.stories.conftest import DESK, PHONE, Stage
from tests.titles.naming import Naming, build_naming

pytestmark = [pytest.mark.story, pytest.mark.slow, pytest.mark.django_db(transaction=True)]


def take(stage: Stage, page: Page, number: int, step: str, typed: Mapping[str, str], *, choose: Mapping[str, str] | None = None,
         named: Sequence[str] = (), photo: bool = False) -> None:
    """One step on the page of the case: open it, fill it in, send it, read that it is done."""
    page.goto(f"{stage.url}/desk/named/cases/{number}/")
    card = page.locator(f"details#{step}")
    if card.get_attribute("open") is None:
        card.locator("summary").first.click()
    for name, value in typed.items():
        card.locator(f"[name='{step}.{name}']").fill(value)
    for name, label in (choose or {}).items():
        field = card.locator(f"select[name='{step}.{name}']")
        if field.count():
            field.select_option(label=label)
        else:
            card.get_by_label(label, exact=True).check()
    for one in named:
        card.get_by_label(one).check()
    if photo:
        card.locator("input[type=file]").set_input_files(stage.photo)
    stage.picture(page, f"afterwards-{step}")
    card.locator("button[type=submit]").click()
    page.locator(".notice.good").first.wait_for()


def assess(number: int, occasion: str, *, broken: str = "") -> None:
    """The assessors hand their sheets in, each alone, and the inspection is settled by that."""
    with looking(of_all()):
        visit = Inspection.objects.get(reference=number, occasion=occasion)
    hand_in_all(visit.pk, broken=broken)
    with looking(of_all()):
        assert Inspection.objects.get(pk=visit.pk).state == "settled"


def drawn(stage: Stage, city: Page, naming: Naming) -> int:
    """The city fixes the seed and draws; the number of the case that came."""
    city.goto(f"{stage.url}/desk/named/rounds/")
    city.get_by_text("一、定下年度种子").click()
    city.get_by_role("button", name="定下种子").click()
    city.locator(".notice.good").first.wait_for()
    city.get_by_text("二、抽取年度名单").click()
    city.get_by_role("button", name="抽取", exact=True).click()
    city.get_by_role("heading", name="抽中的社区").wait_for()
    stage.picture(city, "afterwards-round")
    with looking(of_all()):
        return int(Reinspection.objects.get(title=naming.title).pk)


def test_a_named_community_loses_its_title_and_wins_its_appeal(stage: Stage) -> None:
    naming = build_naming(stage.cast)
    city, decider, judge = (stage.page(who, viewport=DESK) for who in ("city_c", "city", "city_b"))
    district, director = stage.page("district", viewport=DESK), stage.page("director", viewport=PHONE)
    number = drawn(stage, city, naming)

    take(stage, district, number, "begin_reinspection", {}, named=("expert_a", "expert_b"))
    assert director.goto(f"{stage.url}/desk/named/cases/{number}/").status == 404  # type: ignore[union-attr]
    assess(number, "reinspection", broken="V1")
    take(stage, district, number, "circulate", {"document_no": "区通报〔2026〕3号", "text": "楼道堆物、消防通道被占。", "items": "清理三号楼楼道堆物\n恢复消防通道"})
    take(stage, director, number, "ask_extension", {"reason": "需要协调车主挪车"})
    take(stage, district, number, "decide_extension", {"reason": "情况属实"}, choose={"decision": "同意延期"})
    for item in ("清理三号楼楼道堆物", "恢复消防通道"):
        take(stage, director, number, "remedy", {"remedy": f"{item}：已处理"}, choose={"part": item}, photo=True)
    take(stage, district, number, "begin_recheck", {}, named=("expert_c", "expert_d"))
    assess(number, "recheck")
    take(stage, district, number, "judge_item", {}, choose={"part": "清理三号楼楼道堆物", "verdict": "已改好"})
    take(stage, district, number, "judge_item", {}, choose={"part": "恢复消防通道", "verdict": "没有改好"})
    take(stage, district, number, "propose_revocation", {"reason": "消防通道复查仍被占用"})
    take(stage, director, number, "be_heard", {"statement": "请再给一次机会"})
    take(stage, decider, number, "revoke", {"document_no": "津民发〔2026〕9号", "day": clock.today().isoformat(), "reason": "整改没有通过复查"})
    assert naming.case(number).title.revoked_on == clock.today()
    take(stage, director, number, "appeal", {"reason": "复查照片不是本社区"})
    stage.picture(director, "afterwards-director-phone")
    take(stage, judge, number, "decide_appeal", {"document_no": "津民发〔2026〕12号", "reason": "照片确有错误"}, choose={"judgement": "申诉成立，恢复称号"})

    with looking(of_all()):
        title = Title.objects.get(pk=naming.title.pk)
    assert (title.revoked_on, title.restored_by) == (None, "津民发〔2026〕12号")
    anybody = stage.page()
    anybody.goto(f"{stage.url}/named/")
    assert "累计命名 924 个，现有 924 个" in anybody.locator("body").inner_text()
    stage.picture(anybody, "afterwards-public")
    city.goto(f"{stage.url}/desk/named/{title.pk}/")
    assert city.get_by_text("申诉成立，恢复称号").first.is_visible()
    stage.picture(city, "afterwards-title")
    assert stage.complaints == []
