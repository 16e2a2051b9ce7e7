# SPDX-License-Identifier: MulanPSL-2.0
"""Indicators of safety: D2-13 to D2-15 and D3-13 of the draft standard: shelter (seen on site), relief stock, micro fire stations, hazards."""

from django.db.models import Q

from linli.core.words import words
from linli.measures.declarations import PERCENT, Measure, declare
from linli.practice import facts as _matters  # noqa: F401  the fact set has to stand before its measures
from linli.practice.counting import ALIVE, CLOSED, DROPPED
from linli.practice.inspected import inspected
from linli.practice.safety import facts as _items  # noqa: F401  the same
from linli.practice.standing import DAY

EACH = words("逐个社区逐项判断，无抽样误差。", "Judged for each community and item, no sampling error.")

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
declare(Measure(
    code="D2-14", version=1, words=words("救灾物资储备", "Relief stock"), fact="relief_items",
    numerator=Q(is_met=True), denominator=Q(), period=DAY, unit=PERCENT,
    source="policy.md 3.4 D2-14 (P); the list is proposed", proposed=True, better="up",
    counted=words("标准清单上的物资中，截止日数量足够且在有效期内的。", "Of the items of the standard list, those in stock in full and in date on the day of the cut-off."),
    left_out=words("清单以外的物资不计；没有储备点的社区各项都算没有。", "What is not on the list is left out; a community without a store has none of it."), error=EACH,
))
declare(Measure(
    code="D2-15", version=1, words=words("微型消防站", "Micro fire station"), fact="fire_station_items",
    numerator=Q(is_met=True), denominator=Q(), period=DAY, unit=PERCENT,
    source="policy.md 3.4 D2-15; 9.5 S:FIRE", proposed=False, better="up",
    counted=words("六项要求中截止日达到的：站长 1 人、队员 5 人以上、每班 3 人以上、24 小时值班、有值班电话、器材齐全且在有效期内。",
                  "Of six requirements, those met on the day of the cut-off: one leader, five members, three a shift, duty around the clock, a phone, all equipment in date."),
    left_out=words("没有微型消防站的社区六项都算没有。", "A community without a station meets none of the six."), error=EACH,
))
inspected("D2-13", words("应急避难场所", "Emergency shelter"),
          words("应急避难场所的四项要求（上图、标识、疏散路线、面积）中现场达到的。",
                "Of four requirements of the shelter (on the map, signs, route, space), those met on site. "), "policy.md 3.4 D2-13; law:JZ 11")
