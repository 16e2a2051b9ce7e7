# SPDX-License-Identifier: MulanPSL-2.0
"""Indicators of visits: D4-08 of the draft standard."""

from django.db.models import Q

from linli.core.words import words
from linli.measures.declarations import PERCENT, Measure, declare
from linli.practice.care import facts as _households  # noqa: F401  the fact set has to stand before its measures
from linli.practice.standing import DAY

declare(Measure(
    code="D4-08", version=1, words=words("入户走访覆盖率", "Households visited"), fact="households",
    numerator=Q(is_visited=True), denominator=Q(), period=DAY, unit=PERCENT,
    source="policy.md 3.4 D4-08 (P)", proposed=True, better="up",
    counted=words("截止日存续的家庭户中，期内走访时见到人的。", "Of the households that exist on the day of the cut-off, those where somebody was met on a visit in the period."),
    left_out=words("无人在家、谢绝、外出的走访不计入分子。", "Visits that met nobody, were declined or found people away do not count in the numerator."),
    error=words("逐户计数，无抽样误差。", "Exact count, no sampling error."),
))
