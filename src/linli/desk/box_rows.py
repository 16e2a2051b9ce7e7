# SPDX-License-Identifier: MulanPSL-2.0
"""The records behind a figure as a printed box lists them: numbers, days and places, never a name, a home or anybody's words."""

from typing import Any

from linli.core import clock
from linli.core.sight import Actor
from linli.core.words import words
from linli.elements import places
from linli.elements.registers.declaring import registers
from linli.matters import numbers
from linli.matters.models import Matter
from linli.measures import results
from linli.measures.declarations import fact_of
from linli.measures.results import IndicatorResult, Member, Results

MOST = 200
"""Records of one indicator that a box prints (our choice: four pages); the rest is read on the platform."""
ON_PLATFORM = words("逐条记录涉及居民，只在平台上查看。", "The records are about residents and are read on the platform only.")
MORE = words("只列最近 {most} 条，其余在平台上查看。", "Only the latest {most} are listed; the rest is read on the platform.")
COUNTED, NOT_COUNTED = words("计入", "counts"), words("未计入", "does not count")


def behind(actor: Actor, one: IndicatorResult, found: Results) -> dict[str, Any]:
    """The rows of one indicator, newest first, at most `MOST`, with a note on what is not printed. Two queries at most."""
    if not one.figure.denominator:
        return {"rows": [], "note": ""}
    fact = fact_of(one.measure.fact)
    if fact.about_people and fact.record_kind in _of_people():
        return {"rows": [], "note": str(ON_PLATFORM)}
    page = results.members(actor, one.measure.code, found.place.area, found.period.key, None, MOST)
    matters = Matter.objects.visible_to(actor).filter(pk__in=[row.record for row in page.rows]) if fact.record_kind == "matter" else Matter.objects.none()
    days = dict(matters.values_list("pk", "reported_at"))
    return {"rows": [_row(row, days) for row in page.rows], "note": str(MORE.format(most=MOST)) if page.next_cursor else ""}


def _of_people() -> frozenset[str]:
    return frozenset(one.name for one in registers() if one.name in ("person", "household", "dwelling"))


def _row(row: Member, days: dict[int, Any]) -> list[str]:
    """What, where, when, whether it counts: four texts."""
    place = places.find_place(row.area)
    day = days.get(row.record)
    what = numbers.number_of(row.record) if row.record_kind == "matter" else str(row.what) if row.what else str(row.record)
    return [what, place.short_name if place else "", clock.local(day).date().isoformat() if day else "", str(COUNTED if row.is_in_numerator else NOT_COUNTED)]
