# SPDX-License-Identifier: MulanPSL-2.0
"""再巡查: the yearly rounds with their draw, the page of one case with the steps that can be taken, and the documents to print."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path, reverse

from linli.core import clock, evidence
from linli.core.actions import find_action
from linli.core.faults import NotVisible
from linli.core.fields import Field
from linli.core.sight import Actor, looking, of_post
from linli.core.words import Words, words
from linli.desk.named import kind_of
from linli.doors import generated
from linli.doors.files import photo_of
from linli.doors.generated import Form, Sent
from linli.doors.guards import able
from linli.doors.requests import actor_of
from linli.elements import places
from linli.titles import kinds
from linli.titles.actions.rectifying import PHOTOS
from linli.titles.actions.reinspecting import AGAIN, FIRST, outcome_of
from linli.titles.after import cases, drawing, reading
from linli.titles.after.cases import DRAWS, LEADS, SEES, STATES
from linli.titles.models import RectificationItem, Reinspection, ReinspectionStep

SENT = words("已办理。", "Done.")
DUE = words("到期必查（{years} 年内轮到一遍，拟）", "Its time has come (everybody within {years} years, proposed)")
WEIGHT = words("{name} ×{factor}（拟）", "{name} ×{factor} (proposed)")
WEIGHT_SURE = words("{name} ×{factor}", "{name} ×{factor}")
PER_ITEM = frozenset({"title.remedy", "title.judge_item"})
FIXED_NOW = words("种子已定下，摘要可以公布。", "The seed is fixed; its digest may be published.")
DRAWN_NOW = words("已抽取 {size} 个。", "{size} are drawn.")
SHOWN_NOW = words("种子已公布，任何人都可以重抽核对。", "The seed is shown; anybody can draw again.")


def reasons_of(kind: kinds.TitleKind, names: Sequence[str]) -> list[Words]:
    """The reasons of a weight in words, each with its factor and its mark."""
    found = [(WEIGHT if risk.is_proposed else WEIGHT_SURE).format(name=risk.words, factor=risk.factor) for name in names if (risk := kind.risks.get(name))]
    return [*found, *([DUE.format(years=kind.limit("coverage_years", clock.today()).number)] if "due" in names else [])]


@able(LEADS)
def rounds(request: HttpRequest) -> HttpResponse:
    """The yearly rounds of a kind, newest first; who draws fixes a seed, draws and shows the seed from here."""
    actor, kind = actor_of(request), kind_of(request)
    here, year = reverse("desk:title_rounds"), clock.today().year
    forms = {
        "fix": Form("title.fix_round", None, {"kind": kind.name}, {"year": year}, submit=words("定下种子", "Fix the seed"), done=FIXED_NOW, to=here, address=f"{here}?do=fix"),
        "draw": Form("title.draw_round", None, {"kind": kind.name}, {"year": year}, submit=words("抽取", "Draw"), done=DRAWN_NOW,
                     to=lambda answer: reverse("desk:title_round", args=[answer["round"]]), address=f"{here}?do=draw", prefix="d."),
    } if actor.may(DRAWS) else {}
    sent = _sent(request, forms)
    for one in sent.values():
        if one.response is not None:
            return one.response
    with looking(of_post(actor), read_only=True):
        held = drawing.rounds_of(kind)
        states = Counter(Reinspection.objects.visible_to(actor).filter(kind=kind.name, round__isnull=False).values_list("round", "state"))
        rows = [{"round": one, "counts": [(STATES[state], count) for (of, state), count in sorted(states.items()) if of == one.pk]} for one in held]
        return render(request, "desk/title_rounds.html", {"kind": kind, "rows": rows, "sent": {name: one.form for name, one in sent.items()}},
                      status=max((one.status for one in sent.values()), default=200))


def _sent(request: HttpRequest, forms: Mapping[str, Form]) -> dict[str, Sent]:
    """The forms of a page by name; the one that the address names is done."""
    chosen = request.GET.get("do") if request.method == "POST" else None
    return {name: generated.submit(request, form) if name == chosen else Sent(generated.unsent(request, form)) for name, form in forms.items()}


@able(LEADS)
def round_(request: HttpRequest, round: int) -> HttpResponse:
    """One round: digest, seed, weights with their reasons, whom the draw brought, and whether it repeats."""
    actor = actor_of(request)
    held = drawing.round_numbered(round)
    kind, here = kinds.kind_named(held.kind), reverse("desk:title_round", args=[round])
    forms = {"reveal": Form("title.reveal_round", (), {"kind": held.kind, "year": held.year}, submit=words("公布种子", "Show the seed"), done=SHOWN_NOW, to=here,
                            address=f"{here}?do=reveal")} if actor.may(DRAWS) and held.drawn_at and not held.seed else {}
    sent = _sent(request, forms)
    if "reveal" in sent and sent["reveal"].response is not None:
        return sent["reveal"].response
    with looking(of_post(actor), read_only=True):
        found = list(Reinspection.objects.visible_to(actor).filter(round=held).order_by("area"))
        titles = [one.title_id for one in found]
        whole = len(found) == held.size
        weights = Counter(int(one["weight"]) for one in held.frame)
        return render(request, "desk/title_round.html", {
            "held": held, "kind": kind, "rows": [_drawn(kind, one) for one in found], "weights": sorted(weights.items()), "frame": len(held.frame),
            "risks": [reasons_of(kind, [name])[0] for name in kind.risks], "due": sum(bool(one["is_due"]) for one in held.frame),
            "repeats": drawing.is_repeatable(held, titles) if held.seed and whole else None,
            "reveal": sent["reveal"].form if "reveal" in sent and all(one.state != "drawn" for one in found) else None,
        }, status=max((one.status for one in sent.values()), default=200))


def _drawn(kind: kinds.TitleKind, one: Reinspection) -> dict[str, Any]:
    return {"held": one, "place": places.find_place(one.area), "state": STATES[one.state], "reasons": reasons_of(kind, one.reasons), "is_past": cases.is_past(one)}


@able(SEES)
def case(request: HttpRequest, case: int) -> HttpResponse:
    """One re-inspection: where it stands, its items, what was found, what happened, and the steps that this post may take."""
    actor = actor_of(request)
    with looking(of_post(actor), read_only=True):
        held = cases.find_case(actor, {"reinspection": case})
        items = list(RectificationItem.objects.visible_to(actor).filter(case=held).order_by("id"))
    sent = _sent(request, _forms(actor, held, items))
    for one in sent.values():
        if one.response is not None:
            return one.response
    with looking(of_post(actor), read_only=True):
        return render(request, "desk/title_case.html", _shown(actor, held, items) | {
            "forms": [{"name": name, "words": find_action(f"title.{name}").words, "form": one.form} for name, one in sent.items()],
        }, status=max((one.status for one in sent.values()), default=200))


def _forms(actor: Actor, held: Reinspection, items: Sequence[RectificationItem]) -> dict[str, Form]:
    here = reverse("desk:title_case", args=[held.pk])
    fixed = {"reinspection": held.pk, "version": held.version}
    forms = {}
    for name in cases.possible(actor, held):
        short = name.removeprefix("title.")
        forms[short] = Form(name, _fields(name, items), fixed, _first(name), submit=find_action(name).words, done=SENT, to=here, address=f"{here}?do={short}", prefix=f"{short}.",
                            draft=f"desk.case.{held.pk}.{short}", tone="danger" if name == "title.revoke" else "primary")
    return forms


def _first(name: str) -> dict[str, object]:
    return {"day": clock.today().isoformat()} if name in ("title.revoke", "title.begin_reinspection") else {}


def _fields(name: str, items: Sequence[RectificationItem]) -> Sequence[Field] | None:
    """The action's own fields, with its items by their text where it asks for one."""
    fields = tuple(one for one in find_action(name).fields if one.name not in ("reinspection", "version"))
    if name not in PER_ITEM:
        return fields
    choices = tuple((str(one.pk), words(one.text[:60], one.text[:60])) for one in items)
    return tuple(replace(one, kind="choice", choices=choices) if one.name == "part" else one for one in fields)


def _shown(actor: Actor, held: Reinspection, items: Sequence[RectificationItem]) -> dict[str, Any]:
    kind = cases.kind_of(held)
    photos: dict[int, list[Any]] = {}
    for one in evidence.rows_of(PHOTOS, *(item.pk for item in items)):
        photos.setdefault(one.subject or 0, []).append(photo_of(one))
    steps = list(ReinspectionStep.objects.visible_to(actor).filter(case=held).order_by("id"))
    looks = [(label, outcome_of(held, occasion)) for occasion, label in ((FIRST, words("再巡查", "Re-inspection")), (AGAIN, words("复查", "Re-check")))]
    return {
        "held": held, "kind": kind, "place": places.find_place(held.area), "state": STATES[held.state], "is_past": cases.is_past(held),
        "reasons": reasons_of(kind, held.reasons) if actor.may(LEADS) else [], "items": [{"item": one, "photos": photos.get(one.pk, [])} for one in items],
        "entries": reading.entries_of(steps), "looks": [{"words": label, "outcome": one} for label, one in looks if one is not None],
        "revocation": next((one for one in steps if one.step == "revoked"), None)}


@able(SEES)
def circular(request: HttpRequest, case: int) -> HttpResponse:
    """The circular to print: inside the offices only. NotVisible before it went out."""
    return _document(request, case, "circulated", "desk/title_circular.html")


@able(SEES)
def revocation(request: HttpRequest, case: int) -> HttpResponse:
    """The revocation to print. NotVisible while there is none."""
    return _document(request, case, "revoked", "desk/title_revocation.html")


def _document(request: HttpRequest, case: int, step: str, template: str) -> HttpResponse:
    actor = actor_of(request)
    with looking(of_post(actor), read_only=True):
        held = cases.find_case(actor, {"reinspection": case})
        steps = list(ReinspectionStep.objects.visible_to(actor).filter(case=held).order_by("id"))
        said = next((one for one in steps if one.step == step), None)
        if said is None:
            raise NotVisible
        kind = cases.kind_of(held)
        return render(request, template, {
            "held": held, "kind": kind, "place": places.find_place(held.area), "said": said, "heard": next((one for one in steps if one.step == "heard"), None),
            "items": list(RectificationItem.objects.visible_to(actor).filter(case=held).order_by("id")), "last_day": _last(kind, held, step, said),
            "appeal_days": kind.limit("appeal_days", said.day or clock.today()).number})


def _last(kind: kinds.TitleKind, held: Reinspection, step: str, said: ReinspectionStep) -> Any:
    day = clock.local(said.at).date()
    return cases.last_day(kind, "rectification_days" if step == "circulated" else "appeal_days", day)


ADDRESSES = [
    path("named/rounds/", rounds, name="title_rounds"),
    path("named/rounds/<int:round>/", round_, name="title_round"),
    path("named/cases/<int:case>/", case, name="title_case"),
    path("named/cases/<int:case>/circular", circular, name="title_circular"),
    path("named/cases/<int:case>/revocation", revocation, name="title_revocation"),
]
