# SPDX-License-Identifier: MulanPSL-2.0
"""Figures as they are kept: what was counted, what two people put in its place, and of a closed period what its newest edition published."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction

from linli.core.words import Words, words
from linli.measures.closing import editions
from linli.measures.models import Value
from linli.measures.scoring import percent

NOT_EVALUABLE = words("无法评价：期内没有应计入的记录", "Not evaluable: no record counts in the period")
STATES = {"computed": words("已计算", "Computed"), "not_evaluable": NOT_EVALUABLE,
          "overridden": words("人工核定（两人、有佐证）", "Overridden by two people, with evidence")}


@dataclass(frozen=True)
class Figure:
    """A numerator and denominator, exact, and how they read. `computed` is what was counted, where two people put other counts in its place."""

    numerator: int
    denominator: int
    computed: "Figure | None" = None

    @property
    def state(self) -> str:
        """`not_evaluable` for an empty denominator, `overridden` where the counts are not the computed ones, else `computed`."""
        if self.computed is not None:
            return "overridden"
        return "computed" if self.denominator else "not_evaluable"

    @property
    def state_words(self) -> Words:
        """The state in words."""
        return STATES[self.state]

    @property
    def share(self) -> Fraction | None:
        """The exact share; None when not evaluable."""
        return Fraction(self.numerator, self.denominator) if self.denominator else None

    @property
    def percent(self) -> str:
        """The share as `87.5%`; empty when not evaluable."""
        return percent(self.share) if self.share is not None else ""


NOTHING = Figure(0, 0)


Kept = tuple[Figure, int, datetime]
"""Figure, newest journal line seen, when it last changed (or was frozen)."""
Values = dict[tuple[int, str, str, int], Kept]
"""By area, period, measure code and version."""


def values_of(areas: Sequence[int], keys: Iterable[str]) -> Values:
    """What is kept: of open periods the figures as they are now, of closed ones as their newest edition published them."""
    closed = editions.closed(keys)
    found = Value.objects.filter(area__in=areas, period__in=set(keys) - set(closed)).exclude(level="direct").values_list(
        "area", "period", "measure", "version", "numerator", "denominator", "watermark", "computed_at", "override__numerator", "override__denominator")
    values = {(row[0], row[1], row[2], row[3]): (figure_of(row[4:6], row[8:10]), row[6], row[7]) for row in found}
    if closed:
        frozen = editions.figures(areas, closed)
        values |= {key: (figure_of(one.counted, one.given), one.watermark, one.frozen_at) for key, one in frozen.items()}
    return values


def figure_of(counted: Sequence[int], given: Sequence[int | None]) -> Figure:
    """The figure of counts, or of what two people put in their place."""
    numerator, denominator = given
    if numerator is None or denominator is None:
        return Figure(counted[0], counted[1])
    return Figure(numerator, denominator, Figure(counted[0], counted[1]))
