# SPDX-License-Identifier: MulanPSL-2.0
"""A clock that stands still until a moment: on the slow list, by force majeure, or while the reporter is asked."""

from datetime import date, datetime, time
from typing import Any

from linli.core import due
from linli.core.actions import Call
from linli.core.faults import Invalid
from linli.core.words import words
from linli.matters import deadlines
from linli.matters.clockwork import Clockwork
from linli.matters.kinds import Kind, kind_of
from linli.matters.models import Interval, Matter, Question
from linli.matters.phases import PAUSABLE

COME_BACK = "matter.come_back"
"""The due work that lets a clock run on when its pause is over by itself."""
ASKING = "waiting_reporter"
NOT_NOW = words("现在的步骤不能停钟，或已经停钟。", "The clock cannot stand still in this step, or does already.")


def start_of(day: date) -> datetime:
    """The local midnight with which a day begins."""
    return datetime.combine(day, time(), deadlines.calendar_zone())


def stand_still(kind: Kind, matter: Matter, reason: str, at: datetime, until: datetime) -> dict[str, Any]:
    """The columns that change when the clock stands still for a reason until a moment; a pause in force gives way to it."""
    work = Clockwork(kind, matter, at)
    before = deadlines.resume(work) if matter.is_paused else {}
    due.leave(COME_BACK, area=matter.area, subject_kind="matter", subject=matter.pk, at=until)
    return before | deadlines.pause(work, reason, until)


def wait_for_reporter(call: Call) -> dict[str, Any]:
    """The columns that change when the clock waits for the reporter's answer. Invalid where it cannot."""
    matter: Matter = call.record
    kind = kind_of(matter.kind)
    if matter.is_paused or matter.phase not in PAUSABLE:
        raise Invalid({"waits": NOT_NOW})
    return stand_still(kind, matter, ASKING, call.recorded_at, deadlines.due_of(kind.watch.wait, call.recorded_at).at)


def answered(call: Call) -> dict[str, Any]:
    """The columns that change when the reporter has answered; nothing while the clock runs, waits for something else or for a further answer."""
    matter: Matter = call.record
    if not matter.is_paused or Question.objects.filter(matter=matter.pk, answered_at=None).exists():
        return {}
    waits = Interval.objects.filter(matter=matter.pk, state="paused", ended_at=None, reason=ASKING).exists()
    return deadlines.resume(Clockwork(kind_of(matter.kind), matter, call.recorded_at)) if waits else {}
