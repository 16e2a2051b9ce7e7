# SPDX-License-Identifier: MulanPSL-2.0
"""步行可达: which buildings lie out of reach of which service, reckoned by cells and equal to a plain count over all pairs."""

from collections.abc import Iterator
from math import cos, radians, sqrt
from typing import Any

import pytest
from django.conf import LazySettings
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from linli.core import due, registry
from linli.core.sight import AREA_END, looking, of_all, of_post
from linli.core.words import words
from linli.elements import reaches
from linli.elements.coordinates import blocks_around, cell
from linli.elements.models import Building, Dwelling, Reckoning, Thing, Unreached
from linli.elements.registers.kinds import Reach, ThingKind
from tests.cast import COMMUNITY, COMMUNITY2, GRID, GRID2, HOSTILE, Cast

pytestmark = pytest.mark.django_db
LON, LAT = 117_194_000, 39_117_000
KIND = ThingKind("planted_place", words("测试设施", "Planted"), words("测试", "Test"), reaches=(Reach(500, words("测试", "a test")),))


@pytest.fixture(autouse=True)
def planted() -> Iterator[None]:
    """One kind with one service beside those that are shipped."""
    registry.add("thing_kind", KIND.name, KIND)
    yield
    registry.REGISTRY.remove("thing_kind", KIND.name)


def house(lon: int, lat: int, area: int = GRID, homes: int = 0, number: str = "") -> int:
    with looking(of_all()):
        made = Building.objects.create(area=area, quarter="槐安里", number=number or f"{lon}.{lat}", key=f"{area}.{lon}.{lat}.{number}",
                                       lon_e6=lon, lat_e6=lat, cell=cell(lon, lat))
        Dwelling.objects.bulk_create([Dwelling(area=area, building=made, key=str(one)) for one in range(homes)])
        return made.pk


def facility(lon: int, lat: int, area: int = GRID, **more: Any) -> int:
    with looking(of_all()):
        given = {"kind": KIND.name, "name": HOSTILE[:60]} | more
        return Thing.objects.create(area=area, lon_e6=lon, lat_e6=lat, cell=cell(lon, lat), **given).pk


def reckon() -> dict[int, int | None]:
    with looking(of_all()):
        reaches.reckon([(0, AREA_END)], [KIND.name])
        return dict(Unreached.objects.filter(service=KIND.name).values_list("building", "metres"))


def test_a_walk_is_the_straight_line_times_the_detour(cast: Cast) -> None:
    near, far, lost = house(LON, LAT + 3_400), house(LON, LAT + 3_500), house(LON, LAT + 60_000)
    facility(LON, LAT)

    out = reckon()

    assert near not in out  # 3,400 millionths of a degree are 378 m, and 491 m on foot
    assert out == {far: 506, lost: None}


def test_a_facility_beyond_the_border_serves_too(cast: Cast) -> None:
    house(LON, LAT, area=GRID)
    facility(LON + 1_000, LAT, area=GRID2)

    assert reckon() == {}


@pytest.mark.parametrize("more", [{"valid_to": "2020-01-01"}, {"valid_from": "2099-01-01"}, {"kind": "service_room"}])
def test_a_facility_that_is_closed_not_open_yet_or_another_serves_nobody(cast: Cast, more: dict[str, Any]) -> None:
    one = house(LON, LAT)
    facility(LON, LAT, **more)

    assert reckon() == {one: None}


def test_buildings_without_a_position_or_without_homes_are_not_judged(cast: Cast) -> None:
    with looking(of_all()):
        Building.objects.create(area=GRID, number="1", key="no position")
        Building.objects.create(area=GRID, number="2", key="shop", use="shop", lon_e6=LON, lat_e6=LAT, cell=cell(LON, LAT))

    assert reckon() == {}
    with looking(of_post(cast.director), read_only=True):
        found = reaches.ground(cast.director, COMMUNITY, COMMUNITY + 1000)
    assert (found.placed, found.unplaced) == (0, 1)


def test_what_comes_into_reach_is_forgotten_and_a_second_time_changes_nothing(cast: Cast) -> None:
    house(LON, LAT, homes=3)
    first = reckon()
    with looking(of_all()):
        before = list(Unreached.objects.values_list("pk", "dwellings"))
    second = reckon()
    with looking(of_all()):
        after = list(Unreached.objects.values_list("pk", "dwellings"))
    facility(LON, LAT)

    assert first == second
    assert before == after
    assert before[0][1] == 3
    assert reckon() == {}


def test_a_new_facility_and_a_placed_building_are_reckoned_by_themselves(cast: Cast) -> None:
    number = cast.do("building.add", "director", area=GRID, quarter="槐安里", number="3号楼", position=f"{LON / 1e6},{LAT / 1e6}")["building"]
    while due.drain():
        pass
    with looking(of_all()):
        before = set(Unreached.objects.filter(building=number).values_list("service", flat=True))
    cast.do("service_room.add", "director", area=GRID, name="卫生服务站", room="clinic", position=f"{LON / 1e6},{LAT / 1e6}")
    while due.drain():
        pass

    with looking(of_all()):
        after = set(Unreached.objects.filter(building=number).values_list("service", flat=True))
    assert before - after == {"service_room.clinic"}
    assert Reckoning.objects.get(pk="service_room.clinic").facilities == 1


def test_the_city_sets_other_reaches_and_leaves_services_out(cast: Cast, settings: LazySettings) -> None:
    settings.REACH_METRES = f"{KIND.name}=900, service_room.clinic=0, nonsense, other=x"

    assert reaches.service_named(KIND.name).metres == 900  # type: ignore[union-attr]
    assert reaches.service_named("service_room.clinic") is None


def test_numbers_that_were_reckoned_with_another_reach_say_so(cast: Cast, settings: LazySettings) -> None:
    house(LON, LAT)
    reckon()
    settings.DETOUR_PERCENT = 150

    with looking(of_post(cast.director), read_only=True):
        stale = {one.service.key for one in reaches.lines(cast.director, COMMUNITY, COMMUNITY + 1000) if one.is_stale}
    assert stale == {KIND.name}


def test_a_neighbour_reads_nothing_of_the_first_community(cast: Cast) -> None:
    house(LON, LAT, homes=2)
    reckon()

    def read(actor: Any) -> tuple[int, int]:
        with looking(of_post(actor), read_only=True):
            line = next(one for one in reaches.lines(actor, 0, AREA_END) if one.service.key == KIND.name)
            return line.out, line.dwellings

    assert read(cast.director) == (1, 2)
    assert read(cast.director2) == (0, 0)
    with looking(of_post(cast.director2), read_only=True):
        assert reaches.unreached(cast.director2, KIND.name, COMMUNITY, COMMUNITY2 + 1000) == []


def plain(home: tuple[int, int], site: tuple[int, int]) -> float:
    return sqrt(((home[0] - site[0]) * cos(radians(home[1] / 1e6))) ** 2 + (home[1] - site[1]) ** 2) * 0.111195 * 1.3


POINT = st.tuples(st.integers(LON - 12_000, LON + 12_000), st.integers(LAT - 12_000, LAT + 12_000))


@pytest.mark.slow
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(homes=st.lists(POINT, min_size=1, max_size=8, unique=True), sites=st.lists(POINT, max_size=4))
def test_cells_find_what_a_plain_count_over_all_pairs_finds(cast: Cast, homes: list[tuple[int, int]], sites: list[tuple[int, int]]) -> None:
    with looking(of_all()):
        Building.objects.update(valid_to="2020-01-01")
        Thing.objects.update(valid_to="2020-01-01")
    numbers = {house(*one): one for one in homes}
    for one in sites:
        facility(*one)

    out = reckon()

    for number, home in numbers.items():
        metres = min((plain(home, one) for one in sites), default=None)
        if metres is not None and abs(metres - 500) > 0.01 and abs(metres - 1000) > 0.01:
            assert (number in out) == (metres > 500)
            assert out.get(number) is None or abs(out[number] - metres) < 1.01  # type: ignore[operator]
            assert number not in out or (out[number] is None) == (metres > 1000)
        if metres is None:
            assert out[number] is None


@given(lon=st.integers(-179_000_000, 179_000_000), lat=st.integers(-80_000_000, 80_000_000), level=st.integers(0, 8))
def test_the_blocks_around_a_cell_hold_everything_one_block_away(lon: int, lat: int, level: int) -> None:
    around = set(blocks_around(cell(lon, lat), level))
    side = 1_000 << level

    assert {cell(lon + east, lat + north) >> 2 * level for east in (-side, 0, side) for north in (-side, 0, side)} == around
