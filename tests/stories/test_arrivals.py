# SPDX-License-Identifier: MulanPSL-2.0
"""Reports as they really arrive, in a browser: the hotline's table, a secret reporter, a chat group, and what is somebody else's duty."""

import base64
import csv
import io
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from linli.core.models import Evidence, Export, JournalLine
from linli.core.sight import looking, of_all
from linli.doors import exports
from linli.matters import numbers
from linli.matters.models import HotlineOrder, Kept, Matter
from linli.matters.reactions import hotline_tables
from tests.cast import COMMUNITY
from tests.matters.test_hotline import row, sheet
from tests.stories.conftest import DESK, PHONE, Stage
from tests.stories.test_main_loop import move

pytestmark = [pytest.mark.story, pytest.mark.slow, pytest.mark.django_db(transaction=True)]
Wait = Callable[[Callable[[], bool], float], bool]
NAME, NUMBER, WORDS = "甄保密", "13912345678", "楼上天天往下扔垃圾"
CHAT = "张三 2026/11/23 10:12\n3号楼一层楼道灯不亮\n李四 10:13\n吃了吗\n张三 10:14\n晚上老人看不见路"


def bring(page: Page, content: bytes, name: str) -> int:
    """Upload a table; answers its number."""
    page.locator("input[type=file]").set_input_files({"name": name, "mimeType": "application/octet-stream", "buffer": content})
    page.get_by_role("button", name="上传", exact=True).click()
    page.get_by_role("heading", name="工单表", exact=True).wait_for()
    return int(page.url.rstrip("/").split("/")[-1])


def check(stage: Stage, page: Page, number: int) -> None:
    """Map the columns as they are guessed, and let the job look at every row while the page stays open."""
    page.get_by_label("认不出类别的归入").select_option(str(stage.cast.category))
    page.get_by_role("button", name="逐行检查").click()
    page.get_by_text("正在逐行检查").first.wait_for()
    hotline_tables.work(number)
    page.get_by_text("已检查，待导入").wait_for()


def orders() -> list[HotlineOrder]:
    with looking(of_all(), read_only=True):
        return list(HotlineOrder.objects.order_by("number"))


def test_a_table_of_the_hotline_is_taken_in_handled_and_answered_back(stage: Stage, worker: None) -> None:
    table = sheet(row("GD001"), row("GD002"), row("GD003"), row("GD004", 社区="槐宁社区"), row("", 诉求内容="没有编号"))
    page = stage.page("dispatcher", viewport=DESK, accept_downloads=True)
    page.goto(f"{stage.url}/desk/hotline/")
    number = bring(page, table, "热线工单.xlsx")
    stage.picture(page, "arrivals-01-columns")
    check(stage, page, number)
    assert page.get_by_text("没有工单编号").is_visible()
    with page.expect_download() as wrong:
        page.get_by_role("link", name="下载，改好后再上传").click()
    assert "没有编号" in Path(wrong.value.path()).read_text("utf-8-sig")
    stage.picture(page, "arrivals-02-checked")
    page.get_by_role("button", name="导入 4 张正确的工单").click()
    page.get_by_text("正在导入").first.wait_for()
    hotline_tables.work(number)
    page.get_by_text("已完成").wait_for()
    assert [one.number for one in orders()] == ["GD001", "GD002", "GD003", "GD004"]

    handled = numbers.number_of(orders()[0].pk)
    see_through(stage, page, handled)
    answer_back(stage, page)

    page.goto(f"{stage.url}/desk/hotline/")
    again = bring(page, table, "热线工单.xlsx")
    check(stage, page, again)
    assert page.locator("dt", has_text="先前已导入").locator("xpath=following-sibling::dd").inner_text() == "4"
    assert page.get_by_role("button", name="导入 0 张正确的工单").is_disabled()
    assert len(orders()) == 4


def see_through(stage: Stage, page: Page, number: str) -> None:
    """One order to its end, each step by its own post."""
    handler, verifier = (stage.page(who, viewport=DESK) for who in ("handler", "verifier"))
    move(stage, page, number, "matter.file", "arrivals-03-order")
    assert "GD001" in page.locator("[aria-labelledby=arrived]").inner_text()
    move(stage, page, number, "matter.dispatch", "arrivals-03-dispatch", choose="环卫一队")
    move(stage, handler, number, "matter.receive", "arrivals-03-receive")
    move(stage, handler, number, "matter.reply", "arrivals-03-reply", 给上报人的答复="垃圾已清走。", photo=stage.photo)
    move(stage, verifier, number, "matter.verify", "arrivals-03-verify", choose="合格")
    move(stage, page, number, "matter.close", "arrivals-03-close")


def answer_back(stage: Stage, page: Page) -> None:
    """The table of answers is made and fetched; it holds the one order that ended."""
    page.goto(f"{stage.url}/desk/hotline/")
    assert page.get_by_text("可以回复").count() == 1
    stage.picture(page, "arrivals-04-orders")
    page.get_by_role("button", name="生成回复表").click()
    page.get_by_text("已生成回复表").wait_for()
    with page.expect_download() as fetched:
        page.get_by_role("link", name="CSV").first.click()
    lines = list(csv.DictReader(io.StringIO(Path(fetched.value.path()).read_text("utf-8-sig"))))
    assert [one["工单编号"] for one in lines] == ["GD001"]
    assert "垃圾已清走。" in lines[0]["答复内容"]
    assert page.get_by_text("可以回复").count() == 0


def secret_report(stage: Stage, page: Page) -> str:
    """A resident asks for secrecy; answers the number."""
    page.goto(f"{stage.url}/report/?category={stage.cast.category}&area={COMMUNITY}")
    page.get_by_label("问题描述").fill(WORDS)
    page.get_by_label("怎么称呼您").fill(NAME)
    page.get_by_label("联系电话").fill(NUMBER)
    page.locator("fieldset", has_text="请为我保密").get_by_label("是", exact=True).check()
    stage.picture(page, "arrivals-05-secret")
    page.locator("button.primary[name=send]").click()
    page.get_by_role("heading", name="已经收到，谢谢您").wait_for()
    return f"LL{int(page.locator('#query-code').inner_text().strip().split('-')[0]):09d}"


def test_a_secret_reporter_is_named_by_no_page_and_each_look_is_kept(stage: Stage, worker: None, settings: Any, tmp_path: Path) -> None:
    settings.EXPORT_ROOT = tmp_path / "exports"
    number = secret_report(stage, stage.page(viewport=PHONE))
    stage.cast.walk(number, "dispatched")
    handler, phone = stage.page("handler", viewport=DESK, accept_downloads=True), stage.page("handler", viewport=PHONE)

    told = []
    for page, address in ((handler, f"/desk/matter/{number}/"), (handler, "/desk/inbox/"), (handler, "/desk/"), (phone, "/pocket/"), (phone, f"/pocket/matter/{number}/"),
                          (stage.page(), "/open311/v2/requests.json"), (stage.page(), f"/open311/v2/requests/{number}.json")):
        page.goto(stage.url + address)
        told.append(page.content())
    assert WORDS in told[0]
    stage.picture(handler, "arrivals-06-handler")
    told.append(exported(stage, stage.page("dispatcher", viewport=DESK, accept_downloads=True)))
    assert number in told[-1]
    assert not [page for page in told if NAME in page or NUMBER in page]
    assert number not in told[5]
    handler.goto(f"{stage.url}/desk/matter/{number}/")
    assert handler.locator("[id='move-matter.reveal']").count() == 0
    look(stage, number)


def exported(stage: Stage, page: Page) -> str:
    """The street's list as CSV, taken out by the button below it."""
    page.goto(f"{stage.url}/desk/inbox/")
    page.locator("form.takeout button[value=csv]").click()
    page.get_by_role("heading", name="导出", exact=True).wait_for()
    with looking(of_all(), read_only=True):
        asked = Export.objects.latest("pk").pk
    exports.write(asked)
    with page.expect_download() as fetched:
        page.goto(f"{stage.url}/desk/exports/")
        page.get_by_role("link", name="下载").first.click()
    return zipfile.ZipFile(Path(fetched.value.path())).read("list.csv").decode("utf-8-sig")


def look(stage: Stage, number: str) -> None:
    """The dispatcher looks, with a reason, and the journal has it."""
    page = stage.page("dispatcher", viewport=DESK)
    page.goto(f"{stage.url}/desk/matter/{number}/")
    assert page.get_by_text("上报人要求保密").is_visible()
    assert NUMBER not in page.content()
    panel = page.locator("[id='move-matter.reveal']")
    panel.locator("summary").click()
    panel.get_by_label("理由").fill("核实地点")
    panel.locator("form button[type=submit]").click()
    page.get_by_text(NUMBER).wait_for()
    stage.picture(page, "arrivals-07-look")
    with looking(of_all(), read_only=True):
        found = JournalLine.objects.filter(action="matter.reveal", subject=numbers.matter_of(number))
        assert [one.actor for one in found] == [stage.cast.dispatcher.account]


def test_messages_of_a_chat_group_become_one_matter_with_a_pasted_photo(stage: Stage) -> None:
    page = stage.page("dispatcher", viewport=DESK)
    page.goto(f"{stage.url}/desk/chat/")
    page.get_by_label("群聊消息").fill(CHAT)
    page.get_by_role("button", name="分成一条条消息").click()
    for words in ("楼道灯不亮", "老人看不见路"):
        page.locator(".choice", has_text=words).click()
    stage.picture(page, "arrivals-08-picked")
    page.get_by_role("button", name="用这几条").click()
    form = page.locator("section[aria-labelledby=report]")
    assert "吃了吗" not in form.get_by_label("问题描述").input_value()
    assert "老人看不见路" in form.get_by_label("问题描述").input_value()
    paste_photo(page, stage.photo)
    expect(form.locator(".photos img")).to_have_count(1)
    paste_photo(page, stage.photo, text="一段文字")
    expect(form.locator(".photos img")).to_have_count(1)
    form.get_by_label("问题类别").select_option(str(stage.cast.category))
    area = form.get_by_label("槐安社区", exact=True)
    area.check() if area.count() else form.get_by_label("社区或网格").select_option(str(COMMUNITY))
    stage.picture(page, "arrivals-09-chat")
    form.get_by_role("button", name="登记上报").click()
    page.get_by_text("已登记，编号").wait_for()

    with looking(of_all(), read_only=True):
        [made] = Matter.objects.all()
        assert (made.source, Kept.objects.filter(matter=made.pk).count()) == ("chat", 1)
        assert Evidence.objects.filter(subject_kind="matter", subject=made.pk).count() == 1


def paste_photo(page: Page, photo: Path, text: str = "") -> None:
    """What the browser does when somebody presses Ctrl+V with a picture (and perhaps words) in the clipboard."""
    page.evaluate("""([content, text]) => {
        const bytes = Uint8Array.from(atob(content), (one) => one.charCodeAt(0));
        const carrier = new DataTransfer();
        carrier.items.add(new File([bytes], "image.png", { type: "image/jpeg" }));
        if (text) carrier.setData("text/plain", text);
        document.dispatchEvent(new ClipboardEvent("paste", { clipboardData: carrier, bubbles: true, cancelable: true }));
    }""", [base64.b64encode(photo.read_bytes()).decode(), text])


def test_not_ours_names_whose_duty_it_is_and_the_reporter_reads_it(stage: Stage) -> None:
    made = stage.cast.report(summary="变压器在冒火花")
    page = stage.page("dispatcher", viewport=DESK)
    page.goto(f"{stage.url}/desk/matter/{made['number']}/")
    panel = page.locator("[id='move-matter.refuse']")
    panel.locator("summary").click()
    panel.locator("[name$=reason][value=not_ours]").check()
    panel.locator("form button[type=submit]").click()
    page.get_by_text("请选出职责清单里的一条").first.wait_for()
    panel = page.locator("[id='move-matter.refuse']")
    panel.locator("select[name$=duty]").select_option("他-02")
    stage.picture(page, "arrivals-10-refuse")
    panel.locator("form button[type=submit]").click()
    page.locator(".notice.good").first.wait_for()

    resident = stage.page(viewport=PHONE)
    resident.goto(f"{stage.url}/follow/{made['query_code']}/")

    assert resident.get_by_text("由供电单位负责").first.is_visible()
    stage.picture(resident, "arrivals-11-whose")
