# SPDX-License-Identifier: MulanPSL-2.0
"""Actions of a rectification: the community puts items right with evidence, one extension by approval from above, a re-check by other assessors."""

from datetime import timedelta

from linli.core import clock, evidence
from linli.core.actions import Call, Done, action
from linli.core.faults import Conflict, NotVisible
from linli.core.fields import Field
from linli.core.words import words
from linli.titles.actions.reinspecting import AGAIN, ASSESSORS, inspect, settled
from linli.titles.after import cases
from linli.titles.after.cases import CASE, LEADS, RECTIFIES, VERSION, finds, last_day, locked, step
from linli.titles.models import RectificationItem, Reinspection

PHOTOS = "rectification"
"""Kind of record under which the photos of an item are kept."""
ONCE = words("已经申请过延期，一次整改只能延期一次。", "An extension was asked for already; there is one a rectification.")
ONCE_REMEDY = words("请在现有期限内完成整改。", "Please finish within the time there is.")
TOO_LATE = words("整改期限已过，不能再申请延期。", "The time for the rectification is over; no extension can be asked for.")
NOT_ASKED = words("没有待批的延期申请。", "No extension is waiting for a decision.")
NOT_READY = words("还有 {count} 项没有报告整改情况，期限也没有到，不能复查。", "{count} items have no report yet and the time is not over; it is too early for a re-check.")
NOT_READY_REMEDY = words("请等社区逐项报告，或者等到期限以后。", "Wait for the community's reports, or for the end of the limit.")
ASKED_NOW = words("延期申请还没有批复，不能复查。", "An extension waits for its decision; it is too early for a re-check.")
VERDICTS = (("cured", words("已改好", "Cured")), ("uncured", words("没有改好", "Not cured")))
DECISIONS = (("granted", words("同意延期", "Grant the extension")), ("refused", words("不同意", "Refuse it")))


def _item(held: Reinspection, number: int) -> RectificationItem:
    """An item of this very case. NotVisible otherwise."""
    found: RectificationItem | None = RectificationItem.objects.filter(case=held, pk=number).first()
    if found is None:
        raise NotVisible
    return found


@action("title.remedy", words("报告整改情况", "Report what was put right"), ability=RECTIFIES, subject="reinspection", finds=finds(RECTIFIES), fields=(
    CASE, VERSION,
    Field("part", words("整改事项", "Item"), "integer", required=True, low=1),
    Field("remedy", words("怎样改的", "What was done"), "long_text", required=True, limit=1000),
    Field("evidence", words("整改后的照片", "Photos afterwards"), "evidence")))
def remedy(call: Call) -> Done:
    """The community says of one item what it did, with photos; it may be said anew until the re-check begins."""
    held = locked(call, "rectifying")
    item = _item(held, call.given["part"])
    item.remedy, item.remedied_at = call.given["remedy"], call.recorded_at
    item.save(update_fields=["remedy", "remedied_at"])
    step(call, held, "community", "remedied", text=f"{item.text[:200]} → {item.remedy}")
    evidence.attach(call.given["evidence"], area=held.area, subject_kind=PHOTOS, subject=item.pk, actor=call.actor, claim=call.device, vouched=call.vouched)
    cases.touch(held)
    return Done(held.area, held.pk, {"reinspection": held.pk, "version": held.version, "part": item.pk})


@action("title.ask_extension", words("申请整改延期", "Ask for more time"), ability=RECTIFIES, subject="reinspection", finds=finds(RECTIFIES), fields=(
    CASE, VERSION, Field("reason", words("延期理由", "Why more time is needed"), "long_text", required=True, limit=1000)))
def ask_extension(call: Call) -> Done:
    """Once a rectification, before its last day has gone by; the level above decides."""
    held = locked(call, "rectifying")
    if held.extension:
        raise Conflict(ONCE, ONCE_REMEDY, code="extended")
    if cases.is_past(held):
        raise Conflict(TOO_LATE, ONCE_REMEDY, code="too_late")
    held.extension = "asked"
    step(call, held, "community", "extension_asked", text=call.given["reason"])
    cases.touch(held)
    return Done(held.area, held.pk, {"reinspection": held.pk, "version": held.version})


@action("title.decide_extension", words("批复整改延期", "Decide an extension"), ability=LEADS, subject="reinspection", finds=finds(LEADS), fields=(
    CASE, VERSION, Field("decision", words("批复", "Decision"), "choice", required=True, choices=DECISIONS),
    Field("reason", words("理由", "Reason"), "long_text", required=True, limit=1000)))
def decide_extension(call: Call) -> Done:
    """Granted, the last day moves by the declared days and never again; refused, it stays."""
    held = locked(call, "rectifying")
    if held.extension != "asked" or held.due_on is None:
        raise Conflict(NOT_ASKED, cases.WRONG_STATE_REMEDY, code="not_asked")
    held.extension = call.given["decision"]
    if held.extension == "granted":
        held.due_on += timedelta(days=cases.kind_of(held).limit("rectification_extension_days", held.circulated_on or held.due_on).number)
    step(call, held, "lead", f"extension_{held.extension}", text=call.given["reason"], day=held.due_on)
    cases.touch(held)
    return Done(held.area, held.pk, {"reinspection": held.pk, "version": held.version, "due_on": held.due_on.isoformat()})


@action("title.begin_recheck", words("开始复查", "Begin the re-check"), ability=LEADS, subject="reinspection", finds=finds(LEADS), fields=(CASE, VERSION, ASSESSORS))
def begin_recheck(call: Call) -> Done:
    """Other assessors look again, once every item is reported or the time is over. Nobody who rectified or assessed before is among them."""
    held, today = locked(call, "rectifying"), clock.today()
    if held.extension == "asked":
        raise Conflict(ASKED_NOW, cases.WRONG_STATE_REMEDY, code="extension_asked")
    waiting = RectificationItem.objects.filter(case=held, remedied_at=None).count()
    if waiting and not cases.is_past(held):
        raise Conflict(NOT_READY.format(count=waiting), NOT_READY_REMEDY, code="not_ready")
    step(call, held, "lead", "recheck_begun", day=today)
    inspect(call, held, AGAIN, "recheck", today)
    cases.move(call, held, "recheck", last_day(cases.kind_of(held), "recheck_days", today))
    return Done(held.area, held.pk, {"reinspection": held.pk, "version": held.version})


@action("title.judge_item", words("认定整改结果", "Judge an item"), ability=LEADS, subject="reinspection", finds=finds(LEADS), fields=(
    CASE, VERSION, Field("part", words("整改事项", "Item"), "integer", required=True, low=1),
    Field("verdict", words("复查结果", "Outcome of the re-check"), "choice", required=True, choices=VERDICTS)))
def judge_item(call: Call) -> Done:
    """By the settled outcome of the re-check, one item is cured or not."""
    held = locked(call, "recheck")
    settled(held, AGAIN, "recheck")
    item = _item(held, call.given["part"])
    item.is_cured = call.given["verdict"] == "cured"
    item.save(update_fields=["is_cured"])
    step(call, held, "lead", "item_judged", text=f"{item.text[:200]}：{dict(VERDICTS)[call.given['verdict']].zh}")
    cases.touch(held)
    return Done(held.area, held.pk, {"reinspection": held.pk, "version": held.version, "part": item.pk})
