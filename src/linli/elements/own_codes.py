# SPDX-License-Identifier: MulanPSL-2.0
"""本人查询码: the one code by which a resident comes in without an account: to read what is held about him, to correct, consent, object, take along.

A worker hands it to the person himself; its keyed digest is kept and nothing else. It opens one record for a time, and can be taken back.
"""

import base64
import re
import secrets
from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import connection

from linli.core import clock, rows
from linli.core.actions import Call, Done, action
from linli.core.faults import NotVisible
from linli.core.fields import Field
from linli.core.sight import Actor, Sight, of_record
from linli.core.words import words
from linli.elements import consents
from linli.elements.models import AccessCode, Person
from linli.elements.registers import sealing

GIVES = "person.give_code"
ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Crockford's base 32: no I, L, O, U, so that a code survives being read out loud."""
SPOKEN = str.maketrans({"I": "1", "L": "1", "O": "0", "U": "V", "-": None, " ": None})
CODE = re.compile(r"[0-9A-HJKMNP-TV-Z]{16}")
RANDOM_BYTES = 10
"""80 bits: sixteen characters."""
MINE = Field("code", words("本人查询码", "Your code"), "secret", required=True, limit=40)


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
