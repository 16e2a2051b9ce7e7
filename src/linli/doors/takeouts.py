# SPDX-License-Identifier: MulanPSL-2.0
"""The file of an export on its way out: to the account that asked for it, in parts if the line breaks off."""

import re
from typing import Any

from django.http import FileResponse, HttpRequest, HttpResponse
from django.utils.http import content_disposition_header

from linli.core.faults import NotVisible
from linli.core.models import Export
from linli.core.sight import Actor, looking, of_post
from linli.doors.exports import listing_of, path_of
from linli.doors.guards import able
from linli.doors.requests import actor_of

MEDIA = {"csv": "application/zip", "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"}
RANGE = re.compile(r"bytes=(\d{1,15})-")


@able("export.make")
def takeout(request: HttpRequest, number: int) -> HttpResponse:
    """The file. NotVisible for anybody but the account that asked, and when it is gone."""
    return file_of(request, actor_of(request), number)


def file_of(request: HttpRequest, actor: Actor, number: int) -> HttpResponse:
    """The file of an export of this account. NotVisible when it is not his, not done or gone."""
    with looking(of_post(actor), read_only=True):
        found = Export.objects.visible_to(actor).filter(pk=number, account=actor.account, state="done").first()
    if found is None or not path_of(found).exists():
        raise NotVisible
    return _file(request, found)


def _file(request: HttpRequest, found: Export) -> HttpResponse:
    """The whole file, or what is left of it after the byte that the browser has."""
    path = path_of(found)
    file, size, start = path.open("rb"), path.stat().st_size, RANGE.fullmatch(request.headers.get("Range", ""))
    response: Any = FileResponse(file, content_type=MEDIA[found.form])
    offset = int(start.group(1)) if start else 0
    if start and offset < size and request.headers.get("If-Range", _mark(found)) == _mark(found):
        file.seek(offset)
        response = FileResponse(file, content_type=MEDIA[found.form], status=206)
        response.headers["Content-Range"] = f"bytes {offset}-{size - 1}/{size}"
        response.headers["Content-Length"] = str(size - offset)
    response.headers["Content-Disposition"] = content_disposition_header(True, _name(found))
    response.headers["Accept-Ranges"] = "bytes"
    response.headers["ETag"] = _mark(found)
    response.headers["Cache-Control"] = "private, no-store"
    return response  # type: ignore[no-any-return]


def _mark(found: Export) -> str:
    return f'"{found.sha256}"'


def _name(found: Export) -> str:
    return f"{listing_of(found.listing).words.zh}-{found.asked_at:%Y%m%d}-{found.pk}{path_of(found).suffix}"
