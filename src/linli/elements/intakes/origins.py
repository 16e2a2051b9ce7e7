# SPDX-License-Identifier: MulanPSL-2.0
"""Which files a record came in with or was changed by, and what each changed: for its history, because a stretch writes one line of the journal for all of its records."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from django.db import connection

from linli.core.sight import Actor
from linli.core.words import words
from linli.elements.intakes import differences
from linli.elements.models import IntakeChange
from linli.elements.registers import history
from linli.elements.registers.declaring import Register
from linli.elements.registers.history import Event

ADDED, CHANGED = "added", "changed"
BROUGHT = words("由文件“{file}”导入", "Brought by the file “{file}”")
PUT_RIGHT = words("由文件“{file}”更正", "Changed by the file “{file}”")
UNDONE = words("（已撤销）", "(undone)")


@dataclass(frozen=True)
class Origin:
    """One file that added or changed a record; `undone_at` None while it stands. `changes` are field to [was, now], sealed ones opened."""

    batch: int
    intake: int
    file_name: str
    account: int | None
    taken_at: datetime
    undone_at: datetime | None
    what: str
    changes: Mapping[str, Any] = field(default_factory=dict)


def changed_key(table: str) -> str:
    """Under which name a stretch keeps the ranges of the records that it changed."""
    return f"{CHANGED}.{table}"


def origins_of(actor: Actor, table: str, record: int) -> list[Origin]:
    """The files that brought or changed a record within the sight in force and the actor's area, oldest first; also a file of the whole district. Two queries."""
    with connection.cursor() as cursor:
        cursor.execute("select * from record_origins(%s, %s, %s, %s)", [table, record, actor.lo, actor.hi])
        rows = cursor.fetchall()
    changes = {one.batch_id: one for one in IntakeChange.objects.visible_to(actor).filter(subject_kind=table, subject=record)} if rows else {}
    found = [Origin(*row) for row in rows]
    return [replace(one, changes=differences.opened(changes[one.batch])) if one.what == CHANGED and one.batch in changes else one for one in found]


def events_of(register: Register, record: Any, actor: Actor) -> list[Event]:
    """The same as lines of its history, newest first."""
    found = []
    for one in reversed(origins_of(actor, register.subject, record.pk)):
        told = (BROUGHT if one.what == ADDED else PUT_RIGHT).format(file=one.file_name)
        note = str(told) + (str(UNDONE) if one.undone_at else "")
        found.append(Event(0, "intake.take", one.taken_at, one.account, "", history.told(register, one.changes, actor), note))
    return found


def history_of(register: Register, record: Any, actor: Actor) -> list[Event]:
    """What happened to a record, by hand and by file, newest first."""
    return sorted([*history.history_of(register, record, actor), *events_of(register, record, actor)], key=lambda one: one.at, reverse=True)
