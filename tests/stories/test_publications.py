# SPDX-License-Identifier: MulanPSL-2.0
"""What was published stays: two officers close a month, a record is corrected, the restatement says why and which records; and anybody checks a publication."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
from playwright.sync_api import Page

from linli.core import clock, due, editions
from linli.core.sight import looking, of_all
from linli.matters.models import Matter
from linli.measures.closing import freezing
from linli.measures.models import Closing
from linli.measures.rebuilding import rebuild
from tests import closings
from tests.cast import COMMUNITY
from tests.stories.conftest import DESK, Stage
from tests.titles.naming import people

pytestmark = [pytest.mark.story, pytest.mark.slow, pytest.mark.django_db(transaction=True)]


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


def confirmed(stage: Stage, page: Page, period: str) -> int:
    """The other officer checks what was asked for and confirms it; the worker freezes it. The number of the edition."""
    page.goto(f"{stage.url}/desk/results/closings/")
    page.get_by_role("link", name=period, exact=True).first.click()
    page.get_by_role("button", name="核对无误，确认").click()
    page.get_by_text("正在封存").first.wait_for()
    number = int(page.url.rstrip("/").split("/")[-1])
    freezing.freeze(number)
    editions.forget_all()
    page.get_by_text("已公布", exact=True).wait_for()  # the page renews itself while it is being frozen
    return number


def test_a_month_is_closed_by_two_and_restated_with_the_records_that_differ(stage: Stage, later: Any) -> None:
    stage.cast.posts.update(people(["city_b"]))
    made = stage.cast.report()
    stage.cast.walk(made["number"])
    due.drain()
    today = clock.today()
    month = f"{today:%Y-%m}"
    with later(40):
        rebuild(str(clock.today().year))
        rebuild(str(today.year))
        city, other = stage.page("city", viewport=DESK), stage.page("city_b", viewport=DESK)
        city.goto(f"{stage.url}/desk/results/closings/")
        city.locator('[name="close.period"]').fill(month)
        city.get_by_role("button", name="申请结账").click()
        city.get_by_text("请另一位同事确认").wait_for()
        city.get_by_role("link", name=month, exact=True).click()
        assert city.get_by_role("button", name="核对无误，确认").count() == 0
        first = confirmed(stage, other, month)

        with looking(of_all()):
            matter = Matter.objects.get(pk=int(made["number"][2:]))
            Matter.objects.filter(pk=matter.pk).update(closed_at=matter.reported_at + timedelta(days=35))
        rebuild(str(today.year))
        city.goto(f"{stage.url}/desk/results/closings/")
        city.locator('[name="restate.period"]').fill(month)
        city.locator('[name="restate.reason"]').fill("办结时间录错，已按工单更正")
        city.get_by_role("button", name="申请更正公布").click()
        city.get_by_text("请另一位同事确认").wait_for()
        second = confirmed(stage, other, month)
        other.get_by_text("办结时间录错，已按工单更正").wait_for()
        stage.picture(other, "publications-01-restated")
        other.get_by_role("link", name="1 条有别").first.click()
        other.get_by_text(made["number"]).first.wait_for()
        stage.picture(other, "publications-02-records")

    with looking(of_all()):
        held = {one.pk: (one.number, one.state, one.asked_by == one.decided_by) for one in Closing.objects.all()}
    assert held == {first: (1, "frozen", False), second: (2, "frozen", False)}


def test_anybody_checks_a_publication_and_a_changed_file_is_refused_by_name(stage: Stage) -> None:
    digest = closings.publication()
    anybody = stage.page()
    whole = anybody.request.get(f"{stage.url}/publications/{digest}.json").text()

    def checked(text: str) -> None:
        anybody.goto(f"{stage.url}/verify/")
        anybody.locator("#file").set_input_files({"name": "a.json", "mimeType": "application/json", "buffer": text.encode()})
        anybody.get_by_role("button", name="核对", exact=True).click()

    checked(whole)
    anybody.get_by_text("对得上：").wait_for()
    stage.picture(anybody, "publications-03-verified")
    changed = json.loads(whole)
    changed["publication"]["communities"][0]["name"] = "别的社区"
    checked(json.dumps(changed))
    anybody.get_by_text("对不上：").wait_for()
    anybody.get_by_text(f"被改动的部分：community {COMMUNITY}").wait_for()
    assert anybody.get_by_text("对得上：").count() == 0
    stage.picture(anybody, "publications-04-refused")
