# SPDX-License-Identifier: MulanPSL-2.0
"""Who calls: a machine by its bearer token, or anybody without one. The browser's session counts for nothing here."""

from typing import Any, ClassVar

from django.http import HttpRequest
from ninja.security import HttpBearer

from linli.core.faults import Fault, NotAble
from linli.core.sight import PUBLIC, Actor
from linli.core.words import words
from linli.doors.addresses import is_local
from linli.elements.actors import actor_of_token
from linli.elements.sessions import refuse_from_afar

BAD_TOKEN = words("这个令牌无效、已过期或已收回。", "This token is unknown, expired or revoked.")
BAD_TOKEN_REMEDY = words("请重新制作令牌，并写成“Authorization: Bearer <令牌>”。", "Make a new token and send it as “Authorization: Bearer <token>”.")
NO_TOKEN = words("这个接口需要令牌。", "This address needs a token.")


class Bearer(HttpBearer):
    """The actor of the token in the Authorization header; Fault 401 for a wrong one, None without a header."""

    def __call__(self, request: HttpRequest) -> Actor | None:
        """The actor; a demonstration account's token works on the demonstration's own computer only."""
        header = request.headers.get("Authorization", "").strip()
        if not header:
            return None
        scheme, _, secret = header.partition(" ")
        return self.authenticate(request, secret.strip() if scheme.lower() == "bearer" else "")

    def authenticate(self, request: HttpRequest, token: str) -> Actor:
        """The actor of the token. Fault 401 when it opens nothing."""
        found = actor_of_token(token)
        if found is None:
            raise bad_token()
        refuse_from_afar(found.is_demonstration, is_local(request))
        return found


class Anybody:
    """The public's actor, for addresses that need no token; the document turns the name of this class into "or nothing"."""

    openapi_security_schema: ClassVar[dict[str, str]] = {}

    def __call__(self, request: HttpRequest) -> Actor:
        """The public."""
        return PUBLIC


WITH_TOKEN: tuple[Any, ...] = (Bearer(),)
OPEN: tuple[Any, ...] = (*WITH_TOKEN, Anybody())


def bad_token() -> Fault:
    """The fault for a token that opens nothing."""
    return Fault("bad_token", BAD_TOKEN, BAD_TOKEN_REMEDY, 401)


def no_token() -> Fault:
    """The fault for a call without any token where one is needed."""
    return Fault("sign_in", NO_TOKEN, BAD_TOKEN_REMEDY, 401)


def caller(request: HttpRequest) -> Actor:
    """Who calls, as the address's guard found out."""
    found: Actor = request.auth  # type: ignore[attr-defined]
    return found


def able(request: HttpRequest, ability: str) -> Actor:
    """Who calls, if the post carries the ability. NotAble otherwise."""
    found = caller(request)
    if not found.may(ability):
        raise NotAble
    return found
