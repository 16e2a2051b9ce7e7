# SPDX-License-Identifier: MulanPSL-2.0
"""Positions convert as published and back again, and a box is a few ranges of cell numbers that miss nothing."""

import csv
from itertools import pairwise
from math import hypot
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from linli.core.faults import Fault
from linli.core.words import words
from linli.elements.coordinates import (
    E6,
    MOST_RANGES,
    Box,
    Datum,
    Position,
    cell,
    cells_in_box,
    converted,
    require_inside,
    wgs84_to_gcj02,
)

VECTORS = list(csv.DictReader((Path(__file__).parent.parent / "data" / "coord_vectors.csv").open(encoding="utf-8")))
PAIRS = [(one, other) for one in Datum for other in Datum]
TIANJIN = Box(116_700_000, 38_550_000, 118_070_000, 40_260_000)
CITY = words("天津市", "Tianjin")

points_in_china = st.tuples(st.floats(74, 135), st.floats(18, 53.5))
lons, lats = st.integers(-180 * E6, 180 * E6), st.integers(-90 * E6, 90 * E6)
sizes = st.integers(0, 3_000_000)


@st.composite
def boxes(draw):
    west, south = draw(st.integers(-180 * E6, 177 * E6)), draw(st.integers(-90 * E6, 87 * E6))
    return Box(west, south, west + draw(sizes), south + draw(sizes))


def degrees(row, datum):
    return float(row[f"{datum}_lon"]), float(row[f"{datum}_lat"])


def off(one, other):
    return max(abs(one[0] - other[0]), abs(one[1] - other[1]))


def in_ranges(number, ranges):
    return any(lo <= number < hi for lo, hi in ranges)


@pytest.mark.parametrize(("source", "target"), PAIRS, ids=lambda datum: datum.value)
@pytest.mark.parametrize("row", VECTORS, ids=lambda row: row["code"])
def test_a_published_point_converts_into_every_datum(row, source, target):
    assert off(converted(degrees(row, source), source, target), degrees(row, target)) < 2e-6


def test_every_vector_was_read():
    assert len(VECTORS) == 16


@given(points_in_china, st.sampled_from(PAIRS))
def test_there_and_back_again_is_the_same_point(point, pair):
    there = converted(point, Datum.WGS84, pair[0])

    assert off(converted(converted(there, pair[0], pair[1]), pair[1], pair[0]), there) < 1e-9


@given(points_in_china)
def test_the_shift_is_never_more_than_a_kilometre_and_a_half(point):
    shifted = wgs84_to_gcj02(point)

    assert hypot(shifted[0] - point[0], shifted[1] - point[1]) < 0.0135


@pytest.mark.parametrize("point", [(-0.1276, 51.5072), (139.7671, 35.6812), (151.2, -33.87)])
def test_abroad_nothing_is_shifted(point):
    assert wgs84_to_gcj02(point) == point


def test_a_position_keeps_wgs84_whatever_it_was_given_in():
    row = VECTORS[0]

    kept = [Position.from_degrees(*degrees(row, datum), datum) for datum in Datum]

    assert all(abs(item.lon_e6 - 117_194_100) <= 2 and abs(item.lat_e6 - 39_117_670) <= 2 for item in kept)
    assert off(kept[0].degrees(Datum.GCJ02), degrees(row, "gcj02")) < 2e-6


@pytest.mark.parametrize(("lon", "lat"), [(181, 0), (0, 91), (float("nan"), 0), (0, float("inf")), (1e300, 1e300)])
def test_numbers_off_the_globe_are_refused(lon, lat):
    with pytest.raises(Fault) as caught:
        Position.from_degrees(lon, lat)

    assert caught.value.code == "position_impossible"


def test_a_position_of_integers_off_the_globe_is_refused():
    with pytest.raises(Fault):
        Position(180 * E6 + 1, 0)


def test_a_point_in_the_city_passes():
    assert require_inside(Position(117_194_100, 39_117_670), TIANJIN, CITY) is None


def test_a_point_outside_the_city_is_refused_by_name():
    with pytest.raises(Fault) as caught:
        require_inside(Position(104_040_000, 30_640_000), TIANJIN, CITY)

    assert caught.value.code == "position_outside"
    assert caught.value.message.zh == "这个位置不在天津市范围内。"
    assert "社区" in caught.value.remedy.zh


def test_swapped_longitude_and_latitude_are_noticed():
    box = Box(80_000_000, 38_000_000, 89_000_000, 41_000_000)

    with pytest.raises(Fault) as caught:
        require_inside(Position(39_117_670, 88_000_000), box, CITY)

    assert "填反" in caught.value.remedy.zh


@given(lons, lats)
def test_a_cell_number_is_a_small_whole_number(lon, lat):
    assert 0 <= cell(lon, lat) < 2**38


@given(lons, lats, lons, lats)
def test_two_positions_share_a_number_exactly_when_they_share_a_cell(lon, lat, other_lon, other_lat):
    near_lon, near_lat = lon // 1000 == other_lon // 1000, lat // 1000 == other_lat // 1000
    at_the_edge = 180 * E6 in (lon, other_lon) or 90 * E6 in (lat, other_lat)

    assert at_the_edge or (cell(lon, lat) == cell(other_lon, other_lat)) == (near_lon and near_lat)


@given(st.integers(-179_999, 179_998), st.integers(-89_999, 89_998))
def test_all_positions_of_one_cell_have_one_number(column, row):
    corners = {cell(column * 1000 + x, row * 1000 + y) for x in (0, 999) for y in (0, 999)}

    assert len(corners) == 1


def test_the_number_interleaves_column_and_row():
    origin = -180 * E6, -90 * E6

    numbers = [cell(origin[0] + column * 1000, origin[1] + row * 1000) for row in range(4) for column in range(4)]

    assert numbers == [0, 1, 4, 5, 2, 3, 6, 7, 8, 9, 12, 13, 10, 11, 14, 15]


@given(boxes(), st.floats(0, 1), st.floats(0, 1))
def test_no_position_of_a_box_is_missed(box, east, north):
    lon = box.west_e6 + int((box.east_e6 - box.west_e6) * east)
    lat = box.south_e6 + int((box.north_e6 - box.south_e6) * north)

    assert in_ranges(cell(lon, lat), cells_in_box(box))


@given(boxes())
def test_a_box_is_at_most_sixteen_ranges_in_order_and_apart(box):
    ranges = cells_in_box(box)

    assert 1 <= len(ranges) <= MOST_RANGES
    assert all(lo < hi for lo, hi in ranges)
    assert all(before[1] < after[0] for before, after in pairwise(ranges))


@pytest.mark.parametrize("size", [5_000, 20_000, 100_000, 1_000_000])
def test_the_ranges_hold_little_more_than_the_box(size):
    starts = [(117_000_000 + 7_919 * n, 39_000_000 + 6_733 * n) for n in range(100)]

    shares = sorted(sum(hi - lo for lo, hi in cells_in_box(Box(west, south, west + size, south + size)))
                    / (size // 1000 + 1) ** 2 for west, south in starts)

    assert shares[50] < 1.4
    assert shares[-1] < 2


def test_the_whole_world_is_a_box():
    assert in_ranges(cell(180 * E6, 90 * E6), cells_in_box(Box(-180 * E6, -90 * E6, 180 * E6, 90 * E6)))


@pytest.mark.parametrize("edges", [(2, 0, 1, 1), (0, 2, 1, 1), (-181 * E6, 0, 0, 0), (0, 0, 0, 91 * E6)])
def test_an_impossible_box_is_refused(edges):
    with pytest.raises(Fault) as caught:
        Box(*edges)

    assert caught.value.code == "box_impossible"


def test_a_box_around_positions_holds_them_and_its_margin():
    box = Box.around([Position(5, 9), Position(7, 3)], margin_e6=2)

    assert box == Box(3, 1, 9, 11)
    assert box.has(Position(3, 11))
    assert not box.has(Position(2, 11))


def test_no_positions_make_no_box():
    with pytest.raises(ValueError, match="no position"):
        Box.around([])
