# SPDX-License-Identifier: MulanPSL-2.0
"""Residents report a problem, and get its number and query code once."""

from typing import Any

from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from linli.core.faults import NotVisible
from linli.doors import cookies, reports
from linli.matters import numbers

SHELL = "website/shell.html"
SALT = "linli.reported"
COOKIE = "linli_reported"
KEPT_SECONDS = 3_600
"""How long the slip can be opened again on this device (our choice: enough to print it, short for a shared device)."""


def report(request: HttpRequest) -> HttpResponse:
    """The three steps of a report."""
    setting = reports.Setting(
        frame=SHELL, to=lambda answer: reverse("website:done", args=[answer["number"]]), draft="website.report",
        picture=lambda area: reverse("website:picture", args=[area]), after=_remember)
    return reports.page(request, setting)


def _remember(response: HttpResponse, answer: dict[str, Any]) -> HttpResponse:
    """The slip opens on the device that reported, for an hour; the code itself stands in no cookie and in no address."""
    cookies.put(response, COOKIE, signing.dumps(answer["number"], salt=SALT), KEPT_SECONDS)
    return response


def done(request: HttpRequest, number: str) -> HttpResponse:
    """Number and query code, for the reporter alone. NotVisible for anybody else."""
    try:
        mine = signing.loads(request.COOKIES.get(COOKIE, ""), salt=SALT, max_age=KEPT_SECONDS)
    except signing.BadSignature:
        raise NotVisible from None
    found = numbers.matter_of(number)
    if mine != number or found is None:
        raise NotVisible
    code = numbers.query_code(found)
    address = request.build_absolute_uri(reverse("website:story", args=[code]))
    return render(request, "website/done.html", {"number": number, "code": code, "address": address, "story": reverse("website:story", args=[code])})
