# SPDX-License-Identifier: MulanPSL-2.0
"""The schematic grids and hours of the city load."""

import itertools
from datetime import date

import pytest
from shapely.geometry import shape
from shapely.ops import unary_union

from linli.config.demonstration import bulk, grids, hours
from linli.config.demonstration.quarters import add_quarter
from linli.elements.models import Boundary, Place

SINCE = date(2025, 10, 24)


@pytest.fixture
def drawn(small_city: None) -> list[Boundary]:
    district = Place.objects.get(area=120101000000000)
    add_quarter(district, SINCE)
    grids.make([district], 5, SINCE)
    return list(Boundary.objects.filter(place__level="grid"))


def test_every_community_gets_grids(drawn: list[Boundary]) -> None:
    communities = Place.objects.filter(level="community")

    assert communities.count() == 7
    assert all(one.children.filter(level="grid").count() in (3, 4) for one in communities)


def test_grids_neither_overlap_nor_leave_holes(drawn: list[Boundary]) -> None:
    shapes = [shape(one.shape) for one in drawn]

    whole = unary_union(shapes)

    assert whole.area == pytest.approx(sum(one.area for one in shapes), rel=1e-9)
    assert whole.area == pytest.approx(whole.envelope.area, rel=1e-9)


def test_grids_say_that_they_are_schematic(drawn: list[Boundary]) -> None:
    assert all(one.is_schematic and "非真实边界" in one.source for one in drawn)


def test_a_second_quarter_is_not_added(drawn: list[Boundary]) -> None:
    add_quarter(Place.objects.get(area=120101000000000), SINCE)

    assert Place.objects.filter(level="street", is_demonstration=True).count() == 1


def test_the_hours_of_a_year_hold_every_number_once(small_city: None) -> None:
    found = list(hours.hours(date(2025, 11, 23), date(2026, 11, 23), 20_000))

    assert found[0].first_id == 1
    assert all(later.first_id == earlier.first_id + earlier.count for earlier, later in itertools.pairwise(found))
    assert found[-1].first_id + found[-1].count == 20_001


def test_a_load_says_what_it_needs_before_it_starts() -> None:
    load = bulk.Load(16_000_000, 2026, date(2025, 11, 23), date(2026, 11, 23))

    assert load.disk_bytes <= 40_000_000_000
    assert "GB of disk" in bulk.announcement(load)


def test_another_seed_has_another_digest() -> None:
    load, other = (bulk.Load(1000, seed, date(2025, 11, 23), date(2026, 11, 23)) for seed in (1, 2))

    assert load.digest != other.digest
