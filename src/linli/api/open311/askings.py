# SPDX-License-Identifier: MulanPSL-2.0
"""What is asked of Open311: whose jurisdiction, which moments, lists, pages, and by whose key."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from django.conf import settings
from django.http import HttpRequest

from linli.api.open311.answers import Refusal
from linli.core import clock
from linli.core.sight import Actor
from linli.core.tries import count_try
from linli.core.words import words
from linli.doors.addresses import address_digest, is_local
from linli.elements.actors import actor_of_token
from linli.elements.sessions import refuse_from_afar
from linli.matters.phases import FOR_OTHERS

LONGEST_SPAN = timedelta(days=90)
MOST_ROWS = 1_000
"""GeoReport v2, GET service requests, Response Volume."""
DEEPEST = 10_000
"""Rows that `page` reaches: each page costs what lies before it, further on `before` leads at no cost (our choice)."""
WINDOW_SECONDS = 600
MOST_READS = 1_200
"""Reads from one address in ten minutes (our choice: two a second)."""
MOMENT = re.compile(r"^(\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(?::\d{2}(?:\.\d{1,6})?)?)(Z|[ +-]\d{2}:\d{2})$")
"""The W3C profile of ISO 8601 with its offset; an unescaped plus arrives as a blank."""

UNKNOWN_JURISDICTION = words("没有找到 jurisdiction_id“{name}”，本接口是 {ours}。", "The jurisdiction_id “{name}” was not found; this is {ours}.")
NO_KEY = words("缺少 api_key。", "The api_key is missing.")
BAD_KEY = words("api_key 无效、已过期或不属于交换接口岗位。", "The api_key is unknown, expired or not that of an exchange.")
BAD_MOMENT = words("{name} 要写成带时区的 W3C 时间，例如 2026-11-01T00:00:00+08:00。", "{name} must be a W3C date and time with its offset, such as 2026-11-01T00:00:00Z.")
TOO_LONG = words("start_date 和 end_date 之间最多 90 天。", "start_date and end_date may span at most 90 days.")
TURNED = words("start_date 晚于 end_date。", "start_date lies after end_date.")
BAD_STATUS = words("status 只有 open 和 closed，没有“{name}”。", "A status is open or closed, not “{name}”.")
BAD_PAGE = words("page 从 1 起，page_size 为 1 到 1000。", "page starts at 1, page_size lies between 1 and 1000.")
TOO_DEEP = words("翻页最多到第 {most} 条；请缩短 end_date，或沿 Link 头的 next 继续。", "Pages reach {most} rows; move end_date, or follow next in the Link header.")


def given(values: Mapping[str, str], name: str) -> str:
    """A parameter; one that is empty is one that was not given."""
    return str(values.get(name, "")).strip()


def require_ours(values: Mapping[str, str]) -> None:
    """Refusal 404 for another jurisdiction than ours; ours and none are the same."""
    named = given(values, "jurisdiction_id")
    if named and named.lower() != settings.JURISDICTION.lower():
        raise Refusal(404, UNKNOWN_JURISDICTION.format(name=named[:80], ours=settings.JURISDICTION))


def count_read(request: HttpRequest) -> None:
    """Count one read of an address. TooMany when it came too often; LINLI_OPEN311_LIMIT 0 is no limit."""
    if settings.OPEN311_LIMIT:
        count_try("open311_read", address_digest(request), MOST_READS, WINDOW_SECONDS)


def holder_of_key(request: HttpRequest) -> Actor:
    """Who holds the key: the parameter api_key, the header X-Api-Key, or a bearer token. Refusal 403 without a good one; each call counts."""
    scheme, _, bearer = request.headers.get("Authorization", "").strip().partition(" ")
    keys = (request.POST.get("api_key"), request.GET.get("api_key"), request.headers.get("X-Api-Key"), bearer if scheme.lower() == "bearer" else "")
    key = next((str(one).strip() for one in keys if one and str(one).strip()), "")
    if not key:
        raise Refusal(403, NO_KEY)
    count_try("open311_try", address_digest(request), MOST_READS if settings.OPEN311_LIMIT else 0, WINDOW_SECONDS)
    found = actor_of_token(key)
    if found is None or not found.may(FOR_OTHERS):
        raise Refusal(403, BAD_KEY)
    refuse_from_afar(found.is_demonstration, is_local(request))
    count_try("open311", str(found.post).encode(), settings.OPEN311_LIMIT, WINDOW_SECONDS)
    return found


def moment_of(values: Mapping[str, str], name: str) -> datetime | None:
    """A moment; None when it was not given. Refusal 400 when it is none or names no offset."""
    text = given(values, name)
    if not text:
        return None
    found = MOMENT.match(text)
    try:
        if found:
            offset = "+00:00" if found.group(2) == "Z" else found.group(2).replace(" ", "+")
            return datetime.fromisoformat(found.group(1) + offset).astimezone(UTC)
    except (ValueError, OverflowError):
        pass
    raise Refusal(400, BAD_MOMENT.format(name=name))


def span_of(values: Mapping[str, str]) -> tuple[datetime, datetime]:
    """From when to when; the newest 90 days unless said otherwise. Refusal 400 for a longer or a turned span."""
    start, end, now = moment_of(values, "start_date"), moment_of(values, "end_date"), clock.now()
    try:
        end = end or (start + LONGEST_SPAN if start else now)
        start = start or end - LONGEST_SPAN
    except OverflowError:
        raise Refusal(400, TURNED) from None
    if start > end:
        raise Refusal(400, TURNED)
    if end - start > LONGEST_SPAN:
        raise Refusal(400, TOO_LONG)
    return start, end


def list_of(values: Mapping[str, str], name: str) -> tuple[str, ...]:
    """A comma list without its blanks and repeats; at most a thousand."""
    parts = (one.strip() for one in given(values, name).split(","))
    return tuple(dict.fromkeys(one for one in parts if one))[:MOST_ROWS]


def openness_of(values: Mapping[str, str]) -> bool | None:
    """True for open ones only, False for closed ones only, None for both. Refusal 400 for any other status."""
    asked = {one.lower() for one in list_of(values, "status")}
    if strange := asked - {"open", "closed"}:
        raise Refusal(400, BAD_STATUS.format(name=min(strange)[:40]))
    return None if len(asked) != 1 else "open" in asked


@dataclass(frozen=True)
class Page:
    """Which rows of a list."""

    first: int
    size: int


def page_of(values: Mapping[str, str]) -> Page:
    """The page asked for; the first thousand rows when none is."""
    page, size = given(values, "page") or "1", given(values, "page_size") or str(MOST_ROWS)
    if not all(one.isascii() and one.isdigit() and len(one) < 7 for one in (page, size)) or int(page) < 1 or not 1 <= int(size) <= MOST_ROWS:
        raise Refusal(400, BAD_PAGE)
    first = (int(page) - 1) * int(size)
    if first + int(size) > DEEPEST:
        raise Refusal(400, TOO_DEEP.format(most=DEEPEST))
    return Page(first, int(size))


def w3c(moment: datetime | None) -> str | None:
    """A moment on the city's clock with its offset; None stays None."""
    return clock.local(moment).isoformat(timespec="seconds") if moment else None


def wants_more(values: Mapping[str, str]) -> bool:
    """True when the extensions are asked for."""
    return given(values, "extensions").lower() == "true"
