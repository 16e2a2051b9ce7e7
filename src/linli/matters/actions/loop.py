# SPDX-License-Identifier: MulanPSL-2.0
"""The actions of a matter after its report: each names its fields and its body; the table of moves decides the rest."""

from dataclasses import replace
from typing import Any

from linli.core import letters, rows
from linli.core.actions import Call, Done, action
from linli.core.faults import Conflict, Invalid
from linli.core.fields import Field
from linli.core.models import SubjectKey
from linli.core.words import words
from linli.matters import duties, units
from linli.matters.deadlines import leave_phase
from linli.matters.following import reporters_of
from linli.matters.kinds import FIRST_REPLY, Kind, all_kinds, kind_of
from linli.matters.models import CallBack, Contact, Handling, Kept, Matter, Verification
from linli.matters.moving import Step, by_number, check, make, rule_for
from linli.matters.phases import MoveRule
from linli.matters.routing import proposing

NUMBER = Field("number", words("编号", "Number"), "text", required=True, limit=24)
VERSION = Field("version", words("版本", "Version"), "integer", required=True, low=1)
UNIT = Field("unit", words("派给哪个单位", "To which unit"), "integer", required=True, low=1)
NOTE = Field("note", words("说明", "Note"), "long_text", limit=2000)
DUTY = Field("duty", words("职责清单里的哪一条", "Which entry of the list of duties"), "text", limit=40,
             help=words("以“不属于本单位、本平台职责”为原因时必选，写明该由谁办。", "Needed when it is not our duty: it says whose it is."))
PHOTOS = Field("evidence", words("照片", "Photos"), "evidence", limit=9)
NO_UNIT = words("这个单位不在您的范围内，或没有接单人员。", "This unit is not within your area, or has nobody to receive.")
FAILED_NEEDS_NOTE = words("核查不合格时，请写明哪里不合格。", "When the verification fails, say what is wrong.")
NO_HANDLING = words("没有处置记录，无法核查。", "There is no record of handling to verify.")
NO_HANDLING_REMEDY = words("请先由处置单位记录处置。", "The handling unit has to record the handling first.")


def reasons_of(name: str) -> Any:
    """The choices of a field that takes the typed reasons of an action, over all kinds."""
    def choices() -> list[tuple[str, Any]]:
        return list({one.code: (one.code, one.words) for kind in all_kinds() for one in kind.reasons(name)}.values())

    return choices


def ruled(call: Call, action_name: str, *, target: str | None = None) -> tuple[MoveRule, Kind]:
    """The rule by which an action leaves the present phase, its guards passed, and the kind."""
    kind = kind_of(call.record.kind)
    rule = rule_for(kind, call.record, action_name, target)
    check(kind, rule, call)
    return rule, kind


def checked(call: Call, action_name: str, *, target: str | None = None, **changes: Any) -> Step:
    """The checked step of an action with what it changes."""
    rule, _ = ruled(call, action_name, target=target)
    return Step(rule, changes, note=call.given.get("note") or "", reason=call.given.get("reason") or "")


@action("matter.file", words("受理立案", "Accept and file"), ability="matter.file", subject="matter", finds=by_number, fields=(NUMBER, VERSION, NOTE))
def file_matter(call: Call) -> Done:
    """The dispatcher accepts a report."""
    step = checked(call, "matter.file", filed_at=call.recorded_at)
    return make(call, replace(step, detail={"by_rule": True}) if call.actor.account is None else step)


@action("matter.refuse", words("不予受理", "Do not accept"), ability="matter.refuse", subject="matter", finds=by_number, fields=(
    NUMBER, VERSION, Field("reason", words("不受理的原因", "Reason"), "choice", required=True, choices=reasons_of("matter.refuse")), DUTY, NOTE))
def refuse_matter(call: Call) -> Done:
    """The dispatcher declines a report with a typed reason; the reporter reads where to go instead."""
    step = checked(call, "matter.refuse", closed_at=call.recorded_at, **first_reply(call))
    if call.record.phase == "filed":
        proposing.settle(call.record)
    return make(call, Step(step.rule, step.changes, step.note, step.reason, is_public=True, detail=duties.cite(call, "matter.refuse")))


@action("matter.dispatch", words("派遣", "Dispatch"), ability="matter.dispatch", subject="matter", finds=by_number, fields=(
    NUMBER, VERSION, UNIT, Field("override", words("不按规则派遣的理由", "Why not as the rules propose"), "text", limit=200), NOTE))
def dispatch_matter(call: Call) -> Done:
    """The dispatcher gives a filed matter to a unit whose area contains it."""
    unit = units.handling_unit(call.given["unit"], call.record.area)
    if unit is None:
        raise Invalid({"unit": NO_UNIT})
    step = checked(call, "matter.dispatch", unit=unit.id, worker=None, dispatched_at=call.recorded_at)
    return make(call, Step(step.rule, step.changes, step.note, detail={"unit": unit.id, "unit_name": unit.name, **proposing.cited(call, unit.id)}))


@action("matter.decide", words("负责人指定单位", "The head names the unit"), ability="matter.decide", subject="matter", finds=by_number, fields=(
    NUMBER, VERSION, UNIT, Field("note", words("指定的理由", "Why this unit"), "long_text", required=True, limit=2000)))
def decide_unit(call: Call) -> Done:
    """After the last return the accountable head of the area names the unit, finally: it cannot return the matter."""
    unit = units.handling_unit(call.given["unit"], call.record.area)
    if unit is None:
        raise Invalid({"unit": NO_UNIT})
    step = checked(call, "matter.decide", unit=unit.id, worker=None, dispatched_at=call.recorded_at)
    proposing.settle(call.record)
    return make(call, Step(step.rule, step.changes, step.note, detail={"unit": unit.id, "unit_name": unit.name, "is_final": True}))


@action("matter.receive", words("接收", "Receive"), ability="matter.receive", subject="matter", finds=by_number, fields=(NUMBER, VERSION, NOTE))
def receive_matter(call: Call) -> Done:
    """The unit takes the matter on."""
    return make(call, checked(call, "matter.receive", handler=call.actor.account))


@action("matter.return", words("退回", "Return"), ability="matter.return", subject="matter", finds=by_number, fields=(
    NUMBER, VERSION, Field("reason", words("退回的原因", "Reason"), "choice", required=True, choices=reasons_of("matter.return")), DUTY, NOTE))
def return_matter(call: Call) -> Done:
    """The unit hands the matter back with a typed reason; it is dispatched anew."""
    step = checked(call, "matter.return", unit=None, worker=None, returns=call.record.returns + 1)
    return make(call, replace(step, detail=duties.cite(call, "matter.return")))


@action("matter.handle", words("记录处置", "Record handling"), ability="matter.handle", subject="matter", finds=by_number, fields=(
    NUMBER, VERSION, NOTE, PHOTOS))
def handle_matter(call: Call) -> Done:
    """The handler records what was done, with pictures; the matter stays in handling."""
    step = checked(call, "matter.handle", handler=call.actor.account)
    _note_handling(call)
    return make(call, step)


@action("matter.reply", words("反馈并送核查", "Reply and send to verification"), ability="matter.reply", subject="matter", finds=by_number, fields=(
    NUMBER, VERSION, Field("note", words("给上报人的答复", "Answer to the reporter"), "long_text", required=True, limit=2000), PHOTOS,
    Field("no_photo_reason", words("无法拍照的原因", "Why no photo could be taken"), "text", limit=200)))
def reply_matter(call: Call) -> Done:
    """The handler answers the reporter; the matter goes on to verification in the same transaction."""
    step = checked(call, "matter.reply", replied_at=call.recorded_at, handler=call.actor.account, **first_reply(call))
    _note_handling(call)
    detail = {"no_photo_reason": call.given["no_photo_reason"]} if call.given.get("no_photo_reason") else {}
    return make(call, Step(step.rule, step.changes, step.note, is_public=True, detail=detail))


def first_reply(call: Call) -> dict[str, Any]:
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
    step = checked(call, "matter.verify", target="verifying" if passed else "handling")
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
    step = checked(call, "matter.close", closed_at=call.recorded_at)
    return make(call, Step(step.rule, step.changes, step.note, is_public=True))


@action("matter.archive", words("归档", "Archive"), ability="matter.archive", subject="matter", finds=by_number, fields=(NUMBER,))
def archive_matter(call: Call) -> Done:
    """The system archives a closed matter when the time for rating is over; each reporter's contact, its key and what was sent there go with it."""
    reporters = reporters_of(call.record.pk)
    letters.destroy("matter", reporters)
    CallBack.objects.filter(matter=call.record.pk, ended_at=None).update(ended_at=call.recorded_at, outcome="over")
    Contact.objects.filter(matter__in=reporters).delete()
    Kept.objects.filter(matter__in=reporters).delete()
    SubjectKey.objects.filter(subject_kind="matter", subject__in=reporters).delete()
    return make(call, checked(call, "matter.archive"))
