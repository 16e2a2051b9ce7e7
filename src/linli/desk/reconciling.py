# SPDX-License-Identifier: MulanPSL-2.0
"""Reconciliation on the desk: other systems and how good they are, a file of one beside ours, deciding item by item or field by field, carrying out, undoing."""

from dataclasses import replace
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path, reverse

from linli.core.actions import find_action, run
from linli.core.faults import Fault, NotVisible
from linli.core.fields import Field
from linli.core.sight import Actor, looking, of_post
from linli.core.words import Words, words
from linli.desk.intakes import WHYS, places_of
from linli.doors import flash, generated, pulses
from linli.doors.generated import Form
from linli.doors.guards import able
from linli.doors.requests import actor_of
from linli.elements import places
from linli.elements.intakes import columns
from linli.elements.intakes.actions import BRING
from linli.elements.models import Intake, ReconciledItem, Reconciliation, Source
from linli.elements.reconciling import sides, viewing
from linli.elements.reconciling.actions import BUSY, DECISIONS, MAY, PROPOSED, compared_columns, refused, undecided
from linli.elements.reconciling.sides import DIFFERS, OURS, THEIRS, UNCLEAR
from linli.elements.registers.declaring import register_named

MOST = 50
SIDES: dict[str, tuple[Words, Words]] = {
    DIFFERS: (words("说法不一", "Differ"), words("两边都有，但内容不同", "Both have it and say different things")),
    THEIRS: (words("只有对方有", "Only theirs"), words("文件里有，台账里没有", "In the file, not in the register")),
    OURS: (words("只有我们有", "Only ours"), words("台账里有，文件声称包含却没有", "In the register, missing from what the file claims to hold")),
    UNCLEAR: (words("没法比对", "Not comparable"), words("行里有问题，或分不清是谁", "Something is wrong with the line, or it is unclear who is meant"))}
COUNTS: tuple[tuple[str, Words], ...] = (
    ("rows", words("文件行数", "Rows of the file")), ("agree", words("一致的记录", "Records that agree")), ("differ", words("有不同的记录", "Records that differ")),
    (THEIRS, SIDES[THEIRS][0]), (OURS, SIDES[OURS][0]), (UNCLEAR, words("没法比对的行", "Lines not comparable")))
STATES: dict[str, tuple[Words, str]] = {
    "comparing": (words("正在比对", "Being compared"), "accent"), "compared": (words("已比对，待决定", "Compared, to be decided"), "warn"),
    "settled": (words("都已定", "All decided"), "good"), "applying": (words("正在执行", "Being carried out"), "accent"), "undoing": (words("正在撤销", "Being undone"), "accent"),
    "undone": (words("已撤销", "Undone"), "calm"), "failed": (words("没有完成", "Not finished"), "bad"), "dropped": (words("已放弃", "Dropped"), "calm")}
OUTCOMES: dict[str, tuple[Words, str]] = {
    "done": (words("已执行", "Carried out"), "good"), "stale": (words("我们这边后来改过，没有动；请重新核对", "Ours has changed since; left as it is, compare again"), "warn"),
    "refused": (words("没能写入", "Could not be written"), "bad"), "undone": (words("已撤销", "Undone"), "calm")}
DOINGS: dict[str, tuple[str, Words]] = {
    "apply": ("reconciliation.apply", words("正在执行，上门核实的已进今日清单。", "Being carried out; what is asked at the door stands in the list of the day.")),
    "undo": ("reconciliation.undo", words("正在撤销。", "Being undone.")), "drop": ("reconciliation.drop", words("已放弃这次核对。", "The comparison is dropped."))}
TABS = (("", words("没定的", "Open")), ("decided", words("已定的", "Decided")), ("all", words("全部", "All")))
DECIDED = words("已记下 {decided} 项。", "{decided} items decided.")
STARTED = words("正在比对，结果会出现在这一页。", "Being compared; the result appears on this page.")
NAMED = words("已登记。", "Kept.")
MOVED = words("已办搬离并记下。", "The move is recorded, and the item decided.")


def _found(actor: Actor, number: int) -> Reconciliation:
    found: Reconciliation | None = Reconciliation.objects.visible_to(actor).select_related("source", "intake").filter(pk=number).first()
    if found is None:
        raise NotVisible
    return found


def _state(one: Reconciliation) -> str:
    """The state as a person reads it; an undoing ends in the state of the file."""
    return "failed" if one.state == "undoing" and one.intake.state == "failed" else one.intake.state if one.state == "undoing" else one.state


@able(BRING)
def overview(request: HttpRequest) -> HttpResponse:
    """Other systems with how far each agrees with us, and the comparisons so far."""
    actor = actor_of(request)
    sent = generated.submit(request, _declaring(actor, reverse("desk:reconciliations")))
    if sent.response is not None:
        return sent.response
    with looking(of_post(actor), read_only=True):
        sources = list(Source.objects.visible_to(actor).order_by("name", "id")[:MOST])
        rates = viewing.rates(actor, sources)
        rows = Reconciliation.objects.visible_to(actor).select_related("source", "intake").exclude(state="dropped").order_by("-id")[:MOST]
        return render(request, "desk/reconciliations.html", {
            "sources": [_source(one, rates.get(one.pk, {})) for one in sources], "rows": [_line(one) for one in rows], "form": sent.form}, status=sent.status)


def _declaring(actor: Actor, to: str, intake: Intake | None = None) -> Form:
    fields = tuple(replace(one, choices=places_of(actor)) if one.name == "area" else one for one in find_action("source.declare").fields if one.name != "authority")
    return Form("source.declare", fields, submit=words("登记来源系统", "Name the system"), done=NAMED, to=to,
                initial={"area": str(intake.area if intake else actor.lo), "sheet": intake.sheet if intake else "residents", "covers": "part", "within": "area"})


def _source(one: Source, fields: Any) -> dict[str, Any]:
    place = places.find_place(one.area)
    return {"source": one, "sheet": columns.sheet_named(one.sheet).words, "place": place.name if place else "", "overall": viewing.overall(fields),
            "authority": [sides.label_of(name) for name in one.authority]}


def _line(one: Reconciliation) -> dict[str, Any]:
    state, tone = STATES[_state(one)]
    return {"one": one, "state": state, "tone": tone, "is_busy": one.state in BUSY or _state(one) == "undoing",
            "done": one.counts.get("done", 0), "total": one.counts.get("total", 0),
            "counts": [(label, one.counts[name]) for name, label in COUNTS if name in one.counts]}


@able(BRING)
def source(request: HttpRequest, source: int) -> HttpResponse:
    """One system: who answers for it, for which fields it is the authority, and its agreement by field over time."""
    actor = actor_of(request)
    with looking(of_post(actor), read_only=True):
        found: Source | None = Source.objects.visible_to(actor).filter(pk=source).first()
        if found is None:
            raise NotVisible
    fields = tuple(replace(one, choices=compared_columns(found.sheet)) if one.name == "authority" else one for one in find_action("source.change").fields)
    initial = {name: getattr(found, name) for name in ("name", "keeper", "authority", "covers", "within")}
    form = Form("source.change", tuple(one for one in fields if one.name not in ("source", "version")), {"source": found.pk, "version": found.version}, initial,
                submit=words("保存", "Save"), done=NAMED, to=reverse("desk:source", args=[found.pk]))
    sent = generated.submit(request, form)
    if sent.response is not None:
        return sent.response
    with looking(of_post(actor), read_only=True):
        told = viewing.rates(actor, [found]).get(found.pk, {})
        rates = [(sides.label_of(name), name, some[0], some[1:]) for name, some in sorted(told.items())]
        return render(request, "desk/source.html", _source(found, told) | {"form": sent.form, "rates": rates}, status=sent.status)


@able(BRING)
def begin(request: HttpRequest, intake: int) -> HttpResponse:
    """Put a checked file beside ours: of which system it is, and whom it claims to hold."""
    actor = actor_of(request)
    with looking(of_post(actor), read_only=True):
        found: Intake | None = Intake.objects.visible_to(actor).filter(pk=intake).first()
        if found is None:
            raise NotVisible
        sources = list(Source.objects.visible_to(actor).filter(sheet=found.sheet, area=found.area).order_by("-id")[:MOST])
    here = reverse("desk:intake_compare", args=[intake])
    is_naming = not sources or "name" in request.GET
    sent = generated.submit(request, _declaring(actor, here, found) if is_naming else _starting(found, sources))
    if sent.response is not None:
        return sent.response
    with looking(of_post(actor), read_only=True):
        return render(request, "desk/reconciliation_begin.html", {"intake": found, "form": sent.form, "is_naming": is_naming, "here": here}, status=sent.status)


def _starting(intake: Intake, sources: list[Source]) -> Form:
    choices = [(str(one.pk), words(f"{one.name}（{one.keeper}）", f"{one.name} ({one.keeper})")) for one in sources]
    fields = tuple(replace(one, kind="choice", choices=choices, low=None) if one.name == "source" else one for one in find_action("reconciliation.start").fields)
    latest = sources[0]
    return Form("reconciliation.start", fields, {"intake": intake.pk}, {"source": str(latest.pk), "covers": latest.covers, "within": latest.within},
                submit=words("开始核对", "Compare"), done=STARTED, to=lambda answer: reverse("desk:reconciliation", args=[answer["reconciliation"]]))


@able(BRING)
def one(request: HttpRequest, reconciliation: int) -> HttpResponse:
    """One comparison: the summary, what is open by field, and what is to be done."""
    return _page(request, reconciliation)


def _page(request: HttpRequest, number: int, fault: Fault | None = None) -> HttpResponse:
    actor = actor_of(request)
    with looking(of_post(actor), read_only=True):
        return render(request, "desk/reconciliation.html", _context(actor, _found(actor, number)) | {"fault": fault}, status=fault.status if fault else 200)


@able(BRING)
def pulse(request: HttpRequest, reconciliation: int) -> HttpResponse:
    """How far it is, anew while something is done."""
    actor = actor_of(request)
    with looking(of_post(actor), read_only=True):
        context = _context(actor, _found(actor, reconciliation))
        return pulses.pulsed(request, "desk/parts/reconciliation.html", context, stamp=context["stamp"])


def _context(actor: Actor, found: Reconciliation) -> dict[str, Any]:
    state = _state(found)
    is_open = state in ("compared", "failed") and found.compared_at is not None and found.intake.gone_at is None
    groups = viewing.groups(actor, found) if found.compared_at is not None and found.state not in BUSY else []
    by_side = [(side, *SIDES[side], [group for group in groups if group.side == side]) for side in sides.SIDES]
    place = places.find_place(found.area)
    trouble = found.intake.trouble if found.state == "undoing" else found.trouble
    return {**_line(found), "found": found, "place": place.name if place else "", "sides": [each for each in by_side if each[3]], "is_open": is_open,
            "waiting": sum(group.waiting for group in groups) if is_open else 0, "key": generated.new_key(), "trouble": words(**trouble) if trouble else None,
            "stamp": f"{found.pk}-{state}-{found.version}-{found.counts.get('done', 0)}-{found.intake.counts.get('done', 0)}",
            "may_undo": found.applied_at is not None and found.intake.state in ("taken", "failed") and found.intake.gone_at is None and found.state not in BUSY,
            "may_drop": found.applied_at is None and found.state not in BUSY and found.state != "dropped", "is_gone": found.intake.gone_at is not None}


@able(BRING)
def do(request: HttpRequest, reconciliation: int, what: str) -> HttpResponse:
    """Carry out, undo or drop."""
    if what not in DOINGS or request.method != "POST":
        raise NotVisible
    name, sentence = DOINGS[what]
    given = {"reconciliation": reconciliation} | ({"due_on": request.POST.get("due_on", "")} if what == "apply" else {})
    to = reverse("desk:reconciliation", args=[reconciliation]) if what != "drop" else reverse("desk:reconciliations")
    return _run(request, reconciliation, (name, given), to, sentence)


def _run(request: HttpRequest, number: int, doing: tuple[str, dict[str, Any]], to: str, sentence: Words) -> HttpResponse:
    try:
        answer = run(*(doing[0], actor_of(request), doing[1]), key=request.POST.get("idempotency", ""), device=request.device)  # type: ignore[attr-defined]
    except Fault as fault:
        if fault.status not in (409, 422):
            raise
        return _page(request, number, fault)
    return flash.redirect(request, to, sentence.format(decided=answer.get("decided", "")))


@able(BRING)
def listed(request: HttpRequest, reconciliation: int, side: str) -> HttpResponse:
    """The items of one kind, of one field or of all, record by record: open ones, or those that are decided."""
    if side not in SIDES:
        raise NotVisible
    actor, name, shows = actor_of(request), request.GET.get("name", "")[:60], request.GET.get("shown", "")
    is_open = {"decided": False, "all": None}.get(shows, True)
    after = request.GET.get("after", "")
    with looking(of_post(actor), read_only=True):
        found = _found(actor, reconciliation)
        page = viewing.page(actor, found, side, name=name, is_open=is_open, after=int(after) if after.isdecimal() and len(after) < 19 else 0)
        shown = page[:viewing.PAGE]
        here = reverse("desk:reconciled", args=[reconciliation, side])
        query = {"name": name, "shown": shows}
        older = f"{here}?{urlencode(query | {'after': shown[-1].pk})}" if len(page) > viewing.PAGE else ""
        newer = f"{here}?{urlencode(query)}" if after else ""
        at_once = [(value, label) for value, label in _choices(side, name) if value != "ended"] if is_open and shown and (name or side != DIFFERS) else []
        return render(request, "desk/reconciled.html", {
            "found": found, "side": side, "side_words": SIDES[side], "name": name, "field": sides.label_of(name) if name and side == DIFFERS else None,
            "is_open": is_open, "shows": "" if is_open else shows, "tabs": TABS,
            "rows": [_row(row) for row in viewing.rows(actor, found, shown)], "older": older, "newer": newer, "key": generated.new_key(), "may": _may(found),
            "back": request.get_full_path(), "at_once": at_once, "fixed_name": name or shown[0].name if shown else name})


def _may(found: Reconciliation) -> bool:
    return _state(found) in ("compared", "failed") and found.compared_at is not None


def _choices(side: str, name: str) -> list[tuple[str, Words]]:
    return [(value, DECISIONS[value]) for value in MAY[side] if refused(side, name, value) is None]


def _row(row: viewing.Row) -> dict[str, Any]:
    told = [_item(one) for one in row.items]
    common = [pair for pair in MAY[row.items[0].item.side] if pair != "ended"]
    return {"row": row, "items": told, "href": reverse("desk:record", args=[row.register, row.record]) if row.record and row.title else "",
            "register": register_named(row.register).words if row.register else None,
            "all": [(value, DECISIONS[value]) for value in common] if row.is_several and all(not one.item.outcome for one in row.items) else []}


def _item(one: viewing.Shown) -> dict[str, Any]:
    item = one.item
    outcome, tone = OUTCOMES.get(item.outcome, (None, ""))
    return {"shown": one, "item": item, "choices": _choices(item.side, item.name) if not item.outcome else [], "decision": DECISIONS.get(item.decision),
            "proposed": DECISIONS.get(item.proposed), "outcome": outcome, "tone": tone, "why": WHYS.get(item.why) if item.why else None}


@able(BRING)
def decide(request: HttpRequest, item: int) -> HttpResponse:
    """One item, or everything of its record; for somebody who is gone the move is recorded first."""
    if request.method != "POST":
        raise NotVisible
    actor, given = actor_of(request), {name: request.POST.get(name, "") for name in ("decision", "whole_row", "reason")}
    with looking(of_post(actor), read_only=True):
        found = _item_of(actor, item)
        if not _may(_found(actor, found.reconciliation_id)):
            return _page(request, found.reconciliation_id)
    to = request.POST.get("back", "")
    here = reverse("desk:reconciled", args=[found.reconciliation_id, found.side])
    if given["decision"] == "ended" and (found.side, found.register, found.outcome) == (OURS, "person", ""):
        with looking(of_post(actor), read_only=True):
            is_gone = register_named("person").model._default_manager.filter(pk=found.record, standing="gone").exists()
        if not is_gone:
            try:
                run("person.move_out", actor, {"person": found.record}, device=request.device)  # type: ignore[attr-defined]
            except Fault as fault:
                if fault.status == 404:
                    raise
                return _page(request, found.reconciliation_id, fault)
    sentence = MOVED if given["decision"] == "ended" else DECIDED
    return _run(request, found.reconciliation_id, ("reconciliation.decide", {"item": item, **given}), to if to.startswith(here) else here, sentence)


def _item_of(actor: Actor, number: int) -> ReconciledItem:
    found: ReconciledItem | None = ReconciledItem.objects.visible_to(actor).filter(pk=number).first()
    if found is None:
        raise NotVisible
    return found


@able("person.reveal")
def look(request: HttpRequest, item: int) -> HttpResponse:
    """What the other system says about one protected field, opened for a purpose; shown once."""
    actor = actor_of(request)
    with looking(of_post(actor), read_only=True):
        found = _item_of(actor, item)
    fields: tuple[Field, ...] = tuple(one for one in find_action("reconciliation.look").fields if one.name != "item")
    here = reverse("desk:reconciled_look", args=[item])
    sent = generated.submit(request, Form("reconciliation.look", fields, {"item": item}, submit=words("查看一次", "Look once"), to=here))
    value = sent.answer.get("value", "") if sent.answer else ""
    with looking(of_post(actor), read_only=True):
        return render(request, "desk/reconciled_look.html", {
            "form": sent.form, "value": value, "label": sides.label_of(found.name), "item": found,
            "back": reverse("desk:reconciled", args=[found.reconciliation_id, found.side])}, status=200 if value else sent.status)


@able(BRING)
def at_once(request: HttpRequest, reconciliation: int, side: str) -> HttpResponse:
    """A field decided for all rows: how many, the first of them, then the press."""
    if side not in MAY or not MAY[side]:
        raise NotVisible
    asked = request.POST if request.method == "POST" else request.GET
    actor, name, decision = actor_of(request), asked.get("name", "")[:60], asked.get("decision", "")
    words_of = DECISIONS.get(decision) or (words("按提议", "As proposed") if decision == PROPOSED else None)
    if words_of is None or (decision != PROPOSED and refused(side, name, decision) is not None):
        raise NotVisible
    if request.method == "POST" and "count" in request.POST:
        given = {"reconciliation": reconciliation, "side": side, "name": name, "decision": decision}
        given |= {each: request.POST.get(each, "") for each in ("count", "reason", "remember")}
        return _run(request, reconciliation, ("reconciliation.decide_all", given), reverse("desk:reconciliation", args=[reconciliation]), DECIDED)
    with looking(of_post(actor), read_only=True):
        found = _found(actor, reconciliation)
        chosen = undecided(actor, found, side, name)
        chosen = chosen.filter(proposed__in=MAY[side]).exclude(proposed="ended") if decision == PROPOSED else chosen
        first = list(chosen.order_by("pk")[:viewing.PAGE])
        return render(request, "desk/reconciled_all.html", {
            "found": found, "side": side, "side_words": SIDES[side], "name": name, "field": sides.label_of(name) if side == DIFFERS else None, "decision": decision,
            "words": words_of, "count": chosen.count(), "rows": [_row(row) for row in viewing.rows(actor, found, first)], "key": generated.new_key(),
            "may_remember": side == DIFFERS and decision == "theirs" and sides.column_of(name) is not None, "asks_why": decision == "aside",
            "back": reverse("desk:reconciled", args=[reconciliation, side])})


ADDRESSES = (
    path("reconciliations/", overview, name="reconciliations"),
    path("reconciliations/sources/<int:source>/", source, name="source"),
    path("reconciliations/items/<int:item>/decide", decide, name="reconciled_decide"),
    path("reconciliations/items/<int:item>/look", look, name="reconciled_look"),
    path("reconciliations/<int:reconciliation>/", one, name="reconciliation"),
    path("reconciliations/<int:reconciliation>/pulse", pulse, name="reconciliation_pulse"),
    path("reconciliations/<int:reconciliation>/do/<str:what>", do, name="reconciliation_do"),
    path("reconciliations/<int:reconciliation>/<str:side>/", listed, name="reconciled"),
    path("reconciliations/<int:reconciliation>/<str:side>/all", at_once, name="reconciled_all"),
    path("intakes/<int:intake>/compare", begin, name="intake_compare"),
)
