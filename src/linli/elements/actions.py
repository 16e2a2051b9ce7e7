# SPDX-License-Identifier: MulanPSL-2.0
"""The actions of this room, gathered so that discovery finds them; the calendar's stand in core, which declares none by itself."""

from linli.core import (
    calendar_store,
)
from linli.elements import (
    accounts,
    appointments,
    assignments,
    boundaries,
    carrying,
    claims,
    compartments,
    consents,
    divisions,
    looks,
    organisations,
    own_codes,
    own_pages,
    parts,
    place_loading,
    purposes,
    redrawings,
    resealing,
    responsibilities,
    retention,
    seats,
    sessions,
    successions,
)
from linli.elements.filling import (
    actions as filling,
)
from linli.elements.filling import (
    working as filling_jobs,
)
from linli.elements.intakes import (
    actions as intakes,
)
from linli.elements.intakes import (
    working,
)
from linli.elements.keeping import (
    confirming,
    events,
    households,
    lives,
    proposals,
    stairs,
    visits,
)
from linli.elements.naming import (
    confirming as namings,
)
from linli.elements.quality import (
    measuring,
    samples,
)
from linli.elements.reconciling import (
    actions as reconciling,
)
from linli.elements.reconciling import (
    working as reconciling_work,
)
from linli.elements.reorganising import (
    actions as reorganising,
)

__all__ = [
    "accounts", "appointments", "assignments", "boundaries", "calendar_store", "carrying", "claims", "compartments", "confirming",
    "consents", "divisions", "events", "filling", "filling_jobs", "households", "intakes", "lives", "looks", "measuring", "namings",
    "organisations", "own_codes", "own_pages", "parts", "place_loading", "proposals", "purposes", "reconciling", "reconciling_work",
    "redrawings", "reorganising", "resealing", "responsibilities", "retention", "samples", "seats", "sessions", "stairs", "successions",
    "visits", "working",
]
