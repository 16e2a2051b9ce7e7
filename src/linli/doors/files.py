# SPDX-License-Identifier: MulanPSL-2.0
"""Evidence files on their way out: to whoever sees their area, or to the holder of a pass that a page gave him."""

from typing import Any

from django.core import signing
from django.http import FileResponse, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.http import urlencode

from linli.core import evidence
from linli.core.faults import NotVisible
from linli.core.models import Evidence
from linli.core.sight import looking, of_post, of_record
from linli.doors.requests import actor_of

SALT = "linli.evidence"
PASS_SECONDS = 2 * 3_600
"""How long an address with a pass works (our choice: as long as a page is likely to stay open)."""

SHOWN = frozenset({"image/jpeg", "image/png", "image/webp"})
"""What a browser may show inside a page; everything else is handed over as a file."""


def address_of(one: Evidence, *, size: str = "full", with_pass: bool = False) -> str:
    """The address of a file; with a pass it opens for somebody without an account too, for two hours."""
    query = {"size": size} if size != "full" else {}
    if with_pass:
        query["pass"] = signing.dumps([one.pk, one.area], salt=SALT)
    address = reverse("doors:evidence", args=[one.pk, one.name or "file"])
    return f"{address}?{urlencode(query)}" if query else address


def photo_of(one: Evidence, *, with_pass: bool = False) -> dict[str, str]:
    """href, thumb and name as ui/parts/photos.html takes them."""
    return {"href": address_of(one, with_pass=with_pass), "thumb": address_of(one, size="thumb", with_pass=with_pass), "name": one.name}


def download(request: HttpRequest, number: int, name: str) -> HttpResponse:
    """The file itself. Raises NotVisible when it is absent, not attached to anything or outside the sight."""
    found = _passed(request, number) or _seen(request, number)
    size = "thumb" if request.GET.get("size") == "thumb" else "full"
    path = evidence.path_of(bytes(found.digest), size)
    if size == "thumb" and not path.exists():
        path = evidence.path_of(bytes(found.digest), "full")
    if not path.exists():
        raise NotVisible
    media_type = "image/jpeg" if path.suffix == ".thumb" else found.media_type
    response: Any = FileResponse(path.open("rb"), content_type=media_type, filename=found.name, as_attachment=media_type not in SHOWN)
    response.headers["Content-Security-Policy"] = "default-src 'none'; img-src 'self'; style-src 'unsafe-inline'; sandbox"
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Cache-Control"] = "private, max-age=3600"
    return response  # type: ignore[no-any-return]


def _passed(request: HttpRequest, number: int) -> Evidence | None:
    try:
        named, area = signing.loads(request.GET.get("pass", ""), salt=SALT, max_age=PASS_SECONDS)
    except signing.BadSignature:
        return None
    if named != number:
        return None
    with looking(of_record(area), read_only=True):
        found: Evidence | None = Evidence.objects.filter(pk=number).first()
    return found


def _seen(request: HttpRequest, number: int) -> Evidence:
    actor = actor_of(request)
    if not actor.is_signed_in:
        raise NotVisible
    with looking(of_post(actor), read_only=True):
        found: Evidence | None = Evidence.objects.visible_to(actor).filter(pk=number).first()
    if found is None or (found.subject is None and found.added_by != actor.account):
        raise NotVisible
    return found
