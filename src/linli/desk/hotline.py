# SPDX-License-Identifier: MulanPSL-2.0
"""The hotline on the desk: tables brought in with mapping, preview and progress; orders that wait for their answer; tables that go back."""

import csv
import io
import json
import tempfile
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import rustpy_xlsxwriter as excel
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import content_disposition_header

from linli.core import clock
from linli.core.actions import run
from linli.core.faults import Fault, NotVisible
from linli.core.sight import Actor, looking, of_post
from linli.core.words import Words, words
from linli.doors import flash, generated, pulses
from linli.doors.exports import FORMULA
from linli.doors.generated import Form
from linli.doors.guards import able
from linli.doors.requests import actor_of
from linli.elements import places
from linli.matters import categories, numbers
from linli.matters.hotline import answers, mappings
from linli.matters.models import HotlineAnswer, HotlineBatch, HotlineOrder, HotlineRow
from linli.matters.phases import PHASES
from linli.matters.reactions.hotline_tables import opened

IMPORT, ANSWER = "hotline.import", "hotline.answer"
MOST = 30
SHOWN = 8
"""Rows of the preview (our choice: enough to see whether the columns are right)."""
MOST_BAD = 100
STATES: dict[str, tuple[Words, str]] = {
    "mapping": (words("待对应列", "Columns to be mapped"), "accent"), "checking": (words("正在检查", "Being checked"), "accent"),
    "checked": (words("已检查，待导入", "Checked, to be taken in"), "accent"), "importing": (words("正在导入", "Being taken in"), "accent"),
    "done": (words("已完成", "Done"), "good"), "failed": (words("没有完成", "Failed"), "bad")}
MAPPED = words("正在逐行检查，结果会出现在这一页。", "Every row is being checked; the result appears on this page.")
TAKEN = words("正在导入，进度会出现在这一页。", "The orders are being taken in; this page shows how far it is.")
MADE = words("已生成回复表，可以下载。", "The table of answers is made and can be fetched.")
BUSY = ("checking", "importing")
EXCEL = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def _upload_form() -> Form:
    return Form("hotline.upload", initial={"source": mappings.SOURCE}, submit=words("上传", "Upload"), address=reverse("desk:hotline_upload"),
                to=lambda answer: reverse("desk:hotline_batch", args=[answer["batch"]]), done=None, prefix="up-")


def _answer_form() -> Form:
    today = clock.today()
    return Form("hotline.answer", initial={"source": mappings.SOURCE, "first": today.replace(day=1).isoformat(), "last": today.isoformat()},
                submit=words("生成回复表", "Make the table"), address=reverse("desk:hotline_answer"), to=reverse("desk:hotline"), done=MADE, prefix="an-")


def _columns_form(actor: Actor) -> Form:
    mapping = mappings.mapping_of(actor.lo, mappings.SOURCE)
    pairs = mapping.answers if mapping and mapping.answers else mappings.DEFAULT_ANSWERS
    return Form("hotline.map_answers", initial={"source": mappings.SOURCE, "columns": "\n".join(f"{heading}={name}" for name, heading in pairs)},
                submit=words("保存列设置", "Keep the columns"), address=reverse("desk:hotline_columns"), to=reverse("desk:hotline"), prefix="co-")


@able(IMPORT)
def overview(request: HttpRequest) -> HttpResponse:
    """What waits for its answer, the tables that came in, and those that went back."""
    return _overview(request)


@able(IMPORT)
def upload(request: HttpRequest) -> HttpResponse:
    """A table is uploaded."""
    return _sent(request, "upload", _upload_form)


@able(ANSWER)
def answer(request: HttpRequest) -> HttpResponse:
    """A table of answers is made."""
    return _sent(request, "answer", _answer_form)


@able(ANSWER)
def columns(request: HttpRequest) -> HttpResponse:
    """The columns of the answers are chosen."""
    actor = actor_of(request)
    with looking(of_post(actor), read_only=True):
        form = _columns_form(actor)
    return _sent(request, "columns", lambda: form)


def _sent(request: HttpRequest, name: str, form: Any) -> HttpResponse:
    if request.method != "POST":
        return _overview(request)
    sent = generated.submit(request, form())
    return sent.response if sent.response is not None else _overview(request, {name: sent.form}, sent.status)


def _overview(request: HttpRequest, forms: dict[str, Any] | None = None, status: int = 200) -> HttpResponse:
    actor = actor_of(request)
    with looking(of_post(actor), read_only=True):
        batches = list(HotlineBatch.objects.visible_to(actor).order_by("-id")[:MOST])
        tables = list(HotlineAnswer.objects.visible_to(actor).order_by("-id")[:MOST])
        shown = {"upload": generated.unsent(request, _upload_form()), "answer": generated.unsent(request, _answer_form()),
                 "columns": generated.unsent(request, _columns_form(actor))}
        now = clock.now()
        return render(request, "desk/hotline.html", {
            "waiting": [_order(one, now) for one in answers.waiting(actor)], "most": answers.MOST, "hours": settings.HOTLINE_RETURN_HOURS, "tables": tables,
            **shown, **(forms or {}),
            "batches": [{"batch": one, "state": STATES[one.state][0], "tone": STATES[one.state][1]} for one in batches]}, status=status)


def _order(one: HotlineOrder, now: Any) -> dict[str, Any]:
    late = one.answer_due_at is not None and one.answer_due_at < now
    may_return = one.return_due_at is not None and one.return_due_at > now and one.matter.phase in ("captured", "filed")
    return {"order": one, "number": numbers.number_of(one.pk), "category": categories.words_of(one.matter.category), "phase": PHASES[one.matter.phase],
            "tone": "bad" if late else "calm", "is_ended": not one.matter.is_open, "may_return": may_return}


def _batch(actor: Actor, number: int) -> HotlineBatch:
    found: HotlineBatch | None = HotlineBatch.objects.visible_to(actor).filter(pk=number).first()
    if found is None:
        raise NotVisible
    return found


@able(IMPORT)
def batch(request: HttpRequest, batch: int) -> HttpResponse:
    """One table: its columns to be mapped with a preview, its check, its progress, its wrong rows."""
    actor, fault = actor_of(request), None
    if request.method == "POST":
        try:
            return _go_on(request, actor, batch)
        except Fault as refused:
            if refused.status not in (409, 422):
                raise
            fault = refused
    with looking(of_post(actor), read_only=True):
        return render(request, "desk/hotline_batch.html", _context(request, actor, _batch(actor, batch), fault), status=fault.status if fault else 200)


def _go_on(request: HttpRequest, actor: Actor, number: int) -> HttpResponse:
    back, key, device = reverse("desk:hotline_batch", args=[number]), request.POST.get("idempotency", ""), request.device  # type: ignore[attr-defined]
    if request.POST.get("what") == "take_in":
        run("hotline.take_in", actor, {"batch": number}, key=key, device=device)
        return flash.redirect(request, back, TAKEN)
    chosen = {name: request.POST.get(f"column.{name}", "") for name in mappings.FIELDS}
    given = {"batch": number, "columns": json.dumps(chosen, ensure_ascii=False), "category": request.POST.get("category") or None,
             "community": request.POST.get("community") or None}
    run("hotline.map", actor, given, key=key, device=device)
    return flash.redirect(request, back, MAPPED)


@able(IMPORT)
def pulse(request: HttpRequest, batch: int) -> HttpResponse:
    """How far the table is, anew while something is done."""
    actor = actor_of(request)
    with looking(of_post(actor), read_only=True):
        context = _context(request, actor, _batch(actor, batch), None)
        return pulses.pulsed(request, "desk/parts/hotline_batch.html", context, stamp=context["stamp"])


def _context(request: HttpRequest, actor: Actor, one: HotlineBatch, fault: Fault | None) -> dict[str, Any]:
    remembered = mappings.mapping_of(actor.lo, one.source)
    chosen = one.columns or mappings.guessed(one.headings, remembered.columns if remembered else {})
    if request.method == "POST":
        chosen = {name: request.POST.get(f"column.{name}", "") for name in mappings.FIELDS}
    bad = list(HotlineRow.objects.visible_to(actor).filter(batch=one.pk, state="bad").order_by("line")[:MOST_BAD]) if one.state in ("checked", "done") else []
    first = list(HotlineRow.objects.visible_to(actor).filter(batch=one.pk).order_by("line")[:SHOWN]) if one.state in ("mapping", "checked") else []
    return {
        "batch": one, "state": STATES[one.state][0], "tone": STATES[one.state][1], "is_busy": one.state in BUSY, "fault": fault,
        "stamp": f"{one.pk}-{one.state}-{one.seen}", "key": generated.new_key(), "good": one.rows - one.bad - one.same,
        "fields": [{"name": name, "label": label, "is_needed": name in mappings.NEEDED, "chosen": chosen.get(name, ""),
                    "faults": fault.fields.get("columns") if fault and name in mappings.NEEDED and not chosen.get(name) else None}
                   for name, label in mappings.FIELDS.items()],
        "named": [heading for heading in one.headings if heading], "preview": [cells for row in first if (cells := opened(row))],
        "communities": places.communities(actor.lo, actor.hi, day=clock.today()), "groups": categories.groups(categories.in_force(clock.today())),
        "category": str(one.category or ""), "community": str(one.community or ""), "most_bad": MOST_BAD,
        "bad": [{"line": row.line, "faults": [words(each["zh"], each["en"]) for each in row.faults]} for row in bad], "is_remembered": remembered is not None}


@able(IMPORT)
def bad_rows(request: HttpRequest, batch: int) -> HttpResponse:
    """The wrong rows as they came, with what is wrong in the last column: to be mended and brought again."""
    actor = actor_of(request)
    with looking(of_post(actor), read_only=True):
        found = _batch(actor, batch)
        rows = HotlineRow.objects.visible_to(actor).filter(batch=found.pk, state="bad").order_by("line")
        lines = [[*opened(row), "；".join(str(words(one["zh"], one["en"])) for one in row.faults)] for row in rows]
    return _csv([[*found.headings, "问题"], *lines], f"热线工单-{found.pk}-有问题的行.csv")


@able(ANSWER)
def answer_file(request: HttpRequest, table: int, form: str) -> HttpResponse:
    """A table of answers in the hotline's columns, as CSV or Excel; the same each time it is fetched."""
    actor = actor_of(request)
    with looking(of_post(actor), read_only=True):
        found = HotlineAnswer.objects.visible_to(actor).filter(pk=table).first()
        if found is None or form not in ("csv", "xlsx"):
            raise NotVisible
        rows = list(answers.rows_of(found))
    name = f"热线回复-{found.first:%Y%m%d}-{found.last:%Y%m%d}-{found.pk}.{form}"
    return _csv(rows, name) if form == "csv" else _excel(rows, name)


def _csv(rows: Iterable[Sequence[str]], name: str) -> HttpResponse:
    out = io.StringIO()
    csv.writer(out).writerows([["'" + cell if cell.startswith(FORMULA) else cell for cell in row] for row in rows])
    return _download(("\ufeff" + out.getvalue()).encode(), "text/csv; charset=utf-8", name)


def _excel(rows: Sequence[Sequence[str]], name: str) -> HttpResponse:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "answers.xlsx"
        excel.write_worksheets([("回复", (dict(zip(rows[0], row, strict=True)) for row in rows[1:]))], str(path))
        return _download(path.read_bytes(), EXCEL, name)


def _download(content: bytes, media: str, name: str) -> HttpResponse:
    response = HttpResponse(content, content_type=media)
    response.headers["Content-Disposition"] = content_disposition_header(True, name) or "attachment"
    response.headers["Cache-Control"] = "private, no-store"
    return response
