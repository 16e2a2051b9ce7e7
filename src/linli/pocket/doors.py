# SPDX-License-Identifier: MulanPSL-2.0
"""The doors that the phone carries: which are due, and every building in the order of its stairs. Addresses only, nobody's name."""

from datetime import timedelta
from itertools import groupby
from typing import Any

from linli.core import clock
from linli.core.faults import NotAble
from linli.core.sight import Actor
from linli.elements.keeping import stairs, visits
from linli.elements.keeping.events import KEEPS
from linli.elements.models import Dwelling

AHEAD_DAYS = 7
MOST = 4000
"""Doors that travel to the phone (our choice: a community of the usual size; about 30 kB compressed)."""


def doors_of(actor: Actor) -> dict[str, Any]:
    """What is due within a week, longest due first, and the doors of all buildings; two queries. NotAble for posts that keep no records."""
    if not actor.may(KEEPS):
        raise NotAble
    due = visits.tries(actor, until=clock.today() + timedelta(days=AHEAD_DAYS))
    found = Dwelling.objects.visible_to(actor).filter(valid_to=None).select_related("building").order_by("building__key", "building", "id")[:MOST + 1]
    rows = list(found)
    grouped = [(building, stairs.in_order(doors, stairs.DOWN)) for building, doors in groupby(rows[:MOST], key=lambda one: one.building)]
    outcomes = dict(visits.OUTCOMES)
    return {
        "due": [{"dwelling": one.dwelling.pk, "name": stairs.address_words(one.dwelling), "last": str(outcomes.get(one.visit.outcome, "")),
                 "again_on": one.visit.again_on.isoformat() if one.visit.again_on else "", "late": max(0, one.days)} for one in due],
        "buildings": [{"id": building.pk, "name": stairs.building_words(building), "doors": [[one.pk, stairs.door_words(one)] for one in doors]}
                      for building, doors in grouped],
        "outcomes": [[value, str(label)] for value, label in visits.OUTCOMES], "is_more": len(rows) > MOST}
