# SPDX-License-Identifier: MulanPSL-2.0
"""Whether a community reaches a standard: necessary conditions first, then coverage, then the bar of points that the standard sets."""

from dataclasses import dataclass
from fractions import Fraction

from linli.core.words import Words, words
from linli.measures.results import LEAST_COVERAGE, UNMET, Results
from linli.measures.scoring import decimal, percent

REACHES, MISSES, OPEN = "reaches", "misses", "open"
STATE_WORDS = {
    REACHES: words("达到标准", "Reaches the standard"),
    MISSES: words("未达到标准", "Does not reach the standard"),
    OPEN: words("还不能评定", "Cannot be judged yet"),
}
CONDITION_UNMET = words("必备条件没有满足：{name}", "A necessary condition is not met: {name}")
TOO_LITTLE = words("能计算的指标只占全表分值的 {share}，不到 {least}，不作比较，也不能命名",
                   "Only {share} of the sheet's points can be computed, less than {least}: no comparison, no naming")
NO_BAR = words("这一版标准没有规定达标分数", "This version of the standard sets no bar")
TOTAL_LOW = words("总分 {reached}，达标要 {bar}", "{reached} points in all; the bar is {bar}")
DIMENSION_LOW = words("“{name}”得 {reached} 分，达标要 {bar} 分", "{name}: {reached} points; the bar is {bar}")


@dataclass(frozen=True)
class Grade:
    """`reaches`, `misses` or `open`, with the reasons that decided it (empty when it reaches)."""

    state: str
    reasons: tuple[Words, ...]

    @property
    def words(self) -> Words:
        """The state in words."""
        return STATE_WORDS[self.state]


def grade(found: Results) -> Grade:
    """The grade of a community's results. A necessary condition that is not met beats any score; too little coverage is never a pass.

    Points of what is reached are compared with the same share of the points that are possible here: nobody loses by indicators whose
    records come with a later system, and nobody gains by them.
    """
    broken = tuple(CONDITION_UNMET.format(name=one.condition.words) for one in found.conditions if one.state == UNMET)
    if broken:
        return Grade(MISSES, broken)
    total, bar = found.total, found.sheet.bar if found.sheet else None
    if total is None or not total.is_comparable:
        return Grade(OPEN, (TOO_LITTLE.format(share=percent(total.coverage if total else Fraction(0)), least=percent(LEAST_COVERAGE)),))
    if bar is None:
        return Grade(OPEN, (NO_BAR,))
    low = list[Words]()
    if total.reached * total.sheet < bar.total * total.possible:
        low.append(TOTAL_LOW.format(reached=decimal(total.reached, 1), bar=decimal(bar.total * total.possible / total.sheet, 1)))
    for one in found.dimensions:
        if one.reached is not None and one.reached < bar.dimension * one.possible:
            low.append(DIMENSION_LOW.format(name=one.dimension.words, reached=decimal(one.reached, 1), bar=decimal(bar.dimension * one.possible, 1)))
    return Grade(MISSES if low else REACHES, tuple(low))
