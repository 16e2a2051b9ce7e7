# SPDX-License-Identifier: MulanPSL-2.0
"""A day on the phone in a browser: half of it without a network, killed once; every step arrives once, in order, with its own time."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Page

from linli.core.models import Evidence
from linli.core.sight import looking, of_all
from linli.matters import numbers, rounds
from linli.matters.models import Matter, Move, Round
from tests.cast import GRID
from tests.stories.conftest import Stage
from tests.stories.phones import MOST_SECONDS, Phone, phone

pytestmark = [pytest.mark.story, pytest.mark.slow, pytest.mark.django_db(transaction=True)]
Wait = Callable[[Callable[[], bool], float], bool]


@pytest.fixture
def mine(stage: Stage, worker: None, tmp_path: Path, eventually: Wait) -> Iterator[Phone]:
    """The phone of the story's person, with a profile folder of its own."""
    with phone(stage, tmp_path / "profile", eventually) as made:
        yield made


def verifying(stage: Stage, words: str) -> str:
    """A matter that waits for somebody to look."""
    number: str = stage.cast.report(summary=words)["number"]
    stage.cast.walk(number, "verifying")
    return number


def report(mine: Phone, page: Page, words: str, photo: Path | None = None) -> None:
    """The report screen from top to bottom."""
    mine.open(page, "report/")
    if photo:
        page.locator("[data-photos] input").first.set_input_files(photo)
        page.locator(".photos img").first.wait_for()
    page.locator("[data-picker] summary").first.click()
    page.locator("[data-picker] input[type=search]").fill("井盖")
    page.locator(".pick").first.click()
    page.locator(".choice", has_text="槐安第一网格").click()
    page.locator("#report-summary").fill(words)
    page.get_by_role("button", name="提交上报").click()
    page.get_by_text("已存在这部手机上。").wait_for()


def verify(mine: Phone, page: Page, number: str, choice: str, words: str, photo: Path | None = None) -> None:
    """The verification of one matter on site."""
    mine.open(page, f"matter/{number}/")
    part = page.locator("[data-move='matter.verify']")
    part.locator(".choice", has_text=choice).first.click()
    part.locator("textarea").fill(words)
    if photo:
        part.locator("input[type=file]").first.set_input_files(photo)
        part.locator(".photos img").wait_for()
    part.get_by_role("button", name="提交核查").click()
    page.get_by_text("已存在这部手机上。").wait_for()


def moves_by(account: int, since: datetime) -> list[tuple[str, str, datetime, datetime]]:
    """What this account did, in the order in which it was recorded: action, words, when it happened, when it was recorded."""
    with looking(of_all(), read_only=True):
        rows = Move.objects.filter(actor=account, recorded_at__gte=since).order_by("recorded_at", "id")
        return [(one.action, one.note, one.occurred_at, one.recorded_at) for one in rows]


def photos_of(words: str) -> int:
    """How many photos hang on the matter with these words."""
    with looking(of_all(), read_only=True):
        matter = Matter.objects.get(summary=words)
        return Evidence.objects.filter(subject_kind="matter", subject=matter.pk).count()


def test_a_day_with_half_the_network_and_one_death_arrives_once_and_in_order(mine: Phone, stage: Stage, photo: Path, eventually: Wait) -> None:
    begun = datetime.now(UTC)
    worker = stage.cast.gridworker.account or 0
    first, second = verifying(stage, "第一件：楼道堆物"), verifying(stage, "第二件：小广告")
    page = mine.switch_on()
    mine.sign_in("gridworker")
    mine.settle(page)
    report(mine, page, "早上：井盖松动", photo)
    assert eventually(lambda: mine.is_empty(page), MOST_SECONDS)

    mine.cut()
    report(mine, page, "断网：路灯不亮", photo)
    verify(mine, page, first, "合格", "现场已清理干净", photo)
    mine.open(page, "report/")
    page.locator("#report-summary").fill("还没写完的一句")
    page.wait_for_timeout(600)
    stage.picture(page, "pocket-offline")
    offline_until = datetime.now(UTC)
    mine.kill()

    page = mine.switch_on()
    mine.open(page, "outbox/")
    assert page.locator("[data-part=waiting] .entry").count() == 2
    assert eventually(lambda: page.locator(".foot-bar a:visible").all_inner_texts()[:3] == ["今天", "巡查", "上报"], MOST_SECONDS)
    stage.picture(page, "pocket-outbox-offline")
    mine.open(page, "report/")
    assert page.locator("#report-summary").input_value() == "还没写完的一句"
    verify(mine, page, second, "合格", "广告已经铲掉")
    report(mine, page, "还没写完的一句，补上：树枝挡路")
    fail_and_redo(stage, second)

    mine.cut(False)
    mine.sign_in("gridworker")  # a browser writes its cookies down late: death may cost the sign-in, and nothing else
    mine.open(page, "outbox/")
    page.locator("[data-part=back] .entry").wait_for()
    assert eventually(lambda: page.locator("[data-part=waiting] .entry").count() == 0, MOST_SECONDS)
    made = moves_by(worker, begun)
    assert [(action, words) for action, words, *_ in made] == [
        ("matter.report", "早上：井盖松动"), ("matter.report", "断网：路灯不亮"), ("matter.verify", "现场已清理干净"), ("matter.report", "还没写完的一句，补上：树枝挡路")]
    times = [happened for _, _, happened, _ in made]
    assert times == sorted(times)
    assert times[2] < offline_until < made[2][3]
    assert made[2][3] - times[2] > timedelta(seconds=1)
    assert [photos_of("早上：井盖松动"), photos_of("断网：路灯不亮"), photos_of("第一件：楼道堆物")] == [1, 1, 1]

    resolve(stage, page)
    assert eventually(lambda: ("matter.verify", "看过第二轮，确实铲掉了") in [(action, words) for action, words, *_ in moves_by(worker, begun)], MOST_SECONDS)
    assert len(moves_by(worker, begun)) == 5
    assert eventually(lambda: mine.is_empty(page), MOST_SECONDS)


def fail_and_redo(stage: Stage, number: str) -> None:
    """While the phone was away somebody else found it wanting, and it was handled again."""
    cast = stage.cast
    cast.do("matter.verify", "verifier", number=number, version=cast.version(number), passed=False, note="墙角还有")
    cast.do("matter.reply", "handler", number=number, version=cast.version(number), note="第二轮已铲净", no_photo_reason="夜间无光")


def resolve(stage: Stage, page: Page) -> None:
    """The conflict shows what I saw, what I wrote and what it is now; I look again and send mine on what is there."""
    entry = page.locator("[data-part=back] .entry")
    shown = entry.inner_text()
    for words in ("情况变了", "我看到的", "我写的", "现在是", "第二轮已铲净", "广告已经铲掉", "第几轮处置"):
        assert words in shown, words
    stage.picture(page, "pocket-conflict")
    entry.get_by_label("说明").fill("看过第二轮，确实铲掉了")
    entry.get_by_role("button", name="按现在的情况，照我写的发送").click()


def test_a_round_walked_without_a_network_arrives_with_its_reports(mine: Phone, stage: Stage, eventually: Wait) -> None:
    page = mine.switch_on()
    mine.sign_in("gridworker")
    assign_grid(stage)
    mine.settle(page)
    mine.open(page, "round/")
    page.locator("[data-begin]").first.wait_for()

    mine.cut()
    page.locator("[data-begin]").first.click()
    page.locator("[data-lines] [name=looked]").first.check()
    page.get_by_role("button", name="结束巡查").click()
    page.get_by_text("没有发现问题的，请勾选“这一圈没有发现问题”。").first.wait_for()
    page.locator("[data-lines] [name=found]").nth(1).check()
    page.get_by_text("看过 2 /").wait_for()
    stage.picture(page, "pocket-round")
    report(mine, page, "巡查时发现：扶手松了")
    mine.kill()

    page = mine.switch_on()
    mine.open(page, "round/")
    page.get_by_text("本圈上报 1 件。").wait_for()
    assert page.locator("[data-lines] [name=looked]:checked").count() == 2
    page.get_by_role("button", name="结束巡查").click()
    page.get_by_text("已存在这部手机上。").wait_for()

    mine.cut(False)
    mine.sign_in("gridworker")
    mine.open(page, "outbox/")
    assert eventually(lambda: mine.is_empty(page), MOST_SECONDS)
    [walked] = rounds_of(stage)
    assert (len(walked.looked), len(walked.found), walked.is_nothing_found, walked.ended_at is not None) == (2, 1, False, True)
    assert reported_on(walked) == ["巡查时发现：扶手松了"]
    assert eventually(lambda: "已巡" in state_of_grid(mine, page) or "其他时间" in state_of_grid(mine, page), MOST_SECONDS)


def test_a_round_begun_at_the_desk_goes_on_at_the_phone(mine: Phone, stage: Stage, eventually: Wait) -> None:
    assign_grid(stage)
    stage.cast.do("round.begin", "gridworker", area=str(GRID), client="other-phone")
    page = mine.switch_on()
    mine.sign_in("gridworker")
    mine.settle(page)
    mine.open(page, "round/")

    page.get_by_role("button", name="接着巡查").click()
    page.locator("[data-lines] [name=looked]").first.check()
    page.get_by_label("这一圈没有发现问题").check()
    page.get_by_role("button", name="结束巡查").click()

    assert eventually(lambda: [one.ended_at is not None for one in rounds_of(stage)] == [True], MOST_SECONDS)


def assign_grid(stage: Stage) -> None:
    """The grid worker of the cast looks after the first grid from today on."""
    stage.cast.do("grid.assign", "director", area=str(GRID), post=stage.cast.gridworker.post)


def rounds_of(stage: Stage) -> list[Round]:
    """All rounds, in order."""
    with looking(of_all(), read_only=True):
        return list(Round.objects.order_by("id"))


def reported_on(one: Round) -> list[str]:
    """The words of what was reported on a round."""
    with looking(of_all(), read_only=True):
        return list(Matter.objects.filter(pk__in=rounds.reports_of([one.pk]).get(one.pk, ())).values_list("summary", flat=True))


def state_of_grid(mine: Phone, page: Page) -> str:
    """What the screen says about the rounds of the grid."""
    mine.open(page, "round/")
    page.locator("[data-walks] [data-t=state]").first.wait_for()
    return page.locator("[data-walks] [data-t=state]").first.inner_text()


def test_two_tabs_send_nothing_twice(mine: Phone, stage: Stage, eventually: Wait) -> None:
    begun = datetime.now(UTC)
    page = mine.switch_on()
    mine.sign_in("gridworker")
    mine.settle(page)
    mine.cut()
    for words in ("一", "二", "三"):
        report(mine, page, f"两个页面：{words}")
    other = mine.page()
    mine.open(other, "outbox/")

    mine.cut(False)

    assert eventually(lambda: mine.is_empty(page) and mine.is_empty(other), MOST_SECONDS)
    keys = mine.line.sent("/send/")
    assert len(keys) == len(set(keys)) == 3
    assert [words for _, words, *_ in moves_by(stage.cast.gridworker.account or 0, begun)] == [f"两个页面：{one}" for one in "一二三"]


def test_a_lost_answer_is_asked_for_again_and_nothing_is_done_twice(mine: Phone, stage: Stage, photo: Path, eventually: Wait) -> None:
    begun = datetime.now(UTC)
    page = mine.switch_on()
    mine.sign_in("gridworker")
    mine.settle(page)
    lost: list[str] = []

    def lose_once(method: str, path: str) -> str | None:
        part = path.split("?")[0]
        if method == "POST" and part not in lost:
            lost.append(part)
            return "lose"
        return None

    mine.line.plan = lose_once
    report(mine, page, "答复丢了", photo)
    mine.open(page, "outbox/")

    def sent() -> bool:
        page.locator("[data-send]").click()
        return mine.is_empty(page)

    assert eventually(sent, MOST_SECONDS)
    assert lost == ["/pocket/photo", "/pocket/send/matter.report"]
    keys = mine.line.sent("/send/")
    assert len(keys) == 2
    assert len(set(keys)) == 1
    assert len(moves_by(stage.cast.gridworker.account or 0, begun)) == 1
    assert photos_of("答复丢了") == 1


def test_troubles_of_the_server_cost_time_and_nothing_else(mine: Phone, stage: Stage, eventually: Wait) -> None:
    begun = datetime.now(UTC)
    page = mine.switch_on()
    mine.sign_in("gridworker")
    mine.settle(page)
    troubles: list[int | str] = [500, 429, "cut", 503]
    mine.line.plan = lambda method, path: troubles.pop(0) if method == "POST" and troubles else None

    report(mine, page, "服务器忙")
    report(mine, page, "服务器又忙")
    mine.open(page, "outbox/")
    stage.picture(page, "pocket-trouble")

    def sent() -> bool:
        page.locator("[data-send]").click()
        return mine.is_empty(page)

    assert eventually(sent, MOST_SECONDS)
    assert troubles == []
    assert sorted(words for _, words, *_ in moves_by(stage.cast.gridworker.account or 0, begun)) == ["服务器又忙", "服务器忙"]


def test_a_handler_receives_and_answers_without_a_network(mine: Phone, stage: Stage, photo: Path, eventually: Wait) -> None:
    number = stage.cast.report(summary="垃圾没有清")["number"]
    stage.cast.walk(number, "dispatched")
    begun = datetime.now(UTC)
    page = mine.switch_on()
    mine.sign_in("handler")
    mine.settle(page)

    mine.cut()
    mine.open(page, f"matter/{number}/")
    page.locator("[data-move='matter.receive'] button[type=submit]").click()
    part = page.locator("[data-move='matter.reply']")
    part.locator("textarea[name=note]").fill("已清走")
    part.locator("input[type=file]").first.set_input_files(photo)
    part.locator(".photos img").wait_for()
    part.get_by_role("button", name="答复并送核查").click()
    page.get_by_text("还没发出").wait_for()
    stage.picture(page, "pocket-handled-offline")
    mine.cut(False)
    mine.open(page)

    assert eventually(lambda: mine.is_empty(page), MOST_SECONDS)
    assert [action for action, *_ in moves_by(stage.cast.handler.account or 0, begun)] == ["matter.receive", "matter.reply", "matter.reply"]
    with looking(of_all(), read_only=True):
        assert Matter.objects.get(pk=numbers.matter_of(number)).phase == "verifying"


def test_a_session_that_ended_keeps_everything_until_the_next_sign_in(mine: Phone, stage: Stage, eventually: Wait) -> None:
    begun = datetime.now(UTC)
    page = mine.switch_on()
    mine.sign_in("gridworker")
    mine.settle(page)
    mine.cut()
    report(mine, page, "登录过期前写的")
    assert mine.context is not None
    mine.context.clear_cookies()

    mine.line.is_cut = False
    mine.context.set_offline(False)
    page.locator("[data-strip-sign-in]").wait_for()
    assert moves_by(stage.cast.gridworker.account or 0, begun) == []
    stage.picture(page, "pocket-signed-out")
    mine.sign_in("gridworker")
    mine.open(page, "outbox/")

    assert eventually(lambda: mine.is_empty(page), MOST_SECONDS)
    assert len(moves_by(stage.cast.gridworker.account or 0, begun)) == 1


def test_what_one_post_wrote_is_not_sent_under_another(mine: Phone, stage: Stage, eventually: Wait) -> None:
    begun = datetime.now(UTC)
    page = mine.switch_on()
    mine.sign_in("gridworker")
    mine.settle(page)
    mine.cut()
    report(mine, page, "网格员写的")

    mine.sign_in("handler")
    mine.cut(False)
    mine.open(page, "outbox/")
    page.get_by_text("另有 1 步是别的岗位在这部手机上写的").wait_for()
    assert "网格员写的" not in page.locator("main").inner_text()
    assert moves_by(stage.cast.gridworker.account or 0, begun) == []
    mine.sign_in("gridworker")
    mine.open(page, "outbox/")

    assert eventually(lambda: mine.is_empty(page), MOST_SECONDS)
    assert [words for _, words, *_ in moves_by(stage.cast.gridworker.account or 0, begun)] == ["网格员写的"]


def test_a_refused_step_keeps_its_words_and_can_be_mended(mine: Phone, stage: Stage, eventually: Wait) -> None:
    number = verifying(stage, "要核查的事")
    page = mine.switch_on()
    mine.sign_in("gridworker")
    mine.settle(page)
    mine.open(page, f"matter/{number}/")
    page.evaluate("document.querySelector('#verify-note').removeAttribute('maxlength')")
    verify_long = "长" * 2100
    part = page.locator("[data-move='matter.verify']")
    part.locator(".choice").first.click()
    part.locator("textarea").fill(verify_long)
    part.get_by_role("button", name="提交核查").click()
    mine.open(page, "outbox/")
    entry = page.locator("[data-part=back] .entry")
    entry.wait_for()
    stage.picture(page, "pocket-refused")

    assert "最多 2000 个字" in entry.inner_text()
    assert entry.get_by_label("说明").input_value() == verify_long
    entry.get_by_label("说明").fill("现场合格")
    entry.get_by_role("button", name="改好了，再发").click()

    assert eventually(lambda: mine.is_empty(page), MOST_SECONDS)
    with looking(of_all(), read_only=True):
        assert Matter.objects.get(pk=numbers.matter_of(number)).is_passed
