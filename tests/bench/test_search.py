# SPDX-License-Identifier: MulanPSL-2.0
"""The crowd of the bench is made whole, and every kind of question finds something in it."""

import random
from dataclasses import replace

import pytest

from bench import crowds, search
from linli.elements.models import Dwelling, KnownName, Membership, Person, PlaceName, Residence
from linli.matters.models import Matter
from tests.cast import Cast

KINDS = {"name, whole", "name, given part", "name, beginning", "surname alone", "pinyin, whole", "pinyin, beginning", "initials", "two letters", "nobody's name",
         "address", "address with places", "address, short", "estate", "part of an estate", "organisation", "part of an organisation", "matter, number",
         "matter, two characters", "matter, four characters", "matter, two words", "place, old name", "identity number", "phone"}


@pytest.mark.slow
@pytest.mark.django_db
def test_every_kind_of_question_is_asked_and_answered(cast: Cast, owner: None) -> None:
    took = crowds.make(400)
    known = KnownName.objects.count()
    drawn = random.Random(1)
    actors = dict(search._actors(drawn))
    questions = list(search._questions(actors["city"], drawn, 3))
    rows = search._measured("city", replace(actors["city"], account=cast.city.account, post=cast.city.post), questions)

    assert (Person.objects.count(), Residence.objects.count(), Membership.objects.filter(relation="0").exists()) == (400, 400, True)
    assert min(Dwelling.objects.count(), Matter.objects.count(), known, PlaceName.objects.count()) > 3
    assert set(took) >= {"people", "dwellings", "matters"}
    assert {row["kind"] for row in rows} == KINDS
    assert [row["kind"] for row in rows if row["answered"] < row["asked"] and row["kind"] != "nobody's name"] == []
