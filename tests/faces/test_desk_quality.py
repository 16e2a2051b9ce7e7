# SPDX-License-Identifier: MulanPSL-2.0
"""Quality on the desk: figures that open onto what is to be mended, a day's list, samples; nothing of a neighbour."""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from linli.core import clock, due
from linli.core.sight import looking, of_all
from linli.doors import cookies
from linli.elements import sessions
from linli.elements.models import Account, FieldCheck, Person
from tests.cast import CITY, COMMUNITY, COMMUNITY2, GRID, STREET, Cast
from tests.elements.quality_town import count, settle

pytestmark = pytest.mark.django_db


@pytest.fixture
def settled(cast: Cast) -> None:
    settle()
    count()


@pytest.fixture
def browse(cast: Cast) -> Callable[[str], Client]:
    def opened(name: str) -> Client:
        client = Client()
        client.cookies[cookies.SESSION] = sessions.open_for(Account.objects.get(username=name)).cookie
        return client

    return opened


def test_the_director_sees_the_figures_of_his_community_and_each_opens(settled: None, browse: Callable[[str], Client]) -> None:
    client = browse("director")
    page = client.get(f"/desk/quality/{COMMUNITY}/").content.decode()

    links = set(re.findall(rf'href="(/desk/quality/{COMMUNITY}/[a-z_.:]+/)"', page))
    opened = {link: client.get(link).status_code for link in links}

    assert len(links) > 8
    assert set(opened.values()) == {200}
    assert "槐安第一网格" in page
    assert "拟" in page


def test_the_page_of_a_place_asks_the_same_few_questions_whatever_it_holds(settled: None, browse: Callable[[str], Client]) -> None:
    client = browse("dispatcher")
    client.get(f"/desk/quality/{STREET}/")

    with CaptureQueriesContext(connection, ) as few:
        client.get(f"/desk/quality/{STREET}/")

    assert len([one for one in few.captured_queries if "elements_quality" in one["sql"]]) == 2


def test_the_rows_behind_a_figure_name_the_records_with_three_questions(settled: None, browse: Callable[[str], Client]) -> None:
    client = browse("gridworker")
    with looking(of_all()):
        lacking = Person.objects.within(COMMUNITY, COMMUNITY2).filter(phone_index=None, standing="together", born_on__lt="1990-01-01").order_by("id")[0]

    with CaptureQueriesContext(connection) as asked:
        page = client.get(f"/desk/quality/{COMMUNITY}/person.completeness.phone/?after={lacking.pk - 1}").content.decode()

    assert lacking.name in page
    assert len([one for one in asked.captured_queries if '"elements_' in one["sql"] or "from elements_" in one["sql"]]) <= 8


@pytest.mark.parametrize("address", [f"{COMMUNITY}/", f"{COMMUNITY}/pulse", f"{COMMUNITY}/person.completeness.phone/", f"{GRID}/", f"{STREET}/", "1/", f"{COMMUNITY}/x.y.z/"])
def test_a_neighbour_is_told_that_there_is_nothing(settled: None, browse: Callable[[str], Client], address: str) -> None:
    assert browse("director2").get(f"/desk/quality/{address}").status_code == 404


def test_the_city_sees_figures_and_no_names(settled: None, browse: Callable[[str], Client]) -> None:
    client = browse("city")

    page = client.get(f"/desk/quality/{CITY}/")
    assert page.status_code == 200
    assert "海棠区" in page.content.decode()
    assert client.get(f"/desk/quality/{COMMUNITY}/person.completeness.phone/").status_code == 403
    assert "person.completeness.phone" not in client.get(f"/desk/quality/{COMMUNITY}/").content.decode()


def test_counting_anew_is_one_press(cast: Cast, browse: Callable[[str], Client]) -> None:
    settle()
    client = browse("director")
    before = client.get(f"/desk/quality/{COMMUNITY}/").content.decode()

    answer = client.post(f"/desk/quality/{COMMUNITY}/measure")
    while due.drain():
        pass

    assert "还没有计算过" in before
    assert answer.status_code == 303
    assert "还没有计算过" not in client.get(f"/desk/quality/{COMMUNITY}/").content.decode()


def test_the_page_asks_again_and_gets_nothing_while_nothing_changed(settled: None, browse: Callable[[str], Client]) -> None:
    client = browse("director")
    stamp = client.get(f"/desk/quality/{COMMUNITY}/pulse").headers["ETag"]

    assert client.get(f"/desk/quality/{COMMUNITY}/pulse", headers={"If-None-Match": stamp}).status_code == 304


def test_a_worker_checks_what_was_drawn_from_his_list(settled: None, browse: Callable[[str], Client]) -> None:
    director, worker = browse("director"), browse("gridworker")
    due_on = (clock.today() + timedelta(days=3)).isoformat()
    drawn = director.post(f"/desk/quality/{COMMUNITY}/samples", {"register": "person", "size": "5", "due_on": due_on})
    listed = re.findall(r'name="check" value="([0-9]+)"', worker.get("/desk/quality/day").content.decode())
    with looking(of_all()):
        drawn_fields = {str(number) for number in FieldCheck.objects.values_list("pk", flat=True)}

    answer = worker.post("/desk/quality/check", {"check": listed[0], "verdict": "right"})

    assert (drawn.status_code, answer.status_code, set(listed) <= drawn_fields) == (303, 303, True)
    assert f'name="check" value="{listed[0]}"' not in worker.get("/desk/quality/day").content.decode()
    assert "1 / 1" in director.get(f"/desk/quality/{COMMUNITY}/samples").content.decode()


def test_a_sample_filled_in_wrongly_keeps_what_was_typed(settled: None, browse: Callable[[str], Client]) -> None:
    answer = browse("director").post(f"/desk/quality/{COMMUNITY}/samples", {"register": "person", "size": "77", "due_on": "2020-01-01"})

    assert answer.status_code == 422
    assert 'value="77"' in answer.content.decode()


def test_the_day_is_for_those_who_go_to_the_doors(settled: None, browse: Callable[[str], Client]) -> None:
    assert browse("director").get("/desk/quality/day").status_code == 200
    assert browse("dispatcher").get("/desk/quality/day").status_code == 403


def test_a_street_opens_figures_onto_addresses_without_names(settled: None, browse: Callable[[str], Client]) -> None:
    with looking(of_all()):
        lacking = Person.objects.within(COMMUNITY, COMMUNITY2).filter(phone_index=None, standing="together", born_on__lt="1990-01-01").order_by("id")[0]
    address = f"/desk/quality/{STREET}/person.completeness.phone/?after={lacking.pk - 1}"

    page = browse("dispatcher").get(address)

    assert page.status_code == 200
    assert lacking.name not in page.content.decode()
    assert "号楼" in page.content.decode()
