# SPDX-License-Identifier: MulanPSL-2.0
"""The API itself: its routers, and every fault turned into JSON with a sentence and a remedy."""

from collections.abc import Callable, Mapping, Sequence
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern
from ninja import NinjaAPI
from ninja.errors import AuthenticationError, HttpError, ValidationError
from ninja.renderers import JSONRenderer

from linli.api import calls, days, figures, journals, lookups, records, takeouts, titles
from linli.api.callers import no_token
from linli.core.faults import Fault, Invalid
from linli.core.words import Words, words
from linli.doors import faults

WRONG_METHOD = words("这个地址不接受 {method} 请求。", "This address does not take {method}.")
WRONG_METHOD_REMEDY = words("请查看接口文档 /api/openapi.json。", "See the document at /api/openapi.json.")
NOT_A_VALUE = words("“{name}”的写法不对，请按接口文档改正。", "“{name}” is not written correctly. Correct it by the API document.")
MISSING = words("缺少“{name}”。", "“{name}” is missing.")



class Readable(JSONRenderer):
    """JSON with Chinese as it is written."""

    json_dumps_params: Mapping[str, Any] = {"ensure_ascii": False}


api = NinjaAPI(
    renderer=Readable(),
    title="Linli 邻里", version="1", docs_url=None, openapi_url=None, urls_namespace="api-v1",
    description="一次做好社区日常工作。所有写入都是有名字的动作；所有读取都限于岗位的范围。\n\n"
    "The daily work of communities, done once. Every write is a named action; every read is limited to the range of a post.",
)
for router in (calls.router, lookups.router, records.router, days.router, journals.router, figures.router, takeouts.router, titles.router):
    api.add_router("", router)


@api.exception_handler(Exception)
def answer(request: HttpRequest, exception: Exception | type[Exception]) -> HttpResponse:
    """Any exception as JSON: a fault in its own words, anything unexpected with a reference that stands in the log."""
    assert isinstance(exception, Exception)
    fault = faults.as_fault(exception)
    return faults.show(request, fault) if fault else faults.trouble(request, exception)


@api.exception_handler(ValidationError)
def not_valid(request: HttpRequest, exception: ValidationError | type[ValidationError]) -> HttpResponse:
    """Parameters that are missing or of a wrong type, each with its sentence."""
    found = exception.errors if isinstance(exception, ValidationError) else []
    return faults.show(request, Invalid(dict(_sentence(one) for one in found)))


@api.exception_handler(HttpError)
def refused(request: HttpRequest, exception: HttpError | type[HttpError]) -> HttpResponse:
    """What the framework itself refuses: a missing token, a body that cannot be read."""
    if isinstance(exception, AuthenticationError):
        return faults.show(request, no_token())
    status = exception.status_code if isinstance(exception, HttpError) else 400
    return faults.show(request, Fault("broken_request", faults.BROKEN, WRONG_METHOD_REMEDY, status))


def _sentence(error: dict[str, Any]) -> tuple[str, Words]:
    name = str(error.get("loc", ("", "?"))[-1])[:40]
    return name, (MISSING if error.get("type") == "missing" else NOT_A_VALUE).format(name=name)


def sentences(patterns: Sequence[Any]) -> list[URLPattern]:
    """The same addresses, with a sentence where the framework answers a wrong method without one; nothing is kept by caches."""
    for pattern in patterns:
        pattern.callback = _told(pattern.callback)
    return list(patterns)


def _unseen(request: HttpRequest, named: Mapping[str, Any]) -> dict[str, Words]:
    """Sentences for NUL characters in the address: no database takes them."""
    given = [*request.GET.items(), *((name, str(value)) for name, value in named.items())]
    return {name[:40].replace("\0", ""): NOT_A_VALUE.format(name=name[:40].replace("\0", "")) for name, value in given if "\0" in name + str(value)}


def _told(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    @wraps(view)
    def told(request: HttpRequest, *args: Any, **named: Any) -> HttpResponse:
        response = faults.show(request, Invalid(wrong)) if (wrong := _unseen(request, named)) else view(request, *args, **named)
        if response.status_code == 405:
            fault = Fault("wrong_method", WRONG_METHOD.format(method=(request.method or "")[:10]), WRONG_METHOD_REMEDY, 405)
            allowed = response.headers.get("Allow", "")
            response = faults.show(request, fault)
            response.headers["Allow"] = allowed
        response.headers.setdefault("Cache-Control", "no-store")
        return response

    return told
