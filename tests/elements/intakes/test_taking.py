# SPDX-License-Identifier: MulanPSL-2.0
"""A file into the registers: what goes in, what a second time changes, what a changed file changes, and all of it undone."""

from typing import Any

import pytest

from linli.core.sight import looking, of_all
from linli.elements.intakes.origins import origins_of
from linli.elements.models import Building, Dwelling, Household, Membership, Person, Residence
from linli.elements.registers import sealing
from tests.cast import COMMUNITY, Cast
from tests.elements.intakes.tables import bring, csv_of, number, person, take, undo

pytestmark = pytest.mark.django_db
TABLES = (Building, Dwelling, Household, Person, Membership, Residence)


def family() -> list[dict[str, Any]]:
    return [person("张大山", 1), person("李小花", 2, 与户主关系="妻", 工作单位="第一棉纺厂"), person("张小山", 3, 与户主关系="儿子", 出生日期="1990-03-07"),
            person("王五", 5, 室="102", 人户情况="人在户不在")]


def counts() -> list[int]:
    with looking(of_all(), read_only=True):
        return [one.objects.count() for one in TABLES]


def test_a_family_goes_in_with_its_dwelling_household_and_ties(cast: Cast) -> None:
    found = take(cast, bring(cast, csv_of(family())))

    assert found.state == "taken", found.trouble
    assert counts() == [1, 2, 2, 4, 4, 7]
    with looking(of_all(), read_only=True):
        wife = Person.objects.get(name="李小花")
        assert (wife.area, wife.sex, str(wife.born_on), wife.standing, wife.ethnicity) == (COMMUNITY, "2", "1990-03-07", "together", "01")
        assert wife.id_index == sealing.index_of("person", "id_number", number(serial=2))
        assert sealing.open_value("person", "id_number", wife.pk, wife.id_sealed) == number(serial=2)
        assert sealing.open_value("person", "phone", wife.pk, wife.phone_sealed) == "13800000002"
        assert (sealing.open_bundle("person", wife.pk, wife.sealed), wife.sealed_names) == ({"employer": "第一棉纺厂"}, "employer")
        assert set(Membership.objects.filter(household=wife.memberships.get().household).values_list("relation", flat=True)) == {"0", "1", "2"}


def test_the_same_file_twice_changes_nothing(cast: Cast) -> None:
    take(cast, bring(cast, csv_of(family())))
    before = counts()

    again = bring(cast, csv_of(family()))

    assert {name: again.counts.get(name) for name in ("add", "change", "same", "bad", "ask")} == {"add": 0, "change": 0, "same": 4, "bad": 0, "ask": 0}
    assert counts() == before


def test_a_file_that_says_something_new_changes_that_and_nothing_else(cast: Cast) -> None:
    take(cast, bring(cast, csv_of(family())))
    lines = family()
    lines[1] |= {"联系电话": "13911112222", "工作单位": "", "民族": "回族"}

    found = take(cast, bring(cast, csv_of(lines)))

    assert (found.counts["change"], found.counts["same"], found.counts["add"]) == (1, 3, 0)
    with looking(of_all(), read_only=True):
        wife = Person.objects.get(name="李小花")
        assert [one.what for one in origins_of(cast.director, "person", wife.pk)] == ["added", "changed"]
        assert origins_of(cast.director2, "person", wife.pk) == []
        assert sealing.open_value("person", "phone", wife.pk, wife.phone_sealed) == "13911112222"
        assert sealing.open_bundle("person", wife.pk, wife.sealed) == {"employer": "第一棉纺厂"}
        assert (wife.ethnicity, wife.version) == ("03", 2)


def test_undoing_takes_back_what_was_added_and_what_was_changed(cast: Cast) -> None:
    take(cast, bring(cast, csv_of(family()[:3])))
    before = counts()
    with looking(of_all(), read_only=True):
        was = Person.objects.filter(name="李小花").values().get()
    lines = family()
    lines[1] |= {"联系电话": "13911112222"}
    taken = take(cast, bring(cast, csv_of(lines)))
    assert counts() != before

    undone = undo(cast, taken)

    assert (undone.state, undone.options.get("kept", {})) == ("undone", {})
    assert counts() == before
    with looking(of_all(), read_only=True):
        assert Person.objects.filter(name="李小花").values().get() == was


def test_a_record_that_changed_since_stays_and_is_listed(cast: Cast) -> None:
    taken = take(cast, bring(cast, csv_of(family())))
    with looking(of_all()):
        child = Person.objects.get(name="张小山")
        Person.objects.filter(pk=child.pk).update(education="10", version=2)

    undone = undo(cast, taken)

    assert undone.options["kept"] == {"person": [child.pk]}
    assert counts() == [1, 1, 1, 1, 1, 2]
