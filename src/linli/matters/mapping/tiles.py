# SPDX-License-Identifier: MulanPSL-2.0
"""Vector tiles of matters: gathered into blocks in PostgreSQL under the sight in force, encoded here; a block with one matter opens it."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import mapbox_vector_tile
from django.db import connection

from linli.core import clock
from linli.elements.coordinates import cells_in_box, column_and_row
from linli.elements.mercator import COLUMNS, EXTENT, Tile, middle_of
from linli.matters import categories, numbers
from linli.matters.mapping import densities
from linli.matters.mapping.choices import Choice, Conditions, conditions

LAYER = "matters"
NARROW = 1_000_000
"""A place up to a street is read by its area; a wider one by cell numbers: at fine zooms, and open matters (an index of their own) at every zoom."""

BLOCK = "m.cell >> {shift}"
PART = "((m.lon_e6 - {west})::bigint * {columns} / {wide}) * 4096 + (m.lat_e6 - {south})::bigint * {columns} / {high}"
FOUND = """select {key}, count(*), count(*) filter (where m.is_open and m.due_at < %s), count(*) filter (where m.is_open), min(m.id){more}
  from {source} where {where} group by 1"""
EXACT = ", min(m.category_id), min(m.lon_e6), min(m.lat_e6)"
BY_CELLS = """unnest(%s::bigint[], %s::bigint[]) r (lo, hi) cross join lateral (
  select * from matters_matter c where c.cell >= r.lo and c.cell < r.hi {inner} offset 0) m"""
DENSE = """select d.block >> {shift}, sum(d.{column}) from unnest(%s::bigint[], %s::bigint[]) r (lo, hi) cross join lateral (
  select * from elements_density c where c.level = %s and c.block >= r.lo and c.block < r.hi offset 0) d
 where d.layer = %s and d.area >= %s and d.area < %s and d.theme = any(%s) {more} group by 1"""


@dataclass(frozen=True)
class Group:
    """The matters of one block: how many, how many of them are past their limit and open; `matter` when there is only one."""

    key: int
    count: int
    overdue: int = 0
    open: int = 0
    matter: int | None = None
    category: int | None = None
    lon_e6: int = 0
    lat_e6: int = 0


@dataclass(frozen=True)
class Mark:
    """One point of a tile, in units of EXTENT from the north-west."""

    x: int
    y: int
    group: Group


def encoded(choice: Choice, tile: Tile) -> bytes:
    """The tile in the vector tile format; empty bytes when nothing lies in it."""
    features = [{"geometry": {"type": "Point", "coordinates": (mark.x, mark.y)}, "properties": _properties(mark.group)} for mark in marks(choice, tile)]
    if not features:
        return b""
    made: bytes = mapbox_vector_tile.encode([{"name": LAYER, "features": features}], default_options={"y_coord_down": True, "extents": EXTENT})
    return made


def _properties(group: Group) -> dict[str, Any]:
    made: dict[str, Any] = {"n": group.count} | ({"late": group.overdue} if group.overdue else {})
    if group.matter is not None:
        category = categories.loaded(group.category or 0)
        made |= {"number": numbers.number_of(group.matter)} | ({"what": str(categories.words_of(category))} if category else {})
    return made


def marks(choice: Choice, tile: Tile) -> list[Mark]:
    """The points of a tile: every visible matter is counted in exactly one mark of exactly one tile of a zoom."""
    place = _in_part if tile.is_fine else _in_block
    found = (place(tile, group) for group in groups(choice, tile))
    return [mark for mark in found if mark is not None]


def _in_part(tile: Tile, group: Group) -> Mark:
    """Where the group stands in a fine tile: a single matter exactly, several in the middle of their part."""
    west, south, east, north = tile.edges
    if group.matter is not None:
        lon, lat = float(group.lon_e6), float(group.lat_e6)
    else:
        column, row = divmod(group.key, 4096)
        lon, lat = west + (column + 0.5) * (east - west) / COLUMNS, south + (row + 0.5) * (north - south) / COLUMNS
    return Mark(int((lon - west) * EXTENT / (east - west)), min(EXTENT - 1, int((north - lat) * EXTENT / (north - south))), group)


def _in_block(tile: Tile, group: Group) -> Mark | None:
    """Where the middle of the group's block stands; None when it lies in a neighbouring tile, which shows it."""
    at = tile.inside(*middle_of(*column_and_row(group.key), tile.level))
    return Mark(*at, group) if at else None


def groups(choice: Choice, tile: Tile) -> Iterable[Group]:
    """The matters of a tile by block (or by part of a fine tile)."""
    stamp = densities.covers(choice) if not tile.is_fine else None
    if stamp is None:
        return _counted(choice, tile, conditions(choice))
    return _with_densities(choice, tile, stamp)


def _counted(choice: Choice, tile: Tile, where: Conditions) -> list[Group]:
    """Counted from the rows themselves."""
    box, now = tile.box, clock.now()
    values: list[Any] = [now]
    is_open = "m.is_open" in where.texts
    if (tile.is_fine or is_open) and choice.hi - choice.lo > NARROW:
        ranges = cells_in_box(box)
        source = BY_CELLS.format(inner="and c.is_open" if is_open else "")
        values += [[lo for lo, _ in ranges], [hi for _, hi in ranges]]
    else:
        source = "matters_matter m"
    where.add("m.lon_e6 >= %s and m.lon_e6 <= %s and m.lat_e6 >= %s and m.lat_e6 <= %s", box.west_e6, box.east_e6, box.south_e6, box.north_e6)
    with connection.cursor() as cursor:
        cursor.execute(FOUND.format(key=_key(tile), more=EXACT if tile.is_fine else "", source=source, where=where.sql), values + where.values)
        rows = cursor.fetchall()
    return [Group(*row[:4], *(row[4:] if row[1] == 1 else ())) for row in rows]


def _key(tile: Tile) -> str:
    if not tile.is_fine:
        return BLOCK.format(shift=2 * tile.level)
    west, south, east, north = tile.edges
    return PART.format(west=west, south=south, wide=max(1, east - west), high=max(1, north - south), columns=COLUMNS)


def _with_densities(choice: Choice, tile: Tile, stamp: densities.Stamp) -> Iterator[Group]:
    """From the night's count and the rows that came after it; what is still open is taken off where only ended ones are wanted."""
    since = stamp.since(choice)
    whole = _dense(choice, tile)
    for group in _counted(choice, tile, conditions(choice, with_state=False, since=since).add("m.id > %s", stamp.upto)):
        whole[group.key] = whole.get(group.key, 0) + group.count
    open_ones = {group.key: group for group in _counted(choice, tile, conditions(choice, with_state=False, since=since).add("m.is_open"))}
    for key, count in whole.items():
        held = open_ones.get(key, Group(key, 0))
        if choice.state == "all":
            yield Group(key, count, held.overdue, held.open)
        elif count > held.count:
            yield Group(key, count - held.count)


def _dense(choice: Choice, tile: Tile) -> dict[int, int]:
    """Block to count as of the last night, for the blocks that touch the tile."""
    kept = max(level for level in densities.LEVELS if level <= tile.level)
    ranges = [(lo >> 2 * kept, hi >> 2 * kept) for lo, hi in cells_in_box(tile.box)]
    values: list[Any] = [[lo for lo, _ in ranges], [hi for _, hi in ranges], kept, densities.LAYER, choice.lo, choice.hi, densities.themes_of(choice)]
    more = "and d.source = %s" if choice.source else ""
    values += [choice.source] if choice.source else []
    with connection.cursor() as cursor:
        cursor.execute(DENSE.format(shift=2 * (tile.level - kept), column=choice.period, more=more), values)
        return {int(block): int(count) for block, count in cursor.fetchall()}
