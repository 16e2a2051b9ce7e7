# SPDX-License-Identifier: MulanPSL-2.0
"""What to do next, one indicator explained, the dashboard of each level: what stands there, what does not, and who may not see it."""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from linli.core import clock
from linli.core.sight import looking, of_all
from linli.elements.models import Household
from linli.measures import seeding
from linli.measures.rebuilding import rebuild
from tests.cast import CITY, COMMUNITY, COMMUNITY2, DISTRICT, DISTRICT2, FAR_COMMUNITY, HOSTILE, STREET, Cast
from tests.faces.browsers import drain, page, signed_in

pytestmark = pytest.mark.django_db
BOARD, ABOUT = 40, 20
"""Queries of the dashboard and of the explanation, sessions included."""


@pytest.fixture
def counted(cast: Cast) -> Cast:
    """The cast with the standard in force, a household, an open report of a resident, and figures."""
    seeding.seed()
    cast.home(room="301")
    cast.report()
    closed = cast.report("gridworker")
    cast.walk(closed["number"])
    drain()
    with looking(of_all()):
        rebuild(str(clock.today().year))
    return cast


def test_the_director_does_one_thing_and_sees_it_gone_and_the_figure_moved(counted: Cast) -> None:
    browser = signed_in("director")
    before = page(browser, f"/desk/results/{COMMUNITY}/next")
    link = re.search(r'href="(/desk/registers/household/\d+/)"', before)
    home = page(browser, f"/desk/results/{COMMUNITY}/D4-08/about")
    assert link is not None
    household = int(link[1].split("/")[-2])
    assert "0 / 1" in home

    assert browser.get(link[1]).status_code == 200
    with looking(of_all()):
        dwelling = Household.objects.get(pk=household).dwelling_id
    counted.do("visit.record", "director", dwelling=dwelling, household=household, outcome="met", purpose="routine")
    drain()

    assert link[1] not in page(browser, f"/desk/results/{COMMUNITY}/next")
    assert "1 / 1" in page(browser, f"/desk/results/{COMMUNITY}/D4-08/about")
    assert re.search(r"\+1\.50", before)


def test_need_stands_before_bodies_and_records_and_every_link_opens(counted: Cast) -> None:
    browser = signed_in("director")
    found = page(browser, f"/desk/results/{COMMUNITY}/next")
    classes = re.findall(r'id="need-(\w+)"', found)
    links = set(re.findall(r'<span class="next-what"><a href="([^"]+)"', found))

    assert classes == [one for one in ("danger", "waiting", "call", "ready", "standing", "records") if one in classes]
    assert {"danger", "call", "standing"} <= set(classes)
    assert links
    assert {link: browser.get(link.replace("&amp;", "&")).status_code for link in links} == dict.fromkeys(links, 200)


def test_the_card_stands_on_the_first_page_of_who_answers_for_a_community_only(counted: Cast) -> None:
    assert f"/desk/results/{COMMUNITY}/next" in page(signed_in("director"), "/desk/")
    for name in ("gridworker", "dispatcher", "handler", "district"):
        assert 'id="next"' not in page(signed_in(name), "/desk/")


def test_the_card_shows_no_more_than_two_undated_things_of_a_sort_in_the_same_order(counted: Cast) -> None:
    for room in ("401", "402", "403"):
        counted.home(room=room)
    found = page(signed_in("director"), "/desk/")
    card = found[found.find('id="next"'):found.find("</section>", found.find('id="next"'))]

    assert card.count("/desk/registers/household/") == 2
    assert card.count("<li>") == 6


def test_a_district_is_led_down_by_code_instead_of_a_list_of_everything(counted: Cast) -> None:
    found = page(signed_in("district"), f"/desk/results/{DISTRICT}/next")

    assert re.findall(r"/desk/results/(\d+)/next", found)[-2:] == [str(STREET), str(STREET + 1_000_000)]
    assert "next-what" not in found


def test_the_explanation_says_how_points_follow_and_where_the_clause_is(counted: Cast) -> None:
    found = page(signed_in("director"), f"/desk/results/{COMMUNITY}/D3-11/about")

    assert "100.0%，得 2.00 分（满分 2 分）：85.0% 起得分，达到 98.0% 得满分" in found
    assert "拟定，没有官方出处" in found
    assert "本月新计入 1 条记录" in found
    assert f"/desk/results/{COMMUNITY}/D3-11/?period=" in found


def test_levels_above_stand_beside_only_where_three_places_are_behind_them(counted: Cast) -> None:
    found = page(signed_in("director"), f"/desk/results/{COMMUNITY}/D3-11/about")

    assert "value-line" not in found
    assert "槐宁社区" not in found


def test_the_dashboard_of_each_level_opens_downward_in_order_of_code(counted: Cast) -> None:
    for name, area, below in (("city", CITY, [DISTRICT, DISTRICT2]), ("district", DISTRICT, [STREET, STREET + 1_000_000]),
                              ("head", STREET, [COMMUNITY, COMMUNITY2]), ("director", COMMUNITY, [])):
        found = page(signed_in(name), f"/desk/results/{area}/board")
        tables = found[found.find('aria-labelledby="below"'):] if 'aria-labelledby="below"' in found else ""

        assert [int(one) for one in re.findall(r'href="/desk/results/(\d+)/board"', tables)] == below
        assert "本年目标还没有下达" in found
        assert HOSTILE not in found


def test_conditions_that_are_not_met_stand_on_the_dashboard_inside_the_offices(counted: Cast) -> None:
    found = page(signed_in("director"), f"/desk/results/{COMMUNITY}/board")

    assert "不符合" in found
    assert "社区党组织健全" in found


@pytest.mark.parametrize("what", ["board", "next", "D3-11/about"])
def test_neighbours_and_strangers_see_nothing(counted: Cast, what: str) -> None:
    for name in ("director2", "dispatcher2", "district2"):
        assert signed_in(name).get(f"/desk/results/{COMMUNITY}/{what}").status_code == 404
    assert signed_in("director").get(f"/desk/results/{FAR_COMMUNITY}/{what}").status_code == 404
    assert signed_in("director").get(f"/desk/results/{STREET}/{what}").status_code == 404
    assert signed_in("sysadmin").get(f"/desk/results/{COMMUNITY}/{what}").status_code in (403, 404)


def test_the_pages_ask_the_same_few_questions(counted: Cast) -> None:
    for name, address, most in (("district", f"/desk/results/{DISTRICT}/board", BOARD), ("city", f"/desk/results/{CITY}/board", BOARD),
                                ("director", f"/desk/results/{COMMUNITY}/D3-11/about", ABOUT)):
        browser = signed_in(name)
        page(browser, address)
        with CaptureQueriesContext(connection) as asked:
            page(browser, address)

        assert len(asked) <= most, (address, len(asked))
