# SPDX-License-Identifier: MulanPSL-2.0
"""Boundaries of places with valid time, loaded from GeoJSON; grids are made inside their community as they come."""

import hashlib
import json
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from itertools import combinations
from math import cos, radians
from typing import Any

from django.conf import settings
from numpy import array
from shapely import set_precision, transform
from shapely.errors import GEOSException
from shapely.geometry import Polygon, mapping, shape
from shapely.geometry.base import BaseGeometry
from shapely.ops import unary_union

from linli.core import clock
from linli.core.actions import Call, Done, action
from linli.core.editions import bump
from linli.core.faults import Conflict, Fault, Invalid
from linli.core.fields import Field
from linli.core.words import Words, words
from linli.elements.accounts import of_city
from linli.elements.coordinates import gcj02_to_wgs84
from linli.elements.models import Boundary, Place, PlaceCode
from linli.elements.pinyin import pinyin_key
from linli.elements.place_loading import EDITION as PLACES
from linli.elements.place_loading import LARGEST, NBS

EDITION = "boundaries"
OPEN_DAY = 999_999
"""The last day of a boundary that still holds (a day number far beyond any date; the column is exclusive)."""
DATUMS = (("WGS84", words("WGS84（CGCS2000）", "WGS84 (CGCS2000)")), ("GCJ-02", words("GCJ-02（国内在线地图）", "GCJ-02 (Chinese web maps)")))
GRID = "GRID"
"""Code system of 15-digit grid codes (GB/T 47678.3): 12 digits of the community and a serial of 3."""
ONE_METRE = 1e-10
"""Square degrees, about one square metre: what drawing programs leave between neighbours by rounding (our choice)."""
MOST_SERIALS = 999

NOT_JSON = words("文件不是 GeoJSON 的 FeatureCollection。", "The file is not a GeoJSON FeatureCollection.")
BAD_SHAPE = words("第 {row} 个图形不对：应为不自相交的 Polygon 或 MultiPolygon。",
                  "Shape {row} is wrong: it must be a Polygon or MultiPolygon that does not cross itself.")
OUTSIDE = words("第 {row} 个图形的坐标不像经纬度，请核对坐标系。", "The coordinates of shape {row} are no longitude and latitude. Check the datum.")
NO_PLACE = words("第 {row} 个图形：没有代码或编号为“{code}”的地方。", "Shape {row}: there is no place with the code or number “{code}”.")
TWICE = words("第 {row} 个图形和前面的图形属于同一个地方。", "Shape {row} belongs to the same place as one before it.")
OVERLAP = words("“{one}”和“{other}”重叠了约 {metres} 平方米，一个点只能属于一个网格。",
                "“{one}” and “{other}” overlap by about {metres} square metres; a point belongs to one grid only.")
HOLE = words("“{name}”的网格之间有约 {metres} 平方米没有网格覆盖。", "Between the grids of “{name}” about {metres} square metres belong to no grid.")
OVERLAP_REMEDY = words("请在地图软件里修正边界后重新载入。", "Correct the borders in the mapping program and load again.")
IN_TIME = words("“{name}”从 {day} 起已经有边界，两条边界的有效期不能重叠。", "“{name}” already has a boundary from {day}; two may not hold at one time.")
IN_TIME_REMEDY = words("请把生效日期改到 {day} 之后。", "Give a day of effect after {day}.")
NO_SERIAL = words("“{name}”的网格编号已经用完。", "The serial numbers of grids in “{name}” are used up.")


def day_number(day: date) -> int:
    """Days since 1970-01-01, as boundaries count them."""
    return (day - date(1970, 1, 1)).days


@dataclass
class Drawn:
    """One shape of the file with the place that it belongs to."""

    row: int
    shape: BaseGeometry
    place: Place


@dataclass
class Load:
    """One load of boundaries: resolves, checks, writes."""

    datum: str
    since: date
    is_schematic: bool
    source: str
    counts: Counter[str] = field(default_factory=Counter)
    remarks: list[Words] = field(default_factory=list)

    def run(self, features: list[Mapping[str, Any]]) -> None:
        """Write the boundaries of all features; Invalid or Conflict with a sentence on the first wrong one."""
        drawn: list[Drawn] = []
        seen: set[int] = set()
        for row, feature in enumerate(features, start=1):
            one = Drawn(row, self.read_shape(row, feature), self._place(row, feature.get("properties") or {}))
            if one.place.pk in seen:
                raise Invalid({"collection": TWICE.format(row=row)})
            seen.add(one.place.pk)
            drawn.append(one)
        self._check(drawn)
        self._write(drawn)

    def read_shape(self, row: int, feature: Mapping[str, Any]) -> BaseGeometry:
        """The shape of one feature in WGS84, rounded to millionths of a degree. Invalid with a sentence when it is none."""
        try:
            found = shape(feature.get("geometry") or {})
        except (GEOSException, ValueError, KeyError, TypeError, IndexError, AttributeError) as error:
            raise Invalid({"collection": BAD_SHAPE.format(row=row)}) from error
        if found.geom_type not in ("Polygon", "MultiPolygon") or found.is_empty or not found.is_valid:
            raise Invalid({"collection": BAD_SHAPE.format(row=row)})
        west, south, east, north = found.bounds
        if not (-180 <= west <= east <= 180 and -90 <= south <= north <= 90):
            raise Invalid({"collection": OUTSIDE.format(row=row)})
        if self.datum == "GCJ-02":
            found = transform(found, lambda points: array([gcj02_to_wgs84((lon, lat)) for lon, lat in points.tolist()]))
        rounded = transform(found, lambda points: points.round(6))
        return rounded if rounded.is_valid else set_precision(found, 1e-6)

    def _place(self, row: int, properties: Mapping[str, Any]) -> Place:
        area, code = str(properties.get("area") or ""), str(properties.get("code") or "")
        name = str(properties.get("name") or "")[:80]
        community = str(properties.get("community") or "")
        found = None
        if area.isdecimal():
            found = Place.objects.filter(area=int(area)).first()
        elif code.isdecimal() and len(code) == 15:
            return self._grid(row, self._coded(row, code[:12]), name, code)
        elif code.isdecimal():
            found = self._coded(row, code)
        elif community.isdecimal():
            above = Place.objects.filter(area=int(community)).first() if len(community) == 15 else self._coded(row, community)
            if above is not None:
                return self._grid(row, above, name, "")
        if found is None:
            raise Invalid({"collection": NO_PLACE.format(row=row, code=(area or code or community or name)[:30])})
        return found

    def _coded(self, row: int, code: str) -> Place:
        held = PlaceCode.objects.filter(system=NBS, code=code, valid_to=None).select_related("place").first()
        if held is None:
            raise Invalid({"collection": NO_PLACE.format(row=row, code=code[:30])})
        return held.place

    def _grid(self, row: int, community: Place, name: str, code: str) -> Place:
        """The grid of this code or name in the community; made with the next serial when there is none."""
        if community.level != "community":
            raise Invalid({"collection": NO_PLACE.format(row=row, code=(code or name)[:30])})
        held = PlaceCode.objects.filter(system=GRID, code=code, valid_to=None).select_related("place").first() if code else None
        if held is not None:
            return held.place
        below = Place.objects.filter(parent=community, level="grid")
        if not code and name and (same := below.filter(name=name, valid_to=None).first()):
            return same
        area = self._serial(community, set(below.values_list("area", flat=True)), code)
        name = name or f"{community.short_name}第{area - community.area}网格"
        made = Place.objects.create(area=area, lo=area, hi=area + 1, level="grid", name=name, pinyin=pinyin_key(name),
                                    short_name=name.removeprefix(community.short_name) or name, kind="网格", parent=community,
                                    valid_from=self.since, is_demonstration=self.is_schematic)
        if code:
            PlaceCode.objects.create(place=made, system=GRID, code=code, valid_from=self.since)
        self.counts["grids added"] += 1
        return made

    def _serial(self, community: Place, used: set[int], code: str) -> int:
        wanted = community.area + int(code[12:]) if code else community.area
        if wanted != community.area and wanted not in used:
            return wanted
        for serial in range(1, MOST_SERIALS + 1):
            if community.area + serial not in used:
                return community.area + serial
        raise Invalid({"collection": NO_SERIAL.format(name=community.name)})

    def _check(self, drawn: Iterable[Drawn]) -> None:
        by_community: dict[int, dict[int, tuple[str, BaseGeometry]]] = {}
        for one in drawn:
            if one.place.level == "grid" and one.place.parent_id:
                by_community.setdefault(one.place.parent_id, {})[one.place.pk] = (one.place.name, one.shape)
        day = day_number(self.since)
        present = Boundary.objects.filter(place__parent__in=by_community, place__level="grid", from_day__lte=day, to_day__gt=day)
        for held in present.select_related("place"):
            above = held.place.parent_id
            assert above is not None
            by_community[above].setdefault(held.place_id, (held.place.name, shape(held.shape)))
        names = dict(Place.objects.filter(pk__in=by_community).values_list("pk", "name"))
        for community, grids in by_community.items():
            refuse_overlaps(list(grids.values()))
            self.remarks += holes(names[community], [one for _, one in grids.values()])

    def _write(self, drawn: Iterable[Drawn]) -> None:
        day = day_number(self.since)
        held: dict[int, list[Boundary]] = {}
        for one in Boundary.objects.filter(place__in=[each.place for each in drawn], to_day__gt=day):
            held.setdefault(one.place_id, []).append(one)
        fresh, moved = [], []
        for each in drawn:
            new = json.loads(json.dumps(mapping(each.shape)))
            standing = held.get(each.place.pk, [])
            if any(shape(one.shape).equals(each.shape) for one in standing):
                continue
            for one in standing:
                if one.from_day >= day:
                    self._refuse_in_time(each.place, one)
                one.to_day = day
                one.save(update_fields=["to_day"])
                self.counts["boundaries ended"] += 1
            fresh.append(Boundary(place=each.place, from_day=day, to_day=OPEN_DAY, shape=new, given_datum=self.datum,
                                  is_schematic=self.is_schematic, source=self.source))
            inner = each.shape.representative_point()
            each.place.lon_e6, each.place.lat_e6 = round(inner.x * 1_000_000), round(inner.y * 1_000_000)
            moved.append(each.place)
        Boundary.objects.bulk_create(fresh, batch_size=500)
        Place.objects.bulk_update(moved, ["lon_e6", "lat_e6"], batch_size=500)
        self.counts["boundaries added"] += len(fresh)

    def _refuse_in_time(self, place: Place, standing: Boundary) -> None:
        day = date.fromordinal(date(1970, 1, 1).toordinal() + standing.from_day).isoformat()
        raise Conflict(IN_TIME.format(name=place.name, day=day), IN_TIME_REMEDY.format(day=day), code="boundary_overlaps_in_time")


def square_metres(shape_: BaseGeometry) -> int:
    """About how many square metres, at the latitude of the shape (for sentences, not for figures)."""
    return round(shape_.area * 111_320 * 110_950 * cos(radians(shape_.centroid.y))) if not shape_.is_empty else 0


def refuse_overlaps(grids: list[tuple[str, BaseGeometry]]) -> None:
    """Fault 422 that names the first two grids which overlap by more than a square metre."""
    for (one, first), (other, second) in combinations(grids, 2):
        if first.intersects(second) and (common := first.intersection(second)).area > ONE_METRE:
            raise Fault("grids_overlap", OVERLAP.format(one=one, other=other, metres=square_metres(common)), OVERLAP_REMEDY)


def holes(name: str, grids: list[BaseGeometry]) -> list[Words]:
    """A sentence for each stretch of more than a square metre that is enclosed by the grids and belongs to none."""
    whole = unary_union(grids)
    parts = getattr(whole, "geoms", [whole])
    own = [Polygon(ring) for one in grids for part in getattr(one, "geoms", [one]) for ring in part.interiors]
    found = [Polygon(ring) for part in parts for ring in part.interiors]
    return [HOLE.format(name=name, metres=square_metres(hole)) for hole in found
            if hole.area > ONE_METRE and not any(hole.equals(one) for one in own)]


def features_of(text: str) -> list[Mapping[str, Any]]:
    """The features of a GeoJSON text. Invalid when it is none."""
    try:
        found = json.loads(text)
    except ValueError as error:
        raise Invalid({"collection": NOT_JSON}) from error
    features = found.get("features") if isinstance(found, dict) else None
    if not isinstance(features, list) or not all(isinstance(one, dict) for one in features):
        raise Invalid({"collection": NOT_JSON})
    return features


@action(
    "boundary.load", words("载入边界", "Load boundaries"), ability="boundary.load", subject="boundary", sight="this_record", opens=of_city,
    fields=(
        Field("collection", words("边界文件（GeoJSON）", "Boundaries (GeoJSON)"), "file_text", required=True, limit=LARGEST * 10),
        Field("datum", words("坐标系", "Datum"), "choice", required=True, choices=DATUMS),
        Field("since", words("从哪天起", "From"), "day"),
        Field("schematic", words("示意图", "Schematic"), "truth"),
        Field("source", words("来源", "Source")),
    ),
)
def load_boundaries(call: Call) -> Done:
    """Boundaries in force from a day on; a former one ends that day, the same one again changes nothing."""
    given = call.given
    load = Load(given["datum"], given["since"] or clock.today(), bool(given["schematic"]), given["source"] or "")
    load.run(features_of(given["collection"]))
    counts = {name: number for name, number in sorted(load.counts.items()) if number}
    if counts:
        bump(EDITION)
        bump(PLACES)
    remarks = [one.as_dict() for one in load.remarks]
    digest = hashlib.sha256(given["collection"].encode()).hexdigest()
    return Done(settings.CITY_AREA, 0, {"done": counts, "remarks": remarks}, {"digest": digest, "done": counts, "remarks": remarks})
