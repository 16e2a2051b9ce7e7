# SPDX-License-Identifier: MulanPSL-2.0
"""The norms library on the desk: a list by words and kind, one norm with its editions and what refers to it, added, changed and ended."""

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path, reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_GET

from linli.core.actions import find_action
from linli.core.faults import NotVisible
from linli.core.sight import Actor, looking, of_post
from linli.core.words import Words, words
from linli.doors import generated
from linli.doors.generated import Form
from linli.doors.guards import able
from linli.doors.requests import actor_of
from linli.elements import directories
from linli.measures.models import Norm
from linli.measures.norms import citing, library, reading
from linli.measures.norms.keeping import KEEP, SEE, norm_of
from linli.measures.norms.library import KINDS, MARKS
from linli.measures.norms.reading import LONGEST, PAGE
from linli.measures.sheets import drafts
from linli.titles import kinds as titles

EDITIONS = 20
CHANGES: Mapping[str, str] = {"change": "norm.change", "end": "norm.end"}
MEANINGS: Mapping[str, Words] = {
    "add": words("只登记题名、文号、条款主题和官方网址，不抄法律条文。", "Title, number, subjects of clauses and the official address; no text of a law is copied."),
    "change": words("编号不改。改前的内容留在历次版本里。", "The code stays. What stood before stays among the editions."),
    "end": words("失效后引用它的指标照旧显示；可以写明由哪个规范替代。", "What refers to it goes on showing it; name what follows it if there is one."),
}


@require_GET
@able(SEE)
def overview(request: HttpRequest) -> HttpResponse:
    """Norms by code, narrowed by words and kind, a page at a time."""
    actor = actor_of(request)
    text, after = (request.GET.get(name, "")[:LONGEST].replace("\x00", "").strip() for name in ("q", "after"))
    kind = request.GET.get("kind", "") if request.GET.get("kind") in KINDS else ""
    kept = {name: value for name, value in (("q", text), ("kind", kind)) if value}
    here = reverse("desk:norms")
    with looking(of_post(actor), read_only=True):
        found = reading.page(text=text, kind=kind, after=after, most=PAGE + 1)
        return render(request, "desk/norms.html", {
            "norms": [_row(one) for one in found[:PAGE]], "text": text, "longest": LONGEST, "is_filtered": bool(kept), "may_keep": actor.may(KEEP),
            "kinds": [{"value": name, "label": label, "is_chosen": name == kind} for name, label in KINDS.items()],
            "newer": f"{here}?{urlencode(kept)}" if after else "",
            "older": f"{here}?{urlencode(kept | {'after': found[PAGE - 1].code})}" if len(found) > PAGE else ""})


def _row(one: Norm) -> dict[str, Any]:
    return {"norm": one, "title": words(one.title_zh, one.title_en), "kind": KINDS[one.kind], "mark": MARKS[one.mark]}


@require_GET
@able(SEE)
def norm(request: HttpRequest, norm: int) -> HttpResponse:
    """One norm: what it is, its clauses, what refers to it, its editions."""
    actor = actor_of(request)
    with looking(of_post(actor), read_only=True):
        found = norm_of(norm)
        editions = list(found.editions.order_by("-number")[:EDITIONS])
        names = directories.account_names([one.made_by for one in editions])
        return render(request, "desk/norm.html", _row(found) | {
            "clauses": library.clauses_of(found.clauses), "successor": found.successor and _row(found.successor),
            "referring": _referring(actor, found.code), "titles": _titles(found.code),
            "may_keep": actor.may(KEEP), "may_standards": actor.may(drafts.SEE),
            "editions": [{"edition": one, "title": words(one.content["zh"], one.content["en"]), "by": names.get(one.made_by or 0, "")} for one in editions]})


def _referring(actor: Actor, code: str) -> list[dict[str, Any]]:
    """What refers to it; drafts only for whoever may see them."""
    routes = {"version": "desk:standard", "draft": "desk:standard_draft"}
    return [{"one": one, "href": reverse(routes[one.kind], args=[one.pk]) if actor.may(drafts.SEE) else ""}
            for one in reading.referring(code, with_drafts=actor.may(drafts.SEE))]


def _titles(code: str) -> list[dict[str, Any]]:
    """The kinds of title whose source names it."""
    found = []
    for kind in titles.kinds():
        clauses = [clause for known, clause in citing.named(kind.source) if known.code == code]
        if clauses:
            found.append({"words": kind.words, "clauses": list(filter(None, clauses))})
    return found


@able(KEEP)
def add(request: HttpRequest) -> HttpResponse:
    """Add a norm."""
    action = find_action("norm.add")
    return _form(request, Form("norm.add", submit=action.words, to=_page, done=words("已登记。", "Added."), draft="desk.norm"), "add", reverse("desk:norms"), {})


@able(KEEP)
def change(request: HttpRequest, norm: int, what: str) -> HttpResponse:
    """Change or end a norm; a stale edit shows what stands there now beside what was typed."""
    if what not in CHANGES:
        raise NotVisible
    with looking(of_post(actor_of(request)), read_only=True):
        found = norm_of(norm)
        initial = _initial(found)
    action = find_action(CHANGES[what])
    initial = {one.name: initial[one.name] for one in action.fields if one.name in initial}
    form = Form(action.name, None, {"norm": found.pk, "version": found.version}, initial, submit=action.words, to=_page, done=words("已保存。", "Saved."),
                tone="danger" if what == "end" else "primary")
    return _form(request, form, what, reverse("desk:norm", args=[found.pk]), initial)


def _form(request: HttpRequest, form: Form, what: str, back: str, initial: Mapping[str, object]) -> HttpResponse:
    action = find_action(form.action)
    sent = generated.submit(request, form)
    if sent.response:
        return sent.response
    now = [(one.label, _said(one.name, initial[one.name])) for one in action.fields if initial.get(one.name)] if sent.status == 409 else []
    with looking(of_post(actor_of(request)), read_only=True):
        return render(request, "desk/standard_form.html", {"form": sent.form, "title": action.words, "back": back, "meaning": MEANINGS[what], "now": now}, status=sent.status)


def _said(name: str, value: object) -> object:
    return {"kind": KINDS, "mark": MARKS}.get(name, {}).get(str(value), value)


def _initial(found: Norm) -> dict[str, object]:
    return {"kind": found.kind, "mark": found.mark, "zh": found.title_zh, "en": found.title_en, "issuer": found.issuer, "document": found.document,
            "valid_from": found.valid_from.isoformat() if found.valid_from else "", "valid_to": found.valid_to.isoformat() if found.valid_to else "",
            "address": found.address, "note": found.note, "clauses": library.typed(found.clauses), "successor": found.successor.code if found.successor else ""}


def _page(answer: Mapping[str, Any]) -> str:
    return reverse("desk:norm", args=[answer["norm"]])


ADDRESSES = [
    path("norms/", overview, name="norms"),
    path("norms/add", add, name="norm_add"),
    path("norms/<int:norm>/", norm, name="norm"),
    path("norms/<int:norm>/<str:what>", change, name="norm_change"),
]
