# SPDX-License-Identifier: MulanPSL-2.0
"""One protected value opened on the page of its record: for a purpose and a reason, shown once, hidden again when the page is left."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse

from linli.core.actions import find_action
from linli.core.faults import NotVisible
from linli.core.sight import looking, of_post
from linli.core.words import words
from linli.desk.panels import panel_of
from linli.desk.records import shown
from linli.desk.registers import SEES, address_of, register_for
from linli.doors import generated
from linli.doors.generated import Form
from linli.doors.guards import able
from linli.doors.requests import actor_of
from linli.elements import looks
from linli.elements.registers import records
from linli.elements.registers.declaring import Column, Register

ASKED = ("purpose", "reason")


def _column(register: Register, name: str) -> Column:
    found = next((one for one in register.columns if one.name == name and one.protection.is_encrypted), None)
    if found is None:
        raise NotVisible
    return found


@able(*SEES)
def reveal(request: HttpRequest, register: str, record: int, column: str) -> HttpResponse:
    """The record with the question for what one value is opened; the answer shows that value in its place, once. NotVisible for whoever may not open it."""
    actor = actor_of(request)
    found = register_for(actor, register)
    chosen = _column(found, column)
    if not looks.may_reveal(actor):
        raise NotVisible
    with looking(of_post(actor), read_only=True):
        one = records.find(found, actor, record)
        if not looks.is_held(found, chosen, one):
            return redirect(address_of(found, one.pk))
    fields = tuple(one for one in find_action(looks.REVEAL).fields if one.name in ASKED)
    form = Form(looks.REVEAL, fields, {"register": found.name, "record": record, "column": chosen.name}, submit=words("查看这一项", "Show it"), done=None,
                address=reverse("desk:record_reveal", args=[found.name, record, chosen.name]) + "#reveal")
    sent = generated.submit(request, form)
    opening: dict[str, Any] = {"column": chosen, "form": sent.form} if sent.answer is None else {"column": chosen, "value": sent.answer["value"]}
    with looking(of_post(actor), read_only=True):
        one = records.find(found, actor, record)
        panel = panel_of(found, one, actor)
        context = shown(found, one, actor) | ({"title": panel["title"]} if panel and "title" in panel else {}) | {"panel": panel, "opening": opening}
        response = render(request, "desk/record.html", context, status=sent.status)
    response.headers["Cache-Control"] = "no-store"
    return response


ADDRESSES = [path("registers/<str:register>/<int:record>/reveal/<str:column>", reveal, name="record_reveal")]
