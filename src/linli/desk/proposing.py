# SPDX-License-Identifier: MulanPSL-2.0
"""居民自报 on the desk: what waits to be checked, and the decision with what the resident is told."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from linli.core.actions import find_action
from linli.core.faults import NotVisible
from linli.core.sight import Actor, looking, of_post
from linli.core.words import words
from linli.desk.rows import place_words
from linli.doors import generated
from linli.doors.generated import Form
from linli.doors.guards import able
from linli.doors.requests import actor_of
from linli.elements.keeping import proposals
from linli.elements.keeping.events import KEEPS
from linli.elements.models import Person, Proposal
from linli.elements.registers import records
from linli.elements.registers.people import PEOPLE

PAGE = 40
TAKEN = words("已采纳 {taken} 项，本人凭查询码可以看到。", "{taken} field(s) taken; the resident sees it by his code.")
DECLINED = words("已记为不采纳，本人凭查询码可以看到说明。", "Declined; the resident reads the reason by his code.")
TONES = {"waiting": "accent", "taken": "good", "declined": "warn", "withdrawn": "calm"}


@able(KEEPS)
def overview(request: HttpRequest) -> HttpResponse:
    """What waits, oldest first; or what was decided, newest first."""
    actor, before, is_done = actor_of(request), request.GET.get("before", ""), request.GET.get("state") == "done"
    number = int(before) if before.isdecimal() and len(before) < 19 else 0
    with looking(of_post(actor), read_only=True):
        found = Proposal.objects.visible_to(actor).select_related("person")
        if is_done:
            rows = list((found.filter(pk__lt=number) if number else found).exclude(state="waiting").order_by("-id")[:PAGE + 1])
        else:
            rows = list(found.filter(state="waiting", pk__gt=number).order_by("id")[:PAGE + 1])
        kept = "state=done&" if is_done else ""
        older = f"?{kept}before={rows[PAGE - 1].pk}" if len(rows) > PAGE else ""
        shown = [{"href": reverse("desk:proposal", args=[one.pk]), "name": one.person.name if one.person else "", "at": one.made_at, "place": place_words(one.area),
                  "state": proposals.STATES[one.state], "tone": TONES[one.state], "decided_at": one.decided_at} for one in rows[:PAGE]]
        return render(request, "desk/proposals.html", {"rows": shown, "older": older, "is_done": is_done})


def _proposal_in(actor: Actor, number: int) -> tuple[Proposal, Person]:
    found: Proposal | None = Proposal.objects.visible_to(actor).select_related("person").filter(pk=number).first()
    if found is None or found.person is None:
        raise NotVisible
    return found, found.person


@able(KEEPS)
def one(request: HttpRequest, proposal: int) -> HttpResponse:
    """One proposal beside what is held, both masked by class; opened in full by a press that is journalled; taken or declined."""
    actor, what = actor_of(request), request.GET.get("do", "")
    with looking(of_post(actor), read_only=True):
        found, person = _proposal_in(actor, proposal)
        fields = tuple(item for item in proposals.take_fields(found) if item.name == "reason" or item.choices)
        rows = _rows(found, person)
    forms = {"look": Form("proposal.look", (), {"proposal": proposal}, submit=words("查看完整内容", "Show in full"), done=None, address="?do=look", tone=""),
             "take": Form("proposal.take", fields, {"proposal": proposal, "version": found.version}, {"names": [row["name"] for row in rows]}, done=TAKEN,
                          submit=words("采纳勾选的项目", "Take what is ticked"), to=reverse("desk:proposals"), address="?do=take", prefix="take-"),
             "decline": Form("proposal.decline", (fields[-1],), {"proposal": proposal, "version": found.version}, submit=words("不采纳", "Decline"), done=DECLINED,
                             to=reverse("desk:proposals"), address="?do=decline", prefix="decline-", tone="")}
    sent = generated.submit(request, forms[what]) if what in forms and request.method == "POST" else None
    opened: dict[str, Any] | None = None
    if sent is not None and what == "look" and sent.answer is not None:
        opened = sent.answer
        rows = [row | {"proposed": opened.get("values", {}).get(row["name"], row["proposed"])} for row in rows]
    elif sent is not None and sent.response is not None:
        return sent.response
    shown = {name: sent.form if sent is not None and name == what and opened is None else generated.unsent(request, form) for name, form in forms.items()}
    return render(request, "desk/proposal.html", {
        "proposal": found, "person": person, "rows": rows, "opened": opened, "forms": shown, "is_open": found.state == "waiting", "state": proposals.STATES[found.state],
        "tone": TONES[found.state], "title": find_action("proposal.take").words}, status=sent.status if sent is not None and opened is None else 200)


def _rows(found: Proposal, person: Person) -> list[dict[str, Any]]:
    """Field by field what is held and what is proposed, both as a page may show them."""
    said, _ = proposals.opened(found)
    columns = [PEOPLE.column(name) for name in said]
    return [{"name": item.name, "label": item.label, "held": records.shown(item, records.value_of(PEOPLE, person, item.name)),
             "proposed": records.shown(item, said[item.name]), "is_hidden": item.protection.is_encrypted} for item in columns]
