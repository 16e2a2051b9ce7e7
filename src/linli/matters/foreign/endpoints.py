# SPDX-License-Identifier: MulanPSL-2.0
"""Asking another system's GeoReport endpoint: spans of time by start_date and end_date, halved where an answer is full; off unless configured."""

import json
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from django.conf import settings

from linli.core import alarms, clock, outgoing
from linli.core.actions import run
from linli.core.fields import Received
from linli.core.sight import looking, of_all
from linli.core.system_actors import system_actor
from linli.core.words import words
from linli.matters.alarms import NO_FETCH
from linli.matters.foreign import reading
from linli.matters.foreign.judging import clean
from linli.matters.models import ForeignImport

SPAN = timedelta(days=7)
SHORTEST = timedelta(minutes=1)
FULL = 1_000
"""GeoReport v2: an answer holds at most 1,000 requests; a full one may hide more."""
MOST_CALLS = 400
MOST_ANSWER = 20_000_000
SECONDS = 30
TYPES = ("application/json", "text/json", "text/javascript", "application/xml", "text/xml")
FAILED = words("从外系统“{system}”取数据失败（{trouble}）。请核对 LINLI_FOREIGN_URL 和对方的接口。",
               "Data of “{system}” could not be fetched ({trouble}). Check LINLI_FOREIGN_URL and the endpoint there.")


def is_configured() -> bool:
    """True when an endpoint is named; without one nothing outside is ever asked."""
    return bool(settings.FOREIGN_URL)


def fetch_new() -> str:
    """Fetch the last days' requests and leave them as an import; one sentence on what was done. An alarm rings while it fails."""
    if not is_configured():
        return "No endpoint is configured."
    now = clock.now()
    try:
        found = list(requests_between(now - timedelta(days=settings.FOREIGN_DAYS), now))
    except (outgoing.Unreachable, reading.Unreadable) as fault:
        _ring(str(fault))
        return f"Failed: {fault}"
    with looking(of_all()):
        alarms.still(NO_FETCH, subject_kind="endpoint", subject=0)
    if not found:
        return "Nothing there."
    name = f"{now - timedelta(days=settings.FOREIGN_DAYS):%Y-%m-%d} – {now:%Y-%m-%d %H:%M}"
    content = json.dumps(found, ensure_ascii=False, default=str).encode()
    if _is_known(content):
        return "Nothing new."
    run("foreign.fetched", system_actor("worker"), {"system": settings.FOREIGN_SYSTEM, "file": Received(name, content), "zone": settings.FOREIGN_ZONE})
    return f"{len(found)} requests."


def _is_known(content: bytes) -> bool:
    """The same answer as the last time brings nothing new."""
    import_ = ForeignImport.objects.filter(system=settings.FOREIGN_SYSTEM, is_fetched=True).order_by("-pk").values_list("digest", flat=True).first()
    return import_ is not None and bytes(import_) == bytes.fromhex(str(Received("", content)).removeprefix("sha256:"))


def _ring(trouble: str) -> None:
    with looking(of_all()):
        sentence = FAILED.format(system=settings.FOREIGN_SYSTEM, trouble=trouble[:80])
        alarms.ring(NO_FETCH, area=settings.CITY_AREA, subject_kind="endpoint", subject=0, sentence=sentence)


def requests_between(since: datetime, until: datetime) -> Iterator[Mapping[str, Any]]:
    """Every request of a time, each number once. Unreachable or Unreadable when a call fails: then nothing of it is used."""
    seen: set[str] = set()
    spans, calls = [(since, until)], 0
    while spans:
        start, end = spans.pop()
        if end - start > SPAN:
            spans += [(start + SPAN, end), (start, start + SPAN)]
            continue
        calls += 1
        if calls > MOST_CALLS:
            raise outgoing.Unreachable(f"more than {MOST_CALLS} calls")
        found = _ask(start, end)
        if len(found) >= FULL and end - start > SHORTEST:
            middle = start + (end - start) / 2
            spans += [(middle, end), (start, middle)]
            continue
        for one in found:
            number = clean(one.get("service_request_id"))
            if number not in seen:
                seen.add(number)
                yield one


def _ask(start: datetime, end: datetime) -> list[Mapping[str, Any]]:
    params = {"start_date": _w3c(start), "end_date": _w3c(end), "page_size": str(FULL), "extensions": "true"}
    if settings.FOREIGN_JURISDICTION:
        params["jurisdiction_id"] = settings.FOREIGN_JURISDICTION
    url = f"{settings.FOREIGN_URL.rstrip('/')}/requests.json?{urlencode(params)}"
    found = outgoing.fetch(url, hosts={outgoing.host_of(settings.FOREIGN_URL)} - {""}, most=MOST_ANSWER, seconds=SECONDS, types=TYPES)
    return reading.requests_in(found.content)


def _w3c(at: datetime) -> str:
    return at.strftime("%Y-%m-%dT%H:%M:%SZ")
