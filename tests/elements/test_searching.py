# SPDX-License-Identifier: MulanPSL-2.0
"""The search box finds people, homes, units, places and matters by whatever people type, and nothing outside the sight of the post."""

from dataclasses import replace
from typing import Any

import pytest
from django.db import ProgrammingError, connection, transaction

from linli.core import editions, journal
from linli.core.faults import Invalid, NotAble, TooMany
from linli.core.models import JournalLine, JournalPayload
from linli.core.sight import Actor, looking, of_all, of_post
from linli.elements import reactions
from linli.elements.models import (
    Building,
    Dwelling,
    Household,
    KnownName,
    Membership,
    Organisation,
    Person,
    Place,
    PlaceName,
    Residence,
    Thing,
)
from linli.elements.pinyin import pinyin_key
from linli.elements.registers import sealing
from linli.elements.registers.addresses import key_of, key_of_dwelling
from linli.elements.registers.checks.person_numbers import check_sign
from linli.elements.searching.finders import finders
from linli.elements.searching.questions import read_question
from tests.cast import CITY, COMMUNITY, COMMUNITY2, FAR_COMMUNITY, GRID, HOSTILE, Cast

pytestmark = pytest.mark.django_db
NUMBER = "99010119800101001" + check_sign("99010119800101001")
PHONE = "13900000001"


def person(name: str, area: int, **more: Any) -> Person:
    with looking(of_all()):
        return Person.objects.create(area=area, name=name, pinyin=pinyin_key(name), **more)


def home(area: int, quarter: str = "三德里", number: str = "3", doorway: str = "2", room: str = "501") -> Dwelling:
    with looking(of_all()):
        building, _ = Building.objects.get_or_create(area=area, quarter=quarter, number=number, key=key_of(quarter, number))
        return Dwelling.objects.create(area=area, building=building, doorway=doorway, room=room, key=key_of_dwelling(doorway, None, room))


def found(actor: Actor, text: str, group: str = "", most: int = 20) -> list[str]:
    """The titles of what is found, of one group or of all."""
    with looking(of_post(actor), read_only=True):
        return [row.title for one in finders(actor) if group in ("", one.name) for row in one.find(actor, read_question(text), (), most).rows]


@pytest.fixture
def wide(cast: Cast) -> Actor:
    """A post over the whole city that may see people: the way through the index of names."""
    return replace(cast.city, abilities=cast.city.abilities | {"resident.see", "record.see"})


@pytest.fixture
def people(cast: Cast) -> list[Person]:
    return [person("王秀兰", GRID), person("王秀英", COMMUNITY), person("欧阳秀兰", COMMUNITY), person("王秀兰", COMMUNITY2), person("𠮷田里", GRID),
            person("买买提·吐尔逊", GRID), person("李一", GRID, former_name="王秀兰")]


@pytest.mark.parametrize(("text", "names"), [
    ("王秀兰", ["李一", "王秀兰"]), ("秀兰", ["李一", "欧阳秀兰", "王秀兰"]), ("王", ["李一", "王秀兰", "王秀英"]), ("王 秀 英", ["王秀英"]), ("wangxiulan", ["王秀兰"]),
    ("Wang Xiu", ["王秀兰", "王秀英"]), ("wxl", ["王秀兰"]), ("xiulan", ["王秀兰"]), ("oyxl", ["欧阳秀兰"]), ("𠮷田", ["𠮷田里"]), ("吐尔逊", ["买买提·吐尔逊"]), ("赵", []),
    ("%", []), ("王_兰", []), ("wxl'; drop table elements_person; --", []), (HOSTILE, []), ("", []),
])
def test_a_community_finds_its_people_by_name_parts_pinyin_and_initials(cast: Cast, people: list[Person], text: str, names: list[str]) -> None:
    assert sorted(found(cast.director, text, "people")) == sorted(names)


@pytest.mark.parametrize("text", ["王秀兰", "秀兰", "王", "wangxiulan", "wangx", "wxl", "wx", "xiulan", "吐尔逊", "𠮷", "赵", "zhao", "阳秀"])
def test_the_whole_city_finds_by_the_same_rules_as_a_community(cast: Cast, people: list[Person], wide: Actor, text: str) -> None:
    inside = {one.pk for one in people if one.area // 1000 == COMMUNITY // 1000}

    with looking(of_post(cast.director), read_only=True):
        near = {row.id for one in finders(cast.director) if one.name == "people" for row in one.find(cast.director, read_question(text), (), 50).rows}
    with looking(of_post(wide), read_only=True):
        far = {row.id for one in finders(wide) if one.name == "people" for row in one.find(wide, read_question(text), (), 50).rows}

    assert near == far & inside


def test_a_list_goes_on_where_it_ended_and_shows_everybody_once(cast: Cast, wide: Actor) -> None:
    made = {person("王秀兰", COMMUNITY + place % 2).pk for place in range(7)} | {person(f"王秀兰{sign}", FAR_COMMUNITY).pk for sign in "甲乙丙丁"}

    shown: list[int] = []
    after: Any = ()
    with looking(of_post(wide), read_only=True):
        finder = next(one for one in finders(wide) if one.name == "people")
        for _ in range(5):
            page = finder.find(wide, read_question("王秀兰"), after, 3)
            shown += [row.id for row in page.rows]
            after = page.after
            if not after:
                break

    assert sorted(shown) == sorted(made)
    assert len(shown) == len(set(shown))


def test_a_name_is_known_while_somebody_bears_it_and_forgotten_with_the_last(people: list[Person], owner: None) -> None:
    known = set(KnownName.objects.values_list("name", flat=True))
    Person.objects.filter(pk=people[1].pk).update(name="已删除", pinyin="")
    Person.objects.filter(pk=people[0].pk).update(name="王小兰", pinyin=pinyin_key("王小兰"))

    later = set(KnownName.objects.values_list("name", flat=True))

    assert {"王秀兰", "王秀英", "李一"} <= known
    assert known - later == {"王秀英"}
    assert later - known == {"已删除", "王小兰"}


def test_the_nightly_tidying_puts_names_right_that_ran_side_by_side(people: list[Person], owner: None) -> None:
    KnownName.objects.filter(name="王秀英").delete()
    KnownName.objects.bulk_create([KnownName(name="没有人", spelled="meiyouren", given="youren", initials="myr"), KnownName(name="王秀兰", spelled="wangxiulan")])

    reactions.tidy_names()

    assert sorted(KnownName.objects.values_list("name", flat=True)) == sorted({one.name for one in people})


def test_without_a_sight_and_outside_it_the_functions_answer_nothing(cast: Cast, people: list[Person]) -> None:
    home(GRID)
    with looking(of_post(cast.director2), read_only=True), connection.cursor() as cursor:
        cursor.execute("select area from find_people('王秀兰', false, 50, -1, '', 0, 0)")
        outside = {area for (area,) in cursor.fetchall() if not COMMUNITY2 <= area < COMMUNITY2 + 1000}
        cursor.execute("select set_config('linli.lo', '', true), set_config('linli.hi', '', true)")
        counts = []
        for call in ("find_people('王秀兰', false, 50, -1, '', 0, 0)", "find_buildings('3德里', '3', 0, 1000000000000000, 50, -1, '', 0)",
                     "find_organisations('居委会', false, 50, -1, 0)", "find_things('室', false, 50, -1, 0)", "find_matters(array['井盖'], 50, 4611686018427387904)"):
            cursor.execute(f"select count(*) from {call}")
            counts.append(cursor.fetchone()[0])

    assert outside == set()
    assert counts == [0, 0, 0, 0, 0]


def test_the_application_cannot_read_the_names_themselves(cast: Cast, people: list[Person]) -> None:
    for question in ("select name from elements_knownname", "select * from known_names('王', false, '')"):
        with pytest.raises(ProgrammingError), looking(of_post(cast.director), read_only=True), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(question)


@pytest.mark.parametrize("text", [
    "三德里3号楼2门501", "3-2-501", "槐安社区三德里三号楼二单元５０１室", "海棠区槐荫街道三德里3栋2单元501", "海棠 三德里 3-2-501", "德里3号楼2门501", "三德里3号楼501",
])
def test_a_home_is_found_in_every_usual_spelling(cast: Cast, text: str) -> None:
    dwelling = home(GRID)
    home(GRID, room="502"), home(COMMUNITY2), home(FAR_COMMUNITY)
    head = person("王秀兰", GRID)
    with looking(of_all()):
        household = Household.objects.create(area=GRID, dwelling=dwelling)
        Membership.objects.create(area=GRID, household=household, person=head, relation="0")
        Residence.objects.create(area=GRID, person=head, dwelling=dwelling, tie="living")

    with looking(of_post(cast.director), read_only=True):
        rows = [row for one in finders(cast.director) if one.name == "dwellings" for row in one.find(cast.director, read_question(text), (), 20).rows]

    assert [(row.id, row.title) for row in rows] == [(dwelling.pk, "三德里3号楼2门501室")]
    assert "王秀兰" in rows[0].detail


def test_an_old_name_of_the_place_narrows_an_address(cast: Cast, wide: Actor) -> None:
    near, far = home(GRID), home(FAR_COMMUNITY)
    PlaceName.objects.create(place=Place.objects.get(area=FAR_COMMUNITY), name="远乡社区居委会")
    editions.forget_all()

    assert len(found(wide, "三德里3号楼2门501", "dwellings")) == 2
    with looking(of_post(wide), read_only=True):
        rows = [row.id for one in finders(wide) if one.name == "dwellings" for row in one.find(wide, read_question("远乡社区三德里3-2-501"), (), 9).rows]
    assert rows == [far.pk] != [near.pk]
    assert found(wide, "远乡", "places") == ["远山社区"]


@pytest.mark.parametrize(("text", "titles"), [
    ("三德里", ["三德里3号楼", "三德里4号楼"]), ("三德里4号楼", ["三德里4号楼"]), ("德里", ["三德里3号楼", "三德里4号楼"]), ("四德里", []),
])
def test_buildings_are_found_by_estate_and_number(cast: Cast, wide: Actor, text: str, titles: list[str]) -> None:
    home(GRID), home(GRID, number="4")

    assert found(cast.director, text, "buildings") == titles
    assert found(wide, text, "buildings") == titles


@pytest.mark.parametrize("text", ["槐安", "槐安合唱团", "合唱", "huaian", "hahct"])
def test_units_and_things_are_found_by_name_and_pinyin(cast: Cast, wide: Actor, text: str) -> None:
    name = "槐安合唱团"
    with looking(of_all()):
        Organisation.objects.create(area=COMMUNITY, kind="social", name=name, pinyin=pinyin_key(name), credit_code="51120000MJ0000000X")
        Thing.objects.create(area=COMMUNITY, kind="room", name=name, pinyin=pinyin_key(name))

    for actor in (cast.director, wide):
        assert name in found(actor, text, "organisations")
        assert name in found(actor, text, "things")
    assert name not in found(cast.director2, text)


def test_places_are_found_by_name_pinyin_and_code(cast: Cast) -> None:
    Place.objects.filter(area=COMMUNITY).update(pinyin=pinyin_key("槐安社区"))
    editions.forget_all()

    for text in ("槐安社区", "huaian", "hasq", str(COMMUNITY)):
        assert "槐安社区" in found(cast.director, text, "places")


def test_matters_are_found_by_number_and_by_words_inside_their_sentences(cast: Cast) -> None:
    number = cast.report()["number"]
    rows = found(cast.director, number, "matters")

    assert len(rows) == 1
    assert found(cast.director, "井盖", "matters") == rows
    assert found(cast.director, "盖𠮷破", "matters") == rows
    assert found(cast.director, "井盖 路灯", "matters") == []
    assert found(cast.director2, number, "matters") == found(cast.director2, "井盖", "matters") == []


def test_a_frequent_word_is_found_among_the_newest_and_goes_on_by_key(cast: Cast) -> None:
    made = [int(cast.report()["number"][2:]) for _ in range(5)]

    shown: list[int] = []
    after: Any = ()
    with looking(of_post(cast.director), read_only=True):
        finder = next(one for one in finders(cast.director) if one.name == "matters")
        while len(shown) < len(made):
            page = finder.find(cast.director, read_question("井盖"), after, 2)
            shown += [row.id for row in page.rows]
            after = page.after
            if not after:
                break

    assert shown == sorted(made, reverse=True)


def test_a_number_finds_exactly_its_bearer_and_the_journal_says_so_without_it(cast: Cast) -> None:
    one = person("王秀兰", GRID, id_index=sealing.index_of("person", "id_number", NUMBER), phone_index=sealing.index_of("person", "phone", PHONE))
    lines = JournalLine.objects

    by_card = cast.do("person.seek", "director", number=f" {NUMBER[:6]} {NUMBER[6:]} ")
    by_phone = cast.do("person.seek", "director", number="+86 139-0000-0001")

    assert by_card == {"what": "id_number", "people": [one.pk], "elsewhere": False}
    assert by_phone == {"what": "phone", "people": [one.pk], "elsewhere": False}
    with looking(of_all()):
        assert lines.filter(action="person.seek", subject_kind="person", subject=one.pk).count() == 2
        told = " ".join(str(journal.opened(payload.line, payload)) for payload in JournalPayload.objects.select_related("line").filter(line__action="person.seek"))
    assert NUMBER not in told
    assert PHONE not in told


def test_two_who_share_a_phone_each_get_a_line(cast: Cast) -> None:
    index = sealing.index_of("person", "phone", PHONE)
    made = [person(name, GRID, phone_index=index).pk for name in ("王秀兰", "李一")]

    cast.do("person.seek", "director", number=PHONE)

    with looking(of_all()):
        assert set(JournalLine.objects.filter(action="person.seek").values_list("subject", flat=True)) == set(made)


def test_somebody_registered_elsewhere_is_only_said_to_be_elsewhere(cast: Cast, owner: None) -> None:
    index = sealing.index_of("person", "id_number", NUMBER)
    Person.objects.create(area=COMMUNITY2, name="王秀兰", id_index=index, phone_index=sealing.index_of("person", "phone", PHONE))

    assert cast.do("person.seek", "director", number=NUMBER) == {"what": "id_number", "people": [], "elsewhere": True}
    assert cast.do("person.seek", "director", number=PHONE) == {"what": "phone", "people": [], "elsewhere": False}


def test_nobody_recorded_anywhere_is_nowhere_else(cast: Cast) -> None:
    assert cast.do("person.seek", "director", number=NUMBER) == {"what": "id_number", "people": [], "elsewhere": False}


@pytest.mark.parametrize("number", ["1390000", "王秀兰", "110101198013011234", "12345678901234567890"])
def test_a_part_of_a_number_is_refused_with_a_sentence(cast: Cast, number: str) -> None:
    with pytest.raises(Invalid):
        cast.do("person.seek", "director", number=number)


def test_a_post_without_the_ability_seeks_nobody(cast: Cast) -> None:
    with pytest.raises(NotAble):
        cast.do("person.seek", "handler", number=PHONE)


def test_searches_by_number_are_limited_per_day(cast: Cast, settings: Any) -> None:
    settings.SEEK_LIMIT = 2
    for _ in range(2):
        cast.do("person.seek", "director", number=PHONE)

    with pytest.raises(TooMany):
        cast.do("person.seek", "director", number=PHONE)
    cast.do("person.seek", "gridworker", number=PHONE)


@pytest.mark.parametrize(("text", "what", "number"), [
    ("１３９ ０００００００１", "phone", PHONE), ("022-23456789", "phone", "02223456789"), (NUMBER.lower(), "id_number", NUMBER), ("E12345678", "id_number", "E12345678"),
    ("三德里3-2-501", None, ""), ("LL000000123", None, ""), ("120101001001", None, ""), (str(CITY), None, ""), (str(COMMUNITY), None, ""), ("99010119801301001X", None, ""),
])
def test_a_number_of_a_person_is_told_from_codes_and_addresses(cast: Cast, text: str, what: str | None, number: str) -> None:
    question = read_question(text)

    assert (question.what, question.number) == (what, number)
