# SPDX-License-Identifier: MulanPSL-2.0
"""网格重划: new grids for a community from a day on. First a drawing that is checked and looked at, then put into force."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from shapely.geometry import mapping, shape
from shapely.geometry.base import BaseGeometry
from shapely.ops import unary_union

from linli.core import clock
from linli.core.actions import Call, Done, action
from linli.core.faults import Conflict, Fault, Invalid, NotVisible
from linli.core.fields import Field
from linli.core.sight import Actor
from linli.core.words import words
from linli.elements import maps, places
from linli.elements.boundaries import DATUMS, ONE_METRE, Load, features_of, holes, refuse_overlaps, square_metres
from linli.elements.models import Redrawing
from linli.elements.place_loading import LARGEST
from linli.elements.places import KnownPlace
from linli.elements.reorganising import plans

FURTHEST = timedelta(days=366)
"""How far ahead a day of effect may lie (our choice: a year; later ones are better drawn later)."""
MOST = 99
"""Grids of one community (our choice: GB/T 47678.3 gives three digits; a community has three to ten)."""
PENCIL = 0.0000015
"""Degrees, about 15 cm: what rounding to millionths leaves where a corner of one grid lies on the edge of another (our choice: twice as wide is no gap)."""
NO_NAME = words("第 {row} 个图形没有名称（properties 里的 name）。", "Shape {row} has no name (name in its properties).")
SAME_NAME = words("有两个图形都叫“{name}”，请改名。", "Two shapes are called “{name}”. Rename one of them.")
TOO_MANY = words("一个社区最多 {most} 个网格。", "A community has at most {most} grids.")
NOTHING_NEW = words("文件里的网格和现在的完全一样，不用重划。", "The grids of the file are the ones that stand already; nothing is to be redrawn.")
TOO_EARLY = words("生效日期最早是今天，最晚一年之内。", "The day of effect lies between today and a year from now.")
HOLE_REMEDY = words("请在地图软件里补上空白后重新上传。", "Fill the gap in the mapping program and upload again.")
MISSING = words("新网格没有盖满“{name}”：约 {metres} 平方米没有网格。", "The new grids do not fill “{name}”: about {metres} square metres belong to none.")
BEYOND = words("新网格超出“{name}”的范围约 {metres} 平方米。", "The new grids reach beyond “{name}” by about {metres} square metres.")
OUTLINE_REMEDY = words("重划网格不改变社区的外边界；请按现有外边界修正后重新上传。",
                       "Redrawing does not move the community's own border; correct the shapes along it and upload again.")
COMING = words("“{name}”已经有从 {day} 起的新网格。", "“{name}” already has new grids from {day} on.")
COMING_REMEDY = words("请等它生效以后再重划，生效日期选在它之后。", "Redraw after that day, with a later day of effect.")
DONE_ALREADY = words("这次重划已经生效或已经排定。", "This redrawing has been put into force already.")
DONE_REMEDY = words("需要再改时，请重新上传一份。", "Upload another drawing to change the grids again.")


@dataclass(frozen=True)
class Drawing:
    """The grids of a drawing: names, the areas of those that stay as they are, shapes; all in the order of the file."""

    names: tuple[str, ...]
    kept: tuple[int | None, ...]
    shapes: tuple[BaseGeometry, ...]

    @classmethod
    def of(cls, redrawing: Redrawing) -> "Drawing":
        """As it was kept."""
        return cls(tuple(one["name"] for one in redrawing.grids), tuple(one["kept"] for one in redrawing.grids),
                   tuple(shape(one["shape"]) for one in redrawing.grids))

    def as_rows(self) -> list[dict[str, Any]]:
        """As it is kept."""
        return [{"name": name, "kept": kept, "shape": mapping(outline)} for name, kept, outline in zip(self.names, self.kept, self.shapes, strict=True)]


@dataclass(frozen=True)
class Shared:
    """What an old grid and a new one (by its place in the drawing) have in common. Unit: square metres, and the share of the old one."""

    old: KnownPlace
    new: int
    metres: int
    share: float


def shared(drawing: Drawing, olds: Sequence[tuple[KnownPlace, BaseGeometry]]) -> list[Shared]:
    """All pairs that overlap by more than a square metre and the width of a pencil, by old grid, the largest part first; grids that stay are left away."""
    found = []
    for old, outline in olds:
        if old.area in drawing.kept:
            continue
        for new, other in enumerate(drawing.shapes):
            common = outline.intersection(other)
            if drawing.kept[new] is None and common.buffer(-PENCIL).area > ONE_METRE:
                found.append(Shared(old, new, square_metres(common), common.area / outline.area))
    return sorted(found, key=lambda one: (one.old.area, -one.metres, one.new))


def standing(community: int, day: date) -> list[tuple[KnownPlace, BaseGeometry]]:
    """The grids of a community that stand on a day and are drawn, in order of number."""
    held = sorted(places.children(community, day=day), key=lambda one: one.area)
    return [(one, found[0]) for one in held if (found := maps.shape_of(one.area, day))]


def drawn(community: KnownPlace, since: date, features: Sequence[Mapping[str, Any]], datum: str) -> Drawing:
    """The checked drawing of a file: Invalid or Fault with a sentence where a shape is wrong, overlaps, or leaves a hole."""
    if not 0 < len(features) <= MOST:
        raise Invalid({"collection": TOO_MANY.format(most=MOST)})
    reader = Load(datum, since, False, "")
    names, shapes = [], []
    for row, feature in enumerate(features, start=1):
        shapes.append(reader.read_shape(row, feature))
        name = str((feature.get("properties") or {}).get("name") or "").strip()[:80]
        if not name:
            raise Invalid({"collection": NO_NAME.format(row=row)})
        if name in names:
            raise Invalid({"collection": SAME_NAME.format(name=name)})
        names.append(name)
    olds = standing(community.area, since)
    kept = tuple(next((old.area for old, outline in olds if name in (old.name, old.short_name) and outline.symmetric_difference(one).area <= ONE_METRE), None)
                 for name, one in zip(names, shapes, strict=True))
    made = Drawing(tuple(names), kept, tuple(shapes))
    check(community, since, made)
    if all(kept) and len(kept) == len(olds):
        raise Invalid({"collection": NOTHING_NEW})
    return made


def check(community: KnownPlace, since: date, drawing: Drawing) -> None:
    """Fault when the grids overlap, leave a hole, do not fill the community or reach beyond it, or others are coming already."""
    plans.refuse_reorganised(community)
    refuse_overlaps([(name, one.buffer(-PENCIL)) for name, one in zip(drawing.names, drawing.shapes, strict=True)])
    if gaps := holes(community.name, [one.buffer(PENCIL) for one in drawing.shapes]):
        raise Fault("grids_leave_a_hole", gaps[0], HOLE_REMEDY)
    olds = standing(community.area, since)
    own = maps.shape_of(community.area, since)
    outline = unary_union([one for _, one in olds]) if olds else own[0] if own else None
    if outline is not None:
        whole = unary_union(list(drawing.shapes))
        for left, sentence in ((outline.difference(whole), MISSING), (whole.difference(outline), BEYOND)):
            if left.buffer(-SLIVER).area > ONE_METRE:
                raise Fault("grids_change_the_outline", sentence.format(name=community.name, metres=square_metres(left)), OUTLINE_REMEDY)
    later = [one.valid_from for one in places.every_grid_of(community.area) if one.valid_from and one.valid_from > since]
    if later:
        raise Conflict(COMING.format(name=community.name, day=min(later).isoformat()), COMING_REMEDY, code="grids_are_coming")


SLIVER = 0.00001
"""Degrees, about a metre: strips along the outer border thinner than twice this are what drawing programs leave (our choice)."""


def _community(actor: Actor, given: Mapping[str, Any]) -> KnownPlace:
    """The community that is named, inside the actor's range; NotVisible otherwise."""
    text = str(given.get("area", ""))
    found = places.find_place(int(text)) if text.isascii() and text.isdecimal() and len(text) <= 15 else None
    if found is None or found.level != "community" or found.lo < actor.lo or found.hi > actor.hi:
        raise NotVisible
    return found


def find_redrawing(actor: Actor, given: Mapping[str, Any]) -> Redrawing:
    """The redrawing of a number, inside the actor's range; NotVisible otherwise."""
    text = str(given.get("redrawing", ""))
    found: Redrawing | None = None
    if text.isascii() and text.isdecimal() and len(text) < 19:
        found = Redrawing.objects.visible_to(actor).filter(pk=int(text)).first()
    if found is None:
        raise NotVisible
    return found


@action(
    "boundary.plan_redraw", words("上传重划的网格", "Upload redrawn grids"), ability="boundary.redraw", subject="redrawing", finds=_community,
    fields=(
        Field("area", words("社区", "Community"), "area", required=True),
        Field("since", words("从哪天起生效", "In force from"), "day", required=True),
        Field("collection", words("新网格（GeoJSON）", "New grids (GeoJSON)"), "file_text", required=True, limit=LARGEST // 10,
              help=words("FeatureCollection，每个网格一个图形，properties 里写 name；合起来正好盖满社区。",
                         "A FeatureCollection with one shape for each grid and its name in properties; together they fill the community exactly.")),
        Field("datum", words("坐标系", "Datum"), "choice", required=True, choices=DATUMS),
        Field("source", words("依据", "Basis"), limit=200),
    ),
)
def plan_redraw(call: Call) -> Done:
    """Keep a drawing of new grids; nothing changes until it is put into force."""
    community: KnownPlace = call.record
    given = call.given
    if not clock.today() <= given["since"] <= clock.today() + FURTHEST:
        raise Invalid({"since": TOO_EARLY})
    made = drawn(community, given["since"], features_of(given["collection"]), given["datum"])
    kept = Redrawing.objects.create(area=community.area, since=given["since"], grids=made.as_rows(), given_datum=given["datum"],
                                    source=given["source"] or "", drawn_by=call.actor.account, drawn_at=call.recorded_at)
    digest = hashlib.sha256(given["collection"].encode()).hexdigest()
    return Done(community.area, kept.pk, {"redrawing": kept.pk, "grids": len(made.names)}, {"digest": digest}, is_new=True)
