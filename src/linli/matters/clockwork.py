# SPDX-License-Identifier: MulanPSL-2.0
"""The clocks of one matter while an action turns them: read once, changed in memory, written with the action's other rows."""

from collections.abc import Callable
from datetime import datetime
from functools import cached_property
from typing import Any

from django.db import connection

from linli.core import alarms, clock, rows
from linli.core.calendar_store import calendar
from linli.core.words import Words, words
from linli.matters.alarms import alarm_of
from linli.matters.clocks import HANDLING, Clock, clock_of, next_look
from linli.matters.kinds import FIRST_REPLY, SUPERVISION, WHOLE, Kind
from linli.matters.models import Interval, Limit, Matter

NEVER = words("停钟期间不计", "not while the clock stands still")
WRITTEN = ("due_at", "met_at", "is_provisional", "explanation", "extra", "next_at", "warned_at", "late_at")
MOST_SENTENCES = 60
"""Sentences kept with a limit: its basis and the latest ones (our choice; the history keeps every step)."""


def stamp(moment: datetime | None) -> Words:
    """A moment on the city's clock, to the minute."""
    if moment is None:
        return NEVER
    local = clock.local(moment)
    return words(f"{local:%Y-%m-%d %H:%M}", f"{local:%Y-%m-%d %H:%M}")


def spoken(seconds: int) -> Words:
    """A span of a limit's own time in hours and minutes, cut to the minute."""
    hours, minutes = seconds // 3_600, seconds % 3_600 // 60
    return words(f"{hours} 小时 {minutes} 分", f"{hours} h {minutes} min")


Sentence = Callable[[int, datetime | None], Words]


class Clockwork:
    """All limits and intervals of a matter at the moment of an action; asks at most two queries, and only when wanted."""

    def __init__(self, kind: Kind, matter: Matter, at: datetime) -> None:
        self.kind, self.matter, self.at = kind, matter, at
        self.code = matter.category.code

    @cached_property
    def limits(self) -> dict[str, Limit]:
        """The limits by name."""
        return {one.name: one for one in Limit.objects.filter(matter=self.matter.pk)}

    @cached_property
    def intervals(self) -> list[Interval]:
        """The stretches that rows tell, oldest first; what the action adds stands at the end."""
        return list(Interval.objects.filter(matter=self.matter.pk).order_by("started_at", "id"))

    @property
    def stage_names(self) -> tuple[str, ...]:
        """The phased limits of the matter's category."""
        return tuple(one.name for one in self.kind.stages_of(self.code))

    def open_names(self, phase: str) -> list[str]:
        """The limits that stand still with the step: its own, the whole, and phased ones that are not reached."""
        wanted = [phase, WHOLE, *(self.stage_names if phase == HANDLING else ())]
        return [name for name in wanted if name in self.limits and self.limits[name].met_at is None]

    def columns(self, phase: str) -> dict[str, Any]:
        """The matter's own columns that follow its limits."""
        found: dict[str, Any] = {}
        for column, name in (("due_at", phase), ("close_due_at", WHOLE), ("first_reply_due_at", FIRST_REPLY)):
            if name in self.limits:
                found[column] = self.limits[name].due_at
        waiting = [one for one in self.limits.values() if one.met_at is None and one.name != SUPERVISION]
        return found | {"is_provisional": any(one.is_provisional for one in waiting)}

    def clock(self, name: str) -> Clock:
        """The clock of a limit as it stands now."""
        return clock_of(self.limits[name], self.intervals, self.stage_names)

    def begin(self, name: str, state: str, reason: str = "", until: datetime | None = None) -> None:
        """A clock enters a state now."""
        row = Interval(area=self.matter.area, matter_id=self.matter.pk, limit=name, state=state, reason=reason, started_at=self.at, until=until)
        if self.limits.get(name) is not None:
            self.intervals.append(row)
        rows.put(row)

    def stood(self, name: str, since: datetime) -> None:
        """A clock stood from a moment until now."""
        row = Interval(area=self.matter.area, matter_id=self.matter.pk, limit=name, state="stopped", started_at=since, ended_at=self.at)
        self.intervals.append(row)
        rows.put(row)

    def end(self, name: str) -> None:
        """The state that a clock is in ends now; nothing happens where no row tells of one."""
        for one in self.intervals:
            if one.limit == name and one.ended_at is None:
                one.ended_at = self.at
        rows.also('update matters_interval set ended_at = %s where matter_id = %s and "limit" = %s and ended_at is null', [self.at, self.matter.pk, name])

    def say(self, name: str, sentence: Words) -> None:
        """Add a sentence to the explanation of a limit; its basis always stays."""
        before = list(self.limits[name].explanation)
        kept = before if len(before) < MOST_SENTENCES else [before[0], *before[-MOST_SENTENCES + 2:]]
        self.limits[name].explanation = [*kept, sentence.as_dict()]

    def reckon(self, name: str, sentence: Sentence) -> None:
        """Bring a limit to what its clock now says, with the sentence (made of the seconds left and the moment due) and what moved it."""
        limit, hand, days = self.limits[name], self.clock(name), calendar()
        due = hand.due(days)
        before = limit.due_at
        limit.due_at, limit.is_provisional = (due.at, due.provisional) if due else (None, limit.is_provisional)
        self.say(name, sentence(hand.left(days, self.at), limit.due_at))
        if due is not None and due.at > self.at:
            for step in due.steps:
                self.say(name, step.sentence)
        if limit.due_at is None or limit.due_at > self.at:
            self._is_in_time_again(name, before)
        limit.next_at = next_look(limit.due_at, hand.warns_at(days, self.kind.watch), self.at, limit.warned_at)
        self.write(limit)

    def _is_in_time_again(self, name: str, before: datetime | None) -> None:
        """A limit that has moved behind now may warn and ring again."""
        limit = self.limits[name]
        if limit.late_at is not None:
            alarms.still(alarm_of(self.kind, self.code, name), subject_kind="matter", subject=self.matter.pk)
        limit.late_at = None
        if limit.due_at is not None and before is not None and limit.due_at > before:
            limit.warned_at = None

    def write(self, limit: Limit) -> None:
        """Write the changed columns of a limit with the action's rows."""
        fields = [limit._meta.get_field(name) for name in WRITTEN]
        values = [field.get_db_prep_save(getattr(limit, field.attname), connection) for field in fields]  # type: ignore[union-attr]
        rows.also(f"update matters_limit set {', '.join(f'{name} = %s' for name in WRITTEN)} where id = %s", [*values, limit.pk])
