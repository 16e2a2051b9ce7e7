# SPDX-License-Identifier: MulanPSL-2.0
"""The alarms of a post: what rings and what to do, who is on it, and what has ended of late."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from linli.core import alarms
from linli.core.models import Alarm
from linli.core.sight import looking, of_post
from linli.core.words import words
from linli.desk.rows import place_words
from linli.doors import generated
from linli.doors.generated import Form
from linli.doors.guards import able
from linli.doors.requests import actor_of
from linli.elements import directories, places
from linli.matters import numbers

ENDED = 30
"""Ended ones on the page (our choice: about a week of a street)."""
ON_IT = words("已记下：由您处理。", "Noted: you are on it.")


@able("alarm.take")
def alarms_page(request: HttpRequest) -> HttpResponse:
    """What rings, newest first, and what has ended of late."""
    actor = actor_of(request)
    with looking(of_post(actor), read_only=True):
        ringing, ended = alarms.ringing(actor), alarms.ended(actor, ENDED)
        names = directories.account_names(one.taken_by for one in (*ringing, *ended))
        return render(request, "desk/alarms.html", {
            "ringing": [_shown(request, one, names) for one in ringing], "ended": [_shown(request, one, names) for one in ended],
            "is_more": len(ringing) >= alarms.MOST, "most": alarms.MOST})


@able("alarm.take")
def take(request: HttpRequest, alarm: int) -> HttpResponse:
    """Say that one is on it. NotVisible for an alarm outside the post's range."""
    if request.method != "POST":
        return redirect("desk:alarms")
    sent = generated.submit(request, _form(alarm))
    if sent.response is not None:
        return sent.response
    raise sent.fault if sent.fault is not None else RuntimeError("A form that is not done has a fault.")


def _form(alarm: int) -> Form:
    return Form("alarm.take", (), {"alarm": alarm}, submit=words("我来处理", "I take it"), to=reverse("desk:alarms"), done=ON_IT,
                address=reverse("desk:alarm_take", args=[alarm]), tone="quiet")


def _shown(request: HttpRequest, one: Alarm, names: dict[int, str]) -> dict[str, Any]:
    is_matter = one.subject_kind == "matter"
    number = numbers.number_of(one.subject) if is_matter else ""
    above = places.find_place(one.subject if one.subject_kind == "place" else one.area)
    is_free = one.taken_at is None and one.ended_at is None
    return {
        "title": alarms.title_of(one), "sentence": words(one.sentence.get("zh") or "—", one.sentence.get("en") or "—"), "raised_at": one.raised_at,
        "ended_at": one.ended_at, "taken_at": one.taken_at, "who": names.get(one.taken_by or 0, ""), "number": number,
        "href": reverse("desk:matter", args=[number]) if is_matter else "", "place": place_words(one.area) or (above.name if above else ""),
        "form": generated.unsent(request, _form(one.pk)) if is_free else None}
