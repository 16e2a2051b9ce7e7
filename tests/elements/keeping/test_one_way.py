# SPDX-License-Identifier: MulanPSL-2.0
"""A record is written in one way wherever the value comes from: what a door or the resident put right stands in the history as what a form put right."""

import pytest

from linli.core.faults import Invalid
from linli.core.models import JournalPayload
from linli.core.sight import looking, of_all, of_post
from linli.elements.models import Person
from linli.elements.registers import history, records
from linli.elements.registers.declaring import register_named
from tests.cast import GRID, Cast
from tests.residents import number_of, plant

pytestmark = pytest.mark.django_db
PEOPLE = register_named("person")


def last_differences(cast: Cast, person: int) -> list[tuple[str, str, str]]:
    """Field, before and after of the last line about a person, as the grid worker's page shows them."""
    with looking(of_post(cast.gridworker), read_only=True):
        found = records.find(PEOPLE, cast.gridworker, person)
        return [(one.label.zh, one.was, one.now) for one in history.history_of(PEOPLE, found, cast.gridworker)[0].differences]


@pytest.mark.parametrize(("column", "value", "said"), [("name", "王大河", ("姓名", "王大海", "王大河")), ("phone", "13800000000", ("联系电话", "", "138****0000"))])
def test_what_is_put_right_at_the_door_shows_before_and_after_in_the_history(cast: Cast, column: str, value: str, said: tuple[str, str, str]) -> None:
    person = cast.home()["王大海"]

    cast.do("record.correct", "gridworker", register="person", record=person, column=column, value=value, means="visit")

    assert last_differences(cast, person) == [said]
    with looking(of_all(), read_only=True):
        assert "13800000000" not in str(list(JournalPayload.objects.values_list("plain", flat=True)))


def test_what_the_resident_proposed_shows_before_and_after_once_it_is_taken(cast: Cast) -> None:
    person = cast.home()["王大海"]
    code = cast.do("person.give_code", "gridworker", person=person, seen="card")["code"]
    proposal = cast.do("proposal.make", code=code, education="20")["proposal"]

    cast.do("proposal.take", "gridworker", proposal=proposal, version=1, names=["education"])

    assert [one[0] for one in last_differences(cast, person)] == ["文化程度"]


def test_a_number_put_right_at_the_door_tells_the_date_of_birth_that_nobody_gave(cast: Cast) -> None:
    person = cast.home()["王大海"]
    with looking(of_all()):
        Person.objects.filter(pk=person).update(born_on=None)

    cast.do("record.correct", "gridworker", register="person", record=person, column="id_number", value=number_of(3), means="file")

    with looking(of_all(), read_only=True):
        assert str(Person.objects.get(pk=person).born_on) == "1980-02-03"


def test_a_number_that_a_neighbour_bears_is_refused_at_the_door_too(cast: Cast) -> None:
    person = cast.home()["王大海"]
    plant(GRID, serial=5)
    with looking(of_all()):
        Person.objects.filter(pk=person).update(born_on=None)

    with pytest.raises(Invalid) as refused:
        cast.do("record.correct", "gridworker", register="person", record=person, column="id_number", value=number_of(5), means="file")

    assert "钱多多" in refused.value.fields["value"].zh
