# SPDX-License-Identifier: MulanPSL-2.0
"""Fields of a sealed bundle count as all others do, without being opened for it: the record says beside the bundle which of them have a value."""

from typing import Any

import pytest

from linli.core import clock
from linli.core.sight import looking, of_all
from linli.elements import erasure
from linli.elements.models import Person
from linli.elements.quality import bundles, mending
from linli.elements.registers import sealing
from linli.elements.registers.records import epoch_day
from tests.cast import COMMUNITY, GRID, Cast
from tests.elements.quality_town import Town, count, pair, town

__all__ = ["town"]
pytestmark = pytest.mark.django_db


def worker(town: Town, *, names: str | None = None, employment: str = "13", **bundle: Any) -> Person:
    """Somebody with a bundle; `names` is what the record says beside it."""
    made = town.person(employment=employment)
    Person.objects.filter(pk=made.pk).update(sealed=sealing.seal_bundle("person", made.pk, bundle), sealed_names=names)
    return made


def test_an_employer_is_asked_of_who_works_and_counts_when_it_is_there(town: Town) -> None:
    worker(town, names="employer", employer="某某公司")
    lacking = worker(town)
    worker(town, employment="80")

    count()

    assert pair(COMMUNITY, "community", "person", "completeness", "employer") == (1, 2)
    assert mending.to_mend(mending.figure_of("person.completeness.employer"), COMMUNITY, COMMUNITY + 1_000) == [lacking.pk]


def test_an_address_of_registration_is_asked_of_who_is_registered_elsewhere(town: Town) -> None:
    town.person(standing="living")
    town.person()

    count()

    assert pair(COMMUNITY, "community", "person", "completeness", "registered_address") == (0, 1)


def test_an_employer_is_out_of_date_when_nobody_saw_it_for_two_years(town: Town) -> None:
    fresh, late = worker(town, names="employer", employer="甲"), worker(town, names="employer", employer="乙")
    Person.objects.filter(pk=fresh.pk).update(confirmed={"employer": epoch_day(clock.today())})
    Person.objects.filter(pk=late.pk).update(confirmed={"employer": epoch_day(clock.today()) - 731})

    count()

    assert pair(COMMUNITY, "community", "person", "freshness", "employer") == (1, 2)


def test_of_records_from_before_the_worker_looks_once_and_keeps_names_only(town: Town) -> None:
    old = worker(town, employer="某某公司", registered_address="")

    first, again = bundles.note_bundles(COMMUNITY, COMMUNITY + 1_000), bundles.note_bundles(COMMUNITY, COMMUNITY + 1_000)

    assert (first, again, Person.objects.get(pk=old.pk).sealed_names) == (1, 0, "employer")


def test_a_bundle_that_does_not_open_stops_nothing(town: Town) -> None:
    broken, good = worker(town), worker(town, employer="乙")
    Person.objects.filter(pk=broken.pk).update(sealed=b"not ours")

    assert bundles.note_bundles(COMMUNITY, COMMUNITY + 1_000) == 1
    assert Person.objects.get(pk=good.pk).sealed_names == "employer"


def test_whoever_writes_says_it_and_whoever_erases_takes_it_back(cast: Cast) -> None:
    person = cast.home(area=GRID)["王大海"]
    given = {"register": "person", "record": person, "means": "visit"}

    said = []
    for column, value in (("employer", "某某公司"), ("registered_address", "某市某区"), ("employer", "")):
        cast.do("record.correct", "gridworker", column=column, value=value, **given)
        with looking(of_all(), read_only=True):
            said.append(Person.objects.get(pk=person).sealed_names)

    assert said == ["employer", "employer registered_address", "registered_address"]
    assert (erasure.NOTHING_LEFT["sealed_names"], erasure.OPTIONAL["sealed_names"]) == (None, None)
