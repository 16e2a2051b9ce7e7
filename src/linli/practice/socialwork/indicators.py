# SPDX-License-Identifier: MulanPSL-2.0
"""Indicators of social organisations: D1-09 and D1-10 of the draft standard."""

from django.db.models import Q

from linli.core.words import words
from linli.measures.declarations import PERCENT, Measure, declare
from linli.practice.socialwork import facts as _organisations  # noqa: F401  the fact set has to stand before its measures
from linli.practice.standing import DAY

declare(Measure(
    code="D1-09", version=1, words=words("社区社会组织数", "Community social organisations"), fact="communities",
    numerator=Q(), denominator=Q(), period=DAY, part="social_organisations", whole="social_organisations_wanted", unit=PERCENT,
    source="policy.md 3.4 D1-09; S:TJ145 (12 from 500 households on), S:CD (10)", proposed=False, better="up",
    counted=words("截止日备案或登记的社区社会组织，与应有数比：500 户及以上 12 个，不足 500 户 10 个。",
                  "Social organisations filed or registered on the day of the cut-off, against those wanted: 12 from 500 households on, 10 below."),
    left_out=words("还在培育、没有备案的不计。", "Those that are fostered and not filed yet are left out."),
    error=words("逐个计数，无抽样误差。", "Exact count, no sampling error."),
))
declare(Measure(
    code="D1-10", version=1, words=words("公益类组织占比", "Share of public-benefit organisations"), fact="social_organisations",
    numerator=Q(purpose="benefit"), denominator=Q(), period=DAY, unit=PERCENT,
    source="policy.md 3.4 D1-10 (P)", proposed=True, better="up",
    counted=words("截止日备案或登记的社区社会组织中，公益类的。", "Of social organisations filed or registered on the day of the cut-off, those for public benefit."),
    left_out=words("还在培育、没有备案的不计。", "Those that are fostered and not filed yet are left out."),
    error=words("逐个计数，无抽样误差。", "Exact count, no sampling error."),
))
