# SPDX-License-Identifier: MulanPSL-2.0
"""The desk's pages of organisations, facilities, responsibility and reach: what they say, what they lead to, and what they cost."""

from collections.abc import Callable
from datetime import timedelta
from html import unescape
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from linli.core import clock, due
from linli.core.sight import looking, of_all
from linli.doors import cookies
from linli.elements import reaches, sessions
from linli.elements.coordinates import cell
from linli.elements.models import Account, Building, Dwelling, Organisation, Responsibility, Seat, Thing, ThingPart
from linli.ui import navigation
from tests.cast import COMMUNITY, COMMUNITY2, GRID, STREET, Cast

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
PAGES = ("organisations", "facilities", "responsibility", "coverage")


@pytest.fixture
def at_desk() -> Callable[[str], Client]:
    """A browser of somebody."""

    def open_(name: str) -> Client:
        client = Client()
        client.cookies[cookies.SESSION] = sessions.open_for(Account.objects.get(username=name)).cookie
        return client

    return open_


def text_of(answer: Any) -> str:
    return unescape(answer.content.decode())


def house(number: str, *doorways: str, lat: int = 39_117_000) -> int:
    with looking(of_all()):
        made = Building.objects.create(area=GRID, quarter="槐安里", number=number, key=number, lon_e6=117_194_000, lat_e6=lat, cell=cell(117_194_000, lat))
        Dwelling.objects.bulk_create([Dwelling(area=GRID, building=made, doorway=one, key=one) for one in doorways])
        return made.pk


def test_a_committee_is_entered_with_its_term_and_its_chair_and_shows_what_is_vacant(cast: Cast, at_desk: Callable[[str], Client]) -> None:
    client, number = at_desk("director"), cast.do("organisation.add", "director", area=COMMUNITY, kind="residents_committee", name="槐安社区居民委员会")["organisation"]
    page = reverse("desk:organisation", args=[number])
    key = {"idempotency": "k1"}

    term = client.post(reverse("desk:organisation_change", args=[number, "term"]), {"number": "12", "since": "2026-03-01", "chosen_by": "voters"} | key)
    seat = client.post(reverse("desk:organisation_change", args=[number, "seat"]), {"office": "chair", "name": "柳树人", "since": "2026-03-01"} | key)

    assert (term.status_code, seat.status_code) == (303, 303)
    shown, listed = text_of(client.get(page)), text_of(client.get(reverse("desk:organisations")))
    assert all(one in shown for one in ("第 12 届", "柳树人", "空缺", "副主任", "2031年2月28日"))
    assert all(one in listed for one in ("槐安社区居民委员会", "主任 柳树人", "第 12 届"))


def test_what_is_wrong_in_a_form_is_told_and_nothing_typed_is_lost(cast: Cast, at_desk: Callable[[str], Client]) -> None:
    client, number = at_desk("director"), cast.standing("organisation")

    answer = client.post(reverse("desk:organisation_change", args=[number, "seat"]), {"office": "member", "name": "某某", "since": "2026-03-01", "until": "2026-01-01"})

    assert answer.status_code == 422
    assert "结束日期要晚于开始日期" in text_of(answer)
    assert 'value="某某"' in text_of(answer)


def test_a_party_branch_is_on_no_page_of_another_post(cast: Cast, at_desk: Callable[[str], Client]) -> None:
    with looking(of_all()):
        branch = Organisation.objects.create(area=COMMUNITY, kind="party_branch", name="槐安社区党委", pinyin="h")

    listed = text_of(at_desk("director").get(reverse("desk:organisations")))

    assert "槐安社区党委" not in listed
    assert "党组织" not in listed
    assert at_desk("director").get(reverse("desk:organisation", args=[branch.pk])).status_code == 404


def test_a_station_shows_its_equipment_by_expiry_and_its_missing_crew(cast: Cast, at_desk: Callable[[str], Client]) -> None:
    client, today = at_desk("gridworker"), clock.today()
    number = cast.do("micro_fire_station.add", "director", area=GRID, name="槐安微型消防站", phone="022-23456789")["thing"]
    change = reverse("desk:facility_change", args=[number, "part"])

    added = client.post(change, {"name": "灭火器", "unit": "具", "count": "4", "wanted": "10", "expires_on": (today + 9 * DAY).isoformat()})
    listed = client.post(reverse("desk:facility_change", args=[number, "propose"]), {})

    assert (added.status_code, listed.status_code) == (303, 303)
    shown = text_of(client.get(reverse("desk:facility", args=[number])))
    overview = text_of(client.get(reverse("desk:facilities") + "?kind=micro_fire_station"))
    assert all(one in shown for one in ("快到期", "灭火防护服", "缺额", "022-23456789"))
    assert "快到期 1 项" in overview
    assert "缺队员 5 人" in overview


def test_a_shelter_says_how_many_it_holds_and_where_it_falls_short(cast: Cast, at_desk: Callable[[str], Client]) -> None:
    number = cast.do("emergency_shelter.add", "director", area=GRID, name="槐安公园", square_decimetres="9000", exits=2, **{"class": "long"})["thing"]

    shown = text_of(at_desk("director").get(reverse("desk:facility", args=[number])))

    assert "2,000" in shown
    assert "现在登记了 2 个" in shown


def test_the_set_of_rooms_says_what_a_community_lacks_and_which_communities_lack_it(cast: Cast, at_desk: Callable[[str], Client]) -> None:
    cast.do("service_room.add", "director", area=GRID, name="图书室", room="reading")

    community = text_of(at_desk("director").get(reverse("desk:facilities") + "?kind=service_room"))
    street = text_of(at_desk("dispatcher").get(reverse("desk:facilities") + "?kind=service_room&option=reading"))

    assert "还缺 17 项" in community
    assert "图书阅览室" in street
    assert "1/2" in street
    assert "槐宁社区" in street


def test_doorways_without_anybody_come_first_and_lead_to_the_form_that_covers_them(cast: Cast, at_desk: Callable[[str], Client]) -> None:
    client, number = at_desk("director"), house("3号楼", "1", "2")
    page = reverse("desk:responsibility")
    before = text_of(client.get(page))
    form = text_of(client.get(reverse("desk:responsibility_change", args=[COMMUNITY, "give"]) + f"?building={number}&doorway=2"))

    done = client.post(reverse("desk:responsibility_change", args=[COMMUNITY, "give"]), {
        "buildings": str(number), "doorway": "2", "post": str(cast.posts["gridworker"]), "since": clock.today().isoformat()})

    after = text_of(client.get(page))
    assert before.count("今天起") == 1
    assert "1、2门" in before
    assert f'value="{number}" checked' in form
    assert done.status_code == 303
    assert after.count("今天起") == 1
    assert "1、2门" not in after
    assert "gridworker" in after
    assert "槐安社区" in text_of(at_desk("dispatcher").get(page))


def test_a_service_shows_buildings_out_of_reach_on_the_scheme_and_in_the_list(cast: Cast, at_desk: Callable[[str], Client]) -> None:
    client = at_desk("director")
    house("1号楼", "1")
    house("2号楼", "1", "2", lat=39_167_000)
    cast.do("service_room.add", "director", area=GRID, name="卫生站", room="clinic", position="117.194,39.117")
    with looking(of_all()):
        Building.objects.create(area=GRID, number="没有位置", key="none")
        reaches.reckon([(0, 10**15)])

    overview = text_of(client.get(reverse("desk:coverage")))
    one = text_of(client.get(reverse("desk:coverage") + "?service=service_room.clinic"))
    wide = text_of(at_desk("dispatcher").get(reverse("desk:coverage") + "?service=service_room.clinic"))

    assert "不能判断的 1 栋" in overview
    assert "乘 1.3（拟）" in overview
    assert "槐安里 2号楼" in one
    assert "槐安里 1号楼" not in one
    assert "两倍范围内没有" in one
    assert "槐安社区" in wide
    assert client.get(reverse("desk:coverage") + "?service=nonsense").status_code == 404


@pytest.mark.parametrize("page", PAGES)
def test_a_page_is_for_posts_with_the_ability_and_its_range_only(cast: Cast, at_desk: Callable[[str], Client], page: str) -> None:
    address = reverse(f"desk:{page}")

    assert at_desk("handler").get(address).status_code == 403
    assert at_desk("director").get(f"{address}?area={COMMUNITY2}").status_code == 404
    assert at_desk("dispatcher").get(f"{address}?area={COMMUNITY}").status_code == 200
    assert at_desk("gridworker").get(address).status_code == 200
    assert at_desk("district").get(f"{address}?area={STREET}&after=x.y").status_code == 200


def test_forms_of_another_community_are_not_there(cast: Cast, at_desk: Callable[[str], Client]) -> None:
    client = at_desk("director2")
    names = {"organisation_change": (cast.standing("organisation"), "end_seat", cast.standing("seat")),
             "facility_change": (cast.standing("thing"), "change_part", cast.standing("part")), "responsibility_change": (COMMUNITY, "end", cast.standing("responsibility"))}

    for name, (number, what, record) in names.items():
        assert client.get(reverse(f"desk:{name}", args=[number, what]) + f"?number={record}").status_code == 404
        assert at_desk("director").get(reverse(f"desk:{name}", args=[number, what]) + f"?number={record}").status_code == 200
        assert at_desk("director").get(reverse(f"desk:{name}", args=[number, what]) + "?number=9'--").status_code == 404


def test_pages_cost_the_same_for_few_records_and_for_many(cast: Cast, at_desk: Callable[[str], Client]) -> None:
    client = at_desk("director")
    addresses = [reverse("desk:organisations"), reverse("desk:facilities") + "?kind=micro_fire_station", reverse("desk:responsibility"),
                 reverse("desk:coverage") + "?service=service_room.clinic"]
    plant(cast, 1)
    [client.get(one) for one in addresses]
    few = [queries(client, one) for one in addresses]
    plant(cast, 12)

    assert [queries(client, one) for one in addresses] == few
    assert max(few) <= 14


def queries(client: Client, address: str) -> int:
    with CaptureQueriesContext(connection) as found:
        assert client.get(address).status_code == 200
    return len(found)


def plant(cast: Cast, count: int) -> None:
    with looking(of_all()):
        start = Thing.objects.count()
        for number in range(start, start + count):
            unit = Organisation.objects.create(area=COMMUNITY, kind="residents_group", name=f"第{number}组", pinyin=f"p{number:03}")
            Seat.objects.create(area=COMMUNITY, organisation=unit, office="leader", name="某")
            thing = Thing.objects.create(area=GRID, kind="micro_fire_station", name=f"{number}站", pinyin=f"p{number:03}")
            ThingPart.objects.create(area=GRID, thing=thing, name="灭火器")
            building = Building.objects.create(area=GRID, number=str(number), key=str(number), lon_e6=117_194_000 + number, lat_e6=39_117_000,
                                               cell=cell(117_194_000 + number, 39_117_000))
            Responsibility.objects.create(area=GRID, building=building, post_id=cast.posts["gridworker"], since=clock.today())
        reaches.reckon([(0, 10**15)])


def test_what_rings_about_facilities_and_doorways_stands_among_the_alarms(cast: Cast, at_desk: Callable[[str], Client]) -> None:
    house("3号楼", "1")
    cast.standing("organisation")
    thing = cast.standing("thing")
    cast.do("part.add", "director", thing=thing, name="面具", count=2, expires_on=(clock.today() - DAY).isoformat())
    with looking(of_all()):
        held = Responsibility.objects.get().pk
    cast.do("responsibility.end", "director", responsibility=held)
    while due.drain():
        pass

    shown = text_of(at_desk("director").get(reverse("desk:alarms")))

    assert "设施配备已过期" in shown
    assert "设施配备快到期" in shown
    assert "楼门没有包联责任人" in shown


def test_the_pages_stand_in_the_navigation_of_those_who_may_open_them(cast: Cast) -> None:
    names = {one.name for one in navigation.links("desk", cast.director, "/desk/")}

    assert set(PAGES) <= names
    assert not set(PAGES) & {one.name for one in navigation.links("desk", cast.handler, "/desk/")}
