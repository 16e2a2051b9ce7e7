# SPDX-License-Identifier: MulanPSL-2.0
"""The updates feed: what became of the reports a key brought, and what the other system says of them, which moves nothing here."""

from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from linli.api.open311.answers import Refusal, answer, spoken
from linli.api.open311.askings import MOST_ROWS, given, holder_of_key, moment_of, require_ours, span_of, w3c, wants_more
from linli.api.open311.postings import BAD_ID
from linli.core.actions import run
from linli.core.sight import looking, of_place
from linli.core.words import words
from linli.elements import places
from linli.matters import numbers, origins, published
from linli.matters.actions.outside import ASKS
from linli.matters.phases import OPEN, PHASES
from linli.matters.published import Told

BOTH_DATES = words("start_date 和 end_date 要么都给，要么都不给。", "Give both start_date and end_date, or neither.")
NO_REQUEST = words("缺少 service_request_id。", "The service_request_id is missing.")
BAD_STATE = words("没有“{name}”这个 status。", "There is no status “{name}”.")
EXTENDED: Mapping[str, str] = {
    "captured": "FOR_TRIAGE", "filed": "INVESTIGATING", "dispatched": "ACTION_SCHEDULED", "handling": "IN_PROGRESS", "replied": "FIXED", "verifying": "FIXED",
    "closed": "CLOSED", "archived": "CLOSED", "refused": "NO_FURTHER_ACTION", "merged": "DUPLICATE", "self_handled": "CLOSED",
}
"""Phase to the state words of the extended mode (matters-and-measures.md 5.2)."""

GOES_ON = (*OPEN, "merged")
"""What was merged goes on in the one that it went into, whose steps follow in the feed."""


@spoken("GET", "POST")
def updates(request: HttpRequest, fmt: str, *, is_test: bool = False) -> HttpResponse:
    """Read the updates of one's own reports, or write one."""
    return _write(request, fmt, is_test=is_test) if request.method == "POST" else _read(request, fmt)


def _read(request: HttpRequest, fmt: str) -> HttpResponse:
    actor = holder_of_key(request)
    require_ours(request.GET)
    if bool(given(request.GET, "start_date")) != bool(given(request.GET, "end_date")):
        raise Refusal(400, BOTH_DATES)
    since, until = span_of(request.GET)
    city = places.city()
    with looking(of_place(city.lo, city.hi), read_only=True):
        moves = published.steps_brought_by(actor.account or 0, since, until, limit=MOST_ROWS)
    return answer(fmt, "service_requests_updates", [_update(one, is_extended=wants_more(request.GET)) for one in moves])


def _update(told: Told, *, is_extended: bool) -> dict[str, Any]:
    one, number = told.move, numbers.number_of(told.matter)
    place = f"{number}-{one.step}" if told.matter == one.matter_id else f"{number}-{numbers.number_of(one.matter_id)}-{one.step}"
    status = EXTENDED[one.to_phase] if is_extended else "OPEN" if one.to_phase in GOES_ON else "CLOSED"
    return {"update_id": place, "service_request_id": number, "status": status, "description": told.text or str(PHASES[one.to_phase]),
            "updated_datetime": w3c(one.recorded_at), "media_url": None}


def _write(request: HttpRequest, fmt: str, *, is_test: bool) -> HttpResponse:
    actor, sent = holder_of_key(request), request.POST
    require_ours(sent if given(sent, "jurisdiction_id") else request.GET)
    number, asks, update = given(sent, "service_request_id"), given(sent, "status").upper(), given(sent, "update_id")
    if not number:
        raise Refusal(400, NO_REQUEST)
    if asks and asks not in ASKS:
        raise Refusal(400, BAD_STATE.format(name=asks[:40]))
    if len(update) > 60:
        raise Refusal(400, BAD_ID)
    first, last = (given(sent, name) if given(sent, name) != "-" else "" for name in ("first_name", "last_name"))
    said = moment_of(sent, "updated_datetime")
    found: dict[str, Any] = {
        "number": number, "text": given(sent, "description"), "asks": asks, "said_at": said.isoformat() if said else "", "link": given(sent, "media_url"),
        "contact_name": f"{first} {last}".strip()[:40], "contact_phone": given(sent, "phone")[:40], "contact_email": given(sent, "email"),
    }
    key = f"{origins.system_of(settings.JURISDICTION)}:{update}" if update else ""
    if is_test:
        return answer(fmt, "service_requests_updates", [{"update_id": None}])
    made = run("matter.hear", actor, {name: value for name, value in found.items() if value}, key=key, device=request.device)  # type: ignore[attr-defined]
    return answer(fmt, "service_requests_updates", [{"update_id": f"{number}-{made['step']}"}])
