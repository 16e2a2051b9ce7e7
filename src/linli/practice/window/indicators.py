# SPDX-License-Identifier: MulanPSL-2.0
"""Indicators of rooms and base data: D2-01 to D2-06 of the draft standard."""

from django.db.models import Q

from linli.core.words import words
from linli.measures.declarations import PERCENT, Measure, declare, within
from linli.practice.standing import DAY
from linli.practice.window import facts as _rooms  # noqa: F401  the fact sets have to stand before their measures

EXACT = words("逐项计数，无抽样误差。", "Exact count, no sampling error.")
AS_ENTERED = words("按设施台账登记的面积计（数字以平方分米为单位），没有登记面积的按 0 计。",
                   "By the floor area entered in the register (the numbers are square decimetres); a room without one counts as nought.")
COUNTED_AT = within("computed_at")
"""Quality is counted as it stands: the figure belongs to the period in which it was counted."""
NIGHTLY = words("每天夜里统一计算。", "Counted every night.")

declare(Measure(
    code="D2-01", version=1, words=words("综合服务设施面积", "Service facility area"), fact="communities",
    numerator=Q(), denominator=Q(room_area_wanted__gt=0), period=DAY, part="room_area", whole="room_area_wanted", unit=PERCENT,
    source="policy.md 3.4 D2-01; S:TJ145 (30 m² per 100 households by 2025)", proposed=True, better="up",
    counted=words("截止日社区服务用房的面积，与每百户 30 平方米的应有面积比。", "Floor area of service rooms on the day of the cut-off, against 30 m² for each 100 households."),
    left_out=words("没有区分旧楼区（不少于 300 平方米）和新建小区；", "Old quarters (at least 300 m²) and new ones are not told apart; ") + AS_ENTERED, error=EXACT,
))
declare(Measure(
    code="D2-02", version=1, words=words("居民活动区占比", "Share of rooms for residents' activities"), fact="communities",
    numerator=Q(), denominator=Q(room_area__gt=0), period=DAY, part="activity_area", whole="room_area", unit=PERCENT,
    source="policy.md 3.4 D2-02; S:TJ145 (60 %)", proposed=False, better="up",
    counted=words("居民活动用房的面积，占全部社区服务用房面积。", "Floor area of rooms for residents' activities, of all service rooms."),
    left_out=words("办公室、党员活动室、警务室、调解室、工作站、信访站和公示栏不算活动用房（拟）；",
                   "Offices, party room, police, mediation, stations and boards are no rooms for activities (proposed); ") + AS_ENTERED, error=EXACT,
))
declare(Measure(
    code="D2-03", version=1, words=words("功能用房与无障碍", "Rooms and a counter everybody can reach"), fact="wanted_rooms",
    numerator=Q(is_met=True), denominator=Q(), period=DAY, unit=PERCENT,
    source="policy.md 3.4 D2-03; 8.5; S:HQ set; its size is proposed", proposed=True, better="up",
    counted=words("默认的 18 项功能用房和低位服务台，截止日已有的。", "Of the default set of 18 rooms and the low counter, those that are there on the day of the cut-off."),
    left_out=words("是否开放、好不好用要到现场看。", "Whether it is open and useful is seen on site."), error=EXACT,
))
declare(Measure(
    code="D2-04", version=1, words=words("基础数据完整率", "Base data complete"), fact="data_quality",
    numerator=Q(), denominator=Q(aspect="completeness"), period=COUNTED_AT, part="good", whole="fields", unit=PERCENT,
    source="policy.md 3.4 D2-04; S:CD 90 %", proposed=True, better="up",
    counted=words("各类台账应填字段中已填的。", "Of the fields that should be filled in all registers, those that are."),
    left_out=words("不适用的字段不计。", "Fields that do not apply are left out. ") + NIGHTLY, error=EXACT,
))
declare(Measure(
    code="D2-05", version=1, words=words("基础数据更新及时率", "Base data fresh"), fact="data_quality",
    numerator=Q(), denominator=Q(aspect="freshness"), period=COUNTED_AT, part="good", whole="fields", unit=PERCENT,
    source="policy.md 3.4 D2-05 (P)", proposed=True, better="up",
    counted=words("需要定期核实的已填字段中，在核实周期内核实过的。", "Of the filled fields that are to be confirmed regularly, those confirmed within their period."),
    left_out=words("没有核实周期的字段不计。", "Fields without a period are left out. ") + NIGHTLY, error=EXACT,
))
declare(Measure(
    code="D2-06", version=1, words=words("基础数据准确率", "Base data right"), fact="data_quality",
    numerator=Q(), denominator=Q(aspect="accuracy"), period=COUNTED_AT, part="good", whole="fields", unit=PERCENT,
    source="policy.md 3.4 D2-06 (P)", proposed=True, better="up",
    counted=words("按种子抽出并核对过的字段中，与实际一致的。", "Of the fields drawn by a seed and compared with the truth, those that are right."),
    left_out=words("没有见到人、无法核对的不计。", "Those that nobody could see are left out. ") + NIGHTLY,
    error=words("抽样：区间见数据质量页。", "A sample: the interval stands on the page of data quality."),
))
