# SPDX-License-Identifier: MulanPSL-2.0
"""Rules in force that name a grid which was redrawn: they decide nothing any more, so they ring until they are written anew."""

from collections.abc import Collection, Mapping
from datetime import date

from linli.core import alarms, clock
from linli.core.models import Alarm
from linli.core.words import words
from linli.elements.models import Replacement
from linli.matters.alarms import ENDED_GRID
from linli.matters.routing import saying, store
from linli.matters.routing.store import Issue

SHOWN = 5
"""Grids named in the sentence (our choice: a line)."""
RINGS = words("“{scope}”现行派遣规则（第 {number} 版）点名了已经重划的网格：{grids}。这些规则不再起作用，请按新网格修改后重新发布。",
              "The routing rules of {scope} in force (version {number}) name grids that were redrawn: {grids}. They decide nothing any more; "
              "write them for the new grids and publish again.")


def naming(areas: Collection[int]) -> dict[Issue, list[int]]:
    """The versions in force whose rules name one of these areas, with those areas in order."""
    found = {issue: sorted({rule.area for rule in issue.book.rules if rule.area in areas}) for issue in store.issues_at(clock.now()).values()}
    return {issue: named for issue, named in found.items() if named}


def watch() -> int:
    """Ring for every version in force that names a grid that was redrawn, and let what was mended end; answers how many ring. Set-wise."""
    names = _ended(clock.today())
    ringing = set(Alarm.objects.filter(name=ENDED_GRID.name, ended_at=None).values_list("subject", flat=True))
    found = naming(names)
    for issue, named in found.items():
        alarms.ring(ENDED_GRID.name, area=issue.scope, subject_kind="route", subject=issue.id, sentence=RINGS.format(
            scope=saying.place_name(issue.scope), number=issue.number, grids="、".join(names[area] for area in named[:SHOWN])))
    for route in ringing - {issue.id for issue in found}:
        alarms.still(ENDED_GRID.name, subject_kind="route", subject=route)
    return len(found)


def _ended(day: date) -> Mapping[int, str]:
    return dict(Replacement.objects.filter(old__valid_to__lte=day).values_list("old__area", "old__name"))
