# SPDX-License-Identifier: MulanPSL-2.0
"""From answers to figures: strata put together until nobody stands alone, weights, means and their intervals; exact fractions, rounded once at a root."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import isqrt

FEWEST = 5
"""A stratum with fewer answers is put together with another, and a cell with fewer is not shown (boundaries.md)."""
OTHERS = 0
"""The stratum of all that are too small to stand alone."""
Z = Fraction(49, 25)
"""1.96: 95 % of the normal distribution."""
E6 = 1_000_000


@dataclass(frozen=True)
class Estimate:
    """A weighted mean and the bounds between which it lies in 95 of 100 such samples; None where a stratum has a single answer."""

    mean: Fraction
    low: Fraction | None
    high: Fraction | None


def together(answered: Mapping[int, int], frame: Mapping[int, int]) -> dict[int, int]:
    """Into which stratum each of the frame goes, so that every one left has FEWEST answers at least; all into OTHERS where there are fewer in all."""
    small = {one for one in frame if answered.get(one, 0) < FEWEST or one == OTHERS}
    large = sorted((answered[one], one) for one in frame if one not in small)
    pooled = sum(answered.get(one, 0) for one in small)
    if small and 0 <= pooled < FEWEST and large:
        small.add(large[0][1])
    return {one: OTHERS if one in small else one for one in frame}


def weights(answered: Mapping[int, int], frame: Mapping[int, int]) -> dict[int, Fraction]:
    """How many households one answer of each stratum stands for. Strata without an answer have none: put them together first."""
    return {one: Fraction(frame[one], answered[one]) for one in sorted(frame) if answered.get(one)}


def merged(frame: Mapping[int, int], into: Mapping[int, int]) -> dict[int, int]:
    """The households of the strata that were put together."""
    found: dict[int, int] = {}
    for one, count in frame.items():
        found[into[one]] = found.get(into[one], 0) + count
    return found


def estimate(values: Sequence[tuple[int, Fraction]], frame: Mapping[int, int]) -> Estimate | None:
    """The mean over the households of the frame from (stratum, value) of each answer; None without any.

    Post-stratified: the mean of each stratum weighs as its households do. Variance of a stratum: sum of squares over n - 1, divided by n, times the
    share of its households that did not answer; the half width is 1.96 times the root, rounded up to a millionth.
    """
    groups: dict[int, list[Fraction]] = {}
    for stratum, value in values:
        groups.setdefault(stratum, []).append(value)
    households = sum(frame[one] for one in groups)
    if not households:
        return None
    means = {one: sum(found, Fraction(0)) / len(found) for one, found in groups.items()}
    mean = sum((frame[one] * means[one] for one in groups), Fraction(0)) / households
    if any(len(found) == 1 and frame[one] > 1 for one, found in groups.items()):
        return Estimate(mean, None, None)
    variance = sum((_variance(found, means[one], frame[one]) * Fraction(frame[one], households) ** 2 for one, found in groups.items()), Fraction(0))
    half = Z * root(variance)
    return Estimate(mean, mean - half, mean + half)


def _variance(found: Sequence[Fraction], mean: Fraction, households: int) -> Fraction:
    if len(found) < 2 or len(found) >= households:
        return Fraction(0)
    squares = sum(((one - mean) ** 2 for one in found), Fraction(0))
    return squares / (len(found) - 1) / len(found) * (1 - Fraction(len(found), households))


def root(value: Fraction) -> Fraction:
    """The square root, rounded up to a millionth: the one rounding of an interval."""
    scaled = value * E6 * E6
    whole = -(-scaled.numerator // scaled.denominator)
    found = isqrt(whole)
    return Fraction(found if found * found == whole else found + 1, E6)


def clipped(one: Estimate, low: int, high: int) -> Estimate:
    """The bounds cut to what is possible at all."""
    if one.low is None or one.high is None:
        return one
    return Estimate(one.mean, max(one.low, Fraction(low)), min(one.high, Fraction(high)))


def grouped(cells: Mapping[str, int], ways: Sequence[Sequence[tuple[str, ...]]]) -> list[tuple[tuple[str, ...], int]] | None:
    """The counts by the first, finest way of putting cells together in which none lies between one and four; None where there is no such way."""
    for way in ways:
        found = [(group, sum(cells.get(one, 0) for one in group)) for group in way]
        if not any(0 < count < FEWEST for _, count in found):
            return found
    return None
