# SPDX-License-Identifier: MulanPSL-2.0
"""Where each line of a file belongs: community and grid out of names and codes, building and dwelling under their usual keys."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import polars as pl

from linli.core.words import Words, words
from linli.elements import places
from linli.elements.chronicles import forebears
from linli.elements.intakes.cleaning import NEEDED, Faults
from linli.elements.intakes.reading import LINE
from linli.elements.names import stem
from linli.elements.places import KnownPlace
from linli.elements.registers import dwellings
from linli.elements.registers.addresses import floor_of, key_of, key_of_dwelling, read_address
from linli.elements.registers.checks import writing
from linli.elements.searching.grounds import called

DIVISION, GRID, ADDRESS = "joining.division", "joining.grid", "joining.address"
QUARTER, NUMBER = "building.quarter", "building.number"
DOORWAY, FLOOR, ROOM = "dwelling.doorway", "dwelling.floor", "dwelling.room"
COMMUNITY, AREA, BUILDING, DWELLING = "community", "area", "building_key", "dwelling_key"
"""The columns that are added."""
SAID = ("said_district", "said_street", "said_community")
"""What an address in one cell says of the places above, while it is held against the community of the line."""
LONGEST_BUILDING, LONGEST_DWELLING = 120, 60
CODE_DIGITS = 12
ENDINGS = ("", "社区", "居委会", "社区居委会", "社区居民委员会", "社区居民委会", "居民委员会", "村", "村委会", "村村委会", "村民委员会", "村村民委员会")
"""How people write the word for a community or a village behind its name."""
NO_DIVISION = words("没有写是哪个社区，而导入范围不止一个社区。", "The community is missing, and the file was brought for more than one.")
UNKNOWN_DIVISION = words("导入范围内没有这个社区，请写社区全称或 12 位区划代码。",
                         "There is no such community within the place the file was brought for; write its full name or 12-digit code.")
SEVERAL = words("导入范围内有几个同名的社区，请写 12 位区划代码。", "Several communities bear this name; write the 12-digit code.")
UNKNOWN_GRID = words("这个社区没有这个网格，请核对网格名称；还没有划分网格时请空着。",
                     "The community has no such grid; check its name, or leave it empty while no grids are drawn.")
NO_BUILDING = words("住址里认不出楼号或门牌号，请分列写楼号、门、室。", "No building can be read in the address; write building, doorway and room in columns of their own.")
DISAGREES = words("住址里写的是“{said}”，和所填的社区“{place}”不一致，请核对。",
                  "The address says {said}, which does not agree with the community {place}; check both.")
TOO_LONG = words("地址太长，认不出楼栋。", "The address is too long to tell the building.")


@dataclass(frozen=True)
class Ground:
    """The communities and grids for which a file may bring records, by everything they are called."""

    home: int | None
    grid: int | None
    communities: Mapping[str, Sequence[int]]
    grids: Mapping[tuple[int, str], int]

    def area_of(self, division: str | None, grid: str | None) -> tuple[int | None, str, Words | None]:
        """The area that the two cells name, or the column and sentence of what is wrong with them."""
        found = self.communities.get(division, ()) if division else ((self.home,) if self.home else ())
        if len(found) != 1:
            return None, DIVISION, (SEVERAL if found else UNKNOWN_DIVISION) if division else NO_DIVISION
        community = found[0]
        if not grid:
            return self.grid if self.grid and community == self.home else community, "", None
        named = self.grids.get((community, grid))
        if named is None or (self.grid and named != self.grid):
            return None, GRID, UNKNOWN_GRID
        return named, "", None


def ground_of(area: int) -> Ground:
    """What stands within the place for which a file was brought."""
    place = places.place_by_area(area)
    home = places.community_of(area)
    inside = [home] if home else list(places.places_within(place.lo, place.hi, level="community"))
    known: dict[str, list[int]] = {}
    grids: dict[tuple[int, str], int] = {}
    for one in inside:
        for name in {writing.plain(name) for name in _names(one)}:
            known.setdefault(name, []).append(one.area)
        for grid in places.places_within(one.lo, one.hi, level="grid"):
            grids |= {(one.area, writing.plain(name)): grid.area for name in (grid.name, grid.short_name, str(grid.area % 1000), f"{grid.area % 1000:03d}", str(grid.area))}
    return Ground(home.area if home else None, area if place.level == "grid" else None, known, grids)


def _names(one: KnownPlace) -> set[str]:
    stems = {one.short_name, stem(one.name), *(stem(name) for name in one.names)}
    codes = {code for system, code in one.codes if len(code) == CODE_DIGITS}
    return {one.name, str(one.area), *codes, *one.names, *(f"{short}{ending}" for short in stems for ending in ENDINGS)}


def settle(frame: pl.DataFrame, area: int, faults: Faults) -> pl.DataFrame:
    """The frame with community, area and the keys of building and dwelling; null where a line cannot be placed, which is a fault."""
    return _keyed(_agreeing(_placed(_read_addresses(frame, faults), ground_of(area), faults), faults), faults)


def located(frame: pl.DataFrame, area: int, faults: Faults) -> pl.DataFrame:
    """The frame with community and area, for lines that are no dwellings; null where a line cannot be placed, which is a fault."""
    return _placed(frame, ground_of(area), faults)


def _read_addresses(frame: pl.DataFrame, faults: Faults) -> pl.DataFrame:
    """Addresses in one cell, told apart where the line has no building of its own."""
    alone = frame.filter(pl.col(ADDRESS).is_not_null() & pl.col(NUMBER).is_null())
    texts = alone[ADDRESS].unique().to_list()
    if not texts:
        return frame
    read = [(text, read_address(text)) for text in texts]
    bad = [text for text, parts in read if not parts.number]
    faults.add(alone.filter(pl.col(ADDRESS).is_in(bad))[LINE].to_list(), ADDRESS, "address", NO_BUILDING)
    told = pl.DataFrame(
        [(text, (parts.road + parts.quarter) or None, parts.number or None, parts.doorway or None, None if parts.floor is None else str(parts.floor), parts.room or None,
          parts.district or None, parts.street or None, parts.community or None) for text, parts in read],
        schema=dict.fromkeys((ADDRESS, "q", "n", "d", "f", "r", *SAID), pl.String), orient="row")
    is_alone = pl.col(NUMBER).is_null()
    joined = frame.join(told, on=ADDRESS, how="left", maintain_order="left")
    said = {QUARTER: "q", DOORWAY: "d", FLOOR: "f", ROOM: "r", NUMBER: "n"}
    return joined.with_columns(pl.when(is_alone).then(pl.coalesce(pl.col(name), pl.col(short))).otherwise(pl.col(name)).alias(name) for name, short in said.items()).drop(
        "q", "n", "d", "f", "r")


def _agreeing(frame: pl.DataFrame, faults: Faults) -> pl.DataFrame:
    """The frame without what addresses say of the places above; where that is another place than the line's, it is a fault of the address."""
    if SAID[0] not in frame.columns:
        return frame
    for area, *said in frame.filter(pl.col(COMMUNITY).is_not_null()).select(COMMUNITY, *SAID).unique().rows():
        other = next((name for name in reversed(said) if name and _is_elsewhere(name, area)), None)
        if other is not None:
            same = pl.all_horizontal(pl.col(COMMUNITY) == area, *(pl.col(column).eq_missing(name) for column, name in zip(SAID, said, strict=True)))
            faults.add(frame.filter(same)[LINE].to_list(), ADDRESS, "disagrees", DISAGREES.format(said=other, place=places.place_by_area(area).name))
    return frame.drop(SAID)


def _is_elsewhere(name: str, area: int) -> bool:
    """Whether a name in an address is that of other places only: none that bears or bore it holds the community or what it came from."""
    found = called(name)
    olds = [one.area for one in forebears(places.place_by_area(area))]
    return bool(found) and not any(one.covers(held) for one in found for held in (area, *olds))


def _placed(frame: pl.DataFrame, ground: Ground, faults: Faults) -> pl.DataFrame:
    if SAID[2] in frame.columns and ground.home is None:
        known = [name for name in frame[SAID[2]].drop_nulls().unique().to_list() if len(ground.communities.get(name, ())) == 1]
        frame = frame.with_columns(pl.coalesce(DIVISION, pl.when(pl.col(SAID[2]).is_in(known)).then(pl.col(SAID[2])).otherwise(None)).alias(DIVISION))
    pairs = frame.select(DIVISION, GRID).unique().rows()
    told = []
    for division, grid in pairs:
        area, column, sentence = ground.area_of(division, grid)
        if sentence is not None:
            lines = frame.filter(pl.col(DIVISION).eq_missing(division) & pl.col(GRID).eq_missing(grid))[LINE].to_list()
            faults.add(lines, column, "place", sentence)
        told.append((division, grid, area, None if area is None else area - area % 1000))
    places_told = pl.DataFrame(told, schema={DIVISION: pl.String, GRID: pl.String, AREA: pl.Int64, COMMUNITY: pl.Int64}, orient="row")
    return frame.join(places_told, on=[DIVISION, GRID], how="left", nulls_equal=True, maintain_order="left")


def _keyed(frame: pl.DataFrame, faults: Faults) -> pl.DataFrame:
    frame = _with_floors(frame)
    buildings = [(quarter, number, key_of(quarter or "", number)) for quarter, number in frame.select(QUARTER, NUMBER).drop_nulls(NUMBER).unique().rows()]
    rooms = [(doorway, floor, room, key_of_dwelling(doorway or "", None if floor is None else int(floor), room or ""))
             for doorway, floor, room in frame.select(DOORWAY, FLOOR, ROOM).unique().rows()]
    frame = frame.join(pl.DataFrame(buildings, schema={QUARTER: pl.String, NUMBER: pl.String, BUILDING: pl.String}, orient="row"), on=[QUARTER, NUMBER], how="left",
                       nulls_equal=True, maintain_order="left")
    frame = frame.join(pl.DataFrame(rooms, schema={DOORWAY: pl.String, FLOOR: pl.String, ROOM: pl.String, DWELLING: pl.String}, orient="row"), on=[DOORWAY, FLOOR, ROOM],
                       how="left", nulls_equal=True, maintain_order="left")
    long = frame.filter((pl.col(BUILDING).str.len_chars() > LONGEST_BUILDING) | (pl.col(DWELLING).str.len_chars() > LONGEST_DWELLING))[LINE].to_list()
    faults.add(long, NUMBER, "address", TOO_LONG)
    for name, owner in ((NUMBER, dwellings.NUMBER), (QUARTER, dwellings.QUARTER)):
        cut = frame.filter(pl.col(name).str.len_chars() > owner.limit)[LINE].to_list()
        faults.add(cut, name, "address", TOO_LONG)
    unplaced = frame.filter(pl.col(BUILDING).is_null() & pl.col(ADDRESS).is_null())[LINE].to_list()
    faults.add(unplaced, NUMBER, "required", NEEDED.format(label=dwellings.NUMBER.label))
    return frame


def _with_floors(frame: pl.DataFrame) -> pl.DataFrame:
    """The floor that a room number tells, where the file does not say it."""
    rooms = frame.filter(pl.col(FLOOR).is_null() & pl.col(ROOM).is_not_null())[ROOM].unique().to_list()
    told = {room: str(floor) for room in rooms if (floor := floor_of(room)) is not None}
    if not told:
        return frame
    said = pl.col(ROOM).replace_strict(list(told), list(told.values()), default=None, return_dtype=pl.String)
    return frame.with_columns(pl.coalesce(pl.col(FLOOR), said).alias(FLOOR))
