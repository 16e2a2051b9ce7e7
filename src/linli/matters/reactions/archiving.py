# SPDX-License-Identifier: MulanPSL-2.0
"""What follows by itself after a matter moves: a closed one is archived when the time for rating is over."""

from collections.abc import Sequence
from datetime import timedelta

from linli.core import clock
from linli.core.actions import run
from linli.core.due import after_action, leave
from linli.core.models import Due
from linli.core.system_actors import system_actor
from linli.matters import numbers
from linli.matters.models import Matter

RATING_WINDOW = timedelta(days=15)
"""How long a closed matter may be rated before it is archived (proposed; our choice)."""


@after_action("matter.plan_archiving", "matter.close")
def plan_archiving(rows: Sequence[Due]) -> None:
    """Leave a row for the day on which the window ends."""
    for row in rows:
        leave("matter.archive_now", area=row.area, subject_kind="matter", subject=row.subject, at=row.at + RATING_WINDOW)


@after_action("matter.archive_now")
def archive_now(rows: Sequence[Due]) -> None:
    """Archive the matters whose window is over; one that was reopened meanwhile is left alone."""
    worker = system_actor("worker")
    wanted = {row.subject for row in rows}
    closed = Matter.objects.filter(id__in=wanted, phase="closed", closed_at__lte=clock.now() - RATING_WINDOW).values_list("id", flat=True)
    for matter in closed:
        run("matter.archive", worker, {"number": numbers.number_of(matter)})
