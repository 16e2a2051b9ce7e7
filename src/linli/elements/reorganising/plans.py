# SPDX-License-Identifier: MulanPSL-2.0
"""The plan of a reorganisation: which ground goes where. Preview, confirmation and the day itself read this one; what speaks against it is said here."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from linli.core.faults import Conflict, Fault, Invalid
from linli.core.words import Words, words
from linli.elements import places
from linli.elements.heirs import common_place
from linli.elements.models import Building, Reorganisation
from linli.elements.places import KnownPlace

OPEN = ("proposed", "confirmed")
"""States in which a plan has not changed the map yet."""
GONE = words("“{name}”在 {day} 已经撤销或还没有设立。", "“{name}” does not stand on {day}.")
GONE_REMEDY = words("请撤回这次调整，按现在的区划重新填报。", "Take this back and file it again by the places that stand.")
COMING = words("“{name}”已经排定了从 {day} 起的新网格。", "New grids of “{name}” are set from {day} on.")
COMING_REMEDY = words("请等新网格生效以后再调整，生效日期选在它之后。", "Choose a day of effect after the new grids begin.")
OVERLAPS = words("“{name}”已经在另一次调整里（{day} 起，编号 {number}）。", "“{name}” is part of another reorganisation (from {day} on, number {number}).")
OVERLAPS_REMEDY = words("请等那次调整完成，或者先撤回它。", "Wait until that one is done, or take it back first.")
TAKEN = words("“{parent}”下面已经有叫“{name}”的地方，请换一个名称。", "Below “{parent}” there is already a place called “{name}”. Choose another name.")
SAME_ADDRESS = words("要合并的社区里有 {count} 栋楼地址相同（如“{key}”），合并后会分不清。",
                     "{count} buildings of the communities have one address (such as “{key}”); nobody could tell them apart.")
SAME_REMEDY = words("请先在房屋台账里改好小区名或楼号，再合并。", "Correct the estate or number in the register of buildings first.")
TOO_MANY = words("“{name}”合并后网格超过 999 个。", "“{name}” would have more than 999 grids.")
MOST_GRIDS = 999


@dataclass(frozen=True)
class Part:
    """A community as it will stand: an existing one (`stands`) or a new one below `parent`, with the communities, grids and single buildings that come into it."""

    name: str
    parent: int
    stands: int | None = None
    wholes: tuple[int, ...] = ()
    grids: tuple[int, ...] = ()
    buildings: tuple[int, ...] = ()
    code: str = ""
    alone: str = ""
    """What the single buildings are called, for the page: it says the same when they are gone."""


@dataclass(frozen=True)
class Rename:
    """Another name and form of a place that keeps its ground (镇改街道); `was` is what it was called before."""

    area: int
    was: str
    name: str
    form: str = ""
    code: str = ""


@dataclass(frozen=True)
class Plan:
    """What happens on a day. `street` is a street that ends because its last community leaves it, with the one it goes into."""

    kind: str
    since: date
    parts: tuple[Part, ...] = ()
    rename: Rename | None = None
    origin: int | None = None
    street: tuple[int, int] | None = None

    @classmethod
    def of(cls, held: Reorganisation) -> "Plan":
        """As it was kept."""
        kept: Mapping[str, Any] = held.plan
        parts = tuple(Part(**one | {name: tuple(one[name]) for name in ("wholes", "grids", "buildings")}) for one in kept["parts"])
        street = tuple(kept["street"]) if kept["street"] else None
        return cls(held.kind, held.since, parts, Rename(**kept["rename"]) if kept["rename"] else None, kept["origin"], street)

    def as_kept(self) -> dict[str, Any]:
        """As it is kept: plain lists and numbers."""
        return {"parts": [vars(one) | {name: list(getattr(one, name)) for name in ("wholes", "grids", "buildings")} for one in self.parts],
                "rename": vars(self.rename) if self.rename else None, "origin": self.origin, "street": list(self.street) if self.street else None}

    @property
    def ended(self) -> tuple[int, ...]:
        """Every area that stands no more from the day: communities, grids, the street; in order of number."""
        gone = {area for part in self.parts for area in (*part.wholes, *part.grids)}
        return tuple(sorted(gone | ({self.street[0]} if self.street else set())))

    @property
    def communities(self) -> tuple[int, ...]:
        """Every standing community whose ground changes, in order of number."""
        found = {area for part in self.parts for area in part.wholes} | {part.stands for part in self.parts if part.stands is not None}
        return tuple(sorted(found | ({self.origin} if self.origin is not None else set())))

    @property
    def touched(self) -> tuple[int, ...]:
        """Every standing place that the plan names: communities, streets above the new ones, what is renamed."""
        found = {*self.communities, *(part.parent for part in self.parts), *(self.street or ())}
        return tuple(sorted(found | ({self.rename.area} if self.rename else set())))

    def place(self) -> KnownPlace:
        """The lowest place that covers all of it."""
        return common_place(self.touched)


def check(plan: Plan, *, besides: int | None = None) -> None:
    """Fault with a sentence when something speaks against the plan; `besides` is the number under which it is kept already. The caller has set a sight that covers it."""
    standing = {area: _standing(area, plan.since) for area in plan.touched}
    _refuse_overlaps(plan, besides)
    for area in plan.communities:
        later = [one.valid_from for one in places.every_grid_of(area) if one.valid_from and one.valid_from > plan.since]
        if later:
            raise Conflict(COMING.format(name=standing[area].name, day=min(later).isoformat()), COMING_REMEDY, code="grids_are_coming")
    for part in plan.parts:
        _refuse_taken(part.name, part.parent, plan, {*part.wholes, part.stands})
        for area in part.grids:
            _standing(area, plan.since)
        kept = len(places.children(part.stands, day=plan.since)) if part.stands is not None else 0
        if kept + len(part.grids) > MOST_GRIDS:
            raise Fault("too_many_grids", TOO_MANY.format(name=part.name), COMING_REMEDY)
    if plan.rename:
        above = standing[plan.rename.area].parent
        if above is not None:
            _refuse_taken(plan.rename.name, above, plan, {plan.rename.area})
    if plan.kind == "merge":
        _refuse_one_address(plan.communities)


def _standing(area: int, day: date) -> KnownPlace:
    found = places.find_place(area)
    if found is None or not found.stands(day):
        raise Conflict(GONE.format(name=found.name if found else area, day=day.isoformat()), GONE_REMEDY, code="place_ended")
    return found


def _refuse_overlaps(plan: Plan, besides: int | None) -> None:
    """One reorganisation of a place at a time: two plans were checked against one map and would be carried out on two."""
    mine = {*plan.communities, *([plan.rename.area] if plan.rename else ()), *(plan.street or ())[:1]}
    for other in Reorganisation.objects.filter(state__in=(*OPEN, "begun")).exclude(pk=besides or 0).order_by("id"):
        theirs = Plan.of(other)
        named = {*theirs.communities, *([theirs.rename.area] if theirs.rename else ()), *(theirs.street or ())[:1]}
        common = (mine & {*named, *theirs.touched}) | (named & set(plan.touched))
        if common:
            raise Conflict(OVERLAPS.format(name=places.place_by_area(min(common)).name, day=other.since.isoformat(), number=other.pk), OVERLAPS_REMEDY,
                           code="reorganisations_overlap")


def refuse_reorganised(community: KnownPlace) -> None:
    """Conflict when a community is about to change hands: its new grids would begin on ground that is not its own any more."""
    for other in Reorganisation.objects.filter(state__in=OPEN).order_by("id"):
        if community.area in Plan.of(other).communities:
            raise Conflict(OVERLAPS.format(name=community.name, day=other.since.isoformat(), number=other.pk), OVERLAPS_REMEDY, code="reorganisations_overlap")


def _refuse_taken(name: str, parent: int, plan: Plan, own: set[int | None]) -> None:
    held = [one for one in places.children(parent, day=plan.since) if one.name == name and one.area not in own]
    twice = [part for part in plan.parts if part.parent == parent and part.name == name]
    if held or len(twice) > 1:
        raise Invalid({"name": TAKEN.format(parent=places.place_by_area(parent).name, name=name)})


def _refuse_one_address(communities: Sequence[int]) -> None:
    seen: dict[str, int] = {}
    for area in communities:
        for key in Building.objects.within(*places.range_of(area)).filter(valid_to=None).values_list("key", flat=True):
            seen[key] = seen.get(key, 0) + 1
    same = sorted(key for key, count in seen.items() if count > 1)
    if same:
        raise Conflict(SAME_ADDRESS.format(count=len(same), key=same[0]), SAME_REMEDY, code="same_address")


def name_of(area: int) -> Words:
    """What a place is called, for a sentence."""
    found = places.find_place(area)
    return words(found.name, found.name) if found else words(str(area), str(area))
