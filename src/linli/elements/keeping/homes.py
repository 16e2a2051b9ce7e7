# SPDX-License-Identifier: MulanPSL-2.0
"""One household with its members over time, and what it may do to them: take in, let go, choose a head, split. Rows in memory; no database is asked.

On every day on which somebody belongs to a household it has exactly one head, and nobody belongs to two. So the days of one household's heads
are in order, and so are those of one person: an event that would come before a later one is refused with the day of that one.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date

from linli.core.faults import Invalid
from linli.core.words import words
from linli.elements.keeping.changes import Changes
from linli.elements.keeping.relations import OTHER, relation_after
from linli.elements.models import Household, Membership, Person
from linli.elements.registers.codes import HEAD

TOO_EARLY = words("{name}在 {day} 已有登记的变动，这一次的日期不能更早。", "{name} has a change entered for {day}; this one cannot be earlier.")
HOME_TOO_EARLY = words("这一户在 {day} 已有登记的变动，这一次的日期不能更早。", "This household has a change entered for {day}; this one cannot be earlier.")
HEAD_NEEDED = words("户主离开后还有人在这一户，请选新户主。", "The head leaves and others stay: choose the new head.")
NO_MEMBER = words("这个人不在这一户。", "This person does not belong to the household.")
HEAD_THERE = words("这一户已经有户主。要换户主，请办“变更户主”。", "This household has a head. To change the head use “Change of head”.")
RELATION_NEEDED = words("请选与户主的关系。", "Choose the relation to the head.")
HAS_ENDED = words("这一户已经撤销，不能再加人。", "This household has ended; nobody can be added.")
ALREADY_HERE = words("{name}已经在这一户。", "{name} belongs to this household already.")
SOMEBODY_STAYS = words("分户后原户至少要留一个人；整户搬走请办“整户迁出”。", "Somebody must stay in the old household; if all leave, use “Whole household leaves”.")
NOBODY_CHOSEN = words("请选要分出去的人。", "Choose who splits off.")


@dataclass
class Home:
    """A household and all its memberships, ended ones too, each with its person."""

    household: Household
    rows: list[Membership] = field(default_factory=list)

    def members(self) -> list[Membership]:
        """Who belongs to it now."""
        return [one for one in self.rows if one.until is None]

    def head(self) -> Membership | None:
        """The present head; None in an empty household, or where an import left it without one."""
        return next((one for one in self.members() if one.relation == HEAD), None)

    def member(self, person: int) -> Membership | None:
        """The open membership of a person."""
        return next((one for one in self.members() if one.person_id == person), None)


def latest(rows: Iterable[Membership]) -> date | None:
    """The last day on which something is known to have changed; rows that never held (taken back) do not count."""
    days = [day for one in rows if one.since is None or one.since != one.until for day in (one.since, one.until) if day is not None]
    return max(days, default=None)


def refuse_before(day: date, rows: Iterable[Membership], name: str) -> None:
    """Invalid when a person's own memberships know a later day."""
    last = latest(rows)
    if last is not None and day < last:
        raise Invalid({"day": TOO_EARLY.format(name=name, day=last.isoformat())})


def _refuse_before_home(day: date, last: date | None) -> None:
    if last is not None and day < last:
        raise Invalid({"day": HOME_TOO_EARLY.format(day=last.isoformat())})


def _refuse_before_head(home: Home, day: date) -> None:
    """A member comes or goes under the present head only; in an empty household after everything that was."""
    head = home.head()
    _refuse_before_home(day, head.since if head is not None else latest(home.rows))


def join(changes: Changes, home: Home, person: Person, relation: str, day: date, past: Iterable[Membership] = ()) -> Membership:
    """A person belongs to the household from the day on: the first one as its head. Invalid when that cannot be.

    `past` are all memberships that he had before; none of them may be open.
    """
    if home.household.ended_on is not None:
        raise Invalid({"household": HAS_ENDED})
    if person.pk is not None and home.member(person.pk):
        raise Invalid({"person": ALREADY_HERE.format(name=person.name)})
    if home.head() is not None and relation == HEAD:
        raise Invalid({"relation": HEAD_THERE})
    if home.head() is not None and not relation:
        raise Invalid({"relation": RELATION_NEEDED})
    refuse_before(day, past, person.name)
    _refuse_before_head(home, day)
    made = Membership(area=home.household.area, household=home.household, person=person, relation=relation if home.head() is not None else HEAD, since=day)
    changes.add(made)
    home.rows.append(made)
    return made


def leave(changes: Changes, home: Home, persons: Iterable[int], day: date, *, reason: str, new_head: int | None = None,
          relations: Mapping[int, str] | None = None) -> list[int]:
    """These people belong to the household no more from the day on. Answers whose relation could not be told.

    When the head goes and others stay, one of them becomes the head (the only one by himself); when nobody stays the household ends.
    """
    going = [_own(home, one) for one in persons]
    head = home.head()
    staying = [one for one in home.members() if one not in going]
    unsure: list[int] = []
    if head in going and staying:
        unsure = _succeed(changes, home, staying, day, new_head, relations)
    elif staying:
        _refuse_before_head(home, day)
    else:
        _refuse_before_home(day, latest(home.rows))
    for one in going:
        refuse_before(day, [one], one.person.name)
        changes.put(one, until=day)
    if not staying:
        changes.put(home.household, ended_on=day, end_reason=reason)
    return unsure


def _succeed(changes: Changes, home: Home, staying: list[Membership], day: date, new_head: int | None, relations: Mapping[int, str] | None) -> list[int]:
    chosen = new_head if new_head is not None else staying[0].person_id if len(staying) == 1 else None
    if chosen is None or chosen not in {one.person_id for one in staying}:
        raise Invalid({"new_head": HEAD_NEEDED})
    return appoint(changes, home, chosen, day, among=staying, relations=relations)


def appoint(changes: Changes, home: Home, person: int, day: date, *, among: list[Membership] | None = None, relations: Mapping[int, str] | None = None) -> list[int]:
    """A member becomes the head from the day on, and everybody's relation is to him. Answers whose relation could not be told (it says 其他).

    `among` are those whom it concerns (all members); `relations` says what the worker knows better.
    """
    _refuse_before_home(day, latest(home.rows))
    chosen, told, unsure = _own(home, person), relations or {}, []
    old = chosen.relation
    for one in home.members() if among is None else among:
        if one is chosen:
            relation = HEAD
        else:
            known = told.get(one.person_id) or (one.relation if home.head() is None else relation_after(old, one.relation, one.person.sex))
            relation = known or OTHER
            unsure += [] if known else [one.person_id]
        _relate(changes, home, one, relation, day)
    return unsure


def _relate(changes: Changes, home: Home, row: Membership, relation: str, day: date) -> None:
    """The relation from the day on: a further row, so that the old one stays known; on the day on which the row began, the row itself."""
    if row.relation == relation and relation != HEAD:
        return
    if row.since == day:
        changes.put(row, relation=relation)
        return
    changes.put(row, until=day)
    made = Membership(area=row.area, household=home.household, person=row.person, relation=relation, since=day)
    changes.add(made)
    home.rows.append(made)


def split(changes: Changes, home: Home, chosen: list[int], head: int, day: date, *, into: Household, new_head: int | None = None,
          relations: Mapping[int, str] | None = None) -> tuple[Home, list[int]]:
    """Some members form a household of their own from the day on. Answers it, and whose relations could not be told."""
    going = [_own(home, one) for one in dict.fromkeys(chosen)]
    if not going:
        raise Invalid({"members": NOBODY_CHOSEN})
    if len(going) == len(home.members()):
        raise Invalid({"members": SOMEBODY_STAYS})
    first = next((one for one in going if one.person_id == head), None)
    if first is None:
        raise Invalid({"head": NO_MEMBER})
    _refuse_before_home(day, latest(home.rows))
    before = {one.person_id: one.relation for one in going}
    unsure = leave(changes, home, [one.person_id for one in going], day, reason="split", new_head=new_head, relations=relations)
    made, told = Home(into), relations or {}
    changes.add(into)
    join(changes, made, first.person, HEAD, day)
    for one in (row for row in going if row is not first):
        known = told.get(one.person_id) or relation_after(before[head], before[one.person_id], one.person.sex)
        unsure += [] if known else [one.person_id]
        join(changes, made, one.person, known or OTHER, day)
    return made, unsure


def _own(home: Home, person: int) -> Membership:
    found = home.member(person)
    if found is None:
        raise Invalid({"person": NO_MEMBER})
    return found
