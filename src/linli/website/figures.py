# SPDX-License-Identifier: MulanPSL-2.0
"""What the public gets to know in figures: matters of this month in a place, cells under five hidden."""

from dataclasses import dataclass

from django.db.models import Count, Q

from linli.core import clock
from linli.core.sight import looking, of_place
from linli.doors.schemes import Scheme, scheme_of
from linli.elements.places import KnownPlace
from linli.matters.models import Matter
from linli.measures import periods
from linli.measures.published import PublicResults, public_results

LEAST = 5
"""Cells below are hidden: a single case could be recognised (boundaries.md, Persons)."""

__all__ = ["Month", "Scheme", "month_of", "results_of", "scheme_of"]


@dataclass(frozen=True)
class Month:
    """Matters of one month; None where the number is hidden because it is below five."""

    reported: int | None
    closed: int | None
    open: int | None


def month_of(place: KnownPlace) -> Month | None:
    """This month's counts of a community or street; None above, where the offices' results stand."""
    if place.level not in ("street", "community"):
        return None
    today = clock.today()
    start = periods.month_of(today.year, today.month).start
    with looking(of_place(place.lo, place.hi), read_only=True):
        inside = Matter.objects.within(place.lo, place.hi)
        found = inside.aggregate(
            reported=Count("id", filter=Q(reported_at__gte=start)), closed=Count("id", filter=Q(closed_at__gte=start)), open=Count("id", filter=Q(is_open=True)))
    return Month(*(shown(found[name]) for name in ("reported", "closed", "open")))


def shown(count: int) -> int | None:
    """The count, or None when it has to be hidden; nought hides nothing."""
    return None if 0 < count < LEAST else count


def results_of(place: KnownPlace) -> PublicResults | None:
    """The place's own public results of this year; None where no standard is in force or nothing is kept for its level."""
    found = public_results(place.area, str(clock.today().year))
    return found if found.indicators else None
