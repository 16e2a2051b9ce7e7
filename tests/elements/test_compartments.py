# SPDX-License-Identifier: MulanPSL-2.0
"""Sealed compartments: only named persons, a reason each time, and no trace of them anywhere else."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from django.db import ProgrammingError

from linli.core import registry
from linli.core.actions import run
from linli.core.faults import Conflict, Invalid, NotAble, NotVisible
from linli.core.models import JournalLine, JournalPayload
from linli.core.sight import Actor, looking, of_all
from linli.core.words import words
from linli.elements import compartments
from linli.elements.compartments import KEEPS, SECTION, CompartmentKind
from linli.elements.models import CompartmentEntry, Person
from linli.elements.posts import all_roles
from tests.cast import COMMUNITY, COMMUNITY2, GRID, Cast
from tests.residents import plant

pytestmark = pytest.mark.django_db
SECRET = "钱多多的情况：只有指定人员知道"


@pytest.fixture(autouse=True)
def _kind() -> Iterator[None]:
    compartments.declare(CompartmentKind("planted", words("演示", "Planted")))
    yield
    registry.REGISTRY.remove(SECTION, "planted")


def able(actor: Actor) -> Actor:
    """The actor with the ability, which no role has yet."""
    return replace(actor, abilities=actor.abilities | {KEEPS})


def filled(cast: Cast, **more: Any) -> int:
    """A compartment of the director with one entry."""
    who = able(cast.director)
    made = int(run("compartment.open", who, {"kind": "planted", "area": COMMUNITY} | more)["compartment"])
    run("compartment.write", who, {"compartment": made, "content": SECRET})
    return made


def test_a_named_person_reads_with_a_reason_that_is_journalled(cast: Cast) -> None:
    number = filled(cast)

    found = compartments.look(able(cast.director), number, "本周探访前查看")

    assert [one.text for one in found] == [SECRET]
    with looking(of_all(), read_only=True):
        line = JournalLine.objects.get(action="compartment.look")
        assert JournalPayload.objects.get(line=line).plain["reason"] == "本周探访前查看"


def test_without_a_reason_nothing_opens(cast: Cast) -> None:
    number = filled(cast)

    with pytest.raises(Invalid):
        compartments.look(able(cast.director), number, " ")


def test_whoever_is_not_named_is_told_nothing_even_in_the_same_community(cast: Cast) -> None:
    number = filled(cast)

    for who in (cast.gridworker, cast.head, cast.district, cast.city, cast.director2):
        with pytest.raises(NotVisible):
            compartments.look(able(who), number, "想看看")
    with pytest.raises(NotVisible):
        run("compartment.write", able(cast.gridworker), {"compartment": number, "content": "x"})


def test_naming_gives_and_takes_access_and_the_last_one_stays(cast: Cast) -> None:
    number, other = filled(cast), cast.gridworker.account

    run("compartment.name", able(cast.director), {"compartment": number, "account": other, "is_named": True})
    seen = compartments.look(able(cast.gridworker), number, "接手")
    run("compartment.name", able(cast.director), {"compartment": number, "account": other, "is_named": False})

    assert len(seen) == 1
    with pytest.raises(NotVisible):
        compartments.look(able(cast.gridworker), number, "再看")
    with pytest.raises(Conflict):
        run("compartment.name", able(cast.director), {"compartment": number, "account": cast.director.account, "is_named": False})


def test_a_named_person_who_moved_away_reads_no_more(cast: Cast) -> None:
    number = filled(cast)
    elsewhere = replace(able(cast.director), lo=COMMUNITY2, hi=COMMUNITY2 + 1000)

    with pytest.raises(NotVisible):
        compartments.look(elsewhere, number, "还想看")


def test_nobody_opens_one_outside_his_area_or_of_an_undeclared_kind(cast: Cast) -> None:
    with pytest.raises(Invalid):
        filled(cast, area=COMMUNITY2)
    with pytest.raises(Invalid):
        filled(cast, kind="anything")


def test_no_role_has_the_ability_yet(cast: Cast) -> None:
    assert not [role.name for role in all_roles() if KEEPS in role.abilities]
    with pytest.raises(NotAble):
        cast.do("compartment.open", "director", kind="planted", area=COMMUNITY)


def test_plain_sql_of_the_application_reads_nothing_of_it(cast: Cast) -> None:
    filled(cast)

    with pytest.raises(ProgrammingError, match="permission denied"), looking(of_all()):
        list(CompartmentEntry.objects.all())


def test_no_list_no_export_no_search_and_no_marker_knows_of_it(cast: Cast) -> None:
    person = plant(GRID)
    before = {name: value for name, value in vars(person).items() if name != "_state"}
    filled(cast)

    with looking(of_all(), read_only=True):
        after = {name: value for name, value in vars(Person.objects.get(pk=person.pk)).items() if name != "_state"}
    assert {name: bytes(value) if isinstance(value, memoryview) else value for name, value in after.items()} == before
    assert not [one.name for one in registry.everything("listing") if "compartment" in one.name]
    assert not [one.name for one in registry.everything("register") if "compartment" in one.name]
    assert not [one for one in Person._meta.get_fields() if "compartment" in one.name]


def test_the_journal_keeps_nothing_of_the_content_and_not_what_it_is_about(cast: Cast) -> None:
    filled(cast)

    with looking(of_all(), read_only=True):
        kept = str(list(JournalPayload.objects.filter(line__action="compartment.write").values_list("plain", "sealed")))
        assert SECRET not in kept
        assert "钱多多" not in kept
        assert set(JournalLine.objects.filter(action__startswith="compartment.").values_list("subject_kind", flat=True)) == {"compartment"}
