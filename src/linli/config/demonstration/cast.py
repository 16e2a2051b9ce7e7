# SPDX-License-Identifier: MulanPSL-2.0
"""Who acts in the demonstration: units, accounts and posts, made by one action; read back as actors for the play."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from django.conf import settings

from linli.config.demonstration import grids, quarters, staff
from linli.core import clock
from linli.core.actions import Call, Done, action
from linli.core.editions import bump
from linli.core.fields import Field
from linli.core.sight import of_all
from linli.core.system_actors import declare_system_actor
from linli.core.words import words
from linli.elements import boundaries, passwords, place_loading
from linli.elements.models import Account, GridAssignment, Organisation, Place, Post
from linli.elements.pinyin import pinyin_key

SHOWN_DISTRICT = 120_101_000_000_000
"""和平区: the district of the named accounts and of the small demonstration."""
NO_SIGN_IN = "!"
"""A password that nothing matches: staff who only fill the posts cannot be signed in as."""
COMMITTEES = {"居委会": "residents_committee", "村委会": "village_committee"}
UNITS = (
    ("enforcement_team", "综合执法大队"),
    ("sanitation", "环卫所"),
    ("property_firm", "示范物业服务企业（演示）"),
    ("utility", "公用设施维修队（演示）"),
)
"""The units of a street that handle matters: kind and the name's ending."""
SHOWN_UNIT = "utility"
"""The unit of the account `handler`: by its name the first in the list to dispatch to, so a newcomer's first choice is the one he can play."""

declare_system_actor("demonstrator", "makes the demonstration: its people, units and schematic grids", frozenset({
    "demonstration.cast", "demonstration.load", "boundary.load"}), sees_all=True)


@dataclass
class Casting:
    """Rows still to be written; each list keeps the order in which numbers are given."""

    since: date
    names: Iterator[str]
    password: str
    present: dict[tuple[int, str], Organisation] = field(default_factory=dict)
    organisations: list[Organisation] = field(default_factory=list)
    accounts: list[Account] = field(default_factory=list)
    posts: list[Post] = field(default_factory=list)

    def unit(self, area: int, kind: str, name: str) -> Organisation:
        """The unit of this kind at an area, or one to be written."""
        if (area, kind) in self.present:
            return self.present[(area, kind)]
        made = Organisation(area=area, kind=kind, name=name, pinyin=pinyin_key(name), is_demonstration=True, valid_from=self.since)
        self.organisations.append(made)
        return made

    def person(self, role: str, place: Place, unit: Organisation | None, username: str = "") -> Post:
        """Somebody in a post; without a user name he cannot sign in."""
        account = Account(
            username=username or f"staff{len(self.accounts):05d}", name=next(self.names), is_demonstration=True,
            password=self.password if username else NO_SIGN_IN, created_at=clock.now())
        post = Post(account=account, role=role, organisation=unit, place=place, valid_from=self.since)
        self.accounts.append(account)
        self.posts.append(post)
        return post

    def write(self) -> None:
        """Write all rows, in order."""
        Organisation.objects.bulk_create(self.organisations, batch_size=1000)
        Account.objects.bulk_create(self.accounts, batch_size=1000)
        Post.objects.bulk_create(self.posts, batch_size=1000)


def _street(casting: Casting, street: Place, communities: Sequence[Place], named: Sequence[str] = ()) -> None:
    """Everybody whom one street needs: dispatcher, verifier, four units with a handler, a committee for each community."""
    short = street.short_name.replace("街（演示）", "街道（演示）") if street.is_demonstration else street.name
    office = casting.unit(street.area, "street_office", f"{short}办事处")
    centre = casting.unit(street.area, "grid_centre", f"{short}网格化服务管理中心")
    units = [casting.unit(street.area, kind, short + name) for kind, name in UNITS]
    committees = [casting.unit(one.area, COMMITTEES.get(one.kind, COMMITTEES["居委会"]), f"{one.name}居委会") for one in communities]
    wanted = {name: name if name in named else "" for name in NAMED}
    for place, (community, committee) in enumerate(zip(communities, committees, strict=True)):
        casting.person("gridworker", community, committee, wanted["gridworker"] if place == 0 else wanted["gridworker2"] if place == 1 else "")
        casting.person("director", community, committee, wanted["director"] if place == 0 else "")
    casting.person("dispatcher", street, office, wanted["dispatcher"])
    casting.person("verifier", street, centre, wanted["verifier"])
    casting.person("head", street, office, wanted["head"])
    for (kind, _), unit in zip(UNITS, units, strict=True):
        casting.person("handler", street, unit, wanted["handler"] if kind == SHOWN_UNIT else "")


NAMED = ("gridworker", "director", "gridworker2", "dispatcher", "handler", "verifier", "head")


ASSESSORS = ("assessor", "assessor2", "assessor3")
"""Third-party assessors: they belong to no unit of the city."""


def _offices(casting: Casting, district: Place) -> None:
    """District officer, city officer, administrator and assessors."""
    city = Place.objects.get(area=settings.CITY_AREA)
    casting.person("district", district, casting.unit(district.area, "department", f"{district.name}社区治理办公室"), "district")
    casting.person("city", city, casting.unit(city.area, "department", f"{city.name}社区治理办公室"), "city")
    casting.person("sysadmin", city, casting.unit(city.area, "department", f"{city.name}社区治理平台运维中心"), "sysadmin")
    for username in ASSESSORS:
        casting.person("assessor", district, None, username)
    casting.person("city", city, casting.unit(city.area, "department", f"{city.name}社区治理办公室"), "city2")


def standing(parent: Place, level: str, day: date) -> list[Place]:
    """The places of a level below that stand on the day, in order of number."""
    found = Place.objects.filter(area__gte=parent.lo, area__lt=parent.hi, level=level).select_related("parent").order_by("area")
    return [one for one in found if (one.valid_from is None or one.valid_from <= day) and (one.valid_to is None or one.valid_to > day)]


def is_counted(community: Place) -> bool:
    """True for a community or village with a committee: similar and virtual units have no residents' committee."""
    return not community.is_virtual and not community.kind.startswith("类似")


SIZES = (("small", words("一个区", "One district")), ("city", words("全市", "The whole city")))
FIELDS = (
    Field("size", words("规模", "Size"), "choice", required=True, choices=SIZES),
    Field("seed", words("种子", "Seed"), "integer", required=True),
    Field("since", words("从哪天起", "Since"), "day", required=True),
)


def districts_of(size: str) -> list[Place]:
    """The districts in which the demonstration plays, 和平区 first."""
    city = Place.objects.get(area=settings.CITY_AREA)
    found = [one for one in standing(city, "district", clock.today()) if size == "city" or one.area == SHOWN_DISTRICT]
    return sorted(found, key=lambda one: one.area != SHOWN_DISTRICT)


@action("demonstration.places", words("建立演示街道和网格", "Make the demonstration's streets and grids"), ability="demonstration.cast",
        subject="demonstration", sight="whole_subtree", opens=lambda actor, given: of_all(), fields=FIELDS)
def make_places(call: Call) -> Done:
    """Made-up streets with their communities; for the whole city all grids with schematic boundaries too, in bulk."""
    size, since = call.given["size"], call.given["since"]
    districts = districts_of(size)
    streets = [street for district in districts for street in quarters.add_quarter(district, since)]
    counts = {"streets": len(streets)}
    if size == "city":
        counts |= grids.make(districts, call.given["seed"], since)
    bump(place_loading.EDITION)
    bump(boundaries.EDITION)
    return Done(settings.CITY_AREA, 0, {"done": counts}, {"done": counts})


@action("demonstration.cast", words("建立演示人员和单位", "Make the demonstration's people and units"), ability="demonstration.cast",
        subject="demonstration", sight="whole_subtree", opens=lambda actor, given: of_all(), fields=FIELDS)
def make_cast(call: Call) -> Done:
    """All units, accounts and posts, and a worker for every grid, from a seed."""
    since: date = call.given["since"]
    districts = districts_of(call.given["size"])
    casting = Casting(since, staff.names(call.given["seed"]), passwords.hashed(settings.DEMO_PASSWORD), _present())
    for district in districts:
        _district(casting, district)
    casting.write()
    counts = {"units": len(casting.organisations), "accounts": len(casting.accounts), "assignments": _assign(districts, since)}
    return Done(settings.CITY_AREA, 0, {"done": counts}, {"done": counts})


def _present() -> dict[tuple[int, str], Organisation]:
    """Offices and committees that the city already has, by area and kind."""
    kinds = ["street_office", "town_government", *COMMITTEES.values()]
    return {(one.area, one.kind): one for one in Organisation.objects.filter(kind__in=kinds, valid_to=None)}


def _district(casting: Casting, district: Place) -> None:
    """Every street with communities that count, the made-up one first; the offices where the named accounts are."""
    day = clock.today()
    below = [one for one in standing(district, "community", day) if is_counted(one)]
    is_shown = district.area == SHOWN_DISTRICT
    for street in sorted(standing(district, "street", day), key=lambda one: not one.is_demonstration):
        own = [one for one in below if one.parent_id == street.pk]
        if street.is_demonstration:
            own.reverse()
        if own:
            _street(casting, street, own, NAMED if is_shown and street.is_demonstration else ())
        if is_shown and street.is_demonstration:
            _offices(casting, district)


def _assign(districts: Sequence[Place], since: date) -> int:
    """Every grid gets the grid worker of its community; answers how many."""
    workers = {post.place_id: post for post in Post.objects.filter(role="gridworker", account__is_demonstration=True).order_by("-id")}
    rows = [GridAssignment(area=grid.area, place=grid, post=workers[grid.parent_id], valid_from=since)
            for district in districts
            for grid in Place.objects.filter(level="grid", area__gte=district.lo, area__lt=district.hi).order_by("area")
            if grid.parent_id in workers]
    GridAssignment.objects.bulk_create(rows, batch_size=1000)
    return len(rows)


def year_before(day: date) -> date:
    """The first day of the year that ends on `day`."""
    return day - timedelta(days=365)
