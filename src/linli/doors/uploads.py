# SPDX-License-Identifier: MulanPSL-2.0
"""Files that come with a form: checked and kept one by one, so that a fault elsewhere does not lose them."""

from collections.abc import Callable, Mapping
from functools import wraps
from typing import Any

from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import MemoryFileUploadHandler
from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt, csrf_protect

from linli.core import actions
from linli.core.faults import Fault, Invalid
from linli.core.fields import Field, Received
from linli.core.words import Words, words
from linli.doors import limits
from linli.doors.requests import actor_of
from linli.ui.forms import NEW_FILES

TOO_MANY = words("一次最多 {limit} 个文件，多出的没有收下。请减少后再提交。", "At most {limit} files at a time; the others were not taken. Send fewer.")
TOO_BIG = words("“{name}”超过 {limit} MB，没有收下。请换一张小一些的照片。", "“{name}” is larger than {limit} MB and was not taken. Choose a smaller photo.")
NO_PLACE = words("请先选择社区，再重新选择照片。", "Choose the community first, then choose the photos again.")
MEGABYTE = 1024 * 1024
HELD_BYTES = 260 * MEGABYTE
"""The largest body that is held in memory (our choice: a district's residents as one file); only for views of people who are signed in."""


class Refused(Exception):
    """A file was not taken; carries everything typed, with the files that were."""

    def __init__(self, values: dict[str, object], fault: Fault) -> None:
        super().__init__(fault.code)
        self.values = values
        self.fault = fault


def keep_files(request: HttpRequest, field: Field, values: Mapping[str, object], *, place: tuple[int, int] | None, prefix: str = "") -> dict[str, object]:
    """The values with the numbers of newly kept files added to the field. Raises Refused with a sentence for a file that cannot be taken."""
    files = request.FILES.getlist(prefix + field.name + NEW_FILES)
    before = values.get(field.name)
    kept = list(before) if isinstance(before, list) else []
    actor = actor_of(request)
    trouble = _too_many(len(kept) + len(files)) if files else None
    where = (actor.lo, actor.hi) if actor.is_signed_in and place is None else place
    if files and where is None:
        trouble = NO_PLACE
    if trouble is None and where is not None:
        for file in files:
            try:
                kept.append(str(_keep(request, file, where)))
            except Invalid as fault:
                trouble = next(iter(fault.fields.values()), fault.message)
            except Fault as fault:
                raise Refused(dict(values) | {field.name: kept}, fault) from fault
    kept_values = dict(values) | {field.name: kept}
    if trouble is not None:
        raise Refused(kept_values, Invalid({field.name: trouble}))
    return kept_values


def _too_many(count: int) -> Words | None:
    return TOO_MANY.format(limit=settings.EVIDENCE_MAX_FILES) if count > settings.EVIDENCE_MAX_FILES else None


def received(request: HttpRequest, field: Field, prefix: str = "") -> object:
    """What came in for a field that is a file itself: the file, its text for a text file, None when nothing was chosen."""
    file = request.FILES.get(prefix + field.name)
    if file is None:
        return None
    content = file.read()
    return content.decode("utf-8-sig", "replace") if field.kind == "file_text" else Received((file.name or "")[:200], content)


def _keep(request: HttpRequest, file: "UploadedFile[bytes]", where: tuple[int, int]) -> int:
    actor = actor_of(request)
    if not actor.is_signed_in:
        limits.count_upload(request)
    name = (file.name or "")[:200]
    if (file.size or 0) > settings.EVIDENCE_MAX_BYTES:
        raise Invalid({"file": TOO_BIG.format(name=name[:60], limit=settings.EVIDENCE_MAX_BYTES // MEGABYTE)})
    given = {"area": where[0], "file": Received(name, file.read())}
    return int(actions.run("evidence.add", actor, given, device=request.device)["id"])  # type: ignore[attr-defined]


class _Held(MemoryFileUploadHandler):
    """Keeps a file in memory whatever its size: what holds personal data is not laid down on the disk on its way."""

    def handle_raw_input(self, input_data: Any, META: Any,  # noqa: N803  Django calls it so
                         content_length: int, boundary: str, encoding: str | None = None) -> None:
        """Refuse what is larger than the limit before it is read."""
        self.activated = True
        if content_length > HELD_BYTES:
            raise RequestDataTooBig


def held_in_memory(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """The view with uploads that are never written to the disk, up to HELD_BYTES; its forms are checked against forgery as everywhere."""
    protected = csrf_protect(view)

    @csrf_exempt
    @wraps(view)
    def held(request: HttpRequest, *args: Any, **named: Any) -> HttpResponse:
        request.upload_handlers = [_Held(request)]
        return protected(request, *args, **named)

    return held
