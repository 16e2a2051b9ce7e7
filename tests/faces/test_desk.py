# SPDX-License-Identifier: MulanPSL-2.0
"""The desk through HTTP: today's piles, the list, one matter and its moves, results with their records, the journal."""

import re
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from linli.core import calendar_store, editions
from linli.core.models import JournalLine
from linli.core.sight import looking, of_all
from linli.doors import cookies, demonstrations
from linli.elements import sessions
from linli.elements.models import Account
from linli.matters import inbox
from linli.matters.models import Matter
from linli.measures import seeding
from tests.cast import COMMUNITY, COMMUNITY2, DISTRICT, FAR_COMMUNITY, HOSTILE, NEIGHBOURS, STREET, Cast
from tests.faces.browsers import Enter, drain, page

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("town")]

WORKERS = ("gridworker", "director", "dispatcher", "handler", "verifier", "district", "city")


@pytest.fixture
def town(cast: Cast, settings: Any, tmp_path: Any) -> Cast:
    """The cast with a calendar and the shipped standard."""
    calendar_store.seed()
    seeding.seed()
    settings.EVIDENCE_ROOT = tmp_path / "evidence"
    editions.forget_all()
    return cast


def phase_of(number: str) -> str:
    with looking(of_all(), read_only=True):
        return Matter.objects.get(pk=int(number[2:])).phase


def test_nobody_sees_the_desk_without_signing_in(town: Cast) -> None:
    answer = Client().get("/desk/inbox/?phase=filed")

    assert answer.status_code == 303
    assert answer.headers["Location"].startswith("/sign-in?next=%2Fdesk%2Finbox%2F")


@pytest.mark.parametrize("name", WORKERS)
def test_everybody_has_a_first_page(town: Cast, enter: Enter, name: str) -> None:
    town.walk(town.report()["number"], "verifying")

    shown = page(enter(name), "/desk/")

    assert "<h1>今天</h1>" in shown
    assert "<script>alert" not in shown


def test_an_administrator_is_led_to_the_accounts(town: Cast, enter: Enter) -> None:
    assert enter("sysadmin").get("/desk/").headers["Location"] == "/desk/accounts/"


@pytest.mark.parametrize(("reached", "name", "pile"), [
    ("", "dispatcher", "待受理"), ("filed", "dispatcher", "待派遣"), ("dispatched", "handler", "待接收"), ("handling", "handler", "处置中"),
    ("verifying", "verifier", "待核查"), ("verifying", "gridworker", "待核查"), ("passed", "dispatcher", "核查通过，待结案"),
])
def test_a_matter_waits_where_it_is_to_be_done(town: Cast, enter: Enter, reached: str, name: str, pile: str) -> None:
    number = town.report()["number"]
    if reached:
        town.walk(number, reached)

    shown = page(enter(name), "/desk/")

    assert re.search(rf"<strong>1</strong> <span>{pile}</span>", shown)
    assert f'href="/desk/matter/{number}/"' in shown


def test_the_list_narrows_and_keeps_the_filter_in_the_address(town: Cast, enter: Enter) -> None:
    filed, captured = town.report()["number"], town.report()["number"]
    town.walk(filed, "filed")
    client = enter("dispatcher")

    shown = page(client, "/desk/inbox/?phase=filed&category=供水井盖异常")

    assert filed in shown
    assert captured not in shown
    assert '<option value="filed" selected>' in shown
    assert 'value="供水井盖异常"' in shown


@pytest.mark.parametrize("query", ["phase=lost", "category=没有这种", "area=1", "cursor=???", "order=worst", "state=%00"])
def test_a_filter_that_does_not_exist_is_named(town: Cast, enter: Enter, query: str) -> None:
    town.report()

    shown = page(enter("dispatcher"), f"/desk/inbox/?{query}", 422)

    assert 'class="notice bad"' in shown


def test_the_list_turns_pages_by_key(town: Cast, enter: Enter, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(inbox.page.__kwdefaults__, "limit", 2)
    numbers = [town.report()["number"] for _ in range(5)]
    client = enter("dispatcher")

    first = page(client, "/desk/inbox/?source=resident")
    older = re.search(r'rel="next" href="([^"]+)"', first)
    assert older
    second = page(client, older[1].replace("&amp;", "&"))

    assert numbers[4] in first
    assert numbers[3] in first
    assert numbers[2] in second
    assert 'rel="prev"' in second
    assert "source=resident" in older[1]


def test_htmx_gets_the_rows_alone(town: Cast, enter: Enter) -> None:
    number = town.report()["number"]

    rows = enter("dispatcher").get("/desk/inbox/", headers={"HX-Request": "true"}).content.decode()

    assert number in rows
    assert "<html" not in rows


def test_the_list_costs_at_most_six_queries(town: Cast, enter: Enter, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(demonstrations, "KEPT_SECONDS", 300)
    monkeypatch.setattr(demonstrations, "_last", None)
    for _ in range(4):
        town.walk(town.report()["number"], "handling")
    client = enter("dispatcher")
    page(client, "/desk/inbox/")

    with CaptureQueriesContext(connection) as asked:
        page(client, "/desk/inbox/")

    counted = [one["sql"] for one in asked if not one["sql"].startswith(("SAVEPOINT", "RELEASE"))]
    assert len(counted) <= 6, counted


def test_a_matter_costs_the_same_however_long_its_story(town: Cast, enter: Enter) -> None:
    short, long = town.report()["number"], town.report()["number"]
    town.walk(long, "closed")
    client = enter("director")
    counts = []
    for number in (short, long):
        page(client, f"/desk/matter/{number}/")
        with CaptureQueriesContext(connection) as asked:
            page(client, f"/desk/matter/{number}/")
        counts.append(len(asked))

    assert counts[1] <= counts[0] + 1


@pytest.mark.parametrize(("reached", "name"), [
    ("captured", "dispatcher"), ("filed", "dispatcher"), ("handling", "handler"), ("verifying", "verifier"), ("closed", "dispatcher"), ("closed", "director")])
def test_a_matter_with_its_history_and_cards_costs_at_most_eight_queries(
        town: Cast, enter: Enter, monkeypatch: pytest.MonkeyPatch, reached: str, name: str) -> None:
    monkeypatch.setattr(demonstrations, "KEPT_SECONDS", 300)
    monkeypatch.setattr(demonstrations, "_last", None)
    number = town.report(contact_phone="13800000000", wants_letters=True)["number"]
    if reached != "captured":
        town.walk(number, reached)
    drain()
    client = enter(name)
    page(client, f"/desk/matter/{number}/")

    with CaptureQueriesContext(connection) as asked:
        page(client, f"/desk/matter/{number}/")

    counted = [one["sql"] for one in asked if not one["sql"].startswith(("SAVEPOINT", "RELEASE"))]
    assert len(counted) <= 8, counted


@pytest.mark.parametrize("name", WORKERS)
def test_a_neighbour_finds_no_matter_list_or_result(town: Cast, enter: Enter, name: str) -> None:
    number = town.report()["number"]
    town.walk(number, "closed")
    drain()
    other = NEIGHBOURS.get(name)
    here = enter(name)
    assert page(here, f"/desk/matter/{number}/")
    if other is None:
        return
    there = enter(other)

    assert there.get(f"/desk/matter/{number}/").status_code == 404
    assert there.get(f"/desk/matter/{number}/move/matter.close").status_code == 404
    assert number not in page(there, "/desk/inbox/")
    assert number not in page(there, "/desk/")
    for address in (f"/desk/results/{COMMUNITY}/", f"/desk/results/{COMMUNITY}/pulse", f"/desk/results/{COMMUNITY}/D3-11/"):
        assert there.get(address).status_code == (404 if town.__getattr__(other).may("results.see") else 403)


def test_hidden_and_absent_read_the_same(town: Cast, enter: Enter) -> None:
    number = town.report(area=FAR_COMMUNITY)["number"]
    client = enter("dispatcher")

    hidden, absent = page(client, f"/desk/matter/{number}/", 404), page(client, "/desk/matter/LL000999999/", 404)

    strip = re.compile(r'name="csrfmiddlewaretoken" value="[^"]*"|X-CSRFToken[^}]*|name="next" value="[^"]*"')
    assert strip.sub("", hidden) == strip.sub("", absent)


@pytest.mark.parametrize(("reached", "name", "offered"), [
    ("", "dispatcher", {"matter.categorise", "matter.file", "matter.refuse", "matter.merge", "matter.ask", "matter.reveal"}),
    ("filed", "dispatcher", {"matter.dispatch", "matter.split", "matter.merge", "matter.ask", "matter.reveal"}),
    ("dispatched", "handler", {"matter.receive", "matter.return", "matter.ask", "matter.reveal"}),
    ("handling", "handler", {"matter.assign", "matter.handle", "matter.reply", "matter.ask_extension", "matter.ask_pause", "matter.ask", "matter.reveal"}),
    ("handling", "head", {"matter.supervise"}),
    ("handling", "verifier", set()), ("verifying", "verifier", {"matter.verify"}), ("verifying", "handler", {"matter.ask", "matter.reveal"}),
    ("passed", "dispatcher", {"matter.close", "matter.merge", "matter.ask", "matter.reveal"}),
    ("filed", "district", {"matter.merge"}), ("filed", "director", {"matter.reveal"}),
])
def test_only_possible_moves_are_offered(town: Cast, enter: Enter, reached: str, name: str, offered: set[str]) -> None:
    number = town.report()["number"]
    if reached:
        town.walk(number, reached)

    shown = page(enter(name), f"/desk/matter/{number}/")

    assert set(re.findall(r'id="move-([a-z._]+)"', shown)) == offered


def test_a_move_is_made_by_its_form(town: Cast, enter: Enter) -> None:
    number = town.report()["number"]

    answer = enter("dispatcher").post(f"/desk/matter/{number}/move/matter.file", {"idempotency": "a", "version": "1"})

    assert answer.status_code == 303
    assert phase_of(number) == "filed"


def test_the_units_offered_can_receive_there(town: Cast, enter: Enter) -> None:
    number = town.report()["number"]
    town.walk(number, "filed")

    shown = page(enter("dispatcher"), f"/desk/matter/{number}/move/matter.dispatch")

    assert "环卫一队" in shown
    assert "环卫二队" not in shown


def test_a_refusal_needs_one_of_the_kinds_reasons(town: Cast, enter: Enter) -> None:
    number = town.report()["number"]
    client = enter("dispatcher")

    without = client.post(f"/desk/matter/{number}/move/matter.refuse", {"idempotency": "a", "version": "1", "refuse-note": "写了原因"})
    given = client.post(f"/desk/matter/{number}/move/matter.refuse", {"idempotency": "b", "version": "1", "refuse-reason": "not_ours", "refuse-duty": "他-99"})

    assert without.status_code == 422
    assert "写了原因" in without.content.decode()
    assert given.status_code == 303
    assert phase_of(number) == "refused"


def test_a_result_of_verification_has_no_default(town: Cast, enter: Enter) -> None:
    number = town.report()["number"]
    town.walk(number, "verifying")
    client = enter("verifier")

    shown = page(client, f"/desk/matter/{number}/move/matter.verify")
    empty = client.post(f"/desk/matter/{number}/move/matter.verify", {"idempotency": "a", "version": str(town.version(number))})

    assert 'name="verify-passed"' in shown
    assert " checked" not in shown
    assert empty.status_code == 422


def test_a_stale_move_shows_both_versions_and_keeps_the_words(town: Cast, enter: Enter) -> None:
    number = town.report()["number"]
    town.walk(number, "handling")
    seen = town.version(number)
    town.do("matter.handle", "handler", number=number, version=seen, note="同事先记了一笔")

    answer = enter("handler").post(f"/desk/matter/{number}/move/matter.reply", {"idempotency": "a", "version": str(seen), "reply-note": "写了很久的答复"})

    shown = answer.content.decode()
    assert answer.status_code == 409
    assert f"第 {seen} 版" in shown
    assert f"第 {seen + 1} 版" in shown
    assert "同事先记了一笔" in shown
    assert "写了很久的答复" in shown
    assert f'name="version" value="{seen + 1}"' in shown


def test_words_survive_when_the_step_is_gone(town: Cast, enter: Enter) -> None:
    number = town.report()["number"]
    town.walk(number, "filed")

    answer = enter("dispatcher").post(f"/desk/matter/{number}/move/matter.refuse", {
        "idempotency": "a", "version": "1", "refuse-note": "想好的原因", "refuse-reason": "not_ours", "refuse-duty": "他-99"})

    assert answer.status_code == 409
    assert "想好的原因" in answer.content.decode()


def test_a_look_at_the_contact_is_journalled_and_shown_once(town: Cast, enter: Enter) -> None:
    number = town.report(contact_phone="13800000000")["number"]
    client = enter("dispatcher")

    looked = client.post(f"/desk/matter/{number}/move/matter.reveal", {"idempotency": "a", "reveal-reason": "核实地点"})

    assert "13800000000" in looked.content.decode()
    assert "13800000000" not in page(client, f"/desk/matter/{number}/")
    with looking(of_all(), read_only=True):
        assert JournalLine.objects.filter(action="matter.reveal").count() == 1


def test_a_look_without_a_reason_is_refused(town: Cast, enter: Enter) -> None:
    number = town.report(contact_phone="13800000000")["number"]

    looked = enter("dispatcher").post(f"/desk/matter/{number}/move/matter.reveal", {"idempotency": "a"})

    assert looked.status_code == 422
    assert "13800000000" not in looked.content.decode()


def test_a_limit_explains_itself(town: Cast, enter: Enter) -> None:
    number = town.report()["number"]

    shown = page(enter("dispatcher"), f"/desk/matter/{number}/")

    assert "全程办结" in shown
    assert re.search(r"<li>从.*起 \d+ ", shown)


def test_a_closed_matter_moves_the_figure_and_the_figure_opens_onto_it(town: Cast, enter: Enter) -> None:
    number = town.report()["number"]
    client = enter("director")
    before = client.get(f"/desk/results/{COMMUNITY}/pulse")

    town.walk(number, "closed")
    drain()
    after = client.get(f"/desk/results/{COMMUNITY}/pulse", headers={"If-None-Match": before.headers["ETag"]})
    same = client.get(f"/desk/results/{COMMUNITY}/pulse", headers={"If-None-Match": after.headers["ETag"]})

    assert f'data-mark="{COMMUNITY}-D3-11-parts">1 / 1<' in after.content.decode()
    assert same.status_code == 304
    members = page(client, f"/desk/results/{COMMUNITY}/D3-11/?period=2026")
    assert number in members
    assert "算到流水" in members


def test_results_follow_by_themselves_with_and_without_scripts(town: Cast, enter: Enter) -> None:
    shown = page(enter("director"), f"/desk/results/{COMMUNITY}/")

    assert f'data-pulse="/desk/results/{COMMUNITY}/pulse?period=2026"' in shown
    assert '<noscript><meta http-equiv="refresh"' in shown


def test_places_below_are_listed_by_name_and_nobody_is_ranked(town: Cast, enter: Enter) -> None:
    shown = page(enter("district"), f"/desk/results/{DISTRICT}/")

    assert "按名称排列" in shown
    assert not re.search("排名|排行", shown)
    assert f'href="/desk/results/{STREET}/?period=2026"' in shown


@pytest.mark.parametrize(("address", "status"), [("?period=2026-13", 422), ("?period=20", 422), ("?period=2025", 200), ("?period=2026-11", 200)])
def test_a_period_that_is_none_is_named(town: Cast, enter: Enter, address: str, status: int) -> None:
    page(enter("director"), f"/desk/results/{COMMUNITY}/{address}", status)


def test_the_journal_reads_in_words_and_within_sight(town: Cast, enter: Enter) -> None:
    number, other = town.report()["number"], town.report(area=COMMUNITY2)["number"]
    town.walk(number, "filed")

    shown = page(enter("director"), "/desk/journal/")

    assert "<strong>受理立案</strong>" in shown
    assert number in shown
    assert other not in shown
    assert other in page(enter("director2"), "/desk/journal/")
    assert "<strong>上报</strong>" not in page(enter("director"), "/desk/journal/?action=matter.file")


def test_a_grid_worker_reports_in_the_own_community(town: Cast, enter: Enter) -> None:
    client = enter("gridworker")
    given = {"send": "1", "idempotency": "a", "category": town.category, "summary": "巡查发现"}

    asked = page(client, f"/desk/report/?category={town.category}")
    answer = client.post("/desk/report/", given | {"area": COMMUNITY2})

    assert "槐安社区" in asked
    assert "联系电话" not in asked
    assert answer.status_code == 303
    with looking(of_all(), read_only=True):
        made = Matter.objects.get()
    assert (made.source, made.area) == ("patrol", COMMUNITY)


@pytest.mark.parametrize(("name", "address"), [
    ("verifier", "/desk/journal/"), ("handler", "/desk/results/"), ("verifier", "/desk/report/"), ("director", "/desk/accounts/"), ("city", "/desk/places/"),
    ("dispatcher", "/desk/calendar/"), ("sysadmin", "/desk/inbox/"), ("sysadmin", "/desk/journal/"),
])
def test_a_post_opens_only_what_it_may(town: Cast, enter: Enter, name: str, address: str) -> None:
    assert enter(name).get(address).status_code == 403


def test_hostile_words_are_shown_as_words(town: Cast, enter: Enter) -> None:
    number = town.report()["number"]
    town.walk(number, "closed")
    client = enter("dispatcher")

    for address in ("/desk/inbox/", f"/desk/matter/{number}/", "/desk/journal/"):
        shown = page(client, address)
        assert "<script>alert" not in shown
        assert "<b>" not in shown
    assert HOSTILE[:7].replace("<", "&lt;").replace(">", "&gt;") in page(client, "/desk/inbox/")


def test_the_desk_speaks_english(town: Cast) -> None:
    client = Client(headers={"accept-language": "en"})
    client.cookies[cookies.SESSION] = sessions.open_for(Account.objects.get(username="dispatcher")).cookie
    number = town.report()["number"]

    assert "<h1>Today</h1>" in page(client, "/desk/")
    assert "Accept and file" in page(client, f"/desk/matter/{number}/")
    assert "Grid events closed on time" in page(client, f"/desk/results/{STREET}/")
