# SPDX-License-Identifier: MulanPSL-2.0
"""The norms library on the desk and in public: a life on screen, rights, links from indicators, hostile words, few queries."""

import pytest
from django.test import Client

from linli.core import editions
from linli.doors import cookies
from linli.elements import sessions
from linli.elements.models import Account
from linli.measures import seeding
from linli.measures.models import Norm, StandardVersion
from linli.measures.norms import keeping, library
from tests.cast import COMMUNITY, HOSTILE, Cast

FORM = {"kind": "law", "mark": "seen", "zh": "某法", "en": "Some law"}


@pytest.fixture
def town(cast: Cast) -> Cast:
    seeding.seed()
    keeping.seed()
    editions.forget_all()
    return cast


def browser(name: str) -> Client:
    client = Client()
    client.cookies[cookies.SESSION] = sessions.open_for(Account.objects.get(username=name)).cookie
    return client


def page(client: Client, address: str, status: int = 200) -> str:
    answer = client.get(address, headers={"Accept-Language": "en"})
    assert answer.status_code == status, address
    return answer.content.decode()


def test_a_norm_is_added_found_changed_and_ended_on_screen(town: Cast) -> None:
    client = browser("city")
    wrong = client.post("/desk/norms/add", FORM | {"code": "law:X", "clauses": f"7 | {HOSTILE[:30]}", "idempotency": "a"}, headers={"Accept-Language": "en"})
    made = client.post("/desk/norms/add", FORM | {"code": "law:X", "zh": HOSTILE[:200], "en": HOSTILE[:200], "clauses": "7 | 某事 | something", "idempotency": "b"})
    here = made.headers["Location"]

    assert wrong.status_code == 422
    assert "&lt;script&gt;" in wrong.content.decode()
    shown = page(client, here)
    assert "something" in shown
    assert "<script>alert" not in shown
    assert "Neither the standard in force nor a draft refers to it" in shown
    assert here in page(client, "/desk/norms/?q=law:x&kind=law")
    assert here not in page(client, "/desk/norms/?q=law:x&kind=report")
    assert client.post(f"{here}change", FORM | {"version": "1", "idempotency": "c"}).status_code == 303
    stale = client.post(f"{here}change", FORM | {"en": "What I typed", "version": "1", "idempotency": "d"}, headers={"Accept-Language": "en"})
    assert stale.status_code == 409
    assert "What stands there now" in stale.content.decode()
    assert "What I typed" in stale.content.decode()
    assert client.post(f"{here}end", {"valid_to": "2026-01-01", "successor": "law:JWH", "version": "2", "idempotency": "e"}).status_code == 303
    shown = page(client, here)
    assert "Followed by" in shown
    assert "Edition 3" in shown


def test_who_sees_and_who_keeps(town: Cast) -> None:
    number = Norm.objects.get(code="SEED").pk
    for name in ("district", "director", "head"):
        shown = page(browser(name), f"/desk/norms/{number}/")
        assert f"/desk/norms/{number}/change" not in shown
        assert "Beautiful Community" in shown
        page(browser(name), "/desk/norms/")
        page(browser(name), f"/desk/norms/{number}/change", 403)
    page(browser("gridworker"), "/desk/norms/", 403)
    page(browser("gridworker"), f"/desk/norms/{number}/", 403)
    page(browser("city"), "/desk/norms/999999/", 404)
    page(browser("city"), f"/desk/norms/{number}/nonsense", 404)


@pytest.mark.parametrize("query", ["?q=%00", "?after=%00%ff", "?kind=poem", f"?q={'x' * 500}", "?q=%25_%27", "?after=zzzz"])
def test_hostile_words_find_nothing_and_break_nothing(town: Cast, query: str) -> None:
    page(browser("city"), f"/desk/norms/{query}")


def test_an_indicator_shows_the_title_with_a_link(town: Cast) -> None:
    committee = Norm.objects.get(code="law:JWH").pk
    version = StandardVersion.objects.get(version="4").pk

    assert f'/desk/norms/{committee}/">Organic Law' in page(browser("city"), f"/desk/standards/{version}/")
    about = page(browser("director"), f"/desk/results/{COMMUNITY}/D1-02/about")
    assert f"/desk/norms/{committee}/" in about
    assert "art. 7-8 (members, election and term)" in about
    assert f"/desk/norms/{committee}/" not in page(browser("gridworker"), f"/desk/results/{COMMUNITY}/D1-02/about")
    shown = page(browser("city"), f"/desk/norms/{committee}/")
    assert "D1-02" in shown
    assert f"/desk/standards/{version}/" in shown or "/desk/standards/" in shown


def test_the_results_lead_to_the_standards_for_whoever_may_see_them(town: Cast) -> None:
    assert 'href="/desk/standards/">Standards' in page(browser("district"), f"/desk/results/{COMMUNITY}/")
    assert 'href="/desk/standards/">Standards' not in page(browser("director"), f"/desk/results/{COMMUNITY}/")


def test_anybody_reads_what_the_standard_in_force_rests_on_and_nothing_else(town: Cast) -> None:
    town.do("norm.add", "city", code="INNER", **FORM)
    shown = page(Client(), "/standard/norms/")

    assert 'id="law:JWH"' in shown
    assert "INNER" not in shown
    assert "/standard/norms/#law:JWH" in page(Client(), "/standard/")


def test_pages_of_norms_ask_no_query_for_each_row(town: Cast, django_assert_max_num_queries: object) -> None:
    client, committee = browser("city"), Norm.objects.get(code="law:JWH").pk
    for address in ("/desk/norms/", f"/desk/norms/{committee}/"):
        page(client, address)
        with django_assert_max_num_queries(14):  # type: ignore[operator]
            page(client, address)
    page(Client(), "/standard/norms/")
    with django_assert_max_num_queries(6):  # type: ignore[operator]
        page(Client(), "/standard/norms/")
    assert len(library.library()) >= 25
