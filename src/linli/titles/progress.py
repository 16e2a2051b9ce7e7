# SPDX-License-Identifier: MulanPSL-2.0
"""Progress of a year: named in it, named now, ever named, against the target of the place."""

from dataclasses import dataclass
from datetime import date

from django.db.models import Count, Q

from linli.core.sight import Actor
from linli.elements.places import KnownPlace
from linli.titles.kinds import TitleKind, kinds
from linli.titles.models import Title
from linli.titles.targets import target_of


@dataclass(frozen=True)
class Progress:
    """One kind of title in a place: exact counts; `target` is None where none is set."""

    kind: TitleKind
    year: int
    target: int | None
    named: int
    now: int
    ever: int
    revoked: int


def progress(actor: Actor, place: KnownPlace, year: int) -> tuple[Progress, ...]:
    """Of every kind of title in a place within the actor's sight; one query a kind and what its target asks."""
    return tuple(_of(actor, place, year, kind) for kind in kinds())


def _of(actor: Actor, place: KnownPlace, year: int, kind: TitleKind) -> Progress:
    within = Q(named_on__gte=date(year, 1, 1), named_on__lt=date(year + 1, 1, 1))
    found = Title.objects.visible_to(actor).filter(kind=kind.name, area__gte=place.lo, area__lt=place.hi).aggregate(
        ever=Count("area", distinct=True), now=Count("id", filter=Q(revoked_on=None)), revoked=Count("id", filter=Q(revoked_on__isnull=False)),
        named=Count("id", filter=within))
    return Progress(kind, year, target_of(actor, kind.name, place, year), found["named"], found["now"], found["ever"], found["revoked"])
