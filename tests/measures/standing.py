# SPDX-License-Identifier: MulanPSL-2.0
"""Registers drawn from a seed, and slow plain-Python readings of what is counted in them: written from the words, knowing nothing of the SQL."""

import random
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from linli.core import clock
from linli.core.sight import looking, of_all
from linli.elements.models import Building, Dwelling, Household, Organisation, QualityFigure, Seat, Term, Thing, ThingPart, Visit
from tests.measures.town import COMMUNITIES, FAR_COMMUNITY, NOW

REGISTERS = {"communities", "required_bodies", "social_organisations", "wanted_rooms", "data_quality", "fire_station_items", "relief_items", "households"}
KINDS = ("party_branch", "residents_committee", "sub_committee", "representatives", "residents_group", "social_organisation", "service_station")
OFFICES = {
    "party_branch": ("secretary", "committee_member"), "residents_committee": ("chair", "deputy_chair", "member"), "sub_committee": ("chair", "member"),
    "representatives": ("representative",), "residents_group": ("leader", "deputy_leader"), "social_organisation": ("leader",), "service_station": ("head", "staff"),
}
ROOMS = ("office", "party_room", "police", "mediation", "reading", "culture", "work_station", "petitions", "volunteers", "day_care", "clinic", "rehabilitation",
         "affairs_board", "notice_board", "citizen_school", "parents_school", "exercise", "minors")
NO_ACTIVITY = ("office", "party_room", "police", "mediation", "work_station", "petitions", "affairs_board", "notice_board")
SUPPLIES = ("饮用水", "方便食品", "棉被", "应急照明灯", "急救包", "雨衣", "铁锹", "编织袋")
SUBS = ("mediation", "security", "health", "family", "culture")


@dataclass
class Stock:
    """Everything that was drawn, by community."""

    organisations: list[Any] = field(default_factory=list)
    terms: list[Any] = field(default_factory=list)
    seats: list[Any] = field(default_factory=list)
    buildings: list[Any] = field(default_factory=list)
    households: list[Any] = field(default_factory=list)
    visits: list[Any] = field(default_factory=list)
    things: list[Any] = field(default_factory=list)
    parts: list[Any] = field(default_factory=list)
    figures: list[Any] = field(default_factory=list)


def _days(chance: random.Random) -> tuple[date | None, date | None]:
    """A stretch of days that often holds today, and often begins or ends on that very day."""
    today = clock.today()
    since = chance.choice((None, today, today + timedelta(days=1), today - timedelta(days=chance.randrange(1, 500))))
    until = chance.choice((None, None, None, today, today + timedelta(days=1), today + timedelta(days=chance.randrange(1, 300))))
    return since, until if until is None or since is None or until > since else None


def plant_registers(seed: int) -> Stock:
    """Draw registers for every community; call it as the owner, at NOW."""
    chance, stock = random.Random(seed), Stock()
    with looking(of_all()):
        for home in (*COMMUNITIES, FAR_COMMUNITY):
            _bodies(chance, stock, home)
            _homes(chance, stock, home)
            _things(chance, stock, home)
            for aspect in ("completeness", "freshness", "accuracy", "consistency"):
                for name in ("", "phone"):
                    whole = chance.randrange(1, 500)
                    stock.figures.append(QualityFigure.objects.create(
                        area=home, level="community", register=chance.choice(("person", "dwelling")), aspect=aspect, name=name,
                        numerator=chance.randrange(0, whole + 1), denominator=whole, computed_at=NOW - timedelta(days=chance.choice((0, 3, 40)))))
    return stock


def _bodies(chance: random.Random, stock: Stock, home: int) -> None:
    for _ in range(chance.randrange(10, 26)):
        kind, (since, until) = chance.choice(KINDS), _days(chance)
        fields = {"sub_committee": {"matter": chance.choice(SUBS)}, "social_organisation": {"purpose": chance.choice(("benefit", "culture"))},
                  "service_station": {"work": chance.choice(("social_work", "safety_office", "petitions", "police"))}}.get(kind, {})
        stage = chance.choice(("fostered", "filed", "registered", "ended")) if kind == "social_organisation" else ""
        one = Organisation.objects.create(area=home + chance.choice((0, 0, 1)), kind=kind, name="组织", stage=stage, fields=fields, valid_from=since, valid_to=until)
        stock.organisations.append(one)
        term = None
        if chance.random() < 0.8:
            since, until = _days(chance)
            term = Term.objects.create(area=home, organisation=one, since=since or clock.today() - timedelta(days=9), until=until)
            stock.terms.append(term)
        many = 12 if kind == "representatives" else 8 if kind == "residents_committee" else 2
        for _ in range(chance.randrange(0, many)):
            since, until = _days(chance)
            stock.seats.append(Seat.objects.create(area=home, organisation=one, term=term, office=chance.choice(OFFICES[kind]), name="某", since=since, until=until))


def _homes(chance: random.Random, stock: Stock, home: int) -> None:
    heads = Organisation.objects.create(area=home, kind="doorway_heads", name="楼门栋长")
    for number in range(chance.randrange(0, 4)):
        building = Building.objects.create(
            area=home + chance.choice((0, 1)), quarter="里", number=str(number), key=f"{home}-{number}", use=chance.choice(("dwelling", "dwelling", "public")),
            doorways=chance.choice((None, 1, 3)), valid_to=chance.choice((None, None, clock.today(), clock.today() + timedelta(days=1))))
        stock.buildings.append(building)
        for _ in range(chance.randrange(0, 5)):
            since, until = _days(chance)
            office = chance.choice(("doorway_head", "doorway_head", "building_head"))
            stock.seats.append(Seat.objects.create(area=home, organisation=heads, office=office, name="某", building=building,
                                                   doorway=str(chance.randrange(1, 5)) if office == "doorway_head" else "", since=since, until=until))
        dwelling = Dwelling.objects.create(area=building.area, building=building, doorway="1", room="101", key=f"1-101-{number}")
        for _ in range(chance.randrange(0, 4)):
            since, until = _days(chance)
            household = Household.objects.create(area=building.area, dwelling=dwelling, formed_on=since, ended_on=until)
            stock.households.append(household)
            for _ in range(chance.randrange(0, 3)):
                at = NOW - timedelta(days=chance.choice((0, 5, 40, 400)))
                stock.visits.append(Visit.objects.create(area=building.area, household=household, purpose="care", outcome=chance.choice(("met", "nobody_home")),
                                                         happened_at=at, recorded_at=NOW))


def _things(chance: random.Random, stock: Stock, home: int) -> None:
    today = clock.today()
    for _ in range(chance.randrange(0, 14)):
        since, until = _days(chance)
        kind = chance.choice(("service_room", "service_room", "micro_fire_station", "relief_store"))
        fields: dict[str, Any] = {
            "service_room": {"room": chance.choice(ROOMS), "access": chance.choice(([], ["ramp"], ["low_counter", "ramp"])),
                             **({"square_decimetres": chance.randrange(100, 9000)} if chance.random() < 0.8 else {})},
            "micro_fire_station": {"per_shift": chance.choice((None, 2, 3)), "around_the_clock": chance.choice((True, False, None)), "phone": chance.choice(("", "02227000000"))},
            "relief_store": {},
        }[kind]
        thing = Thing.objects.create(area=home, kind=kind, name="物", fields=fields, valid_from=since, valid_to=until)
        stock.things.append(thing)
        for name in SUPPLIES if kind == "relief_store" else ("干粉灭火器", "消防水带") if kind == "micro_fire_station" else ():
            stock.parts.append(ThingPart.objects.create(area=home, thing=thing, name=name, count=chance.randrange(0, 4), wanted=chance.choice((None, 1, 2)),
                                                        expires_on=chance.choice((None, today, today + timedelta(days=1)))))
        for office in ("leader", "member", "member", "member", "member", "member", "member") if kind == "micro_fire_station" else ():
            if chance.random() < 0.8:
                since, until = _days(chance)
                stock.seats.append(Seat.objects.create(area=home, thing=thing, office=office, name="某", since=since, until=until))


class Reading:
    """One community looked at by hand, on a day and over a stretch of time."""

    def __init__(self, stock: Stock, home: int, day: date, start: datetime, end: datetime) -> None:
        self.stock, self.home, self.day, self.start, self.end = stock, home, day, start, end

    def here(self, rows: list[Any]) -> list[Any]:
        return [one for one in rows if self.home <= one.area < self.home + 1000]

    def _holds(self, since: date | None, until: date | None) -> bool:
        return (since is None or since <= self.day) and (until is None or until > self.day)

    def bodies(self, kind: str, **fields: str) -> list[Any]:
        return [one for one in self.here(self.stock.organisations) if one.kind == kind and self._holds(one.valid_from, one.valid_to)
                and all(one.fields.get(name) == value for name, value in fields.items())]

    def seated(self, owner: Any, *offices: str) -> int:
        name = "thing_id" if isinstance(owner, Thing) else "organisation_id"
        return sum(getattr(one, name) == owner.pk and one.office in offices and self._holds(one.since, one.until) for one in self.stock.seats)

    def has_term(self, body: Any) -> bool:
        return any(one.organisation_id == body.pk and self._holds(one.since, one.until) for one in self.stock.terms)

    def households(self) -> list[Any]:
        return [one for one in self.here(self.stock.households) if self._holds(one.formed_on, one.ended_on)]

    def things(self, kind: str) -> list[Any]:
        return [one for one in self.here(self.stock.things) if one.kind == kind and self._holds(one.valid_from, one.valid_to)]

    def serves(self, part: Any) -> bool:
        return part.wanted is not None and part.count >= part.wanted and (part.expires_on is None or part.expires_on > self.day)

    def parts(self, thing: Any) -> list[Any]:
        return [one for one in self.stock.parts if one.thing_id == thing.pk and one.wanted is not None]

    def heads(self) -> tuple[int, int]:
        groups = self.bodies("residents_group")
        there, wanted = sum(self.seated(one, "leader") > 0 for one in groups), len(groups)
        for building in self.here(self.stock.buildings):
            if building.use != "dwelling" or (building.valid_to is not None and building.valid_to <= self.day):
                continue
            doors = max(building.doorways or 1, 1)
            own = [one for one in self.stock.seats if one.building_id == building.pk and self._holds(one.since, one.until)]
            headed = doors if any(one.office == "building_head" for one in own) else min(doors, len({one.doorway for one in own if one.office == "doorway_head"}))
            there, wanted = there + headed, wanted + doors
        return there, wanted

    def rooms(self) -> tuple[int, int]:
        areas = [(one.fields["room"], one.fields.get("square_decimetres") or 0) for one in self.things("service_room")]
        return sum(area for room, area in areas if room not in NO_ACTIVITY), sum(area for _, area in areas)

    def quality(self, aspect: str) -> tuple[int, int]:
        rows = [one for one in self.here(self.stock.figures) if one.aspect == aspect and not one.name and self.start <= one.computed_at < self.end]
        return sum(one.numerator for one in rows), sum(one.denominator for one in rows)

    def filed(self) -> list[Any]:
        return [one for one in self.bodies("social_organisation") if one.stage in ("filed", "registered")]


def _one(met: bool) -> tuple[int, int]:
    return int(met), 1


def _representatives(one: Reading) -> tuple[int, int]:
    groups = len(one.bodies("residents_group"))
    return _one(any(groups and 2 * groups <= one.seated(body, "representative") <= 3 * groups and one.has_term(body) for body in one.bodies("representatives")))


def _station(one: Reading, work: str) -> bool:
    return any(one.seated(body, "head", "staff") for body in one.bodies("service_station", work=work))


def _fire(one: Reading) -> tuple[int, int]:
    stations = one.things("micro_fire_station")
    return sum((
        any(one.seated(each, "leader") == 1 for each in stations), any(one.seated(each, "member") >= 5 for each in stations),
        any((each.fields["per_shift"] or 0) >= 3 for each in stations), any(each.fields["around_the_clock"] is True for each in stations),
        any(each.fields["phone"] for each in stations), any(one.parts(each) and all(map(one.serves, one.parts(each))) for each in stations))), 6


def _rooms_there(one: Reading) -> tuple[int, int]:
    rooms = one.things("service_room")
    return len({each.fields["room"] for each in rooms}) + any("low_counter" in each.fields["access"] for each in rooms), 19


def _visited(one: Reading) -> tuple[int, int]:
    met = {each.household_id for each in one.stock.visits if each.outcome == "met" and one.start <= each.happened_at < one.end}
    return sum(each.pk in met for each in one.households()), len(one.households())


READINGS: dict[str, Callable[[Reading], tuple[int, int]]] = {
    "D1-01": lambda one: _one(any(one.seated(body, "secretary") and one.has_term(body) for body in one.bodies("party_branch"))),
    "D1-02": lambda one: _one(any(5 <= one.seated(body, "chair", "deputy_chair", "member") <= 9 and one.has_term(body) for body in one.bodies("residents_committee"))),
    "D1-03": lambda one: (sum(any(one.seated(body, "chair") for body in one.bodies("sub_committee", matter=sub)) for sub in SUBS), 5),
    "D1-04": _representatives,
    "D1-05": lambda one: one.heads(),
    "D1-07": lambda one: _one(_station(one, "social_work")),
    "D1-08": lambda one: (_station(one, "safety_office") + _station(one, "petitions"), 2),
    "D1-09": lambda one: (len(one.filed()), 12 if len(one.households()) >= 500 else 10),
    "D1-10": lambda one: (sum(each.fields["purpose"] == "benefit" for each in one.filed()), len(one.filed())),
    "D2-01": lambda one: (one.rooms()[1] if one.households() else 0, 30 * len(one.households())),
    "D2-02": lambda one: one.rooms(),
    "D2-03": _rooms_there,
    "D2-04": lambda one: one.quality("completeness"),
    "D2-05": lambda one: one.quality("freshness"),
    "D2-06": lambda one: one.quality("accuracy"),
    "D2-14": lambda one: (sum(any(one.serves(part) and part.name == name for each in one.things("relief_store") for part in one.parts(each)) for name in SUPPLIES), 8),
    "D2-15": _fire,
    "D4-08": _visited,
}
