# SPDX-License-Identifier: MulanPSL-2.0
"""The nightly proof: one full scan over all communities must equal what was kept change by change; a difference is an alarm."""

import logging
from collections.abc import Iterable, Mapping
from datetime import datetime

from django.db.models import QuerySet

from linli.core import clock
from linli.core.models import Due
from linli.core.sight import looking, of_all
from linli.measures.counts import Counts, Key, Pair, count_all, counted_names
from linli.measures.declarations import fact_of, find_measure, measures
from linli.measures.engines.choosing import counting
from linli.measures.freshness import Change, add, ancestors, is_settled, keep, kept, leaf_of, look, recompute, take_lock, watermark
from linli.measures.models import Leaf, Run, Value
from linli.measures.periods import Period, parse, window

log = logging.getLogger("linli.measures")
REACTION = "measures.refresh"
LEAF_LEVELS = ("community", "direct")


def rebuild(period: str) -> Run:
    """Count a year with its months (or one month) over all communities and compare with what is kept; answers the receipt.

    Differences that no waiting work and no passing of time explains are logged as an alarm with the first differing
    key, and corrected. The engine of the setting counts (LINLI_MEASURES_ENGINE). The scan holds no lock: only communities that seem to differ are counted
    again under it, by PostgreSQL. The first count of a period holds the lock throughout.
    """
    whole, started = parse(period), clock.now()
    periods = [one for one in whole.months() if one != whole and one.start <= started] + [whole]
    alarms: list[str] = []
    leaves: set[int] = set()
    with looking(of_all()):
        is_first = not Value.objects.filter(period=period).exists()
        if is_first:
            take_lock()
        with counting() as count:
            for one in periods:
                counts = count([window(one, started)], started)
                leaves |= {key[1] for key in counts.pairs}
                alarms += _keep_first(one, counts, started) if is_first else _compare(one, counts, started)
        take_lock()
        for one in periods:
            alarms += _correct_sums(one.key)
        if alarms:
            log.error("Kept figures differed from a full count in %s places and were corrected. First: %s", len(alarms), alarms[0])
        return Run.objects.create(
            period=period, started_at=started, finished_at=clock.now(), measures=[one.key for one in measures()], watermark=watermark(),
            leaves=len(leaves), is_first=is_first, differences=len(alarms), first_difference=alarms[0][:300] if alarms else "",
            corrected_at=clock.now() if alarms else None)


def bring_up(period: str) -> None:
    """Count a period with its months anew over all communities and keep what differs, without a receipt and without an alarm: before it is closed or restated.

    The caller has set the whole-city sight and holds the lock.
    """
    whole, moment = parse(period), clock.now()
    periods = [one for one in whole.months() if one != whole and one.start <= moment] + [whole]
    is_first = not Value.objects.filter(period=period).exists()
    for one in periods:
        counts = count_all([window(one, moment)], moment)
        if is_first:
            _keep_first(one, counts, moment)
        else:
            _compare(one, counts, moment)
        _correct_sums(one.key)


def runs() -> QuerySet[Run]:
    """All full counts, newest first, not yet read."""
    return Run.objects.order_by("-id")


def rebuild_open(years: Iterable[Period]) -> list[Run]:
    """Rebuild every open year."""
    return [rebuild(one.key) for one in years]


def _keep_first(period: Period, counts: Counts, moment: datetime) -> list[str]:
    leaves = sorted({key[1] for key in counts.pairs} | set(counts.next_at))
    keep(leaves, [window(period, moment)], counts, moment)
    if period.start <= moment <= period.end:
        look(leaves, counts, moment)
    return []


def _compare(period: Period, counts: Counts, started: datetime) -> list[str]:
    """Count again, under the lock, the communities that seem to differ; sentences about differences that nothing explains."""
    names = counted_names(window(period, started), started)
    found = Value.objects.filter(period=period.key, level__in=LEAF_LEVELS, denominator__gt=0)
    stored: dict[Key, Pair] = {
        (one[0], one[1], one[2], one[3]): (one[4], one[5])
        for one in found.values_list("period", "area", "measure", "version", "numerator", "denominator") if (one[2], one[3]) in names}
    suspects = {key[1] for key in set(stored) | set(counts.pairs) if stored.get(key) != counts.pairs.get(key) and not is_settled(key[1], period)}
    if not suspects:
        return []
    take_lock()
    moment = clock.now()
    explained = _explained(suspects, period, moment)
    changes = recompute(suspects, [period], moment) if period.end > moment else _recompute_past(suspects, period, moment)
    return [_sentence(one) for one in changes if one[0][1] not in explained and not _is_state(one[0])]


def _recompute_past(leaves: set[int], period: Period, moment: datetime) -> list[Change]:
    """As `recompute`, without telling the communities' clocks, which follow the running period only."""
    clocks = {one.area: one for one in Leaf.objects.filter(area__in=leaves)}
    changes = recompute(leaves, [period], moment)
    Leaf.objects.bulk_update(list(clocks.values()), ["next_at", "looked_at"], batch_size=500)
    return changes


def _explained(leaves: set[int], period: Period, moment: datetime) -> set[int]:
    """Communities with work still waiting, with a limit passed since the last look, or not looked at since the period began."""
    waiting = {leaf_of(area) for area in Due.objects.filter(reaction=REACTION).values_list("area", flat=True)}
    clocks = Leaf.objects.filter(area__in=leaves)
    passed = clocks.filter(next_at__lt=moment).values_list("area", flat=True)
    earlier = clocks.filter(looked_at__lt=period.start).values_list("area", flat=True)
    return waiting | set(passed) | set(earlier)


def _is_state(key: Key) -> bool:
    """True for a figure about the state on a day (no dates): it may change without an action of a matter."""
    measure = find_measure(key[2])
    return measure is None or not fact_of(measure.fact).dates


def _sentence(change: Change) -> str:
    (period, leaf, code, version), old, new = change
    return f"{code}.{version} of {period} in {leaf}: kept {old[0]}/{old[1]}, counted {new[0]}/{new[1]}"


def _correct_sums(period: str) -> list[str]:
    """Compare every level above with the sum of its communities, and correct it."""
    leaves = sorted(set(Value.objects.filter(period=period, level__in=LEAF_LEVELS).values_list("area", flat=True)))
    chains = ancestors(leaves)
    sums: dict[tuple[int, str, int, str], Pair] = {}
    for (_, leaf, code, version), pair in kept(leaves, [period]).items():
        for area, level in chains[leaf][1]:
            total = sums.get((area, code, version, level), (0, 0))
            sums[area, code, version, level] = (total[0] + pair[0], total[1] + pair[1])
    above = Value.objects.filter(period=period).exclude(level__in=LEAF_LEVELS)
    stored: Mapping[tuple[int, str, int, str], Pair] = {
        (one[0], one[1], one[2], one[3]): (one[4], one[5])
        for one in above.values_list("area", "measure", "version", "level", "numerator", "denominator")}
    wrong: list[str] = []
    rows: dict[tuple[int, str, str, int, str], Pair] = {}
    for name in sorted(set(sums) | set(stored)):
        old, new = stored.get(name, (0, 0)), sums.get(name, (0, 0))
        if old != new:
            area, code, version, level = name
            rows[area, period, code, version, level] = (new[0] - old[0], new[1] - old[1])
            wrong.append(_sentence(((period, area, code, version), old, new)))
    add(rows, clock.now())
    return wrong
