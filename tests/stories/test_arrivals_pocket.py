# SPDX-License-Identifier: MulanPSL-2.0
"""Small jobs settled on the phone without a network and checked by another unit; a return from an old outbox learns whose duty it is."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from linli.core.models import Evidence
from linli.core.sight import looking, of_all
from linli.matters import numbers, sampling
from linli.matters.models import Citation, Matter, SpotCheck
from tests.stories.conftest import DESK, Stage
from tests.stories.phones import MOST_SECONDS, phone
from tests.stories.test_main_loop import move

pytestmark = [pytest.mark.story, pytest.mark.slow, pytest.mark.django_db(transaction=True)]
Wait = Callable[[Callable[[], bool], float], bool]
WORDS = "楼门口一袋垃圾，已拎走"


def test_a_small_job_is_settled_without_a_network_and_checked_by_another_unit(
        stage: Stage, worker: None, photo: Path, tmp_path: Path, eventually: Wait, settings: Any) -> None:
    settings.SETTLE_PERCENT = 100
    sampling.keep_draws()
    with phone(stage, tmp_path / "profile", eventually) as mine:
        page = mine.switch_on()
        mine.sign_in("gridworker")
        mine.settle(page)
        mine.open(page, "report/")
        page.locator("[data-picker] summary").first.wait_for()
        mine.cut()
        mine.open(page, "report/")
        page.locator("[data-picker] summary").first.click()
        page.locator("[data-picker] input[type=search]").fill("暴露垃圾")
        page.locator(".pick").first.click()
        page.locator(".choice", has_text="槐安第一网格").click()
        page.locator("#report-summary").fill(WORDS)
        page.get_by_role("button", name="已当场办好").click()
        page.get_by_text("随手办要有至少一张处理后的照片。").first.wait_for()
        page.locator("[data-photos] input").first.set_input_files(photo)
        page.locator(".photos img").first.wait_for()
        stage.picture(page, "arrivals-12-settle")
        page.get_by_role("button", name="已当场办好").click()
        page.get_by_text("已存在这部手机上。").wait_for()
        mine.kill()

        page = mine.switch_on()
        mine.cut(False)
        mine.sign_in("gridworker")
        mine.open(page, "outbox/")
        assert eventually(lambda: mine.is_empty(page), MOST_SECONDS)
        assert len(mine.line.sent("matter.self_handle")) == 1

    with looking(of_all(), read_only=True):
        [made] = Matter.objects.filter(summary=WORDS)
        assert (made.phase, Evidence.objects.filter(subject_kind="matter", subject=made.pk).count()) == ("self_handled", 1)
    number = numbers.number_of(made.pk)

    def is_drawn() -> bool:
        with looking(of_all(), read_only=True):
            return SpotCheck.objects.filter(matter=made.pk).exists()

    assert eventually(is_drawn, MOST_SECONDS)
    worker_page = stage.page("gridworker", viewport=DESK)
    worker_page.goto(f"{stage.url}/desk/matter/{number}/")
    assert worker_page.locator("[id='move-matter.check_settled']").count() == 0
    verifier = stage.page("verifier", viewport=DESK)
    verifier.goto(f"{stage.url}/desk/inbox/")
    assert verifier.get_by_text(number).first.is_visible()
    move(stage, verifier, number, "matter.check_settled", "arrivals-13-check", choose="合格")
    with looking(of_all(), read_only=True):
        assert SpotCheck.objects.get(matter=made.pk).is_passed


def test_a_return_of_an_old_outbox_is_told_what_is_missing_and_mended_on_the_phone(
        stage: Stage, tmp_path: Path, eventually: Wait) -> None:
    number = stage.cast.report(summary="电线垂下来了")["number"]
    stage.cast.walk(number, "dispatched")
    with phone(stage, tmp_path / "profile", eventually) as mine:
        page = mine.switch_on()
        mine.sign_in("handler")
        mine.settle(page)
        mine.cut()
        mine.open(page, f"matter/{number}/")
        part = page.locator("[data-move='matter.return']")
        part.locator("summary").click()
        part.locator("[name=reason][value=not_competent]").check()
        assert part.locator("select[name=duty]").is_visible()
        page.evaluate("document.querySelector('[data-duties]').remove()")  # the form as it was before the list of duties was asked for
        part.get_by_role("button", name="退回").click()
        page.get_by_text("已存在这部手机上。").wait_for()

        mine.cut(False)
        mine.open(page, "outbox/")
        entry = page.locator("[data-part=back] .entry")
        entry.wait_for()
        assert "请选出职责清单里的一条" in entry.inner_text()
        stage.picture(page, "arrivals-14-mend")
        entry.get_by_label("按职责清单该由谁办").select_option("他-02")
        entry.get_by_role("button", name="改好了，再发").click()

        assert eventually(lambda: mine.is_empty(page), MOST_SECONDS)
    with looking(of_all(), read_only=True):
        row = Matter.objects.get(pk=numbers.matter_of(number))
        assert (row.phase, Citation.objects.get(matter=row.pk).code) == ("filed", "他-02")
