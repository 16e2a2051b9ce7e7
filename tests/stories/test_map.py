# SPDX-License-Identifier: MulanPSL-2.0
"""Browser story: the map is opened, narrowed to what is overdue, a point pressed and its matter opened; the table reads the same without a script."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from linli.core import clock
from tests.cast import COMMUNITY
from tests.matters.scatter import matter, plant
from tests.stories.conftest import DESK, SOUTH, WEST, Stage

pytestmark = [pytest.mark.story, pytest.mark.slow]
LATE = (round((WEST + 0.002) * 1_000_000), round((SOUTH + 0.002) * 1_000_000))
Eventually = Callable[[Callable[[], bool], float], bool]

READY = """() => { const map = document.querySelector('[data-map]'); return map?.dataset.ready === '1' && map.linliMap.areTilesLoaded() }"""
DRAWN = """() => document.querySelector('[data-map]').linliMap.queryRenderedFeatures({layers: ['matters']}).map(one => one.properties)"""
WHERE = """() => { const map = document.querySelector('[data-map]').linliMap; const one = map.queryRenderedFeatures({layers: ['matters']})[0];
  const at = map.project(one.geometry.coordinates), box = map.getCanvas().getBoundingClientRect(); return [box.x + at.x, box.y + at.y] }"""


@pytest.fixture
def planted(stage: Stage) -> Stage:
    """An overdue matter, one in time, and one without a position, in two drawn grids."""
    now = clock.now()
    plant([matter(stage.cast, COMMUNITY + 1, LATE, due_at=now - timedelta(hours=3)), matter(stage.cast, COMMUNITY + 2, (LATE[0] + 4_000, LATE[1])),
           matter(stage.cast, COMMUNITY, None)])
    return stage


def seen(page: Page) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = page.evaluate(DRAWN)
    return found


def test_a_director_finds_the_overdue_matter_on_the_map(planted: Stage, eventually: Eventually) -> None:
    page = planted.page("director", viewport=DESK)
    page.goto(f"{planted.url}/desk/map/")
    assert eventually(lambda: bool(page.evaluate(READY)) and len(seen(page)) == 2, 30)
    planted.picture(page, "map-open")

    page.get_by_label("状态").select_option("overdue")
    page.get_by_role("button", name="显示").click()

    assert eventually(lambda: bool(page.evaluate(READY)) and len(seen(page)) == 1, 30)
    expect(page.get_by_role("row", name="槐安第一网格")).to_contain_text("1")
    planted.picture(page, "map-overdue")
    page.mouse.click(*page.evaluate(WHERE))
    popup = page.locator(".maplibregl-popup-content")
    expect(popup).to_contain_text("LL")
    popup.get_by_role("link").click()
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    assert "/desk/matter/LL" in page.url


def test_without_a_script_the_picture_and_the_table_say_the_same(planted: Stage) -> None:
    page = planted.page("director", viewport=DESK, java_script_enabled=False)
    page.goto(f"{planted.url}/desk/map/?state=overdue")

    expect(page.locator("[data-map]")).to_be_hidden()
    expect(page.get_by_role("row", name="槐安第一网格")).to_contain_text("1")
    expect(page.get_by_role("link", name="槐安第一网格：1 件，其中超时 1 件")).to_be_visible()
    planted.picture(page, "map-no-script")


def test_the_map_and_the_form_for_redrawing_fit_a_phone(planted: Stage, eventually: Eventually) -> None:
    page = planted.page("district")
    for address in (f"/desk/map/?area={COMMUNITY}", "/desk/map/?view=workers", f"/desk/map/redraw/{COMMUNITY}/", f"/desk/map/redrawing/{planted.cast.redrawing()}/"):
        page.goto(f"{planted.url}{address}")
        assert page.evaluate("() => document.documentElement.scrollWidth <= document.documentElement.clientWidth + 1"), address
