# SPDX-License-Identifier: MulanPSL-2.0
"""The map of the desk as pages: numbers in tables, tiles with marks, hostile addresses, what neighbours get, and the redrawing form."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from linli.core import clock, editions
from linli.core.sight import looking, of_all
from linli.doors import cookies, demonstrations
from linli.elements import sessions
from linli.elements.mercator import tile_at
from linli.elements.models import Absence, Account, GridAssignment, Place, Post
from linli.matters.mapping import densities
from linli.matters.models import Category
from tests.cast import COMMUNITY, DISTRICT2, GRID, HOSTILE, STREET, Cast
from tests.matters import grounds
from tests.matters.scatter import SOUTH, WEST, matter, plant

pytestmark = [pytest.mark.django_db]


@pytest.fixture
def drawn(cast: Cast) -> Cast:
    """Two drawn grids; three open matters (one overdue, one without a position) and an ended one in the first community."""
    grounds.draw_old()
    now = clock.now()
    plant([matter(cast, GRID, (WEST + 2_000, SOUTH + 2_000), due_at=now - timedelta(hours=1)), matter(cast, GRID + 1, (WEST + 9_000, SOUTH + 3_000)),
           matter(cast, COMMUNITY, None), matter(cast, GRID, (WEST + 2_100, SOUTH + 2_000), phase="closed")])
    return cast


def client_of(name: str) -> Client:
    client = Client()
    client.cookies[cookies.SESSION] = sessions.open_for(Account.objects.get(username=name)).cookie
    return client


def figures(page: str) -> list[list[str]]:
    """The numbers of the table, row by row, with the name in front."""
    rows = re.findall(r"<tr>(<td class=\"what\">.*?|<th scope=\"row\">.*?)</tr>", page, re.DOTALL)
    return [[text.strip() for text in re.sub(r"<[^>]+>", "|", row).split("|") if text.strip()] for row in rows]


def test_the_table_says_what_is_open_overdue_and_without_a_position(drawn: Cast) -> None:
    page = client_of("gridworker").get("/desk/map/").content.decode()

    assert figures(page) == [["槐安第一网格", "1", "0", "1", "1"], ["槐安第二网格", "1", "0", "1", "0"],
                             ["只知道在本社区，没有位置", "1", "1", "1", "0"], ["合计", "3", "1", "3", "1"]]
    assert 'aria-label="槐安第一网格：1 件，其中超时 1 件"' in page


def test_ended_matters_of_a_period_are_counted_with_their_number_a_day(drawn: Cast) -> None:
    page = client_of("dispatcher").get(f"/desk/map/?area={COMMUNITY}&state=all&period=week").content.decode()

    assert figures(page)[0] == ["槐安第一网格", "2", "0.3", "0", "1", "1"]


@pytest.mark.parametrize(("who", "area", "names"), [
    ("city", "", ["海棠区", "远山区"]), ("district", "", ["槐荫街道", "柳桥街道"]), ("dispatcher", "", ["槐安社区", "槐宁社区"]),
    ("city", STREET, ["槐安社区", "槐宁社区"]), ("gridworker", GRID, ["槐安第一网格"])])
def test_each_level_leads_to_the_next(drawn: Cast, who: str, area: object, names: list[str]) -> None:
    page = client_of(who).get(f"/desk/map/?area={area}").content.decode()

    assert [row[0] for row in figures(page)][: len(names)] == names


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> Callable[[Client, str], list[str]]:
    """The statements of a second look at an address; one of them closes the sight, as it happens only inside a test's own transaction."""
    monkeypatch.setattr(demonstrations, "KEPT_SECONDS", 300)
    monkeypatch.setattr(demonstrations, "_last", None)

    def ask(client: Client, address: str) -> list[str]:
        client.get(address)
        with CaptureQueriesContext(connection) as seen:
            assert client.get(address).content
        return [one["sql"] for one in seen if not one["sql"].startswith(("SAVEPOINT", "RELEASE"))]

    return ask


@pytest.mark.parametrize(("who", "address", "most"), [
    ("city", "", 4), ("city", "?state=all&period=year", 7), ("gridworker", "?state=all", 5), ("district", "?view=workers", 5)])
def test_a_page_needs_few_queries(drawn: Cast, asked: Callable[[Client, str], list[str]], who: str, address: str, most: int) -> None:
    densities.count()

    statements = asked(client_of(who), f"/desk/map/{address}")

    assert len(statements) <= most, statements


@pytest.mark.parametrize(("who", "z", "query", "most"), [("city", 15, "", 4), ("city", 10, "?state=all&period=year", 7), ("gridworker", 15, "?state=all", 4)])
def test_a_tile_needs_few_queries(drawn: Cast, asked: Callable[[Client, str], list[str]], who: str, z: int, query: str, most: int) -> None:
    tile = tile_at(WEST + 2_000, SOUTH + 2_000, z)
    densities.count()

    statements = asked(client_of(who), f"/desk/map/tiles/{tile.z}/{tile.x}/{tile.y}{query}")

    assert len(statements) <= most, statements


def test_a_tile_is_kept_for_moments_apart_for_each_session_and_asked_for_by_its_mark(drawn: Cast) -> None:
    client, tile = client_of("gridworker"), tile_at(WEST + 2_000, SOUTH + 2_000, 16)
    address = f"/desk/map/tiles/{tile.z}/{tile.x}/{tile.y}"

    first = client.get(address)
    again = client.get(address, headers={"If-None-Match": first.headers["ETag"]})

    assert first.headers["Content-Type"] == "application/vnd.mapbox-vector-tile"
    assert first.headers["Cache-Control"] == "private, max-age=20"
    assert "Cookie" in first.headers["Vary"]
    assert (again.status_code, again.content) == (304, b"")


def test_a_neighbour_gets_an_empty_tile_and_no_page(drawn: Cast) -> None:
    client, tile = client_of("gridworker2"), tile_at(WEST + 2_000, SOUTH + 2_000, 16)

    answers = [client.get(f"/desk/map/{what}?area={COMMUNITY}").status_code for what in ("", "areas", "here", f"tiles/{tile.z}/{tile.x}/{tile.y}")]

    assert client.get(f"/desk/map/tiles/{tile.z}/{tile.x}/{tile.y}").content == b""
    assert answers == [404] * 4


@pytest.mark.parametrize("address", [
    "tiles/99/0/0", "tiles/3/8/0", "tiles/3/0/8", "tiles/16/65536/0", f"tiles/{10**40}/0/0", f"tiles/3/{10**400}/1", "tiles/-1/0/0", "tiles/1/-1/0", "tiles/a/0/0",
    "?area=abc", "?area=" + "9" * 400, "?area=-1", "?area=①②", f"?area={DISTRICT2}", "areas?area=0", "here", "here?box=1,2,3", "here?box=a,b,c,d",
    "here?box=3,3,1,1", "here?box=nan,0,inf,1", "here?box=1e400,0,1,1", "here?box=-999,0,1,1", "redraw/1/", f"redraw/{10**30}/", f"redrawing/{10**30}/", "redrawing/0/"])
def test_hostile_addresses_are_not_found(drawn: Cast, address: str) -> None:
    client = client_of("district")
    client.raise_request_exception = False

    assert client.get(f"/desk/map/{address}").status_code == 404


@pytest.mark.parametrize("query", ["state='--", "period=999", "kind=%00", "group=x.y.z", "source=" + "x" * 5000, "under=2026-99-99", "view=<script>",
                                   "under=0001-01-01", "under=9999-12-31"])
def test_a_choice_that_does_not_exist_breaks_nothing(drawn: Cast, query: str) -> None:
    client, tile = client_of("gridworker"), tile_at(WEST + 2_000, SOUTH + 2_000, 16)

    answers = [client.get(f"/desk/map/{what}?{query}") for what in ("", "areas", f"tiles/{tile.z}/{tile.x}/{tile.y}")]

    assert [one.status_code for one in answers] == [200] * 3
    assert b"<script>" not in answers[0].content.replace(b"<script type", b"").replace(b"<script defer", b"")


def test_the_areas_carry_the_numbers_of_the_table(drawn: Cast) -> None:
    found = client_of("gridworker").get("/desk/map/areas").json()

    said = {one["properties"]["name"]: (one["properties"]["said"], one["properties"]["heat"]) for one in found["features"]}
    assert said == {"槐安第一网格": ("1 件，其中超时 1 件", 4), "槐安第二网格": ("1 件，其中超时 0 件", 4)}


def test_grids_without_a_worker_are_hatched_and_said(drawn: Cast) -> None:
    worker = Post.objects.get(account__username="gridworker")
    with looking(of_all()):
        GridAssignment.objects.create(area=GRID, place=Place.objects.get(area=GRID), post=worker, valid_from=clock.today(), valid_to=clock.today() + timedelta(days=1))

    page = client_of("gridworker").get("/desk/map/?view=workers").content.decode()

    assert figures(page) == [["槐安第一网格", "gridworker&lt;b&gt;", "没有人负责"], ["槐安第二网格", "没有人负责", "没有人负责"]]
    assert page.count("scheme-hatch") == 1
    assert "2 个网格，今天 1 个没有人负责，明天 2 个" in page


def test_a_stand_in_is_named_as_one_and_other_posts_learn_nothing_about_workers(drawn: Cast) -> None:
    held, other = (Post.objects.get(account__username=name) for name in ("gridworker", "director"))
    with looking(of_all()):
        given = GridAssignment.objects.create(area=GRID, place=Place.objects.get(area=GRID), post=held, valid_from=clock.today())
        Absence.objects.create(area=GRID, assignment=given, stand_in=other, valid_from=clock.today(), valid_to=clock.today() + timedelta(days=1), reason="leave")

    page = client_of("dispatcher").get(f"/desk/map/?area={COMMUNITY}&view=workers").content.decode()
    refused = client_of("handler").get(f"/desk/map/?area={COMMUNITY}&view=workers").content.decode()
    areas = client_of("handler").get(f"/desk/map/areas?area={COMMUNITY}&view=workers").content.decode()

    assert figures(page)[0] == ["槐安第一网格", "director&lt;b&gt;（顶岗）", "gridworker&lt;b&gt;"]
    assert "人员配备" not in refused
    assert "director" not in refused
    assert "director" not in areas


def test_categories_that_are_not_public_are_neither_drawn_nor_counted_nor_listed(drawn: Cast) -> None:
    client, tile = client_of("gridworker"), tile_at(WEST + 2_000, SOUTH + 2_000, 16)
    Category.objects.filter(pk=drawn.category).update(is_public=False)
    editions.forget_all()
    lon, lat = (WEST + 2_000) / 1e6, (SOUTH + 2_000) / 1e6

    page = client.get("/desk/map/?state=all").content.decode()

    assert figures(page)[-1][1] == "0"
    assert client.get(f"/desk/map/tiles/{tile.z}/{tile.x}/{tile.y}?state=all").content == b""
    assert "/desk/matter/LL" not in client.get(f"/desk/map/here?state=all&box={lon - 0.001},{lat - 0.001},{lon + 0.001},{lat + 0.001}").content.decode()


@pytest.mark.parametrize("address", ["", "areas", "here?box=117,39,118,40", "tiles/14/13523/6221", f"redraw/{COMMUNITY}/", "redrawing/1/"])
def test_nobody_looks_without_signing_in_and_an_administrator_has_no_matters(drawn: Cast, address: str) -> None:
    assert Client().get(f"/desk/map/{address}").status_code == 303
    assert client_of("sysadmin").get(f"/desk/map/{address}").status_code in (403, 404)


def test_matters_upon_one_another_are_listed(drawn: Cast) -> None:
    lon, lat = (WEST + 2_000) / 1e6, (SOUTH + 2_000) / 1e6

    page = client_of("gridworker").get(f"/desk/map/here?state=all&box={lon - 0.0005},{lat - 0.0005},{lon + 0.0005},{lat + 0.0005}").content.decode()

    assert page.count("/desk/matter/LL") == 2


def test_a_district_uploads_looks_and_puts_into_force(drawn: Cast) -> None:
    client = client_of("district")
    page = client.get(f"/desk/map/redraw/{COMMUNITY}/").content.decode()
    key = re.search(r'name="idempotency" value="([^"]+)"', page)
    assert key

    sent = client.post(f"/desk/map/redraw/{COMMUNITY}/", {
        "idempotency": key[1], "since": clock.today().isoformat(), "datum": "WGS84", "source": HOSTILE[:60],
        "collection": SimpleUploadedFile("new.geojson", grounds.cuts(0.3, 0.6).encode())})
    looked: Any = client.get(sent.headers["Location"])
    done = client.post(sent.headers["Location"], {"idempotency": "once", "version": "1"})

    page = looked.content.decode()
    assert (sent.status_code, looked.status_code, done.status_code) == (303, 200, 303)
    assert page.count("<svg xmlns") == 2
    assert HOSTILE[:8] not in page
    assert "2 件换网格" in page
    assert "已确认" in client.get(sent.headers["Location"]).content.decode()


def test_a_wrong_drawing_comes_back_with_its_sentence(drawn: Cast) -> None:
    answer = client_of("district").post(f"/desk/map/redraw/{COMMUNITY}/", {
        "idempotency": "k", "since": clock.today().isoformat(), "datum": "WGS84",
        "collection": SimpleUploadedFile("new.geojson", grounds.collection(("甲", grounds.strip(0, 0.4))).encode())})

    assert answer.status_code == 422
    assert "没有盖满" in answer.content.decode()


def test_only_a_district_is_offered_redrawing_and_others_are_refused(drawn: Cast) -> None:
    number = drawn.redrawing()

    assert f"/desk/map/redraw/{COMMUNITY}/" in client_of("district").get(f"/desk/map/?area={COMMUNITY}").content.decode()
    assert f"/desk/map/redraw/{COMMUNITY}/" not in client_of("dispatcher").get(f"/desk/map/?area={COMMUNITY}").content.decode()
    assert [client_of("dispatcher").get(f"/desk/map/{what}").status_code for what in (f"redraw/{COMMUNITY}/", f"redrawing/{number}/")] == [403, 403]
    assert [client_of("district2").get(f"/desk/map/{what}").status_code for what in (f"redraw/{COMMUNITY}/", f"redrawing/{number}/")] == [404, 404]


def test_the_citys_own_base_map_shows_its_licence(drawn: Cast, settings: Any) -> None:
    settings.MAP_STYLE, settings.MAP_LICENCE = "https://map.example/style.json", "GS(2026)0001号"

    page = client_of("gridworker").get("/desk/map/").content.decode()

    assert "底图审图号：GS(2026)0001号" in page
    assert 'data-style="https://map.example/style.json"' in page
