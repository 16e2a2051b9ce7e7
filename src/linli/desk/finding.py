# SPDX-License-Identifier: MulanPSL-2.0
"""The search box: what is typed is posted, and the page that answers bears a sealed token, so that no name and no number stands in an address or a log."""

import base64
import binascii
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import NoReverseMatch, path, reverse
from django.views.decorators.debug import sensitive_post_parameters, sensitive_variables

from linli.core import clock
from linli.core.actions import run
from linli.core.faults import Fault
from linli.core.keys import keyring
from linli.core.protection import SealError, masked
from linli.core.sight import Actor, looking, of_post
from linli.core.words import Words, words
from linli.doors import flash
from linli.doors.guards import able
from linli.doors.requests import actor_of
from linli.elements.models import Person
from linli.elements.searching import persons
from linli.elements.searching.finders import FEW, MANY, Finder, Row, finders, in_order
from linli.elements.searching.questions import LONGEST, Question, read_question
from linli.ui.navigation import Entry, declare

MAY = ("resident.see", "record.see", "matter.see")
SEEK = "person.seek"
TOKEN_SECONDS = 1_800
"""How long the address of an answer opens (our choice: as long as somebody works with it)."""
STATED = {"id_number": words("证件号码", "Identity number"), "phone": words("电话号码", "Phone number")}
EXPIRED = words("这次查找已经过期，请重新输入。", "This search has expired. Please type it again.")
NOT_ABLE = words("您的岗位不能按号码查人。", "Your post may not find people by number.")
NOTHING = words("没有找到", "Nothing was found")
HOW = words("换一种写法再试：少写几个字，用拼音，或只写小区和楼号。这里只找您岗位范围内的记录。",
            "Try another spelling: fewer characters, pinyin, or only the estate and the building. Only records within your post's range are found.")
NO_NUMBER = words("号码要完整；您的岗位范围内没有登记这个号码的人。", "A number must be whole; nobody within your post's range is recorded with it.")
ELSEWHERE = words("持这个证件号码的人登记在别的社区。这里不显示其他内容。", "Whoever bears this identity number is registered in another community. Nothing else is shown here.")
BY_NUMBER = words("完整的手机号或证件号码（每次都记入流水）", "A whole phone or identity number (each time written into the journal)")
PAGES = {"building": "desk:building", "matter": "desk:matter", "place": "desk:area_results"}
"""Records whose page is not that of a register; the others stand in a register of their name."""
NEEDED = {"place": "results.see"}
CLAIMS = ("desk:transfer_ask", "desk:transfers")
"""Where a transfer is asked for; the first that exists."""
ENTRY = declare(Entry("find", words("查找", "Find"), "desk:find", "search", 90, MAY))


@dataclass(frozen=True)
class Asked:
    """What an address of the search means: the text, or the outcome of a search by number; one group only, and from where."""

    text: str = ""
    group: str = ""
    after: tuple[Any, ...] = ()
    what: str = ""
    masked: str = ""
    people: tuple[int, ...] = ()
    is_elsewhere: bool = False


@dataclass(frozen=True)
class Group:
    """One group of results as the page shows it."""

    name: str
    words: Words
    icon: str
    rows: list[tuple[Row, str]]
    more: str


@sensitive_post_parameters("q")
@sensitive_variables("text")
@able(*MAY)
def find(request: HttpRequest) -> HttpResponse:
    """The box and what was found. A text comes by POST and is answered by a redirect to its sealed address."""
    if request.method == "POST":
        text = request.POST.get("q", "").strip()
        return _answer(request, text) if text else flash.redirect(request, reverse("desk:find"), level="note")
    actor, token = actor_of(request), request.GET.get("s", "")
    asked = opened(actor, token) if token else None
    if asked is None:
        return render(request, "desk/find.html", {"hints": _hints(actor), "expired": EXPIRED if token else None, "longest": LONGEST})
    with looking(of_post(actor), read_only=True):
        return render(request, "desk/find.html", _found(actor, asked) | {"hints": _hints(actor), "longest": LONGEST})


@sensitive_variables("text", "question")
def _answer(request: HttpRequest, text: str) -> HttpResponse:
    actor, question = actor_of(request), read_question(text)
    if question.what is None:
        return _led(actor, Asked(text=question.text))
    if not actor.may("resident.see"):
        return flash.redirect(request, reverse("desk:find"), NOT_ABLE, level="note")
    try:
        done = run(SEEK, actor, {"number": question.number}, device=request.device)  # type: ignore[attr-defined]
    except Fault as fault:
        if fault.status not in (422, 429):
            raise
        return render(request, "desk/find.html", {"hints": _hints(actor), "fault": fault, "longest": LONGEST}, status=fault.status)
    return _led(actor, Asked(what=done["what"], masked=masked(question.number), people=tuple(done["people"]), is_elsewhere=done["elsewhere"]))


def _led(actor: Actor, asked: Asked) -> HttpResponse:
    answer = HttpResponse(status=303)
    answer["Location"] = address_of(actor, asked)
    return answer


def address_of(actor: Actor, asked: Asked) -> str:
    """The address of an answer: sealed for this account and post, good for half an hour."""
    told = {name: value for name, value in vars(asked).items() if value} | {"at": int(clock.now().timestamp())}
    sealed = keyring().seal(json.dumps(told, ensure_ascii=False, separators=(",", ":")), _context(actor))
    return f"{reverse('desk:find')}?s={base64.urlsafe_b64encode(sealed).decode().rstrip('=')}"


def opened(actor: Actor, token: str) -> Asked | None:
    """What a token means; None when it is expired, of another account or post, or made up."""
    try:
        sealed = base64.urlsafe_b64decode(token.encode("ascii") + b"=" * (-len(token) % 4))
        told: dict[str, Any] = json.loads(keyring().unseal_text(sealed, _context(actor)))
    except (SealError, ValueError, binascii.Error):
        return None
    if clock.now().timestamp() - told.pop("at") > TOKEN_SECONDS:
        return None
    kept: dict[str, Any] = {name: tuple(value) if isinstance(value, list) else value for name, value in told.items()}
    return Asked(**kept)


def _context(actor: Actor) -> str:
    return f"desk.find:{actor.account}:{actor.post}"


def _found(actor: Actor, asked: Asked) -> dict[str, Any]:
    if asked.what:
        return _bearers(actor, asked)
    question = read_question(asked.text)
    chosen = [one for one in finders(actor) if not asked.group or one.name == asked.group]
    groups = [found for one in chosen if (found := _group(actor, one, question, asked)).rows]
    whole = address_of(actor, Asked(text=asked.text)) if asked.group else ""
    return {"text": question.text, "groups": groups, "whole": whole, "nothing": None if groups else NOTHING, "how": HOW, "is_short": question.is_short}


def _group(actor: Actor, finder: Finder, question: Question, asked: Asked) -> Group:
    found = finder.find(actor, question, asked.after, MANY if asked.group else FEW)
    more = address_of(actor, Asked(text=asked.text, group=finder.name, after=tuple(found.after) if asked.group else ())) if found.after else ""
    return Group(finder.name, finder.words, finder.icon, [(row, page_of(actor, row)) for row in found.rows], more)


def _bearers(actor: Actor, asked: Asked) -> dict[str, Any]:
    """Those whom a search by number found, as they are now; the search itself was written into the journal when it was made."""
    people = in_order(Person.objects.visible_to(actor).filter(pk__in=asked.people), asked.people) if asked.people and actor.may("resident.see") else []
    rows = [(row, page_of(actor, row)) for row in persons.rows_of(actor, people)]
    groups = [Group("people", words("居民", "People"), "people", rows, "")] if rows else []
    return {"stated": STATED[asked.what], "masked": asked.masked, "groups": groups, "elsewhere": ELSEWHERE if asked.is_elsewhere else None,
            "claim": _first(CLAIMS) if asked.is_elsewhere else "", "nothing": None if groups or asked.is_elsewhere else NOTHING, "how": NO_NUMBER}


def page_of(actor: Actor, row: Row) -> str:
    """The page of what was found; empty while none exists for this post."""
    if not actor.may(NEEDED.get(row.record)):
        return ""
    if row.record == "place" and not actor.lo <= int(row.key) < actor.hi:
        return ""
    named: Mapping[str, Any] = {row.record: [row.key or row.id]}
    try:
        return reverse(PAGES[row.record], args=named[row.record]) if row.record in PAGES else reverse("desk:record", args=[row.record, row.id])
    except NoReverseMatch:
        return ""


def _first(routes: tuple[str, ...]) -> str:
    for route in routes:
        try:
            return reverse(route)
        except NoReverseMatch:
            continue
    return ""


def _hints(actor: Actor) -> list[Words]:
    found = [hint for one in finders(actor) for hint in one.hints]
    return [*found, BY_NUMBER] if actor.may("resident.see") else found


ADDRESSES = [path("find/", find, name="find")]
