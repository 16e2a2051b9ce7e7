# SPDX-License-Identifier: MulanPSL-2.0
"""Intake on the desk: a file brought or pasted, its columns matched, the preview, taking, undoing, what goes back, and who is who."""

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path, reverse
from django.utils.http import content_disposition_header

from linli.core import registry
from linli.core.actions import find_action, run
from linli.core.faults import Fault, NotVisible
from linli.core.sight import Actor, looking, of_post
from linli.core.words import Words, words
from linli.doors import flash, generated, pulses
from linli.doors.generated import Form
from linli.doors.guards import able
from linli.doors.requests import actor_of
from linli.doors.uploads import held_in_memory
from linli.elements import places
from linli.elements.intakes import blanks, checking, columns, reviewing
from linli.elements.intakes.actions import BRING, BUSY, may_take_again
from linli.elements.intakes.planning import ASK, BAD
from linli.elements.intakes.returning import label_of, workbook
from linli.elements.intakes.sheets import may_bring
from linli.elements.models import Intake, IntakeRow, Reconciliation
from linli.elements.registers.declaring import Sheet
from linli.ui.navigation import Entry, declare

MOST = 50
SHOWN = 20
MOST_PLACES = 400
EXCEL = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
STATES: dict[str, tuple[Words, str]] = {
    "mapping": (words("待对应列", "Columns to be matched"), "warn"), "checking": (words("正在检查", "Being checked"), "accent"),
    "checked": (words("已检查，待导入", "Checked, to be taken in"), "warn"), "taking": (words("正在导入", "Being taken in"), "accent"),
    "taken": (words("已导入", "Taken in"), "good"), "undoing": (words("正在撤销", "Being undone"), "accent"), "undone": (words("已撤销", "Undone"), "calm"),
    "failed": (words("没有完成", "Not finished"), "bad"), "dropped": (words("已放弃", "Dropped"), "calm")}
COUNTS: tuple[tuple[str, Words], ...] = (
    ("rows", words("行数", "Rows")), ("add", words("新增", "Added")), ("change", words("有变更", "Changed")), ("same", words("已有，没有变化", "There already, unchanged")),
    ("bad", words("退回", "Given back")), ("ask", words("待判断是否同一个", "Who is who, to be answered")),
    ("new.building", words("新增楼栋", "New buildings")), ("new.dwelling", words("新增房屋", "New dwellings")), ("new.household", words("新增住户", "New households")))
WHYS: Mapping[str, Words] = {
    "required": words("必填项没有填", "Something needed is missing"), "form": words("格式不对", "Written in another form"),
    "rule": words("内容不合规则", "Against the rule of its column"), "day": words("日期认不出", "Not a day"),
    "choice": words("不在代码表里", "Not in the code table"), "place": words("社区或网格对不上", "Unknown community or grid"),
    "address": words("地址认不出", "The address cannot be read"), "twice": words("文件里重复", "Twice in the file"),
    "two_names": words("同一号码两个名称", "One number, two names"), "two_homes": words("同一天在两户", "In two households on one day"),
    "two_households": words("已在另一户", "Belongs to another household"), "two_heads": words("不止一个户主", "More than one head"),
    "no_head": words("没有户主", "No head"), "which_household": words("分不清哪一户", "Which household is unclear"),
    "elsewhere": words("登记在另一个社区", "Recorded in another community"), "gone": words("“已离开”要办迁出", "Gone: to be recorded as a move"),
    "id_number_is_right": words("身份证号校验不符", "The identity number does not fit"),
    "birth_is_that_of_the_number": words("出生日期与号码不一致", "Birth differs from the number"),
    "sex_is_that_of_the_number": words("性别与号码不一致", "Sex differs from the number"),
    "truth": words("是或否认不出", "Neither yes nor no"), "choices": words("不在选项里", "Not among the choices"),
    "by_form": words("只在页面上登记", "Entered by its page only"), "code_fits_kind": words("信用代码与种类不符", "The credit code does not fit the kind"),
    "stage_fits_kind": words("阶段与种类不符", "The stage does not fit the kind")}
DOINGS: dict[str, tuple[str, Words | None]] = {
    "take": ("intake.take", words("正在导入，进度会出现在这一页。", "Being taken in; this page shows how far it is.")),
    "undo": ("intake.undo", words("正在撤销，进度会出现在这一页。", "Being undone; this page shows how far it is.")),
    "drop": ("intake.drop", words("已放弃，文件内容已销毁。", "Dropped; its rows are destroyed."))}
RECEIVED = words("已收下。", "Received.")
MATCHED = words("正在检查，结果会出现在这一页。", "Being checked; the result appears on this page.")
SAVED = words("已记下，以后不再问。", "Kept; it is not asked again.")
OTHER_KINDS = {"residence": words("人房关系", "Ties to dwellings"), "membership": words("户成员", "Members of households"), "standing": words("人户情况", "Registered and living")}

declare(Entry("intakes", words("导入台账", "Intake"), "desk:intakes", "download", 47, BRING, also="/desk/pairings/"))


def _sheets(actor: Actor) -> list[Sheet]:
    """The sheets that the post may bring."""
    return [one for one in columns.sheets() if may_bring(actor, one)]


def _forms(actor: Actor, wanted: str) -> tuple[Form, Form]:
    fields = {one.name: one for one in find_action("intake.receive").fields}
    choices = [(one.name, one.words) for one in _sheets(actor)]
    first = wanted if wanted in dict(choices) else "residents"
    fields["sheet"] = replace(fields["sheet"], choices=choices)
    area = replace(fields["area"], choices=places_of(actor))
    to = lambda answer: reverse("desk:intake", args=[answer["intake"]])  # noqa: E731  said twice below
    common: dict[str, Any] = {"submit": words("上传并检查", "Bring and check"), "done": RECEIVED, "to": to, "initial": {"area": str(actor.lo), "sheet": first}}
    file = Form("intake.receive", (fields["sheet"], area, replace(fields["file"], required=True)), prefix="up-", address=reverse("desk:intakes"), **common)
    pasted = replace(fields["pasted"], kind="long_text", required=True)
    return file, Form("intake.receive", (fields["sheet"], area, pasted), prefix="pa-", address=f"{reverse('desk:intakes')}?pasted", **common)


def places_of(actor: Actor) -> list[tuple[str, Words]]:
    """The place of the post and the communities in it; the file says the rest."""
    own = places.find_place(actor.lo)
    inside = [one for one in places.places_within(actor.lo, actor.hi, level="community") if own is None or one.area != own.area][:MOST_PLACES]
    return [(str(one.area), words(one.name, one.name)) for one in ([own] if own else []) + inside]


@held_in_memory
@able(BRING)
def overview(request: HttpRequest) -> HttpResponse:
    """The files that were brought, newest first, and the two ways to bring another."""
    actor = actor_of(request)
    is_pasted = "pasted" in request.GET
    forms = _forms(actor, request.GET.get("sheet", ""))
    sent = generated.submit(request, forms[is_pasted]) if request.method == "POST" else None
    if sent is not None and sent.response is not None:
        return sent.response
    with looking(of_post(actor), read_only=True):
        shown = [sent.form if sent and is_pasted == bool(place) else generated.unsent(request, form) for place, form in enumerate(forms)]
        rows = [_line(one) for one in Intake.objects.visible_to(actor).order_by("-id")[:MOST]]
        offered = _sheets(actor)
        return render(request, "desk/intakes.html", {"rows": rows, "file_form": shown[0], "paste_form": shown[1], "is_pasted": is_pasted,
                                                     "sheets": [each for each in offered if not _is_of_kind(each)],
                                                     "kinds": [each for each in offered if _is_of_kind(each)],
                                                     "waiting": reviewing.waiting(actor)}, status=sent.status if sent else 200)


def _is_of_kind(sheet: Sheet) -> bool:
    """Whether a sheet is that of one kind of organisation or thing."""
    return sheet.sole is not None and bool(sheet.sole.kind_of)


def _line(one: Intake) -> dict[str, Any]:
    state, tone = STATES[one.state]
    sheet: Sheet | None = registry.get("sheet", one.sheet)
    return {"intake": one, "state": state, "tone": tone, "sheet": sheet.words if sheet else one.sheet, "is_busy": one.state in BUSY,
            "counts": [(label, one.counts[name]) for name, label in COUNTS if one.counts.get(name)],
            "done": one.counts.get("done", 0), "total": one.counts.get("total", 0)}


def _found(actor: Actor, number: int) -> Intake:
    found: Intake | None = Intake.objects.visible_to(actor).filter(pk=number).first()
    if found is None or registry.get("sheet", found.sheet) is None:
        raise NotVisible
    return found


@able(BRING)
def one(request: HttpRequest, intake: int) -> HttpResponse:
    """One file: its columns, what it would do, how far it is, what went back."""
    return _page(request, intake)


def _page(request: HttpRequest, number: int, fault: Fault | None = None) -> HttpResponse:
    actor = actor_of(request)
    with looking(of_post(actor), read_only=True):
        return render(request, "desk/intake.html", _context(request, actor, _found(actor, number), fault), status=fault.status if fault else 200)


@able(BRING)
def pulse(request: HttpRequest, intake: int) -> HttpResponse:
    """How far it is, anew while something is done."""
    actor = actor_of(request)
    with looking(of_post(actor), read_only=True):
        context = _context(request, actor, _found(actor, intake), None)
        return pulses.pulsed(request, "desk/parts/intake.html", context, stamp=context["stamp"])


def _context(request: HttpRequest, actor: Actor, found: Intake, fault: Fault | None) -> dict[str, Any]:
    sheet = columns.sheet_named(found.sheet)
    compared = Reconciliation.objects.visible_to(actor).filter(intake=found).exclude(state="dropped").first() if found.checked_at is not None else None
    is_open = found.state in ("mapping", "checked", "failed") and found.gone_at is None and compared is None
    bad = list(IntakeRow.objects.visible_to(actor).filter(intake=found, verdict=BAD).order_by("line")[:SHOWN]) if found.state not in BUSY else []
    again = found.state == "taken" and found.gone_at is None and compared is None and may_take_again(found)
    place = places.find_place(found.area)
    counts = found.counts
    is_ready = compared is None and found.checked_at is not None and found.state in ("checked", "failed") and bool(counts.get("add") or counts.get("change"))
    return {**_line(found), "fault": fault, "place": place.name if place else "", "key": generated.new_key(),
            "stamp": f"{found.pk}-{found.state}-{found.version}-{counts.get('done', 0)}",
            "trouble": words(**found.trouble) if found.trouble else None, "left_out": columns.left_out(found.headings),
            "matching": _matching(request, sheet, found) if is_open else [], "options": _options(sheet), "may_drop": is_open,
            "is_mapping": found.state == "mapping", "missing": columns.missing(sheet, found.mapping) if found.state == "mapping" else [],
            "bad": [_bad(found, row) for row in bad], "more_bad": max(counts.get("bad", 0) - len(bad), 0), "has_cells": found.gone_at is None and bool(bad),
            "whys": sorted(((WHYS.get(name.removeprefix("why."), WHYS["rule"]), count) for name, count in counts.items() if name.startswith("why.")), key=lambda pair: -pair[1]),
            "examples": [(each["line"], [_label(found, name) for name in each["columns"]]) for each in found.options.get("examples", [])] if found.state == "checked" else [],
            "may_take": is_ready or again, "is_again": again, "may_undo": compared is None and found.state == "taken" and found.taken_at is not None and found.gone_at is None,
            "compared": compared,
            "may_compare": (compared is None or found.state == "undone") and found.state in ("checked", "undone") and found.checked_at is not None and found.gone_at is None,
            "kept": reviewing.kept(actor, found), "asked": counts.get(ASK, 0) if found.state in ("checked", "taken") else 0, "is_known": _is_known(actor, found)}


def _is_known(actor: Actor, found: Intake) -> Intake | None:
    """An earlier intake of the same file that went in."""
    if found.state not in ("mapping", "checked"):
        return None
    same = Intake.objects.visible_to(actor).filter(digest=found.digest, sheet=found.sheet, area=found.area, state="taken", pk__lt=found.pk)
    earlier: Intake | None = same.order_by("-pk").first()
    return earlier


def _label(found: Intake, column: str) -> Words | str:
    return OTHER_KINDS.get(column) or label_of(found, column)


def _bad(found: Intake, row: IntakeRow) -> dict[str, Any]:
    why = checking.opened(row)["why"]
    return {"line": row.line, "faults": [(_label(found, column), words(**sentence)) for column, sentence in why.items()] or [
        (_label(found, column), WHYS.get(code, WHYS["rule"])) for column, code in row.faults.items()]}


def _matching(request: HttpRequest, sheet: Sheet, found: Intake) -> list[dict[str, Any]]:
    """Each heading with the column that is chosen for it; what was just sent stays as it was sent."""
    posted = request.POST if request.method == "POST" else {}
    return [{"heading": heading, "name": f"column.{place}", "chosen": posted.get(f"column.{place}", found.mapping.get(heading) or ""), "is_known": heading in found.mapping}
            for place, heading in enumerate(found.headings) if heading and not columns.is_forbidden(heading)]


def _options(sheet: Sheet) -> list[tuple[str, Words, bool]]:
    needed = {columns.key(owner, name) for owner, name in sheet.needed}
    return [(columns.key(owner, each.name), each.label, columns.key(owner, each.name) in needed) for owner, each in sheet.every()]


@able(BRING)
def match(request: HttpRequest, intake: int) -> HttpResponse:
    """The columns as somebody matched them."""
    actor = actor_of(request)
    with looking(of_post(actor), read_only=True):
        found = _found(actor, intake)
    if request.method != "POST":
        return _page(request, intake)
    chosen = {heading: request.POST.get(f"column.{place}", "") for place, heading in enumerate(found.headings) if heading}
    return _run(request, intake, "intake.map", {"intake": intake, "columns": json.dumps(chosen, ensure_ascii=False)}, MATCHED)


@able(BRING)
def do(request: HttpRequest, intake: int, what: str) -> HttpResponse:
    """Take in, undo or drop."""
    if what not in DOINGS or request.method != "POST":
        raise NotVisible
    name, sentence = DOINGS[what]
    return _run(request, intake, name, {"intake": intake}, sentence)


def _run(request: HttpRequest, number: int, name: str, given: dict[str, Any], sentence: Words | None) -> HttpResponse:
    try:
        run(name, actor_of(request), given, key=request.POST.get("idempotency", ""), device=request.device)  # type: ignore[attr-defined]
    except Fault as fault:
        if fault.status not in (409, 422):
            raise
        return _page(request, number, fault)
    return flash.redirect(request, reverse("desk:intake", args=[number]), sentence)


@able(BRING)
def give_back(request: HttpRequest, intake: int) -> HttpResponse:
    """The workbook of the rows that did not go in; that it was fetched is noted."""
    actor = actor_of(request)
    if request.method != "POST":
        return _page(request, intake)
    run("intake.give_back", actor, {"intake": intake}, device=request.device)  # type: ignore[attr-defined]
    with looking(of_post(actor), read_only=True):
        found = _found(actor, intake)
        content = workbook(found)
    return _download(content, f"{words('退回', 'given back')}-{found.pk}.xlsx")


@able(BRING)
def blank(request: HttpRequest, sheet: str) -> HttpResponse:
    """An empty workbook with the headings of a sheet."""
    found = next((each for each in _sheets(actor_of(request)) if each.name == sheet), None)
    if found is None:
        raise NotVisible
    return _download(blanks.workbook(found), f"{found.words}.xlsx")


def _download(content: bytes, name: str) -> HttpResponse:
    response = HttpResponse(content, content_type=EXCEL)
    response.headers["Content-Disposition"] = content_disposition_header(True, name) or "attachment"
    response.headers["Cache-Control"] = "private, no-store"
    return response


@able(BRING)
def pairings(request: HttpRequest) -> HttpResponse:
    """Pairs that may be one person, oldest first, side by side."""
    actor = actor_of(request)
    with looking(of_post(actor), read_only=True):
        page = Paginator(reviewing.pairs(actor)[:MOST], SHOWN).page(1)
        shown = reviewing.side_by_side(actor, list(page.object_list))
        return render(request, "desk/pairings.html", {"pairs": shown, "more": reviewing.waiting(actor) > len(shown), "key": generated.new_key()})


@able(BRING)
def answer(request: HttpRequest, pairing: int) -> HttpResponse:
    """One pair answered."""
    if request.method != "POST":
        raise NotVisible
    given = {"pairing": pairing, "answer": request.POST.get("answer", "")}
    run("pairing.answer", actor_of(request), given, key=request.POST.get("idempotency", ""), device=request.device)  # type: ignore[attr-defined]
    return flash.redirect(request, reverse("desk:pairings"), SAVED)


ADDRESSES = (
    path("intakes/", overview, name="intakes"),
    path("intakes/blank/<str:sheet>.xlsx", blank, name="intake_blank"),
    path("intakes/<int:intake>/", one, name="intake"),
    path("intakes/<int:intake>/pulse", pulse, name="intake_pulse"),
    path("intakes/<int:intake>/columns", match, name="intake_match"),
    path("intakes/<int:intake>/given-back", give_back, name="intake_given_back"),
    path("intakes/<int:intake>/<str:what>", do, name="intake_do"),
    path("pairings/", pairings, name="pairings"),
    path("pairings/<int:pairing>", answer, name="pairing_answer"),
)
