# SPDX-License-Identifier: MulanPSL-2.0
"""Routing rules on the desk: versions by place, one version with its rules, holes, trial and tables; every change is a form of its action."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from linli.core import clock
from linli.core.actions import find_action
from linli.core.faults import NotVisible
from linli.core.fields import Field
from linli.core.sight import Actor, looking, of_post
from linli.core.words import Words, words
from linli.desk import trialling
from linli.doors import generated, pulses
from linli.doors.generated import Form
from linli.doors.guards import able
from linli.doors.requests import actor_of
from linli.elements import directories, places
from linli.elements.places import KnownPlace
from linli.matters import categories, numbers
from linli.matters.models import Proposal, RouteVersion
from linli.matters.routing import drafts, files, proposing, saying, selectors, store, tables, targets
from linli.matters.routing.books import ABOVE, Rule
from linli.ui.forms import BoundForm

TONES = {"draft": "accent", "published": "good", "superseded": "calm", "dropped": "calm"}
MOST = 50
LONGEST = 15
TRY_DAYS = 30
MANY = 400
"""More places than these are not listed to choose from: the number is typed (our choice: about a district)."""


@dataclass(frozen=True)
class Change:
    """One thing that can be done to a version."""

    action: str
    done: Words
    meaning: Words | None = None
    tone: str = "primary"
    only_drafts: bool = True


CHANGES: Mapping[str, Change] = {
    "add": Change("route.add", words("已增加规则；不对可以“撤销上一步”。", "The rule is added; “Undo the last step” takes it back.")),
    "change": Change("route.change", words("已修改规则；不对可以“撤销上一步”。", "The rule is changed; “Undo the last step” takes it back.")),
    "end": Change("route.end", words("已结束规则；不对可以“撤销上一步”。", "The rule is ended; “Undo the last step” takes it back."), tone="danger"),
    "undo": Change("route.undo", words("已撤销上一步。", "The last step is undone.")),
    "load": Change("route.load", words("已导入；不对可以“撤销上一步”。", "Imported; “Undo the last step” takes it back."), words(
        "文件里的规则会替换草稿里现有的规则。格式与导出的文件相同；有一行不对就一行也不导入，错的行会标出来。",
        "The rules of the file replace those of the draft. The form is that of the export; one wrong line stops all, and wrong lines are marked.")),
    "drop": Change("route.drop", words("已放弃草稿。", "The draft is dropped."), tone="danger"),
    "publish": Change("route.publish", words("已发布。等待派遣的事项会按新规则重新给出建议。", "Published. What waits for dispatch is proposed anew."), words(
        "发布后这一版不能再改；有重叠不能发布，有漏洞要明确说明。", "A published version is never edited; overlaps stop it, holes have to be accepted knowingly.")),
    "copy": Change("route.copy", words("已复制成新草稿。", "Copied into a new draft."), only_drafts=False),
    "try": Change("route.try", words("正在试算，结果会出现在这一页。", "It is being tried; the result appears on this page."), words(
        "把最近的事项按这一版规则重派一遍，看哪些会派到别的单位。只计算，不改动任何事项。",
        "The matters of the last days are dispatched once more by these rules, on paper only: nothing is changed."), only_drafts=False),
}


def _route(actor: Actor, number: int) -> RouteVersion:
    return store.version_near(actor, number)


@able("route.see")
def overview(request: HttpRequest) -> HttpResponse:
    """The versions of the places that concern this post, and the matters for which a rule fails."""
    actor = actor_of(request)
    with looking(of_post(actor), read_only=True):
        rows = store.versions_near(actor)
        present = store.in_force(rows, clock.now())
        failing = list(Proposal.objects.visible_to(actor).filter(is_failing=True).select_related("matter").order_by("-matter")[:MOST])
        names = directories.account_names([who for one in rows for who in (one.made_by, one.published_by)])
        scopes: dict[int, list[dict[str, Any]]] = {}
        for one in rows:
            scopes.setdefault(one.area, []).append(_version(one, names, is_present=present.get(one.area) == one.pk))
        return render(request, "desk/routes.html", {
            "scopes": [{"place": places.find_place(area), "versions": found, "is_present": area in present} for area, found in sorted(scopes.items())],
            "failing": [_failing(one) for one in failing], "may_edit": actor.may("route.edit"), "has_more": len(failing) == MOST})


def _version(one: RouteVersion, names: Mapping[int, str], *, is_present: bool) -> dict[str, Any]:
    return {"route": one, "href": reverse("desk:route", args=[one.pk]), "is_present": is_present, "tone": "good" if is_present else TONES[one.state],
            "state": words("生效中", "In force") if is_present else drafts.STATES[one.state], "made_by": names.get(one.made_by or 0, ""),
            "published_by": names.get(one.published_by or 0, "")}


def _failing(one: Proposal) -> dict[str, Any]:
    number = numbers.number_of(one.matter_id)
    found = categories.loaded(one.matter.category_id)
    return {"number": number, "href": reverse("desk:matter", args=[number]), "sentence": proposing.sentence_of(one), "place": saying.place_name(one.area),
            "category": categories.words_of(found) if found else ""}


@able("route.edit")
def new(request: HttpRequest) -> HttpResponse:
    """A first, empty draft for a place."""
    actor = actor_of(request)
    choices = [(str(one.area), words(one.name, one.name)) for one in _scopes(actor)]
    action = find_action("route.draft")
    fields = tuple(replace(one, kind="choice", choices=choices) if one.name == "area" else one for one in action.fields)
    form = Form("route.draft", fields, submit=words("新建草稿", "Make the draft"), to=_address, done=words("草稿已建好，请加规则。", "The draft is there; add rules."))
    sent = generated.submit(request, form)
    if sent.response is not None:
        return sent.response
    return _form_page(request, sent.form, action.words, reverse("desk:routes"), status=sent.status)


def _scopes(actor: Actor) -> list[KnownPlace]:
    """The places whose rules this post may make."""
    inside = [one for level in store.SCOPES for one in places.places_within(actor.lo, actor.hi, level=level)]
    return [one for one in inside if store.is_own(actor, one.area)][:MANY]


def _address(answer: Mapping[str, Any]) -> str:
    return reverse("desk:route", args=[answer["route"]])


@able("route.see")
def version(request: HttpRequest, route: int) -> HttpResponse:
    """One version: its rules, what the finder sees, the trial, and what can be done."""
    actor = actor_of(request)
    with looking(of_post(actor), read_only=True):
        found = _route(actor, route)
        rules = store.rules_of(found.pk)
        report = saying.report_on(found, rules)
        speaker = saying.Speaker(directories.unit_names(_units(rules)))
        present = store.in_force([found], clock.now()).get(found.area) == found.pk
        may_edit = actor.may("route.edit") and store.is_own(actor, found.area)
        return render(request, "desk/route.html", {
            "route": found, "place": places.find_place(found.area), "report": report, "may_edit": may_edit, "is_draft": found.state == "draft",
            "may_publish": actor.may("route.publish") and may_edit, "rules": [_rule(one, speaker, report) for one in rules],
            **_version(found, directories.account_names([found.made_by, found.published_by]), is_present=present), **trialling.latest(actor, found)})


def _units(rules: Sequence[Rule]) -> list[int]:
    return [int(one.target[5:]) for one in rules if one.target.startswith("unit:")]


def _rule(one: Rule, speaker: saying.Speaker, report: saying.Report) -> dict[str, Any]:
    return {"id": one.id, "what": speaker.what(one.what), "where": saying.place_name(one.area), "when": one.when.words, "target": speaker.target(one.target),
            "is_automatic": one.is_automatic, "files": dict(drafts.FILINGS)[one.files] if one.files != "hand" else None, "note": one.note,
            "failing": report.failing.get(one.id)}


@able("route.see")
def pulse(request: HttpRequest, route: int) -> HttpResponse:
    """The trial anew when it has moved on, 304 otherwise."""
    actor = actor_of(request)
    with looking(of_post(actor), read_only=True):
        found = trialling.latest(actor, _route(actor, route))
        return pulses.pulsed(request, "desk/parts/trial.html", found, stamp=found["stamp"])


@able("route.see")
def table(request: HttpRequest, route: int) -> HttpResponse:
    """Who owns what: all categories at one place, or one category at all places."""
    actor = actor_of(request)
    with looking(of_post(actor), read_only=True):
        found = _route(actor, route)
        asker = tables.Asker(found, store.rules_of(found.pk))
        wanted = request.GET.get("category", "")
        category = int(wanted) if wanted.isdecimal() and len(wanted) <= LONGEST and int(wanted) in asker.ground.categories else None
        area = _leaf(request.GET.get("area", ""), asker) if category is None else None
        made = tables.by_place(asker, category) if category is not None else tables.by_category(asker, area) if area is not None else None
        named = {one: categories.loaded(one) for one in asker.ground.categories}
        return render(request, "desk/route_table.html", {
            "route": found, "place": places.find_place(found.area), "table": made, "category": category, "area": area,
            "categories": [(number, selectors.named(one)) for number, one in named.items() if one],
            "areas": [(one, " · ".join(step.short_name for step in places.path_of(one)[2:])) for one in list(asker.ground.areas)[:MANY]]})


def _leaf(text: str, asker: tables.Asker) -> int | None:
    if text.isdecimal() and len(text) <= LONGEST and int(text) in asker.ground.areas:
        return int(text)
    return next(iter(asker.ground.areas), None)


def _file(request: HttpRequest, route: int, *, is_toml: bool) -> HttpResponse:
    actor = actor_of(request)
    with looking(of_post(actor), read_only=True):
        found = _route(actor, route)
        rows = files.rows_of(store.rules_of(found.pk))
    text, media, end = (files.as_toml(rows), "application/toml", "toml") if is_toml else (files.as_csv(rows), "text/csv", "csv")
    return HttpResponse(text, content_type=f"{media}; charset=utf-8", headers={
        "Content-Disposition": f'attachment; filename="routes-{found.area}-{found.number}.{end}"'})


@able("route.see")
def rules_csv(request: HttpRequest, route: int) -> HttpResponse:
    """The rules as CSV."""
    return _file(request, route, is_toml=False)


@able("route.see")
def rules_toml(request: HttpRequest, route: int) -> HttpResponse:
    """The rules as TOML."""
    return _file(request, route, is_toml=True)


@able("route.see")
def change(request: HttpRequest, route: int, what: str) -> HttpResponse:
    """One change to a version as a page of its own."""
    actor = actor_of(request)
    with looking(of_post(actor), read_only=True):
        found = _route(actor, route)
        wanted = CHANGES.get(what)
        if wanted is None or not actor.may(find_action(wanted.action).ability) or not store.is_own(actor, found.area):
            raise NotVisible
        action, here = find_action(wanted.action), reverse("desk:route", args=[found.pk])
        fixed, initial = _given(request, found, what)
        known = {"version": found.version} if any(one.name == "version" for one in action.fields) else {}
        fields = tuple(_fitted(one, found) for one in action.fields if one.name not in ("route", "version", *fixed))
    form = Form(wanted.action, fields, {"route": found.pk, **known, **fixed}, initial, submit=action.words,
                to=_address if what == "copy" else here, done=wanted.done, address=f"?{request.GET.urlencode()}" if request.GET else "", tone=wanted.tone)
    sent = generated.submit(request, form)
    if sent.response is not None:
        return sent.response
    more = _marked(request, found) if what == "load" and request.method == "POST" else {}
    return _form_page(request, sent.form, action.words, here, meaning=wanted.meaning, status=sent.status, more=more)


def _given(request: HttpRequest, found: RouteVersion, what: str) -> tuple[dict[str, object], dict[str, object]]:
    """What the server fills in, and what stands in the form at first."""
    if what in ("change", "end"):
        wanted = request.GET.get("rule", "")
        rule = next((one for one in store.rules_of(found.pk) if str(one.id) == wanted), None)
        if rule is None:
            raise NotVisible
        is_window = rule.when.kind == "window"
        return {"rule": rule.id}, {
            "what": rule.what, "area": rule.area, "time": "window" if is_window else rule.when.kind, "window": rule.when.text if is_window else "",
            "target": rule.target, "automatic": rule.is_automatic, "files": rule.files, "note": rule.note}
    return {}, {"what": request.GET.get("what", ""), "area": found.area, "time": "always", "files": "hand", "automatic": "false", "days": TRY_DAYS}


def _fitted(one: Field, found: RouteVersion) -> Field:
    """The field with what there is to choose from in this version's range."""
    if one.name == "what":
        return replace(one, kind="choice", choices=list(selectors.known(clock.today()).items()))
    if one.name == "area":
        inside = [place for place in places.places_within(*places.range_of(found.area)) if place.level != "grid" or found.area % 1_000_000_000]
        return replace(one, kind="choice", choices=[(str(place.area), words(_path(place), _path(place))) for place in inside]) if len(inside) <= MANY else one
    if one.name == "target":
        return replace(one, kind="choice", choices=_targets(found), help=None)
    return one


def _path(place: KnownPlace) -> str:
    return " · ".join(step.short_name for step in places.path_of(place.area)[1:]) or place.short_name


def _targets(found: RouteVersion) -> list[tuple[str, Words]]:
    """Units that receive in the range or above it, kinds, duties, and the level above."""
    directory = targets.read(areas=store.up(found.area), within=places.range_of(found.area))
    units = [one for one in directory.units.values() if one.is_standing and one.receives]
    kinds = sorted({one.kind for one in units})
    names = {one.id: one.name for one in units}
    choices = [f"nearest:{kind}" for kind in kinds] + [f"unit:{one.id}" for one in units[:MANY]] + [f"duty:{role}" for role in targets.ROLES]
    above = [] if places.level_of(found.area) == "city" else [(ABOVE, targets.target_words(ABOVE, names))]
    return [(one, targets.target_words(one, names)) for one in choices] + above


def _marked(request: HttpRequest, found: RouteVersion) -> dict[str, Any]:
    """The wrong file back, line by line."""
    file = request.FILES.get("file")
    if file is None:
        return {}
    file.seek(0)
    read = files.read(file.read(files.LARGEST).decode("utf-8-sig", "replace"), found.area)
    return {"lines": read.wrong[:MANY], "columns": files.COLUMNS, "marked": files.marked(read)} if read.wrong else {}


def _form_page(request: HttpRequest, form: BoundForm, title: Words, back: str, *, status: int = 200, meaning: Words | None = None,
               more: Mapping[str, Any] | None = None) -> HttpResponse:
    return render(request, "desk/route_form.html", {"form": form, "title": title, "back": back, "meaning": meaning} | dict(more or {}), status=status)
