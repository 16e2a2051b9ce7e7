# SPDX-License-Identifier: MulanPSL-2.0
"""What several chapters count of inspections on site: one row per settled inspection and item; and when it is counted anew."""

from collections.abc import Sequence

from django.db.models import Q

from linli.core import clock, due
from linli.core.models import Due
from linli.core.words import Words, words
from linli.elements import places
from linli.measures.declarations import PERCENT, WORK, FactSet, Measure, declare
from linli.measures.freshness import leaf_of, recompute, take_lock
from linli.measures.periods import touched
from linli.measures.predicates import MOMENT, NUMBER, TEXT

WAYS = words("两名测评员互不知情分别打分，相差超过规定的由第三人决定；各自看的合在一起算。", "Two assessors mark blind; where they differ by more than the limit a third decides. What they looked at is taken together. ")
NOT_SEEN = words("没有完成的检查和宣布无效的检查不计；还没有看过的社区不评价，也不给分。",
                 "Inspections that are not finished or void are left out; a community that nobody has looked at is not evaluated and gets no points.")
BY_EYE = words("由人到现场看，有判断误差；测评员的一致程度另有数字。计入测评完成的那个时期。",
               "Judged by eye on site; how far assessors agree is shown elsewhere. Counted in the period in which the inspection was settled.")

declare(FactSet(
    name="inspected_items",
    words=words("现场检查项目（每次完成的检查、每个项目一行）", "Items inspected on site (one row for each settled inspection and item)"),
    sql="""
select i.id, i.area, i.area as leaf, i.inspection_id as inspection, i.code as item, i.part, i.whole, i.settled_at
  from measures_inspecteditem i""",
    columns={"id": NUMBER, "area": NUMBER, "leaf": NUMBER, "inspection": NUMBER, "item": TEXT, "part": NUMBER, "whole": NUMBER, "settled_at": MOMENT},
    dates=("settled_at",),
    record_kind="inspection",
    record="inspection",
    about_people=False,
))


def inspected(code: str, label: Words, counted: Words, source: str, *, item: str = "") -> Measure:
    """Declare the measure of an indicator that rests on what assessors found on site; `item` names what it counts where that is not the item of its code."""
    made: Measure = declare(Measure(
        code=code, version=1, words=label, fact="inspected_items", numerator=Q(), denominator=Q(item=item or code), period="settled_at",
        part="part", whole="whole", unit=PERCENT, source=source, proposed=True, better="up", counted=counted + WAYS, left_out=NOT_SEEN, error=BY_EYE))
    return made


@due.after_action("measures.refresh_inspected", "inspection.hand_in", "inspection.release", "inspection.declare")
def refresh_inspected(rows: Sequence[Due]) -> None:
    """Count the communities whose inspection is settled anew; the lines of others lie above them. What is settled counts from now, so earlier months stay."""
    leaves = {leaf_of(row.area) for row in rows if places.level_of(row.area) == "community"}
    if not leaves:
        return
    moment = clock.now()
    take_lock()
    recompute(leaves, touched(moment, moment), moment, WORK)
