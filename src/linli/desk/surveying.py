# SPDX-License-Identifier: MulanPSL-2.0
"""居民调查 on the desk: open and draw, work the roll, enter what came on paper and by phone, close, decide doubts, read the result."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils.http import urlencode

from linli.core.actions import find_action, run
from linli.core.faults import Fault, NotVisible
from linli.core.fields import Field
from linli.core.sight import Actor, looking, of_post
from linli.core.words import words
from linli.desk import record_pages
from linli.desk.record_pages import RecordPage
from linli.doors import flash
from linli.doors.addresses import address_digest
from linli.doors.generated import Form, submit, unsent
from linli.doors.guards import able
from linli.doors.requests import actor_of
from linli.elements import places
from linli.elements.quality.titles import titles
from linli.measures.models import Survey, SurveyDoubt, SurveyLine
from linli.measures.surveying import answering, doubts, rolls, samples, showing
from linli.measures.surveying.questionnaires import Questionnaire, questionnaire_named, questionnaires
from linli.titles.creation.moving import SEES as TITLES
from linli.ui.forms import BoundForm, bound, typed
from linli.ui.navigation import Entry, declare

SEE = "survey.see"
SHOWN = 50
"""Lines of a roll on one page, and surveys of a list."""
OPENED, DRAWN = words("已开展，种子已经定下。请抽样。", "Opened; the seed is fixed. Draw the households now."), words("已抽样。", "Drawn.")
ENTERED, NOTED = words("已录入。", "Entered."), words("已记录。", "Noted.")
CLOSED, JUDGED = words("已结束。", "Closed."), words("已提出处理意见，等另一位同事确认。", "Proposed; a colleague confirms it.")
CONFIRMED = words("已确认。", "Confirmed.")
SURVEY_PAGE = "/survey/"
"""Where a household answers on the public site; a neighbour's address, written out."""
SAVE = words("录入", "Enter")

declare(Entry("surveys", words("居民调查", "Surveys"), "desk:surveys", "people", 44, SEE, also="/desk/surveys/", unless=TITLES))
record_pages.declare(RecordPage("survey", "desk:survey", SEE, words("居民调查（汇总）", "Survey (sums only)"), is_sum=True))


@able(SEE)
def listing(request: HttpRequest) -> HttpResponse:
    """The surveys within the post's range, newest first, and the form that opens one."""
    actor = actor_of(request)
    sent = submit(request, _opening(actor)) if actor.may(samples.OPENS) else None
    if sent and sent.response:
        return sent.response
    before = request.GET.get("before", "")
    with looking(of_post(actor), read_only=True):
        held = Survey.objects.visible_to(actor).order_by("-id").defer("frame")
        if before.isdecimal() and len(before) < 19:
            held = held.filter(pk__lt=int(before))
        rows = list(held[:SHOWN + 1])
        return render(request, "desk/surveys.html", {
            "form": sent.form if sent else None, "rows": [_row(one) for one in rows[:SHOWN]], "newer": "?" if before else "",
            "older": f"?{urlencode({'before': rows[SHOWN - 1].pk})}" if len(rows) > SHOWN else ""}, status=sent.status if sent else 200)


def _opening(actor: Actor) -> Form:
    within = [(str(one.area), words(f"{one.name}（{_above(one.area)}）", f"{one.name} ({_above(one.area)})")) for one in places.communities(actor.lo, actor.hi)]
    asked = Field("questionnaire", words("问卷", "Questionnaire"), "choice", required=True, choices=[(one.name, one.words) for one in questionnaires()])
    return Form(samples.OPENS, (Field("area", words("社区", "Community"), "choice", required=True, choices=within), asked), submit=words("开展", "Open"), done=OPENED,
                to=lambda answer: reverse("desk:survey", args=[answer["survey"]]))


def _above(area: int) -> str:
    return " ".join(one.short_name for one in places.path_of(area)[1:-1])


def _row(one: Survey) -> dict[str, Any]:
    result = one.result
    return {"survey": one, "place": places.find_place(one.area), "questionnaire": questionnaire_named(one.questionnaire).words, "state": showing.STATE_WORDS[one.state],
            "is_short": one.state == "settled" and not result["is_enough"], "valid": result.get("valid")}


def _held(actor: Actor, survey: int) -> Survey:
    return samples.find_survey(actor, {"survey": survey})


@able(SEE)
def one(request: HttpRequest, survey: int) -> HttpResponse:
    """One survey: what is to be done next, progress, doubts, result."""
    return _page(request, survey)


def _page(request: HttpRequest, survey: int, refused: tuple[str, BoundForm] | None = None, status: int = 200) -> HttpResponse:
    actor = actor_of(request)
    with looking(of_post(actor), read_only=True):
        found = _held(actor, survey)
        place = places.place_by_area(found.area)
        may_work = samples.stands_outside(actor, place)
        forms = {name: unsent(request, _step(name, survey)) for name in ("draw", "close")} | dict([refused] if refused else [])
        return render(request, "desk/survey.html", {
            "survey": found, "place": place, "questionnaire": questionnaire_named(found.questionnaire), "state": showing.STATE_WORDS[found.state],
            "progress": showing.progress_of(found) if found.drawn_at else None, "result": showing.result_shown(found), "is_right": samples.is_drawn_rightly(found),
            "may_open": may_work and actor.may(samples.OPENS), "may_enter": may_work and actor.may(rolls.ENTERS), "is_rated": not may_work, "households": len(found.frame),
            "doubts": [_doubt(request, actor, row, refused) for row in found.doubts.order_by("id")], **forms}, status=status)


def _step(name: str, survey: int) -> Form:
    address = reverse("desk:survey_do", args=[survey, name])
    back = reverse("desk:survey", args=[survey])
    if name == "draw":
        return Form("survey.draw", (), {"survey": survey}, submit=words("抽取住户", "Draw the households"), to=back, done=DRAWN, address=address)
    return Form("survey.close", None, {"survey": survey}, submit=words("结束调查", "Close the survey"), to=back, done=CLOSED, address=address, tone="danger")


@able(samples.OPENS)
def do(request: HttpRequest, survey: int, name: str) -> HttpResponse:
    """Draw, or close. NotVisible for any other step."""
    if name not in ("draw", "close"):
        raise NotVisible
    with looking(of_post(actor_of(request)), read_only=True):
        _held(actor_of(request), survey)
    if request.method != "POST":
        return redirect("desk:survey", survey)
    sent = submit(request, _step(name, survey))
    return sent.response or _page(request, survey, (name, sent.form), sent.status)


def _doubt(request: HttpRequest, actor: Actor, row: SurveyDoubt, refused: tuple[str, BoundForm] | None) -> dict[str, Any]:
    is_open = row.confirmed_by is None and actor.may(doubts.DECIDES)
    forms = {name: refused[1] if refused and refused[0] == f"{name}-{row.pk}" else unsent(request, _decision(name, row.pk, row.survey_id)) for name in ("judge", "confirm")}
    return {"row": row, "kind": doubts.KINDS[row.kind], "decision": doubts.DECISION_WORDS.get(row.decision), "judge": forms["judge"] if is_open else None,
            "confirm": forms["confirm"] if is_open and row.decision and row.judged_by != actor.account else None}


def _decision(name: str, doubt: int, survey: int) -> Form:
    address, back = reverse("desk:survey_doubt", args=[doubt, name]), reverse("desk:survey", args=[survey])
    if name == "judge":
        return Form("survey.judge", _fields("survey.judge", ("decision", "reason")), {"doubt": doubt}, submit=words("提出意见", "Propose"), to=back, done=JUDGED, address=address,
                    prefix=f"d{doubt}-")
    return Form("survey.confirm", (), {"doubt": doubt}, submit=words("同意这个处理", "Confirm this"), to=back, done=CONFIRMED, address=address, prefix=f"c{doubt}-")


def _fields(action: str, names: Sequence[str]) -> tuple[Field, ...]:
    return tuple(one for one in find_action(action).fields if one.name in names)


@able(doubts.DECIDES)
def decide(request: HttpRequest, doubt: int, name: str) -> HttpResponse:
    """Propose what becomes of a doubt, or confirm it. NotVisible for anything else."""
    actor = actor_of(request)
    with looking(of_post(actor), read_only=True):
        survey = doubts.find_doubt(actor, {"doubt": doubt}).survey_id
    if name not in ("judge", "confirm"):
        raise NotVisible
    if request.method != "POST":
        return redirect("desk:survey", survey)
    sent = submit(request, _decision(name, doubt, survey))
    return sent.response or _page(request, survey, (f"{name}-{doubt}", sent.form), sent.status)


@able(rolls.ENTERS)
def roll(request: HttpRequest, survey: int) -> HttpResponse:
    """The roll in the order of the draw, households by their address; never by name, and never with what they said."""
    actor, after = actor_of(request), request.GET.get("after", "")
    start, only = int(after) if after.isdecimal() and len(after) < 9 else 0, request.GET.get("only") == "drawn"
    with looking(of_post(actor), read_only=True):
        found = _held(actor, survey)
        asked = SurveyLine.objects.visible_to(actor).filter(survey=found, position__gt=start).exclude(state="reserve").order_by("position")
        held = list((asked.filter(state="drawn") if only else asked)[:SHOWN + 1])
        known = titles(actor, "household", [one.household for one in held[:SHOWN]])
        return render(request, "desk/survey_roll.html", {
            "survey": found, "place": places.find_place(found.area), "questionnaire": questionnaire_named(found.questionnaire), "progress": showing.progress_of(found),
            "rows": [_line(one, known[one.household].address if one.household in known else "") for one in held[:SHOWN]], "outcomes": rolls.OUTCOMES,
            "may_work": found.state == "running" and samples.stands_outside(actor, places.place_by_area(found.area)),
            "only": only, "newer": ("?only=drawn" if only else "?") if start else "",
            "older": f"?{urlencode({'after': held[SHOWN - 1].position, 'only': 'drawn' if only else ''})}" if len(held) > SHOWN else ""})


def _line(one: SurveyLine, address: str) -> dict[str, Any]:
    tone = {"answered": "good", "refused": "warn", "not_reached": "warn", "moved": "calm"}.get(one.state, "")
    return {"line": one, "address": address, "state": rolls.STATES[one.state], "means": rolls.MEANS.get(one.means), "tone": tone, "is_open": one.state != "answered"}


@able(rolls.ENTERS)
def note(request: HttpRequest, line: int) -> HttpResponse:
    """Note what came of a contact; leads back to the roll."""
    actor = actor_of(request)
    with looking(of_post(actor), read_only=True):
        held = rolls.find_line(actor, {"line": line})
    address = f"{reverse('desk:survey_roll', args=[held.survey_id])}?{urlencode({'after': max(0, held.position - 3)})}"
    if request.method != "POST":
        return redirect(address)
    try:
        run("survey.note", actor, {"line": line, "outcome": request.POST.get("outcome", "")}, device=request.device)  # type: ignore[attr-defined]
    except Fault as fault:
        if fault.status == 404:
            raise
        return flash.redirect(request, address, next(iter(fault.fields.values()), fault.message), level="wrong")
    return flash.redirect(request, address, NOTED)


@able(rolls.ENTERS)
def enter(request: HttpRequest, line: int) -> HttpResponse:
    """The questionnaire of one household, from paper or by phone; what was typed stays when it is refused."""
    actor = actor_of(request)
    with looking(of_post(actor), read_only=True):
        held = rolls.find_line(actor, {"line": line})
        address = titles(actor, "household", [held.household])
    asked, back = questionnaire_named(held.survey.questionnaire), f"{reverse('desk:survey_roll', args=[held.survey_id])}?{urlencode({'after': max(0, held.position - 3)})}"
    fields, fault = (answering.ENTERED, *(one.field() for one in asked.questions)), None
    values: Mapping[str, object] = {"means": "phone" if request.GET.get("means") == "phone" else "paper"}
    if request.method == "POST":
        values = typed(fields, request.POST)
        try:
            said = json.dumps({one.code: values.get(one.code) or "" for one in asked.questions})
            given = {"line": line, "means": values.get("means"), "answers": said, "network": answering.voucher(address_digest(request))}
            run("survey.enter", actor, given, device=request.device)  # type: ignore[attr-defined]
            return flash.redirect(request, back, ENTERED)
        except Fault as caught:
            if caught.status == 404:
                raise
            fault = caught
    form = BoundForm(tuple(bound(fields, values, fault.fields if fault else None)), SAVE, message=fault.message if fault else None, remedy=fault.remedy if fault else None,
                     others=tuple(fault.fields[name] for name in ("answers",) if name in fault.fields) if fault else ())
    with looking(of_post(actor), read_only=True):
        return render(request, "desk/survey_enter.html", {
            "form": form, "line": held, "address": address[held.household].address if held.household in address else "", "questionnaire": asked, "back": back},
            status=fault.status if fault else 200)


@able(samples.OPENS)
def slips(request: HttpRequest, survey: int) -> HttpResponse:
    """Print the slips: with POST new codes are made and shown this once, each with its address; with GET the page says what that does."""
    actor = actor_of(request)
    with looking(of_post(actor), read_only=True):
        found = _held(actor, survey)
    sent = submit(request, Form("survey.print_slips", (), {"survey": survey}, submit=words("生成并显示答卷码", "Make the codes and show them"), to="", done=None))
    made: list[dict[str, Any]] = list((sent.answer or {}).get("slips", ()))
    with looking(of_post(actor), read_only=True):
        known = titles(actor, "household", [one["household"] for one in made])
        shown = [one | {"address": known[one["household"]].address if one["household"] in known else ""} for one in made]
        response = render(request, "desk/survey_slips.html", {
            "survey": found, "place": places.find_place(found.area), "questionnaire": questionnaire_named(found.questionnaire), "slips": shown, "is_done": sent.answer is not None,
            "form": sent.form, "address": f"{settings.SITE}{SURVEY_PAGE}"}, status=200 if sent.answer is not None else sent.status)
    response.headers["Cache-Control"] = "no-store"
    return response


@able(rolls.ENTERS)
def paper(request: HttpRequest, survey: int) -> HttpResponse:
    """The questionnaire on paper, to be filled in by hand: it bears no name, no address and no number of the household."""
    actor = actor_of(request)
    with looking(of_post(actor), read_only=True):
        found = _held(actor, survey)
        asked: Questionnaire = questionnaire_named(found.questionnaire)
        return render(request, "desk/survey_paper.html", {
            "survey": found, "place": places.find_place(found.area), "questionnaire": asked,
            "questions": [{"words": one.words, "choices": [label for _, label in one.field().options()]} for one in asked.questions]})


ADDRESSES = [
    path("surveys/", listing, name="surveys"),
    path("surveys/<int:survey>/", one, name="survey"),
    path("surveys/<int:survey>/roll", roll, name="survey_roll"),
    path("surveys/<int:survey>/slips", slips, name="survey_slips"),
    path("surveys/<int:survey>/paper", paper, name="survey_paper"),
    path("surveys/<int:survey>/do/<str:name>", do, name="survey_do"),
    path("surveys/roll/<int:line>/note", note, name="survey_note"),
    path("surveys/roll/<int:line>/enter", enter, name="survey_enter"),
    path("surveys/doubts/<int:doubt>/<str:name>", decide, name="survey_doubt"),
]
