# SPDX-License-Identifier: MulanPSL-2.0
"""What several marks of one item come to: exact, and the same for the figure, the outcome and the page."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction


@dataclass(frozen=True)
class Found:
    """One mark as it is compared: who is the third assessor, part of whole, and whether he found nothing of the kind."""

    is_third: bool
    part: int
    whole: int
    is_absent: bool = False

    @property
    def share(self) -> Fraction:
        """The mark as an exact share."""
        return Fraction(self.part, self.whole)


def decide(marks: Sequence[Found]) -> tuple[int, int]:
    """Part and whole of a settled item: what the assessors found together, or the third one's where he was asked.

    Where all looked at equally much the share is the mean of theirs; where they counted different numbers of things, whoever looked at more
    weighs more. The third one's mark is taken as often as there are others, so that a disputed item weighs as much as one that was not.
    ValueError without a mark.
    """
    if not marks:
        raise ValueError("An item without a mark cannot be settled.")
    others = [one for one in marks if not one.is_third]
    third = [one for one in marks if one.is_third]
    if third:
        times = max(1, len(others))
        return times * sum(one.part for one in third), times * sum(one.whole for one in third)
    return sum(one.part for one in others), sum(one.whole for one in others)


def disputed(marks: Mapping[str, Sequence[Found]], limit: Fraction) -> list[str]:
    """Codes whose shares differ by more than the limit, or of which one assessor says that there is nothing of the kind; in order."""
    return sorted(code for code, found in marks.items() if not agree(found, limit))


def agree(found: Iterable[Found], limit: Fraction) -> bool:
    """True when these marks of one item lie within the limit of each other."""
    shares, absent = [one.share for one in found], {one.is_absent for one in found}
    return len(absent) < 2 and max(shares) - min(shares) <= limit
