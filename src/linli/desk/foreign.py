# SPDX-License-Identifier: MulanPSL-2.0
"""Import of requests from another system on the desk: files, what their services are, what was returned, starting and withdrawing."""

import csv
import io
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from linli.core import clock
from linli.core.actions import find_action, run
from linli.core.faults import NotVisible
from linli.core.sight import looking, of_record
from linli.core.words import Words, words
from linli.doors import flash, generated, pulses
from linli.doors.exports import FORMULA
from linli.doors.generated import Form
from linli.doors.guards import able
from linli.doors.requests import actor_of
from linli.matters import categories
from linli.matters.actions.foreign import BUSY, IMPORT, STATES
from linli.matters.foreign import endpoints, files, judging, lists
from linli.matters.models import ForeignImport, ForeignMapping
from linli.ui.navigation import Entry, declare

MOST = 50
MOST_SHOWN = 20
"""Returned rows on the page (our choice: reasons stand above with their numbers, and on a phone each row is a card); the file has all of them."""
COUNTS: tuple[tuple[str, Words], ...] = (
    ("new_open", words("在办，进入我们的流程", "Open: they enter our loop")), ("new_history", words("已办结，作为历史存档", "Closed: kept as history")),
    ("here", words("已经导入过，只看有没有变化", "Here already: looked at for changes")), ("updated", words("已有，补记了变化", "Here already, changes noted")),
    ("same", words("已有，没有变化", "Here already, nothing new")), ("returned", words("退回", "Returned")))
DOINGS = {"start": words("已开始导入。", "The import has begun."), "withdraw": words("已开始撤回。", "Withdrawing has begun.")}
MAPPED = words("已保存，正在按新的对应重新检查。", "Saved; the file is looked through anew.")
RECEIVED = words("已收下，正在检查。检查完会告诉您能进来多少件，还没有开始导入。", "Received and being checked; nothing has been imported yet.")
LEAVE_OUT = words("不导入这一类", "Leave this service out")

declare(Entry("foreign", words("外系统导入", "Imports"), "desk:foreign", "arrow", 77, IMPORT))


@able(IMPORT)
def overview(request: HttpRequest) -> HttpResponse:
    """The imports, newest first, and the form that receives another file."""
    form = Form("foreign.receive", submit=words("收下并检查", "Receive and check"), done=RECEIVED, to=lambda answer: reverse("desk:foreign_import", args=[answer["brought"]]),
                initial={"zone": settings.TIME_ZONE})
    sent = generated.submit(request, form)
    if sent.response is not None:
        return sent.response
    with looking(of_record(settings.CITY_AREA), read_only=True):
        rows = lists.newest(MOST)
        context = {"form": sent.form, "rows": [_line(one) for one in rows], "is_configured": endpoints.is_configured(), "system": settings.FOREIGN_SYSTEM,
                   "days": settings.FOREIGN_DAYS, "hosts": sorted(settings.PHOTO_HOSTS), "trouble": lists.trouble()}
        return render(request, "desk/foreign.html", context, status=sent.status)


def _line(one: ForeignImport) -> dict[str, Any]:
    label, tone = STATES[one.state]
    return {"import": one, "state": label, "tone": tone, "href": reverse("desk:foreign_import", args=[one.pk]), "counts": _counts(one),
            "percent": one.looked_at * 100 // one.total if one.total and one.state == "running" else None}


def _counts(one: ForeignImport) -> list[tuple[Words, int]]:
    return [(label, one.counts[name]) for name, label in COUNTS if one.counts.get(name)]


@able(IMPORT)
def one(request: HttpRequest, brought: int) -> HttpResponse:
    """One import: how far it is, what its services are here, what was returned and why."""
    return render(request, "desk/foreign_import.html", _context(brought))


@able(IMPORT)
def pulse(request: HttpRequest, brought: int) -> HttpResponse:
    """The state anew while something is being done."""
    context = _context(brought)
    return pulses.pulsed(request, "desk/parts/foreign.html", context, stamp=context["stamp"])


def _context(brought: int) -> dict[str, Any]:
    with looking(of_record(settings.CITY_AREA), read_only=True):
        found = lists.one(brought)
        known = files.mappings(found.system)
        returned = list(lists.returned(brought, MOST_SHOWN))
        has_file = lists.has_file(brought)
        services = [_service(found, code, name, count, known.get(code)) for code, name, count in found.services]
        trouble = words(found.trouble["zh"], found.trouble["en"]) if found.trouble else None
    more = max(found.counts.get("returned", 0) - len(returned), 0)
    return {**_line(found), "more": more, "is_busy": found.state in BUSY, "services": sorted(services, key=lambda one: one["is_decided"]), "trouble": trouble,
            "undecided": sum(1 for one in services if not one["is_decided"]), "returned": [{"row": one, "why": words(**one.sentence)} for one in returned],
            "whys": [(_reason(name), count) for name, count in sorted(_whys(found.counts).items(), key=lambda pair: -pair[1])],
            "may_start": found.state in ("ready", "done", "failed") and has_file and found.total > 0, "may_withdraw": found.state == "done" and _made(found),
            "stamp": f"{found.state}.{found.looked_at}.{sum(found.counts.values())}"}


def _whys(counts: Mapping[str, int]) -> dict[str, int]:
    """How many were returned for each reason."""
    return {name.removeprefix("why."): count for name, count in counts.items() if name.startswith("why.")}


def _made(found: ForeignImport) -> bool:
    return bool(found.counts.get("new_open") or found.counts.get("new_history"))


def _reason(why: str) -> Words:
    """The sentence of a reason without the value that was wrong."""
    return judging.FAULTS[why].format(value="…")


def _service(found: ForeignImport, code: str, name: str, count: int, decided: ForeignMapping | None) -> dict[str, Any]:
    category = decided.category if decided else None
    return {"code": code, "name": name or code, "count": count, "is_decided": decided is not None, "version": decided.version if decided else 0,
            "category": categories.words_of(category) if category else None, "href": reverse("desk:foreign_map", args=[found.pk]),
            "is_public": bool(category and category.is_public)}


@able(IMPORT)
def returned_csv(request: HttpRequest, brought: int) -> HttpResponse:
    """Everything that was returned, with its sentence, as a file; texts that look like formulas are defused."""
    found, sink = lists.one(brought), io.StringIO()
    writer = csv.writer(sink)
    writer.writerow([str(one) for one in (words("第几件", "Place"), words("对方编号", "Number there"), words("服务代码", "Service code"), words("原因", "Why"))])
    for row in lists.returned(brought):
        cells = [row.place, row.number, row.code, str(words(**row.sentence))]
        writer.writerow(["'" + cell if isinstance(cell, str) and cell.startswith(FORMULA) else cell for cell in cells])
    response = HttpResponse("\ufeff" + sink.getvalue(), content_type="text/csv; charset=utf-8")
    response.headers["Content-Disposition"] = f'attachment; filename="returned-{found.pk}.csv"'
    return response


@able(IMPORT)
def decide(request: HttpRequest, brought: int) -> HttpResponse:
    """Which of our categories one service of theirs is."""
    found, code = lists.one(brought), request.GET.get("code", "")[:judging.LONGEST_CODE]
    named: Mapping[str, str] = {one[0]: one[1] for one in found.services}
    if code not in named:
        raise NotVisible
    decided = files.mappings(found.system).get(code)
    action = find_action("foreign.map")
    field = next(one for one in action.fields if one.name == "category")
    choices = [("0", LEAVE_OUT), *((str(one.pk), _choice(one)) for one in categories.in_force(clock.today()))]
    back = reverse("desk:foreign_import", args=[brought])
    form = Form(action.name, (replace(field, kind="choice", choices=choices),), {"system": found.system, "code": code, "name": named[code]},
                {"category": str(decided.category_id or 0)} if decided else {}, submit=words("保存", "Save"), done=MAPPED, to=back, address=f"?{request.GET.urlencode()}")
    sent = generated.submit(request, form)
    if sent.response is not None:
        return sent.response
    return render(request, "desk/foreign_map.html", {"form": sent.form, "code": code, "name": named[code] or code, "system": found.system, "back": back},
                  status=sent.status)


def _choice(one: Any) -> Words:
    group, name = words(*categories.group_names(one)), categories.words_of(one)
    return words(f"{group.zh} · {name.zh}", f"{group.en} · {name.en}")


@able(IMPORT)
def do(request: HttpRequest, brought: int, what: str) -> HttpResponse:
    """Start or withdraw; leads back to the import. Faults come as the page of faults: nothing was typed."""
    if what not in DOINGS or request.method != "POST":
        raise NotVisible
    run(f"foreign.{what}", actor_of(request), {"brought": brought}, device=request.device)  # type: ignore[attr-defined]
    return flash.redirect(request, reverse("desk:foreign_import", args=[brought]), DOINGS[what])
