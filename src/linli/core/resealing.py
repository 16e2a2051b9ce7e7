# SPDX-License-Identifier: MulanPSL-2.0
"""A change of keys while everything serves: every sealed value of every table is opened and sealed under the present key, in batches, resumably.

A value that somebody changes meanwhile keeps the newer content (it is replaced only while it is still the one that was read).
Payloads of the journal keep their bytes, which the seals cover: they lie under keys of their subjects, and it is these that are wrapped anew.
"""

import logging
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import connection, models

from linli.core import alarms, clock, journal, letters, registry
from linli.core.actions import Call, Done, action, run
from linli.core.fields import Field
from linli.core.keys import keyring
from linli.core.models import Letter, Rotation, SubjectKey
from linli.core.protection import FORMAT, Keyring, SealError
from linli.core.sight import looking, of_all
from linli.core.system_actors import system_actor
from linli.core.words import Words, words

log = logging.getLogger("linli.keys")

SECTION = "sealed_column"
BATCH = 500
"""Values in one transaction (our choice: a few milliseconds of locks)."""
TURN_SECONDS = 45.0
BEHIND = "~"
"""Stands behind the name of every column: the pass is over."""
ABILITY = "keys.see"
STALLED = "keys.stalled"
STANDS = words("更换密钥停在“{column}”，已 {minutes} 分钟没有进展。请查看工作进程的日志；旧密钥不要删除。",
               "The change of keys stands still at {column} for {minutes} minutes. See the log of the worker; do not remove the old key.")
BROKEN = words("更换密钥时有 {count} 个值打不开（最后一个：{trouble}）。请从备份核对密钥文件；旧密钥不要删除。",
               "{count} values did not open while keys were changed (the last one: {trouble}). Check the secret file against a backup; do not remove the old key.")
alarms.declare(alarms.Kind(STALLED, words("更换密钥停滞", "The change of keys stands still"), ABILITY))


@dataclass(frozen=True)
class SealedColumn:
    """One column of sealed values. `context` gives what a row's value is bound to, from the row's key and the columns in `needs`.

    `passing` values are not sealed anew: they are gone after a stated time, before any key is taken away.
    """

    model: type[models.Model]
    column: str
    context: Callable[[Sequence[Any]], str] = lambda _row: ""
    needs: tuple[str, ...] = ()
    passing: bool = False
    batch: int = BATCH
    functions: tuple[str, str] = ("", "")
    """Of a table that the application's role cannot read: the definer functions that give rows (header, after, most) and put values (ids, before, fresh)."""

    @property
    def name(self) -> str:
        """table.column."""
        return f"{self.model._meta.db_table}.{self.column}"

    @property
    def key(self) -> str:
        """The column of the primary key."""
        return str(self.model._meta.pk.column)

    @property
    def _kind(self) -> str:
        return "text" if self.model._meta.pk.get_internal_type() == "CharField" else "bigint"

    def rows(self, header: bytes, after: str) -> list[Sequence[Any]]:
        """The next rows whose value is under another key or algorithm: key, value, what the context needs."""
        if self.functions[0]:
            with connection.cursor() as cursor:
                cursor.execute(f"select * from {self.functions[0]}(%s, %s, %s)", [header, int(after or 0), BATCH])
                return list(cursor.fetchall())
        bound = f'and "{self.key}" > %s::{self._kind}' if after else ""
        names = ", ".join(f'"{one}"' for one in (self.key, self.column, *self.needs))
        with connection.cursor() as cursor:
            cursor.execute(f'select {names} from {self.model._meta.db_table} where "{self.column}" is not null and octet_length("{self.column}") > 4 '
                           f'and substring("{self.column}" from 1 for 4) <> %s '
                           f'{bound} order by "{self.key}" limit %s', [header, *([after] if after else []), self.batch])
            return list(cursor.fetchall())

    def put(self, changed: Sequence[tuple[Any, bytes, bytes]]) -> int:
        """Replace values that are still what they were; answers how many."""
        keys, before, fresh = zip(*changed, strict=True)
        if self.functions[1]:
            with connection.cursor() as cursor:
                cursor.execute(f"select {self.functions[1]}(%s, %s, %s)", [list(keys), list(before), list(fresh)])
                return int(cursor.fetchone()[0])
        with connection.cursor() as cursor:
            cursor.execute(f'update {self.model._meta.db_table} t set "{self.column}" = v.fresh '
                           f'from unnest(%s::{self._kind}[], %s::bytea[], %s::bytea[]) as v(id, before, fresh) where t."{self.key}" = v.id and t."{self.column}" = v.before',
                           [list(keys), list(before), list(fresh)])
            return int(cursor.rowcount)


def declare(*found: SealedColumn) -> None:
    """Declare sealed columns; every table that keeps sealed values declares them beside its model's code (a test looks for those that do not)."""
    for one in found:
        registry.add(SECTION, one.name, one)


declare(
    SealedColumn(SubjectKey, "wrapped", lambda row: f"subject key of {journal.context_of(row[0], row[1])}", ("subject_kind", "subject")),
    SealedColumn(Letter, "sealed", lambda row: letters.context_of(Letter(client=row[0])), ("client",)),
)


def columns() -> list[SealedColumn]:
    """Every declared column that is sealed anew, in the order of its name."""
    return [one for one in registry.everything(SECTION) if not one.passing]


@action("keys.change", words("更换密钥", "Change keys"), ability="keys.change", subject="keys", fields=(
    Field("version", words("密钥版本", "Key version"), "integer", required=True, low=1),
    Field("suite", words("算法", "Algorithm"), required=True, limit=12),
    Field("is_done", words("已完成", "Done"), "truth")))
def change_keys(call: Call) -> Done:
    """Note that a change of keys has begun, or that every value lies under the new one."""
    found, is_new = Rotation.objects.get_or_create(version=call.given["version"], suite=call.given["suite"], defaults={
        "started_at": call.recorded_at, "touched_at": call.recorded_at})
    if call.given["is_done"]:
        Rotation.objects.filter(pk=found.pk).update(finished_at=call.recorded_at, touched_at=call.recorded_at, column="", after="")
        alarms.still(STALLED, subject_kind="keys", subject=found.pk)
    return Done(settings.CITY_AREA, found.pk, {"rotation": found.pk, "values": found.done}, is_new=is_new)


def work(seconds: float = TURN_SECONDS) -> int:
    """Go on with the change of keys for so many seconds; answers how many values were sealed anew. Nothing to do while there is one key."""
    ring = keyring()
    if len(ring.keys) < 2:
        return 0
    found = _present(ring)
    end, done = time.monotonic() + seconds, 0
    while found.finished_at is None and time.monotonic() < end and not _waits(found):
        done += _batch(found, ring)
    return done


def _waits(found: Rotation) -> bool:
    """After a pass in which only broken values were left somebody has to look; it is tried again after the time of the alarm."""
    is_stuck = found.column == BEHIND and found.in_pass == 0 and found.broken > 0
    return is_stuck and clock.now() - found.touched_at < timedelta(minutes=settings.RESEAL_STALLED_MINUTES)


def _present(ring: Keyring) -> Rotation:
    """The change to the present key; begun, and journalled, at the first call."""
    found = Rotation.objects.filter(version=ring.current, suite=ring.suite.value).first()
    if found is None:
        run("keys.change", system_actor("worker"), {"version": ring.current, "suite": ring.suite.value})
        found = Rotation.objects.get(version=ring.current, suite=ring.suite.value)
    return found


def _batch(found: Rotation, ring: Keyring) -> int:
    """One batch of one column, in one transaction with the note of how far it went; behind the last column a new pass begins."""
    names = columns()
    column = next((one for one in names if one.name >= found.column), None)
    if column is None:
        found.column, found.after, found.in_pass, found.broken = "", "", 0, 0
        column = names[0]
    if column.name != found.column:
        found.column, found.after = column.name, ""
    with looking(of_all()):
        rows = column.rows(ring.header, found.after)
        changed, broken = _sealed_anew(column, rows, ring)
        count = column.put(changed) if changed else 0
        found.done, found.in_pass, found.broken = found.done + count, found.in_pass + len(changed), found.broken + len(broken)
        found.trouble = f"{column.name} {broken[-1]}"[:200] if broken else found.trouble
        later = [one.name for one in names if one.name > column.name]
        found.column, found.after = (column.name, str(rows[-1][0])) if len(rows) == column.batch else (later[0] if later else BEHIND, "")
        found.touched_at = clock.now()
        found.save()
    if found.column == BEHIND:
        _pass_over(found, ring)
    return count


def _pass_over(found: Rotation, ring: Keyring) -> None:
    """Behind the last column: done when the pass found nothing; else once more from the beginning, as a process may have sealed under the old key meanwhile."""
    if found.in_pass == 0 and found.broken == 0:
        run("keys.change", system_actor("worker"), {"version": ring.current, "suite": ring.suite.value, "is_done": True})
        found.refresh_from_db()
        log.info("Every value lies under key version %s", ring.current)
    elif found.in_pass == 0:
        _ring(found, BROKEN.format(count=found.broken, trouble=found.trouble))


def _sealed_anew(column: SealedColumn, rows: Sequence[Sequence[Any]], ring: Keyring) -> tuple[list[tuple[Any, bytes, bytes]], list[Any]]:
    """Key, old and new value of each row that opens; the keys of those that do not."""
    changed, broken = [], []
    for key, value, *needed in rows:
        before, context = bytes(value), column.context(needed or [key])
        try:
            changed.append((key, before, ring.seal(ring.unseal(before, context), context)))
        except SealError:
            broken.append(key)
    return changed, broken


def watch() -> int:
    """Ring when a change of keys that is not over has not moved for the set time; answers how many ring."""
    before = clock.now() - timedelta(minutes=settings.RESEAL_STALLED_MINUTES)
    stalled = list(Rotation.objects.filter(finished_at=None, touched_at__lt=before))
    for one in stalled:
        minutes = int((clock.now() - one.touched_at).total_seconds() // 60)
        _ring(one, STANDS.format(column=one.column or "-", minutes=minutes))
    return len(stalled)


def _ring(found: Rotation, sentence: Words) -> None:
    with looking(of_all()):
        alarms.ring(STALLED, area=settings.CITY_AREA, subject_kind="keys", subject=found.pk, sentence=sentence)


def rotations() -> list[Rotation]:
    """Every change of keys, newest first."""
    return list(Rotation.objects.order_by("-version", "-id")[:50])


def left(version: int) -> int:
    """How many values still lie under a key version, counted over all columns, passing ones too: a full look, for the command that takes a key away."""
    mark = bytes([FORMAT])
    count = 0
    with looking(of_all(), read_only=True), connection.cursor() as cursor:
        for one in registry.everything(SECTION):
            if one.functions[0]:
                cursor.execute(f"select count(*) from {one.functions[0]}(%s, 0, 1000000)", [keyring().header])
                count += int(cursor.fetchone()[0]) if version != keyring().current else 0
                continue
            cursor.execute(f'select count(*) from {one.model._meta.db_table} where substring("{one.column}" from 1 for 1) = %s '
                           f'and substring("{one.column}" from 3 for 2) = %s', [mark, version.to_bytes(2, "big")])
            count += int(cursor.fetchone()[0])
    return count
