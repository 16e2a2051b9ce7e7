# SPDX-License-Identifier: MulanPSL-2.0
"""The clock in the browser: more time is asked for and granted, and the page of the limit tells it in a picture, a table and a sentence."""

import pytest

from tests.stories.conftest import DESK, PHONE, Stage
from tests.stories.test_main_loop import move

pytestmark = [pytest.mark.story, pytest.mark.slow, pytest.mark.django_db(transaction=True)]


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])
def test_an_extension_is_asked_granted_and_explained(stage: Stage, scripts: bool) -> None:
    number = stage.cast.report()["number"]
    stage.cast.walk(number, "handling")
    name = "clock" if scripts else "clock-plain"
    handler, dispatcher = (stage.page(who, viewport=DESK, java_script_enabled=scripts) for who in ("handler", "dispatcher"))
    handler.goto(f"{stage.url}/desk/matter/{number}/move/matter.ask_extension")
    handler.get_by_label("处置（5 工作日）").check()
    handler.get_by_label("延长多少").fill("2")
    handler.get_by_label("理由", exact=True).fill("等配件到货")
    handler.locator("details[open] form button[type=submit]").click()
    handler.locator(".notice.good").first.wait_for()
    dispatcher.goto(stage.url + "/desk/")
    assert dispatcher.get_by_role("heading", name="待审批").first.is_visible()

    move(stage, dispatcher, number, "matter.decide_request", f"{name}-decide", choose="批准")

    phone = stage.page("handler", viewport=PHONE, java_script_enabled=scripts)
    phone.goto(f"{stage.url}/desk/matter/{number}/limits/handling/")
    assert phone.get_by_role("img").first.is_visible()
    assert phone.get_by_text("批准延期 2 工作日，理由：等配件到货").is_visible()
    assert phone.get_by_role("table").is_visible()
    stage.picture(phone, f"{name}-limit")
