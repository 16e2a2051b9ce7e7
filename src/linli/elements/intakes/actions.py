# SPDX-License-Identifier: MulanPSL-2.0
"""The actions of an intake: bring a file, say which column is what, take it in, answer who is who, undo it; and the single stretches of the long work."""

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from linli.core import jobs
from linli.core.actions import Call, Done, action
from linli.core.faults import Conflict, Invalid, NotAble, NotVisible
from linli.core.fields import Field, Received
from linli.core.protection import holds_number
from linli.core.sight import Actor
from linli.core.words import Words, words
from linli.elements import places
from linli.elements.accounts import whole_number
from linli.elements.intakes import columns, differences, origins, parts, planning, reading, sheets, staging, taking, undoing
from linli.elements.models import Intake, IntakeBatch, IntakePart, IntakeRow, Pairing, ReconciledItem, Reconciliation
from linli.elements.registers.declaring import Sheet

BRING = "intake.bring"
JOB = "intake.work"
BUSY = ("checking", "taking", "undoing")
LANES, USUAL_ROWS = 2, 100_000
"""Files that are worked on side by side, and up to how many rows (our choice: a street of the city has about 55,000 residents)."""
MOST_PASTED = 400_000
PASTED = words("粘贴的表格", "Pasted cells")
NO_HEADINGS = words("第一行里有手机号或证件号码，像是数据而不是列名。请在第一行写上列名（姓名、身份证号……）再导入。",
                    "The first row holds a phone or identity number, so it looks like data. Put the headings into the first row and bring it again.")
NO_FILE = words("请选择文件，或者粘贴表格。", "Choose a file or paste a table.")
NOT_HERE = words("请选择您范围内的地方。", "Choose a place within your area.")
IS_BUSY = words("这次导入正在处理，请等它完成。", "This intake is being worked on; wait until it is done.")
BUSY_REMEDY = words("页面会自动更新。", "The page renews itself.")
NOT_CHECKED = words("检查完才能导入。", "It is taken in when it has been checked.")
NOTHING = words("没有可以导入的行：请下载退回的表，改好后重新上传。", "There is no row to take in: fetch the returned table, mend it and bring it again.")
NOTHING_OPEN = words("没有等着导入的行。", "No row waits to be taken in.")
GONE = words("这次导入的内容已经销毁，不能再做这一步。", "The rows of this intake are destroyed; this can no longer be done.")
GONE_REMEDY = words("需要时请重新上传文件；已经导入的不会重复。", "Bring the file again if needed; what is in already is not doubled.")
NOT_TAKEN = words("只有已导入的才能撤销。", "Only what was taken in can be undone.")
NO_JSON = words("列对应读不懂，应当是列名到字段的对照。", "The matching cannot be read: it is a JSON object of heading to column.")
UNKNOWN_COLUMN = words("没有“{name}”这个字段。", "There is no column “{name}”.")
USED_TWICE = words("“{label}”对应了两列，请只留一列。", "Two headings are matched to “{label}”; leave one.")
MISSING = words("还没有对应：{labels}。", "Not matched yet: {labels}.")
IS_COMPARED = words("这份文件正在和外部系统核对，只有定下的才进台账。", "This file is being compared with ours; only what is decided goes in.")
IS_COMPARED_REMEDY = words("请在核对页里定、执行或撤销；要整份导入，先放弃核对。",
                           "Decide, carry out or undo on the page of the reconciliation; to take the whole file in, drop that first.")
ANSWERED = words("这一对已经有人答过。", "Somebody has answered this already.")
ANSWERED_REMEDY = words("请刷新页面。", "Load the page again.")

INTAKE = Field("intake", words("导入", "Intake"), "integer", required=True, low=1)
VERSION = Field("version", words("版本", "Version"), "integer", low=1)


def find_intake(actor: Actor, given: Mapping[str, Any]) -> Intake:
    """The intake within the actor's area, held for this transaction."""
    found: Intake | None = Intake.objects.visible_to(actor).select_for_update().filter(pk=whole_number(given.get("intake"))).first()
    if found is None:
        raise NotVisible
    return found


def find_unheld(actor: Actor, given: Mapping[str, Any]) -> Intake:
    """The intake within the actor's area; stretches run side by side and hold it not."""
    found: Intake | None = Intake.objects.visible_to(actor).filter(pk=whole_number(given.get("intake"))).first()
    if found is None:
        raise NotVisible
    return found


def _sheets() -> list[tuple[str, Words]]:
    return [(one.name, one.words) for one in columns.sheets()]


@action("intake.receive", words("上传要导入的文件", "Bring a file"), ability=BRING, subject="intake", fields=(
    Field("sheet", words("导入什么", "What it holds"), "choice", required=True, choices=_sheets), Field("area", words("导入到哪里", "For which place"), "area", required=True),
    Field("file", words("文件（Excel 或 CSV）", "File (Excel or CSV)"), "file"),
    Field("pasted", words("粘贴的表格", "Pasted cells"), "file_text", limit=MOST_PASTED,
          help=words("从 Excel 里连同列名一起复制，粘到这里。", "Copied from Excel with the headings, put here."))))
def receive(call: Call) -> Done:
    """Read the file and keep its rows sealed, without the columns that may not be kept; checked at once when every column is known."""
    place = places.find_place(call.given["area"])
    if place is None or not (call.actor.lo <= place.lo and place.hi <= call.actor.hi):
        raise Invalid({"area": NOT_HERE})
    pasted = call.given.get("pasted")
    upload: Received | None = Received(str(PASTED), pasted.encode()) if pasted else call.given.get("file")
    if upload is None:
        raise Invalid({"file": NO_FILE})
    sheet = columns.sheet_named(call.given["sheet"])
    sheets.refuse_unable(call.actor, sheet.name)
    try:
        table = reading.read(upload.content)
    except reading.Unreadable as trouble:
        raise Invalid({"pasted" if pasted else "file": trouble.sentence}) from trouble
    headings, rows = columns.split(table, sheet)
    if rows.is_empty():
        raise Invalid({"file": reading.EMPTY})
    if any(holds_number(heading) for heading in headings):
        raise Invalid({"pasted" if pasted else "file": NO_HEADINGS})
    mapping = columns.guessed(sheet, headings, call.actor.organisation)
    for number, heading in enumerate(headings):
        if columns.is_forbidden(heading):
            rows = rows.with_columns(rows[f"c{number}"].clear(rows.height))
    made = Intake.objects.create(
        area=place.area, sheet=sheet.name, file_name=upload.name[:200], digest=hashlib.sha256(upload.content).digest(), size=len(upload.content),
        form="paste" if pasted else reading.form_of(upload.content), mapping=mapping, headings=headings, counts={"rows": rows.height},
        account=call.actor.account, post=call.actor.post, made_at=call.recorded_at)
    parts.keep(made, parts.RAW, list(parts.slices(rows)))
    if _is_whole(sheet, headings, mapping):
        _begin(made, "checking")
    return Done(place.area, made.pk, {"intake": made.pk, "state": made.state}, {"rows": rows.height, "size": len(upload.content)}, is_new=True)


def _is_whole(sheet: Sheet, headings: list[str], mapping: Mapping[str, str | None]) -> bool:
    return not columns.missing(sheet, mapping) and all(heading in mapping for heading in headings if heading)


def _begin(intake: Intake, state: str, **more: Any) -> None:
    """The long work begins when this transaction is through."""
    intake.state, intake.trouble, intake.version = state, {}, intake.version + 1
    intake.counts = {name: count for name, count in intake.counts.items() if name not in ("done", "total")}
    for name, value in more.items():
        setattr(intake, name, value)
    intake.save()
    jobs.start(JOB, intake.pk, lane=lane_of(intake))


def lane_of(intake: Intake) -> str:
    """Two files of a usual size are worked on side by side; a large one takes its turn among the long jobs, for the memory's sake."""
    return f"intake.{intake.pk % LANES}" if int(intake.counts.get("rows", 0)) <= USUAL_ROWS else ""


def _settled(call: Call, *states: str) -> Intake:
    found: Intake = call.record
    sheets.refuse_unable(call.actor, found.sheet)
    if found.state in BUSY:
        raise Conflict(IS_BUSY, BUSY_REMEDY, code="intake_busy")
    if found.gone_at is not None:
        raise Conflict(GONE, GONE_REMEDY, code="intake_gone")
    if Reconciliation.objects.filter(intake=found).exclude(state="dropped").exists():
        raise Conflict(IS_COMPARED, IS_COMPARED_REMEDY, code="intake_compared")
    if states and found.state not in states:
        raise Conflict(NOT_CHECKED, BUSY_REMEDY, code="intake_not_checked")
    return found


@action("intake.map", words("对应列并检查", "Match the columns and check"), ability=BRING, subject="intake", finds=find_intake, fields=(
    INTAKE, VERSION, Field("columns", words("列对应（JSON）", "Matching (JSON)"), "long_text", required=True, limit=20_000)))
def match_columns(call: Call) -> Done:
    """Say which heading is which column; remembered for the next file of this organisation. The check begins."""
    found = _settled(call, "mapping", "checked", "failed")
    sheet = columns.sheet_named(found.sheet)
    given = _given_columns(call.given["columns"])
    known = {columns.key(owner, one.name): one for owner, one in sheet.every()}
    chosen = {heading: given.get(heading) or None for heading in found.headings if heading}
    for heading, column in chosen.items():
        if columns.is_forbidden(heading):
            chosen[heading] = None
        elif column is not None and column not in known:
            raise Invalid({"columns": UNKNOWN_COLUMN.format(name=column[:60])})
    used = [column for column in chosen.values() if column]
    if twice := next((column for column in used if used.count(column) > 1), None):
        raise Invalid({"columns": USED_TWICE.format(label=known[twice].label)})
    if lacking := columns.missing(sheet, chosen):
        raise Invalid({"columns": MISSING.format(labels=words("、".join(one.zh for one in lacking), ", ".join(one.en for one in lacking)))})
    columns.remember(sheet, chosen, call.actor.organisation, call.recorded_at)
    _begin(found, "checking", mapping=chosen, post=call.actor.post, account=call.actor.account)
    return Done(found.area, found.pk, {"intake": found.pk})


def _given_columns(text: str) -> dict[str, str]:
    try:
        found = json.loads(text)
    except ValueError as error:
        raise Invalid({"columns": NO_JSON}) from error
    if not isinstance(found, dict) or not all(isinstance(one, str) or one is None for one in found.values()):
        raise Invalid({"columns": NO_JSON})
    return found


@action("intake.take", words("导入", "Take in"), ability=BRING, subject="intake", finds=find_intake, fields=(INTAKE, VERSION))
def take(call: Call) -> Done:
    """Have the good rows taken in; again after questions were answered. What is in already is not taken twice."""
    found = _settled(call, "checked", "taken", "failed")
    counts = found.counts
    if found.checked_at is None:
        raise Conflict(NOT_CHECKED, BUSY_REMEDY, code="intake_not_checked")
    if found.state == "taken" and not may_take_again(found):
        raise Conflict(NOTHING_OPEN, BUSY_REMEDY, code="intake_nothing_open")
    if not any(counts.get(name) for name in (planning.ADD, planning.CHANGE, planning.ASK)) and found.state == "checked":
        raise Conflict(NOTHING, GONE_REMEDY, code="intake_nothing")
    round_now = int(found.options.get("round", 0)) + (0 if found.state == "failed" else 1)
    _begin(found, "taking", options=dict(found.options) | {"round": max(round_now, 1)}, post=call.actor.post, account=call.actor.account)
    return Done(found.area, found.pk, {"intake": found.pk})


def may_take_again(intake: Intake) -> bool:
    """Whether a row that waited for an answer has got one."""
    waiting = IntakeRow.objects.filter(intake=intake, verdict=planning.ASK, is_taken=False)
    return bool(waiting.exists() and Pairing.objects.filter(row__in=waiting.values("pk")).exclude(answer="").exists())


@action("intake.drop", words("放弃导入", "Drop"), ability=BRING, subject="intake", finds=find_intake, fields=(INTAKE, VERSION))
def drop(call: Call) -> Done:
    """Let a file go that was not taken in; its rows are destroyed at once."""
    found = _settled(call, "mapping", "checked", "failed")
    destroy(found)
    Intake.objects.filter(pk=found.pk).update(state="dropped", gone_at=call.recorded_at, version=found.version + 1)
    return Done(found.area, found.pk, {"intake": found.pk})


def destroy(intake: Intake) -> None:
    """Destroy every cell that is kept of a file; verdicts and counts stay."""
    IntakePart.objects.filter(intake=intake).delete()
    IntakeRow.objects.filter(intake=intake).update(sealed=None)
    IntakeBatch.objects.filter(intake=intake).update(before=None)
    ReconciledItem.objects.filter(reconciliation__intake=intake).update(sealed=None)


@action("intake.undo", words("撤销导入", "Undo the intake"), ability=BRING, subject="intake", finds=find_intake, fields=(INTAKE, VERSION))
def undo(call: Call) -> Done:
    """Have everything taken back that has not changed since; what has changed stays and is listed."""
    found = _settled(call, "taken", "failed")
    if found.taken_at is None:
        raise Conflict(NOT_TAKEN, BUSY_REMEDY, code="intake_not_taken")
    _begin(found, "undoing", post=call.actor.post, account=call.actor.account)
    return Done(found.area, found.pk, {"intake": found.pk})


STRETCH = (INTAKE, Field("number", words("第几段", "Stretch"), "integer", required=True, low=0))


@action("intake.take_stretch", words("导入一段", "Take in a stretch"), ability=BRING, subject="intake", finds=find_unheld, fields=STRETCH)
def take_stretch(call: Call) -> Done:
    """Take in one stretch: planned anew against what stands now, written set-wise, one line of the journal. Done already: nothing."""
    found, number = call.record, call.given["number"]
    round_now = int(found.options.get("round", 1))
    done = {"intake": found.pk, "number": number}
    if found.state != "taking" or IntakeBatch.objects.filter(intake=found, round=round_now, number=number).exists():
        return Done(found.area, found.pk, done)
    try:
        rows = parts.opened(found.pk, parts.CLEAN, number)
    except LookupError as error:
        raise Conflict(GONE, GONE_REMEDY, code="intake_gone") from error
    plan = sheets.plan(found.sheet, rows, [one for one in found.mapping.values() if one])
    staged, before = sheets.carry_out(plan)
    counts = taking.counted(plan, planning.VERDICTS)
    changed = {name: staging.ranges([row[0] for row in was]) for name, was in before.items()}
    made = staged.made | {origins.changed_key(name): spans for name, spans in changed.items()}
    batch = IntakeBatch.objects.create(
        area=found.area, intake=found, round=round_now, number=number, made=made, counts=counts, taken_at=call.recorded_at,
        before=undoing.seal_before(before, intake=found.pk, round=round_now, number=number) if before else None)
    differences.note(batch, before)
    _note_rows(found, plan, round_now)
    return Done(found.area, found.pk, done, {"counts": counts, "added": staged.made, "changed": changed, "digest": staged.digest()})


def _note_rows(intake: Intake, plan: planning.Plan, round_now: int) -> None:
    """Lines that waited and are in now; lines against which something stands only now."""
    waited = plan.verdicts.filter(plan.verdicts["verdict"].is_in([planning.ADD, planning.CHANGE, planning.LEFT]))["line"].to_list()
    if round_now > 1:
        IntakeRow.objects.filter(intake=intake, verdict=planning.ASK, line__in=waited).update(is_taken=True, sealed=None)
    for line, found in plan.faults.found.items():
        IntakeRow.objects.filter(intake=intake, line=line, verdict=planning.ASK).update(verdict=planning.BAD, faults={name: code for name, (code, _) in found.items()})


@action("intake.undo_stretch", words("撤销一段", "Undo a stretch"), ability=BRING, subject="intake", finds=find_unheld, fields=(
    *STRETCH, Field("round", words("第几轮", "Round"), "integer", required=True, low=1)))
def undo_stretch(call: Call) -> Done:
    """Take one stretch back. Done already: nothing."""
    found = call.record
    batch = IntakeBatch.objects.select_for_update().filter(intake=found, round=call.given["round"], number=call.given["number"], undone_at=None).first()
    done = {"intake": found.pk, "number": call.given["number"]}
    if found.state != "undoing" or batch is None:
        return Done(found.area, found.pk, done)
    told = undoing.undo(batch, call.recorded_at)
    return Done(found.area, found.pk, done | {"kept": told["kept"]}, told)


@action("intake.give_back", words("下载退回的表", "Fetch the rows that went back"), ability=BRING, subject="intake", finds=find_unheld, fields=(INTAKE,))
def give_back(call: Call) -> Done:
    """Note that somebody fetches the rows that did not go in: they hold personal data."""
    found: Intake = call.record
    if found.gone_at is not None:
        raise Conflict(GONE, GONE_REMEDY, code="intake_gone")
    return Done(found.area, found.pk, {"intake": found.pk}, {"rows": found.counts.get(planning.BAD, 0)})


def _find_pairing(actor: Actor, given: Mapping[str, Any]) -> Pairing:
    found: Pairing | None = Pairing.objects.visible_to(actor).select_for_update().filter(pk=whole_number(given.get("pairing"))).first()
    if found is None:
        raise NotVisible
    return found


@action("pairing.answer", words("判断是否同一个", "Say whether both are one"), ability=BRING, subject="pairing", finds=_find_pairing, fields=(
    Field("pairing", words("疑似重复", "Pair"), "integer", required=True, low=1),
    Field("answer", words("是不是同一个", "One or two"), "choice", required=True, choices=(
        ("same", words("是同一个", "The same")), ("different", words("不是同一个", "Two different ones"))))))
def answer(call: Call) -> Done:
    """Answer once and for all; the row goes in with the next taking."""
    found: Pairing = call.record
    if not call.actor.may(BRING) or found.subject_kind not in sheets.subjects_of(call.actor):
        raise NotAble
    if found.answer:
        raise Conflict(ANSWERED, ANSWERED_REMEDY, code="pairing_answered")
    Pairing.objects.filter(pk=found.pk).update(answer=call.given["answer"], answered_by=call.actor.account, answered_at=call.recorded_at)
    return Done(found.area, found.pk, {"pairing": found.pk})
