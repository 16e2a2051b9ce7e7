# SPDX-License-Identifier: MulanPSL-2.0
"""人工核定: a figure of a community is put right by one person with a file, confirmed by another, and can be withdrawn; the computed one stays beside it."""

from collections.abc import Mapping
from typing import Any

from django.db.models import Case, When
from django.db.models import Value as Fixed

from linli.core import evidence
from linli.core.actions import Call, Done, action
from linli.core.faults import Conflict, Invalid, NotAble, NotVisible
from linli.core.fields import Field
from linli.core.sight import Actor
from linli.core.words import words
from linli.elements import places
from linli.measures.closing import editions
from linli.measures.declarations import find_measure
from linli.measures.freshness import take_lock, watermark
from linli.measures.models import Override, Value
from linli.measures.periods import parse

PROPOSES, CONFIRMS = "value.override", "value.confirm_override"
ONLY_COMMUNITIES = words("只能核定社区的数；街道以上的数由社区的记录汇总，不能单独改。",
                         "Only the figure of a community can be overridden; levels above are sums of what was counted.")
NO_MEASURE = words("没有“{code}”这个指标。", "There is no indicator {code}.")
ABOVE_WHOLE = words("分子不能大于分母。", "The numerator cannot be larger than the denominator.")
NO_FILE = words("请附上能说明情况的文件或照片。", "Add a file or photo that shows why.")
WAITING = words("这个数已经有一次核定在办或有效。", "This figure already has an override that waits or is in force.")
WAITING_REMEDY = words("请先处理那一次。", "Deal with that one first.")
OWN = words("自己提出的核定不能自己确认。", "You cannot confirm what you proposed yourself.")
OWN_REMEDY = words("请另一位有权限的同事核对佐证后确认。", "Ask a colleague who may confirm to look at the evidence.")
DECIDED = words("这次核定已经有了结论。", "This has been decided already.")
DECIDED_REMEDY = words("请刷新页面查看现在的状态。", "Reload the page to see how it stands.")
NUMBER = Field("override", words("人工核定", "Override"), "integer", required=True, low=1)
VERSION = Field("version", words("版本", "Version"), "integer", low=1)
WHY = Field("why", words("理由", "Why"), "long_text", required=True, limit=500)
MOST = 10**15
PROPOSING = (
    Field("area", words("社区", "Community"), "area", required=True),
    Field("measure", words("指标代码", "Code of the indicator"), required=True, limit=20),
    Field("period", words("统计期", "Period"), required=True, limit=7),
    Field("numerator", words("核定的分子", "Numerator as it should be"), "integer", required=True, low=0, high=MOST),
    Field("denominator", words("核定的分母", "Denominator as it should be"), "integer", required=True, low=1, high=MOST),
    Field("reason", words("为什么计算的数不对", "Why the computed figure is wrong"), "long_text", required=True, limit=500),
    Field("evidence", words("佐证（照片或文件）", "Evidence (photo or file)"), "evidence", required=True, limit=9),
)


@action(PROPOSES, words("提出人工核定", "Propose an override"), ability=PROPOSES, subject="override", fields=PROPOSING)
def propose(call: Call) -> Done:
    """Keep the proposal with its file; no figure changes until another person confirms it."""
    given = call.given
    place, period, measure = places.find_place(given["area"]), parse(given["period"]), find_measure(given["measure"])
    if place is None or not (call.actor.lo <= place.lo and place.hi <= call.actor.hi):
        raise NotVisible
    if place.level != "community":
        raise Invalid({"area": ONLY_COMMUNITIES})
    if measure is None:
        raise Invalid({"measure": NO_MEASURE.format(code=given["measure"])})
    if given["numerator"] > given["denominator"]:
        raise Invalid({"numerator": ABOVE_WHOLE})
    if not given["evidence"]:
        raise Invalid({"evidence": NO_FILE})
    if Override.objects.filter(area=place.area, period=period.key, measure=measure.code, measure_version=measure.version, state__in=["proposed", "in_force"]).exists():
        raise Conflict(WAITING, WAITING_REMEDY, code="override_waits")
    made = Override.objects.create(
        area=place.area, measure=measure.code, measure_version=measure.version, period=period.key, numerator=given["numerator"], denominator=given["denominator"],
        reason=given["reason"], evidence=sorted(set(given["evidence"])), proposed_by=call.actor.account or 0, proposed_at=call.recorded_at)
    evidence.attach(given["evidence"], area=place.area, subject_kind="override", subject=made.pk, actor=call.actor, claim=call.device, vouched=call.vouched)
    return Done(place.area, made.pk, {"override": made.pk}, is_new=True)


def find_override(actor: Actor, given: Mapping[str, Any]) -> Override:
    """The override of a number inside the actor's range; NotVisible otherwise."""
    text = str(given.get("override", ""))
    found: Override | None = None
    if text.isascii() and text.isdecimal() and len(text) < 19:
        found = Override.objects.visible_to(actor).filter(pk=int(text)).first()
    if found is None:
        raise NotVisible
    return found


@action(CONFIRMS, words("确认人工核定", "Confirm an override"), ability=CONFIRMS, subject="override", finds=find_override, fields=(NUMBER, VERSION))
def confirm(call: Call) -> Done:
    """Another person agrees: from now on the community's points use the figure; the levels above stay sums of what was counted.

    In a closed period it shows with the next edition, since what was published does not change.
    """
    held = _for_decision(call)
    _decide(held, call, "in_force", "")
    take_lock()
    which = {"area": held.area, "period": held.period, "measure": held.measure, "version": held.measure_version, "level": "community"}
    Value.objects.get_or_create(**which, defaults={
        "numerator": 0, "denominator": 0, "state": "not_evaluable", "watermark": watermark(), "computed_at": call.recorded_at})
    Value.objects.filter(**which).update(override=held, state="overridden", computed_at=call.recorded_at)
    return Done(held.area, held.pk, {"override": held.pk, "state": held.state, "is_closed": editions.edition_of(held.period) is not None})


@action("value.refuse_override", words("不同意人工核定", "Refuse an override"), ability=CONFIRMS, subject="override", finds=find_override, fields=(NUMBER, VERSION, WHY))
def refuse(call: Call) -> Done:
    """Another person does not agree; the computed figure stays."""
    held = _for_decision(call)
    _decide(held, call, "refused", call.given["why"])
    return Done(held.area, held.pk, {"override": held.pk, "state": held.state})


@action("value.withdraw_override", words("撤销人工核定", "Withdraw an override"), ability=PROPOSES, subject="override", finds=find_override, fields=(NUMBER, VERSION, WHY))
def withdraw(call: Call) -> Done:
    """The computed figure counts again; what stood there, who and why stay in the list."""
    held = Override.objects.select_for_update().get(pk=call.record.pk)
    if held.state not in ("proposed", "in_force"):
        raise Conflict(DECIDED, DECIDED_REMEDY, code="override_decided")
    take_lock()
    Value.objects.filter(area=held.area, override=held).update(
        override=None, computed_at=call.recorded_at, state=Case(When(denominator=0, then=Fixed("not_evaluable")), default=Fixed("computed")))
    held.state, held.ended_by, held.ended_at, held.ended_why = "withdrawn", call.actor.account, call.recorded_at, call.given["why"]
    held.version += 1
    held.save(update_fields=["state", "ended_by", "ended_at", "ended_why", "version"])
    return Done(held.area, held.pk, {"override": held.pk, "state": held.state})


def _for_decision(call: Call) -> Override:
    held: Override = Override.objects.select_for_update().get(pk=call.record.pk)
    if held.state != "proposed":
        raise Conflict(DECIDED, DECIDED_REMEDY, code="override_decided")
    if held.proposed_by == call.actor.account:
        raise NotAble(OWN, OWN_REMEDY, "own_proposal")
    return held


def _decide(held: Override, call: Call, state: str, why: str) -> None:
    held.state, held.decided_by, held.decided_at, held.decided_why, held.version = state, call.actor.account, call.recorded_at, why, held.version + 1
    held.save(update_fields=["state", "decided_by", "decided_at", "decided_why", "version"])
