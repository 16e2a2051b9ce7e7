# SPDX-License-Identifier: MulanPSL-2.0
"""Matters as rows of a list: number, what, where, phase and limit in words; names of units with one query a list."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.urls import reverse

from linli.core import clock
from linli.core.words import Words
from linli.elements import directories, places
from linli.matters import categories, numbers
from linli.matters.inbox import phase_words
from linli.matters.models import Matter
from linli.matters.phases import EXITS, SOURCES

SOON = timedelta(hours=8)
"""A limit this near is marked (our choice: one working day)."""


@dataclass(frozen=True)
class Row:
    """One matter as a list shows it."""

    number: str
    href: str
    category: Words
    summary: str
    place: str
    phase: Words
    tone: str
    due_at: datetime | None
    due_tone: str
    source: Words
    reported_at: datetime
    unit: str
    is_returned: bool
    is_rework: bool
    is_paused: bool
    is_supervised: bool
    parts_open: int = 0
    is_alike: bool = False


def rows_of(found: Sequence[Matter], alike: frozenset[int] = frozenset()) -> list[Row]:
    """The rows of a list; one query for the names of all units, none when no matter has one. `alike` are those with a candidate to look at."""
    names = directories.unit_names(one.unit for one in found)
    now = clock.now()
    return [_row(one, names, now, is_alike=one.pk in alike) for one in found]


def _row(one: Matter, names: dict[int, str], now: datetime, *, is_alike: bool) -> Row:
    number = numbers.number_of(one.pk)
    return Row(
        number, reverse("desk:matter", args=[number]), categories.words_of(one.category), one.summary, place_words(one.area), phase_words(one),
        tone_of(one, now), one.due_at if one.is_open else None, due_tone(one.due_at, now), SOURCES[one.source], one.reported_at,
        names.get(one.unit or 0, ""), one.returns > 0 and one.phase == "filed", one.failures > 0 and one.phase in ("handling", "verifying"),
        one.is_paused, one.is_supervised, one.parts_open, is_alike)


def place_words(area: int) -> str:
    """Community and grid of an area by their short names."""
    return " · ".join(one.short_name for one in places.path_of(area) if one.level in ("community", "grid"))


def tone_of(one: Matter, now: datetime) -> str:
    """The colour that repeats the phase: green when done, red when the limit is passed, brick for what is new."""
    if one.phase in ("closed", "archived") or one.is_passed:
        return "good"
    if one.phase in EXITS:
        return "calm"
    return "accent" if one.phase == "captured" else "calm"


def due_tone(due_at: datetime | None, now: datetime) -> str:
    """bad when passed, warn when near."""
    if due_at is None:
        return "calm"
    return "bad" if due_at < now else "warn" if due_at - now < SOON else "calm"
