# SPDX-License-Identifier: MulanPSL-2.0
"""The history of one record: every line of the journal about it, with what each field was and became, masked by class."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from linli.core import journal
from linli.core.keys import keyring
from linli.core.models import JournalLine, JournalPayload, SubjectKey
from linli.core.protection import SealError, unseal_for_subject
from linli.core.sight import Actor
from linli.core.words import Words, words
from linli.elements.registers import records
from linli.elements.registers.declaring import Column, Register

MOST = 100
"""Lines shown of one record (our choice); the journal holds them all."""
ERASED = words("（已依法删除）", "(erased by law)")


@dataclass(frozen=True)
class Difference:
    """One field that a line changed; empty text for no value."""

    label: Words
    was: str
    now: str


@dataclass(frozen=True)
class Event:
    """One line about a record. `role` is a stored name, `account` a number: the faces know how these are called."""

    line: int
    action: str
    at: datetime
    account: int | None
    role: str
    differences: tuple[Difference, ...] = ()
    note: str = ""
    is_erased: bool = False


def history_of(register: Register, record: Any, actor: Actor, most: int = MOST) -> list[Event]:
    """What happened to a record, newest first; two queries, one more where something is sealed."""
    lines = JournalLine.objects.visible_to(actor).filter(subject_kind=register.subject, subject=record.pk)
    found = list(lines.select_related("journalpayload").order_by("-id")[:most])
    payloads = {one.pk: one.journalpayload if hasattr(one, "journalpayload") else None for one in found}
    key = _key(register, record) if any(one is not None and one.sealed for one in payloads.values()) else None
    is_open = records.may_open(actor)
    return [_event(register, one, payloads[one.pk], (key, is_open)) for one in found]


def _key(register: Register, record: Any) -> bytes | None:
    wrapped = SubjectKey.objects.filter(subject_kind=register.subject, subject=record.pk).values_list("wrapped", flat=True).first()
    return keyring().unwrap(bytes(wrapped), journal.context_of(register.subject, record.pk)) if wrapped is not None else None


def _event(register: Register, line: JournalLine, payload: JournalPayload | None, how: tuple[bytes | None, bool]) -> Event:
    event = Event(line.pk, line.action, line.occurred_at, line.actor, line.role)
    if payload is None:
        return replace(event, is_erased=True, note=str(ERASED))
    key, is_open = how
    hidden, is_erased = _opened(line, payload, key)
    changes = dict(payload.plain.get("changes") or {}) | dict(hidden.get("changes_sealed") or {})
    found = _told(register, changes, is_open)
    return replace(event, differences=found, is_erased=is_erased, note=str(ERASED) if is_erased else _note(register, payload.plain))


def told(register: Register, changes: Mapping[str, Any], actor: Actor) -> tuple[Difference, ...]:
    """Differences (field to [was, now]) as this post may see them, in the order of the declaration."""
    return _told(register, changes, records.may_open(actor))


def _told(register: Register, changes: Mapping[str, Any], is_open: bool) -> tuple[Difference, ...]:
    return tuple(_difference(register, name, pair, is_open) for name, pair in _in_order(register, changes))


def _opened(line: JournalLine, payload: JournalPayload, key: bytes | None) -> tuple[Mapping[str, Any], bool]:
    """The protected part, and whether it is gone for good."""
    if not payload.sealed:
        return {}, False
    if key is None:
        return {}, True
    try:
        return journal.loaded(unseal_for_subject(key, bytes(payload.sealed), journal.context_of(line.subject_kind, line.subject))), False
    except SealError:
        return {}, True


def _in_order(register: Register, changes: Mapping[str, Any]) -> list[tuple[str, Any]]:
    order = [one.name for one in register.columns]
    return sorted(changes.items(), key=lambda pair: order.index(pair[0]) if pair[0] in order else len(order))


def _difference(register: Register, name: str, pair: Any, is_open: bool) -> Difference:
    column = next((one for one in (*register.columns, *_joining(register)) if one.name == name), None)
    was, now = pair if isinstance(pair, list) and len(pair) == 2 else ("", "")
    if column is None:
        return Difference(words(name, name), str(was or ""), str(now or ""))
    was, now = (records.shown(column, _dated(column.kind, one), is_open=is_open) for one in (was, now))
    return Difference(column.label, was, now)


def _joining(register: Register) -> list[Column]:
    """The further fields of a new record (relation to the head, how somebody lives here) as columns, because files change them too."""
    return [one if isinstance(one, Column) else Column(one.name, one.label, one.kind, choices=one.choices, protection=one.protection) for one in register.joining]


def _dated(kind: str, value: Any) -> Any:
    return date.fromisoformat(value) if kind == "day" and isinstance(value, str) and value else value


def _note(register: Register, plain: Mapping[str, Any]) -> str:
    """The fields a line names (a confirmation names those that were seen), the reason in words, and what was noted beside it."""
    reason = str(plain.get("reason") or "")
    known = dict(register.closing.reasons) if register.closing else {}
    labels = {one.name: str(one.label) for one in register.columns}
    names = plain.get("names")
    named = "、".join(labels[name] for name in names if name in labels) if isinstance(names, list) else ""
    return " ".join(part for part in (named, str(known.get(reason, reason)), str(plain.get("note") or "")) if part)
