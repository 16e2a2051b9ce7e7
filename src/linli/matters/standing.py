# SPDX-License-Identifier: MulanPSL-2.0
"""How a matter stood before it was joined to another: kept whole, its clocks stopped, and all of it put back with the time that was left."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.utils.dateparse import parse_datetime

from linli.core import alarms, due, rows
from linli.core.calendar_store import calendar
from linli.core.words import Words, words
from linli.core.working_time import TimeUnit
from linli.matters.alarms import OF_LIMIT, STAGE, STEP
from linli.matters.clocks import HANDLING
from linli.matters.clockwork import Clockwork, spoken, stamp
from linli.matters.kinds import kind_of
from linli.matters.models import Interval, Limit, Matter, Request
from linli.matters.waiting import COME_BACK

MOMENTS = ("due_at", "close_due_at", "first_reply_due_at", "first_reply_at", "closed_at")
PLAIN = ("is_provisional", "is_paused", "asked")
RINGING = (*OF_LIMIT.values(), STEP, STAGE)
WENT_ON = words("{at} 撤销并案或拆分，继续计时，剩余 {left}；到期时间 {due}", "{at}: the joining was undone; the clock goes on with {left} left; due {due}")
NO_TIME_LEFT = words("{at} 撤销并案或拆分，但原时限已用完，到期时间仍为 {due}", "{at}: the joining was undone, but the time was used up; it was due {due}")


def taken_down(matter: Matter) -> dict[str, Any]:
    """Phase, moments, running limits, open clocks and a waiting request, as a value that can be kept."""
    limits = Limit.objects.filter(matter=matter.pk, met_at=None).order_by("id")
    clocks = Interval.objects.filter(matter=matter.pk, ended_at=None).order_by("id")
    request = Request.objects.filter(matter=matter.pk, ended_at=None).values_list("pk", flat=True).first() if matter.asked else None
    return _kept(matter, matter.phase, [one.name for one in limits]) | {
        "clocks": [[one.limit, one.state, one.reason, _text(one.until)] for one in clocks], "request": request}


def of_step(matter: Matter, phase: str) -> dict[str, Any]:
    """How a matter stands in one step, where its other limits run on meanwhile or where it begins: no clock stands still, nothing is asked."""
    return _kept(matter, phase, [phase]) | {"is_paused": False, "asked": "", "clocks": [], "request": None}


def _kept(matter: Matter, phase: str, limits: list[str]) -> dict[str, Any]:
    return {"phase": phase, "limits": limits, **{name: _text(getattr(matter, name)) for name in MOMENTS}, **{name: getattr(matter, name) for name in PLAIN}}


def stop(matter: Matter, at: datetime) -> dict[str, Any]:
    """Stop every limit that runs and every clock that is open, whatever they are called; answers the columns of the row."""
    rows.also("update matters_limit set met_at = %s where matter_id = %s and met_at is null", [at, matter.pk])
    rows.also("update matters_interval set ended_at = %s where matter_id = %s and ended_at is null", [at, matter.pk])
    if matter.asked:
        rows.also("update matters_request set ended_at = %s, outcome = 'lapsed' where matter_id = %s and ended_at is null", [at, matter.pk])
    for name in RINGING:
        alarms.still(name, subject_kind="matter", subject=matter.pk)
    return {"due_at": None, "is_paused": False, "asked": ""}


def put_back(matter: Matter, stood: dict[str, Any], since: datetime, at: datetime) -> dict[str, Any]:
    """Bring limits and clocks to how they stood, with exactly the working time that was left; answers the columns of the row.

    A limit that was passed already stays as it was: nobody is given time that had run out. When no working time has gone by,
    everything is exactly as before.
    """
    work = Clockwork(kind_of(matter.kind), matter, at)
    again = [work.limits[name] for name in stood["limits"]]
    columns = {name: _moment(stood[name]) for name in MOMENTS} | {name: stood[name] for name in PLAIN}
    for limit in again:
        limit.met_at = None
    (_go_on if _has_passed(again, since, at) else _reopen)(work, stood, again, since)
    for limit in again:
        if limit.late_at is not None:
            limit.late_at, limit.next_at = None, at
        work.write(limit)
    _wait_on(matter, stood, at)
    return columns | work.columns(stood["phase"])


def _has_passed(limits: Iterable[Limit], since: datetime, at: datetime) -> bool:
    """True when working time of any of these limits has gone by."""
    return any(calendar().business_seconds(since, at, TimeUnit(unit)) for unit in {one.unit for one in limits})


def _go_on(work: Clockwork, stood: dict[str, Any], again: Iterable[Limit], since: datetime) -> None:
    """A stretch in which the clocks stood, then each as it was before; the due moments follow."""
    for limit in again:
        if limit.name != HANDLING and limit.name not in work.stage_names:
            work.stood(limit.name, since)
    for name, state, reason, until in stood["clocks"]:
        work.begin(name, state, reason, _moment(until))
    for limit in again:
        work.reckon(limit.name, lambda left, due_at: _said(work, left, due_at))


def _said(work: Clockwork, left: int, due_at: datetime | None) -> Words:
    if not left:
        return NO_TIME_LEFT.format(at=stamp(work.at), due=stamp(due_at))
    return WENT_ON.format(at=stamp(work.at), left=spoken(left), due=stamp(due_at))


def _reopen(work: Clockwork, stood: dict[str, Any], again: Iterable[Limit], since: datetime) -> None:
    """Each clock goes on in the stretch that was cut; nothing is said, unless a calendar was published meanwhile."""
    for name, *_ in stood["clocks"]:
        last = [one for one in work.intervals if one.limit == name and one.ended_at == since][-1]
        last.ended_at = None
        rows.also("update matters_interval set ended_at = null where id = %s", [last.pk])
    for limit in again:
        due_now = work.clock(limit.name).due(calendar())
        if due_now is not None and due_now.at != limit.due_at:
            work.reckon(limit.name, lambda left, due_at: _said(work, left, due_at))


def _wait_on(matter: Matter, stood: dict[str, Any], at: datetime) -> None:
    """What waited waits again: a request for its decision, a pause for its day."""
    if stood["request"]:
        rows.also("update matters_request set ended_at = null, outcome = '' where id = %s", [stood["request"]])
    for *_, until in stood["clocks"]:
        if until is not None:
            due.leave(COME_BACK, area=matter.area, subject_kind="matter", subject=matter.pk, at=max(_moment(until) or at, at))


def _text(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None


def _moment(text: str | None) -> datetime | None:
    return parse_datetime(text) if text else None
