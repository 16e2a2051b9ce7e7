# SPDX-License-Identifier: MulanPSL-2.0
"""The doors themselves: signing in and out, choosing a post, an own password, language and look."""

from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_POST

from linli.core import clock, registry
from linli.core.actions import SIGN_IN_FIRST
from linli.core.faults import Fault, NotVisible
from linli.core.fields import Field
from linli.core.words import Words, words
from linli.doors import cookies, demonstrations, faults, flash
from linli.doors.addresses import address_digest, is_local
from linli.doors.context import Page
from linli.doors.guards import SIGN_IN_REMEDY
from linli.doors.middleware import known
from linli.doors.requests import actor_of
from linli.doors.standing import role_words
from linli.elements import sessions
from linli.elements.actors import BEFORE_PASSWORD
from linli.elements.models import Post
from linli.elements.posts import role_named
from linli.ui.forms import BoundForm, bound, typed

USERNAME = Field("username", words("用户名", "User name"), required=True, limit=60)
PASSWORD = Field("password", words("密码", "Password"), "secret", required=True)
OLD = Field("old", words("原密码", "Present password"), "secret", required=True)
NEW = Field("new", words("新密码", "New password"), "secret", required=True, help=words("至少 10 个字符。", "At least 10 characters."))
ENTER = words("登录", "Sign in")
UNUSABLE = "!"
"""What stands where a password would: nobody signs in as this account."""
CHANGE = words("修改密码", "Change password")
WELCOME = words("已登录。", "You are signed in.")
LEFT = words("已退出登录。", "You are signed out.")
CHOSEN = words("已切换岗位。", "You act under another post now.")
CHANGED = words("密码已修改，其他设备上的登录已失效。", "The password is changed; sign-ins on other devices have ended.")
STALE_PAGE = words("这一页打开太久，或者浏览器没有收下 cookie，所以没有办理。", "This page was open too long, or the browser keeps no cookies, so nothing was done.")
STALE_PAGE_REMEDY = words("请返回上一页，刷新后重新提交；请允许本站使用 cookie。", "Go back, reload and submit again; allow cookies for this site.")


@dataclass(frozen=True)
class Card:
    """A demonstration account as the door shows it: who, as what, and what that role may do."""

    username: str
    name: str
    role: Words
    place: str
    may: tuple[Words, ...]


@sensitive_post_parameters("password")
def sign_in(request: HttpRequest) -> HttpResponse:
    """The door of the offices: user name and password, and back to where one wanted to go."""
    form = BoundForm(tuple(bound([USERNAME, PASSWORD], {})), ENTER)
    if request.method != "POST":
        return _door(request, form)
    values = typed([USERNAME, PASSWORD], request.POST)
    try:
        entered = sessions.sign_in(str(values["username"]), str(values["password"]), address_digest(request), is_local(request),
                                   request.headers.get("User-Agent", ""))
    except Fault as fault:
        shown = BoundForm(tuple(bound([USERNAME, PASSWORD], values, fault.fields)), ENTER, message=fault.message, remedy=fault.remedy)
        return _door(request, shown, status=fault.status)
    return _let_in(request, entered, after_sign_in(request, entered), WELCOME)


def after_sign_in(request: HttpRequest, entered: sessions.Entered) -> str:
    """Where to go: an own password first, then a post, then where one wanted to go."""
    if entered.must_change:
        return reverse("doors:password")
    wanted = _next(request)
    if entered.post is None:
        return reverse("doors:posts")
    return wanted or reverse("doors:inside")


def _let_in(request: HttpRequest, entered: sessions.Entered, address: str, sentence: Words) -> HttpResponse:
    response = flash.redirect(request, address, sentence)
    _keep_session(response, entered.cookie, entered.expires_at)
    return response


def _keep_session(response: HttpResponse, cookie: str, until: datetime) -> None:
    cookies.put(response, cookies.SESSION, cookie, max(0, int((until - clock.now()).total_seconds())))


def _door(request: HttpRequest, form: BoundForm, status: int = 200) -> HttpResponse:
    is_open = is_local(request) or settings.DEMO_OPEN
    shows_accounts = is_open and demonstrations.about() is not None
    context = {
        "form": form, "next": _next(request), "cards": demonstration_accounts() if shows_accounts else [],
        "demo_password": settings.DEMO_PASSWORD if shows_accounts and is_local(request) else "",
        "is_far_demonstration": not is_open and demonstrations.about() is not None,
    }
    return render(request, "doors/sign_in.html", context, status=status)


def demonstration_accounts() -> list[Card]:
    """The demonstration's accounts with their posts, in order of their user names."""
    held = Post.objects.filter(account__is_demonstration=True, account__is_active=True).exclude(account__password=UNUSABLE).select_related("account", "place").order_by("id")
    cards: dict[str, Card] = {}
    for post in held[:40]:
        role = role_named(post.role)
        abilities = registered_abilities(role.abilities if role else frozenset())
        cards.setdefault(post.account.username, Card(post.account.username, post.account.name, role_words(post.role), post.place.short_name, abilities))
    return list(cards.values())


def registered_abilities(abilities: frozenset[str]) -> tuple[Words, ...]:
    """What the abilities are called: the labels of the actions they open, in order of the actions' names."""
    from_actions = {one.ability: one.words for one in reversed(registry.everything("action")) if one.ability in abilities}
    return tuple(from_actions[name] for name in sorted(from_actions))


def _next(request: HttpRequest) -> str:
    """Where the person wanted to go; empty when that is not a page of ours."""
    wanted = request.POST.get("next") or request.GET.get("next") or ""
    is_ours = url_has_allowed_host_and_scheme(wanted, allowed_hosts={request.get_host()}, require_https=request.is_secure())
    return wanted if is_ours and wanted.startswith("/") else ""


@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    """End the session; the cookie goes even when there was none."""
    sessions.sign_out(request.COOKIES.get(cookies.SESSION, ""))
    response = flash.redirect(request, Page(request).address["home"], LEFT)
    cookies.drop(response, cookies.SESSION)
    return response


@require_GET
def inside(request: HttpRequest) -> HttpResponse:
    """The first page of the offices for whoever is signed in."""
    return flash.SeeOther(Page(request).address["desk"])


def posts(request: HttpRequest) -> HttpResponse:
    """The posts of the person who is signed in; choosing one changes what is seen and what may be done."""
    actor = actor_of(request)
    if actor.account is None:
        raise Fault("sign_in", SIGN_IN_FIRST, SIGN_IN_REMEDY, 401)
    if request.method == "POST":
        chosen = request.POST.get("post", "")
        if not chosen.isdecimal() or len(chosen) > 18:
            raise NotVisible
        sessions.choose_post(request.COOKIES.get(cookies.SESSION, ""), int(chosen))
        return flash.redirect(request, _next(request) or reverse("doors:inside"), CHOSEN)
    cards = [
        {"id": post.pk, "role": role_words(post.role), "place": post.place.name, "organisation": post.organisation.name if post.organisation else "",
         "is_here": post.pk == actor.post, "valid_to": post.valid_to}
        for post in sessions.posts_of(actor.account)
    ]
    return render(request, "doors/posts.html", {"cards": cards, "next": _next(request)})


@sensitive_post_parameters("old", "new")
def password(request: HttpRequest) -> HttpResponse:
    """An own password; the session goes on, all others end."""
    actor = actor_of(request)
    if actor.account is None:
        raise Fault("sign_in", SIGN_IN_FIRST, SIGN_IN_REMEDY, 401)
    context: dict[str, object] = {"is_first": actor.role == BEFORE_PASSWORD, "form": BoundForm(tuple(bound([OLD, NEW], {})), CHANGE)}
    if request.method != "POST":
        return render(request, "doors/password.html", context)
    values = typed([OLD, NEW], request.POST)
    try:
        entered = sessions.change_own_password(actor, str(values["old"]), str(values["new"]), request.headers.get("User-Agent", ""))
    except Fault as fault:
        context["form"] = BoundForm(tuple(bound([OLD, NEW], values, fault.fields)), CHANGE, message=fault.message, remedy=fault.remedy)
        return render(request, "doors/password.html", context, status=fault.status)
    return _let_in(request, entered, after_sign_in(request, entered), CHANGED)


@require_POST
def look(request: HttpRequest) -> HttpResponse:
    """Language, light or dark, size of type: kept in a cookie, then back to the same page."""
    response = flash.SeeOther(_next(request) or "/")
    language = known(request.POST.get("language", ""))
    if language:
        cookies.put(response, cookies.LANGUAGE, language, cookies.YEAR)
    for name, allowed, cookie in (("theme", ("light", "dark", "system"), cookies.THEME), ("type", ("normal", "large"), cookies.TYPE)):
        chosen = request.POST.get(name, "")
        if chosen in allowed:
            cookies.put(response, cookie, chosen, cookies.YEAR)
    return response


def csrf_failed(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form whose page was open too long; says so and what to do."""
    return faults.show(request, Fault("stale_page", STALE_PAGE, STALE_PAGE_REMEDY, 403))
