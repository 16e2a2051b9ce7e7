# SPDX-License-Identifier: MulanPSL-2.0
"""Answers of Open311: one tree, written as XML or, by the Spark convention, as JSON without its root; and every refusal as errors."""

import json
import re
from collections.abc import Callable, Mapping, Sequence
from functools import wraps
from typing import Any
from xml.sax.saxutils import escape

from django.http import HttpRequest, HttpResponse
from django.utils.cache import patch_vary_headers
from django.views.decorators.csrf import csrf_exempt

from linli.core.faults import Fault, TooMany
from linli.core.words import Words, words
from linli.doors import faults

TYPES = {"xml": "text/xml; charset=utf-8", "json": "application/json; charset=utf-8"}
"""GeoReport v2, Format Support."""
ITEMS = {
    "services": "service", "attributes": "attribute", "values": "value", "service_requests": "request", "service_requests_updates": "request_update",
    "errors": "error", "endpoints": "endpoint", "formats": "format",
}
"""The name of each element of a list; JSON leaves it out."""
ILLEGAL = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""Characters that no XML 1.0 document may hold."""
WRONG_METHOD = words("这个地址不接受 {method} 请求。", "This address does not take {method}.")
NO_ADDRESS = words("没有这个地址。请从 /open311/discovery.xml 查起。", "There is no such address. Start from /open311/discovery.xml.")
NUL = words("参数里有不能使用的字符。", "A parameter contains a character that cannot be used.")
BROKEN = words("系统出了问题，这一次没有办理。请稍后再试，或告知管理员。", "Something went wrong in the system; nothing was done. Try again later, or tell the administrator.")


class Refusal(Exception):
    """One or several errors with the one HTTP status that the specification gives them: 404, 403 or 400."""

    def __init__(self, status: int, *sentences: Words, code: int | None = None) -> None:
        super().__init__(status)
        self.status = status
        self.sentences = sentences
        self.code = code or status


def xml_of(name: str, value: Any) -> str:
    """One element with everything inside it; what is missing is present and empty."""
    if isinstance(value, Mapping):
        inside = "".join(xml_of(one, held) for one, held in value.items())
    elif isinstance(value, list | tuple):
        inside = "".join(xml_of(ITEMS[name], held) for held in value)
    else:
        inside = _text(value)
    return f"<{name}>{inside}</{name}>" if inside else f"<{name}/>"


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    return escape(ILLEGAL.sub("", str(value)))


def answer(fmt: str, root: str, tree: Any, status: int = 200) -> HttpResponse:
    """The tree in the format asked for."""
    body = json.dumps(tree, ensure_ascii=False, default=str) if fmt == "json" else '<?xml version="1.0" encoding="utf-8"?>\n' + xml_of(root, tree)
    response = HttpResponse(body.encode("utf-8", "replace"), status=status, content_type=TYPES[fmt])
    response.headers["Cache-Control"] = "no-store"
    patch_vary_headers(response, ("Accept-Language",))
    return response


def refused(fmt: str, refusal: Refusal) -> HttpResponse:
    """The errors of a refusal; several may come together."""
    return answer(fmt, "errors", [{"code": refusal.code, "description": str(one)} for one in refusal.sentences], refusal.status)


def refusal_of(fault: Fault) -> Refusal:
    """A fault of the house in the terms of the specification: 404 what does not exist, 403 the key, 400 anything else."""
    status = {401: 403, 403: 403, 404: 404}.get(fault.status, 400)
    sentences = [*fault.fields.values()] or [fault.message + fault.remedy]
    return Refusal(status, *sentences, code=fault.status if fault.status == 429 else None)


def spoken(*methods: str) -> Callable[[Callable[..., HttpResponse]], Callable[..., HttpResponse]]:
    """A view of Open311: only these methods, every exception as errors, no cookie and no form token asked for."""

    def declare(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
        @csrf_exempt
        @wraps(view)
        def told(request: HttpRequest, fmt: str = "xml", **named: Any) -> HttpResponse:
            try:
                return _asked(request, view, methods, fmt, named)
            except Refusal as refusal:
                return refused(fmt, refusal)
            except Exception as exception:
                return _failed(request, fmt, exception)

        return told

    return declare


def _asked(request: HttpRequest, view: Callable[..., HttpResponse], methods: Sequence[str], fmt: str, named: dict[str, Any]) -> HttpResponse:
    method = "GET" if request.method == "HEAD" else request.method or ""
    if method not in methods:
        response = refused(fmt, Refusal(400, WRONG_METHOD.format(method=method[:10])))
        response.headers["Allow"] = ", ".join(methods)
        return response
    if any("\0" in name + str(value) for name, value in (*request.GET.items(), *named.items())):
        raise Refusal(400, NUL)
    return view(request, fmt, **named)


def _failed(request: HttpRequest, fmt: str, exception: Exception) -> HttpResponse:
    fault = faults.as_fault(exception)
    if fault is None:
        faults.trouble(request, exception)
        return refused(fmt, Refusal(500, BROKEN))
    response = refused(fmt, refusal_of(fault))
    if isinstance(fault, TooMany):
        response.headers["Retry-After"] = str(fault.retry_after)
    return response


@spoken("GET", "POST")
def nothing_here(request: HttpRequest, fmt: str) -> HttpResponse:
    """An address below Open311 that there is not."""
    raise Refusal(404, NO_ADDRESS)
