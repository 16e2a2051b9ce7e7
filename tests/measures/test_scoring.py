# SPDX-License-Identifier: MulanPSL-2.0
"""Points are exact: each scorer at its bounds, between them and beyond."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from linli.measures.scoring import decimal, percent, scorer

TWO = Fraction(2)


@pytest.mark.parametrize(("text", "numerator", "denominator", "expected"), [
    ("lin .80→.95", 80, 100, Fraction(0)),
    ("lin .80→.95", 95, 100, TWO),
    ("lin .80→.95", 100, 100, TWO),
    ("lin .80→.95", 10, 100, Fraction(0)),
    ("lin .80→.95", 85, 100, Fraction(2, 3)),
    ("inv .15→.03", 15, 100, Fraction(0)),
    ("inv .15→.03", 3, 100, TWO),
    ("inv .15→.03", 0, 100, TWO),
    ("inv .15→.03", 9, 100, Fraction(1)),
    ("bool", 3, 3, TWO),
    ("bool", 2, 3, Fraction(0)),
    ("steps 4", 3, 1, Fraction(3, 2)),
    ("steps", 5, 7, Fraction(10, 7)),
    ("steps 4", 9, 1, TWO),
    ("ded 0.5 each", 1, 1, Fraction(3, 2)),
    ("ded 0.5 each", 9, 1, Fraction(0)),
])
def test_points_follow_the_sheet(text: str, numerator: int, denominator: int, expected: Fraction) -> None:
    assert scorer(text).points(numerator, denominator, TWO) == expected


@pytest.mark.parametrize("text", ["lin .9→.8", "inv .1→.2", "lin .8", "steps 0", "ded 0 each", "whatever", ""])
def test_a_scoring_that_cannot_be_read_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="scoring"):
        scorer(text)


def test_an_empty_denominator_has_no_points() -> None:
    with pytest.raises(ValueError, match="not evaluable"):
        scorer("bool").points(0, 0, TWO)


@given(st.integers(0, 1000), st.integers(1, 1000), st.sampled_from(["lin .80→.95", "inv .15→.03", "bool", "steps", "ded 0.5 each"]))
def test_points_never_leave_the_bounds(numerator: int, denominator: int, text: str) -> None:
    assert 0 <= scorer(text).points(numerator, denominator, TWO) <= TWO


def test_shares_are_written_with_one_decimal_and_halves_go_up() -> None:
    assert percent(Fraction(7, 8)) == "87.5%"
    assert percent(Fraction(1, 3)) == "33.3%"
    assert percent(Fraction(2, 3)) == "66.7%"
    assert percent(Fraction(1)) == "100.0%"
    assert decimal(Fraction(1, 8), 2) == "0.13"
    assert decimal(Fraction(-1, 1000), 1) == "0.0"
