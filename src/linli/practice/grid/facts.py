# SPDX-License-Identifier: MulanPSL-2.0
"""What the grid chapter counts beside matters: grids that exist, days to be walked, what was found on rounds; and when they are counted anew."""

from collections.abc import Iterable, Sequence

from django.db.models import Min, Q

from linli.core import clock, due
from linli.core.models import Due
from linli.core.words import words
from linli.elements import places
from linli.elements.models import GridAssignment
from linli.matters.models import Round, RoundDay, RoundReport
from linli.measures.declarations import END, START, FactSet, declare
from linli.measures.freshness import leaf_of
from linli.measures.predicates import MOMENT, NUMBER, TEXT, YES_NO

declare(FactSet(
    name="grids",
    words=words("网格（截止日存续的，每个一行）", "Grids that exist on the day of the cut-off (one row each)"),
    sql="""
select g.id, g.place_area as area, c.place_area as leaf,
       exists (select 1 from elements_boundary b
                where b.place_id = g.id and b.from_day <= %(day_number)s and b.to_day > %(day_number)s) as has_boundary,
       exists (select 1 from elements_gridassignment a join elements_post p on p.id = a.post_id
                where a.place_id = g.id and a.valid_from <= %(day)s and (a.valid_to is null or a.valid_to > %(day)s)
                  and p.valid_from <= %(day)s and (p.valid_to is null or p.valid_to > %(day)s)) as is_staffed
  from elements_place g join elements_place c on c.id = g.parent_id
 where g.level = 'grid' and (g.valid_from is null or g.valid_from <= %(day)s) and (g.valid_to is null or g.valid_to > %(day)s)""",
    columns={"id": NUMBER, "area": NUMBER, "leaf": NUMBER, "has_boundary": YES_NO, "is_staffed": YES_NO},
    dates=(),
    record_kind="place",
))
declare(FactSet(
    name="round_days",
    words=words("应巡日（每个网格每天一行）", "Days on which a grid was to be walked (one row for a grid and a day)"),
    sql="""
select d.id, d.area, d.community as leaf, d.over_at, d.has_morning, d.has_afternoon,
       case when d.has_morning then 1 else 0 end + case when d.has_afternoon then 1 else 0 end as walked, 2 as planned from matters_roundday d""",
    columns={"id": NUMBER, "area": NUMBER, "leaf": NUMBER, "over_at": MOMENT, "has_morning": YES_NO, "has_afternoon": YES_NO,
             "walked": NUMBER, "planned": NUMBER},
    dates=("over_at",),
    record_kind="round_day",
    leaf_unit=1000,
    alive=Q(over_at__gte=START, over_at__lt=END),
))
declare(FactSet(
    name="round_reports",
    words=words("巡查中上报的事项（每件一行）", "Matters reported on rounds (one row each)"),
    sql="""
select r.id, r.area, m.community as leaf, r.matter_id as matter, m.phase, m.reported_at, m.filed_at,
       m.phase = 'refused' and exists (select 1 from matters_move v
                where v.matter_id = m.id and v.action = 'matter.refuse' and v.reason = 'not_found') as is_not_found
  from matters_roundreport r join matters_matter m on m.id = r.matter_id""",
    columns={"id": NUMBER, "area": NUMBER, "leaf": NUMBER, "matter": NUMBER, "phase": TEXT, "reported_at": MOMENT, "filed_at": MOMENT, "is_not_found": YES_NO},
    dates=("reported_at",),
    record_kind="matter",
    record="matter",
    leaf_unit=1000,
))


@due.after_action("measures.refresh_grids", "post.end", "post.give", "account.close", "boundary.load", "place.load", "place.add", "place.end")
def refresh_grids(rows: Sequence[Due]) -> None:
    """Posts, accounts, boundaries and places stand for the whole city: have each community counted anew whose grids may differ.

    Figures of the running periods follow at once; earlier months of an open year are put right by the nightly count.
    """
    posts = [row.subject for row in rows if row.subject_kind == "post"]
    accounts = [row.subject for row in rows if row.subject_kind == "account"]
    held = GridAssignment.objects.filter(Q(post__in=posts) | Q(post__account__in=accounts)).values_list("area", flat=True)
    areas = {leaf_of(area) for area in held}
    if any(row.subject_kind not in ("post", "account") for row in rows):
        areas |= {leaf_of(one.area) for one in places.places_within(0, 10**15, level="grid")}
    _count_anew((area, 0) for area in sorted(areas))


@due.after_action("measures.refresh_round_days", "round.close_day")
def refresh_round_days(rows: Sequence[Due]) -> None:
    """A day was noted: have each community counted anew whose grids were to be walked."""
    days = [clock.today().fromordinal(row.subject) for row in rows]
    found = RoundDay.objects.filter(day__in=days).values("community", "day").annotate(first=Min("id")).values_list("community", "first")
    _count_anew((community * 1000, first) for community, first in found)


@due.after_action("measures.refresh_rounds", "round.end")
def refresh_rounds(rows: Sequence[Due]) -> None:
    """A round has ended, perhaps days ago: count its day anew if that was noted already, and the months of what was reported on it."""
    numbers = [row.subject for row in rows]
    _count_anew((one.area, one.matter_id) for one in RoundReport.objects.filter(round__in=numbers))
    walked = Round.objects.filter(pk__in=numbers).values_list("area", "day")
    days = RoundDay.objects.filter(area__in={area for area, _ in walked}, day__in={day for _, day in walked})
    _count_anew((one.area, one.pk) for one in days if (one.area, one.day) in set(walked))


@due.after_action("measures.refresh_links", "round.link")
def refresh_links(rows: Sequence[Due]) -> None:
    """Reports found their rounds late: count what was linked since."""
    since = min(row.subject for row in rows)
    _count_anew((one.area, one.matter_id) for one in RoundReport.objects.filter(pk__gt=since))


def _count_anew(leaves: Iterable[tuple[int, int]]) -> None:
    """Leave the work to the reaction that counts, in its own batches; the record's number lets it find the month."""
    now = clock.now()
    Due.objects.bulk_create([Due(reaction="measures.refresh", area=leaf_of(area), subject_kind="community", subject=record, at=now) for area, record in leaves],
                            batch_size=1000)


declare(FactSet(
    name="settled",
    words=words("随手办结（每件一行）", "Jobs settled on the spot (one row each)"),
    sql="""
select s.matter_id as id, m.area, m.community as leaf, s.drawn_at, s.checked_at, s.is_passed
  from matters_spotcheck s join matters_matter m on m.id = s.matter_id""",
    columns={"id": NUMBER, "area": NUMBER, "leaf": NUMBER, "drawn_at": MOMENT, "checked_at": MOMENT, "is_passed": YES_NO},
    dates=("checked_at",),
    record_kind="matter",
    leaf_unit=1000,
))
