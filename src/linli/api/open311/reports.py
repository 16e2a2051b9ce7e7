# SPDX-License-Identifier: MulanPSL-2.0
"""Service requests as the public may know them: lists, single ones, and the number behind a token."""

from collections.abc import Sequence
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.http import urlencode

from linli.api.open311.answers import Refusal, answer, spoken
from linli.api.open311.askings import (
    MOST_ROWS,
    count_read,
    given,
    list_of,
    openness_of,
    page_of,
    require_ours,
    span_of,
    w3c,
    wants_more,
)
from linli.api.open311.offers import UNKNOWN_SERVICE, promise_of
from linli.core.sight import looking, of_place
from linli.core.words import Words, words
from linli.elements import directories, places
from linli.elements.places import KnownPlace
from linli.matters import categories, numbers, published
from linli.matters.inbox import phase_words
from linli.matters.kinds import kind_of
from linli.matters.models import Matter, PublicWords
from linli.matters.published import Wanted

UNKNOWN_REQUEST = words("没有找到 service_request_id“{number}”。", "The service_request_id “{number}” was not found.")
UNKNOWN_TOKEN = words("没有找到 token“{token}”。", "The token “{token}” was not found.")
BAD_BEFORE = words("before 要写一个已公开的 service_request_id。", "before must be a service_request_id that can be found.")
MERGED = words("已并入 {number}", "Merged into {number}")
PAUSED = words("（暂停计时）", " (the clock is paused)")
BETWEEN = words("：", ": ")


def _city() -> KnownPlace:
    return places.city()


@spoken("GET")
def one_request(request: HttpRequest, fmt: str, number: str, **_more: Any) -> HttpResponse:
    """GET service request: a list with one element. Refusal 404 for an unknown, a sensitive and a secret one alike."""
    require_ours(request.GET)
    count_read(request)
    rows = _named(request, (number,))
    if not rows:
        raise Refusal(404, UNKNOWN_REQUEST.format(number=number[:40]))
    return answer(fmt, "service_requests", rows)


@spoken("GET")
def token(request: HttpRequest, fmt: str, token: str) -> HttpResponse:
    """GET service_request_id from a token: since every report is numbered at once, its number is its own token."""
    require_ours(request.GET)
    count_read(request)
    city = _city()
    with looking(of_place(city.lo, city.hi), read_only=True):
        found = published.public_matters(city.lo, city.hi).filter(id=numbers.matter_of(token) or 0).exists()
    if not found:
        raise Refusal(404, UNKNOWN_TOKEN.format(token=token[:40]))
    return answer(fmt, "service_requests", [{"service_request_id": numbers.number_of(numbers.matter_of(token) or 0), "token": token}])


def _named(request: HttpRequest, wanted: Sequence[str]) -> list[dict[str, Any]]:
    city, (since, until) = _city(), span_of({})
    with looking(of_place(city.lo, city.hi), read_only=True):
        found = published.wanted(city.lo, city.hi, Wanted(since, until, numbers=tuple(wanted)), limit=MOST_ROWS)
        return _rows(request, found)


def listed(request: HttpRequest, fmt: str) -> HttpResponse:
    """GET service requests: newest first; a list of numbers overrides everything else."""
    require_ours(request.GET)
    count_read(request)
    if wanted := list_of(request.GET, "service_request_id"):
        return answer(fmt, "service_requests", _named(request, wanted))
    page, codes = page_of(request.GET), list_of(request.GET, "service_code")
    if strange := [UNKNOWN_SERVICE.format(code=one[:80]) for one in codes if not published.with_code(one)]:
        raise Refusal(404, *strange)
    since, until = span_of(request.GET)
    city = _city()
    with looking(of_place(city.lo, city.hi), read_only=True, in_order=not codes):
        asked = Wanted(since, until, codes, openness_of(request.GET), before=_before(request, city))
        found = published.wanted(city.lo, city.hi, asked, first=page.first, limit=page.size + 1)
        rows = _rows(request, found[:page.size])
    response = answer(fmt, "service_requests", rows)
    if len(found) > page.size:
        response.headers["Link"] = f'<{_next(request, numbers.number_of(found[page.size - 1].pk))}>; rel="next"'
    return response


def _before(request: HttpRequest, city: KnownPlace) -> Any:
    """The place in the list after which the page begins; None for the beginning."""
    text = given(request.GET, "before")
    if not text:
        return None
    number = numbers.matter_of(text) or 0
    at = published.public_matters(city.lo, city.hi).filter(id=number).values_list("reported_at", flat=True).first()
    if at is None:
        raise Refusal(400, BAD_BEFORE)
    return at, number


def _next(request: HttpRequest, last: str) -> str:
    kept = [(name, str(value)) for name, value in request.GET.items() if name not in ("page", "before", "api_key")]
    return f"{request.build_absolute_uri(request.path)}?{urlencode([*kept, ('before', last)])}"


def _rows(request: HttpRequest, found: Sequence[Matter]) -> list[dict[str, Any]]:
    """The rows of a list; four questions to the database at most, however many there are."""
    if not found:
        return []
    city, ids = _city(), [one.pk for one in found]
    reviewed = published.words_for(ids)
    units = directories.unit_names(one.unit for one in found)
    known = published.known_among(city.lo, city.hi, {one.merged_into for one in found if one.merged_into})
    reasons = published.refusals([one.pk for one in found if one.phase == "refused"])
    is_more = wants_more(request.GET)
    return [_row(request, one, reviewed.get(one.pk), units.get(one.unit or 0, ""), known, reasons.get(one.pk, ""), is_more) for one in found]


def _row(request: HttpRequest, one: Matter, reviewed: PublicWords | None, unit: str, known: dict[int, Matter], reason: str, is_more: bool) -> dict[str, Any]:
    lead = known.get(one.merged_into or 0)
    moved = getattr(one, "moved_at", None) or one.reported_at
    goes_on = lead or one
    ended = max((each.closed_at for each in (one, goes_on) if each.closed_at), default=moved)
    photo = reviewed.photos[0] if reviewed and reviewed.photos else None
    row: dict[str, Any] = {
        "service_request_id": numbers.number_of(one.pk), "status": "open" if goes_on.is_open else "closed", "status_notes": _notes(one, lead, reason),
        "service_name": str(categories.words_of(one.category)), "service_code": published.code_of(one.category),
        "description": reviewed.text if reviewed else None, "agency_responsible": unit or None, "service_notice": promise_of(kind_of(one.kind)) or None,
        "requested_datetime": w3c(one.reported_at), "updated_datetime": w3c(moved if one.is_open else ended),
        "expected_datetime": w3c(goes_on.close_due_at), "address": (reviewed.address if reviewed else "") or address_of(one.area), "address_id": str(one.area),
        "zipcode": None, "lat": one.lat_e6 / 1_000_000 if one.lat_e6 is not None else None, "long": one.lon_e6 / 1_000_000 if one.lon_e6 is not None else None,
        "media_url": request.build_absolute_uri(reverse("open311:photo", args=[numbers.number_of(one.pk), photo])) if photo else None,
    }
    if is_more:
        target = numbers.number_of(lead.pk) if lead else None
        row["extended_attributes"] = {"phase": one.phase, "merged_into": target, "source": one.source, "rating": one.rating, "round": one.round}
    return row


def _notes(one: Matter, lead: Matter | None, reason: str) -> str:
    """The step in words, with what there is to say of it."""
    said: Words = phase_words(one)
    if lead is not None:
        said = MERGED.format(number=numbers.number_of(lead.pk)) + BETWEEN + phase_words(lead)
    if one.is_open and one.is_paused:
        said = said + PAUSED
    typed = next((known for known in kind_of(one.kind).reasons("matter.refuse") if known.code == reason), None)
    return str(said + BETWEEN + typed.words + typed.remedy if typed else said)


def address_of(area: int) -> str:
    """The community and what lies above it, from the most specific to the most general; nothing that a resident wrote."""
    return " ".join(place.name for place in reversed(places.path_of(area)) if place.level != "grid")
