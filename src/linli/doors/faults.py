# SPDX-License-Identifier: MulanPSL-2.0
"""Faults on screen: any exception becomes a page in the right shell, or JSON for a machine, with a sentence and a remedy."""

import logging
import secrets

from django.conf import settings
from django.core.exceptions import BadRequest, PermissionDenied, RequestDataTooBig, SuspiciousOperation, TooManyFieldsSent, TooManyFilesSent
from django.core.signals import got_request_exception
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse, UnreadablePostError
from django.http.multipartparser import MultiPartParserError
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode

from linli.core.faults import Fault, NotAble, NotVisible, TooMany
from linli.core.reaching import AWAY, forget_dead
from linli.core.sight import PUBLIC
from linli.core.words import words
from linli.doors import flash, repeats
from linli.doors.requests import actor_of

log = logging.getLogger("linli.doors")

DESK = "/desk/"
MACHINES = "/api/"

TOO_LARGE = words("发来的内容太大，没有收下。", "What was sent is too large and was not taken.")
TOO_LARGE_REMEDY = words("请减少照片或缩短文字后再提交。", "Send fewer photos or a shorter text.")
BROKEN = words("发来的请求不完整，没有办理。", "The request was not complete and was not carried out.")
BROKEN_REMEDY = words("请返回上一页，刷新后再试。", "Go back, reload the page and try again.")
TROUBLE = words("系统出了问题，这一步没有完成，已保存的内容不受影响。", "Something went wrong in the system; this step was not completed. What was saved is not affected.")
TROUBLE_REMEDY = words("请稍后再试；如仍不行，请把事故编号告诉管理员。", "Please try again in a moment; if it stays so, give the reference to your administrator.")
UNREACHED = words("数据库暂时连不上，还不知道这一步是否办成。", "The database cannot be reached at the moment; it is not known whether this step was completed.")
UNREACHED_REMEDY = words("请过几秒再提交一次；重复提交不会办两次。", "Send it again in a few seconds; a repeat is not carried out twice.")
AGAIN_SECONDS = 5


def answer(request: HttpRequest, exception: Exception) -> HttpResponse | None:
    """The answer to an exception of a view; None for an unexpected one while debugging."""
    fault = as_fault(exception)
    if fault is not None:
        return show(request, fault)
    if settings.DEBUG:
        return None
    got_request_exception.send(sender=None, request=request)
    return trouble(request, exception)


def as_fault(exception: Exception) -> Fault | None:
    """The fault that stands for an exception of Django; None when it is none that we expect."""
    if isinstance(exception, Fault):
        return exception
    if isinstance(exception, Http404):
        return NotVisible()
    if isinstance(exception, PermissionDenied):
        return NotAble()
    if isinstance(exception, RequestDataTooBig | TooManyFieldsSent | TooManyFilesSent):
        return Fault("too_large", TOO_LARGE, TOO_LARGE_REMEDY, 413)
    if isinstance(exception, AWAY):
        return Unreached()
    if isinstance(exception, BadRequest | SuspiciousOperation | MultiPartParserError | UnreadablePostError):
        return Fault("broken_request", BROKEN, BROKEN_REMEDY, 400)
    return None


class Unreached(Fault):
    """503: the database went away in mid-request; whoever repeats under the same key is answered once."""

    def __init__(self) -> None:
        super().__init__("unreached", UNREACHED, UNREACHED_REMEDY, 503)


def wants_json(request: HttpRequest) -> bool:
    """True for a machine: the API's addresses, or who accepts JSON and no HTML."""
    accepts = request.headers.get("Accept", "")
    return request.path.startswith(MACHINES) or ("application/json" in accepts and "text/html" not in accepts)


def show(request: HttpRequest, fault: Fault, reference: str = "") -> HttpResponse:
    """A fault as a page or as JSON. Who should sign in first is led to the door and back again."""
    if isinstance(fault, Unreached):
        log.warning("The database was not reached at %s %s", request.method, request.path, exc_info=True)
        forget_dead()
        request.actor = PUBLIC  # type: ignore[attr-defined]
        request.linli_is_in_trouble = True  # type: ignore[attr-defined]
    if wants_json(request):
        response: HttpResponse = JsonResponse(fault.as_json(), status=fault.status)
    elif fault.status == 401 and request.method == "GET":
        return flash.redirect(request, f"{reverse('doors:sign_in')}?{urlencode({'next': request.get_full_path()})}", fault.message, level="note")
    else:
        shell = "ui/desk.html" if request.path.startswith(DESK) and actor_of(request).is_signed_in else "ui/public.html"
        repeat = repeats.of(request) if isinstance(fault, Unreached) else None
        told = {"fault": fault, "reference": reference, "shell": shell, "repeat": repeat}
        response = render(request, "doors/fault.html", told, status=fault.status)
    if isinstance(fault, TooMany):
        response.headers["Retry-After"] = str(fault.retry_after)
    elif isinstance(fault, Unreached):
        response.headers["Retry-After"] = str(AGAIN_SECONDS)
        response.headers["Cache-Control"] = "no-store"
    return response


def trouble(request: HttpRequest, exception: BaseException | None = None) -> HttpResponse:
    """The answer to something unexpected: a reference number that stands in the log too. It asks nothing of the database."""
    reference = secrets.token_hex(4).upper()
    log.error("Trouble %s at %s %s", reference, request.method, request.path, exc_info=exception or True)
    request.actor = PUBLIC  # type: ignore[attr-defined]
    request.linli_is_in_trouble = True  # type: ignore[attr-defined]
    return show(request, Fault("trouble", TROUBLE, TROUBLE_REMEDY, 500), reference)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Django's handler404: no such address reads like a record that may not be seen."""
    return show(request, NotVisible())


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Django's handler403."""
    return show(request, NotAble())


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Django's handler400."""
    return show(request, as_fault(exception) or Fault("broken_request", BROKEN, BROKEN_REMEDY, 400))


def server_error(request: HttpRequest) -> HttpResponse:
    """Django's handler500: what the middleware did not catch."""
    return trouble(request)
