# SPDX-License-Identifier: MulanPSL-2.0
"""A standard's life: a city officer copies the version in force, changes an indicator, links the nodes and tries it; another publishes; the public reads it."""

import pytest

from linli.core import clock, editions
from linli.measures.models import Draft
from linli.measures.norms import keeping
from linli.measures.rebuilding import rebuild
from linli.measures.sheets import trying
from linli.measures.standards import sheet_on
from tests.cast import CITY, DISTRICT
from tests.inspections import somebody
from tests.stories.conftest import DESK, Stage

pytestmark = [pytest.mark.story, pytest.mark.slow, pytest.mark.django_db(transaction=True)]


def test_one_drafts_another_publishes_and_the_public_reads_it(stage: Stage) -> None:
    keeping.seed()
    editions.forget_all()
    year = str(clock.today().year)
    rebuild(year)
    somebody("city", CITY, "市二", username="second-city")
    desk = stage.page("city", viewport=DESK)
    desk.goto(f"{stage.url}/desk/results/")
    desk.get_by_role("link", name="标准", exact=True).click()
    before = sheet_on(clock.today())
    assert before is not None
    desk.locator(f"a[href='/desk/standards/draft?standard={before.id}']").click()
    desk.get_by_label("版本号").fill("5")
    desk.get_by_role("button", name="建草案").click()
    desk.get_by_text("草案已建好").wait_for()
    draft = Draft.objects.get()
    here = f"{stage.url}/desk/standards/drafts/{draft.pk}/"

    desk.get_by_role("link", name="改 D1-05").click()
    desk.get_by_label("分值").fill("1.25")
    desk.get_by_role("button", name="修改指标").click()
    desk.wait_for_url(here)
    assert desk.get_by_role("row", name="D1-05").get_by_text("1.25").count()
    stage.picture(desk, "standards-draft")
    desk.goto(f"{here}general")
    desk.get_by_label("生效日期").fill(clock.today().isoformat())
    desk.locator("main button[type=submit]").click()
    desk.wait_for_url(here)
    desk.goto(f"{here}links")
    desk.locator("main button[type=submit]").click()
    desk.wait_for_url(here)

    desk.goto(f"{stage.url}/desk/standards/try?draft={draft.pk}")
    desk.locator("[name=area]").first.fill(str(DISTRICT))
    desk.locator("[name=period]").fill(year)
    desk.get_by_role("button", name="开始试算").click()
    desk.wait_for_url("**/desk/standards/try/*/")
    trying.work(int(desk.url.rstrip("/").rsplit("/", 1)[1]))
    desk.reload()
    desk.get_by_text("3 个社区").first.wait_for()
    stage.picture(desk, "standards-tried")
    desk.goto(f"{here}release")
    desk.locator("main button[type=submit]").click()
    desk.get_by_text("自己起草或改过的标准不能自己发布").wait_for()

    other = stage.page("second-city", viewport=DESK)
    other.goto(f"{here}release")
    other.locator("main button[type=submit]").click()
    other.wait_for_url(here)
    other.get_by_text("已发布").first.wait_for()
    public = stage.page(viewport=DESK)
    public.goto(f"{stage.url}/standard/")
    public.get_by_text("第 5 版").wait_for()
    assert public.get_by_role("row", name="D1-05").get_by_text("1.25").count()
    public.get_by_role("row", name="D1-02").get_by_role("link", name="城市居民委员会组织法").click()
    public.locator("[id='law:JWH']").get_by_text("D1-02").wait_for()
    stage.picture(public, "standards-norms")
    assert stage.complaints == []
