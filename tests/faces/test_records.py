# SPDX-License-Identifier: MulanPSL-2.0
"""The pages of the registers: overview, lists, records with history, forms, the building as a matrix, the household; each within its sight, with pinned queries."""

import re
from typing import Any
from unittest.mock import patch

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from linli.core import clock
from linli.core.sight import looking, of_all
from linli.desk import records
from linli.elements.models import Building, Dwelling, Household, Membership, Person, Residence
from linli.elements.registers import lists
from linli.elements.registers.declaring import register_named, registers
from tests.cast import COMMUNITY, GRID, HOSTILE, Cast
from tests.faces.browsers import Enter

pytestmark = pytest.mark.django_db
PHONE = "13800138000"


@pytest.fixture
def house(cast: Cast) -> dict[str, int]:
    """A building with two doorways and three floors; in 1-301 lives a household of two."""
    building = cast.do("building.add", "director", area=GRID, quarter="槐安里", number="3", floors=3)["building"]
    homes = {f"{doorway}-{floor}0{room}": cast.do("dwelling.add", "director", building=building, doorway=doorway, floor=floor, room=f"{floor}0{room}",
                                                 occupancy="empty" if floor == 2 else "owner")["dwelling"]
             for doorway in "12" for floor in (1, 2, 3) for room in (1, 2) if (doorway, floor, room) != ("2", 1, 2)}
    head = cast.do("person.add", "director", dwelling=homes["1-301"], name="柳小溪", standing="together", relation="0", phone=PHONE, born_on="1980-02-29", sex="2")
    son = cast.do("person.add", "director", dwelling=homes["1-301"], household=head["household"], name="柳大川", standing="living", relation="2")
    return homes | {"building": building, "head": head["person"], "household": head["household"], "son": son["person"]}


def text_of(client: Client, address: str, status: int = 200) -> str:
    answer = client.get(address)
    assert answer.status_code == status, answer.content.decode()[:2000]
    return answer.content.decode()


def queries(client: Client, address: str) -> int:
    client.get(address)
    with CaptureQueriesContext(connection) as caught:
        assert client.get(address).status_code == 200
    return len([one for one in caught.captured_queries if not one["sql"].startswith(("SAVEPOINT", "RELEASE"))])


def crowd(building: int, count: int) -> None:
    """Many dwellings with a household each, written as a file would write them."""
    with looking(of_all()):
        homes = Dwelling.objects.bulk_create([
            Dwelling(area=GRID, building_id=building, doorway="9", floor=number // 4 + 1, room=f"{number // 4 + 1}0{number % 4}", key=f"k{number}")
            for number in range(count)])
        people = Person.objects.bulk_create([Person(area=GRID, name=f"众{number}", pinyin=f"zhong {number % 3}|z", standing="living") for number in range(count)])
        households = Household.objects.bulk_create([Household(area=GRID, dwelling=home) for home in homes])
        Membership.objects.bulk_create([Membership(area=GRID, household=household, person=person, relation="0") for household, person in zip(households, people, strict=True)])
        Residence.objects.bulk_create([Residence(area=GRID, dwelling=home, person=person, tie="living") for home, person in zip(homes, people, strict=True)])


def test_the_overview_counts_what_the_post_may_see(cast: Cast, house: dict[str, int], enter: Enter) -> None:
    own, street = text_of(enter("director"), "/desk/registers/"), text_of(enter("dispatcher"), "/desk/registers/")

    assert re.search(r"<strong>11</strong><span>房屋", own)
    assert re.search(r"<strong>2</strong><span>居民", own)
    assert "楼栋" in street
    assert "/desk/registers/person/" not in street


def test_a_list_is_narrowed_by_what_stands_in_the_address(cast: Cast, house: dict[str, int], enter: Enter) -> None:
    client = enter("gridworker")

    everybody = text_of(client, "/desk/registers/person/")
    begins = text_of(client, "/desk/registers/person/?text=liuxiao"), text_of(client, "/desk/registers/person/?text=柳大")
    living = text_of(client, "/desk/registers/person/?standing=living")
    empty = text_of(client, "/desk/registers/dwelling/?occupancy=empty")

    assert [name in everybody for name in ("柳小溪", "柳大川", "槐安里 3号楼 1门301")] == [True, True, True]
    assert "柳小溪" not in begins[1]
    assert ("柳大川" in living, "柳小溪" in living) == (True, False)
    assert len(re.findall(r"门20\d", empty)) == 4


@pytest.mark.parametrize("query", ["standing=x", "area=1", "area=x", "cursor=abc", "cursor=WzFd", "area=99999999999999999999"])
def test_a_filter_that_does_not_exist_is_named_and_left_out(cast: Cast, house: dict[str, int], enter: Enter, query: str) -> None:
    text = text_of(enter("director"), f"/desk/registers/person/?{query}", 422)

    assert 'role="alert"' in text
    assert "柳小溪" in text


def test_pages_go_on_by_key_and_back_without_missing_or_doubling_anybody(cast: Cast, house: dict[str, int]) -> None:
    crowd(house["building"], 23)
    register, seen, cursor, pages = register_named("person"), [], "", []
    with looking(of_all(), read_only=True):
        while True:
            found = lists.page(register, cast.director, lists.Filter(), cursor, size=10)
            pages.append([one.pk for one in found.rows])
            seen += pages[-1]
            cursor = found.older
            if not cursor:
                break
        back = lists.page(register, cast.director, lists.Filter(), found.newer, size=10)

    assert len(seen) == len(set(seen)) == 25
    assert [one.pk for one in back.rows] == pages[-2]


def test_lists_and_records_cost_as_many_queries_with_many_rows_as_with_few(cast: Cast, house: dict[str, int], enter: Enter) -> None:
    client = enter("director")
    addresses = [f"/desk/registers/{name}/" for name in ("building", "dwelling", "household", "person")] + [
        "/desk/buildings/", f"/desk/registers/household/{house['household']}/", f"/desk/registers/dwelling/{house['1-301']}/",
        f"/desk/registers/person/{house['head']}/", f"/desk/buildings/{house['building']}/", "/desk/registers/"]
    few = {address: queries(client, address) for address in addresses}
    crowd(house["building"], 40)
    many = {address: queries(client, address) for address in addresses}

    assert many == few
    assert list(many.values()) == [6, 6, 7, 10, 8, 13, 13, 12, 13, 5 + len(registers())]


def test_a_record_shows_what_is_sealed_masked_and_what_is_missing(cast: Cast, house: dict[str, int], enter: Enter) -> None:
    text = text_of(enter("gridworker"), f"/desk/registers/person/{house['head']}/")

    assert "138****8000" in text
    assert PHONE not in text
    assert "还没有填" in text
    assert "登记居民" in text


def test_a_correction_is_made_from_the_page_and_stands_in_the_history(cast: Cast, house: dict[str, int], enter: Enter) -> None:
    client, address = enter("gridworker"), f"/desk/registers/person/{house['head']}/change"
    form = text_of(client, address)

    assert "138****8000" in form
    assert PHONE not in form
    answer = client.post(address, {"version": "1", "name": "柳小溪", "sex": "2", "born_on": "1980-02-29", "phone": "13900139000", "employer": "", "idempotency": "a"})
    story = text_of(client, answer["Location"])
    assert answer.status_code == 303
    assert "联系电话：138****8000 → 139****9000" in story
    assert "更正居民" in story


def test_a_stale_correction_shows_both_versions_and_keeps_what_was_typed(cast: Cast, house: dict[str, int], enter: Enter) -> None:
    client, address = enter("gridworker"), f"/desk/registers/building/{house['building']}/change"
    cast.do("building.change", "director", building=house["building"], version=1, floors=18)

    answer = client.post(address, {"version": "1", "quarter": "槐安里", "number": "3", "use": "dwelling", "floors": "6", "idempotency": "a"})
    text = answer.content.decode()
    again = client.post(address, {"version": "2", "quarter": "槐安里", "number": "3", "use": "dwelling", "floors": "6", "idempotency": "b"})

    assert answer.status_code == 409
    assert re.search(r'data-label="现在的">18</td><td data-label="您填写的">6</td>', text)
    assert 'name="version" value="2"' in text
    assert again.status_code == 303


def test_a_wrong_field_is_told_beside_it_and_nothing_typed_is_lost(cast: Cast, house: dict[str, int], enter: Enter) -> None:
    answer = enter("gridworker").post(f"/desk/registers/person/add?dwelling={house['1-102']}", {"name": "柳 3", "standing": "living", "phone": "12", "idempotency": "a"})
    text = answer.content.decode()

    assert answer.status_code == 422
    assert 'value="柳 3"' in text
    assert "姓名里有数字或符号" in text
    assert "手机号应是 11 位" in text


def test_a_person_is_recorded_from_the_page_of_a_household(cast: Cast, house: dict[str, int], enter: Enter) -> None:
    client = enter("gridworker")
    link = re.search(r'href="(/desk/registers/person/add\?[^"]+)"', text_of(client, f"/desk/registers/household/{house['household']}/"))
    assert link is not None

    answer = client.post(link[1].replace("&amp;", "&"), {"name": "柳小雨", "standing": "together", "relation": "3", "idempotency": "a"})

    assert answer.status_code == 303
    assert "柳小雨" in text_of(client, f"/desk/registers/household/{house['household']}/")


def test_a_dwelling_is_recorded_from_its_building_only(cast: Cast, house: dict[str, int], enter: Enter) -> None:
    client = enter("gridworker")

    assert client.get("/desk/registers/dwelling/add")["Location"] == "/desk/registers/building/"
    assert client.get(f"/desk/registers/dwelling/add?building={house['building']}").status_code == 200
    assert client.get("/desk/registers/dwelling/add?building=999999").status_code == 404


def test_other_pages_are_offered_from_a_record_to_whoever_keeps_it(cast: Cast, house: dict[str, int], enter: Enter) -> None:
    link = {"words": "种树", "icon": "plus", "href": "/desk/planted/"}
    with patch.object(records, "_builders", [lambda register, _one, _actor: [link] if register.name == "dwelling" else []]):
        keeper = text_of(enter("gridworker"), f"/desk/registers/dwelling/{house['1-301']}/")
        others = text_of(enter("dispatcher"), f"/desk/registers/dwelling/{house['1-301']}/"), text_of(enter("gridworker"), f"/desk/registers/person/{house['head']}/")

    assert "/desk/planted/" in keeper
    assert "/desk/planted/" not in others[0] + others[1]


def test_a_building_leads_to_its_matrix(cast: Cast, house: dict[str, int], enter: Enter) -> None:
    assert enter("gridworker").get(f"/desk/registers/building/{house['building']}/")["Location"] == f"/desk/buildings/{house['building']}/"
    assert enter("director2").get(f"/desk/registers/building/{house['building']}/").status_code == 404


def test_an_ended_record_leaves_the_list_and_comes_back(cast: Cast, house: dict[str, int], enter: Enter) -> None:
    client, home = enter("director"), house["2-101"]
    ended = client.post(f"/desk/registers/dwelling/{home}/end", {"version": "1", "reason": "mistake", "idempotency": "a"})
    left = text_of(client, f"/desk/buildings/{house['building']}/"), text_of(client, f"/desk/registers/dwelling/{home}/")
    client.post(f"/desk/registers/dwelling/{home}/restore", {"version": "2", "reason": "有这间", "idempotency": "b"})

    assert ended.status_code == 303
    assert f"/desk/registers/dwelling/{home}/" not in left[0]
    assert "已于" in left[1]
    assert f"/desk/registers/dwelling/{home}/" in text_of(client, f"/desk/buildings/{house['building']}/")


def test_the_matrix_has_doorways_floors_from_the_top_and_a_cell_for_each_home(cast: Cast, house: dict[str, int], enter: Enter) -> None:
    text = text_of(enter("gridworker"), f"/desk/buildings/{house['building']}/")
    floors = re.findall(r'<th scope="row">(\d)层</th>', text)
    cell = re.search(rf'<td><a class="home ([a-z-]+)" href="/desk/registers/dwelling/{house["1-301"]}/">(.*?)</a></td>', text)

    assert floors == ["3", "2", "1"] * 2
    assert re.findall(r'<h2 id="doorway-\d">([^<]+)</h2>', text) == ["1门", "2门"]
    assert cell is not None
    assert [word in cell[2] for word in ("301", "柳小溪", "2 人", "人户不一致")] == [True] * 4
    assert cell[1] == "is-apart"
    assert len(re.findall('class="home is-empty"', text)) == 4
    assert len(re.findall("没有登记", text)) == 1
    assert "data-arrows" in text


def test_the_same_building_reads_as_a_table(cast: Cast, house: dict[str, int], enter: Enter) -> None:
    text = text_of(enter("gridworker"), f"/desk/buildings/{house['building']}/?as=table")

    assert len(re.findall(r'<td class="what"><a href="/desk/registers/dwelling/', text)) == 11
    assert "柳小溪" in text


def test_an_office_that_sees_no_people_sees_homes_without_names(cast: Cast, house: dict[str, int], enter: Enter) -> None:
    client = enter("dispatcher")
    text = text_of(client, f"/desk/buildings/{house['building']}/")
    home = text_of(client, f"/desk/registers/dwelling/{house['1-301']}/")

    assert "2 人" in text
    assert "柳" not in text + home
    assert client.get(f"/desk/registers/person/{house['head']}/").status_code == 403
    assert client.get("/desk/registers/person/").status_code == 403


def test_a_household_shows_members_over_time_and_who_is_registered(cast: Cast, house: dict[str, int], enter: Enter) -> None:
    with looking(of_all()):
        gone = Person.objects.create(area=GRID, name="柳先生", standing="gone")
        Membership.objects.create(area=GRID, household_id=house["household"], person=gone, relation="5", until=clock.today())
        owner = Person.objects.create(area=GRID, name="王房东", standing="other")
        Residence.objects.create(area=GRID, dwelling_id=house["1-301"], person=owner, tie="owner")
    text = text_of(enter("gridworker"), f"/desk/registers/household/{house['household']}/")
    now, former, others = (text.index(f'id="{name}"') for name in ("members", "former", "others"))

    assert now < text.index("柳大川") < former < text.index("柳先生") < others < text.index("王房东")
    assert text.index("柳小溪") < text.index("柳大川")


def test_hostile_names_stay_text_everywhere(cast: Cast, enter: Enter) -> None:
    client, numbers = enter("gridworker"), {name: cast.record(name) for name in ("building", "dwelling", "household", "person")}
    texts = [text_of(client, f"/desk/buildings/{numbers['building']}/"), text_of(client, "/desk/buildings/"), text_of(client, "/desk/registers/person/"),
             *(text_of(client, f"/desk/registers/{name}/{number}/") for name, number in numbers.items() if name != "building")]

    assert [text for text in texts if HOSTILE[:30] in text] == []
    assert all("&lt;" in text for text in texts)


@pytest.fixture
def exports_root(settings: Any, tmp_path: Any) -> None:
    settings.EXPORT_ROOT = tmp_path / "exports"


def test_a_list_taken_out_holds_no_plain_number(cast: Cast, house: dict[str, int], exports_root: None) -> None:
    from linli.doors.exports import listing_of

    listing = listing_of("register.person")
    with looking(of_all(), read_only=True), patch("linli.desk.register_listings.BLOCK", 1):
        rows = list(listing.rows(cast.director, listing.checked(cast.director, {})))

    assert [len(row) for row in rows] == [len(listing.columns)] * 2
    assert sorted(row[1] for row in rows) == ["柳大川", "柳小溪"]
    assert [PHONE in str(row) for row in rows] == [False, False]
    assert any("138****8000" in row for row in rows)


def test_buildings_are_chosen_by_estate(cast: Cast, house: dict[str, int], enter: Enter) -> None:
    text = text_of(enter("dispatcher"), f"/desk/buildings/?area={COMMUNITY}")

    assert re.search(r"槐安里.*?<strong>3号楼</strong><span>11 间房屋</span><span class=\"muted\">2 人", text, re.DOTALL)
    with looking(of_all()):
        assert Building.objects.count() == 1
