# SPDX-License-Identifier: MulanPSL-2.0
"""One limit of a matter on a page of its own: the picture of its clock, the table beside it, and every sentence that moved it."""

from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET

from linli.core import clock
from linli.core.calendar_store import calendar
from linli.core.faults import NotVisible
from linli.core.sight import looking, of_post
from linli.core.words import Words, words
from linli.core.working_time import TimeUnit
from linli.desk import dials
from linli.doors.guards import able
from linli.doors.requests import actor_of
from linli.matters import categories, moving, numbers
from linli.matters.clocks import RUNNING, Clock, clock_of
from linli.matters.clockwork import spoken
from linli.matters.kinds import Kind, kind_of
from linli.matters.models import Interval, Limit, Matter
from linli.matters.names import limit_words

RUNS, STANDS = words("计时中", "Running"), words("已停钟", "Stands still")
LATE, IN_TIME, MET_LATE, SOON = words("已超时", "Overdue"), words("按时", "In time"), words("超时完成", "Late"), words("即将到期", "Nearly due")
JOINED = words("已并案，停止计时", "Merged, stopped")


def state_of(one: Limit, now: datetime, matter: Matter) -> tuple[str, Words]:
    """How a limit stands, as tone and words; what a merging stopped was neither met nor missed."""
    if one.met_at is not None and matter.phase == "merged" and one.met_at == matter.closed_at:
        return "calm", JOINED
    if one.met_at is not None:
        return ("good", IN_TIME) if one.due_at is None or one.met_at <= one.due_at else ("bad", MET_LATE)
    if one.due_at is None:
        return "warn", STANDS
    if one.due_at < now:
        return "bad", LATE
    return ("warn", SOON) if one.warned_at is not None else ("calm", RUNS)


def sentences_of(one: Limit) -> list[Words]:
    """Everything that the limit says of itself."""
    return [words(sentence["zh"], sentence["en"]) for sentence in one.explanation if sentence.get("zh") and sentence.get("en")]


def is_proposed(one: Limit) -> bool:
    """True when its number waits for confirmation (拟)."""
    return any("拟" in sentence.get("zh", "") for sentence in one.explanation[:2])


def hand_of(kind: Kind, matter: Matter, one: Limit, intervals: list[Interval]) -> Clock:
    """The clock of a limit of this matter."""
    return clock_of(one, intervals, tuple(stage.name for stage in kind.stages_of(matter.category.code)))


@require_GET
@able("matter.see")
def limit(request: HttpRequest, number: str, name: str) -> HttpResponse:
    """The page of one limit. NotVisible outside the post's range, and for a limit that the matter has not."""
    actor = actor_of(request)
    with looking(of_post(actor), read_only=True):
        matter = moving.by_number(actor, {"number": number})
        found = {one.name: one for one in Limit.objects.visible_to(actor).filter(matter=matter.pk).order_by("started_at", "id")}
        if name not in found:
            raise NotVisible
        intervals = list(Interval.objects.visible_to(actor).filter(matter=matter.pk).order_by("started_at", "id"))
        return render(request, "desk/limit.html", _shown(matter, found, found[name], intervals))


def _shown(matter: Matter, found: dict[str, Limit], one: Limit, intervals: list[Interval]) -> dict[str, Any]:
    kind, days, now = kind_of(matter.kind), calendar(), clock.now()
    hand = hand_of(kind, matter, one, intervals)
    tone, state = state_of(one, now, matter)
    until = one.met_at or now
    unit = TimeUnit(one.unit)
    number = numbers.number_of(matter.pk)
    return {
        "number": number, "category": categories.words_of(matter.category), "label": limit_words(kind, one.name), "limit": one, "tone": tone, "state": state,
        "dial": dials.drawn(hand, days, due_at=one.due_at, met_at=one.met_at, now=now), "sentences": sentences_of(one), "is_proposed": is_proposed(one),
        "facts": [
            (words("期限", "Limit"), words(f"{one.amount} ", f"{one.amount} ") + unit.label), (words("依据", "Basis"), one.basis),
            (words("已计时", "Has run"), spoken(hand.spent(days, RUNNING, until))), (words("剩余", "Left"), spoken(hand.left(days, until))),
            *([(words("延长", "Extended by"), spoken(one.extra))] if one.extra else []),
        ],
        "others": [{"label": limit_words(kind, other.name), "href": reverse("desk:limit", args=[number, other.name]), "is_here": other.name == one.name}
                   for other in found.values()],
        "back": reverse("desk:matter", args=[number]),
    }
