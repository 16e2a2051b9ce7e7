# SPDX-License-Identifier: MulanPSL-2.0
"""The desk's review of public words: what waits, what may be public, and what never waits at all."""

import json

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from linli.core.sight import looking, of_all
from linli.doors import cookies
from linli.elements import sessions
from linli.elements.models import Account
from linli.matters import numbers, published
from linli.matters.models import PublicWords
from tests.cast import HOSTILE, Cast

pytestmark = pytest.mark.django_db


def desk(name: str) -> Client:
    client = Client()
    client.cookies[cookies.SESSION] = sessions.open_for(Account.objects.get(username=name)).cookie
    return client


def kept(number: str) -> PublicWords | None:
    with looking(of_all(), read_only=True):
        return published.reviewed(numbers.matter_of(number) or 0)


def test_the_newest_report_is_open_with_a_draft_without_phone_and_dwelling(cast: Cast) -> None:
    cast.report()
    cast.report(summary="楼道灯坏了，3号楼2单元 301 室，电话 13912345678", address="槐安路 1 号")

    page = desk("dispatcher").get("/desk/reviews/").content.decode()

    draft = page.partition("<textarea")[2].partition("</textarea>")[0]
    assert "楼道灯坏了" in draft
    assert "13912345678" not in draft
    assert "301" not in draft
    assert "13912345678" in page


def test_a_review_makes_the_words_public_and_the_next_one_follows(cast: Cast) -> None:
    first, second = cast.report()["number"], cast.report()["number"]
    client = desk("dispatcher")

    answer = client.post(f"/desk/reviews/{second}", {"is_public": "true", "text": f"楼道灯坏了 {HOSTILE}", "address": "槐安路"}, follow=True)

    row = kept(second)
    assert row is not None
    assert (row.is_public, row.address, row.reviewer) == (True, "槐安路", cast.dispatcher.account)
    assert first in answer.content.decode()
    assert second not in answer.content.decode()
    assert "<script>alert" not in answer.content.decode()


def test_a_review_can_be_taken_back_from_the_page_of_the_matter(cast: Cast) -> None:
    number = cast.report()["number"]
    client = desk("dispatcher")
    client.post(f"/desk/reviews/{number}", {"is_public": "true", "text": "楼道灯坏了"})

    shown = client.get(f"/desk/matter/{number}/").content.decode()
    client.post(f"/desk/reviews/{number}", {"is_public": "false", "text": "楼道灯坏了"})

    row = kept(number)
    assert f"/desk/reviews/?number={number}" in shown
    assert row is not None
    assert (row.is_public, row.text) == (False, "")


def test_making_nothing_public_is_refused_and_what_was_typed_stays(cast: Cast) -> None:
    number = cast.report()["number"]

    answer = desk("dispatcher").post(f"/desk/reviews/{number}", {"is_public": "true", "text": " ", "address": "槐安路 7 号"})

    assert answer.status_code == 422
    assert "槐安路 7 号" in answer.content.decode()
    assert kept(number) is None


@pytest.mark.parametrize("photo", ["999999", "x", "-1"])
def test_a_photo_of_another_matter_cannot_be_made_public(cast: Cast, photo: str) -> None:
    number = cast.report()["number"]

    answer = desk("dispatcher").post(f"/desk/reviews/{number}", {"is_public": "true", "text": "好", "photo": photo})

    assert answer.status_code == 422
    assert kept(number) is None


def test_a_neighbouring_dispatcher_neither_sees_nor_reviews_it(cast: Cast) -> None:
    number = cast.report()["number"]
    client = desk("dispatcher2")

    assert number not in client.get("/desk/reviews/").content.decode()
    assert client.post(f"/desk/reviews/{number}", {"is_public": "true", "text": "x"}).status_code == 404
    assert kept(number) is None


def test_a_post_that_may_not_review_is_refused(cast: Cast) -> None:
    number = cast.report()["number"]

    assert desk("handler").get("/desk/reviews/").status_code == 403
    assert desk("handler").post(f"/desk/reviews/{number}", {"is_public": "true", "text": "x"}).status_code == 403


def test_the_page_takes_the_same_few_queries_however_much_waits(cast: Cast) -> None:
    counts = []
    for _ in range(2):
        cast.report(), cast.report()
        client = desk("dispatcher")
        client.get("/desk/reviews/")
        with CaptureQueriesContext(connection) as seen:
            assert client.get("/desk/reviews/").status_code == 200
        counts.append(len([one for one in seen.captured_queries if "SAVEPOINT" not in one["sql"]]))

    assert counts[0] == counts[1] <= 8


def test_the_machine_reads_what_was_reviewed(cast: Cast, client: Client) -> None:
    number = cast.report(address="槐安路 1 号 301 室")["number"]
    desk("dispatcher").post(f"/desk/reviews/{number}", {"is_public": "true", "text": "灯坏了", "address": "槐安路"})

    found = json.loads(client.get(f"/open311/v2/requests/{number}.json").content)[0]

    assert (found["description"], found["address"]) == ("灯坏了", "槐安路")
