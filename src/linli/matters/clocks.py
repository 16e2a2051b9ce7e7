# SPDX-License-Identifier: MulanPSL-2.0
"""The arithmetic of one clock: from its start, its term and the stretches in which it ran or stood still follow due moment and time left.

Nothing here asks a database: the same rows always give the same moments, whatever the order in which they came about.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from linli.core.calendars import Calendar
from linli.core.working_time import Due, TimeUnit
from linli.matters.kinds import Watch
from linli.matters.models import Interval, Limit

RUNNING, PAUSED, STOPPED = "running", "paused", "stopped"
HANDLING = "handling"


@dataclass(frozen=True)
class Stretch:
    """A time in which a clock was in one state; `end` None while it lasts."""

    state: str
    start: datetime
    end: datetime | None = None
    reason: str = ""

    def until(self, moment: datetime) -> datetime:
        """Its end, or the given moment while it lasts; never before its start."""
        return max(self.start, self.end if self.end is not None and self.end < moment else moment)


@dataclass(frozen=True)
class Clock:
    """One limit as its rows tell it. The stretches follow each other without a gap from the start on."""

    start: datetime
    amount: int
    unit: TimeUnit
    extra: int
    stretches: tuple[Stretch, ...]

    def allowed(self, calendar: Calendar) -> int:
        """Seconds of its own time that it has in all: the term counted from its start, and what was granted on top."""
        first = calendar.add(self.start, self.amount, self.unit)
        return calendar.business_seconds(self.start, first.at, self.unit) + self.extra

    def spent(self, calendar: Calendar, state: str, moment: datetime) -> int:
        """Seconds of its own time that passed in a state until a moment; exact, never negative."""
        return sum(calendar.business_seconds(one.start, one.until(moment), self.unit)
                   for one in self.stretches if one.state == state and one.start < moment)

    def left(self, calendar: Calendar, moment: datetime) -> int:
        """Seconds of its own time that are left at a moment; 0 when it is used up."""
        return max(0, self.allowed(calendar) - self.spent(calendar, RUNNING, moment))

    def reaches(self, calendar: Calendar, seconds: int) -> tuple[datetime, int] | None:
        """The start of the stretch in which so many seconds have run, and how many were wanted of it; None when it stands still before that."""
        wanted = max(0, seconds)
        for one in self.stretches:
            if one.state != RUNNING:
                continue
            ran = None if one.end is None else calendar.business_seconds(one.start, one.end, self.unit)
            if ran is None or ran >= wanted:
                return one.start, wanted
            wanted -= ran
        return None

    def due(self, calendar: Calendar) -> Due | None:
        """When it is or was due, with what moved it; None while it stands still with time left."""
        if len(self.stretches) == 1 and self.stretches[0].end is None and self.stretches[0].state == RUNNING and not self.extra:
            return calendar.add(self.start, self.amount, self.unit)
        found = self.reaches(calendar, self.allowed(calendar))
        return calendar.add_seconds(*found, self.unit) if found else None

    def warns_at(self, calendar: Calendar, watch: Watch) -> datetime | None:
        """When only the watch's share of it is left; None while it stands still before that."""
        allowed = self.allowed(calendar)
        found = self.reaches(calendar, allowed - allowed * watch.warn_percent // 100)
        return calendar.after(*found, self.unit) if found else None

    @property
    def runs(self) -> bool:
        """True while it runs now."""
        return bool(self.stretches) and self.stretches[-1].state == RUNNING and self.stretches[-1].end is None


def clock_of(limit: Limit, intervals: Iterable[Interval], stages: Iterable[str] = ()) -> Clock:
    """The clock of a limit, from the intervals of its matter; `stages` are the phased limits, which share the clock of handling."""
    name = HANDLING if limit.name in stages else limit.name
    own = [Stretch(one.state, max(one.started_at, limit.started_at), one.ended_at, one.reason)
           for one in sorted(intervals, key=lambda row: (row.started_at, row.pk or 0)) if one.limit == name
           and (one.ended_at is None or one.ended_at > limit.started_at)]
    filler = STOPPED if name == HANDLING else RUNNING
    return Clock(limit.started_at, limit.amount, TimeUnit(limit.unit), limit.extra or 0, tuple(filled(own, limit.started_at, limit.met_at, filler)))


def filled(own: Sequence[Stretch], start: datetime, end: datetime | None, filler: str) -> list[Stretch]:
    """Stretches without a gap from the start to the end (None: still open); what no row tells is the filler's state."""
    made: list[Stretch] = []
    at = start
    for one in own:
        if end is not None and one.start >= end:
            break
        if one.start > at:
            made.append(Stretch(filler, at, one.start))
        cut = one.end if end is None or (one.end is not None and one.end < end) else end
        if cut is None or cut > one.start:
            made.append(Stretch(one.state, one.start, cut, one.reason))
        at = cut or at
        if cut is None:
            return made
    if (end is None or end > at) and (filler == RUNNING or not made):
        made.append(Stretch(filler, at, end))
    return made


def next_look(due_at: datetime | None, warn_at: datetime | None, at: datetime, warned_at: datetime | None) -> datetime | None:
    """When the watch looks at a limit that has just been reckoned: to warn, else when it is due; None while it stands still."""
    if due_at is None:
        return None
    if warned_at is not None or warn_at is None or at >= due_at:
        return due_at
    return max(warn_at, at)
