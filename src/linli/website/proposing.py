# SPDX-License-Identifier: MulanPSL-2.0
"""Residents correct what is held about them by a code that the community handed out: names of fields and what they type, nothing that is stored."""

from dataclasses import replace
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from linli.core.faults import Fault
from linli.core.fields import Field
from linli.core.sight import PUBLIC, looking
from linli.core.words import words
from linli.doors import flash, generated
from linli.doors.generated import Form
from linli.doors.limits import count_look, count_report
from linli.elements import places
from linli.elements.keeping import invitations, proposals
from linli.ui.forms import BoundForm, bound

CODE = Field("code", words("自报码", "Code"), required=True, limit=60,
             help=words("社区工作人员当面给您的，例如 1234-20780-7KQ2M-9XR4T。", "Handed to you by the community, such as 1234-20780-7KQ2M-9XR4T."))
GO = words("填写更正", "Go on")
WRONG = words("这个自报码不对，或者已经过期。", "This code is wrong or over.")
NOTHING = words("没有打开。", "Nothing was opened.")
WRONG_REMEDY = words("请核对每一位；过期了请向社区再要一个。", "Check every character; if it is over, ask the community for another.")
DONE = words("已提交，等待社区核实。", "Sent; the community will check it.")
TONES = {"waiting": "accent", "taken": "good", "declined": "warn", "withdrawn": "calm"}


def enter(request: HttpRequest) -> HttpResponse:
    """Where the code is entered; leads to the page of corrections."""
    fault, code = None, ""
    if request.method == "POST":
        code = request.POST.get("code", "").strip()[:60]
        count_look(request)
        if invitations.person_by_code(code) is not None:
            return flash.redirect(request, reverse("website:proposing", args=[code.upper().replace(" ", "")]))
        fault = Fault("wrong_code", WRONG, WRONG_REMEDY)
    errors = {"code": fault.message} if fault else {}
    form = BoundForm(tuple(bound([CODE], {"code": code}, errors)), GO, message=NOTHING if fault else None, remedy=fault.remedy if fault else None)
    return render(request, "website/propose.html", {"form": form, "is_door": True}, status=422 if fault else 200)


def page(request: HttpRequest, code: str) -> HttpResponse:
    """The empty form, and how the last proposal stands. NotVisible for a wrong code or one that is over."""
    (count_report if request.method == "POST" else count_look)(request)
    given = {"code": code}
    with looking(proposals.sight_of_code(PUBLIC, given), read_only=True):
        person = proposals.of_code(PUBLIC, given)
        last, community = proposals.last_of(person), places.community_of(person.area)
    fields = tuple(replace(one, help=None) for one in proposals.TYPED)
    sent = generated.submit(request, Form("proposal.make", fields, given, submit=words("提交，请社区核实", "Send it to be checked"), to=reverse("website:proposing", args=[code]),
                                          done=DONE))
    if sent.response is not None:
        return sent.response
    return render(request, "website/propose.html", {"form": sent.form, "community": community, "until": invitations.last_day(code), "last": _last(last)}, status=sent.status)


def _last(one: Any) -> dict[str, Any] | None:
    """The state of the last proposal with what the worker said; none of its values."""
    if one is None:
        return None
    return {"state": proposals.STATES[one.state], "tone": TONES[one.state], "at": one.made_at, "reason": one.reason}
