# SPDX-License-Identifier: MulanPSL-2.0
"""Which periods are closed, and what their editions published."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from linli.core.editions import Memory
from linli.measures.models import Closing, Frozen

EDITION = "closings"
Key = tuple[int, str, str, int]
"""Area, period, measure code, measure version."""
Pair = tuple[int, int]


@dataclass(frozen=True)
class Edition:
    """A frozen edition of a closed period: row number, ordinal, when it was frozen."""

    id: int
    period: str
    number: int
    frozen_at: datetime


@dataclass(frozen=True)
class FrozenFigure:
    """A figure as an edition published it: what was counted, and what two people had put in its place (Nones otherwise)."""

    counted: Pair
    given: tuple[int | None, int | None]
    watermark: int
    frozen_at: datetime
    edition: int


def _read() -> dict[str, tuple[Edition, ...]]:
    found: dict[str, tuple[Edition, ...]] = {}
    for one in Closing.objects.filter(state="frozen", frozen_at__isnull=False).order_by("number"):
        assert one.frozen_at is not None
        for key in covered(one.period):
            found[key] = (*found.get(key, ()), Edition(one.pk, one.period, one.number, one.frozen_at))
    return found


_memory: Memory[dict[str, tuple[Edition, ...]]] = Memory(EDITION, _read)


def covered(period: str) -> tuple[str, ...]:
    """The keys that closing a period closes: a year with its months, a month alone."""
    return (period, *(f"{period}-{month:02}" for month in range(1, 13))) if len(period) == 4 else (period,)


def editions_of(period: str) -> tuple[Edition, ...]:
    """The frozen editions that say something of a period, oldest first; empty while it is open."""
    return tuple(sorted(_memory.value().get(period, ()), key=lambda one: one.id))


def edition_of(period: str) -> int | None:
    """The ordinal of the newest edition of a closed period; None while it is open."""
    found = editions_of(period)
    return found[-1].number if found else None


def closed(keys: Iterable[str]) -> tuple[str, ...]:
    """Those of the periods that are closed."""
    held = _memory.value()
    return tuple(sorted({key for key in keys if key in held}))


def figures(areas: Sequence[int], periods: Sequence[str], upto: int | None = None) -> dict[Key, FrozenFigure]:
    """The published figures of areas in closed periods, of the newest edition (or of the one with the row number `upto`); one query, inside the sight in force.

    Sums recorded at a level itself and not in a community are left out, as in the live figures.
    """
    found: dict[Key, FrozenFigure] = {}
    for row in rows(areas, periods, upto).values():
        given: Mapping[str, Sequence[int]] = row.overrides
        for name, numerator, denominator in zip(row.names, row.numerators, row.denominators, strict=True):
            code, version = name.rsplit(".", 1)
            placed = (given[name][1], given[name][2]) if name in given else (None, None)
            found[row.area, row.period, code, int(version)] = FrozenFigure(
                (numerator, denominator), placed, row.watermark, row.closing.frozen_at or row.closing.asked_at, row.closing.number)
    return found


def rows(areas: Sequence[int], periods: Sequence[str], upto: int | None = None) -> dict[tuple[int, str], Frozen]:
    """By area and period the newest frozen row, of all editions or of those up to one."""
    wanted = Frozen.objects.filter(area__in=areas, period__in=periods).exclude(level="direct").select_related("closing").order_by("area", "period", "closing")
    found: dict[tuple[int, str], Frozen] = {}
    for one in _until(wanted.iterator(), upto):
        found[one.area, one.period] = one
    return found


def _until(every: Iterable[Frozen], upto: int | None) -> Iterator[Frozen]:
    for one in every:
        if one.closing.state == "frozen" and (upto is None or one.closing_id <= upto):
            yield one
