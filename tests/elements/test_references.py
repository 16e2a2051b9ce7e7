# SPDX-License-Identifier: MulanPSL-2.0
"""References among the tables of people and homes: looked at by triggers once a statement, as strict as the database's own."""

from collections.abc import Callable
from datetime import date

import pytest
from django.apps import apps
from django.db import DatabaseError, IntegrityError, connection, models, transaction

from linli.core.sight import looking, of_all
from linli.elements.models import Building, Dwelling, Household, Membership, Person, Residence
from tests.cast import COMMUNITY, Cast

pytestmark = pytest.mark.django_db
NOBODY = 999_999_999


@pytest.fixture
def home(cast: Cast) -> dict[str, int]:
    """One person at home; answers the numbers of what there is."""
    with looking(of_all()):
        building = Building.objects.create(area=COMMUNITY, number="1", key="/1")
        dwelling = Dwelling.objects.create(area=COMMUNITY, building=building, room="101", key="-101")
        household = Household.objects.create(area=COMMUNITY, dwelling=dwelling)
        person = Person.objects.create(area=COMMUNITY, name="张大山")
        Membership.objects.create(area=COMMUNITY, household=household, person=person, relation="0")
        Residence.objects.create(area=COMMUNITY, person=person, dwelling=dwelling, tie="living")
    return {"building": building.pk, "dwelling": dwelling.pk, "household": household.pk, "person": person.pk}


def refused(sql: str, error: type[Exception] = IntegrityError) -> None:
    """The owner of the tables runs it, whom no policy hinders, and the database refuses."""
    with pytest.raises(error), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql)


def test_every_reference_without_a_constraint_of_its_own_is_looked_at() -> None:
    declared = {(one.model._meta.db_table, one.column, one.related_model._meta.db_table) for model in apps.get_models() for one in model._meta.local_concrete_fields
                if isinstance(one, models.ForeignKey) and not one.db_constraint}
    with connection.cursor() as cursor:
        cursor.execute("select * from set_references()")
        known = set(cursor.fetchall())
        cursor.execute("select tgname from pg_trigger where not tgisinternal and tgenabled = 'O'")
        triggers = {row[0] for row in cursor.fetchall()}

    assert declared == known
    assert len(known) == 6
    for child, link, parent in known:
        names = child.removeprefix("elements_"), parent.removeprefix("elements_")
        assert {f"{names[0]}_refers", f"{names[0]}_{link}_turns", f"{names[1]}_is_referred", f"{names[1]}_keeps_number"} <= triggers


def test_rows_that_refer_to_nothing_are_refused(home: dict[str, int]) -> None:
    makers: dict[str, Callable[[], object]] = {
        "dwelling": lambda: Dwelling.objects.create(area=COMMUNITY, building_id=NOBODY, key="-1"),
        "household": lambda: Household.objects.create(area=COMMUNITY, dwelling_id=NOBODY),
        "household of a member": lambda: Membership.objects.create(area=COMMUNITY, household_id=NOBODY, person_id=home["person"], until=date(2020, 1, 1)),
        "member": lambda: Membership.objects.create(area=COMMUNITY, household_id=home["household"], person_id=NOBODY),
        "dwelling of a tie": lambda: Residence.objects.create(area=COMMUNITY, dwelling_id=NOBODY, person_id=home["person"], tie="owner"),
        "one of many": lambda: Residence.objects.bulk_create(
            [Residence(area=COMMUNITY, dwelling_id=home["dwelling"], person_id=one, tie="owner") for one in (home["person"], NOBODY)])}
    for make in makers.values():
        with pytest.raises(IntegrityError, match="not there"), looking(of_all()):
            make()


def test_a_reference_that_may_be_empty_stays_empty(home: dict[str, int]) -> None:
    with looking(of_all()):
        assert Household.objects.create(area=COMMUNITY, dwelling=None).dwelling_id is None


def test_a_reference_cannot_be_turned_to_nothing(home: dict[str, int]) -> None:
    for table, column in (("dwelling", "building_id"), ("household", "dwelling_id"), ("membership", "household_id"), ("membership", "person_id"),
                          ("residence", "dwelling_id"), ("residence", "person_id")):
        refused(f"update elements_{table} set {column} = {NOBODY}")


def test_what_is_referred_to_cannot_go_nor_change_its_number(home: dict[str, int]) -> None:
    for name, number in home.items():
        refused(f"delete from elements_{name} where id = {number}")
        refused(f"update elements_{name} set id = {NOBODY} where id = {number}", DatabaseError)
    with connection.cursor() as cursor:
        for child in ("membership", "residence"):
            cursor.execute(f"delete from elements_{child} where person_id = %s", [home["person"]])
        for name in ("person", "household", "dwelling", "building"):
            cursor.execute(f"delete from elements_{name} where id = %s", [home[name]])


def test_nobody_is_tied_twice_in_the_same_way(home: dict[str, int]) -> None:
    with looking(of_all()):
        Residence.objects.create(area=COMMUNITY, person_id=home["person"], dwelling_id=home["dwelling"], tie="owner")
    for tie in ("owner", "living"):
        with pytest.raises(IntegrityError), looking(of_all()):
            Residence.objects.create(area=COMMUNITY, person_id=home["person"], dwelling_id=home["dwelling"], tie=tie)
