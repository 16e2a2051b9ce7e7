# SPDX-License-Identifier: MulanPSL-2.0
"""Indicators of the surroundings: D3-01 of the draft standard, seen on site; D3-04 and D3-05, on the six problems."""

from django.db.models import Q

from linli.core.words import words
from linli.measures.declarations import PERCENT, Measure, declare
from linli.practice import facts as _matters  # noqa: F401  the fact set has to stand before its measures
from linli.practice.counting import CLOSED, DROPPED, SHOULD_CLOSE
from linli.practice.inspected import inspected
from linli.practice.surroundings import facts as _cases  # noqa: F401  the same

NOT_ACCEPTED = words("不予受理和已合并的案件不计。", "Refused and merged cases are left out.")

declare(Measure(
    code="D3-04", version=1, words=words("私搭乱建等六类问题按期结案率", "Cases of the six problems closed on time"), fact="matters",
    numerator=CLOSED & Q(is_on_time=True), denominator=Q(kind="six_problems"), period=SHOULD_CLOSE, exclusions=DROPPED, unit=PERCENT,
    source="policy.md 3.4 D3-04; 5.5", proposed=True, better="up",
    counted=words("期内按期结案的六类问题案件，占应结案件：期内已结案的，加上截止时超期未结的。",
                  "Cases of the six problems closed on time in the period, of those that should be closed: closed in the period, plus open past the limit at the cut-off."),
    left_out=NOT_ACCEPTED, error=words("逐件计数，无抽样误差。", "Exact count, no sampling error."),
))
declare(Measure(
    code="D3-05", version=1, words=words("私搭乱建等六类问题复发率", "Recurrence of the six problems"), fact="six_problem_cases",
    numerator=Q(is_repeat=True), denominator=Q(), period="closed_at", unit=PERCENT,
    source="policy.md 3.4 D3-05", proposed=True, better="down",
    counted=words("期内结案的案件中，上报前 90 天内同一地点同一类别的上一件刚结案的。同一地点指本社区内同一位置格；没有定位的看地址是否相同。",
                  "Of cases closed in the period, those reported within 90 days after the case before at the same place and in the same category was closed. "
                  "The same place is the same map cell within the community, or the same address where there is no position."),
    left_out=words("既无定位又无地址的案件不会算作复发；", "A case with neither position nor address never counts as a repeat. ") + NOT_ACCEPTED,
    error=words("位置格约 100 米见方：格内相邻两处会算作同一地点，跨格的同一处会漏计。",
                "A cell is about 100 metres wide: two spots in one cell count as one place, one spot across two cells is missed."),
))
inspected("D3-01", words("小区环境卫生", "Environment score"),
          words("现场检查环境卫生的得分，占满分。", "Points for a clean environment on site, of the full mark. "), "policy.md 3.4 D3-01; S:TJ17; cut-offs P")
inspected("V1-01", words("现场没有发现脏乱差", "No dirt or neglect found on site"),
          words("现场检查中没有记录“破坏必备条件：环境整洁”问题的，占检查次数。",
                "Inspections in which no finding breaks the necessary condition of clean surroundings, of all inspections that look at it. "),
          "policy.md 2.2, 3.3 (a veto is shown with its evidence)", item="V1")
