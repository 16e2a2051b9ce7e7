# SPDX-License-Identifier: MulanPSL-2.0
"""Review of what the public may read: reports one after the other, each with a draft to correct, made public or kept back by one key."""

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from linli.core import evidence
from linli.core.actions import run
from linli.core.faults import Fault, NotAble
from linli.core.sight import Actor, looking, of_post
from linli.core.words import Words, words
from linli.desk.asides import beside
from linli.doors import files, flash
from linli.doors.guards import able
from linli.doors.requests import actor_of
from linli.elements import places
from linli.matters import categories, moving, numbers, published
from linli.matters.foreign.photos import photos_of
from linli.matters.models import Matter, OutsidePhoto, PublicWords
from linli.matters.stories import Story
from linli.ui.navigation import Entry, declare

REVIEW = "matter.publish_words"
MOST = 30
"""Reports on the page (our choice: what somebody looks through at a stretch)."""
MADE_PUBLIC = words("已公开。可以随时回到这件事改回来。", "Made public. You can come back to it at any time.")
KEPT_BACK = words("已标为不公开。可以随时回到这件事改回来。", "Kept back. You can come back to it at any time.")
FETCHING = words("已记下。", "Noted.")

declare(Entry("reviews", words("公开审核", "Public words"), "desk:reviews", "eye", 25, REVIEW))


@able(REVIEW)
def reviews(request: HttpRequest) -> HttpResponse:
    """The list of what waits, with the first one open; a number in the address opens that one, reviewed or not."""
    return _page(request, actor_of(request), request.GET.get("number", ""))


@able("matter.see")
def review(request: HttpRequest, number: str) -> HttpResponse:
    """Send one review, then on to the next one that waits. NotVisible before NotAble: a neighbour learns nothing."""
    actor, sent = actor_of(request), request.POST
    with looking(of_post(actor), read_only=True):
        moving.by_number(actor, {"number": number})
    if not actor.may(REVIEW):
        raise NotAble
    if request.method != "POST":
        return _page(request, actor, number)
    is_public = sent.get("is_public") == "true"
    given = {"number": number, "is_public": is_public, "text": sent.get("text", ""), "address": sent.get("address", ""), "photos": sent.getlist("photo")}
    try:
        run(REVIEW, actor, given, key=sent.get("idempotency", "")[:128], device=request.device)  # type: ignore[attr-defined]
    except Fault as fault:
        if fault.status == 404:
            raise
        return _page(request, actor, number, typed=given, fault=fault)
    return flash.redirect(request, reverse("desk:reviews"), MADE_PUBLIC if is_public else KEPT_BACK)


def _page(request: HttpRequest, actor: Actor, number: str, *, typed: Mapping[str, Any] | None = None, fault: Fault | None = None) -> HttpResponse:
    with looking(of_post(actor), read_only=True):
        waiting = list(published.waiting(actor, limit=MOST))
        chosen = moving.by_number(actor, {"number": number}) if number else waiting[0] if waiting else None
        context = {"waiting": [_line(one) for one in waiting], "chosen": _chosen(chosen, typed) if chosen is not None else None, "fault": fault,
                   "is_full": len(waiting) == MOST}
        return render(request, "desk/reviews.html", context, status=fault.status if fault else 200)


def _line(one: Matter) -> dict[str, Any]:
    place = places.community_of(one.area)
    return {"number": numbers.number_of(one.pk), "category": categories.words_of(one.category), "place": place.short_name if place else "",
            "at": one.reported_at, "href": f"{reverse('desk:reviews')}?number={numbers.number_of(one.pk)}"}


def _chosen(one: Matter, typed: Mapping[str, Any] | None) -> dict[str, Any]:
    """The report as it was written beside the draft of what may be public: the last review, or the words without what looks personal."""
    before = published.reviewed(one.pk)
    draft = {"text": before.text, "address": before.address, "photos": before.photos} if before and before.is_public else {
        "text": published.draft_of(one.summary), "address": published.draft_of(one.address), "photos": []}
    shown = {"text": typed["text"], "address": typed["address"], "photos": [int(n) for n in typed["photos"] if n.isdecimal()]} if typed else draft
    pictures = [photo for photo in evidence.of("matter", one.pk) if photo.media_type in files.SHOWN]
    return _line(one) | {
        "summary": one.summary, "address": one.address, "draft": shown, "is_shown": published.is_shown(one.category), "before": before,
        "is_cut": not typed and draft["text"] != one.summary, "photos": [files.photo_of(photo) | {"id": photo.pk, "is_chosen": photo.pk in shown["photos"]} for photo in pictures]}


def _may_review(actor: Actor, matter: Matter) -> bool:
    return actor.may(REVIEW) and published.is_shown(matter.category) and not matter.is_secret


PHOTO_STATES: dict[str, tuple[Words, str]] = {
    "waiting": (words("等待下载", "To be fetched"), "calm"), "done": (words("已下载，见佐证", "Fetched; see the evidence"), "good"),
    "failed": (words("没有取到", "Could not be fetched"), "bad"), "left": (words("不再取", "Left"), "calm")}


@beside(61, "desk/parts/outside_photos.html", reads=lambda actor, matter: photos_of(matter.pk))
def outside_photos(request: HttpRequest, actor: Actor, story: Story) -> Mapping[str, Any] | None:
    """The card of photos that came as links, with how far each got; None where none came."""
    photos = [_outside_photo(one) for one in story.beside.get(OutsidePhoto, [])]
    if not photos:
        return None
    may_fetch = actor.may("matter.dispatch") and any(one["may_fetch"] for one in photos)
    return {"photos": photos, "may_fetch": may_fetch, "fetch": reverse("desk:photos_again", args=[numbers.number_of(story.matter.pk)])}


def _outside_photo(one: OutsidePhoto) -> dict[str, Any]:
    label, tone = PHOTO_STATES[one.state]
    return {"state": label, "tone": tone, "trouble": one.trouble, "may_fetch": one.state == "failed"}


@able("matter.see")
def photos_again(request: HttpRequest, number: str) -> HttpResponse:
    """Try photos that came as links once more, or leave them; leads back to the matter."""
    actor = actor_of(request)
    with looking(of_post(actor), read_only=True):
        moving.by_number(actor, {"number": number})
    if request.method == "POST":
        run("matter.fetch_photos", actor, {"number": number, "leave": request.POST.get("leave") == "true"}, device=request.device)  # type: ignore[attr-defined]
    return flash.redirect(request, reverse("desk:matter", args=[number]), FETCHING if request.method == "POST" else None)


@beside(60, "desk/parts/outside.html", reads=lambda actor, matter: published.reviews_of(matter.pk) if _may_review(actor, matter) else None)
def outside(request: HttpRequest, actor: Actor, story: Story) -> Mapping[str, Any] | None:
    """The card that says where a matter came from and what of it is public; None where there is nothing to say."""
    first = story.entries[0].detail if story.entries else {}
    origin = {name: first[name] for name in ("origin_system", "origin_number", "link") if first.get(name)}
    may_review = _may_review(actor, story.matter)
    if not origin and not may_review:
        return None
    return {"origin": origin, "may_review": may_review, "before": next(iter(story.beside.get(PublicWords, [])), None),
            "href": f"{reverse('desk:reviews')}?number={numbers.number_of(story.matter.pk)}"}
