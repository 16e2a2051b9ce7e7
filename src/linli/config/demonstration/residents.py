# SPDX-License-Identifier: MulanPSL-2.0
"""演示数据: made-up buildings, dwellings, households and people written into the made-up communities, in bulk, by one action.

Nobody is written into a community that exists: what is missing or wrong here says nothing of any real one (domain/boundaries.md).
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from django.conf import settings
from django.db import connection

from linli.config.demonstration import homes
from linli.config.demonstration.people import Crowd, Resident
from linli.core import clock, journal
from linli.core.actions import Call, Done, action, run
from linli.core.fields import Field
from linli.core.sight import Actor, looking, of_all, of_post
from linli.core.words import words
from linli.elements import places
from linli.elements.coordinates import cell
from linli.elements.models import Building, Dwelling, FieldCheck, Household, Membership, Person, Residence
from linli.elements.pinyin import pinyin_key
from linli.elements.places import KnownPlace
from linli.elements.quality import reckoning
from linli.elements.registers import addresses
from linli.elements.registers.people import HOUSEHOLDS, PEOPLE
from linli.elements.registers.records import epoch_day, put_values

MAKES = "demonstration.residents"
BUILDINGS = (4, 2, 1, 1)
"""How many buildings the made-up communities of a street have, in order of their number downward (our choice: a few hundred residents)."""
SEEN = {"person": ("phone", "marital", "education", "employment"), "dwelling": ("use", "occupancy"), "building": ("use",)}
"""Fields that a visit of the demonstration went through."""
DRAWN, CHECKED = 40, 30
"""Fields of the demonstration's sample, and how many of them were looked at (our choice)."""
FROM = words("演示数据，虚构", "Demonstration, made up")
"""What the history of each of them says."""
WRONG_EVERY = 29
"""In one household of so many something does not fit together, so that the rules have something to find."""


@dataclass
class Written:
    """Rows of one community, kept in the order in which they refer to each other."""

    buildings: list[Building] = field(default_factory=list)
    dwellings: list[Dwelling] = field(default_factory=list)
    households: list[Household] = field(default_factory=list)
    people: list[Person] = field(default_factory=list)
    memberships: list[Membership] = field(default_factory=list)
    residences: list[Residence] = field(default_factory=list)
    booklets: list[str] = field(default_factory=list)
    """In the order of the households; sealed when they have their numbers."""
    drawn: list[Resident] = field(default_factory=list)
    """In the order of the people."""

    def write(self) -> None:
        """All rows, each table in one go; people get their numbers first, because what is sealed is bound to them."""
        _number_them(Household, self.households)
        _number_them(Person, self.people)
        for household, booklet in zip(self.households, self.booklets, strict=True):
            put_values(HOUSEHOLDS, household, {"booklet": booklet})
        for person, resident in zip(self.people, self.drawn, strict=True):
            put_values(PEOPLE, person, {"id_number": resident.id_number, "phone": resident.phone})
        written: Sequence[Sequence[Any]] = (self.buildings, self.dwellings, self.households, self.people, self.memberships, self.residences)
        for rows in written:
            type(rows[0]).objects.bulk_create(rows, batch_size=1_000)

    def note(self, call: Call) -> None:
        """A line of the journal for each record, so that its history says where it came from."""
        records = [*self.buildings, *self.dwellings, *self.households, *self.people]
        journal.write_open([journal.Entry(MAKES, one.area, str(one._meta.model_name), one.pk, call.actor.account, call.actor.role, call.actor.post,
                                          call.occurred_at, call.recorded_at, {"note": str(FROM.zh)}) for one in records])


@action(MAKES, words("建立演示居民", "Make the demonstration's residents"), ability="demonstration.cast", subject="demonstration",
        sight="whole_subtree", opens=lambda actor, given: of_all(), fields=(Field("seed", words("种子", "Seed"), "integer", required=True),))
def make_residents(call: Call) -> Done:
    """Residents for every made-up community that has none yet."""
    counts = {"buildings": 0, "dwellings": 0, "households": 0, "people": 0}
    for number, (community, buildings) in enumerate(made_up_communities(), start=1):
        if Building.objects.within(community.lo, community.hi).exists():
            continue
        rows = draw(Crowd(call.given["seed"], number, clock.today()), community, buildings)
        rows.write()
        rows.note(call)
        for name in counts:
            counts[name] += len(getattr(rows, name))
    return Done(settings.CITY_AREA, 0, {"done": counts}, {"done": counts})


def made_up_communities() -> list[tuple[KnownPlace, int]]:
    """The made-up communities, each with how many buildings it gets; of every street the one with the highest number first."""
    found: list[tuple[KnownPlace, int]] = []
    whole = places.city()
    for street in places.places_within(whole.lo, whole.hi, level="street"):
        if street.is_demonstration:
            own = sorted((one for one in places.children(street.area) if one.is_demonstration), key=lambda one: -one.area)
            found += [(one, BUILDINGS[min(at, len(BUILDINGS) - 1)]) for at, one in enumerate(own)]
    return found


def draw(crowd: Crowd, community: KnownPlace, buildings: int) -> Written:
    """The rows of one community; its buildings stand in its grids in turn."""
    grids = [one for one in places.children(community.area) if one.level == "grid"] or [community]
    quarter = community.short_name.removesuffix("（演示）")
    rows = Written()
    for number in range(1, buildings + 1):
        _add_building(rows, crowd, homes.building(crowd, quarter, number), grids[number % len(grids)])
    return rows


def _add_building(rows: Written, crowd: Crowd, made: homes.Building, grid: KnownPlace) -> None:
    lon, lat = (value + crowd.chance.randint(-150, 150) if value else None for value in (grid.lon_e6, grid.lat_e6))
    building = Building(area=grid.area, quarter=made.quarter, number=made.number, key=addresses.key_of(made.quarter, made.number), floors=made.floors,
                        doorways=made.doorways, built_in=made.built_in, lon_e6=lon, lat_e6=lat, cell=cell(lon, lat) if lon and lat else None)
    rows.buildings.append(building)
    for one in made.dwellings:
        dwelling = Dwelling(area=grid.area, building=building, doorway=one.doorway, floor=one.floor, room=one.room,
                            key=addresses.key_of_dwelling(one.doorway, one.floor, one.room), occupancy=one.occupancy,
                            square_decimetres=one.square_decimetres, confirmed=_confirmed("dwelling", one.seen_on))
        rows.dwellings.append(dwelling)
        for place, household in enumerate(one.households):
            is_wrong = len(rows.households) % WRONG_EVERY == WRONG_EVERY - 1
            _add_household(rows, dwelling, household, is_second=place > 0, is_wrong=is_wrong)


def _add_household(rows: Written, dwelling: Dwelling, made: homes.Household, *, is_second: bool, is_wrong: bool) -> None:
    household = Household(area=dwelling.area, dwelling=dwelling, formed_on=made.formed_on)
    rows.households.append(household)
    rows.booklets.append(made.booklet)
    if is_wrong:
        _spoil(made, dwelling, len(rows.households))
    for one in made.residents:
        person = _person(one, dwelling.area, made.seen_on)
        rows.people.append(person)
        rows.drawn.append(one)
        rows.memberships.append(Membership(area=dwelling.area, household=household, person=person, relation=one.relation, since=one.came_on))
        rows.residences += [Residence(area=dwelling.area, person=person, dwelling=dwelling, tie=tie, since=one.came_on) for tie in _ties(one, is_second)]


def _spoil(made: homes.Household, dwelling: Dwelling, number: int) -> None:
    """One thing that does not fit together, each kind in its turn."""
    head = made.residents[0]
    spoils = (
        lambda: setattr(head, "relation", "8"),
        lambda: setattr(dwelling, "occupancy", "empty"),
        lambda: setattr(head, "sex", "2" if head.sex == "1" else "1"),
    )
    spoils[number // WRONG_EVERY % len(spoils)]()


def _ties(one: Resident, is_second: bool) -> list[str]:
    found = {"together": ["living", "registered"], "living": ["living"], "registered": ["registered"]}[one.standing]
    if one.is_owner:
        found = [*found, "owner"]
    elif one.standing == "living" and one.relation == "0":
        found = [*found, "tenant"]
    return found


def _person(one: Resident, area: int, seen: date | None) -> Person:
    return Person(
        area=area, name=one.name, pinyin=pinyin_key(one.name), sex=one.sex, born_on=one.born_on, id_kind="111" if one.id_number else "", ethnicity=one.ethnicity,
        marital=one.marital, education=one.education, employment=one.employment, standing=one.standing, registered_at=one.registered_at,
        living_at=one.living_at, came_on=one.came_on, confirmed=_confirmed("person", seen))


def _confirmed(register: str, seen: date | None) -> dict[str, int]:
    return dict.fromkeys(SEEN[register], epoch_day(seen)) if seen else {}


def _number_them(model: type[Any], rows: Sequence[Any]) -> None:
    with connection.cursor() as cursor:
        cursor.execute("select nextval(pg_get_serial_sequence(%s, 'id')) from generate_series(1, %s)", [model._meta.db_table, len(rows)])
        for row, (number,) in zip(rows, cursor.fetchall(), strict=True):
            row.pk = number


def check_fields(area: int, director: Actor, worker: Actor) -> int:
    """A sample in one made-up community, most of it checked, and the first count of all; answers how many fields were checked."""
    drawn = run("quality.draw", director, {"area": area, "register": "person", "size": DRAWN, "due_on": clock.today() + timedelta(days=14)})
    with looking(of_post(worker), read_only=True):
        checks = list(FieldCheck.objects.visible_to(worker).filter(sample=drawn["sample"]).order_by("id").values_list("pk", flat=True)[:CHECKED])
    for place, one in enumerate(checks):
        run("quality.check", worker, {"check": one, "verdict": "wrong" if place % 15 == 7 else "right", "means": "visit"})
    reckoning.measure_city()
    return len(checks)
