# SPDX-License-Identifier: MulanPSL-2.0
"""The picture of one clock as a bar: when it ran, stood still, was stopped or passed over closed hours; and the same as rows of a table."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from linli.core.calendars import Calendar
from linli.core.words import Words, words
from linli.matters.clocks import PAUSED, RUNNING, STOPPED, Clock, Stretch
from linli.matters.clockwork import spoken
from linli.matters.phases import PAUSES

WIDTH, HEIGHT = 1_000, 56
MOST_BARS = 400
"""Above so many parts closed hours are left out of the picture (our choice: a bar of a pixel says nothing)."""
CLOSED, AHEAD, LATE = "closed", "ahead", "late"
STATES: dict[str, Words] = {
    RUNNING: words("计时", "Runs"), PAUSED: words("停钟", "Stands still"), STOPPED: words("不在处置，不计时", "Stopped: not in handling"),
    CLOSED: words("下班、周末和节假日，不计时", "Closed hours, weekends, holidays: do not count"), AHEAD: words("还剩的时间", "Time that is left"),
    LATE: words("超时", "Overdue"),
}
TALL = {RUNNING: (4, 48), PAUSED: (14, 28), STOPPED: (22, 12), CLOSED: (26, 4), AHEAD: (10, 36), LATE: (4, 48)}
"""Each state has a height of its own, so that the picture does not rest on colour."""


@dataclass(frozen=True)
class Bar:
    """One part of the picture, in its units."""

    state: str
    x: str
    width: str
    y: int
    height: int


@dataclass(frozen=True)
class Line:
    """One row of the table beside the picture."""

    state: str
    label: Words
    start: datetime
    end: datetime | None
    counted: Words
    reason: Words | None


@dataclass(frozen=True)
class Dial:
    """The whole picture: `due_x` and `now_x` are where the two marks stand, None outside."""

    bars: tuple[Bar, ...]
    lines: tuple[Line, ...]
    due_x: str | None
    now_x: str | None
    start: datetime
    end: datetime
    legend: tuple[tuple[str, Words, int, int], ...]
    text: Words
    width: int = WIDTH
    height: int = HEIGHT


def drawn(hand: Clock, days: Calendar, *, due_at: datetime | None, met_at: datetime | None, now: datetime) -> Dial:
    """The picture of a clock as it stands now."""
    until = met_at or now
    end = max([moment for moment in (until, None if met_at else due_at) if moment is not None])
    scale = _Scale(hand.start, max(end, hand.start))
    parts = [part for one in hand.stretches for part in _parts(hand, days, one, due_at, until)]
    if due_at is not None and met_at is None and due_at > now and hand.runs:
        parts += _worked(hand, days, now, due_at, AHEAD)
    if len(parts) > MOST_BARS:
        parts = [part for part in parts if part[0] != CLOSED]
    bars = tuple(Bar(state, *scale.span(first, last), *TALL[state]) for state, first, last in parts[:MOST_BARS * 2])
    lines = tuple(_line(hand, days, one, until) for one in hand.stretches if one.start <= until)
    shown = [state for state in STATES if any(bar.state == state for bar in bars)]
    return Dial(bars, lines, scale.mark(due_at), None if met_at else scale.mark(now), hand.start, scale.end,
                tuple((state, STATES[state], *TALL[state]) for state in shown), _said(hand, days, until))


class _Scale:
    """Moments to picture units."""

    def __init__(self, start: datetime, end: datetime) -> None:
        self.start, self.end = start, end
        self.seconds = max((end - start).total_seconds(), 1.0)

    def at(self, moment: datetime) -> float:
        return min(max((moment - self.start).total_seconds() / self.seconds, 0.0), 1.0) * WIDTH

    def span(self, first: datetime, last: datetime) -> tuple[str, str]:
        return f"{self.at(first):.1f}", f"{max(self.at(last) - self.at(first), 0.5):.1f}"

    def mark(self, moment: datetime | None) -> str | None:
        return f"{self.at(moment):.1f}" if moment is not None and self.start <= moment <= self.end else None


Part = tuple[str, datetime, datetime]


def _parts(hand: Clock, days: Calendar, one: Stretch, due_at: datetime | None, until: datetime) -> Iterator[Part]:
    last = one.until(until)
    if last <= one.start:
        return
    if one.state != RUNNING:
        yield one.state, one.start, last
        return
    turn = last if due_at is None else min(max(due_at, one.start), last)
    yield from _worked(hand, days, one.start, turn, RUNNING)
    yield from _worked(hand, days, turn, last, LATE)


def _worked(hand: Clock, days: Calendar, first: datetime, last: datetime, state: str) -> Iterator[Part]:
    """Working time in the state's own look, closed hours between as such; urgent limits run round the clock."""
    if last <= first:
        return
    if hand.unit.is_urgent:
        yield state, first, last
        return
    at = first
    for opens, closes in days.open_spans(first, last):
        if opens > at:
            yield CLOSED, at, opens
        yield state, opens, closes
        at = closes
    if last > at:
        yield CLOSED, at, last


def _line(hand: Clock, days: Calendar, one: Stretch, until: datetime) -> Line:
    counted = days.business_seconds(one.start, one.until(until), hand.unit)
    return Line(one.state, STATES[one.state], one.start, one.end, spoken(counted), PAUSES.get(one.reason))


def _said(hand: Clock, days: Calendar, until: datetime) -> Words:
    run, stood = hand.spent(days, RUNNING, until), hand.spent(days, PAUSED, until) + hand.spent(days, STOPPED, until)
    return words("计时 {run}，停 {stood}，还剩 {left}。", "Ran {run}, stood {stood}, {left} left.").format(
        run=spoken(run), stood=spoken(stood), left=spoken(hand.left(days, until)))
