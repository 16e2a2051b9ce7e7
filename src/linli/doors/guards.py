# SPDX-License-Identifier: MulanPSL-2.0
"""Guards of views: only for those who are signed in, only for those whose post may."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from linli.core.actions import SIGN_IN_FIRST
from linli.core.faults import Fault, NotAble
from linli.core.words import words
from linli.doors import flash
from linli.doors.requests import actor_of
from linli.elements.actors import BEFORE_PASSWORD, WITHOUT_POST

View = Callable[..., HttpResponse]

SIGN_IN_REMEDY = words("请登录后再打开这一页。", "Sign in, then open this page again.")
CHOOSE_FIRST = words("请先选择一个岗位，再继续。", "Choose a post first.")
PASSWORD_FIRST = words("请先设置自己的密码，再继续。", "Set your own password first.")


def signed_in(view: View) -> View:
    """The view for people who act under a post; others are led to the door, to their posts or to a new password first."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **named: Any) -> HttpResponse:
        actor = actor_of(request)
        if not actor.is_signed_in:
            raise Fault("sign_in", SIGN_IN_FIRST, SIGN_IN_REMEDY, 401)
        if actor.role == BEFORE_PASSWORD:
            return flash.redirect(request, reverse("doors:password"), PASSWORD_FIRST, level="note")
        if actor.role == WITHOUT_POST:
            return flash.redirect(request, reverse("doors:posts"), CHOOSE_FIRST, level="note")
        return view(request, *args, **named)

    return guarded


def able(*abilities: str) -> Callable[[View], View]:
    """The view for those whose post carries any one of the abilities; NotAble for other posts."""

    def guard(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **named: Any) -> HttpResponse:
            if not any(actor_of(request).may(one) for one in abilities):
                raise NotAble
            return view(request, *args, **named)

        return signed_in(guarded)

    return guard
