# SPDX-License-Identifier: MulanPSL-2.0
"""居民自报: a resident proposes what is right about himself by a code that the worker handed out; the worker checks it, takes it or declines it.

The resident's page shows the names of fields and what he types, never what is stored: whoever finds the code learns nothing.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

from django.conf import settings

from linli.core import clock
from linli.core.actions import Call, Done, action
from linli.core.faults import Conflict, Invalid, NotVisible
from linli.core.fields import Field
from linli.core.protection import Protection
from linli.core.sight import Actor, Sight, of_record
from linli.core.words import words
from linli.elements.keeping import confirming, invitations
from linli.elements.keeping.events import KEEPS, number_of, person_of
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
GONE = words("这个人已不在本社区，不能再发自报码。", "This person is not here any more; no code can be handed out.")
NOTE = Field("note", words("其他要说明的", "Anything else"), "long_text", limit=500, protection=Protection.PERSONAL)


def _typed_fields() -> tuple[Field, ...]:
    """The register's columns as a resident fills them in: none required, everything sealed in the journal."""
    sealed = (replace(one, required=False, protection=one.protection if one.protection.is_encrypted else Protection.PERSONAL) for one in COLUMNS)
    return (*(Field(one.name, one.label, one.kind, False, one.limit, one.low, one.high, one.choices, one.protection) for one in sealed), NOTE)


TYPED = _typed_fields()


def sight_of_code(_actor: Actor, given: Mapping[str, Any]) -> Sight:
    """The sight of the one area in which the person of a code is kept. NotVisible for a wrong code or one that is over."""
    person = invitations.person_by_code(str(given.get("code", "")))
    area = invitations.area_of(person) if person is not None else None
    if area is None:
        raise NotVisible
    return of_record(area)


def of_code(_actor: Actor, given: Mapping[str, Any]) -> Person:
    """The person of a code, inside the sight that `sight_of_code` opened. NotVisible when he is not here any more."""
    person = invitations.person_by_code(str(given.get("code", "")))
    found = Person.objects.filter(pk=person or 0, died_on=None).exclude(standing="gone").first()
    if found is None:
        raise NotVisible
    return found  # type: ignore[no-any-return]


@action("proposal.invite", words("发自报码", "Hand out a code"), ability=KEEPS, subject="person", finds=person_of, fields=(
    Field("person", words("人", "Person"), "integer", required=True, low=1),))
def invite(call: Call) -> Done:
    """A code for one resident, by which he proposes corrections about himself without an account; it is told once and kept nowhere."""
    person: Person = call.record
    if person.standing == "gone":
        raise Invalid({"person": GONE})
    until = clock.today() + timedelta(days=settings.PROPOSAL_DAYS)
    return Done(person.area, person.pk, {"person": person.pk, "until": until.isoformat()}, once={"code": invitations.code_for(person.pk, until)})


@action("proposal.make", words("自报更正", "Propose corrections"), ability=None, subject="proposal", sight="this_record", opens=sight_of_code, finds=of_code,
        fields=(Field("code", words("自报码", "Code"), "secret", required=True, limit=60), *TYPED))
def make(call: Call) -> Done:
    """What a resident says is right about himself, sealed until a worker checks it. A newer proposal takes the place of one that waits."""
    person: Person = call.record
    given = {one.name: call.given[one.name] for one in COLUMNS if call.given[one.name] is not None}
    if not given and not call.given["note"]:
        raise Invalid({"note": NOTHING_TYPED})
    found = {name: value for name, value in values.written(PEOPLE, given).items() if value is not None}
    for one in Proposal.objects.select_for_update().filter(person=person, state="waiting"):
        _decide(one, call, "withdrawn", "")
    made = Proposal(pk=records.drawn(Proposal), area=person.area, person=person, made_at=call.recorded_at)
    made.sealed = _sealed(made.pk, found, call.given["note"] or "")
    made.save(force_insert=True)
    return Done(person.area, made.pk, {"proposal": made.pk, "state": made.state}, {"names": sorted(found)}, is_new=True)


def _sealed(proposal: int, given: Mapping[str, Any], note: str) -> bytes:
    plain = {name: value.isoformat() if hasattr(value, "isoformat") else value for name, value in given.items()}
    return sealing.seal_value("proposal", sealing.BUNDLE, proposal, json.dumps({"values": plain, "note": note}, ensure_ascii=False))


def last_of(person: Person) -> Proposal | None:
    """The last proposal of a person, for the page of his code."""
    found: Proposal | None = Proposal.objects.filter(person=person).order_by("-id").first()
    return found


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
