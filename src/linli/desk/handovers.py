# SPDX-License-Identifier: MulanPSL-2.0
"""Handing over on the desk: who has open work, a preview of what goes and what cannot, one press, and taking it back."""

from dataclasses import replace
from datetime import date
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from linli.core import clock
from linli.core.actions import find_action
from linli.core.faults import NotVisible
from linli.core.sight import Actor, looking, of_post
from linli.core.words import Words, words
from linli.doors import generated
from linli.doors.generated import Form
from linli.doors.guards import able
from linli.doors.requests import actor_of
from linli.doors.standing import role_words
from linli.elements.models import Post
from linli.matters import handovers, numbers
from linli.matters.handovers import HANDS_OVER, Left
from linli.matters.models import Handover

KINDS: dict[str, Words] = {"grid": words("网格", "Grid"), "stand_in": words("顶岗", "Stand-in"), "matter": words("事项", "Matter"),
                           "question": words("提问", "Question"), "verification": words("核查", "Verification")}
DONE = words("已移交：网格 {grids} 个、顶岗 {stand_ins} 项、事项 {matters} 件、提问 {questions} 个。",
             "Handed over: {grids} grids, {stand_ins} stand-ins, {matters} matters, {questions} questions.")
BACK = words("已撤回，一切恢复原样。", "Taken back; everything is as before.")
SHOWN = 200


@able(HANDS_OVER)
def overview(request: HttpRequest) -> HttpResponse:
    """Who in the range has open work of his own, posts that have ended first; and the last handovers."""
    actor = actor_of(request)
    with looking(of_post(actor), read_only=True):
        done = handovers.recent(actor)
        posts = handovers.named([pk for one in done for pk in (one.from_post, one.to_post)])
        recent = [{"one": one, "giver": _name(posts.get(one.from_post)), "receiver": _name(posts.get(one.to_post)), "left": [_kept(left) for left in one.left],
                   "form": None if one.taken_back_at else _taking_back(request, one.pk)} for one in done]
        rows = [{"one": one, "role": role_words(one.post.role), "unit": one.post.organisation.name if one.post.organisation else "", "place": one.post.place.short_name}
                for one in handovers.holders(actor)]
        return render(request, "desk/handovers.html", {"rows": rows, "recent": recent})


def _name(post: Post | None) -> str:
    return post.account.name if post else "—"


def _kept(left: dict[str, Any]) -> dict[str, Any]:
    return {"kind": KINDS.get(left["kind"], left["kind"]), "name": left["name"], "why": words(left["why"]["zh"], left["why"]["en"])}


def _taking_back(request: HttpRequest, number: int) -> Any:
    return generated.unsent(request, Form("post.take_back", (), {"handover": number}, submit=words("撤回", "Take back"), tone="quiet",
                                          address=reverse("desk:take_back", args=[number])))


@able(HANDS_OVER)
def hand_over(request: HttpRequest, post: int) -> HttpResponse:
    """Choose the receiver, see what goes along and what cannot, then do it in one press."""
    actor, back = actor_of(request), reverse("desk:handovers")
    chosen = request.GET.get("receiver", "")
    day = _day(request.GET.get("day", ""))
    with looking(of_post(actor), read_only=True):
        giver = handovers.post_within(actor, post, present=False)
        if giver is None:
            raise NotVisible
        people = handovers.receivers(actor, giver)
        receiver = next((one for one in people if str(one.pk) == chosen), None)
        load = handovers.open_work(giver, day)
        preview = _preview(actor, load if receiver is None else handovers.fitting(load, receiver))
    form = None
    status = 200
    if receiver is not None:
        fields = tuple(replace(one) for one in find_action(HANDS_OVER).fields if one.name == "reason")
        fixed = {"giver": post, "receiver": receiver.pk, "day": day.isoformat()}
        sent = generated.submit(request, Form(HANDS_OVER, fields, fixed, submit=words("移交给{name}", "Hand over to {name}").format(name=receiver.account.name),
                                              to=back, done=DONE, address=f"?{request.GET.urlencode()}"))
        if sent.response is not None:
            return sent.response
        form, status = sent.form, sent.status
    return render(request, "desk/handover.html", {
        "giver": giver, "role": role_words(giver.role), "people": [{"post": one, "is_chosen": one is receiver, "role": role_words(one.role)} for one in people],
        "receiver": receiver, "day": day, "form": form, **preview}, status=status)


def _day(text: str) -> date:
    try:
        found = date.fromisoformat(text)
    except ValueError:
        found = clock.today()
    return max(found, clock.today())


def _preview(actor: Actor, load: handovers.Load) -> dict[str, Any]:
    goes = [{"kind": KINDS["grid"], "names": [one.place.short_name for one in load.grids[:SHOWN]], "count": len(load.grids)},
            {"kind": KINDS["stand_in"], "names": [f"{one.valid_from:%m-%d}–{one.valid_to:%m-%d}" for one in load.stand_ins[:SHOWN]], "count": len(load.stand_ins)},
            {"kind": KINDS["matter"], "names": [numbers.number_of(one.pk) for one in load.matters[:SHOWN]], "count": len(load.matters)},
            {"kind": KINDS["question"], "names": [numbers.number_of(one.matter_id) for one in load.questions[:SHOWN]], "count": len(load.questions)}]
    return {"goes": [one for one in goes if one["count"]], "left": [_left(one) for one in load.left[:SHOWN]], "size": load.size}


def _left(one: Left) -> dict[str, Any]:
    return {"kind": KINDS.get(one.kind, words(one.kind, one.kind)), "name": one.name, "why": one.why}


@able(HANDS_OVER)
def take_back(request: HttpRequest, handover: int) -> HttpResponse:
    """Take a handover back; a refusal says what has moved. NotVisible outside the range."""
    actor, back = actor_of(request), reverse("desk:handovers")
    with looking(of_post(actor), read_only=True):
        if not Handover.objects.visible_to(actor).filter(pk=handover).exists():
            raise NotVisible
    sent = generated.submit(request, Form("post.take_back", (), {"handover": handover}, submit=words("撤回", "Take back"), to=back, done=BACK))
    if sent.response is not None:
        return sent.response
    return render(request, "desk/form.html", {"form": sent.form, "title": find_action("post.take_back").words, "back": back}, status=sent.status)
