# SPDX-License-Identifier: MulanPSL-2.0
"""Signing in and out and choosing a post: tries are counted, failures lock for a while, all of it stands in the journal."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

from django.conf import settings
from django.db.models import Q

from linli.core import clock
from linli.core.actions import Call, Done, action, run
from linli.core.faults import Fault, NotVisible
from linli.core.fields import Field
from linli.core.sight import Actor
from linli.core.tries import count_try
from linli.core.words import words
from linli.elements import passwords
from linli.elements.accounts import of_city
from linli.elements.actors import secret_digest, system_actor
from linli.elements.models import Account, Post, Session

MOST_FAILURES = 5
LOCKED_FOR = timedelta(minutes=15)
"""Five failures lock an account for a quarter of an hour. Source: GB/T 22239-2019 asks for a limit; the numbers are our choice."""
WINDOW_SECONDS = 600

WRONG = words("登录没有成功：用户名或密码不对，或者账号暂时锁定、已经注销。",
              "Sign-in did not succeed: the user name or password is wrong, or the account is locked for now or closed.")
WRONG_REMEDY = words("请核对后再试；连续 5 次不对会锁定 15 分钟。忘记密码请找系统管理员重置。",
                     "Check and try again; five wrong tries lock the account for 15 minutes. An administrator can reset a lost password.")
FAR = words("演示账号只能在运行演示的这台电脑上登录。", "Demonstration accounts sign in only on the computer that runs the demonstration.")
FAR_REMEDY = words("请在本机打开 http://127.0.0.1，或者用自己的账号登录；演示方可以设置 LINLI_DEMO_OPEN=1。",
                   "Open http://127.0.0.1 there, or use an account of your own; whoever runs the demonstration may set LINLI_DEMO_OPEN=1.")


@dataclass(frozen=True)
class Entered:
    """A successful sign-in: the secret for the browser's cookie, how long it holds, and what to do next."""

    cookie: str
    expires_at: datetime
    account: int
    post: int | None
    must_change: bool


def refuse_from_afar(is_demonstration: bool, is_loopback: bool) -> None:
    """Fault 403 when a demonstration account comes from another computer, unless the setting DEMO_OPEN allows it."""
    if is_demonstration and not is_loopback and not settings.DEMO_OPEN:
        raise Fault("demonstration_only_here", FAR, FAR_REMEDY, 403)


def sign_in(username: str, password: str, address_digest: bytes, is_loopback: bool, agent: str = "") -> Entered:
    """Open a session for the right password.

    Raises TooMany 429 for too many tries from one address, Fault 403 otherwise: one and the same sentence for an
    unknown name, a wrong password, a locked and a closed account, after the same work.
    """
    count_try("sign_in", address_digest, settings.SIGN_IN_LIMIT, WINDOW_SECONDS)
    account = Account.objects.filter(username=username.strip().lower()[:60]).first()
    is_right = passwords.is_right(password, account.password if account else None)
    is_locked = bool(account and account.locked_until and account.locked_until > clock.now())
    if account is None or not is_right or is_locked or not account.is_active:
        if account is not None and account.is_active and not is_locked:
            run("session.refuse", _door(account), {"account": account.pk})
        raise Fault("sign_in_refused", WRONG, WRONG_REMEDY, 403)
    refuse_from_afar(account.is_demonstration, is_loopback)
    return open_for(account, agent)


def open_for(account: Account, agent: str = "") -> Entered:
    """A session for an account whose password was just proved; the only valid post is chosen at once."""
    answer = run("session.open", _door(account), {"account": account.pk, "agent": agent[:200]})
    return Entered(answer["cookie"], datetime.fromisoformat(answer["expires_at"]), account.pk, answer["post"], account.must_change)


def sign_out(cookie: str) -> None:
    """End the session of this cookie; nothing happens when there is none."""
    found = Session.objects.filter(digest=secret_digest(cookie)).select_related("account").first()
    if found is not None:
        run("session.close", _door(found.account), {"session": found.pk})


def choose_post(cookie: str, post: int) -> None:
    """Act under another of one's own valid posts. Raises NotVisible for a post that is not one's own or not valid today."""
    found = Session.objects.filter(digest=secret_digest(cookie), expires_at__gt=clock.now()).select_related("account").first()
    if found is None:
        raise NotVisible
    run("session.choose_post", _door(found.account), {"session": found.pk, "post": post})


def change_own_password(actor: Actor, old: str, new: str, agent: str = "") -> Entered:
    """Set an own password and go on in a fresh session (all others end). Tries are counted like sign-ins."""
    account = Account.objects.filter(pk=actor.account or 0).first()
    if account is None:
        raise NotVisible
    count_try("change_password", str(account.pk).encode(), settings.SIGN_IN_LIMIT, WINDOW_SECONDS)
    run("account.change_password", actor, {"old": old, "new": new})
    account.refresh_from_db()
    return open_for(account, agent)


def posts_of(account: int, day: date | None = None) -> list[Post]:
    """The posts of an account that are valid on the day (today), in order of place."""
    day = day or clock.today()
    held = Post.objects.filter(account_id=account, valid_from__lte=day).filter(Q(valid_to=None) | Q(valid_to__gt=day))
    return list(held.select_related("place", "organisation").order_by("place__area", "role"))


def forget_expired() -> int:
    """Remove sessions that have expired; answers how many (for the daily worker)."""
    return Session.objects.filter(expires_at__lt=clock.now()).delete()[0]


def _door(account: Account) -> Actor:
    return replace(system_actor("door"), account=account.pk)


def _account_of(actor: Actor, given: Mapping[str, Any]) -> Account:
    return Account.objects.select_for_update().get(pk=given["account"])


def _session_of(actor: Actor, given: Mapping[str, Any]) -> Session:
    found = Session.objects.filter(pk=given["session"], account_id=actor.account or 0).first()
    if found is None:
        raise NotVisible
    return found


ACCOUNT = Field("account", words("账号", "Account"), "integer", required=True)
SESSION = Field("session", words("会话", "Session"), "integer", required=True)


@action(
    "session.open", words("登录", "Sign in"), ability="session.open", subject="account", sight="this_record", opens=of_city,
    finds=lambda actor, given: _of_the_door(actor, _account_of, given, "session.open"),
    fields=(ACCOUNT, Field("agent", words("浏览器", "Browser"))),
)
def open_session(call: Call) -> Done:
    """A session, under the account's only valid post if there is just one; failures are forgotten."""
    account: Account = call.record
    Account.objects.filter(pk=account.pk).update(failures=0, locked_until=None)
    posts = posts_of(account.pk)
    post = posts[0].pk if len(posts) == 1 else None
    secret = secrets.token_urlsafe(32)
    until = call.recorded_at + timedelta(hours=settings.SESSION_HOURS)
    Session.objects.create(digest=secret_digest(secret), account=account, post_id=post, made_at=call.recorded_at, expires_at=until,
                           agent=call.given["agent"] or "")
    return Done(settings.CITY_AREA, account.pk, {"post": post, "expires_at": until.isoformat()}, {"post": post}, once={"cookie": secret})


@action(
    "session.refuse", words("登录失败", "A failed sign-in"), ability="session.refuse", subject="account", sight="this_record", opens=of_city,
    finds=lambda actor, given: _of_the_door(actor, _account_of, given, "session.refuse"), fields=(ACCOUNT,),
)
def refuse_session(call: Call) -> Done:
    """One more failure; the fifth locks the account for a quarter of an hour."""
    account: Account = call.record
    account.failures += 1
    if account.failures >= MOST_FAILURES:
        account.failures, account.locked_until = 0, call.recorded_at + LOCKED_FOR
    account.save(update_fields=["failures", "locked_until"])
    return Done(settings.CITY_AREA, account.pk, {}, {"locked": account.locked_until is not None and account.failures == 0})


@action(
    "session.close", words("退出登录", "Sign out"), ability="session.close", subject="account", sight="this_record", opens=of_city,
    finds=lambda actor, given: _of_the_door(actor, _session_of, given, "session.close"), fields=(SESSION,),
)
def close_session(call: Call) -> Done:
    """The session is gone."""
    session: Session = call.record
    account = session.account_id
    session.delete()
    return Done(settings.CITY_AREA, account)


@action(
    "session.choose_post", words("切换岗位", "Choose a post"), ability="session.choose_post", subject="account", sight="this_record",
    opens=of_city, finds=lambda actor, given: _of_the_door(actor, _session_of, given, "session.choose_post"),
    fields=(SESSION, Field("post", words("岗位", "Post"), "integer", required=True)),
)
def choose(call: Call) -> Done:
    """The session acts under this post from now on; only under a valid one of its own account."""
    session: Session = call.record
    if call.given["post"] not in {post.pk for post in posts_of(session.account_id)}:
        raise NotVisible
    session.post_id = call.given["post"]
    session.save(update_fields=["post"])
    return Done(settings.CITY_AREA, session.account_id, {"post": session.post_id})


def _of_the_door(actor: Actor, find: Any, given: Mapping[str, Any], ability: str) -> Any:
    if not actor.may(ability):
        raise NotVisible
    return find(actor, given)
