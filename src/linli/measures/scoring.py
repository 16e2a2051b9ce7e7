# SPDX-License-Identifier: MulanPSL-2.0
"""Scorers: from an exact share to an exact part of the points, as a published sheet writes it (`lin .85→.98`)."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction

from linli.core.words import Words, words

LINEAR = words("{a} 起得分，达到 {b} 得满分，其间按比例", "points from {a}, full at {b}, in proportion between")
INVERSE = words("{a} 及以上不得分，降到 {b} 得满分，其间按比例", "none at {a} or above, full at {b} or below, in proportion between")
YES_NO = words("全部达到得满分，否则不得分", "full when all hold, else none")
STEPS = words("每达到一项得 1/{n}", "1/{n} for each item met")
STEPS_OPEN = words("按达到的项数占应达项数得分", "by the number of items met, of those due")
DEDUCTION = words("每发现一处扣 {d} 分，扣完为止", "minus {d} points for each finding, not below 0")


@dataclass(frozen=True)
class Scorer:
    """A scoring rule. `text` is the sheet's own writing; `parameters` are exact.

    `bool`: full when numerator = denominator. `lin a→b`: 0 at a, full at b. `inv a→b`: falling is good.
    `steps N`: n/N with n the numerator (`steps`: N is the denominator). `ded d`: points minus d for each finding, the numerator.
    Source: policy.md 3.3.
    """

    kind: str
    text: str
    parameters: tuple[Fraction, ...]
    words: Words

    def points(self, numerator: int, denominator: int, full: Fraction) -> Fraction:
        """Points reached, exact, 0 to `full`. The denominator is positive: a share without one is not evaluable."""
        if denominator <= 0:
            raise ValueError("A figure without a denominator is not evaluable and has no points; leave it out before scoring.")
        return SCORERS[self.kind](self.parameters, numerator, denominator, full)


def _clipped(part: Fraction) -> Fraction:
    return max(Fraction(0), min(Fraction(1), part))


def _linear(bounds: tuple[Fraction, ...], numerator: int, denominator: int, full: Fraction) -> Fraction:
    low, high = bounds
    return full * _clipped((Fraction(numerator, denominator) - low) / (high - low))


def _yes_no(_none: tuple[Fraction, ...], numerator: int, denominator: int, full: Fraction) -> Fraction:
    return full if numerator >= denominator else Fraction(0)


def _steps(count: tuple[Fraction, ...], numerator: int, denominator: int, full: Fraction) -> Fraction:
    return full * _clipped(Fraction(numerator) / (count[0] if count else denominator))


def _deduction(each: tuple[Fraction, ...], numerator: int, _denominator: int, full: Fraction) -> Fraction:
    return max(Fraction(0), full - each[0] * numerator)


SCORERS: dict[str, Callable[[tuple[Fraction, ...], int, int, Fraction], Fraction]] = {
    "lin": _linear, "inv": _linear, "bool": _yes_no, "steps": _steps, "ded": _deduction,
}
NUMBERS = r"(\d*\.?\d+)"
PATTERNS = (
    ("lin", rf"lin {NUMBERS}→{NUMBERS}"), ("inv", rf"inv {NUMBERS}→{NUMBERS}"), ("bool", r"bool"), ("steps", r"steps(?: (\d+))?"),
    ("ded", rf"ded {NUMBERS} each"),
)


def scorer(text: str) -> Scorer:
    """The rule that a sheet writes as `text`. ValueError with the writings that are known."""
    for kind, pattern in PATTERNS:
        if found := re.fullmatch(pattern, text.strip()):
            parameters = tuple(Fraction(one) for one in found.groups() if one is not None)
            _refuse_nonsense(kind, text, parameters)
            return Scorer(kind, text.strip(), parameters, _said(kind, parameters))
    raise ValueError(f"The scoring {text!r} cannot be read. Write 'lin .80→.95', 'inv .15→.03', 'bool', 'steps 4' or 'ded 0.5 each'.")


def _refuse_nonsense(kind: str, text: str, parameters: tuple[Fraction, ...]) -> None:
    if kind == "lin" and not parameters[0] < parameters[1]:
        raise ValueError(f"The scoring {text!r} does not rise. Write the lower bound first, or use 'inv'.")
    if kind == "inv" and not parameters[0] > parameters[1]:
        raise ValueError(f"The scoring {text!r} does not fall. Write the higher bound first, or use 'lin'.")
    if kind in ("steps", "ded") and parameters and parameters[0] <= 0:
        raise ValueError(f"The scoring {text!r} needs a number above 0.")


def _said(kind: str, parameters: tuple[Fraction, ...]) -> Words:
    if kind in ("lin", "inv"):
        return (LINEAR if kind == "lin" else INVERSE).format(a=percent(parameters[0]), b=percent(parameters[1]))
    if kind == "steps":
        return STEPS.format(n=parameters[0]) if parameters else STEPS_OPEN
    return DEDUCTION.format(d=decimal(parameters[0], 2)) if kind == "ded" else YES_NO


def percent(share: Fraction) -> str:
    """A share as per cent with one decimal, halves away from zero: `87.5%`."""
    return f"{decimal(share * 100, 1)}%"


def decimal(value: Fraction, places: int) -> str:
    """An exact number written with so many decimals, halves away from zero; no float is ever made."""
    scaled = abs(value) * 10**places
    whole = (2 * scaled.numerator + scaled.denominator) // (2 * scaled.denominator)
    text = str(whole).rjust(places + 1, "0")
    sign = "-" if value < 0 and whole else ""
    return f"{sign}{text[:-places]}.{text[-places:]}" if places else f"{sign}{text}"
