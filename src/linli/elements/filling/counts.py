# SPDX-License-Identifier: MulanPSL-2.0
"""Summary forms: one row a place with its counts as of a day; one statement a table, however many columns."""

from bisect import bisect_right
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from linli.elements import places
from linli.elements.filling.catalogue import COUNT, Ask, band_of
from linli.elements.filling.rows import narrowed
from linli.elements.filling.wishes import LIVING, Wish, aged, on
from linli.elements.models import Building, Dwelling, Household, Organisation, Person, Residence, Thing
from linli.elements.places import KnownPlace

MOST = 5_000
"""Rows of a summary (our choice: more than the communities of a city)."""
PEOPLE: Mapping[str, Q] = {
    "people": Q(lives=True) | Q(registered=True), "living": Q(lives=True), "registered": Q(registered=True),
    "incoming": Q(lives=True, registered=False), "outgoing": Q(lives=False, registered=True)}
"""Counts of people by their ties. All others (sexes, ages) count those who live there, or whom the form's own choice of ties names."""
BY_TIE: Mapping[str, Q] = {"living": PEOPLE["living"], "registered": PEOPLE["registered"], "any": PEOPLE["people"]}
SEXES = {"men": Q(sex="1"), "women": Q(sex="2")}


def rows_of(wish: Wish) -> list[KnownPlace]:
    """The places of a summary: those of the wanted level inside the place on the day, those directly below without one, else the place itself."""
    level = str(wish.narrow.get("level") or "")
    found = places.places_within(wish.lo, wish.hi, level=level, day=wish.day) if level else places.children(wish.area, day=wish.day)
    own = places.find_place(wish.area)
    return list(found)[:MOST] or ([own] if own is not None else [])


def lines(wish: Wish, found: list[KnownPlace], outside: dict[str, int]) -> Iterator[list[Any]]:
    """The cells of each row, numbered; `outside` gets what belongs to none of them."""
    counted = _counted(wish, found, outside)
    for number, place in enumerate(found, start=1):
        above = {one.level: one.name for one in places.path_of(place.area)} | {"name": place.name}
        yield [_cell(wish, one, number, above, counted[place.area]) for one in wish.columns]


def _cell(wish: Wish, one: Ask | str | None, number: int, above: Mapping[str, str], counts: Mapping[str, int]) -> Any:
    if one is None or isinstance(one, str):
        return one or ""
    if one.owner == COUNT:
        return counts.get(one.key.removeprefix("count."), 0)
    if one.owner == "at":
        return above.get(one.key.removeprefix("at."), "")
    return {"serial": number, "day": wish.day, "unit": wish.unit, "filler": wish.actor.name}.get(one.key.removeprefix("fill."), "")


def _counted(wish: Wish, found: list[KnownPlace], outside: dict[str, int]) -> dict[int, dict[str, int]]:
    """Counts by place; a record counts for the place of the list in whose range it lies."""
    wanted = {one.key.removeprefix("count.") for one in wish.asks if one.owner == COUNT}
    result: dict[int, dict[str, int]] = {place.area: {} for place in found}
    ordered = sorted(found, key=lambda one: one.lo)
    starts = [one.lo for one in ordered]
    for query in TABLES:
        for row in query(wish, wanted):
            at = bisect_right(starts, row["area"]) - 1
            sums = result[ordered[at].area] if at >= 0 and ordered[at].covers(row["area"]) else outside
            for name, count in row.items():
                if name != "area" and count:
                    key = name.removeprefix("n_").replace("__", ".")
                    sums[key] = sums.get(key, 0) + count
    return result


def _named(key: str) -> str:
    return f"n_{key.replace('.', '__')}"


def _grouped(found: QuerySet[Any], sums: Mapping[str, Q]) -> list[dict[str, Any]]:
    if not sums:
        return []
    return list(found.order_by().values("area").annotate(**{_named(key): Count("pk", filter=condition) for key, condition in sums.items()}))


def _within(found: QuerySet[Any], wish: Wish) -> QuerySet[Any]:
    return found.filter(area__gte=wish.lo, area__lt=wish.hi)


def _people(wish: Wish, wanted: set[str]) -> list[dict[str, Any]]:
    base = BY_TIE[str(wish.narrow.get("tie") or "living")]
    sums = {key: PEOPLE[key] for key in wanted & set(PEOPLE)} | {key: base & SEXES[key] for key in wanted & set(SEXES)}
    sums |= {key: base & aged(wish.day, *band) for key in wanted if (band := band_of(key))}
    ties = {name: Exists(_within(Residence.objects.filter(on(wish.day, "since", "until"), person=OuterRef("pk"), tie__in=kinds), wish))
            for name, kinds in (("lives", LIVING), ("registered", ("registered",)))}
    found = _within(Person.objects.visible_to(wish.actor), wish).filter(Q(left_on=None) | Q(left_on__gt=wish.day)).filter(narrowed(wish))
    return _grouped(found.annotate(**ties), sums) if sums else []


def _households(wish: Wish, wanted: set[str]) -> list[dict[str, Any]]:
    found = _within(Household.objects.visible_to(wish.actor), wish).filter(on(wish.day, "formed_on", "ended_on"))
    return _grouped(found, {"households": ~Q(pk=None)} if "households" in wanted else {})


def _dwellings(wish: Wish, wanted: set[str]) -> list[dict[str, Any]]:
    kinds = {"dwellings": Q(use__in=("dwelling", "mixed")), "let": Q(occupancy="let"), "vacant": Q(occupancy="empty")}
    found = _within(Dwelling.objects.visible_to(wish.actor), wish).filter(Q(valid_to=None) | Q(valid_to__gt=wish.day))
    return _grouped(found, {key: kinds[key] for key in wanted & set(kinds)})


def _buildings(wish: Wish, wanted: set[str]) -> list[dict[str, Any]]:
    found = _within(Building.objects.visible_to(wish.actor), wish).filter(Q(valid_to=None) | Q(valid_to__gt=wish.day))
    return _grouped(found, {"buildings": ~Q(pk=None)} if "buildings" in wanted else {})


def _organisations(wish: Wish, wanted: set[str]) -> list[dict[str, Any]]:
    found = _within(Organisation.objects.visible_to(wish.actor), wish).filter(on(wish.day, "valid_from", "valid_to"))
    return _grouped(found, {"organisations": ~Q(pk=None)} if "organisations" in wanted else {})


def _things(wish: Wish, wanted: set[str]) -> list[dict[str, Any]]:
    others = {key for key in wanted if key not in KNOWN and band_of(key) is None}
    found = _within(Thing.objects.visible_to(wish.actor), wish).filter(on(wish.day, "valid_from", "valid_to"), kind__in=others)
    return _grouped(found, {key: Q(kind=key) for key in others})


KNOWN = {*PEOPLE, *SEXES, "households", "dwellings", "let", "vacant", "buildings", "organisations"}
TABLES: tuple[Callable[[Wish, set[str]], list[dict[str, Any]]], ...] = (_people, _households, _dwellings, _buildings, _organisations, _things)
