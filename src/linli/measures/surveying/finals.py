# SPDX-License-Identifier: MulanPSL-2.0
"""最终结果: indicator points and the residents' satisfaction together, by the weight that the standard gives."""

from dataclasses import dataclass
from fractions import Fraction

from linli.measures.results import Results
from linli.measures.standards import SurveyWeight
from linli.measures.surveying.outcomes import Satisfaction, satisfaction

FULL = 100
"""The index of satisfaction at its highest."""


@dataclass(frozen=True)
class Final:
    """The final result of those points that are possible; both None while too few residents answered: the points stand alone then."""

    reached: Fraction | None
    possible: Fraction | None
    satisfaction: Satisfaction | None
    weight: SurveyWeight


def final_of(found: Results) -> Final | None:
    """The final result of a community's results; one query, inside the sight in force.

    None for any other place, without points, or where the standard gives satisfaction no weight.
    """
    total, weight = found.total, found.sheet.survey if found.sheet else None
    if found.place.level != "community" or total is None or weight is None:
        return None
    return combined(total.reached, total.possible, satisfaction(found.place.area, found.period.key), weight)


def combined(reached: Fraction, possible: Fraction, said: Satisfaction | None, weight: SurveyWeight) -> Final:
    """0.80 x points + 0.20 x index with the weights of the draft (policy.md 3.3 [P]); points of what is pending are given to nobody here either."""
    if said is None or not said.is_enough or said.index is None:
        return Final(None, None, said, weight)
    own = 1 - weight.weight
    return Final(own * reached + weight.weight * said.index, own * possible + weight.weight * FULL, said, weight)
