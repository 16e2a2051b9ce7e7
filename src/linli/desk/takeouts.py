# SPDX-License-Identifier: MulanPSL-2.0
"""Exports on the desk: the button below a list, and the page that shows how far each one is."""

import json
from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_POST

from linli.core.actions import run
from linli.core.models import Export
from linli.core.sight import Actor, looking, of_post
from linli.core.words import Words, words
from linli.doors import exports, flash, pulses
from linli.doors.guards import able
from linli.doors.requests import actor_of

STATES: dict[str, tuple[Words, str]] = {
    "waiting": (words("排队中", "Waiting"), "calm"), "running": (words("正在写", "Being written"), "accent"), "done": (words("可以下载", "Ready"), "good"),
    "failed": (words("没有完成", "Failed"), "bad"), "gone": (words("已过期删除", "Deleted after its time"), "calm"),
}
ASKED = words("已开始导出，写完后可在这里下载。", "The export has begun; it can be fetched here when it is written.")
KEPT_OUT = ("cursor", "before", "csrfmiddlewaretoken")


def offered(actor: Actor, listing: str, sent: Mapping[str, Any]) -> dict[str, Any] | None:
    """What desk/parts/takeout.html needs; None for a post that may not take lists out."""
    if not actor.may("export.make"):
        return None
    given = {name: str(value)[:200] for name, value in sent.items() if value and name not in KEPT_OUT}
    return {"listing": listing, "given": json.dumps(given, ensure_ascii=False), "forms": exports.FORMS}


@able("export.make")
@require_POST
def make(request: HttpRequest) -> HttpResponse:
    """Ask for a list as a file; leads to the page of exports. Faults come as the page of faults: nothing was typed."""
    given = {name: request.POST.get(name, "") for name in ("listing", "form", "given")}
    run("export.make", actor_of(request), given, key=request.POST.get("idempotency", ""), device=request.device)  # type: ignore[attr-defined]
    return flash.redirect(request, reverse("desk:exports"), ASKED)


@able("export.make")
def own(request: HttpRequest) -> HttpResponse:
    """The exports of this account, newest first."""
    return render(request, "desk/exports.html", _context(request))


@able("export.make")
def pulse(request: HttpRequest) -> HttpResponse:
    """The list anew while something is being written."""
    context = _context(request)
    return pulses.pulsed(request, "desk/parts/exports.html", context, stamp=context["stamp"])


def _context(request: HttpRequest) -> dict[str, Any]:
    actor = actor_of(request)
    with looking(of_post(actor), read_only=True):
        shown = [_shown(one) for one in exports.own_exports(actor)]
    return {"exports": shown, "stamp": "-".join(f"{one['number']}.{one['rows']}.{one['name']}" for one in shown[:5]) or "none",
            "is_running": any(one["is_running"] for one in shown)}


def _shown(one: Export) -> dict[str, Any]:
    label, tone = STATES[one.state]
    trouble = words(one.trouble["zh"], one.trouble["en"]) if one.trouble else None
    return {
        "number": one.pk, "listing": exports.listing_of(one.listing).words, "form": dict(exports.FORMS)[one.form], "state": label, "tone": tone,
        "name": one.state, "is_running": one.state in ("waiting", "running"), "rows": exports.rows_so_far(one), "size": one.size, "sha256": one.sha256,
        "asked_at": one.asked_at, "expires_at": one.expires_at, "trouble": trouble, "is_cut": one.is_cut,
        "filter": "，".join(f"{name}={value}" for name, value in one.given.items()),
        "href": reverse("doors:takeout", args=[one.pk]) if one.state == "done" else ""}
