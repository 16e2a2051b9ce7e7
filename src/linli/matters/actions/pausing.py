# SPDX-License-Identifier: MulanPSL-2.0
"""Actions on the clock of handling: stages reached, extensions and pauses asked for and decided by somebody else, the clock run on."""

from datetime import timedelta
from typing import Any

from linli.core import alarms, clock, rows
from linli.core.actions import Call, Done, action
from linli.core.faults import Conflict, Invalid, NotAble
from linli.core.fields import Field
from linli.core.words import Words, words
from linli.core.working_time import TimeUnit
from linli.matters import deadlines, heads, waiting
from linli.matters.actions.loop import NOTE, NUMBER, PHOTOS, VERSION, ruled
from linli.matters.alarms import NO_HEAD, STAGE
from linli.matters.clocks import HANDLING
from linli.matters.clockwork import Clockwork
from linli.matters.kinds import Kind, all_kinds
from linli.matters.models import Limit, Matter, Request
from linli.matters.moving import Step, by_number, make
from linli.matters.phases import PAUSES

NO_STAGE = words("这件事没有这个阶段，或已经报告过。", "This matter has no such stage, or it was reported already.")
BAD_DAY = words("请选明天起 {days} 天之内的一天；到那天自动恢复计时。", "Choose a day from tomorrow on, within {days} days; the clock runs on by itself on that day.")
NEEDS_PROOF = words("挂账要有佐证：请上传照片或文件。", "The slow list needs evidence: upload a photo or a file.")
NO_LIMIT = words("这件事没有这个时限，或已经完成。", "This matter has no such limit, or it was met already.")
TOO_OFTEN = words("这个时限最多延期 {times} 次，已经用完。", "This limit may be extended {times} times; that is used up.")
TOO_MUCH = words("延期总共最多 {most} {unit}，还可以申请 {left}。", "At most {most} {unit} may be added in all; {left} can still be asked for.")
OWN_REQUEST = words("自己提出的申请不能由自己审批。", "Nobody decides his own request.")
OWN_REMEDY = words("请由另一位有权限的人审批。", "Somebody else who may has to decide.")
DECLINED_NEEDS_NOTE = words("不批准时，请写明理由。", "When you decline, say why.")
GONE = words("这项申请已不在等待审批。", "This request is no longer waiting.")
GONE_REMEDY = words("请刷新页面。", "Reload the page.")
NO_HEAD_FOR = words("有挂账申请等待审批，但这里没有任命属地负责人。请任命负责人。",
                    "A request for the slow list waits, but no accountable head is appointed here. Please appoint one.")


def stage_choices() -> list[tuple[str, Words]]:
    """Every phased limit that some kind declares."""
    return list({one.name: (one.name, one.words) for kind in all_kinds() for stages in kind.stages.values() for one in stages}.values())


def limit_choices() -> list[tuple[str, Words]]:
    """What an extension may be asked for: the whole handling, or one of its stages."""
    return [(HANDLING, words("处置", "Handling")), *stage_choices()]


@action("matter.reach", words("报告阶段完成", "Report a stage as reached"), ability="matter.reach", subject="matter", finds=by_number, fields=(
    NUMBER, VERSION, Field("stage", words("哪个阶段", "Which stage"), "choice", required=True, choices=stage_choices), NOTE, PHOTOS))
def reach_stage(call: Call) -> Done:
    """The handler reports one of the phased limits as reached; a late one stays visible as late."""
    matter, name = call.record, call.given["stage"]
    rule, kind = ruled(call, "matter.reach")
    stages = {one.name for one in kind.stages_of(matter.category.code)}
    open_ones = {one.name: one for one in Limit.objects.filter(matter=matter.pk, name__in=stages, met_at=None)}
    if name not in open_ones:
        raise Invalid({"stage": NO_STAGE})
    rows.also("update matters_limit set met_at = %s where id = %s", [call.recorded_at, open_ones[name].pk])
    if not any(one.late_at for other, one in open_ones.items() if other != name):
        alarms.still(STAGE, subject_kind="matter", subject=matter.pk)
    return make(call, Step(rule, {"handler": call.actor.account}, call.given.get("note") or "", detail={"stage": name}))


@action("matter.ask_extension", words("申请延期", "Ask for an extension"), ability="matter.ask_extension", subject="matter", finds=by_number, fields=(
    NUMBER, VERSION, Field("limit", words("哪个时限", "Which limit"), "choice", required=True, choices=limit_choices),
    Field("amount", words("延长多少（按该时限的单位）", "How much, in the limit's own unit"), "integer", required=True, low=1, high=60),
    Field("text", words("理由", "Why"), "long_text", required=True, limit=1000), PHOTOS))
def ask_extension(call: Call) -> Done:
    """The handling unit asks for more time; somebody else decides. Number and total are limited by the kind."""
    matter, given = call.record, call.given
    rule, kind = ruled(call, "matter.ask_extension")
    limit = Limit.objects.filter(matter=matter.pk, name=given["limit"], met_at=None).first()
    if limit is None or limit.name not in {HANDLING, *(one.name for one in kind.stages_of(matter.category.code))}:
        raise Invalid({"limit": NO_LIMIT})
    _refuse_beyond(kind, matter, limit, given["amount"])
    _ask(call, "extension", limit=limit.name, amount=given["amount"])
    return make(call, Step(rule, {"asked": "extension"}, given["text"], detail={"what": "extension", "limit": limit.name, "amount": given["amount"]}))


def _refuse_beyond(kind: Kind, matter: Matter, limit: Limit, amount: int) -> None:
    granted = [one.amount or 0 for one in Request.objects.filter(matter=matter.pk, what="extension", limit=limit.name, outcome="granted")]
    if len(granted) >= kind.watch.extensions:
        raise Invalid({"amount": TOO_OFTEN.format(times=kind.watch.extensions)})
    most = max(1, limit.amount * kind.watch.extension_percent // 100)
    if sum(granted) + amount > most:
        raise Invalid({"amount": TOO_MUCH.format(most=most, unit=TimeUnit(limit.unit).label, left=max(0, most - sum(granted)))})


@action("matter.ask_pause", words("申请停钟或挂账", "Ask for a pause"), ability="matter.ask_pause", subject="matter", finds=by_number, fields=(
    NUMBER, VERSION,
    Field("reason", words("原因", "Reason"), "choice", required=True, choices=[(name, PAUSES[name]) for name in ("force_majeure", "suspension")]),
    Field("text", words("具体情况", "What happened"), "long_text", required=True, limit=1000),
    Field("look_again", words("哪天再看（到期自动恢复计时）", "Look again on (the clock runs on by itself)"), "day", required=True), PHOTOS))
def ask_pause(call: Call) -> Done:
    """The handling unit asks that the clock stands still: shortly by the dispatcher's word, on the slow list (挂账) by the head's."""
    matter, given = call.record, call.given
    rule, kind = ruled(call, "matter.ask_pause")
    what = "suspension" if given["reason"] == "suspension" else "pause"
    days = kind.watch.suspension_days if what == "suspension" else kind.watch.pause_days
    if not clock.today() < given["look_again"] <= clock.today() + timedelta(days=days):
        raise Invalid({"look_again": BAD_DAY.format(days=days)})
    if what == "suspension" and not given.get("evidence"):
        raise Invalid({"evidence": NEEDS_PROOF})
    _ask(call, what, reason=given["reason"], look_again_on=given["look_again"])
    if what == "suspension" and heads.head_of(matter.area) is None:
        ring_no_head(matter.area, NO_HEAD_FOR)
    detail = {"what": what, "pause": given["reason"], "look_again": given["look_again"].isoformat()}
    return make(call, Step(rule, {"asked": what}, given["text"], detail=detail))


def ring_no_head(area: int, sentence: Words) -> None:
    """Ring for the street of an area; one alarm however many matters wait for a head."""
    street = area // 1_000_000 * 1_000_000
    alarms.ring(NO_HEAD, area=area, subject_kind="place", subject=street, sentence=sentence)


def _ask(call: Call, what: str, **more: Any) -> None:
    matter: Matter = call.record
    rows.put(Request(area=matter.area, matter_id=matter.pk, what=what, text=call.given["text"], asked_by=call.actor.account or 0,
                     asked_unit=call.actor.organisation, asked_at=call.recorded_at, **more))


@action("matter.withdraw_request", words("撤回申请", "Withdraw the request"), ability="matter.withdraw_request", subject="matter", finds=by_number,
        fields=(NUMBER, VERSION))
def withdraw_request(call: Call) -> Done:
    """The unit takes its request back before it is decided."""
    rule, _ = ruled(call, "matter.withdraw_request")
    _end_request(call, _waiting(call), "withdrawn", None)
    return make(call, Step(rule, {"asked": ""}))


GRANTED = Field("granted", words("是否批准", "Granted"), "truth", required=True)


@action("matter.decide_request", words("审批申请", "Decide the request"), ability="matter.decide_request", subject="matter", finds=by_number,
        fields=(NUMBER, VERSION, GRANTED, NOTE))
def decide_request(call: Call) -> Done:
    """The dispatcher grants or declines an extension or a short pause; never his own."""
    return _decide(call, "matter.decide_request")


@action("matter.decide_suspension", words("审批挂账", "Decide on the slow list"), ability="matter.decide_suspension", subject="matter", finds=by_number,
        fields=(NUMBER, VERSION, GRANTED, NOTE))
def decide_suspension(call: Call) -> Done:
    """The accountable head puts a matter on the slow list (挂账) until a day, or declines."""
    return _decide(call, "matter.decide_suspension")


def _decide(call: Call, name: str) -> Done:
    matter, granted, note = call.record, call.given["granted"], call.given.get("note") or ""
    rule, kind = ruled(call, name)
    request = _waiting(call)
    if request.asked_by == call.actor.account:
        raise NotAble(OWN_REQUEST, OWN_REMEDY, code="own_request")
    if not granted and not note:
        raise Invalid({"note": DECLINED_NEEDS_NOTE})
    _end_request(call, request, "granted" if granted else "declined", call.actor.account)
    changes: dict[str, Any] = {"asked": ""}
    detail: dict[str, Any] = {"what": request.what, "granted": granted}
    if granted and request.what == "extension":
        changes |= deadlines.extend(Clockwork(kind, matter, call.recorded_at), request.limit, request.amount or 0, request.text[:200])
    elif granted:
        until = waiting.start_of(request.look_again_on or clock.today() + timedelta(days=1))
        changes |= waiting.stand_still(kind, matter, request.reason, call.recorded_at, until)
        detail["is_paused"] = True
    return make(call, Step(rule, changes, note, detail=detail))


def _waiting(call: Call) -> Request:
    found: Request | None = Request.objects.filter(matter=call.record.pk, ended_at=None).first()
    if found is None:
        raise Conflict(GONE, GONE_REMEDY, code="nothing_asked")
    return found


def _end_request(call: Call, request: Request, outcome: str, decided_by: int | None) -> None:
    rows.also("update matters_request set ended_at = %s, outcome = %s, decided_by = %s, note = %s where id = %s",
              [call.recorded_at, outcome, decided_by, (call.given.get("note") or "")[:1000], request.pk])


@action("matter.resume", words("恢复计时", "Let the clock run on"), ability="matter.resume", subject="matter", finds=by_number, fields=(NUMBER, VERSION, NOTE))
def let_run_on(call: Call) -> Done:
    """The clock runs on with exactly the time that was left: by the unit, the dispatcher, or by itself on the day that was set."""
    rule, kind = ruled(call, "matter.resume")
    changes = deadlines.resume(Clockwork(kind, call.record, call.recorded_at))
    return make(call, Step(rule, changes, call.given.get("note") or "", detail={"is_paused": False}))
