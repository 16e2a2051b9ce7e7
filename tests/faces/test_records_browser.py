# SPDX-License-Identifier: MulanPSL-2.0
"""The building as a matrix in a real browser: by keyboard, on a phone, in the dark, and for everybody."""

from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from playwright.sync_api import Browser, Page

from linli.doors import cookies
from linli.elements import sessions
from linli.elements.models import Account
from tests.cast import GRID, Cast
from tests.cast import build as build_cast

pytestmark = [pytest.mark.story, pytest.mark.django_db(transaction=True)]
PHONE, DESK = {"width": 390, "height": 844}, {"width": 1440, "height": 900}


def house(cast: Cast) -> tuple[int, int]:
    """A building of two doorways and three floors, one room missing, and a third, wide one; its number and that of a home with two people."""
    building = cast.do("building.add", "director", area=GRID, quarter="槐安里", number="3", floors=3)["building"]
    home = 0
    for doorway in "12":
        for floor in (1, 2, 3):
            for room in (1, 2):
                if (doorway, floor, room) != ("1", 2, 2):
                    home = cast.do("dwelling.add", "director", building=building, doorway=doorway, floor=floor, room=f"{floor}0{room}",
                                   occupancy=("empty", "let", "unknown")[floor - 1])["dwelling"]
    for floor, room in ((3, 1), *((1, room) for room in range(1, 9))):
        cast.do("dwelling.add", "director", building=building, doorway="3", floor=floor, room=f"{floor}0{room}")
    head = cast.do("person.add", "director", dwelling=home, name="阿卜杜热合曼·买买提艾力", standing="living", relation="0")
    cast.do("person.add", "director", dwelling=home, household=head["household"], name="柳大川", standing="together", relation="2")
    return building, home


@pytest.fixture
def opened(browser: Browser, live_server: Any) -> Any:
    """A page of the browser, signed in as the grid worker, at an address."""

    def open_page(address: str, **more: Any) -> Page:
        context = browser.new_context(viewport=more.pop("viewport", DESK), locale="zh-CN", bypass_csp=True, **more)
        context.add_cookies([{"name": cookies.SESSION, "value": sessions.open_for(Account.objects.get(username="gridworker")).cookie, "url": live_server.url}])
        page = context.new_page()
        page.goto(live_server.url + address)
        return page

    return open_page


def test_arrow_keys_go_from_cell_to_cell_and_on_into_the_next_doorway(opened: Any) -> None:
    building, _ = house(build_cast())
    page: Page = opened(f"/desk/buildings/{building}/")
    focused = "document.activeElement.closest('section').querySelector('h2').textContent + document.activeElement.querySelector('.home-room').textContent"

    page.locator(".home").first.focus()
    seen = [page.evaluate(focused)]
    for key in ("ArrowRight", "ArrowDown", "ArrowLeft", "ArrowUp", "ArrowRight", "ArrowRight", "ArrowUp"):
        page.keyboard.press(key)
        seen.append(page.evaluate(focused))

    assert seen == ["1门301", "1门302", "1门102", "1门101", "1门201", "2门201", "2门202", "2门302"]


@pytest.mark.parametrize("viewport", [PHONE, DESK], ids=["phone", "desk"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_no_page_of_a_register_is_too_wide_or_keeps_anybody_out(opened: Any, viewport: dict[str, int], scheme: str) -> None:
    building, home = house(build_cast())
    axe = (Path(settings.NODE_MODULES) / "axe-core" / "axe.min.js").read_text(encoding="utf-8")
    wrong = []

    for address in (f"/desk/buildings/{building}/", f"/desk/buildings/{building}/?as=table", f"/desk/registers/dwelling/{home}/", "/desk/registers/person/", "/desk/registers/",
                    "/desk/buildings/", f"/desk/registers/person/add?dwelling={home}"):
        page: Page = opened(address, viewport=viewport, color_scheme=scheme)
        page.add_script_tag(content=axe)
        found = page.evaluate("axe.run(document, {runOnly: ['wcag2a', 'wcag2aa', 'wcag21aa', 'wcag22aa', 'best-practice']})")
        wrong += [(address, one["id"], [node["html"][:120] for node in one["nodes"]][:3]) for one in found["violations"]]
        if page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth"):
            wrong.append((address, "too wide", []))
        page.context.close()

    assert wrong == []
