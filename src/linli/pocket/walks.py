# SPDX-License-Identifier: MulanPSL-2.0
"""My round as the phone carries it: the grids of the day, what is due in each, and what is looked at there."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from linli.core import clock
from linli.core.sight import Actor
from linli.core.words import words
from linli.elements import covering
from linli.elements.covering import Duty
from linli.matters import days, rounds, shifts
from linli.matters.checklists import checklist_of
from linli.matters.rounds import Walk

STANDS_IN = words("替{name}顶岗", "Standing in for {name}")
NO_ROUND_DAY = words("今天不要求巡查；自愿巡查也会记下。", "No round is due today; one that you walk all the same is kept.")
TODAY = words("巡查：{grids}", "Rounds: {grids}")
HOURS = words("{shift} {opens}–{closes}", "{shift} {opens}–{closes}")
WINDOWS = words("巡查时段：{hours}（拟）", "Hours of the rounds: {hours} (proposed)")


def walk_of(actor: Actor, day: date) -> dict[str, Any]:
    """The grids that the actor's post looks after on the day, with what he walks or has walked in each; three queries, inside his sight."""
    duties = covering.duties(actor.post or 0, day)
    found = rounds.walks([one.place.area for one in duties], day, rounds.of_worker(actor.account or 0, day), clock.now())
    grouped = days.by_area(found)
    grids = [grid(one, grouped.get(one.place.area, ())) for one in duties]
    line = "；".join(f"{one['name']} {one['state']}" for one in grids if one["state"])
    return {"windows": windows_text(day), "line": str(TODAY.format(grids=line)) if line else "", "grids": grids}


def windows_text(day: date) -> str:
    """When rounds are due, in one sentence."""
    if not shifts.is_round_day(day):
        return str(NO_ROUND_DAY)
    hours = [str(HOURS.format(shift=shifts.SHIFTS[one.shift], opens=f"{one.opens:%H:%M}", closes=f"{one.closes:%H:%M}")) for one in shifts.windows()]
    return str(WINDOWS.format(hours=" · ".join(hours)))


def grid(duty: Duty, walks: Sequence[Walk]) -> dict[str, Any]:
    """One grid: its name, as whom, how its rounds stand, the list of its kind; `open` is the round that is being walked there, or None."""
    walking = next((one for one in walks if one.state == "walking" and one.client), None)
    return {
        "area": str(duty.place.area), "name": duty.place.short_name, "as": str(STANDS_IN.format(name=duty.instead_of)) if duty.instead_of else "",
        "state": " · ".join(f"{shifts.SHIFTS[one.shift]} {rounds.STATES[one.state]}" for one in walks),
        "open": {"client": walking.client, "at": walking.began_at.isoformat()} if walking and walking.began_at else None,
        "checklist": [{"code": item.code, "text": str(item.words)} for item in checklist_of(duty.place.kind).items],
    }
