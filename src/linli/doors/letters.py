# SPDX-License-Identifier: MulanPSL-2.0
"""Letters at the doors: how their way is shown to people, and where a provider reports what arrived."""

import hmac
import json
from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from linli.core.actions import run
from linli.core.faults import Invalid, NotVisible
from linli.core.letters import STATES
from linli.core.models import Letter
from linli.core.providers import at_path, matches
from linli.core.system_actors import system_actor
from linli.core.wordings import CHANNELS, occasion_named
from linli.core.words import Words, words

TONES = {"waiting": "calm", "sent": "calm", "delivered": "good", "failed": "warn", "given_up": "bad"}
MOST = 200
"""Reports in one call (our choice)."""
TO_FILE = words("（试用：写入文件）", " (trial: written to a file)")
ERASED = words("地址已删除", "address erased")


def letter_rows(letters: Sequence[Letter]) -> list[dict[str, Any]]:
    """Letters as people see them: occasion, channel, masked address, how far each got."""
    return [_row(one) for one in letters]


def _row(one: Letter) -> dict[str, Any]:
    occasion = occasion_named(one.occasion)
    state: Words = STATES[one.state] + TO_FILE if one.provider == "file" and one.state == "sent" else STATES[one.state]
    return {
        "title": occasion.words if occasion else words(one.occasion, one.occasion), "channel": CHANNELS[one.channel], "masked": one.masked or ERASED,
        "state": state, "tone": TONES[one.state], "at": one.delivered_at or one.sent_at or one.written_at, "parts": one.parts, "wording": one.wording,
        "tries": one.tries, "next_at": one.next_at if one.state == "failed" else None, "trouble": one.trouble, "pk": one.pk,
        "may_resend": one.state == "given_up" and one.sealed is not None}


@csrf_exempt
@require_POST
def delivery(request: HttpRequest) -> HttpResponse:
    """What a gateway reports of messages: JSON (one report or a list) or a form. 404 without the right key: the door is not there.

    The key stands in the header `Authorization: Bearer …` or `X-Linli-Key`. Unknown numbers are passed over.
    """
    key = settings.LETTER_SECRETS.get("report_key", "")
    given = request.headers.get("Authorization", "").removeprefix("Bearer ") or request.headers.get("X-Linli-Key", "")
    if not key or not hmac.compare_digest(given.encode(), key.encode()):
        raise NotVisible
    noted = sum(_note(one) for one in _reports(request)[:MOST])
    return JsonResponse({"noted": noted})


def _reports(request: HttpRequest) -> list[Any]:
    if request.content_type != "application/json":
        return [request.POST.dict()]
    try:
        found = json.loads(request.body)
    except ValueError:
        return []
    return found if isinstance(found, list) else [found]


def _note(report: Any) -> bool:
    """Note one report; False when it names no letter of ours."""
    number = at_path(report, settings.SMS_REPORT_ID)
    if not isinstance(number, str | int) or not str(number):
        return False
    try:
        run("letter.note_delivery", system_actor("letters"), {"letter": str(number), "is_delivered": matches(report, settings.SMS_REPORT_DELIVERED)})
    except (NotVisible, Invalid):
        return False
    return True
