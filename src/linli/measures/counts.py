# SPDX-License-Identifier: MulanPSL-2.0
"""Counting: run the compiled scans and give numerators and denominators by period, community and measure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from typing import Any

import psycopg
from django.conf import settings
from django.db import connection

from linli.measures.compiler import earliest_query, leaves_scan, whole_scan
from linli.measures.declarations import REGISTERS, FactSet, Measure, fact_sets, measures_of
from linli.measures.periods import Window

Key = tuple[str, int, str, int]
"""Period, community, measure code, measure version."""
Pair = tuple[int, int]
"""Numerator and denominator."""


@dataclass
class Counts:
    """Figures by key, and for each community the next moment at which time alone changes one."""

    pairs: dict[Key, Pair] = field(default_factory=dict)
    next_at: dict[int, datetime] = field(default_factory=dict)

    def take(self, period: str, row: Sequence[Any], fact: FactSet, measures: Sequence[Measure], *, follows_time: bool) -> None:
        """Keep one row of a scan: leaf, pairs, next moment."""
        leaf, moment = int(row[0]) * fact.leaf_unit, row[-1]
        for place, measure in enumerate(measures):
            pair = (int(row[1 + 2 * place]), int(row[2 + 2 * place]))
            if pair[1]:
                self.pairs[period, leaf, measure.code, measure.version] = pair
        if moment is not None and follows_time:
            self.next_at[leaf] = min(moment, self.next_at.get(leaf, moment))


@lru_cache(maxsize=256)
def _text(kind: str, fact: FactSet, measures: tuple[Measure, ...]) -> str:
    return (whole_scan if kind == "whole" else leaves_scan)(fact, measures).sql()


def _counted(moves_with: str = "") -> list[tuple[FactSet, tuple[Measure, ...]]]:
    return [(fact, chosen) for fact in fact_sets() if moves_with in ("", fact.moves_with) and (chosen := measures_of(fact))]


def is_counted(fact: FactSet, one: Window, moment: datetime) -> bool:
    """A state of the registers is counted while its period runs, and stays as it was last counted: registers do not know their past to the last field."""
    return fact.moves_with != REGISTERS or one.cut_off == moment


def counted_names(one: Window, moment: datetime, moves_with: str = "") -> set[tuple[str, int]]:
    """Codes and versions of the measures that a count of this period gives."""
    return {(measure.code, measure.version) for fact, chosen in _counted(moves_with) if is_counted(fact, one, moment) for measure in chosen}


def count_leaves(leaves: Iterable[int], windows: Sequence[Window], moment: datetime, moves_with: str = "") -> Counts:
    """Figures of some communities for some periods, each fact set in one statement. The caller has set the sight."""
    found = Counts()
    ordered = sorted(leaves)
    follows = {one.key: one.cut_off == moment for one in windows}
    with connection.cursor() as cursor:
        cursor.execute("set local jit = off")
        for fact, measures in _counted(moves_with):
            parameters = _arrays([one for one in windows if is_counted(fact, one, moment)])
            if not parameters:
                continue
            cursor.execute(_text("leaves", fact, measures), parameters | {"leaves": [leaf // fact.leaf_unit for leaf in ordered]})
            for row in cursor.fetchall():
                found.take(row[0], row[1:], fact, measures, follows_time=follows[row[0]])
    return found


def _arrays(windows: Sequence[Window]) -> dict[str, Any]:
    """The values of all periods, as the compiled scan of some communities takes them; empty for no period."""
    if not windows:
        return {}
    return {"keys": [one.key for one in windows]} | {f"{name}s": [one.parameters()[name] for one in windows] for name in windows[0].parameters()}


def count_all(windows: Sequence[Window], moment: datetime) -> Counts:
    """Figures of every community: one pass over each fact set for each period, by the reporting role where there is one."""
    found = Counts()
    for one in windows:
        for fact, measures in _counted():
            if not is_counted(fact, one, moment):
                continue
            for row in whole_rows(_text("whole", fact, measures), one.parameters()):
                found.take(one.key, row, fact, measures, follows_time=one.cut_off == moment)
    return found


def whole_rows(sql: str, parameters: Mapping[str, Any]) -> list[tuple[Any, ...]]:
    """All rows: on the reporting role's own connection, or inside the sight in force where it is the same role or a test."""
    if settings.AS_OWNER or settings.REPORT_URL == settings.APP_URL:
        with connection.cursor() as cursor:
            cursor.execute(sql, parameters)
            return list(cursor.fetchall())
    with psycopg.connect(settings.REPORT_URL, autocommit=True) as reporting:
        return reporting.execute(sql.encode(), parameters).fetchall()


@lru_cache(maxsize=64)
def _earliest_text(fact: FactSet) -> str:
    return earliest_query(fact).sql("postgres")


def earliest(records: Mapping[int, set[int]]) -> dict[int, datetime]:
    """The first date of the given records (community to record numbers), by community; missing where there is none."""
    found: dict[int, datetime] = {}
    wanted = sorted(set().union(*records.values()))
    with connection.cursor() as cursor:
        for fact in fact_sets():
            if not fact.dates:
                continue
            leaves = [leaf // fact.leaf_unit for leaf in sorted(records)]
            cursor.execute(_earliest_text(fact), {"leaves": leaves, "records": wanted})
            for number, first in cursor.fetchall():
                leaf = number * fact.leaf_unit
                if first is not None:
                    found[leaf] = min(first, found.get(leaf, first))
    return found
