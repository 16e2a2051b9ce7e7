# SPDX-License-Identifier: MulanPSL-2.0
"""填表 on the desk: forms that are kept, one brought and matched, filled for a place and a day, and what came of it."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path, reverse
from django.utils.http import content_disposition_header

from linli.core import clock
from linli.core.actions import find_action, run
from linli.core.faults import Fault, NotVisible
from linli.core.fields import Field
from linli.core.sight import Actor, looking, of_post
from linli.core.words import Words, words
from linli.desk import matching
from linli.desk.intakes import EXCEL
from linli.doors import flash, generated, pulses
from linli.doors.generated import Form
from linli.doors.guards import able
from linli.doors.requests import actor_of
from linli.doors.uploads import held_in_memory
from linli.elements import places
from linli.elements.filling import kept, proposing, working
from linli.elements.filling.catalogue import FIXED, PLACE
from linli.elements.filling.kept import FILL, KEEP, SEE
from linli.elements.models import Filling, Template, TemplateVersion
from linli.ui.navigation import Entry, declare

MOST = 50
MOST_PLACES = 600
STATES: dict[str, tuple[Words, str]] = {
    "waiting": (words("排队中", "Waiting"), "calm"), "running": (words("正在填", "Being filled"), "accent"), "done": (words("已填好", "Filled"), "good"),
    "failed": (words("没有填成", "Failed"), "bad"), "gone": (words("文件已到期删除", "File deleted after its time"), "calm")}
BROUGHT = words("已收下，请核对每一列。", "Received; see to each column.")
ASKED = words("正在填，进度会出现在这一页。", "Being filled; this page shows how far it is.")
DOINGS: Mapping[str, tuple[str, Words]] = {"end": ("template.end", words("已停用。", "Ended.")), "restore": ("template.restore", words("已恢复。", "Taken up again."))}
LEVELS = ("district", "street", "community", "grid")

declare(Entry("templates", words("填表", "Forms to fill"), "desk:templates", "edit", 48, SEE, also="/desk/fillings/"))


@held_in_memory
@able(SEE)
def overview(request: HttpRequest) -> HttpResponse:
    """The forms that the post may fill or keep, what was filled last, and the form that brings another."""
    actor = actor_of(request)
    form = Form("template.bring", submit=words("上传并识别表头", "Bring it and find its header"), done=BROUGHT,
                to=lambda answer: reverse("desk:template_columns", args=[answer["template"]]))
    sent = generated.submit(request, form) if request.method == "POST" else None
    if sent is not None and sent.response is not None:
        return sent.response
    with looking(of_post(actor), read_only=True):
        forms = list(kept.visible_to(actor).order_by("ended_at", "-filled_at", "-pk")[:kept.MOST])
        units = kept.names_of_units(one.organisation for one in forms)
        shown = sent.form if sent else generated.unsent(request, form)
        context = {"forms": [_form(actor, one, units) for one in forms if one.ended_at is None], "ended": [_form(actor, one, units) for one in forms if one.ended_at],
                   "form": shown if actor.may(KEEP) else None, "fillings": _history(actor, Filling.objects.visible_to(actor))}
        return render(request, "desk/templates.html", context, status=sent.status if sent else 200)


def _form(actor: Actor, one: Template, units: Mapping[int, str]) -> dict[str, Any]:
    place = places.find_place(one.area)
    return {"template": one, "unit": units.get(one.organisation or 0, "") or (place.name if place else ""), "is_ready": one.current is not None, "is_own": kept.keeps(actor, one)}


def _history(actor: Actor, found: Any) -> list[dict[str, Any]]:
    """Who filled what, for where and when, newest first."""
    rows = list(found.defer("sealed", "version__workbook").select_related("template", "version").order_by("-pk")[:MOST])
    return [_filling(one) for one in rows]


def _filling(one: Filling) -> dict[str, Any]:
    label, tone = STATES[one.state]
    place = places.find_place(one.area)
    return {"filling": one, "state": label, "tone": tone, "place": place.name if place else "", "is_busy": one.state in ("waiting", "running"),
            "trouble": words(**one.trouble) if one.trouble else None}


@able(SEE)
def lacks(request: HttpRequest) -> HttpResponse:
    """What forms ask that we do not hold, over all forms that the post sees."""
    actor = actor_of(request)
    with looking(of_post(actor), read_only=True):
        return render(request, "desk/template_lacks.html", {"lacks": [(one, proposing.EXPLAINED[one.is_barred]) for one in kept.lacks(actor)]})


def _found(actor: Actor, number: int) -> Template:
    found: Template | None = kept.visible_to(actor).filter(pk=number).first()
    if found is None:
        raise NotVisible
    return found


@able(SEE)
def one(request: HttpRequest, template: int) -> HttpResponse:
    """One form: filled here by one press, what it takes and lacks, what was filled."""
    actor = actor_of(request)
    with looking(of_post(actor), read_only=True):
        found = _found(actor, template)
        issue = kept.current(found)
        may_fill = issue is not None and found.ended_at is None and actor.may(FILL)
        form = _fill_form(actor, found, issue) if issue is not None and may_fill else None
    sent = generated.submit(request, form) if form is not None and request.method == "POST" else None
    if sent is not None and sent.response is not None:
        return sent.response
    with looking(of_post(actor), read_only=True):
        return render(request, "desk/template.html", _context(request, actor, (found, issue), form, sent), status=sent.status if sent else 200)


def _context(request: HttpRequest, actor: Actor, which: tuple[Template, TemplateVersion | None], form: Form | None, sent: Any) -> dict[str, Any]:
    found, issue = which
    units = kept.names_of_units([found.organisation])
    renew = _renew_form(found.pk)
    is_own = kept.keeps(actor, found)
    return {**_form(actor, found, units), "issue": issue, "columns": _takes(issue) if issue else [], "source": kept.source(issue) if issue else None,
            "may_see_rows": issue is None or actor.may(kept.source(issue).sees), "key": generated.new_key(),
            "fill_form": (sent.form if sent else generated.unsent(request, form)) if form else None, "is_newer": issue is not None and kept.newest(found).pk != issue.pk,
            "renew_form": generated.unsent(request, renew) if is_own else None,
            "fillings": _history(actor, Filling.objects.visible_to(actor).filter(template=found))}


def _takes(issue: TemplateVersion) -> list[dict[str, Any]]:
    """Each column of an issue with what stands in it."""
    source, found = kept.source(issue), []
    for heading, column in zip(kept.layout(issue).headings, issue.columns, strict=True):
        ask = source.ask(column["takes"]) if column["takes"] not in ("", FIXED) else None
        found.append({
            "heading": heading.path, "letter": heading.letter, "label": ask.label if ask else None, "is_sealed": bool(ask and ask.is_sealed),
            "is_by_hand": column["takes"] == "fill.blank", "fixed": column["fixed"] if column["takes"] == FIXED else "",
            "why": None if column["takes"] else proposing.EXPLAINED[matching.is_barred(heading)]})
    return found


def _fill_form(actor: Actor, found: Template, issue: TemplateVersion) -> Form:
    fields = {each.name: each for each in find_action("template.fill").fields}
    wanted: list[Field] = [replace(fields["area"], kind="choice", choices=_places(actor, kept.source(issue).name)), fields["day"]]
    if kept.takes_sealed(issue) and actor.may("person.reveal"):
        wanted += [fields["purpose"], fields["reason"]]
    return Form("template.fill", tuple(wanted), fixed={"template": found.pk}, initial={"area": str(actor.lo), "day": clock.today()}, submit=words("填表", "Fill it"),
                done=ASKED, to=lambda answer: reverse("desk:filling", args=[answer["filling"]]))


def _places(actor: Actor, source: str) -> list[tuple[str, Words]]:
    """The place of the post and those inside it, by level; grids too where rows are records."""
    own = places.find_place(actor.lo)
    levels = LEVELS[:3] if source == PLACE else LEVELS
    inside = [each for level in levels for each in places.places_within(actor.lo, actor.hi, level=level) if own is None or each.area != own.area][:MOST_PLACES]
    return [(str(each.area), words(each.name, each.name)) for each in ([own] if own else []) + inside]


def _renew_form(template: int) -> Form:
    return Form("template.renew", fixed={"template": template}, submit=words("上传新版", "Bring the new issue"), done=BROUGHT, prefix="re-",
                address=reverse("desk:template_renew", args=[template]), to=reverse("desk:template_columns", args=[template]))


@held_in_memory
@able(KEEP)
def renew(request: HttpRequest, template: int) -> HttpResponse:
    """A new issue brought; its columns are proposed as they were."""
    actor = actor_of(request)
    with looking(of_post(actor), read_only=True):
        found = _found(actor, template)
        issue = kept.current(found)
    form = _renew_form(template)
    sent = generated.submit(request, form)
    if sent.response is not None:
        return sent.response
    with looking(of_post(actor), read_only=True):
        context = _context(request, actor, (found, issue), None, None) | {"renew_form": sent.form, "is_renewing": True}
        return render(request, "desk/template.html", context, status=sent.status)


@able(KEEP)
def columns(request: HttpRequest, template: int) -> HttpResponse:
    """Which column takes what, with the first rows as they would be."""
    actor, fault = actor_of(request), None
    with looking(of_post(actor), read_only=True):
        issue = kept.newest(_found(actor, template))
        sent = matching.sent(request, issue) if request.method == "POST" else None
    if sent is not None and "again" not in request.POST:
        try:
            run("template.match", actor, sent | {"template": template}, key=request.POST.get(generated.KEY, ""), device=request.device)  # type: ignore[attr-defined]
        except Fault as trouble:
            if trouble.status not in (409, 422):
                raise
            fault = trouble
        else:
            return flash.redirect(request, reverse("desk:template", args=[template]), words("已保存，可以填表了。", "Saved; it can be filled now."))
    with looking(of_post(actor), read_only=True):
        found = _found(actor, template)
        context = matching.page(request, actor, kept.newest(found), sent) | _form(actor, found, {}) | {
            "fault": fault, "sentences": list(fault.fields.values()) if fault else [], "key": generated.new_key()}
        return render(request, "desk/template_columns.html", context, status=fault.status if fault else 200)


@able(KEEP)
def do(request: HttpRequest, template: int, what: str) -> HttpResponse:
    """End a form or take it up again."""
    if what not in DOINGS or request.method != "POST":
        raise NotVisible
    name, sentence = DOINGS[what]
    run(name, actor_of(request), {"template": template}, key=request.POST.get(generated.KEY, ""), device=request.device)  # type: ignore[attr-defined]
    return flash.redirect(request, reverse("desk:template", args=[template]), sentence)


def _found_filling(actor: Actor, number: int) -> Filling:
    found: Filling | None = Filling.objects.visible_to(actor).defer("sealed", "version__workbook").select_related("template", "version").filter(pk=number).first()
    if found is None:
        raise NotVisible
    return found


@able(SEE)
def filling(request: HttpRequest, filling: int) -> HttpResponse:
    """One filling: how far it is, the file, what is lacking and what cannot be dated."""
    return _page(request, filling)


def _page(request: HttpRequest, number: int, fault: Fault | None = None) -> HttpResponse:
    actor = actor_of(request)
    with looking(of_post(actor), read_only=True):
        return render(request, "desk/filling.html", _result(actor, _found_filling(actor, number)) | {"fault": fault}, status=fault.status if fault else 200)


@able(SEE)
def pulse(request: HttpRequest, filling: int) -> HttpResponse:
    """How far it is, anew while it is being filled."""
    actor = actor_of(request)
    with looking(of_post(actor), read_only=True):
        context = _result(actor, _found_filling(actor, filling))
        return pulses.pulsed(request, "desk/parts/filling.html", context, stamp=context["stamp"])


def _result(actor: Actor, found: Filling) -> dict[str, Any]:
    is_done = found.state in ("done", "gone")
    takes = _takes(found.version) if is_done else []
    empty: Sequence[int] = found.counts.get("empty", [])
    some = [(each["heading"], each["label"], count) for each, count in zip(takes, empty, strict=False) if each["label"] and not each["is_by_hand"] and count and found.rows]
    return {**_filling(found), "template": found.template, "stamp": f"{found.pk}-{found.state}-{found.done}", "notes": working.notes(found, found.version) if is_done else [],
            "lacking": [each for each in takes if each["why"]], "empty": some, "may_fetch": found.state == "done" and found.account == actor.account and actor.may(FILL),
            "issue": found.version.number}


@able(FILL)
def fetch(request: HttpRequest, filling: int) -> HttpResponse:
    """The filled workbook; that it was fetched is noted."""
    actor = actor_of(request)
    if request.method != "POST":
        return _page(request, filling)
    try:
        run("template.fetch", actor, {"filling": filling}, device=request.device)  # type: ignore[attr-defined]
    except Fault as fault:
        if fault.status != 409:
            raise
        return _page(request, filling, fault)
    with looking(of_post(actor), read_only=True):
        found: Filling = Filling.objects.visible_to(actor).select_related("template").get(pk=filling)
        place = places.find_place(found.area)
        content = working.content_of(found)
    response = HttpResponse(content, content_type=EXCEL)
    name = "-".join(part for part in (str(working.DEMONSTRATION) if place and place.is_demonstration else "", found.template.name, place.name if place else "",
                                      found.day.isoformat()) if part)
    response.headers["Content-Disposition"] = content_disposition_header(True, f"{name}.xlsx") or "attachment"
    response.headers["Cache-Control"] = "private, no-store"
    return response


ADDRESSES = (
    path("templates/", overview, name="templates"),
    path("templates/lacks/", lacks, name="template_lacks"),
    path("templates/<int:template>/", one, name="template"),
    path("templates/<int:template>/columns", columns, name="template_columns"),
    path("templates/<int:template>/renew", renew, name="template_renew"),
    path("templates/<int:template>/<str:what>", do, name="template_do"),
    path("fillings/<int:filling>/", filling, name="filling"),
    path("fillings/<int:filling>/pulse", pulse, name="filling_pulse"),
    path("fillings/<int:filling>/fetch", fetch, name="filling_fetch"),
)
