# SPDX-License-Identifier: MulanPSL-2.0
"""What changes hands by a plan: records by table, posts with those who hold them, who does not see the ground any more. Counted from the plan that the day carries out."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Q

from linli.core.words import Words, words
from linli.elements import places
from linli.elements.models import (
    Building,
    Claim,
    Dwelling,
    Household,
    Intake,
    Organisation,
    Person,
    Place,
    Post,
    Residence,
    Responsibility,
    Seat,
    Thing,
)
from linli.elements.places import KnownPlace
from linli.elements.posts import role_named
from linli.elements.reorganising.plans import Plan

UNDER_WAY = ("taken", "undone", "failed", "dropped")
"""States of an import that is over."""
SHOWN = 50
"""Posts named on the preview (our choice: a page); the rest are counted."""


@dataclass(frozen=True)
class Going:
    """One post: whose, as what, where until the day, and where from the day on (None: it stays, and does not reach the ground any more)."""

    holder: str
    role: Words
    place: KnownPlace
    to: str | None


@dataclass(frozen=True)
class Outlook:
    """What a plan changes: pairs of old and new ground by name, counts by table, posts that go along, posts that lose sight."""

    ground: tuple[tuple[str, str, str], ...]
    counts: tuple[tuple[Words, int], ...]
    going: tuple[Going, ...]
    going_count: int
    losing: tuple[Going, ...]
    losing_count: int


def outlook(plan: Plan) -> Outlook:
    """Counted under the sight in force, a statement a table. Unit: records; people are those with a standing record."""
    goes_to = destinations(plan)
    going = [Going(post.account.name, _role(post), places.place_by_area(post.place.area), goes_to[post.place.area]) for post in _posts(plan, plan.ended)]
    losing = [Going(post.account.name, _role(post), places.place_by_area(post.place.area), None) for post in _losing(plan)]
    return Outlook(tuple(ground(plan)), tuple(counts(plan)), tuple(going[:SHOWN]), len(going), tuple(losing[:SHOWN]), len(losing))


def destinations(plan: Plan) -> Mapping[int, str]:
    """Ended area to what its ground is called from the day on."""
    found = {area: f"{places.place_by_area(part.parent).name} {part.name}" for part in plan.parts for area in (*part.wholes, *part.grids)}
    return found | ({plan.street[0]: places.place_by_area(plan.street[1]).name} if plan.street else {})


def ground(plan: Plan) -> Iterable[tuple[str, str, str]]:
    """Old ground, new ground, and what goes along, by name; read from the plan, so that it says the same years later."""
    for part in plan.parts:
        to = f"{places.place_by_area(part.parent).name} {part.name}"
        for area in part.wholes:
            yield _path(area), to, "、".join(one.short_name for one in places.children(area, day=plan.since))
        if not part.wholes:
            yield _path(plan.origin or 0), to, "、".join([*(places.place_by_area(area).short_name for area in part.grids), *([part.alone] if part.alone else [])])
    if plan.rename:
        yield plan.rename.was, plan.rename.name, plan.rename.form
    if plan.street:
        yield _path(plan.street[0]), _path(plan.street[1]), ""


def _path(area: int) -> str:
    return " ".join(one.name for one in places.path_of(area) if one.level in ("street", "community"))


def counts(plan: Plan) -> Iterable[tuple[Words, int]]:
    """Living records that change hands, by what they are."""
    areas = plan.ended
    alone = [number for part in plan.parts for number in part.buildings]
    homes = Q(area__in=areas) | Q(building__in=alone)
    lives_there = Residence.objects.filter(dwelling__building__in=alone, until=None).values("person")
    standing = Q(valid_to=None) | Q(valid_to__gt=plan.since)
    rows: tuple[tuple[Words, Any], ...] = (
        (words("网格", "Grids"), Place.objects.filter(area__in=areas, level="grid")),
        (words("楼栋", "Buildings"), Building.objects.filter(Q(area__in=areas) | Q(pk__in=alone), valid_to=None)),
        (words("房屋", "Dwellings"), Dwelling.objects.filter(homes, valid_to=None)),
        (words("户", "Households"), Household.objects.filter(Q(area__in=areas) | Q(dwelling__building__in=alone), ended_on=None)),
        (words("居民", "Residents"), Person.objects.filter(Q(area__in=areas) | Q(pk__in=lives_there)).exclude(standing="gone")),
        (words("组织", "Organisations"), Organisation.objects.filter(standing, area__in=areas)),
        (words("设施", "Facilities"), Thing.objects.filter(Q(area__in=areas) | Q(building__in=alone), standing)),
        (words("任职", "Seats"), Seat.objects.filter(Q(until=None) | Q(until__gt=plan.since), area__in=areas)),
        (words("包联责任", "Responsibilities"), Responsibility.objects.filter(Q(until=None) | Q(until__gt=plan.since), homes)),
        (words("在途导入", "Imports under way"), Intake.objects.filter(area__in=areas).exclude(state__in=UNDER_WAY)),
        (words("未结的调转申请", "Open transfers of residents"), Claim.objects.filter(area__in=areas, state__in=("waiting", "refused"))),
        (words("岗位", "Posts"), _posts(plan, areas)),
    )
    return [(label, found.count()) for label, found in rows]


def _posts(plan: Plan, areas: Iterable[int]) -> Any:
    held = Post.objects.filter(Q(valid_to=None) | Q(valid_to__gt=plan.since), place__area__in=list(areas), account__is_active=True)
    return held.select_related("account", "place").order_by("place__area", "role", "id")


def _losing(plan: Plan) -> list[Post]:
    """Posts above the old ground that do not reach the new: those of the street which loses a community, and of the community which is split."""
    above = {one.area for part in plan.parts for area in (*part.wholes, *part.grids) for one in places.path_of(area)[:-1]}
    after = {one.area for part in plan.parts for one in (*places.path_of(part.parent), *([places.place_by_area(part.stands)] if part.stands else []))}
    return list(_posts(plan, above - after - set(plan.ended)))


def _role(post: Post) -> Words:
    found = role_named(post.role)
    return found.words if found else words(post.role, post.role)
