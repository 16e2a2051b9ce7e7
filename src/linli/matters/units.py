# SPDX-License-Identifier: MulanPSL-2.0
"""Which units can take a matter: organisations whose place contains it and where somebody can receive it."""

from django.db.models import Q, QuerySet

from linli.core import clock
from linli.elements import places
from linli.elements.models import Organisation
from linli.elements.posts import all_roles

RECEIVES = "matter.receive"


def handling_units(area: int) -> QuerySet[Organisation]:
    """The units that may be dispatched to for a place, nearest level first, then by name."""
    above = [place.area for place in places.path_of(area)]
    roles = [role.name for role in all_roles() if RECEIVES in role.abilities]
    today = clock.today()
    valid = Q(posts__valid_from__lte=today) & (Q(posts__valid_to=None) | Q(posts__valid_to__gt=today))
    live = Q(valid_to=None) | Q(valid_to__gt=today)
    return Organisation.objects.filter(live, valid, area__in=above, posts__role__in=roles).distinct().order_by("-area", "pinyin", "id")


def handling_unit(number: int, area: int) -> Organisation | None:
    """The unit of a number if it may take a matter of that place; None otherwise."""
    return handling_units(area).filter(id=number).first()
