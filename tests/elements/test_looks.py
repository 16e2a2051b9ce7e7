# SPDX-License-Identifier: MulanPSL-2.0
"""Looks at personal data: masked first, opened for a purpose and a reason, each a line that the person gets to read."""

from pathlib import Path
from typing import Any

import pytest

from linli.core.faults import Invalid, NotAble, NotVisible
from linli.core.models import JournalLine, JournalPayload
from linli.core.protection import Protection
from linli.core.sight import looking, of_all, of_post
from linli.doors import exports
from linli.elements import looks, purposes
from linli.elements.purposes import Purpose
from linli.elements.registers.declaring import register_named
from tests.cast import COMMUNITY, GRID, GRID2, Cast
from tests.faces.browsers import page, signed_in
from tests.residents import EMPLOYER, PHONE, number_of, plant

pytestmark = pytest.mark.django_db
REASON = "电话核对门牌"


def reveal(cast: Cast, person: int, by: str = "gridworker", column: str = "phone", purpose: str = "visit", **more: object) -> dict[str, object]:
    return cast.do("register.reveal", by, **({"register": "person", "record": person, "column": column, "purpose": purpose, "reason": REASON} | more))


def test_a_value_is_opened_for_a_purpose_and_the_look_stays(cast: Cast) -> None:
    person = plant(GRID)

    answer = reveal(cast, person.pk)

    assert answer["value"] == PHONE
    with looking(of_all(), read_only=True):
        line = JournalLine.objects.get(action="register.reveal")
        said = JournalPayload.objects.get(line=line).plain
    assert (line.subject_kind, line.subject, line.post) == ("person", person.pk, cast.gridworker.post)
    assert (said["purpose"], said["reason"], said["column"]) == ("visit", REASON, "phone")
    assert PHONE not in str(said)


def test_numbers_and_bundled_fields_open_too(cast: Cast) -> None:
    person = plant(GRID)

    assert reveal(cast, person.pk, column="id_number")["value"] == number_of(1)
    assert reveal(cast, person.pk, column="employer")["value"] == EMPLOYER
    assert reveal(cast, person.pk, column="registered_address")["value"] == ""


@pytest.mark.parametrize("missing", ["purpose", "reason"])
def test_without_a_purpose_or_a_reason_nothing_opens(cast: Cast, missing: str) -> None:
    person = plant(GRID)

    with pytest.raises(Invalid) as refused:
        reveal(cast, person.pk, **{missing: ""})

    assert set(refused.value.fields) == {missing}


def test_a_purpose_that_nobody_declared_opens_nothing(cast: Cast) -> None:
    person = plant(GRID)

    with pytest.raises(Invalid):
        reveal(cast, person.pk, purpose="curiosity")


def test_a_neighbour_and_a_post_without_the_right_open_nothing(cast: Cast) -> None:
    person = plant(GRID)

    with pytest.raises(NotVisible):
        reveal(cast, person.pk, by="gridworker2")
    with pytest.raises(NotAble):
        reveal(cast, person.pk, by="dispatcher")
    with pytest.raises(NotAble):
        reveal(cast, person.pk, by="city")
    with looking(of_all(), read_only=True):
        assert not JournalLine.objects.filter(action="register.reveal").exists()


def test_an_open_field_is_not_revealed(cast: Cast) -> None:
    person = plant(GRID)

    with pytest.raises(Invalid) as refused:
        reveal(cast, person.pk, column="name")

    assert set(refused.value.fields) == {"column"}


def test_no_purpose_opens_the_sealed_compartment() -> None:
    with pytest.raises(ValueError, match="class 4"):
        purposes.declare(Purpose("planted", purposes.choices()[0][1], Protection.SEALED))


def test_values_are_masked_by_class() -> None:
    people = register_named("person")

    assert looks.shown(people.column("id_number"), number_of(1)) == "990***********" + number_of(1)[-4:]
    assert looks.shown(people.column("phone"), PHONE) == "139****1234"
    assert looks.shown(people.column("employer"), EMPLOYER) == "******"
    assert looks.shown(people.column("name"), "钱多多") == "钱多多"
    assert looks.shown(people.column("phone"), "") == ""


def test_what_the_person_reads_is_unit_and_purpose_never_who_or_the_reason(cast: Cast) -> None:
    person = plant(GRID)
    reveal(cast, person.pk)

    with looking(of_post(cast.gridworker), read_only=True):
        found = looks.looks_at(register_named("person"), person.pk)

    assert [(one.unit, one.purpose.zh, one.column.zh) for one in found] == [("居委会一", "走访联系", "联系电话")]
    assert REASON not in str(found)
    assert "gridworker" not in str(found)


def test_what_the_law_keeps_secret_is_journalled_but_not_shown(cast: Cast) -> None:
    person = plant(GRID)
    reveal(cast, person.pk, purpose="law")

    with looking(of_post(cast.gridworker), read_only=True):
        found = looks.looks_at(register_named("person"), person.pk)
        lines = JournalLine.objects.filter(action="register.reveal").count()

    assert (found, lines) == ([], 1)


@pytest.mark.parametrize(("count", "is_noted"), [(50, False), (51, True), (13_600, True)])
def test_a_list_of_more_than_fifty_names_is_journalled(cast: Cast, count: int, is_noted: bool) -> None:
    assert looks.looked_at_list(cast.gridworker, "person", count, "visit") is is_noted

    with looking(of_all(), read_only=True):
        found = list(JournalLine.objects.filter(action="register.look_at_list").values_list("area", "subject_kind"))
    assert found == ([(COMMUNITY, "register")] if is_noted else [])


def test_a_list_is_not_noted_inside_the_pages_own_transaction(cast: Cast) -> None:
    with looking(of_post(cast.gridworker)), pytest.raises(RuntimeError, match="before or after"):
        looks.looked_at_list(cast.gridworker, "person", 51, "visit")


def test_a_list_needs_a_declared_purpose(cast: Cast) -> None:
    with pytest.raises(LookupError, match="No purpose"):
        looks.looked_at_list(cast.gridworker, "person", 51, "because")


def test_a_long_list_that_is_taken_out_is_a_look_with_count_and_class_that_the_people_of_that_ground_may_read(cast: Cast, settings: Any, tmp_path: Path) -> None:
    settings.EXPORT_ROOT = tmp_path
    for serial in range(1, looks.LIST_FROM + 2):
        plant(GRID, serial=serial)
    here, there = plant(GRID, serial=900), plant(GRID2, serial=901)
    number = cast.do("export.make", "director", listing="register.person", form="csv")["export"]

    exports.write(number)
    register = register_named("person")
    with looking(of_all(), read_only=True):
        line = JournalLine.objects.get(action=looks.LIST)
        told = JournalPayload.objects.get(line=line).plain
        own, others = looks.looks_at(register, here.pk, area=here.area), looks.looks_at(register, there.pk, area=there.area)

    assert (told["count"], told["protection"], told["export"], told["register"]) == (looks.LIST_FROM + 2, "2", number, "person")
    assert [(one.unit, "52" in one.column.zh) for one in own] == [("居委会一", True)]
    assert others == []


def test_a_short_list_is_no_line(cast: Cast, settings: Any, tmp_path: Path) -> None:
    settings.EXPORT_ROOT = tmp_path
    plant(GRID)

    exports.write(cast.do("export.make", "director", listing="register.person", form="csv")["export"])

    with looking(of_all(), read_only=True):
        assert not JournalLine.objects.filter(action=looks.LIST).exists()


def test_a_long_list_on_the_screen_is_a_line_too(cast: Cast) -> None:
    for serial in range(1, looks.LIST_FROM + 2):
        plant(GRID, serial=serial)

    page(signed_in("gridworker"), "/desk/registers/person/")

    with looking(of_all(), read_only=True):
        assert JournalLine.objects.filter(action=looks.LIST).count() == 1


def test_a_filter_with_somebodys_number_is_refused_because_it_would_stand_in_the_manifest(cast: Cast) -> None:
    with pytest.raises(Invalid):
        cast.do("export.make", "director", listing="register.person", form="csv", given='{"text": "13900001234"}')
