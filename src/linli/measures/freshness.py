# SPDX-License-Identifier: MulanPSL-2.0
"""Keeping figures fresh: after an action, and when a limit passes, the community is counted anew and its ancestors follow by difference."""

from collections.abc import Iterable, Mapping, Sequence, Set
from datetime import datetime

from django.db import connection
from django.db.models import Max

from linli.core import clock
from linli.core.models import Due, JournalLine
from linli.core.sight import looking, of_all
from linli.elements import places
from linli.elements.lineages import changed_hands
from linli.measures.compiler import LEAF_SIZE
from linli.measures.counts import Counts, Key, Pair, count_leaves, counted_names, earliest
from linli.measures.declarations import REGISTERS, WORK
from linli.measures.models import Leaf, Value
from linli.measures.periods import Period, Window, touched, window

LOCK = 7_366_001
"""The advisory lock under which values change; any number that nobody else uses."""
MOST_AT_ONCE = 200
"""Communities counted in one statement (our choice: well under a second each time)."""

Change = tuple[Key, Pair, Pair]
"""What was counted, the pair before, the pair now."""


def leaf_of(area: int) -> int:
    """The community that an area is counted in."""
    return area - area % LEAF_SIZE


def take_lock() -> None:
    """Wait until nobody else is changing values; held to the end of the transaction."""
    with connection.cursor() as cursor:
        cursor.execute("select pg_advisory_xact_lock(%s)", [LOCK])


def refresh(rows: Sequence[Due]) -> None:
    """The reaction: count the communities of these subjects anew, as far back as their records reach."""
    records: dict[int, set[int]] = {}
    for row in rows:
        records.setdefault(leaf_of(row.area), set()).add(row.subject)
    moment = clock.now()
    take_lock()
    first = earliest(records)
    groups: dict[tuple[Period, ...], list[int]] = {}
    for leaf in records:
        groups.setdefault(touched(moment, first.get(leaf, moment)), []).append(leaf)
    for periods, leaves in groups.items():
        recompute(leaves, periods, moment, WORK)


def refresh_states(rows: Sequence[Due]) -> None:
    """The reaction to changes of the registers: count the states of these communities anew for the running periods.

    What a change says about earlier months of an open year the nightly count puts right.
    """
    moment = clock.now()
    take_lock()
    recompute({leaf_of(row.area) for row in rows}, touched(moment, moment), moment, REGISTERS)


def refresh_overdue() -> int:
    """Count the communities anew in which a limit has passed since they were last looked at; answers how many.

    Time alone changes the year and the running month, no month that has ended.
    """
    with looking(of_all()):
        moment = clock.now()
        take_lock()
        leaves = list(Leaf.objects.filter(next_at__lt=moment).order_by("area").values_list("area", flat=True))
        if leaves:
            recompute(leaves, touched(moment, moment), moment, WORK)
    return len(leaves)


def recompute(leaves: Iterable[int], periods: Sequence[Period], moment: datetime, moves_with: str = "") -> list[Change]:
    """Count communities anew, keep what changed, and pass the differences up. Answers the changes.

    `moves_with` names the fact sets to be counted; all of them when it is empty.
    The caller has set the whole-city sight and holds the lock.
    """
    changes: list[Change] = []
    ordered = sorted(leaves)
    for start in range(0, len(ordered), MOST_AT_ONCE):
        part = ordered[start:start + MOST_AT_ONCE]
        windows = [window(one, moment) for one in periods]
        counts = count_leaves(part, windows, moment, moves_with)
        settled = {(one.key, leaf) for one in periods for leaf in part if is_settled(leaf, one)}
        changes += keep(part, windows, counts, moment, moves_with=moves_with, settled=settled)
        if moves_with != REGISTERS:
            look(part, counts, moment)
    return changes


def look(leaves: Sequence[int], counts: Counts, moment: datetime) -> None:
    """Note when these communities were looked at and when time alone will change them next. Periods counted include the running one."""
    Leaf.objects.bulk_create(
        [Leaf(area=leaf, looked_at=moment, next_at=counts.next_at.get(leaf)) for leaf in leaves],
        update_conflicts=True, unique_fields=["area"], update_fields=["looked_at", "next_at"])


def is_settled(leaf: int, period: Period) -> bool:
    """True for a period that was over when ground of the community changed hands: its figures keep the map of their days (decision 0036)."""
    day = changed_hands(leaf)
    return day is not None and clock.local(period.end).date() <= day


def keep(leaves: Sequence[int], windows: Sequence[Window], counts: Counts, moment: datetime, *, moves_with: str = "",
         settled: Set[tuple[str, int]] = frozenset()) -> list[Change]:
    """Write the counted figures of these communities and periods, and the differences to their ancestors; pairs of period and community that are settled stay."""
    chains = ancestors(leaves)
    names = {one.key: counted_names(one, moment, moves_with) for one in windows}
    before = {key: pair for key, pair in kept(leaves, list(names)).items() if (key[2], key[3]) in names[key[0]]}
    wanted = {key for key in set(before) | set(counts.pairs) if (key[0], key[1]) not in settled}
    changes = [(key, before.get(key, (0, 0)), counts.pairs.get(key, (0, 0))) for key in sorted(wanted)]
    changes = [one for one in changes if one[1] != one[2]]
    rows: dict[tuple[int, str, str, int, str], Pair] = {}
    for (period, leaf, code, version), old, new in changes:
        own_level, above = chains[leaf]
        for area, level in ((leaf, own_level), *above):
            name = (area, period, code, version, level)
            total = rows.get(name, (0, 0))
            rows[name] = (total[0] + new[0] - old[0], total[1] + new[1] - old[1])
    add(rows, moment)
    return changes


def kept(leaves: Sequence[int], keys: Sequence[str]) -> dict[Key, Pair]:
    """The pairs kept for communities and periods (not the sums of the levels above)."""
    found = Value.objects.filter(area__in=leaves, period__in=keys, level__in=["community", "direct"])
    return {(one[0], one[1], one[2], one[3]): (one[4], one[5])
            for one in found.values_list("period", "area", "measure", "version", "numerator", "denominator")}


def ancestors(leaves: Sequence[int]) -> dict[int, tuple[str, tuple[tuple[int, str], ...]]]:
    """For each community its level (`direct` when the area is no community) and the areas and levels above it."""
    found: dict[int, tuple[str, tuple[tuple[int, str], ...]]] = {}
    for leaf in leaves:
        chain = tuple((one.area, one.level) for one in reversed(places.path_of(leaf)))
        found[leaf] = ("community", chain[1:]) if chain and chain[0][1] == "community" else ("direct", chain)
    return found


ADD = """insert into measures_value as kept
  (area, period, measure, version, level, numerator, denominator, state, watermark, computed_at)
select area, period, measure, version, level, numerator, denominator,
       case when denominator = 0 then 'not_evaluable' else 'computed' end, %(watermark)s, %(moment)s
  from unnest(%(areas)s::bigint[], %(periods)s::text[], %(codes)s::text[], %(versions)s::smallint[], %(levels)s::text[],
              %(numerators)s::bigint[], %(denominators)s::bigint[]) as given (area, period, measure, version, level, numerator, denominator)
 order by area, period, measure, version, level
on conflict (area, period, measure, version, level) do update set
  numerator = kept.numerator + excluded.numerator, denominator = kept.denominator + excluded.denominator,
  state = case when kept.override_id is not null then 'overridden' when kept.denominator + excluded.denominator = 0 then 'not_evaluable' else 'computed' end,
  watermark = excluded.watermark, computed_at = excluded.computed_at"""


def add(rows: Mapping[tuple[int, str, str, int, str], Pair], moment: datetime) -> None:
    """Add differences to values; a value that is not there yet begins at zero."""
    changed = [(name, pair) for name, pair in rows.items() if pair != (0, 0)]
    if not changed:
        return
    columns = [list(column) for column in zip(*(name for name, _ in changed), strict=True)]
    with connection.cursor() as cursor:
        cursor.execute(ADD, {
            "areas": columns[0], "periods": columns[1], "codes": columns[2], "versions": columns[3], "levels": columns[4],
            "numerators": [pair[0] for _, pair in changed], "denominators": [pair[1] for _, pair in changed],
            "watermark": watermark(), "moment": moment,
        })


def watermark() -> int:
    """The newest journal line visible now; 0 when there is none."""
    return JournalLine.objects.order_by("-id").values_list("id", flat=True).first() or 0


def stamp(area: int, period: str) -> str:
    """A text that changes when a figure of the area and period changes; for pages that ask again. Inside the reader's sight."""
    newest = Value.objects.filter(area=area, period=period).aggregate(newest=Max("computed_at"))["newest"]
    return newest.isoformat() if newest else "none"
