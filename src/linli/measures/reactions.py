# SPDX-License-Identifier: MulanPSL-2.0
"""What happens to figures regularly: limits that passed are noticed each minute, every open year is proved each night; and what of this room is sealed."""

from linli.core import clock
from linli.core.jobs import regularly
from linli.core.resealing import SealedColumn, declare
from linli.measures import checks as _checks  # noqa: F401  registers the system check
from linli.measures.freshness import refresh_overdue
from linli.measures.guarding.finding import recount
from linli.measures.models import Survey, SurveyAnswer
from linli.measures.periods import open_years
from linli.measures.rebuilding import rebuild_open

declare(
    SealedColumn(Survey, "sealed", lambda row: f"survey:{row[1]}", ("area",)),
    SealedColumn(SurveyAnswer, "sealed", lambda row: f"survey answer:{row[1]}", ("survey_id",)),
)
NIGHT_HOUR = 1
"""The hour of the city's clock in which the full count runs (our choice: after midnight, before the backup)."""


@regularly("measures.refresh_overdue", "* * * * *")
def notice_passed_limits() -> object:
    """Count the communities anew in which time alone has changed a figure."""
    return refresh_overdue()


@regularly("measures.rebuild", "40 * * * *")
def prove_figures() -> object:
    """Once a night, by the city's clock, a full count of every open year."""
    moment = clock.now()
    if clock.local(moment).hour != NIGHT_HOUR:
        return None
    return rebuild_open(open_years(moment))


@regularly("measures.guard", "20 * * * *")
def guard_figures() -> object:
    """Once a night, after the full count: what the guards find among the records of every open year."""
    moment = clock.now()
    if clock.local(moment).hour != NIGHT_HOUR + 1:
        return None
    return recount(moment)
