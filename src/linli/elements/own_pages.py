# SPDX-License-Identifier: MulanPSL-2.0
"""本人查询: a resident reads, without an account, what is held about him and who looked; by a code that a worker hands to himself.

The page shows this one person: no household, no neighbour, nothing of who else lives at the address. The code opens it for a time and can be taken back.
"""

import base64
import hmac
import json
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import connection

from linli.core import clock, rows
from linli.core.actions import Call, Done, action
from linli.core.faults import Conflict, Invalid, NotVisible
from linli.core.fields import Field, FieldFault
from linli.core.protection import Protection
from linli.core.sight import Actor, Sight, looking, of_record
from linli.core.words import Words, words
from linli.elements import consents, looks, places
from linli.elements.consents import Standing
from linli.elements.looks import Look
from linli.elements.models import AccessCode, Person, Proposal
from linli.elements.registers import sealing
from linli.elements.registers.declaring import Column, register_named

GIVES, REGISTER = "person.give_code", "person"
ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Crockford's base 32: no I, L, O, U, so that a code survives being read out loud."""
SPOKEN = str.maketrans({"I": "1", "L": "1", "O": "0", "U": "V", "-": None, " ": None})
CODE = re.compile(r"[0-9A-HJKMNP-TV-Z]{16}")
RANDOM_BYTES = 10
"""80 bits: sixteen characters."""
SHOWN_TO_THE_WORKER = ("id_kind", "id_number")
"""What is put right only where the document itself is seen."""
PROOF = 4
"""Signs of the document's number that the export asks for: the code alone shows masked values only."""
MOST_WAITING = 10
"""Proposals of one person that may wait (our choice)."""
TOO_MANY = words("已有 {count} 条更正在等社区核实。", "{count} corrections wait for the community to check.")
TOO_MANY_REMEDY = words("请等核实后再提，或直接联系社区。", "Wait until they are checked, or ask the community.")
NO_COLUMN = words("没有这一项。", "There is no such item.")
BRING_IT = words("证件种类和号码要看过证件才能更正，请带证件到社区。", "Kind and number of a document are put right where it is seen: bring it to the community.")
WRONG_PROOF = words("与登记的证件号码不符，没有导出。没有登记证件号码的，请到社区办理。",
                    "This does not fit the number that is held; nothing was taken out. Without a number on record, ask at the community.")
SAME = words("与登记的内容相同，不用更正。", "This is what is held already; nothing to correct.")


def new_code() -> str:
    """A fresh code, sixteen characters in four groups."""
    raw = base64.b32encode(secrets.token_bytes(RANDOM_BYTES)).decode().translate(str.maketrans("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", ALPHABET))
    return "-".join(raw[at:at + 4] for at in range(0, 16, 4))


def digest_of(code: str) -> UUID | None:
    """The keyed digest under which a code is known; None when it cannot be one."""
    plain = str(code).strip().upper().translate(SPOKEN)
    return sealing.index_of("own_page", "code", plain) if CODE.fullmatch(plain) else None


def person_by_code(code: str) -> tuple[int, int] | None:
    """(person, area) of a code that stands, by the definer function; None for any other."""
    digest = digest_of(code)
    if digest is None:
        return None
    with connection.cursor() as cursor:
        cursor.execute("select person, area from person_of_code(%s, %s)", [digest, clock.now()])
        row = cursor.fetchone()
    return (int(row[0]), int(row[1])) if row else None


def sight_of_code(_actor: Actor, given: Mapping[str, Any]) -> Sight:
    """The sight of one's own record. NotVisible for a code that opens nothing."""
    found = person_by_code(str(given.get("code", "")))
    if found is None:
        raise NotVisible
    return of_record(found[1])


def by_code(_actor: Actor, given: Mapping[str, Any]) -> Person:
    """One's own record, inside the sight that `sight_of_code` opened. NotVisible otherwise."""
    found = person_by_code(str(given.get("code", "")))
    person: Person | None = Person.objects.within(found[1], found[1] + 1).filter(pk=found[0]).first() if found else None
    if person is None:
        raise NotVisible
    return person


@action("person.give_code", words("发放本人查询码", "Hand out the code of the own page"), ability=GIVES, subject="access_code", finds=consents.find_person, fields=(
    consents.PERSON,
    Field("seen", words("已当面核对本人证件", "The person's document was seen"), "choice", required=True, choices=(
        ("card", words("看过居民身份证", "Identity card")), ("other", words("看过其他证件", "Another document")), ("known", words("本人由我认识", "I know the person"))))))
def give_code(call: Call) -> Done:
    """Make a code for the person himself; an earlier one stops working. It is shown once and kept nowhere."""
    person: Person = call.record
    AccessCode.objects.filter(person=person, revoked_at=None).update(revoked_at=call.recorded_at)
    code, until = new_code(), call.recorded_at + timedelta(days=settings.OWN_PAGE_DAYS)
    digest = digest_of(code)
    assert digest is not None
    made = rows.put_first(AccessCode(area=person.area, person=person, digest=digest, post_id=call.actor.post, made_at=call.recorded_at, expires_at=until))
    return Done(person.area, made, {"person": person.pk, "until": clock.local(until).date().isoformat()}, {"person": person.pk}, is_new=True, once={"code": code})


@action("person.revoke_code", words("收回本人查询码", "Take the code of the own page back"), ability=GIVES, subject="access_code", finds=consents.find_person,
        fields=(consents.PERSON,))
def revoke_code(call: Call) -> Done:
    """Stop every code of a person: he lost it, or somebody else got hold of it."""
    count = AccessCode.objects.filter(person=call.record, revoked_at=None).update(revoked_at=call.recorded_at)
    return Done(call.record.area, call.record.pk, {"revoked": count}, {"person": call.record.pk})


MINE = Field("code", words("本人查询码", "Your code"), "secret", required=True, limit=40)


@action("own.correct", words("提出更正", "Ask for a correction"), ability=None, subject="proposal", sight="this_record", opens=sight_of_code, finds=by_code, fields=(
    MINE, Field("column", words("哪一项", "Which item"), "choice", required=True, choices=lambda: [(one.name, one.label) for one in own_columns()]),
    Field("value", words("正确的内容", "What is right"), limit=200, protection=Protection.PERSONAL,
          help=words("只写这一项的内容；社区核实后更新。", "Only this item; the community checks it, then it is put right."))))
def correct(call: Call) -> Done:
    """A correction by the person himself; the community checks it before it is taken over (Personal Information Protection Law 46)."""
    column = next((one for one in own_columns() if one.name == call.given["column"]), None)
    if column is None:
        raise Invalid({"column": NO_COLUMN})
    if column.name in SHOWN_TO_THE_WORKER:
        raise Invalid({"column": BRING_IT})
    try:
        value = column.clean(call.given["value"])
    except FieldFault as fault:
        raise Invalid({"value": fault.sentence}) from None
    if value is not None and not column.protection.is_encrypted and str(value) == held_text(call.record, column):
        raise Invalid({"value": SAME})
    return _propose(call, {column.name: value.isoformat() if isinstance(value, date) else value})


@action("own.object", words("提出异议", "Object"), ability=None, subject="proposal", sight="this_record", opens=sight_of_code, finds=by_code, fields=(
    MINE, Field("words", words("不同意什么、希望怎么办", "What you object to, and what you want"), "long_text", required=True, limit=1000, protection=Protection.PERSONAL)))
def object_to(call: Call) -> Done:
    """An objection to what is kept or done with it: restrict, delete, explain (same law, 44-48); it waits with the proposals of the community."""
    return _propose(call, {}, call.given["words"])


def _propose(call: Call, values: Mapping[str, Any], note: str = "") -> Done:
    """Leave a proposal for the worker, in the form in which every proposal is kept: values by column, and a note."""
    waiting = Proposal.objects.filter(person=call.record, state="waiting").count()
    if waiting >= MOST_WAITING:
        raise Conflict(TOO_MANY.format(count=waiting), TOO_MANY_REMEDY, code="proposals_wait")
    made = Proposal.objects.create(area=call.record.area, person=call.record, sealed=b"", made_at=call.recorded_at)
    sealed = sealing.seal_value("proposal", sealing.BUNDLE, made.pk, json.dumps({"values": values, "note": note}, ensure_ascii=False))
    Proposal.objects.filter(pk=made.pk).update(sealed=sealed)
    return Done(call.record.area, made.pk, {"proposal": made.pk}, {"columns": sorted(values)}, is_new=True)


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
    if column.protection.is_encrypted:
        return looks.opened(register_named(REGISTER), column, person)
    found = getattr(person, column.name, None) if column.kept == "column" else person.fields.get(column.name)
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
                          one.name not in SHOWN_TO_THE_WORKER) for one in register.columns)
        until = AccessCode.objects.filter(person=person, revoked_at=None).order_by("-id").values_list("expires_at", flat=True).first()
        return OwnPage(person, place.name if place else "", held, tuple(looks.looks_at(register, person.pk)), tuple(consents.standings(person.pk)),
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
            "looks": [{"at": one.at.isoformat(), "unit": one.unit, "purpose": one.purpose.zh, "item": one.column.zh} for one in looks.looks_at(register, person.pk)],
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
