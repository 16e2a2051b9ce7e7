# SPDX-License-Identifier: MulanPSL-2.0
"""The made-up residents: right in form, nobody's in fact, the same from the same seed, and only where no real community is."""

from datetime import date

import pytest
from django.db.models import Count, Q

from linli.config.demonstration import homes
from linli.config.demonstration.people import MOST_CHUNKS, Crowd, Resident
from linli.core.actions import run
from linli.core.models import JournalLine
from linli.core.sight import looking, of_all
from linli.core.system_actors import system_actor
from linli.elements import places
from linli.elements.models import Building, Dwelling, Household, Identity, Membership, Person, Residence
from linli.elements.registers.checks import person_numbers
from linli.elements.registers.people import phone_fault
from linli.elements.registers.sealing import open_value

TODAY = date(2026, 11, 23)


@pytest.fixture(scope="module")
def crowd() -> list[Resident]:
    drawn = Crowd(7, 3, TODAY)
    return [one for number in range(1, 31) for one in homes.building(drawn, "示范里", number).people()]


def test_every_number_is_right_in_form_and_belongs_to_no_province(crowd: list[Resident]) -> None:
    numbers = [one.id_number for one in crowd if one.id_number]

    assert {person_numbers.fault(one, today=TODAY) for one in numbers} == {None}
    assert {one[:6] for one in numbers} == {"990003"}
    assert len(set(numbers)) == len(numbers)


def test_numbers_agree_with_birth_and_sex(crowd: list[Resident]) -> None:
    disagreeing = [one for one in crowd if one.id_number and person_numbers.disagreement(one.id_number, born_on=one.born_on, sex=one.sex)]

    assert disagreeing == []


def test_phones_lie_in_ranges_that_nobody_has(crowd: list[Resident]) -> None:
    phones = [one.phone for one in crowd if one.phone]

    assert {phone_fault(one) for one in phones} == {None}
    assert {one[:4] if one[0] == "0" else one[:3] for one in phones} == {"164", "0220"}
    assert len(set(phones)) == len(phones)


def test_there_are_children_and_very_old_people(crowd: list[Resident]) -> None:
    ages = [one.age(TODAY) for one in crowd]

    assert min(ages) == 0
    assert max(ages) >= 98
    assert 0.1 < sum(age < 18 for age in ages) / len(ages) < 0.25


def test_the_same_seed_gives_the_same_people_and_another_chunk_others() -> None:
    one, same, other = (list(homes.building(Crowd(7, chunk, TODAY), "示范里", 1).people()) for chunk in (1, 1, 2))

    assert one == same
    assert {person.id_number for person in one} & {person.id_number for person in other} <= {""}


def test_a_chunk_has_four_digits() -> None:
    with pytest.raises(ValueError, match="1 to 9999"):
        Crowd(1, MOST_CHUNKS + 1, TODAY)


@pytest.fixture
def settled(small_city: None) -> None:
    demonstrator = system_actor("demonstrator")
    run("demonstration.places", demonstrator, {"size": "small", "seed": 5, "since": "2026-01-01"})
    run("demonstration.residents", demonstrator, {"seed": 5})


def test_only_made_up_communities_get_residents(settled: None) -> None:
    with looking(of_all(), read_only=True):
        homes_of = {places.community_of(area).is_demonstration for area in Building.objects.values_list("area", flat=True)}  # type: ignore[union-attr]
        counts = [model.objects.count() for model in (Building, Dwelling, Household, Person)]

    assert homes_of == {True}
    assert counts[0] == 8
    assert counts[1] == 8 * 36
    assert 300 < counts[3] < 900


def test_every_living_resident_lives_somewhere_and_belongs_to_a_household(settled: None) -> None:
    with looking(of_all(), read_only=True):
        people = Person.objects.annotate(homes=Count("residences", Q(residences__tie="living"), distinct=True), belongs=Count("memberships", distinct=True))
        lost = people.filter(standing__in=["together", "living"]).exclude(homes=1).count()
        alone = people.exclude(belongs=1).count()

    assert (lost, alone) == (0, 0)
    with looking(of_all(), read_only=True):
        assert Residence.objects.filter(tie="registered").exists()
        assert Membership.objects.filter(relation="0").exists()


def test_what_is_sealed_opens_for_its_own_record_only(settled: None) -> None:
    with looking(of_all(), read_only=True):
        person = Person.objects.exclude(id_sealed=None).order_by("id")[0]

    number = open_value("person", "id_number", person.pk, person.id_sealed)
    assert number.startswith("99")
    assert number[6:14] == f"{person.born_on:%Y%m%d}"


def test_the_history_of_each_record_says_where_it_came_from_and_each_number_has_its_keeper(settled: None, owner: None) -> None:
    for model in (Building, Dwelling, Household, Person):
        told = JournalLine.objects.filter(subject_kind=model._meta.model_name, action="demonstration.residents").values("subject").distinct().count()
        assert told == model.objects.count()

    assert Identity.objects.count() == Person.objects.exclude(id_index=None).count()


def test_a_second_run_adds_nobody(settled: None) -> None:
    again = run("demonstration.residents", system_actor("demonstrator"), {"seed": 5})

    assert again["done"]["people"] == 0
