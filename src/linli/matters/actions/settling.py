# SPDX-License-Identifier: MulanPSL-2.0
"""随手办: a small job found and settled on the spot in one step, and the spot check by somebody of another unit."""

from collections.abc import Mapping, Sequence
from typing import Any

from linli.core import evidence, rows
from linli.core.actions import Call, Done, action
from linli.core.faults import Conflict, Invalid
from linli.core.fields import Field
from linli.core.words import words
from linli.matters import categories, numbers, settling
from linli.matters.actions import reporting
from linli.matters.actions.loop import FAILED_NEEDS_NOTE, NO_HANDLING, NO_HANDLING_REMEDY, NOTE, NUMBER, PHOTOS, VERSION, checked
from linli.matters.kinds import kind_of
from linli.matters.models import Handling, Matter, Move, SpotCheck, Verification
from linli.matters.moving import Step, by_number, make

DONE = Field("done", words("怎么处理的", "What was done"), "text", limit=500, help=words("不填就记“当场处理完毕”。", "Left empty it says “Settled on the spot”."))
SETTLED = words("当场处理完毕。", "Settled on the spot.")
NAMES = ("category", "summary", "area", "address", "position", "evidence")
COMMON = (*(one for one in reporting.COMMON if one.name in NAMES), DONE)
NO_PHOTO = words("随手办要有至少一张处理后的照片。", "A job settled on the spot needs at least one photo taken after it.")
NOT_SMALL = words("“{name}”不在随手办的范围内，请照常上报，由别人处置和核查。",
                  "“{name}” is no job to be settled on the spot. Please report it; others handle and verify it.")
NO_UNIT = words("您的岗位不属于任何单位，不能随手办。", "Your post belongs to no unit, so it cannot settle jobs.")
NO_UNIT_REMEDY = words("请照常上报。", "Please report it instead.")


def fields_of(_record: Any, given: Mapping[str, Any]) -> Sequence[Field]:
    """What is filled in, and the fields of the kind that the category opens."""
    category = categories.by_id(given.get("category"))
    return COMMON + (kind_of(category.kind).fields if category else ())


@action("matter.self_handle", words("随手办结", "Settle on the spot"), ability="matter.self_handle", subject="matter", fields_of=fields_of, fields=COMMON,
        sight="place_named_in_input", opens=reporting.place_inside)
def self_handle(call: Call) -> Done:
    """A worker reports a small job that he has settled already: one step, closed at once, and perhaps drawn for a check by somebody else."""
    category = reporting.category_of(call)
    if not settling.is_small(category):
        raise Invalid({"category": NOT_SMALL.format(name=categories.words_of(category))})
    if not call.given.get("evidence"):
        raise Invalid({"evidence": NO_PHOTO})
    if call.actor.organisation is None:
        raise Conflict(NO_UNIT, NO_UNIT_REMEDY, code="no_unit")
    kind, area = kind_of(category.kind), reporting.settle_area(call)
    matter = reporting.opened(call, kind, category, area)
    matter.phase, matter.handler, matter.closed_at, matter.unit = "self_handled", call.actor.account, call.recorded_at, call.actor.organisation
    rows.put_first(matter)
    note = f"{matter.summary}\n{call.given.get('done') or SETTLED.zh}"
    rows.put(
        Move(area=area, matter_id=matter.pk, step=1, action="matter.self_handle", from_phase="", to_phase="self_handled", round=1, actor=call.actor.account,
             actor_name=call.actor.name, role=call.actor.role, unit=call.actor.organisation, occurred_at=call.occurred_at, recorded_at=call.recorded_at,
             note=note[:4000], is_public=True),
        Handling(area=area, matter_id=matter.pk, round=1, person=call.actor.account or 0, unit=call.actor.organisation, at=call.recorded_at))
    reporting.keep_facets(kind, matter)
    evidence.attach(call.given["evidence"], area=area, subject_kind="matter", subject=matter.pk, actor=call.actor, claim=call.device)
    return Done(area=area, subject=matter.pk, is_new=True, payload={"area": area, "kind": kind.name},
                answer={"number": numbers.number_of(matter.pk), "phase": "self_handled", "version": 1})


@action("matter.check_settled", words("抽查就地办结", "Check a job settled on the spot"), ability="matter.verify", subject="matter", finds=by_number, fields=(
    NUMBER, VERSION, Field("passed", words("抽查结果", "Result"), "truth", required=True), NOTE, PHOTOS))
def check_settled(call: Call) -> Done:
    """Somebody of another unit looks on site: it is right, or it becomes a matter like any other and is dispatched."""
    matter: Matter = call.record
    passed = call.given["passed"]
    step = checked(call, "matter.check_settled", target="self_handled" if passed else "filed")
    if not passed and not call.given.get("note"):
        raise Invalid({"note": FAILED_NEEDS_NOTE})
    last = Handling.objects.filter(matter=matter.pk, round=matter.round).order_by("-id").first()
    if last is None:
        raise Conflict(NO_HANDLING, NO_HANDLING_REMEDY, code="never_handled")
    rows.put(Verification(
        area=matter.area, matter_id=matter.pk, round=matter.round, handler=last.person, handler_unit=last.unit,
        verifier=call.actor.account or 0, verifier_unit=call.actor.organisation or 0, is_passed=passed, at=call.recorded_at))
    SpotCheck.objects.filter(matter=matter.pk, checked_at=None).update(is_passed=passed, checked_by=call.actor.account, checked_at=call.recorded_at)
    changes: dict[str, Any] = {"verifications": matter.verifications + 1, "is_verified_by_other": True, "is_passed": passed}
    if not passed:
        changes |= {"failures": matter.failures + 1, "round": matter.round + 1, "filed_at": call.recorded_at, "closed_at": None, "unit": None, "handler": None}
    return make(call, Step(step.rule, changes, step.note, detail={"passed": passed}))
