# SPDX-License-Identifier: MulanPSL-2.0
"""The list of matters: filters that stand in the address, pages by key, cards on a phone, only the rows for htmx."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from functools import lru_cache
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.html import format_html_join
from django.utils.http import urlencode
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from linli.core import clock
from linli.core.faults import Invalid
from linli.core.sight import Actor, looking, of_post
from linli.core.words import Words, words
from linli.desk import takeouts
from linli.desk.joining import marks
from linli.desk.rows import rows_of
from linli.doors.guards import able
from linli.doors.requests import actor_of
from linli.elements import places
from linli.matters import categories
from linli.matters import inbox as lists
from linli.matters.inbox import FACET_PREFIX, Filter
from linli.matters.kinds import all_kinds
from linli.matters.phases import PHASES, SOURCES

STATES = (("open", words("在办", "Open")), ("overdue", words("已超时", "Overdue")), ("ended", words("已办结", "Ended")),
          ("paused", words("已停钟（含挂账）", "Clock stands still")), ("asked", words("有申请待审批", "A request waits")), ("supervised", words("督办中", "Supervised")))
ORDERS = (("newest", words("最新上报在前", "Newest first")), ("due", words("先到期的在前", "Soonest limit first")))
NO_CATEGORY = words("没有“{text}”这个类别，请从提示里选。", "There is no category “{text}”. Pick one of those offered.")
MANY = words("“{text}”对应多个类别，请再写具体一些。", "“{text}” fits several categories. Please be more exact.")
NO_PLACE = words("这个地方不在您的范围内。", "This place is not within your area.")
PLAIN = ("phase", "kind", "source", "state", "number", "order")


@able("matter.see")
def inbox(request: HttpRequest) -> HttpResponse:
    """One page of matters; a filter that does not exist is named and left out."""
    actor = actor_of(request)
    chosen, faults = chosen_by(request.GET, actor)
    with looking(of_post(actor), read_only=True, in_order=chosen.is_plain):
        try:
            page = lists.page(actor, chosen, request.GET.get("cursor", ""))
        except Invalid as fault:
            faults |= fault.fields
            page = lists.page(actor, Filter(order="newest"))
        context = {"rows": rows_of(page.rows, marks(page.rows)), "newer": _address(request, page.newer), "older": _address(request, page.older), "faults": list(faults.values()),
                   "is_filtered": any(value for name, value in request.GET.items() if name not in ("order", "cursor")),
                   "takeout": takeouts.offered(actor, "matters", request.GET)}
        if request.headers.get("HX-Request") == "true":
            return render(request, "desk/parts/inbox_rows.html", context)
        return render(request, "desk/inbox.html", context | _choices(request, chosen), status=422 if faults else 200)





def _address(request: HttpRequest, cursor: str) -> str:
    """The present address at another place of the list; empty where there is none."""
    if not cursor:
        return ""
    query = [(name, str(value)) for name, value in request.GET.items() if name != "cursor" and value]
    return f"{reverse('desk:inbox')}?{urlencode([*query, ('cursor', cursor)])}"


def chosen_by(sent: Mapping[str, Any], actor: Actor) -> tuple[Filter, dict[str, Words]]:
    """The filter that an address asks for, and a sentence for each part of it that does not exist and was left out."""
    faults: dict[str, Words] = {}
    plain = {name: sent.get(name, "").strip()[:40] for name in PLAIN}
    plain["order"] = plain["order"] or "newest"
    category, fault = _category(sent.get("category", "").strip()[:80])
    if fault:
        faults["category"] = fault
    area, fault = _area(sent.get("area", ""), actor)
    if fault:
        faults["area"] = fault
    facets = {name[len(FACET_PREFIX):]: str(value)[:60] for name, value in sent.items() if name.startswith(FACET_PREFIX) and value}
    unit = actor.organisation if sent.get("mine") and actor.organisation else None
    worker = actor.account if sent.get("own") and actor.may("matter.assign") else None
    found = Filter(**plain, category=category, unit=unit, worker=worker, area=area, facets=facets)
    wrong = found.faults()
    left: dict[str, Any] = dict.fromkeys(wrong, "") | ({"order": "newest"} if "order" in wrong else {})
    return replace(found, **left), faults | wrong


def _category(text: str) -> tuple[int | None, Words | None]:
    """The category that was typed: by number, by name, or by a part of a name that only one has."""
    if not text:
        return None, None
    known = categories.in_force(clock.today())
    exact = [one.pk for one in known if text in (str(one.pk), one.name_zh, one.name_en, offered(one))]
    partly = exact or [one.pk for one in known if text.lower() in f"{one.name_zh} {one.name_en}".lower()]
    if len(partly) == 1:
        return partly[0], None
    return None, (MANY if partly else NO_CATEGORY).format(text=text)


def offered(one: Any) -> str:
    """A category as the list of hints offers it."""
    return f"{categories.words_of(one)}（{one.code}）"


@lru_cache(maxsize=8)
def _hints(language: str, day: date, edition: int) -> SafeString:
    """The categories in force as options of a list of hints: made once a language, a day and an edition, not with every page."""
    return format_html_join("", '<option value="{}"></option>', ((offered(one),) for one in categories.in_force(day)))


def _area(text: str, actor: Actor) -> tuple[tuple[int, int] | None, Words | None]:
    if not text:
        return None, None
    found = places.find_place(int(text)) if text.isdecimal() and len(text) <= 15 else None
    if found is None or found.lo < actor.lo or found.hi > actor.hi:
        return None, NO_PLACE
    return (found.lo, found.hi), None


def _choices(request: HttpRequest, chosen: Filter) -> dict[str, Any]:
    sent, actor = request.GET, actor_of(request)
    root = next((one for one in places.path_of(actor.lo) if actor.lo <= one.lo and one.hi <= actor.hi), None)
    below = places.children(root.area) if root else ()
    return {
        "selects": [
            _select("state", words("状态", "State"), STATES, sent), _select("phase", words("阶段", "Phase"), tuple(PHASES.items()), sent),
            _select("source", words("来源", "Source"), tuple(SOURCES.items()), sent),
            _select("kind", words("事项种类", "Kind"), tuple((one.name, one.words) for one in all_kinds()), sent),
            *([_select("area", words("地方", "Place"), tuple((str(one.area), one.short_name) for one in below), sent)] if below else []),
            *_facets(sent),
        ],
        "order": _select("order", words("排序", "Order"), ORDERS, sent, is_open=False), "category": sent.get("category", ""), "number": sent.get("number", ""),
        "mine": bool(sent.get("mine")), "own": bool(sent.get("own")), "may_be_given": actor.may("matter.assign"),
        "has_unit": actor.organisation is not None and actor.may("matter.receive"),
        "has_more": any(sent.get(name) for name in ("source", "kind", "area", "order", "mine", "own")) or any(name.startswith(FACET_PREFIX) for name in sent),
        "may_report": actor.may("matter.report"), "offered": _hints(get_language() or "", clock.today(), categories.edition()),
    }


def _select(name: str, label: Words, options: Any, sent: Mapping[str, str], *, is_open: bool = True) -> dict[str, Any]:
    present = sent.get(name, "")
    return {"name": name, "label": label, "is_open": is_open, "is_set": bool(present),
            "options": [{"value": value, "label": text, "is_chosen": value == present} for value, text in options]}


def _facets(sent: Mapping[str, str]) -> list[dict[str, Any]]:
    """One choice for each field that the chosen kind lets lists filter by."""
    kind = next((one for one in all_kinds() if one.name == sent.get("kind")), None)
    fields = [one for one in kind.fields if one.filter and one.options()] if kind else []
    return [_select(f"{FACET_PREFIX}{kind.name}.{one.name}", one.label, one.options(), sent) for one in fields if kind]
