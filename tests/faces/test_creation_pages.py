# SPDX-License-Identifier: MulanPSL-2.0
"""Creation and naming on the screen: each level finds its step, nobody sees more than he may, and pages ask few questions."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from linli.core.sight import looking, of_all
from linli.doors import cookies
from linli.elements import sessions
from linli.elements.models import Account
from linli.titles.models import Application, Batch, Objection
from tests.cast import COMMUNITY, Cast
from tests.titles.years import LATER, MARCH, Year, build, on

pytestmark = pytest.mark.django_db
Browse = Callable[[str], Client]


@pytest.fixture
def year(cast: Cast) -> Year:
    return build(cast)


@pytest.fixture
def browse(cast: Cast) -> Browse:
    def opened(name: str) -> Client:
        client = Client()
        if name:
            client.cookies[cookies.SESSION] = sessions.open_for(Account.objects.get(username=name)).cookie
        return client

    return opened


def text_of(client: Client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200, (address, answer.status_code)
    return answer.content.decode()


def test_each_level_finds_its_step_and_no_other(year: Year, browse: Browse) -> None:
    year.opened()
    number = year.applied()
    address = f"/desk/creation/application/{number}/"

    with on(MARCH):
        pages = {name: text_of(browse(name), address) for name in ("director", "head", "district", "city")}
        hub = text_of(browse("head"), "/desk/creation/")

    assert {name for name, page in pages.items() if "?do=street" in page} == {"head"}
    assert "撤回申报" in pages["director"]
    assert address in hub
    assert "街道审核申报" in hub


def test_a_street_review_by_the_form_keeps_what_was_typed_when_it_is_wrong(year: Year, browse: Browse) -> None:
    year.opened()
    number = year.applied()
    client = browse("head")

    with on(MARCH):
        wrong = client.post(f"/desk/creation/application/{number}/?do=street", {"street.reason": "材料属实", "version": "2", "idempotency": "a"})
        right = client.post(f"/desk/creation/application/{number}/?do=street", {"street.reason": "材料属实", "street.outcome": "pass", "version": "2", "idempotency": "b"})

    assert (wrong.status_code, "材料属实" in wrong.content.decode(), right.status_code) == (422, True, 303)
    assert year.application(number).state == "district"


def test_a_community_hears_of_a_visit_only_when_it_is_settled(year: Year, browse: Browse) -> None:
    year.opened()
    number = year.candidate()
    with on(MARCH):
        year.do("draw_patrols", "city", title_batch=year.batch, size=1, assessors=year.assessors())
        seen = {name: "进行中" in text_of(browse(name), f"/desk/creation/application/{number}/") for name in ("director", "head", "district")}

        refused = [browse(name).get(f"/desk/creation/{year.batch}/patrols").status_code for name in ("director", "head", "district")]

    assert seen == {"director": False, "head": False, "district": True}
    assert refused == [403, 403, 403]


def test_every_page_of_a_batch_of_the_demonstration_says_so(year: Year, browse: Browse) -> None:
    year.opened()
    publicity = year.public()
    pages = [f"/desk/creation/{year.batch}/{one}" for one in ("", "patrols", "results", "publicity")]
    city, sentence = browse("city"), "按规则不能命名"

    with on(LATER):
        assert [sentence in text_of(city, one) for one in ["/desk/creation/", *pages, f"/desk/creation/application/{year.application().pk}/"]] == [True] * 6
        assert sentence in text_of(Client(), f"/publicity/{publicity}/")
    Batch.objects.filter(pk=year.batch).update(is_demonstration=False)
    with on(LATER):
        assert sentence not in text_of(city, f"/desk/creation/{year.batch}/")


def test_anybody_reads_the_list_and_objects_with_a_contact(year: Year, browse: Browse) -> None:
    year.opened()
    publicity = year.public()
    client = Client()
    address = f"/publicity/{publicity}/object/{COMMUNITY}"

    with on(LATER):
        page = text_of(client, f"/publicity/{publicity}/")
        nameless = client.post(address, {"text": "楼道堆物", "idempotency": "a"})
        done = client.post(address, {"text": "楼道堆物", "contact": "13800000000", "idempotency": "b"})
        with looking(of_all()):
            objection = Objection.objects.get().pk
        told = browse("district").post(f"/desk/creation/objection/{objection}/?do=read").content.decode()
        hidden = text_of(browse("city"), f"/desk/creation/objection/{objection}/")

    assert "槐安社区" in page
    assert page.count('class="digest"') == 2
    assert (nameless.status_code, "楼道堆物" in nameless.content.decode(), done.status_code) == (422, True, 303)
    assert "13800000000" in told
    assert "13800000000" not in hidden
    assert "楼道堆物" not in hidden


def test_objections_end_with_the_publicity_and_the_named_are_public(year: Year, browse: Browse) -> None:
    year.opened()
    publicity = year.public()
    over = LATER + timedelta(days=10)

    with on(over):
        closed = Client().get(f"/publicity/{publicity}/object/{COMMUNITY}").status_code
        early = Client().get(f"/publicity/named/{year.batch}/").status_code
    year.name(over)
    page = text_of(Client(), f"/publicity/named/{year.batch}/")
    document = text_of(browse("director"), f"/desk/creation/{year.batch}/document")

    assert (closed, early) == (404, 404)
    assert "2026-01-0001" in page
    assert "津民〔2026〕1号" in document


def test_the_pages_ask_the_same_few_questions_whatever_they_hold(year: Year, browse: Browse, cast: Cast) -> None:
    year.opened()
    year.public()
    client = browse("city")
    addresses = {"/desk/creation/": 20, f"/desk/creation/{year.batch}/": 10, f"/desk/creation/{year.batch}/results": 8, f"/desk/creation/{year.batch}/publicity": 14,
                 f"/desk/creation/application/{year.application().pk}/": 30}
    found = {}

    with on(LATER):
        for address in addresses:
            client.get(address)
            with CaptureQueriesContext(connection) as asked:
                client.get(address)
            found[address] = len([one for one in asked.captured_queries if '"titles_' in one["sql"] or '"measures_' in one["sql"]])

    assert {one: count for one, count in found.items() if count > addresses[one]} == {}


def test_a_neighbour_finds_nothing(year: Year, browse: Browse) -> None:
    year.opened()
    number = year.applied()

    with on(MARCH):
        answers = [browse(name).get(f"/desk/creation/application/{number}/").status_code for name in ("director2", "head2", "district2", "gridworker")]
        rows = text_of(browse("district2"), f"/desk/creation/{year.batch}/")

    assert answers == [404, 404, 404, 403]
    assert "槐安社区" not in rows
    with looking(of_all()):
        assert Application.objects.count() == 1
