# SPDX-License-Identifier: MulanPSL-2.0
"""本人查询: a resident reads, without an account, what is held about him and who looked; by a code that a worker hands to himself.

The page shows this one person: no household, no neighbour, nothing of who else lives at the address. The code opens it for a time and can be taken back.
"""

import hmac
from dataclasses import dataclass
from typing import Any

from linli.core import clock
from linli.core.actions import Call, Done, action
from linli.core.faults import Invalid
from linli.core.fields import Field
from linli.core.protection import Protection
from linli.core.sight import looking
from linli.core.words import Words, words
from linli.elements import consents, looks, places
from linli.elements.consents import Standing
from linli.elements.keeping import proposals
from linli.elements.looks import Look
from linli.elements.models import AccessCode, Person, Proposal
from linli.elements.own_codes import MINE, by_code, sight_of_code
from linli.elements.registers import records
from linli.elements.registers.declaring import Column, register_named

REGISTER = "person"
PROOF = 4
"""Signs of the document's number that the export asks for: the code alone shows masked values only."""
WRONG_PROOF = words("与登记的证件号码不符，没有导出。没有登记证件号码的，请到社区办理。",
                    "This does not fit the number that is held; nothing was taken out. Without a number on record, ask at the community.")


@action("own.object", words("提出异议", "Object"), ability=None, subject="proposal", sight="this_record", opens=sight_of_code, finds=by_code, fields=(
    MINE, Field("words", words("不同意什么、希望怎么办", "What you object to, and what you want"), "long_text", required=True, limit=1000, protection=Protection.PERSONAL)))
def object_to(call: Call) -> Done:
    """An objection to what is kept or done with it: restrict, delete, explain (same law, 44-48); it waits with the proposals of the community."""
    return proposals.leave(call, call.record, {}, call.given["words"])


@action("own.consent", words("同意", "Consent"), ability=None, subject="consent", sight="this_record", opens=sight_of_code, finds=by_code, fields=(
    MINE, consents.WHAT, Field("text_version", words("说明的版本", "Version of the text"), "integer", required=True, low=1)))
def consent(call: Call) -> Done:
    """The person consents to one purpose on his own page, to the text that he read."""
    made = consents.give(call.record, {**call.given, "given_by": "self", "means": "online"}, clock.today())
    return Done(call.record.area, made.pk, {"consent": made.pk}, {"text_version": made.text_version}, is_new=True)


@action("own.withdraw", words("撤回同意", "Withdraw a consent"), ability=None, subject="consent", sight="this_record", opens=sight_of_code, finds=by_code, fields=(
    MINE, consents.WHAT))
def withdraw(call: Call) -> Done:
    """The person takes a consent back: as easily as it was given (same law, 15)."""
    found = consents.withdraw(call.record, call.given["purpose"], clock.today())
    return Done(call.record.area, found.pk, {"consent": found.pk})


def own_columns() -> tuple[Column, ...]:
    """What is held about a person, as the register declares it."""
    return register_named(REGISTER).columns


def held_text(person: Person, column: Column) -> str:
    """The stored value of one column as text; sealed ones are opened: for his own page and export alone."""
    found = records.value_of(register_named(REGISTER), person, column.name)
    return "" if found is None else str(found)


@dataclass(frozen=True)
class Held:
    """One item of the own page: its name, what stands there (masked from class 2 up), and when somebody last saw that it is so."""

    name: str
    label: Words
    value: str
    is_protected: bool
    may_correct: bool


@dataclass(frozen=True)
class OwnPage:
    """What one person gets to see of himself."""

    person: Person
    place: str
    held: tuple[Held, ...]
    looks: tuple[Look, ...]
    consents: tuple[Standing, ...]
    proposals: tuple[Proposal, ...]
    until: Any


def _worded(column: Column, value: str) -> str:
    options = {key: str(label) for key, label in column.options()} if value else {}
    return options.get(value, value)


def page_of(code: str) -> OwnPage:
    """The own page behind a code, in its own read-only transaction. NotVisible for a code that opens nothing."""
    given = {"code": code}
    with looking(sight_of_code(None, given), read_only=True):  # type: ignore[arg-type]
        person = by_code(None, given)  # type: ignore[arg-type]
        register, place = register_named(REGISTER), places.community_of(person.area)
        held = tuple(Held(one.name, one.label, looks.shown(one, _worded(one, held_text(person, one))), one.protection.is_encrypted,
                          one.name not in proposals.SHOWN_TO_THE_WORKER) for one in register.columns)
        until = AccessCode.objects.filter(person=person, revoked_at=None).order_by("-id").values_list("expires_at", flat=True).first()
        return OwnPage(person, place.name if place else "", held, tuple(looks.looks_at(register, person.pk, area=person.area)), tuple(consents.standings(person.pk)),
                       tuple(Proposal.objects.filter(person=person).order_by("-id")[:20]), until)


def export_of(code: str) -> dict[str, Any]:
    """Everything that is held about the person, opened, for himself to take along (same law, 45). NotVisible for a code that opens nothing.

    For after `own.export` only, which asks for a second proof and leaves a line.
    """
    given = {"code": code}
    with looking(sight_of_code(None, given), read_only=True):  # type: ignore[arg-type]
        person = by_code(None, given)  # type: ignore[arg-type]
        register, place = register_named(REGISTER), places.community_of(person.area)
        return {
            "community": place.name if place else "", "made_at": clock.now().isoformat(),
            "held": {str(one.label.zh): _worded(one, held_text(person, one)) for one in register.columns},
            "looks": [{"at": one.at.isoformat(), "unit": one.unit, "purpose": one.purpose.zh, "item": one.column.zh}
                      for one in looks.looks_at(register, person.pk, area=person.area)],
            "consents": [{"purpose": one.text.title.zh, "version": one.given.text_version, "given_on": one.given.given_on.isoformat()}
                         for one in consents.standings(person.pk) if one.given],
        }


@action("own.export", words("导出本人信息", "Take one's own data along"), ability=None, subject="person", sight="this_record", opens=sight_of_code, finds=by_code,
        fields=(MINE, Field("proof", words("证件号码后四位", "Last four signs of your document's number"), "secret", required=True, limit=4)))
def note_export(call: Call) -> Done:
    """Check the second proof and note that the person took his own data along; the line says that, not what."""
    number = held_text(call.record, register_named(REGISTER).column("id_number"))
    if not hmac.compare_digest(number[-PROOF:].encode(), str(call.given["proof"]).strip().upper().encode()) or len(number) < PROOF:
        raise Invalid({"proof": WRONG_PROOF})
    return Done(call.record.area, call.record.pk, {"person": call.record.pk})
