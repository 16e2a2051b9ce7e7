# SPDX-License-Identifier: MulanPSL-2.0
"""设施: things as pages read them: lists by kind, which services of a set a community has and lacks, what follows from a record's fields."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count, F, Q
from django.db.models.fields.json import KeyTextTransform

from linli.core.sight import Actor
from linli.core.words import Words
from linli.elements import places
from linli.elements.models import Seat, Thing, ThingPart
from linli.elements.registers.declaring import register_named
from linli.elements.registers.kinds import Figure, Office, ThingKind, thing_kind
from linli.elements.registers.records import values_of
from linli.elements.seats import lacking, seated_on


def standing(day: date) -> Q:
    """The condition under which a thing is there on a day."""
    return (Q(valid_from=None) | Q(valid_from__lte=day)) & (Q(valid_to=None) | Q(valid_to__gt=day))


def counts(actor: Actor, lo: int, hi: int, day: date) -> dict[str, int]:
    """How many things of each kind stand in a range. One query."""
    rows = Thing.objects.visible_to(actor).within(lo, hi).filter(standing(day)).values("kind").annotate(count=Count("id"))
    return {row["kind"]: row["count"] for row in rows}


def page(actor: Actor, kind: ThingKind, lo: int, hi: int, day: date, *, option: str = "", after: tuple[int, int] = (0, 0), most: int = 51) -> list[Thing]:
    """The things of a kind in a range, in the order of places, from (area, number) on. One query."""
    found = Thing.objects.visible_to(actor).within(lo, hi).filter(standing(day), kind=kind.name)
    if after != (0, 0):
        found = found.filter(Q(area__gt=after[0]) | Q(area=after[0], pk__gt=after[1]))
    if option:
        found = found.annotate(offered=KeyTextTransform(kind.divided_by, "fields")).filter(offered=option)
    return list(found.order_by("area", "pk")[:most])


def crews(actor: Actor, things: Sequence[int], day: date) -> dict[int, list[str]]:
    """The offices that are held at some facilities on a day, one entry a person. One query."""
    found: dict[int, list[str]] = {}
    for thing, office in Seat.objects.visible_to(actor).filter(seated_on(day), thing__in=list(things)).values_list("thing", "office"):
        found.setdefault(thing, []).append(office)
    return found


@dataclass(frozen=True)
class Gap:
    """One service of a set: how many of the communities of a range have it, and which lack it (named for few only)."""

    option: str
    words: Words
    there: int
    lacking: tuple[str, ...]
    missing: int


MOST_NAMED = 8


def gaps_in_set(actor: Actor, kind: ThingKind, lo: int, hi: int, day: date) -> tuple[int, list[Gap]]:
    """How many communities the range has, and for each service of the kind how many have one and which lack it. One query."""
    wanted = {one.area: one.short_name for one in places.communities(lo, hi)}
    home = F("area") / 1000 * 1000
    rows = (Thing.objects.visible_to(actor).within(lo, hi).filter(standing(day), kind=kind.name)
            .annotate(home=home, offered=KeyTextTransform(kind.divided_by, "fields")).values_list("home", "offered").distinct())
    there: dict[str, set[int]] = {}
    for area, offered in rows:
        there.setdefault(offered or "", set()).add(area)
    found = []
    for option, label in kind.options:
        absent = [name for area, name in wanted.items() if area not in there.get(option, set())]
        found.append(Gap(option, label, len(wanted) - len(absent), tuple(absent[:MOST_NAMED]), len(absent)))
    return len(wanted), found


@dataclass(frozen=True)
class Told:
    """What follows from one facility's record: figures with their values, warnings, and offices of the crew with too few people."""

    values: Mapping[str, Any]
    figures: tuple[tuple[Figure, int], ...]
    warnings: tuple[Words, ...]
    vacant: tuple[tuple[Office, int], ...]


def told(thing: Thing, crew: Sequence[str]) -> Told:
    """What the declaration of its kind makes of a record; nothing where nobody declares the kind any more."""
    kind = thing_kind(thing.kind)
    if kind is None:
        return Told({}, (), (), ())
    values = values_of(register_named(kind.name), thing)
    figures = tuple((one, found) for one in kind.figures if (found := one.of(values)) is not None)
    warnings = tuple(said for rule in kind.warnings if (said := rule.broken(values)) is not None)
    return Told(values, figures, warnings, tuple(lacking(kind.crew, crew)))


def parts_of(actor: Actor, thing: int) -> list[ThingPart]:
    """The list of one facility, what expires first on top. One query."""
    return list(ThingPart.objects.visible_to(actor).filter(thing=thing).order_by(F("expires_on").asc(nulls_last=True), "name", "pk"))
