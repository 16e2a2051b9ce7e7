# SPDX-License-Identifier: MulanPSL-2.0
"""Every page of the site and the desk, narrow and wide, in both languages, light and dark: nothing overflows, all is named and large enough."""

from typing import Any

import pytest
from django.urls import reverse
from playwright.sync_api import Page

from linli.core import due
from linli.matters import numbers
from tests.cast import COMMUNITY, DISTRICT, STREET
from tests.stories.conftest import DESK, PHONE, Stage

pytestmark = [pytest.mark.story, pytest.mark.slow, pytest.mark.django_db(transaction=True)]

LOOKS: dict[str, dict[str, Any]] = {
    "phone-zh": {"viewport": PHONE}, "wide-zh": {"viewport": DESK},
    "phone-en-dark": {"viewport": PHONE, "locale": "en-GB", "color_scheme": "dark"}, "wide-en-dark": {"viewport": DESK, "locale": "en-GB", "color_scheme": "dark"},
}


def fits(page: Page) -> bool:
    return bool(page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth"))


UNNAMED = "all => all.filter(e => e.offsetParent && !(e.labels && e.labels.length) && !e.getAttribute('aria-label')).map(e => e.outerHTML.slice(0, 120))"
SMALL = "all => all.filter(e => e.offsetParent && e.offsetHeight < 43.5 && !e.matches('.visually-hidden')).map(e => e.outerHTML.slice(0, 120))"


def visit(stage: Stage, who: str, look: str, addresses: dict[str, str]) -> None:
    page = stage.page(who, **LOOKS[look])
    for name, address in addresses.items():
        answer = page.goto(stage.url + address)
        assert answer is not None
        assert answer.status < 500, address
        stage.picture(page, f"{name}-{look}")
        assert fits(page), f"{address} is wider than the screen"
        assert page.locator("h1").count() == 1, address
        assert page.eval_on_selector_all("input:not([type=hidden]), select, textarea", UNNAMED) == [], address
        assert page.eval_on_selector_all("button, .button, select, .input, .choice, .pick, .place-list a", SMALL) == [], address
    page.context.close()


@pytest.fixture
def matters(stage: Stage) -> dict[str, str]:
    """One matter in each stage of the loop, by the stage's name."""
    made = {}
    for reached in ("filed", "dispatched", "handling", "verifying", "passed", "closed"):
        made[reached] = stage.cast.report(summary="单元门口堆放杂物，挡住了消防通道，麻烦清理一下。", contact_phone="13800000000", position="117.192,39.112")["number"]
        stage.cast.walk(made[reached], reached)
    made["captured"] = stage.cast.report()["number"]
    stage.cast.do("matter.ask", "dispatcher", number=made["filed"], text="请问是哪个单元？")
    while due.drain():
        pass
    return made


@pytest.mark.parametrize("look", LOOKS)
def test_every_public_page_fits(stage: Stage, matters: dict[str, str], look: str) -> None:
    code = {name: numbers.query_code(numbers.matter_of(number) or 0) for name, number in matters.items()}
    category = stage.cast.category
    visit(stage, "", look, {
        "site-front": "/", "site-report-what": reverse("website:report"), "site-report-search": reverse("website:report") + "?step=category&q=井盖",
        "site-report-where": f"/report/?category={category}", "site-report-street": f"/report/?category={category}&within={STREET}",
        "site-report-words": f"/report/?category={category}&area={COMMUNITY}", "site-follow": "/follow/", "site-story-question": f"/follow/{code['filed']}/",
        "site-story-rate": f"/follow/{code['closed']}/", "site-city": "/c/", "site-district": f"/c/{DISTRICT}/", "site-street": f"/c/{STREET}/",
        "site-community": f"/c/{COMMUNITY}/", "site-found": "/c/?q=槐", "site-none": "/c/?q=xyz", "site-absent": "/c/99/", "site-sign-in": "/sign-in",
    })


@pytest.mark.parametrize("look", LOOKS)
def test_every_page_of_the_desk_fits(stage: Stage, matters: dict[str, str], look: str) -> None:
    visit(stage, "dispatcher", look, {
        "desk-today": "/desk/", "desk-inbox": "/desk/inbox/", "desk-inbox-none": "/desk/inbox/?phase=refused", "desk-inbox-wrong": "/desk/inbox/?phase=lost&category=zzz",
        "desk-matter": f"/desk/matter/{matters['filed']}/", "desk-dispatch": f"/desk/matter/{matters['filed']}/move/matter.dispatch",
        "desk-refuse": f"/desk/matter/{matters['captured']}/move/matter.refuse", "desk-closed": f"/desk/matter/{matters['closed']}/",
        "desk-results": f"/desk/results/{STREET}/",
        "desk-community-results": f"/desk/results/{COMMUNITY}/", "desk-members": f"/desk/results/{STREET}/D3-11/?period=2026",
        "desk-journal": "/desk/journal/", "desk-report": "/desk/report/", "desk-absent": "/desk/matter/LL000009999/",
    })
    visit(stage, "handler", look, {"desk-handler": "/desk/", "desk-reply": f"/desk/matter/{matters['handling']}/move/matter.reply"})
    visit(stage, "verifier", look, {"desk-verify": f"/desk/matter/{matters['verifying']}/move/matter.verify"})
    visit(stage, "director", look, {"desk-director": "/desk/"})
    visit(stage, "gridworker", look, {"desk-patrol": f"/desk/report/?category={stage.cast.category}"})
    visit(stage, "sysadmin", look, {
        "desk-accounts": "/desk/accounts/", "desk-account-add": "/desk/accounts/add", "desk-account": f"/desk/accounts/{stage.cast.gridworker.account}/",
        "desk-post-give": f"/desk/accounts/{stage.cast.gridworker.account}/give?area={STREET}",
        "desk-places": "/desk/places/", "desk-calendar": "/desk/calendar/", "desk-tokens": "/desk/tokens/",
    })
