# SPDX-License-Identifier: MulanPSL-2.0
"""Indicators of the party organisation: D1-01 of the draft standard."""

from django.db.models import Q

from linli.core.words import words
from linli.measures.declarations import PERCENT, Measure, declare
from linli.practice.standing import DAY

declare(Measure(
    code="D1-01", version=1, words=words("社区党组织健全", "Party organisation in place"), fact="required_bodies",
    numerator=Q(is_met=True), denominator=Q(item="party"), period=DAY, unit=PERCENT,
    source="policy.md 3.4 D1-01; S:TJ17", proposed=False, better="up",
    counted=words("截止日有社区党组织、书记在任、任期没有届满的社区。", "Communities with a party organisation whose secretary is in office in a term that runs on the day of the cut-off."),
    left_out=words("不看党员名册，系统里也没有。", "No roster of members is looked at; there is none."),
    error=words("逐个社区判断，无抽样误差。", "Judged for each community, no sampling error."),
))
