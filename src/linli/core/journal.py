# SPDX-License-Identifier: MulanPSL-2.0
"""The journal: one line an action, its payload apart, protected parts under the subject's own key."""

import hashlib
import json
import secrets
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.db import connection
from django.db.models import Q

from linli.core import rows
from linli.core.keys import keyring
from linli.core.models import JournalLine, JournalPayload, SubjectKey
from linli.core.protection import new_subject_key, unseal_for_subject


@dataclass(frozen=True)
class Entry:
    """What is written of one action: the open payload and the protected one (class 2 and up)."""

    action: str
    area: int
    subject_kind: str
    subject: int
    actor: int | None
    role: str
    post: int | None
    occurred_at: datetime
    recorded_at: datetime
    plain: Mapping[str, Any] = field(default_factory=dict)
    protected: Mapping[str, Any] = field(default_factory=dict)


def as_text(value: Any) -> Any:
    """A JSON form for what json does not know: ISO text for times; anything else by str."""
    return value.isoformat() if isinstance(value, datetime | date) else str(value)


def canonical(payload: Mapping[str, Any]) -> bytes:
    """The one byte form of a payload: sorted keys, no spaces, UTF-8."""
    return json.dumps(payload, sort_keys=True, separators=(",", ":"), ensure_ascii=False, default=as_text).encode()


def payload_digest(salt: bytes, plain: Mapping[str, Any], sealed: bytes | None) -> bytes:
    """The salted digest (SHA-256, 32 bytes) kept in the line; it covers the protected part as it is stored."""
    return hashlib.sha256(salt + hashlib.sha256(canonical(plain)).digest() + hashlib.sha256(sealed or b"").digest()).digest()


def context_of(subject_kind: str, subject: int) -> str:
    """The associated data under which a subject's payloads are encrypted."""
    return f"journal:{subject_kind}:{subject}"


def subject_key(area: int, subject_kind: str, subject: int, *, make: bool) -> bytes | None:
    """The subject's key; None when it was erased or never made and `make` is false."""
    found = SubjectKey.objects.filter(subject_kind=subject_kind, subject=subject).values_list("wrapped", flat=True).first()
    ring = keyring()
    if found is not None:
        return ring.unwrap(bytes(found), context_of(subject_kind, subject))
    if not make:
        return None
    key = new_subject_key()
    rows.put(SubjectKey(area=area, subject_kind=subject_kind, subject=subject, wrapped=ring.wrap(key, context_of(subject_kind, subject))))
    return key


INSERT = """with line as (
  insert into core_journalline (area, recorded_at, occurred_at, actor, role, post, action, subject_kind, subject, digest)
  values (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s) returning id)
insert into core_journalpayload (line_id, area, salt, plain, sealed) select id, %s, %s, %s, %s from line returning line_id"""


def write(entry: Entry, *, is_new_subject: bool = False) -> int:
    """Append one line and its payload inside the running transaction; answers the line's number."""
    sealed = None
    if entry.protected:
        sealed = _protect(entry, is_new_subject)
    salt = secrets.token_bytes(16)
    plain = canonical(entry.plain)
    digest = payload_digest(salt, json.loads(plain), sealed)
    line = (entry.area, entry.recorded_at, entry.occurred_at, entry.actor, entry.role, entry.post, entry.action,
            entry.subject_kind, entry.subject, digest)
    with connection.cursor() as cursor:
        cursor.execute(INSERT, (*line, entry.area, salt, plain.decode(), sealed))
        return int(cursor.fetchone()[0])


def write_open(entries: Sequence[Entry]) -> None:
    """Append many lines without protected parts, set-wise, inside the running action."""
    kept = [(entry, secrets.token_bytes(16), canonical(entry.plain)) for entry in entries]
    lines = JournalLine.objects.bulk_create([JournalLine(
        area=entry.area, recorded_at=entry.recorded_at, occurred_at=entry.occurred_at, actor=entry.actor, role=entry.role, post=entry.post, action=entry.action,
        subject_kind=entry.subject_kind, subject=entry.subject, digest=payload_digest(salt, json.loads(plain), None)) for entry, salt, plain in kept])
    JournalPayload.objects.bulk_create([JournalPayload(line=line, area=entry.area, salt=salt, plain=json.loads(plain))
                                        for line, (entry, salt, plain) in zip(lines, kept, strict=True)])


def _protect(entry: Entry, is_new_subject: bool) -> bytes:
    ring, context = keyring(), context_of(entry.subject_kind, entry.subject)
    if is_new_subject:
        key = new_subject_key()
        rows.put(SubjectKey(area=entry.area, subject_kind=entry.subject_kind, subject=entry.subject, wrapped=ring.wrap(key, context)))
    else:
        found = subject_key(entry.area, entry.subject_kind, entry.subject, make=True)
        assert found is not None
        key = found
    return ring.seal_for_subject(key, canonical(entry.protected), context)


def loaded(protected: bytes) -> dict[str, Any]:
    """The protected part of a payload, once it is unsealed."""
    found: dict[str, Any] = json.loads(protected)
    return found


def opened(line: JournalLine, payload: JournalPayload) -> dict[str, Any]:
    """The whole payload, protected part included; {"erased": True} instead of it when its key is gone."""
    found = dict(payload.plain)
    if payload.sealed is None:
        return found
    key = subject_key(line.area, line.subject_kind, line.subject, make=False)
    if key is None:
        return found | {"erased": True}
    text = unseal_for_subject(key, bytes(payload.sealed), context_of(line.subject_kind, line.subject))
    return found | loaded(text)


def erase(subject_kind: str, subjects: int | Sequence[int], actions: Collection[str] = ()) -> list[int]:
    """Destroy the keys and the payloads of subjects that hold protected parts, and those of `actions`, by which the person spoke.

    Answers the lines that lost theirs.
    """
    wanted = [subjects] if isinstance(subjects, int) else list(subjects)
    held = JournalPayload.objects.filter(line__subject_kind=subject_kind, line__subject__in=wanted).filter(
        Q(sealed__isnull=False) | Q(line__action__in=actions))
    lines = sorted(held.values_list("line_id", flat=True))
    JournalPayload.objects.filter(line_id__in=lines).delete()
    SubjectKey.objects.filter(subject_kind=subject_kind, subject__in=wanted).delete()
    return lines
