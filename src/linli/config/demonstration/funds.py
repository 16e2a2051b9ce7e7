# SPDX-License-Identifier: MulanPSL-2.0
"""演示数据: the money of creation of one district, passed to its made-up communities and spent by them, each with a schematic picture as voucher."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from linli.config.demonstration.pictures import COUNT, picture
from linli.config.demonstration.plans import Community
from linli.core.actions import run
from linli.core.fields import Received
from linli.core.sight import Actor
from linli.elements import places

BUDGET, SHARE = "300000.00", "60000.00"
SPENDINGS = (
    ("facilities", "18640.00", "活动室桌椅采购合同（演示）", "演示家具有限公司"), ("surroundings", "12300.50", "楼道清理与粉刷（演示）", "演示物业有限公司"),
    ("services", "8200.00", "邻里节活动（演示）", "演示社会工作服务中心"), ("technology", "6150.80", "便民屏维护（演示）", "演示科技有限公司"),
)


def fund(officer: Actor, communities: Sequence[Community], of_community: Mapping[tuple[int, str], Actor], today: date) -> int:
    """Budget, allocations, and from one to four spendings in each made-up community; answers how many vouchers there are."""
    hand = _Hand(officer, today)
    hand.book("fund.appropriate", officer, amount=BUDGET, day=date(today.year, 1, 5), purpose="年度创建经费预算批复（演示）")
    shown = [one for one in communities if one.is_made_up]
    for at, one in enumerate(shown):
        hand.book("fund.allocate", officer, to=one.area, amount=SHARE, day=date(today.year, 1, 12), purpose="创建经费拨付（演示）")
        director = of_community.get((one.area, "director"))
        if director is None:
            continue
        for number, (use, amount, purpose, payee) in enumerate(SPENDINGS[:max(1, len(SPENDINGS) - at)]):
            day = max(date(today.year, 1, 13), today - timedelta(days=30 * (number + 1)))
            hand.book("fund.spend", director, area=one.area, use=use, amount=amount, purpose=purpose, payee=payee, day=min(day, today))
    return hand.vouchers


class _Hand:
    """Who books, at a fixed day."""

    def __init__(self, officer: Actor, today: date) -> None:
        self.home, self.today, self.vouchers = places.place_by_area(officer.lo), today, 0

    def book(self, action: str, actor: Actor, **given: Any) -> None:
        area = given.setdefault("area", self.home.area)
        content = picture(self.vouchers % COUNT)
        kept = run("evidence.add", actor, {"area": area, "file": Received("演示凭证.jpg", content)})
        run(action, actor, {"fund": "creation", "evidence": [int(kept["id"])], **given, "day": min(given["day"], self.today).isoformat()})
        self.vouchers += 1
