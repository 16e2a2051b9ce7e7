# SPDX-License-Identifier: MulanPSL-2.0
"""After a job was settled on the spot: whether it is drawn for a check, by the seed of its month that nobody knew."""

from collections.abc import Iterable, Sequence

from django.conf import settings

from linli.core import clock, rows
from linli.core.calendar_store import calendar
from linli.core.due import after_action
from linli.core.models import Due
from linli.core.working_time import TimeUnit
from linli.matters import sampling
from linli.matters.models import Matter, SpotCheck

ROUND = 0
"""Stands in the draw for “settled on the spot”: no round of handling has this number."""


@after_action("matter.draw_settled", "matter.self_handle")
def draw_settled(due: Sequence[Due]) -> None:
    """Put the drawn ones of the jobs just settled on the verifiers' list; a second run draws the same."""
    settled = Matter.objects.filter(pk__in={row.subject for row in due}, phase="self_handled").only("id", "area", "closed_at")
    rows.put(*_drawn(settled), once=True)


def _drawn(settled: Iterable[Matter]) -> Iterable[SpotCheck]:
    draws = {draw.month: (draw, sampling.seed_of(draw)) for draw in sampling.latest()}
    for one in settled:
        assert one.closed_at is not None
        draw, seed = draws.get(sampling.month_of(clock.local(one.closed_at).date()), (None, b""))
        if draw is not None and one.closed_at >= draw.committed_at and sampling.is_drawn(seed, one.pk, ROUND, settings.SETTLE_PERCENT):
            yield SpotCheck(area=one.area, matter_id=one.pk, drawn_at=one.closed_at,
                            due_at=calendar().add(one.closed_at, settings.SAMPLE_DAYS, TimeUnit.WORKING_DAY).at)
