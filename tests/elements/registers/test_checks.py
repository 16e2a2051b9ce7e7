# SPDX-License-Identifier: MulanPSL-2.0
"""Check digits, written forms and code tables."""

import csv
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from linli.elements.registers import codes
from linli.elements.registers.checks import credit_codes, person_numbers, writing
from linli.elements.registers.declaring import registers

TODAY = date(2026, 11, 23)
VECTORS = list(csv.DictReader((Path(__file__).parent / "uscc_vectors.csv").read_text("utf-8-sig").splitlines()))
RIGHT = ("11010519491231002X", "440524188001010014", "34052419800101001X")
"""policy.md 8.1, computed."""


@pytest.mark.parametrize("number", RIGHT)
def test_a_right_identity_number_holds_and_any_changed_digit_breaks_it(number: str) -> None:
    assert person_numbers.fault(number, today=TODAY) is None
    for place in range(17):
        changed = number[:place] + str((int(number[place]) + 1) % 10) + number[place + 1:]
        assert person_numbers.fault(changed, today=TODAY) is not None


def test_a_number_says_which_day_and_sex_disagree_with_it() -> None:
    found = person_numbers.disagreement(RIGHT[0], born_on=date(1949, 12, 30), sex="1")

    assert set(found) == {"born_on", "sex"}
    assert "1949-12-31" in found["born_on"]
    assert person_numbers.disagreement(RIGHT[0], born_on=date(1949, 12, 31), sex="2") == {}
    assert person_numbers.disagreement(RIGHT[0], born_on=None, sex="9") == {}


def test_an_old_number_of_fifteen_digits_is_lengthened_and_right() -> None:
    assert person_numbers.lengthened("110105491231002") == "11010519491231002X"


@pytest.mark.parametrize(("number", "said"), [
    ("1101051949123100", "18 位"), ("110105194902300028", "出生日期"), ("110105204912310025", "晚于今天"), ("11010519491231002Y", "18 位"), ("", "18 位"),
])
def test_a_wrong_number_says_what_is_wrong(number: str, said: str) -> None:
    assert said in person_numbers.fault(number, today=TODAY)  # type: ignore[operator]


@pytest.mark.parametrize("row", VECTORS, ids=lambda row: row["uscc"])
def test_credit_codes_hold_as_their_vectors_say(row: dict[str, str]) -> None:
    assert (credit_codes.fault(row["uscc"]) is None) == (row["valid"] == "1")


@given(st.text(max_size=30))
def test_no_text_breaks_a_check(text: str) -> None:
    person_numbers.fault(writing.code(text), today=TODAY)
    credit_codes.fault(writing.code(text))
    assert writing.plain(writing.plain(text)) == writing.plain(text)
    assert writing.name(writing.name(text)) == writing.name(text)
    assert writing.phone(writing.phone(text)) == writing.phone(text)


@pytest.mark.parametrize(("typed", "written"), [
    ("'１１０１０５１９４９１２３１００２ｘ ", "11010519491231002X"), ("110105 1949-1231 002x", "11010519491231002X"), ("13800138000.0", "13800138000"),
])
def test_numbers_come_into_one_written_form(typed: str, written: str) -> None:
    assert writing.code(typed) == written


@pytest.mark.parametrize(("typed", "written"), [("+86 138-0013-8000", "13800138000"), ("022-2345 6789", "02223456789"), ("8613800138000", "13800138000")])
def test_phones_come_into_one_written_form(typed: str, written: str) -> None:
    assert writing.phone(typed) == written


@pytest.mark.parametrize(("typed", "written"), [("张　三", "张三"), ("买买提・吐尔逊", "买买提·吐尔逊"), ("John  Smith", "John Smith"), ("小（氵甸）", "小(氵甸)")])
def test_names_come_into_one_written_form(typed: str, written: str) -> None:
    assert writing.name(typed) == written


@pytest.mark.parametrize(("table", "text", "code"), [
    ("ethnic", "汉", "01"), ("ethnic", "汉族", "01"), ("ethnic", "1", "01"), ("gender", "男", "1"), ("relation", "配偶", "1"), ("gender", "男性别", None), ("marital", "", None),
])
def test_codes_are_found_by_code_or_name(table: str, text: str, code: str | None) -> None:
    assert codes.code_of(table, text) == code


def test_no_register_keeps_what_the_boundaries_forbid() -> None:
    forbidden = ("政治面貌", "宗教", "疾病", "残疾", "吸毒", "精神", "矫正", "信访", "重点人员")

    for register in registers():
        for column in register.columns:
            assert not [word for word in forbidden if any(word in said for said in (column.label.zh, *column.headings))]
