# SPDX-License-Identifier: MulanPSL-2.0
"""Boundaries: grids inside a community, valid time, datums, points, schemes; and the made-up ones of the demonstration."""

import json
from datetime import date
from typing import Any
from xml.etree import ElementTree

import pytest
from django.db import IntegrityError, transaction
from shapely import coverage_is_valid, union_all
from shapely.geometry import shape

from linli.core.actions import run
from linli.core.faults import Conflict, Fault
from linli.core.system_actors import system_actor
from linli.elements import maps, places
from linli.elements.coordinates import wgs84_to_gcj02
from linli.elements.models import Boundary, Place
from linli.elements.schematic import schematic_grids
from tests.elements.conftest import HEPING, QUANYECHANG

COMMUNITY = 120101001001000
WEST, SOUTH, STEP = 117.19, 39.11, 0.002
SPRING, SUMMER = date(2026, 3, 1), date(2026, 7, 1)


def square(column: int, row: int = 0, *, wide: float = STEP) -> list[list[float]]:
    west, south = round(WEST + column * STEP, 6), round(SOUTH + row * STEP, 6)
    east, north = round(west + wide, 6), round(south + STEP, 6)
    return [[west, south], [east, south], [east, north], [west, north], [west, south]]


def feature(properties: dict[str, Any], *rings: list[list[float]]) -> dict[str, Any]:
    return {"type": "Feature", "properties": properties, "geometry": {"type": "Polygon", "coordinates": list(rings)}}


def two_grids(**more: Any) -> list[dict[str, Any]]:
    return [feature({"code": "120101001001001"}, square(0)), feature({"code": "120101001001002"}, square(1, **more))]


def load(features: list[dict[str, Any]], *, since: date = SPRING, datum: str = "WGS84", schematic: bool = False) -> dict[str, Any]:
    text = json.dumps({"type": "FeatureCollection", "features": features})
    return run("boundary.load", system_actor("installer"), {"collection": text, "datum": datum, "since": since, "schematic": schematic})


def refused(features: list[dict[str, Any]], **more: Any) -> Fault:
    with pytest.raises(Fault) as refusal:
        load(features, **more)
    return refusal.value


def test_grids_are_made_inside_their_community_with_serials_from_one(city: dict[str, Any]) -> None:
    load([feature({"community": str(COMMUNITY), "name": name}, square(column)) for column, name in enumerate("东西")])

    grids = Place.objects.filter(level="grid").order_by("area").values_list("area", "name", "parent__area")

    assert list(grids) == [(COMMUNITY + 1, "东", COMMUNITY), (COMMUNITY + 2, "西", COMMUNITY)]


def test_the_same_file_again_changes_nothing(city: dict[str, Any]) -> None:
    load(two_grids())

    assert load(two_grids())["done"] == {}
    assert Boundary.objects.count() == 2


def test_a_serial_is_never_used_again(city: dict[str, Any]) -> None:
    load(two_grids())
    run("place.end", system_actor("installer"), {"area": COMMUNITY + 2})

    load([feature({"community": str(COMMUNITY), "name": "新"}, square(3))])

    assert Place.objects.get(name="新").area == COMMUNITY + 3


def test_a_new_boundary_ends_the_former_one_on_its_day(city: dict[str, Any]) -> None:
    load(two_grids())
    load([feature({"area": str(COMMUNITY + 2)}, square(2))], since=SUMMER)

    old = maps.place_at(117_193_000, 39_111_000, SPRING), maps.place_at(117_193_000, 39_111_000, SUMMER)
    new = maps.place_at(117_195_000, 39_111_000, SPRING), maps.place_at(117_195_000, 39_111_000, SUMMER)

    assert old == (COMMUNITY + 2, None)
    assert new == (None, COMMUNITY + 2)


def test_two_boundaries_of_one_place_at_one_time_are_refused_with_the_day(city: dict[str, Any]) -> None:
    load(two_grids(), since=SUMMER)

    refusal = refused([feature({"area": str(COMMUNITY + 2)}, square(2))], since=SPRING)

    assert isinstance(refusal, Conflict)
    assert "2026-07-01" in str(refusal)


def test_the_database_itself_refuses_boundaries_that_overlap_in_time(city: dict[str, Any]) -> None:
    place = Place.objects.get(area=COMMUNITY)
    Boundary.objects.create(place=place, from_day=100, to_day=200, shape={})

    with pytest.raises(IntegrityError), transaction.atomic():
        Boundary.objects.create(place=place, from_day=199, to_day=300, shape={})
    Boundary.objects.create(place=place, from_day=200, to_day=300, shape={})

    assert Boundary.objects.filter(place=place).count() == 2


def test_overlapping_grids_are_refused_and_named(city: dict[str, Any]) -> None:
    features = [feature({"code": "120101001001001", "name": "东"}, square(0, wide=0.003)), feature({"code": "120101001001002", "name": "西"}, square(1))]

    refusal = refused(features)

    assert refusal.code == "grids_overlap"
    assert "东" in str(refusal.message)
    assert not Place.objects.filter(level="grid").exists()


def test_a_hole_between_grids_is_told_in_a_sentence(city: dict[str, Any]) -> None:
    around = [(0, 0), (1, 0), (2, 0), (0, 1), (2, 1), (0, 2), (1, 2), (2, 2)]

    answer = load([feature({"community": str(COMMUNITY), "name": f"{x}{y}"}, square(x, y)) for x, y in around])

    assert len(answer["remarks"]) == 1
    assert "没有网格覆盖" in answer["remarks"][0]["zh"]


def test_gcj_02_is_converted_only_when_it_is_said(city: dict[str, Any]) -> None:
    shifted = [[*wgs84_to_gcj02((lon, lat))] for lon, lat in square(0)]

    load([feature({"code": "120101001001001"}, shifted)], datum="GCJ-02")

    kept = shape(Boundary.objects.get().shape)
    assert kept.symmetric_difference(shape({"type": "Polygon", "coordinates": [square(0)]})).area < 1e-8
    assert maps.place_at(117_191_000, 39_111_000, SPRING) == COMMUNITY + 1


@pytest.mark.parametrize("features", [
    [feature({"code": "999999"}, square(0))],
    [feature({"code": "120101001001001"}, [[117.19, 39.11], [117.2, 39.12], [117.2, 39.11], [117.19, 39.12], [117.19, 39.11]])],
    [{"type": "Feature", "properties": {"code": "120101"}, "geometry": {"type": "Point", "coordinates": [117, 39]}}],
    [feature({"code": "120101"}, [[13_000_000, 4_000_000], [13_000_100, 4_000_000], [13_000_100, 4_000_100], [13_000_000, 4_000_000]])],
    [feature({"code": "120101"}, square(0)), feature({"code": "120101"}, square(1))],
])
def test_wrong_shapes_are_refused_with_a_sentence(city: dict[str, Any], features: list[dict[str, Any]]) -> None:
    refusal = refused(features)

    assert str(refusal.fields["collection"])
    assert not Boundary.objects.exists()


def test_text_that_is_no_geojson_is_refused(city: dict[str, Any]) -> None:
    with pytest.raises(Fault) as refusal:
        run("boundary.load", system_actor("installer"), {"collection": "[1, 2]", "datum": "WGS84"})

    assert "FeatureCollection" in str(refusal.value.fields["collection"])


def schematic(city: dict[str, Any], seed: int = 1) -> dict[str, Any]:
    streets = [[(one.area, one.short_name) for one in places.communities(street.lo, street.hi)] for street in places.children(HEPING)]
    return schematic_grids(streets, lon_e6=117_194_100, lat_e6=39_117_670, seed=seed)


@pytest.mark.parametrize("seed", [1, 2, 3, 2026])
def test_schematic_grids_have_neither_holes_nor_overlaps(city: dict[str, Any], seed: int) -> None:
    shapes = [shape(one["geometry"]) for one in schematic(city, seed)["features"]]
    whole = union_all(shapes)

    assert all(one.is_valid for one in shapes)
    assert coverage_is_valid(shapes)
    assert whole.geom_type == "Polygon"
    assert len(whole.interiors) == 0


def test_schematic_grids_are_the_same_for_the_same_seed(city: dict[str, Any]) -> None:
    assert schematic(city) == schematic(city)
    assert schematic(city) != schematic(city, seed=2)


def test_every_community_gets_three_or_four_schematic_grids(city: dict[str, Any]) -> None:
    load(schematic(city)["features"], schematic=True)

    counts = {len(places.children(one.area, day=SUMMER)) for one in places.communities(HEPING, HEPING + 1_000_000_000)}

    assert counts == {3, 4}
    assert maps.place_at(117_194_100, 39_117_670, SPRING) is not None
    assert maps.place_at(116_000_000, 39_117_670, SPRING) is None


def test_a_scheme_has_title_description_and_says_that_it_is_not_real(city: dict[str, Any]) -> None:
    load(schematic(city)["features"], schematic=True)

    drawn = ElementTree.fromstring(maps.scheme_svg(COMMUNITY, link=lambda place: f"/places/{place.area}"))

    names = {one.tag.split("}")[1] for one in drawn.iter()}
    text = "".join(drawn.itertext())
    assert {"title", "desc", "a", "path"} <= names
    assert "示意图，非真实边界" in text
    assert drawn.attrib["aria-labelledby"]


def test_a_scheme_fits_its_picture_and_names_each_part_even_without_room(city: dict[str, Any]) -> None:
    load(schematic(city)["features"], schematic=True)

    drawn = ElementTree.fromstring(maps.scheme_svg(QUANYECHANG))

    titles = {one.text for one in drawn.iter() if one.tag.endswith("title")}
    assert {place.short_name for place in places.children(QUANYECHANG)} <= titles
    assert float(drawn.attrib["viewBox"].split()[3]) <= 550


def test_a_scheme_without_polygons_shows_tiles_for_all_parts(city: dict[str, Any]) -> None:
    drawn = ElementTree.fromstring(maps.scheme_svg(QUANYECHANG))

    assert sum(one.tag.endswith("path") for one in drawn.iter()) == len(places.children(QUANYECHANG))


def test_a_map_of_communities_is_joined_from_grids_and_still_meets_at_the_borders(city: dict[str, Any]) -> None:
    load(schematic(city)["features"], schematic=True)

    drawn = maps.geojson_of(HEPING, "community", SUMMER)

    assert drawn["schematic"]
    assert len(drawn["features"]) == len(places.communities(HEPING, HEPING + 1_000_000_000))
    assert coverage_is_valid([shape(one["geometry"]) for one in drawn["features"]])
