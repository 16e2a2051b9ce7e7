# SPDX-License-Identifier: MulanPSL-2.0
"""统一社会信用代码 (GB 32100-2015): shape, its own check sign, and that of the organisation code inside it (GB 11714-1997)."""

import re

from linli.core.words import Words, words

SIGNS = "0123456789ABCDEFGHJKLMNPQRTUWXY"
"""GB 32100-2015: 31 signs, without I O Z S V."""
WEIGHTS = tuple(pow(3, place, 31) for place in range(17))
INNER_WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2)
INNER_SIGNS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
SHAPE = re.compile(r"[0-9A-HJ-NP-RTUW-Y]{2}[0-9]{6}[0-9A-HJ-NP-RTUW-Y]{10}")

NOT_A_CODE = words("统一社会信用代码应是 18 位数字和大写字母（不含 I、O、Z、S、V），第 3 至 8 位是数字。",
                   "A unified social credit code has 18 digits and capital letters (no I, O, Z, S, V); signs 3 to 8 are digits.")
WRONG_SIGN = words("统一社会信用代码末位校验不符，请对照证书核对。", "The last sign of the unified social credit code does not fit. Compare it with the certificate.")
WRONG_INNER = words("统一社会信用代码第 9 至 17 位（组织机构代码）校验不符，请对照证书核对。",
                    "Signs 9 to 17 of the unified social credit code (the organisation code) do not fit. Compare them with the certificate.")


def check_sign(first: str) -> str:
    """The last sign for the first 17."""
    return SIGNS[-sum(weight * SIGNS.index(sign) for weight, sign in zip(WEIGHTS, first, strict=True)) % 31]


def inner_sign(first: str) -> str:
    """The ninth sign of an organisation code for its first eight: 10 is X, 11 is 0."""
    rest = 11 - sum(weight * INNER_SIGNS.index(sign) for weight, sign in zip(INNER_WEIGHTS, first, strict=True)) % 11
    return "0X"[rest == 10] if rest >= 10 else str(rest)


def fault(code: str) -> Words | None:
    """What is wrong with a code in its written form; None while it is right."""
    if not SHAPE.fullmatch(code):
        return NOT_A_CODE
    if check_sign(code[:17]) != code[17]:
        return WRONG_SIGN
    return None if inner_sign(code[8:16]) == code[16] else WRONG_INNER
