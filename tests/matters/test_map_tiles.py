# SPDX-License-Identifier: MulanPSL-2.0
"""Tiles against a slow count: every visible point exactly once at each zoom, nothing of a neighbour's, nothing that may not be drawn."""

from typing import Any

import mapbox_vector_tile
import pytest
from hypothesis import given
from hypothesis import strategies as st

from linli.core.faults import NotVisible
from linli.core.sight import Actor, looking, of_post
from linli.elements.coordinates import E6, cell, column_and_row
from linli.elements.mercator import DEEPEST, Tile, middle_of, tile_at
from linli.elements.models import Density
from linli.matters.mapping import densities, tiles
from linli.matters.mapping.choices import Choice, chosen
from linli.matters.mapping.here import here
from linli.matters.mapping.tallies import tallies
from linli.matters.models import Category
from tests.cast import CITY, COMMUNITY, DISTRICT, STREET, Cast
from tests.matters.scatter import SIDE, SOUTH, WEST, fitting, matter, plant, strewn

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
ZOOMS = (0, 6, 9, 10, 11, 12, 13, 14, 15, 17)
CHOICES = ({"state": "open"}, {"state": "overdue", "source": "patrol"}, {"state": "all", "period": "month"}, {"state": "ended", "period": "year"},
           {"state": "all", "period": "year", "source": "resident"}, {"state": "open", "period": "quarter"})
lons, lats = st.integers(-180 * E6, 180 * E6 - 1), st.integers(-85 * E6, 85 * E6)


def around(z: int) -> list[Tile]:
    """All tiles of a zoom that touch the strewn square, and those beside it."""
    low, high = tile_at(WEST, SOUTH, z), tile_at(WEST + SIDE, SOUTH + SIDE, z)
    last = (1 << z) - 1
    return [Tile(z, x, y) for x in range(max(0, low.x - 1), min(last, high.x + 1) + 1) for y in range(max(0, high.y - 1), min(last, low.y + 1) + 1)]


def counted(actor: Actor, choice: Choice, z: int) -> tuple[int, list[int]]:
    """How many matters the tiles of a zoom count together, and the single ones."""
    with looking(of_post(actor), read_only=True):
        groups = [mark.group for tile in around(z) for mark in tiles.marks(choice, tile)]
    return sum(one.count for one in groups), sorted(one.matter for one in groups if one.matter is not None)


@pytest.mark.parametrize("who", ["city", "district", "dispatcher", "gridworker"])
def test_each_visible_point_is_counted_once_at_each_zoom(cast: Cast, who: str) -> None:
    rows, actor = strewn(cast, 400, seed=1), cast.actors[who]
    wrong = []

    for given_ in CHOICES:
        choice = Choice(actor.lo, actor.hi, **given_)
        wanted = [row for row in fitting(rows, choice, choice.since) if row.lon_e6 is not None]
        for z in ZOOMS:
            count, single = counted(actor, choice, z)
            if count != len(wanted) or not set(single) <= {row.pk for row in wanted}:
                wrong.append((given_, z, count, len(wanted)))

    assert wrong == []


def test_the_nights_count_changes_no_number(cast: Cast) -> None:
    rows, actor = strewn(cast, 300, seed=2), cast.city
    densities.count()
    rows += strewn(cast, 60, seed=3)
    wrong = []

    for given_ in CHOICES:
        choice = Choice(actor.lo, actor.hi, **given_)
        wanted = [row for row in fitting(rows, choice, choice.since) if row.lon_e6 is not None]
        wrong += [(given_, z) for z in ZOOMS if counted(actor, choice, z)[0] != len(wanted)]

    assert wrong == []
    with looking(of_post(actor), read_only=True):
        assert densities.covers(Choice(actor.lo, actor.hi, state="all", period="year")) is not None


@pytest.mark.parametrize("is_counted", [False, True])
def test_the_table_counts_what_the_map_shows_and_what_has_no_position(cast: Cast, is_counted: bool) -> None:
    rows, actor = strewn(cast, 300, seed=4), cast.city
    if is_counted:
        densities.count()
        rows += strewn(cast, 40, seed=5)

    for given_ in CHOICES:
        choice = Choice(actor.lo, actor.hi, **given_)
        wanted = fitting(rows, choice, choice.since)
        with looking(of_post(actor), read_only=True):
            found = tallies(choice, "district")
        assert sum(one.chosen for one in found.values()) == len(wanted), given_
        assert sum(one.unplaced for one in found.values()) == sum(1 for row in wanted if row.lon_e6 is None), given_
        assert found[DISTRICT].chosen == sum(1 for row in wanted if row.area // 10**9 * 10**9 == DISTRICT), given_


def test_a_street_sees_its_part_of_the_nights_count_and_no_more(cast: Cast) -> None:
    rows = strewn(cast, 300, seed=6)
    densities.count()
    actor = cast.dispatcher
    choice = Choice(actor.lo, actor.hi, state="all", period="year")

    assert counted(actor, choice, 10)[0] == len([row for row in fitting(rows, choice, choice.since) if row.lon_e6 is not None])
    with looking(of_post(actor), read_only=True):
        assert set(Density.objects.visible_to(actor).values_list("area", flat=True)) == {STREET}


def test_a_foreign_range_shows_nothing_even_without_the_views_check(cast: Cast) -> None:
    strewn(cast, 100, seed=7)

    with looking(of_post(cast.gridworker2), read_only=True):
        found = [mark for z in (8, 13, 15) for tile in around(z) for mark in tiles.marks(Choice(COMMUNITY, COMMUNITY + 1000, state="all"), tile)]

    assert found == []


def test_a_category_that_is_not_public_is_neither_drawn_nor_counted(cast: Cast) -> None:
    Category.objects.filter(pk=cast.category).update(is_public=False)
    plant([matter(cast, COMMUNITY, (WEST + 100, SOUTH + 100))])
    actor = cast.gridworker
    choice = Choice(actor.lo, actor.hi)

    assert [counted(actor, choice, z)[0] for z in ZOOMS] == [0] * len(ZOOMS)
    with looking(of_post(actor), read_only=True):
        assert tallies(choice, "community") == {}


def test_a_single_matter_carries_its_number_and_name_and_several_do_not(cast: Cast) -> None:
    one, other = (WEST + 1_000, SOUTH + 1_000), (WEST + 9_000, SOUTH + 9_000)
    plant([matter(cast, COMMUNITY, one), matter(cast, COMMUNITY, other), matter(cast, COMMUNITY, other)])
    actor = cast.gridworker

    with looking(of_post(actor), read_only=True):
        found = [decoded(tiles.encoded(Choice(actor.lo, actor.hi), tile_at(*at, 17))) for at in (one, other)]
        listed = here(Choice(actor.lo, actor.hi), tile_at(*other, 17).box)

    assert [set(one) for one in found] == [{"n", "number", "what"}, {"n"}]
    assert found[1]["n"] == 2
    assert len(listed[0]) == 2
    assert not listed[1]


def decoded(tile: bytes) -> dict[str, Any]:
    features = mapbox_vector_tile.decode(tile)["matters"]["features"]
    assert len(features) == 1
    return dict(features[0]["properties"])


def test_a_crowded_tile_stays_small(cast: Cast) -> None:
    strewn(cast, 1_500, seed=8)
    actor = cast.city

    with looking(of_post(actor), read_only=True):
        sizes = [len(tiles.encoded(Choice(actor.lo, actor.hi, state="all", period="year"), tile)) for z in ZOOMS for tile in around(z)]

    assert max(sizes) < 16_000


@given(lon=lons, lat=lats, z=st.integers(0, DEEPEST))
def test_every_point_of_the_globe_lies_in_one_tile_of_a_zoom(lon: int, lat: int, z: int) -> None:
    tile = tile_at(lon, lat, z)
    near = [Tile(z, x, y) for x in {max(0, tile.x - 1), tile.x, min(tile.x + 1, (1 << z) - 1)} for y in {max(0, tile.y - 1), tile.y, min(tile.y + 1, (1 << z) - 1)}]

    assert [one for one in near if holds(one, lon, lat)] in ([tile], [one for one in near if holds(one, lon, lat)][:1])
    assert len([one for one in near if holds(one, lon, lat)]) == 1


def holds(tile: Tile, lon: int, lat: int) -> bool:
    """Whether a point counts in the tile: by its edges where it is fine, by the middle of its block elsewhere."""
    if tile.is_fine:
        west, south, east, north = tile.edges
        return west <= lon < east and south <= lat < north
    column, row = column_and_row(cell(lon, lat) >> 2 * tile.level)
    return tile.box.west_e6 <= lon <= tile.box.east_e6 and tile.inside(*middle_of(column, row, tile.level)) is not None


@given(lon=lons, lat=lats)
def test_column_and_row_come_back_from_a_cell_number(lon: int, lat: int) -> None:
    assert column_and_row(cell(lon, lat)) == ((lon + 180 * E6) // 1000, (lat + 90 * E6) // 1000)


@pytest.mark.parametrize(("z", "x", "y"), [(99, 0, 0), (-1, 0, 0), (3, 8, 0), (3, 0, 8), (3, -1, 0), (10**30, 10**30, 10**30), (0, 0, 1)])
def test_a_tile_that_does_not_exist_is_not_visible(z: int, x: int, y: int) -> None:
    with pytest.raises(NotVisible):
        Tile(z, x, y)


def test_a_choice_that_does_not_exist_is_named_and_left_out(cast: Cast) -> None:
    choice, wrong = chosen({"state": "' or 1=1 --", "period": "century", "kind": "grid_event", "source": "𠮷", "group": "x"}, CITY, CITY + 1)

    assert choice == Choice(CITY, CITY + 1, kind="grid_event")
    assert set(wrong) == {"state", "period", "source", "group"}
