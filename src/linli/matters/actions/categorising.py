# SPDX-License-Identifier: MulanPSL-2.0
"""Changing the category of a report before it is filed: the reporter chose the closest one, the dispatcher names the right one."""

from typing import Any

from linli.core import clock
from linli.core.actions import Call, Done, action
from linli.core.faults import Conflict, Invalid
from linli.core.fields import Field
from linli.core.words import words
from linli.matters import categories, deadlines
from linli.matters.actions.loop import NOTE, NUMBER, VERSION, ruled
from linli.matters.kinds import WHOLE, Kind
from linli.matters.models import Category, Interval, Matter
from linli.matters.moving import Step, by_number, make

ACTION = "matter.categorise"
NOT_HERE = words("请从现行类别里选；只能改成同一种类的类别。", "Choose a category in force of the same kind.")
THE_SAME = words("已经是这一类，不用改。", "It has this category already.")
STOOD = words("这件事停过钟，改类别会改变时限。", "Its clock has stood still, and this category has another limit.")
STOOD_REMEDY = words("请先受理立案，由处置单位按实际情况办理。", "File it as it is; the unit handles what it finds.")


@action(ACTION, words("改类别", "Change the category"), ability="matter.file", subject="matter", finds=by_number, fields=(
    NUMBER, VERSION, Field("category", words("改成哪一类", "Which category"), "integer", required=True, low=1), NOTE))
def categorise(call: Call) -> Done:
    """The dispatcher puts a report into another category of the same kind; the limit of the whole follows from the moment of the report."""
    rule, kind = ruled(call, ACTION)
    matter: Matter = call.record
    found = categories.by_id(call.given["category"])
    if found is None or found.kind != kind.name or not categories.is_in_force(found, clock.today()):
        raise Invalid({"category": NOT_HERE})
    if found.pk == matter.category_id:
        raise Invalid({"category": THE_SAME})
    detail = {"from_category": matter.category_id, "category": found.pk, "category_name": found.name_zh}
    return make(call, Step(rule, {"category_id": found.pk, **_limits(kind, matter, found)}, note=call.given.get("note") or "", detail=detail))


def _limits(kind: Kind, matter: Matter, found: Category) -> dict[str, Any]:
    """The limit of the whole anew where the new category has another; what runs already keeps its beginning."""
    before, after = kind.term(WHOLE, matter.category.code), kind.term(WHOLE, found.code)
    if before == after or after is None:
        return {}
    if matter.is_paused or Interval.objects.filter(matter=matter.pk).exists():
        raise Conflict(STOOD, STOOD_REMEDY, code="stood_still")
    due = deadlines.due_of(after, matter.reported_at)
    deadlines.put(deadlines.limit_row(matter, WHOLE, after, matter.reported_at, due, kind.watch))
    return {"close_due_at": due.at, "is_provisional": matter.is_provisional or due.provisional}
