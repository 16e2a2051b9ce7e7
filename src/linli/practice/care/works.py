# SPDX-License-Identifier: MulanPSL-2.0
"""The work behind the visits: households where nobody was met this year, and calls that are due again."""

from collections.abc import Iterable

from django.db.models import Q

from linli.core.sight import Actor
from linli.core.words import words
from linli.elements.keeping.visits import OUTCOMES
from linli.elements.models import Visit
from linli.elements.places import KnownPlace
from linli.measures.works import CALL, Chore, Errand, Work, declare
from linli.practice.care import facts as _households  # noqa: F401  the fact set has to stand before the work behind it

declare(Work("households", words("今年还没有见到人的户", "Homes where nobody was met this year"), CALL, "households", Q(is_visited=False), {"is_visited": True}))


def _again(actor: Actor, place: KnownPlace, most: int) -> Iterable[Chore]:
    found = Visit.objects.visible_to(actor).filter(area__gte=place.lo, area__lt=place.hi, again_on__isnull=False).order_by("again_on", "id")
    called = dict(OUTCOMES)
    return [Chore(one.household_id or one.pk, one.area, called.get(one.outcome), one.again_on) for one in found[:most]]


declare(Errand("visits_again", words("约好再去的户", "Calls due again"), CALL, "visits", _again, ability="resident.see"))
