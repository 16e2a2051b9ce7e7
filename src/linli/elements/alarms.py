# SPDX-License-Identifier: MulanPSL-2.0
"""What rings in this room: a grid that nobody looks after, today or in the days that are watched ahead."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
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


@dataclass(frozen=True)
class Wanted:
    """One alarm that should ring: where, for whom, and what it says."""

    area: int
    ability: str
    sentence: Words


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
        found = covering.first_gaps(covering.gaps(lo, hi, today, horizon))
        count += settle(UNCOVERED, "place", lo, hi, {area: Wanted(area, ASSIGNS, sentence(area, gap, today, horizon)) for area, gap in found.items()})
    return count


def settle(name: str, subject_kind: str, lo: int, hi: int, wanted: Mapping[int, "Wanted"]) -> int:
    """Let the alarms of one sort in a range be exactly those wanted, by subject; answers how many ring. The same again changes nothing."""
    now = clock.now()
    ringing = {one.subject: one for one in Alarm.objects.within(lo, hi).filter(name=name, subject_kind=subject_kind, ended_at=None)}
    Alarm.objects.within(lo, hi).filter(pk__in=[one.pk for subject, one in ringing.items() if subject not in wanted]).update(ended_at=now)
    changed = [one for subject, one in ringing.items() if subject in wanted and one.sentence != wanted[subject].sentence.as_dict()]
    for one in changed:
        one.sentence = wanted[one.subject].sentence.as_dict()
    Alarm.objects.bulk_update(changed, ["sentence"], batch_size=500)
    fresh = [Alarm(name=name, area=one.area, subject_kind=subject_kind, subject=subject, sentence=one.sentence.as_dict(), ability=one.ability, raised_at=now)
             for subject, one in wanted.items() if subject not in ringing]
    Alarm.objects.bulk_create(fresh, batch_size=500, ignore_conflicts=True)
    return len(wanted)
