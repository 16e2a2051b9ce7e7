# SPDX-License-Identifier: MulanPSL-2.0
"""When the day of redrawn grids has come, their matters follow by due work; what slips through is found every hour."""

from collections.abc import Sequence
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings

from linli.core import alarms, clock, jobs
from linli.core.actions import run
from linli.core.due import after_action, leave
from linli.core.models import Due
from linli.core.sight import looking, of_all
from linli.core.system_actors import system_actor
from linli.core.words import words
from linli.elements import places
from linli.elements.models import Redrawing, Reorganisation, Replacement
from linli.elements.reorganising.actions import origins
from linli.elements.reorganising.plans import Plan
from linli.matters.alarms import NO_UNIT
from linli.matters.models import Matter
from linli.matters.routing import ended_grids, proposing

CARRY = "boundary.carry_over_now"
STREET = 1_000_000
"""Areas of a street, whose own number is the street itself and no community (house.md part 3, Areas)."""
STUCK = words("“{place}”有 {count} 件转来的在办事项，承办单位不在新街道，新街道也没有同类单位。请和原单位商定由谁接着办。",
              "{count} open matters that came to {place} are with units that do not reach there, and there is none of their kind. Agree with them who goes on.")
PAUSE = timedelta(seconds=5)
"""Before the next batch: what somebody has in hand at this moment is free again by then."""


@after_action("boundary.plan_carrying_over", "boundary.redraw")
def plan_carrying_over(rows: Sequence[Due]) -> None:
    """Leave a row for the midnight with which the new grids begin."""
    for held in Redrawing.objects.filter(pk__in=[row.subject for row in rows]):
        begins = datetime.combine(held.since, time(), ZoneInfo(settings.TIME_ZONE))
        leave(CARRY, area=held.area, subject_kind="place", subject=held.area, at=max(begins, clock.now()))


@after_action("boundary.plan_carrying_over_reorganised", "place.begin_reorganisation")
def carry_over_reorganised(rows: Sequence[Due]) -> None:
    """The map is new at this moment: matters of every place that lost ground follow at once."""
    for held in Reorganisation.objects.filter(pk__in=[row.subject for row in rows], state="begun"):
        for area in origins(Plan.of(held)):
            leave(CARRY, area=area, subject_kind="place", subject=area, at=clock.now())


@after_action(CARRY)
def carry_over_now(rows: Sequence[Due]) -> None:
    """One batch for each community; another row where more is left. What waits for a unit is proposed anew: rules may name the new grids."""
    for community in sorted({row.area for row in rows}):
        answer = run("boundary.carry_over", system_actor("worker"), {"area": community})
        if answer["left"]:
            leave(CARRY, area=community, subject_kind="place", subject=community, at=clock.now() + (PAUSE if answer["moved"] == 0 else timedelta()))
        elif answer["moved"]:
            for area in {community, *answer["to"]} if community % STREET else answer["to"]:
                proposing.renew(area, area + 1000)
        if answer["stuck"]:
            home = answer["to"][0]
            alarms.ring(NO_UNIT.name, area=home, subject_kind="place", subject=home, sentence=STUCK.format(place=places.place_by_area(home).name, count=answer["stuck"]))
        for area in answer["to"]:
            run("boundary.receive", system_actor("worker"), {"area": area, "origin": community})
    ended_grids.watch()


@after_action("matters.watch_rules_of_ended_grids", "route.publish")
def watch_rules(_rows: Sequence[Due]) -> None:
    """A new version may name the new grids, or still the old ones."""
    ended_grids.watch()


@jobs.regularly("matters.find_left_behind", "37 * * * *")
def find_left_behind() -> int:
    """Open matters in grids that have ended (reported late, opened again): their communities are carried over. Answers how many communities."""
    today = clock.today()
    ended = list(Replacement.objects.filter(old__valid_to__lte=today).values_list("old__area", flat=True).distinct())
    with looking(of_all()):
        ended_grids.watch()
        held = set(Matter.objects.filter(is_open=True, area__in=ended).values_list("community", flat=True)) if ended else set()
        for community in sorted(held):
            leave(CARRY, area=community * 1000, subject_kind="place", subject=community * 1000, at=clock.now())
    return len(held)
