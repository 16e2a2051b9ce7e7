# SPDX-License-Identifier: MulanPSL-2.0
"""Giving a received matter to one of the unit's own people, or taking it oneself."""

from linli.core.actions import Call, Done, action
from linli.core.faults import Invalid
from linli.core.fields import Field
from linli.core.words import words
from linli.matters import loads
from linli.matters.actions.loop import NOTE, NUMBER, VERSION
from linli.matters.kinds import kind_of
from linli.matters.moving import Step, by_number, check, make, rule_for

NOT_OURS = words("承办人要是本单位现在能处置的人员。", "The worker has to be one of your unit's own people who may handle today.")


@action("matter.assign", words("确定承办人", "Give it to a worker"), ability="matter.assign", subject="matter", finds=by_number, fields=(
    NUMBER, VERSION, Field("worker", words("由谁承办", "Who takes it"), "integer", required=True, low=1), NOTE))
def assign(call: Call) -> Done:
    """Somebody of the unit gives it to a colleague or takes it; the matter stays in handling, and everybody of the unit may still help."""
    kind = kind_of(call.record.kind)
    rule = rule_for(kind, call.record, "matter.assign")
    check(kind, rule, call)
    people = loads.people_of(call.actor.organisation or 0)
    worker = call.given["worker"]
    if worker not in people:
        raise Invalid({"worker": NOT_OURS})
    step = Step(rule, {"worker": worker}, note=call.given.get("note") or "", detail={"worker": worker, "worker_name": people[worker]})
    return make(call, step)
