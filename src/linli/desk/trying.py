# SPDX-License-Identifier: MulanPSL-2.0
"""What-if on the desk: ask for one, follow its progress, read which communities change and by which indicator; by place, never by value."""

from fractions import Fraction
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path, reverse

from linli.core import clock
from linli.core.actions import find_action
from linli.core.sight import Actor, looking, of_post
from linli.core.words import Words, words
from linli.desk.own_places import own_place
from linli.doors import generated, pulses
from linli.doors.generated import Form
from linli.doors.guards import able
from linli.doors.requests import actor_of
from linli.elements import places
from linli.measures.grading import STATE_WORDS
from linli.measures.models import WhatIf, WhatIfRow
from linli.measures.results import LEAST_COVERAGE
from linli.measures.scoring import decimal
from linli.measures.sheets import comparing, drafts, trying
from linli.measures.sheets.drafts import TRY
from linli.measures.sheets.linking import nodes

PAGE = 50


@able(TRY)
def ask(request: HttpRequest) -> HttpResponse:
    """Ask for a what-if of a draft or a version (`?draft=`, `?standard=`)."""
    actor, action = actor_of(request), find_action(TRY)
    fixed: dict[str, object] = {}
    if request.GET.get("draft"):
        fixed["draft"] = drafts.draft_of(request.GET["draft"]).pk
    else:
        fixed["standard"] = drafts.version_of(request.GET.get("standard", "")).pk
    fields = [one for one in action.fields if one.name in ("area", "period")]
    form = Form(TRY, fields, fixed, {"area": own_place(actor) or "", "period": str(clock.today().year)}, submit=words("开始试算", "Try it"),
                to=lambda answer: reverse("desk:what_if", args=[answer["trial"]]), done=None, address=f"?{request.GET.urlencode()}")
    sent = generated.submit(request, form)
    if sent.response:
        return sent.response
    meaning = words("用已经算出的指标值，按这份标准和当时生效的标准各算一遍，看哪些社区的评定和分数会变。只试算，不改动任何结果。",
                    "The kept figures are scored by this sheet and by the one then in force; no result is changed.")
    with looking(of_post(actor), read_only=True):
        return render(request, "desk/standard_form.html", {"form": sent.form, "title": action.words, "meaning": meaning, "back": reverse("desk:standards"), "now": []},
                      status=sent.status)


@able(TRY)
def one(request: HttpRequest, trial: int) -> HttpResponse:
    """One what-if: progress, sums, communities by keys."""
    actor = actor_of(request)
    with looking(of_post(actor), read_only=True):
        found = trying.find(actor, trial)
        return render(request, "desk/what_if.html", _context(actor, found) | _rows(request, actor, found))


@able(TRY)
def pulse(request: HttpRequest, trial: int) -> HttpResponse:
    """The progress anew; 304 while nothing has moved."""
    actor = actor_of(request)
    with looking(of_post(actor), read_only=True):
        context = _context(actor, trying.find(actor, trial))
        return pulses.pulsed(request, "desk/parts/what_if.html", context, stamp=str(context["stamp"]))


def _context(actor: Actor, found: WhatIf) -> dict[str, Any]:
    names = {code: comparing.name_of(row) for content in (found.beside.content, found.content) for code, row in nodes(content).items()}
    outcome = found.outcome
    return {
        "trial": found, "place": places.find_place(found.area), "stamp": f"{found.pk}.{found.state}.{found.done}", "is_busy": found.state in ("waiting", "running"),
        "share": f"{100 * found.done // found.total}" if found.total else "0", "looked": outcome.get("looked", 0), "changed": outcome.get("changed", 0),
        "low": outcome.get("low", 0), "least": LEAST_COVERAGE, "trouble": words(found.trouble["zh"], found.trouble["en"]) if found.trouble else None,
        "number": found.content.get("version"), "grades": [_grade(key, count) for key, count in sorted(outcome.get("grades", {}).items())],
        "by": [{"code": code, "words": names.get(code, words(code, code)), "up": up, "down": down, "gain": _signed(Fraction(gain))}
               for code, up, down, gain in outcome.get("by", ())]}


def _grade(key: str, count: int) -> dict[str, Any]:
    before, _, after = key.partition("-")
    return {"before": STATE_WORDS[before], "after": STATE_WORDS[after], "count": count, "is_change": before != after}


def _signed(value: Fraction) -> str:
    return f"{'+' if value > 0 else ''}{decimal(value, 2)}"


def _rows(request: HttpRequest, actor: Actor, found: WhatIf) -> dict[str, Any]:
    """A page of communities in the order of their areas; those whose grade changes alone where asked for."""
    only, after = bool(request.GET.get("only")), request.GET.get("after", "")
    start = int(after) if after.isdecimal() and len(after) < 19 else 0
    held = WhatIfRow.objects.visible_to(actor).filter(trial=found, area__gt=start).order_by("area")
    rows = list((held.filter(has_new_grade=True) if only else held)[:PAGE + 1]) if found.state == "done" else []
    names = {one["code"]: comparing.name_of(one) for one in found.content["dimension"]}
    older = f"?after={rows[PAGE - 1].area}{'&only=1' if only else ''}" if len(rows) > PAGE else ""
    return {"rows": [_row(one, names) for one in rows[:PAGE]], "older": older, "newer": ("?only=1" if only else "?") if start else "", "only": only}


def _row(one: WhatIfRow, names: dict[str, Words]) -> dict[str, Any]:
    before, after = one.detail["points"]
    return {
        "place": places.find_place(one.area), "before": STATE_WORDS[one.before], "after": STATE_WORDS[one.after], "is_change": one.has_new_grade,
        "points": [_points(before), _points(after)], "reasons": [words(row["zh"], row["en"]) for row in one.detail["reasons"]],
        "dimensions": [{"words": names.get(code, words(code, code)), "before": _reached(was, of), "after": _reached(now, out)}
                       for code, was, of, now, out in one.detail["dimensions"]],
        "by": [{"code": code, "part": part, "whole": whole, "before": decimal(Fraction(was), 2), "after": decimal(Fraction(now), 2)}
               for code, part, whole, was, now in one.detail["by"]]}


def _points(total: dict[str, str] | None) -> str:
    return _reached(total["reached"], total["possible"]) if total else "—"


def _reached(reached: str | None, possible: str) -> str:
    return f"{decimal(Fraction(reached), 2) if reached is not None else '—'} / {decimal(Fraction(possible), 2)}"


ADDRESSES = [
    path("standards/try", ask, name="standard_try"),
    path("standards/try/<int:trial>/", one, name="what_if"),
    path("standards/try/<int:trial>/pulse", pulse, name="what_if_pulse"),
]
