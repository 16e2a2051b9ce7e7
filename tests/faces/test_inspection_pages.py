# SPDX-License-Identifier: MulanPSL-2.0
"""Pages of inspections: an officer opens them, assessors enter on their sheet, nobody reads another's marks early, and a figure opens onto the sheet."""

from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from linli.core import clock, due
from linli.core.actions import run
from linli.core.sight import Actor, looking, of_all
from linli.doors import cookies
from linli.elements import sessions
from linli.elements.models import Account
from linli.measures.models import Inspection
from linli.measures.rebuilding import rebuild
from tests.cast import CITY, COMMUNITY, COMMUNITY2, DISTRICT, DISTRICT2, Cast
from tests.inspections import ITEMS, Team, picture, somebody, team

pytestmark = pytest.mark.django_db
Browse = Callable[[Actor], Client]


@pytest.fixture
def crew(cast: Cast, settings: Any, tmp_path: Any) -> Team:
    """The first district with an officer and four assessors."""
    settings.EVIDENCE_ROOT = tmp_path / "evidence"
    return team(DISTRICT)


@pytest.fixture
def browse() -> Browse:
    def opened(who: Actor) -> Client:
        client = Client()
        client.cookies[cookies.SESSION] = sessions.open_for(Account.objects.get(pk=who.account)).cookie
        return client

    return opened


def text(client: Client, address: str, status: int = 200) -> str:
    answer = client.get(address)
    assert answer.status_code == status, (address, answer.status_code)
    return answer.content.decode()


def test_an_officer_opens_inspections_of_two_communities_and_sees_how_far_they_are(crew: Team, browse: Browse) -> None:
    client = browse(crew.officer)
    form = text(client, "/desk/inspections/new")
    assert "小区环境卫生" in form
    people = [str(one.account) for one in crew.assessors[:2]]

    sent = client.post("/desk/inspections/new", {"communities": [str(COMMUNITY), str(COMMUNITY2)], "codes": ["D3-01", "D3-06"], "assessors": people,
                                                 "day": clock.today().isoformat(), "is_announced": ""})
    assert sent.status_code == 303
    with looking(of_all()):
        made = list(Inspection.objects.order_by("area"))
    assert [(one.area, one.codes, one.is_announced) for one in made] == [(COMMUNITY, ["D3-01", "D3-06"], False), (COMMUNITY2, ["D3-01", "D3-06"], False)]
    assert "0 / 2" in text(client, "/desk/inspections/")
    assert "还没有声明" in text(client, f"/desk/inspections/{made[0].pk}/")


def test_what_was_ticked_stays_ticked_when_the_form_is_refused(crew: Team, browse: Browse) -> None:
    answer = browse(crew.officer).post("/desk/inspections/new", {"communities": [str(COMMUNITY)], "codes": ["D3-06"], "assessors": [str(crew.assessors[0].account)],
                                                                 "day": clock.today().isoformat()})
    page = answer.content.decode()

    assert answer.status_code == 422
    assert "至少要有 2 名测评员" in page
    assert f'value="{COMMUNITY}" checked' in page
    assert 'value="D3-06" checked' in page
    assert 'value="D3-01" checked' not in page
    assert f'value="{crew.assessors[0].account}" checked' in page


def test_an_assessor_declares_enters_with_a_photo_and_hands_in_on_his_sheet(crew: Team, browse: Browse) -> None:
    number, one = crew.open(COMMUNITY, codes=["D3-02", "D3-06"]), crew.assessors[0]
    client, sheet = browse(one), f"/desk/inspections/{number}/sheet"
    assert "先声明利害关系" in text(client, sheet)
    assert client.get(f"{sheet}/item/D3-06").status_code == 302, "first the declaration"
    client.post(sheet, {"conflict": "none", "text": ""})
    page = text(client, f"{sheet}/item/D3-06")
    assert f'data-keep-draft="inspection-{number}-D3-06"' in page
    assert "20" in page

    wrong = client.post(f"{sheet}/item/D3-06", {"whole": "50", "part": "60", "note": "数了两遍"})
    assert wrong.status_code == 422
    assert "数了两遍" in wrong.content.decode()
    photo = SimpleUploadedFile("灯.jpg", picture(), "image/jpeg")
    kept = client.post(f"{sheet}/item/D3-06", {"whole": "50", "part": "47", "note": "", "evidence__files": [photo]})
    assert kept.headers["Location"].endswith("/item/D3-02")
    page = text(client, sheet)
    assert "47 / 50" in page
    assert "旧楼区长效管理合格率”没有填" in page
    client.post(f"{sheet}/item/D3-02", {"is_absent": "true"})
    client.post(f"{sheet}/finding", {"code": "D3-06", "text": "三号楼灯坏了一盏", "condition": ""})
    assert "三号楼灯坏了一盏" in text(client, sheet)
    client.post(sheet, {})
    assert "已提交，不能再改" in text(client, sheet)
    assert client.get(f"{sheet}/item/D3-06").status_code == 302


def test_no_page_shows_anybody_a_mark_or_a_finding_of_somebody_else_before_all_is_settled(crew: Team, cast: Cast, browse: Browse) -> None:
    number, (first, second, third, idle) = crew.open(COMMUNITY, codes=["D3-06"]), crew.assessors
    crew.declare(first, number)
    crew.enter(first, number, "D3-06", 31_337, 54_321, note="只有我知道的话")
    run("inspection.find", first, {"inspection": number, "code": "D3-06", "text": "只有我知道的话"})
    crew.hand_in(first, number)
    crew.declare(second, number)
    crew.enter(second, number, "D3-06", 1, 54_321)
    crew.hand_in(second, number)
    crew.assign(number, third)
    crew.declare(third, number)
    addresses = ["/desk/inspections/", f"/desk/inspections/{number}/", f"/desk/inspections/{number}/sheet", f"/desk/inspections/{number}/sheet/item/D3-06",
                 "/desk/inspections/agreement", "/desk/journal/", f"/desk/results/{COMMUNITY}/", f"/desk/results/{COMMUNITY}/D3-06/"]

    for who in (crew.officer, second, third, idle, somebody("city", CITY), cast.head, cast.director, cast.gridworker):
        client = browse(who)
        for address in addresses:
            page = client.get(address).content.decode()
            assert "31,337" not in page, (who.role, address)
            assert "31337" not in page, (who.role, address)
            assert "只有我知道的话" not in page, (who.role, address)
    assert "只有我知道的话" in text(browse(first), f"/desk/inspections/{number}/sheet"), "the test looks where something is to be seen"


def test_who_may_not_see_an_inspection_gets_not_found_and_an_assessor_sees_nothing_else_of_the_community(crew: Team, cast: Cast, browse: Browse) -> None:
    number = crew.open(COMMUNITY)
    for who, wanted in ((somebody("district", DISTRICT2), 404), (cast.head, 404), (cast.director, 404), (crew.assessors[0], 403)):
        assert browse(who).get(f"/desk/inspections/{number}/").status_code == wanted
    assert browse(crew.assessors[2]).get(f"/desk/inspections/{number}/sheet").status_code == 404
    assert browse(cast.head).get(f"/desk/inspections/{number}/sheet").status_code == 403
    client = browse(crew.assessors[0])
    for address in ("/desk/inbox/", f"/desk/results/{COMMUNITY}/", "/desk/registers/", "/desk/journal/", "/desk/map/", "/desk/exports/", "/desk/find/",
                    "/desk/accounts/", f"/desk/quality/{COMMUNITY}/", "/desk/buildings/"):
        assert client.get(address).status_code in (403, 404), address
    assert client.get("/desk/").headers["Location"] == "/desk/inspections/"


def test_a_figure_opens_onto_the_settled_sheet_for_who_sees_results(crew: Team, cast: Cast, browse: Browse) -> None:
    rebuild(str(clock.today().year))
    number = crew.open(COMMUNITY)
    crew.fill(crew.assessors[0], number)
    crew.fill(crew.assessors[1], number, ITEMS | {"D3-06": (46, 50)})
    while due.drain():
        pass
    client = browse(cast.director)

    page = text(client, f"/desk/results/{COMMUNITY}/D3-06/")
    assert f'href="/desk/inspections/{number}/"' in page
    assert "91 / 100" in page
    sheet = text(client, f"/desk/inspections/{number}/")
    assert "46 / 50" in sheet
    assert "45 / 50" in sheet
    assert "100.0%" in text(browse(crew.officer), "/desk/inspections/agreement")


def test_an_officer_names_a_third_takes_one_off_and_declares_void_by_forms(crew: Team, browse: Browse) -> None:
    number, client = crew.open(COMMUNITY, codes=["D3-01"]), browse(crew.officer)
    first, second, third, _ = crew.assessors
    released = client.post(f"/desk/inspections/{number}/do/release", {"assessors": str(second.account), "reason": "生病"})
    assert released.status_code == 303
    assert "请另指定一名" in text(client, f"/desk/inspections/{number}/")
    offered = text(client, f"/desk/inspections/{number}/do/assign")
    assert f'value="{third.account}"' in offered
    assert f'value="{first.account}"' not in offered
    client.post(f"/desk/inspections/{number}/do/assign", {"assessors": str(third.account)})
    assert "请另指定一名" not in text(client, f"/desk/inspections/{number}/")
    client.post(f"/desk/inspections/{number}/do/void", {"reason": "暴雨"})
    assert "已宣布无效" in text(client, f"/desk/inspections/{number}/")
    assert client.get(f"/desk/inspections/{number}/do/dance").status_code == 404


def test_what_is_past_its_day_stands_on_top_and_the_list_asks_the_same_few_questions_whatever_it_holds(crew: Team, browse: Browse) -> None:
    crew.open(COMMUNITY)
    client = browse(crew.officer)
    client.get("/desk/inspections/")

    def asked() -> int:
        with CaptureQueriesContext(connection) as found:
            client.get("/desk/inspections/")
        return len([one for one in found.captured_queries if "measures_" in one["sql"]])

    few = asked()
    for _ in range(4):
        crew.open(COMMUNITY, COMMUNITY2)
    assert asked() == few <= 3
    with looking(of_all()):
        Inspection.objects.update(due_on=clock.today().replace(year=clock.today().year - 1))
    assert "超过提交日期还没有完成的" in text(client, "/desk/inspections/")
