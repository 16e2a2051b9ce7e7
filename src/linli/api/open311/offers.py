# SPDX-License-Identifier: MulanPSL-2.0
"""What can be reported: the list of services, the definition of each, and the discovery of the endpoints."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from linli.api.open311.answers import TYPES, Refusal, answer, spoken
from linli.api.open311.askings import count_read, require_ours
from linli.core import clock
from linli.core.fields import Field
from linli.core.words import words
from linli.matters import categories, published
from linli.matters.kinds import WHOLE, Kind, kind_of
from linli.matters.models import Category

SPECIFICATION = "http://wiki.open311.org/GeoReport_v2"
UNKNOWN_SERVICE = words("没有找到 service_code“{code}”。", "The service_code “{code}” was not found.")
PROMISE = words("{accept}{accept_unit}内受理，{whole}{whole_unit}内办结{mark}。", "Accepted within {accept} {accept_unit}, finished within {whole} {whole_unit}{mark}.")
PROPOSED = words("（拟，待确认）", " (proposed, to be confirmed)")
CONTACT = words("请联系本平台管理员。", "Please contact the administrator of this platform.")
KEY_SERVICE = words("向本平台管理员申请：管理员安排“交换接口”岗位，由该岗位制作令牌，即 api_key。",
                    "Ask the administrator for a post “exchange”; the token that the post makes is the api_key.")
YES_NO = (("true", words("是", "Yes")), ("false", words("否", "No")))
DATATYPES: Mapping[str, tuple[str, str]] = {
    "text": ("string", ""), "long_text": ("text", ""), "integer": ("number", ""), "area": ("number", "15"), "choice": ("singlevaluelist", ""),
    "truth": ("singlevaluelist", ""), "moment": ("datetime", "2026-11-23T09:30:00+08:00"), "day": ("datetime", "2026-11-23"),
    "phone": ("string", "+86 22 2345 6789"), "position": ("string", "117.19410,39.11767"),
}
"""Kind of field to the datatype of the specification and an example; a kind that is missing here (files) cannot be asked for."""


def asked_of(kind: Kind) -> list[Field]:
    """The kind's own fields that another system can fill in."""
    return [one for one in kind.fields if one.kind in DATATYPES]


@spoken("GET")
def services(request: HttpRequest, fmt: str) -> HttpResponse:
    """GET service list: the public categories in force today."""
    require_ours(request.GET)
    count_read(request)
    found = [one for one in categories.in_force(clock.today()) if published.is_shown(one)]
    return answer(fmt, "services", [_service(one) for one in found])


def _service(one: Category) -> dict[str, Any]:
    kind = kind_of(one.kind)
    group = words(one.group_zh, one.group_en or one.group_zh) if one.group_zh else kind.words
    return {
        "service_code": published.code_of(one), "service_name": str(categories.words_of(one)), "description": str(kind.about),
        "metadata": bool(asked_of(kind)), "type": "realtime",
        "keywords": ", ".join(dict.fromkeys(str(part) for part in (categories.words_of(one), group, kind.words))), "group": str(group),
    }


@spoken("GET")
def definition(request: HttpRequest, fmt: str, code: str) -> HttpResponse:
    """GET service definition: the kind's own fields as attributes. Refusal 404 for an unknown and for a sensitive category alike."""
    require_ours(request.GET)
    count_read(request)
    found = service_named(code)
    fields = asked_of(kind_of(found.kind))
    return answer(fmt, "service_definition", {"service_code": code, "attributes": [_attribute(one, place) for place, one in enumerate(fields, start=1)]})


def service_named(code: str) -> Category:
    """The category in which can be reported today. Refusal 404 when there is none of that code."""
    found = published.in_force(code, clock.today())
    if found is None:
        raise Refusal(404, UNKNOWN_SERVICE.format(code=code[:80]))
    return found


def _attribute(one: Field, place: int) -> dict[str, Any]:
    datatype, example = DATATYPES[one.kind]
    options = YES_NO if one.kind == "truth" else one.options() if one.kind == "choice" else ()
    return {
        "variable": True, "code": one.name, "datatype": datatype, "required": one.required, "datatype_description": example or None, "order": place,
        "description": str(one.label) + (f"：{one.help}" if one.help else ""), "values": [{"key": key, "name": str(label)} for key, label in options],
    }


def promise_of(kind: Kind) -> str:
    """What the reporter may expect: the limits of acceptance and of the whole."""
    accept, whole = kind.term("captured"), kind.term(WHOLE)
    if accept is None or whole is None:
        return ""
    mark = str(PROPOSED) if accept.proposed or whole.proposed else ""
    return str(PROMISE.format(accept=accept.amount, accept_unit=accept.unit.label, whole=whole.amount, whole_unit=whole.unit.label, mark=mark))


def _endpoint(request: HttpRequest, kind: str, root: str, changeset: str) -> dict[str, Any]:
    return {"specification": SPECIFICATION, "url": request.build_absolute_uri(root).rstrip("/"), "changeset": changeset, "type": kind,
            "formats": [one.partition(";")[0] for one in TYPES.values()]}


@spoken("GET")
def discovery(request: HttpRequest, fmt: str) -> HttpResponse:
    """Service discovery: where production and test are, what they speak, and since when."""
    moved = datetime.fromtimestamp(categories.edition() / 1_000_000, UTC) if categories.edition() else datetime(2026, 11, 23, tzinfo=UTC)
    changeset = moved.isoformat(timespec="seconds").replace("+00:00", "Z")
    roots = (("production", reverse("open311:root")), ("test", reverse("open311:test:root")))
    return answer(fmt, "discovery", {
        "changeset": changeset, "contact": settings.OPEN311_CONTACT or str(CONTACT), "key_service": str(KEY_SERVICE),
        "endpoints": [_endpoint(request, kind, root, changeset) for kind, root in roots]})
