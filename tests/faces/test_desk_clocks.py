# SPDX-License-Identifier: MulanPSL-2.0
"""The clocks on the desk: the page of a limit, what can be asked and decided there, the alarms, and what machines read of it."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from linli.core import calendar_store, clock, editions
from linli.core.models import Alarm
from linli.core.sight import looking, of_all
from linli.doors import demonstrations
from linli.matters.models import Category
from tests.cast import Cast
from tests.faces.browsers import Enter, page

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("town")]


@pytest.fixture
def town(cast: Cast, settings: Any, tmp_path: Any) -> Cast:
    """The cast with a calendar."""
    calendar_store.seed()
    settings.EVIDENCE_ROOT = tmp_path / "evidence"
    editions.forget_all()
    return cast


def paused(town: Cast) -> str:
    """A matter whose clock stands still by the dispatcher's word."""
    number = str(town.report()["number"])
    version = town.walk(number, "handling")["version"]
    day = (clock.today() + timedelta(days=3)).isoformat()
    asked = town.do("matter.ask_pause", "handler", number=number, version=version, reason="force_majeure", text="暴雨", look_again=day)
    town.do("matter.decide_request", "dispatcher", number=number, version=asked["version"], granted=True)
    return number


def test_the_page_of_a_limit_shows_its_clock_its_table_and_every_sentence(town: Cast, enter: Enter) -> None:
    number = paused(town)

    shown = page(enter("handler"), f"/desk/matter/{number}/limits/handling/")

    assert 'role="img"' in shown
    assert "停钟，原因：不可抗力" in shown
    assert shown.count("<tr>") >= 3
    assert "依据：" in shown
    assert "<script>alert" not in shown


@pytest.mark.parametrize(("name", "status"), [("whole", 200), ("captured", 200), ("nothing", 404), ("%3Cscript%3E", 404)])
def test_a_limit_that_is_not_there_is_not_found(town: Cast, enter: Enter, name: str, status: int) -> None:
    number = paused(town)

    page(enter("dispatcher"), f"/desk/matter/{number}/limits/{name}/", status)


def test_the_page_of_a_limit_reads_in_english_too(town: Cast, enter: Enter) -> None:
    shown = page(enter("handler", "en"), f"/desk/matter/{paused(town)}/limits/handling/")

    assert "Force majeure" in shown
    assert "Stands still" in shown


def test_the_page_of_a_limit_costs_the_same_however_much_happened(town: Cast, enter: Enter, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(demonstrations, "KEPT_SECONDS", 300)
    monkeypatch.setattr(demonstrations, "_last", None)
    plain = str(town.report()["number"])
    town.walk(plain, "handling")
    rich = paused(town)
    client, counts = enter("dispatcher"), []
    for number in (plain, rich):
        page(client, f"/desk/matter/{number}/limits/handling/")
        with CaptureQueriesContext(connection) as asked:
            page(client, f"/desk/matter/{number}/limits/handling/")
        counts.append(len([one for one in asked if not one["sql"].startswith(("SAVEPOINT", "RELEASE"))]))

    assert counts[0] == counts[1] <= 8, counts


def test_a_request_is_asked_decided_and_told_on_the_page(town: Cast, enter: Enter) -> None:
    number = str(town.report()["number"])
    version = town.walk(number, "handling")["version"]
    sent = enter("handler").post(f"/desk/matter/{number}/move/matter.ask_extension", {
        "idempotency": "a", "version": version, "ask_extension-limit": "handling", "ask_extension-amount": "1", "ask_extension-text": "等配件"})
    office = page(enter("dispatcher"), f"/desk/matter/{number}/")
    decided = enter("dispatcher").post(f"/desk/matter/{number}/move/matter.decide_request", {
        "idempotency": "b", "version": version + 1, "decide_request-granted": "true"})

    shown = page(enter("handler"), f"/desk/matter/{number}/")

    assert (sent.status_code, decided.status_code) == (303, 303)
    assert "申请延期" in office
    assert "等配件" in office
    assert 'id="move-matter.decide_request"' in office
    assert "批准延期" in shown


def test_the_stages_offered_are_those_of_the_category(town: Cast, enter: Enter) -> None:
    number = str(town.report(category=Category.objects.get(kind="six_problems", code="1").pk)["number"])
    town.walk(number, "handling")

    shown = page(enter("handler"), f"/desk/matter/{number}/")

    assert "责令停工" in shown
    assert "围挡警示" not in shown


@pytest.mark.parametrize(("name", "chip"), [("state=paused", True), ("state=asked", False), ("state=supervised", False)])
def test_the_list_finds_what_stands_still(town: Cast, enter: Enter, name: str, chip: bool) -> None:
    number = paused(town)

    assert (number in page(enter("dispatcher"), f"/desk/inbox/?{name}")) is chip


def test_the_reporter_is_told_of_the_pause_and_of_nothing_among_offices(town: Cast, enter: Enter) -> None:
    made = town.report()
    town.walk(made["number"], "handling")
    town.do("matter.supervise", "head", number=made["number"], version=town.version(made["number"]), text="内部要求说明")

    shown = page(Client(), f"/follow/{made['query_code']}/")

    assert "督办" not in shown
    assert "内部要求说明" not in shown


def test_alarms_are_read_and_taken_and_the_others_see_by_whom(town: Cast, enter: Enter) -> None:
    number = town.alarm()
    client = enter("dispatcher")
    before = page(client, "/desk/alarms/")
    today = page(client, "/desk/")

    sent = client.post(f"/desk/alarms/{number}/take", {"idempotency": "a"})

    after = page(enter("director"), "/desk/alarms/")
    assert "我来处理" in before
    assert "<script>alert" not in before
    assert 'href="/desk/alarms/"><strong>1</strong>' in today
    assert sent.status_code == 303
    assert "dispatcher&lt;b&gt;" in after


def test_an_alarm_of_elsewhere_is_neither_shown_nor_taken(town: Cast, enter: Enter) -> None:
    number = town.alarm()
    client = enter("dispatcher2")

    shown, taken = page(client, "/desk/alarms/"), client.post(f"/desk/alarms/{number}/take", {"idempotency": "a"})

    assert "没有告警" in shown
    assert taken.status_code == 404
    with looking(of_all(), read_only=True):
        assert Alarm.objects.get(pk=number).taken_by is None


def test_a_post_without_the_ability_has_no_page_of_alarms(town: Cast, enter: Enter) -> None:
    client = enter("handler")

    assert client.get("/desk/alarms/").status_code == 403
    assert "/desk/alarms/" not in page(client, "/desk/")


def test_machines_read_the_same_explanation(town: Cast, client: Client) -> None:
    number = paused(town)

    story = client.get(f"/api/v1/matters/{number}", headers=town.headers("handler")).json()

    handling = next(one for one in story["limits"] if one["name"] == "handling")
    assert (story["is_paused"], handling["due_at"]) == (True, None)
    assert handling["left_seconds"] > 0
    assert [part["state"] for part in handling["stretches"]][-1] == "paused"
    assert any("停钟" in one["zh"] for one in handling["explanation"])


def test_the_head_sees_what_waits_for_him_beside_what_is_overdue(town: Cast, enter: Enter) -> None:
    shown = page(enter("head"), "/desk/")

    assert re.search(r"待审批的挂账", shown)
    assert "已超时" in shown
