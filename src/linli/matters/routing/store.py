# SPDX-License-Identifier: MulanPSL-2.0
"""Reading rules: those of one version, those in force everywhere (kept in memory), and the ground that the finder looks at."""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from linli.core import clock
from linli.core.calendar_store import calendar
from linli.core.editions import Memory
from linli.core.faults import NotVisible
from linli.core.sight import Actor
from linli.elements import places
from linli.matters import categories
from linli.matters.models import RouteRule, RouteVersion
from linli.matters.routing import times
from linli.matters.routing.books import Book, Rule, keys_of
from linli.matters.routing.finder import Ground
from linli.matters.routing.times import When

EDITION = "routes"
SCOPES = ("city", "district", "street")
"""The levels that may own rules of their own."""
LARGEST = 2**63
"""One past what names a row."""
LEAVES = ("community", "grid")


@dataclass(frozen=True)
class Issue:
    """One published version in memory."""

    id: int
    scope: int
    number: int
    valid_from: datetime
    book: Book


def rule_of(row: RouteRule) -> Rule:
    """A stored row as a rule. A time that nobody can read any more never holds: the finder then shows a hole."""
    when = times.parse(row.time) or When(times.WINDOW, "", 0, 1)
    return Rule(row.pk, row.route_id, row.what, row.area, when, row.target, row.is_automatic, row.files, row.note)


def rules_of(route: int) -> list[Rule]:
    """The rules that a version holds now, in the order in which they were added."""
    return [rule_of(row) for row in RouteRule.objects.filter(route=route, edit_to=None).order_by("id")]


def _read() -> tuple[Issue, ...]:
    versions = {one.pk: one for one in RouteVersion.objects.filter(state="published").order_by("valid_from", "id")}
    held: dict[int, list[Rule]] = {number: [] for number in versions}
    for row in RouteRule.objects.filter(route__in=versions, edit_to=None).order_by("id"):
        held[row.route_id].append(rule_of(row))
    return tuple(Issue(one.pk, one.area, one.number, one.valid_from, Book(one.area, held[one.pk])) for one in versions.values() if one.valid_from)


_memory = Memory(EDITION, _read)


def issues_at(moment: datetime) -> dict[int, Issue]:
    """The version in force of each scope: of the published ones, the latest that has begun."""
    return {one.scope: one for one in _memory.value() if one.valid_from <= moment}


def books_at(moment: datetime) -> dict[int, Book]:
    """The book in force of each scope."""
    return {scope: one.book for scope, one in issues_at(moment).items()}


def up(area: int) -> tuple[int, ...]:
    """The places from this one up to the city."""
    return tuple(one.area for one in reversed(places.path_of(area)))


def digest_of(rules: Iterable[Rule]) -> str:
    """SHA-256 over the content of the rules, whatever their numbers and order."""
    rows = sorted([one.what, one.area, one.when.text, one.target, one.is_automatic, one.files, one.note] for one in rules)
    return hashlib.sha256(json.dumps(rows, ensure_ascii=False).encode()).hexdigest()


def ground_of(route: RouteVersion, rules: Iterable[Rule]) -> Ground:
    """What the finder looks at before a version is published: its own range, with the levels above and below as they will be then."""
    moment = max(clock.now(), route.valid_from or clock.now())
    day = clock.local(moment).date()
    lo, hi = places.range_of(route.area)
    books = {scope: book for scope, book in books_at(moment).items() if lo <= scope < hi or scope in up(route.area)}
    leaves = [one.area for level in LEAVES for one in places.places_within(lo, hi, level=level, day=day)]
    asked = {one.pk: keys_of(one) for one in categories.in_force(day)}
    return Ground(asked, {area: up(area) for area in leaves}, books | {route.area: Book(route.area, rules)}, calendar().office_hours)


def is_near(actor: Actor, scope: int) -> bool:
    """True if rules of this scope concern the actor's range: they lie inside it, or above it."""
    lo, hi = places.range_of(scope)
    return actor.lo < actor.hi and lo < actor.hi and actor.lo < hi


def is_own(actor: Actor, scope: int) -> bool:
    """True if the scope lies inside the actor's range, so that he may change its rules."""
    lo, hi = places.range_of(scope)
    return actor.lo <= lo and hi <= actor.hi


def version_near(actor: Actor, number: int) -> RouteVersion:
    """The version of a number if its rules concern the actor's range. NotVisible otherwise."""
    found = RouteVersion.objects.filter(pk=number).first() if 0 < number < LARGEST else None
    if found is None or places.find_place(found.area) is None or not is_near(actor, found.area):
        raise NotVisible
    return found


def versions_near(actor: Actor) -> list[RouteVersion]:
    """The versions that concern an actor, newest first in each scope; dropped drafts left out."""
    above = [one.area for one in places.path_of(actor.lo) if is_near(actor, one.area)]
    near = RouteVersion.objects.exclude(state="dropped")
    rows = [*near.filter(area__in=above), *near.filter(area__gte=actor.lo, area__lt=actor.hi).exclude(area__in=above)]
    return sorted(rows, key=lambda one: (one.area, -one.number))


def in_force(versions: Iterable[RouteVersion], moment: datetime) -> Mapping[int, int]:
    """Scope to the number of the version in force there."""
    present = issues_at(moment)
    return {one.area: present[one.area].id for one in versions if one.area in present}
