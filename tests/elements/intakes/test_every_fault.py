# SPDX-License-Identifier: MulanPSL-2.0
"""One workbook that breaks every rule of intake once, found by looking into the rules themselves: a rule that nothing here provokes fails the test."""

import ast
import csv
import io
import json
import re
from pathlib import Path
from types import ModuleType
from typing import Any

import openpyxl
import pytest

from linli.core.fields import Received
from linli.core.sight import looking, of_post
from linli.core.words import Words
from linli.elements.intakes import checking, cleaning, columns, households, planning, sites, structure, working
from linli.elements.intakes.returning import MARK, workbook
from linli.elements.models import IntakeRow, Person
from linli.elements.registers import codes, people
from linli.elements.registers.checks import person_numbers
from linli.elements.registers.declaring import register_named
from tests.cast import COMMUNITY3, STREET, Cast
from tests.elements.intakes.tables import HEADINGS, NOWHERE, bring, csv_of, excel_of, look, number, person, take

pytestmark = pytest.mark.django_db
CHECKED = (checking, cleaning, structure, households, sites, planning)
SENTENCES: tuple[tuple[ModuleType, tuple[str, ...]], ...] = (
    (cleaning, ("BAD_DAY", "BAD_CHOICE", "NEEDED", "LOST_DIGITS")), (structure, ("TWICE", "TWO_NAMES", "TWO_HOMES", "GONE")),
    (households, ("WHICH", "TWO_HEADS", "NO_HEAD", "OTHER_HOUSEHOLD")), (planning, ("KNOWN_ELSEWHERE", "LIVES_ELSEWHERE")),
    (sites, ("NO_DIVISION", "UNKNOWN_DIVISION", "SEVERAL", "UNKNOWN_GRID", "NO_BUILDING", "DISAGREES", "TOO_LONG")),
    (person_numbers, ("NOT_A_NUMBER", "NOT_A_DAY", "AHEAD", "WRONG_SIGN", "OTHER_BIRTH", "OTHER_SEX")),
    (people, ("TOO_MANY_YEARS", "NOT_YET", "BAD_MOBILE", "BAD_NAME")))
OF_FACILITIES = {(cleaning, "BAD_NUMBER"), (cleaning, "BAD_TRUTH")}
"""No column of residents or dwellings is a number with a unit or a yes and no; those of facilities provoke them (test_units)."""
EVERY = (*HEADINGS, "社区", "网格", "住址", "楼层", "婚姻状况", "文化程度", "从业状况", "户类型", "人房关系", "证件种类", "来住日期", "曾用名", "备注")


def line(name: str, serial: int, **more: Any) -> dict[str, Any]:
    return person(name, serial, 社区="槐安社区", 室=str(serial)) | more


def wrong_sign(serial: int) -> str:
    right = number(serial=serial)
    return right[:17] + ("1" if right[17] != "1" else "2")


def ahead(serial: int) -> str:
    return number("20991231", serial)


FAULTY: tuple[tuple[dict[str, Any], str, str, dict[str, Any]], ...] = (
    (line("无名", 201, 姓名=None), "姓名", "required", {"姓名": "柳一"}),
    (line("数字9", 202), "姓名", "rule", {"姓名": "买买提·阿卜杜拉"}),
    (line("曾错", 203, 曾用名="甲#9"), "曾用名", "rule", {"曾用名": "\U00020BB7三"}),
    (line("位错", 204, 身份证号="12345"), "身份证号", "id_number_is_right", {"身份证号": number(serial=204)}),
    (line("日错", 205, 身份证号=f"{NOWHERE}199013070018"), "身份证号", "id_number_is_right", {"身份证号": number(serial=205)}),
    (line("未来", 206, 身份证号=ahead(206)), "身份证号", "id_number_is_right", {"身份证号": number(serial=206)}),
    (line("校错", 207, 身份证号=wrong_sign(207)), "身份证号", "id_number_is_right", {"身份证号": number(serial=207)}),
    (line("丢位", 208, 身份证号="999999199003070000"), "身份证号", "id_number_is_right", {"身份证号": number(serial=208)}),
    (line("生错", 209, 出生日期="1991-03-07"), "出生日期", "birth_is_that_of_the_number", {"出生日期": "1990.3.7"}),
    (line("性错", 210, 性别="男"), "性别", "sex_is_that_of_the_number", {"性别": "女性"}),
    (line("太老", 211, 身份证号=None, 证件种类="其他证件", 出生日期="1870-01-01"), "出生日期", "", {"出生日期": "1970-01-01"}),
    (line("未生", 212, 身份证号=None, 证件种类="其他证件", 出生日期="2099-01-01"), "出生日期", "", {"出生日期": "1971-01-01"}),
    (line("话错", 213, 联系电话="1380000"), "联系电话", "rule", {"联系电话": "022-12345678"}),
    (line("话错二", 214, 联系电话="19912"), "联系电话", "rule", {"联系电话": None}),
    (line("日期错", 215, 来住日期="去年春天"), "来住日期", "day", {"来住日期": "2019/5/1"}),
    *((line(f"码{sign}", 216 + at, **{heading: "没有这种"}), heading, "choice", {heading: right}) for at, (sign, heading, right) in enumerate((
        ("甲", "性别", None), ("乙", "民族", "满"), ("丙", "婚姻状况", "未婚"), ("丁", "文化程度", "大学本科"), ("戊", "从业状况", None), ("己", "户类型", "家庭户"),
        ("庚", "人房关系", "产权人"), ("辛", "人户情况", "人户一致"), ("壬", "与户主关系", "户主"), ("癸", "证件种类", "居民身份证")))),
    (line("层错", 226, 楼层="999"), "楼层", "form", {"楼层": "2"}),
    (line("单位长", 227, 工作单位="长" * 200), "工作单位", "form", {"工作单位": "某厂"}),
    (line("无社区", 228, 社区=None), "社区", "place", {"社区": "槐安社区"}),
    (line("没社区", 229, 社区="没有的社区"), "社区", "place", {"社区": "槐安"}),
    (line("两社区", 230, 社区="同名社区"), "社区", "place", {"社区": "槐安社区居委会"}),
    (line("网格错", 231, 网格="第九网格"), "网格", "place", {"网格": "槐安第一网格"}),
    (line("无楼号", 232, 楼号=None), "楼号", "required", {"楼号": "一号楼"}),
    (line("住址糊", 233, 楼号=None, 小区=None, 门=None, 室=None, 住址="大院里头"), "住址", "address", {"住址": "幸福里1号楼1门233室"}),
    (line("住址长", 234, 楼号=None, 小区=None, 门=None, 室=None, 住址="长" * 70 + "1号楼"), "小区", "address", {"住址": "幸福里1号楼1门234室"}),
    (line("住址别", 235, 楼号=None, 小区=None, 门=None, 室=None, 住址="海棠区槐荫街道槐宁社区幸福里1号楼1门235室"), "住址", "disagrees",
     {"住址": "海棠区槐荫街道槐安社区幸福里1号楼1门235室"}),
    (line("住址远", 236, 楼号=None, 小区=None, 门=None, 室=None, 住址="远山区远山街道幸福里1号楼1门236室"), "住址", "disagrees", {"住址": "幸福里1-1-236"}),
    (line("重复", 237), "", "", {}),
    (line("重复", 237), "姓名", "twice", {"姓名": "重复二", "身份证号": number(serial=337), "与户主关系": "配偶"}),
    (line("两户", 238), "楼号", "two_homes", {}),
    (line("两户", 238, 室="338"), "楼号", "two_homes", {"身份证号": number(serial=338), "姓名": "两户乙"}),
    (line("双户主", 239), "与户主关系", "two_heads", {}),
    (line("双户主二", 240, 室="239"), "与户主关系", "two_heads", {"与户主关系": "妻"}),
    (line("无户主", 241, 与户主关系="子"), "与户主关系", "no_head", {"与户主关系": "户主"}),
    (line("同号", 242), "身份证号", "two_names", {}),
    (line("同号异名", 242, 与户主关系="配偶"), "身份证号", "two_names", {"身份证号": number(serial=342)}),
    (line("已走", 243, 人户情况="已离开"), "人户情况", "gone", {"人户情况": "人户一致"}),
    (line("外社区", 901), "身份证号", "elsewhere", {"身份证号": number(serial=244)}),
    (line("住别屋", 902, 室="245"), "楼号 户号", "two_homes two_households", {"室": "902"}),
    (line("哪一户", 246, 室="903", 与户主关系="子"), "户号", "which_household", {"户号": "H9031"}),
    (line("另一户", 905, 室="905", 户号="H9059", 与户主关系="户主"), "户号", "two_households", {"户号": "H905"}),
)
"""A line, the heading of its marked cell, the code of the fault, and what mends it. 901 to 905 are people whom the registers know already."""


@pytest.fixture
def town(cast: Cast) -> Cast:
    """What the registers hold before: a person in another street's community, one in another room, a dwelling of two households, a household of one."""
    cast.do("place.add", "sysadmin", parent=STREET, name="同名社区")
    cast.do("place.add", "sysadmin", parent=STREET, name="同名社区居委会")
    take(cast, bring(cast, csv_of([person("外社区", 901, 室="1")]), by="head2", area=COMMUNITY3), by="head2")
    known = [line("住别屋", 902, 室="902"), line("甲户", 903, 室="903", 户号="H9031"), line("乙户", 904, 室="903", 户号="H9032"), line("另一户", 905, 户号="H905")]
    taken = take(cast, bring(cast, excel_of(known, EVERY[:-1]), by="director"))
    assert taken.counts["add"] == 4
    return cast


def checked(town: Cast, file: Received) -> Any:
    """The file brought for the whole street, its columns as they are recognised, the rest left out."""
    found = bring(town, file, by="head", area=STREET)
    if found.state == "mapping":
        town.do("intake.map", "head", intake=found.pk, columns=json.dumps({heading: column for heading, column in found.mapping.items() if column}))
        working.work(found.pk)
        found = look(town, found.pk, "head")
    return found


def lines() -> list[dict[str, Any]]:
    return [one | {"备注": f"第{at}条"} for at, (one, *_) in enumerate(FAULTY)]


def returned(town: Cast, found: Any) -> tuple[list[tuple[Any, ...]], dict[int, dict[str, str]]]:
    """The lines of the workbook that goes back, and the open codes by line."""
    with looking(of_post(town.head), read_only=True):
        page = openpyxl.load_workbook(io.BytesIO(workbook(found))).active
        return list(page.iter_rows()), dict(IntakeRow.objects.visible_to(town.head).filter(intake=found).values_list("line", "faults"))


def written_codes() -> set[str]:
    """Every code of a fault that the modules which check give out, read from their own text."""
    found: set[str] = {"rule"}
    for module in CHECKED:
        for call in (node for node in ast.walk(ast.parse(Path(module.__file__ or "").read_text())) if isinstance(node, ast.Call)):
            name = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
            place = {"add": 2, "_others": 4}.get(name)
            given = call.args[place] if place is not None and len(call.args) > place + 1 else None
            if isinstance(given, ast.Constant) and isinstance(given.value, str):
                found.add(given.value)
        for node in ast.walk(ast.parse(Path(module.__file__ or "").read_text())):
            if isinstance(node, ast.Return) and isinstance(node.value, ast.Tuple) and len(node.value.elts) == 3 and isinstance(node.value.elts[1], ast.Constant):
                found |= {str(node.value.elts[1].value)} if node.value.elts[1].value and module is cleaning else set()
    sheet = columns.sheet_named("residents")
    kinds = {one.kind for _, one in sheet.every() if one.kind in ("day", "choice")}
    rules = {rule.name for owner in ("building", "dwelling", "household", "person") for rule in register_named(owner).rules}
    return found | kinds | rules


def test_every_fault_of_the_workbook_is_marked_in_its_cell_with_its_reason(town: Cast) -> None:
    found = checked(town, excel_of(lines(), EVERY, title="槐荫街道实有人口台账"))

    rows, told = returned(town, found)

    headings = [cell.value for cell in rows[0]]
    by_remark = {row[headings.index("备注")].value: row for row in rows[1:]}
    wrong = [at for at, (_, heading, *_) in enumerate(FAULTY) if heading]
    assert set(by_remark) == {f"第{at}条" for at in wrong}
    for at in wrong:
        row, (_, heading, code, _) = by_remark[f"第{at}条"], FAULTY[at]
        marked = [headings[place] for place, cell in enumerate(row) if cell.fill.start_color.rgb == MARK.start_color.rgb]
        assert set(marked) == set(heading.split()), (FAULTY[at], row[-1].value)
        assert all(f"【{one}】" in row[-1].value and row[headings.index(one)].comment for one in marked)
        assert not code or set(told[at + 3].values()) == set(code.split()), (FAULTY[at], told[at + 3])


def test_every_rule_that_is_written_is_provoked_by_that_workbook(town: Cast) -> None:
    found = checked(town, excel_of(lines(), EVERY))

    rows, told = returned(town, found)

    given = {code for faults in told.values() for code in faults.values()}
    assert written_codes() - given == set()
    said = "\n".join(str(row[-1].value) for row in rows[1:])
    for module, names in SENTENCES:
        for name in names:
            sentence: Words = getattr(module, name)
            pattern = re.sub(r"\\\{[a-z]+\\\}", ".+", re.escape(sentence.zh))
            assert re.search(pattern, said), f"{module.__name__}.{name}"


def test_no_sentence_of_a_checking_module_is_missing_from_the_list_above() -> None:
    listed = {(module, name) for module, names in SENTENCES for name in names}
    for module in (cleaning, structure, households, sites, planning):
        own = {name for name, value in vars(module).items() if isinstance(value, Words) and f"\n{name} = words(" in Path(module.__file__ or "").read_text()}
        assert {(module, name) for name in own} <= listed | OF_FACILITIES, module


def test_the_mended_workbook_goes_in_and_a_third_time_changes_nothing(town: Cast) -> None:
    first = checked(town, excel_of(lines(), EVERY))
    take(town, first, by="head")
    mended = [one | mending for one, _, _, mending in FAULTY]

    second = checked(town, excel_of(mended, EVERY[:-1]))
    rows, _ = returned(town, second)
    assert [(row[0].value, row[-1].value) for row in rows[1:]] == []
    second = take(town, second, by="head")
    third = checked(town, excel_of(mended, EVERY[:-1]))

    assert (second.counts["bad"], second.counts["ask"]) == (0, 0)
    assert {name: third.counts[name] for name in ("add", "change", "bad", "ask", "same")} == {"add": 0, "change": 0, "bad": 0, "ask": 0, "same": len(FAULTY)}
    with looking(of_post(town.head), read_only=True):
        names = set(Person.objects.visible_to(town.head).values_list("name", flat=True))
    assert {"买买提·阿卜杜拉", "柳一", "外社区"} <= names


DWELLING_HEADINGS = ("社区", "网格", "住址", "小区", "楼号", "门", "室", "楼层", "用途", "地上层数", "门数", "建成年份", "使用情况", "建筑面积", "不动产权证号", "备注")
DWELLINGS: tuple[tuple[dict[str, Any], str, str], ...] = (
    ({"室": "101"}, "", ""), ({"室": "101"}, "室", "twice"), ({"室": "102", "楼号": None}, "楼号", "required"), ({"室": "103", "用途": "养马"}, "用途", "choice"),
    ({"室": "104", "使用情况": "不好说"}, "使用情况", "choice"), ({"室": "105", "建筑面积": "很大"}, "建筑面积", "form"), ({"室": "106", "建筑面积": "0.1"}, "建筑面积", "form"),
    ({"室": "107", "楼层": "三层半"}, "楼层", "form"), ({"室": "108", "地上层数": "900"}, "地上层数", "form"), ({"室": "109", "建成年份": "1066"}, "建成年份", "form"),
    ({"室": "110", "门数": "-2"}, "门数", "form"), ({"室": "9" * 30}, "室", "form"), ({"室": "111", "社区": "没有的社区"}, "社区", "place"),
    ({"室": "112", "网格": "第九网格"}, "网格", "place"), ({"楼号": None, "住址": "大院里头"}, "住址", "address"), ({"室": "113", "门": "9" * 20}, "门", "form"),
    ({"楼号": None, "小区": None, "住址": "柳桥街道幸福里9号楼1门114"}, "住址", "disagrees"), ({"室": "115", "不动产权证号": "证" * 80}, "不动产权证号", "form"),
)


def test_every_fault_of_a_table_of_dwellings_is_marked_too(town: Cast) -> None:
    given = [{"社区": "槐安社区", "小区": "幸福里", "楼号": "1", "门": "1", "备注": str(at)} | one for at, (one, *_) in enumerate(DWELLINGS)]
    made = town.do("intake.receive", "head", sheet="dwellings", area=STREET, file=excel_of(given, DWELLING_HEADINGS))
    working.work(made["intake"])
    found = look(town, made["intake"], "head")
    town.do("intake.map", "head", intake=found.pk, columns=json.dumps({heading: column for heading, column in found.mapping.items() if column}))
    working.work(found.pk)

    rows, told = returned(town, look(town, found.pk, "head"))

    headings = [cell.value for cell in rows[0]]
    for row in rows[1:]:
        at = int(row[headings.index("备注")].value)
        marked = [headings[place] for place, cell in enumerate(row) if cell.fill.start_color.rgb == MARK.start_color.rgb]
        assert (marked, list(told[at + 2].values())) == ([DWELLINGS[at][1]], [DWELLINGS[at][2]]), (DWELLINGS[at], row[-1].value)
    assert len(rows) - 1 == sum(bool(heading) for _, heading, _ in DWELLINGS)


TABLES = {"gender": "sex", "ethnic": "ethnicity", "marital": "marital", "education": "education", "employment_status": "employment"}
ROWS = [row for row in csv.DictReader(codes.SEED.open(encoding="utf-8-sig")) if row["table"] in TABLES]


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row['table']}-{row['code']}")
def test_each_code_and_each_word_of_the_national_tables_means_its_own_row(row: dict[str, str]) -> None:
    column = register_named("person").column(TABLES[row["table"]])

    assert cleaning.choice_of(column, row["code"]) == row["code"]
    assert cleaning.choice_of(column, row["name"]) == row["code"]
    assert cleaning.choice_of(column, f"{row['name']}不是") is None


def test_no_table_of_politics_can_be_brought_at_all() -> None:
    assert "political" not in {option for owner, one in columns.sheet_named("residents").every() for option in (one.name, *one.headings)}
    assert all(columns.is_forbidden(name) for name in ("政治面貌", "政治面貌代码", "是否中共党员"))


@pytest.mark.parametrize(("column", "said", "code"), [
    ("education", "本科", "20"), ("education", "大专", "30"), ("education", "高中", "60"), ("education", "初中", "70"), ("education", "小学", "80"),
    ("education", "硕士", "10"), ("education", "文盲", "90"), ("sex", "男性", "1"), ("marital", "离异", "40"), ("employment", "退休", "80"), ("employment", "无业", "70")])
def test_what_people_write_every_day_means_the_group_of_its_table(column: str, said: str, code: str) -> None:
    assert cleaning.choice_of(register_named("person").column(column), said) == code


def test_every_everyday_word_leads_to_a_code_that_its_table_has() -> None:
    for name, said in cleaning.SPOKEN.items():
        column = people.RELATION if name == "relation" else register_named("person").column(name)
        assert set(said.values()) <= {code for code, _ in column.options()}, name
