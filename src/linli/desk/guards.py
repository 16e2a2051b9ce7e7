# SPDX-License-Identifier: MulanPSL-2.0
"""数据提示: what the guards found in a place, with the records; the committee explains, the street or district judges. No persons, no list of workers."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode

from linli.core.sight import Actor, looking, of_post
from linli.core.words import Words, words
from linli.desk.figures import members_shown, period_of
from linli.doors import generated
from linli.doors.generated import Form, Sent
from linli.doors.guards import able
from linli.doors.requests import actor_of
from linli.elements import places
from linli.measures import results
from linli.measures.compiler import LEAF_SIZE
from linli.measures.guarding import judging, reading
from linli.measures.guarding.declaring import entries_named, guard_named, guards
from linli.measures.models import GuardFinding
from linli.measures.results import Member

PAGE = 50
STATES: Mapping[str, tuple[Words, str]] = {
    "open": (words("待说明", "To be explained"), "warn"), "explained": (words("已说明，待核对", "Explained, to be judged"), "accent"),
    "accepted": (words("情况属实，不再提示", "Legitimate: shown no longer"), "good"), "stands": (words("保留提示", "It stands"), "calm")}
EXPLAINED = words("说明已记下，等街道或区核对。", "Noted; the street or district judges it.")
JUDGED = words("结论已记下。", "The judgement is noted.")


@able("results.see")
def listing(request: HttpRequest, area: int) -> HttpResponse:
    """What the guards found in a place and period, newest first."""
    actor, period, before = actor_of(request), period_of(request), request.GET.get("before", "")
    with looking(of_post(actor), read_only=True):
        place = results.place_for(actor, area)
        found = reading.shown(actor, place, period).order_by("-id").defer("numbers")
        if before.isdecimal() and len(before) < 19:
            found = found.filter(pk__lt=int(before))
        held = list(found[:PAGE + 1])
        older = f"?{urlencode({'period': period.key, 'before': str(held[PAGE - 1].pk)})}" if len(held) > PAGE else ""
        return render(request, "desk/guards.html", {
            "place": place, "period": period, "rows": [_row(one) for one in held[:PAGE]], "older": older, "rules": [_rule(one) for one in guards()],
            "back": f"{reverse('desk:area_results', args=[area])}?{urlencode({'period': period.key})}"})


def _rule(guard: Any) -> dict[str, Any]:
    limit = max(guard.limits, key=lambda one: one.valid_from)
    return {"said": guard.said.format(limit=limit.number), "why": guard.why, "is_proposed": limit.is_proposed}


def _row(one: GuardFinding) -> dict[str, Any]:
    place, entries = places.find_place(one.area), entries_named(one.entries)
    said, is_proposed = reading.said_of(one)
    return {"held": one, "place": place.name if place else str(one.area), "said": said, "is_proposed": is_proposed, "state": STATES[one.state],
            "entries": entries.words if entries else one.entries}


@able("results.see")
def one(request: HttpRequest, finding: int) -> HttpResponse:
    """One finding with its records, by pages; explaining and judging for those who may."""
    actor, skipped = actor_of(request), request.GET.get("from", "")
    with looking(of_post(actor), read_only=True):
        held = judging.find_finding(actor, {"finding": finding})
    sent = _forms(request, actor, held)
    for each in sent.values():
        if each.response is not None:
            return each.response
    start = int(skipped) if skipped.isdecimal() and len(skipped) < 9 else 0
    with looking(of_post(actor), read_only=True):
        guard, chosen = guard_named(held.guard), held.numbers[start:start + PAGE]
        return render(request, "desk/guard_finding.html", _row(held) | {
            "why": guard.why if guard else "", "rows": _records(actor, held, chosen),
            "older": f"?from={start + PAGE}" if start + PAGE < len(held.numbers) else "", "newer": f"?from={max(0, start - PAGE)}" if start else "",
            "back": f"{reverse('desk:guards', args=[held.area])}?{urlencode({'period': held.month})}",
        } | {name: each.form for name, each in sent.items()}, status=max((each.status for each in sent.values()), default=200))


def _records(actor: Actor, held: GuardFinding, numbers: Sequence[int]) -> list[dict[str, Any]]:
    """The records as the pages behind figures show them: opened by whoever may see them, nothing of who entered them."""
    entries = entries_named(held.entries)
    if entries is None:
        return []
    rows = members_shown(actor, [Member(number, entries.record_kind, number, held.area, True, 1, 1) for number in numbers])
    return [row | {"number": number} for row, number in zip(rows, numbers, strict=True)]


def _forms(request: HttpRequest, actor: Actor, held: GuardFinding) -> dict[str, Sent]:
    """The forms that apply, by name; the one that was sent is done."""
    here, fixed = reverse("desk:guard_finding", args=[held.pk]), {"finding": held.pk, "version": held.version}
    forms: dict[str, Form] = {}
    if held.judged_by is None and actor.may(judging.EXPLAINS):
        forms["explaining"] = Form(judging.EXPLAINS, None, fixed, {"explanation": held.explanation}, submit=words("提交说明", "Send the explanation"),
                                   done=EXPLAINED, to=here, prefix="explain.")
    if held.judged_by is None and actor.may(judging.JUDGES) and actor.hi - actor.lo > LEAF_SIZE and held.explained_by != actor.account:
        forms["judging"] = Form(judging.JUDGES, None, fixed, submit=words("下结论", "Judge"), done=JUDGED, to=here, prefix="judge.")
    return {name: generated.submit(request, form) if request.method == "POST" and any(key.startswith(form.prefix) for key in request.POST)
            else Sent(generated.unsent(request, form)) for name, form in forms.items()}
