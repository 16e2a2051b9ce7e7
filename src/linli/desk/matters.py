# SPDX-License-Identifier: MulanPSL-2.0
"""One matter with its whole story, and the moves that this post can make; a stale edit shows both versions and keeps what was typed."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET

from linli.core import clock
from linli.core.calendar_store import calendar
from linli.core.faults import Fault, NotVisible
from linli.core.sight import Actor, looking, of_post
from linli.core.words import Words, words
from linli.desk import asides, call_backs, dispatching, limits, moves
from linli.desk.rows import due_tone, tone_of
from linli.doors import files, generated, schemes
from linli.doors.guards import able
from linli.doors.requests import actor_of
from linli.doors.standing import role_words
from linli.elements import directories, places
from linli.elements.models import Organisation
from linli.matters import categories, moving, numbers, stories
from linli.matters.actions.outside import ASKS
from linli.matters.clockwork import spoken
from linli.matters.dialogue import BAD
from linli.matters.inbox import phase_words
from linli.matters.models import Limit, Matter
from linli.matters.names import limit_words
from linli.matters.phases import EXITS, PHASES, SOURCES
from linli.matters.stories import Entry, Story
from linli.ui.forms import BoundForm

TONES = {"matter.refuse": "warn", "matter.return": "warn", "matter.close": "good"}
SCORES = {1: words("非常满意", "Very satisfied"), 2: words("满意", "Satisfied"), 3: words("一般", "Neither"), 4: words("不满意", "Dissatisfied"),
          5: words("非常不满意", "Very dissatisfied")}
REPORTERS = {True: words("居民（未登录，凭查询码联系）", "A resident, by query code"), False: words("工作人员", "Staff")}
KEPT = {"own_words": words("上报人的原话", "The reporter's own words"), "chat": words("群聊原文", "The chat as it was pasted")}
CONTACT = {"contact_name": words("称呼", "Name"), "contact_phone": words("电话", "Phone"), "contact_email": words("邮箱", "E-mail")}
LATE = words("这件事在您填写时已被办理，您填写的没有保存。", "The matter moved on while you were writing; what you wrote was not saved.")


@require_GET
@able("matter.see")
def matter(request: HttpRequest, number: str) -> HttpResponse:
    """The page of one matter. NotVisible outside the post's range."""
    return _page(request, number)


@able("matter.see")
def move(request: HttpRequest, number: str, action: str) -> HttpResponse:
    """One move: GET opens its form, POST makes it. Refused ones come back with the story as it is now."""
    actor = actor_of(request)
    if action not in moves.MOVABLE:
        raise NotVisible
    if request.method != "POST":
        return _page(request, number, opened=action)
    with looking(of_post(actor), read_only=True):
        form = moves.form_of(action, moving.by_number(actor, {"number": number}), actor)
    sent = generated.submit(request, form)
    if sent.answer is not None and action == moves.REVEAL:
        return _page(request, number, more={"contact": _contact(sent.answer)})
    if sent.answer is not None and "kept" in sent.answer:
        return _page(request, number, more={"kept": [(KEPT[what], text) for what, text in sent.answer["kept"].items()]})
    if sent.response is not None:
        return sent.response
    return _page(request, number, opened=action, form=sent.form, status=sent.status, fault=sent.fault)


def _page(request: HttpRequest, number: str, *, opened: str = "", form: BoundForm | None = None, status: int = 200, fault: Fault | None = None,
          more: Mapping[str, Any] | None = None) -> HttpResponse:
    actor = actor_of(request)
    with looking(of_post(actor), read_only=True):
        found = moving.by_number(actor, {"number": number})
        story = stories.story_of(found, [*asides.wanted(actor, found), directories.units_named([found.unit])])
        panels = moves.panels(request, actor, story.matter, opened, form)
        is_late = fault is not None and fault.status == 409
        lost = form if form is not None and opened not in {panel["name"] for panel in panels} else None
        context = _shown(actor, story) | {
            "asides": asides.of(request, actor, story),
            "panels": panels, "late": _late(request, story, form) if is_late else None, "lost": lost, "fault": fault if lost or is_late else None} | dict(more or {})
        return render(request, "desk/matter.html", context, status=status)


def _shown(actor: Actor, story: Story) -> dict[str, Any]:
    one, now = story.matter, clock.now()
    point = (one.lon_e6, one.lat_e6) if one.lon_e6 is not None and one.lat_e6 is not None else None
    return {
        "matter": one, "number": numbers.number_of(one.pk), "category": categories.words_of(one.category),
        "group": words(one.category.group_zh or "—", one.category.group_en or one.category.group_zh or "—"),
        "kind": story.kind.words, "phase": phase_words(one), "tone": tone_of(one, now), "due_tone": due_tone(one.due_at, now),
        "path": places.path_of(one.area), "source": SOURCES[one.source], "reporter": REPORTERS[one.is_contactable],
        "unit": next((unit.name for unit in story.beside[Organisation]), ""),
        "worker": directories.account_names([one.worker]).get(one.worker or 0, ""),
        "own": _own(story), "steps": [{"label": label, "state": state, "at": at} for label, state, at in story.steps] if one.phase not in EXITS else [],
        "entries": [_entry(entry) for entry in story.entries], "limits": [_limit(story, one, now) for one in story.limits],
        "rating_tone": "warn" if story.rating and story.rating.score in BAD else "good",
        "rating": SCORES[story.rating.score] if story.rating else None, "rating_text": story.rating.text if story.rating else "",
        "scheme": schemes.scheme_of(one.area, point=point), "has_point": point is not None,
        "photos": [files.photo_of(photo) for photo in story.photos],
        "waiting_questions": call_backs.waiting_questions(story.questions), "question_days": settings.QUESTION_DAYS,
    }


def _own(story: Story) -> list[tuple[Words, object]]:
    """The kind's own fields with their values in words."""
    found = []
    for one in story.kind.fields:
        value = story.matter.own.get(one.name)
        if value is not None:
            found.append((one.label, dict(one.options()).get(str(value), value)))
    return found


def _entry(one: Entry) -> dict[str, Any]:
    parts = [str(one.reason) if one.reason else "", _to_unit(one), *dispatching.said(one.detail), _said_outside(one), _whose(one), one.text, _no_photo(one)]
    passed = one.detail.get("passed")
    tone = "warn" if passed is False else "good" if passed or one.detail.get("to") == "closed" else "warn" if one.reason else "calm"
    who = " · ".join(part for part in (one.who, str(role_words(one.role)) if one.role else "") if part)
    return {"at": one.at, "title": one.title, "who": who, "text": "\n".join(part for part in parts if part), "tone": tone,
            "photos": [files.photo_of(photo) for photo in one.photos]}


def _to_unit(one: Entry) -> str:
    name = one.detail.get("unit_name")
    return str(words("派给：{unit}", "To: {unit}").format(unit=name)) if name else ""


def _whose(one: Entry) -> str:
    """Whose duty it is by the list that a refusal cites."""
    responsible = one.detail.get("responsible")
    said = words("按职责清单 {code}“{text}”，由{responsible}负责", "By entry {code} of the list of duties (“{text}”) it is for {responsible}")
    return str(said.format(code=one.detail["duty"], text=one.detail["duty_text"], responsible=responsible)) if responsible else ""


def _said_outside(one: Entry) -> str:
    """What another system says of the matter, in words."""
    asks = ASKS.get(one.detail.get("asks", ""))
    return str(asks) if asks else ""


def _no_photo(one: Entry) -> str:
    reason = one.detail.get("no_photo_reason")
    return str(words("无法拍照：{reason}", "No photo: {reason}").format(reason=reason)) if reason else ""


def _limit(story: Story, one: Limit, now: datetime) -> dict[str, Any]:
    """A limit with the sentences that explain it; one that stands still says how much is left of it."""
    tone, state = limits.state_of(one, now, story.matter)
    left = limits.hand_of(story.kind, story.matter, one, story.intervals).left(calendar(), now) if one.due_at is None and one.met_at is None else None
    return {
        "label": limit_words(story.kind, one.name), "due_at": one.due_at, "tone": tone, "state": state, "is_provisional": one.is_provisional,
        "is_proposed": limits.is_proposed(one), "left": spoken(left) if left is not None else None,
        "href": reverse("desk:limit", args=[numbers.number_of(story.matter.pk), one.name]), "sentences": limits.sentences_of(one)}


def _late(request: HttpRequest, story: Story, form: BoundForm | None) -> dict[str, Any]:
    """Both versions: the step at which the person saw the matter, and what has happened since."""
    seen = request.POST.get(generated.VERSION, "")
    steps = [entry for entry in story.entries if "to" in entry.detail]
    at = int(seen) if seen.isdecimal() and 0 < int(seen[:6]) <= len(steps) else len(steps)
    yours = steps[at - 1] if steps else None
    return {
        "seen": at, "now": story.matter.version, "yours": PHASES.get(yours.detail["to"]) if yours else None, "yours_at": yours.at if yours else None,
        "current": phase_words(story.matter), "since": [_entry(entry) for entry in steps[at:]]}


def _contact(answer: Mapping[str, Any]) -> dict[str, Any]:
    found = answer.get("contact") or {}
    return {"facts": [(label, found[name]) for name, label in CONTACT.items() if name in found], "notice": answer.get("notice")}


def address_of(found: Matter) -> str:
    """The page of a matter."""
    return reverse("desk:matter", args=[numbers.number_of(found.pk)])
