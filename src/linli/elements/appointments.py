# SPDX-License-Identifier: MulanPSL-2.0
"""Who holds which post where: giving and ending posts, and the tokens by which machines act under them."""

import secrets
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from django.conf import settings

from linli.core import clock
from linli.core.actions import Call, Done, action
from linli.core.faults import Conflict, Invalid, NotAble, NotVisible
from linli.core.fields import Field
from linli.core.sight import Actor
from linli.core.words import Words, words
from linli.elements.accounts import ADMINISTRATOR, finder, of_city, refuse_losing_the_last_administrator, whole_number
from linli.elements.actors import secret_digest
from linli.elements.models import Account, Organisation, Place, Post, Token
from linli.elements.posts import role_choices, role_named

NO_ACCOUNT = words("没有这个账号，或者它已经注销。", "There is no such account, or it is closed.")
NO_PLACE = words("没有编号为 {area} 的地方，请从名单里选。", "There is no place with the number {area}. Pick one from the list.")
ENDED_PLACE = words("“{name}”已经撤销，不能再安排岗位。", "“{name}” has been abolished; no post can be given there.")
WRONG_LEVEL = words("“{role}”不能安排在“{place}”这一级。", "“{role}” cannot be held at the level of “{place}”.")
NO_ORGANISATION = words("“{role}”要写明所在单位，核查时要看是不是同一个单位。",
                        "“{role}” needs a unit: verification asks whether two people are of the same one.")
UNKNOWN_ORGANISATION = words("没有这个单位，或者它已经撤销。", "There is no such unit, or it has been abolished.")
FAR_ORGANISATION = words("“{unit}”不在“{place}”的范围里，也不管辖它。", "“{unit}” neither lies in “{place}” nor works for it.")
BAD_DAYS = words("结束日期要晚于开始日期。", "The last day must come after the first.")
NOT_YOURSELF = words("不能给自己安排岗位。", "You cannot give yourself a post.")
NOT_YOURSELF_REMEDY = words("请另一位系统管理员安排，这样每次授权都有两个人知道。", "Ask another administrator, so that two people know of every grant.")
HOLDS = words("这个账号已经有同样的岗位，还没有结束。", "This account already holds the same post, and it has not ended.")
HOLDS_REMEDY = words("请先结束原来的岗位，或者换一个地方。", "End the present post first, or choose another place.")
POST_ENDED = words("这个岗位已经结束。", "This post has ended.")
POST_ENDED_REMEDY = words("请刷新名单，查看现在有效的岗位。", "Reload the list to see the posts that are valid now.")
SEES_PERSONAL = words("这个岗位能看到个人信息，令牌只能由本人制作。", "This post sees personal data; only its holder can make a token for it.")
SEES_PERSONAL_REMEDY = words("请本人登录后在“我的账号”里制作，或者在服务器上运行 ./linli token 用户名。",
                             "Ask the holder to make it under “My account”, or run ./linli token NAME on the server.")

POST = Field("post", words("岗位", "Post"), "integer", required=True, low=1)
LABEL = Field("label", words("用途", "Purpose"), required=True, limit=80)
DAYS = Field("days", words("有效天数（不填为一年）", "Valid for days (a year if left empty)"), "integer", low=1, high=3650)
TOKEN_DAYS = 365
"""Our choice: a forgotten token ends within a year."""


def _account(number: int) -> Account:
    found = Account.objects.filter(pk=number, is_active=True).first()
    if found is None:
        raise Invalid({"account": NO_ACCOUNT})
    return found


def _place(area: int) -> Place:
    found = Place.objects.filter(area=area).first()
    if found is None:
        raise Invalid({"area": NO_PLACE.format(area=area)})
    if found.valid_to and found.valid_to <= clock.today():
        raise Invalid({"area": ENDED_PLACE.format(name=found.name)})
    return found


def _organisation(number: int | None, place: Place, role_words: Words, *, is_needed: bool) -> Organisation | None:
    if number is None:
        if is_needed:
            raise Invalid({"organisation": NO_ORGANISATION.format(role=role_words)})
        return None
    found: Organisation | None = Organisation.objects.filter(pk=number).first()
    if found is None or (found.valid_to and found.valid_to <= clock.today()):
        raise Invalid({"organisation": UNKNOWN_ORGANISATION})
    works_for = Place.objects.filter(area=found.area).values_list("lo", "hi").first()
    is_above = works_for is not None and works_for[0] <= place.area < works_for[1]
    if not is_above and not place.lo <= found.area < place.hi:
        raise Invalid({"organisation": FAR_ORGANISATION.format(unit=found.name, place=place.name)})
    return found


@action(
    "post.give", words("安排岗位", "Give a post"), ability="post.give", subject="post", sight="this_record", opens=of_city,
    fields=(
        Field("account", words("账号", "Account"), "integer", required=True, low=1),
        Field("role", words("岗位", "Role"), "choice", required=True, choices=role_choices),
        Field("area", words("地方", "Place"), "area", required=True),
        Field("organisation", words("单位", "Unit"), "integer", low=1),
        Field("valid_from", words("从哪天起", "From"), "day"),
        Field("valid_to", words("到哪天止（当天不含）", "Until (that day not included)"), "day"),
    ),
)
def give_post(call: Call) -> Done:
    """A post for an account: a role at a place, in a unit where the role asks for one, from today unless said otherwise."""
    given = call.given
    account, place, role = _account(given["account"]), _place(given["area"]), role_named(given["role"])
    assert role is not None
    if account.pk == call.actor.account:
        raise NotAble(NOT_YOURSELF, NOT_YOURSELF_REMEDY, "not_yourself")
    if place.level not in role.level:
        raise Invalid({"area": WRONG_LEVEL.format(role=role.words, place=place.name)})
    unit = _organisation(given["organisation"], place, role.words, is_needed=role.needs_organisation)
    start = given["valid_from"] or clock.today()
    if given["valid_to"] and given["valid_to"] <= start:
        raise Invalid({"valid_to": BAD_DAYS})
    if Post.objects.filter(account=account, role=role.name, place=place, organisation=unit, valid_to=None).exists():
        raise Conflict(HOLDS, HOLDS_REMEDY, code="post_held")
    made = Post.objects.create(account=account, role=role.name, place=place, organisation=unit, valid_from=start, valid_to=given["valid_to"])
    return Done(settings.CITY_AREA, made.pk, {"post": made.pk, "account": account.pk, "role": role.name, "area": place.area}, is_new=True)


@action(
    "post.end", words("结束岗位", "End a post"), ability="post.end", subject="post", sight="this_record", opens=of_city,
    finds=finder("post.end", Post, "post"),
    fields=(POST, Field("valid_to", words("到哪天止（当天不含）", "Until (that day not included)"), "day")),
)
def end_post(call: Call) -> Done:
    """The post is valid no more from that day (today unless said otherwise); its tokens end with it."""
    post: Post = call.record
    today, last = clock.today(), call.given["valid_to"] or clock.today()
    if post.valid_to and post.valid_to <= today:
        raise Conflict(POST_ENDED, POST_ENDED_REMEDY, code="post_ended")
    if last < post.valid_from:
        raise Invalid({"valid_to": BAD_DAYS})
    if post.role == ADMINISTRATOR:
        refuse_losing_the_last_administrator(post.account_id)
    post.valid_to, post.version = last, post.version + 1
    post.save(update_fields=["valid_to", "version"])
    return Done(settings.CITY_AREA, post.pk, {"post": post.pk, "valid_to": last.isoformat()})


def _make(call: Call, post: Post) -> Done:
    today = clock.today()
    if (post.valid_to and post.valid_to <= today) or not post.account.is_active:
        raise Conflict(POST_ENDED, POST_ENDED_REMEDY, code="post_ended")
    secret = "linli_" + secrets.token_urlsafe(32)
    until = call.recorded_at + timedelta(days=call.given["days"] or TOKEN_DAYS)
    made = Token.objects.create(digest=secret_digest(secret), post=post, label=call.given["label"], made_at=call.recorded_at, expires_at=until)
    answer = {"token": made.pk, "post": post.pk, "expires_at": until.isoformat()}
    return Done(settings.CITY_AREA, made.pk, answer, once={"secret": secret}, is_new=True)


@action(
    "token.make", words("制作令牌", "Make a token"), ability="token.make", subject="token", sight="this_record", opens=of_city,
    finds=finder("token.make", Post, "post"), fields=(POST, LABEL, DAYS),
)
def make_token(call: Call) -> Done:
    """A machine's way in under a post; its secret is shown in this answer only. None for a post that sees personal data."""
    post: Post = call.record
    role = role_named(post.role)
    is_own = call.actor.account == post.account_id
    if not is_own and call.actor.is_signed_in and (role is None or role.see_personal):
        raise NotAble(SEES_PERSONAL, SEES_PERSONAL_REMEDY, "sees_personal")
    return _make(call, post)


def _own_post(actor: Actor, given: Mapping[str, Any]) -> Post:
    found = Post.objects.filter(pk=actor.post or 0, account_id=actor.account or 0).first()
    if found is None:
        raise NotVisible
    return found


@action(
    "token.make_own", words("为自己的岗位制作令牌", "Make a token for one's own post"), ability="token.make_own", subject="token",
    sight="this_record", opens=of_city, finds=_own_post, fields=(LABEL, DAYS),
)
def make_own_token(call: Call) -> Done:
    """A machine's way in under the post one is acting under; its secret is shown in this answer only."""
    return _make(call, call.record)


def _token(actor: Actor, given: Mapping[str, Any]) -> Token:
    found = Token.objects.select_for_update().filter(pk=whole_number(given.get("token"))).select_related("post").first()
    is_own = found is not None and actor.account is not None and found.post.account_id == actor.account
    if not is_own and not actor.may("token.revoke"):
        raise NotVisible
    if found is None:
        raise NotVisible
    return found


@action(
    "token.revoke", words("收回令牌", "Revoke a token"), ability="token.make_own", subject="token", sight="this_record", opens=of_city,
    finds=_token, fields=(Field("token", words("令牌", "Token"), "integer", required=True, low=1),),
)
def revoke_token(call: Call) -> Done:
    """The token opens nothing any more; revoking it twice changes nothing. One's own, or anybody's for an administrator."""
    token: Token = call.record
    if token.revoked_at is None:
        token.revoked_at = call.recorded_at
        token.save(update_fields=["revoked_at"])
    return Done(settings.CITY_AREA, token.pk, {"token": token.pk, "revoked_at": token.revoked_at.isoformat()})
