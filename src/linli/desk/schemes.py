# SPDX-License-Identifier: MulanPSL-2.0
"""Category schemes on the desk: all versions side by side, cross-walks with their holes, and figures read under another scheme."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path, reverse

from linli.core import clock
from linli.core.actions import find_action
from linli.core.faults import NotVisible
from linli.core.fields import Field
from linli.core.sight import looking, of_post
from linli.core.words import Words, words
from linli.doors import generated
from linli.doors.generated import Form
from linli.doors.guards import able
from linli.doors.requests import actor_of
from linli.matters import categories, crosswalks
from linli.matters.aid import measuring
from linli.matters.models import CrossWalk, Scheme

MANAGE = "category.manage"
LEARNS = words("稍后按新的体系重新学习。", "The category aid learns anew shortly.")
MOST_FAULTS = 30
MONTHS = 24


@dataclass(frozen=True)
class Change:
    """One thing that can be done to a draft of a cross-walk."""

    action: str
    done: Words
    meaning: Words | None = None
    tone: str = "primary"


CHANGES: Mapping[str, Change] = {
    "load": Change("category.load_crosswalk", words("已导入。", "Imported."), words(
        "文件里的行会替换草稿里现有的对应。先下载现在的对照表，改好再导入；有一行不对就一行也不导入。",
        "The lines of the file replace those of the draft. Download the present one, edit it, import it; one wrong line stops all.")),
    "change": Change("category.change_crosswalk", words("已修改这一类的对应。", "The correspondence is changed.")),
    "publish": Change("category.publish_crosswalk", words("已发布。", "Published."), words(
        "有空缺或矛盾不能发布。发布后不能再改，可以从它新建草稿。", "Holes or contradictions stop it. A published version is never edited; draft a new one from it.")),
}


@able("aid.see", MANAGE)
def overview(request: HttpRequest) -> HttpResponse:
    """All schemes with their versions, and the cross-walks between them."""
    today = clock.today()
    return render(request, "desk/schemes.html", {
        "schemes": [{"scheme": one, "name": words(one.name_zh, one.name_en), "state": _state(one), "tone": _tone(one), "in_force": _is_in_force(one),
                     "today": today} for one in crosswalks.schemes()],
        "crosswalks": [{"crosswalk": one, "state": crosswalks.STATES[one.state], "source": _named(one.source), "target": _named(one.target)}
                  for one in crosswalks.versions()],
        "may_manage": actor_of(request).may(MANAGE)})


def _is_in_force(one: Scheme) -> bool:
    today = clock.today()
    return (one.valid_from is None or one.valid_from <= today) and (one.valid_to is None or today < one.valid_to)


def _state(one: Scheme) -> Words:
    if _is_in_force(one):
        return words("现行", "In force")
    return words("未到生效日", "Not yet in force") if one.valid_from and one.valid_from > clock.today() else words("已停用", "Ended")


def _tone(one: Scheme) -> str:
    return "good" if _is_in_force(one) else "calm"


def _named(one: Scheme) -> str:
    return f"{one.code} {one.version}"


@able("aid.see", MANAGE)
def scheme(request: HttpRequest, scheme: int) -> HttpResponse:
    """One version with all its categories, also one that is no longer in force."""
    found = _scheme(scheme)
    rows = categories.groups(crosswalks.categories_of(found))
    return render(request, "desk/scheme.html", {
        "scheme": found, "name": words(found.name_zh, found.name_en), "state": _state(found), "tone": _tone(found), "groups": rows,
        "may_manage": actor_of(request).may(MANAGE)})


def _scheme(number: int) -> Scheme:
    found = crosswalks.scheme_numbered(number)
    if found is None:
        raise NotVisible
    return found


@able(MANAGE)
def add(request: HttpRequest) -> HttpResponse:
    """A further version from a file."""
    meaning = words(
        "CSV 文件，一行一类，开头要有 part、code、name_zh、kind 四列；kind 是上报后办理的种类（如 grid_event），留空只作名称。同一体系的前一版在新版生效那天停用，"
        "已上报的事项仍按原类别办理。", "A CSV file, one category a line, with the columns part, code, name_zh and kind (such as grid_event; empty: a name only). "
        "The version before ends on the day on which this one begins; what was reported keeps its category.")
    form = Form("category.add_scheme", submit=find_action("category.add_scheme").words, done=words("已载入。", "Loaded. ") + LEARNS,
                to=lambda answer: reverse("desk:scheme", args=[answer["scheme"]]))
    return _form(request, form, reverse("desk:schemes"), meaning)


@able(MANAGE)
def end(request: HttpRequest, scheme: int) -> HttpResponse:
    """The day from which a version is no longer offered; empty takes it up again."""
    found = _scheme(scheme)
    form = Form("category.end_scheme", None, {"scheme": found.pk}, {"valid_to": found.valid_to}, submit=find_action("category.end_scheme").words,
                done=words("已保存。", "Saved. ") + LEARNS, to=reverse("desk:scheme", args=[found.pk]))
    return _form(request, form, reverse("desk:scheme", args=[found.pk]))


@able(MANAGE)
def new_crosswalk(request: HttpRequest) -> HttpResponse:
    """A draft between two schemes or versions."""
    choices = [(str(one.pk), words(f"{one.name_zh} {one.version}", f"{one.name_en} {one.version}")) for one in crosswalks.schemes()]
    fields = tuple(_chosen(one, choices) for one in find_action("category.draft_crosswalk").fields)
    form = Form("category.draft_crosswalk", fields, submit=find_action("category.draft_crosswalk").words, to=lambda answer: reverse("desk:crosswalk", args=[answer["crosswalk"]]),
                done=words("已建草稿：名称或代码相同的已先填上，请逐条核对。", "Drafted: equal names and codes are filled in; please check each."))
    return _form(request, form, reverse("desk:schemes"))


def _chosen(one: Field, choices: list[tuple[str, Words]]) -> Field:
    return replace(one, kind="choice", choices=choices) if one.name in ("source", "target") else one


@able("aid.see", MANAGE)
def crosswalk(request: HttpRequest, crosswalk: int) -> HttpResponse:
    """One version of a cross-walk with its holes."""
    held = _crosswalk(crosswalk)
    links = crosswalks.links_of(held)
    wrong = crosswalks.faults(held.source, links)
    return render(request, "desk/crosswalk.html", {
        "crosswalk": held, "state": crosswalks.STATES[held.state], "source": _named(held.source), "target": _named(held.target), "faults": wrong[:MOST_FAULTS],
        "fault_count": len(wrong), "more_faults": max(len(wrong) - MOST_FAULTS, 0),
        "newcomers": [categories.words_of(one) for one in crosswalks.newcomers(held.target, links)][:MOST_FAULTS],
        "links": [{"source": one.source, "target": one.target, "relation": crosswalks.RELATIONS[one.relation]} for one in links],
        "may_manage": actor_of(request).may(MANAGE), "may_count": actor_of(request).may("matter.see") and held.state != "draft"})


def _crosswalk(number: int) -> CrossWalk:
    found = crosswalks.numbered(number)
    if found is None:
        raise NotVisible
    return found


@able("aid.see", MANAGE)
def links_csv(request: HttpRequest, crosswalk: int) -> HttpResponse:
    """The cross-walk as a file for editing."""
    held = _crosswalk(crosswalk)
    return HttpResponse("\ufeff" + crosswalks.as_csv(crosswalks.links_of(held)), content_type="text/csv; charset=utf-8",
                        headers={"Content-Disposition": f'attachment; filename="crosswalk-{held.pk}.csv"'})


@able(MANAGE)
def change(request: HttpRequest, crosswalk: int, what: str) -> HttpResponse:
    """One change to a draft."""
    held, wanted = _crosswalk(crosswalk), CHANGES.get(what)
    if wanted is None or held.state != "draft":
        raise NotVisible
    here = reverse("desk:crosswalk", args=[held.pk])
    form = Form(wanted.action, None, {"crosswalk": held.pk, "version": held.version}, submit=find_action(wanted.action).words, to=here, done=wanted.done, tone=wanted.tone)
    return _form(request, form, here, wanted.meaning)


@able("matter.see")
def counts(request: HttpRequest, crosswalk: int) -> HttpResponse:
    """Matters reported in a month under the source scheme, read under the target: nothing guessed, nothing lost."""
    actor, held = actor_of(request), _crosswalk(crosswalk)
    if held.state == "draft":
        raise NotVisible
    known = _months()
    asked = request.GET.get("month", "")
    month = asked if asked in known else known[0]
    since = datetime.strptime(f"{month}-01", "%Y-%m-%d").replace(tzinfo=ZoneInfo(settings.TIME_ZONE))
    with looking(of_post(actor), read_only=True):
        lines = crosswalks.counts(actor, held, since.astimezone(UTC), measuring.next_month(since).astimezone(UTC))
        return render(request, "desk/crosswalk_counts.html", {
            "crosswalk": held, "source": _named(held.source), "target": _named(held.target), "month": month, "months": known, "total": sum(one.matters for one in lines),
            "lines": [_line(one) for one in sorted(lines, key=lambda one: (one.relation != "", -one.matters, one.category.code))]})


def _months() -> list[str]:
    """This month and those before it, latest first."""
    today = clock.today()
    numbers = (today.year * 12 + today.month - 1 - back for back in range(MONTHS))
    return [f"{number // 12}-{number % 12 + 1:02}" for number in numbers]


def _line(one: crosswalks.Line) -> dict[str, Any]:
    why = {crosswalks.SPLIT: words("在新体系里拆成几类，要逐件看", "split: each has to be looked at"), crosswalks.DROPPED: words("新体系不再设", "dropped in the target")}
    return {"label": categories.words_of(one.category), "code": one.category.code, "matters": one.matters, "why": why.get(one.relation)}


def _form(request: HttpRequest, form: Form, back: str, meaning: Words | None = None) -> HttpResponse:
    sent = generated.submit(request, form)
    if sent.response is not None:
        return sent.response
    return render(request, "desk/route_form.html", {"form": sent.form, "title": sent.form.submit, "back": back, "meaning": meaning}, status=sent.status)


ADDRESSES = (
    path("categories/schemes/", overview, name="schemes"),
    path("categories/schemes/add", add, name="scheme_add"),
    path("categories/schemes/<int:scheme>/", scheme, name="scheme"),
    path("categories/schemes/<int:scheme>/end", end, name="scheme_end"),
    path("categories/crosswalks/new", new_crosswalk, name="crosswalk_new"),
    path("categories/crosswalks/<int:crosswalk>/", crosswalk, name="crosswalk"),
    path("categories/crosswalks/<int:crosswalk>/links.csv", links_csv, name="crosswalk_csv"),
    path("categories/crosswalks/<int:crosswalk>/counts", counts, name="crosswalk_counts"),
    path("categories/crosswalks/<int:crosswalk>/<str:what>", change, name="crosswalk_change"),
)
