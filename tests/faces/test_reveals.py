# SPDX-License-Identifier: MulanPSL-2.0
"""One protected value opened on the page of its record: asked for a purpose and a reason, journalled, shown once and in its place."""

import pytest
from django.test import Client
from django.urls import reverse

from linli.core import registry
from linli.core.models import JournalLine, JournalPayload
from linli.core.sight import looking, of_all
from linli.elements import looks
from linli.elements.registers.declaring import registers
from tests.cast import GRID, GRID2, Cast
from tests.faces.browsers import page, signed_in
from tests.residents import EMPLOYER, PHONE, house, number_of, plant

pytestmark = pytest.mark.django_db
GIVEN = {"purpose": "visit", "reason": "上门前联系"}


def address(person: int, column: str = "phone", register: str = "person") -> str:
    return reverse("desk:record_reveal", args=[register, person, column])


def lines() -> int:
    with looking(of_all(), read_only=True):
        return JournalLine.objects.filter(action=looks.REVEAL).count()


def test_the_record_offers_each_masked_value_and_shows_none(cast: Cast) -> None:
    person = plant(GRID)
    text = page(signed_in("gridworker"), f"/desk/registers/person/{person.pk}/")

    assert all(address(person.pk, column) in text for column in ("phone", "id_number", "employer"))
    assert not any(secret in text for secret in (PHONE, number_of(1), EMPLOYER))
    assert address(person.pk, "name") not in text


@pytest.mark.parametrize(("column", "secret"), [("phone", PHONE), ("id_number", number_of(1)), ("employer", EMPLOYER)])
def test_one_value_is_shown_in_its_place_and_only_that_one(cast: Cast, column: str, secret: str) -> None:
    person, client = plant(GRID), signed_in("gridworker")
    asked = page(client, address(person.pk, column))
    answer = client.post(address(person.pk, column), GIVEN)
    text = answer.content.decode()

    assert secret not in asked
    assert secret in text
    assert not any(other in text for other in {PHONE, number_of(1), EMPLOYER} - {secret})
    assert answer["Cache-Control"] == "no-store"
    assert 'data-hide-on-leave="' in text
    assert secret not in page(client, f"/desk/registers/person/{person.pk}/")
    with looking(of_all(), read_only=True):
        line = JournalLine.objects.get(action=looks.REVEAL)
        plain = JournalPayload.objects.get(line=line).plain
    assert (line.subject, plain["column"], plain["purpose"], plain["reason"]) == (person.pk, column, "visit", "上门前联系")


@pytest.mark.parametrize("given", [{}, {"purpose": "visit"}, {"reason": "x"}, {"purpose": "curiosity", "reason": "x"}])
def test_without_a_purpose_and_a_reason_nothing_opens_and_nothing_typed_is_lost(cast: Cast, given: dict[str, str]) -> None:
    person = plant(GRID)
    answer = signed_in("gridworker").post(address(person.pk), given)
    text = answer.content.decode()

    assert answer.status_code == 422
    assert PHONE not in text
    assert lines() == 0
    assert "reason" not in given or 'value="x"' in text


def test_who_may_not_look_is_neither_offered_it_nor_told_more_than_of_nothing(cast: Cast) -> None:
    own, other = plant(GRID), plant(GRID2, serial=2)
    cases: list[tuple[Client, str]] = [
        (signed_in("gridworker"), address(other.pk)), (signed_in("gridworker"), address(10**9)), (signed_in("gridworker"), address(own.pk, "name")),
        (signed_in("gridworker"), address(own.pk, "nothing")), (signed_in("gridworker2"), address(own.pk)), (signed_in("city"), address(own.pk))]

    for client, where in cases:
        for answer in (client.get(where), client.post(where, GIVEN)):
            assert answer.status_code in (403, 404), where
            assert PHONE not in answer.content.decode()
    assert lines() == 0


def test_a_value_that_is_not_held_leads_back_to_the_record(cast: Cast) -> None:
    person = plant(GRID, phone_sealed=None, phone_index=None)

    answer = signed_in("gridworker").get(address(person.pk))

    assert (answer.status_code, answer["Location"]) == (302, f"/desk/registers/person/{person.pk}/")


def test_the_number_of_a_household_opens_in_the_same_way(cast: Cast) -> None:
    home = house(plant(GRID))
    with looking(of_all()):
        household = home.households.get()
    given = {"household": household.pk, "version": household.version, "booklet": "000123456"}
    cast.do("household.change", "gridworker", **given)

    answer = signed_in("gridworker").post(address(household.pk, "booklet", "household"), GIVEN)

    assert "000123456" in answer.content.decode()
    assert lines() == 1


def test_every_protected_column_of_every_register_can_be_asked_for(cast: Cast) -> None:
    asked = {one.name for one in registry.get("action", looks.REVEAL).fields}
    protected = [(one.name, column.name) for one in registers() for column in one.columns if column.protection.is_encrypted]

    assert asked >= {"register", "record", "column", "purpose", "reason"}
    assert {register for register, _ in protected} == {"person", "household"}
