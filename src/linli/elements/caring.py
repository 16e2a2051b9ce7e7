# SPDX-License-Identifier: MulanPSL-2.0
"""Who looks after which doorway on which day, and the doorways that nobody looks after: set-wise, inside the sight in force."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db import connection
from django.db.models import Q

from linli.elements.models import Building, Responsibility, StandIn
from linli.elements.registers.dwellings import building_title

HOMES = "('dwelling', 'mixed')"
"""Uses of a building in which people live."""
WORKER = "case when {account}.is_active then daterange(least({post}.valid_from, {post}.valid_to), {post}.valid_to) else 'empty' end"
DOORWAYS = f"""
  select b.id, b.area, d.doorway, b.quarter, b.number, b.key from elements_building b
    join (select distinct building_id, doorway from elements_dwelling where area >= %(lo)s and area < %(hi)s and valid_to is null) d on d.building_id = b.id
   where b.area >= %(lo)s and b.area < %(hi)s and b.valid_to is null and b.use in {HOMES}
  union all
  select b.id, b.area, '', b.quarter, b.number, b.key from elements_building b
   where b.area >= %(lo)s and b.area < %(hi)s and b.valid_to is null and b.use in {HOMES}
     and not exists (select from elements_dwelling d where d.building_id = b.id and d.valid_to is null)
"""
"""What somebody must look after: every doorway with dwellings, and a building of homes whose dwellings are not entered yet as a whole."""
AWAY = "select range_agg(daterange(s.since, s.until)) from elements_standin s where s.post_id = r.post_id and s.since < s.until"
STANDING = f"""select range_agg(daterange(s.since, s.until) * {WORKER.format(account="sa", post="sp")}) from elements_standin s
  join elements_post sp on sp.id = s.stand_in_id join elements_account sa on sa.id = sp.account_id where s.post_id = r.post_id and s.since < s.until"""
GAPS = f"""
with doorway as ({DOORWAYS}),
held as (
  select r.building_id, r.doorway, datemultirange(daterange(r.since, r.until)) * (
           datemultirange({WORKER.format(account="pa", post="p")}) - coalesce(({AWAY}), '{{}}') + coalesce(({STANDING}), '{{}}')) as days
    from elements_responsibility r join elements_post p on p.id = r.post_id join elements_account pa on pa.id = p.account_id
   where r.area >= %(lo)s and r.area < %(hi)s and r.since < %(to)s and (r.until is null or r.until > %(since)s) and r.since < coalesce(r.until, 'infinity')),
open as (
  select o.id, o.area, o.doorway, o.quarter, o.number, o.key, datemultirange(daterange(%(since)s, %(to)s)) - coalesce(range_agg(h.days), '{{}}') as days
    from doorway o left join held h on h.building_id = o.id and h.doorway in ('', o.doorway)
   group by o.id, o.area, o.doorway, o.quarter, o.number, o.key)
"""
LIST = GAPS + """select id, area, doorway, quarter, number, lower(days), upper(range) from open
  cross join lateral (select range from unnest(days) range limit 1) first where not isempty(days) order by key, id, doorway limit %(most)s"""
COUNT = GAPS + """select area / 1000 * 1000, count(*), count(*) filter (where lower(days) <= %(since)s), min(lower(days)) from open
  where not isempty(days) group by 1 order by 1"""


@dataclass(frozen=True)
class Gap:
    """A doorway without anybody: from when, and until when (exclusive) if that is within the days asked."""

    building: int
    area: int
    doorway: str
    name: str
    since: date
    until: date


@dataclass(frozen=True)
class Count:
    """How many doorways of a community are without anybody in the days asked, how many of them on the first day, and the first day of all."""

    community: int
    doorways: int
    now: int
    first: date


def gaps(lo: int, hi: int, since: date, to: date, most: int = 500) -> list[Gap]:
    """The first stretch without anybody of each doorway in a range, in the order of addresses; at most so many."""
    with connection.cursor() as cursor:
        cursor.execute(LIST, {"lo": lo, "hi": hi, "since": since, "to": to, "most": most})
        rows = cursor.fetchall()
    return [Gap(building, area, doorway, building_title(Building(quarter=quarter, number=number)), begins, ends)
            for building, area, doorway, quarter, number, begins, ends in rows]


def counts(lo: int, hi: int, since: date, to: date) -> list[Count]:
    """The communities of a range in which some doorway is without anybody. One query."""
    with connection.cursor() as cursor:
        cursor.execute(COUNT, {"lo": lo, "hi": hi, "since": since, "to": to})
        return [Count(*row) for row in cursor.fetchall()]


@dataclass(frozen=True)
class Held:
    """One responsibility as a page shows it: the worker, and who is there on the day if it is not him ('' when nobody is)."""

    row: Responsibility
    name: str
    is_away: bool
    stand_in: str
    is_there: bool


def held(buildings: Sequence[int], day: date) -> dict[int, list[Held]]:
    """The present and coming responsibilities for some buildings, whole building first, inside the sight in force. Two queries."""
    open_ = Q(until=None) | Q(until__gt=day)
    rows = list(Responsibility.objects.filter(open_, building__in=list(buildings)).select_related("post__account", "post__place").order_by("doorway", "since", "id"))
    away = {one.post_id: one for one in StandIn.objects.filter(post__in={row.post_id for row in rows}, since__lte=day, until__gt=day).select_related("stand_in__account")}
    found: dict[int, list[Held]] = {}
    for row in rows:
        gone = away.get(row.post_id)
        instead = gone.stand_in if gone else None
        name = instead.account.name if instead is not None and _works(instead, day) else ""
        found.setdefault(row.building_id, []).append(Held(row, row.post.account.name, gone is not None, name, bool(name) if gone else _works(row.post, day)))
    return found


def _works(post: Any, day: date) -> bool:
    return bool(post.account.is_active and post.valid_from <= day and (post.valid_to is None or post.valid_to > day))


def absences(lo: int, hi: int, day: date) -> list[StandIn]:
    """Who is away today or later in a range, and who stands in; soonest first."""
    return list(StandIn.objects.within(lo, hi).filter(until__gt=day).select_related("post__account", "stand_in__account").order_by("since", "id")[:200])


def buildings(lo: int, hi: int, after: str = "", most: int = 50) -> list[Building]:
    """The buildings of homes of a community in the order of addresses, from a key on."""
    found = Building.objects.within(lo, hi).filter(valid_to=None, use__in=("dwelling", "mixed"))
    return list((found.filter(key__gt=after) if after else found).order_by("key", "id")[:most])


def last_day(gap: Gap) -> date:
    """The last day of a gap."""
    return gap.until - timedelta(days=1)
