# SPDX-License-Identifier: MulanPSL-2.0
"""Administration: accounts, posts, tokens, the places and the calendar of a year; every change is a generated form of its action."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode

from linli.core import clock
from linli.core.actions import find_action
from linli.core.calendar_store import calendar as known_calendar
from linli.core.faults import NotVisible
from linli.core.fields import Field
from linli.core.models import CalendarYear
from linli.core.words import Words, words
from linli.doors import generated
from linli.doors.generated import Form
from linli.doors.guards import able
from linli.doors.requests import actor_of
from linli.doors.standing import role_words
from linli.elements import places
from linli.elements.models import Account, Organisation, Post, Token

PAGE = 50
PLACE_HELP = words("15 位编号。在“地方”页可以按名称查到。", "The 15-digit number. Look it up by name under “Places”.")
UNIT_HELP = words("单位的编号，选填；处置人员和核查人员必须填。", "The number of the unit; needed for handlers and verifiers.")
DONE = {
    "change": words("已保存。", "Saved."), "close": words("账号已注销，登录和令牌立即失效。", "The account is closed; sign-ins and tokens have ended."),
    "give": words("已安排岗位。", "The post is given."), "end": words("岗位已结束。", "The post has ended."), "revoke": words("令牌已收回。", "The token is revoked."),
}


@dataclass(frozen=True)
class Change:
    """One thing that can be done to an account: its action, and what the server fills in."""

    action: str
    fixed: Callable[[Account, HttpRequest], dict[str, object]]
    secret: str = ""
    tone: str = "primary"


def _account_only(account: Account, request: HttpRequest) -> dict[str, object]:
    return {"account": account.pk}


def _post_only(account: Account, request: HttpRequest) -> dict[str, object]:
    number = request.POST.get("which") or request.GET.get("which") or ""
    found = Post.objects.filter(account=account, pk=int(number)).first() if number.isdecimal() and len(number) < 19 else None
    if found is None:
        raise NotVisible
    return {"post": found.pk}


def _token_only(account: Account, request: HttpRequest) -> dict[str, object]:
    number = request.POST.get("which") or request.GET.get("which") or ""
    found = Token.objects.filter(post__account=account, pk=int(number)).first() if number.isdecimal() and len(number) < 19 else None
    if found is None:
        raise NotVisible
    return {"token": found.pk}


CHANGES: dict[str, Change] = {
    "change": Change("account.change", lambda account, request: {"account": account.pk, "version": account.version}),
    "reset": Change("account.reset_password", _account_only, secret="password"),  # noqa: S106  the name of a field
    "close": Change("account.close", _account_only, tone="danger"),
    "give": Change("post.give", _account_only),
    "end": Change("post.end", _post_only, tone="danger"),
    "token": Change("token.make", _post_only, secret="secret"),  # noqa: S106  the name of a field
    "revoke": Change("token.revoke", _token_only, tone="danger"),
}


@able("account.see")
def accounts(request: HttpRequest) -> HttpResponse:
    """The accounts by user name, searched by name, with their present posts."""
    wanted, after = request.GET.get("q", "").strip()[:60], request.GET.get("after", "")[:60]
    found = Account.objects.all()
    if wanted:
        found = found.filter(Q(username__icontains=wanted) | Q(name__icontains=wanted))
    if after:
        found = found.filter(username__gt=after)
    rows = list(found.order_by("username")[: PAGE + 1])
    has_more, rows = len(rows) > PAGE, rows[:PAGE]
    held: dict[int, list[dict[str, Any]]] = {}
    for post in Post.objects.filter(_present(), account__in=rows).select_related("place").order_by("place__area"):
        held.setdefault(post.account_id, []).append({"role": role_words(post.role), "place": post.place.short_name})
    kept = {"q": wanted} if wanted else {}
    return render(request, "desk/accounts.html", {
        "rows": [{"account": one, "posts": held.get(one.pk, []), "is_locked": bool(one.locked_until and one.locked_until > clock.now())} for one in rows],
        "q": wanted, "older": f"?{urlencode(kept | {'after': rows[-1].username})}" if has_more else "", "newer": f"?{urlencode(kept)}" if after else ""})


def _present() -> Q:
    today = clock.today()
    return Q(valid_from__lte=today) & (Q(valid_to=None) | Q(valid_to__gt=today))


@able("account.add")
def add(request: HttpRequest) -> HttpResponse:
    """A new account; its one-time password is shown once, in this answer only."""
    form = Form("account.add", submit=words("新建账号", "Add the account"), to=lambda answer: reverse("desk:account", args=[answer["account"]]))
    sent = generated.submit(request, form)
    if sent.answer is not None:
        return _once(request, sent.answer, "password", reverse("desk:account", args=[sent.answer["account"]]))
    return render(request, "desk/form.html", {"form": sent.form, "title": find_action("account.add").words, "back": reverse("desk:accounts")}, status=sent.status)


@able("account.see")
def account(request: HttpRequest, number: int) -> HttpResponse:
    """One account with its posts and tokens, and what can be done."""
    found = _account(number)
    posts = [_post(one) for one in Post.objects.filter(account=found).select_related("place", "organisation").order_by("-valid_from", "-id")]
    tokens = [_token(one) for one in Token.objects.filter(post__account=found).select_related("post").order_by("-made_at")]
    return render(request, "desk/account.html", {"account": found, "posts": posts, "is_me": found.pk == actor_of(request).account, "tokens": tokens})


def _token(one: Token) -> dict[str, Any]:
    is_live = one.revoked_at is None and (one.expires_at is None or one.expires_at > clock.now())
    return {"token": one, "role": role_words(one.post.role), "is_live": is_live}


def _account(number: int) -> Account:
    found = Account.objects.filter(pk=number).first()
    if found is None:
        raise NotVisible
    return found


def _post(one: Post) -> dict[str, Any]:
    today = clock.today()
    return {"post": one, "role": role_words(one.role), "place": one.place.name, "unit": one.organisation.name if one.organisation else "",
            "is_present": one.valid_from <= today and (one.valid_to is None or one.valid_to > today)}


@able("account.see")
def account_form(request: HttpRequest, number: int, what: str) -> HttpResponse:
    """One change to an account as a page of its own; new secrets are shown once."""
    found, change = _account(number), CHANGES.get(what)
    if change is None or not actor_of(request).may(find_action(change.action).ability):
        raise NotVisible
    action, back = find_action(change.action), reverse("desk:account", args=[number])
    fixed = change.fixed(found, request)
    which = request.POST.get("which") or request.GET.get("which") or ""
    form = Form(
        change.action, _fields(action.fields, fixed), fixed, {"name": found.name, "language": found.language}, submit=action.words, to=back, done=DONE.get(what),
        address=f"?{urlencode({'which': which})}" if which else "", tone=change.tone)
    sent = generated.submit(request, form)
    if sent.answer is not None and change.secret:
        return _once(request, sent.answer, change.secret, back)
    if sent.response is not None:
        return sent.response
    return render(request, "desk/form.html", {"form": sent.form, "title": action.words, "about": found, "back": back}, status=sent.status)


def _fields(fields: tuple[Field, ...], fixed: dict[str, object]) -> tuple[Field, ...]:
    shown = [one for one in fields if one.name not in fixed]
    return tuple(replace(one, help=HELPS[one.name]) if one.name in HELPS else one for one in shown)


HELPS = {"area": PLACE_HELP, "organisation": UNIT_HELP}


def _once(request: HttpRequest, answer: dict[str, Any], name: str, back: str) -> HttpResponse:
    """A new secret, shown in this answer only; a repeat of the request shows none."""
    return render(request, "desk/once.html", {"secret": answer.get(name, ""), "username": answer.get("username", ""), "is_token": name == "secret", "back": back})


@able("place.load", "place.add", "post.give")
def places_list(request: HttpRequest) -> HttpResponse:
    """Places by search or from above, with number, level and validity; and the units that work there."""
    wanted, area = request.GET.get("q", "").strip()[:40], request.GET.get("area", "")
    whole = places.city()
    here = places.find_place(int(area)) if area.isdecimal() and len(area) <= 15 else None
    here = here or whole
    found = places.find(wanted, most=PAGE) if wanted else places.children(here.area)
    units = Organisation.objects.filter(area=here.area, valid_to=None).order_by("pinyin", "id")[:PAGE] if not wanted else []
    return render(request, "desk/places.html", {
        "q": wanted, "here": here, "path": places.path_of(here.area), "units": list(units),
        "found": [{"place": one, "level": LEVELS.get(one.level, one.level), "stands": one.stands()} for one in found]})


LEVELS: dict[str, Words] = {
    "city": words("市", "City"), "district": words("区", "District"), "street": words("街道", "Street"), "community": words("社区", "Community"), "grid": words("网格", "Grid")}


@able("calendar.publish_year")
def calendar(request: HttpRequest) -> HttpResponse:
    """The published years, and the form that publishes another."""
    following = max(known_calendar().published_years, default=clock.today().year) + 1
    form = Form("calendar.publish_year", submit=words("发布", "Publish"), to=reverse("desk:calendar"), initial={"year": following}, draft="desk.calendar",
                done=words("已发布 {year} 年工作日历。", "The calendar of {year} is published."))
    sent = generated.submit(request, form)
    if sent.response is not None:
        return sent.response
    return render(request, "desk/calendar.html", {"form": sent.form, "years": list(CalendarYear.objects.order_by("-year"))}, status=sent.status)
