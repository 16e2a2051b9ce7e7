# SPDX-License-Identifier: MulanPSL-2.0
"""The annual statistics of event management (policy.md 5.5): closing, closing on time, and what residents find before the patrols."""

from django.db.models import Q

from linli.core.words import words
from linli.measures.declarations import PERCENT, Measure, declare
from linli.practice import facts as _matters  # noqa: F401  the fact set has to stand before its measures
from linli.practice.counting import CLOSED, DROPPED, SHOULD_CLOSE

EXACT = words("逐件计数，无抽样误差。", "Exact count, no sampling error.")
NOT_ACCEPTED = words("不予受理和已合并的事项不计。", "Refused and merged matters are left out.")
NOT_HUNG = Q(is_hung=False)

declare(Measure(
    code="ES-01", version=1, words=words("结案率", "Closed"), fact="matters",
    numerator=CLOSED, denominator=Q(), period=SHOULD_CLOSE, exclusions=DROPPED, unit=PERCENT, source="policy.md 5.5 (close rate)", proposed=False, better="up",
    counted=words("期内结案的，占应结案的：期内已结案的，加上截止时超期未结的。",
                  "Closed in the period, of those that should be closed: closed in the period, plus open past the limit at the cut-off."),
    left_out=NOT_ACCEPTED, error=EXACT,
))
declare(Measure(
    code="ES-02", version=1, words=words("按期结案率", "Closed on time"), fact="matters",
    numerator=CLOSED & Q(is_on_time=True), denominator=Q(), period=SHOULD_CLOSE, exclusions=DROPPED, unit=PERCENT,
    source="policy.md 5.5 (on-time close rate)", proposed=False, better="up",
    counted=words("期内按期结案的，占应结案的；超期未结的计入分母。", "Closed on time in the period, of those that should be closed; open overdue ones are in the denominator."),
    left_out=NOT_ACCEPTED, error=EXACT,
))
declare(Measure(
    code="ES-03", version=1, words=words("监督举报率", "Found by residents first"), fact="matters",
    numerator=Q(source="resident", verifications__gte=1), denominator=NOT_HUNG, period="filed_at", exclusions=DROPPED, unit=PERCENT,
    source="policy.md 5.5 (supervision-report rate)", proposed=False, better="down",
    counted=words("期内立案的事项中，由居民上报并经核查的；越低说明巡查漏得越少。",
                  "Of matters filed in the period, those reported by residents and verified; the lower, the less the patrols miss."),
    left_out=words("不予受理、已合并和挂账中的事项不计。", "Refused, merged and suspended matters are left out."), error=EXACT,
))
