# SPDX-License-Identifier: MulanPSL-2.0
"""Orders for position tracks: off everywhere; who may order one sees his orders, gives one with its purpose, ends it, looks with a reason."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from linli.core import clock
from linli.core.actions import find_action
from linli.core.faults import NotVisible
from linli.core.sight import looking, of_post
from linli.core.words import words
from linli.doors import generated
from linli.doors.generated import Form
from linli.doors.guards import able
from linli.doors.requests import actor_of
from linli.elements import directories
from linli.matters import tracks
from linli.matters.actions.tracks import KEEPS, ORDERS
from linli.matters.models import TrackOrder

ENDED = words("指令已结束，不再记录位置。", "The order has ended; no position is taken any more.")
ORDERED = words("指令已下达，本人立即可以看到目的和期限。", "Ordered; the person sees purpose and days at once.")


@able(ORDERS)
def overview(request: HttpRequest) -> HttpResponse:
    """The orders of the range, and the form for a new one."""
    actor = actor_of(request)
    with looking(of_post(actor), read_only=True):
        people = [(str(one.pk), words(f"{one.account.name} · {one.place.short_name}", f"{one.account.name} · {one.place.short_name}")) for one in tracks.holders(actor, KEEPS)]
        found = tracks.orders(actor)
        names = directories.account_names([one.account for one in found])
        rows = [{"one": one, "name": names.get(one.account, ""), "last": one.valid_to - timedelta(days=1), "is_live": _is_live(one),
                 "is_mine": one.ordered_by == actor.account} for one in found]
    fields = tuple(replace(one, kind="choice", choices=people) if one.name == "holder" else one for one in find_action(ORDERS).fields)
    sent = generated.submit(request, Form(ORDERS, fields, submit=words("下达", "Order"), to=reverse("desk:tracks"), done=ORDERED, tone="danger"))
    if sent.response is not None:
        return sent.response
    return render(request, "desk/tracks.html", {"rows": rows, "form": sent.form, "life": tracks.LIFE.days, "longest": tracks.LONGEST_ORDER.days}, status=sent.status)


def _is_live(one: TrackOrder) -> bool:
    return one.ended_at is None and one.valid_to > clock.today()


@able(ORDERS)
def change(request: HttpRequest, order: int, step: str) -> HttpResponse:
    """End an order, or look at what came in under it, with a reason. NotVisible outside the range."""
    actor, back = actor_of(request), reverse("desk:tracks")
    names = {"end": "track.end", "look": tracks.LOOK}
    with looking(of_post(actor), read_only=True):
        is_there = TrackOrder.objects.visible_to(actor).filter(pk=order).exists()
    if step not in names or not is_there:
        raise NotVisible
    action = find_action(names[step])
    sent = generated.submit(request, Form(action.name, None, {"order": order}, submit=action.words, to=back, done=ENDED if step == "end" else None, tone="danger"))
    if sent.answer is not None and step == "look":
        return render(request, "desk/track.html", {"points": _points(sent.answer), "back": back})
    if sent.response is not None:
        return sent.response
    return render(request, "desk/form.html", {"form": sent.form, "title": action.words, "back": back}, status=sent.status)


def _points(answer: dict[str, Any]) -> list[dict[str, Any]]:
    return [{"lon": f"{lon:.5f}", "lat": f"{lat:.5f}", "at": at} for lon, lat, at in answer.get("points", [])]
