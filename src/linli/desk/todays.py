# SPDX-License-Identifier: MulanPSL-2.0
"""The first page of a post: what waits for it, soonest limit first; for posts that lead, what is overdue and what has changed."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from linli.core import alarms, clock
from linli.core.sight import Actor, looking, of_post
from linli.core.words import Words, words
from linli.desk import call_backs, next_steps
from linli.desk.joining import marks
from linli.desk.own_places import own_place
from linli.desk.rows import rows_of
from linli.doors.guards import signed_in
from linli.doors.requests import actor_of
from linli.doors.standing import place_words
from linli.matters import inbox
from linli.matters.inbox import Filter
from linli.measures.results import results

SHOWN = 12
"""Rows of one pile on the page (our choice: a morning's look); the rest is one press away."""
WHERE = {
    "accept": "phase=captured", "dispatch": "phase=filed", "close": "phase=verifying", "receive": "phase=dispatched&mine=1",
    "handle": "phase=handling&mine=1", "own": "phase=handling&own=1", "decide": "phase=filed", "verify": "phase=verifying",
    "answer": "state=supervised", "approve": "state=asked", "approve_suspension": "state=asked", "answered": "state=supervised",
    "supervised": "state=supervised", "warned": "state=open", "check_settled": "phase=self_handled",
}
NOTHING = {
    "accept": words("新上报的事会出现在这里。", "New reports appear here."),
    "dispatch": words("受理后的事会出现在这里。", "Filed matters appear here."),
    "close": words("核查通过的事会出现在这里。", "Verified matters appear here."),
    "receive": words("派给本单位的事会出现在这里。", "Matters dispatched to your unit appear here."),
    "handle": words("接收后的事会出现在这里。", "Received matters appear here."),
    "own": words("单位交给您本人承办的事会出现在这里。", "What your unit gives to you in person appears here."),
    "decide": words("屡次被退回、要您指定单位的事会出现在这里。", "What was returned too often and needs your word appears here."),
    "verify": words("等人核查的事会出现在这里。", "Matters to be verified appear here."),
    "answer": words("属地负责人要求说明的事会出现在这里。", "Matters that the accountable head asks about appear here."),
    "approve": words("延期和停钟的申请会出现在这里。", "Requests for extensions and pauses appear here."),
    "approve_suspension": words("挂账申请会出现在这里。", "Requests for the slow list appear here."),
    "answered": words("答复了督办的事会出现在这里。", "Answered supervisions appear here."),
    "supervised": words("您督办的事会出现在这里。", "Matters that you supervise appear here."),
    "check_settled": words("抽中要核实的随手办会出现在这里。", "Jobs settled on the spot that were drawn for a check appear here."),
    "warned": words("快到期的事会出现在这里。", "Matters that are nearly due appear here."),
}


LEADING = frozenset({"decide", "approve_suspension", "answered", "supervised"})
"""Piles of posts that lead: they also want to know what is overdue and where the results stand."""


@signed_in
def today(request: HttpRequest) -> HttpResponse:
    """The piles of this post; an administrator without records is led to the accounts, an assessor to his inspections."""
    actor = actor_of(request)
    if not actor.may("matter.see"):
        return redirect("desk:accounts" if actor.may("account.see") else "desk:inspections" if actor.may("inspection.assess") else "doors:posts")
    with looking(of_post(actor), read_only=True):
        waiting = inbox.waiting_for(actor)
        alike = marks(row for one in waiting for row in one.rows[:SHOWN])
        piles = [_pile(one, alike) for one in waiting] + call_backs.piles(actor)
        context: dict[str, Any] = {"piles": [one for one in piles if one["rows"]], "empty": [one for one in piles if not one["rows"]], "day": clock.now(),
                                   "ringing": _ringing(actor), "next": next_steps.card(actor), "board": actor.may("results.see") and own_place(actor) is not None}
        if {one.name for one in waiting} <= LEADING:
            context |= _overview(actor) | {"leads": True}
        return render(request, "desk/today.html", context)


def _ringing(actor: Actor) -> dict[str, Any] | None:
    """How many alarms ring for this post, with the newest; None where it is not asked to take any."""
    if not actor.may("alarm.take"):
        return None
    found = alarms.ringing(actor)
    newest = words(found[0].sentence["zh"], found[0].sentence["en"]) if found else None
    return {"count": f"{len(found)}+" if len(found) >= alarms.MOST else str(len(found)), "has_any": bool(found), "newest": newest,
            "free": sum(1 for one in found if one.taken_at is None)}


def _pile(one: inbox.Waiting, alike: frozenset[int]) -> dict[str, Any]:
    rows = rows_of(one.rows[:SHOWN], alike)
    count = len(one.rows)
    overdue = sum(1 for row in one.rows if row.due_at and row.due_at < clock.now())
    return {"name": one.name, "label": one.label, "rows": rows, "count": f"{count}+" if one.is_more else str(count), "overdue": overdue,
            "href": f"{reverse('desk:inbox')}?{WHERE[one.name]}&order=due", "is_more": one.is_more or count > SHOWN, "nothing": NOTHING[one.name]}


def _overview(actor: Actor) -> dict[str, Any]:
    """What a post that leads wants to know first: overdue matters, the newest ones, and where the results stand."""
    overdue = inbox.page(actor, Filter(state="overdue", order="due"), limit=SHOWN)
    newest = inbox.page(actor, Filter(), limit=SHOWN)
    return {
        "overdue": rows_of(overdue.rows), "has_more_overdue": bool(overdue.older), "newest": rows_of(newest.rows),
        "figures": _figures(actor), "place": place_words(actor.lo, actor.hi),
    }


def _figures(actor: Actor) -> list[dict[str, Any]]:
    """This month's figures of the post's own place; empty where it may not see results."""
    place = own_place(actor)
    if place is None or not actor.may("results.see"):
        return []
    found = results(actor, place, f"{clock.today():%Y-%m}")
    return [
        {"label": one.measure.words, "share": one.figure.share, "numerator": one.figure.numerator, "denominator": one.figure.denominator,
         "href": reverse("desk:members", args=[place, one.indicator.code]) + f"?period={found.period.key}", "tone": "calm"}
        for one in found.indicators if one.figure.denominator][:6]


def title_words(name: str) -> Words:
    """What a pile is called."""
    return next(label for pile, label, *_ in inbox.PILES if pile == name)
