# SPDX-License-Identifier: MulanPSL-2.0
"""The one written form of what people type: full-width signs, blanks, dashes and apostrophes of spreadsheets brought to one shape."""

import re
import unicodedata

BLANKS = re.compile(r"\s+")
LEADING_MARKS = re.compile(r"^[\s'’‘`]+")
NUMBER_ENDING = re.compile(r"^([0-9]+)\.0+$")


def plain(text: str) -> str:
    """Full-width letters, digits and signs as their common ones, blanks as one, none at the ends; the apostrophe that spreadsheets put before numbers gone."""
    return BLANKS.sub(" ", LEADING_MARKS.sub("", unicodedata.normalize("NFKC", text))).strip()


def code(text: str) -> str:
    """A number or code: no blanks or dashes in it, capital letters, and without the `.0` that a spreadsheet adds to digits."""
    return NUMBER_ENDING.sub(r"\1", re.sub(r"[\s\-‐-―]", "", plain(text))).upper()


def phone(text: str) -> str:
    """A phone number: digits only, without the country's 86 before eleven digits of a mobile phone."""
    digits = re.sub(r"[^0-9+]", "", plain(NUMBER_ENDING.sub(r"\1", text)))
    return re.sub(r"^(\+|00)?86(?=1[3-9][0-9]{9}$)", "", digits)


def name(text: str) -> str:
    """A person's name: no blanks between Chinese characters, the middle dot of names in other tongues written as ·, blanks between Latin words kept."""
    found = re.sub(r"\s*[•‧∙・．·]\s*", "·", plain(text))
    return re.sub(r"(?<=[\u3400-\u9fff（）()〇])\s+(?=[\u3400-\u9fff（）()〇])", "", found)
