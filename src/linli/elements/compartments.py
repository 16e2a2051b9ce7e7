# SPDX-License-Identifier: MulanPSL-2.0
"""密件: class 4. Opened for named persons, read with a reason each time; not searched, not listed, not taken out, and nothing outside points to it.

The application's role cannot read the tables; definer functions answer, and only to an account that is named and whose sight covers the place.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection

from linli.core import registry
from linli.core.actions import Call, Done, action, run
from linli.core.faults import Conflict, Invalid, NotVisible
from linli.core.fields import Field
from linli.core.keys import keyring
from linli.core.protection import Protection, new_subject_key, unseal_for_subject
from linli.core.sight import Actor, looking, of_post
from linli.core.words import Words, words

SECTION = "compartment_kind"
KEEPS = "compartment.keep"
LAST_ONE = words("密件至少要有一名指定人员，不能移除最后一人。", "A compartment keeps at least one named person; the last one cannot go.")
LAST_REMEDY = words("请先指定接手的人，再移除。", "Name who takes over first.")
NO_KIND = words("没有这类密件。", "There is no such kind of compartment.")
OUTSIDE = words("请选择您范围内的地方。", "Choose a place within your area.")


@dataclass(frozen=True)
class CompartmentKind:
    """What a sort of compartment is for; the chapter that keeps the casework declares it."""

    name: str
    words: Words


def declare(*found: CompartmentKind) -> None:
    """Keep the declarations."""
    for one in found:
        registry.add(SECTION, one.name, one)


def _row(sql: str, values: Sequence[Any]) -> Any:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return cursor.fetchone()


def context_of(compartment: int) -> str:
    """What the compartment's key is bound to."""
    return f"compartment:{compartment}"


def _opened(call: Call) -> tuple[int, bytes]:
    """(area, key) of the compartment that a call names; NotVisible unless its account is named for it."""
    number = int(call.given["compartment"])
    row = _row("select place, key from compartment_of(%s, %s)", [number, call.actor.account])
    if row is None:
        raise NotVisible
    return int(row[0]), keyring().unwrap(bytes(row[1]), WRAPPED)


WRAPPED = "compartment"
"""Keys are wrapped before their number is known; each is random, and its entries are bound to the number."""
WHICH = Field("compartment", words("密件编号", "Compartment"), "integer", required=True, low=1)
WHY = Field("reason", words("这次为什么查看", "Why you look"), required=True, limit=200)


@action("compartment.open", words("建立密件", "Open a compartment"), ability=KEEPS, subject="compartment", fields=(
    Field("kind", words("类别", "Kind"), required=True, limit=40), Field("area", words("地方", "Place"), "area", required=True),
    Field("named", words("指定人员（账号）", "Named persons (accounts)"), "evidence", limit=20)))
def open_compartment(call: Call) -> Done:
    """A compartment for the caller and whom he names; the line says neither the kind nor who."""
    if registry.get(SECTION, call.given["kind"]) is None:
        raise Invalid({"kind": NO_KIND})
    named = sorted({call.actor.account or 0, *(call.given.get("named") or [])})
    row = _row("select compartment_open(%s, %s, %s, %s::bigint[], %s, %s)", [
        call.given["area"], call.given["kind"], keyring().wrap(new_subject_key(), WRAPPED), named, call.actor.account, call.recorded_at])
    if row is None or row[0] is None:
        raise Invalid({"area": OUTSIDE})
    return Done(call.given["area"], int(row[0]), {"compartment": int(row[0])}, is_new=True)


@action("compartment.write", words("写入密件", "Write into a compartment"), ability=KEEPS, subject="compartment", fields=(
    WHICH, Field("content", words("内容", "Content"), "file_text", required=True, limit=20_000, protection=Protection.SEALED)))
def write(call: Call) -> Done:
    """Append an entry, sealed under the compartment's key; the journal keeps nothing of it."""
    area, key = _opened(call)
    sealed = keyring().seal_for_subject(key, call.given["content"], context_of(call.given["compartment"]))
    row = _row("select compartment_write(%s, %s, %s, %s)", [call.given["compartment"], call.actor.account, sealed, call.recorded_at])
    return Done(area, call.given["compartment"], {"entry": int(row[0])})


@action("compartment.name", words("指定或移除密件人员", "Name or remove a person of a compartment"), ability=KEEPS, subject="compartment", fields=(
    WHICH, Field("account", words("账号", "Account"), "integer", required=True, low=1), Field("is_named", words("指定", "Named"), "truth", required=True)))
def name_person(call: Call) -> Done:
    """A named person names another one, or removes one; the last one stays."""
    area, _ = _opened(call)
    row = _row("select compartment_name(%s, %s, %s, %s, %s)", [
        call.given["compartment"], call.actor.account, call.given["account"], call.given["is_named"], call.recorded_at])
    if row[0] is False:
        raise Conflict(LAST_ONE, LAST_REMEDY, code="last_keeper")
    return Done(area, call.given["compartment"], {"compartment": call.given["compartment"]})


@dataclass(frozen=True)
class Entry:
    """One entry as a named person reads it."""

    number: int
    text: str
    written_by: int
    written_at: datetime


@action("compartment.look", words("查看密件", "Look into a compartment"), ability=KEEPS, subject="compartment", fields=(WHICH, WHY))
def note_look(call: Call) -> Done:
    """The line of a look; `look` gives the entries."""
    area, _ = _opened(call)
    return Done(area, call.given["compartment"], {"compartment": call.given["compartment"], "area": area})


def look(actor: Actor, compartment: int, reason: str) -> list[Entry]:
    """The entries, oldest first, for a named person who says why; the look is journalled before anything is opened. NotVisible for everybody else."""
    run("compartment.look", actor, {"compartment": compartment, "reason": reason})
    with looking(of_post(actor), read_only=True), connection.cursor() as cursor:
        cursor.execute("select key from compartment_of(%s, %s)", [compartment, actor.account])
        row = cursor.fetchone()
        if row is None:
            raise NotVisible
        key = keyring().unwrap(bytes(row[0]), WRAPPED)
        cursor.execute("select id, sealed, written_by, written_at from compartment_entries(%s, %s)", [compartment, actor.account])
        return [Entry(number, unseal_for_subject(key, bytes(sealed), context_of(compartment)).decode(), who, at) for number, sealed, who, at in cursor.fetchall()]
