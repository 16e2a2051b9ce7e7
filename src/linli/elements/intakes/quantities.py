# SPDX-License-Identifier: MulanPSL-2.0
"""Numbers as files write them: with thousands marks, with the unit of their column, or with one that is turned into it."""

import re
from collections.abc import Mapping
from fractions import Fraction

from linli.elements.registers.checks import writing
from linli.elements.registers.declaring import Column

METRES: Mapping[str, Fraction] = {"米": Fraction(1), "m": Fraction(1), "公里": Fraction(1000), "千米": Fraction(1000), "km": Fraction(1000), "里": Fraction(500)}
SQUARES: Mapping[str, Fraction] = {
    "平方米": Fraction(1), "平米": Fraction(1), "平": Fraction(1), "m²": Fraction(1), "m2": Fraction(1), "㎡": Fraction(1), "万平方米": Fraction(10_000),
    "公顷": Fraction(10_000), "亩": Fraction(2000, 3), "平方公里": Fraction(1_000_000)}
"""To metres and square metres; 亩 is 2000/3 m² (the statutory unit of measurement for land)."""
MEASURES: Mapping[str, Mapping[str, Fraction]] = {"米": METRES, "平方米": SQUARES}
COUNTED = frozenset("层楼个年人名位处台套张间座辆把件支具床户次天盏组根箱部块口顶瓶")
"""Words behind a bare count, which say nothing more."""
TOLD = re.compile(r"^(-?[0-9]+(?:\.[0-9]+)?)\s*([^0-9\s.]*)$")
THOUSANDS = re.compile(r"(?<=[0-9])[,，](?=[0-9]{3}(?![0-9]))")
IN_BRACKETS = re.compile(r"[（(](.+?)[）)]")


def unit_of(column: Column) -> str:
    """The unit that the label of a column names in brackets; empty when it names none."""
    found = IN_BRACKETS.search(column.label.zh)
    return found[1] if found else ""


def _exact(column: Column, text: str) -> Fraction | None:
    """The number in the unit of the column; None when the text is no number or bears another unit."""
    text = THOUSANDS.sub("", writing.plain(text))
    wanted = unit_of(column)
    known = MEASURES.get(wanted, {wanted: Fraction(1)} if wanted else {})
    for unit in sorted(known, key=len, reverse=True):
        number = text.removesuffix(unit).strip() if unit else text
        if number != text and re.fullmatch(r"-?[0-9]+(\.[0-9]+)?", number):
            return Fraction(number) * known[unit]
    found = TOLD.match(text)
    if found is None or (found[2] and (found[2] not in COUNTED or wanted in MEASURES)):
        return None
    return Fraction(found[1])


def whole(column: Column, text: str) -> str | None:
    """A whole number: 1,200 and 1200人 and 1200.0 are 1200, 1.2公里 in metres is 1200; None for a number that is not whole, or a unit of something else."""
    found = _exact(column, text)
    return str(found.numerator) if found is not None and found.denominator == 1 else None


def hundredths(column: Column, text: str) -> str | None:
    """A number with two decimals: 86.5㎡ is 86.50, 2亩 in square metres is 1333.33; None when it is no number, or bears a unit of something else."""
    found = _exact(column, text)
    if found is None:
        return None
    hundred = round(found * 100)
    sign, hundred = ("-" if hundred < 0 else ""), abs(hundred)
    return f"{sign}{hundred // 100}.{hundred % 100:02}"
