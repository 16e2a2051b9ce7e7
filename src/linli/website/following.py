# SPDX-License-Identifier: MulanPSL-2.0
"""Residents follow what they reported: the story by query code, questions to answer, and a rating without default."""

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from linli.core.faults import Fault
from linli.core.fields import Field
from linli.core.sight import PUBLIC, looking
from linli.core.words import Words, words
from linli.doors import files, flash, generated, schemes
from linli.doors.generated import Form
from linli.doors.limits import count_look
from linli.elements import places
from linli.matters import categories, moving, numbers, stories
from linli.matters.inbox import phase_words
from linli.matters.phases import EXITS
from linli.matters.stories import Entry, Story
from linli.ui.forms import BoundForm, bound

CODE_HELP = words("上报成功时给您的一串字母和数字，例如 1234-7KQ2M-9XR4T。", "The letters and digits you got, such as 1234-7KQ2M-9XR4T.")
CODE = Field("code", words("查询码", "Query code"), required=True, limit=40, help=CODE_HELP)
LOOK = words("查看进度", "Show")
WRONG = words("没有找到这个查询码，请核对每一位。", "This query code was not found. Check every character.")
NOTHING = words("没有查到。", "Nothing was found.")
WRONG_REMEDY = words("字母不分大小写；数字 0 和字母 O、数字 1 和字母 I 都可以。记不清了，请联系社区。", "Capital or small letters do not matter. If it is lost, ask the community.")
SCORES: tuple[tuple[str, Words], ...] = (
    ("1", words("非常满意", "Very satisfied")), ("2", words("满意", "Satisfied")), ("3", words("一般", "Neither")),
    ("4", words("不满意", "Dissatisfied")), ("5", words("非常不满意", "Very dissatisfied")))
"""Five levels, 1 is best (GB/T 39046); none is chosen beforehand."""
SCORE = Field("score", words("您对办理结果满意吗？", "Are you satisfied with the result?"), "choice", required=True, choices=SCORES)
RATING_TEXT = Field("text", words("想说的话", "Your words"), "long_text", limit=1000)
ANSWER_TEXT = Field("text", words("您的回答", "Your answer"), "long_text", required=True, limit=1000)
THANKS = words("谢谢您的评价。", "Thank you for your rating.")
ANSWERED = words("回答已送达办理人员。", "Your answer has reached the staff.")
TONES = {"matter.refuse": "warn", "closed": "good"}


def enter(request: HttpRequest) -> HttpResponse:
    """The page on which a query code is entered; leads to the story."""
    fault, code = None, ""
    if request.method == "POST":
        code = request.POST.get("code", "").strip()
        count_look(request)
        if numbers.matter_by_code(code) is not None:
            return flash.redirect(request, reverse("website:story", args=[_tidy(code)]))
        fault = Fault("wrong_code", WRONG, WRONG_REMEDY)
    errors = {"code": fault.message} if fault else {}
    form = BoundForm(tuple(bound([CODE], {"code": code}, errors)), LOOK, message=NOTHING if fault else None, remedy=fault.remedy if fault else None)
    return render(request, "website/follow.html", {"form": form}, status=422 if fault else 200)


def _tidy(code: str) -> str:
    return numbers.query_code(numbers.matter_by_code(code) or 0)


@require_GET
def story(request: HttpRequest, code: str) -> HttpResponse:
    """The story of one matter as its reporter sees it. NotVisible for a wrong code."""
    count_look(request)
    return _page(request, code)


@require_POST
def rate(request: HttpRequest, code: str) -> HttpResponse:
    """One rating after closing."""
    return _sent(request, code, "rating", _rating(code))


@require_POST
def answer(request: HttpRequest, code: str) -> HttpResponse:
    """The answer to the oldest open question."""
    return _sent(request, code, "answer", _answer(code))


def _sent(request: HttpRequest, code: str, name: str, form: Form) -> HttpResponse:
    count_look(request)
    sent = generated.submit(request, form)
    return sent.response or _page(request, code, {name: sent.form}, status=sent.status)


def _rating(code: str) -> Form:
    return Form("matter.rate", (SCORE, RATING_TEXT), {"query_code": code}, submit=words("提交评价", "Send the rating"), to=_address(code), done=THANKS,
                address=reverse("website:rate", args=[code]), prefix="rating-")


def _answer(code: str) -> Form:
    return Form("matter.answer", (ANSWER_TEXT,), {"query_code": code}, submit=words("回答", "Answer"), to=_address(code), done=ANSWERED,
                address=reverse("website:answer", args=[code]), prefix="answer-", draft="website.answer")


def _address(code: str) -> str:
    return reverse("website:story", args=[code])


def _page(request: HttpRequest, code: str, forms: Mapping[str, BoundForm] | None = None, status: int = 200) -> HttpResponse:
    given = {"query_code": code}
    with looking(moving.sight_of_code(PUBLIC, given), read_only=True):
        found = stories.story_of(moving.by_code(PUBLIC, given))
        return render(request, "website/story.html", _shown(request, code, found) | dict(forms or {}), status=status)


def _shown(request: HttpRequest, code: str, found: Story) -> dict[str, Any]:
    matter = found.matter
    point = (matter.lon_e6, matter.lat_e6) if matter.lon_e6 is not None and matter.lat_e6 is not None else None
    open_questions = [one for one in found.questions if one.answered_at is None]
    community = places.community_of(matter.area)
    may_rate = matter.phase == "closed" and found.rating is None
    return {
        "matter": matter, "code": code, "number": numbers.number_of(matter.pk), "category": categories.words_of(matter.category),
        "phase": phase_words(matter), "tone": "good" if matter.phase in ("closed", "archived") else "warn" if matter.phase in EXITS else "accent",
        "steps": [{"label": label, "state": state, "at": at} for label, state, at in found.steps] if matter.phase not in EXITS else [],
        "entries": [_entry(one) for one in stories.public_entries(found)],
        "community": community, "path": [one.short_name for one in places.path_of(matter.area) if one.level != "grid"],
        "refusal": _refusal(found), "question": open_questions[0] if open_questions else None,
        "answer": generated.unsent(request, _answer(code)) if open_questions else None,
        "rating": generated.unsent(request, _rating(code)) if may_rate else None,
        "rated": dict(SCORES).get(str(found.rating.score)) if found.rating else None, "rated_text": found.rating.text if found.rating else "",
        "scheme": schemes.scheme_of(matter.area, point=point) if point else None,
    }


def _entry(one: Entry) -> dict[str, Any]:
    text = one.text or (str(one.reason) if one.reason else "")
    return {"at": one.at, "title": one.title, "text": text, "photos": [files.photo_of(photo, with_pass=True) for photo in one.photos], "tone": "calm"}


def _refusal(found: Story) -> Words | None:
    """Where the reporter may go instead; None when the matter was not refused."""
    if found.matter.phase != "refused":
        return None
    texts = {str(one.words): one.remedy for one in found.kind.refusals}
    return next((texts[str(entry.reason)] for entry in reversed(found.entries) if entry.reason and str(entry.reason) in texts), None)
