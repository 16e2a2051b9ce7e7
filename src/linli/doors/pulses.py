# SPDX-License-Identifier: MulanPSL-2.0
"""Answers to a page that asks every two seconds whether one of its parts has changed."""

from collections.abc import Mapping

from django.http import HttpRequest, HttpResponse, HttpResponseNotModified
from django.shortcuts import render
from django.utils.http import parse_etags, quote_etag


def pulsed(request: HttpRequest, template: str, context: Mapping[str, object], *, stamp: str) -> HttpResponse:
    """304 while the page still has this stamp, otherwise the part anew; `stamp` names the state (a position, a digest)."""
    if is_same(request, stamp):
        return not_modified(stamp)
    response = render(request, template, dict(context))
    response.headers["ETag"] = quote_etag(stamp)
    response.headers["Cache-Control"] = "no-store"
    return response


def is_same(request: HttpRequest, stamp: str) -> bool:
    """True when the page already shows this state: then nothing needs to be computed."""
    return quote_etag(stamp) in parse_etags(request.headers.get("If-None-Match", ""))


def not_modified(stamp: str) -> HttpResponse:
    """304 with the same stamp."""
    response = HttpResponseNotModified()
    response.headers["ETag"] = quote_etag(stamp)
    response.headers["Cache-Control"] = "no-store"
    return response
