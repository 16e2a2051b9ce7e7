# SPDX-License-Identifier: MulanPSL-2.0
"""Accounts: adding, changing, closing them and their passwords; a new password is shown once and kept only as a hash."""

import re
from collections.abc import Callable, Mapping
from typing import Any

from django.conf import settings
from django.db.models import Q

from linli.core import clock
from linli.core.actions import Call, Done, action
from linli.core.faults import Conflict, Invalid, NotAble, NotVisible
from linli.core.fields import Field
from linli.core.protection import Protection
from linli.core.sight import Actor, Sight, of_record
from linli.core.words import words
from linli.elements import passwords
from linli.elements.models import Account, Post, Session, Token

ADMINISTRATOR = "sysadmin"
"""The role without which nobody can administer accounts; its last holder cannot be removed."""
USERNAME = re.compile(r"^[a-z0-9][a-z0-9._-]{1,59}$")
LANGUAGES = (("zh-hans", words("中文", "Chinese")), ("en", words("英文", "English")))

BAD_USERNAME = words("用户名只能用小写字母、数字和 . _ -，至少两个字符，例如 wangli。",
                     "A user name consists of lower-case letters, digits and . _ -, at least two of them, such as wangli.")
TAKEN = words("用户名“{name}”已经有人用了，请换一个。", "The user name “{name}” is taken. Please choose another.")
LAST_ADMINISTRATOR = words("不能办理：这是最后一位系统管理员，之后就没有人能管理账号了。",
                           "This cannot be done: it is the last system administrator; nobody could manage accounts afterwards.")
LAST_REMEDY = words("请先给另一个账号安排系统管理员岗位。", "Give another account the post of system administrator first.")
CLOSED = words("这个账号已经注销，不能再改。", "This account is closed and can no longer be changed.")
CLOSED_REMEDY = words("如需恢复工作，请新建账号。", "Add a new account if the person works again.")
WRONG_OLD = words("原密码不对。", "The present password is not right.")
SAME = words("新密码不能和原密码相同。", "The new password must differ from the present one.")
NOT_YOURSELF = words("不能注销自己正在使用的账号。", "You cannot close the account you are using.")
NOT_YOURSELF_REMEDY = words("请另一位系统管理员办理。", "Ask another system administrator.")

ACCOUNT = Field("account", words("账号", "Account"), "integer", required=True, low=1)
NAME = Field("name", words("姓名", "Name"), required=True, limit=60, protection=Protection.NAMED)
VERSION = Field("version", words("版本", "Version"), "integer", required=True, low=1)


def of_city(actor: Actor, given: Mapping[str, Any]) -> Sight:
    """The sight of administration: the city's own number and no record below it."""
    return of_record(settings.CITY_AREA)


def whole_number(value: Any) -> int:
    """The number of a record as it came in; NotVisible when it is none."""
    text = str(value)
    if not re.fullmatch(r"[0-9]{1,18}", text):
        raise NotVisible
    return int(text)


def finder(ability: str, model: type[Any], field: str) -> Callable[[Actor, Mapping[str, Any]], Any]:
    """Finds a record for administration: 403 before looking when the actor is not able, 404 when there is none."""

    def find(actor: Actor, given: Mapping[str, Any]) -> Any:
        if not actor.may(ability):
            raise NotAble
        found = model.objects.select_for_update().filter(pk=whole_number(given.get(field))).first()
        if found is None:
            raise NotVisible
        return found

    return find


def administrators_besides(account: int) -> int:
    """How many other open accounts hold a valid post of administrator today (exact count)."""
    today = clock.today()
    held = Post.objects.filter(role=ADMINISTRATOR, valid_from__lte=today, account__is_active=True).exclude(account_id=account)
    return held.filter(Q(valid_to=None) | Q(valid_to__gt=today)).values("account_id").distinct().count()


def refuse_losing_the_last_administrator(account: int) -> None:
    """Conflict when the account administers and nobody else does."""
    today = clock.today()
    holds = Post.objects.filter(account_id=account, role=ADMINISTRATOR, valid_from__lte=today).filter(Q(valid_to=None) | Q(valid_to__gt=today))
    if holds.exists() and not administrators_besides(account):
        raise Conflict(LAST_ADMINISTRATOR, LAST_REMEDY, code="last_administrator")


def _refuse_closed(account: Account) -> None:
    if not account.is_active:
        raise Conflict(CLOSED, CLOSED_REMEDY, code="account_closed")


def _save(account: Account, *fields: str) -> None:
    account.version += 1
    account.save(update_fields=[*fields, "version"])


@action(
    "account.add", words("新建账号", "Add an account"), ability="account.add", subject="account", sight="this_record", opens=of_city,
    fields=(Field("username", words("用户名", "User name"), required=True, limit=60), NAME,
            Field("language", words("界面语言", "Language"), "choice", choices=LANGUAGES)),
)
def add_account(call: Call) -> Done:
    """A new account with a one-time password, shown in this answer only; the owner sets an own one at the first sign-in."""
    username = call.given["username"]
    if not USERNAME.match(username):
        raise Invalid({"username": BAD_USERNAME})
    if Account.objects.filter(username=username).exists():
        raise Invalid({"username": TAKEN.format(name=username)})
    password = passwords.one_time_password()
    made = Account.objects.create(
        username=username, name=call.given["name"], password=passwords.hashed(password), must_change=True,
        language=call.given["language"] or "", created_at=call.recorded_at)
    return Done(settings.CITY_AREA, made.pk, {"account": made.pk, "username": username, "version": 1}, once={"password": password}, is_new=True)


@action(
    "account.change", words("修改账号", "Change an account"), ability="account.change", subject="account", sight="this_record", opens=of_city,
    finds=finder("account.change", Account, "account"),
    fields=(ACCOUNT, VERSION, NAME, Field("language", words("界面语言", "Language"), "choice", choices=LANGUAGES)),
)
def change_account(call: Call) -> Done:
    """Another name or language; the user name stays, since the journal knows it."""
    account: Account = call.record
    _refuse_closed(account)
    account.name, account.language = call.given["name"], call.given["language"] or ""
    _save(account, "name", "language")
    return Done(settings.CITY_AREA, account.pk, {"account": account.pk, "version": account.version})


@action(
    "account.close", words("注销账号", "Close an account"), ability="account.close", subject="account", sight="this_record", opens=of_city,
    finds=finder("account.close", Account, "account"),
    fields=(ACCOUNT, Field("reason", words("原因", "Reason"), required=True)),
)
def close_account(call: Call) -> Done:
    """The account signs in no more: its posts end today, its sessions and tokens at once. The row stays for the journal."""
    account: Account = call.record
    _refuse_closed(account)
    if account.pk == call.actor.account:
        raise NotAble(NOT_YOURSELF, NOT_YOURSELF_REMEDY, "not_yourself")
    refuse_losing_the_last_administrator(account.pk)
    account.is_active = False
    _save(account, "is_active")
    today = clock.today()
    open_posts = Post.objects.filter(account=account).filter(Q(valid_to=None) | Q(valid_to__gt=today))
    ended = open_posts.update(valid_to=today)
    Token.objects.filter(post__account=account, revoked_at=None).update(revoked_at=call.recorded_at)
    Session.objects.filter(account=account).delete()
    return Done(settings.CITY_AREA, account.pk, {"account": account.pk, "version": account.version, "posts_ended": ended})


@action(
    "account.reset_password", words("重置密码", "Reset a password"), ability="account.reset_password", subject="account", sight="this_record",
    opens=of_city, finds=finder("account.reset_password", Account, "account"), fields=(ACCOUNT,),
)
def reset_password(call: Call) -> Done:
    """A one-time password, shown in this answer only; sessions of the account end and a lock is lifted."""
    account: Account = call.record
    _refuse_closed(account)
    password = passwords.one_time_password()
    account.password, account.must_change, account.failures, account.locked_until = passwords.hashed(password), True, 0, None
    _save(account, "password", "must_change", "failures", "locked_until")
    Session.objects.filter(account=account).delete()
    return Done(settings.CITY_AREA, account.pk, {"account": account.pk, "username": account.username}, once={"password": password})


def _own(actor: Actor, given: Mapping[str, Any]) -> Account:
    found = Account.objects.select_for_update().filter(pk=actor.account or 0, is_active=True).first()
    if found is None:
        raise NotVisible
    return found


@action(
    "account.change_password", words("修改自己的密码", "Change one's own password"), ability="account.change_password", subject="account",
    sight="this_record", opens=of_city, finds=_own,
    fields=(Field("old", words("原密码", "Present password"), "secret", required=True),
            Field("new", words("新密码", "New password"), "secret", required=True)),
)
def change_password(call: Call) -> Done:
    """An own password; every session of the account ends, so that a stolen one ends with them."""
    account: Account = call.record
    if not passwords.is_right(call.given["old"], account.password):
        raise Invalid({"old": WRONG_OLD})
    if call.given["old"] == call.given["new"]:
        raise Invalid({"new": SAME})
    if weak := passwords.weakness(call.given["new"], account.username, account.name):
        raise Invalid({"new": weak})
    account.password, account.must_change = passwords.hashed(call.given["new"]), False
    _save(account, "password", "must_change")
    Session.objects.filter(account=account).delete()
    return Done(settings.CITY_AREA, account.pk, {"account": account.pk})
