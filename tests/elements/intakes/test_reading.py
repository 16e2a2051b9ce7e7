# SPDX-License-Identifier: MulanPSL-2.0
"""Reading what people bring, and the quick looks of Polars held against the declared functions."""

import io
import zipfile

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from linli.core.words import words
from linli.elements.intakes import cleaning, columns, quantities, reading
from linli.elements.pinyin import pinyin_key, pinyin_keys
from linli.elements.registers import people
from linli.elements.registers.checks import person_numbers, writing
from linli.elements.registers.checks.person_numbers import check_sign
from linli.elements.registers.declaring import Column
from tests.elements.intakes.tables import excel_of, person

TEXT = "姓名,楼号\n张㐂,1\n李四,２号楼\n"
ODD = st.text(st.characters(codec="utf-8"), max_size=25) | st.from_regex(r"1[0-9]{10}", fullmatch=True) | st.from_regex(r"[0-9]{15,18}X?", fullmatch=True)


@pytest.mark.parametrize("content", [
    TEXT.encode(), b"\xef\xbb\xbf" + TEXT.encode(), TEXT.encode("gb18030"), TEXT.encode("utf-16"), TEXT.replace(",", "\t").encode(), TEXT.replace(",", ";").encode(),
    TEXT.replace("\n", "\r\n").encode()])
def test_every_usual_coding_and_divider_reads_the_same(content: bytes) -> None:
    assert reading.read(content).rows() == [(1, "姓名", "楼号"), (2, "张㐂", "1"), (3, "李四", "２号楼")]


def test_an_excel_file_reads_as_text_with_the_title_above_its_headings() -> None:
    table = reading.read(excel_of([person("张三")], ("姓名", "楼号"), title="某社区台账").content)

    headings, rows = columns.split(table, columns.sheet_named("residents"))

    assert (headings, rows.rows()) == (["姓名", "楼号"], [(3, "张三", "1")])


@pytest.mark.parametrize("content", [b"", b"   ", b"%PDF-1.4", b"<html>", b"PK\x03\x04rubbish", b"\xd0\xcf\x11\xe0rubbish", b"a,b\n\0\0", b"\xff\xff\xff\xff"])
def test_what_is_no_table_is_refused_with_a_sentence(content: bytes) -> None:
    with pytest.raises(reading.Unreadable):
        reading.read(content)


def test_a_packed_bomb_is_refused_before_it_is_opened(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "MOST_UNPACKED", 10_000)
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("xl/worksheets/sheet1.xml", b"0" * 20_000)

    with pytest.raises(reading.Unreadable):
        reading.read(out.getvalue())


@given(st.binary(max_size=300))
@settings(max_examples=150, deadline=None)
def test_any_bytes_are_read_or_refused(content: bytes) -> None:
    try:
        found = reading.read(content)
    except reading.Unreadable:
        return
    assert found.height >= 1


@pytest.mark.slow
@given(st.lists(ODD, min_size=1, max_size=8))
@settings(max_examples=200, deadline=None)
def test_what_a_pattern_calls_right_the_declared_functions_leave_as_it_is(texts: list[str]) -> None:
    for (normal, rule), pattern in cleaning.SAFE.items():
        surely = pl.Series(texts).str.contains(pattern).to_list()
        for text, is_sure in zip(texts, surely, strict=True):
            if is_sure:
                assert (normal(text) if normal else text) == text
                assert rule is None or rule(text) is None


@pytest.mark.slow
@given(st.dates(min_value=person_numbers.OLDEST), st.integers(0, 999), st.integers(0, 10), st.booleans())
@settings(max_examples=200, deadline=None)
def test_the_quick_look_at_a_number_agrees_with_the_rule(born: object, serial: int, sign: int, is_right: bool) -> None:
    first = f"999999{born:%Y%m%d}{serial:03d}"
    number = first + (check_sign(first) if is_right else person_numbers.SIGNS[sign])

    quick = pl.DataFrame({"n": [number]}).select(cleaning._is_right(pl.col("n"))).item()

    assert quick == (people.number_broken({"id_number": number, "id_kind": "111"}) is None)


@pytest.mark.parametrize(("text", "day"), [
    ("1990-03-07", "1990-03-07"), ("1990/3/7", "1990-03-07"), ("1990.3.7", "1990-03-07"), ("1990年3月7日", "1990-03-07"), ("19900307", "1990-03-07"),
    ("1990-03-07 00:00:00", "1990-03-07"), ("32939", "1990-03-07"), ("1990-02-30", None), ("九零年", None), ("1990", None)])
def test_a_day_is_read_as_files_write_it(text: str, day: str | None) -> None:
    assert cleaning.day_of(text) == day


def test_a_heading_is_known_by_its_usual_names_and_without_its_remarks() -> None:
    known = columns.known(columns.sheet_named("residents"))

    assert [known.get(columns.simple(one).lower()) for one in ("姓名*（必填）", "公民身份号码", "联系方式", "与户主的关系", "幢")] == [
        "person.name", "person.id_number", "person.phone", "joining.relation", "building.number"]
    assert all(columns.is_forbidden(one) for one in ("政治面貌", "是否党员", "宗教信仰", "慢性病", "残疾类别", "重点人员类别", "吸毒史"))
    assert not any(columns.is_forbidden(one) for one in ("姓名", "职业", "婚姻状况", "民族", "备注"))


def test_numbers_that_a_spreadsheet_keeps_with_an_ending_are_brought_to_one_form() -> None:
    assert writing.code("110101199003070000.0") == "110101199003070000"


@pytest.mark.slow
@given(st.lists(st.text(st.sampled_from("王李张重庆和平长春都大夫单于朝阳曾任尉迟万俟仇区解查仉乐行藏石参差银行长大便宜睡觉觉得"), min_size=1, max_size=4), max_size=6))
@settings(max_examples=300, deadline=None)
def test_many_names_are_spelled_as_one_by_one(names: list[str]) -> None:
    assert pinyin_keys(names) == {name: pinyin_key(name) for name in names}


def test_only_sheets_whose_rows_can_be_taken_are_offered() -> None:
    names = [one.name for one in columns.sheets()]

    assert names[:4] == ["dwellings", "residents", "seats", "organisations"]
    assert all(one.sole is not None and one.sole.link is None for one in columns.sheets()[3:])


AREA = Column("area", words("面积（平方米）", "Area (m²)"), "hundredths")
FAR = Column("far", words("距离（米）", "Distance (m)"), "integer")
PLACES = Column("places", words("床位", "Beds"), "integer")


@pytest.mark.parametrize(("column", "text", "found"), [
    (AREA, "86.5", "86.50"), (AREA, "1,200.5 平方米", "1200.50"), (AREA, "2亩", "1333.33"), (AREA, "0.3公顷", "3000.00"), (AREA, "３００㎡", "300.00"), (AREA, "300人", None),
    (AREA, "很大", None), (FAR, "1.2公里", "1200"), (FAR, "30m", "30"), (FAR, "30.5", None), (FAR, "50平方米", None), (PLACES, "20张", "20"), (PLACES, "20.0", "20"),
    (PLACES, "20公里", None), (PLACES, "1,2", None), (PLACES, "-3", "-3")])
def test_numbers_come_with_thousands_marks_and_with_units(column: Column, text: str, found: str | None) -> None:
    assert (quantities.hundredths if column.kind == "hundredths" else quantities.whole)(column, text) == found


@given(st.integers(0, 10**12))
def test_whole_numbers_are_read_however_they_are_grouped(number: int) -> None:
    assert [quantities.whole(PLACES, text) for text in (str(number), f"{number:,}", f"{number}.0", f"{number} 个")] == [str(number)] * 4
