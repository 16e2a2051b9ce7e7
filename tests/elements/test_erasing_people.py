# SPDX-License-Identifier: MulanPSL-2.0
"""Erasure of a person and what outlives its period: everything that says who he was goes, days stay, and the journal is still whole."""

from datetime import timedelta
from typing import Any

import pytest

from linli.core import clock, retention, seals
from linli.core.actions import run
from linli.core.faults import Invalid, NotAble, NotVisible
from linli.core.models import JournalPayload, SubjectKey
from linli.core.protection import TOMBSTONE
from linli.core.sight import looking, of_all, of_post
from linli.core.system_actors import system_actor
from linli.elements.models import Identity, Person, Proposal, Visit
from linli.elements.registers import sealing
from tests.cast import COMMUNITY, GRID, GRID2, Cast
from tests.residents import again, house, plant

pytestmark = pytest.mark.django_db


def erase(cast: Cast, person: int, by: str = "district") -> dict[str, Any]:
    return cast.do("journal.erase", by, subject_kind="person", subject=person, reason="本人要求删除")


def test_of_somebody_who_has_gone_only_a_tombstone_and_the_days_are_left(cast: Cast) -> None:
    person = plant(GRID, standing="gone", left_on=clock.today())
    cast.do("person.give_code", "gridworker", person=person.pk, seen="card")

    answer = erase(cast, person.pk)

    left = again(person)
    assert answer["is_complete"] is True
    assert (left.name, left.id_sealed, left.id_index, left.phone_sealed, left.sealed, left.born_on) == (TOMBSTONE, None, None, None, None, None)
    assert left.left_on == clock.today()
    assert not Identity.objects.exists()


def test_of_somebody_still_kept_only_contact_and_optional_fields_go(cast: Cast) -> None:
    person = plant(GRID)
    house(person)

    answer = erase(cast, person.pk)

    left = again(person)
    assert answer["is_complete"] is False
    assert (left.name, left.phone_sealed, left.sealed) == ("钱多多", None, None)
    assert left.id_sealed is not None


def test_the_journal_is_whole_after_an_erasure(cast: Cast) -> None:
    person = plant(GRID, standing="gone")
    code = cast.do("person.give_code", "gridworker", person=person.pk, seen="card")["code"]
    run("own.object", cast.actors["gridworker"], {"code": code, "words": "请删除"})
    seals.seal()

    erase(cast, person.pk)
    seals.seal()

    assert seals.verify().is_whole
    with looking(of_all(), read_only=True):
        assert not JournalPayload.objects.filter(line__action="own.object").exists()
        assert not SubjectKey.objects.filter(subject_kind="person", subject=person.pk).exists()


def test_a_neighbour_cannot_erase_and_a_worker_may_not(cast: Cast) -> None:
    person = plant(GRID, standing="gone")

    with pytest.raises(NotVisible):
        erase(cast, person.pk, by="district2")
    with pytest.raises(NotAble):
        erase(cast, person.pk, by="gridworker")


def test_the_dry_run_lists_and_touches_nothing(cast: Cast) -> None:
    old = clock.today() - timedelta(days=6 * 365)
    gone, young = plant(GRID, serial=1, standing="gone", left_on=old), plant(GRID, serial=2, standing="gone", left_on=clock.today())

    with looking(of_post(cast.district), read_only=True):
        found = {one.rule.name: one for one in retention.outlook(cast.district)}
    with looking(of_post(cast.district2), read_only=True):
        elsewhere = {one.rule.name: one.count for one in retention.outlook(cast.district2)}

    assert [(one.area, one.count) for one in found["gone_person"].found] == [(GRID, 1)]
    assert elsewhere["gone_person"] == 0
    assert (again(gone).name, again(young).name) == ("钱多多", "钱多多")


def test_a_proposed_period_removes_nothing_until_it_is_confirmed(cast: Cast, settings: Any) -> None:
    gone = plant(GRID, standing="gone", left_on=clock.today() - timedelta(days=6 * 365))
    with pytest.raises(Invalid):
        run("retention.let_go", system_actor("worker"), {"rule": "gone_person"})
    assert retention.let_go() == {}

    settings.KEEP = "gone_person=1825"
    done = retention.let_go()

    assert done == {"gone_person": 1}
    assert again(gone).name == TOMBSTONE
    assert seals.verify().is_whole


def test_a_confirmed_period_leaves_what_is_younger_alone_and_runs_twice(cast: Cast, settings: Any) -> None:
    settings.KEEP = "gone_person=1825,visit_needs=730"
    young = plant(GRID, standing="gone", left_on=clock.today() - timedelta(days=1000))
    with looking(of_all()):
        visit = Visit.objects.create(area=GRID2, purpose="care", outcome="met", happened_at=clock.now() - timedelta(days=800), recorded_at=clock.now(),
                                     needs_sealed=sealing.seal_value("visit", "needs", 1, "需要轮椅"))

    first, second = retention.let_go(), retention.let_go()

    with looking(of_all(), read_only=True):
        assert Visit.objects.get(pk=visit.pk).needs_sealed is None
    assert again(young).name == "钱多多"
    assert (first, second) == ({"gone_person": 0, "visit_needs": 1}, {"gone_person": 0, "visit_needs": 0})


def test_a_wrong_setting_of_periods_is_refused_with_a_sentence(settings: Any) -> None:
    settings.KEEP = "everything=1"

    with pytest.raises(ValueError, match="LINLI_KEEP"):
        retention.confirmed()


def test_reporters_of_old_matters_go_once_the_period_is_confirmed(cast: Cast, settings: Any) -> None:
    settings.KEEP = "matter=1825"
    number = cast.report()["number"]
    cast.walk(number)

    with clock.standing_at(clock.now() + timedelta(days=1900)):
        done = retention.let_go()

    with looking(of_all(), read_only=True):
        assert not JournalPayload.objects.filter(line__action="matter.report").exists()
    assert done == {"matter": 1}
    assert seals.verify().is_whole


def test_a_person_without_a_line_of_his_own_is_found_too(cast: Cast) -> None:
    with looking(of_all()):
        person = Person.objects.create(area=COMMUNITY, name="甲", standing="gone")

    assert erase(cast, person.pk)["is_complete"] is True


def test_what_was_proposed_goes_after_its_period_and_the_decision_stays(cast: Cast, settings: Any) -> None:
    settings.KEEP = "proposal=180"
    person = plant(GRID)
    code = cast.do("person.give_code", "gridworker", person=person.pk, seen="card")["code"]
    made = cast.do("own.object", code=code, words="请删除工作单位")["proposal"]
    with looking(of_all()):
        Proposal.objects.filter(pk=made).update(state="declined", decided_at=clock.now() - timedelta(days=200))

    first, second = retention.let_go(), retention.let_go()

    with looking(of_all(), read_only=True):
        left = Proposal.objects.get(pk=made)
    assert (first, second) == ({"proposal": 1}, {"proposal": 0})
    assert left.state == "declined"
    assert sealing.open_bundle("proposal", made, bytes(left.sealed)) == {"values": {}, "note": ""}
