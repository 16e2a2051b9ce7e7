# SPDX-License-Identifier: MulanPSL-2.0
"""Addresses are read in every usual spelling, and what was written is read again as it was."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from linli.elements.registers.addresses import Parts, floor_of, key_of, key_of_dwelling, quarter_key, read_address, write_address

SPELLINGS = (
    "三德里3号楼2门501", "三德里３号楼２门５０１室", "三德里三号楼二门五〇一室", "三德里3-2-501", "三德里 3 2 501", "三德里3—2—501", "三德里3号楼2-501", "三德里3#2-501",
    "三德里3幢2单元501", "三德里3栋二单元501室", "三德里 3 号楼 2 门 501 号", "三德里03号楼02门501", "三德里3号楼2门5层501", "三德里3号楼2门5层01", "三德里（原和平里）3号楼2门501",
    "三德里3楼2门501", "三德里,3号楼,2门,501", "三德里三号楼贰门501",
)
NAMES = st.text(alphabet="槐柳安宁康平阳光春和惠兰桂花新华富民𠮷㙟", min_size=2, max_size=5)
QUARTERS = st.tuples(NAMES, st.sampled_from(("里", "园", "苑", "花园", "小区", "公寓", "（东）里", "里一区"))).map("".join)
NUMBERS = st.from_regex(r"\A(甲|乙)?[1-9][0-9]{0,2}[A-Z]?\Z") | st.from_regex(r"\A[A-H][1-9]?\Z")
DOORWAYS = st.just("") | st.from_regex(r"\A[1-9][0-9]?\Z") | st.sampled_from(("甲", "乙", "东", "西", "A"))
ROOMS = st.just("") | st.from_regex(r"\A[1-9][0-9]{2,3}\Z") | st.from_regex(r"\AB1[0-9]{2}\Z") | st.from_regex(r"\A[0-9]{1,2}\Z")
WHOLE = st.builds(
    Parts,
    district=st.just("") | NAMES.map(lambda name: f"{name}区"), street=st.just("") | NAMES.map(lambda name: f"{name}街道"),
    community=st.just("") | NAMES.map(lambda name: f"{name}社区"), road=st.just("") | NAMES.map(lambda name: f"{name}道12号"),
    quarter=QUARTERS.map(lambda name: name.replace("（", "(").replace("）", ")")), number=NUMBERS, doorway=DOORWAYS,
    floor=st.none() | st.integers(-3, 40).filter(bool), room=ROOMS,
)


@pytest.mark.parametrize("text", SPELLINGS)
def test_every_usual_spelling_means_the_same_dwelling(text):
    parts = read_address(text)

    assert (key_of(parts.quarter, parts.number), key_of_dwelling(parts.doorway, parts.floor, parts.room)) == (key_of("三德里", "3"), "2-501")


@given(WHOLE)
def test_reading_what_was_written_gives_the_same_parts(parts):
    assert read_address(write_address(parts)) == parts


@given(WHOLE)
def test_the_keys_of_the_parts_are_those_of_what_is_read(parts):
    found = read_address(write_address(parts))

    assert key_of(found.quarter, found.number) == key_of(parts.quarter, parts.number)
    assert key_of_dwelling(found.doorway, found.floor, found.room) == key_of_dwelling(parts.doorway, parts.floor, parts.room)


@given(st.text(max_size=400))
def test_any_text_is_read_without_a_fault_and_its_keys_fit_their_columns(text):
    parts = read_address(text)

    assert len(key_of(text, text)) <= 120
    assert len(key_of_dwelling(text, 3, text)) <= 60
    assert write_address(parts) is not None


@pytest.mark.parametrize(("text", "parts"), [
    ("天津市和平区劝业场街道新疆路社区三德里3号楼", Parts(district="和平区", street="劝业场街道", community="新疆路社区", quarter="三德里", number="3")),
    ("体育中心街体育中心社区奥林匹克花园3号楼", Parts(street="体育中心街", community="体育中心社区", quarter="奥林匹克花园", number="3")),
    ("静海县静海镇付村村委会付村5号", Parts(district="静海县", street="静海镇", community="付村村委会", quarter="付村", number="5")),
    ("河北省石家庄市长安区建北街道丰收路12号金谊小区3-2-501",
     Parts(district="长安区", street="建北街道", road="丰收路12号", quarter="金谊小区", number="3", doorway="2", room="501")),
    ("阳光里东区3号楼", Parts(quarter="阳光里东区", number="3")), ("平山道12号", Parts(quarter="平山道", number="12")),
    ("平山道12号3号楼2门501", Parts(quarter="平山道12号", number="3", doorway="2", room="501")), ("河西区平山道", Parts(district="河西区", quarter="平山道")),
    ("新开路4号院3号楼", Parts(quarter="新开路4号院", number="3")), ("小（氵甸）里3号楼", Parts(quarter="小(氵甸)里", number="3")),
    ("三德里3-501", Parts(quarter="三德里", number="3", room="501")), ("二十一号楼东门101", Parts(number="21", doorway="东", room="101")),
    ("12-1号楼2门501", Parts(number="12-1", doorway="2", room="501")), ("3号楼负一层02", Parts(number="3", floor=-1, room="02")),
    ("富力城A3号楼1门B101", Parts(quarter="富力城", number="A3", doorway="1", room="B101")), ("3楼301", Parts(floor=3, room="301")),
    ("远乡社区三德里3号楼", Parts(community="远乡社区", quarter="三德里", number="3")), ("水镇街道水镇社区1号楼", Parts(street="水镇街道", community="水镇社区", number="1")),
    ("三德里", Parts(quarter="三德里")), ("南市街南市社区食品街3号", Parts(street="南市街", community="南市社区", quarter="食品街", number="3")), ("", Parts()),
])
def test_places_and_what_stands_behind_the_building_are_told_apart(text, parts):
    assert read_address(text) == parts


@pytest.mark.parametrize(("one", "other"), [("阳光里（东）", "阳光里东"), ("万科小区", "万科"), ("三德里", "3德里"), ("付村三区", "付村3区"), ("ｓｏｈｏ", "SOHO")])
def test_usual_spellings_of_an_estate_have_one_key(one, other):
    assert quarter_key(one) == quarter_key(other)


def test_different_rooms_and_buildings_have_different_keys():
    assert len({key_of("三德里", number) for number in ("1", "11", "甲1", "1A", "1-1")}) == 5
    assert len({key_of_dwelling("1", None, "101"), key_of_dwelling("11", None, "01"), key_of_dwelling("", None, "101"), key_of_dwelling("1", 1, "")}) == 4


@pytest.mark.parametrize(("room", "floor"), [("501", 5), ("1203", 12), ("一二零三室", 12), ("B102", -1), ("01", None), ("底商2", None), ("", None)])
def test_a_room_number_tells_its_floor(room, floor):
    assert floor_of(room) == floor
