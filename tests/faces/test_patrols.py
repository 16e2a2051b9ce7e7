# SPDX-License-Identifier: MulanPSL-2.0
"""The desk's pages of grids, rounds, workload, handing over and tracks: what they show, to whom, and with how many queries."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from linli.core import calendar_store, clock, due
from linli.core.sight import looking, of_all
from linli.desk.walks import strip
from linli.elements import reactions
from linli.elements.models import GridAssignment, Place
from linli.matters import rounds
from tests.cast import CITY, COMMUNITY, COMMUNITY2, GRID, HOSTILE, STREET, Cast
from tests.faces.browsers import Enter, page
from tests.matters.test_handovers import person

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
"""A Monday, 10:00 on the city's clock."""
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@pytest.fixture(autouse=True)
def _now(db: None) -> Any:
    calendar_store.seed()
    with clock.standing_at(NOW):
        yield


def sent(client: Client, address: str, **given: Any) -> Any:
    """Open a form, fill it in and send it."""
    shown = page(client, address)
    token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', shown)
    key = re.search(r'name="idempotency" value="([^"]+)"', shown)
    assert token
    assert key
    return client.post(address, {"csrfmiddlewaretoken": token[1], "idempotency": key[1]} | given)


def give(cast: Cast, area: int = GRID, **more: Any) -> int:
    return int(cast.do("grid.assign", "director", **({"area": area, "post": cast.posts["gridworker"]} | more))["assignment"])


def test_a_director_sees_who_looks_after_which_grid_and_where_nobody_does(cast: Cast, enter: Enter) -> None:
    give(cast)
    reactions.watch_hourly()

    shown = page(enter("director"), "/desk/grids/")

    assert "槐安第一网格" in shown
    assert shown.count('class="cover-gap"') == 1 + 1  # one grid and the legend
    assert "1 个网格今天或今后 14 天（拟）内无人负责" in shown
    assert "槐宁" not in shown


def test_only_the_grids_with_a_gap_are_left_on_demand(cast: Cast, enter: Enter) -> None:
    give(cast)

    shown = page(enter("director"), "/desk/grids/?gaps=1")

    assert "槐安第二网格" in shown
    assert "槐安第一网格" not in shown


def test_the_city_pages_through_its_grids_without_more_queries_a_grid(cast: Cast, enter: Enter) -> None:
    home = Place.objects.get(area=COMMUNITY)
    Place.objects.bulk_create([Place(area=COMMUNITY + serial, lo=COMMUNITY + serial, hi=COMMUNITY + serial + 1, level="grid", name=f"第{serial}网格",
                                     short_name=f"第{serial}网格", parent=home) for serial in range(3, 130)])
    client = enter("city")
    page(client, "/desk/grids/")

    with CaptureQueriesContext(connection) as asked:
        shown = page(client, "/desk/grids/")
    older = re.search(r'rel="next" href="([^"]+)"', shown)
    assert older
    second = page(client, older[1].replace("&amp;", "&"))

    assert len(asked) <= 9
    assert shown.count("<tr>") == 51
    assert not set(re.findall(r"第\d+网格", shown)) & set(re.findall(r"第\d+网格", second))


@pytest.mark.parametrize(("who", "area", "status"), [
    ("director", STREET, 404), ("director2", COMMUNITY, 404), ("dispatcher", COMMUNITY2, 200), ("district", CITY, 404), ("gridworker", GRID, 403),
    ("sysadmin", GRID, 403), ("handler", GRID, 403),
])
def test_nobody_looks_beyond_his_range(cast: Cast, enter: Enter, who: str, area: int, status: int) -> None:
    assert enter(who).get(f"/desk/grids/{area}/").status_code == status


def test_a_grid_is_given_left_and_covered_by_forms(cast: Cast, enter: Enter) -> None:
    person(cast, "colleague", "gridworker")
    client = enter("director")

    given = sent(client, f"/desk/grids/{GRID}/assign", post=cast.posts["gridworker"], valid_from="2026-11-23")
    with looking(of_all(), read_only=True):
        number = GridAssignment.objects.get(area=GRID).pk
    away = sent(client, f"/desk/grids/{GRID}/away?number={number}", valid_from="2026-11-25", valid_to="2026-11-27", reason="leave")
    alone = page(client, f"/desk/grids/{GRID}/")
    covered = sent(client, f"/desk/grids/{GRID}/away?number={number}", valid_from="2026-11-25", valid_to="2026-11-27", reason="leave", stand_in=cast.posts["colleague"])
    shown = page(client, f"/desk/grids/{GRID}/")

    assert [one.status_code for one in (given, away, covered)] == [303, 303, 303]
    assert "无人负责" in alone.split("谁离岗")[0].split("<tbody>")[1]
    assert "&lt;script&gt;" in shown
    assert "<script>alert" not in shown
    assert "有人顶岗" in shown


def test_a_refused_form_keeps_what_was_typed_and_says_why(cast: Cast, enter: Enter) -> None:
    person(cast, "colleague", "gridworker")
    give(cast)

    answer = sent(enter("director"), f"/desk/grids/{GRID}/assign", post=cast.posts["colleague"], valid_from="2026-11-24")

    assert answer.status_code == 409
    assert "接替现任" in answer.content.decode()
    assert 'value="2026-11-24"' in answer.content.decode()


@pytest.mark.parametrize("address", ["assign", "end?number=1", "away?number=abc", "nothing"])
def test_forms_of_a_foreign_grid_are_not_there(cast: Cast, enter: Enter, address: str) -> None:
    assert enter("director2").get(f"/desk/grids/{GRID}/{address}").status_code == 404


def test_a_worker_begins_and_ends_a_round_on_the_desk(cast: Cast, enter: Enter) -> None:
    give(cast)
    client = enter("gridworker")
    before = page(client, "/desk/rounds/")

    begun = sent(client, f"/desk/rounds/begin/{GRID}")
    walking = page(client, "/desk/rounds/")
    address = re.search(r"/desk/rounds/end/\d+", walking)
    assert address
    wrong = sent(client, address[0], looked=["passages"])
    ended = sent(client, address[0], looked=["passages", "people"], nothing_found="true", note=HOSTILE)
    after = page(client, "/desk/rounds/")

    assert "现在应巡" in before
    assert "没有记录您的位置轨迹" in before
    assert (begun.status_code, wrong.status_code, ended.status_code) == (303, 422, 303)
    assert 'value="passages" checked' in wrong.content.decode()
    assert "已巡" in after
    assert "未发现问题" in after
    assert "<script>alert" not in after


def test_the_director_sees_days_walked_by_grid_and_answers_an_objection(cast: Cast, enter: Enter) -> None:
    give(cast)
    walk = cast.do("round.begin", "gridworker", area=GRID)["round"]
    cast.do("round.end", "gridworker", round=walk, looked=["people"], nothing_found=True)
    made = cast.do("round.object", "gridworker", text=HOSTILE, round=walk)["objection"]
    client = enter("director")

    shown = page(client, "/desk/rounds/")
    answered = sent(client, f"/desk/rounds/objection/{made}", answer="已核对并更正")
    own = page(enter("gridworker"), "/desk/rounds/")

    assert shown.count('class="walk-done"') == 3 + 1  # the legend and the morning of today
    assert "排名" not in shown
    assert "&lt;script&gt;" in shown
    assert answered.status_code == 303
    assert "已核对并更正" in own


def test_the_pages_of_rounds_ask_a_fixed_number_of_queries(cast: Cast, enter: Enter) -> None:
    for area in (GRID, GRID + 1):
        give(cast, area)
    leader, walker = enter("dispatcher"), enter("gridworker")
    page(leader, "/desk/rounds/")
    page(walker, "/desk/rounds/")

    with CaptureQueriesContext(connection) as days:
        page(leader, "/desk/rounds/")
    with CaptureQueriesContext(connection) as own:
        page(walker, "/desk/rounds/")

    assert len(days) <= 13
    assert len(own) <= 18


@pytest.fixture
def worked(cast: Cast) -> Cast:
    """A round with three reports: one accepted, one not found on site, one undecided; and a verification."""
    give(cast)
    walk = cast.do("round.begin", "gridworker", area=GRID)["round"]
    numbers = [cast.report("gridworker", area=GRID)["number"] for _ in range(3)]
    cast.do("round.end", "gridworker", round=walk, looked=["people"])
    cast.do("matter.file", "dispatcher", number=numbers[0], version=1)
    cast.do("matter.refuse", "dispatcher", number=numbers[1], version=1, reason="not_found")
    other = cast.report(area=GRID)["number"]
    cast.walk(other, "verifying")
    cast.do("matter.verify", "gridworker", number=other, version=cast.version(other), passed=True)
    while due.drain():
        pass
    return cast


def test_a_worker_sees_about_himself_what_the_director_sees(worked: Cast, enter: Enter) -> None:
    def counts(text: str) -> list[str]:
        together = text.split("合计")[1].split("</tr>")[0]
        return re.findall(r">(\d+)<", together)

    own, theirs = page(enter("gridworker"), "/desk/workload/"), page(enter("director"), "/desk/workload/")

    assert counts(own) == counts(theirs) == ["1", "3", "1", "1", "1"]
    assert "不排次序" in own
    assert "可以提出异议" in own


@pytest.mark.parametrize(("what", "count"), [("rounds", 1), ("found", 3), ("real", 1), ("not_found", 1), ("visits", 1)])
def test_every_count_opens_onto_its_records(worked: Cast, enter: Enter, what: str, count: int) -> None:
    address = f"/desk/workload/{worked.gridworker.account}/{what}?month=2026-11"

    for who in ("gridworker", "director", "dispatcher"):
        assert page(enter(who), address).split("<tbody>")[1].split("</tbody>")[0].count("<tr>") == count


@pytest.mark.parametrize(("who", "status"), [("gridworker2", 404), ("director2", 404), ("dispatcher2", 404), ("head", 403), ("district", 403), ("handler", 403)])
def test_nobody_else_opens_the_records_of_a_worker(worked: Cast, enter: Enter, who: str, status: int) -> None:
    assert enter(who).get(f"/desk/workload/{worked.gridworker.account}/rounds").status_code == status


@pytest.mark.parametrize("address", ["?month=2026-13", "?month=abcdefg", "?area=1", "?area=x&month=2026"])
def test_a_month_or_place_that_does_not_exist_is_said(worked: Cast, enter: Enter, address: str) -> None:
    assert enter("director").get(f"/desk/workload/{address}").status_code in (200, 404, 422)


def test_workload_asks_a_fixed_number_of_queries(worked: Cast, enter: Enter) -> None:
    client = enter("director")
    page(client, "/desk/workload/")

    with CaptureQueriesContext(connection) as few:
        page(client, "/desk/workload/")
    for number in range(5):
        person(worked, f"worker{number}", "gridworker")
    with CaptureQueriesContext(connection) as many:
        page(client, "/desk/workload/")

    assert len(few) == len(many) <= 11


def test_work_is_previewed_handed_over_and_taken_back(cast: Cast, enter: Enter) -> None:
    person(cast, "colleague", "gridworker")
    give(cast)
    client = enter("director")
    post, receiver = cast.posts["gridworker"], cast.posts["colleague"]

    listed = page(client, "/desk/handover/")
    preview = page(client, f"/desk/handover/{post}/?receiver={receiver}&day=2026-11-24")
    done = sent(client, f"/desk/handover/{post}/?receiver={receiver}&day=2026-11-24", reason="调整")
    shown = page(client, "/desk/handover/")
    address = re.search(r"/desk/handover/\d+/back", shown)
    assert address
    back = sent(client, address[0])
    again = sent(client, address[0])

    assert f"/desk/handover/{post}/" in listed
    assert "槐安第一网格" in preview
    assert "<script>alert" not in preview
    assert (done.status_code, back.status_code, again.status_code) == (303, 303, 409)


def test_a_street_dispatcher_with_many_posts_lists_them_in_a_fixed_number_of_queries(cast: Cast, enter: Enter) -> None:
    give(cast)
    client = enter("dispatcher")
    page(client, "/desk/handover/")
    with CaptureQueriesContext(connection) as few:
        page(client, "/desk/handover/")
    for number in range(4):
        give(cast, GRID + 1, post=person(cast, f"worker{number}", "gridworker"), team=True)
    with CaptureQueriesContext(connection) as many:
        page(client, "/desk/handover/")

    assert len(many) == len(few) <= 11


def test_the_head_orders_a_track_the_worker_reads_it_and_who_looked(cast: Cast, enter: Enter) -> None:
    client = enter("head")

    ordered = sent(client, "/desk/tracks/", holder=cast.posts["gridworker"], purpose=f"汛期转移 {HOSTILE}", valid_from="2026-11-23", valid_to="2026-11-25")
    shown = page(client, "/desk/tracks/")
    address = re.search(r"/desk/tracks/\d+/look", shown)
    assert address
    looked = sent(client, address[0], reason="核对路线")
    own = page(enter("gridworker"), "/desk/rounds/")
    ended = sent(client, address[0].replace("look", "end"))

    assert (ordered.status_code, looked.status_code, ended.status_code) == (303, 200, 303)
    assert "汛期转移" in own
    assert "核对路线" in own
    assert "<script>alert" not in own
    assert "没有记录您的位置轨迹" in page(enter("gridworker"), "/desk/rounds/")


def test_days_are_counted_when_they_are_over_only(cast: Cast) -> None:
    found = strip(GRID, {(GRID, NOW.date()): frozenset({"morning"})}, None, NOW.date(), NOW.date())

    assert not rounds.is_over(NOW.date())
    assert "一巡" not in found["text"]
    assert found["cells"][-1]["morning"]
