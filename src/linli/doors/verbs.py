# SPDX-License-Identifier: MulanPSL-2.0
"""Actions as verbs over HTTP: a JSON body, a key, a time of happening; machines and the phone's outbox share them."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest

from linli.core import actions, evidence
from linli.core.faults import Invalid
from linli.core.fields import Field, FieldFault, Received
from linli.core.sight import Actor
from linli.core.words import words
from linli.doors import bodies, limits

OCCURRED_AT = Field("occurred_at", words("发生时间", "Time of happening"), "moment", help=words(
    "事情发生的时间；不填就是现在。", "When it happened; now when left out."))
NO_FILE = words("没有收到文件。请用 multipart/form-data 上传，字段名为 file。", "No file came in. Upload it as multipart/form-data in a field named file.")
TOO_BIG = words("文件超过 {limit} MB，没有收下。", "The file is larger than {limit} MB and was not taken.")
NO_VOUCHERS = words("vouchers 应当是上传时得到的凭据的列表，最多 {limit} 个。", "vouchers must be a list of what the uploads answered, at most {limit}.")
LONGEST_VOUCHER = 300
MEBIBYTE = 1_048_576


def act(request: HttpRequest, actor: Actor, action: str) -> dict[str, Any]:
    """Do a declared action once; a repeat under the same Idempotency-Key gets the first answer."""
    chosen = actions.find_action(action)
    given = bodies.read(request)
    key = bodies.key_of(request)
    try:
        occurred_at = OCCURRED_AT.clean(given.pop("occurred_at", None))
    except FieldFault as fault:
        raise Invalid({"occurred_at": fault.sentence}) from fault
    vouched = _vouched(given.pop("vouchers", None))
    if chosen.ability is None and not actor.is_signed_in:
        (limits.count_upload if chosen.name == "evidence.add" else limits.count_report)(request)
    return actions.run(chosen.name, actor, given, key=key, occurred_at=occurred_at, device=request.device,  # type: ignore[attr-defined]
                       vouched=vouched)


def _vouched(given: Any) -> frozenset[int]:
    """The files that the vouchers in a body stand for. Invalid when it is no list of texts."""
    if given is None:
        return frozenset()
    most = settings.EVIDENCE_MAX_FILES
    if not isinstance(given, list) or len(given) > most or not all(isinstance(one, str) and len(one) < LONGEST_VOUCHER for one in given):
        raise Invalid({"vouchers": NO_VOUCHERS.format(limit=most)})
    return evidence.vouched(given)


def upload(request: HttpRequest, actor: Actor) -> dict[str, Any]:
    """Keep a photo or a PDF; its number goes into the `evidence` of a report, a handling or a reply."""
    key = bodies.key_of(request)
    file = request.FILES.get("file")
    if file is None:
        raise Invalid({"file": NO_FILE})
    if (file.size or 0) > settings.EVIDENCE_MAX_BYTES:
        raise Invalid({"file": TOO_BIG.format(limit=settings.EVIDENCE_MAX_BYTES // MEBIBYTE)})
    if not actor.is_signed_in:
        limits.count_upload(request)
    given = {"area": request.POST.get("area", ""), "file": Received((file.name or "file")[:200], file.read())}
    return actions.run("evidence.add", actor, given, key=key, device=request.device)  # type: ignore[attr-defined]
