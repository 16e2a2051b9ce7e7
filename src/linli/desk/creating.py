# SPDX-License-Identifier: MulanPSL-2.0
"""创建与命名 on the desk: the hub by level, a batch with its target, call, draws and results."""

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from linli.core import clock, registry
from linli.core.sight import Actor, looking, of_post
from linli.core.words import Words, words
from linli.desk.named import LATE
from linli.desk.surveying import SEE as SURVEYS
from linli.doors import generated
from linli.doors.generated import Form, Sent
from linli.doors.guards import able
from linli.doors.requests import actor_of
from linli.elements import places
from linli.ledgers.actions import SEES as FUNDS
from linli.measures.inspecting.ordering import OPENS
from linli.measures.inspecting.reading import RESULTS
from linli.measures.sheets.drafts import SEE as STANDARDS
from linli.titles import lateness
from linli.titles.after.cases import LEADS
from linli.titles.creation import planning, showing, visits
from linli.titles.creation.moving import APPLIES, PLANS, SEES, find_batch
from linli.titles.creation.patrols import DRAWS
from linli.titles.creation.publics import batch_words
from linli.titles.creation.states import may
from linli.titles.kinds import kinds
from linli.titles.models import Application, Batch, Share
from linli.ui.navigation import Entry, declare

PAGE, STEPS = 50, 30
DEMONSTRATION = words("演示环境：能计算的指标不到全表八成，按规则不能命名；这里只为演示流程继续往下走，不是真实的命名结果。",
                      "Demonstration: less than four fifths of the sheet can be computed, so by the rule nobody could be named; it goes on only to show the way.")
PLANNED = words("已定下年度目标，并按尚未命名的社区数提出分解意见。", "Planned, with a proposed split.")
SPLIT = words("已保存，各区合计与全市目标一致。", "Kept; the districts add up to the target.")
OPENED = words("已发布创建通知，标准已固定。", "The call is open and its standard frozen.")
DRAWN = words("已抽出 {drawn} 个社区，并为每个社区建立了暗访检查。", "{drawn} communities are drawn, each with its visit.")

WAYS: tuple[tuple[Words, str, str, tuple[str, ...]], ...] = (
    (words("命名名册", "Register of the named"), "desk:named", "flag", (SEES,)), (words("再巡查", "Re-inspections"), "desk:title_rounds", "check", (LEADS,)),
    (words("推进情况", "What is late"), "desk:late", "clock", (LATE,)), (words("创建经费", "Money of creation"), "desk:funds", "journal", (FUNDS,)),
    (words("现场检查", "Inspections"), "desk:inspections", "eye", (OPENS, RESULTS)), (words("居民调查", "Surveys"), "desk:surveys", "people", (SURVEYS,)),
    (words("测评标准", "Standards"), "desk:standards", "results", (STANDARDS,)), (words("结账与更正", "Closed periods"), "desk:closings", "check", (RESULTS,)))
"""What belongs to creation and naming, with who may open it: one row of the navigation leads here, and from here on to all of it."""
MARKED = tuple(f"/desk/{one}/" for one in ("creation", "named", "late", "funds", "inspections", "surveys", "standards"))

declare(Entry("creation", words("创建与命名", "Naming"), "desk:creation", "star", 41, SEES, also=MARKED))


def tried(request: HttpRequest, forms: Mapping[str, Form]) -> dict[str, Sent]:
    """The forms of a page by name; the one that the address names (?do=) is done, the others are shown."""
    chosen = request.GET.get("do", "") if request.method == "POST" else ""
    return {name: generated.submit(request, one) if name == chosen else Sent(generated.unsent(request, one)) for name, one in forms.items()}


def answered(sent: Mapping[str, Sent]) -> HttpResponse | None:
    """The response of the form that was done; None when all are to be shown."""
    return next((one.response for one in sent.values() if one.response is not None), None)


def status_of(sent: Mapping[str, Sent]) -> int:
    """With which status the page shows its forms again."""
    return max((one.status for one in sent.values()), default=200)


def level_of(actor: Actor) -> str:
    """The level of the place for which the actor's post stands; empty for none."""
    place = places.find_place(actor.lo)
    return place.level if place is not None and place.hi == actor.hi else ""


@able(SEES)
def hub(request: HttpRequest) -> HttpResponse:
    """What is to be done now at the post's level, and the batches."""
    actor = actor_of(request)
    forms = {"plan": Form("title.plan_batch", None, {"kind": kinds()[0].name}, submit=words("定目标并提出分解", "Plan and propose a split"), done=PLANNED,
                          to=lambda answer: reverse("desk:creation_batch", args=[answer["title_batch"]]), address="?do=plan",
                          initial={"year": clock.today().year, "target": planning.LEAST_TARGET})} if actor.may(PLANS) and kinds() else {}
    sent = tried(request, forms)
    if response := answered(sent):
        return response
    with looking(of_post(actor), read_only=True):
        running, level = showing.batches(is_running=True), level_of(actor)
        mine = {one.batch_id: one for one in Application.objects.visible_to(actor).filter(batch__in=running)} if level == "community" else {}
        counts = showing.counts_of(actor, running)
        shown = [{"batch": one, "words": batch_words(one), "steps": showing.way_of(one), "state": showing.BATCH_STATES[one.state], "mine": mine.get(one.pk),
                  "count": counts.get(one.pk, 0), "may_begin": _may_begin(actor, one, mine.get(one.pk))} for one in running]
        return render(request, "desk/creation.html", {
            "running": shown, "over": [{"batch": one, "words": batch_words(one)} for one in showing.batches(is_running=False)], "todo": todo(actor, level),
            "ways": [{"words": label, "href": reverse(route), "icon": icon} for label, route, icon, abilities in WAYS if any(actor.may(one) for one in abilities)],
            "form": sent["plan"].form if sent else None, "demonstration": demonstration(running)}, status=status_of(sent))


def _may_begin(actor: Actor, batch: Batch, mine: Application | None) -> bool:
    return actor.may(APPLIES) and batch.state == "open" and (mine is None or may("resume", mine.state))


def demonstration(batches: list[Batch]) -> Words | None:
    """The sentence of the demonstration when one of the batches belongs to it."""
    return DEMONSTRATION if any(one.is_demonstration for one in batches) else None


def todo(actor: Actor, level: str) -> list[dict[str, Any]]:
    """What waits for this level in the actor's sight, soonest due first."""
    watch: lateness.Watch | None = registry.get(lateness.SECTION, "creation")
    steps = [one for one in watch.open_steps(actor, STEPS) if one.level == level] if watch else []
    today = clock.today()
    return [{"step": one, "place": places.place_by_area(one.area), "href": reverse(one.route, args=[one.argument]), "is_late": one.due_on < today} for one in steps]


@able(SEES)
def batch(request: HttpRequest, title_batch: int) -> HttpResponse:
    """A batch: its steps, target and progress, and the applications in order of area."""
    actor = actor_of(request)
    with looking(of_post(actor), read_only=True):
        held = find_batch(actor, {"title_batch": title_batch})
    forms = {"begin": Form("title.begin_application", (), {"title_batch": held.pk}, submit=words("开始申报", "Begin the application"), address="?do=begin",
                           to=lambda answer: reverse("desk:creation_application", args=[answer["application"]]))} if actor.may(APPLIES) and held.state == "open" else {}
    sent = tried(request, forms)
    if response := answered(sent):
        return response
    after = request.GET.get("after", "")
    with looking(of_post(actor), read_only=True):
        rows = showing.rows_of(actor, held, int(after) if after.isdecimal() and len(after) < 16 else 0, most=PAGE + 1)
        progress = showing.progress_of(actor, held) if level_of(actor) in ("city", "district") else []
        return render(request, "desk/creation_batch.html", {
            "batch": held, "title": batch_words(held), "steps": showing.way_of(held), "state": showing.BATCH_STATES[held.state], "progress": progress,
            "rows": rows[:PAGE], "older": f"?after={rows[PAGE - 1].application.area}" if len(rows) > PAGE else "", "newer": "?" if after else "",
            "may_plan": actor.may(PLANS), "days": [(label, getattr(held, name)) for name, label in planning.DAYS if getattr(held, name)],
            "standard": held.standard, "begin": sent["begin"].form if sent and all(may("resume", one.application.state) for one in rows) else None,
            "has_publicity": bool(showing.lists_of(held)), "demonstration": demonstration([held])}, status=status_of(sent))


def _planned(request: HttpRequest, title_batch: int) -> tuple[Actor, Batch]:
    actor = actor_of(request)
    with looking(of_post(actor), read_only=True):
        return actor, find_batch(actor, {"title_batch": title_batch})


@able(PLANS)
def split(request: HttpRequest, title_batch: int) -> HttpResponse:
    """The target and its split, changed by hand; both must add up."""
    actor, held = _planned(request, title_batch)
    with looking(of_post(actor), read_only=True):
        numbers = dict(Share.objects.visible_to(actor).filter(batch=held).values_list("area", "number"))
    fields = [one for one in planning.share_fields() if one.name not in ("title_batch", "version")]
    form = Form("title.split_target", fields, {"title_batch": held.pk, "version": held.version}, done=SPLIT, to=reverse("desk:creation_batch", args=[held.pk]),
                submit=words("保存分解", "Keep the split"), initial={"target": held.target, **{f"{planning.PREFIX}{area}": number for area, number in numbers.items()}})
    title, lead = words("分解年度目标", "Split the target"), words("先按各区尚未命名的社区数提出，可以手工调整；合计必须等于全市目标。",
                                                       "Proposed by the share of communities not yet named; change it by hand. It must add up.")
    return generated.form_page(request, form, template="desk/creation_form.html", context={"title": title, "lead": lead, "batch": held, "demonstration": demonstration([held])})


@able(PLANS)
def call(request: HttpRequest, title_batch: int) -> HttpResponse:
    """The call: days and the standard that it freezes."""
    _, held = _planned(request, title_batch)
    form = Form("title.open_call", None, {"title_batch": held.pk, "version": held.version}, done=OPENED, to=reverse("desk:creation_batch", args=[held.pk]),
                submit=words("发布创建通知", "Open the call"), draft="desk.creation.call")
    lead = words("发布以后，本批次只用这一版标准；标准以后再改，也不影响本批次。", "From then on the batch keeps to this version, whatever is published later.")
    return generated.form_page(request, form, template="desk/creation_form.html", context={
        "title": words("发布创建通知", "Open the call"), "lead": lead, "batch": held, "demonstration": demonstration([held])})


@able(DRAWS)
def patrols(request: HttpRequest, title_batch: int) -> HttpResponse:
    """The draws of unannounced visits, month by month: digest before, seed afterwards; and this month's draw."""
    actor, held = _planned(request, title_batch)
    forms = {"draw": Form(DRAWS, None, {"title_batch": held.pk}, submit=words("抽签并安排暗访", "Draw"), done=DRAWN, address="?do=draw",
                          to=reverse("desk:creation_patrols", args=[held.pk]))} if held.state in ("open", "assessing") else {}
    sent = tried(request, forms)
    if response := answered(sent):
        return response
    with looking(of_post(actor), read_only=True):
        drawn = showing.draws_of(held)
        numbers = {number for one in drawn for number in one.drawn}
        named = {one.pk: places.place_by_area(one.area) for one in Application.objects.visible_to(actor).filter(pk__in=numbers)}
        frame = visits.candidates(held)
        seen = {number for number, one in visits.visits_of(held, [one.pk for one in frame]).items() if one.outcomes} if held.standard_id else set()
        return render(request, "desk/creation_patrols.html", {
            "batch": held, "title": batch_words(held), "draws": [{"draw": one, "places": [named[number] for number in one.drawn if number in named]} for one in drawn],
            "form": sent["draw"].form if sent else None, "candidates": len(frame), "unvisited": [places.place_by_area(one.area) for one in frame if one.pk not in seen],
            "demonstration": demonstration([held])}, status=status_of(sent))


@able(PLANS)
def results(request: HttpRequest, title_batch: int) -> HttpResponse:
    """The conclusions of the assessments in order of area, never of value."""
    actor, held = _planned(request, title_batch)
    after = request.GET.get("after", "")
    with looking(of_post(actor), read_only=True):
        rows = showing.rows_of(actor, held, int(after) if after.isdecimal() and len(after) < 16 else 0, most=PAGE + 1, states=showing.CHOSEN)
        return render(request, "desk/creation_results.html", {
            "batch": held, "title": batch_words(held), "rows": rows[:PAGE], "older": f"?after={rows[PAGE - 1].application.area}" if len(rows) > PAGE else "",
            "newer": "?" if after else "", "demonstration": demonstration([held])})
