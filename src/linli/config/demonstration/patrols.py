# SPDX-License-Identifier: MulanPSL-2.0
"""Rounds of the last days in the made-up communities, a leave ahead that nobody covers yet, and a word against a record: all by the actions."""

import random
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings

from linli.config.demonstration.plans import Community
from linli.config.demonstration.playing import Company
from linli.core import clock
from linli.core.actions import run
from linli.core.sight import Actor, looking, of_all
from linli.elements.models import GridAssignment
from linli.matters import rounds, shifts
from linli.matters.checklists import checklist_of

DAYS = 5
"""Round days that were walked (our choice: a week of work)."""
COMMUNITIES = 3
"""Made-up communities whose rounds are played: enough to look at, some seconds to make."""
SKIPPED = 0.12
"""How often a round was not walked, in made-up communities only."""


def walk(communities: Sequence[Community], company: Company, last: date, seed: int) -> int:
    """Play the rounds; answers how many were walked. Communities with real names get none, good or bad."""
    chance = random.Random(f"{seed}/rounds")  # noqa: S311  a play, no secret
    chosen = [one for one in reversed(communities) if one.is_made_up][:COMMUNITIES]  # the named accounts are in the last one
    walked = 0
    for day in _days(last):
        for community in chosen:
            worker = company.of_community[(community.area, "gridworker")]
            for window in shifts.windows():
                for place, (grid, *_) in enumerate(community.grids):
                    if chance.random() >= SKIPPED:
                        begins = _at(day, window.opens) + timedelta(minutes=10 + place * 25 + chance.randint(0, 12))
                        _round(worker, grid, begins, chance)
                        walked += 1
        with clock.standing_at(shifts.windows()[-1].end_on(day) + timedelta(minutes=5)):
            if rounds.is_over(day):
                run("round.close_day", company.system, {"day": day.isoformat()})
    if chosen:
        _leave(chosen[0], company.of_community[(chosen[0].area, "director")])
        run("round.object", company.of_community[(chosen[0].area, "gridworker")], {"text": "上周有一次巡查在街道开会时补走，手机没有电，没有记上。"})
    return walked


def _days(last: date) -> list[date]:
    """The last days on which rounds were due, yesterday the newest."""
    found = [day for ago in range(1, 20) if shifts.is_round_day(day := last - timedelta(days=ago))]
    return sorted(found[:DAYS])


def _at(day: date, hour: time) -> datetime:
    return datetime.combine(day, hour, ZoneInfo(settings.TIME_ZONE)).astimezone(UTC)


def _round(worker: Actor, grid: int, begins: datetime, chance: random.Random) -> None:
    items = [item.code for item in checklist_of("").items]
    found = [chance.choice(items)] if chance.random() < 0.15 else []
    given: Mapping[str, object] = {"looked": items, "found": found, "nothing_found": not found}
    with clock.standing_at(begins):
        begun = run("round.begin", worker, {"area": grid})
    with clock.standing_at(begins + timedelta(minutes=chance.randint(12, 22))):
        _end(worker, int(begun["round"]), given)


def _end(worker: Actor, number: int, given: Mapping[str, object]) -> None:
    """End a round; one on which a matter of the play was reported says so instead of “nothing found”."""
    with looking(of_all(), read_only=True):
        has_reports = rounds.has_reports_by_time(number, clock.now())
    run("round.end", worker, {"round": number, **given, "nothing_found": bool(given["nothing_found"]) and not has_reports})


def _leave(community: Community, director: Actor) -> None:
    """A leave in nine days without anybody to stand in: the alarm is there to be looked at."""
    with looking(of_all(), read_only=True):
        held = GridAssignment.objects.filter(area=community.grids[0][0], valid_to=None).values_list("pk", flat=True).first()
    since = clock.today() + timedelta(days=9)
    if held:
        run("grid.stand_in", director, {"assignment": held, "valid_from": since.isoformat(), "valid_to": (since + timedelta(days=3)).isoformat(), "reason": "leave"})
