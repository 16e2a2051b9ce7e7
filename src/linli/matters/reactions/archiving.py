# SPDX-License-Identifier: MulanPSL-2.0
"""What follows by itself after a matter moves: a closed one is archived when the time for rating is over; words that were to be erased go then."""

from collections.abc import Sequence
from datetime import timedelta

from linli.core import clock
from linli.core.actions import run
from linli.core.due import after_action, leave
from linli.core.models import Due, JournalLine
from linli.core.protection import TOMBSTONE
from linli.core.system_actors import system_actor
from linli.matters import numbers
from linli.matters.dialogue import BAD_RATING, rating_window
from linli.matters.models import CallBack, Matter

PUT_OFF = timedelta(days=1)
"""How long archiving waits each time while a dissatisfied reporter has not been called back (our choice)."""
GROUND = "办结后补充删除：申请时事项尚未办结"


@after_action("matter.plan_archiving", "matter.close")
def plan_archiving(rows: Sequence[Due]) -> None:
    """Leave a row for the day on which the window ends."""
    for row in rows:
        leave("matter.archive_now", area=row.area, subject_kind="matter", subject=row.subject, at=row.at + rating_window())


@after_action("matter.archive_now")
def archive_now(rows: Sequence[Due]) -> None:
    """Archive the matters whose window is over; one that was re-opened meanwhile is left alone, one that waits for its call-back waits."""
    worker, now, window = system_actor("worker"), clock.now(), rating_window()
    closed = list(Matter.objects.filter(id__in={row.subject for row in rows}, phase="closed").only("id", "area", "closed_at"))
    called = set(CallBack.objects.filter(matter__in=[one.pk for one in closed], cause=BAD_RATING, ended_at=None).values_list("matter", flat=True))
    for matter in closed:
        ends_at = (matter.closed_at or now) + window
        if ends_at > now or matter.pk in called:
            leave("matter.archive_now", area=matter.area, subject_kind="matter", subject=matter.pk, at=max(ends_at, now + PUT_OFF))
        else:
            run("matter.archive", worker, {"number": numbers.number_of(matter.pk)})


@after_action("matter.erase_words", "matter.close", "matter.refuse", "matter.merge", "matter.self_handle")
def erase_words(rows: Sequence[Due]) -> None:
    """A matter whose reporter asked for erasure while it was open has ended: now his words go too."""
    wanted = JournalLine.objects.filter(subject_kind="erasure", subject__in={row.subject for row in rows}, action="journal.erase").values("subject")
    for matter in Matter.objects.filter(pk__in=wanted, is_open=False).exclude(summary=TOMBSTONE).values_list("pk", flat=True):
        run("journal.erase", system_actor("worker"), {"subject_kind": "matter", "subject": matter, "reason": GROUND})
