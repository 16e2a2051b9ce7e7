# SPDX-License-Identifier: MulanPSL-2.0
"""演示数据: the buildings and dwellings of a made-up estate as Tianjin writes them (里、园 + 号楼 + 门 + 室), and who lives in each."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from linli.config.demonstration.people import ELSEWHERE, Crowd, Resident, household

MISSING = {"phone": 0.10, "marital": 0.08, "education": 0.15, "employment": 0.17, "ethnicity": 0.04, "came_on": 0.35}
"""How often nobody has asked for a field yet (our choice), so that completeness has something to say."""
NO_NUMBER = 0.03


@dataclass(slots=True)
class Household:
    """One household of a dwelling. `seen_on` is the day on which somebody last went through its fields; None was never."""

    residents: list[Resident]
    kind: str = "family"
    booklet: str = ""
    formed_on: date | None = None
    seen_on: date | None = None


@dataclass(slots=True)
class Dwelling:
    """One dwelling with its households: none when empty, two when the owners are registered where tenants live."""

    doorway: str
    floor: int
    room: str
    occupancy: str
    square_decimetres: int | None
    households: list[Household] = field(default_factory=list)
    seen_on: date | None = None


@dataclass(slots=True)
class Building:
    """One building of an estate."""

    quarter: str
    number: str
    floors: int
    doorways: int
    built_in: int
    dwellings: list[Dwelling] = field(default_factory=list)

    def people(self) -> Iterator[Resident]:
        """Everybody of the building."""
        for dwelling in self.dwellings:
            for one in dwelling.households:
                yield from one.residents


def building(crowd: Crowd, quarter: str, number: int, *, floors: int = 6, doorways: int = 3, rooms: int = 2) -> Building:
    """One building with everybody in it."""
    made = Building(quarter, str(number), floors, doorways, crowd.chance.choice((1982, 1986, 1989, 1994, 1998, 2003)))
    for doorway in range(1, doorways + 1):
        for floor in range(1, floors + 1):
            for room in range(1, rooms + 1):
                made.dwellings.append(_dwelling(crowd, str(doorway), floor, f"{floor}{room:02}"))
    return made


def _dwelling(crowd: Crowd, doorway: str, floor: int, room: str) -> Dwelling:
    chance = crowd.chance
    found = chance.random()
    occupancy = "empty" if found < 0.07 else "let" if found < 0.20 else "unknown" if found < 0.28 else "owner"
    made = Dwelling(doorway, floor, room, occupancy, chance.randrange(4_200, 12_800, 10) if chance.random() < 0.8 else None, seen_on=_seen(crowd))
    if occupancy == "let":
        made.households = [_tenants(crowd, made.seen_on)]
        if chance.random() < 0.4:
            made.households.append(_registered_only(crowd, made.seen_on))
    elif occupancy != "empty":
        made.households = [_owners(crowd, made.seen_on)]
    return made


def _seen(crowd: Crowd) -> date | None:
    found = crowd.chance.random()
    if found < 0.12:
        return None
    return crowd.today - timedelta(days=crowd.chance.randint(1, 330) if found < 0.72 else crowd.chance.randint(366, 1_400))


def _owners(crowd: Crowd, seen: date | None) -> Household:
    """A household that is registered and lives here; a grown child may live elsewhere, a daughter-in-law may be registered elsewhere."""
    made = _settled(crowd, household(crowd), seen)
    made.residents[0].is_owner = True
    made.booklet = f"{crowd.chunk:04}{crowd.chance.randrange(10**6):06}"
    for one in made.residents[1:]:
        age, found = one.age(crowd.today), crowd.chance.random()
        if age >= 20 and found < 0.15:
            one.standing, one.living_at, one.phone = "registered", crowd.chance.choice(ELSEWHERE), one.phone if found < 0.1 else ""
        elif found > 0.93:
            one.standing, one.registered_at = "living", crowd.chance.choice(ELSEWHERE)
    return made


def _tenants(crowd: Crowd, seen: date | None) -> Household:
    """A household that lives here and is registered elsewhere."""
    made = _settled(crowd, household(crowd), seen)
    elsewhere = crowd.chance.choice(ELSEWHERE)
    for one in made.residents:
        one.standing, one.registered_at = "living", elsewhere
    return made


def _registered_only(crowd: Crowd, seen: date | None) -> Household:
    """The owners, registered here and living elsewhere."""
    made = _settled(crowd, household(crowd), seen)
    made.residents[0].is_owner = True
    elsewhere = crowd.chance.choice(ELSEWHERE)
    for one in made.residents:
        one.standing, one.living_at = "registered", elsewhere
    return made


def _settled(crowd: Crowd, residents: Sequence[Resident], seen: date | None) -> Household:
    """Since when they live together, and which fields nobody asked yet."""
    youngest_adult = min([one.age(crowd.today) for one in residents if one.age(crowd.today) >= 18], default=20)
    since = crowd.today - timedelta(days=crowd.chance.randint(60, max(90, min(9_000, (youngest_adult - 17) * 365))))
    for one in residents:
        one.came_on = max(since, one.born_on) if one.born_on else since
        for name, share in MISSING.items():
            if crowd.chance.random() < share:
                setattr(one, name, None if name == "came_on" else "")
        if crowd.chance.random() < NO_NUMBER:
            one.id_number = ""
            one.born_on = one.born_on if crowd.chance.random() < 0.7 else None
    return Household(list(residents), formed_on=since if crowd.chance.random() < 0.6 else None, seen_on=seen)
