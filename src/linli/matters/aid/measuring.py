# SPDX-License-Identifier: MulanPSL-2.0
"""Measuring: each lesson is tried on matters that were filed after it had been learnt, never on what it knows; counts a month beside the floor."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.conf import settings
from django.db import connection, transaction
from django.db.models import F, Sum

from linli.core import clock
from linli.core.protection import TOMBSTONE
from linli.core.sight import AREA_END, Actor, looking, of_all
from linli.matters import categories
from linli.matters.aid import learning
from linli.matters.aid.proposing import MOST, SCORED
from linli.matters.models import AidMonth, AidTrial, Lesson, Move

MOST_TRIED = 20_000
"""Matters that one night measures at most, drawn by a hash of their numbers (our choice: half a minute's work)."""
MONTHS = 12
WORST = 10

TRY = f"""with chosen as materialized (
  select m.id, m.area, m.category_id as confirmed, v.recorded_at as filed_at, m.summary as said
  from matters_move v join matters_matter m on m.id = v.matter_id join matters_category c on c.id = m.category_id
  where v.action = 'matter.file' and v.actor is not null and v.recorded_at >= %(since)s and v.recorded_at < %(until)s
  and not m.is_secret and c.is_public and m.summary <> %(tombstone)s and m.category_id = any(%(allowed)s)
  and not exists (select from matters_aidtrial t where t.matter_id = m.id)
  order by hashint8(m.id), m.id limit {MOST_TRIED}
), texts as (select id, said from chosen), {SCORED}
insert into matters_aidtrial (matter_id, area, lesson, confirmed, proposed, place, commonest, filed_at)
select c.id, c.area, %(lesson)s, c.confirmed, coalesce(array_agg(r.category order by r.place) filter (where r.place is not null), '{{}}'),
coalesce(max(r.place) filter (where r.category = c.confirmed), 0), %(commonest)s, c.filed_at
from chosen c left join ranked r on r.id = c.id and r.place <= {MOST} group by c.id, c.area, c.confirmed, c.filed_at"""

SUM = """insert into matters_aidmonth (month, confirmed, first, matters, top1, top3, floor1)
select date_trunc('month', filed_at at time zone %(zone)s)::date, confirmed, coalesce(proposed[1], 0), count(*), count(*) filter (where place = 1),
count(*) filter (where place > 0), count(*) filter (where confirmed = commonest)
from matters_aidtrial where filed_at >= %(since)s group by 1, 2, 3"""


def study() -> Lesson:
    """What is done each night: the lesson in use is measured on what was filed since, then a new one is learnt. A first time goes through a year month by month."""
    with looking(of_all()), transaction.atomic():
        learning.lock()
        now, lesson = clock.now(), Lesson.objects.filter(is_in_use=True).first()
        if lesson is None:
            first = _go_through_the_year(now)
        else:
            first = lesson.upto
            measure(lesson, lesson.upto, now)
        sum_up(first)
        return learning.learn(now)


def _go_through_the_year(now: datetime) -> datetime:
    """Learn up to each month's beginning and measure on that month; answers where it began."""
    earliest = now - timedelta(days=settings.AID_DAYS)
    filed = Move.objects.within(0, AREA_END).filter(action="matter.file", recorded_at__gte=earliest).order_by("recorded_at")
    begun: datetime | None = filed.values_list("recorded_at", flat=True).first()
    if begun is None:
        return now
    cuts = [begun]
    while len(cuts) <= MONTHS + 1 and (following := next_month(cuts[-1])) < now:
        cuts.append(following)
    for since, until in zip(cuts, [*cuts[1:], now], strict=True):
        measure(learning.learn(since), since, until)
    return begun


def next_month(at: datetime) -> datetime:
    """The beginning of the month after a moment, by the city's clock."""
    first = clock.local(at).replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    following: datetime = (first + timedelta(days=32)).replace(day=1)
    return following


def measure(lesson: Lesson, since: datetime, until: datetime) -> int:
    """Try a lesson on the matters that people filed in a time after it had been learnt; answers how many. ValueError when it knows them."""
    if since < lesson.upto:
        raise ValueError(f"The lesson knows matters up to {lesson.upto}; it cannot be measured from {since} on. Begin at its `upto`.")
    most = lesson.categories.filter(matters__gt=0).order_by("-matters", "category").values_list("category", flat=True).first()
    allowed = [one.pk for one in categories.in_force(clock.local(since).date(), public_only=True)]
    with connection.cursor() as cursor:
        cursor.execute(TRY, {"lesson": lesson.pk, "since": since, "until": until, "tombstone": TOMBSTONE, "allowed": allowed, "commonest": most})
        return int(cursor.rowcount)


def sum_up(since: datetime) -> None:
    """Count the months from a moment on anew."""
    first = clock.local(since).replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    AidMonth.objects.filter(month__gte=first.date()).delete()
    with connection.cursor() as cursor:
        cursor.execute(SUM, {"zone": str(first.tzinfo), "since": first})


@dataclass(frozen=True)
class Accuracy:
    """Hits among confirmed matters: as first proposal, among the three, and how many it kept silent on; `floor` always names the commonest."""

    matters: int = 0
    top1: int = 0
    top3: int = 0
    silent: int = 0
    floor: int = 0


@dataclass(frozen=True)
class Confusion:
    """A category that people filed, what the aid named first instead (None when it kept silent), and how often."""

    confirmed: int
    first: int | None
    matters: int


def _accuracy(matters: int, top1: int, top3: int, floor1: int, silent: int) -> Accuracy:
    return Accuracy(matters or 0, top1 or 0, top3 or 0, silent or 0, floor1 or 0)


def by_month() -> list[tuple[date, Accuracy]]:
    """The last twelve months that were measured, oldest first."""
    rows = AidMonth.objects.values("month").annotate(n=Sum("matters"), hit=Sum("top1"), near=Sum("top3"), low=Sum("floor1")).order_by("-month")[:MONTHS]
    silent = dict(AidMonth.objects.filter(first=0).values_list("month").annotate(n=Sum("matters")))
    return [(row["month"], _accuracy(row["n"], row["hit"], row["near"], row["low"], silent.get(row["month"], 0))) for row in reversed(rows)]


def whole(months: Sequence[tuple[date, Accuracy]]) -> Accuracy:
    """The sum of months."""
    found = [one for _, one in months]
    return Accuracy(*(sum(getattr(one, name) for one in found) for name in ("matters", "top1", "top3", "silent", "floor")))


def by_category(since: date) -> list[tuple[int, Accuracy]]:
    """Categories that were measured since a month, those with the most matters first."""
    rows = AidMonth.objects.filter(month__gte=since).values("confirmed").annotate(
        n=Sum("matters"), hit=Sum("top1"), near=Sum("top3"), low=Sum("floor1")).order_by("-n", "confirmed")
    silent = dict(AidMonth.objects.filter(first=0, month__gte=since).values_list("confirmed").annotate(n=Sum("matters")))
    return [(row["confirmed"], _accuracy(row["n"], row["hit"], row["near"], row["low"], silent.get(row["confirmed"], 0))) for row in rows]


def worst(since: date) -> list[Confusion]:
    """What is most often taken for something else."""
    rows = AidMonth.objects.filter(month__gte=since).exclude(first=F("confirmed")).values("confirmed", "first").annotate(n=Sum("matters"))
    return [Confusion(row["confirmed"], row["first"] or None, row["n"]) for row in rows.order_by("-n", "confirmed", "first")[:WORST]]


def records(actor: Actor, confirmed: int, first: int | None, most: int) -> list[AidTrial]:
    """The matters behind a figure that the actor may see, latest first; `first` 0 for those on which it kept silent, None for all."""
    found = AidTrial.objects.visible_to(actor).filter(confirmed=confirmed).select_related("matter")
    if first is not None:
        found = found.filter(proposed=[]) if first == 0 else found.filter(proposed__0=first)
    return list(found.order_by("-filed_at", "-matter")[:most])
