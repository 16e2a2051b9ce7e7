# SPDX-License-Identifier: MulanPSL-2.0
"""Open data of titles: who was named, who is in publicity, who had the title revoked; in order of area, nothing else."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from linli.core.sight import looking, of_place
from linli.elements import places
from linli.measures.models import Publication
from linli.titles.models import Batch, Title

PUBLICITY = "publicity"
"""Occasion and state of what is shown to the public before a naming."""


@dataclass(frozen=True)
class OpenTitle:
    """A title as anybody may know it; days and numbers of documents are empty where nobody knows them."""

    area: int
    code: str
    name: str
    kind: str
    batch: int
    year: int
    named_on: date | None
    document_no: str
    revoked_on: date | None
    revoked_by: str


@dataclass(frozen=True)
class OpenCandidate:
    """A community in publicity, with the digest of what was published about it."""

    area: int
    code: str
    name: str
    kind: str
    batch: int
    year: int
    digest: str


def titles(*, is_revoked: bool) -> list[OpenTitle]:
    """The titles borne now, or those revoked, in order of area; read under the sight of the city as a public report."""
    city = places.city()
    with looking(of_place(city.lo, city.hi), read_only=True):
        found = list(Title.objects.within(city.lo, city.hi).filter(revoked_on__isnull=not is_revoked).select_related("batch").order_by("area", "id"))
    return [_title(one) for one in found]


def _title(one: Title) -> OpenTitle:
    place = places.find_place(one.area)
    return OpenTitle(one.area, place.code if place else "", place.name if place else "", one.kind, one.batch.ordinal, one.batch.year, one.named_on,
                     one.document_no, one.revoked_on, one.revoked_by)


def in_publicity() -> Iterator[OpenCandidate]:
    """The communities of the batches that are in publicity now, as their newest publication names them, in order of area."""
    batches = {one.pk: one for one in Batch.objects.filter(state=PUBLICITY)}
    newest: dict[int, Publication] = {}
    for one in Publication.objects.filter(occasion=PUBLICITY, reference__in=list(batches)).order_by("id"):
        newest[one.reference] = one
    found = [OpenCandidate(row["area"], row["code"] or "", row["name"], batches[reference].kind, batches[reference].ordinal, batches[reference].year, one.digest)
             for reference, one in newest.items() for row in one.content["communities"]]
    yield from sorted(found, key=lambda row: (row.area, row.kind))
