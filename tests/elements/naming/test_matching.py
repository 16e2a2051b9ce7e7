# SPDX-License-Identifier: MulanPSL-2.0
"""Printed names brought to places: the published awards all of them, and never a place that is only like the printed one."""

import csv
import io
import random
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from linli.core.actions import run
from linli.core.system_actors import system_actor
from linli.elements import places
from linli.elements.naming import spellings
from linli.elements.naming.matching import DOUBT, LIKELY, NONE, SURE, Match, Printed, match
from tests.elements.conftest import SEEDS

AWARDS = list(csv.DictReader((Path(__file__).parents[2] / "data" / "named_communities_dev.csv").open(encoding="utf-8-sig")))
STREETS = {row["expected_code"][:9] for row in AWARDS} | {"120116014", "120116401", "120104001", "120101001", "120113107", "120113108"}


def load(**given: Any) -> None:
    run("place.load", system_actor("installer"), given)


def seed(name: str) -> str:
    return (SEEDS / name).read_text("utf-8-sig")


@pytest.fixture
def town(db: None) -> None:
    """All districts and streets of Tianjin, and the communities of the streets that the awards name."""
    rows = list(csv.DictReader(io.StringIO(seed("tianjin_divisions.csv"))))
    out = io.StringIO()
    writer = csv.DictWriter(out, fieldnames=list(rows[0]))
    writer.writeheader()
    writer.writerows(row for row in rows if row["level"] != "community" or row["parent_code"] in STREETS)
    load(divisions=out.getvalue(), state=date(2023, 6, 30))


def printed(name: str, district: str = "", street: str = "", day: date | None = None) -> Match:
    return match(Printed(1, name, district, street, day))


def awards() -> Iterator[tuple[dict[str, str], Match]]:
    for row in AWARDS:
        yield row, printed(row["name_as_printed"], row["district"], row["street_as_printed"], date(int(row["year"]), 12, 31))


def test_all_published_awards_are_matched_as_they_are_printed(town: None) -> None:
    found = [(row["expected_code"], made.place.code if made.place else "", made.certainty) for row, made in awards()]

    assert len(found) == 14
    assert [code for _, code, _ in found] == [expected for expected, _, _ in found]
    assert [certainty for *_, certainty in found].count(SURE) == 13
    assert next(certainty for expected, _, certainty in found if expected == "120115105255") == LIKELY


@pytest.mark.parametrize(("name", "district", "street"), [
    ("中山门北里社区", "河西区", ""), ("中山门北里社区", "河西区", "天塔街"), ("香邑花园社区", "津南区", "双新街"),
    ("中山门东北里社区", "河东区", "中山门街道"), ("环湖西里社区居委会甲", "河西区", "天塔街"), ("环胡南里社区", "河西区", "天塔街"),
    ("中山门北理社区", "河东区", ""), ("黄房了村", "滨海新区", "中塘镇"), ("付庄", "西青区", "精武镇"), ("大章庄村", "北辰区", "大张庄镇"),
    ("白毛村", "宝坻区", "林亭口镇"), ("自由", "蓟州区", "穿芳峪镇"), ("小穿芳峪村", "宁河区", "俵口镇"), ("", "河东区", ""), ("社区", "河东区", ""), ("村", "宝坻区", "林亭口镇"),
    ("中山门北里社区", "无此区", ""), ("白", "宝坻区", "林亭口镇"), ("环湖", "河西区", "天塔街"),
])
def test_what_is_only_like_a_name_is_not_matched(town: None, name: str, district: str, street: str) -> None:
    found = printed(name, district, street)

    assert found.place is None, (found.place, [str(one) for one in found.reasons])
    assert found.certainty in (NONE, DOUBT)
    assert found.reasons


def test_the_same_name_in_another_district_is_told_but_not_taken(town: None) -> None:
    found = printed("中山门北里社区", "河西区")

    assert (found.place, found.certainty) == (None, NONE)
    assert [one.code for one in found.candidates] == ["120102003015"]
    assert any("别的区" in one.zh for one in found.reasons)


@pytest.mark.parametrize("name", ["龙港社区", "龙港社区居委会", "龙港居委会", "龙港社区居民委员会", "龙 港 社区", "“龙港”社区", "文昌街道龙港社区", "蓟州区文昌街道龙港社区"])
@pytest.mark.parametrize(("district", "street"), [("蓟州区", "文昌街道"), ("蓟州", "文昌街"), ("天津市蓟州区", "文昌街道办事处"), ("蓟州区文昌街道", ""), ("蓟县", "文昌街")])
def test_every_usual_spelling_of_name_district_and_street_is_read(town: None, name: str, district: str, street: str) -> None:
    found = printed(name, district, street)

    assert found.place is not None
    assert found.place.code == "120119001013"
    assert found.certainty == (LIKELY if district == "蓟县" else SURE)


def test_a_street_that_differs_is_told_and_the_only_one_of_the_name_proposed(town: None) -> None:
    found = printed("龙港社区", "蓟州区", "渔阳镇")

    assert (found.place and found.place.code, found.certainty) == ("120119001013", LIKELY)
    assert "渔阳镇" in found.reasons[0].zh
    assert "文昌街道" in found.reasons[0].zh


TOWN = """code,name,level,parent_code,kind
12,天津市,city,,
120101,甲河区,district,12,
120101001,东风街道,street,120101,
120101001001,长安里社区居委会,community,120101001,居委会
120101001201,长安里村委会,community,120101001,村委会
120101001002,安泰家园社区居委会,community,120101001,居委会
120101001202,小（氵甸）村委会,community,120101001,村委会
120101001003,幸福里社区居委会,community,120101001,居委会
120101001004,名居花园（万科）居委会,community,120101001,居委会
120101002,西江街道,street,120101,
120101002001,幸福里社区居委会,community,120101002,居委会
120101002002,新光里社区居委会,community,120101002,居委会
120102,乙河区,district,12,
120102001,东风街道,street,120102,
120102001001,长乐里社区居委会,community,120102001,居委会
"""


@pytest.fixture
def small(db: None) -> None:
    load(divisions=TOWN, state=date(2015, 1, 1))


@pytest.mark.parametrize(("name", "code"), [("长安里社区", "120101001001"), ("长安里村", "120101001201"), ("长安里村委会", "120101001201")])
def test_the_printed_word_tells_a_village_from_a_community_of_the_same_name(small: None, name: str, code: str) -> None:
    found = printed(name, "甲河区", "东风街")

    assert (found.place and found.place.code, found.certainty) == (code, SURE)


def test_what_nothing_tells_apart_is_a_question_with_its_candidates(small: None) -> None:
    for name in ("长安里", "幸福里社区"):
        found = printed(name, "甲河区")

        assert (found.place, found.certainty, len(found.candidates)) == (None, DOUBT, 2)


def test_a_third_street_does_not_settle_between_two_of_the_name(small: None) -> None:
    assert printed("幸福里社区", "甲河区", "南湖街").certainty == DOUBT
    assert printed("幸福里社区", "甲河区", "西江街").place == places.place_by_area(120101002001000)


@pytest.mark.parametrize(("name", "code"), [
    ("安泰社区", "120101001002"), ("小\U000232B7村", "120101001202"), ("小(氵甸)村", "120101001202"), ("小【氵甸】村民委员会", "120101001202"),
    ("名居花园(万科)社区", "120101001004")])
def test_estate_words_rare_characters_and_brackets_are_brought_together(small: None, name: str, code: str) -> None:
    found = printed(name, "甲河区", "东风街道")

    assert found.place is not None
    assert found.place.code == code


def test_a_character_spelled_by_its_parts_is_no_common_character(small: None) -> None:
    assert printed("小淀村", "甲河区", "东风街道").place is None
    assert printed("小店村", "甲河区", "东风街道").certainty == NONE


def test_without_its_street_an_incomplete_name_is_not_completed(small: None) -> None:
    assert printed("安泰社区", "甲河区").place is None
    assert printed("安泰", "甲河区", "西江街道").place is None


def test_a_renamed_and_a_moved_place_are_found_under_what_they_were_called_then(small: None) -> None:
    run("place.rename", system_actor("installer"), {"area": 120101002002000, "name": "晨光里社区居委会", "since": date(2019, 5, 1)})
    moved = run("place.add", system_actor("installer"), {"parent": 120102001000000, "name": "晨光里社区居委会", "since": date(2021, 1, 1)})
    run("place.end", system_actor("installer"), {"area": 120101002002000, "successor": moved["area"], "since": date(2021, 1, 1)})

    found = printed("新光里社区", "甲河区", "西江街", date(2018, 12, 31))

    assert (found.certainty, found.place and found.place.area, found.then and found.then.area) == (LIKELY, moved["area"], 120101002002000)
    assert any("曾用名" in one.zh for one in found.reasons)
    assert any("原来所在的街镇" in one.zh for one in found.reasons)


def test_a_place_that_did_not_stand_yet_is_proposed_with_that_said(small: None) -> None:
    run("place.add", system_actor("installer"), {"parent": 120101001000000, "name": "新生里社区居委会", "since": date(2022, 1, 1)})

    found = printed("新生里社区", "甲河区", "东风街", date(2018, 12, 31))

    assert (found.certainty, found.then) == (LIKELY, None)
    assert any("2022-01-01" in one.zh for one in found.reasons)


@pytest.mark.slow
def test_in_the_whole_of_tianjin_each_place_is_found_by_its_usual_print_and_no_other_is_taken_for_it(db: None) -> None:
    files = {name: seed(f"tianjin_{file}.csv") for name, file in
             (("divisions", "divisions"), ("changes", "division_changes"), ("crosswalk", "street_code_crosswalk"))}
    load(**files, state=date(2023, 6, 30))
    drawn = random.Random(20261123)

    assert all(made.place and made.place.code == row["expected_code"] for row, made in awards())
    wrong, missed, taken = [], [], []
    for place in places.communities():
        above = {one.level: one.name for one in places.path_of(place.area)}
        body = spellings.body(place.name)
        name = body if body.endswith("村") else f"{body}社区"
        found = printed(name, above["district"], above["street"])
        if found.place is None:
            missed.append(place.name)
        elif found.place.area != place.area:
            wrong.append((place.name, found.place.name))
        sign = drawn.randrange(len(body.removesuffix("村")) or 1)
        other = printed(f"{body[:sign]}龘{body[sign + 1:]}", above["district"], above["street"])
        if other.place is not None and "(" not in body:
            taken.append((place.name, other.place.name))

    assert wrong == []
    assert taken == []
    assert len(missed) <= 4, missed
