# SPDX-License-Identifier: MulanPSL-2.0
"""The long work of a closing: all figures in one statement, then the records behind them community by community; what broke off goes on where it was."""

from collections.abc import Sequence
from functools import lru_cache

from django.db import connection

from linli.core import clock, jobs
from linli.core.actions import run
from linli.core.sight import looking, of_all
from linli.core.system_actors import system_actor
from linli.measures.closing import comparing, editions
from linli.measures.closing.actions import FINISHES, JOB
from linli.measures.closing.packing import Row
from linli.measures.compiler import leaves_members_query
from linli.measures.declarations import FactSet, Measure, fact_sets, measures_of
from linli.measures.freshness import take_lock, watermark
from linli.measures.models import Closing, Frozen
from linli.measures.periods import parse, window
from linli.measures.rebuilding import bring_up

AT_ONCE = 100
"""Communities whose records are frozen in one transaction (our choice: seconds each)."""

PRESENT = """select v.area, v.period, v.level, array_agg(n.name::varchar order by n.name) as names, array_agg(v.numerator order by n.name) as numerators,
       array_agg(v.denominator order by n.name) as denominators,
       coalesce(jsonb_object_agg(n.name, jsonb_build_array(o.id, o.numerator, o.denominator)) filter (where o.id is not null), '{}'::jsonb) as overrides,
       max(v.watermark) as watermark
  from measures_value v cross join lateral (select v.measure || '.' || v.version as name) n left join measures_override o on o.id = v.override_id
 where v.period = any(%(periods)s) and (v.denominator > 0 or v.override_id is not null)
 group by v.area, v.period, v.level"""
PREVIOUS = """select distinct on (f.area, f.period, f.level) f.area, f.period, f.level, f.names, f.numerators, f.denominators, f.overrides
  from measures_frozen f join measures_closing c on c.id = f.closing_id
 where f.period = any(%(periods)s) and c.state = 'frozen' order by f.area, f.period, f.level, f.closing_id desc"""
FREEZE = f"""insert into measures_frozen (closing_id, area, period, level, names, numerators, denominators, overrides, watermark)
select %(closing)s, coalesce(n.area, p.area), coalesce(n.period, p.period), coalesce(n.level, p.level), coalesce(n.names, '{{}}'), coalesce(n.numerators, '{{}}'),
       coalesce(n.denominators, '{{}}'), coalesce(n.overrides, '{{}}'), coalesce(n.watermark, %(watermark)s)
  from ({PRESENT}) n full join ({PREVIOUS}) p on p.area = n.area and p.period = n.period and p.level = n.level
 where (n.names, n.numerators, n.denominators, n.overrides) is distinct from (p.names, p.numerators, p.denominators, p.overrides)"""


@jobs.long(JOB)
def freeze(number: int) -> object:
    """Freeze a confirmed closing; run again after a break it goes on. Nothing happens for one in another state."""
    closing = Closing.objects.filter(pk=number, state="confirmed").first()
    if closing is None:
        return None
    if not closing.whole:
        _figures(closing)
    while closing.done < closing.whole:
        _records(closing)
    return run(FINISHES, system_actor("worker"), {"closing": number})


def _figures(closing: Closing) -> None:
    """Bring the figures up to the records of now, then keep all of them (or those that differ from the edition before) as of one moment."""
    with looking(of_all()):
        take_lock()
        bring_up(closing.period)
        closing.watermark = watermark()
        with connection.cursor() as cursor:
            cursor.execute(FREEZE, {"closing": closing.pk, "periods": list(editions.covered(closing.period)), "watermark": closing.watermark})
        closing.figures_differ = comparing.note_sums(closing)
        closing.whole = max(1, len(_communities(closing)))
        closing.save(update_fields=["watermark", "whole", "figures_differ"])


def _communities(closing: Closing) -> list[int]:
    """Every community of which any edition says something, in order of area."""
    return sorted(set(Frozen.objects.filter(period=closing.period, level="community").values_list("area", flat=True)))


def _records(closing: Closing) -> None:
    """The records of the next communities, kept where they differ from the edition before."""
    with looking(of_all()):
        part = _communities(closing)[closing.done:closing.done + AT_ONCE]
        now = records_of(part, closing.period)
        figures, records = comparing.note_communities(closing, part, now)
        closing.done = min(closing.whole, closing.done + max(1, len(part)))
        closing.figures_differ += figures
        closing.records_differ += records
        closing.save(update_fields=["done", "figures_differ", "records_differ"])


def records_of(leaves: Sequence[int], period: str) -> dict[tuple[int, str], list[Row]]:
    """By community and measure version, the records that count in a period today; one statement a measure. The caller has set the sight."""
    seen = window(parse(period), clock.now())
    found: dict[tuple[int, str], list[Row]] = {}
    with connection.cursor() as cursor:
        cursor.execute("set local jit = off")
        for fact in fact_sets():
            for measure in measures_of(fact):
                cursor.execute(_text(fact, measure), seen.parameters() | {"leaves": [leaf // fact.leaf_unit for leaf in leaves]})
                for leaf, number, record, area, is_inside, part, whole, what in cursor.fetchall():
                    home = leaf * fact.leaf_unit
                    found.setdefault((home, measure.key), []).append(Row(number, record, area - home, is_inside, int(part), int(whole), what or ""))
    return found


@lru_cache(maxsize=512)
def _text(fact: FactSet, measure: Measure) -> str:
    return leaves_members_query(fact, measure).sql("postgres")

