# SPDX-License-Identifier: MulanPSL-2.0
"""Who is on duty in which grid on which day: holders, those who stand in, and the stretches of days without anybody."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise

from django.conf import settings
from django.db import connection
from django.db.models import Exists, OuterRef, Q

from linli.core.sight import SightQuerySet
from linli.core.words import words
from linli.elements import places
from linli.elements.models import Absence, GridAssignment
from linli.elements.places import KnownPlace

FAR = date(9999, 1, 1)
"""Stands for no end."""
STANDS_IN = words("{name}（顶岗）", "{name} (standing in)")


@dataclass(frozen=True)
class Stretch:
    """A run of days (`to` exclusive) and who is there: `holder`, `stand_in`, or `gap` when nobody is."""

    state: str
    since: date
    to: date
    post: int | None = None
    account: int | None = None
    name: str = ""
    assignment: int | None = None

    @property
    def days(self) -> int:
        """How many days it is long."""
        return (self.to - self.since).days

    @property
    def last(self) -> date:
        """Its last day."""
        return self.to - timedelta(days=1)


@dataclass(frozen=True)
class Person:
    """A post as coverage needs it: valid from-to, and nobody at all when the account is closed."""

    post: int
    account: int
    name: str
    since: date
    to: date

    def days(self, since: date, to: date) -> tuple[date, date]:
        """The part of a run of days in which the post is valid; empty (from = to) when there is none."""
        begins, ends = max(since, self.since), min(to, self.to)
        return (begins, ends) if begins < ends else (since, since)


@dataclass(frozen=True)
class Away:
    """An absence of the holder: from-to (exclusive), why, and who stands in."""

    id: int
    since: date
    to: date
    reason: str
    stand_in: Person | None


@dataclass(frozen=True)
class Hold:
    """One assignment with its absences."""

    id: int
    area: int
    is_team: bool
    since: date
    to: date
    holder: Person
    away: tuple[Away, ...] = ()

    def stretches(self, since: date, to: date) -> list[Stretch]:
        """Who is there by this assignment between two days (`to` exclusive); days without anybody are left out."""
        found: list[Stretch] = []
        cursor, end = max(since, self.since), min(to, self.to)
        for one in (*self.away, None):
            begins = min(max(one.since, cursor), end) if one else end
            found += self._there("holder", self.holder, cursor, begins)
            if one is None:
                break
            cursor = max(cursor, min(one.to, end))
            if one.stand_in is not None:
                found += self._there("stand_in", one.stand_in, begins, cursor)
        return found

    def _there(self, state: str, who: Person, since: date, to: date) -> list[Stretch]:
        begins, ends = who.days(since, to)
        return [Stretch(state, begins, ends, who.post, who.account, who.name, self.id)] if begins < ends else []


def holds(areas: Sequence[int], since: date, to: date) -> dict[int, list[Hold]]:
    """The assignments of grids that touch a run of days, oldest first, inside the sight in force; two queries."""
    return _holds(GridAssignment.objects.filter(area__in=areas), since, to)


def holds_within(lo: int, hi: int, since: date, to: date) -> dict[int, list[Hold]]:
    """The same for all grids of a range."""
    return _holds(GridAssignment.objects.within(lo, hi), since, to)


def _holds(wanted: SightQuerySet, since: date, to: date) -> dict[int, list[Hold]]:
    overlap = Q(valid_from__lt=to) & (Q(valid_to=None) | Q(valid_to__gt=since))
    rows = list(wanted.filter(overlap).select_related("post__account").order_by("valid_from", "id"))
    away: dict[int, list[Away]] = {}
    for one in Absence.objects.filter(assignment__in=[row.pk for row in rows], valid_from__lt=to, valid_to__gt=since).select_related(
            "stand_in__account").order_by("valid_from", "id"):
        away.setdefault(one.assignment_id, []).append(Away(one.pk, one.valid_from, one.valid_to, one.reason, _person(one.stand_in)))
    found: dict[int, list[Hold]] = {}
    for row in rows:
        held = Hold(row.pk, row.area, row.is_team, row.valid_from, row.valid_to or FAR, _person(row.post), tuple(away.get(row.pk, ())))  # type: ignore[arg-type]
        found.setdefault(row.area, []).append(held)
    return found


def _person(post: object) -> Person | None:
    if post is None:
        return None
    since, to = post.valid_from, post.valid_to or FAR  # type: ignore[attr-defined]
    return Person(post.pk, post.account_id, post.account.name, since, to if post.account.is_active else since)  # type: ignore[attr-defined]


def coverage(held: Iterable[Hold], since: date, to: date) -> list[Stretch]:
    """Who is there day by day, as runs that fill the days exactly; where two of a team are there, the one who came first is named."""
    there = [stretch for one in held for stretch in one.stretches(since, to)]
    edges = sorted({since, to} | {edge for one in there for edge in (one.since, one.to)})
    found: list[Stretch] = []
    for begins, ends in pairwise(edges):
        who = next((one for one in there if one.since <= begins < one.to), None)
        run = Stretch(who.state, begins, ends, who.post, who.account, who.name, who.assignment) if who else Stretch("gap", begins, ends)
        last = found[-1] if found else None
        if last and (last.state, last.post, last.assignment) == (run.state, run.post, run.assignment):
            found[-1] = Stretch(run.state, last.since, run.to, run.post, run.account, run.name, run.assignment)
        else:
            found.append(run)
    return found


GAPS = """
with held as (
  select a.place_id,
         datemultirange(daterange(a.valid_from, a.valid_to)) * (
           datemultirange({holder}) - coalesce((select range_agg(daterange(b.valid_from, b.valid_to)) from elements_absence b where b.assignment_id = a.id), '{{}}')
           + coalesce((select range_agg(daterange(b.valid_from, b.valid_to) * {stand_in})
                         from elements_absence b join elements_post s on s.id = b.stand_in_id join elements_account sa on sa.id = s.account_id
                        where b.assignment_id = a.id), '{{}}')) as days
    from elements_gridassignment a join elements_post p on p.id = a.post_id join elements_account pa on pa.id = p.account_id
   where a.area >= %(lo)s and a.area < %(hi)s and (a.valid_to is null or a.valid_to > %(since)s) and a.valid_from < %(to)s),
open as (
  select g.place_area as area,
         datemultirange(daterange(%(since)s, %(to)s) * daterange(g.valid_from, g.valid_to)) - coalesce(range_agg(h.days), '{{}}') as days
    from elements_place g left join held h on h.place_id = g.id
   where g.level = 'grid' and g.place_area >= %(lo)s and g.place_area < %(hi)s and (g.valid_to is null or g.valid_to > %(since)s)
   group by g.id)
select area, lower(gap), upper(gap) from open cross join lateral unnest(days) as gap order by area, lower(gap)
""".format(
    holder="case when pa.is_active then daterange(least(p.valid_from, p.valid_to), p.valid_to) else 'empty' end",
    stand_in="case when sa.is_active then daterange(least(s.valid_from, s.valid_to), s.valid_to) else 'empty' end")
"""Runs of days without anybody, for all grids of a range in one statement: the days of each assignment less absences, plus those of stand-ins."""


def gaps(lo: int, hi: int, since: date, to: date) -> dict[int, list[tuple[date, date]]]:
    """The runs of days (`to` exclusive) in which nobody is on duty, by grid, inside the sight in force; grids without a gap are left out."""
    with connection.cursor() as cursor:
        cursor.execute(GAPS, {"lo": lo, "hi": hi, "since": since, "to": to})
        rows = cursor.fetchall()
    found: dict[int, list[tuple[date, date]]] = {}
    for area, begins, ends in rows:
        found.setdefault(area, []).append((begins, ends))
    return found


def workers_on(lo: int, hi: int, day: date) -> dict[int, tuple[str, ...]]:
    """Who is on duty in each grid of a range on a day, stand-ins marked, inside the sight in force; grids with nobody are left out. Two queries."""
    end = day + timedelta(days=1)
    found: dict[int, tuple[str, ...]] = {}
    for area, held in holds_within(lo, hi, day, end).items():
        there = (stretch for one in held for stretch in one.stretches(day, end))
        names = dict.fromkeys(one.name if one.state == "holder" else str(STANDS_IN.format(name=one.name)) for one in there)
        if names:
            found[area] = tuple(names)
    return found


def is_on_duty(post: int, area: int, day: date) -> bool:
    """True if the post holds the grid that day, or stands in there; somebody who is on leave may still walk his own grid."""
    stands_in = Absence.objects.filter(assignment=OuterRef("pk"), stand_in=post, valid_from__lte=day, valid_to__gt=day)
    held = GridAssignment.objects.filter(Q(valid_to=None) | Q(valid_to__gt=day), area=area, valid_from__lte=day)
    return held.filter(Q(post=post) | Exists(stands_in)).exists()


@dataclass(frozen=True)
class Duty:
    """One grid that a post has to look after on a day: as its holder or standing in for somebody; until which day, if it ends."""

    place: KnownPlace
    state: str
    instead_of: str
    until: date | None


def duties(post: int, day: date) -> list[Duty]:
    """The grids of a post on a day, in order of number, inside the sight in force; two queries."""
    current = Q(valid_from__lte=day) & (Q(valid_to=None) | Q(valid_to__gt=day))
    away = Absence.objects.filter(assignment=OuterRef("pk"), valid_from__lte=day, valid_to__gt=day)
    own = GridAssignment.objects.filter(current, ~Exists(away), post=post).values_list("area", "valid_to")
    other = Absence.objects.filter(stand_in=post, valid_from__lte=day, valid_to__gt=day).values_list("area", "valid_to", "assignment__post__account__name")
    found = {area: ("holder", "", until) for area, until in own}
    for area, until, name in other:
        found.setdefault(area, ("stand_in", name, until))
    known = ((places.find_place(area), more) for area, more in sorted(found.items()))
    return [Duty(place, *more) for place, more in known if place is not None and place.stands(day)]


def horizon(today: date) -> date:
    """The end (exclusive) of the days that are watched for gaps (LINLI_COVER_AHEAD_DAYS; our proposal, shown with 拟)."""
    return today + timedelta(days=settings.COVER_AHEAD_DAYS)


def first_gaps(found: Mapping[int, Sequence[tuple[date, date]]]) -> dict[int, tuple[date, date]]:
    """The first gap of each grid."""
    return {area: runs[0] for area, runs in found.items() if runs}
