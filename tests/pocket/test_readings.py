# SPDX-License-Identifier: MulanPSL-2.0
"""What the phone reads and sends by its session: only its own post, only its own steps, only with the token of its page."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from linli.core import clock
from linli.core.sight import looking, of_all
from linli.doors import cookies
from linli.elements import sessions
from linli.elements.models import Account, Visit
from linli.matters.checklists import checklist_of
from linli.matters.models import Matter
from linli.pocket import days
from tests.cast import COMMUNITY, COMMUNITY2, GRID, Cast

pytestmark = pytest.mark.django_db
ASKS_JSON = {"Accept": "application/json"}


def phone(name: str, **more: Any) -> Client:
    client = Client(**more)
    client.cookies[cookies.SESSION] = sessions.open_for(Account.objects.get(username=name)).cookie
    return client


def body(cast: Cast, words: str = "楼道堆物") -> dict[str, Any]:
    return {"category": cast.category, "summary": words, "area": str(COMMUNITY)}


def send(client: Client, cast: Cast, given: dict[str, Any], *, post: int, action: str = "matter.report", key: str = "pocket-1") -> Any:
    return client.post(f"/pocket/send/{action}", given, content_type="application/json", headers={**ASKS_JSON, "X-Linli-Post": str(post), "Idempotency-Key": key})


def test_the_day_holds_what_waits_on_site_and_a_neighbour_sees_none_of_it(cast: Cast) -> None:
    number = cast.report()["number"]
    cast.walk(number, "verifying")

    mine, theirs = (phone(name).get("/pocket/day.json", headers=ASKS_JSON).json() for name in ("gridworker", "gridworker2"))

    assert [(card["number"], card["moves"]) for card in mine["cards"]] == [(number, ["matter.verify"])]
    assert theirs["cards"] == []


def test_every_step_of_a_card_is_called_by_its_words(cast: Cast) -> None:
    number = cast.report()["number"]
    cast.walk(number, "dispatched")

    steps = phone("gridworker").get(f"/pocket/matter/{number}.json", headers=ASKS_JSON).json()["steps"]

    assert [one["title"] for one in steps] == ["上报", "受理立案", "派遣"]


def test_a_matter_that_was_merged_meanwhile_says_what_it_went_into_and_takes_no_step(cast: Cast) -> None:
    lead, other = cast.report()["number"], cast.report()["number"]
    cast.walk(other, "handling")
    cast.do("matter.merge", "dispatcher", number=other, version=cast.version(other), into=lead, reason="same")
    handler = phone("handler")

    card = handler.get(f"/pocket/matter/{other}.json", headers=ASKS_JSON).json()
    sent = send(handler, cast, {"number": other, "version": card["version"], "note": "好了"}, post=cast.actors["handler"].post or 0, action="matter.handle")

    assert (card["phase"], card["moves"]) == ("merged", [])
    assert lead in card["phase_text"]
    assert sent.status_code == 409


def test_one_matter_is_absent_for_a_neighbour(cast: Cast) -> None:
    number = cast.report()["number"]

    answers = [phone(name).get(f"/pocket/matter/{number}.json", headers=ASKS_JSON).status_code for name in ("gridworker", "gridworker2")]

    assert answers == [200, 404]


def test_the_handler_of_a_matter_is_not_asked_to_verify_it(cast: Cast) -> None:
    number = cast.report()["number"]
    cast.walk(number, "verifying")

    assert phone("handler").get("/pocket/day.json", headers=ASKS_JSON).json()["cards"] == []


def test_a_step_under_one_key_is_done_once(cast: Cast) -> None:
    client = phone("gridworker")

    first, again = (send(client, cast, body(cast), post=cast.gridworker.post or 0).json() for _ in range(2))

    assert first == again
    with looking(of_all(), read_only=True):
        assert Matter.objects.filter(summary="楼道堆物").count() == 1


def test_a_step_of_another_post_is_refused_with_a_sentence(cast: Cast) -> None:
    answer = send(phone("gridworker"), cast, body(cast), post=cast.handler.post or 0)

    assert (answer.status_code, answer.json()["fault"]["code"]) == (409, "other_post")


def test_the_phone_sends_its_own_steps_only(cast: Cast) -> None:
    number = cast.report()["number"]

    answer = send(phone("dispatcher"), cast, {"number": number, "version": 1}, post=cast.dispatcher.post or 0, action="matter.file")

    assert answer.status_code == 404


def test_without_the_token_of_the_page_nothing_is_sent(cast: Cast) -> None:
    client = phone("gridworker", enforce_csrf_checks=True)

    answer = send(client, cast, body(cast), post=cast.gridworker.post or 0)

    assert (answer.status_code, answer.json()["fault"]["code"]) == (403, "stale_page")


@pytest.mark.parametrize("address", ["standing.json", "day.json", "ground.json"])
def test_who_is_not_signed_in_is_told_so_in_words_for_a_script(client: Client, cast: Cast, address: str) -> None:
    answer = client.get(f"/pocket/{address}", headers=ASKS_JSON)

    assert (answer.status_code, answer.json()["fault"]["code"]) == (401, "sign_in")


def test_a_post_without_matters_has_nothing_on_the_phone(cast: Cast) -> None:
    assert phone("sysadmin").get("/pocket/standing.json", headers=ASKS_JSON).status_code == 403


def test_what_has_not_changed_is_not_sent_again(cast: Cast) -> None:
    client = phone("gridworker")
    stamp = client.get("/pocket/ground.json", headers=ASKS_JSON).headers["ETag"]

    assert client.get("/pocket/ground.json", headers={**ASKS_JSON, "If-None-Match": stamp}).status_code == 304


def test_a_kept_screen_holds_nothing_of_anybody(cast: Cast) -> None:
    number = cast.report()["number"]
    cast.walk(number, "verifying")

    for name in ("day", "matter", "outbox", "settings", "visits", "doors", "report"):
        page = phone("gridworker").get(f"/pocket/shell/{name}/").content.decode()
        assert number not in page
        assert "gridworker" not in page
        assert "csrfmiddlewaretoken\" value" not in page


def test_the_doors_of_the_phone_are_addresses_and_nobody_is_named(cast: Cast, django_assert_max_num_queries: DjangoAssertNumQueries) -> None:
    home, client = cast.home(), phone("gridworker")
    client.get("/pocket/doors.json", headers=ASKS_JSON)
    cast.home(("孙一", "0", "1"), room="302")
    cast.do("visit.record", "gridworker", dwelling=home["dwelling"], outcome="nobody_home", purpose="routine")

    with django_assert_max_num_queries(12):
        answer = client.get("/pocket/doors.json", headers=ASKS_JSON)

    body = answer.json()
    assert [(one["dwelling"], one["name"], one["last"]) for one in body["due"]] == [(home["dwelling"], "槐安里3号楼2门501室", "家里没人")]
    assert [(one["name"], [name for _, name in one["doors"]]) for one in body["buildings"]] == [("槐安里3号楼", ["2门501室", "2门302室"])]
    assert "王大海" not in answer.content.decode()
    assert phone("gridworker2").get("/pocket/doors.json", headers=ASKS_JSON).json()["buildings"] == []
    assert phone("handler").get("/pocket/doors.json", headers=ASKS_JSON).status_code == 403


def test_a_visit_of_the_outbox_is_recorded_once_with_its_own_time(cast: Cast) -> None:
    home, client = cast.home(), phone("gridworker")
    happened = (clock.now() - timedelta(hours=5)).isoformat()
    given = {"dwelling": home["dwelling"], "outcome": "nobody_home", "purpose": "routine", "occurred_at": happened}

    first, second = (send(client, cast, given, post=cast.posts["gridworker"], action="visit.record", key="pocket-9") for _ in range(2))

    with looking(of_all(), read_only=True):
        kept = list(Visit.objects.all())
    assert (first.status_code, second.status_code, first.json()) == (200, 200, second.json())
    assert [one.happened_at.isoformat() for one in kept] == [happened]


def test_the_day_asks_no_more_for_many_matters_than_for_one(cast: Cast, django_assert_max_num_queries: DjangoAssertNumQueries) -> None:
    for _ in range(6):
        cast.walk(cast.report()["number"], "verifying")
    client = phone("gridworker")
    client.get("/pocket/day.json", headers=ASKS_JSON)

    with django_assert_max_num_queries(12):
        assert len(client.get("/pocket/day.json", headers=ASKS_JSON).json()["cards"]) == 6


def test_the_round_of_the_day_names_my_grids_and_what_to_look_at(cast: Cast) -> None:
    begin_round(cast)

    walk = phone("gridworker").get("/pocket/day.json", headers=ASKS_JSON).json()["walk"]

    [grid] = walk["grids"]
    assert (grid["area"], grid["name"], grid["as"], grid["open"]["client"]) == (str(GRID), "槐安第一网格", "", "phone-1")
    assert [item["code"] for item in grid["checklist"]] == [item.code for item in checklist_of("grid").items]
    assert "槐安第一网格" in walk["line"]


def test_only_who_walks_grids_has_rounds_and_a_neighbour_has_none_of_mine(cast: Cast) -> None:
    begin_round(cast)

    walks = [phone(name).get("/pocket/day.json", headers=ASKS_JSON).json()["walk"] for name in ("handler", "gridworker2")]

    assert walks[0] is None
    assert walks[1]["grids"] == []


def begin_round(cast: Cast) -> None:
    cast.do("grid.assign", "director", area=str(GRID), post=cast.gridworker.post)
    answer = send(phone("gridworker"), cast, {"area": str(GRID), "client": "phone-1"}, post=cast.gridworker.post or 0, action="round.begin")
    assert answer.status_code == 200


def test_hazards_come_first_then_the_day_of_the_limit_then_who_waits() -> None:
    def card(**more: Any) -> dict[str, Any]:
        return {"is_hazard": False, "is_waiting": False, "due_at": "2099-01-02T01:00:00+00:00"} | more

    hazard, soon = card(is_hazard=True, due_at="2099-01-09T01:00:00+00:00"), card(due_at="2099-01-01T01:00:00+00:00")
    waiting, later = card(is_waiting=True, due_at="2099-01-02T05:00:00+00:00"), card(due_at=None)

    assert sorted([later, card(), waiting, soon, hazard], key=days.need) == [hazard, soon, waiting, card(), later]


def test_the_manifest_names_icons_that_exist_and_the_worker_keeps_to_its_scope(client: Client, cast: Cast) -> None:
    manifest, worker = client.get("/pocket/manifest.webmanifest"), client.get("/pocket/worker.js")

    assert manifest.json()["scope"] == manifest.json()["start_url"] == "/pocket/"
    assert {one["sizes"] for one in manifest.json()["icons"]} == {"192x192", "512x512", "any"}
    assert worker.headers["Content-Type"].startswith("text/javascript")
    assert "Service-Worker-Allowed" not in worker.headers


def test_lists_of_duties_are_read_together_for_all_cards(cast: Cast, django_assert_max_num_queries: DjangoAssertNumQueries) -> None:
    for area in (COMMUNITY, COMMUNITY2, COMMUNITY):
        cast.walk(cast.report(area=area)["number"], "dispatched")
    client = phone("handler")
    client.get("/pocket/day.json", headers=ASKS_JSON)

    with django_assert_max_num_queries(13):
        cards = client.get("/pocket/day.json", headers=ASKS_JSON).json()["cards"]

    assert len(cards) == 3
    assert all([code for code, _ in card["duties"] if code == "他-02"] == ["他-02"] for card in cards)
