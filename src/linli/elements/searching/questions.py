# SPDX-License-Identifier: MulanPSL-2.0
"""What somebody typed into the search box: read once as a name, as letters, as a number of a person, and as an address."""

import re
from dataclasses import dataclass
from typing import Literal

from linli.core import clock
from linli.elements import places
from linli.elements.registers import addresses
from linli.elements.registers.checks import person_numbers, writing
from linli.elements.registers.people import phone_fault

LONGEST = 100
LONGEST_NAME = 30
HAN = re.compile(r"[\u2e80-\u2fdf\u3005-\u3007\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]")
NAME = re.compile(r"[\u2e80-\u2fdf\u3005-\u3007\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff·()]+")
LETTERS = re.compile(r"[A-Za-züÜ'’ ]+")
TYPED_NUMBER = re.compile(r"[+0-9() \-]+")
OTHER_DOCUMENT = re.compile(r"[A-Z][0-9]{8}|[A-Z]{2}[0-9]{7}|[HM][0-9]{10}")
"""Passports and travel permits; their checks are not public, so the shape alone decides (our choice)."""

PLACE_DIGITS = 15

What = Literal["id_number", "phone"]


@dataclass(frozen=True)
class Question:
    """The text in its one written form and what it may mean; empty strings and None where it cannot mean that.

    `name` is a name or part of one in characters, `letters` pinyin or initials without blanks, `number` a phone or identity number in its written form.
    """

    text: str
    words: tuple[str, ...]
    name: str
    letters: str
    number: str
    what: What | None
    parts: addresses.Parts

    @property
    def is_empty(self) -> bool:
        """True when nothing was typed."""
        return not self.text

    @property
    def is_short(self) -> bool:
        """True when so little was typed that a list of what fits is cut off somewhere."""
        return len(self.name) == 1 or 0 < len(self.letters) < len("abc")


def read_question(text: str) -> Question:
    """What a text may mean. Never fails; whatever is longer than a hundred characters is cut."""
    plain = "".join(sign for sign in writing.plain(text[: 4 * LONGEST]) if sign.isprintable())[:LONGEST].strip()
    what, number = number_meant(plain)
    joined = writing.name(plain).replace(" ", "")
    is_name = bool(joined) and NAME.fullmatch(joined) is not None and len(joined) <= LONGEST_NAME
    letters = re.sub(r"[^a-zü]", "", plain.lower()).replace("ü", "v") if LETTERS.fullmatch(plain) else ""
    return Question(plain, tuple(plain.split()), joined if is_name else "", letters[:LONGEST], number, what, addresses.read_address(plain))


def number_meant(plain: str) -> tuple[What | None, str]:
    """Which number of a person a text is, in its one written form; (None, "") for any other text."""
    if is_place_number(plain):
        return None, ""
    code = person_numbers.lengthened(writing.code(plain))
    is_citizens = person_numbers.SHAPE.fullmatch(code) is not None and (day := person_numbers.born(code)) is not None and day <= clock.today()
    if is_citizens or OTHER_DOCUMENT.fullmatch(code):
        return "id_number", code
    phone = writing.phone(plain)
    if TYPED_NUMBER.fullmatch(plain) and phone and phone_fault(phone) is None:
        return "phone", phone
    return None, ""


def is_place_number(plain: str) -> bool:
    """True for the number of a place: fifteen digits, as the oldest identity cards have too."""
    return len(plain) == PLACE_DIGITS and plain.isdecimal() and places.find_place(int(plain)) is not None


def has_characters(text: str) -> bool:
    """True if there is a Chinese character in it."""
    return HAN.search(text) is not None
