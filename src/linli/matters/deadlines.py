# SPDX-License-Identifier: MulanPSL-2.0
"""Limits of a matter in working time: what is due when, why, and how its clocks start, stand still and go on."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings

from linli.core import alarms, rows
from linli.core.calendar_store import calendar
from linli.core.words import Words, words
from linli.core.working_time import Due, TimeUnit
from linli.matters.alarms import OF_LIMIT, STAGE, STEP
from linli.matters.clocks import HANDLING, PAUSED, RUNNING
from linli.matters.clockwork import Clockwork, spoken, stamp
from linli.matters.kinds import FIRST_REPLY, SUPERVISION, WHOLE, Kind, Term, Watch
from linli.matters.models import Limit, Matter
from linli.matters.phases import ENDED, PAUSES

BASE = words("从{start}起 {amount} {unit}，依据：{basis}", "{amount} {unit} from {start}; basis: {basis}")
PROPOSED = words("（拟，待确认）", " (proposed, to be confirmed)")
REOPENED = words("重新办理时限", "limit of a matter that is done again")
RESUMED = words("{at} 核查不合格，继续计时，剩余 {left}；到期时间 {due}", "{at}: verification failed, the clock goes on with {left} left; due {due}")
AWAKE = words("{at} 重新办理，继续计时，剩余 {left}；到期时间 {due}", "{at}: taken up again, the clock goes on with {left} left; due {due}")
NO_TIME_LEFT = words("{at} 继续计时，但原时限已用完，到期时间仍为 {due}", "{at}: the clock goes on, but its time was used up; it was due {due}")
STANDS = words("{at} 起停钟，原因：{reason}；剩余 {left}", "{at}: the clock stands still ({reason}) with {left} left")
RUNS_ON = words("{at} 恢复计时，剩余 {left}；到期时间 {due}", "{at}: the clock runs on with {left} left; due {due}")
EXTENDED = words("{at} 批准延期 {more}，理由：{why}；到期时间由 {old} 改为 {due}", "{at}: extended by {more} because: {why}; due {due} instead of {old}")
ASKED_AGAIN = words("督办要求书面答复", "The accountable head wants a written answer")


def due_of(term: Term, start: datetime) -> Due:
    """When a term that starts now is due, with every rule that moved it."""
    return calendar().add(start, term.amount, term.unit)


def explained(term: Term, start: datetime, due: Due) -> list[dict[str, str]]:
    """The sentences behind a deadline, both languages, for keeping."""
    basis = term.basis + PROPOSED if term.proposed else term.basis
    first = BASE.format(start=start.astimezone(calendar_zone()).strftime("%Y-%m-%d %H:%M"), amount=term.amount, unit=term.unit.label, basis=basis)
    return [first.as_dict(), *(step.sentence.as_dict() for step in due.steps)]


def calendar_zone() -> ZoneInfo:
    """The zone of the city's wall clock."""
    return ZoneInfo(calendar().zone)


def limit_row(matter: Matter, name: str, term: Term, start: datetime, due: Due, watch: Watch) -> Limit:
    """An unsaved limit with its explanation, and when the watch looks at it first."""
    days = calendar()
    allowed = days.business_seconds(start, due.at, term.unit)
    warn_at = days.after(start, allowed - allowed * watch.warn_percent // 100, term.unit)
    return Limit(matter_id=matter.id, area=matter.area, name=name, amount=term.amount, unit=term.unit.value, basis=term.basis.zh[:200],
                 started_at=start, due_at=due.at, is_provisional=due.provisional, explanation=explained(term, start, due), next_at=warn_at)


def open_limits(kind: Kind, matter: Matter, at: datetime, dues: Mapping[str, tuple[Term, Due]]) -> None:
    """Write the limits that a new matter starts with."""
    rows.put(*(limit_row(matter, name, term, at, due, kind.watch) for name, (term, due) in dues.items()))


def first_dues(kind: Kind, at: datetime, is_contactable: bool, code: str = "") -> dict[str, tuple[Term, Due]]:
    """The limits of acceptance, of the whole and (where somebody waits for an answer) of the first reply."""
    names: Iterable[str] = ("captured", WHOLE, FIRST_REPLY) if is_contactable else ("captured", WHOLE)
    found = ((name, kind.term(name, code)) for name in names)
    return {name: (term, due_of(term, at)) for name, term in found if term is not None}


def turn(kind: Kind, matter: Matter, target: str, at: datetime) -> dict[str, Any]:
    """Stop the clocks of the phase that is left and start those of the phase that is entered; answers the columns that change.

    A pause ends with its phase and a request that nobody decided lapses. A matter that had ended goes on with the time that was left.
    """
    if matter.phase in ENDED and target in ENDED:
        return {"due_at": None}
    work = Clockwork(kind, matter, at)
    changes = _wake(work) if matter.phase in ENDED else _leave(work, matter, at)
    if target in ENDED:
        return changes | _end(kind, matter, at)
    due_at, provisional = _enter(work, target)
    return changes | {"due_at": due_at, "is_provisional": matter.is_provisional or provisional}


def _leave(work: Clockwork, matter: Matter, at: datetime) -> dict[str, Any]:
    changes = resume(work) if matter.is_paused else {}
    stages = work.stage_names if matter.phase == HANDLING else ()
    leave_phase(matter, matter.phase, at, stages)
    if matter.asked:
        rows.also("update matters_request set ended_at = %s, outcome = 'lapsed' where matter_id = %s and ended_at is null", [at, matter.pk])
        changes["asked"] = ""
    return changes


def leave_phase(matter: Matter, phase: str, at: datetime, stages: Iterable[str] = ()) -> None:
    """Stop the clock of a phase (or of another limit) and note when it was met; an alarm that rings for it is over."""
    names = [phase, *stages]
    rows.also("update matters_limit set met_at = %s where matter_id = %s and name = any(%s) and met_at is null", [at, matter.pk, names])
    if phase == HANDLING:
        rows.also('update matters_interval set ended_at = %s where matter_id = %s and "limit" = %s and ended_at is null', [at, matter.pk, phase])
    due_at = {WHOLE: matter.close_due_at, FIRST_REPLY: matter.first_reply_due_at, SUPERVISION: at}.get(phase, matter.due_at)
    if due_at is not None and due_at <= at:
        alarms.still(OF_LIMIT.get(phase, STEP), subject_kind="matter", subject=matter.pk)
    if names[1:]:
        alarms.still(STAGE, subject_kind="matter", subject=matter.pk)


def _end(kind: Kind, matter: Matter, at: datetime) -> dict[str, Any]:
    """Everything of the matter stands: its limits, its supervision, its alarms."""
    rows.also("update matters_limit set met_at = %s where matter_id = %s and met_at is null and name <> %s", [at, matter.pk, FIRST_REPLY])
    rows.also("update matters_limit set next_at = null where matter_id = %s and name = %s", [matter.pk, FIRST_REPLY])
    if matter.is_supervised:
        rows.also("update matters_supervision set ended_at = %s where matter_id = %s and ended_at is null", [at, matter.pk])
        alarms.still(OF_LIMIT[SUPERVISION], subject_kind="matter", subject=matter.pk)
    for name, due_at in ((WHOLE, matter.close_due_at), (FIRST_REPLY, matter.first_reply_due_at)):
        if due_at is not None and due_at <= at:
            alarms.still(OF_LIMIT[name], subject_kind="matter", subject=matter.pk)
    return {"due_at": None, "is_supervised": False, "is_answered": False}


def _enter(work: Clockwork, phase: str) -> tuple[datetime | None, bool]:
    """Start the limit of a phase; answers when it is due (None where the phase has none) and whether provisionally."""
    term = work.kind.term(phase, work.code)
    if term is None:
        return None, False
    if phase == HANDLING:
        return _run_handling(work, term)
    due = due_of(term, work.at)
    put(limit_row(work.matter, phase, term, work.at, due, work.kind.watch))
    return due.at, due.provisional


def _run_handling(work: Clockwork, term: Term) -> tuple[datetime | None, bool]:
    """Start the clock of handling with its phased limits, or let it go on: rework gets the time that was left, not a new limit."""
    before = work.limits.get(HANDLING)
    if work.matter.phase == "closed":
        return _handle_again(work)
    if before is None:
        due = due_of(term, work.at)
        work.begin(HANDLING, RUNNING)
        put(limit_row(work.matter, HANDLING, term, work.at, due, work.kind.watch))
        for stage in work.kind.stages_of(work.code):
            put(limit_row(work.matter, stage.name, stage.term, work.at, due_of(stage.term, work.at), work.kind.watch))
        return due.at, due.provisional
    work.begin(HANDLING, RUNNING)
    before.met_at = None
    work.reckon(HANDLING, lambda left, due_at: _goes_on(work, left, due_at))
    return before.due_at, before.is_provisional


def _handle_again(work: Clockwork) -> tuple[datetime | None, bool]:
    """A matter that was closed and is done again gets a handling limit of its own."""
    term = Term(settings.REOPENED_DAYS, TimeUnit.WORKING_DAY, REOPENED)
    due = due_of(term, work.at)
    work.begin(HANDLING, RUNNING)
    put(limit_row(work.matter, HANDLING, term, work.at, due, work.kind.watch))
    return due.at, due.provisional


def _goes_on(work: Clockwork, left: int, due_at: datetime | None) -> Words:
    if not left:
        return NO_TIME_LEFT.format(at=stamp(work.at), due=stamp(due_at))
    sentence = AWAKE if work.matter.phase in ENDED else RESUMED
    return sentence.format(at=stamp(work.at), left=spoken(left), due=stamp(due_at))


def _wake(work: Clockwork) -> dict[str, Any]:
    """The clock of the whole when a matter that had ended goes on.

    What was closed in time gets the whole anew; what was closed too late stays late: re-opening makes nothing good. What was merged
    goes on with exactly what was left; the time for which a matter had ended counts for nobody.
    """
    matter, whole = work.matter, work.limits.get(WHOLE)
    term = work.kind.term(WHOLE, work.code)
    was_in_time = matter.closed_at is not None and matter.close_due_at is not None and matter.closed_at <= matter.close_due_at
    if term is not None and (whole is None or (matter.phase == "closed" and was_in_time)):
        due = due_of(term, work.at)
        put(limit_row(matter, WHOLE, term, work.at, due, work.kind.watch))
        return {"close_due_at": due.at}
    if whole is None:
        return {}
    if whole.met_at is not None:
        work.stood(WHOLE, whole.met_at)
        whole.met_at = None
    first = work.limits.get(FIRST_REPLY)
    if first is not None and first.met_at is None:
        first.next_at = first.due_at
        work.write(first)
    if matter.phase == "closed":
        work.say(WHOLE, NO_TIME_LEFT.format(at=stamp(work.at), due=stamp(whole.due_at)))
        whole.next_at = whole.due_at
        work.write(whole)
        return {}
    work.reckon(WHOLE, lambda left, due_at: _goes_on(work, left, due_at))
    return {"close_due_at": whole.due_at}


def pause(work: Clockwork, reason: str, until: datetime | None) -> dict[str, Any]:
    """Let the clocks of the step and of the whole stand still until somebody (or the date) lets them run on."""
    phase = work.matter.phase
    work.end(phase)
    for name in (phase, WHOLE):
        work.begin(name, PAUSED, reason, until)
    for name in work.open_names(phase):
        work.reckon(name, lambda left, due_at: STANDS.format(at=stamp(work.at), reason=PAUSES[reason], left=spoken(left)))
    return {"is_paused": True, **work.columns(phase)}


def resume(work: Clockwork) -> dict[str, Any]:
    """Let the clocks run on with exactly the time that was left."""
    phase = work.matter.phase
    for name in (phase, WHOLE):
        work.end(name)
    if phase == HANDLING:
        work.begin(HANDLING, RUNNING)
    for name in work.open_names(phase):
        work.reckon(name, lambda left, due_at: RUNS_ON.format(at=stamp(work.at), left=spoken(left), due=stamp(due_at)))
    return {"is_paused": False, **work.columns(phase)}


def extend(work: Clockwork, name: str, amount: int, why: str) -> dict[str, Any]:
    """Grant so many units on top of a limit; what handling gets the whole gets too, in its own time."""
    unit, days = TimeUnit(work.limits[name].unit), calendar()
    seconds = amount * days.unit_seconds(unit)
    more = words(f"{amount} ", f"{amount} ") + unit.label
    for each in (name, WHOLE) if name == HANDLING else (name,):
        limit = work.limits.get(each)
        if limit is None:
            continue
        limit.extra = (limit.extra or 0) + _in_time_of(TimeUnit(limit.unit), unit, seconds)
        old = limit.due_at
        work.reckon(each, lambda left, due_at, old=old: EXTENDED.format(at=stamp(work.at), more=more, why=why, old=stamp(old), due=stamp(due_at)))  # type: ignore[misc]
    return work.columns(work.matter.phase)


def _in_time_of(own: TimeUnit, other: TimeUnit, seconds: int) -> int:
    """Seconds of one sort of time in the other's: a day round the clock is worth a working day."""
    if own.is_urgent == other.is_urgent:
        return seconds
    day = calendar().unit_seconds(TimeUnit.WORKING_DAY), calendar().unit_seconds(TimeUnit.URGENT_DAY)
    return seconds * day[own.is_urgent] // day[not own.is_urgent]


def ask_for_answer(kind: Kind, matter: Matter, at: datetime) -> Due:
    """Start the limit of the written answer to the accountable head; answers when it is due."""
    term = kind.watch.answer
    due = due_of(term, at)
    row = limit_row(matter, SUPERVISION, term, at, due, kind.watch)
    row.explanation = [ASKED_AGAIN.as_dict(), *row.explanation]
    put(row)
    return due


AGAIN = """ on conflict (matter_id, name) do update set started_at = excluded.started_at, due_at = excluded.due_at, met_at = null,
is_provisional = excluded.is_provisional, explanation = excluded.explanation, amount = excluded.amount, unit = excluded.unit, basis = excluded.basis,
extra = excluded.extra, next_at = excluded.next_at, warned_at = null, late_at = null"""


def put(row: Limit) -> None:
    """Write a limit, or start it anew when the matter enters the phase again."""
    head, _, values = rows.insert_of(row)
    rows.also(head + "(" + ", ".join(["%s"] * len(values)) + ")" + AGAIN, values)
