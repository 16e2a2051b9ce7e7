# SPDX-License-Identifier: MulanPSL-2.0
"""Residents follow what they reported: the story by query code, questions to answer, and a rating without default."""

from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from linli.core import clock, letters
from linli.core.faults import Fault
from linli.core.fields import Field
from linli.core.sight import PUBLIC, looking
from linli.core.words import Words, words
from linli.doors import files, flash, generated, schemes
from linli.doors.generated import Form
from linli.doors.letters import letter_rows
from linli.doors.limits import count_look
from linli.elements import places
from linli.matters import categories, duties, moving, numbers, stories
from linli.matters.dialogue import BAD, rating_window
from linli.matters.following import Mine, mine
from linli.matters.inbox import phase_words
from linli.matters.informing import contact_of, reachable
from linli.matters.models import Matter
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
PHOTOS = Field("evidence", words("照片", "Photos"), "evidence", limit=9)
AGAIN_TEXT = Field("note", words("哪里没有办好", "What is not right"), "long_text", required=True, limit=1000)
OBJECTED = words("已转回办理单位重新办理，结果会更新在这里。", "It went back to its unit; what follows appears here.")
STOP, START = words("不再接收消息", "Stop the messages"), words("接收消息", "Send me messages")
CHOSEN = words("已按您的选择设置。", "Set as you chose.")
LONGEST = 19
"""Digits of a bigint."""
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
    """One rating each time it was closed."""
    return _sent(request, code, "rating", _rating(code))


@require_POST
def answer(request: HttpRequest, code: str) -> HttpResponse:
    """The answer to one open question, the oldest when none is named."""
    number = request.GET.get("question", "")
    question = int(number) if number.isdecimal() and len(number) < LONGEST else None
    return _sent(request, code, f"answer-{question or ''}", _answer(code, question, _area(code)))


@require_POST
def again(request: HttpRequest, code: str) -> HttpResponse:
    """The reporter says that it is not done."""
    return _sent(request, code, "again", _again(code, _area(code)))


@require_POST
def messages(request: HttpRequest, code: str) -> HttpResponse:
    """Whether messages are sent from now on."""
    return _sent(request, code, "messages", _messages(code, wants=request.GET.get("wants") == "1"))


def _sent(request: HttpRequest, code: str, name: str, form: Form) -> HttpResponse:
    count_look(request)
    sent = generated.submit(request, form)
    return sent.response or _page(request, code, {name: sent.form}, status=sent.status)


def _area(code: str) -> int:
    """Where the matter of a code lies, for the photos that come with a form. NotVisible for a wrong code."""
    return moving.sight_of_code(PUBLIC, {"query_code": code}).lo


def _rating(code: str) -> Form:
    return Form("matter.rate", (SCORE, RATING_TEXT), {"query_code": code}, submit=words("提交评价", "Send the rating"), to=_address(code), done=THANKS,
                address=reverse("website:rate", args=[code]), prefix="rating-")


def _answer(code: str, question: int | None, area: int) -> Form:
    asked, prefix = (f"?question={question}", f"answer-{question}-") if question else ("", "answer-")
    return Form("matter.answer", (ANSWER_TEXT, PHOTOS), {"query_code": code, "question": question}, submit=words("回答", "Answer"), to=_address(code),
                done=ANSWERED, address=reverse("website:answer", args=[code]) + asked, prefix=prefix,
                draft=f"website.answer.{question or ''}", place=lambda values: (area, area + 1))


def _again(code: str, area: int) -> Form:
    return Form("matter.object", (AGAIN_TEXT, PHOTOS), {"query_code": code}, submit=words("要求重新办理", "Ask for it to be done again"), to=_address(code),
                done=OBJECTED, address=reverse("website:again", args=[code]), prefix="again-", draft="website.again", place=lambda values: (area, area + 1))


def _messages(code: str, *, wants: bool) -> Form:
    return Form("matter.choose_letters", (), {"query_code": code, "wants_letters": wants}, submit=STOP if not wants else START, to=_address(code),
                done=CHOSEN, address=f"{reverse('website:messages', args=[code])}?wants={int(wants)}", prefix="messages-", tone="")


def _address(code: str) -> str:
    return reverse("website:story", args=[code])


def _page(request: HttpRequest, code: str, forms: Mapping[str, BoundForm] | None = None, status: int = 200) -> HttpResponse:
    given = {"query_code": code}
    own = mine(code)
    with looking(moving.sight_of_own(PUBLIC, given), read_only=True):
        sent = _letters(request, code, own.row if own else moving.own_by_code(PUBLIC, given))
    with looking(moving.sight_of_code(PUBLIC, given), read_only=True):
        found = stories.story_of(moving.by_code(PUBLIC, given))
        return render(request, "website/story.html", _shown(request, code, found, own, forms or {}) | sent, status=status)


def _shown(request: HttpRequest, code: str, found: Story, own: Mine | None, forms: Mapping[str, BoundForm]) -> dict[str, Any]:
    """The page; `own` is the reporter's own report where it was merged into the matter whose story this is: he sees no other reporter's words or place."""
    matter, rating = found.matter, own.rating if own else found.rating
    point = (matter.lon_e6, matter.lat_e6) if matter.lon_e6 is not None and matter.lat_e6 is not None and own is None else None
    may_be_rated = matter.phase == "closed" and (rating is None or rating.round != matter.round)
    community = places.community_of(matter.area)
    return {
        "matter": matter, "code": code, "number": own.number if own else numbers.number_of(matter.pk), "category": categories.words_of(matter.category),
        "phase": phase_words(matter), "tone": "good" if matter.phase in ("closed", "archived") else "warn" if matter.phase in EXITS else "accent",
        "steps": [{"label": label, "state": state, "at": at} for label, state, at in found.steps] if matter.phase not in EXITS else [],
        "entries": [_entry(one) for one in stories.public_entries(found, own)],
        "report": own or matter, "joined": {"number": numbers.number_of(matter.pk), "by_reporter": own.is_by_reporter} if own else None,
        "parts": found.parts_ended,
        "community": community, "path": [one.short_name for one in places.path_of(matter.area) if one.level != "grid"],
        "refusal": _refusal(found), "questions": _questions(request, code, found, forms),
        "rating": forms.get("rating") or (generated.unsent(request, _rating(code)) if may_be_rated else None),
        "again": forms.get("again") or (generated.unsent(request, _again(code, matter.area)) if _may_object(found) else None), "again_sent": "again" in forms,
        "rating_days": settings.RATING_DAYS,
        "rated_tone": "warn" if rating and rating.score in BAD else "good",
        "rated": dict(SCORES).get(str(rating.score)) if rating else None, "rated_text": rating.text if rating else "",
        "scheme": schemes.scheme_of(matter.area, point=point) if point else None,
    }


def _questions(request: HttpRequest, code: str, found: Story, forms: Mapping[str, BoundForm]) -> list[dict[str, Any]]:
    """Every open question with its own form; the one that was refused keeps what was typed."""
    waiting = [one for one in found.questions if one.answered_at is None] if found.matter.is_open or found.matter.phase == "closed" else []
    first = forms.get("answer-")
    return [{"text": one.text, "number": one.pk, "asked_at": one.asked_at,
             "form": forms.get(f"answer-{one.pk}") or (first if place == 0 and first else generated.unsent(request, _answer(code, one.pk, found.matter.area)))}
            for place, one in enumerate(waiting)]


def _may_object(found: Story) -> bool:
    """While the time for rating runs and it was not done again too often; the action checks the same."""
    matter = found.matter
    return matter.phase == "closed" and matter.closed_at is not None and clock.now() <= matter.closed_at + rating_window() and (
        matter.reopenings < settings.REOPENINGS)


def _letters(request: HttpRequest, code: str, matter: Matter) -> dict[str, Any]:
    """What was sent, and the button by which messages start or stop; nothing where nobody left a contact."""
    sent = letters.of("matter", matter.pk) if matter.is_contactable else []
    contact = contact_of(matter)
    may_choose = contact is not None and (contact.wants_letters or reachable(contact) is not None)
    return {
        "letters": letter_rows(sent), "wants_letters": contact is not None and contact.wants_letters,
        "messages": generated.unsent(request, _messages(code, wants=not contact.wants_letters)) if contact is not None and may_choose else None}


def _entry(one: Entry) -> dict[str, Any]:
    text = one.text or (str(one.reason) if one.reason else "")
    return {"at": one.at, "title": one.title, "text": text, "photos": [files.photo_of(photo, with_pass=True) for photo in one.photos], "tone": "calm"}


def _refusal(found: Story) -> Words | None:
    """Where the reporter may go instead; None when the matter was not refused."""
    if found.matter.phase != "refused":
        return None
    if instead := next((said for entry in reversed(found.entries) if (said := duties.told(entry.detail))), None):
        return instead
    texts = {str(one.words): one.remedy for one in found.kind.refusals}
    return next((texts[str(entry.reason)] for entry in reversed(found.entries) if entry.reason and str(entry.reason) in texts), None)
