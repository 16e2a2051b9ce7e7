# SPDX-License-Identifier: MulanPSL-2.0
"""Records of declared registers are written by generated actions, kept as declared, refused with a sentence, and their history tells each difference."""

from typing import Any

import pytest
from django.db import connection

from linli.core import registry
from linli.core.faults import Conflict, Invalid, NotAble, NotVisible
from linli.core.models import JournalPayload, SubjectKey
from linli.core.sight import looking, of_all, of_post
from linli.core.words import words
from linli.elements.models import Household, Membership, Person, Residence, Thing
from linli.elements.registers import history, recording, records, sealing
from linli.elements.registers.checks.person_numbers import check_sign
from linli.elements.registers.declaring import Column, Ending, Register, declare, register_named
from tests.cast import COMMUNITY, COMMUNITY2, GRID, Cast

pytestmark = pytest.mark.django_db
BODY = "99999919800229002"
NUMBER = BODY + check_sign(BODY)
"""A number that can be nobody's: no division begins with 99."""
PHONE = "13800138000"


@pytest.fixture
def building(cast: Cast) -> int:
    return int(cast.do("building.add", "director", area=GRID, quarter="槐安里", number="３号楼", floors=6)["building"])


@pytest.fixture
def dwelling(cast: Cast, building: int) -> int:
    return int(cast.do("dwelling.add", "gridworker", building=building, doorway="2", floor=5, room="501", occupancy="owner")["dwelling"])


def person(cast: Cast, dwelling: int, **more: Any) -> dict[str, Any]:
    return cast.do("person.add", "gridworker", **({"dwelling": dwelling, "name": "柳小 溪", "standing": "together", "relation": "0", "id_kind": "111",
                                                   "id_number": NUMBER, "phone": f"+86 {PHONE}"} | more))


def test_a_record_is_kept_in_its_one_written_form_with_its_key_and_area(cast: Cast, building: int, dwelling: int) -> None:
    with looking(of_post(cast.director)):
        house = records.find(register_named("building"), cast.director, building)
        home = records.find(register_named("dwelling"), cast.director, dwelling)

    assert (house.area, house.number, home.area, home.building_id) == (GRID, "3号楼", GRID, building)
    assert "" not in (house.key, home.key)
    assert set(house.confirmed) == {"quarter", "number", "floors"}


def test_a_person_is_tied_to_dwelling_and_household_and_what_is_personal_is_sealed(cast: Cast, dwelling: int) -> None:
    answer = person(cast, dwelling, registered_address="天津市和平区某里 1 号")

    with looking(of_post(cast.director)):
        one = Person.objects.get(pk=answer["person"])
        ties = set(Residence.objects.filter(person=one).values_list("tie", flat=True))
        membership = Membership.objects.get(person=one)
    assert (one.name, one.pinyin, ties, membership.relation, membership.household_id) == ("柳小溪", "liu xiao xi|lxx", {"living", "registered"}, "0", answer["household"])
    assert sealing.open_value("person", "id_number", one.pk, one.id_sealed) == NUMBER
    assert one.phone_index == sealing.index_of("person", "phone", PHONE)
    assert sealing.open_bundle("person", one.pk, one.sealed) == {"registered_address": "天津市和平区某里 1 号"}


def test_what_a_number_tells_is_not_asked_again(cast: Cast, dwelling: int) -> None:
    number = person(cast, dwelling, id_kind="", relation="0")["person"]
    other = person(cast, dwelling, name="柳大川", relation="2", id_number="", id_kind="")["person"]

    with looking(of_all()):
        one, two = Person.objects.get(pk=number), Person.objects.get(pk=other)
    assert (str(one.born_on), one.sex, one.id_kind) == ("1980-02-29", "2" if int(NUMBER[16]) % 2 == 0 else "1", "111")
    assert (two.born_on, two.sex, two.id_kind) == (None, "0", "")


def test_no_plain_number_lies_in_record_or_journal(cast: Cast, dwelling: int, owner: None) -> None:
    number = person(cast, dwelling)["person"]
    cast.do("person.change", "gridworker", person=number, version=1, phone="13900139000")

    with connection.cursor() as cursor:
        cursor.execute("select row_to_json(p)::text from elements_person p union all select plain::text from core_journalpayload")
        text = "\n".join(row[0] for row in cursor.fetchall())

    assert [one for one in (NUMBER, PHONE, "13900139000") if one in text] == []


def test_a_change_touches_only_what_was_given_and_says_what_it_was(cast: Cast, dwelling: int) -> None:
    number = person(cast, dwelling)["person"]

    answer = cast.do("person.change", "gridworker", person=number, version=1, former_name="柳溪", phone="13900139000")

    assert answer == {"person": number, "version": 2, "changed": ["former_name", "phone"]}
    with looking(of_post(cast.director), read_only=True):
        one = records.find(register_named("person"), cast.director, number)
        told = history.history_of(register_named("person"), one, cast.director)
    assert [event.action for event in told] == ["person.change", "person.add"]
    assert [(str(one.label), one.was, one.now) for one in told[0].differences] == [("曾用名", "", "柳溪"), ("联系电话", "138****8000", "139****9000")]


def test_an_empty_field_empties_and_a_sealed_one_only_when_it_is_named(cast: Cast, dwelling: int) -> None:
    number = person(cast, dwelling, former_name="柳溪")["person"]

    first = cast.do("person.change", "gridworker", person=number, version=1, former_name="", phone="")
    second = cast.do("person.change", "gridworker", person=number, version=2, emptied=["phone"])

    assert (first["changed"], second["changed"]) == (["former_name"], ["phone"])
    with looking(of_all()):
        one = Person.objects.get(pk=number)
    assert (one.former_name, one.phone_sealed, one.phone_index) == ("", None, None)


def test_a_change_of_nothing_leaves_the_version(cast: Cast, building: int) -> None:
    assert cast.do("building.change", "director", building=building, version=1, quarter="槐安里") == {"building": building, "version": 1, "changed": []}


def test_a_stale_change_is_a_conflict_and_saves_nothing(cast: Cast, building: int) -> None:
    cast.do("building.change", "director", building=building, version=1, floors=7)

    with pytest.raises(Conflict) as fault:
        cast.do("building.change", "gridworker", building=building, version=1, floors=8)

    assert fault.value.code == "stale"


def test_every_wrong_field_gets_its_own_sentence(cast: Cast, dwelling: int) -> None:
    with pytest.raises(Invalid) as fault:
        person(cast, dwelling, name="柳3溪", id_number=NUMBER[:-1] + "?", phone="12")

    assert set(fault.value.fields) == {"name", "id_number", "phone"}


def test_a_number_that_is_wrong_already_does_not_hold_up_another_correction(cast: Cast, dwelling: int) -> None:
    number = person(cast, dwelling)["person"]
    with looking(of_all()):
        one = Person.objects.get(pk=number)
        Person.objects.filter(pk=number).update(id_sealed=sealing.seal_value("person", "id_number", one.pk, "999999198002290000"))

    assert cast.do("person.change", "gridworker", person=number, version=1, former_name="柳溪")["changed"] == ["former_name"]


def test_the_same_place_and_the_same_number_are_not_recorded_twice(cast: Cast, building: int, dwelling: int) -> None:
    person(cast, dwelling)

    with pytest.raises(Conflict) as place:
        cast.do("building.add", "director", area=COMMUNITY, quarter="槐安里", number="3")
    with pytest.raises(Invalid) as number:
        person(cast, dwelling, relation="1", name="柳大溪")

    assert place.value.code == "already_there"
    assert set(number.value.fields) == {"id_number"}


def test_a_household_has_one_head_and_members_need_one(cast: Cast, dwelling: int) -> None:
    with pytest.raises(Invalid) as early:
        person(cast, dwelling, relation="2")
    household = person(cast, dwelling)["household"]
    with pytest.raises(Invalid) as second:
        person(cast, dwelling, relation="0", household=household, id_number="", name="柳大溪")

    assert set(early.value.fields) == set(second.value.fields) == {"relation"}


@pytest.mark.parametrize("name", ["building.change", "building.end", "building.restore", "dwelling.add"])
def test_whoever_may_not_keep_records_is_refused(cast: Cast, building: int, name: str) -> None:
    with pytest.raises(NotAble):
        cast.do(name, "dispatcher", building=building, version=1)


@pytest.mark.parametrize("name", ["building.change", "building.end", "building.restore", "dwelling.add"])
def test_a_neighbour_learns_nothing_of_a_record(cast: Cast, building: int, name: str) -> None:
    for number in (building, 999_999_999, -1, "x", "9" * 30):
        with pytest.raises(NotVisible):
            cast.do(name, "director2", building=number, version=1)


def test_nothing_is_recorded_in_another_community(cast: Cast) -> None:
    for area in (COMMUNITY2, COMMUNITY // 10**6 * 10**6, 7):
        with pytest.raises(Invalid) as fault:
            cast.do("building.add", "director", area=area, number="1")
        assert set(fault.value.fields) == {"area"}


def test_what_others_hang_on_does_not_end(cast: Cast, building: int, dwelling: int) -> None:
    household = person(cast, dwelling)["household"]
    for name, number in (("building", building), ("dwelling", dwelling), ("household", household)):
        with pytest.raises(Conflict) as fault:
            cast.do(f"{name}.end", "director", **{name: number}, version=1, reason="mistake")
        assert fault.value.code == "still_held"


def test_a_record_made_by_mistake_ends_with_its_ties_and_comes_back_with_them(cast: Cast, dwelling: int) -> None:
    made = person(cast, dwelling)

    ended = cast.do("person.end", "director", person=made["person"], version=1, reason="mistake")
    with looking(of_all()):
        left = (Membership.objects.filter(until=None).count(), Residence.objects.filter(until=None).count(), Household.objects.filter(ended_on=None).count())
    with pytest.raises(Conflict):
        cast.do("person.change", "director", person=made["person"], version=ended["version"], name="柳")
    cast.do("person.restore", "director", person=made["person"], version=ended["version"], reason="查有此人")
    with looking(of_all()):
        back = (Membership.objects.filter(until=None).count(), Residence.objects.filter(until=None).count(), Household.objects.filter(ended_on=None).count())
        standing = Person.objects.get(pk=made["person"]).standing

    assert (left, back, standing) == ((0, 0, 0), (1, 2, 1), "together")


def test_history_tells_what_is_gone_once_a_key_is_destroyed(cast: Cast, dwelling: int, owner: None) -> None:
    number = person(cast, dwelling)["person"]
    SubjectKey.objects.filter(subject_kind="person", subject=number).delete()

    one = Person.objects.get(pk=number)
    told = history.history_of(register_named("person"), one, cast.director)

    assert [event.is_erased for event in told] == [True]
    assert JournalPayload.objects.filter(line__subject_kind="person", line__subject=number).exists()


def test_a_role_without_personal_data_sees_that_there_is_something_and_no_more(cast: Cast, dwelling: int) -> None:
    number = person(cast, dwelling)["person"]
    with looking(of_post(cast.city), read_only=True):
        one = records.find(register_named("person"), cast.city, number)
        texts = {value.column.name: value.text for value in records.shown_values(register_named("person"), one, cast.city)}

    assert texts["phone"] == texts["id_number"] == "已登记，您的岗位不显示"


def test_a_new_register_is_one_declaration(cast: Cast) -> None:
    kiosk = Register("planted_kiosk", words("报刊亭", "Kiosks"), Thing, kind_of="planted_kiosk", ending=Ending("valid_to", (("gone", words("已拆除", "Gone")),)), columns=(
        Column("name", words("名称", "Name"), required=True, limit=120, in_list=True),
        Column("place", words("位置", "Position"), "position"),
        Column("opens_on", words("开业日期", "Opened"), "day", kept="fields"),
        Column("stock", words("品类", "Stock"), "choice", kept="fields", filter=True, choices=(("news", words("报刊", "News")), ("water", words("饮水", "Water")))),
    ))
    declare(kiosk)
    try:
        made = cast.do("planted_kiosk.add", "director", area=GRID, name="槐安报刊亭", place="117.2,39.1", opens_on="2020-05-01", stock="news")
        cast.do("planted_kiosk.change", "director", thing=made["thing"], version=1, stock="water")
        with looking(of_post(cast.director)):
            one = records.find(kiosk, cast.director, made["thing"])
            texts = [value.text for value in records.shown_values(kiosk, one, cast.director)]
        assert (one.kind, one.pinyin[:4], one.lon_e6, one.cell is not None) == ("planted_kiosk", "huai", 117_200_000, True)
        assert texts == ["槐安报刊亭", "117.200000, 39.100000", "2020-05-01", "饮水"]
    finally:
        registry.REGISTRY.remove("register", "planted_kiosk")
        registry.REGISTRY.remove("listing", "register.planted_kiosk")
        for what in ("add", "change", "end", "restore"):
            registry.REGISTRY.remove("action", f"planted_kiosk.{what}")


def test_a_declaration_that_cannot_be_kept_is_refused_with_its_cure() -> None:
    bad = Register("planted", words("错", "Bad"), Thing, columns=(Column("nowhere", words("无处", "Nowhere")), Column("id_number", words("号", "Number"), kept="index")))

    with pytest.raises(ValueError, match=r"no column 'nowhere'[\s\S]*no columns id_sealed"):
        declare(bad)
    assert recording.action_of(register_named("building"), "add").name == "building.add"
