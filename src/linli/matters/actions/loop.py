# SPDX-License-Identifier: MulanPSL-2.0
"""The actions of a matter after its report: each names its fields and its body; the table of moves decides the rest."""

import json
from typing import Any

from linli.core import rows
from linli.core.actions import Call, Done, action
from linli.core.faults import Conflict, Invalid, NotVisible
from linli.core.fields import Field
from linli.core.keys import keyring
from linli.core.models import SubjectKey
from linli.core.protection import Protection
from linli.core.words import words
from linli.matters import moving, numbers, units
from linli.matters.deadlines import leave_phase
from linli.matters.kinds import FIRST_REPLY, all_kinds, kind_of
from linli.matters.models import Contact, Handling, Matter, Question, Rating, Verification
from linli.matters.moving import Step, by_code, by_number, check, make, rule_for, sight_of_code
from linli.matters.phases import OPEN

NUMBER = Field("number", words("编号", "Number"), "text", required=True, limit=24)
VERSION = Field("version", words("版本", "Version"), "integer", required=True, low=1)
NOTE = Field("note", words("说明", "Note"), "long_text", limit=2000)
PHOTOS = Field("evidence", words("照片", "Photos"), "evidence", limit=9)
QUERY_CODE = Field("query_code", words("查询码", "Query code"), "text", required=True, limit=40, protection=Protection.PERSONAL)
NO_UNIT = words("这个单位不在您的范围内，或没有接单人员。", "This unit is not within your area, or has nobody to receive.")
FAILED_NEEDS_NOTE = words("核查不合格时，请写明哪里不合格。", "When the verification fails, say what is wrong.")
NO_HANDLING = words("没有处置记录，无法核查。", "There is no record of handling to verify.")
NO_HANDLING_REMEDY = words("请先由处置单位记录处置。", "The handling unit has to record the handling first.")
ENDED = words("这件事已经办结，不能再提问。", "This matter has ended; no question can be asked.")
ENDED_REMEDY = words("如有需要请重新上报。", "Report anew if needed.")
ANSWERED = words("没有等待回答的问题。", "No question is waiting for an answer.")
ANSWERED_REMEDY = words("如有补充，请联系社区。", "Contact the community if you have more to say.")
NO_CONTACT = words("上报人没有留下联系方式。", "The reporter left no contact.")


def _reasons(name: str) -> Any:
    def choices() -> list[tuple[str, Any]]:
        return list({one.code: (one.code, one.words) for kind in all_kinds() for one in kind.reasons(name)}.values())

    return choices


def _move(call: Call, action_name: str, *, target: str | None = None, **changes: Any) -> Step:
    """The checked step of an action with what it changes."""
    kind = kind_of(call.record.kind)
    rule = rule_for(kind, call.record, action_name, target)
    check(kind, rule, call)
    return Step(rule, changes, note=call.given.get("note") or "", reason=call.given.get("reason") or "")


@action("matter.file", words("受理立案", "Accept and file"), ability="matter.file", subject="matter", finds=by_number, fields=(NUMBER, VERSION, NOTE))
def file_matter(call: Call) -> Done:
    """The dispatcher accepts a report."""
    return make(call, _move(call, "matter.file", filed_at=call.recorded_at))


@action("matter.refuse", words("不予受理", "Do not accept"), ability="matter.refuse", subject="matter", finds=by_number, fields=(
    NUMBER, VERSION, Field("reason", words("不受理的原因", "Reason"), "choice", required=True, choices=_reasons("matter.refuse")), NOTE))
def refuse_matter(call: Call) -> Done:
    """The dispatcher declines a report with a typed reason; the reporter reads where to go instead."""
    step = _move(call, "matter.refuse", closed_at=call.recorded_at, **_first_reply(call))
    return make(call, Step(step.rule, step.changes, step.note, step.reason, is_public=True))


@action("matter.dispatch", words("派遣", "Dispatch"), ability="matter.dispatch", subject="matter", finds=by_number, fields=(
    NUMBER, VERSION, Field("unit", words("派给哪个单位", "To which unit"), "integer", required=True, low=1), NOTE))
def dispatch_matter(call: Call) -> Done:
    """The dispatcher gives a filed matter to a unit whose area contains it."""
    unit = units.handling_unit(call.given["unit"], call.record.area)
    if unit is None:
        raise Invalid({"unit": NO_UNIT})
    step = _move(call, "matter.dispatch", unit=unit.id, dispatched_at=call.recorded_at)
    return make(call, Step(step.rule, step.changes, step.note, detail={"unit": unit.id, "unit_name": unit.name}))


@action("matter.receive", words("接收", "Receive"), ability="matter.receive", subject="matter", finds=by_number, fields=(NUMBER, VERSION, NOTE))
def receive_matter(call: Call) -> Done:
    """The unit takes the matter on."""
    return make(call, _move(call, "matter.receive", handler=call.actor.account))


@action("matter.return", words("退回", "Return"), ability="matter.return", subject="matter", finds=by_number, fields=(
    NUMBER, VERSION, Field("reason", words("退回的原因", "Reason"), "choice", required=True, choices=_reasons("matter.return")), NOTE))
def return_matter(call: Call) -> Done:
    """The unit hands the matter back with a typed reason; it is dispatched anew."""
    return make(call, _move(call, "matter.return", unit=None, returns=call.record.returns + 1))


@action("matter.handle", words("记录处置", "Record handling"), ability="matter.handle", subject="matter", finds=by_number, fields=(
    NUMBER, VERSION, NOTE, PHOTOS))
def handle_matter(call: Call) -> Done:
    """The handler records what was done, with pictures; the matter stays in handling."""
    step = _move(call, "matter.handle", handler=call.actor.account)
    _note_handling(call)
    return make(call, step)


@action("matter.reply", words("反馈并送核查", "Reply and send to verification"), ability="matter.reply", subject="matter", finds=by_number, fields=(
    NUMBER, VERSION, Field("note", words("给上报人的答复", "Answer to the reporter"), "long_text", required=True, limit=2000), PHOTOS,
    Field("no_photo_reason", words("无法拍照的原因", "Why no photo could be taken"), "text", limit=200)))
def reply_matter(call: Call) -> Done:
    """The handler answers the reporter; the matter goes on to verification in the same transaction."""
    step = _move(call, "matter.reply", replied_at=call.recorded_at, handler=call.actor.account, **_first_reply(call))
    _note_handling(call)
    detail = {"no_photo_reason": call.given["no_photo_reason"]} if call.given.get("no_photo_reason") else {}
    return make(call, Step(step.rule, step.changes, step.note, is_public=True, detail=detail))


def _first_reply(call: Call) -> dict[str, Any]:
    """The first word to the reporter meets the limit of the first reply; later ones change nothing."""
    if call.record.first_reply_at:
        return {}
    leave_phase(call.record, FIRST_REPLY, call.recorded_at)
    return {"first_reply_at": call.recorded_at}


def _note_handling(call: Call) -> None:
    rows.put(Handling(area=call.record.area, matter_id=call.record.id, round=call.record.round, person=call.actor.account or 0,
                      unit=call.actor.organisation or 0, at=call.recorded_at), once=True)


@action("matter.verify", words("核查", "Verify"), ability="matter.verify", subject="matter", finds=by_number, fields=(
    NUMBER, VERSION, Field("passed", words("核查结果", "Result"), "truth", required=True), NOTE, PHOTOS))
def verify_matter(call: Call) -> Done:
    """Somebody who never handled it, of another unit, looks on site: passed, or back to handling with the time that was left."""
    matter: Matter = call.record
    passed = call.given["passed"]
    step = _move(call, "matter.verify", target="verifying" if passed else "handling")
    if not passed and not call.given.get("note"):
        raise Invalid({"note": FAILED_NEEDS_NOTE})
    last = Handling.objects.filter(matter=matter.id, round=matter.round).order_by("-id").first()
    if last is None:
        raise Conflict(NO_HANDLING, NO_HANDLING_REMEDY, code="never_handled")
    rows.put(Verification(
        area=matter.area, matter_id=matter.id, round=matter.round, handler=last.person, handler_unit=last.unit,
        verifier=call.actor.account or 0, verifier_unit=call.actor.organisation or 0, is_passed=passed, at=call.recorded_at))
    changes = {"verifications": matter.verifications + 1, "is_verified_by_other": True, "is_passed": passed}
    if not passed:
        changes |= {"failures": matter.failures + 1, "round": matter.round + 1}
    return make(call, Step(step.rule, changes, step.note, detail={"passed": passed}))


@action("matter.close", words("结案", "Close"), ability="matter.close", subject="matter", finds=by_number, fields=(NUMBER, VERSION, NOTE))
def close_matter(call: Call) -> Done:
    """The dispatcher closes what has passed verification."""
    step = _move(call, "matter.close", closed_at=call.recorded_at)
    return make(call, Step(step.rule, step.changes, step.note, is_public=True))


@action("matter.archive", words("归档", "Archive"), ability="matter.archive", subject="matter", finds=by_number, fields=(NUMBER,))
def archive_matter(call: Call) -> Done:
    """The system archives a closed matter when the time for rating is over; the reporter's contact and its key go with it."""
    Contact.objects.filter(matter=call.record.pk).delete()
    SubjectKey.objects.filter(subject_kind="matter", subject=call.record.pk).delete()
    return make(call, _move(call, "matter.archive"))


@action("matter.rate", words("评价", "Rate"), ability=None, subject="matter", sight="this_record", opens=sight_of_code, finds=by_code, fields=(
    QUERY_CODE, Field("score", words("满意程度（1 非常满意 … 5 非常不满意）", "Satisfaction (1 very satisfied … 5 very dissatisfied)"), "integer", required=True, low=1, high=5),
    Field("text", words("想说的话", "Your words"), "long_text", limit=1000)))
def rate_matter(call: Call) -> Done:
    """The reporter rates by query code, once, with no default."""
    step = _move(call, "matter.rate", rating=call.given["score"])
    rows.put(Rating(matter_id=call.record.id, area=call.record.area, score=call.given["score"], text=call.given.get("text") or "", at=call.recorded_at))
    return make(call, step)


@action("matter.ask", words("向上报人提问", "Ask the reporter"), ability="matter.ask", subject="matter", finds=by_number, fields=(
    NUMBER, Field("text", words("问题", "Question"), "long_text", required=True, limit=1000)))
def ask_reporter(call: Call) -> Done:
    """Staff ask the reporter something; it is answered by query code."""
    matter: Matter = call.record
    if matter.phase not in OPEN:
        raise Conflict(ENDED, ENDED_REMEDY, code="ended")
    made = Question.objects.create(area=matter.area, matter_id=matter.id, text=call.given["text"], asked_by=call.actor.account or 0, asked_at=call.recorded_at)
    if first := _first_reply(call):
        Matter.objects.filter(id=matter.id).update(**first)
    return Done(area=matter.area, subject=matter.id, answer={"number": numbers.number_of(matter.id), "question": made.id, "version": matter.version})


@action("matter.answer", words("回答提问", "Answer a question"), ability=None, subject="matter", sight="this_record", opens=sight_of_code, finds=by_code, fields=(
    QUERY_CODE, Field("text", words("您的回答", "Your answer"), "long_text", required=True, limit=1000)))
def answer_question(call: Call) -> Done:
    """The reporter answers the oldest open question by query code."""
    matter: Matter = call.record
    waiting = Question.objects.filter(matter=matter.id, answered_at=None).order_by("id").first()
    if waiting is None:
        raise Conflict(ANSWERED, ANSWERED_REMEDY, code="nothing_asked")
    Question.objects.filter(id=waiting.id).update(answer=call.given["text"], answered_at=call.recorded_at)
    return Done(area=matter.area, subject=matter.id, answer={"number": numbers.number_of(matter.id), "question": waiting.id})


def _contact_of(answer: dict[str, Any]) -> dict[str, Any]:
    """Add the contact to the answer of a look: read anew each time, never kept."""
    matter = numbers.matter_of(answer["number"]) or 0
    area = moving.area_of(matter)
    if area is None:
        raise NotVisible
    with moving.looking_at(area):
        row = Contact.objects.filter(matter=matter).first()
    found = json.loads(keyring().unseal_text(bytes(row.sealed), f"contact:{matter}")) if row else {}
    return answer | {"contact": found, "notice": None if found else str(NO_CONTACT)}


@action("matter.reveal", words("查看联系方式", "Look at the contact"), ability="matter.reveal", subject="matter", finds=by_number, completes=_contact_of, fields=(
    NUMBER, Field("reason", words("查看的理由", "Why you look"), "text", required=True, limit=200)))
def reveal_contact(call: Call) -> Done:
    """Look at the reporter's contact; the look is journalled with its reason."""
    return Done(area=call.record.area, subject=call.record.id, answer={"number": numbers.number_of(call.record.id)})
