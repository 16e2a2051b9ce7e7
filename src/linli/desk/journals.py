# SPDX-License-Identifier: MulanPSL-2.0
"""The journal within the post's sight: who did what, when and where, in words; filtered by action and record, by key."""

from collections.abc import Mapping
from functools import cache
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode

from linli.core import registry
from linli.core.models import JournalLine
from linli.core.sight import Actor, looking, of_post
from linli.core.words import Words, words
from linli.desk import takeouts
from linli.desk.rows import place_words
from linli.doors.guards import able
from linli.doors.requests import actor_of
from linli.doors.standing import role_words
from linli.elements import directories, places
from linli.elements.registers.declaring import registers
from linli.matters import numbers

PAGE = 50
SUBJECTS = {
    "account": words("账号", "Account"), "post": words("岗位", "Post"), "token": words("令牌", "Token"), "evidence": words("照片或文件", "File"),
    "place": words("地方", "Place"), "boundary": words("边界", "Boundary"), "organisation": words("单位", "Unit"), "calendar": words("工作日历", "Calendar"),
    "scheme": words("分类体系", "Scheme"), "standard": words("测评标准", "Standard"), "erasure": words("删除", "Erasure"), "demonstration": words("演示", "Demonstration"),
}


@able("journal.see")
def journal(request: HttpRequest) -> HttpResponse:
    """One page of lines, newest first."""
    actor, sent = actor_of(request), request.GET
    action, subject, before = sent.get("action", ""), sent.get("subject", "").strip()[:24], sent.get("before", "")
    with looking(of_post(actor), read_only=True):
        found = chosen_by(sent, actor)
        if before.isdecimal() and len(before) < 19:
            found = found.filter(pk__lt=int(before))
        lines = list(found.order_by("-id")[: PAGE + 1])
        has_more, lines = len(lines) > PAGE, lines[:PAGE]
        names = directories.account_names(one.actor for one in lines)
        kept = {name: value for name, value in (("action", action), ("subject", subject)) if value}
        older = f"?{urlencode(kept | {'before': lines[-1].pk})}" if has_more else ""
        return render(request, "desk/journal.html", {
            "lines": [_line(one, names) for one in lines], "older": older, "newer": f"?{urlencode(kept)}" if before else "", "subject": subject,
            "actions": _actions(action), "is_filtered": bool(kept),
            "takeout": takeouts.offered(actor, "journal", sent)})


def chosen_by(sent: Mapping[str, Any], actor: Actor) -> QuerySet[JournalLine]:
    """The lines within the sight of a post that an address asks for."""
    found = JournalLine.objects.visible_to(actor)
    if action := sent.get("action", ""):
        found = found.filter(action=action)
    if subject := str(sent.get("subject", "")).strip()[:24]:
        found = found.filter(subject_kind="matter", subject=numbers.matter_of(subject) or 0)
    return found


def _actions(chosen: str) -> list[dict[str, Any]]:
    """The actions that leave lines within the sight of a post."""
    offered = [one for one in registry.everything("action") if one.name.startswith(("matter.", "journal."))]
    return [{"value": one.name, "label": one.words, "is_chosen": one.name == chosen} for one in offered]


@cache
def _subjects() -> Mapping[str, Words]:
    """What subjects are called: those of the ground, and the tables of the registers by their first register."""
    return {one.subject: one.words for one in reversed(registers()) if not one.kind_of} | SUBJECTS


def _line(one: JournalLine, names: dict[int, str]) -> dict[str, Any]:
    action = registry.get("action", one.action)
    number = numbers.number_of(one.subject) if one.subject_kind == "matter" else ""
    place = place_words(one.area)
    if not place:
        above = places.find_place(one.area)
        place = above.name if above else ""
    return {
        "number": one.pk, "at": one.occurred_at, "recorded_at": one.recorded_at if abs((one.recorded_at - one.occurred_at).total_seconds()) > 60 else None,
        "action": action.words if action else one.action, "who": names.get(one.actor or 0, ""), "role": role_words(one.role), "place": place,
        "subject": number or f"{_subjects().get(one.subject_kind, one.subject_kind)} {one.subject or ''}".rstrip(), "href": reverse("desk:matter", args=[number]) if number else "",
        "digest": bytes(one.digest).hex()[:12]}
