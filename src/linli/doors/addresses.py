# SPDX-License-Identifier: MulanPSL-2.0
"""Where a request comes from: its network address and the digests by which guarded doors count tries."""

import hashlib
import hmac
from ipaddress import ip_address

from django.conf import settings
from django.http import HttpRequest

FORWARDED = ("HTTP_X_FORWARDED_FOR", "HTTP_FORWARDED", "HTTP_X_REAL_IP")


def address_of(request: HttpRequest) -> str:
    """The network address of the asker: behind a declared proxy the one the proxy saw, otherwise the connection's own."""
    if settings.SECURE_PROXY_SSL_HEADER and (seen := request.META.get("HTTP_X_FORWARDED_FOR", "")):
        return str(seen).rsplit(",", 1)[-1].strip()
    return str(request.META.get("REMOTE_ADDR") or "")


def is_local(request: HttpRequest) -> bool:
    """True when the asker sits at this machine. A forwarded request of an undeclared proxy never counts as local."""
    if not settings.SECURE_PROXY_SSL_HEADER and any(request.META.get(name) for name in FORWARDED):
        return False
    try:
        return ip_address(address_of(request)).is_loopback
    except ValueError:
        return False


def device_of(request: HttpRequest) -> bytes:
    """A digest of address and browser: tells devices apart without keeping either."""
    return _digest(f"{address_of(request)}\n{request.META.get('HTTP_USER_AGENT', '')[:300]}")


def address_digest(request: HttpRequest) -> bytes:
    """A digest of the address alone: what limits count that a changed browser must not escape."""
    return _digest(address_of(request))


def _digest(text: str) -> bytes:
    return hmac.new(settings.SECRET_KEY.encode(), b"linli.device\n" + text.encode("utf-8", "surrogateescape"), hashlib.sha256).digest()
