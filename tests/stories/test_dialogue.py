# SPDX-License-Identifier: MulanPSL-2.0
"""A dissatisfied resident in a browser: reported by phone, closed, rated badly, called back, done again, verified anew, closed for good."""

from collections.abc import Callable
from typing import Any

import pytest

from linli.core import letter_sending, letters, seals
from linli.core.models import Letter
from linli.core.sight import looking, of_all
from linli.matters.models import Matter
from tests.cast import COMMUNITY
from tests.stories.conftest import DESK, PHONE, Stage
from tests.stories.test_main_loop import move, see_through

pytestmark = [pytest.mark.story, pytest.mark.slow, pytest.mark.django_db(transaction=True)]
Wait = Callable[[Callable[[], bool], float], bool]


def report(stage: Stage, page: Any) -> str:
    """Straight to the last step, with a mobile phone and the wish for messages; answers the query code."""
    page.goto(f"{stage.url}/report/?category={stage.cast.category}&area={COMMUNITY}")
    page.get_by_label("问题描述").fill("单元门口的井盖松动。")
    page.get_by_label("联系电话").fill("13800001234")
    page.get_by_role("group", name="办理有进展时发消息给您").get_by_label("是", exact=True).check()
    stage.picture(page, "dialogue-01-report")
    page.locator("button.primary[name=send]").click()
    page.get_by_role("heading", name="已经收到，谢谢您").wait_for()
    return str(page.locator("#query-code").inner_text().strip())


def rate(stage: Stage, page: Any, code: str, how: str, why: str) -> None:
    page.goto(f"{stage.url}/follow/{code}/")
    page.get_by_label(how, exact=True).check()
    page.get_by_label("想说的话").fill(why)
    page.get_by_role("button", name="提交评价").click()
    page.get_by_text("谢谢您的评价。").wait_for()


def sent() -> list[str]:
    with looking(of_all(), read_only=True):
        return [one.occasion.removeprefix("matter.") for one in Letter.objects.order_by("id") if letters.opened(one)]


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])
def test_a_bad_rating_is_called_back_and_the_matter_is_done_again(stage: Stage, worker: None, eventually: Wait, settings: Any, tmp_path: Any,
                                                                  scripts: bool) -> None:
    settings.LETTERS_ROOT = tmp_path / "letters"
    resident = stage.page(viewport=PHONE, java_script_enabled=scripts)
    code = report(stage, resident)
    number = f"LL{int(code.split('-')[0]):09d}"
    dispatcher = see_through(stage, number, "dialogue", scripts=scripts)
    move(stage, dispatcher, number, "matter.close", "dialogue-02-close")
    rate(stage, resident, code, "非常不满意", "第二天又松了。")
    called = f"{stage.url}/desk/call-backs/"

    def is_listed() -> bool:
        dispatcher.goto(called)
        return dispatcher.get_by_text(number).count() > 0

    assert eventually(is_listed, 10)
    stage.picture(dispatcher, "dialogue-03-call-backs")
    dispatcher.goto(stage.url + "/desk/")
    assert dispatcher.locator("#pile-call_back").count() == 1
    move(stage, dispatcher, number, "matter.call_back", "dialogue-04-call-back", choose="联系上了，重新办理", 上报人说了什么="居民说踩上去还响")
    handler, verifier = (stage.page(who, viewport=DESK, java_script_enabled=scripts) for who in ("handler", "verifier"))
    move(stage, handler, number, "matter.reply", "dialogue-05-again", 给上报人的答复="换了新的井盖和垫圈。", photo=stage.photo)
    move(stage, verifier, number, "matter.verify", "dialogue-06-verify", choose="合格")
    move(stage, dispatcher, number, "matter.close", "dialogue-07-closed")
    rate(stage, resident, code, "满意", "这次好了。")

    assert resident.get_by_text("您的评价：满意").is_visible()
    assert resident.get_by_text("第 1 次重新办理").is_visible()
    with looking(of_all(), read_only=True):
        found = Matter.objects.get(pk=int(number[2:]))
    assert (found.phase, found.round, found.reopenings, found.rating) == ("closed", 2, 1, 2)
    assert eventually(lambda: len(sent()) == 7, 10), sent()
    assert sent() == ["received", "accepted", "answered", "closed", "reopened", "answered", "closed"]
    assert letter_sending.send_all(5) == 7
    resident.reload()
    assert resident.get_by_text("138****1234").count() == 7
    stage.picture(resident, "dialogue-08-story")
    assert "13800001234" not in resident.content()
    seals.seal()
    assert seals.verify().is_whole
