# SPDX-License-Identifier: MulanPSL-2.0
"""Actions: the only way to write. Named, allowed, atomic, idempotent, journalled; the screen, the API and the phone share them."""

import hmac
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import connection

from linli.core import clock, due, journal, registry, rows
from linli.core.faults import Conflict, Fault, Invalid, NotAble
from linli.core.fields import UNKEPT, Field, clean_all
from linli.core.protection import holds_number
from linli.core.sight import Actor, Sight, looking, of_post
from linli.core.words import Words, words

SIGHTS = frozenset({"post", "this_record", "place_named_in_input", "whole_subtree"})
"""The sights an action may state (house.md part 3, Sight and fences)."""

SIGN_IN_FIRST = words("请先登录，再办理这一步。", "Please sign in first.")
SIGN_IN_REMEDY = words("在页面右上角登录；接口调用请带上有效的令牌。", "Sign in at the top of the page; machines send a valid token.")
UNKNOWN_ACTION = words("没有“{name}”这个动作。", "There is no action named “{name}”.")
UNKNOWN_REMEDY = words("请查看接口文档里的动作清单。", "See the list of actions in the API document.")
TIME_AHEAD = words("发生时间不能晚于现在。", "The time of happening cannot lie ahead of now.")
TIME_TOO_OLD = words("发生时间最多可以早 {hours} 小时。", "The time of happening may lie at most {hours} hours back.")
KEY_REUSED = words("这个请求编号已经用于另一份内容，没有重复办理。", "This request key was used for other content; nothing was done.")
KEY_REMEDY = words("请为新的内容使用新的请求编号。", "Use a new key for new content.")
KEY_TOO_LONG = words("请求编号最多 128 个字符。", "A request key has at most 128 characters.")
STALE = words("这条记录已从第 {yours} 版改到第 {current} 版，您的修改没有保存。", "This record has moved from version {yours} to {current}; your change was not saved.")
STALE_REMEDY = words("请对照最新内容后再提交；您填写的内容还在。", "Compare with the latest version and submit again; what you typed is still here.")
CLOCK_SKEW = timedelta(minutes=5)
"""A phone's clock may run ahead by so much (our choice)."""


@dataclass(frozen=True)
class Call:
    """One call of an action: who, what was given (checked), when it happened and when it is recorded.

    `vouched` holds the numbers of waiting files for which the caller showed the voucher that he got when he uploaded them.
    """

    actor: Actor
    given: Mapping[str, Any]
    occurred_at: datetime
    recorded_at: datetime
    record: Any = None
    device: bytes = b""
    vouched: frozenset[int] = frozenset()


@dataclass(frozen=True)
class Done:
    """What an action did: the subject and area of its line, the answer to the caller, further journal payload.

    `protected` is further payload of class 2 and up, sealed under the subject's key like what was given.
    `once` is added to the first answer only and kept nowhere: a new password, the secret of a token.
    """

    area: int
    subject: int
    answer: Mapping[str, Any] = field(default_factory=dict)
    payload: Mapping[str, Any] = field(default_factory=dict)
    is_new: bool = False
    kind: str = ""
    once: Mapping[str, Any] = field(default_factory=dict)
    protected: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Action:
    """The declaration of an action.

    `ability` None is open to anybody. `opens` gives the sight (default: the post's); `finds` loads the record under
    that sight or raises NotVisible. `completes` adds to the answer what is derived and never kept (a query code).
    """

    name: str
    words: Words
    ability: str | None
    subject: str
    body: Callable[[Call], Done]
    fields: tuple[Field, ...] = ()
    sight: str = "post"
    opens: Callable[[Actor, Mapping[str, Any]], Sight] | None = None
    finds: Callable[[Actor, Mapping[str, Any]], Any] | None = None
    completes: Callable[[dict[str, Any]], dict[str, Any]] | None = None
    fields_of: Callable[[Any, Mapping[str, Any]], Sequence[Field]] | None = None

    def faults(self) -> list[str]:
        """Sentences about what is wrong with the declaration; empty when nothing is."""
        found = []
        if self.sight not in SIGHTS:
            found.append(f"Action {self.name!r} states the sight {self.sight!r}. Use one of {sorted(SIGHTS)}.")
        if self.sight != "post" and self.opens is None:
            found.append(f"Action {self.name!r} states the sight {self.sight!r} but does not say how it opens. Give `opens`.")
        if self.ability is None and self.sight not in ("this_record", "place_named_in_input"):
            found.append(f"Action {self.name!r} is open to anybody but states the sight {self.sight!r}.")
        return found


def action(name: str, label: Words, *, ability: str | None, subject: str, **more: Any) -> Callable[[Callable[[Call], Done]], Action]:
    """Declare the decorated body as the action `name`."""

    def declare(body: Callable[[Call], Done]) -> Action:
        made = Action(name=name, words=label, ability=ability, subject=subject, body=body, **more)
        if found := made.faults():
            raise ValueError(" ".join(found))
        registry.add("action", name, made)
        return made

    return declare


def find_action(name: str) -> Action:
    """The declared action; Fault 404 when there is none of that name."""
    found: Action | None = registry.get("action", name)
    if found is None:
        raise Fault("unknown_action", UNKNOWN_ACTION.format(name=name[:60]), UNKNOWN_REMEDY, 404)
    return found


def run(name: str, actor: Actor, given: Mapping[str, Any], *, key: str = "", occurred_at: datetime | None = None,
        device: bytes = b"", vouched: frozenset[int] = frozenset()) -> dict[str, Any]:
    """Do the action once and answer what it answered; a repeat under the same key gets the first answer.

    Raises NotVisible 404, NotAble 403, Conflict 409, Invalid 422, or Fault 401 when nobody is signed in.
    """
    chosen = find_action(name)
    if chosen.ability is not None and actor.role == "public":
        raise Fault("sign_in", SIGN_IN_FIRST, SIGN_IN_REMEDY, 401)
    if len(key) > 128:
        raise Invalid({"idempotency_key": KEY_TOO_LONG})
    caller = f"account:{actor.account}" if actor.account else "device:" + device.hex()[:40]
    once = _Once(caller, name, kept_key(key), hmac.digest(settings.SECRET_KEY.encode(), journal.canonical(given), "sha256"))
    answer = once.first_answer()
    if answer is None:
        try:
            answer = _perform(chosen, actor, given, (occurred_at, device, vouched), once)
        except _Repeated:
            answer = once.first_answer() or {}
        except Fault:
            answer = once.first_answer()  # a repeat that ran beside its first: what refused it may be that first itself
            if answer is None:
                raise
    return chosen.completes(answer) if chosen.completes else answer


def kept_key(key: str) -> str:
    """How the key of a request stands in the table: as it came, unless a machine took somebody's number for it; then only its keyed digest."""
    return hmac.digest(settings.SECRET_KEY.encode(), key.encode(), "sha256").hex() if holds_number(key) else key


KEPT = "select given, answer from core_answer where caller = %s and action = %s and key = %s"
KEEP = """insert into core_answer (caller, action, key, given, answer, at) values (%s, %s, %s, %s, %s, %s)
on conflict (caller, action, key) do nothing"""


class _Repeated(Exception):
    """Another transaction answered the same key first."""


@dataclass(frozen=True)
class _Once:
    """The kept answer of one key; an empty key keeps nothing."""

    caller: str
    action: str
    key: str
    given: bytes

    def first_answer(self) -> dict[str, Any] | None:
        """What was answered before, None if nothing. Conflict when the key came with other content."""
        if not self.key:
            return None
        with connection.cursor() as cursor:
            cursor.execute(KEPT, (self.caller, self.action, self.key))
            found = cursor.fetchone()
        if found is None:
            return None
        if bytes(found[0]) != self.given:
            raise Conflict(KEY_REUSED, KEY_REMEDY, code="key_reused")
        return dict(json.loads(found[1]))

    def keep(self, answer: Mapping[str, Any]) -> None:
        """Keep the answer in the action's own transaction; _Repeated rolls it back when another was first."""
        if not self.key:
            return
        kept = (self.caller, self.action, self.key, self.given, json.dumps(answer, default=journal.as_text), clock.now())
        with connection.cursor() as cursor:
            cursor.execute(KEEP, kept)
            if cursor.rowcount == 0:
                raise _Repeated


def _perform(chosen: Action, actor: Actor, given: Mapping[str, Any], came: tuple[datetime | None, bytes, frozenset[int]],
             once: _Once) -> dict[str, Any]:
    occurred_at, device, vouched = came
    now = clock.now()
    if chosen.finds is None and not actor.may(chosen.ability):
        raise NotAble
    sight = chosen.opens(actor, given) if chosen.opens else of_post(actor)
    with looking(sight), rows.collecting() as batch:
        record = chosen.finds(actor, given) if chosen.finds else None
        if not actor.may(chosen.ability):
            raise NotAble
        fields = tuple(chosen.fields_of(record, given)) if chosen.fields_of else chosen.fields
        values = clean_all(fields, given)
        _refuse_stale(record, values)
        call = Call(actor, values, _bounded(occurred_at, now), now, record, device, vouched)
        done = chosen.body(call)
        line = journal.write(_entry(chosen, call, done, fields), is_new_subject=done.is_new)
        due.after(chosen.name, done.kind or chosen.subject, done, line, now)
        batch.send()
        once.keep(done.answer)
    return {**done.answer, **done.once}


def _refuse_stale(record: Any, values: Mapping[str, Any]) -> None:
    yours = values.get("version")
    if record is not None and yours is not None and yours != record.version:
        raise Conflict(STALE.format(yours=yours, current=record.version), STALE_REMEDY, code="stale")


def _bounded(stated: datetime | None, now: datetime) -> datetime:
    if stated is None:
        return now
    if stated > now + CLOCK_SKEW:
        raise Invalid({"occurred_at": TIME_AHEAD})
    if stated < now - timedelta(hours=settings.OCCURRED_BACK_HOURS):
        raise Invalid({"occurred_at": TIME_TOO_OLD.format(hours=settings.OCCURRED_BACK_HOURS)})
    return min(stated, now)


def _entry(chosen: Action, call: Call, done: Done, fields: Sequence[Field]) -> journal.Entry:
    protected_names = {one.name for one in fields if one.protection.is_encrypted}
    unkept_names = {one.name for one in fields if one.kind in UNKEPT}
    given = {name: value for name, value in call.given.items() if value is not None and name not in unkept_names}
    plain = {name: value for name, value in given.items() if name not in protected_names} | dict(done.payload)
    protected = {name: value for name, value in given.items() if name in protected_names} | dict(done.protected)
    return journal.Entry(
        action=chosen.name, area=done.area, subject_kind=done.kind or chosen.subject, subject=done.subject, actor=call.actor.account,
        role=call.actor.role, post=call.actor.post, occurred_at=call.occurred_at, recorded_at=call.recorded_at,
        plain=plain, protected=protected,
    )
