# SPDX-License-Identifier: MulanPSL-2.0
"""The actions of this room, gathered so that discovery finds them; the calendar's stand in core, which declares none by itself."""

from linli.core import (
    calendar_store,
)
from linli.elements import (
    accounts, appointments, assignments, boundaries, divisions, organisations, parts, place_loading, redrawings, responsibilities, seats, sessions, successions,
)
from linli.elements.keeping import (
    confirming, events, households, lives, proposals, stairs, visits,
)

__all__ = [
    "accounts", "appointments", "assignments", "boundaries", "calendar_store", "confirming", "divisions", "events", "households", "lives", "organisations", "parts", "place_loading", "proposals", "redrawings", "responsibilities", "seats", "sessions", "stairs", "successions", "visits",
]
