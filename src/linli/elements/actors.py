# SPDX-License-Identifier: MulanPSL-2.0
"""Who acts: the actor of a post, of a signed-in browser, of a machine's token; each found with one query."""

import hashlib
from collections.abc import Sequence
from datetime import date
from typing import Any

from django.db import connection

from linli.core import clock
from linli.core.sight import AREA_END, Actor
from linli.core.system_actors import declare_system_actor, system_actor
from linli.elements.lineages import before
from linli.elements.models import Post
from linli.elements.posts import OWN, role_named

__all__ = ["BEFORE_PASSWORD", "WITHOUT_POST", "actor_of_post", "actor_of_session", "actor_of_token", "secret_digest", "system_actor"]

WITHOUT_POST = "no_post"
"""Role of somebody signed in who has not chosen a post, or whose post has ended: may choose one and sign out."""
BEFORE_PASSWORD = "must_change_password"  # noqa: S105  a role's name
"""Role of somebody signed in by a one-time password: may only set an own one."""

COLUMNS = "a.id, a.name, a.is_demonstration, a.must_change, p.id, p.role, p.organisation_id, pl.lo, pl.hi"
CURRENT = "p.valid_from <= %s and (p.valid_to is null or p.valid_to > %s)"
BY_POST = f"""select {COLUMNS} from elements_post p join elements_account a on a.id = p.account_id
join elements_place pl on pl.id = p.place_id where {CURRENT} and p.id = %s and a.is_active"""
BY_SESSION = f"""select {COLUMNS} from elements_session s join elements_account a on a.id = s.account_id
left join elements_post p on p.id = s.post_id and p.account_id = a.id and {CURRENT}
left join elements_place pl on pl.id = p.place_id where s.digest = %s and s.expires_at > %s and a.is_active"""
BY_TOKEN = f"""select {COLUMNS} from elements_token t join elements_post p on p.id = t.post_id
join elements_account a on a.id = p.account_id join elements_place pl on pl.id = p.place_id
where {CURRENT} and t.digest = %s and t.revoked_at is null and (t.expires_at is null or t.expires_at > %s) and a.is_active"""

declare_system_actor("door", "opens and closes sessions for those who gave the right password", frozenset({
    "session.open", "session.refuse", "session.close", "session.choose_post"}))
declare_system_actor("worker", "does due work and the periodic tasks", frozenset({
    "boundary.carry_over", "foreign.take", "ground.carry", "journal.erase", "keys.change", "matter.archive", "matter.dispatch", "matter.escalate", "matter.file",
    "matter.gather", "matter.resume", "place.begin_reorganisation", "retention.let_go", "round.close_day", "track.forget", "period.finish"}), sees_all=True)


def secret_digest(secret: str) -> bytes:
    """What is kept of a session's or token's secret (SHA-256; the secret itself has 256 random bits)."""
    return hashlib.sha256(secret.encode()).digest()


def actor_of_post(post: Post | int) -> Actor | None:
    """The actor of a post; None when the post is not valid today or its account is closed."""
    today = clock.today()
    return _found(BY_POST, [today, today, post if isinstance(post, int) else post.pk])


def actor_of_session(cookie: str) -> Actor | None:
    """The actor of a signed-in browser; None when nobody is signed in by it or it has expired.

    Without a valid post the role is WITHOUT_POST, before a first own password BEFORE_PASSWORD; both see nothing.
    """
    if not cookie:
        return None
    today = clock.today()
    found = _row(BY_SESSION, [today, today, secret_digest(cookie), clock.now()])
    if found is None:
        return None
    if found[3]:
        return _limited(found, BEFORE_PASSWORD)
    return _actor(found) or _limited(found, WITHOUT_POST)


def actor_of_token(bearer: str) -> Actor | None:
    """The actor of a machine's token; None when it is unknown, expired, revoked, or its post or account has ended."""
    if not bearer:
        return None
    today: date = clock.today()
    return _found(BY_TOKEN, [today, today, secret_digest(bearer), clock.now()])


def _row(sql: str, values: Sequence[Any]) -> Sequence[Any] | None:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        found: Sequence[Any] | None = cursor.fetchone()
    return found


def _found(sql: str, values: Sequence[Any]) -> Actor | None:
    row = _row(sql, values)
    return _actor(row) if row else None


def _actor(row: Sequence[Any]) -> Actor | None:
    account, name, is_demonstration, _, post, role_name, organisation, lo, hi = row
    role = role_named(role_name) if role_name else None
    if role is None:
        return None
    if not role.has_sight:
        lo = hi = 0
    return Actor(name=name, role=role.name, abilities=role.abilities | OWN, lo=lo, hi=min(hi, AREA_END), account=account, post=post,
                 organisation=organisation, is_demonstration=is_demonstration, extra=tuple(old for old in before(lo) if not lo <= old < hi))


def _limited(row: Sequence[Any], role: str) -> Actor:
    abilities = frozenset({"account.change_password"}) if role == BEFORE_PASSWORD else OWN
    return Actor(name=row[1], role=role, abilities=abilities, lo=0, hi=0, account=row[0], is_demonstration=row[2])
