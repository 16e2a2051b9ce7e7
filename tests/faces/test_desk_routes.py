# SPDX-License-Identifier: MulanPSL-2.0
"""Routing on the desk through HTTP: versions, one version with its findings and trial, editing, import, dispatching with the proposal, workers."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from django.conf import settings as configured
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from linli.core import clock, editions
from linli.matters.models import RouteVersion
from linli.matters.routing import store
from tests.cast import COMMUNITY, COMMUNITY2, DISTRICT, STREET, Cast
from tests.faces.browsers import Enter, drain, page

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def weekday() -> Iterator[None]:
    with clock.standing_at(datetime(2026, 11, 16, 2, 0, tzinfo=UTC)):
        yield


def to_cleaners(cast: Cast, area: int = STREET, time: str = "always") -> tuple[str, int, str, str]:
    return "all", area, time, f"unit:{cast.units['cleaners']}"


def queries(client: Client, address: str) -> int:
    page(client, address)
    with CaptureQueriesContext(connection) as found:
        page(client, address)
    return len([one for one in found if "SAVEPOINT" not in one["sql"]])


def test_a_version_is_made_edited_and_published_on_screen(cast: Cast, enter: Enter) -> None:
    client = enter("dispatcher")
    made = client.post("/desk/routes/new", {"area": STREET, "why": "夜间改派"})
    here = made.headers["Location"]
    rule = {"what": "all", "area": STREET, "time": "always", "target": f"unit:{cast.units['cleaners']}", "automatic": "false", "files": "hand", "version": "1"}
    added = client.post(f"{here}add", rule)
    twice = client.post(f"{here}add", rule | {"version": "2"})
    shown = page(client, here)

    assert (made.status_code, added.status_code, twice.status_code) == (303, 303, 303)
    assert "同样具体" in shown
    refused = client.post(f"{here}publish", {"version": "3"})
    undone = client.post(f"{here}undo", {"version": "3"})
    published = client.post(f"{here}publish", {"version": "4"})
    assert (refused.status_code, undone.status_code, published.status_code) == (409, 303, 303)
    assert "生效中" in page(client, "/desk/routes/")
    assert "恰好有一个单位负责" in page(client, here)


def test_holes_are_shown_as_sentences_and_as_a_table(cast: Cast, enter: Enter) -> None:
    route = cast.route(to_cleaners(cast, area=COMMUNITY, time="office"))

    shown = page(enter("dispatcher"), f"/desk/routes/{route}/")

    assert "没有规则" in shown
    assert "加兜底规则" in shown
    assert 'class="list coverage"' in shown
    assert "非办公时间" in shown


def test_a_rule_is_changed_and_ended_on_screen_with_its_present_values_filled_in(cast: Cast, enter: Enter) -> None:
    route = cast.route(to_cleaners(cast, time="W 08:00-20:00"))
    rule = store.rules_of(route)[0].id
    client = enter("dispatcher")

    form = page(client, f"/desk/routes/{route}/change?rule={rule}")
    changed = client.post(f"/desk/routes/{route}/change?rule={rule}", {
        "what": "all", "area": COMMUNITY, "time": "outside", "target": "nearest:department", "automatic": "true", "files": "patrol", "version": "2"})
    present = store.rules_of(route)
    ended = client.post(f"/desk/routes/{route}/end?rule={present[0].id}", {"version": "3"})

    assert 'value="W 08:00-20:00"' in form
    assert (changed.status_code, ended.status_code) == (303, 303)
    assert [(one.area, one.when.text, one.target, one.is_automatic, one.files) for one in present] == [
        (COMMUNITY, "outside", "nearest:department", True, "patrol")]
    assert store.rules_of(route) == []
    assert page(client, f"/desk/routes/{route}/change?rule={rule}", 404)


def test_a_wrong_file_comes_back_with_every_wrong_line_marked(cast: Cast, enter: Enter) -> None:
    route = cast.route(to_cleaners(cast))
    text = f"what,area,time,target\nall,{STREET},always,above\nnothing,{STREET},<script>,above\n"

    answer = enter("dispatcher").post(f"/desk/routes/{route}/load", {"file": SimpleUploadedFile("r.csv", text.encode()), "version": "2"})

    shown = answer.content.decode()
    assert answer.status_code == 422
    assert "时间“&lt;script&gt;”不对" in shown
    assert "<script>," not in shown
    assert len(store.rules_of(route)) == 1


def test_rules_are_taken_out_and_brought_back_as_files(cast: Cast, enter: Enter) -> None:
    route, copy = cast.route(to_cleaners(cast)), cast.route()
    client = enter("dispatcher")
    taken = client.get(f"/desk/routes/{route}/rules.csv")
    toml = client.get(f"/desk/routes/{route}/rules.toml")

    client.post(f"/desk/routes/{copy}/load", {"file": SimpleUploadedFile("r.csv", taken.content), "version": "1"})

    assert taken.headers["Content-Disposition"].endswith('.csv"')
    assert toml.content.decode().count("[[rule]]") == 1
    assert store.digest_of(store.rules_of(copy)) == store.digest_of(store.rules_of(route))


def test_a_trial_shows_its_progress_and_then_what_would_have_gone_elsewhere(cast: Cast, enter: Enter) -> None:
    number = str(cast.report()["number"])
    cast.walk(number, "dispatched")
    route = cast.route(("all", STREET, "always", f"unit:{cast.units['bureau']}"))
    client = enter("dispatcher")

    client.post(f"/desk/routes/{route}/try", {"days": "30"})
    running = page(client, f"/desk/routes/{route}/")
    drain()
    beat = client.get(f"/desk/routes/{route}/pulse")

    assert "正在试算" in running
    assert f"/desk/matter/{number}/" in beat.content.decode()
    assert client.get(f"/desk/routes/{route}/pulse", headers={"if-none-match": beat.headers["ETag"]}).status_code == 304


def test_who_owns_what_is_shown_by_place_and_by_category(cast: Cast, enter: Enter) -> None:
    route = cast.route(to_cleaners(cast, area=COMMUNITY))
    client = enter("dispatcher")

    by_place = page(client, f"/desk/routes/{route}/table?area={COMMUNITY2}")
    by_category = page(client, f"/desk/routes/{route}/table?category={cast.category}")

    assert "没有规则管这类事" in by_place
    assert "环卫一队" in by_category
    assert "槐宁社区" in by_category
    for odd in ("?area=x", "?category=99999999999999999999", "?area=1", "?category=-1", "?category=1'"):
        page(client, f"/desk/routes/{route}/table{odd}")


@pytest.mark.parametrize(("name", "status"), [("dispatcher2", 404), ("district2", 404), ("gridworker", 403), ("handler", 403), ("head", 200), ("city", 200)])
def test_who_may_read_a_version(cast: Cast, enter: Enter, name: str, status: int) -> None:
    route = cast.route(to_cleaners(cast))

    for end in ("", "table", "rules.csv", "rules.toml", "pulse"):
        page(enter(name), f"/desk/routes/{route}/{end}", status)


def test_the_rules_of_the_level_above_are_read_without_buttons_and_their_forms_are_not_there(cast: Cast, enter: Enter) -> None:
    route = cast.route(area=DISTRICT, by="district")
    client = enter("dispatcher")

    shown = page(client, f"/desk/routes/{route}/")

    assert f"/desk/routes/{route}/add" not in shown
    for what in ("add", "publish", "load", "undo", "drop", "copy", "try"):
        page(client, f"/desk/routes/{route}/{what}", 404)


def test_the_dispatch_form_has_the_proposed_unit_chosen_and_says_why(cast: Cast, enter: Enter) -> None:
    cast.publish(to_cleaners(cast))
    number = str(cast.report()["number"])
    cast.do("matter.file", "dispatcher", number=number, version=1)
    drain()
    client = enter("dispatcher")

    shown = page(client, f"/desk/matter/{number}/")
    client.post(f"/desk/matter/{number}/move/matter.dispatch", {"dispatch-unit": str(cast.units["cleaners"]), "version": "2"})
    after = page(client, f"/desk/matter/{number}/")

    assert f'value="{cast.units["cleaners"]}" checked' in shown
    assert "槐荫街道派遣规则第 1 版" in shown
    assert "槐荫街道派遣规则第 1 版" in after


def test_a_failing_matter_is_listed_and_says_so_on_its_page(cast: Cast, enter: Enter) -> None:
    cast.publish(("scheme:six_problems", STREET, "always", "nearest:department"))
    number = str(cast.report()["number"])
    cast.do("matter.file", "dispatcher", number=number, version=1)
    drain()

    assert number in page(enter("dispatcher"), "/desk/routes/")
    assert number not in page(enter("dispatcher2"), "/desk/routes/")
    assert "没有规则管这类事" in page(enter("dispatcher"), f"/desk/matter/{number}/")


def test_the_head_finds_what_came_back_too_often_under_today_and_nobody_else_does(cast: Cast, enter: Enter) -> None:
    number = str(cast.report()["number"])
    cast.do("matter.file", "dispatcher", number=number, version=1)
    for _ in range(configured.RETURNS_TO_HEAD):
        sent = cast.do("matter.dispatch", "dispatcher", number=number, version=cast.version(number), unit=cast.units["cleaners"])
        cast.do("matter.return", "handler", number=number, version=sent["version"], reason="not_competent", duty="他-99")
    drain()

    head, dispatcher = page(enter("head"), "/desk/"), page(enter("dispatcher"), "/desk/")

    assert 'id="pile-decide"' in head
    assert number in head
    assert "最新上报" in head
    assert number not in dispatcher
    assert number not in page(enter("head2"), "/desk/")
    assert "负责人指定单位" in page(enter("head"), f"/desk/matter/{number}/")
    assert "move-matter.dispatch" not in page(enter("dispatcher"), f"/desk/matter/{number}/")


def test_what_is_mine_is_a_pile_and_a_filter(cast: Cast, enter: Enter) -> None:
    mine, other = str(cast.report()["number"]), str(cast.report()["number"])
    for number in (mine, other):
        cast.walk(number, "handling")
    client = enter("handler")

    form = page(client, f"/desk/matter/{mine}/")
    client.post(f"/desk/matter/{mine}/move/matter.assign", {"assign-worker": str(cast.handler.account), "version": str(cast.version(mine))})

    assert "（本人）：手上没有在办的事" in form
    own = page(client, "/desk/inbox/?own=1")
    assert mine in own
    assert other not in own
    assert 'id="pile-own"' in page(client, "/desk/")
    assert "承办人：" in page(client, f"/desk/matter/{mine}/")


def test_the_pages_ask_a_fixed_number_of_questions(cast: Cast, enter: Enter) -> None:
    route = cast.route(to_cleaners(cast))
    client = enter("dispatcher")
    few = {end: queries(client, f"/desk/routes/{end}") for end in ("", f"{route}/", f"{route}/table")}
    for area in (COMMUNITY, COMMUNITY2):
        for time in ("office", "outside", "W 08:00-09:00"):
            cast.do("route.add", "dispatcher", route=route, version=RouteVersion.objects.get(pk=route).version, what="all", area=area, target="above",
                    time=time if time[0] == "o" else "window", window=time)
    for _ in range(3):
        cast.route(to_cleaners(cast))
    editions.forget_all()

    many = {end: queries(client, f"/desk/routes/{end}") for end in few}

    assert few == many
    assert max(many.values()) <= 12
