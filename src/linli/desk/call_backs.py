# SPDX-License-Identifier: MulanPSL-2.0
"""Call-backs on the desk: the list of work, how many were answered, the monthly draw; and the piles of the first page."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_GET

from linli.core import clock
from linli.core.faults import Fault
from linli.core.sight import Actor, looking, of_post
from linli.core.words import Words, words
from linli.desk import moves
from linli.desk.rows import Row, due_tone, rows_of
from linli.doors.guards import able
from linli.doors.requests import actor_of
from linli.matters import call_backs, numbers, sampling
from linli.matters.call_backs import Counts
from linli.matters.dialogue import BAD_RATING, CAUSES, SAMPLE
from linli.matters.models import CallBack, Question

ACTION = "matter.call_back"
MOST = 50
SHOWN = 12
TONES = {BAD_RATING: "warn", SAMPLE: "calm"}

moves.offer(ACTION, done=words("已记录回访结果。", "The call-back is recorded."), icon="phone")


@require_GET
@able(ACTION)
def page(request: HttpRequest) -> HttpResponse:
    """Open call-backs of the post's range, soonest first, with this month's figures and the draws."""
    actor, status, fault = actor_of(request), 200, None
    with looking(of_post(actor), read_only=True):
        try:
            waiting = call_backs.waiting(actor, request.GET.get("after", "")[:120])
        except Fault as wrong:
            fault, status, waiting = wrong, wrong.status, call_backs.Waiting([])
        month = clock.local(clock.now()).replace(day=1, hour=0, minute=0, second=0, microsecond=0)
        found = call_backs.counts(actor, month)
        return render(request, "desk/call_backs.html", {
            "rows": _rows(waiting.rows), "older": f"?{urlencode({'after': waiting.after})}" if waiting.after else "",
            "newer": reverse("desk:call_backs") if request.GET.get("after") else "", "fault": fault, "day": month,
            "groups": [{"label": CAUSES[cause], "figures": _figures(found[cause]), "counts": found[cause]} for cause in CAUSES if cause in found],
            "draws": sampling.latest(), "days": settings.CALL_BACK_DAYS, "sample_days": settings.SAMPLE_DAYS, "percent": settings.SAMPLE_PERCENT,
            "tries": settings.CALL_BACK_TRIES}, status=status)


def _rows(found: Sequence[CallBack]) -> list[dict[str, Any]]:
    rows = rows_of([one.matter for one in found])
    now = clock.now()
    return [{"row": row, "href": reverse("desk:move", args=[row.number, ACTION]), "cause": CAUSES[one.cause], "cause_tone": TONES[one.cause],
             "due_at": one.due_at, "due_tone": due_tone(one.due_at, now), "tries": one.tries, "rating": one.matter.rating,
             "is_contactable": one.matter.is_contactable} for row, one in zip(rows, found, strict=True)]


def _figures(found: Counts) -> list[dict[str, Any]]:
    return [
        {"label": words("回访到的", "Reached"), "share": found.answered, "numerator": found.reached, "denominator": found.opened, "tone": "calm"},
        {"label": words("回访到的人里现在满意的", "Satisfied now, of those reached"), "share": found.content, "numerator": found.satisfied,
         "denominator": found.reached, "tone": "calm"},
        {"label": words("时限内完成的", "Done within the limit"), "share": found.punctual, "numerator": found.in_time, "denominator": found.opened, "tone": "calm"}]


def piles(actor: Actor) -> list[dict[str, Any]]:
    """What the first page shows of the dialogue: call-backs to make, and own questions that nobody answered in time."""
    made = []
    if actor.may(ACTION):
        waiting = call_backs.waiting(actor, most=MOST)
        made.append(_pile("call_back", words("待回访", "To call back"), [(one.matter, one.due_at) for one in waiting.rows], bool(waiting.after),
                          reverse("desk:call_backs"), words("评价不满意和抽中的事会出现在这里。", "Matters rated badly or drawn appear here.")))
    if actor.may("matter.ask"):
        asked = call_backs.unanswered(actor, MOST + 1)
        made.append(_pile("unanswered", words("提问未获回答", "Questions nobody answered"), [(one.matter, one.due_at) for one in asked[:MOST]],
                          len(asked) > MOST, "", words("您的提问超过时限没有回答时会出现在这里。", "Your questions appear here when nobody answered in time.")))
    return made


def _pile(name: str, label: Words, found: Sequence[tuple[Any, Any]], is_more: bool, href: str, nothing: Words) -> dict[str, Any]:
    now = clock.now()
    rows: list[Row] = [replace(row, due_at=due, due_tone=due_tone(due, now)) for row, (_, due) in zip(rows_of([one for one, _ in found]), found, strict=True)]
    return {"name": name, "label": label, "rows": rows[:SHOWN], "count": f"{len(rows)}+" if is_more else str(len(rows)),
            "overdue": sum(1 for _, due in found if due < now), "href": href, "is_more": bool(href) and (is_more or len(rows) > SHOWN), "nothing": nothing}


def waiting_questions(questions: Sequence[Question]) -> list[dict[str, Any]]:
    """The open questions of a matter, each with whether its time is over."""
    now = clock.now()
    return [{"text": one.text, "asked_at": one.asked_at, "is_late": one.due_at is not None and one.due_at < now} for one in questions if one.answered_at is None]


def address_of(matter: int) -> str:
    """The form of a call-back on the page of its matter."""
    return reverse("desk:move", args=[numbers.number_of(matter), ACTION])
