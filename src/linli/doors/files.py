# SPDX-License-Identifier: MulanPSL-2.0
"""Evidence files on their way out: to whoever sees their area, or to the holder of a pass that a page gave him."""

from collections.abc import Sequence
from typing import Any

from django.http import FileResponse, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.http import urlencode

from linli.core import evidence
from linli.core.faults import NotVisible
from linli.core.models import Evidence
from linli.core.sight import looking, of_place, of_post, of_record
from linli.doors.requests import actor_of
from linli.ui.forms import Kept

SHOWN = frozenset({"image/jpeg", "image/png", "image/webp"})
"""What a browser may show inside a page; everything else is handed over as a file."""


def address_of(one: Evidence, *, size: str = "full", with_pass: bool = False) -> str:
    """The address of a file; with a pass it opens for somebody without an account too, for two hours."""
    query = {"size": size} if size != "full" else {}
    if with_pass:
        query["pass"] = evidence.voucher_of(one.pk, one.area)
    address = reverse("doors:evidence", args=[one.pk, one.name or "file"])
    return f"{address}?{urlencode(query)}" if query else address


def photo_of(one: Evidence, *, with_pass: bool = False) -> dict[str, str]:
    """href, thumb and name as ui/parts/photos.html takes them."""
    return {"href": address_of(one, with_pass=with_pass), "thumb": address_of(one, size="thumb", with_pass=with_pass), "name": one.name}


def waiting_pictures(request: HttpRequest, new: Sequence[str], earlier: Sequence[str], place: tuple[int, int] | None) -> dict[str, Kept]:
    """The pictures of files that no record has yet, by number, for whoever uploaded them and nobody else.

    `new` came in with this very request. Of the `earlier` ones an account sees its own; the public, whom an address and a browser
    do not tell apart, gets `earlier` only where `vouched` says so. `place` is (area, end of its range) of the public's files.
    """
    actor = actor_of(request)
    wanted = [int(one) for one in (*new, *earlier) if one.isdecimal() and len(one) < 18]
    if not wanted or not (actor.is_signed_in or place):
        return {}
    mine = {"added_by": actor.account} if actor.is_signed_in else {"added_by": None, "claim": request.device}  # type: ignore[attr-defined]
    with looking(of_post(actor) if place is None or actor.is_signed_in else of_place(*place), read_only=True):
        found = list(Evidence.objects.filter(pk__in=wanted, subject=None, media_type__in=SHOWN, **mine))
    is_public = not actor.is_signed_in
    return {str(one.pk): Kept(str(one.pk), **photo_of(one, with_pass=is_public), voucher=evidence.voucher_of(one.pk, one.area) if is_public else "") for one in found}


def vouched(vouchers: Sequence[str]) -> set[str]:
    """The numbers of the files for which these vouchers were given in the last two hours; a forged or old one counts for nothing."""
    return {str(number) for number in evidence.vouched(vouchers)}


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
    named, area = evidence.held(request.GET.get("pass", "")) or (None, 0)
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
        if found is None or not evidence.may_open(actor, found):
            raise NotVisible
    return found
