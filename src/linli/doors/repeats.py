# SPDX-License-Identifier: MulanPSL-2.0
"""What was typed while the database was away: the same form once more under the same key, so that the second press is carried out once."""

from dataclasses import dataclass

from django.http import HttpRequest, UnreadablePostError
from django.http.multipartparser import MultiPartParserError

MOST_CHARACTERS = 60_000
"""A page must not grow without limit; no form of ours holds more (our choice)."""
NEVER_SHOWN = "password"
UNSPOKEN = frozenset({"csrfmiddlewaretoken", "idempotency"})
FORMS = ("application/x-www-form-urlencoded", "multipart/form-data")


@dataclass(frozen=True)
class Repeat:
    """A form to be sent again: where to, all its fields, the words among them for the eye, and whether files have to be chosen anew."""

    address: str
    fields: list[tuple[str, str]]
    words: list[str]
    had_files: bool


def of(request: HttpRequest) -> Repeat | None:
    """The repeat of a form that was sent; None for machines, for what was only read, and for forms with a password."""
    if request.method != "POST" or request.content_type not in FORMS:
        return None
    try:
        fields = [(name, value) for name, values in request.POST.lists() for value in values if isinstance(value, str)]
        had_files = bool(request.FILES)
    except (UnreadablePostError, MultiPartParserError, OSError, ValueError):
        return None
    if any(NEVER_SHOWN in name.lower() for name, _ in fields) or sum(len(name) + len(value) for name, value in fields) > MOST_CHARACTERS:
        return None
    spoken = [value for name, value in fields if name not in UNSPOKEN and any(sign.isspace() or not sign.isascii() for sign in value.strip())]
    return Repeat(request.get_full_path(), fields, spoken, had_files)
