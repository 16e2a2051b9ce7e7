# SPDX-License-Identifier: MulanPSL-2.0
"""Proposing: up to three categories for a text, each with the words that speak for it; silence where too little does. A person decides."""

import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.db import connection

from linli.core import clock
from linli.core.words import Words, words
from linli.matters import categories
from linli.matters.aid import learning
from linli.matters.aid.cutting import CUT, readable
from linli.matters.models import Category

MOST = 3
LEAST = 2_500
"""Thousandths of a nat that words have to speak for a category: twelve times likelier than in any other text (our choice, tried on the demonstration)."""
QUOTED = 3
"""How many of the reporter's own words a reason quotes (our choice)."""
BECAUSE = words("因为您写到：{said}", "because you wrote: {said}")

SCORED = f"""{CUT}, known as materialized (
  select s.id, t.term, t.categories, t.weights, t.lifts from spoken s, lateral (
    select term, categories, weights, lifts from matters_lessonterm where lesson_id = %(lesson)s and term = s.term offset 0) t
), lengths as (select id, count(*) as n from known group by id),
parts as (
  select k.id, u.category, k.term, u.weight, u.lift, c.base, c.start
  from known k, unnest(k.categories, k.weights, k.lifts) as u(category, weight, lift), lateral (
    select base, start from matters_lessoncategory where lesson_id = %(lesson)s and category = u.category offset 0) c
  where u.category = any(%(allowed)s)
), scored as (
  select p.id, p.category, sum(p.weight) + l.n * p.base + p.start as score, sum(greatest(p.lift, 0)) as evidence,
  array_agg(p.term order by p.lift desc, p.term) filter (where p.lift > 0) as terms, array_agg(p.lift order by p.lift desc, p.term) filter (where p.lift > 0) as lifts
  from parts p join lengths l using (id) group by p.id, p.category, l.n, p.base, p.start
), ranked as (
  select *, row_number() over (partition by id order by score desc, category) as place from scored where evidence >= {LEAST}
)"""
"""Turns texts(id, said) into ranked(id, category, place, terms, lifts): the same for one text that is being typed and for thousands that are measured.

A lesson that was learnt a moment ago has no statistics yet: `offset 0` makes the planner look each word up by its key instead of guessing."""

ONE = f"with texts(id, said) as (values (1, %(said)s)), {SCORED} select category, terms, lifts from ranked where place <= {MOST} order by place"


@dataclass(frozen=True)
class Proposed:
    """One category with the words of the text that speak for it, the strongest first."""

    category: Category
    said: tuple[str, ...]

    @property
    def words(self) -> Words:
        """The name of the category."""
        return categories.words_of(self.category)

    @property
    def reason(self) -> Words:
        """Why it is proposed, in the reporter's own words."""
        return BECAUSE.format(said="".join(f"“{one}”" for one in self.said))


def propose(text: str, *, public_only: bool, kind: str = "") -> list[Proposed]:
    """At most three categories in force, best first; empty when too little speaks for any. One query.

    `public_only` leaves out what residents may not choose, `kind` everything of other kinds.
    """
    lesson, said = learning.present(), readable(text)
    allowed = {one.pk: one for one in categories.in_force(clock.today(), public_only=public_only) if kind in ("", one.kind)}
    if lesson is None or len(said) < 2 or not allowed:
        return []
    with connection.cursor() as cursor:
        cursor.execute(ONE, {"said": said, "lesson": lesson.pk, "allowed": list(allowed)})
        rows = cursor.fetchall()
    return [Proposed(allowed[category], quoted(said, dict(zip(terms, lifts, strict=True)))) for category, terms, lifts in rows]


def quoted(text: str, lifts: Mapping[str, int]) -> tuple[str, ...]:
    """The stretches of a text that the terms cover, the strongest first, each once."""
    plain = unicodedata.normalize("NFKC", text)
    found: dict[str, int] = {}
    for start, end in _stretches(plain, lifts):
        phrase = plain[start:end]
        found[phrase] = sum(lifts.get(plain[at:at + 2], 0) for at in range(start, end - 1))
    strongest = sorted(found, key=lambda one: (-found[one], plain.index(one)))
    return tuple(_without_parts(strongest))[:QUOTED]


def _stretches(text: str, terms: Mapping[str, int]) -> Iterable[tuple[int, int]]:
    start = -1
    for at in range(len(text)):
        is_in = text[at:at + 2] in terms
        if is_in and start < 0:
            start = at
        elif not is_in and start >= 0:
            yield start, at + 1
            start = -1


def _without_parts(phrases: Iterable[str]) -> list[str]:
    kept: list[str] = []
    for one in phrases:
        if not any(one in held for held in kept):
            kept.append(one)
    return kept
