# SPDX-License-Identifier: MulanPSL-2.0
"""A workbook with every kind of fault: each comes back marked in its cell with the reason, the mended workbook goes in, a third time changes nothing."""

import io
from typing import Any

import openpyxl
import pytest

from linli.core.fields import Received
from linli.core.models import JournalPayload
from linli.core.sight import looking, of_all, of_post
from linli.elements.intakes import columns
from linli.elements.intakes.returning import MARK, workbook
from linli.elements.models import IntakePart, IntakeRow, Person
from tests.cast import Cast
from tests.elements.intakes.tables import HEADINGS, bring, excel_of, number, person, take

pytestmark = pytest.mark.django_db

EVERY = (*HEADINGS, "社区", "网格", "政治面貌", "备注")
FAULTY: tuple[tuple[dict[str, Any], str, str, dict[str, Any]], ...] = (
    (person("无姓名", 11, 室="201", 姓名=None), "姓名", "required", {"姓名": "赵一"}),
    (person("数字名9", 12, 室="202"), "姓名", "rule", {"姓名": "赵二"}),
    (person("位数错", 13, 室="203", 身份证号="12345"), "身份证号", "id_number_is_right", {"身份证号": number(serial=13)}),
    (person("校验错", 14, 室="204", 身份证号=number(serial=14)[:17] + ("1" if number(serial=14)[17] != "1" else "2")), "身份证号", "id_number_is_right",
     {"身份证号": number(serial=14)}),
    (person("生日错", 15, 室="205", 出生日期="1991-03-07"), "出生日期", "birth_is_that_of_the_number", {"出生日期": "1990年3月7日"}),
    (person("性别错", 16, 室="206", 性别="男"), "性别", "sex_is_that_of_the_number", {"性别": "女"}),
    (person("电话错", 17, 室="207", 联系电话="1380000"), "联系电话", "rule", {"联系电话": "０２２－１２３４５６７８"}),
    (person("民族错", 18, 室="208", 民族="火星族"), "民族", "choice", {"民族": "汉"}),
    (person("日期错", 19, 室="209", 出生日期="九零年"), "出生日期", "day", {"出生日期": "19900307"}),
    (person("社区错", 20, 室="210", 社区="没有的社区"), "社区", "place", {"社区": "槐安社区"}),
    (person("网格错", 21, 室="211", 网格="第九网格"), "网格", "place", {"网格": "槐安第一网格"}),
    (person("无楼号", 22, 室="212", 楼号=None), "楼号", "required", {"楼号": "1号楼"}),
    (person("重复", 23, 室="213"), "", "", {}),
    (person("重复", 23, 室="213"), "姓名", "twice", {"姓名": "重复二", "身份证号": number(serial=123), "与户主关系": "配偶"}),
    (person("两户甲", 24, 室="214"), "楼号", "two_homes", {}),
    (person("两户甲", 24, 室="215"), "楼号", "two_homes", {"身份证号": number(serial=124), "姓名": "两户乙"}),
    (person("双户主", 25, 室="216"), "与户主关系", "two_heads", {}),
    (person("双户主二", 26, 室="216"), "与户主关系", "two_heads", {"与户主关系": "配偶"}),
    (person("无户主", 27, 室="217", 与户主关系="子"), "与户主关系", "no_head", {"与户主关系": "户主"}),
    (person("同号", 28, 室="218"), "身份证号", "two_names", {}),
    (person("同号异名", 28, 室="218", 与户主关系="配偶"), "身份证号", "two_names", {"身份证号": number(serial=128)}),
    (person("已走", 29, 室="219", 人户情况="已离开"), "人户情况", "gone", {"人户情况": "人在户不在"}),
)
"""A line, the heading of its wrong cell, the code of the fault, and what mends it."""


def lines() -> list[dict[str, Any]]:
    return [line | {"政治面貌": "机密甲", "备注": f"第{place}条"} for place, (line, *_) in enumerate(FAULTY)]


def test_each_fault_comes_back_marked_in_its_cell_with_the_reason_beside_it(cast: Cast) -> None:
    found = bring(cast, excel_of(lines(), EVERY, title="槐安社区实有人口台账"))
    assert found.state == "mapping"
    found = matched(cast, found)

    with looking(of_post(cast.director), read_only=True):
        page = openpyxl.load_workbook(io.BytesIO(workbook(found))).active
        codes = dict(IntakeRow.objects.filter(intake=found).values_list("line", "faults"))

    rows = list(page.iter_rows())
    headings = [cell.value for cell in rows[0]]
    assert headings == [name for name in EVERY if name != "政治面貌"] + ["问题"]
    wrong = [place for place, (_, heading, *_) in enumerate(FAULTY) if heading]
    assert [row[headings.index("备注")].value for row in rows[1:]] == [f"第{place}条" for place in wrong]
    assert [list(codes[place + 3].values()) for place in wrong] == [[FAULTY[place][2]] for place in wrong]
    for row, place in zip(rows[1:], wrong, strict=True):
        marked = [headings[at] for at, cell in enumerate(row) if cell.fill.start_color.rgb == MARK.start_color.rgb]
        assert marked == [FAULTY[place][1]], FAULTY[place]
        assert row[-1].value.startswith(f"【{FAULTY[place][1]}】")


def test_the_mended_workbook_goes_in_and_a_third_time_changes_nothing(cast: Cast) -> None:
    take(cast, matched(cast, bring(cast, excel_of(lines(), EVERY))))
    mended = [line | mending for line, *_, mending in FAULTY]

    second = take(cast, bring(cast, excel_of(mended, EVERY[:-2])))
    third = bring(cast, excel_of(mended, EVERY[:-2]))

    assert {name: second.counts[name] for name in ("add", "bad", "ask", "same")} == {"add": 21, "bad": 0, "ask": 0, "same": 1}
    assert {name: third.counts[name] for name in ("add", "change", "bad", "ask", "same")} == {"add": 0, "change": 0, "bad": 0, "ask": 0, "same": 22}


def test_a_returned_workbook_can_be_mended_and_brought_as_it_is(cast: Cast) -> None:
    first = take(cast, matched(cast, bring(cast, excel_of(lines(), EVERY))))
    with looking(of_post(cast.director), read_only=True):
        book = openpyxl.load_workbook(io.BytesIO(workbook(first)))
    page = book.active
    headings = [cell.value for cell in page[1]]
    wrong = [(line, mending) for line, heading, _, mending in FAULTY if heading]
    for at, (_, mending) in enumerate(wrong, start=2):
        for heading, value in mending.items():
            page.cell(row=at, column=headings.index(heading) + 1, value=value)
    out = io.BytesIO()
    book.save(out)

    again = take(cast, bring(cast, Received("退回.xlsx", out.getvalue())))

    assert {name: again.counts[name] for name in ("add", "bad")} == {"add": 21, "bad": 0}


def test_a_column_that_may_not_be_kept_is_left_out_by_name_and_kept_nowhere(cast: Cast) -> None:
    found = matched(cast, bring(cast, excel_of(lines(), EVERY)))

    assert found.mapping["政治面貌"] is None
    assert str(next(iter(columns.left_out(found.headings)))).startswith("“政治面貌”这一列没有收下")
    with looking(of_all(), read_only=True):
        from linli.elements.intakes import checking, parts
        assert "机密甲" not in str(parts.raw(found.pk).rows())
        assert all("机密甲" not in str(checking.opened(row)) for row in IntakeRow.objects.filter(intake=found))


def test_nothing_of_a_file_lies_open_in_the_database(cast: Cast) -> None:
    take(cast, matched(cast, bring(cast, excel_of(lines(), EVERY))))

    with looking(of_all(), read_only=True):
        kept = b"".join(bytes(one) for one in IntakePart.objects.values_list("sealed", flat=True))
        kept += b"".join(bytes(one or b"") for one in IntakeRow.objects.values_list("sealed", flat=True))
        journal = str(list(JournalPayload.objects.values_list("plain", flat=True)))
        faults = str(list(IntakeRow.objects.values_list("faults", flat=True)))
        people = str(list(Person.objects.values()))
    for value in (number(serial=23), "13800000023", "赵一", "重复"):
        assert value.encode() not in kept
        assert value not in journal + faults
    assert number(serial=23) not in people


def matched(cast: Cast, found: Any) -> Any:
    """The columns that nothing is known of are left out, the rest is as it was recognised."""
    import json

    from linli.elements.intakes import working
    from tests.elements.intakes.tables import look

    cast.do("intake.map", "director", intake=found.pk, columns=json.dumps({heading: column for heading, column in found.mapping.items() if column}))
    working.work(found.pk)
    return look(cast, found.pk)
