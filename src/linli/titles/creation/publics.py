# SPDX-License-Identifier: MulanPSL-2.0
"""What the public reads of a list: exactly what was published with its digest, each community's own results by dimension, never beside another's."""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from linli.core import clock
from linli.core.faults import NotVisible
from linli.core.sight import looking, of_place
from linli.core.words import Words, words
from linli.elements import places
from linli.elements.places import KnownPlace
from linli.measures.grading import STATE_WORDS
from linli.measures.scoring import decimal, percent
from linli.measures.standards import MEASURED
from linli.titles.creation.moving import kind_of
from linli.titles.models import Application, Batch, Publicity, Title

MOST = 2000
SHOWN = 40


@dataclass(frozen=True)
class Own:
    """One community on a list with its own results as published; texts only. `is_shown` is False once an objection was upheld."""

    area: int
    name: str
    above: str
    grade: Words | None
    dimensions: tuple[tuple[Words, str, str], ...]
    conditions: tuple[tuple[Words, str], ...]
    reached: str
    possible: str
    coverage: str
    is_on_list: bool = True


def lists() -> list[Publicity]:
    """The lists that were ever public, newest first."""
    return list(Publicity.objects.select_related("batch").order_by("-id")[:SHOWN])


def list_of(number: int) -> Publicity:
    """One list. NotVisible for a number that is none."""
    found: Publicity | None = Publicity.objects.select_related("batch", "publication").filter(pk=number).first()
    if found is None:
        raise NotVisible
    return found


def is_open(publicity: Publicity) -> bool:
    """Whether objections are still taken."""
    return clock.now() < publicity.ends_at


def communities(publicity: Publicity) -> list[Own]:
    """The communities of a list in order of area with what was published of each; one query of the list as it stands now."""
    city = places.city()
    with looking(of_place(city.lo, city.hi), read_only=True):
        present = set(Application.objects.within(city.lo, city.hi).filter(publicity=publicity).values_list("area", flat=True))
    content: Mapping[str, Any] = publicity.publication.content
    return [_own(one, content, is_on_list=one["area"] in present) for one in sorted(content["communities"], key=lambda one: int(one["area"]))]


def _own(one: Mapping[str, Any], content: Mapping[str, Any], *, is_on_list: bool) -> Own:
    sheet = content.get("standard", {}).get("content", {})
    named = {row["code"]: words(row["zh"], row["en"]) for row in [*sheet.get("dimension", ()), *sheet.get("necessary", ())]}
    parts = one.get("dimensions") or by_dimension(one, sheet)
    place = places.find_place(int(one["area"]))
    return Own(
        int(one["area"]), one["name"], " · ".join(above.name for above in places.path_of(int(one["area"]))[1:-1]) if place else "", STATE_WORDS.get(one["grade"]),
        tuple((named.get(each["code"], words(each["code"], each["code"])), _points(each["reached"]), _points(each["possible"])) for each in parts
              if Fraction(each["possible"])),
        tuple((named.get(each["code"], words(each["code"], each["code"])), each["state"]) for each in one.get("conditions", ())),
        _points(one["reached"]), _points(one["possible"]), percent(Fraction(one["coverage"])) if one["coverage"] else "—", is_on_list)


def by_dimension(one: Mapping[str, Any], sheet: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Points by dimension out of a publication that lists indicators only: points of what has nothing to count go to the rest of its dimension (policy.md 3.3)."""
    reached = {each["code"]: Fraction(each["reached"]) for each in one.get("indicators", ()) if each["reached"] is not None}
    found = []
    for dimension in sheet.get("dimension", ()):
        own = [row for row in sheet["indicator"] if row["dimension"] == dimension["code"] and row.get("basis", MEASURED) == MEASURED]
        possible = sum((Fraction(row["points"]) for row in own), Fraction(0))
        evaluable = sum((Fraction(row["points"]) for row in own if row["code"] in reached), Fraction(0))
        points = sum((reached[row["code"]] for row in own if row["code"] in reached), Fraction(0))
        found.append({"code": dimension["code"], "possible": str(possible), "reached": str(points * possible / evaluable) if evaluable else None})
    return found


def _points(text: str | None) -> str:
    return decimal(Fraction(text), 1) if text is not None else "—"


@dataclass(frozen=True)
class Named:
    """One community that a batch named."""

    place: KnownPlace
    above: str
    title: Title


def named(number: int) -> tuple[Batch, list[Named]]:
    """A named batch with its communities in order of area. NotVisible before the naming."""
    batch = Batch.objects.filter(pk=number, state="named").first()
    if batch is None:
        raise NotVisible
    city = places.city()
    with looking(of_place(city.lo, city.hi), read_only=True):
        held = list(Title.objects.within(city.lo, city.hi).filter(batch=batch).order_by("area")[:MOST])
    return batch, [Named(places.place_by_area(one.area), " · ".join(above.name for above in places.path_of(one.area)[1:-1]), one) for one in held]


def batch_words(batch: Batch) -> Words:
    """What a batch is called."""
    kind = kind_of(batch).words
    return words(f"{batch.year} 年{kind.zh}（第 {batch.ordinal} 批）", f"{kind.en} {batch.year} (batch {batch.ordinal})")
