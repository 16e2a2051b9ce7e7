# SPDX-License-Identifier: MulanPSL-2.0
"""What a matter has to do with others: the one it went into, those that went into it, its tree of parts, and what looks like it. One query."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection

from linli.core.words import Words
from linli.matters import categories, numbers
from linli.matters.models import Matter
from linli.matters.phases import OPEN

MOST_FOLLOWERS = 100
"""Merged reports shown on one page (our choice: a burst pipe in a big block; the rest is in the list)."""
MOST_ALIKE = 5
"""Candidates shown on one page (our choice: as many as one looks through)."""

ROW = "m.id, m.parent, m.phase, m.category_id, m.unit, m.area, m.summary, m.due_at, m.is_passed, m.reported_at, m.version"
# Each `lateral … offset 0` is asked once for each row before it, by its key. As a join the planner would rather read all matters of the range,
# whose number it cannot know: 90 ms for a street of a city with 16 million matters.
SQL = f"""
select 'member', {ROW}, null::timestamptz, '', false, 0, null::int, 0::bigint, null::jsonb
  from tree_of(%(id)s) as t(id) cross join lateral (select * from matters_matter m where m.id = t.id offset 0) m
union all
(select 'follower', {ROW}, j.at, j.reason, j.is_by_reporter, 0, null, 0, null
  from matters_matter m cross join lateral (
       select * from matters_joining j where j.matter_id = m.id and j.sort = 'merge' and j.undone_at is null offset 0) j
 where m.merged_into = %(id)s order by m.id limit {MOST_FOLLOWERS})
union all
select 'lead', {ROW}, null, '', false, 0, null, 0, null from matters_matter m where m.id = %(into)s
union all
(select 'alike', {ROW}, null, '', false, l.points, l.metres, l.seconds, l.words
  from (select two as other, points, metres, seconds, words from matters_likeness where one = %(id)s and denied_at is null
        union all select one, points, metres, seconds, words from matters_likeness where two = %(id)s and denied_at is null) l
  cross join lateral (select * from matters_matter m where m.id = l.other and m.is_open offset 0) m
 order by l.points desc, m.id limit {MOST_ALIKE})"""


@dataclass(frozen=True)
class Relative:
    """One matter beside another: what a card says of it. `at`, `reason`, `is_by_reporter` of a merging; points and the rest of a likeness."""

    id: int
    parent: int | None
    phase: str
    category_id: int
    unit: int | None
    area: int
    summary: str
    due_at: datetime | None
    is_passed: bool
    reported_at: datetime
    version: int
    at: datetime | None = None
    reason: str = ""
    is_by_reporter: bool = False
    points: int = 0
    metres: int | None = None
    seconds: int = 0
    words: tuple[str, ...] = ()

    @property
    def number(self) -> str:
        """Its number."""
        return numbers.number_of(self.id)

    @property
    def category_words(self) -> Words | None:
        """What it is about; None when its category is not remembered."""
        found = categories.loaded(self.category_id)
        return categories.words_of(found) if found else None

    @property
    def is_open(self) -> bool:
        """True while it has not ended."""
        return self.phase in OPEN


@dataclass(frozen=True)
class Relations:
    """The relatives of one matter inside the sight in force."""

    matter: int
    lead: Relative | None = None
    followers: Sequence[Relative] = ()
    members: Sequence[Relative] = ()
    alike: Sequence[Relative] = ()

    @property
    def parts(self) -> list[Relative]:
        """The parts of this matter itself that were not taken back."""
        return [one for one in self.members if one.parent == self.matter and one.phase != "merged"]

    @property
    def parent(self) -> Relative | None:
        """The matter that this one is a part of."""
        own = next((one for one in self.members if one.id == self.matter), None)
        return next((one for one in self.members if own and one.id == own.parent), None)

    @property
    def tree(self) -> list[tuple[int, Relative]]:
        """All members as (depth, member), each parent before its parts; empty for a matter that stands alone."""
        live = [one for one in self.members if one.phase != "merged" or one.parent is None]
        known = {one.id for one in live}
        roots = [one for one in live if one.parent not in known]
        return list(_below(roots, live, 0)) if len(live) > 1 else []

    def ended(self, matter: int) -> tuple[int, int]:
        """(parts that have ended, all parts) of one member; exact."""
        parts = [one for one in self.members if one.parent == matter and one.phase != "merged"]
        return sum(not one.is_open for one in parts), len(parts)


def _below(these: Iterable[Relative], members: Sequence[Relative], depth: int) -> Iterable[tuple[int, Relative]]:
    for one in sorted(these, key=lambda found: found.id):
        yield depth, one
        yield from _below([part for part in members if part.parent == one.id], members, depth + 1)


def relations_of(matter: Matter) -> Relations:
    """Everything that a visible matter has to do with others, in one query."""
    with connection.cursor() as cursor:
        cursor.execute(SQL, {"id": matter.pk, "into": matter.merged_into or 0})
        found = cursor.fetchall()
    by_sort: dict[str, list[Relative]] = {}
    for sort, *row, words in found:
        by_sort.setdefault(sort, []).append(Relative(*[*row, _listed(words)]))
    is_open = matter.phase in OPEN and matter.parent is None
    members = sorted(by_sort.get("member", []), key=lambda one: one.id)
    return Relations(matter.pk, next(iter(by_sort.get("lead", ())), None), by_sort.get("follower", []), members, by_sort.get("alike", []) if is_open else [])


def _listed(words: Any) -> tuple[str, ...]:
    """Words as the driver hands them over: a list, or JSON as text."""
    return tuple(json.loads(words) if isinstance(words, str) else words or ())
