# SPDX-License-Identifier: MulanPSL-2.0
"""What other rooms read of surveys: the index of satisfaction of a community in a period, and the final result that comes of it."""

from dataclasses import dataclass
from fractions import Fraction

from linli.measures.models import Survey
from linli.measures.periods import parse
from linli.measures.surveying.questionnaires import questionnaires


@dataclass(frozen=True)
class Satisfaction:
    """The index (0 to 100, exact) of the last settled survey of a period, its valid answers of those needed, and the bounds of its 95 % interval.

    `index` is None where fewer than five answered; `is_enough` False means that it moves nothing.
    """

    survey: int
    index: Fraction | None
    low: Fraction | None
    high: Fraction | None
    valid: int
    needed: int
    is_enough: bool


def satisfaction(area: int, period: str) -> Satisfaction | None:
    """The satisfaction of a community in a year or month, by the survey that was closed last in it; None when none is settled. One query, inside the sight in force."""
    chosen = parse(period)
    rated = [one.name for one in questionnaires() if one.has_index]
    found = Survey.objects.filter(area=area, questionnaire__in=rated, state="settled", closed_at__gte=chosen.start, closed_at__lt=chosen.end).order_by(
        "-closed_at", "-id").values("pk", "result").first()
    return _of(found["pk"], found["result"]) if found else None


def _of(number: int, result: dict[str, object]) -> Satisfaction:
    index = result["index"] if isinstance(result["index"], dict) else {}
    mean, low, high = (Fraction(text) if (text := index.get(name)) is not None else None for name in ("mean", "low", "high"))
    return Satisfaction(number, mean, low, high, int(str(result["valid"])), int(str(result["needed"])), bool(result["is_enough"]) and mean is not None)
