# SPDX-License-Identifier: MulanPSL-2.0
"""The accountable head of an area (战区制、主官上): the person to whom escalation goes."""

from dataclasses import dataclass

from django.db.models import Q

from linli.core import clock
from linli.elements import places
from linli.elements.models import Post

ROLE = "head"
"""Name of the role in practice/steering/posts.py (policy.md 5.1: each level is a zone with one first responsible person)."""


@dataclass(frozen=True)
class Head:
    """Who is accountable, where, in which organisation."""

    account: int
    post: int
    area: int
    organisation: int
    name: str


def ranges_below(lo: int, hi: int) -> list[tuple[int, int]]:
    """The ranges of the places strictly inside a range that have a head of their own today; one query."""
    today = clock.today()
    found = Post.objects.filter(Q(valid_to=None) | Q(valid_to__gt=today), role=ROLE, valid_from__lte=today, organisation__isnull=False,
                                place__lo__gte=lo, place__hi__lte=hi).exclude(place__lo=lo, place__hi=hi)
    return sorted(set(found.values_list("place__lo", "place__hi")))


def head_of(area: int) -> Head | None:
    """The head of the nearest level above or at a place that has one today; None where nobody is appointed (that is an alarm, not a pass)."""
    today = clock.today()
    above = [place.area for place in places.path_of(area)]
    found = (Post.objects.filter(Q(valid_to=None) | Q(valid_to__gt=today), role=ROLE, place__area__in=above, valid_from__lte=today)
             .select_related("place", "account").order_by("-place__area", "id").first())
    if found is None or found.organisation_id is None:
        return None
    return Head(found.account_id, found.pk, found.place.area, found.organisation_id, found.account.name)
