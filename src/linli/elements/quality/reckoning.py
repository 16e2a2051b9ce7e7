# SPDX-License-Identifier: MulanPSL-2.0
"""Counting: one scan a register gives the figures of every grid, sums of these the figures of every place above; by night and on demand."""

from collections.abc import Sequence
from datetime import date, datetime

from django.conf import settings
from django.db import connection

from linli.core import clock
from linli.core.sight import AREA_END, looking, of_all
from linli.elements import places
from linli.elements.quality import bundles
from linli.elements.quality.conditions import area_column, counted_fields, measured, stands, table
from linli.elements.quality.rules import find_troubles, rules_of
from linli.elements.registers.declaring import Register
from linli.elements.registers.records import epoch_day

LOCK = 7_366_010
"""The advisory lock under which figures of quality change; any number that nobody else uses."""
ALL = ""
"""The name of a figure over all fields or rules of a register."""
SAMPLE_DAYS = 365
"""Checks of so many days count (拟, our choice: a year's rounds)."""
WIDTHS = (("community", 1_000), ("street", 1_000_000), ("district", 1_000_000_000))
LEAF = "case when {area} % 1000 = 0 then 'direct' else 'grid' end"


def measure(lo: int, hi: int) -> datetime:
    """Count a range of areas anew and bring every place above it up to date; answers the moment of the count."""
    moment, day = clock.now(), clock.today()
    with looking(of_all()):
        with connection.cursor() as cursor:
            cursor.execute("select pg_advisory_xact_lock(%s)", [LOCK])
        bundles.note_bundles(lo, hi)
        find_troubles(lo, hi, day)
        _clear(lo, hi, ("grid", "direct"))
        for register in measured():
            _count_fields(register, lo, hi, day, moment)
            _count_rules(register, lo, hi, day, moment)
        _count_checks(lo, hi, day, moment)
        for level, width in WIDTHS:
            _sum_up(level, width, lo - lo % width, hi + -hi % width, moment)
        _sum_city(moment)
    return moment


def measure_city() -> int:
    """Count the whole city, district by district so that no transaction grows with it; answers how many ranges were counted."""
    ranges = [(one.lo, one.hi) for one in places.places_within(0, AREA_END, level="district")] or [(0, AREA_END)]
    for lo, hi in ranges:
        measure(lo, hi)
    return len(ranges)


def _clear(lo: int, hi: int, levels: Sequence[str]) -> None:
    with connection.cursor() as cursor:
        cursor.execute("delete from elements_qualityfigure where area >= %s and area < %s and level = any(%s)", [lo, hi, list(levels)])


INSERT = "insert into elements_qualityfigure (area, level, register, aspect, name, numerator, denominator, computed_at)"


def _count_fields(register: Register, lo: int, hi: int, day: date, moment: datetime) -> None:
    """Completeness and freshness of every field, and of all fields together, by area."""
    counts: list[str] = []
    rows: list[tuple[str, str, str, str]] = []
    for place, one in enumerate(counted_fields(register)):
        if one.column.counts_in_completeness:
            counts += [f"count(*) filter (where {one.asked}) as a{place}", f"count(*) filter (where {one.asked} and {one.filled}) as f{place}"]
            rows.append(("completeness", one.column.name, f"f{place}", f"a{place}"))
        if one.fresh:
            has = f"{one.asked} and {one.filled}"
            counts += [f"count(*) filter (where {has}) as h{place}", f"count(*) filter (where {has} and {one.fresh}) as s{place}"]
            rows.append(("freshness", one.column.name, f"s{place}", f"h{place}"))
    for aspect in ("completeness", "freshness"):
        own = [row for row in rows if row[0] == aspect]
        if own:
            rows.append((aspect, ALL, " + ".join(row[2] for row in own), " + ".join(row[3] for row in own)))
    area = area_column(register)
    values = ", ".join(f"('{aspect}', '{name}', c.{numerator.replace(' + ', ' + c.')}, c.{denominator.replace(' + ', ' + c.')})"
                       for aspect, name, numerator, denominator in rows)
    with connection.cursor() as cursor:
        cursor.execute(
            f"""with c as materialized (select {area} as area, {', '.join(counts)} from {table(register)} t
 where {area} >= %(lo)s and {area} < %(hi)s and {stands(register)} group by 1) {INSERT}
select c.area, {LEAF.format(area='c.area').replace('%', '%%')}, %(register)s, v.aspect, v.name, v.numerator, v.denominator, %(moment)s
  from c cross join lateral (values {values}) v (aspect, name, numerator, denominator) where v.denominator > 0""",
            {"lo": lo, "hi": hi, "day": day, "day_number": epoch_day(day), "register": register.name, "moment": moment})


def _count_rules(register: Register, lo: int, hi: int, day: date, moment: datetime) -> None:
    """Consistency: records that keep a rule of all that stand; of all rules together, records that break none."""
    names = [one.name for one in rules_of(register)]
    if not names:
        return
    area = area_column(register)
    with connection.cursor() as cursor:
        cursor.execute(
            f"""with c as (select {area} as area, count(*) as records from {table(register)} t where {area} >= %(lo)s and {area} < %(hi)s and {stands(register)} group by 1),
 k as (select area, rule, count(*) as broken from elements_qualitytrouble where register = %(register)s and area >= %(lo)s and area < %(hi)s group by 1, 2
   union all select area, '', count(distinct record) from elements_qualitytrouble where register = %(register)s and area >= %(lo)s and area < %(hi)s group by 1)
{INSERT}
select c.area, {LEAF.format(area='c.area').replace('%', '%%')}, %(register)s, 'consistency', n.name, greatest(c.records - coalesce(k.broken, 0), 0), c.records, %(moment)s
  from c cross join unnest(%(names)s::text[]) n (name) left join k on k.area = c.area and k.rule = n.name""",
            {"lo": lo, "hi": hi, "day": day, "register": register.name, "names": [ALL, *names], "moment": moment})


CHECKS = f"""{INSERT}
select area, {LEAF.format(area='area').replace('%', '%%')}, register, 'accuracy', coalesce(name, ''), count(*) filter (where verdict = 'right'), count(*), %(moment)s
  from elements_fieldcheck where area >= %(lo)s and area < %(hi)s and verdict in ('right', 'wrong') and checked_on > %(since)s and sample_id is not null
 group by grouping sets ((area, register, name), (area, register))"""


def _count_checks(lo: int, hi: int, day: date, moment: datetime) -> None:
    """Accuracy: drawn fields that were right; those that nobody could see, or that another system put in doubt, do not count."""
    with connection.cursor() as cursor:
        cursor.execute(CHECKS, {"lo": lo, "hi": hi, "moment": moment, "since": date.fromordinal(day.toordinal() - SAMPLE_DAYS)})


SUM_UP = f"""{INSERT}
select p.place_area, p.level, f.register, f.aspect, f.name, sum(f.numerator), sum(f.denominator), %(moment)s
  from elements_qualityfigure f join elements_place p on p.place_area = f.area - f.area %% %(width)s and p.level = %(level)s
 where f.area >= %(lo)s and f.area < %(hi)s and f.level in ('grid', 'direct') group by p.place_area, p.level, f.register, f.aspect, f.name"""
SUM_CITY = f"""{INSERT}
select %(city)s, 'city', register, aspect, name, sum(numerator), sum(denominator), %(moment)s
  from elements_qualityfigure where level = %(below)s group by register, aspect, name"""


def _sum_up(level: str, width: int, lo: int, hi: int, moment: datetime) -> None:
    """The figures of every place of a level around a range, as sums of its grids'."""
    _clear(lo, hi, (level,))
    with connection.cursor() as cursor:
        cursor.execute(SUM_UP, {"level": level, "width": width, "lo": lo, "hi": hi, "moment": moment})


def _sum_city(moment: datetime) -> None:
    """The figures of the city, as sums of the widest level that it has below."""
    _clear(0, AREA_END, ("city",))
    present = {one.level for one in places.places_within(0, AREA_END)}
    below = next((level for level, _ in reversed(WIDTHS) if level in present), "community")
    with connection.cursor() as cursor:
        cursor.execute(SUM_CITY, {"city": settings.CITY_AREA, "below": below, "moment": moment})
