# SPDX-License-Identifier: MulanPSL-2.0
"""One application on the desk: what is known of the community, its whole history, and the one thing that this post can do now."""

from fractions import Fraction
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.dateparse import parse_datetime

from linli.core import actions, clock, evidence
from linli.core.actions import run
from linli.core.faults import NotAble
from linli.core.fields import Field
from linli.core.sight import Actor, looking, of_post
from linli.core.words import Words, words
from linli.desk.creating import answered, demonstration, status_of, tried
from linli.doors.files import photo_of
from linli.doors.generated import Form, Sent
from linli.doors.guards import able
from linli.doors.requests import actor_of
from linli.elements import places
from linli.measures.grading import STATE_WORDS
from linli.measures.inspecting.opening import outcomes
from linli.measures.results import MET, UNMET
from linli.measures.scoring import decimal, percent
from linli.titles.creation import showing, visits
from linli.titles.creation.moving import APPLIES, PLANS, REVIEWS_DISTRICT, REVIEWS_STREET, SEES, find_application, refuse_other_level
from linli.titles.creation.objecting import ANSWERS, READS, find_objection
from linli.titles.creation.publics import batch_words
from linli.titles.creation.states import CITY, COMMUNITY, DISTRICT, STATES, STEPS, STREET
from linli.titles.models import Application, Assessed, Filing, Objection, StrikeOut

CONDITIONS: dict[str, tuple[Words, str]] = {MET: (words("已满足", "Met"), "good"), UNMET: (words("未满足", "Not met"), "bad")}
NOT_JUDGED = (words("还不能判断", "Cannot be judged yet"), "warn")
WORKING = words("已办理。", "Done.")
OWN = words("这份申报由您报送，审核要由另一位同事办理。", "You filed this application; a colleague reviews it.")


def stands_for(actor: Actor, area: int, level: str) -> bool:
    """Whether the actor's post stands for the place of that level."""
    try:
        refuse_other_level(actor, area, level)
    except NotAble:
        return False
    return True


def _own_fields(action: str, *without: str) -> list[Field]:
    return [one for one in actions.find_action(action).fields if one.name not in without]


def _of_community(held: Application, strike: StrikeOut | None) -> dict[str, tuple[str, Words, str]]:
    found: dict[str, tuple[str, Words, str]] = {}
    if held.state in ("draft", "returned"):
        found |= {"fill": ("title.fill_application", words("保存", "Keep"), "quiet"), "submit": ("title.submit_application", words("报送街道", "Submit to the street"), "primary")}
    if strike is not None and strike.state == "hearing":
        found["state"] = ("title.state_on_strike", words("提交说明", "Submit the statement"), "primary")
    if held.state in ("draft", "submitted", "returned", "district", "candidate"):
        found["withdraw"] = ("title.withdraw_application", words("撤回申报", "Withdraw"), "danger")
    return found


def _of_district(held: Application, strike: StrikeOut | None, grounds: tuple[str, ...]) -> dict[str, tuple[str, Words, str]]:
    found: dict[str, tuple[str, Words, str]] = {}
    if held.state == "district":
        found["district"] = ("title.review_at_district", words("提交审核意见", "Give the outcome"), "primary")
    if strike is not None and strike.state == "hearing":
        found["decide"] = ("title.decide_strike", words("作出区级决定", "Decide for the district"), "primary")
    elif strike is None and grounds and held.state == "candidate":
        found["strike"] = ("title.propose_strike", words("提出取消候选资格", "Propose the strike-out"), "danger")
    return found


def _of_city(held: Application, strike: StrikeOut | None, readiness: str) -> dict[str, tuple[str, Words, str]]:
    found: dict[str, tuple[str, Words, str]] = {}
    if strike is not None and strike.state == "decided":
        found["confirm"] = ("title.confirm_strike", words("作出市级决定", "Decide for the city"), "primary")
    if held.state in ("candidate", "assessed") and strike is None and readiness in ("begin", "again"):
        found["assess"] = ("title.begin_assessment", words("安排现场测评", "Begin the inspection"), "primary" if readiness == "begin" else "quiet")
    if held.state in ("candidate", "assessed") and strike is None and readiness == "conclude":
        found["conclude"] = ("title.conclude_assessment", words("形成测评结论", "Conclude"), "primary")
    if held.state == "assessed":
        found["shortlist"] = ("title.shortlist", words("列入拟命名名单", "Shortlist"), "primary")
    if held.state in ("assessed", "shortlisted"):
        found["leave"] = ("title.leave_out", words("本批不列入", "Leave out"), "quiet")
    return found


def _readiness(held: Application, seen: visits.Visits | None, last: Assessed | None) -> str:
    """`begin`, `running`, `conclude` or `again` for its inspection; empty while it had no visit."""
    found = outcomes(visits.ASSESSMENT, [held.pk]).get(held.pk, [])
    if found and not found[-1].is_settled:
        return "running"
    if found and (last is None or last.content["inspection"] != found[-1].inspection.pk):
        return "conclude"
    return ("again" if found else "begin") if seen is not None and seen.days(visits.half(held.batch, clock.today())) else ""


def _able(actor: Actor, held: Application, strike: StrikeOut | None, seen: visits.Visits | None, readiness: str) -> dict[str, tuple[str, Words, str]]:
    found: dict[str, tuple[str, Words, str]] = {}
    if actor.may(APPLIES) and stands_for(actor, held.area, COMMUNITY):
        found |= _of_community(held, strike)
    if actor.may(REVIEWS_STREET) and held.state == "submitted" and stands_for(actor, held.area, STREET):
        found["street"] = ("title.review_at_street", words("提交审核意见", "Give the outcome"), "primary")
    if actor.may(REVIEWS_DISTRICT) and stands_for(actor, held.area, DISTRICT):
        found |= _of_district(held, strike, seen.grounds if seen else ())
    if actor.may(PLANS) and stands_for(actor, held.area, CITY):
        found |= _of_city(held, strike, readiness)
    return found


WITHOUT_FIELDS = ("submit", "conclude", "shortlist")
HEADS: dict[str, Words] = {
    "fill": words("自查情况", "Self-check"), "submit": words("报送", "Submit"), "withdraw": words("撤回", "Withdraw"), "street": words("街道审核", "Review of the street"),
    "strike": words("取消候选资格", "Strike-out"), "state": words("说明情况", "Your side"), "decide": words("区级决定", "Decision of the district"),
    "confirm": words("市级决定", "Decision of the city"), "assess": words("年终测评", "Assessment"), "conclude": words("测评结论", "Conclusion"),
    "shortlist": words("拟命名名单", "Shortlist"), "leave": words("不列入的理由", "Why it is left out")}


def _forms(actor: Actor, held: Application, able_to: dict[str, tuple[str, Words, str]], strike: StrikeOut | None) -> dict[str, Form]:
    found, here = dict[str, Form](), reverse("desk:creation_application", args=[held.pk])
    for name, (action, label, tone) in able_to.items():
        is_strike = name in ("state", "decide", "confirm")
        fixed: dict[str, object] = {"strike": strike.pk, "version": strike.version} if is_strike and strike else {"application": held.pk, "version": held.version}
        if name == "assess":
            fixed.pop("version")
        fields = [] if name in WITHOUT_FIELDS else _own_fields(action, *fixed)
        found[name] = Form(action, fields, fixed, submit=label, to=here, done=WORKING, address=f"?do={name}", prefix=f"{name}.", tone=tone,
                           initial={"self_check": held.self_check} if name == "fill" else {})
    return found


@able(SEES)
def application(request: HttpRequest, application: int) -> HttpResponse:
    """An application with everything decided about it, and the forms of this post."""
    actor = actor_of(request)
    with looking(of_post(actor), read_only=True):
        held = find_application(actor, {"application": application})
        strike = StrikeOut.objects.visible_to(actor).filter(application=held, state__in=["hearing", "decided"]).first()
        seen = visits.visits_of(held.batch, [held.pk])[held.pk] if held.batch.standard_id else None
        last = Assessed.objects.visible_to(actor).filter(application=held).order_by("-id").first()
        is_own = Filing.objects.visible_to(actor).filter(application=held, account=actor.account or 0).exists()
        able_to = _able(actor, held, strike, seen, _readiness(held, seen, last))
    if is_own:
        able_to = {name: one for name, one in able_to.items() if name in ("fill", "submit", "withdraw", "state")}
    sent = tried(request, _forms(actor, held, able_to, strike))
    if response := answered(sent):
        return response
    with looking(of_post(actor), read_only=True):
        reviews = actor.may(REVIEWS_STREET) or actor.may(REVIEWS_DISTRICT)
        return render(request, "desk/creation_application.html", _shown(actor, held, last) | {
            "strike": strike, "forms": _headed(held, sent), "is_own": is_own and reviews, "own": OWN}, status=status_of(sent))


def _headed(held: Application, sent: dict[str, Sent]) -> list[dict[str, Any]]:
    step = STEPS[min(held.step, len(STEPS) - 1)][1]
    district = words(f"区级审核 第 {held.step + 1} 步：{step.zh}", f"District, step {held.step + 1}: {step.en}")
    return [{"name": name, "head": HEADS.get(name, district), "form": one.form, "is_folded": name in ("withdraw", "strike")} for name, one in sent.items()]


def _shown(actor: Actor, held: Application, last: Assessed | None) -> dict[str, Any]:
    history = showing.history_of(held)
    subjects = {("application", held.pk), *(one.subject for one in history if one.subject[1])}
    files: dict[tuple[str, int], list[dict[str, str]]] = {}
    for kind in {kind for kind, _ in subjects}:
        for one in evidence.rows_of(kind, *(number for name, number in subjects if name == kind)):
            files.setdefault((kind, one.subject or 0), []).append(photo_of(one))
    entries = [{"at": one.at, "title": one.title, "who": one.who, "text": one.text, "tone": one.tone, "photos": files.get(one.subject, [])} for one in history]
    return {
        "held": held, "batch": held.batch, "title": batch_words(held.batch), "place": places.place_by_area(held.area), "path": places.path_of(held.area)[1:-1],
        "state": STATES[held.state], "entries": entries, "files": files.get(("application", held.pk), []), "known": told(held.content),
        "visits": showing.visits_shown(actor, held), "last": last, "conclusion": told(last.content) if last else None,
        "steps": [{"label": label, "state": "done" if turn < held.step or held.state in showing.CHOSEN else "now" if held.state == "district" and turn == held.step else "ahead"}
                  for turn, (_, label) in enumerate(STEPS)],
        "demonstration": demonstration([held.batch])}


def told(content: dict[str, Any]) -> dict[str, Any]:
    """Kept facts as a page shows them: points with one decimal, conditions with their words, the grade with its reasons."""
    def points(text: str | None) -> str:
        return decimal(Fraction(text), 1) if text is not None else "—"

    return content | {
        "at": parse_datetime(content.get("at", "")),
        "dimensions": [{"words": words(one["zh"], one["en"]), "reached": points(one["reached"]), "possible": points(one["possible"]), "sheet": points(one["sheet"])}
                       for one in content.get("dimensions", ())],
        "conditions": [{"words": words(one["zh"], one["en"]), "state": CONDITIONS.get(one["state"], NOT_JUDGED)} for one in content.get("conditions", ())],
        "total": points(content.get("reached")), "of": points(content.get("possible")), "covered": percent(Fraction(content.get("coverage") or "0")),
        "grade_words": STATE_WORDS.get(content.get("grade", "")), "why": [words(zh, en) for zh, en in content.get("reasons", ())]}


@able(REVIEWS_DISTRICT, PLANS)
def objection(request: HttpRequest, title_objection: int) -> HttpResponse:
    """One objection: opened by a look that is journalled, answered with a reason."""
    actor = actor_of(request)
    with looking(of_post(actor), read_only=True):
        held: Objection = find_objection(actor, {"title_objection": title_objection})
    opened, here = None, reverse("desk:creation_objection", args=[held.pk])
    if request.method == "POST" and request.GET.get("do") == "read":
        opened = run(READS, actor, {"title_objection": held.pk}, device=request.device)  # type: ignore[attr-defined]
    form = Form(ANSWERS, None, {"title_objection": held.pk}, submit=words("答复", "Answer"), done=WORKING, to=here, address="?do=answer")
    sent = tried(request, {"answer": form}) if actor.may(REVIEWS_DISTRICT) and not held.outcome else {}
    if response := answered(sent):
        return response
    with looking(of_post(actor), read_only=True):
        batch = held.publicity.batch
        return render(request, "desk/creation_objection.html", {
            "held": held, "batch": batch, "title": batch_words(batch), "place": places.place_by_area(held.area), "opened": opened, "is_late": held.due_on < clock.today(),
            "may_read": actor.may(REVIEWS_DISTRICT), "form": sent["answer"].form if sent else None, "demonstration": demonstration([batch])}, status=status_of(sent))


