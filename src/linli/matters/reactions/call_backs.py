# SPDX-License-Identifier: MulanPSL-2.0
"""Call-backs by themselves: a bad rating opens one, a tenth of the closed matters is drawn, late ones ring, each month's seed is fixed and shown."""

from collections.abc import Iterable, Sequence

from django.db.models import Exists, OuterRef, Q
from django.db.models.functions import Least

from linli.core import alarms, clock, rows
from linli.core.due import after_action
from linli.core.jobs import regularly
from linli.core.models import Alarm, Due
from linli.core.sight import looking, of_all
from linli.core.words import words
from linli.matters import numbers, sampling
from linli.matters.alarms import LATE_CALL_BACK
from linli.matters.dialogue import BAD, BAD_RATING, SAMPLE, call_back_due
from linli.matters.models import CallBack, Contact, Matter, Rating

MOST = 500
"""Late call-backs that ring in one look (our choice); the others follow with the next."""
LATE = words("{number} 的回访已超过时限（{due}）。请今天联系上报人并记录结果。",
             "The call-back of {number} is past its limit ({due}). Reach the reporter today and record the result.")


@after_action("matter.call_back_bad_rating", "matter.rate")
def call_back_bad_ratings(due: Sequence[Due]) -> None:
    """A rating of 4 or 5, also by one of several reporters, is called back in its own time; a sampled call-back of the matter that still waits becomes that of the complaint."""
    subjects = {row.subject for row in due}
    rounds = dict(Matter.objects.filter(pk__in=subjects, phase="closed").values_list("pk", "round"))
    for one in Rating.objects.filter(Q(matter__in=subjects) | Q(leading__in=subjects), score__in=BAD).order_by("at"):
        matter = one.leading or one.matter_id
        if one.round != rounds.get(matter):
            continue
        limit = call_back_due(one.at, BAD_RATING)
        waiting = CallBack.objects.filter(matter=matter, round=one.round, ended_at=None)
        if waiting.filter(cause=SAMPLE).update(cause=BAD_RATING, due_at=Least("due_at", limit.at)) == 0:
            rows.put(CallBack(area=one.area, matter_id=matter, round=one.round, cause=BAD_RATING, opened_at=one.at, due_at=limit.at,
                              is_provisional=limit.provisional), once=True)


@after_action("matter.draw_sample", "matter.close")
def draw_sample(due: Sequence[Due]) -> None:
    """Put the drawn ones of the matters just closed on the list, those only whose reporter can be reached."""
    closed = Matter.objects.filter(pk__in={row.subject for row in due}, phase="closed").only("id", "area", "round", "closed_at")
    reachable = set(Contact.objects.filter(matter__in={row.subject for row in due}).values_list("matter", flat=True))
    rows.put(*_drawn(one for one in closed if one.pk in reachable and one.closed_at is not None), once=True)


def _drawn(closed: Iterable[Matter]) -> Iterable[CallBack]:
    """Only what was closed after the digest of its month had been written down: a seed made afterwards draws nothing."""
    draws = {draw.month: (draw, sampling.seed_of(draw)) for draw in sampling.latest()}
    for one in closed:
        assert one.closed_at is not None
        draw, seed = draws.get(sampling.month_of(clock.local(one.closed_at).date()), (None, b""))
        if draw is not None and one.closed_at >= draw.committed_at and sampling.is_drawn(seed, one.pk, one.round, draw.percent):
            limit = call_back_due(one.closed_at, SAMPLE)
            yield CallBack(area=one.area, matter_id=one.pk, round=one.round, cause=SAMPLE, opened_at=one.closed_at, due_at=limit.at,
                           is_provisional=limit.provisional)


@after_action("matter.call_back_is_over", "matter.call_back", "matter.object", "matter.archive")
def be_still(due: Sequence[Due]) -> None:
    """The alarm of a late call-back is over once none is open."""
    subjects = {row.subject for row in due}
    for matter in subjects - set(CallBack.objects.filter(matter__in=subjects, ended_at=None).values_list("matter", flat=True)):
        alarms.still(LATE_CALL_BACK, subject_kind="matter", subject=matter)


@regularly("matters.late_call_backs", "*/15 * * * *")
def ring_late() -> object:
    """Every quarter of an hour: who is past the limit rings, once."""
    with looking(of_all()):
        rings = Alarm.objects.filter(name=LATE_CALL_BACK, subject_kind="matter", subject=OuterRef("matter"), ended_at=None)
        late = list(CallBack.objects.filter(~Exists(rings), ended_at=None, due_at__lt=clock.now()).order_by("due_at", "id")[:MOST])
        for one in late:
            sentence = LATE.format(number=numbers.number_of(one.matter_id), due=f"{clock.local(one.due_at):%Y-%m-%d %H:%M}")
            alarms.ring(LATE_CALL_BACK, area=one.area, subject_kind="matter", subject=one.matter_id, sentence=sentence)
    return len(late)


@regularly("matters.draws", "7 * * * *")
def keep_draws() -> object:
    """Every hour: the seeds of this and the next month are fixed, those of past months shown."""
    return sampling.keep_draws()
