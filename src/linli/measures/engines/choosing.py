# SPDX-License-Identifier: MulanPSL-2.0
"""Which engine counts the whole city: PostgreSQL, or another over the Parquet files after bringing in what changed."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from django.conf import settings

from linli.measures.counts import Counts, count_all, is_counted
from linli.measures.declarations import fact_sets, measures_of
from linli.measures.engines import duck, spark
from linli.measures.engines.portable import portable
from linli.measures.engines.store import carry, manifest
from linli.measures.periods import Window

POSTGRES, DUCKDB, SPARK = "postgres", "duckdb", "spark"
ENGINES = {DUCKDB: duck, SPARK: spark}

Count = Callable[[Sequence[Window], datetime], Counts]


@contextmanager
def counting(engine: str = "") -> Iterator[Count]:
    """How the chosen engine (the setting's by default) counts, from records as they are now. The caller has set the whole-city sight.

    An engine over files is given what changed first, and one connection for all that is counted.
    """
    chosen = engine or settings.MEASURES_ENGINE
    if chosen == POSTGRES:
        yield count_all
        return
    carry()
    with counting_carried(chosen) as count:
        yield count


@contextmanager
def counting_carried(engine: str) -> Iterator[Count]:
    """How an engine over files counts what is in use, as it is."""
    chosen = ENGINES[engine]
    with chosen.opened(manifest()) as link:
        yield lambda windows, moment: _counted(chosen, link, windows, moment)


def count_whole(windows: Sequence[Window], moment: datetime, engine: str = "") -> Counts:
    """Figures of every community by the chosen engine, from records as they are now."""
    with counting(engine) as count:
        return count(windows, moment)


def count_carried(windows: Sequence[Window], moment: datetime, engine: str) -> Counts:
    """Figures of every community by an engine over files, from what is in use."""
    with counting_carried(engine) as count:
        return count(windows, moment)


def _counted(chosen: Any, link: Any, windows: Sequence[Window], moment: datetime) -> Counts:
    found = Counts()
    for one in windows:
        for fact in fact_sets():
            measures = measures_of(fact)
            if not measures or not is_counted(fact, one, moment):
                continue
            for row in chosen.rows(link, portable(fact, measures), one):
                found.take(one.key, row, fact, measures, follows_time=one.cut_off == moment)
    return found
