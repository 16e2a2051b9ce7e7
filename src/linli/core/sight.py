# SPDX-License-Identifier: MulanPSL-2.0
"""What an actor may see: a range of areas, told to the database for the length of one transaction."""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any, Self

from django.apps import apps
from django.conf import settings
from django.db import connection, models, transaction

AREA_END = 1_000_000_000_000_000
"""One past the largest 15-digit area (house.md part 3, Areas)."""


@dataclass(frozen=True)
class Actor:
    """Who acts, under which post, over which half-open range of areas.

    `account`, `post`, `organisation` are plain numbers, None for the public and for the system's own actors.
    """

    name: str
    role: str
    abilities: frozenset[str]
    lo: int
    hi: int
    account: int | None = None
    person: int | None = None
    post: int | None = None
    organisation: int | None = None
    is_demonstration: bool = False
    extra: tuple[int, ...] = ()
    """Single further areas whose history may be read: the grids that the post's own grid came from."""

    def may(self, ability: str | None) -> bool:
        """True if the post carries the ability; None asks for none."""
        return ability is None or ability in self.abilities

    @property
    def is_signed_in(self) -> bool:
        """True for an account that acts under a post."""
        return self.account is not None


PUBLIC = Actor(name="", role="public", abilities=frozenset(), lo=0, hi=0)
"""Anybody without an account: sees nothing but what a public action names."""


@dataclass(frozen=True)
class Sight:
    """A half-open range of areas with the name under which it was opened, plus single further areas."""

    name: str
    lo: int
    hi: int
    extra: tuple[int, ...] = ()

    def covers(self, area: int) -> bool:
        """True if the area lies inside."""
        return self.lo <= area < self.hi or area in self.extra


def of_post(actor: Actor) -> Sight:
    """The sight of the post under which the actor acts."""
    return Sight("post", actor.lo, actor.hi, actor.extra)


def of_place(lo: int, hi: int) -> Sight:
    """The sight of one place that a public input names."""
    return Sight("place_named_in_input", lo, hi)


def of_record(area: int) -> Sight:
    """The sight of one record, found by its own code."""
    return Sight("this_record", area, area + 1)


def of_all() -> Sight:
    """The whole city: for the system's own declared actors only."""
    return Sight("whole_subtree", 0, AREA_END)


_current: ContextVar[Sight | None] = ContextVar("linli_sight", default=None)


def current() -> Sight | None:
    """The sight in force; None outside any."""
    return _current.get()


def _tell(sight: Sight | None, read_only: bool, in_order: bool = False) -> None:
    """Set the session's values for this transaction in one statement."""
    extra = "{" + ",".join(map(str, sight.extra)) + "}" if sight and sight.extra else ""
    calls = ["set_config('linli.lo', %s, true)", "set_config('linli.hi', %s, true)", "set_config('linli.extra', %s, true)"]
    values = [str(sight.lo) if sight else "", str(sight.hi) if sight else "", extra]
    if settings.AS_OWNER and not connection.settings_dict.get("LINLI_KEEP_ROLE"):
        calls.append("set_config('role', %s, true)")
        values.append(settings.ROLES["app"] if sight else "none")
    if read_only:
        calls.append("set_config('transaction_read_only', 'on', true)")
        # The fence and the page both bound the area, which the planner takes for two independent conditions: it expects a
        # fiftieth of the rows, combines bitmaps and sorts a whole district instead of walking its index (100 times slower).
        calls.append("set_config('enable_bitmapscan', 'off', true)")
    if in_order:
        calls.append("set_config('enable_sort', 'off', true)")
    with connection.cursor() as cursor:
        cursor.execute("select " + ", ".join(calls), values)


@contextmanager
def looking(sight: Sight, *, read_only: bool = False, in_order: bool = False) -> Iterator[Sight]:
    """Open a transaction in which the database shows only what the sight covers.

    Nested use narrows or changes the sight and restores the outer one. With `read_only` the outermost
    transaction refuses every write. `in_order` tells the planner that the page reads a list in the order of an index: it
    would otherwise take the fence and the list's own bound for two conditions and sort a whole street (ten times slower).
    """
    before = _current.get()
    outermost = not connection.in_atomic_block
    with transaction.atomic():
        _tell(sight, read_only and outermost, in_order)
        token = _current.set(sight)
        try:
            yield sight
            if not outermost:
                _tell(before, read_only=False)
        finally:
            _current.reset(token)


class SightQuerySet(models.QuerySet[Any]):
    """The only way to read an area table."""

    def visible_to(self, actor: Actor) -> Self:
        """Rows inside the range of the actor's post, of a history also those of the areas it came from; the database's own fence stands behind."""
        if actor.extra and getattr(self.model, "sees_extra", False):
            return self.filter(models.Q(area__gte=actor.lo, area__lt=actor.hi) | models.Q(area__in=actor.extra))
        return self.within(actor.lo, actor.hi)

    def within(self, lo: int, hi: int) -> Self:
        """Rows inside a half-open range of areas, inside the sight in force."""
        return self.filter(area__gte=lo, area__lt=hi)


class AreaModel(models.Model):
    """A table whose rows belong to an area: fenced in the database, read through `visible_to`."""

    area = models.BigIntegerField()

    objects = SightQuerySet.as_manager()

    may_change = True
    may_delete = False
    erasable: tuple[str, ...] = ()
    """Columns of a table that never changes in which a person's words may give way to the tombstone, and to nothing else."""
    follows: str = ""
    """What its rows go with when ground changes hands; every table says so (core/following.py)."""

    class Meta:
        abstract = True


class NoSight(RuntimeError):
    """A query touched an area table outside any sight (raised in development and tests only)."""


def area_tables() -> frozenset[str]:
    """Names of all tables that carry an area and are fenced."""
    return frozenset(model._meta.db_table for model in apps.get_models() if issubclass(model, AreaModel))


class StrictSight:
    """An execute wrapper that raises NoSight when an area table is asked without a sight."""

    def __init__(self) -> None:
        self._pattern: re.Pattern[str] | None = None

    def __call__(self, execute: Callable[..., Any], sql: str, params: Any, many: bool, context: dict[str, Any]) -> Any:
        if _current.get() is None and isinstance(sql, str):
            if self._pattern is None:
                self._pattern = re.compile(r'"(' + "|".join(sorted(area_tables())) + r')"')
            found = self._pattern.search(sql)
            if found and not sql.startswith(("CREATE", "ALTER", "DROP", "TRUNCATE", "COMMENT", "SET CONSTRAINTS")):
                raise NoSight(f"The table {found.group(1)} was asked with no sight set. Read it inside core.sight.looking(...).")
        return execute(sql, params, many, context)
