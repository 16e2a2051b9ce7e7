# SPDX-License-Identifier: MulanPSL-2.0
"""A few people of the cast's city by hand, and two communities full of made-up ones."""

from datetime import date
from typing import Any

import pytest

from linli.config.demonstration import residents
from linli.config.demonstration.people import Crowd
from linli.core import clock
from linli.core.sight import looking, of_all
from linli.elements import places
from linli.elements.models import Building, Dwelling, Household, Membership, Person, QualityFigure, QualityTrouble, Residence
from linli.elements.quality import reckoning
from linli.elements.registers.sealing import index_of, seal_value
from tests.cast import COMMUNITY, COMMUNITY2, GRID, STREET, Cast


class Town:
    """Writes records into a grid; what is not said is filled and right."""

    def __init__(self, area: int = GRID) -> None:
        self.area = area
        self.building = Building.objects.create(area=area, quarter="槐安里", number="3", key=f"槐安里|3|{area}", floors=6)
        self.rooms = 100

    def dwelling(self, **more: Any) -> Dwelling:
        """One more room."""
        self.rooms += 1
        given = {"area": self.area, "building": self.building, "doorway": "2", "floor": 1, "room": str(self.rooms), "key": f"2|{self.rooms}", "occupancy": "owner"}
        return Dwelling.objects.create(**given | more)

    def household(self, dwelling: Dwelling, *people: Person, head: bool = True) -> Household:
        """A household of these people, the first its head, all living in the dwelling."""
        made = Household.objects.create(area=self.area, dwelling=dwelling)
        for place, one in enumerate(people):
            Membership.objects.create(area=self.area, household=made, person=one, relation="0" if place == 0 and head else "8")
            Residence.objects.create(area=self.area, person=one, dwelling=dwelling, tie="living")
        return made

    def person(self, name: str = "王示", *, number: str = "", phone: str = "16400010001", **more: Any) -> Person:
        """One person, with sealed numbers."""
        given = {"area": self.area, "name": name, "sex": "1", "born_on": date(1980, 1, 2), "standing": "together"}
        made = Person.objects.create(**given | more)
        if number:
            made.id_kind, made.id_sealed, made.id_index = "111", seal_value("person", "id_number", made.pk, number), index_of("person", "id_number", number)
        if phone:
            made.phone_sealed, made.phone_index = seal_value("person", "phone", made.pk, phone), index_of("person", "phone", phone)
        made.save()
        return made


@pytest.fixture
def town(cast: Cast, owner: None) -> Town:
    """The first grid of the first community, empty but for one building."""
    return Town()


def settle() -> None:
    """Made-up residents in two communities of the first street."""
    with looking(of_all()):
        for number, area in enumerate((COMMUNITY, COMMUNITY2), start=1):
            residents.draw(Crowd(3, number, clock.today()), places.place_by_area(area), 2).write()


def count() -> None:
    """Count the first street."""
    reckoning.measure(STREET, STREET + 1_000_000)


def pair(area: int, level: str, register: str, aspect: str, name: str = "") -> tuple[int, int] | None:
    """A kept figure as (numerator, denominator)."""
    with looking(of_all(), read_only=True):
        return QualityFigure.objects.filter(area=area, level=level, register=register, aspect=aspect, name=name).values_list("numerator", "denominator").first()


def troubles(rule: str) -> set[int]:
    """Records that break a rule."""
    with looking(of_all(), read_only=True):
        return set(QualityTrouble.objects.filter(rule=rule).values_list("record", flat=True))
