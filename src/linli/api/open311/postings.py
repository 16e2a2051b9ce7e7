# SPDX-License-Identifier: MulanPSL-2.0
"""POST service request: what another system sends becomes one report, once, by the same action as every report."""

import math
import re
from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.db import IntegrityError, transaction
from django.http import HttpRequest, HttpResponse, QueryDict

from linli.api.open311.answers import Refusal, answer
from linli.api.open311.askings import given, holder_of_key, require_ours
from linli.api.open311.offers import asked_of, promise_of, service_named
from linli.core import clock
from linli.core.actions import run
from linli.core.faults import Fault
from linli.core.fields import Received
from linli.core.sight import Actor, looking, of_place
from linli.core.words import Words, words
from linli.elements import maps, places
from linli.elements.addresses import community_in, place_meant
from linli.elements.coordinates import Datum, Position
from linli.matters import categories, numbers, origins
from linli.matters.kinds import kind_of
from linli.matters.models import Category

NO_SERVICE = words("缺少 service_code。", "The service_code is missing.")
NO_PLACE = words("缺少位置：请给出 lat 和 long、address_string 或 address_id。", "The location is missing: give lat and long, address_string or address_id.")
HALF_PLACE = words("lat 和 long 要一起给出。", "lat and long must come together.")
BAD_PLACE = words("lat 或 long 不是有效的度数。", "lat or long is not a number of degrees on the globe.")
UNKNOWN_DATUM = words("不认识坐标系“{name}”。lat、long 请用 WGS84；GCJ-02 或 BD-09 请注明 datum。",
                      "The datum “{name}” is unknown. Send lat and long in WGS84; for GCJ-02 or BD-09 say so in datum.")
SHIFTED = words("坐标标为 {name}，没有收下：请改用 WGS84，或加上 datum={datum} 由平台换算。",
                "The position is marked as {name} and was not taken: send WGS84, or add datum={datum} and it is converted here.")
UNKNOWN_ADDRESS = words("不知道这个地址在哪个社区：请在 address_string 里写明社区名称，或在 address_id 里给出社区编号。",
                        "It is not clear in which community this lies: name the community in address_string, or give its number as address_id.")
UNKNOWN_ADDRESS_ID = words("没有 address_id“{name}”这个社区或网格。", "There is no community or grid with the address_id “{name}”.")
UNKNOWN_ATTRIBUTE = words("这个 service_code 没有属性“{name}”。", "This service_code has no attribute “{name}”.")
FEW_VALUES = words("属性“{name}”只能有一个值。", "The attribute “{name}” takes one value only.")
BAD_ID = words("来源单号最多 60 个字符。", "The number of the other system has at most 60 characters.")
NOT_SAID = words("{service}（对方没有写描述）", "{service} (no description came with it)")
FOLLOW = words("查询码 {code}，上报人凭它看进度、回答提问、评价。", "Query code {code}: with it the reporter follows, answers and rates.")
TRIED = words("测试接口：内容合格，没有立案。", "Test endpoint: all is right, nothing was opened.")

ATTRIBUTE = re.compile(r"^attribute\[([^\[\]]{1,80})\](\[\])?$")
EXTERNAL = ("external_id", "fixmystreet_id")
"""Attributes and parameters by which clients give their own number of the report."""
DATUMS: Mapping[str, Datum] = {
    "": Datum.WGS84, "WGS84": Datum.WGS84, "WGS-84": Datum.WGS84, "EPSG:4326": Datum.WGS84, "CGCS2000": Datum.WGS84,
    "GCJ-02": Datum.GCJ02, "GCJ02": Datum.GCJ02, "BD-09": Datum.BD09, "BD09": Datum.BD09,
}
HINTS = ("coordtype", "coordsys", "coordinate_system", "coordinates", "crs", "srs", "map")
"""Parameters by which clients of Chinese maps say that their numbers are shifted; not ours, but nothing to overlook."""
SHIFTS = (("GCJ", "GCJ-02"), ("BD09", "BD-09"), ("BD-09", "BD-09"), ("AMAP", "GCJ-02"), ("GAODE", "GCJ-02"), ("BAIDU", "BD-09"))


def posted(request: HttpRequest, fmt: str, *, is_test: bool = False) -> HttpResponse:
    """Open one report and answer its number at once; a repeat with the client's own number gets the same."""
    actor = holder_of_key(request)
    sent = request.POST
    require_ours(sent if given(sent, "jurisdiction_id") else request.GET)
    category, wanted = _read(sent, actor)
    if number := _external(request):
        wanted["origin_number"] = f"{actor.account}/{number}"
    known = _earlier(actor, wanted.get("origin_number", ""))
    if known is None:
        known, code = _report(request, actor, wanted, is_test=is_test)
    else:
        code = ""
    promise = promise_of(kind_of(category.kind))
    notice = [promise, str(TRIED) if is_test else str(FOLLOW.format(code=code)) if code else ""]
    return answer(fmt, "service_requests", [{"service_request_id": known, "service_notice": " ".join(one for one in notice if one), "account_id": None}])


def _read(sent: QueryDict, actor: Actor) -> tuple[Category, dict[str, Any]]:
    """What the report action takes; all refusals of one status together."""
    code = given(sent, "service_code")
    if not code:
        raise Refusal(400, NO_SERVICE, *([] if _names_place(sent) else [NO_PLACE]))
    category = service_named(code)
    wanted: dict[str, Any] = {"category": category.pk, "origin_system": origins.system_of(settings.JURISDICTION)}
    wanted |= _attributes(sent, category)
    wanted |= _where(sent, actor)
    wanted["summary"] = given(sent, "description") or str(NOT_SAID.format(service=categories.words_of(category)))
    wanted |= _who(sent)
    if link := given(sent, "media_url"):
        wanted["link"] = link
    return category, wanted


def _external(request: HttpRequest) -> str:
    """The client's own number of the report, as a parameter, an attribute or an Idempotency-Key; empty when it sent none."""
    sent = request.POST
    names = (*EXTERNAL, *(f"attribute[{one}]" for one in EXTERNAL))
    found = next((text for name in names if (text := given(sent, name))), "") or request.headers.get("Idempotency-Key", "").strip()
    if len(found) > 60:
        raise Refusal(400, BAD_ID)
    return found


def _attributes(sent: QueryDict, category: Category) -> dict[str, Any]:
    fields = {one.name: one for one in asked_of(kind_of(category.kind))}
    found: dict[str, Any] = {}
    wrong: list[Words] = []
    for name in sent:
        match = ATTRIBUTE.match(name)
        if match is None or match.group(1) in EXTERNAL:
            continue
        values = [one for one in sent.getlist(name) if str(one).strip()]
        if match.group(1) not in fields:
            wrong.append(UNKNOWN_ATTRIBUTE.format(name=match.group(1)))
        elif len(values) > 1:
            wrong.append(FEW_VALUES.format(name=match.group(1)))
        elif values:
            found[match.group(1)] = values[0]
    if wrong:
        raise Refusal(400, *wrong)
    return found


def _names_place(sent: Mapping[str, str]) -> bool:
    return bool((given(sent, "lat") and given(sent, "long")) or given(sent, "address_string") or given(sent, "address_id"))


def _where(sent: QueryDict, actor: Actor) -> dict[str, Any]:
    """Position, community and address of a report."""
    if bool(given(sent, "lat")) != bool(given(sent, "long")):
        raise Refusal(400, HALF_PLACE)
    if not _names_place(sent):
        raise Refusal(400, NO_PLACE)
    found: dict[str, Any] = {}
    position = _position(sent)
    if position is not None:
        found["position"] = [position.lon_e6 / 1_000_000, position.lat_e6 / 1_000_000]
    if address := given(sent, "address_string"):
        found["address"] = address[:200]
    if position is None or maps.place_at(position.lon_e6, position.lat_e6, clock.today()) is None:
        if position is not None and not maps.in_city(position.lon_e6, position.lat_e6):
            return found
        found["area"] = _area(given(sent, "address_id"), address, actor)
    return found


def _area(address_id: str, address: str, actor: Actor) -> int:
    if address_id:
        meant = place_meant(address_id)
        if meant is None:
            raise Refusal(400, UNKNOWN_ADDRESS_ID.format(name=address_id[:40]))
        return meant.area
    named = community_in(address) if address else None
    own = places.community_of(actor.lo) if actor.hi - actor.lo <= 1_000 else None
    if named is None and own is None:
        raise Refusal(400, UNKNOWN_ADDRESS)
    return (named or own).area  # type: ignore[union-attr]


def _position(sent: QueryDict) -> Position | None:
    """Where it is, in WGS84. Refusal 400 for a shifted position that nobody asked to convert."""
    if not given(sent, "lat"):
        return None
    datum = DATUMS.get(given(sent, "datum").upper())
    if datum is None:
        raise Refusal(400, UNKNOWN_DATUM.format(name=given(sent, "datum")[:40]))
    hint = " ".join(given(sent, name) for name in HINTS).upper()
    shift = next((name for sign, name in SHIFTS if sign in hint), "")
    if shift and not given(sent, "datum"):
        raise Refusal(400, SHIFTED.format(name=shift, datum=shift))
    try:
        lat, lon = float(given(sent, "lat")), float(given(sent, "long"))
        if not (math.isfinite(lat) and math.isfinite(lon)):
            raise ValueError
        return Position.from_degrees(lon, lat, datum)
    except (ValueError, Fault):
        raise Refusal(400, BAD_PLACE) from None


def _who(sent: QueryDict) -> dict[str, str]:
    """Name, phone and e-mail of who reported there: sealed with the report."""
    first, last = (given(sent, name) if given(sent, name) != "-" else "" for name in ("first_name", "last_name"))
    is_latin = (first + last).isascii()
    name = f"{first} {last}".strip() if is_latin else last + first
    phone = re.sub(r"[^0-9+\- ]", "", given(sent, "phone")).strip()
    found = {"contact_name": name[:40], "contact_phone": phone, "contact_email": given(sent, "email")}
    return {key: value for key, value in found.items() if value}


def _earlier(actor: Actor, number: str) -> str | None:
    """The number that this key's report got before; None when it never came."""
    if not number:
        return None
    city = places.city()
    with looking(of_place(city.lo, city.hi), read_only=True):
        found = origins.matter_with(origins.system_of(settings.JURISDICTION), number)
    return numbers.number_of(found) if found else None


def _place_of_photo(actor: Actor, wanted: Mapping[str, Any]) -> dict[str, int]:
    """The community or grid of the report, where a photo has to lie to be attached; nothing where that is not the exchange's own area."""
    area = wanted.get("area")
    if area is None and "position" in wanted:
        lon, lat = (round(one * 1_000_000) for one in wanted["position"])
        area = maps.place_at(lon, lat, clock.today())
    return {"area": area} if area is not None and actor.lo <= area < actor.hi else {}


def _report(request: HttpRequest, actor: Actor, wanted: dict[str, Any], *, is_test: bool) -> tuple[str, str]:
    """Number and query code of the new report; the test endpoint checks everything and takes it all back."""
    key = f"open311:{wanted['origin_number']}" if wanted.get("origin_number") and not is_test else ""
    try:
        with transaction.atomic():
            vouched: frozenset[int] = frozenset()
            if file := request.FILES.get("media"):
                upload = {"file": Received((file.name or "")[:200], file.read()), **_place_of_photo(actor, wanted)}
                kept = run("evidence.add", actor, upload, device=request.device)  # type: ignore[attr-defined]
                wanted, vouched = wanted | {"evidence": [kept["id"]]}, frozenset({kept["id"]})
            made = run("matter.report", actor, wanted, key=key, device=request.device, vouched=vouched)  # type: ignore[attr-defined]
            if is_test:
                transaction.set_rollback(True)
    except IntegrityError:
        known = _earlier(actor, wanted.get("origin_number", ""))
        if known is None:
            raise
        return known, ""
    return made["number"], made["query_code"]
