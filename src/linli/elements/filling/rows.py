# SPDX-License-Identifier: MulanPSL-2.0
"""The rows of a form from a register as it stood on a day: who was here, in which dwelling and household, with the values that the history tells."""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from linli.elements import places
from linli.elements.filling import past
from linli.elements.filling.catalogue import OWNERS, Ask
from linli.elements.filling.past import Past
from linli.elements.filling.wishes import LIVING, TIES, Wish, age, aged, on
from linli.elements.models import Household, Membership, Organisation, Person, Residence, Thing
from linli.elements.registers import records, sealing
from linli.elements.registers.codes import HEAD
from linli.elements.registers.declaring import register_named
from linli.elements.registers.dwellings import building_title, dwelling_title

BLOCK = 1_000
MOST = 20_000
"""Rows of a form (our choice: a street's whole list would be no form any more)."""
NUMBERS = re.compile(r"(\d+)")


@dataclass
class Line:
    """One row on its way: the records whose fields stand in it, its area, and what was worked out beside them."""

    area: int
    held: dict[str, Any] = field(default_factory=dict)
    beside: dict[str, Any] = field(default_factory=dict)
    is_undated: bool = False


@dataclass
class Told:
    """What came of it besides the cells."""

    rows: int = 0
    undated: int = 0
    put_back: int = 0
    outside: dict[str, int] = field(default_factory=dict)
    """Of summaries: counts that belong to none of the rows, by what is counted."""
    people: dict[tuple[int, int], int] = field(default_factory=dict)
    """Number and area of each person whose sealed values were written out, and which columns, as bits."""


def numbers(wish: Wish) -> list[int]:
    """The records of the form, one more than MOST at most; one query."""
    return list(_wanted(wish).values_list("pk", flat=True)[: MOST + 1])


def _wanted(wish: Wish) -> QuerySet[Any]:
    register = register_named(wish.source.name)
    found = records.among(register, wish.actor).filter(area__gte=wish.lo, area__lt=wish.hi)
    return CONDITION.get(register.model, _standing)(found, wish).order_by("area", "pk")


def _standing(found: QuerySet[Any], wish: Wish) -> QuerySet[Any]:
    return found.filter(Q(valid_to=None) | Q(valid_to__gt=wish.day))


def _begun(found: QuerySet[Any], wish: Wish) -> QuerySet[Any]:
    return found.filter(on(wish.day, "valid_from", "valid_to"))


def _households(found: QuerySet[Any], wish: Wish) -> QuerySet[Any]:
    return found.filter(on(wish.day, "formed_on", "ended_on"))


def _people(found: QuerySet[Any], wish: Wish) -> QuerySet[Any]:
    return tied(found, wish).filter(narrowed(wish))


def tied(found: QuerySet[Any], wish: Wish) -> QuerySet[Any]:
    """Who had a tie of the wanted kind to a dwelling of the place on the day."""
    wanted = TIES[str(wish.narrow.get("tie") or "living")]
    at = Residence.objects.filter(on(wish.day, "since", "until"), person=OuterRef("pk"), tie__in=wanted, area__gte=wish.lo, area__lt=wish.hi)
    return found.filter(Q(left_on=None) | Q(left_on__gt=wish.day)).filter(Exists(at))


def narrowed(wish: Wish) -> Q:
    """The ages and the sex to which a form of people is narrowed."""
    low, high, sex = wish.narrow.get("from_age"), wish.narrow.get("to_age"), wish.narrow.get("sex")
    found = aged(wish.day, low, high) if low is not None or high is not None else Q()
    return found & Q(sex=sex) if sex else found


CONDITION: Mapping[Any, Callable[[QuerySet[Any], Wish], QuerySet[Any]]] = {Person: _people, Household: _households, Organisation: _begun, Thing: _begun}


def lines(wish: Wish, found: Sequence[int], within: Callable[[], AbstractContextManager[Any]], tell: Callable[[int], None], told: Told) -> Iterator[list[Any]]:
    """The cells of each row, in the order of the stairs, numbered; read in blocks, each within its own sight."""
    drawn: list[tuple[Any, list[Any]]] = []
    for start in range(0, len(found), BLOCK):
        with within():
            drawn += _block(wish, found[start:start + BLOCK], told)
        tell(min(start + BLOCK, len(found)))
    drawn.sort(key=lambda pair: pair[0])
    for number, (_, cells) in enumerate(drawn, start=1):
        told.rows += 1
        yield _numbered(wish, cells, number)


def first(wish: Wish, most: int) -> list[list[Any]]:
    """Some rows as they would be, without an order that would have to be sorted for; under the sight in force."""
    found = list(_wanted(wish).order_by().values_list("pk", flat=True)[:most])
    cells = [cells for _, cells in sorted(_block(wish, found, Told()), key=lambda pair: pair[0])]
    return [_numbered(wish, row, number) for number, row in enumerate(cells, start=1)]


def _numbered(wish: Wish, cells: Sequence[Any], number: int) -> list[Any]:
    return [number if isinstance(one, Ask) and one.key == "fill.serial" else cell for one, cell in zip(wish.columns, cells, strict=True)]


def _block(wish: Wish, found: Sequence[int], told: Told) -> list[tuple[Any, list[Any]]]:
    made = ABOUT.get(wish.source.name, _alone)(wish, found)
    known = past.of([pair for line in made for pair in _subjects(line)], wish)
    told.undated += sum(line.is_undated for line in made) if wish.is_past else 0
    reading = _Reading(wish, known)
    result = [(_order(line), [reading.cell(one, line) for one in wish.columns]) for line in made]
    told.put_back += known.used
    for person, columns in reading.opened.items():
        told.people[person] = told.people.get(person, 0) | columns
    return result


def _subjects(line: Line) -> Iterator[tuple[str, int]]:
    for owner, record in line.held.items():
        if record is not None:
            yield register_named(OWNERS.get(owner, owner)).subject, record.pk


def _order(line: Line) -> tuple[Any, ...]:
    building, dwelling, person = line.held.get("building"), line.held.get("dwelling"), line.held.get("person")
    household = line.held.get("household")
    own = next((one for one in line.held.values() if one is not None), None)
    return (line.area - line.area % 1000, _natural(building.key if building else ""), _natural(dwelling.key if dwelling else ""), household.pk if household else 0,
            _natural(str(line.beside.get("relation") or "99")), getattr(person, "pinyin", "") or getattr(own, "pinyin", ""), own.pk if own else 0)


def _natural(text: str) -> tuple[tuple[int, int, str], ...]:
    return tuple((0, int(part), "") if part.isdecimal() else (1, 0, part) for part in NUMBERS.split(text[:120]) if part)


def _of_people(wish: Wish, found: Sequence[int]) -> list[Line]:
    people = Person.objects.visible_to(wish.actor).filter(pk__in=found)
    at: dict[int, list[Residence]] = {}
    ties = (*LIVING, "registered", "owner")
    for one in Residence.objects.visible_to(wish.actor).filter(on(wish.day, "since", "until"), person__in=found, tie__in=ties).select_related("dwelling__building"):
        at.setdefault(one.person_id, []).append(one)
    belongs = {one.person_id: one for one in Membership.objects.visible_to(wish.actor).filter(
        on(wish.day, "since", "until"), person__in=found).select_related("household").order_by("-pk")}
    sizes = _sizes(wish, {one.household_id for one in belongs.values()})
    wanted = TIES[str(wish.narrow.get("tie") or "living")]
    made = []
    for person in people:
        held = sorted(at.get(person.pk, ()), key=lambda one: (one.tie not in wanted, not wish.lo <= one.area < wish.hi, one.tie))
        home, member = held[0] if held else None, belongs.get(person.pk)
        dwelling = home.dwelling if home else None
        made.append(Line(dwelling.area if dwelling else person.area, {
            "person": person, "household": member.household if member else None, "dwelling": dwelling, "building": dwelling.building if dwelling else None}, {
            "relation": member.relation if member else "", "members": sizes.get(member.household_id, "") if member else "",
            "standing": _standing_of(held) if wish.is_past else person.standing}, home is None or home.since is None))
    return made


def _standing_of(held: Iterable[Residence]) -> str:
    """What the ties of a day say: registered and living here, one of the two, or neither."""
    ties = {one.tie for one in held}
    lives, registered = bool(ties & set(LIVING)), "registered" in ties
    return "together" if lives and registered else "living" if lives else "registered" if registered else "other"


def _of_households(wish: Wish, found: Sequence[int]) -> list[Line]:
    heads = {one.household_id: one.person for one in Membership.objects.visible_to(wish.actor).filter(
        on(wish.day, "since", "until"), household__in=found, relation=HEAD).select_related("person").order_by("-pk")}
    sizes = _sizes(wish, found)
    return [Line(one.area, {"household": one, "head": heads.get(one.pk), "dwelling": one.dwelling, "building": one.dwelling.building if one.dwelling else None},
                 {"members": sizes.get(one.pk, 0)}, one.formed_on is None)
            for one in Household.objects.visible_to(wish.actor).filter(pk__in=found).select_related("dwelling__building")]


def _sizes(wish: Wish, households: Iterable[int]) -> dict[int, int]:
    if not any(one.key == "household.members" for one in wish.asks):
        return {}
    return dict(Membership.objects.visible_to(wish.actor).filter(on(wish.day, "since", "until"), household__in=list(households))
                .values("household").annotate(size=Count("pk")).values_list("household", "size"))


def _of_dwellings(wish: Wish, found: Sequence[int]) -> list[Line]:
    register = register_named("dwelling")
    return [Line(one.area, {"dwelling": one, "building": one.building}, {}, True)
            for one in records.among(register, wish.actor).filter(pk__in=found).select_related("building")]


def _alone(wish: Wish, found: Sequence[int]) -> list[Line]:
    register = register_named(wish.source.name)
    return [Line(one.area, {register.name: one}, {}, getattr(one, "valid_from", None) is None) for one in records.among(register, wish.actor).filter(pk__in=found)]


ABOUT: Mapping[str, Callable[[Wish, Sequence[int]], list[Line]]] = {"person": _of_people, "household": _of_households, "dwelling": _of_dwellings}


class _Reading:
    """Reads the cells of a block: each sealed bundle is opened once, what is opened for a purpose is noted."""

    def __init__(self, wish: Wish, known: Past) -> None:
        self.wish = wish
        self.past = known
        self.may_mask = records.may_open(wish.actor)
        self.opened: Counter[tuple[int, int]] = Counter()
        self._bundles: dict[tuple[str, int], Mapping[str, Any]] = {}
        self._bits = {one.key: 1 << place for place, one in enumerate(wish.columns) if isinstance(one, Ask)}

    def cell(self, one: Ask | str | None, line: Line) -> Any:
        if one is None or isinstance(one, str):
            return one or ""
        if one.key in WORKED_OUT:
            return WORKED_OUT[one.key](self.wish, line)
        if one.owner == "at":
            return _names(line.area).get(one.key.removeprefix("at."), "")
        if one.owner == "joining" and one.column is not None:
            return records.spoken(one.column, line.beside.get(one.column.name))
        return self._field(one, line.held.get(one.owner))

    def _field(self, one: Ask, record: Any) -> Any:
        column = one.column
        if record is None or column is None:
            return ""
        register = register_named(OWNERS.get(one.owner, one.owner))
        found, value = self.past.value(register.subject, record.pk, column)
        if not found:
            value = records.READ[column.kept](register, column, record, self._bundle(register, column, record))
        if column.protection.is_encrypted:
            return self._sealed(one, record, value)
        if (column.kind == "day" and isinstance(value, date)) or (column.kind == "integer" and isinstance(value, int)):
            return value
        if column.kind == "hundredths" and isinstance(value, int):
            return value / 100
        return records.spoken(column, value)

    def _sealed(self, one: Ask, record: Any, value: Any) -> str:
        column = one.column
        if column is None or not value:
            return ""
        if not self.wish.is_open:
            return records.shown(column, value, is_open=self.may_mask)
        if isinstance(record, Person):
            self.opened[record.pk, record.area] |= self._bits[one.key]
        return records.spoken(column, value)

    def _bundle(self, register: Any, column: Any, record: Any) -> Mapping[str, Any]:
        if column.kept != "sealed":
            return {}
        key = (register.subject, record.pk)
        if key not in self._bundles:
            self._bundles[key] = sealing.open_bundle(register.subject, record.pk, record.sealed)
        return self._bundles[key]


def _names(area: int) -> dict[str, str]:
    return {one.level: one.name for one in places.path_of(area)}


def _age(owner: str) -> Callable[[Wish, Line], Any]:
    def found(wish: Wish, line: Line) -> Any:
        born = getattr(line.held.get(owner), "born_on", None)
        return age(born, wish.day) if born else ""

    return found


def _address(_wish: Wish, line: Line) -> str:
    building, dwelling = line.held.get("building"), line.held.get("dwelling")
    return f"{building_title(building)} {dwelling_title(dwelling)}" if building and dwelling else ""


WORKED_OUT: Mapping[str, Callable[[Wish, Line], Any]] = {
    "person.age": _age("person"), "head.age": _age("head"), "dwelling.address": _address, "household.members": lambda _wish, line: line.beside.get("members", ""),
    "fill.serial": lambda _wish, _line: "", "fill.day": lambda wish, _line: wish.day, "fill.unit": lambda wish, _line: wish.unit,
    "fill.filler": lambda wish, _line: wish.actor.name, "fill.blank": lambda _wish, _line: "",
}
