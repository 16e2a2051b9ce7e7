# SPDX-License-Identifier: MulanPSL-2.0
"""The matters of a community under the map of any day: by the grid that they were recorded in where it stands then, else by their position."""

from collections.abc import Iterator
from datetime import date
from typing import Any

from django.db import connection

from linli.core import clock
from linli.elements import places
from linli.elements.zonings import zoning_of
from linli.matters.mapping.choices import Choice, Conditions, conditions
from linli.matters.mapping.tallies import NOTHING, Count, named, named_values

CHUNK = 20_000
"""Positions decided at a time (a community reports a few thousand matters a year; memory stays small whatever comes)."""
STANDING = """select m.area, null::int, null::int, {counts} from matters_matter m where {where} and m.area = any(%(grids)s) group by 1"""
OTHERS = """select m.area, m.lon_e6, m.lat_e6, {counts} from matters_matter m where {where} and m.area <> all(%(grids)s) group by 1, 2, 3"""
COUNTS = """count(*) filter (where {chosen}), count(*) filter (where {chosen} and m.cell is null), count(*) filter (where m.is_open),
       count(*) filter (where m.is_open and m.due_at < %(now)s)"""
CHOSEN = {"open": "m.is_open", "overdue": "m.is_open and m.due_at < %(now)s", "ended": "not m.is_open", "all": "true"}


def under_map(choice: Choice, community: int, day: date) -> dict[int, Count]:
    """Counts by grid of the map of a day; under the community's own area what no position puts into a grid.

    A matter recorded in a grid that stands on the day counts there. Any other counts where its position lies, which is how old
    matters are seen under a new map and new ones under an old map. Two queries; the points are decided in memory, in parts.
    """
    grids = [one.area for one in places.children(community, day=day)]
    zoning = zoning_of(community, day)
    found: dict[int, Count] = {}
    for rows in _read(choice, community, grids):
        placed = [row for row in rows if row[1] is not None and row[0] not in grids and zoning.areas]
        where = dict(zip(map(id, placed), zoning.areas_of([(row[1], row[2]) for row in placed]) if placed else [], strict=True))
        for row in rows:
            area = where.get(id(row), row[0] if row[0] in grids else community)
            found[area] = found.get(area, NOTHING).plus(Count(*row[3:]))
    return {area: one for area, one in found.items() if one != NOTHING}


def _read(choice: Choice, community: int, grids: list[int]) -> Iterator[list[tuple[Any, ...]]]:
    """Rows of area, position and the four counts: of standing grids together, of everything else by position, in parts."""
    narrow = Choice(community, community + 1000, choice.state, choice.kind, choice.group, choice.source)
    where = conditions(narrow, with_state=False, is_placed=False)
    chosen = Conditions([CHOSEN[choice.state]])
    if choice.since is None:
        where.add("m.is_open")
    else:
        chosen.add("m.reported_at >= %(since)s")
        where.texts.append("(m.is_open or m.reported_at >= %s)")
        where.values.append(choice.since)
    values = named_values(where) | {"now": clock.now(), "since": choice.since, "grids": grids}
    counts = COUNTS.format(chosen=f"({chosen.sql})")
    with connection.cursor() as cursor:
        for sql in (STANDING, OTHERS):
            cursor.execute(sql.format(counts=counts, where=named(where)), values)
            while rows := cursor.fetchmany(CHUNK):
                yield rows
