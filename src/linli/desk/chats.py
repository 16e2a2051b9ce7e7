# SPDX-License-Identifier: MulanPSL-2.0
"""Pasting from a chat group on the desk: paste, pick the messages of one matter, say what and where, send."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from linli.core import clock
from linli.core.actions import find_action
from linli.core.fields import Field
from linli.core.sight import Actor
from linli.core.words import words
from linli.doors import generated
from linli.doors.generated import Form
from linli.doors.guards import able
from linli.doors.requests import actor_of
from linli.elements import places
from linli.matters import categories, chats

ABILITY = "matter.take_chat"
DONE = words("已登记，编号 {number}。", "Taken in as {number}.")


def _form(actor: Actor, picked: list[chats.Message] | None = None) -> Form:
    names = {one.name for one in picked or []}
    initial: dict[str, object] = {}
    if picked:
        initial = {"summary": "\n".join(one.text for one in picked)[:4000], "chat": chats.written(picked), "contact_name": names.pop()[:40] if len(names) == 1 else ""}
    own = places.communities(actor.lo, actor.hi, day=clock.today())
    if len(own) == 1:
        initial["area"] = str(own[0].area)
    fields = tuple(_fitted(one, own) for one in find_action(ABILITY).fields)
    return Form(ABILITY, fields, initial=initial, submit=words("登记上报", "Take it in"), done=DONE, address=reverse("desk:chat_send"),
                to=lambda answer: reverse("desk:matter", args=[answer["number"]]), prefix="ch-", place=_range_of)


def _range_of(values: Mapping[str, object]) -> tuple[int, int] | None:
    """Where photos are kept until the report takes them: the community chosen; None while none is."""
    text = str(values.get("area") or "")
    community = places.community_of(int(text)) if text.isdecimal() and len(text) <= 15 else None
    return (community.lo, community.hi) if community else None


def _fitted(one: Field, own: Any) -> Field:
    if one.name == "area":
        return replace(one, kind="choice", required=True, choices=[(str(place.area), words(place.name, place.name)) for place in own])
    if one.name == "category":
        return replace(one, kind="choice", choices=[(str(found.pk), categories.words_of(found)) for found in categories.in_force(clock.today())])
    return one


@able(ABILITY)
def paste(request: HttpRequest) -> HttpResponse:
    """Paste; then pick; then the form with the words of what was picked."""
    text = request.POST.get("text", "")[:chats.MOST_TEXT]
    found = chats.split(text)
    marks = {mark for mark in request.POST.getlist("pick") if mark.isdecimal()}
    picked = [one for number, one in enumerate(found) if str(number) in marks]
    form = generated.unsent(request, _form(actor_of(request), picked)) if picked else None
    return render(request, "desk/chat.html", {
        "text": text, "messages": [{"number": number, "message": one, "is_picked": str(number) in marks} for number, one in enumerate(found)], "form": form,
        "is_asked": request.method == "POST", "has_none": request.method == "POST" and bool(found) and "picking" in request.POST and not picked})


@able(ABILITY)
def send(request: HttpRequest) -> HttpResponse:
    """Send the report; what is wrong comes back with everything typed."""
    if request.method != "POST":
        return paste(request)
    sent = generated.submit(request, _form(actor_of(request)))
    if sent.response is not None:
        return sent.response
    return render(request, "desk/chat.html", {"text": "", "messages": [], "form": sent.form, "is_asked": False, "has_none": False}, status=sent.status)
