# SPDX-License-Identifier: MulanPSL-2.0
"""Memories of what rarely changes (places, boundaries, calendars): read once, and again when its edition has moved on."""

import threading
import time
from collections.abc import Callable
from typing import Any, Generic, TypeVar

from django.db import connection, transaction

from linli.core.models import Edition

CHECK_SECONDS = 5.0
"""How old another process's change may be before it is noticed here (our choice: one tiny query in five seconds)."""

BUMP = """insert into core_edition (name, number) values (%s, (extract(epoch from clock_timestamp()) * 1000000)::bigint)
on conflict (name) do update set number = greatest(core_edition.number + 1, excluded.number)"""

Kept = TypeVar("Kept")


class Memory(Generic[Kept]):
    """One value kept in this process, read by `read` and forgotten when the edition `name` changes."""

    def __init__(self, name: str, read: Callable[[], Kept]) -> None:
        self.name = name
        self._read = read
        self._lock = threading.Lock()
        self._kept: tuple[int, Kept] | None = None
        _memories.append(self)

    def value(self) -> Kept:
        """The value; at most once in five seconds the database is asked whether what this process remembers still holds."""
        kept = self._kept
        if kept is not None and kept[0] == _present.known(self.name):
            return kept[1]
        with self._lock:
            number = _present.number_of(self.name)
            if self._kept is None or self._kept[0] != number:
                self._kept = (number, self._read())
            return self._kept[1]

    def number(self) -> int:
        """The edition of the value in hand: what is derived from it may be kept under this number."""
        self.value()
        return self._kept[0] if self._kept else 0

    def forget(self) -> None:
        """Read again at the next use."""
        self._kept = None


class _Present:
    """The editions of everything as the database last gave them: one statement tells all memories whether they still hold."""

    def __init__(self) -> None:
        self._numbers: dict[str, int] = {}
        self._checked = float("-inf")

    def known(self, name: str) -> int | None:
        """The present edition without asking, 0 when nothing was ever changed; None when it is time to ask again."""
        return self._numbers.get(name, 0) if time.monotonic() - self._checked < CHECK_SECONDS else None

    def number_of(self, name: str) -> int:
        """The present edition, asked for when it is time."""
        if (number := self.known(name)) is not None:
            return number
        self._numbers = dict(Edition.objects.values_list("name", "number"))
        self._checked = time.monotonic()
        return self._numbers.get(name, 0)

    def forget(self) -> None:
        """Ask at the next use."""
        self._checked = float("-inf")


_present = _Present()
_memories: list[Any] = []


def number_of(name: str) -> int:
    """The present edition, asked of the database; 0 when nothing was ever changed."""
    return Edition.objects.filter(name=name).values_list("number", flat=True).first() or 0


def bump(name: str) -> None:
    """Say that what is called `name` has changed: here at once, in other processes within five seconds of the commit."""
    with connection.cursor() as cursor:
        cursor.execute(BUMP, [name])
    _forget(name)
    transaction.on_commit(lambda: _forget(name))


def forget_all() -> None:
    """Forget every memory of this process (between tests, whose transactions are rolled back)."""
    _present.forget()
    for one in _memories:
        one.forget()


def _forget(name: str) -> None:
    _present.forget()
    for one in _memories:
        if one.name == name:
            one.forget()
