# SPDX-License-Identifier: MulanPSL-2.0
"""Quality as it is counted: what is asked and filled, seen in time, fits together; and every figure opens onto exactly what it lacks."""

from datetime import date, timedelta

import pytest

from linli.core import clock, due
from linli.core.faults import Invalid, NotAble, NotVisible
from linli.core.sight import looking, of_all, of_post
from linli.elements.models import Household, Membership, QualityFigure, QualityTrouble, Residence
from linli.elements.quality import mending
from linli.elements.quality.conditions import counted_fields, measured
from linli.elements.registers.checks import person_numbers
from linli.elements.registers.declaring import register_named
from linli.elements.registers.records import epoch_day
from tests.cast import CITY, COMMUNITY, COMMUNITY2, DISTRICT, GRID, STREET, STREET2, Cast
from tests.elements.quality_town import Town, count, pair, settle, town, troubles

__all__ = ["town"]
TODAY = clock.today()


def number_of(born: date, place: int = 1) -> str:
    first = f"990001{born:%Y%m%d}{place:03}"
    return first + person_numbers.check_sign(first)


def test_a_field_counts_only_where_it_is_asked(town: Town) -> None:
    town.person()
    town.person(phone="")
    town.person(phone="", born_on=TODAY - timedelta(days=5 * 365))

    count()

    assert pair(GRID, "grid", "person", "completeness", "phone") == (1, 2)
    assert pair(GRID, "grid", "person", "completeness", "born_on") == (3, 3)


def test_a_value_that_says_unknown_fills_nothing(town: Town) -> None:
    town.dwelling(occupancy="unknown")
    town.dwelling()

    count()

    assert pair(GRID, "grid", "dwelling", "completeness", "occupancy") == (1, 2)


def test_a_field_is_fresh_for_its_period_and_not_a_day_longer(town: Town) -> None:
    period = register_named("person").column("phone").refresh_days or 0
    town.person(confirmed={"phone": epoch_day(TODAY) - period})
    town.person(confirmed={"phone": epoch_day(TODAY) - period - 1})
    town.person(confirmed={})
    town.person(phone="", confirmed={"phone": epoch_day(TODAY)})

    count()

    assert pair(GRID, "grid", "person", "freshness", "phone") == (1, 3)


def test_who_has_gone_counts_no_more(town: Town) -> None:
    town.person(phone="")
    town.person(phone="", standing="gone")
    town.person(phone="", died_on=TODAY)
    town.person(phone="", standing="other")

    count()

    assert pair(GRID, "grid", "person", "completeness", "phone") == (0, 1)


def test_a_figure_that_was_counted_again_replaces_the_old_one(town: Town) -> None:
    one = town.person(phone="")
    count()
    one.standing = "gone"
    one.save()

    count()

    assert pair(GRID, "grid", "person", "completeness", "phone") is None


def test_a_household_without_a_head_is_found_and_forgotten_when_it_has_one(town: Town) -> None:
    home = town.household(town.dwelling(), town.person(), town.person(), head=False)
    town.household(town.dwelling(), town.person())
    count()
    before = troubles("household_without_head")

    Membership.objects.filter(household=home).update(relation="1")
    Membership.objects.filter(pk=Membership.objects.filter(household=home).order_by("id").first().pk).update(relation="0")  # type: ignore[union-attr]
    count()

    assert before == {home.pk}
    assert troubles("household_without_head") == set()


def test_minors_alone_are_found_and_not_where_an_adult_is(town: Town) -> None:
    child = {"born_on": TODAY - timedelta(days=9 * 365)}
    alone = town.household(town.dwelling(), town.person(**child), town.person(**child))
    town.household(town.dwelling(), town.person(), town.person(**child))
    town.household(town.dwelling(), town.person(born_on=None))

    count()

    assert troubles("minor_alone") == {alone.pk}


def test_an_empty_dwelling_that_is_lived_in_is_found(town: Town) -> None:
    lived_in, empty = town.dwelling(occupancy="empty"), town.dwelling(occupancy="empty")
    town.household(lived_in, town.person())

    count()

    assert troubles("empty_but_lived_in") == {lived_in.pk}
    assert empty.pk not in troubles("empty_but_lived_in")


def test_somebody_in_a_dwelling_of_another_community_is_found(town: Town) -> None:
    there = Town(COMMUNITY2 + 1)
    strayed, settled = town.person(), town.person()
    Residence.objects.create(area=GRID, person=strayed, dwelling=there.dwelling(), tie="living")
    Residence.objects.create(area=GRID, person=settled, dwelling=town.dwelling(), tie="living")

    count()

    assert troubles("dwelling_elsewhere") == {strayed.pk}
    assert troubles("lives_in_no_dwelling") == set()


def test_a_number_held_twice_is_found_but_not_registered_here_and_living_there(town: Town) -> None:
    there, number, other = Town(COMMUNITY2 + 1), number_of(date(1980, 1, 2)), number_of(date(1980, 1, 2), 3)
    here, twice = town.person(number=number), there.person(number=number)
    town.person(number=other, standing="registered")
    there.person(number=other, standing="living")

    count()

    assert troubles("registered_twice") == {here.pk, twice.pk}


def test_rules_of_the_declarations_are_looked_at_in_what_is_sealed(town: Town) -> None:
    right, wrong = town.person(number=number_of(date(1980, 1, 2))), town.person(number=number_of(date(1980, 1, 3)), sex="2")
    miscopied = town.person(number=number_of(date(1980, 1, 2), 5)[:-1] + "A")
    short = town.person(phone="1640001")

    count()

    assert troubles("birth_is_that_of_the_number") == {wrong.pk}
    assert troubles("sex_is_that_of_the_number") == {wrong.pk}
    assert troubles("id_number_is_right") == {miscopied.pk}
    assert troubles("form:phone") == {short.pk}
    assert right.pk not in troubles("id_number_is_right")


def test_a_sealed_value_that_does_not_open_stops_nothing(town: Town) -> None:
    broken, wrong = town.person(number=number_of(date(1980, 1, 2))), town.person(phone="1")
    broken.id_sealed = bytes(broken.id_sealed)[:-1] + b"\0"  # type: ignore[arg-type]
    broken.save()

    count()

    assert troubles("form:phone") == {wrong.pk}


def test_a_trouble_says_no_value(town: Town) -> None:
    town.person(phone="1640001", name="不可见的名字")
    count()

    with looking(of_all(), read_only=True):
        row = QualityTrouble.objects.filter(rule="form:phone").values_list("register", "rule", "area", "record").get()

    assert row[:3] == ("person", "form:phone", GRID)


@pytest.fixture
def settled(cast: Cast) -> None:
    settle()
    count()


def test_places_above_are_the_sums_of_their_grids(settled: None) -> None:
    with looking(of_all(), read_only=True):
        rows = list(QualityFigure.objects.filter(register="person", aspect="completeness", name="phone").values_list("level", "numerator", "denominator"))
    sums = {level: (sum(row[1] for row in rows if row[0] == level), sum(row[2] for row in rows if row[0] == level)) for level, _, _ in rows}

    assert set(sums) == {"grid", "community", "street", "district", "city"}
    assert len(set(sums.values())) == 1
    assert pair(STREET, "street", "person", "completeness", "phone") == sums["grid"]
    assert pair(DISTRICT, "district", "person", "completeness") == pair(CITY, "city", "person", "completeness")


def test_counting_one_community_leaves_the_others_and_brings_the_places_above_up_to_date(settled: None, owner: None) -> None:
    other = pair(COMMUNITY2, "community", "person", "completeness", "phone")
    Town().person(phone="")
    from linli.elements.quality import reckoning

    before = pair(STREET, "street", "person", "completeness", "phone")
    reckoning.measure(COMMUNITY, COMMUNITY + 1_000)

    after = pair(STREET, "street", "person", "completeness", "phone")
    assert pair(COMMUNITY2, "community", "person", "completeness", "phone") == other
    assert before is not None
    assert after == (before[0], before[1] + 1)


def test_every_figure_opens_onto_exactly_what_it_lacks(settled: None, cast: Cast) -> None:
    wrong = []

    with looking(of_post(cast.director), read_only=True):
        for one in QualityFigure.objects.filter(area=COMMUNITY, level="community").exclude(name=""):
            figure = mending.figure_of(f"{one.register}.{one.aspect}.{one.name}")
            listed = mending.to_mend(figure, COMMUNITY, COMMUNITY + 1_000, most=10_000)
            if len(listed) != one.denominator - one.numerator:
                wrong.append((figure.key, len(listed), one.denominator - one.numerator))

    assert wrong == []


def test_the_list_goes_on_where_the_page_ended(settled: None, cast: Cast) -> None:
    figure = mending.figure_of("person.completeness.")

    with looking(of_post(cast.director), read_only=True):
        whole = mending.to_mend(figure, COMMUNITY, COMMUNITY + 1_000, most=10_000)
        first = mending.to_mend(figure, COMMUNITY, COMMUNITY + 1_000, most=7)
        second = mending.to_mend(figure, COMMUNITY, COMMUNITY + 1_000, after=first[6], most=7)

    assert whole[:8] == first
    assert whole[7:15] == second


@pytest.mark.parametrize("text", ["", "person", "person.completeness.nothing", "person.beauty.phone", "nobody.completeness.", "person.completeness.former_name",
                                  "person.consistency.x'; drop table elements_person; --"])
def test_a_figure_that_nobody_counts_is_not_there(text: str) -> None:
    with pytest.raises(NotVisible):
        mending.figure_of(text)


def test_every_column_of_a_person_counts_unless_it_says_that_it_does_not() -> None:
    names = {one.column.name for one in counted_fields(register_named("person"))}

    assert {one.name for one in register_named("person").columns if one.counts_in_completeness} <= names
    assert {"person", "household", "dwelling", "building"} <= {one.name for one in measured()}


def test_a_count_on_demand_follows_its_action(cast: Cast) -> None:
    settle()
    cast.do("quality.measure", "director", area=COMMUNITY)

    while due.drain():
        pass

    assert pair(COMMUNITY, "community", "person", "completeness") is not None
    assert pair(COMMUNITY2, "community", "person", "completeness") is None


def test_nobody_counts_a_place_outside_his_range_or_a_whole_district(cast: Cast) -> None:
    with pytest.raises(NotVisible):
        cast.do("quality.measure", "director2", area=COMMUNITY)
    with pytest.raises(NotAble):
        cast.do("quality.measure", "gridworker", area=COMMUNITY)
    with pytest.raises(Invalid):
        cast.do("quality.measure", "district", area=DISTRICT)


def test_a_street_sees_no_figure_of_its_neighbour(settled: None, cast: Cast) -> None:
    with looking(of_post(cast.dispatcher2), read_only=True):
        found = QualityFigure.objects.count()

    assert found == 0
    assert STREET2 != STREET


def test_the_whole_city_is_counted_by_night(cast: Cast) -> None:
    settle()
    from linli.elements.quality import measuring

    measuring.measure_nightly()

    assert pair(CITY, "city", "household", "consistency") is not None
    with looking(of_all(), read_only=True):
        assert Household.objects.exists()
