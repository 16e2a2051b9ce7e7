# SPDX-License-Identifier: MulanPSL-2.0
"""Communities made by hand; what each gives is written in the test.

Registers, money and inspections come through the product's own actions, matters and the shares of a survey as rows: the two households that the
perfect one has are too few for a survey, and enough of them for one would change every other figure.
"""

from datetime import date, datetime, timedelta
from typing import Any

from linli.core import editions
from linli.core.actions import run
from linli.core.sight import looking, of_all
from linli.elements.actors import actor_of_post
from linli.elements.models import Account, Boundary, Building, Dwelling, Household, Place, Post, QualityFigure
from linli.matters.models import Category, Matter, RoundDay, SpotCheck
from linli.measures.models import Survey, SurveyShare
from tests.cast import COMMUNITY, COMMUNITY2, DISTRICT, Cast
from tests.inspections import ITEMS, Team
from tests.measures.town import NOW

ROOMS = ("office", "party_room", "police", "mediation", "work_station", "petitions", "affairs_board", "notice_board", "reading", "culture", "volunteers",
         "day_care", "clinic", "rehabilitation", "citizen_school", "parents_school", "exercise", "minors")
SUPPLIES = ("饮用水", "方便食品", "棉被", "应急照明灯", "急救包", "雨衣", "铁锹", "编织袋")
SUBS = ("mediation", "security", "health", "family", "culture")
Marks = dict[str, tuple[int, int]]
MORNING, DAY = NOW - timedelta(days=20), timedelta(days=1)


class Community:
    """One community and who writes in it."""

    def __init__(self, cast: Cast, area: int, director: str) -> None:
        self.cast, self.area, self.director, self.made = cast, area, director, 0

    def do(self, action: str, **given: Any) -> dict[str, Any]:
        return self.cast.do(action, self.director, **given)

    def party(self) -> int:
        """A party organisation with its secretary, entered by a party post: nobody else sees one."""
        with looking(of_all()):
            account = Account.objects.create(username=f"party{self.area}", name="党务", password="!", created_at=NOW)
            post = Post.objects.create(account=account, role="party_secretary", place=Place.objects.get(area=self.area), valid_from=date(2020, 1, 1))
        actor = actor_of_post(post.pk)
        assert actor is not None
        found = int(run("organisation.add", actor, {"area": self.area, "kind": "party_branch", "name": "社区党委"})["organisation"])
        run("term.begin", actor, {"organisation": found, "since": "2025-01-01"})
        run("seat.give", actor, {"organisation": found, "office": "secretary", "name": "书记", "since": "2026-01-05"})
        return found

    def body(self, kind: str, *offices: str, term: bool = False, **more: Any) -> int:
        """A body with somebody in each office, in a term that runs where it has one."""
        self.made += 1
        own = {"action": f"{kind}.add"} if more else {"action": "organisation.add", "kind": kind}
        found = int(self.do(area=self.area, name=f"第{self.made}组织", **own, **more)["organisation"])
        if term:
            self.do("term.begin", organisation=found, since="2025-01-01", number=9)
        for number, office in enumerate(offices):
            self.do("seat.give", organisation=found, office=office, name=f"任职{number}", since="2026-01-05")
        return found

    def societies(self, **purposes: int) -> None:
        """So many filed social organisations of each purpose."""
        for purpose, count in purposes.items():
            for _ in range(count):
                self.body("social_organisation", stage="filed", purpose=purpose)

    def room(self, room: str, area: int, *access: str) -> int:
        return int(self.do("service_room.add", area=self.area, name=room, room=room, square_decimetres=f"{area / 100:.2f}", access=list(access))["thing"])

    def station(self, members: int, **more: Any) -> int:
        """A micro fire station with a leader, its members and everything on its list."""
        found = int(self.do("micro_fire_station.add", area=self.area, name="微型消防站", **more)["thing"])
        for number, office in enumerate(("leader", *("member",) * members)):
            self.do("crew.give", thing=found, office=office, name=f"队员{number}", since="2026-01-05")
        return found

    def part(self, thing: int, name: str, count: int = 2, wanted: int = 2, **more: Any) -> None:
        self.do("part.add", thing=thing, name=name, count=count, wanted=wanted, **more)

    def building(self, number: str, doorways: int) -> int:
        with looking(of_all()):
            return int(Building.objects.create(area=self.area + 1, quarter="里", number=number, key=f"{self.area}-{number}", use="dwelling", doorways=doorways).pk)

    def household(self, building: int, room: str) -> tuple[int, int]:
        """A dwelling and its household."""
        with looking(of_all()):
            home = Dwelling.objects.create(area=self.area + 1, building_id=building, doorway="1", room=room, key=f"1-{room}")
            return int(home.pk), int(Household.objects.create(area=self.area + 1, dwelling=home, formed_on=date(2025, 1, 1)).pk)

    def quality(self, aspect: str, good: int, whole: int) -> None:
        with looking(of_all()):
            QualityFigure.objects.create(area=self.area, level="community", register="person", aspect=aspect, name="", numerator=good, denominator=whole, computed_at=NOW - DAY)

    def grids(self, count: int) -> list[int]:
        """So many grids in all."""
        with looking(of_all()):
            home = Place.objects.get(area=self.area)
            have = set(Place.objects.filter(parent=home).values_list("area", flat=True))
            wanted = [self.area + serial for serial in range(1, count + 1)]
            Place.objects.bulk_create([Place(area=one, lo=one, hi=one + 1, level="grid", name=f"网格{one}", short_name=f"网格{one}", pinyin=f"g{one}", parent=home)
                                       for one in wanted if one not in have])
        editions.forget_all()
        return wanted

    def drawn(self, grids: list[int]) -> None:
        with looking(of_all()):
            Boundary.objects.bulk_create([Boundary(place=Place.objects.get(area=one), from_day=10_000, to_day=40_000, shape={}) for one in grids])

    def walked(self, grid: int, days: list[tuple[bool, bool]]) -> None:
        """Days to be walked, each with what was."""
        with looking(of_all()):
            RoundDay.objects.bulk_create([
                RoundDay(area=grid, day=(NOW - (number + 1) * DAY).date(), over_at=NOW - (number + 1) * DAY, has_morning=morning, has_afternoon=afternoon)
                for number, (morning, afternoon) in enumerate(days)])

    def matter(self, **given: Any) -> Matter:
        """A matter closed on time, replied to and verified by another unit, unless said otherwise."""
        kind, hazard = given.pop("kind", "grid_event"), given.pop("is_hazard", False)
        reported: datetime = given.pop("reported_at", MORNING)
        row: dict[str, Any] = {
            "kind": kind, "category": Category.objects.filter(kind=kind, is_hazard=hazard, is_public=True).first(), "phase": "closed", "source": "patrol",
            "summary": "事", "occurred_at": reported, "reported_at": reported, "filed_at": reported, "replied_at": reported + DAY, "verifications": 1,
            "is_verified_by_other": True, "close_due_at": reported + 10 * DAY, "closed_at": reported + 5 * DAY}
        with looking(of_all()):
            return Matter.objects.create(area=self.area + 1, **(row | given))

    def voucher(self, action: str, by: str, amount: str, **more: Any) -> int:
        """A voucher of the money of creation, with its paper."""
        area = more.pop("area", DISTRICT)
        given = {"fund": "creation", "area": area, "amount": amount, "day": NOW.date().isoformat(), "purpose": "创建经费", **more}
        return int(self.cast.do(f"fund.{action}", by, **given, evidence=[self.cast.paper(by, area)])["voucher"])

    def allocated(self, amount: str) -> None:
        """So much from the budget of the district, handed on to the community."""
        self.voucher("appropriate", "district", amount)
        self.voucher("allocate", "district", amount, to=self.area)

    def spent(self, amount: str) -> int:
        return self.voucher("spend", self.director, amount, area=self.area, use="facilities", payee="某建筑公司")

    def looked_at(self, crew: Team, first: Marks, second: Marks, third: Marks | None = None) -> int:
        """Two assessors look at what the sheet lists; a third at what they differ in."""
        number = crew.open(self.area)
        for who, marks in zip(crew.assessors[:2], (first, second), strict=True):
            crew.fill(who, number, marks)
        if third:
            crew.assign(number, crew.assessors[2])
            crew.fill(crew.assessors[2], number, third)
        return number

    def asked(self, aware: int, whole: int) -> None:
        """A settled survey in which so many know of the covenant and of the creation."""
        with looking(of_all()):
            survey = Survey.objects.create(area=self.area, questionnaire="satisfaction", version=1, state="settled", opened_by=1, opened_at=NOW - 9 * DAY,
                                           closed_at=NOW - DAY, settled_at=NOW - DAY, digest="", sealed=b"")
            SurveyShare.objects.create(area=self.area, survey=survey, name="aware", part=aware, whole=whole, closed_at=NOW - DAY)

    def settled(self, passed: bool) -> None:
        """A job settled on the spot that was drawn and checked."""
        one = self.matter(phase="self_handled")
        with looking(of_all()):
            SpotCheck.objects.create(matter=one, area=one.area, drawn_at=NOW - 3 * DAY, due_at=NOW, checked_at=NOW - DAY, is_passed=passed)


def perfect(cast: Cast, crew: Team) -> dict[str, int]:
    """Everything a community can have; numbers of what the tests change."""
    one = Community(cast, COMMUNITY, "director")
    party = one.party()
    one.body("residents_committee", "chair", "deputy_chair", *("member",) * 5, term=True)
    for sub in SUBS:
        one.body("sub_committee", "chair", matter=sub)
    one.body("residents_group", "leader")
    one.body("representatives", "representative", "representative", "representative", term=True)
    for work in ("social_work", "safety_office", "petitions"):
        one.body("service_station", "head", work=work)
    one.societies(benefit=5, culture=5)
    _house(one, (4, 3), homes=2, visited=2)
    for number, room in enumerate(ROOMS):
        one.room(room, 400 if number < 8 else 600, *("low_counter",) * (number == 4))
    station = one.station(5, per_shift=3, around_the_clock=True, phone="022-23456789")
    one.part(station, "干粉灭火器", expires_on="2027-01-01")
    store = int(one.do("relief_store.add", area=one.area, name="储备点")["thing"])
    for name in SUPPLIES:
        one.part(store, name)
    for aspect, good in (("completeness", 98), ("freshness", 95), ("accuracy", 97)):
        one.quality(aspect, good, 100)
    grids = one.grids(2)
    one.drawn(grids)
    for grid in grids:
        one.do("grid.assign", area=grid, post=cast.posts["gridworker"])
    one.walked(grids[0], [(True, True)] * 5)
    for more in ({"kind": "six_problems"}, {"is_hazard": True}):
        for _ in range(3):
            one.matter(**more)
    for _ in range(2):
        one.matter(source="resident", rating=1, is_contactable=True, first_reply_at=MORNING, first_reply_due_at=MORNING + DAY)
    one.settled(True)
    one.allocated("10000")
    one.spent("8000")
    one.looked_at(crew, ITEMS, ITEMS)
    one.asked(17, 20)
    return {"party": party}


def borderline(cast: Cast, crew: Team | None = None) -> dict[str, int]:
    """On the bounds and half-way between them; numbers of what the tests change. Without assessors nobody brought money, looked or asked."""
    one = Community(cast, COMMUNITY2, "director2")
    one.party()
    one.body("residents_committee", "chair", *("member",) * 4, term=True)
    for sub in SUBS[:3]:
        one.body("sub_committee", "chair", matter=sub)
    one.body("sub_committee", "member", matter="family")
    one.body("residents_group", "leader")
    one.body("representatives", "representative", "representative", term=True)
    one.body("service_station", "staff", work="social_work")
    one.body("service_station", "staff", work="petitions")
    one.societies(benefit=1, culture=4)
    one.body("social_organisation", stage="fostered", purpose="benefit")
    _house(one, (8,), homes=4, visited=3)
    one.building("9", 1)
    reading = one.room("reading", 60)
    one.room("office", 60, "low_counter")
    station = one.station(4, per_shift=3, around_the_clock=False, phone="022-23456789")
    one.part(station, "干粉灭火器", expires_on="2026-11-23")
    store = int(one.do("relief_store.add", area=one.area, name="储备点")["thing"])
    for number, name in enumerate(SUPPLIES):
        one.part(store, name, count=2 if number < 7 else 1, **({"expires_on": "2026-11-23"} if number == 0 else {"expires_on": "2026-11-24"}))
    for aspect, good in (("completeness", 89), ("freshness", 95), ("accuracy", 85)):
        one.quality(aspect, good, 100)
    grids = one.grids(10)
    one.drawn(grids[:9])
    for grid in grids[:9]:
        one.do("grid.assign", area=grid, post=cast.posts["gridworker2"])
    one.walked(grids[0], [(True, True)] * 8 + [(True, False), (False, False)])
    for number in range(8):
        one.matter(kind="six_problems", address=f"{number}号", **({"closed_at": MORNING + 11 * DAY} if number == 0 else {}))
    one.matter(kind="six_problems", address="7号", reported_at=MORNING - 60 * DAY, close_due_at=MORNING, closed_at=MORNING - DAY, replied_at=MORNING - DAY)
    for number in range(20):
        late = {"closed_at": MORNING + 12 * DAY, "failures": 1, "verifications": 2} if number == 0 else {}
        people = {1: {"source": "resident", "rating": 2, "is_contactable": True, "first_reply_at": MORNING, "first_reply_due_at": MORNING + DAY},
                  2: {"source": "resident", "is_contactable": True, "first_reply_at": MORNING + 2 * DAY, "first_reply_due_at": MORNING + DAY}}.get(number, {})
        one.matter(is_hazard=number >= 11, **late, **people)
    one.matter(is_hazard=True, phase="handling", closed_at=None, replied_at=None, verifications=0, is_verified_by_other=False, close_due_at=NOW + DAY)
    one.settled(True)
    one.settled(False)
    if crew is not None:
        _brought(one, crew)
    return {"reading": reading}


def _brought(one: Community, crew: Team) -> None:
    """Money, eyes on site and answers, on the bounds and half-way between them."""
    one.allocated("1000")
    one.allocated("2000")
    one.spent("1950")
    one.cast.do("fund.reverse", one.director, voucher=one.spent("100"), reason="金额写错", day=NOW.date().isoformat())
    one.looked_at(crew, {"D2-13": (3, 4), "D3-01": (72, 100), "D3-02": (5, 5), "D3-06": (42, 50)},
                  {"D2-13": (3, 4), "D3-01": (55, 100), "D3-02": (4, 4), "D3-06": (38, 50)}, {"D3-01": (60, 100)})
    one.asked(29, 40)


def _house(one: Community, doorways: tuple[int, ...], *, homes: int, visited: int) -> None:
    """Buildings whose heads stand for every doorway, households, and visits that met somebody."""
    heads = one.body("doorway_heads")
    houses = [one.building(str(number), count) for number, count in enumerate(doorways, start=1)]
    for house in houses:
        one.do("seat.give", organisation=heads, office="building_head", name="栋长", building=house, since="2026-01-05")
    for number in range(homes):
        dwelling, household = one.household(houses[0], f"{number + 1}01")
        one.do("visit.record", dwelling=dwelling, household=household, outcome="met" if number < visited else "nobody_home", purpose="routine")
