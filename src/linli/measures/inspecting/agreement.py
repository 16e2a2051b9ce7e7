# SPDX-License-Identifier: MulanPSL-2.0
"""How well assessors agree: items within the limit, and Cohen's weighted kappa, in exact fractions; a quality figure of the assessors, never of a community."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

CLASSES = 5
"""Shares are put into so many equal classes (proposed)."""
FEWEST = 20
"""Fewer items than these say little about how two people agree (proposed)."""
Pair = tuple[Fraction, Fraction]


@dataclass(frozen=True)
class Agreement:
    """Of `items` that two assessors marked, `within` lie within the limit; `kappa` None where it is not defined (all marks in one class)."""

    items: int
    within: int
    kappa: Fraction | None

    @property
    def share(self) -> Fraction | None:
        """Share of the items within the limit; None without any."""
        return Fraction(self.within, self.items) if self.items else None

    @property
    def is_few(self) -> bool:
        """Too few items to say much."""
        return self.items < FEWEST


def class_of(share: Fraction) -> int:
    """The class of a share, from 0; the whole belongs to the last one."""
    return min(CLASSES - 1, int(share * CLASSES))


def weighted_kappa(pairs: Sequence[Pair]) -> Fraction | None:
    """One less the ratio of the weighted disagreement that was seen to the one expected by chance; weights are squares of the distance of classes.

    None without pairs, and where chance expects no disagreement at all (both put everything into one class).
    """
    if not pairs:
        return None
    seen = Counter((class_of(a), class_of(b)) for a, b in pairs)
    rows, columns = Counter[int](), Counter[int]()
    for (a, b), times in seen.items():
        rows[a] += times
        columns[b] += times
    observed = sum((a - b) ** 2 * times for (a, b), times in seen.items())
    expected = sum((a - b) ** 2 * rows[a] * columns[b] for a in rows for b in columns)
    return 1 - Fraction(observed * len(pairs), expected) if expected else None


def agreement(pairs: Sequence[Pair], within: int) -> Agreement:
    """The agreement over pairs of marks, of which so many lie within the limit."""
    return Agreement(len(pairs), within, weighted_kappa(pairs))
