# SPDX-License-Identifier: MulanPSL-2.0
"""Indicators of the stations: D1-07 and D1-08 of the draft standard."""

from django.db.models import Q

from linli.core.words import words
from linli.measures.declarations import PERCENT, Measure, declare
from linli.practice.standing import DAY

EACH = words("逐个社区判断，无抽样误差。", "Judged for each community, no sampling error.")

declare(Measure(
    code="D1-07", version=1, words=words("社会工作服务站健全", "Social-work station staffed"), fact="required_bodies",
    numerator=Q(is_met=True), denominator=Q(item="social_work_station"), period=DAY, unit=PERCENT,
    source="policy.md 3.4 D1-07 (P)", proposed=True, better="up",
    counted=words("截止日有社会工作服务站并有人任职的社区。", "Communities with a social-work station and somebody in office there on the day of the cut-off."),
    left_out=words("是否持证要等社区工作者档案（14c），现在不评判。", "Whether somebody holds a licence comes with the workers' files (14c) and is not judged yet."), error=EACH,
))
declare(Measure(
    code="D1-08", version=1, words=words("综治办、综治信访服务站健全", "Safety office and petitions station"), fact="required_bodies",
    numerator=Q(is_met=True), denominator=Q(item__in=["safety_office", "petitions_station"]), period=DAY, unit=PERCENT,
    source="policy.md 3.4 D1-08; S:SEED", proposed=False, better="up",
    counted=words("综治工作办公室、综治信访服务站两处中，截止日有人任职的。", "Of the two, the safety office and the petitions station, those with somebody in office on the day of the cut-off."),
    left_out=words("按组织台账判断。", "Judged by the register of bodies."), error=EACH,
))
