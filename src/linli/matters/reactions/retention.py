# SPDX-License-Identifier: MulanPSL-2.0
"""How long the reporters' words and contacts are kept: five years after a matter has ended, then figures only (policy.md 8.6, proposed)."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db.models import Count, Min, QuerySet

from linli.core import journal
from linli.core.erasure import erasures_of
from linli.core.protection import TOMBSTONE
from linli.core.retention import Outlived, Rule, declare
from linli.core.words import words
from linli.matters.models import Matter

SUBJECT = "matter"


def _old(before: datetime) -> QuerySet[Any]:
    """Matters that ended before the moment and still say what the reporter said."""
    return Matter.objects.filter(is_open=False, closed_at__lt=before).exclude(summary=TOMBSTONE)


def _list(lo: int, hi: int, before: datetime) -> Sequence[Outlived]:
    rows = _old(before).filter(area__gte=lo, area__lt=hi).values_list("area").annotate(count=Count("id"), oldest=Min("closed_at")).order_by("area")
    return [Outlived(*row) for row in rows]


def _erase(before: datetime, most: int) -> tuple[int, list[int]]:
    """Erase reporters as `journal.erase` does, of many matters; the eraser of a matter touches few rows each."""
    matters = list(_old(before).order_by("id").values_list("id", flat=True)[:most])
    declared = erasures_of(SUBJECT)
    lines = journal.erase(SUBJECT, matters, [name for one in declared for name in (*one.spoken, *one.says_all())])
    for matter in matters:
        for one in declared:
            one.run(matter, True)
    return len(matters), lines


declare(Rule("matter", words("已办结事项的上报人信息", "Reporters of matters that have ended"), words("办结之日", "the day the matter ended"),
             words("联系方式和原话删除，事项和统计保留", "Contact and words; the matter and its figures stay"), 5 * 365,
             words("拟定：网格事件保存 5 年，之后只留统计", "Proposed: grid events for 5 years, then totals"), _list, _erase))
