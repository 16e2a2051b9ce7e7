# SPDX-License-Identifier: MulanPSL-2.0
"""Somebody's day: his grids, rounds, matters and questions, in the order of need and deadline; small, stamped, and nobody else's."""

import json
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from linli.core import calendar_store, clock, editions
from linli.core.fields import Received
from linli.core.registry import REGISTRY
from linli.core.sight import looking, of_all, of_post
from linli.core.words import words
from linli.doors.days import my_day
from linli.elements.models import Boundary, GridAssignment, Place
from linli.matters import days
from linli.matters.models import Category, Matter
from tests.cast import COMMUNITY, GRID, HOSTILE, Cast
from tests.core.test_images import photo

pytestmark = pytest.mark.django_db
MORNING = datetime(2026, 11, 23, 1, 30, tzinfo=UTC)
HOUR = timedelta(hours=1)


@pytest.fixture
def worker(cast: Cast, settings: Any, tmp_path: Any) -> Any:
    """The cast on a Monday morning; the first grid has a boundary and belongs to the grid worker."""
    settings.EVIDENCE_ROOT = tmp_path / "evidence"
    calendar_store.seed()
    square = [[117.19, 39.11], [117.20, 39.11], [117.20, 39.12], [117.19, 39.12], [117.19, 39.11]]
    Boundary.objects.create(place=Place.objects.get(area=GRID), from_day=0, to_day=900_000, shape={"type": "Polygon", "coordinates": [square]}, is_schematic=True)
    editions.forget_all()
    with clock.standing_at(MORNING - 4 * HOUR):
        cast.do("grid.assign", "director", area=GRID, post=cast.posts["gridworker"])
    with clock.standing_at(MORNING):
        yield cast


def document(cast: Cast, who: str = "gridworker") -> dict[str, Any]:
    return my_day(getattr(cast, who))[0]


def waiting(cast: Cast, area: int = GRID, to: str = "verifying") -> str:
    number = str(cast.report(area=area)["number"])
    cast.walk(number, to)
    return number


def test_the_day_shows_the_grid_its_outline_and_the_rounds_of_today(worker: Cast) -> None:
    found = document(worker)

    grid = found["grids"][0]
    assert (grid["area"], grid["as"], grid["checklist"], grid["is_schematic"]) == (GRID, "holder", "grid", True)
    assert grid["outline"][0][0] == [117.19, 39.11]
    assert grid["path"].startswith("M")
    assert [(one["shift"], one["state"]) for one in found["rounds"]] == [("morning", "due"), ("afternoon", "ahead")]
    assert found["track"] is None
    assert [one["from"] for one in found["windows"]] == ["08:00", "13:30"]


def test_matters_to_verify_in_ones_own_grids_come_with_photos_and_the_handlers_answer(worker: Cast) -> None:
    kept = worker.do("evidence.add", area=COMMUNITY, file=Received("a.jpg", photo()))
    number = worker.report(area=GRID, evidence=[kept["id"]])["number"]
    worker.walk(number, "verifying")
    other = waiting(worker, GRID + 1)

    found = document(worker)["matters"]

    assert [one["number"] for one in found] == [number]
    assert other not in json.dumps(found)
    assert found[0]["what"] == "verify"
    assert found[0]["answer"].startswith("已处理完毕")
    assert [(one["when"], "size=thumb" in one["thumb"]) for one in found[0]["photos"]] == [("before", True)]


def test_a_worker_without_a_grid_of_his_own_is_shown_what_waits_in_the_community(worker: Cast) -> None:
    number = waiting(worker, GRID + 1)
    with looking(of_all()):
        GridAssignment.objects.filter(area=GRID).update(valid_to=date(2026, 11, 23))

    assert [one["number"] for one in document(worker)["matters"]] == [number]


def test_a_handler_has_what_his_unit_received_unless_it_is_somebody_elses(worker: Cast) -> None:
    mine, free, theirs = waiting(worker, to="handling"), waiting(worker, to="dispatched"), waiting(worker, to="handling")
    with looking(of_all()):
        Matter.objects.filter(pk=int(mine[2:])).update(worker=worker.handler.account)
        Matter.objects.filter(pk=int(theirs[2:])).update(worker=worker.verifier.account)

    found = {one["number"]: one["what"] for one in document(worker, "handler")["matters"]}

    assert found == {mine: "handle", free: "receive"}


def test_hazards_come_first_then_what_is_overdue_then_by_deadline(worker: Cast) -> None:
    late, soon, later, hazard = (waiting(worker) for _ in range(4))
    with looking(of_all()):
        kinds = {is_hazard: Category.objects.filter(is_hazard=is_hazard).first() for is_hazard in (True, False)}
        for number, hours in ((late, -2), (soon, 1), (later, 9), (hazard, 20)):
            Matter.objects.filter(pk=int(number[2:])).update(due_at=MORNING + hours * HOUR, category=kinds[number == hazard])

    found = document(worker)["visits"]

    assert [one["number"] or one["what"] for one in found] == [hazard, late, soon, "round", later]
    assert [one["why"]["zh"] for one in found][:3] == ["有安全隐患", "已超过时限", "今天到期"]


def test_an_answered_question_comes_back_to_who_asked(worker: Cast) -> None:
    made = worker.report(area=GRID)
    worker.do("matter.ask", "dispatcher", number=made["number"], text=HOSTILE)
    worker.do("matter.answer", query_code=made["query_code"], text="三楼")

    found = document(worker, "dispatcher")

    assert [(one["number"], one["answer"]) for one in found["questions"]] == [(made["number"], "三楼")]
    assert found["visits"][0]["what"] == "question"
    assert document(worker, "dispatcher2")["questions"] == []


def test_a_declared_source_adds_its_steps(worker: Cast) -> None:
    @days.visits("planted")
    def planted(actor: Any, day: date) -> list[days.Visit]:
        return [days.Visit("call_back", words("回访", "Call back"), MORNING + HOUR / 2, number="LL000000001")]

    try:
        found = document(worker)["visits"]
    finally:
        REGISTRY.remove(days.SECTION, "planted")

    assert found[0]["what"] == "call_back"


def test_a_neighbour_is_shown_nothing_of_it(worker: Cast) -> None:
    number = waiting(worker)

    found = json.dumps(document(worker, "gridworker2"), ensure_ascii=False)

    assert number not in found
    assert "槐安" not in found


def test_an_order_for_a_track_is_told_at_once_with_its_purpose(worker: Cast) -> None:
    worker.do("track.order", "head", holder=worker.posts["gridworker"], purpose="汛期值守", valid_from="2026-11-23", valid_to="2026-11-24")

    assert document(worker)["track"]["purpose"] == "汛期值守"


def test_machines_read_it_with_an_etag_and_get_304_while_nothing_changes(client: Client, worker: Cast) -> None:
    first = client.get("/api/v1/my-day", headers=worker.headers("gridworker"))
    same = client.get("/api/v1/my-day", headers=worker.headers("gridworker") | {"If-None-Match": first.headers["ETag"]})
    waiting(worker)
    changed = client.get("/api/v1/my-day", headers=worker.headers("gridworker") | {"If-None-Match": first.headers["ETag"]})

    assert [first.status_code, same.status_code, changed.status_code] == [200, 304, 200]
    assert same.content == b""
    assert first.json()["day"] == "2026-11-23"


@pytest.mark.parametrize(("who", "status"), [("", 401), ("sysadmin", 403), ("city", 200), ("head", 200)])
def test_who_may_not_see_matters_has_no_day_here(client: Client, worker: Cast, who: str, status: int) -> None:
    assert client.get("/api/v1/my-day", headers=worker.headers(who)).status_code == status


def test_the_document_is_small_and_takes_a_fixed_number_of_queries(worker: Cast) -> None:
    waiting(worker)
    my_day(worker.gridworker)
    with CaptureQueriesContext(connection) as few:
        my_day(worker.gridworker)
    for _ in range(5):
        waiting(worker)
    with CaptureQueriesContext(connection) as many:
        found, _ = my_day(worker.gridworker)

    assert len(many) == len(few) <= 13
    assert len(json.dumps(found, ensure_ascii=False).encode()) < 40_000


def test_the_day_of_the_faces_and_of_the_server_is_one(worker: Cast) -> None:
    with looking(of_post(worker.gridworker), read_only=True):
        found = days.today_of(worker.gridworker)

    assert [one.place.area for one in found.duties] == [one["area"] for one in document(worker)["grids"]]
