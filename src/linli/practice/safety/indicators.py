# SPDX-License-Identifier: MulanPSL-2.0
"""Indicators of safety: D3-13 of the draft standard, on hazards."""

from django.db.models import Q

from linli.core.words import words
from linli.measures.declarations import PERCENT, Measure, declare
from linli.practice import facts as _matters  # noqa: F401  the fact set has to stand before its measures
from linli.practice.counting import ALIVE, CLOSED, DROPPED

declare(Measure(
    code="D3-13", version=1, words=words("隐患处理率", "Hazards fixed"), fact="matters",
    numerator=CLOSED, denominator=Q(is_hazard=True), unit=PERCENT,
    period=ALIVE, exclusions=DROPPED,
    source="policy.md 3.4 D3-13; S:DR (100 %)", proposed=False, better="up",
    counted=words("期内结案的安全隐患，占期内存在过的安全隐患：期内新发现的，加上期初尚未处理完的。",
                  "Hazards closed in the period, of those that existed in it: found in the period, or found before and still open when it began."),
    left_out=words("不予受理和已合并的事项不计；哪些类别属于隐患由分类表标明（拟）。",
                   "Refused and merged matters are left out; the category list says which categories are hazards (proposed)."),
    error=words("逐件计数，无抽样误差。", "Exact count, no sampling error."),
))
