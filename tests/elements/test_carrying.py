# SPDX-License-Identifier: MulanPSL-2.0
"""Living records follow their ground when grids are redrawn; every fenced table says what it follows."""

from datetime import timedelta

import pytest
from django.apps import apps

from linli.core import clock, due, following
from linli.core.models import Facet
from linli.core.sight import AreaModel, looking, of_all
from linli.elements import carrying
from linli.elements.models import (
    Building,
    Dwelling,
    FieldCheck,
    FieldSample,
    Household,
    LifeEvent,
    Membership,
    Person,
    Proposal,
    Residence,
    Responsibility,
    Seat,
    Thing,
    Unreached,
    Visit,
)
from linli.elements.reactions import find_left_behind
from tests.cast import COMMUNITY, GRID, Cast
from tests.matters import grounds
from tests.matters.grounds import cuts, redraw

pytestmark = pytest.mark.django_db
W6, S6 = round(grounds.WEST * 1_000_000), round(grounds.SOUTH * 1_000_000)


def settle() -> None:
    while due.drain():
        pass


def test_every_fenced_table_says_what_it_follows() -> None:
    assert following.faults() == []


def test_a_table_that_says_nothing_is_named() -> None:
    class Silent(AreaModel):
        class Meta:
            app_label = "elements"
            managed = False

    try:
        assert following.rule_of(Silent) == ""
        assert any("Silent" in sentence for sentence in following.faults())
    finally:
        del apps.all_models["elements"]["silent"]
        apps.clear_cache()


@pytest.fixture
def home(cast: Cast) -> dict[str, int]:
    """A household in the west of the first community with all that hangs on it."""
    grounds.draw_old()
    made = cast.kept()
    with looking(of_all()):
        Building.objects.filter(pk=made["building"]).update(lon_e6=W6 + 1_000, lat_e6=S6 + 3_000)
        building, person = Building.objects.get(pk=made["building"]), Person.objects.get(pk=made["person"])
        Responsibility.objects.create(area=GRID, building=building, post_id=cast.posts["gridworker"], since=clock.today() - timedelta(days=9))
        Unreached.objects.create(area=GRID, building=building, service="micro_fire_station")
        thing = Thing.objects.create(area=GRID, kind="micro_fire_station", name="站", building=building)
        Seat.objects.create(area=GRID, thing=thing, office="crew", name="甲")
        Facet.objects.create(area=GRID, subject_kind="person", subject=person.pk, key="person.x", value="1")
        sample = FieldSample.objects.create(area=COMMUNITY, register="person", seed=1, size=1, population=1, drawn_on=clock.today(), due_on=clock.today())
        FieldCheck.objects.create(area=GRID, sample=sample, register="person", record=person.pk, name="phone", due_on=clock.today())
    return made


LIVING = (Building, Dwelling, Household, Person, Membership, Residence, Responsibility, Unreached, Thing, Seat, Visit, LifeEvent, Proposal, FieldCheck, Facet)


def test_everything_that_lives_in_a_building_goes_with_it_into_its_new_grid(cast: Cast, home: dict[str, int]) -> None:
    redraw(cast, cuts(0.3, 0.6), clock.today())
    settle()

    with looking(of_all()):
        where = {model.__name__: set(model.objects.values_list("area", flat=True)) for model in LIVING}
    assert where == {model.__name__: {COMMUNITY + 3} for model in LIVING}


def test_nothing_follows_before_its_day_and_a_building_without_a_position_goes_with_its_whole_grid_or_to_the_community(cast: Cast, home: dict[str, int]) -> None:
    with looking(of_all()):
        Building.objects.update(lon_e6=None, lat_e6=None)
    day = clock.today() + timedelta(days=3)
    redraw(cast, cuts(0.3, 0.6), day)
    settle()
    with looking(of_all()):
        before = set(Person.objects.values_list("area", flat=True))

    with clock.standing_at(clock.now() + timedelta(days=4)):
        settle()
        with looking(of_all()):
            after = set(Person.objects.values_list("area", flat=True))

    assert (before, after) == ({GRID}, {COMMUNITY})


def test_work_that_was_broken_off_is_found_and_finished(cast: Cast, home: dict[str, int]) -> None:
    redraw(cast, cuts(0.3, 0.6), clock.today())
    with looking(of_all()):
        once = carrying.carry(COMMUNITY, buildings=1, records=1)

        found = find_left_behind()
    settle()

    assert once["elements.Building"] == 1
    assert found in (0, 1)
    with looking(of_all()):
        assert carrying.carry(COMMUNITY) == {}
        assert set(Household.objects.values_list("area", flat=True)) == {COMMUNITY + 3}
