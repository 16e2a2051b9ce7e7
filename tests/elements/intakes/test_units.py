# SPDX-License-Identifier: MulanPSL-2.0
"""Organisations and facilities by file: every kind of fault comes back marked in its cell, the mended goes in, a third time changes nothing."""

import csv
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from linli.core import resealing
from linli.core.faults import NotAble, NotVisible
from linli.core.keys import keyring
from linli.core.models import Facet
from linli.core.sight import looking, of_all, of_post
from linli.elements.erasure import erase_people
from linli.elements.intakes import blanks, checking, columns, origins, reviewing
from linli.elements.models import Intake, IntakeChange, Organisation, Pairing, Person, Thing
from linli.elements.registers.declaring import register_named
from tests.cast import COMMUNITY, COMMUNITY2, GRID, STREET, Cast
from tests.elements.intakes.tables import HEADINGS, bring, csv_of, excel_of, person, take, undo
from tests.elements.intakes.units import ORGANISATIONS, SHELTERS, brought, code, codes, counts, marked, mended, organisation, shelter

pytestmark = pytest.mark.django_db
WRONG = code(3)[:17] + ("1" if code(3)[17] != "1" else "2")
Faulty = tuple[tuple[dict[str, Any], str, str, dict[str, Any]], ...]
OF_ORGANISATIONS: Faulty = (
    (organisation("无名", 组织名称=None), "组织名称", "required", {"组织名称": "银杏互助社"}),
    (organisation("没有种类", 组织类别=None), "组织类别", "required", {"组织类别": "驻区单位", "登记备案情况": None}),
    (organisation("种类不明", 组织类别="飞船公司"), "组织类别", "choice", {"组织类别": "社区社会组织"}),
    (organisation("红色支部", 组织类别="党组织", 登记备案情况=None), "组织类别", "by_form", {"组织类别": "社区社会组织"}),
    (organisation("位数不对", 统一社会信用代码="5212"), "统一社会信用代码", "rule", {"统一社会信用代码": code(1)}),
    (organisation("末位不对", 统一社会信用代码=WRONG), "统一社会信用代码", "rule", {"统一社会信用代码": code(3)}),
    (organisation("内码不对", 统一社会信用代码="52999999MJ0000040A"), "统一社会信用代码", "rule", {"统一社会信用代码": code(4).lower()}),
    (organisation("代码种类不符", 统一社会信用代码=code(5, "91")), "统一社会信用代码", "code_fits_kind", {"统一社会信用代码": code(5)}),
    (organisation("驻区单位甲", 组织类别="驻区单位"), "登记备案情况", "stage_fits_kind", {"登记备案情况": None}),
    (organisation("阶段不明", 登记备案情况="筹办"), "登记备案情况", "choice", {"登记备案情况": "民政登记"}),
    (organisation("法人不明", 法人类型="某种法人"), "法人类型", "choice", {"法人类型": "社会服务机构"}),
    (organisation("日期不对", 成立时间="去年夏天"), "成立时间", "day", {"成立时间": "2021年6月1日"}),
    (organisation("社区不对", 社区="没有的社区"), "社区", "place", {"社区": "槐安社区居委会"}),
    (organisation("网格不对", 网格="第九网格"), "网格", "place", {"网格": "槐安第一网格"}),
    (organisation("手机当电话", 联系电话="13800000000"), "联系电话", "rule", {"联系电话": "（022）2345 6789"}),
    (organisation("电话不对", 联系电话="12"), "联系电话", "rule", {"联系电话": "12345"}),
    (organisation("重复", 统一社会信用代码=code(16)), "", "", {}),
    (organisation("重 复", 地址="一号楼"), "组织名称", "twice", {"组织名称": "另一个组织"}),
    (organisation("同码甲", 统一社会信用代码=code(18)), "统一社会信用代码", "two_names", {}),
    (organisation("同码乙", 统一社会信用代码=code(18)), "统一社会信用代码", "two_names", {"统一社会信用代码": code(19)}),
    (organisation("名" * 130), "组织名称", "form", {"组织名称": "长名组织"}),
)
OF_SHELTERS: Faulty = (
    (shelter("无名", 场所名称=None), "场所名称", "required", {"场所名称": "儿童公园"}),
    (shelter("无类型", 避难场所类型=None), "避难场所类型", "required", {"避难场所类型": "短期固定"}),
    (shelter("类型不明", 避难场所类型="宇宙级"), "避难场所类型", "choice", {"避难场所类型": "中期固定避难场所"}),
    (shelter("面积不是数", 有效避难面积="很大"), "有效避难面积", "form", {"有效避难面积": "1,200.5㎡"}),
    (shelter("面积单位不对", 有效避难面积="300人"), "有效避难面积", "form", {"有效避难面积": "2亩"}),
    (shelter("面积太大", 有效避难面积="99999999999"), "有效避难面积", "form", {"有效避难面积": "0.3公顷"}),
    (shelter("出口半个", 出入口数="2.5"), "出入口数", "form", {"出入口数": "4个"}),
    (shelter("距离单位不对", 距次生火灾危险源="50平方米"), "距次生火灾危险源", "form", {"距次生火灾危险源": "1.2公里"}),
    (shelter("是否不明", 有无障碍区域="也许"), "有无障碍区域", "truth", {"有无障碍区域": "有"}),
    (shelter("日期不对", 启用时间="某天"), "启用时间", "day", {"启用时间": "20200501"}),
    (shelter("社区不对", 社区="没有的社区"), "社区", "place", {"社区": "槐安社区居委会"}),
    (shelter("网格不对", 网格="第九网格"), "网格", "place", {"网格": "槐安第二网格"}),
    (shelter("重复", 地址="花园路"), "", "", {}),
    (shelter("重复", 地址="花园 路"), "场所名称", "twice", {"场所名称": "不重复"}),
)
BOTH = pytest.mark.parametrize(("sheet", "headings", "faulty"), [("organisations", ORGANISATIONS, OF_ORGANISATIONS), ("emergency_shelter", SHELTERS, OF_SHELTERS)],
                               ids=["organisations", "shelters"])


@BOTH
def test_each_fault_comes_back_marked_in_its_cell_with_the_reason_beside_it(cast: Cast, sheet: str, headings: tuple[str, ...], faulty: Faulty) -> None:
    found = brought(cast, sheet, [line for line, *_ in faulty], headings)

    wrong = [(place, heading, name) for place, (_, heading, name, _) in enumerate(faulty) if heading]
    assert codes(found) == {place + 2: [name] for place, _, name in wrong}
    for (cells, why), (_, heading, _) in zip(marked(cast, found), wrong, strict=True):
        assert (cells, why.startswith(f"【{heading}】")) == ([heading], True), why


@BOTH
def test_the_mended_goes_in_and_a_third_time_changes_nothing(cast: Cast, sheet: str, headings: tuple[str, ...], faulty: Faulty) -> None:
    first = take(cast, brought(cast, sheet, [line for line, *_ in faulty], headings))

    second = take(cast, bring(cast, mended(cast, first, [mending for _, heading, _, mending in faulty if heading]), sheet=sheet))
    third = brought(cast, sheet, [line | mending for line, *_, mending in faulty], headings)

    assert counts(first) == [1, 0, 0, len(faulty) - 1, 0]
    assert counts(second) == [len(faulty) - 1, 0, 0, 0, 0], codes(second)
    assert counts(third) == [0, 0, len(faulty), 0, 0]


def test_what_a_file_says_lies_where_a_form_would_put_it(cast: Cast) -> None:
    take(cast, brought(cast, "organisations", [organisation("银杏互助社", 统一社会信用代码=code(1), 法人类型="社会服务机构", 成立时间="2021年6月1日", 地址="花园路1号",
                                                            联系电话="022-23456789", 网格="槐安第一网格")], ORGANISATIONS))
    take(cast, brought(cast, "emergency_shelter", [shelter("儿童公园", 有效避难面积="2亩", 出入口数="4个", 距次生火灾危险源="1.2公里", 有无障碍区域="无")], SHELTERS))

    with looking(of_all(), read_only=True):
        one = Organisation.objects.get(name="银杏互助社")
        assert (one.area, one.kind, one.credit_code, one.stage, str(one.valid_from), one.pinyin.split(" ")[0][:3]) == (
            GRID, "social_organisation", code(1), "filed", "2021-06-01", "yin")
        assert one.fields == {"legal_form": "service", "address": "花园路1号", "phone": "02223456789"}
        thing = Thing.objects.get(name="儿童公园")
        assert (thing.area, thing.kind, thing.fields) == (
            COMMUNITY, "emergency_shelter", {"class": "urgent", "square_decimetres": 133333, "exits": 4, "metres_to_fire": 1200, "is_accessible": False})
        assert list(Facet.objects.filter(subject_kind="thing", subject=thing.pk).values_list("key", "value")) == [("emergency_shelter.class", "urgent")]


def test_a_line_finds_its_record_by_code_and_changes_only_what_it_says(cast: Cast) -> None:
    take(cast, brought(cast, "organisations", [organisation("银杏互助社", 统一社会信用代码=code(1), 地址="花园路1号")], ORGANISATIONS))

    found = take(cast, brought(cast, "organisations", [organisation("银杏邻里互助社", 统一社会信用代码=code(1), 地址=None, 联系电话="12345")], ORGANISATIONS))

    assert counts(found) == [0, 1, 0, 0, 0]
    with looking(of_all(), read_only=True):
        one = Organisation.objects.get(credit_code=code(1))
        assert (one.name, one.version, one.fields) == ("银杏邻里互助社", 2, {"address": "花园路1号", "phone": "12345"})


def test_a_code_recorded_elsewhere_within_the_area_is_refused_and_beyond_it_is_unknown(cast: Cast) -> None:
    with looking(of_all()):
        Organisation.objects.create(area=COMMUNITY2, kind="social_organisation", name="邻居的组织", credit_code=code(1))

    own = brought(cast, "organisations", [organisation("银杏互助社", 统一社会信用代码=code(1), 社区=None)], ORGANISATIONS)
    assert counts(own) == [1, 0, 0, 0, 0]
    with looking(of_all()):
        Organisation.objects.create(area=STREET, kind="social_organisation", name="街道的组织", credit_code=code(2))
    assert counts(brought(cast, "organisations", [organisation("银杏互助社", 统一社会信用代码=code(2))], ORGANISATIONS)) == [1, 0, 0, 0, 0]


def test_a_name_that_is_alike_is_asked_once_and_the_answer_is_remembered(cast: Cast) -> None:
    take(cast, brought(cast, "organisations", [organisation("槐安社区银杏互助社", 地址="花园路1号")], ORGANISATIONS))
    lines = [organisation("槐安银杏互助社", 地址="花园路1号", 联系电话="12345")]

    asked = brought(cast, "organisations", lines, ORGANISATIONS)
    assert counts(asked) == [0, 0, 0, 0, 1]
    with looking(of_post(cast.director), read_only=True):
        shown = reviewing.side_by_side(cast.director, list(reviewing.pairs(cast.director)))
        pair = Pairing.objects.get()
    assert [str(one) for one in shown[0]["reasons"]] == ["名称相近", "地址相同"]
    assert (shown[0]["file"][0], shown[0]["known"][0]) == ("槐安银杏互助社", "槐安社区银杏互助社")
    assert pair.subject_kind == "organisation"
    cast.do("pairing.answer", "director", pairing=pair.pk, answer="same")
    taken = take(cast, asked)

    assert taken.counts["change"] == 1
    assert counts(brought(cast, "organisations", lines, ORGANISATIONS)) == [0, 0, 1, 0, 0]
    with looking(of_all(), read_only=True):
        assert list(Organisation.objects.filter(kind="social_organisation").values_list("name", flat=True)) == ["槐安银杏互助社"]


def test_two_that_are_told_apart_stay_two_and_numerals_tell_apart_by_themselves(cast: Cast) -> None:
    take(cast, brought(cast, "emergency_shelter", [shelter("槐安第一避难广场"), shelter("花园避难广场")], SHELTERS))

    second = brought(cast, "emergency_shelter", [shelter("槐安第二避难广场")], SHELTERS)
    third = brought(cast, "emergency_shelter", [shelter("花园里避难广场")], SHELTERS)
    with looking(of_all(), read_only=True):
        pair = Pairing.objects.get()
    cast.do("pairing.answer", "director", pairing=pair.pk, answer="different")
    take(cast, third)

    assert (counts(second), counts(third)) == ([1, 0, 0, 0, 0], [0, 0, 0, 0, 1])
    with looking(of_all(), read_only=True):
        assert Thing.objects.count() == 3


def test_an_intake_is_undone_as_a_whole_and_what_changed_since_stays(cast: Cast) -> None:
    take(cast, brought(cast, "emergency_shelter", [shelter("儿童公园", 出入口数="2")], SHELTERS))
    with looking(of_all(), read_only=True):
        was = Thing.objects.values().get()

    found = take(cast, brought(cast, "emergency_shelter", [shelter("儿童公园", 避难场所类型="短期固定", 出入口数="3"), shelter("体育场"), shelter("学校操场")], SHELTERS))
    with looking(of_all()):
        kept = Thing.objects.get(name="学校操场")
    cast.do("emergency_shelter.change", "director", thing=kept.pk, version=1, exits=2)
    undone = undo(cast, found)

    assert undone.options["kept"] == {"thing": [kept.pk]}
    with looking(of_all(), read_only=True):
        assert Thing.objects.exclude(pk=kept.pk).values().get() == was
        assert list(Facet.objects.filter(subject_kind="thing").order_by("subject").values_list("value", flat=True)) == ["urgent", "urgent"]


def test_a_new_kind_comes_with_its_sheet(cast: Cast) -> None:
    sheets = {one.name for one in columns.sheets()}

    assert {"residents", "dwellings", "organisations", "social_organisation", "emergency_shelter", "micro_fire_station", "service_room"} <= sheets
    assert all(len(blanks.workbook(one)) > 1000 for one in columns.sheets())


def test_somebody_who_does_not_keep_the_register_cannot_bring_its_sheet(cast: Cast) -> None:
    file = excel_of([organisation("银杏互助社")], ORGANISATIONS)

    with pytest.raises(NotAble):
        bring(cast, file, by="head", area=STREET, sheet="organisations")
    mine = bring(cast, file, sheet="organisations")
    with pytest.raises(NotVisible):
        cast.do("intake.take", "director2", intake=mine.pk)
    assert bring(cast, file, sheet="organisations").counts["add"] == 1


VECTORS = list(csv.DictReader((Path(__file__).parents[1] / "registers" / "uscc_vectors.csv").read_text("utf-8-sig").splitlines()))


def test_the_vectors_of_credit_codes_hold_through_a_file(cast: Cast) -> None:
    lines = [organisation(f"向量{place}号", 组织类别="驻区单位", 登记备案情况=None, 统一社会信用代码=row["uscc"]) for place, row in enumerate(VECTORS)]

    found = brought(cast, "organisations", lines, ORGANISATIONS)

    assert {line - 2 for line in codes(found)} == {place for place, row in enumerate(VECTORS) if row["valid"] != "1"}


def test_history_says_by_which_file_and_what_it_changed(cast: Cast) -> None:
    take(cast, brought(cast, "social_organisation", [organisation("银杏互助社", 类别="互助类", 人数="20人")], (*ORGANISATIONS, "类别", "人数")))
    found = take(cast, brought(cast, "social_organisation", [organisation("银杏互助社", 类别="公益类", 人数="35", 成立时间="2021-06-01")], (*ORGANISATIONS, "类别", "人数")))

    with looking(of_post(cast.director), read_only=True):
        one = Organisation.objects.get(name="银杏互助社")
        told = origins.history_of(register_named("social_organisation"), one, cast.director)
    assert [event.note for event in told] == ["由文件“居民.xlsx”更正", "由文件“居民.xlsx”导入"]
    assert [(str(each.label), each.was, each.now) for each in told[0].differences] == [
        ("成立日期", "", "2021-06-01"), ("类别", "互助类", "公益类"), ("成员人数", "20", "35")]
    assert counts(found) == [0, 1, 0, 0, 0]


def test_history_of_a_resident_masks_what_a_file_changed(cast: Cast) -> None:
    take(cast, bring(cast, csv_of([person("张大山", 1), person("李小花", 2, 与户主关系="妻", 工作单位="第一棉纺厂")])))
    taken = take(cast, bring(cast, csv_of([person("张大山", 1), person("李小花", 2, 与户主关系="其他", 联系电话="13911112222", 民族="回族", 工作单位="第二棉纺厂")])))

    with looking(of_post(cast.director), read_only=True):
        one = Person.objects.get(name="李小花")
        told = origins.history_of(register_named("person"), one, cast.director)[0]
        change = IntakeChange.objects.get(subject_kind="person", subject=one.pk)
    differences = {str(each.label): (each.was, each.now) for each in told.differences}
    assert differences["联系电话"] == ("138****0002", "139****2222")
    assert (differences["民族"][0][:2], differences["民族"][1][:2]) == ("汉族", "回族")
    assert set(differences) == {"联系电话", "民族", "工作单位", "与户主关系"}
    assert "13911112222" not in str(change.changes)
    assert b"13911112222" not in bytes(change.sealed or b"")
    with looking(of_post(cast.director2), read_only=True):
        assert not IntakeChange.objects.visible_to(cast.director2).exists()
    undo(cast, taken)
    with looking(of_post(cast.director), read_only=True):
        assert origins.history_of(register_named("person"), one, cast.director)[0].note.endswith("（已撤销）")


def test_what_a_file_of_the_street_brought_is_told_in_the_community(cast: Cast) -> None:
    take(cast, bring(cast, csv_of([person("张大山", 1, 社区="槐安社区")], (*HEADINGS, "社区")), by="head", area=STREET), by="head")

    with looking(of_post(cast.director), read_only=True):
        one = Person.objects.get(name="张大山")
        assert [each.note for each in origins.events_of(register_named("person"), one, cast.director)] == ["由文件“居民.csv”导入"]
    with looking(of_post(cast.director2), read_only=True):
        assert origins.origins_of(cast.director2, "person", one.pk) == []


def test_what_a_file_changed_of_a_person_goes_with_him(cast: Cast) -> None:
    take(cast, bring(cast, csv_of([person("张大山", 1)])))
    take(cast, bring(cast, csv_of([person("张大山", 1, 联系电话="13911112222")])))
    with looking(of_all()):
        number = Person.objects.get().pk
        erase_people([number])
        assert not IntakeChange.objects.filter(subject=number).exists()


def test_one_code_in_two_communities_of_a_file_is_one_line_too_many(cast: Cast) -> None:
    actor = replace(cast.director, lo=STREET, hi=STREET + 10**6)
    cast.actors["street"] = actor
    units = [organisation("银杏互助社", 统一社会信用代码=code(1)), organisation("银杏互助社", 统一社会信用代码=code(1), 社区="槐宁社区")]

    made = cast.do("intake.receive", "street", sheet="organisations", area=STREET, file=excel_of(units, ORGANISATIONS))
    with looking(of_post(actor)):
        found = Intake.objects.get(pk=made["intake"])
        told = checking.check(found, lambda: looking(of_post(actor)), lambda _done, _total: None)

    assert (told["counts"]["add"], told["counts"]["bad"], told["counts"]["why.twice"]) == (1, 1, 1)


def test_only_who_keeps_the_register_says_who_is_who(cast: Cast) -> None:
    take(cast, brought(cast, "organisations", [organisation("槐安社区银杏互助社")], ORGANISATIONS))
    brought(cast, "organisations", [organisation("槐安银杏互助社")], ORGANISATIONS)
    with looking(of_post(cast.head), read_only=True):
        pair = Pairing.objects.get()
        assert not reviewing.pairs(cast.head).exists()

    with pytest.raises(NotAble):
        cast.do("pairing.answer", "head", pairing=pair.pk, answer="same")
    cast.do("pairing.answer", "director", pairing=pair.pk, answer="same")


def test_what_a_file_changed_follows_a_change_of_keys(cast: Cast) -> None:
    take(cast, bring(cast, csv_of([person("张大山", 1)])))
    take(cast, bring(cast, csv_of([person("张大山", 1, 联系电话="13911112222")])))
    column = next(one for one in resealing.columns() if one.model is IntakeChange)

    with looking(of_all(), read_only=True):
        rows = column.rows(b"none", "")
        assert json.loads(keyring().unseal_text(bytes(rows[0][1]), column.context(rows[0][2:]))) == {"phone": ["13800000001", "13911112222"]}
