# SPDX-License-Identifier: MulanPSL-2.0
"""Judging one foreign request: what of it can go in, or the sentence with which it is returned."""

import json
import math
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from linli.core import clock
from linli.core.keys import keyring
from linli.core.words import Words, words
from linli.elements import maps
from linli.matters.foreign.reading import notes_of

LONGEST_NUMBER, LONGEST_CODE, LONGEST_TEXT, LONGEST_ADDRESS, LONGEST_LINK, LONGEST_NAME = 60, 80, 4000, 200, 1000, 200
MOST_NOTES = 300
"""Notes of one request (our choice; the longest history in the samples has 19)."""
EARLIEST = datetime(1990, 1, 1, tzinfo=UTC)
SKEW = timedelta(minutes=10)
OPEN, CLOSED = "open", "closed"

FAULTS: dict[str, Words] = {
    "no_number": words("没有 service_request_id，或者超过 60 个字符。", "It has no service_request_id, or one of more than 60 characters."),
    "twice": words("这个编号在同一份文件里出现了两次，只导入第一件。", "This number stands twice in the file; only the first one is taken."),
    "no_code": words("没有 service_code，或者超过 80 个字符。", "It has no service_code, or one of more than 80 characters."),
    "unmapped": words("服务“{value}”还没有对应到本市的类别。", "The service “{value}” is not mapped to a category of ours yet."),
    "left_out": words("服务“{value}”已定为不导入。", "The service “{value}” was decided to be left out."),
    "old_category": words("服务“{value}”对应的类别已停用，请重新对应。", "The category of the service “{value}” is no longer in force; map it anew."),
    "status": words("状态“{value}”不认识，只认 open 和 closed。", "The status “{value}” is unknown; only open and closed are."),
    "no_place": words("没有经纬度，不知道在哪个社区。", "It has no latitude and longitude, so no community is known."),
    "bad_place": words("经纬度“{value}”不是有效的数字。", "“{value}” are no valid latitude and longitude."),
    "outside": words("位置不在本市范围内。", "The position lies outside the city."),
    "no_area": words("这个位置不在任何社区的边界里。", "The position lies within no community's boundary."),
    "no_date": words("没有上报时间（requested_datetime）。", "It has no requested_datetime."),
    "bad_date": words("时间“{value}”不是有效的日期时间。", "“{value}” is no valid date and time."),
    "no_zone": words("时间“{value}”没有时区，导入时也没有指定时区。", "The time “{value}” has no zone, and none was named for the import."),
    "ahead": words("时间“{value}”在将来，或早于 1990 年。", "The time “{value}” lies ahead of now, or before 1990."),
    "too_long": words("“{value}”太长。", "“{value}” is too long."),
    "bad_notes": words("经过（notes）不是列表，或超过 300 条。", "The notes are no list, or more than 300."),
    "bad_link": words("media_url 不是 http 或 https 链接，或超过 1000 个字符。", "The media_url is no http or https link, or has more than 1000 characters."),
}


class Returned(Exception):
    """The request does not go in."""

    def __init__(self, why: str, value: object = "") -> None:
        super().__init__(why)
        self.why = why
        self.sentence = FAULTS[why].format(value=clean(value)[:60])


@dataclass(frozen=True)
class Note:
    """One line of its history there."""

    at: datetime
    text: str
    kind: str
    mark: str


@dataclass(frozen=True)
class Judged:
    """A request that can go in."""

    number: str
    code: str
    category: int
    is_open: bool
    area: int
    position: tuple[int, int]
    requested_at: datetime
    ended_at: datetime
    text: str
    address: str
    link: str
    agency: str
    notes: tuple[Note, ...]
    contact: dict[str, str] = field(repr=False)
    digest: bytes = b""


def clean(value: object) -> str:
    """Text that any database takes: normal form C, no control characters but line ends, no halves of characters; numbers as they read."""
    if value is None or isinstance(value, Mapping | list | bool):
        return ""
    text = unicodedata.normalize("NFC", str(value)[: LONGEST_TEXT * 2].encode("utf-8", "replace").decode("utf-8"))
    return "".join(one for one in text if one == "\n" or unicodedata.category(one)[0] != "C" or one in "\u200d\ufe0f").strip()


def text_of(given: Mapping[str, Any], name: str, limit: int) -> str:
    """A text field; Returned when it is longer than the limit."""
    value = given.get(name)
    if isinstance(value, str) and len(value) > limit * 2:
        raise Returned("too_long", name)
    found = clean(value)
    if len(found) > limit:
        raise Returned("too_long", name)
    return found


def moment_of(value: object, zone: str, now: datetime) -> datetime | None:
    """A moment; None when nothing is given. Returned when it is unreadable, without a zone where none was named, or out of bounds."""
    text = clean(value)
    if not text:
        return None
    try:
        found = datetime.fromisoformat(text[:40])
        if found.tzinfo is None and zone:
            found = found.replace(tzinfo=ZoneInfo(zone))
        elif found.tzinfo is None:
            raise Returned("no_zone", text)
        found = found.astimezone(UTC)
    except (ValueError, OverflowError):
        raise Returned("bad_date", text) from None
    if not EARLIEST <= found <= now + SKEW:
        raise Returned("ahead", text)
    return min(found, now)


def position_of(given: Mapping[str, Any]) -> tuple[int, int]:
    """Longitude and latitude in millionths of a degree, WGS84. Returned when they are missing, no numbers, or outside the city."""
    lat, long = clean(given.get("lat")), clean(given.get("long"))
    if not lat or not long:
        raise Returned("no_place")
    try:
        pair = float(long), float(lat)
    except ValueError:
        raise Returned("bad_place", f"{lat[:20]}, {long[:20]}") from None
    if not all(math.isfinite(one) for one in pair) or abs(pair[0]) > 180 or abs(pair[1]) > 90:
        raise Returned("bad_place", f"{lat[:20]}, {long[:20]}")
    found = round(pair[0] * 1_000_000), round(pair[1] * 1_000_000)
    if not maps.in_city(*found):
        raise Returned("outside")
    return found


def number_of(given: Mapping[str, Any]) -> str:
    """Its number there. Returned when there is none that can be kept."""
    found = clean(given.get("service_request_id"))
    if not found or len(found) > LONGEST_NUMBER or "~" in found or "\n" in found:
        raise Returned("no_number")
    return found


def code_of(given: Mapping[str, Any]) -> str:
    """The code of its service there; Returned when there is none."""
    found = clean(given.get("service_code"))
    if not found or len(found) > LONGEST_CODE:
        raise Returned("no_code")
    return found


def judge(given: Mapping[str, Any], category: int, zone: str) -> Judged:
    """The request as it can go in. Returned with the sentence otherwise."""
    now = clock.now()
    number, code, status = number_of(given), code_of(given), clean(given.get("status")).lower()
    if status not in (OPEN, CLOSED):
        raise Returned("status", status)
    requested = moment_of(given.get("requested_datetime"), zone, now)
    if requested is None:
        raise Returned("no_date")
    position = position_of(given)
    area = maps.place_at(*position, clock.today())
    if area is None:
        raise Returned("no_area")
    name = text_of(given, "service_name", LONGEST_NAME)
    notes = _notes(given, zone, now, requested)
    updated = moment_of(given.get("updated_datetime"), zone, now)
    link = _link(given)
    made = Judged(
        number, code, category, status == OPEN, area, position, requested, max([requested, *(one.at for one in notes), *([updated] if updated else [])]),
        text_of(given, "description", LONGEST_TEXT) or name or code, text_of(given, "address", LONGEST_ADDRESS), link,
        text_of(given, "agency_responsible", LONGEST_NAME), notes, _contact(given))
    return made.__class__(**{**made.__dict__, "digest": _digest(made)})


def _notes(given: Mapping[str, Any], zone: str, now: datetime, requested: datetime) -> tuple[Note, ...]:
    """Its notes in the order of time; the remark on its state counts as one."""
    rows = notes_of(given)
    if len(rows) > MOST_NOTES:
        raise Returned("bad_notes")
    found = []
    for one in rows:
        if not isinstance(one, Mapping):
            raise Returned("bad_notes")
        at = moment_of(one.get("datetime"), zone, now)
        if at is None:
            raise Returned("no_date")
        parts = [text_of(one, "summary", LONGEST_TEXT), text_of(one, "description", LONGEST_TEXT)]
        text = "\n".join(part for part in parts if part)
        if len(text) > LONGEST_TEXT:
            raise Returned("too_long", "notes")
        found.append(_note(max(at, requested), text, text_of(one, "type", 40)))
    remark = text_of(given, "status_notes", LONGEST_TEXT)
    if remark and not any(remark in one.text for one in found):
        at = moment_of(given.get("updated_datetime"), zone, now) or requested
        found.append(_note(max(at, requested), remark, "status_notes"))
    return tuple(sorted(found, key=lambda one: one.at))


def _note(at: datetime, text: str, kind: str) -> Note:
    mark = mark_of(f"{at.isoformat()}\0{text}\0{kind}")
    return Note(at, text, kind, mark)


def _link(given: Mapping[str, Any]) -> str:
    found = clean(given.get("media_url"))
    if found and (len(found) > LONGEST_LINK or not found.lower().startswith(("http://", "https://"))):
        raise Returned("bad_link")
    return found


CONTACT = (("contact_phone", "phone", 40), ("contact_email", "email", 120))


def _contact(given: Mapping[str, Any]) -> dict[str, str]:
    """Who reported there: class 2, sealed where it is kept."""
    name = " ".join(part for part in (text_of(given, "first_name", 40), text_of(given, "last_name", 40)) if part and part != "-")[:40]
    found = {mine: text_of(given, theirs, limit) for mine, theirs, limit in CONTACT}
    return {key: value for key, value in (("contact_name", name), *found.items()) if value}


def _digest(made: Judged) -> bytes:
    told = [made.is_open, made.text, made.address, made.link, made.agency, [one.mark for one in made.notes], made.contact]
    return keyring().blind_index(json.dumps(told, ensure_ascii=False, sort_keys=True), "foreign")


def mark_of(text: str) -> str:
    """A short mark of a text, by which it is known again; says nothing without the key."""
    return keyring().blind_index(text, "foreign.note")[:8].hex()
