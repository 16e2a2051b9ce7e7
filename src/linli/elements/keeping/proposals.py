# SPDX-License-Identifier: MulanPSL-2.0
"""居民自报: a resident proposes what is right about himself by his own code (elements/own_codes.py); the worker checks it, takes it or declines it.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from linli.core import clock
from linli.core.actions import Call, Done, action
from linli.core.faults import Conflict, Invalid, NotVisible
from linli.core.fields import Field
from linli.core.protection import Protection
from linli.core.sight import Actor
from linli.core.words import words
from linli.elements import own_codes
from linli.elements.keeping import confirming
from linli.elements.keeping.events import KEEPS, number_of
from linli.elements.models import Person, Proposal
from linli.elements.registers import records, sealing, values
from linli.elements.registers.people import PEOPLE

SHOWN_TO_THE_WORKER = ("id_kind", "id_number")
"""What is changed only by who sees the document."""
COLUMNS = tuple(one for one in PEOPLE.columns if one.name not in SHOWN_TO_THE_WORKER)
STATES = {"waiting": words("等待社区核实", "Waiting for the community"), "taken": words("已采纳", "Taken"), "declined": words("未采纳", "Declined"),
          "withdrawn": words("已被新的自报代替", "Replaced by a newer one")}
NOTHING_TYPED = words("请至少填写一项。", "Please fill in at least one field.")
NOTHING_TAKEN = words("请勾选采纳的项目；只有留言的，请写明怎样处理的。", "Tick what is taken; where there is only a note, say what was done.")
DECIDED = words("这份自报已经处理过。", "This proposal has been dealt with.")
DECIDED_REMEDY = words("请刷新页面，查看处理结果。", "Reload the page to see what came of it.")
MOST_WAITING = 10
"""Proposals of one person that may wait (our choice)."""
TOO_MANY = words("已有 {count} 条更正和异议在等社区核实。", "{count} corrections and objections wait for the community to check.")
TOO_MANY_REMEDY = words("请等核实后再提，或直接联系社区。", "Wait until they are checked, or ask the community.")
NOTE = Field("note", words("其他要说明的", "Anything else"), "long_text", limit=500, protection=Protection.PERSONAL)


def _typed_fields() -> tuple[Field, ...]:
    """The register's columns as a resident fills them in: none required, everything sealed in the journal."""
    sealed = (replace(one, required=False, protection=one.protection if one.protection.is_encrypted else Protection.PERSONAL) for one in COLUMNS)
    return (*(Field(one.name, one.label, one.kind, False, one.limit, one.low, one.high, one.choices, one.protection) for one in sealed), NOTE)


TYPED = _typed_fields()


def of_code(actor: Actor, given: Mapping[str, Any]) -> Person:
    """The person of a code. NotVisible for a wrong one, or when he is not here any more."""
    found = own_codes.by_code(actor, given)
    if found.standing == "gone" or found.died_on is not None:
        raise NotVisible
    return found


@action("proposal.make", words("自报更正", "Propose corrections"), ability=None, subject="proposal", sight="this_record", opens=own_codes.sight_of_code, finds=of_code,
        fields=(own_codes.MINE, *TYPED))
def make(call: Call) -> Done:
    """What a resident says is right about himself, sealed until a worker checks it. What says the same fields anew takes the place of what waits."""
    person: Person = call.record
    given = {one.name: call.given[one.name] for one in COLUMNS if call.given[one.name] is not None}
    if not given and not call.given["note"]:
        raise Invalid({"note": NOTHING_TYPED})
    found = {name: value for name, value in values.written(PEOPLE, given).items() if value is not None}
    for one in Proposal.objects.select_for_update().filter(person=person, state="waiting"):
        said, note = opened(one)
        if said and not note and said.keys() <= found.keys():
            _decide(one, call, "withdrawn", "")
    return leave(call, person, found, call.given["note"] or "")


def leave(call: Call, person: Person, found: Mapping[str, Any], note: str) -> Done:
    """Leave values and a note for the worker, sealed. Conflict when many wait already."""
    waiting = Proposal.objects.filter(person=person, state="waiting").count()
    if waiting >= MOST_WAITING:
        raise Conflict(TOO_MANY.format(count=waiting), TOO_MANY_REMEDY, code="proposals_wait")
    made = Proposal(pk=records.drawn(Proposal), area=person.area, person=person, made_at=call.recorded_at)
    made.sealed = _sealed(made.pk, found, note)
    made.save(force_insert=True)
    return Done(person.area, made.pk, {"proposal": made.pk, "state": made.state}, {"names": sorted(found)}, is_new=True)


def _sealed(proposal: int, given: Mapping[str, Any], note: str) -> bytes:
    plain = {name: value.isoformat() if hasattr(value, "isoformat") else value for name, value in given.items()}
    return sealing.seal_value("proposal", sealing.BUNDLE, proposal, json.dumps({"values": plain, "note": note}, ensure_ascii=False))


def opened(proposal: Proposal) -> tuple[dict[str, Any], str]:
    """What was proposed, by column, and the note; after the decision the names without their values."""
    kept = json.loads(sealing.open_value("proposal", sealing.BUNDLE, proposal.pk, bytes(proposal.sealed)))
    found = {name: value for name, value in kept["values"].items() if name in {one.name for one in COLUMNS}}
    return {name: PEOPLE.column(name).clean(value) if value is not None else None for name, value in found.items()}, kept["note"]


def proposal_of(actor: Actor, given: Mapping[str, Any]) -> Proposal:
    """The proposal named in the input, locked. NotVisible outside the range."""
    found: Proposal | None = Proposal.objects.visible_to(actor).select_for_update(of=("self",)).filter(pk=number_of(given, "proposal")).first()
    if found is None:
        raise NotVisible
    return found


PROPOSAL = Field("proposal", words("自报", "Proposal"), "integer", required=True, low=1)
VERSION = Field("version", words("版本", "Version"), "integer", required=True, low=1)
REASON = Field("reason", words("给居民的说明", "What the resident is told"), limit=200)
NAMES = Field("names", words("采纳的项目", "What is taken"), "choices")


def take_fields(proposal: Proposal) -> Sequence[Field]:
    """The fields of a decision, with what was proposed to choose from."""
    choices = [(name, PEOPLE.column(name).label) for name in opened(proposal)[0]]
    return tuple(replace(one, choices=choices) if one is NAMES else one for one in (PROPOSAL, VERSION, NAMES, REASON))


@action("proposal.take", words("核实无误，采纳", "Checked, take it"), ability=KEEPS, subject="person", finds=proposal_of,
        fields_of=lambda record, _given: take_fields(record), fields=(PROPOSAL, VERSION, NAMES, REASON))
def take(call: Call) -> Done:
    """The fields that the worker found right say what the resident proposed; the others stay. None at all with words: what the note asked for was done."""
    proposal: Proposal = call.record
    _refuse_decided(proposal)
    register, names = PEOPLE, list(call.given["names"] or ())
    if not names and not call.given["reason"]:
        raise Invalid({"names": NOTHING_TAKEN})
    person = Person.objects.visible_to(call.actor).select_for_update().filter(pk=proposal.person_id).first()
    if person is None:
        raise NotVisible
    found, _ = opened(proposal)
    changed = confirming.put_right(call, register, person, {name: found[name] for name in names}, wrong="names")
    if names:
        confirming.note(call, register, person, clock.today(), means="proposal", corrected=names)
        values.write(register, person, changed, ["confirmed"])
    _decide(proposal, call, "taken", call.given["reason"] or "")
    answer = {"proposal": proposal.pk, "person": person.pk, "taken": len(names), "left": len(found) - len(names)}
    return Done(person.area, person.pk, answer, {"names": names, **changed.payload}, protected=changed.protected)


@action("proposal.decline", words("不采纳", "Decline"), ability=KEEPS, subject="proposal", finds=proposal_of, fields=(
    PROPOSAL, VERSION, replace(REASON, required=True)))
def decline(call: Call) -> Done:
    """Nothing changes; the resident reads the reason on his page."""
    proposal: Proposal = call.record
    _refuse_decided(proposal)
    _decide(proposal, call, "declined", call.given["reason"])
    return Done(proposal.area, proposal.pk, {"proposal": proposal.pk})


@action("proposal.look", words("查看自报内容", "Read the proposal"), ability=KEEPS, subject="proposal", finds=proposal_of, fields=(PROPOSAL,))
def look(call: Call) -> Done:
    """What the resident typed, in full, to be compared at the door or by phone; the look is journalled."""
    found, note = opened(call.record)
    said = {name: records.spoken(PEOPLE.column(name), value) for name, value in found.items() if value is not None}
    return Done(call.record.area, call.record.pk, {"proposal": call.record.pk}, once={"values": said, "note": note})


def _refuse_decided(proposal: Proposal) -> None:
    if proposal.state != "waiting":
        raise Conflict(DECIDED, DECIDED_REMEDY, code="decided")


def _decide(proposal: Proposal, call: Call, state: str, reason: str) -> None:
    """The decision stays, the values go: they are in the record now, or nowhere."""
    found, _ = opened(proposal)
    proposal.sealed = _sealed(proposal.pk, dict.fromkeys(found), "")
    proposal.state, proposal.reason, proposal.decided_at, proposal.decided_by = state, reason, call.recorded_at, call.actor.account
    proposal.version += 1
    proposal.save(update_fields=["sealed", "state", "reason", "decided_at", "decided_by", "version"])
