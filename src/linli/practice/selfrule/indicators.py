# SPDX-License-Identifier: MulanPSL-2.0
"""Indicators of self-governance: D1-02 to D1-05 of the draft standard."""

from django.db.models import Q

from linli.core.words import words
from linli.measures.declarations import PERCENT, Measure, declare
from linli.practice.standing import DAY

EACH = words("逐个社区判断，无抽样误差。", "Judged for each community, no sampling error.")
AS_KEPT = words("按组织台账和任职记录判断，台账没有登记的视为没有。", "Judged by the registers of bodies and offices; what is not entered is taken as missing.")

declare(Measure(
    code="D1-02", version=1, words=words("居委会健全", "Residents' committee lawful"), fact="required_bodies",
    numerator=Q(is_met=True), denominator=Q(item="committee"), period=DAY, unit=PERCENT,
    source="policy.md 3.4 D1-02; law:JWH 7-8 (text before 2026; to be confirmed against the revised law)", proposed=True, better="up",
    counted=words("截止日居委会有 5 至 9 名成员在任、任期没有届满的社区。",
                  "Communities whose residents' committee has 5 to 9 members in office in a term that runs on the day of the cut-off."),
    left_out=AS_KEPT, error=EACH,
))
declare(Measure(
    code="D1-03", version=1, words=words("下属委员会健全", "Five sub-committees staffed"), fact="required_bodies",
    numerator=Q(is_met=True), denominator=Q(item__in=[f"sub_committee_{one}" for one in ("mediation", "security", "health", "family", "culture")]),
    period=DAY, unit=PERCENT, source="policy.md 3.4 D1-03; S:SEED", proposed=False, better="up",
    counted=words("人民调解、治安保卫、公共卫生、计划生育、文化教育五个下属委员会中，截止日有主任在任的。",
                  "Of the five sub-committees (mediation, security, health, family planning, culture), those with a chair in office on the day of the cut-off."),
    left_out=AS_KEPT, error=EACH,
))
declare(Measure(
    code="D1-04", version=1, words=words("居民代表会议健全", "Representatives' meeting exists"), fact="required_bodies",
    numerator=Q(is_met=True), denominator=Q(item="representatives"), period=DAY, unit=PERCENT,
    source="policy.md 3.4 D1-04; S:TJ17; law:JWH 9", proposed=True, better="up",
    counted=words("截止日居民代表人数为居民小组数的 2 至 3 倍、任期没有届满的社区。",
                  "Communities with two to three representatives in office for each residents' group, in a term that runs on the day of the cut-off."),
    left_out=words("没有登记居民小组的，视为没有；按户数推选的做法还不能判断。",
                   "Without any residents' group entered it counts as missing; choosing by number of households cannot be judged yet."), error=EACH,
))
declare(Measure(
    code="D1-05", version=1, words=words("居民小组长、楼门栋长配备率", "Group leaders and doorway heads in office"), fact="communities",
    numerator=Q(), denominator=Q(heads_wanted__gt=0), period=DAY, part="heads_there", whole="heads_wanted", unit=PERCENT,
    source="policy.md 3.4 D1-05 (P)", proposed=True, better="up",
    counted=words("截止日有组长的居民小组和有楼门栋长的楼门，占全部居民小组和住宅楼门；有楼栋长的，整栋各门都算。",
                  "Residents' groups with a leader and doorways with a head, of all groups and doorways of residential buildings; a building head covers all its doorways."),
    left_out=words("没有登记门数的楼按一个门计。", "A building without its number of doorways counts as one."), error=EACH,
))
