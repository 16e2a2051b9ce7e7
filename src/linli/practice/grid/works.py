# SPDX-License-Identifier: MulanPSL-2.0
"""The work behind the grid's figures: open matters by what residents need, grids without a worker or a boundary, call-backs that wait."""

from collections.abc import Iterable

from django.db.models import Q

from linli.core.sight import Actor
from linli.core.words import words
from linli.elements.places import KnownPlace
from linli.matters.models import CallBack
from linli.measures.declarations import CUT_OFF
from linli.measures.works import DANGER, RECORDS, STANDING, WAITING, AtLeast, Chore, Errand, Work, declare
from linli.practice.grid import facts as _grids  # noqa: F401  the fact sets have to stand before the work behind them

OPEN = Q(closed_at=None) & ~Q(phase__in=["refused", "merged", "closed", "archived"])
CLOSED = {"phase": "closed", "closed_at": CUT_OFF, "is_on_time": Q(limit_at__gte=CUT_OFF), "replied_at": CUT_OFF, "verifications": AtLeast("verifications", 1),
          "is_verified_by_other": True}
"""A matter as it stands when it is replied to, verified by somebody else and closed at this moment."""
BY_RESIDENT = Q(source="resident")

for name, label, need, which in (
        ("hazards", words("安全隐患", "Hazards"), DANGER, Q(is_hazard=True)),
        ("reported", words("居民上报的事", "Reported by residents"), WAITING, BY_RESIDENT & Q(is_hazard=False)),
        ("found", words("巡查发现和转来的事", "Found on rounds or passed on"), WAITING, ~BY_RESIDENT & Q(is_hazard=False))):
    declare(Work(f"matters.{name}", label, need, "matters", OPEN & which, CLOSED, due="limit_at", narrow="m.is_open"))

declare(Work("grids.staffed", words("没有网格员的网格", "Grids without a worker"), STANDING, "grids", Q(is_staffed=False), {"is_staffed": True}, opens="grids"))
declare(Work("grids.drawn", words("没有边界的网格", "Grids without a boundary"), RECORDS, "grids", Q(has_boundary=False), {"has_boundary": True}, opens="grids"))


def _call_backs(actor: Actor, place: KnownPlace, most: int) -> Iterable[Chore]:
    found = CallBack.objects.visible_to(actor).filter(area__gte=place.lo, area__lt=place.hi, ended_at=None).select_related("matter__category")
    return [Chore(one.matter_id, one.area, words(one.matter.category.name_zh, one.matter.category.name_en or one.matter.category.name_zh), one.due_at)
            for one in found.order_by("due_at", "pk")[:most]]


declare(Errand("call_backs", words("要回访的居民", "Residents to call back"), WAITING, "matter", _call_backs, ability="matter.see"))
