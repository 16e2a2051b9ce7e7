# SPDX-License-Identifier: MulanPSL-2.0
"""Moving a matter: one place where the table of moves is obeyed, history appended and the row brought up to date."""

from collections.abc import Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any

from django.db import connection

from linli.core import evidence, registry, rows
from linli.core.actions import Call, Done
from linli.core.faults import Conflict, Invalid, NotVisible
from linli.core.sight import AREA_END, Actor, Sight, looking
from linli.core.words import Words, words
from linli.elements.lineages import sight_of_record
from linli.matters import deadlines, numbers, records
from linli.matters.guards import GUARDS
from linli.matters.kinds import Kind, kind_of
from linli.matters.models import Matter, Move
from linli.matters.phases import ALONG, PHASES, MoveRule

WRONG_PHASE = words("这件事现在是“{phase}”，不能做“{action}”。", "This matter is now “{phase}”, so “{action}” is not possible.")
WRONG_PHASE_REMEDY = words("请刷新页面，看看它现在轮到谁办。", "Reload the page and see whose turn it is.")
NO_REASON = words("这一步要选一个原因。", "This step needs one of the reasons.")
HAPPENED_BEFORE = words("发生时间早于上一步，请改正。", "The time of happening lies before the previous step. Please correct it.")


def by_number(actor: Actor, given: Mapping[str, Any]) -> Matter:
    """The matter of a number inside the actor's range; NotVisible otherwise."""
    found = numbers.matter_of(str(given.get("number", "")))
    matter = records.matter_within(found, actor.lo, actor.hi) if found else None
    if matter is None:
        raise NotVisible
    return matter


def by_code(_actor: Actor, given: Mapping[str, Any]) -> Matter:
    """The matter that a query code follows, inside the sight that the code opened; NotVisible otherwise.

    A merged report follows the matter that it went into; `numbers.matter_by_code` says which one is the reporter's own.
    """
    found = numbers.matter_by_code(str(given.get("query_code", "")))
    matter = records.matter_within(found, 0, AREA_END) if found else None
    if found and (matter is None or matter.merged_into is not None):
        matter = records.matter_within(leading(found), 0, AREA_END)
    if matter is None:
        raise NotVisible
    return matter


def sight_of_code(_actor: Actor, given: Mapping[str, Any]) -> Sight:
    """The sight of the one record that a query code follows; NotVisible for a wrong code."""
    found = numbers.matter_by_code(str(given.get("query_code", "")))
    area = _asked("select matter_area(leading_matter(%s))", found) if found else None
    if area is None:
        raise NotVisible
    return sight_of_record(area)


def own_by_code(_actor: Actor, given: Mapping[str, Any]) -> Matter:
    """The reporter's own matter, merged or not, inside the sight that `sight_of_own` opened; NotVisible otherwise."""
    found = numbers.matter_by_code(str(given.get("query_code", "")))
    matter = records.matter_within(found, 0, AREA_END) if found else None
    if matter is None:
        raise NotVisible
    return matter


def sight_of_own(_actor: Actor, given: Mapping[str, Any]) -> Sight:
    """The sight of the reporter's own record; NotVisible for a wrong code."""
    found = numbers.matter_by_code(str(given.get("query_code", "")))
    area = area_of(found) if found else None
    if area is None:
        raise NotVisible
    return sight_of_record(area)


def leading(matter: int) -> int:
    """The matter that a merged one went into in the end; itself when it was not merged (or is none)."""
    return _asked("select leading_matter(%s)", matter) or matter


def area_of(matter: int) -> int | None:
    """Where a matter lies, by the security-definer function: the one way past the fence, id → area."""
    return _asked("select matter_area(%s)", matter)


def _asked(sql: str, matter: int) -> int | None:
    """What a security-definer function answers about a matter; None when there is none."""
    with connection.cursor() as cursor:
        cursor.execute(sql, [matter])
        row = cursor.fetchone()
    return int(row[0]) if row and row[0] is not None else None


@dataclass(frozen=True)
class Step:
    """What a move changes beside the phase. A step that brings back how things stood turns no clock: it brings its own due moments."""

    rule: MoveRule
    changes: Mapping[str, Any]
    note: str = ""
    reason: str = ""
    is_public: bool = False
    detail: Mapping[str, Any] | None = None
    unit: int | None = None
    turns_clocks: bool = True


def rule_for(kind: Kind, matter: Matter, action: str, target: str | None = None) -> MoveRule:
    """The rule by which an action leaves the present phase; Conflict with a sentence when there is none."""
    rules = kind.rules(action)
    for rule in rules:
        if rule.source == matter.phase and (target is None or rule.target == target):
            return rule
    label = rules[0].words if rules else words(action, action)
    raise Conflict(WRONG_PHASE.format(phase=PHASES[matter.phase], action=label), WRONG_PHASE_REMEDY, code="wrong_phase")


def within(matter: Matter, action: str) -> MoveRule:
    """The rule of a step that is no move of the table: it leaves the matter in its phase, with a line in the history."""
    return MoveRule(action, label_of(kind_of(matter.kind), action), matter.phase, matter.phase, None)


def check(kind: Kind, rule: MoveRule, call: Call) -> None:
    """Run the rule's guards, and see that a typed reason of this kind is given where one is due."""
    for name in rule.guards:
        GUARDS[name](kind, call)
    if rule.reason and call.given.get("reason") not in {one.code for one in kind.reasons(rule.action)}:
        raise Invalid({"reason": NO_REASON})


def make(call: Call, step: Step) -> Done:
    """Append the history, move the row by one version, stop and start clocks, attach evidence; answers the action's Done."""
    matter: Matter = call.record
    kind = kind_of(matter.kind)
    last, happened = records.last_step(matter.id)
    if happened is not None and call.occurred_at < happened:
        is_overtaken = call.occurred_at == call.recorded_at
        raise Conflict if is_overtaken else Invalid({"occurred_at": HAPPENED_BEFORE})
    is_turning = step.turns_clocks and step.rule.target != matter.phase
    phase_changes = deadlines.turn(kind, matter, step.rule.target, call.recorded_at) if is_turning else {}
    _append(call, step, last)
    evidence.attach(call.given.get("evidence"), area=matter.area, subject_kind="matter", subject=matter.id, actor=call.actor, claim=call.device,
                    vouched=call.vouched)
    changes = {"phase": step.rule.target, "version": matter.version + 1, **phase_changes, **step.changes}
    if not records.change(matter, changes):
        raise Conflict
    answer = {"number": numbers.number_of(matter.id), "phase": changes["phase"], "version": changes["version"],
              "is_passed": changes.get("is_passed", matter.is_passed)}
    return Done(area=matter.area, subject=matter.id, answer=answer, payload={"from": matter.phase, "to": changes["phase"]})


def _append(call: Call, step: Step, last: int) -> None:
    matter: Matter = call.record
    hops = [(matter.phase, step.rule.through), (step.rule.through, step.rule.target)] if step.rule.through else [(matter.phase, step.rule.target)]
    for place, (source, target) in enumerate(hops, start=1):
        is_last = place == len(hops)
        rows.put(Move(
            area=matter.area, matter_id=matter.id, step=last + place, action=step.rule.action, from_phase=source, to_phase=target,
            round=matter.round, actor=call.actor.account, actor_name=call.actor.name, role=call.actor.role,
            unit=step.unit if step.unit is not None else call.actor.organisation, occurred_at=call.occurred_at, recorded_at=call.recorded_at,
            reason=step.reason, note=step.note if place == 1 else "", is_public=step.is_public and place == 1,
            detail=dict(step.detail or {}) if is_last else {},
        ))


def label_of(kind: Kind, action: str, source: str | None = None, target: str | None = None) -> Words:
    """The words of an action in a kind; those of one certain step where two phases are given."""
    rules = (*kind.rules(action), *(rule for rule in ALONG if rule.action == action))
    exact = [rule for rule in rules if (rule.source, rule.target) == (source, target)]
    declared = registry.get("action", action)
    return (exact or rules)[0].words if rules else declared.words if declared else words(action, action)


def looking_at(area: int) -> AbstractContextManager[Sight]:
    """A read-only sight of the one area of a record."""
    return looking(sight_of_record(area), read_only=True)
