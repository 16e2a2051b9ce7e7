# SPDX-License-Identifier: MulanPSL-2.0
"""Residents' satisfaction as naming reads it: the last settled survey of the period, where enough households answered."""

from fractions import Fraction

from linli.measures.surveying.outcomes import satisfaction


def satisfaction_of(area: int, period: str) -> Fraction | None:
    """The index of satisfaction of a community in a period as a share of 100 points. None without a settled survey and where too few answered,
    which stands in the conclusion as such. One query, inside the sight in force."""
    found = satisfaction(area, period)
    return found.index / 100 if found is not None and found.is_enough and found.index is not None else None
