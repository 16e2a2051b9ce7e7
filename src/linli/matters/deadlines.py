# SPDX-License-Identifier: MulanPSL-2.0
"""Limits of a matter in working time: what is due when, why, and how much was left when a clock stopped."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings

from linli.core import rows
from linli.core.calendar_store import calendar
from linli.core.words import words
from linli.core.working_time import Due, TimeUnit
from linli.matters.kinds import FIRST_REPLY, WHOLE, Kind, Term
from linli.matters.models import Interval, Limit, Matter

BASE = words("从{start}起 {amount} {unit}，依据：{basis}", "{amount} {unit} from {start}; basis: {basis}")
PROPOSED = words("（拟，待确认）", " (proposed, to be confirmed)")
RESUMED = words("核查不合格后继续计时，剩余 {minutes} 分钟工作时间", "Clock resumed after a failed verification with {minutes} working minutes left")
REOPENED = words("重新办理时限", "limit of a matter that is done again")
NO_TIME_LEFT = words("核查不合格，原时限已用完，立即到期", "Verification failed; the time was used up, due at once")


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


def limit_row(matter: Matter, name: str, term: Term, start: datetime, due: Due) -> Limit:
    """An unsaved limit with its explanation."""
    return Limit(matter_id=matter.id, area=matter.area, name=name, amount=term.amount, unit=term.unit.value, basis=term.basis.zh,
                 started_at=start, due_at=due.at, is_provisional=due.provisional, explanation=explained(term, start, due))


def open_limits(matter: Matter, at: datetime, dues: dict[str, tuple[Term, Due]]) -> None:
    """Write the limits that a new matter starts with."""
    rows.put(*(limit_row(matter, name, term, at, due) for name, (term, due) in dues.items()))


def first_dues(kind: Kind, at: datetime, is_contactable: bool) -> dict[str, tuple[Term, Due]]:
    """The limits of acceptance, of the whole and (where somebody waits for an answer) of the first reply."""
    names: Iterable[str] = ("captured", WHOLE, FIRST_REPLY) if is_contactable else ("captured", WHOLE)
    found = ((name, kind.term(name)) for name in names)
    return {name: (term, due_of(term, at)) for name, term in found if term is not None}


def enter_phase(kind: Kind, matter: Matter, phase: str, at: datetime, category_code: str) -> tuple[datetime | None, bool]:
    """Start the limit of a phase; answers when it is due (None where the phase has none) and whether provisionally."""
    term = kind.term(phase, category_code)
    if term is None:
        return None, False
    if phase == "handling":
        return _run_handling(matter, term, at)
    due = due_of(term, at)
    _put(limit_row(matter, phase, term, at, due))
    return due.at, due.provisional


def leave_phase(matter: Matter, phase: str, at: datetime) -> None:
    """Stop the clock of a phase and note when its limit was met."""
    rows.also("update matters_limit set met_at = %s where matter_id = %s and name = %s", [at, matter.id, phase])
    if phase == "handling":
        rows.also('update matters_interval set ended_at = %s where matter_id = %s and "limit" = %s and ended_at is null', [at, matter.id, phase])


def reopen(kind: Kind, matter: Matter, at: datetime) -> dict[str, Any]:
    """Start the clocks of a matter that was closed: a handling limit of its own, and the whole anew if it had been closed in time.

    What was closed too late stays late: re-opening makes nothing good. Answers the columns that change.
    """
    term = Term(settings.REOPENED_DAYS, TimeUnit.WORKING_DAY, REOPENED)
    due, whole = due_of(term, at), kind.term(WHOLE)
    rows.put(Interval(area=matter.area, matter_id=matter.id, limit="handling", state="running", started_at=at))
    _put(limit_row(matter, "handling", term, at, due))
    changes: dict[str, Any] = {"due_at": due.at, "is_provisional": matter.is_provisional or due.provisional}
    was_in_time = matter.closed_at is not None and matter.close_due_at is not None and matter.closed_at <= matter.close_due_at
    if whole is not None and was_in_time:
        again = due_of(whole, at)
        _put(limit_row(matter, WHOLE, whole, at, again))
        return changes | {"close_due_at": again.at, "is_provisional": changes["is_provisional"] or again.provisional}
    rows.also("update matters_limit set met_at = null where matter_id = %s and name = %s", [matter.id, WHOLE])
    return changes


def used_seconds(matter: Matter, unit: TimeUnit, since: datetime) -> int:
    """Business seconds that the handling clock has run in the finished intervals of this limit; exact."""
    spent = Interval.objects.filter(matter=matter.id, limit="handling", state="running", ended_at__isnull=False, started_at__gte=since)
    return sum(calendar().business_seconds(one.started_at, one.ended_at, unit) for one in spent if one.ended_at)


def _run_handling(matter: Matter, term: Term, at: datetime) -> tuple[datetime, bool]:
    """Start or resume the handling clock: rework gets the time that was left, not a new limit."""
    before = Limit.objects.filter(matter=matter.id, name="handling").first()
    rows.put(Interval(area=matter.area, matter_id=matter.id, limit="handling", state="running", started_at=at))
    if before is None:
        due = due_of(term, at)
        _put(limit_row(matter, "handling", term, at, due))
        return due.at, due.provisional
    unit = TimeUnit(before.unit)
    left = _allowed(before) - used_seconds(matter, unit, before.started_at)
    due = calendar().add_seconds(at, left, unit) if left > 0 else Due(at, False, ())
    sentence = RESUMED.format(minutes=left // 60) if left > 0 else NO_TIME_LEFT
    before.explanation = [*before.explanation, sentence.as_dict(), *(step.sentence.as_dict() for step in due.steps)]
    before.due_at, before.met_at, before.is_provisional = due.at, None, due.provisional
    before.save(update_fields=["explanation", "due_at", "met_at", "is_provisional"])
    return due.at, due.provisional


def _allowed(limit: Limit) -> int:
    """Business seconds of the whole term, counted from its first start."""
    first = calendar().add(limit.started_at, limit.amount, TimeUnit(limit.unit))
    return calendar().business_seconds(limit.started_at, first.at, TimeUnit(limit.unit))


AGAIN = """ on conflict (matter_id, name) do update set started_at = excluded.started_at, due_at = excluded.due_at, met_at = null,
is_provisional = excluded.is_provisional, explanation = excluded.explanation, amount = excluded.amount, unit = excluded.unit, basis = excluded.basis"""


def _put(row: Limit) -> None:
    """Write a limit, or start it anew when the matter enters the phase again."""
    head, _, values = rows.insert_of(row)
    rows.also(head + "(" + ", ".join(["%s"] * len(values)) + ")" + AGAIN, values)
