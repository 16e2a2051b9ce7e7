# SPDX-License-Identifier: MulanPSL-2.0
"""A household answers a survey by the code of its slip: no account, no name, large type, one form; the code goes into no address and no cookie."""

import json
from collections.abc import Mapping

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from linli.core.actions import run
from linli.core.faults import Conflict, Fault, NotVisible
from linli.core.fields import Field
from linli.core.sight import PUBLIC, looking
from linli.core.tries import count_try
from linli.core.words import words
from linli.doors import flash
from linli.doors.addresses import address_digest
from linli.doors.context import LARGE
from linli.doors.requests import actor_of
from linli.elements import places
from linli.measures.surveying import answering, rolls
from linli.measures.surveying.questionnaires import Questionnaire, questionnaire_named
from linli.ui.forms import BoundForm, bound, typed

TRIES, WINDOW_SECONDS = 60, 600
"""Codes that may be tried from one address in ten minutes (our choice; a code has 80 random bits)."""
CODE = Field("code", words("答卷码", "Code"), required=True, limit=40, help=words(
    "通知单上的 16 位字母和数字，例如 7KQ2-M9XR-4T8W-0ABC。", "The 16 letters and digits on your slip, such as 7KQ2-M9XR-4T8W-0ABC."))
WRONG = words("没有找到这个答卷码，请核对每一位；调查也可能已经结束。", "This code was not found. Check every character; the survey may also have ended.")
WRONG_REMEDY = words("字母不分大小写。还是不行，可以等调查员上门或来电。", "Capital or small letters do not matter. Otherwise wait for the interviewer.")
OPEN, SEND = words("开始答卷", "Begin"), words("交卷", "Send")


def enter(request: HttpRequest) -> HttpResponse:
    """Where the code is entered; a right one shows the questions at once."""
    fault = None
    if request.method == "POST":
        count_try("survey", address_digest(request), TRIES, WINDOW_SECONDS)
        code = request.POST.get("code", "")[:60]
        try:
            return _questions(request, code, {}, None)
        except NotVisible:
            fault = Fault("wrong_code", WRONG, WRONG_REMEDY)
        except Conflict as conflict:
            fault = conflict
    form = BoundForm(tuple(bound([CODE], {}, {"code": fault.message} if fault else {})), OPEN, message=fault.message if fault else None, remedy=fault.remedy if fault else None)
    return _unkept(render(_read_large(request), "website/survey_enter.html", {"form": form}, status=fault.status if fault else 200))


def _questions(request: HttpRequest, code: str, values: Mapping[str, object], fault: Fault | None) -> HttpResponse:
    """The questions with what was typed. NotVisible for a wrong code, Conflict for a household that has answered."""
    given = {"code": code}
    with looking(answering.sight_of_code(PUBLIC, given), read_only=True):
        line = answering.by_code(PUBLIC, given)
        rolls.refuse_unless_open(line.survey, line)
        asked: Questionnaire = questionnaire_named(line.survey.questionnaire)
        place = places.place_by_area(line.area)
    sentences = dict(fault.fields) if fault else {}
    form = BoundForm(tuple(bound([one.field() for one in asked.questions], values, sentences)), SEND, address=reverse("website:survey_answer"), fixed=(("code", code),),
                     message=fault.message if fault else None, remedy=fault.remedy if fault else None, others=tuple(sentences[name] for name in ("answers",) if name in sentences))
    return _unkept(render(_read_large(request), "website/survey.html", {"form": form, "place": place, "questionnaire": asked}, status=fault.status if fault else 200))


@require_POST
def answer(request: HttpRequest) -> HttpResponse:
    """One answer; a second one of the same household is refused and says so. Nothing typed is lost when a question is wrong."""
    count_try("survey", address_digest(request), TRIES, WINDOW_SECONDS)
    code = request.POST.get("code", "")[:60]
    found = rolls.line_by_code(code)
    if found is None:
        return flash.redirect(request, reverse("website:survey"), WRONG, level="wrong")
    given = {"code": code}
    with looking(answering.sight_of_code(PUBLIC, given), read_only=True):
        asked = questionnaire_named(answering.by_code(PUBLIC, given).survey.questionnaire)
    values = typed([one.field() for one in asked.questions], request.POST)
    said = json.dumps({one.code: values.get(one.code) or "" for one in asked.questions})
    try:
        run("survey.answer", actor_of(request), given | {"answers": said, "network": answering.voucher(address_digest(request))}, device=request.device)  # type: ignore[attr-defined]
    except Conflict as conflict:
        return flash.redirect(request, reverse("website:survey"), conflict.message, level="wrong")
    except Fault as fault:
        return _questions(request, code, values, fault)
    return flash.SeeOther(reverse("website:survey_done"))


@require_GET
def done(request: HttpRequest) -> HttpResponse:
    """Thanks; the page says nothing of what was answered."""
    return _unkept(render(_read_large(request), "website/survey_done.html", {}))


def _read_large(request: HttpRequest) -> HttpRequest:
    """Large type on these pages unless the reader chose another."""
    setattr(request, LARGE, True)
    return request


def _unkept(response: HttpResponse) -> HttpResponse:
    """No copy stays in a browser that several people use."""
    response.headers["Cache-Control"] = "no-store"
    return response
