# SPDX-License-Identifier: MulanPSL-2.0
"""Counts by place under the same choice as the map: for the table beside it and for areas shaded by what happens there."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.db import connection

from linli.core import clock
from linli.matters.mapping import densities
from linli.matters.mapping.choices import Choice, Conditions, conditions
from linli.matters.mapping.densities import STREET

WIDTHS = {"district": 1_000_000_000, "street": 1_000_000, "community": 1_000, "grid": 1}
"""How many areas a place of a level spans: an area divided by it is the number of the place."""

OPEN = """select {key}, count(*), count(*) filter (where m.due_at < %(now)s), count(*) filter (where {fits}), count(*) filter (where {fits} and m.cell is null)
  from matters_matter m where {where} group by 1"""
ROWS = "select {key}, count(*), count(*) filter (where m.cell is null) from matters_matter m where {where} group by 1"
DENSE = """select d.area / %s, sum(d.{column}), sum(d.{column}) filter (where d.block < 0) from elements_density d
 where d.level = %s and d.layer = %s and d.area >= %s and d.area < %s and d.theme = any(%s) {more} group by 1"""


@dataclass(frozen=True)
class Count:
    """What was counted in one place. Unit: matters. `chosen` are those the map shows or, `unplaced` of them, cannot show for want of a position."""

    chosen: int = 0
    unplaced: int = 0
    open: int = 0
    overdue: int = 0

    def plus(self, other: "Count") -> "Count":
        """Both together."""
        return Count(self.chosen + other.chosen, self.unplaced + other.unplaced, self.open + other.open, self.overdue + other.overdue)


NOTHING = Count()


def tallies(choice: Choice, level: str) -> dict[int, Count]:
    """Counts of the places of a level inside the choice's range, by area; a place without any matter has no entry.

    `open` and `overdue` are what stands open now of the chosen kind, group and source, whatever the period.
    """
    width = WIDTHS[level]
    stamp = densities.covers(choice) if width >= STREET else None
    since = stamp.since(choice) if stamp else choice.since
    found, fitting = _open(choice, width, since)
    if choice.state in ("all", "ended"):
        for key, (count, unplaced) in _reported(choice, width, since, stamp).items():
            taken, taken_unplaced = fitting.get(key, (0, 0)) if choice.state == "ended" else (0, 0)
            found[key] = replace(found.get(key, NOTHING), chosen=count - taken, unplaced=unplaced - taken_unplaced)
    return {key * width: one for key, one in found.items()}


def _open(choice: Choice, width: int, since: datetime | None) -> tuple[dict[int, Count], dict[int, tuple[int, int]]]:
    """Open matters by place; and how many of them fit the period, in all and without a position."""
    where = conditions(replace(choice, period=""), with_state=False, is_placed=False).add("m.is_open")
    fits = Conditions(["true"])
    if since:
        fits.add("m.reported_at >= %(since)s")
    if choice.state == "overdue":
        fits.add("m.due_at < %(now)s")
    rows = _asked(OPEN.format(key=f"m.area / {width}", fits=fits.sql, where=named(where)), named_values(where) | {"now": clock.now(), "since": since})
    is_live = choice.state in ("open", "overdue")
    found = {row[0]: Count(row[3] if is_live else 0, row[4] if is_live else 0, row[1], row[2]) for row in rows}
    return found, {row[0]: (row[3], row[4]) for row in rows}


def _reported(choice: Choice, width: int, since: datetime | None, stamp: densities.Stamp | None) -> dict[int, tuple[int, int]]:
    """Matters reported in the period, ended ones too: in all and without a position, by place."""
    where = conditions(choice, with_state=False, since=since, is_placed=False)
    found: dict[int, tuple[int, int]] = {}
    if stamp:
        more = "and d.source = %s" if choice.source else ""
        values = [width, densities.LEVELS[-1], densities.LAYER, choice.lo, choice.hi, densities.themes_of(choice), *([choice.source] if choice.source else [])]
        found = {int(row[0]): (int(row[1]), int(row[2] or 0)) for row in _asked(DENSE.format(column=choice.period, more=more), values)}
        where.add("m.id > %s", stamp.upto)
    for key, count, unplaced in _asked(ROWS.format(key=f"m.area / {width}", where=where.sql), where.values):
        before = found.get(key, (0, 0))
        found[key] = before[0] + count, before[1] + unplaced
    return {key: pair for key, pair in found.items() if pair[0]}


def named(where: Conditions) -> str:
    """The conditions with named places for their values, where they stand beside other named ones."""
    parts = where.sql.split("%s")
    return "".join(part + (f"%(v{place})s" if place < len(parts) - 1 else "") for place, part in enumerate(parts))


def named_values(where: Conditions) -> dict[str, Any]:
    """The values of `named`."""
    return {f"v{place}": value for place, value in enumerate(where.values)}


def _asked(sql: str, values: list[Any] | Mapping[str, Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return list(cursor.fetchall())
