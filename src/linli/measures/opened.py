# SPDX-License-Identifier: MulanPSL-2.0
"""Open data of results: a community's own points by dimension in closed periods, without total, grade or order by value."""

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

from linli.core import clock
from linli.core.sight import looking, of_place
from linli.core.words import Words
from linli.elements import places
from linli.elements.places import KnownPlace
from linli.measures.closing import editions
from linli.measures.kept import values_of
from linli.measures.models import Closing
from linli.measures.periods import parse
from linli.measures.publications import is_small
from linli.measures.results import DimensionResult, assembled
from linli.measures.scoring import decimal


@dataclass(frozen=True)
class OpenResult:
    """One dimension of one community: points reached and possible as decimals, the share of the sheet that they rest on; empty texts where hidden.

    `is_hidden`: the only figure with points is about people and has a count under five, so that the points would give it away.
    """

    place: KnownPlace
    edition: int
    standard: str
    dimension: str
    words: Words
    reached: str
    possible: str
    coverage: str
    is_hidden: bool


def closed_years() -> list[str]:
    """The years whose results are published, newest first."""
    found = Closing.objects.filter(state="frozen").values_list("period", flat=True).distinct()
    return sorted((one for one in found if len(one) == 4), reverse=True)


def results_by_dimension(period: str) -> Iterator[OpenResult]:
    """Every community's dimensions in a closed period, in order of area, a street at a time under the sight of that street; nothing for an open period."""
    edition = editions.edition_of(period)
    if edition is None:
        return
    chosen, moment = parse(period), clock.now()
    city = places.city()
    for street in sorted(places.places_within(city.lo, city.hi, level="street"), key=lambda one: one.area):
        communities = sorted((one for one in places.children(street.area) if one.level == "community"), key=lambda one: one.area)
        with looking(of_place(street.lo, street.hi), read_only=True):
            values = values_of([one.area for one in communities], [period])
        for place in communities:
            found = assembled(place, chosen, moment, values, ())
            standard = f"{found.sheet.code} {found.sheet.version}" if found.sheet else ""
            yield from (_dimension(place, edition, standard, one) for one in found.dimensions if one.possible)


def _dimension(place: KnownPlace, edition: int, standard: str, one: DimensionResult) -> OpenResult:
    scored = [row for row in one.indicators if row.reached is not None]
    is_hidden = len(scored) == 1 and is_small(scored[0])
    is_shown = one.reached is not None and not is_hidden
    return OpenResult(
        place, edition, standard, one.dimension.code, one.dimension.words, decimal(one.reached, 2) if is_shown and one.reached is not None else "",
        decimal(one.possible, 2), decimal((one.coverage or Fraction(0)) * 100, 1) if not is_hidden else "", is_hidden)
