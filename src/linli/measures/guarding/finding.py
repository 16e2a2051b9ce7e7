# SPDX-License-Identifier: MulanPSL-2.0
"""What the guards find: each night set-wise over all entries of the open years, into one row a guard, community and month; figures stay as counted."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings

from linli.core import clock
from linli.core.sight import looking, of_all
from linli.measures.closing.editions import edition_of
from linli.measures.compiler import LEAF_SIZE
from linli.measures.counts import whole_rows
from linli.measures.freshness import take_lock
from linli.measures.guarding.declaring import Entries, Guard, GuardLimit, entries_named, guards
from linli.measures.models import GuardFinding
from linli.measures.periods import Period, open_years
from linli.measures.predicates import expression

Key = tuple[int, str, str, str]
"""Community, month, guard, entries."""
BY_CONDITION = """
select f.community, to_char(f.happened_at at time zone %(zone)s, 'YYYY-MM') as month, array_agg(f.record order by f.record, f.id)
  from ({entries}) f
 where f.happened_at >= %(start)s and f.happened_at < %(end)s and {condition}
 group by 1, 2"""
BY_CROWD = """
select c.community, to_char(c.happened_at at time zone %(zone)s, 'YYYY-MM') as month, array_agg(c.record order by c.record, c.id)
  from (select g.*, bool_or(g.is_first) over (partition by g.account order by g.recorded_at, g.id rows between {limit} preceding and current row) as is_crowded
          from (select f.*, coalesce(lead(f.recorded_at, {limit}) over (partition by f.account order by f.recorded_at, f.id)
                                     < f.recorded_at + make_interval(secs => %(seconds)s), false) as is_first
                  from ({entries}) f where f.account is not null and f.recorded_at >= %(since)s) g) c
 where c.is_crowded and c.happened_at >= %(start)s and c.happened_at < %(end)s
 group by 1, 2"""
"""An entry is crowded when some stretch of the length holds it and more than the limit by the same account: exactly when one of it and the `limit` entries
before it has its `limit`-th follower within the stretch."""


@dataclass
class Found:
    """The records of one key, with the limit that held."""

    limit: int
    numbers: list[int] = field(default_factory=list)


def recount(moment: datetime | None = None) -> int:
    """Find anew for every open year; answers how many rows differ. Months that are closed keep what was found."""
    at = moment or clock.now()
    with looking(of_all()):
        months = [month for year in open_years(at) for month in year.months() if month.start <= at and edition_of(month.key) is None]
        found = find(months)
        take_lock()
        return _keep(found, [one.key for one in months], at)


def find(months: list[Period]) -> dict[Key, Found]:
    """What every guard finds in these months, whose records happened in them. The caller has set the whole-city sight."""
    found: dict[Key, Found] = {}
    for guard in guards():
        for name in guard.entries:
            entries = entries_named(name)
            if entries is None:
                continue
            for limit, start, end, keys in _spans(guard, months):
                for community, month, numbers in _rows(guard, entries, limit, start, end):
                    if month in keys:
                        found[int(community) * LEAF_SIZE, month, guard.name, name] = Found(limit.number, [int(one) for one in numbers])
    return found


def _spans(guard: Guard, months: list[Period]) -> Iterator[tuple[GuardLimit, datetime, datetime, frozenset[str]]]:
    """The months by the limit that held in them, each with the stretch of time that they lie in."""
    by_limit: dict[GuardLimit, list[Period]] = {}
    for one in months:
        by_limit.setdefault(guard.limit(clock.local(one.start).date()), []).append(one)
    for limit, held in by_limit.items():
        yield limit, min(one.start for one in held), max(one.end for one in held), frozenset(one.key for one in held)


def _rows(guard: Guard, entries: Entries, limit: GuardLimit, start: datetime, end: datetime) -> list[tuple[Any, ...]]:
    given: dict[str, Any] = {"zone": settings.TIME_ZONE, "start": start, "end": end}
    if guard.condition is not None:
        return whole_rows(BY_CONDITION.format(entries=entries.sql, condition=expression(guard.condition(limit.number)).sql("postgres")), given)
    since = start - timedelta(seconds=guard.seconds)
    return whole_rows(BY_CROWD.format(entries=entries.sql, limit=limit.number), given | {"seconds": guard.seconds, "since": since})


def _keep(found: Mapping[Key, Found], months: list[str], moment: datetime) -> int:
    """Write what differs: new rows, and rows with other records, which are open again."""
    held: dict[Key, GuardFinding] = {(one.area, one.month, one.guard, one.entries): one for one in GuardFinding.objects.filter(month__in=months)}
    made = [GuardFinding(area=key[0], month=key[1], guard=key[2], entries=key[3], limit=one.limit, records=len(one.numbers), numbers=one.numbers, found_at=moment)
            for key, one in sorted(found.items()) if key not in held]
    changed = []
    for key, row in held.items():
        one = found.get(key, Found(row.limit))
        if (row.limit, row.numbers) != (one.limit, one.numbers):
            row.limit, row.records, row.numbers, row.found_at = one.limit, len(one.numbers), one.numbers, moment
            row.state, row.judged_by, row.judged_at, row.judged_why = "explained" if row.explained_by else "open", None, None, ""
            row.version += 1
            changed.append(row)
    GuardFinding.objects.bulk_create(made, batch_size=500)
    GuardFinding.objects.bulk_update(changed, ["limit", "records", "numbers", "found_at", "state", "judged_by", "judged_at", "judged_why", "version"], batch_size=200)
    return len(made) + len(changed)
