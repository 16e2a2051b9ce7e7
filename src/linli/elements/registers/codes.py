# SPDX-License-Identifier: MulanPSL-2.0
"""The code tables of person records (GB/T 2261, 3304, 4658, 4761), as choices. Source and degree of certainty of each row: seeds/gb_person_codes.csv."""

import csv
from functools import cache
from pathlib import Path

from linli.core.words import Words, words

SEED = Path(__file__).parent.parent / "seeds" / "gb_person_codes.csv"
HEAD = "0"
"""本人或户主 in GB/T 4761."""


@cache
def table(name: str) -> tuple[tuple[str, Words], ...]:
    """The codes of one table with their words. LookupError when there is no such table.

    The standards name the codes in Chinese only; English pages show the Chinese name with its code.
    """
    with SEED.open(encoding="utf-8-sig", newline="") as file:
        found = tuple((row["code"], words(row["name"], f"{row['name']} ({row['code']})")) for row in csv.DictReader(file) if row["table"] == name)
    if not found:
        raise LookupError(f"There is no code table named {name!r}.")
    return found


def code_of(name: str, text: str) -> str | None:
    """The code that a text of a file means: the code itself (with or without a leading zero), the name, or the name's beginning (汉 for 汉族); None when none or several."""
    known = dict(table(name))
    text = text.strip()
    if text in known:
        return text
    if text.isdecimal():
        return next((code for code in known if code.isdecimal() and int(code) == int(text)), None)
    exact = [code for code, label in known.items() if label.zh == text]
    close = exact or [code for code, label in known.items() if text and label.zh.startswith(text)]
    return close[0] if len(close) == 1 else None
