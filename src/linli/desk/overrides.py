# SPDX-License-Identifier: MulanPSL-2.0
"""人工核定: figures that two people put right, with evidence; proposing, confirming, refusing, withdrawing."""

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from linli.core import evidence
from linli.core.faults import NotAble, NotVisible
from linli.core.sight import Actor, looking, of_post
from linli.core.words import Words, words
from linli.desk.figures import period_of
from linli.doors import generated
from linli.doors.files import photo_of
from linli.doors.generated import Form, Sent
from linli.doors.guards import able
from linli.doors.requests import actor_of
from linli.elements import directories, places
from linli.measures import results
from linli.measures.closing import overriding
from linli.measures.closing.editions import edition_of
from linli.measures.declarations import find_measure
from linli.measures.models import Override
from linli.measures.results import Figure

PAGE = 50
STATES: Mapping[str, tuple[Words, str]] = {
    "proposed": (words("待确认", "To be confirmed"), "warn"), "in_force": (words("有效", "In force"), "accent"),
    "refused": (words("不同意", "Refused"), "calm"), "withdrawn": (words("已撤销", "Withdrawn"), "calm")}
PROPOSED = words("已提出。另一位同事核对佐证并确认后才会生效。", "Proposed. It counts once a colleague has looked at the evidence and confirmed it.")
CONFIRMED = words("已确认，这个数按核定的计。", "Confirmed; the figure counts as put right.")
REFUSED = words("已记下不同意，数字不变。", "Refused; the figure stays.")
WITHDRAWN = words("已撤销，恢复按计算的数计。", "Withdrawn; the computed figure counts again.")


@able("results.see")
def listing(request: HttpRequest) -> HttpResponse:
    """All overrides within the post's sight, newest first."""
    actor, before = actor_of(request), request.GET.get("before", "")
    with looking(of_post(actor), read_only=True):
        found = Override.objects.visible_to(actor).order_by("-id")
        if before.isdecimal() and len(before) < 19:
            found = found.filter(pk__lt=int(before))
        held = list(found[:PAGE + 1])
        return render(request, "desk/overrides.html", {"rows": [_row(one) for one in held[:PAGE]], "older": f"?before={held[PAGE - 1].pk}" if len(held) > PAGE else ""})


def _row(one: Override) -> dict[str, Any]:
    place, measure = places.find_place(one.area), find_measure(one.measure)
    return {"held": one, "place": place.name if place else str(one.area), "words": measure.words if measure else one.measure, "state": STATES[one.state],
            "given": Figure(one.numerator, one.denominator)}


@able("results.see")
def propose(request: HttpRequest, area: int, code: str) -> HttpResponse:
    """The form for one figure of a community, with the computed one beside."""
    actor, period = actor_of(request), period_of(request)
    with looking(of_post(actor), read_only=True):
        measure, figure, _ = results.receipt_of(actor, code, area, period.key)
        place = places.place_by_area(area)
        if place.level != "community":
            raise NotVisible
    if not actor.may(overriding.PROPOSES):
        raise NotAble
    form = Form(overriding.PROPOSES, fixed={"area": area, "measure": measure.code, "period": period.key}, submit=words("提出核定", "Propose it"), done=PROPOSED,
                to=lambda answer: reverse("desk:override", args=[answer["override"]]), address=f"{request.path}?period={period.key}", draft=f"desk.override.{area}.{code}")
    sent = generated.submit(request, form)
    if sent.response is not None:
        return sent.response
    return render(request, "desk/override_form.html", {"form": sent.form, "measure": measure, "figure": figure.computed or figure, "place": place, "period": period,
                                                       "is_closed": edition_of(period.key) is not None}, status=sent.status)


@able("results.see")
def one(request: HttpRequest, override: int) -> HttpResponse:
    """One override: both figures, the reason, the files, who did what; confirming, refusing, withdrawing."""
    actor = actor_of(request)
    with looking(of_post(actor), read_only=True):
        held = overriding.find_override(actor, {"override": override})
    sent = _decided(request, actor, held)
    for each in sent.values():
        if each.response is not None:
            return each.response
    with looking(of_post(actor), read_only=True):
        names = directories.account_names([held.proposed_by, held.decided_by, held.ended_by])
        _, figure, _ = results.receipt_of(actor, held.measure, held.area, held.period)
        context = _row(held) | {
            "computed": figure.computed or figure, "files": [photo_of(row) for row in evidence.rows_of("override", held.pk)], "by": names.get(held.proposed_by, ""),
            "decider": names.get(held.decided_by or 0, ""), "ender": names.get(held.ended_by or 0, ""), "is_closed": edition_of(held.period) is not None}
        return render(request, "desk/override.html", context | {name: each.form for name, each in sent.items()},
                      status=max((each.status for each in sent.values()), default=200))


def _decided(request: HttpRequest, actor: Actor, held: Override) -> dict[str, Sent]:
    """The forms that still apply, by name; the one that was sent is done."""
    here, fixed = reverse("desk:override", args=[held.pk]), {"override": held.pk, "version": held.version}
    forms: dict[str, Form] = {}
    if held.state == "proposed" and actor.may(overriding.CONFIRMS) and held.proposed_by != actor.account:
        forms["confirming"] = Form(overriding.CONFIRMS, (), fixed, submit=words("佐证属实，确认", "The evidence holds: confirm"), done=CONFIRMED, to=here, prefix="confirm.")
        forms["refusing"] = Form("value.refuse_override", None, fixed, submit=words("不同意", "Refuse"), done=REFUSED, to=here, prefix="refuse.", tone="quiet")
    if held.state in ("proposed", "in_force") and actor.may(overriding.PROPOSES):
        forms["withdrawing"] = Form("value.withdraw_override", None, fixed, submit=words("撤销", "Withdraw"), done=WITHDRAWN, to=here, prefix="withdraw.", tone="quiet")
    chosen = next((name for name, form in forms.items() if any(key.startswith(form.prefix) for key in request.POST)), "confirming")
    return {name: generated.submit(request, form) if name == chosen and request.method == "POST" else Sent(generated.unsent(request, form))
            for name, form in forms.items()}
