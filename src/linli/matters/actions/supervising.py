# SPDX-License-Identifier: MulanPSL-2.0
"""督办: the accountable head takes a matter up, the unit answers in writing within a limit, the head accepts or asks again."""

from linli.core import rows
from linli.core.actions import Call, Done, action
from linli.core.faults import Conflict, Invalid, NotAble
from linli.core.fields import Field
from linli.core.words import words
from linli.matters import deadlines, heads
from linli.matters.actions.loop import NOTE, NUMBER, PHOTOS, VERSION, ruled
from linli.matters.kinds import SUPERVISION, Kind
from linli.matters.models import Matter, Supervision
from linli.matters.moving import Step, by_number, make

NO_HEAD = words("不能转督办：这里没有任命属地负责人。", "It cannot be escalated: no accountable head is appointed here.")
NO_HEAD_REMEDY = words("请先任命负责人。", "Appoint a head first.")
AGAIN_NEEDS_NOTE = words("再问时，请写明还要说清什么。", "When you ask again, say what is still unclear.")
OWN_ANSWER = words("督办人不能自己答复自己。", "The head does not answer himself.")
OWN_REMEDY = words("请由承办单位的其他人答复。", "Somebody else of the unit answers.")
GONE = words("这次督办已经结束。", "This supervision is over.")
GONE_REMEDY = words("请刷新页面。", "Reload the page.")


@action("matter.supervise", words("督办", "Supervise"), ability="matter.supervise", subject="matter", finds=by_number, fields=(
    NUMBER, VERSION, Field("text", words("要求说明什么", "What has to be explained"), "long_text", required=True, limit=1000)))
def supervise_matter(call: Call) -> Done:
    """The accountable head takes a matter up by hand: a written answer is due, and it cannot be closed before he accepts one."""
    rule, kind = ruled(call, "matter.supervise")
    _open(call, kind, call.actor.account or 0, call.given["text"], is_automatic=False)
    return make(call, Step(rule, {"is_supervised": True, "is_answered": False}, call.given["text"]))


@action("matter.escalate", words("超时自动督办", "Escalated by itself"), ability="matter.escalate", subject="matter", finds=by_number, fields=(
    NUMBER, VERSION, Field("text", words("缘由", "Why"), "long_text", required=True, limit=1000)))
def escalate_matter(call: Call) -> Done:
    """The watch hands a matter that is long overdue to the accountable head of its area."""
    rule, kind = ruled(call, "matter.escalate")
    head = heads.head_of(call.record.area)
    if head is None:
        raise Conflict(NO_HEAD, NO_HEAD_REMEDY, code="no_head")
    _open(call, kind, head.account, call.given["text"], is_automatic=True)
    return make(call, Step(rule, {"is_supervised": True, "is_answered": False}, call.given["text"], detail={"head": head.account}))


def _open(call: Call, kind: Kind, head: int, text: str, *, is_automatic: bool) -> None:
    matter: Matter = call.record
    rows.put(Supervision(area=matter.area, matter_id=matter.pk, head=head, is_automatic=is_automatic, text=text, asked_at=call.recorded_at))
    deadlines.ask_for_answer(kind, matter, call.recorded_at)


@action("matter.answer_supervision", words("书面答复督办", "Answer the supervision"), ability="matter.answer_supervision", subject="matter", finds=by_number,
        fields=(NUMBER, VERSION, Field("text", words("书面答复", "Written answer"), "long_text", required=True, limit=2000), PHOTOS))
def answer_supervision(call: Call) -> Done:
    """The unit that has the matter answers the accountable head in writing."""
    rule, _ = ruled(call, "matter.answer_supervision")
    found = _present(call)
    if found.head == call.actor.account:
        raise NotAble(OWN_ANSWER, OWN_REMEDY, code="own_supervision")
    rows.also("update matters_supervision set answer = %s, answered_by = %s, answered_at = %s where id = %s",
              [call.given["text"], call.actor.account, call.recorded_at, found.pk])
    deadlines.leave_phase(call.record, SUPERVISION, call.recorded_at)
    return make(call, Step(rule, {"is_answered": True}, call.given["text"]))


@action("matter.accept_supervision", words("认可或再问", "Accept the answer or ask again"), ability="matter.supervise", subject="matter", finds=by_number,
        fields=(NUMBER, VERSION, Field("accepted", words("是否认可", "Accepted"), "truth", required=True), NOTE))
def accept_supervision(call: Call) -> Done:
    """The head accepts the answer, which ends the supervision, or asks again, which starts its limit anew."""
    accepted, note = call.given["accepted"], call.given.get("note") or ""
    rule, kind = ruled(call, "matter.accept_supervision")
    if not accepted and not note:
        raise Invalid({"note": AGAIN_NEEDS_NOTE})
    found = _present(call)
    rows.also("update matters_supervision set ended_at = %s, is_accepted = %s, note = %s where id = %s",
              [call.recorded_at, accepted, note[:1000], found.pk])
    if not accepted:
        _open(call, kind, call.actor.account or 0, note[:1000], is_automatic=False)
    return make(call, Step(rule, {"is_supervised": not accepted, "is_answered": False}, note, detail={"accepted": accepted}))


def _present(call: Call) -> Supervision:
    found: Supervision | None = Supervision.objects.filter(matter=call.record.pk, ended_at=None).first()
    if found is None:
        raise Conflict(GONE, GONE_REMEDY, code="not_supervised")
    return found
