# SPDX-License-Identifier: MulanPSL-2.0
"""The year's target as its batches set it, for the dashboards: the city's whole, a district's share of it, nothing below."""

from linli.core.sight import Actor
from linli.elements.places import KnownPlace
from linli.titles.creation.states import CITY, DISTRICT
from linli.titles.models import Batch, Share
from linli.titles.targets import Target


def by_batches(kind: str) -> Target:
    """The target of a kind of title whose year is run by batches."""

    def of(actor: Actor, place: KnownPlace, year: int) -> int | None:
        held = Batch.objects.filter(kind=kind, year=year, target__isnull=False)
        if place.level == CITY:
            numbers: list[int | None] = list(held.values_list("target", flat=True))
        elif place.level == DISTRICT:
            numbers = list(Share.objects.visible_to(actor).filter(batch__in=held, area=place.area).values_list("number", flat=True))
        else:
            return None
        return sum(one or 0 for one in numbers) if numbers else None

    return Target(kind, of)
