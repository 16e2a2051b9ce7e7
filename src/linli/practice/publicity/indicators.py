# SPDX-License-Identifier: MulanPSL-2.0
"""Indicators of publicity: D4-17 of the draft standard."""

from django.db.models import Q

from linli.core.words import words
from linli.measures.declarations import PERCENT, Measure, declare
from linli.practice.publicity import facts as _shares  # noqa: F401  the fact set has to stand before its measures

declare(Measure(
    code="D4-17", version=1, words=words("居民知晓率", "Resident awareness"), fact="survey_shares",
    numerator=Q(name="aware"), denominator=Q(name="aware"), period="closed_at", part="part", whole="whole", unit=PERCENT,
    source="policy.md 3.4 D4-17; S:CD 85%", proposed=True, better="up",
    counted=words("期内结束并确认的居民调查中，居民公约和创建两项都答“知道”的户数，占两项都作答的户数。",
                  "Of the households that answered both questions in surveys closed in the period, those which know of the covenant and of the creation."),
    left_out=words("有效答卷不够的调查；经两人确认不计入的答卷；没有答这两题的。",
                   "Surveys with too few valid answers; answers that two officers left out; whoever left the questions out."),
    error=words("抽样调查，区间见调查结果页；每次调查只提供汇总数。", "A sample: the interval stands on the survey's page; each survey gives sums only."),
))
