# SPDX-License-Identifier: MulanPSL-2.0
"""What was just done, carried over one redirect in a signed cookie and said once."""

from dataclasses import dataclass

from django.core import signing
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect

from linli.core.words import Words, words
from linli.doors import cookies

SALT = "linli.said"
LEVELS = ("done", "note", "wrong")
KEPT_SECONDS = 120
LONGEST = 400
"""Characters of one sentence in one language, so that the cookie stays below the 4,096 bytes of a browser."""


class SeeOther(HttpResponseRedirect):
    """303: go there with GET."""

    status_code = 303


@dataclass(frozen=True)
class Said:
    """One sentence with its level: done, note or wrong."""

    level: str
    text: Words


def redirect(request: HttpRequest, address: str, sentence: Words | None = None, level: str = "done") -> HttpResponse:
    """Send the browser to `address`, where the sentence is said once. ValueError for an unknown level."""
    if level not in LEVELS:
        raise ValueError(f"A sentence has the level {level!r}. Use one of {LEVELS}.")
    response = SeeOther(address)
    if sentence is not None:
        value = signing.dumps([level, sentence.zh[:LONGEST], sentence.en[:LONGEST]], salt=SALT, compress=True)
        cookies.put(response, cookies.SAID, value, KEPT_SECONDS)
    return response


def said(request: HttpRequest) -> list[Said]:
    """What the last redirect wanted to say; marks it as said, so that the answer takes the cookie back."""
    value = request.COOKIES.get(cookies.SAID)
    if not value:
        return []
    request.linli_has_said = True  # type: ignore[attr-defined]
    try:
        level, zh, en = signing.loads(value, salt=SALT, max_age=KEPT_SECONDS)
    except signing.BadSignature:
        return []
    return [Said(level, words(zh, en))]
