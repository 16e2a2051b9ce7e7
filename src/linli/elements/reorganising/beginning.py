# SPDX-License-Identifier: MulanPSL-2.0
"""The day of a reorganisation: the new map in one transaction. Old ground ends, new ground begins, posts go along; records and matters follow in batches."""

import json
from datetime import timedelta
from typing import Any

from django.db import connection
from shapely.geometry import mapping
from shapely.geometry.base import BaseGeometry
from shapely.ops import unary_union

from linli.core.editions import bump
from linli.elements import carrying, maps, places
from linli.elements.boundaries import EDITION as BOUNDARIES
from linli.elements.boundaries import OPEN_DAY, day_number
from linli.elements.divisions import WIDTHS, free_number, keep_names
from linli.elements.models import Boundary, Building, Duty, Place, PlaceCode, Reorganisation, Replacement
from linli.elements.names import stem
from linli.elements.pinyin import pinyin_key
from linli.elements.place_loading import EDITION, NBS
from linli.elements.redrawings import Shared
from linli.elements.reorganising.plans import Part, Plan
from linli.elements.successions import Follow

ALONE = 1
"""What a replacement says of ground that simply went on as the other: no square metres are measured."""


class Beginning:
    """Carries a plan out: `ended` holds the places that stand no more, `heirs` what each goes into, both by area."""

    def __init__(self, held: Reorganisation, plan: Plan) -> None:
        self.held, self.plan, self.since = held, plan, plan.since
        self.ended = {one.area: one for one in Place.objects.select_for_update().filter(area__in=plan.ended)}
        self.heirs: dict[int, Place] = {}
        self.parts: list[tuple[Part, Place]] = []

    def run(self) -> dict[str, Any]:
        """Write the new map; answers the areas whose records follow."""
        if self.plan.rename:
            self._rename()
        for part in self.plan.parts:
            self._begin(part)
        if self.plan.street:
            self.heirs[self.plan.street[0]] = Place.objects.get(area=self.plan.street[1])
        self._end()
        follow = self._follow()
        bump(BOUNDARIES)
        bump(EDITION)
        self._carry_alone()
        self._carry_compartments()
        return {"ended": len(self.ended), "begun": len({one.area for one in self.heirs.values()}), "posts": len(follow.posts), "assignments": follow.carried}

    def _rename(self) -> None:
        wanted = self.plan.rename
        assert wanted is not None
        place = Place.objects.select_for_update().get(area=wanted.area)
        self._call(place, wanted.name)
        if wanted.form:
            place.kind = wanted.form
            place.save(update_fields=["kind"])
        self._give_code(place, wanted.code)

    def _call(self, place: Place, name: str) -> None:
        if place.name != name:
            keep_names(place, name, self.since)
            place.name, place.short_name = name, stem(name, place.level)
            place.pinyin = pinyin_key(place.short_name)
            place.save(update_fields=["name", "short_name", "pinyin"])

    def _give_code(self, place: Place, code: str) -> None:
        if code:
            PlaceCode.objects.filter(place=place, system=NBS, valid_to=None).update(valid_to=self.since)
            PlaceCode.objects.create(place=place, system=NBS, code=code, valid_from=self.since)

    def _begin(self, part: Part) -> None:
        """The community of a part, new or standing, with a grid for each that comes into it, under the next free numbers."""
        outline = self._outline(part)
        like = places.place_by_area(part.stands or (part.wholes or (self.plan.origin or 0,))[0])
        if part.stands is not None:
            community = Place.objects.select_for_update().get(area=part.stands)
            self._call(community, part.name)
        else:
            above, short = Place.objects.get(area=part.parent), stem(part.name)
            area = free_number(above, "community")
            community = Place.objects.create(
                area=area, lo=area, hi=area + WIDTHS["community"], level="community", name=part.name, short_name=short, pinyin=pinyin_key(short), kind=like.kind,
                is_virtual=like.is_virtual, is_demonstration=like.is_demonstration, parent=above, valid_from=self.since,
                lon_e6=like.lon_e6 if part.wholes else None, lat_e6=like.lat_e6 if part.wholes else None)
        self._give_code(community, part.code)
        if outline is not None:
            self._draw(community, outline)
        self.parts.append((part, community))
        self.heirs |= dict.fromkeys(part.wholes, community)
        names = {one.name for one in places.children(part.stands, day=self.since)} if part.stands is not None else set()
        for area in part.grids:
            self._begin_grid(area, community, names)

    def _begin_grid(self, area: int, community: Place, names: set[str]) -> None:
        old = self.ended[area]
        name = old.name if old.name not in names else f"{places.place_by_area(area // 1000 * 1000).short_name}{old.short_name}"[:80]
        names.add(name)
        number = community.area + area % 1000
        if Place.objects.filter(area=number).exists():
            number = free_number(community, "grid")
        made = Place.objects.create(area=number, lo=number, hi=number + 1, level="grid", name=name, short_name=old.short_name, pinyin=old.pinyin, kind=old.kind,
                                    is_virtual=old.is_virtual, is_demonstration=old.is_demonstration, parent=community, valid_from=self.since,
                                    lon_e6=old.lon_e6, lat_e6=old.lat_e6)
        for drawn in Boundary.objects.filter(place=old, to_day__gt=day_number(self.since)):
            Boundary.objects.create(place=made, from_day=day_number(self.since), to_day=OPEN_DAY, shape=drawn.shape, given_datum=drawn.given_datum,
                                    is_schematic=drawn.is_schematic, source=drawn.source)
        self.heirs[area] = made

    def _outline(self, part: Part) -> BaseGeometry | None:
        """The border of a community that is put together, from the borders of what goes into it; None where one of them was never drawn."""
        day = self.since - timedelta(days=1)
        areas = [*part.wholes, *([part.stands] if part.stands is not None else [])] or list(part.grids)
        drawn = [found[0] for area in areas if (found := maps.shape_of(area, day))]
        is_own = Boundary.objects.filter(place__area__in=[*part.wholes, *([part.stands] if part.stands else []), *([self.plan.origin] if self.plan.origin else [])],
                                         to_day=OPEN_DAY).exists()
        return unary_union(drawn) if is_own and drawn and len(drawn) == len(areas) else None

    def _draw(self, place: Place, outline: BaseGeometry) -> None:
        Boundary.objects.filter(place=place, to_day__gt=day_number(self.since)).update(to_day=day_number(self.since))
        Boundary.objects.create(place=place, from_day=day_number(self.since), to_day=OPEN_DAY, shape=json.loads(json.dumps(mapping(outline))), source=self.held.basis)

    def _end(self) -> None:
        """Old ground ends with its borders and codes, what a split leaves is drawn anew, and who took over what is kept."""
        for area, place in self.ended.items():
            place.valid_to, place.successor = self.since, self.heirs[area]
            place.save(update_fields=["valid_to", "successor"])
        day = day_number(self.since)
        Boundary.objects.filter(place__in=self.ended.values(), to_day__gt=day).update(to_day=day)
        PlaceCode.objects.filter(place__in=self.ended.values(), valid_to=None).update(valid_to=self.since)
        Replacement.objects.bulk_create([Replacement(reorganisation=self.held, old=place, new=self.heirs[area], metres=ALONE) for area, place in self.ended.items()])
        if self.plan.origin is not None:
            before = maps.shape_of(self.plan.origin, self.since - timedelta(days=1))
            gone = [found[0] for area in self.ended if (found := maps.shape_of(area, self.since - timedelta(days=1)))]
            home = Place.objects.get(area=self.plan.origin)
            if before is not None and gone and Boundary.objects.filter(place=home, to_day=OPEN_DAY).exists():
                self._draw(home, before[0].difference(unary_union(gone)))

    def _follow(self) -> Follow:
        """Posts, assignments and duties go on at the successors."""
        for duty in Duty.objects.filter(area__in=self.ended, valid_to=None):
            Duty.objects.create(role=duty.role, area=self.heirs[duty.area].area, organisation=duty.organisation, certainty=duty.certainty, valid_from=self.since)
            duty.valid_to = self.since
            duty.save(update_fields=["valid_to"])
        follow = Follow(self.since, self.ended)
        numbered = dict(enumerate(self.heirs.items()))
        follow.run([Shared(places.place_by_area(old), at, ALONE, 1.0) for at, (old, _) in numbered.items() if old in self.ended], {at: new for at, (_, new) in numbered.items()})
        return follow

    def _carry_alone(self) -> None:
        """Buildings that were named one by one go at once: they are few, and their grid stands on."""
        for part, community in self.parts:
            alone = dict(Building.objects.filter(pk__in=part.buildings).values_list("id", "area"))
            if alone:
                carrying.carry_to(Building, dict.fromkeys(alone, community.area), sorted(set(alone.values())))

    def _carry_compartments(self) -> None:
        olds = sorted(self.heirs)
        with connection.cursor() as cursor:
            cursor.execute("select carry_compartments(%s, %s)", [olds, [self.heirs[area].area for area in olds]])
