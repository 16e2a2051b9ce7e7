# SPDX-License-Identifier: MulanPSL-2.0
"""密件: class 4. Opened for named persons, read with a reason each time; not searched, not listed, not taken out, and nothing outside points to it.

The application's role cannot read the tables; definer functions answer, and only to an account that is named and whose sight covers the place.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection
from django.db.models import Q

from linli.core import clock, registry
from linli.core.actions import Call, Done, action, run
from linli.core.faults import Conflict, Invalid, NotVisible
from linli.core.fields import Field
from linli.core.keys import keyring
from linli.core.protection import Protection, new_subject_key, unseal_for_subject
from linli.core.sight import Actor, looking, of_record
from linli.core.words import Words, words
from linli.elements.models import Post
from linli.elements.posts import all_roles

SECTION = "compartment_kind"
KEEPS = "compartment.keep"
LAST_ONE = words("密件至少要有一名指定人员，不能移除最后一人。", "A compartment keeps at least one named person; the last one cannot go.")
LAST_REMEDY = words("请先指定接手的人，再移除。", "Name who takes over first.")
NO_KIND = words("没有这类密件。", "There is no such kind of compartment.")
OUTSIDE = words("请选择您范围内的地方。", "Choose a place within your area.")
NOT_HERE = words("这个账号在这里没有岗位，不能指定。", "This account holds no post here and cannot be named.")


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


def may_be_named(account: int, area: int) -> bool:
    """Whether an account holds a valid post whose range covers the place."""
    today = clock.today()
    valid = Post.objects.filter(Q(valid_to=None) | Q(valid_to__gt=today), account=account, account__is_active=True, valid_from__lte=today)
    return bool(valid.filter(place__lo__lte=area, place__hi__gt=area).exists())


def candidates(area: int) -> list[tuple[int, str]]:
    """Accounts (number, name) that may be named for a place: a valid post there, in a role that keeps compartments."""
    today, roles = clock.today(), [one.name for one in all_roles() if KEEPS in one.abilities]
    valid = Post.objects.filter(Q(valid_to=None) | Q(valid_to__gt=today), role__in=roles, account__is_active=True, valid_from__lte=today)
    return list(valid.filter(place__lo__lte=area, place__hi__gt=area).order_by("account__name").values_list("account_id", "account__name").distinct()[:200])


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
    if not all(may_be_named(one, call.given["area"]) for one in call.given.get("named") or []):
        raise Invalid({"named": NOT_HERE})
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
    if call.given["is_named"] and not may_be_named(call.given["account"], area):
        raise Invalid({"account": NOT_HERE})
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


def _with_entries(answer: dict[str, Any]) -> dict[str, Any]:
    """Add the entries, oldest first, to the answer of a look: opened anew each time, kept nowhere. NotVisible for whoever is not named any more."""
    number, who = answer["compartment"], answer["account"]
    with looking(of_record(answer["area"]), read_only=True), connection.cursor() as cursor:
        cursor.execute("select key from compartment_of(%s, %s)", [number, who])
        row = cursor.fetchone()
        if row is None:
            raise NotVisible
        key = keyring().unwrap(bytes(row[0]), WRAPPED)
        cursor.execute("select id, sealed, written_by, written_at from compartment_entries(%s, %s)", [number, who])
        return answer | {"entries": [{"number": one, "text": unseal_for_subject(key, bytes(sealed), context_of(number)).decode(), "written_by": by, "written_at": at.isoformat()}
                                     for one, sealed, by, at in cursor.fetchall()]}


@action("compartment.look", words("查看密件", "Look into a compartment"), ability=KEEPS, subject="compartment", completes=_with_entries, fields=(WHICH, WHY))
def note_look(call: Call) -> Done:
    """Journal a look, then open the entries for a named person who says why. NotVisible for everybody else."""
    area, _ = _opened(call)
    return Done(area, call.given["compartment"], {"compartment": call.given["compartment"], "area": area, "account": call.actor.account},
                {"compartment": call.given["compartment"], "reason": call.given["reason"]})


def look(actor: Actor, compartment: int, reason: str) -> list[Entry]:
    """The entries, oldest first, for a named person who says why; the look is journalled before anything is opened. NotVisible for everybody else."""
    answer = run("compartment.look", actor, {"compartment": compartment, "reason": reason})
    return [Entry(one["number"], one["text"], one["written_by"], datetime.fromisoformat(one["written_at"])) for one in answer["entries"]]


@dataclass(frozen=True)
class Held:
    """A compartment for which somebody is named: nothing of what is in it."""

    number: int
    kind: Words
    area: int
    made_at: datetime
    named: int
    entries: int


def held_by(actor: Actor) -> list[Held]:
    """The compartments for which the actor is named and which lie within the sight in force, newest first."""
    with connection.cursor() as cursor:
        cursor.execute("select id, sort, place, made_at, named, entries from compartments_of(%s)", [actor.account])
        return [Held(number, kind_words(sort), area, at, named, entries) for number, sort, area, at, named, entries in cursor.fetchall()]


def held(actor: Actor, compartment: int) -> Held:
    """One of them. NotVisible otherwise."""
    found = next((one for one in held_by(actor) if one.number == compartment), None)
    if found is None:
        raise NotVisible
    return found


def keepers(actor: Actor, compartment: int) -> list[tuple[int, int, datetime, datetime | None]]:
    """Who is or was named, by whom, from when to when; empty for whoever is not named himself."""
    with connection.cursor() as cursor:
        cursor.execute("select account, named_by, named_at, ended_at from compartment_keepers(%s, %s)", [compartment, actor.account])
        return list(cursor.fetchall())


def kind_words(name: str) -> Words:
    """The words of a kind; its name when nobody declares it any more."""
    found: CompartmentKind | None = registry.get(SECTION, name)
    return found.words if found else words(name, name)
