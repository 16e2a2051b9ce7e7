# SPDX-License-Identifier: MulanPSL-2.0
"""密件 at the desk: what one is named for; read with a reason each time, written into, handed over; and who opened it. Nothing here says whom it is about."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path, reverse

from linli.core import registry
from linli.core.actions import find_action
from linli.core.faults import NotVisible
from linli.core.models import JournalLine, JournalPayload
from linli.core.sight import Actor, looking, of_post
from linli.core.words import words
from linli.desk.rows import place_words
from linli.doors import generated
from linli.doors.generated import Form
from linli.doors.guards import able
from linli.doors.requests import actor_of
from linli.elements import compartments, directories, places
from linli.elements.compartments import KEEPS
from linli.ui.navigation import Entry, declare

MADE = words("密件已建立。", "The compartment is made.")
WRITTEN = words("已写入。", "Written.")
NAMED, REMOVED = words("已指定。", "Named."), words("已移除。", "Removed.")
ACTS = {"look": "compartment.look", "write": "compartment.write", "name": "compartment.name", "remove": "compartment.name"}
MOST_LINES = 100

declare(Entry("compartments", words("密件", "Sealed files"), "desk:compartments", "star", 77, KEEPS, also="/desk/compartments/"))


@able(KEEPS)
def overview(request: HttpRequest) -> HttpResponse:
    """The compartments for which one is named, and the form of a new one."""
    actor = actor_of(request)
    with looking(of_post(actor), read_only=True):
        form = _opening(actor)
    sent = generated.submit(request, form) if form else None
    if sent is not None and sent.response is not None:
        return sent.response
    with looking(of_post(actor), read_only=True):
        rows = [{"one": one, "place": place_words(one.area)} for one in compartments.held_by(actor)]
        return render(request, "desk/compartments.html", {"rows": rows, "form": sent.form if sent else None}, status=sent.status if sent else 200)


def _opening(actor: Actor) -> Form | None:
    """The form of a new compartment; None while no kind is declared."""
    kinds = [(one.name, one.words) for one in registry.everything(compartments.SECTION)]
    if not kinds:
        return None
    here = [(str(one.area), words(one.name, one.name)) for one in places.places_within(actor.lo, actor.hi) if one.level in ("community", "grid")]
    chosen = {"kind": kinds, "area": here}
    fields = tuple(replace(one, kind="choice", choices=chosen[one.name]) for one in find_action("compartment.open").fields if one.name in chosen)
    return Form("compartment.open", fields, submit=words("建立", "Make it"), done=MADE, to=lambda answer: reverse("desk:compartment", args=[answer["compartment"]]))


@able(KEEPS)
def compartment(request: HttpRequest, compartment: int) -> HttpResponse:
    """One compartment without its entries. NotVisible for whoever is not named."""
    return _page(request, compartment)


@able(KEEPS)
def act(request: HttpRequest, compartment: int, what: str) -> HttpResponse:
    """Look, write, name, remove. The entries stand in the answer of a look alone, kept by no browser."""
    actor = actor_of(request)
    with looking(of_post(actor), read_only=True):
        compartments.held(actor, compartment)
        form = _forms(actor, compartment).get(what)
    if form is None:
        raise NotVisible
    sent = generated.submit(request, form)
    if sent.answer is not None and what == "look":
        return _page(request, compartment, entries=sent.answer["entries"])
    return sent.response or _page(request, compartment, forms={what: sent.form}, status=sent.status)


def _forms(actor: Actor, number: int) -> dict[str, Form]:
    back = reverse("desk:compartment", args=[number])
    fixed: dict[str, object] = {"compartment": number}
    one = compartments.held(actor, number)
    named = {account for account, _, _, ended in compartments.keepers(actor, number) if ended is None}
    others = [(str(account), words(name, name)) for account, name in compartments.candidates(one.area) if account not in named]
    present = [(str(account), words(name, name)) for account, name in directories.account_names(named).items()]

    def address(what: str) -> str:
        return reverse("desk:compartment_act", args=[number, what])

    def fields(what: str, *names: str, **choices: Any) -> tuple[Any, ...]:
        return tuple(replace(found, kind="choice", choices=choices[found.name]) if found.name in choices else found
                     for found in find_action(ACTS[what]).fields if found.name in names)

    content = tuple(replace(found, kind="long_text") for found in fields("write", "content"))
    found = {
        "look": Form(ACTS["look"], fields("look", "reason"), fixed, submit=words("查看", "Read it"), address=address("look"), done=None, prefix="look-"),
        "write": Form(ACTS["write"], content, fixed, submit=words("写入", "Write"), to=back, done=WRITTEN, address=address("write"), prefix="write-"),
    }
    if others:
        found["name"] = Form(ACTS["name"], fields("name", "account", account=others), fixed | {"is_named": True}, submit=words("指定", "Name"), to=back, done=NAMED,
                             address=address("name"), prefix="name-")
    if len(present) > 1:
        own = reverse("desk:compartments")
        found["remove"] = Form(ACTS["remove"], fields("remove", "account", account=present), fixed | {"is_named": False}, submit=words("移除", "Remove"), to=own, done=REMOVED,
                               address=address("remove"), prefix="remove-", tone="")
    return found


def _page(request: HttpRequest, number: int, *, entries: list[dict[str, Any]] | None = None, forms: Mapping[str, Any] | None = None, status: int = 200) -> HttpResponse:
    actor = actor_of(request)
    with looking(of_post(actor), read_only=True):
        one = compartments.held(actor, number)
        kept = compartments.keepers(actor, number)
        lines = _lines(actor, number)
        names = directories.account_names({account for account, *_ in kept} | {line["who"] for line in lines} | {entry["written_by"] for entry in entries or ()})
        context = {
            "one": one, "place": place_words(one.area), "entries": entries if entries is None else [
                {"at": datetime.fromisoformat(entry["written_at"]), "text": entry["text"], "who": names.get(entry["written_by"], "")} for entry in entries],
            "keepers": [{"name": names.get(account, ""), "since": since, "until": until} for account, _, since, until in kept],
            "lines": [line | {"name": names.get(line["who"], "")} for line in lines],
            "forms": {what: (forms or {}).get(what) or generated.unsent(request, form) for what, form in _forms(actor, number).items()},
        }
        response = render(request, "desk/compartment.html", context, status=status)
    response.headers["Cache-Control"] = "no-store"
    return response


def _lines(actor: Actor, number: int) -> list[dict[str, Any]]:
    """Who did what with it, newest first, with the reason of each look."""
    found = list(JournalLine.objects.visible_to(actor).filter(subject_kind="compartment", subject=number).order_by("-id")[:MOST_LINES])
    said = dict(JournalPayload.objects.visible_to(actor).filter(line__in=[one.pk for one in found], line__action="compartment.look").values_list("line_id", "plain"))
    return [{"at": one.recorded_at, "who": one.actor or 0, "action": find_action(one.action).words, "reason": (said.get(one.pk) or {}).get("reason", "")} for one in found]


ADDRESSES = [
    path("compartments/", overview, name="compartments"),
    path("compartments/<int:compartment>/", compartment, name="compartment"),
    path("compartments/<int:compartment>/<str:what>", act, name="compartment_act"),
]
