# SPDX-License-Identifier: MulanPSL-2.0
"""公民身份号码 (GB 11643-1999): shape, date, check digit, and what the number says of birth and sex."""

import re
from dataclasses import dataclass
from datetime import date

from linli.core.words import Words, words

WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
SIGNS = "10X98765432"
"""GB 11643-1999, 6: the weights and the sign for each remainder by 11."""
SHAPE = re.compile(r"[1-9][0-9]{16}[0-9X]")
OLD_SHAPE = re.compile(r"[1-9][0-9]{14}")
OLDEST = date(1880, 1, 1)
"""Nobody alive is older (our choice)."""
RESIDENT_CARD = "111"
"""居民身份证, GA/T 2000.156 [memory-sure]; the rule of 18 digits holds for this kind of document only."""
PERMIT_HEADS = ("81", "82", "83")
"""居住证 of people from Hong Kong, Macao and Taiwan: the same shape with these heads [memory-sure]."""

NOT_A_NUMBER = words("身份证号应是 18 位（前 17 位数字，末位数字或 X），现在是 {found} 位。", "An identity number has 18 signs (17 digits, then a digit or X); this has {found}.")
NOT_A_DAY = words("身份证号第 7 至 14 位不是真实的出生日期。", "Digits 7 to 14 of the identity number are no real date of birth.")
AHEAD = words("身份证号里的出生日期晚于今天。", "The date of birth in the identity number lies ahead of today.")
WRONG_SIGN = words("身份证号末位校验不符，多半有一位抄错了，请对照证件核对。",
                   "The last sign of the identity number does not fit: probably one digit was miscopied. Compare it with the card.")
OTHER_BIRTH = words("出生日期与身份证号不一致（号码里是 {there}）。", "The date of birth differs from the identity number, which says {there}.")
OTHER_SEX = words("性别与身份证号不一致（号码里是{there}）。", "The sex differs from the identity number, which says {there}.")
MAN, WOMAN = words("男", "male"), words("女", "female")


@dataclass(frozen=True)
class Told:
    """What a number says by itself."""

    division: str
    born_on: date
    sex: str


def check_sign(first: str) -> str:
    """The last sign for the first 17 digits."""
    return SIGNS[sum(weight * int(digit) for weight, digit in zip(WEIGHTS, first, strict=True)) % 11]


def lengthened(number: str) -> str:
    """An old number of 15 digits as 18: 19 before the year, the check sign behind. Anything else comes back as it is."""
    if not OLD_SHAPE.fullmatch(number):
        return number
    first = f"{number[:6]}19{number[6:]}"
    return first + check_sign(first)


def born(number: str) -> date | None:
    """The date of birth in a number of 18 signs; None when there is no such day."""
    try:
        return date(int(number[6:10]), int(number[10:12]), int(number[12:14]))
    except ValueError:
        return None


def told_by(number: str) -> Told | None:
    """Division, birth and sex in a right number; None for any other text."""
    if fault(number, today=date.max) is not None:
        return None
    day = born(number)
    assert day is not None
    return Told(number[:6], day, "1" if int(number[16]) % 2 else "2")


def fault(number: str, *, today: date) -> Words | None:
    """What is wrong with a number in its written form (18 signs, capital X); None while it is right."""
    if not SHAPE.fullmatch(number):
        return NOT_A_NUMBER.format(found=len(number))
    day = born(number)
    if day is None or day < OLDEST:
        return NOT_A_DAY
    if day > today:
        return AHEAD
    return None if check_sign(number[:17]) == number[17] else WRONG_SIGN


def disagreement(number: str, *, born_on: date | None, sex: str) -> dict[str, Words]:
    """Where a right number differs from the date of birth and the sex given beside it, by column; not stated ones agree."""
    told = told_by(number)
    found: dict[str, Words] = {}
    if told is None:
        return found
    if born_on is not None and born_on != told.born_on:
        found["born_on"] = OTHER_BIRTH.format(there=told.born_on.isoformat())
    if sex in ("1", "2") and sex != told.sex:
        found["sex"] = OTHER_SEX.format(there=MAN if told.sex == "1" else WOMAN)
    return found
