# SPDX-License-Identifier: MulanPSL-2.0
"""The cookies of the faces: names, and one way to set them with the right flags."""

from django.conf import settings
from django.http import HttpResponse

SESSION = "linli_session"
LANGUAGE = "linli_language"
THEME = "linli_theme"
TYPE = "linli_type"
SAID = "linli_said"
YEAR = 365 * 24 * 3_600


def put(response: HttpResponse, name: str, value: str, seconds: int | None) -> None:
    """Set a cookie that no script can read and no other site can send; `seconds` None keeps it until the browser closes."""
    response.set_cookie(name, value, max_age=seconds, httponly=True, samesite="Lax", secure=settings.SESSION_SECURE)


def drop(response: HttpResponse, name: str) -> None:
    """Take a cookie back."""
    response.delete_cookie(name, samesite="Lax")
