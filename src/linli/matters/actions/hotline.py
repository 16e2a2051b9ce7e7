# SPDX-License-Identifier: MulanPSL-2.0
"""Orders of the hotline in the loop: taken in once with their clock, changed by a later table, sent back in time, answered once."""

import json
from datetime import datetime, timedelta
from typing import Any

from linli.core import clock, due, rows
from linli.core.actions import Call, Done, action
from linli.core.faults import Conflict, Invalid
from linli.core.fields import Field
from linli.core.words import words
from linli.core.working_time import TimeUnit
from linli.matters import deadlines, duties, numbers
from linli.matters.actions import reporting
from linli.matters.actions.loop import DUTY, NOTE, NUMBER, VERSION, checked
from linli.matters.hotline import mappings
from linli.matters.kinds import ORDER_RETURNS
from linli.matters.models import HotlineAnswer, HotlineMapping, HotlineOrder, Limit, Matter, Origin
from linli.matters.moving import Step, by_number, make, within

SYSTEM = "hotline_12345"
LIMIT = "hotline"
NAMES = ("category", "summary", "area", "address", "contact_name", "contact_phone", "wants_secrecy")
MOST_ANSWERS = 5_000
"""Orders of one table that goes back (our choice)."""
SOURCE = Field("source", words("来源", "Source"), "text", limit=40)
ORDER = (
    Field("order", words("工单编号", "Order number"), "text", required=True, limit=80), SOURCE,
    Field("received_at", words("热线受理时间", "Received by the hotline"), "moment", required=True),
    Field("answer_due_at", words("12345 办结时限", "Limit of the hotline"), "moment"), Field("return_due_at", words("退单时限", "May go back until"), "moment"),
    Field("asks", words("诉求类型", "Type of request"), "text", limit=80), Field("category_text", words("热线归类", "Their category"), "text", limit=200),
    Field("digest", words("内容摘要", "Digest of the content"), "text", limit=64),
)
BASIS = words("12345 工单 {number} 写明的时限，不因停钟、节假日改变", "named in order {number} of the hotline; pauses and holidays do not move it")
ELSEWHERE = words("工单 {number} 已经登记过，可能在别的街道。", "Order {number} is registered already, perhaps by another street.")
ELSEWHERE_REMEDY = words("请与热线核对；退单后才能由别的街道接收。", "Check with the hotline; another street takes it only after it went back.")
NOTHING = words("这段时间没有办结而未回复的工单。", "No order ended in this time waits for its answer.")
TURNED = words("结束日期早于开始日期。", "The last day lies before the first.")
BAD_COLUMNS = words("每行写“列名=字段”，字段只能是：{names}。", "Write “heading=field” in each line; fields are: {names}.")


@action("matter.take_order", words("登记热线工单", "Take an order of the hotline in"), ability="hotline.import", subject="matter", sight="place_named_in_input",
        opens=reporting.place_inside, fields=(*(one for one in reporting.COMMON if one.name in NAMES), *ORDER))
def take_order(call: Call) -> Done:
    """An order becomes a matter with its number and its own limit beside ours; the same number never comes in twice."""
    done = reporting.report.body(call)
    given, source = call.given, call.given.get("source") or mappings.SOURCE
    rows.also("update matters_matter set source = 'hotline' where id = %s", [done.subject])
    order = HotlineOrder(
        area=done.area, matter_id=done.subject, source=source, number=given["order"], asks=given.get("asks") or "",
        category_text=given.get("category_text") or "", received_at=given["received_at"], answer_due_at=given.get("answer_due_at"),
        return_due_at=given.get("return_due_at"), digest=given.get("digest") or "")
    origin = Origin(area=done.area, matter_id=done.subject, system=_system(source), number=given["order"], received_at=given["received_at"],
                    answer_due_at=given.get("answer_due_at"), account=call.actor.account)
    if rows.put_new(order, origin) < 2:
        raise Conflict(ELSEWHERE.format(number=given["order"]), ELSEWHERE_REMEDY, code="order_known")
    if given.get("answer_due_at"):
        deadlines.put(_limit(done.area, done.subject, given["order"], given["received_at"], given["answer_due_at"], call.recorded_at))
    due.after("matter.report", "matter", done, 0, call.recorded_at)
    return done


def _system(source: str) -> str:
    return SYSTEM if source == mappings.SOURCE else f"hotline.{source}"[:40]


def _limit(area: int, matter: int, number: str, received_at: datetime, due_at: datetime, now: datetime) -> Limit:
    """The hotline's limit as hours round the clock that end exactly when it says: no holiday notice and no pause moves it."""
    hours = max(1, -((received_at - due_at) // timedelta(hours=1)))
    start, basis = due_at - timedelta(hours=hours), BASIS.format(number=number)
    warn_at = max(start, due_at - (due_at - start) / 4)
    return Limit(matter_id=matter, area=area, name=LIMIT, amount=hours, unit=TimeUnit.URGENT_HOUR.value, basis=basis.zh[:200], started_at=start, due_at=due_at,
                 explanation=[basis.as_dict()], next_at=warn_at if warn_at > now else min(due_at, now))


@action("matter.amend_order", words("热线变更工单", "The hotline changed the order"), ability="hotline.import", subject="matter", finds=by_number, fields=(
    NUMBER, Field("text", words("变更内容", "What changed"), "long_text", required=True, limit=2000),
    Field("answer_due_at", words("12345 办结时限", "Limit of the hotline"), "moment"), Field("return_due_at", words("退单时限", "May go back until"), "moment"),
    Field("digest", words("内容摘要", "Digest of the content"), "text", limit=64)))
def amend_order(call: Call) -> Done:
    """A later table says otherwise: what changed stands on the page of the matter, and the hotline's limits follow."""
    matter: Matter = call.record
    order = HotlineOrder.objects.get(matter=matter.pk)
    order.changes = [*order.changes, {"at": call.recorded_at.isoformat(), "text": call.given["text"]}][-20:]
    order.digest = call.given.get("digest") or order.digest
    order.return_due_at = call.given.get("return_due_at") or order.return_due_at
    is_moved = bool(call.given.get("answer_due_at")) and call.given["answer_due_at"] != order.answer_due_at
    if is_moved:
        order.answer_due_at = call.given["answer_due_at"]
        Origin.objects.filter(matter=matter.pk, number=order.number).update(answer_due_at=order.answer_due_at)
        if matter.is_open:
            deadlines.put(_limit(matter.area, matter.pk, order.number, order.received_at, order.answer_due_at, call.recorded_at))
    order.save(update_fields=["changes", "digest", "return_due_at", "answer_due_at"])
    return make(call, Step(within(matter, "matter.amend_order"), {}, note=call.given["text"]))


@action("matter.return_order", words("退回 12345", "Send back to the hotline"), ability="matter.return_order", subject="matter", finds=by_number, fields=(
    NUMBER, VERSION, Field("reason", words("退单原因", "Reason"), "choice", required=True, choices=[(one.code, one.words) for one in ORDER_RETURNS]), DUTY, NOTE))
def return_order(call: Call) -> Done:
    """The street sends an order back while the hotline lets it; the number is free again for whoever gets it next."""
    step = checked(call, "matter.return_order", closed_at=call.recorded_at)
    order = HotlineOrder.objects.get(matter=call.record.pk)
    HotlineOrder.objects.filter(matter=call.record.pk).update(returned_at=call.recorded_at)
    Origin.objects.filter(matter=call.record.pk, number=order.number).update(
        number=f"{order.number[:60]}#{numbers.number_of(call.record.pk)}", answered_at=call.recorded_at)
    return make(call, Step(step.rule, step.changes, step.note, step.reason, detail=duties.cite(call, "matter.return_order")))


@action("hotline.answer", words("生成回复表", "Make the table of answers"), ability="hotline.answer", subject="hotline_answer", fields=(
    SOURCE, Field("first", words("办结日期从", "Ended from"), "day", required=True), Field("last", words("到", "Until"), "day", required=True)))
def answer(call: Call) -> Done:
    """The orders that ended in a span of days and wait for their answer go into one table; each is answered once, the table can be made again."""
    source, first, last = call.given.get("source") or mappings.SOURCE, call.given["first"], call.given["last"]
    if last < first:
        raise Invalid({"last": TURNED})
    begin, end = (clock.local(call.recorded_at).replace(year=day.year, month=day.month, day=day.day, hour=0, minute=0, second=0, microsecond=0) for day in (first, last))
    waiting = HotlineOrder.objects.visible_to(call.actor).filter(
        source=source, answered_at=None, returned_at=None, matter__is_open=False, matter__closed_at__gte=begin, matter__closed_at__lt=end + timedelta(days=1))
    found = list(waiting.select_for_update(of=("self",)).order_by("answer_due_at", "matter").values_list("matter", flat=True)[:MOST_ANSWERS])
    if not found:
        raise Invalid({"first": NOTHING})
    mapping = mappings.mapping_of(call.actor.lo, source)
    made = HotlineAnswer.objects.create(
        area=call.actor.lo, source=source, columns=mapping.answers if mapping and mapping.answers else mappings.DEFAULT_ANSWERS, first=first, last=last,
        orders=len(found), made_by=call.actor.account or 0, made_at=call.recorded_at)
    HotlineOrder.objects.filter(matter__in=found).update(answered_at=call.recorded_at, answer=made)
    Origin.objects.filter(matter__in=found, system=_system(source)).update(answered_at=call.recorded_at)
    return Done(call.actor.lo, made.pk, {"answer": made.pk, "orders": len(found)}, {"orders": len(found)}, is_new=True)


@action("hotline.map_answers", words("设置回复表的列", "Choose the columns of the answers"), ability="hotline.answer", subject="hotline_mapping", fields=(
    SOURCE, Field("columns", words("列名=字段，每行一列", "heading=field, one a line"), "long_text", required=True, limit=2000)))
def map_answers(call: Call) -> Done:
    """The form in which a city's hotline wants its answers, remembered for the next table."""
    pairs = [[part.strip() for part in line.rsplit("=", 1)] for line in call.given["columns"].replace("＝", "=").splitlines() if line.strip()]
    is_right = pairs and all(len(pair) == 2 and pair[0] and len(pair[0]) <= 80 and pair[1] in mappings.ANSWERS for pair in pairs)
    if not is_right or len({pair[0] for pair in pairs}) < len(pairs):
        names = "、".join(f"{name}（{label.zh}）" for name, label in mappings.ANSWERS.items())
        raise Invalid({"columns": BAD_COLUMNS.format(names=names)})
    return remember(call, call.given.get("source") or mappings.SOURCE, answers=[[name, heading] for heading, name in pairs])


def remember(call: Call, source: str, **chosen: Any) -> Done:
    """Keep what was chosen for a source at the post's place."""
    row, _ = HotlineMapping.objects.update_or_create(
        area=call.actor.lo, source=source, defaults={**chosen, "changed_by": call.actor.account or 0, "changed_at": call.recorded_at})
    return Done(call.actor.lo, row.pk, {"source": source}, {"chosen": json.dumps(chosen, ensure_ascii=False)[:2000]})

