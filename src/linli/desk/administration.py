# SPDX-License-Identifier: MulanPSL-2.0
"""Administration: accounts with their posts and tokens; every change is a generated form of its action."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode

from linli.core import clock
from linli.core.actions import find_action
from linli.core.faults import NotVisible
from linli.core.fields import Field
from linli.core.words import words
from linli.doors import flash, generated
from linli.doors.generated import Form
from linli.doors.guards import able
from linli.doors.requests import actor_of
from linli.doors.standing import role_words
from linli.elements import directories, places
from linli.elements.models import Account, Post, Token
from linli.elements.places import KnownPlace
from linli.elements.posts import all_roles

PAGE = 50
UNIT_HELP = words("处置人员和核查人员必须有单位：核查时要看是不是同一个单位。", "Handlers and verifiers need a unit: verification asks whether both are of the same one.")
DONE = {
    "change": words("已保存。", "Saved."), "close": words("账号已注销，登录和令牌立即失效。", "The account is closed; sign-ins and tokens have ended."),
    "give": words("已安排岗位。", "The post is given."), "end": words("岗位已结束。", "The post has ended."), "revoke": words("令牌已收回。", "The token is revoked."),
}


@dataclass(frozen=True)
class Change:
    """One thing that can be done to an account: its action, and what the server fills in."""

    action: str
    fixed: Callable[[HttpRequest, Account], dict[str, object]]
    secret: str = ""
    tone: str = "primary"


def _which(request: HttpRequest) -> str:
    return request.GET.get("which", "")


def _account_only(request: HttpRequest, account: Account) -> dict[str, object]:
    return {"account": account.pk}


def _with_version(request: HttpRequest, account: Account) -> dict[str, object]:
    return {"account": account.pk, "version": account.version}


def _with_place(request: HttpRequest, account: Account) -> dict[str, object]:
    return {"account": account.pk, "area": _place(request).area}


def _post_only(request: HttpRequest, account: Account) -> dict[str, object]:
    return {"post": directories.post_under(actor_of(request), account, _which(request)).pk}


def _token_only(request: HttpRequest, account: Account) -> dict[str, object]:
    return {"token": directories.token_under(actor_of(request), account, _which(request)).pk}


def _place(request: HttpRequest) -> KnownPlace:
    area = request.GET.get("area", "")
    found = places.find_place(int(area)) if area.isdecimal() and len(area) <= 15 else None
    if found is None:
        raise NotVisible
    return found


MEANINGS = {
    "reset": words("会生成一次性密码，只显示一次，请当面交给本人。本人在其他设备上的登录立即失效。",
                   "A one-time password is made and shown once; hand it over in person. Sign-ins on other devices end at once."),
    "close": words("注销后不能再登录，岗位和令牌同时失效；已办的事和流水保留。", "No sign-in afterwards; posts and tokens end. What was done stays on record."),
    "end": words("结束后不能再以这个岗位办事。负责的网格、在办事项和提问由居委会主任或街道调度员在“移交工作”里一次交给接手人；没有移交的会告警。",
                 "Nobody acts under this post afterwards. Its grids, matters and questions are handed over in one step by the director or the dispatcher; "
                 "what is left rings an alarm."),
    "token": words("程序用令牌以这个岗位的身份办事。令牌只显示一次。", "A program acts under this post by the token. It is shown once."),
    "revoke": words("收回后，使用这个令牌的程序不能再办事。", "Programs that use this token can do nothing more."),
}
CHANGES: dict[str, Change] = {
    "change": Change("account.change", _with_version),
    "reset": Change("account.reset_password", _account_only, secret="password"),  # noqa: S106  the name of a field
    "close": Change("account.close", _account_only, tone="danger"),
    "give": Change("post.give", _with_place),
    "end": Change("post.end", _post_only, tone="danger"),
    "token": Change("token.make", _post_only, secret="secret"),  # noqa: S106  the name of a field
    "revoke": Change("token.revoke", _token_only, tone="danger"),
}


@able("account.see")
def accounts(request: HttpRequest) -> HttpResponse:
    """The accounts by user name, searched by name, with their present posts."""
    actor, wanted, after = actor_of(request), request.GET.get("q", "").strip()[:60], request.GET.get("after", "")[:60]
    rows = directories.accounts_page(actor, wanted=wanted, after=after, most=PAGE + 1)
    has_more, rows = len(rows) > PAGE, rows[:PAGE]
    held = directories.present_posts(actor, rows)
    kept = {"q": wanted} if wanted else {}
    shown = [{"account": one, "is_locked": bool(one.locked_until and one.locked_until > clock.now()),
              "posts": [{"role": role_words(post.role), "place": post.place.short_name} for post in held.get(one.pk, [])]} for one in rows]
    return render(request, "desk/accounts.html", {
        "rows": shown, "q": wanted, "older": f"?{urlencode(kept | {'after': rows[-1].username})}" if has_more else "", "newer": f"?{urlencode(kept)}" if after else ""})


@able("account.add")
def add(request: HttpRequest) -> HttpResponse:
    """A new account; its one-time password is shown once, in this answer only."""
    form = Form("account.add", submit=words("新建账号", "Add the account"), to=_address)
    sent = generated.submit(request, form)
    if sent.answer is not None:
        return _once(request, sent.answer, "password", _address(sent.answer))
    return render(request, "desk/form.html", {"form": sent.form, "title": find_action("account.add").words, "back": reverse("desk:accounts")}, status=sent.status)


def _address(answer: dict[str, Any]) -> str:
    return reverse("desk:account", args=[answer["account"]])


@able("account.see")
def account(request: HttpRequest, number: int) -> HttpResponse:
    """One account with its posts and tokens, and what can be done."""
    actor = actor_of(request)
    found = directories.account_of(actor, number)
    return render(request, "desk/account.html", {
        "account": found, "is_me": found.pk == actor.account, "posts": [_post(one) for one in directories.posts_of(actor, found)],
        "tokens": [shown_token(one) for one in directories.tokens_of(actor, found)]})


def _post(one: Post) -> dict[str, Any]:
    today = clock.today()
    return {"post": one, "role": role_words(one.role), "place": one.place.name, "unit": one.organisation.name if one.organisation else "",
            "is_present": one.valid_from <= today and (one.valid_to is None or one.valid_to > today)}


def shown_token(one: Token) -> dict[str, Any]:
    """A token with whether it still opens anything."""
    is_live = one.revoked_at is None and (one.expires_at is None or one.expires_at > clock.now())
    return {"token": one, "role": role_words(one.post.role), "is_live": is_live}


@able("account.see")
def account_form(request: HttpRequest, number: int, what: str) -> HttpResponse:
    """One change to an account as a page of its own; new secrets are shown once. A post is given after a place was picked."""
    actor, change = actor_of(request), CHANGES.get(what)
    found = directories.account_of(actor, number)
    if change is None or not actor.may(find_action(change.action).ability):
        raise NotVisible
    if what == "give" and not request.GET.get("area"):
        return flash.SeeOther(f"{reverse('desk:places')}?{urlencode({'account': number})}")
    action, back = find_action(change.action), reverse("desk:account", args=[number])
    fixed = change.fixed(request, found)
    form = Form(
        change.action, _fields(request, what, action.fields, fixed), fixed, {"name": found.name, "language": found.language}, submit=action.words, to=back,
        done=DONE.get(what), address=f"?{request.GET.urlencode()}" if request.GET else "", tone=change.tone)
    sent = generated.submit(request, form)
    if sent.answer is not None and change.secret:
        return _once(request, sent.answer, change.secret, back)
    if sent.response is not None:
        return sent.response
    place = _place(request) if what == "give" else None
    return render(request, "desk/form.html", {"form": sent.form, "title": action.words, "about": found, "place": place, "meaning": MEANINGS.get(what), "back": back},
                  status=sent.status)


def _fields(request: HttpRequest, what: str, fields: tuple[Field, ...], fixed: dict[str, object]) -> tuple[Field, ...]:
    shown = tuple(one for one in fields if one.name not in fixed)
    if what != "give":
        return shown
    place = _place(request)
    roles = [(one.name, one.words) for one in all_roles() if place.level in one.level]
    units = [(str(one.pk), words(one.name, one.name)) for one in directories.units_around(place)]
    fitted = {"role": {"choices": roles}, "organisation": {"kind": "choice", "choices": units, "help": UNIT_HELP}}
    return tuple(replace(one, **fitted.get(one.name, {})) for one in shown)  # type: ignore[arg-type]


def _once(request: HttpRequest, answer: dict[str, Any], name: str, back: str) -> HttpResponse:
    """A new secret, shown in this answer only; a repeat of the request shows none."""
    return render(request, "desk/once.html", {"secret": answer.get(name, ""), "username": answer.get("username", ""), "is_token": name == "secret", "back": back})
