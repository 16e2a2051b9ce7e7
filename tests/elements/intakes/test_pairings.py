# SPDX-License-Identifier: MulanPSL-2.0
"""Who is who: nearly the same is asked, the answer is remembered, and nobody is asked about what is certain."""

from typing import Any

import pytest

from linli.core.faults import Conflict, NotVisible
from linli.core.sight import looking, of_all
from linli.elements.intakes import reviewing
from linli.elements.models import Pairing, Person
from tests.cast import Cast
from tests.elements.intakes.tables import bring, csv_of, number, person, take

pytestmark = pytest.mark.django_db


def nameless(**more: Any) -> dict[str, Any]:
    """A line without a number."""
    return person("陈静", 2) | {"身份证号": None, "出生日期": "1990-03-07", "性别": "女"} | more


def open_pairs(cast: Cast) -> list[Pairing]:
    with looking(of_all(), read_only=True):
        return list(Pairing.objects.filter(answer=""))


def people() -> int:
    with looking(of_all(), read_only=True):
        return Person.objects.count()


def test_the_same_name_birth_and_dwelling_is_one_person_without_a_question(cast: Cast) -> None:
    take(cast, bring(cast, csv_of([nameless()])))

    found = take(cast, bring(cast, csv_of([person("陈静", 2)])))

    assert (found.counts["change"], found.counts["ask"], people()) == (1, 0, 1)
    with looking(of_all(), read_only=True):
        assert Person.objects.get().id_sealed is not None


def test_the_same_name_and_birth_at_another_address_is_asked_and_waits(cast: Cast) -> None:
    take(cast, bring(cast, csv_of([nameless()])))

    found = take(cast, bring(cast, csv_of([person("陈静", 2, 室="301", 楼号="2"), person("别人", 7, 室="302", 楼号="2")])))

    assert (found.counts["ask"], found.counts["add"], people()) == (1, 1, 2)
    pair, = open_pairs(cast)
    assert pair.reasons == ["name", "birth"]
    with looking(of_all(), read_only=True):
        shown = reviewing.side_by_side(cast.director, [pair])[0]
    assert shown["file"][0] == "陈静"
    assert number(serial=2) not in str(shown["file"]) + str(shown["known"])
    assert "3" in shown["known"][4] or "1" in shown["known"][4]


def test_two_persons_said_once_is_never_asked_again(cast: Cast) -> None:
    take(cast, bring(cast, csv_of([nameless()])))
    lines = [person("陈静", 2, 室="301", 楼号="2")]
    first = take(cast, bring(cast, csv_of([*lines, person("别人", 7, 室="302", 楼号="2")])))
    cast.do("pairing.answer", "director", pairing=open_pairs(cast)[0].pk, answer="different")

    again = take(cast, first)
    third = bring(cast, csv_of(lines))

    assert (again.counts["ask"], people()) == (0, 3)
    assert (third.counts["ask"], third.counts["same"]) == (0, 1)


def test_one_person_said_once_joins_the_record_that_stands(cast: Cast) -> None:
    take(cast, bring(cast, csv_of([nameless(出生日期=None)])))
    lines = [person("陈静", 2, 与户主关系="户主"), person("别人", 7, 室="302", 楼号="2")]
    first = take(cast, bring(cast, csv_of(lines)))
    pair, = open_pairs(cast)
    assert pair.reasons == ["name", "address"]
    cast.do("pairing.answer", "director", pairing=pair.pk, answer="same")

    again = take(cast, first)

    assert (again.counts["ask"], people()) == (0, 2)
    with looking(of_all(), read_only=True):
        assert str(Person.objects.get(name="陈静").born_on) == "1990-03-07"
    assert bring(cast, csv_of(lines)).counts["same"] == 2


def test_a_pair_is_answered_once_and_by_nobody_of_another_community(cast: Cast) -> None:
    take(cast, bring(cast, csv_of([nameless()])))
    bring(cast, csv_of([person("陈静", 2, 室="301", 楼号="2")]))
    pair, = open_pairs(cast)

    with pytest.raises(NotVisible):
        cast.do("pairing.answer", "director2", pairing=pair.pk, answer="same")
    cast.do("pairing.answer", "director", pairing=pair.pk, answer="same")
    with pytest.raises(Conflict):
        cast.do("pairing.answer", "director", pairing=pair.pk, answer="different")
