# SPDX-License-Identifier: MulanPSL-2.0
"""The pages after naming: what each level sees, pinned queries, nothing of an unannounced visit to the community, nothing of a re-inspection to the public."""

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from linli.core import clock
from linli.core.sight import looking, of_all
from linli.doors import cookies
from linli.elements import sessions
from linli.elements.models import Account
from linli.titles.models import Reinspection, TitleSign
from tests.cast import COMMUNITY, COMMUNITY2, COMMUNITY3
from tests.titles.naming import KIND, Naming, name_it, number_of

pytestmark = pytest.mark.django_db
PINNED = [24, 17, 21, 10, 19, 9]
"""Queries of the register, a title, a case, the signs, what is late, and the rounds; those of every page (session, posts, fence) included."""


def client(name: str) -> Client:
    made = Client()
    made.cookies[cookies.SESSION] = sessions.open_for(Account.objects.get(username=name)).cookie
    return made


def text(name: str, route: str, *given: int, query: str = "") -> str:
    answer = client(name).get(reverse(route, args=given) + query)
    assert answer.status_code == 200
    return answer.content.decode()


def queries(name: str, address: str) -> int:
    made = client(name)
    made.get(address)
    with CaptureQueriesContext(connection) as found:
        assert made.get(address).status_code == 200
    return len(found)


def test_the_register_shows_the_counter_and_the_rows_of_the_range(naming: Naming) -> None:
    name_it(COMMUNITY3)

    city, own = text("city", "desk:named"), text("director", "desk:named")

    assert "924" not in own.split("累计命名")[0]
    assert all(sum_ in city for sum_ in ("299", "480", "661", "789", "923", "925"))
    assert "槐安社区" in city
    assert "柳岸社区" in city
    assert "柳岸社区" not in own


def test_the_register_is_filtered_by_batch_state_and_name(naming: Naming) -> None:
    name_it(COMMUNITY3)

    assert "柳岸社区" not in text("city", "desk:named", query="?q=槐安")
    assert "槐安社区" not in text("city", "desk:named", query="?state=revoked")
    assert "槐安社区" in text("city", "desk:named", query="?batch=7&state=now")


def test_an_unannounced_visit_is_shown_to_who_leads_and_to_nobody_else(naming: Naming) -> None:
    number = naming.order()

    assert client("district").get(reverse("desk:title_case", args=[number])).status_code == 200
    assert client("director").get(reverse("desk:title_case", args=[number])).status_code == 404
    assert client("head").get(reverse("desk:title_case", args=[number])).status_code == 404
    assert "列入再巡查" not in text("director", "desk:title", naming.title.pk)
    assert "列入再巡查" in text("district", "desk:title", naming.title.pk)


def test_a_case_offers_each_level_its_own_steps(naming: Naming) -> None:
    number = naming.circulated()

    community, district = text("director", "desk:title_case", number), text("district", "desk:title_case", number)

    assert 'id="remedy"' in community
    assert 'id="begin_recheck"' not in community
    assert 'id="begin_recheck"' in district
    assert 'id="remedy"' not in district


def test_what_was_typed_stays_when_a_step_is_refused(naming: Naming) -> None:
    number = naming.order()
    address = reverse("desk:title_case", args=[number])

    chosen = number_of("expert_a")
    answer = client("district").post(f"{address}?do=begin_reinspection", {"begin_reinspection.assessors": str(chosen), "version": "1"})

    assert answer.status_code == 422
    assert re.search(rf'value="{chosen}"[^>]* checked', answer.content.decode())


def test_the_documents_are_printed_from_their_step_on(naming: Naming) -> None:
    number = naming.revoked()

    assert "区通报〔2026〕1号" in text("director", "desk:title_circular", number)
    assert "津民发〔2026〕9号" in text("director", "desk:title_revocation", number)
    other = naming.case(number)
    with looking(of_all()):
        Reinspection.objects.filter(pk=other.pk).update(state="revoked")
    assert client("director2").get(reverse("desk:title_circular", args=[number])).status_code == 404


def test_a_document_that_is_not_there_yet_is_not_found(naming: Naming) -> None:
    number = naming.circulated()

    assert client("district").get(reverse("desk:title_revocation", args=[number])).status_code == 404


def test_signs_are_listed_by_area_code(naming: Naming) -> None:
    other = name_it(COMMUNITY2)
    with looking(of_all()):
        for one in (other, naming.title):
            TitleSign.objects.create(area=one.area, title=one, kind=KIND, name="overdue", said=[{"zh": "超时 11 件", "en": "11 late"}], since=clock.today())

    found = text("district", "desk:named_watch")

    assert found.index("槐安社区") < found.index("槐宁社区")
    assert "超时 11 件" in found


def test_what_is_late_is_grouped_by_level_and_leads_to_its_page(naming: Naming) -> None:
    number = naming.circulated()
    with looking(of_all()):
        Reinspection.objects.filter(pk=number).update(due_on=clock.today() - timedelta(days=2))

    found = text("city", "desk:late")

    assert "已逾期" in found
    assert reverse("desk:title_case", args=[number]) in found
    assert "按通报完成整改" in text("director", "desk:late")


def test_the_public_sees_the_named_and_the_revoked_and_no_circular(naming: Naming) -> None:
    naming.revoked()

    borne, gone = Client().get("/named/").content.decode(), Client().get("/named/?state=revoked").content.decode()

    assert "槐安社区" not in borne
    assert "槐安社区" in gone
    assert "区通报" not in gone
    assert Client().get("/named/?kind=nothing").status_code == 404


def test_machines_read_the_same(naming: Naming) -> None:
    naming.revoked()

    found = Client().get("/api/v1/titles").json()

    assert (found["ever"], found["now"], found["revoked"], found["published"]) == (924, 923, 1, 923)
    assert [one["ever"] for one in found["batches"]] == [299, 480, 661, 789, 923, 924]
    assert [(one["area"], one["revoked_on"]) for one in found["items"]] == [(COMMUNITY, clock.today().isoformat())]
    assert Client().get("/api/v1/titles?state=x").status_code == 422


def test_the_pages_ask_the_same_number_of_queries_whatever_their_rows(naming: Naming) -> None:
    number = naming.circulated()
    with looking(of_all()):
        TitleSign.objects.create(area=COMMUNITY, title=naming.title, kind=KIND, name="overdue", said=[], since=clock.today())
    pages = [("city", reverse("desk:named")), ("city", reverse("desk:title", args=[naming.title.pk])), ("district", reverse("desk:title_case", args=[number])),
             ("city", reverse("desk:named_watch")), ("city", reverse("desk:late")), ("city", reverse("desk:title_rounds"))]
    before = [queries(who, address) for who, address in pages]
    for area in (COMMUNITY2, COMMUNITY3):
        one = name_it(area)
        with looking(of_all()):
            TitleSign.objects.create(area=area, title=one, kind=KIND, name="overdue", said=[], since=clock.today())
            Reinspection.objects.create(area=area, title=one, kind=KIND, year=2026, due_on=clock.today(), opened_at=clock.now())

    assert [queries(who, address) for who, address in pages] == before
    assert before == PINNED
