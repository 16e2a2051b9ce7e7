# SPDX-License-Identifier: MulanPSL-2.0
"""How often somebody without an account may come: counted by device and by address, the same for pages and machines."""

from django.conf import settings
from django.http import HttpRequest

from linli.core.tries import count_try
from linli.doors.addresses import address_digest

WINDOW_SECONDS = 600
SHARED = 5
"""So many devices may stand behind one address before it is refused (our choice: a household, a small office)."""
UPLOADS = 9
"""Photos a report may carry; each upload counts by itself."""

LOOKS = 600
"""Looks by query code from one address in ten minutes (our choice)."""


def count_report(request: HttpRequest) -> None:
    """Count one public report, answer or rating. TooMany 429 when the device or its address came too often; REPORT_LIMIT 0 is no limit."""
    _count(request, "report", settings.REPORT_LIMIT)


def count_upload(request: HttpRequest) -> None:
    """Count one public upload. TooMany 429 as for a report."""
    _count(request, "upload", settings.REPORT_LIMIT * UPLOADS)


def count_look(request: HttpRequest) -> None:
    """Count one look by query code. TooMany 429 above LOOKS in the window: a code has 50 random bits, so this is against load alone."""
    if settings.REPORT_LIMIT:
        count_try("follow", address_digest(request), LOOKS, WINDOW_SECONDS)


def _count(request: HttpRequest, door: str, limit: int) -> None:
    count_try(door, request.device, limit, WINDOW_SECONDS)  # type: ignore[attr-defined]
    count_try(f"{door}_address", address_digest(request), limit * SHARED, WINDOW_SECONDS)
