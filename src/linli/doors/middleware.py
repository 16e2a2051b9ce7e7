# SPDX-License-Identifier: MulanPSL-2.0
"""What every request passes: security headers, the reader's language, faults as pages, and who acts."""

from collections.abc import Callable
from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import translation
from django.utils.cache import patch_vary_headers
from django.utils.functional import SimpleLazyObject
from django.utils.translation import get_language_from_request

from linli.core.sight import PUBLIC, Actor
from linli.core.words import CHINESE, ENGLISH
from linli.doors import cookies, faults
from linli.doors.addresses import device_of
from linli.elements.actors import actor_of_session

Answer = Callable[[HttpRequest], HttpResponse]

PERMISSIONS = "camera=(self), geolocation=(self), microphone=(), payment=(), usb=(), browsing-topics=()"


def content_policy(map_style: str) -> str:
    """The content security policy: everything from ourselves; pictures also from the city's own map when it has one."""
    parts = urlsplit(map_style)
    tiles = f" {parts.scheme}://{parts.netloc}" if parts.scheme in ("http", "https") else ""
    return (
        f"default-src 'self'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:{tiles}; connect-src 'self'{tiles}; "
        "worker-src 'self' blob:; object-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'self'"
    )


class Headers:
    """Adds the headers that bind the browser, and takes back the cookie of a sentence that was said."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response
        self.policy = content_policy(settings.MAP_STYLE)

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """The answer with its headers; pages of signed-in people are kept by no cache."""
        response = self.get_response(request)
        response.headers.setdefault("Content-Security-Policy", self.policy)
        response.headers.setdefault("Permissions-Policy", PERMISSIONS)
        response.headers.setdefault("X-Frame-Options", "DENY")
        is_signed_in = cookies.SESSION in request.COOKIES
        response.headers.setdefault("Cache-Control", "no-store" if is_signed_in else "private, no-cache")
        if getattr(request, "linli_has_said", False):
            cookies.drop(response, cookies.SAID)
        return response


class Language:
    """Activates the reader's language: ?lang=, then the cookie, then what the browser prefers, then Chinese."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """The answer in that language; ?lang= is remembered."""
        asked = known(request.GET.get("lang", ""))
        language = asked or known(request.COOKIES.get(cookies.LANGUAGE, "")) or preferred(request)
        request.LANGUAGE_CODE = language
        with translation.override(language):
            response = self.get_response(request)
        response.headers.setdefault("Content-Language", "en" if language == ENGLISH else "zh-Hans")
        patch_vary_headers(response, ("Accept-Language", "Cookie"))
        if asked:
            cookies.put(response, cookies.LANGUAGE, asked, cookies.YEAR)
        return response


def known(language: str) -> str:
    """Our name of a language; empty when we do not speak it."""
    lowered = language.lower()
    if lowered.startswith("zh"):
        return CHINESE
    return ENGLISH if lowered == ENGLISH or lowered.startswith("en-") else ""


def preferred(request: HttpRequest) -> str:
    """What the browser prefers among ours; Chinese when it says nothing of use."""
    return known(get_language_from_request(request)) or CHINESE


class Faults:
    """Answers every exception of a view with a sentence: what, why, what next."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """The answer of the view."""
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """The page or the JSON for an exception; None leaves an unexpected one to Django's own page while debugging."""
        return faults.answer(request, exception)


class Identity:
    """Says who acts (asked of the database only when somebody wants to know) and from which device."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """The answer to a request that knows its actor and device."""
        cookie = request.COOKIES.get(cookies.SESSION, "")
        request.actor = SimpleLazyObject(lambda: _who(cookie)) if cookie else PUBLIC  # type: ignore[attr-defined]
        request.device = device_of(request)  # type: ignore[attr-defined]
        return self.get_response(request)


def _who(cookie: str) -> Actor:
    return actor_of_session(cookie) or PUBLIC
