# SPDX-License-Identifier: MulanPSL-2.0
"""The director sees on his first page what to do next, opens one thing, does it where it is done, sees it gone and the figure moved."""

import pytest

from linli.core import clock, due
from linli.core.sight import looking, of_all
from linli.measures import seeding
from linli.measures.models import Value
from linli.measures.rebuilding import rebuild
from tests.cast import COMMUNITY
from tests.stories.conftest import DESK, Stage

pytestmark = [pytest.mark.story, pytest.mark.slow, pytest.mark.django_db(transaction=True)]
ROOM = "还没有的功能用房：图书阅览室"


def rooms() -> int:
    with looking(of_all()):
        found = Value.objects.filter(area=COMMUNITY, measure="D2-03", period=str(clock.today().year)).first()
    return found.numerator if found else 0


def test_the_director_does_one_thing_sees_it_gone_and_the_figure_moved(stage: Stage) -> None:
    seeding.seed()
    rebuild(str(clock.today().year))
    page = stage.page("director", viewport=DESK)

    page.goto(f"{stage.url}/desk/")
    page.get_by_role("region", name="下一步做什么").get_by_role("link", name="全部").click()
    stage.picture(page, "next-01-list")
    page.get_by_role("link", name=ROOM).click()
    page.locator("a[href*='/registers/service_room/add']").first.click()
    page.locator("[name=name]").fill("图书阅览室")
    page.locator("[name=room]").select_option("reading")
    if page.locator("select[name=area]").count():
        page.locator("select[name=area]").select_option(str(COMMUNITY))
    page.get_by_role("main").get_by_role("button", name="登记", exact=True).click()
    page.wait_for_url("**/registers/service_room/*/")

    while due.drain():
        pass

    assert rooms() == 1
    page.goto(f"{stage.url}/desk/results/{COMMUNITY}/next")
    assert page.get_by_role("link", name=ROOM).count() == 0
    page.goto(f"{stage.url}/desk/results/{COMMUNITY}/D2-03/about")
    page.get_by_text("1 / 19").first.wait_for()
    stage.picture(page, "next-02-moved")
