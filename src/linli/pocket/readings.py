# SPDX-License-Identifier: MulanPSL-2.0
"""What the phone reads and sends by the session of its browser: who I am, my day, the ground, one matter, and the verbs of the outbox."""

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.middleware.csrf import get_token
from django.utils.translation import get_language
from django.views.decorators.gzip import gzip_page
from django.views.decorators.http import require_GET, require_POST

from linli.core.actions import SIGN_IN_FIRST
from linli.core.faults import Conflict, Fault, NotAble, NotVisible
from linli.core.sight import Actor, looking, of_post
from linli.core.words import words
from linli.doors import pulses, verbs
from linli.doors.context import Page
from linli.doors.guards import SIGN_IN_REMEDY
from linli.doors.requests import actor_of
from linli.elements import lineages
from linli.elements.actors import BEFORE_PASSWORD, WITHOUT_POST
from linli.pocket import cards, days, doors, grounds

SENT = frozenset({
    "matter.report", "matter.self_handle", "matter.receive", "matter.return", "matter.handle", "matter.reply", "matter.verify", "round.begin", "round.end",
    "visit.record"})
"""The actions that the phone sends; everything else is done at the desk."""
SEE = "matter.see"
POST = "X-Linli-Post"
NO_POST = words("还没有选择岗位，手机上没有可办的事。", "No post is chosen, so there is nothing to do on the phone.")
NO_POST_REMEDY = words("请先选择岗位，或设置自己的密码。", "Choose a post, or set your own password first.")
OTHER_POST = words("现在登录的岗位不是写下这一步的岗位，没有发送。", "The post that is signed in now is not the one that made this step; it was not sent.")
OTHER_POST_REMEDY = words("请切换回原来的岗位，再发送。", "Change back to that post, then send.")


def acting(request: HttpRequest) -> Actor:
    """Who acts by the session, under a post. Fault 401 or 403 as JSON reads them; never a redirect."""
    actor = actor_of(request)
    if not actor.is_signed_in:
        raise Fault("sign_in", SIGN_IN_FIRST, SIGN_IN_REMEDY, 401)
    if actor.role in (BEFORE_PASSWORD, WITHOUT_POST):
        raise Fault("no_post", NO_POST, NO_POST_REMEDY, 403)
    if not actor.may(SEE):
        raise NotAble
    return actor


@require_GET
def standing(request: HttpRequest) -> HttpResponse:
    """Who I am here and now, with the token that a sending needs; the phone measures its clock by the Date of this answer.

    `before` names whoever I was at a grid that was redrawn: what that post left on the phone is mine to send.
    """
    actor = acting(request)
    return JsonResponse({
        "owner": owner_of(actor), "before": [f"{actor.account}:{one}" for one in lineages.posts_before(actor)],
        "post": actor.post, "name": actor.name, "words": str(Page(request).post_words), "can": days.can(actor),
        "token": get_token(request), "back_hours": settings.OCCURRED_BACK_HOURS})


def owner_of(actor: Actor) -> str:
    """The name under which the phone keeps what belongs to this post."""
    return f"{actor.account}:{actor.post}"


def _reading(make: Callable[[Actor], dict[str, Any]]) -> Callable[[HttpRequest], HttpResponse]:
    """A view that answers 304 while what it reads is the same."""

    @require_GET
    @gzip_page
    def read(request: HttpRequest) -> HttpResponse:
        actor = acting(request)
        with looking(of_post(actor), read_only=True):
            body = make(actor)
        stamp = f"{owner_of(actor)}-{get_language()}-{days.stamp_of(body)}".replace(":", "-")
        if pulses.is_same(request, stamp):
            return pulses.not_modified(stamp)
        response = JsonResponse({**body, "owner": owner_of(actor)}, json_dumps_params={"ensure_ascii": False, "separators": (",", ":")})
        response.headers["ETag"] = f'"{stamp}"'
        return response

    return read


day = _reading(days.day_of)
ground = _reading(grounds.ground_of)
door_list = _reading(doors.doors_of)


@require_GET
def matter(request: HttpRequest, number: str) -> HttpResponse:
    """One matter as it is now. NotVisible outside the range."""
    actor = acting(request)
    with looking(of_post(actor), read_only=True):
        return JsonResponse(cards.single(actor, number) | {"owner": owner_of(actor)}, json_dumps_params={"ensure_ascii": False})


def _sender(request: HttpRequest) -> Actor:
    """Who sends: the post that made the step and nobody else. Conflict `other_post` otherwise."""
    actor = acting(request)
    if request.headers.get(POST, "") != str(actor.post):
        raise Conflict(OTHER_POST, OTHER_POST_REMEDY, code="other_post")
    return actor


@require_POST
def send(request: HttpRequest, action: str) -> HttpResponse:
    """One step of the outbox, done once under its key."""
    actor = _sender(request)
    if action not in SENT:
        raise NotVisible
    return JsonResponse(verbs.act(request, actor, action))


@require_POST
def photo(request: HttpRequest) -> HttpResponse:
    """One photo that waits for the step which needs it; answers its number."""
    return JsonResponse(verbs.upload(request, _sender(request)))
