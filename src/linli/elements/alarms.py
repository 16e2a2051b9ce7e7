# SPDX-License-Identifier: MulanPSL-2.0
"""What rings in this room: a grid that nobody looks after, today or in the days that are watched ahead."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta

from linli.core import clock
from linli.core.alarms import Kind, declare
from linli.core.models import Alarm
from linli.core.words import Words, words
from linli.elements import covering, places
from linli.elements.assignments import ASSIGNS

UNCOVERED = "grid.uncovered"
declare(Kind(UNCOVERED, words("网格无人负责", "A grid without a worker"), ASSIGNS))

NOW = words("“{grid}”今天无人负责{until}。请安排网格员，或指定顶岗人。", "Nobody looks after {grid} today{until}. Give it to a worker, or name who stands in.")
AHEAD = words("“{grid}”从 {since} 起无人负责{until}。请提前安排网格员，或指定顶岗人。",
              "Nobody will look after {grid} from {since} on{until}. Give it to a worker in time, or name who stands in.")
UNTIL = words("（到 {last} 为止）", " (until {last})")


def sentence(area: int, gap: tuple[date, date], today: date, horizon: date) -> Words:
    """What the alarm of a grid says about its first gap."""
    place = places.find_place(area)
    until: object = UNTIL.format(last=(gap[1] - timedelta(days=1)).isoformat()) if gap[1] < horizon else ""
    return (NOW if gap[0] <= today else AHEAD).format(grid=place.name if place else str(area), since=gap[0].isoformat(), until=until)


def watch(ranges: Sequence[tuple[int, int]]) -> int:
    """Ring for every grid of these ranges that has a gap in the days ahead, and let what is over end; answers how many ring.

    Set-wise, and the same again when nothing has changed. The caller has set a sight that covers the ranges.
    """
    today = clock.today()
    horizon = covering.horizon(today)
    count = 0
    for lo, hi in ranges:
        wanted = {area: sentence(area, gap, today, horizon) for area, gap in covering.first_gaps(covering.gaps(lo, hi, today, horizon)).items()}
        count += len(wanted)
        _settle(lo, hi, wanted)
    return count


def _settle(lo: int, hi: int, wanted: Mapping[int, Words]) -> None:
    now = clock.now()
    ringing = {one.subject: one for one in Alarm.objects.within(lo, hi).filter(name=UNCOVERED, ended_at=None)}
    Alarm.objects.within(lo, hi).filter(pk__in=[one.pk for area, one in ringing.items() if area not in wanted]).update(ended_at=now)
    changed = [one for area, one in ringing.items() if area in wanted and one.sentence != wanted[area].as_dict()]
    for one in changed:
        one.sentence = wanted[one.subject].as_dict()
    Alarm.objects.bulk_update(changed, ["sentence"], batch_size=500)
    fresh = [Alarm(name=UNCOVERED, area=area, subject_kind="place", subject=area, sentence=said.as_dict(), ability=ASSIGNS, raised_at=now)
             for area, said in wanted.items() if area not in ringing]
    Alarm.objects.bulk_create(fresh, batch_size=500, ignore_conflicts=True)
