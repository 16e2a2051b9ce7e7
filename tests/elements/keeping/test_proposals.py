# SPDX-License-Identifier: MulanPSL-2.0
"""Residents propose corrections by a code; workers check, take or decline; nothing stored shows to whoever holds the code."""

from datetime import timedelta
from typing import Any

import pytest

from linli.core import clock
from linli.core.faults import Conflict, Invalid, NotAble, NotVisible
from linli.core.models import Answer, JournalPayload
from linli.core.sight import looking, of_all
from linli.elements.keeping import proposals
from linli.elements.models import AccessCode, Confirmation, Person, Proposal
from linli.elements.registers import sealing
from tests.cast import HOSTILE, Cast

pytestmark = pytest.mark.django_db


@pytest.fixture
def home(cast: Cast) -> dict[str, int]:
    return cast.home()


@pytest.fixture
def code(cast: Cast, home: dict[str, int]) -> str:
    return str(cast.do("person.give_code", "gridworker", person=home["王大海"], seen="card")["code"])


def propose(cast: Cast, code: str, **given: Any) -> int:
    return int(cast.do("proposal.make", code=code, **given)["proposal"])


def proposal(number: int) -> Proposal:
    with looking(of_all(), read_only=True):
        return Proposal.objects.get(pk=number)


def person(number: int) -> Person:
    with looking(of_all(), read_only=True):
        return Person.objects.get(pk=number)


def test_a_proposal_is_taken_field_by_field_and_its_values_go(cast: Cast, home: dict[str, int], code: str) -> None:
    number = propose(cast, code, phone="138 0000 0000", education="20", employer="某公司", note="下午在家")

    cast.do("proposal.take", "gridworker", proposal=number, version=1, names=["phone", "education"], reason="电话已打通")

    found, decided = person(home["王大海"]), proposal(number)
    with looking(of_all(), read_only=True):
        kept = Confirmation.objects.get(register="person", record=found.pk)
        values_left = proposals.opened(decided)
    assert sealing.open_value("person", "phone", found.pk, found.phone_sealed) == "13800000000"
    assert (found.education, sealing.open_bundle("person", found.pk, found.sealed), found.version) == ("20", {}, 2)
    assert (decided.state, decided.reason, decided.decided_by) == ("taken", "电话已打通", cast.gridworker.account)
    assert values_left == ({"education": None, "employer": None, "phone": None}, "")
    assert (kept.means, kept.corrected) == ("proposal", ["phone", "education"])


def test_a_declined_one_changes_nothing_and_needs_a_reason(cast: Cast, home: dict[str, int], code: str) -> None:
    number = propose(cast, code, name="王大河")
    with pytest.raises(Invalid):
        cast.do("proposal.decline", "gridworker", proposal=number, version=1)

    cast.do("proposal.decline", "gridworker", proposal=number, version=1, reason="请带身份证到社区")

    assert (person(home["王大海"]).name, proposal(number).state) == ("王大海", "declined")
    with pytest.raises(Conflict):
        cast.do("proposal.take", "gridworker", proposal=number, version=2, names=["name"])


def test_where_there_is_only_a_note_the_worker_says_what_was_done(cast: Cast, code: str) -> None:
    number = propose(cast, code, note="我家上个月搬到 502 了")
    with pytest.raises(Invalid):
        cast.do("proposal.take", "gridworker", proposal=number, version=1)

    cast.do("proposal.take", "gridworker", proposal=number, version=1, reason="已登记搬迁")

    assert (proposal(number).state, proposal(number).reason) == ("taken", "已登记搬迁")


def test_a_newer_proposal_takes_the_place_of_one_that_waits(cast: Cast, code: str) -> None:
    first = propose(cast, code, phone="13800000000")

    second = propose(cast, code, phone="13900000000")

    assert (proposal(first).state, proposal(second).state) == ("withdrawn", "waiting")


@pytest.mark.parametrize(("given", "field"), [({}, "note"), ({"phone": "12"}, "phone"), ({"education": "x"}, "education"), ({"born_on": "2999-01-01"}, "born_on"),
                                              ({"id_number": "11010119900307002X"}, "id_number"), ({"standing": "gone"}, "standing")])
def test_what_cannot_be_is_refused_at_the_field_and_numbers_of_documents_are_not_asked(cast: Cast, code: str, given: dict[str, Any], field: str) -> None:
    with pytest.raises(Invalid) as caught:
        propose(cast, code, **given)

    assert field in caught.value.fields


def test_a_refusal_tells_nothing_of_what_is_stored(cast: Cast, home: dict[str, int], code: str) -> None:
    cast.do("record.correct", "gridworker", register="person", record=home["王大海"], column="id_number", value="110101198001010010", means="file")

    number = propose(cast, code, sex="1", born_on="1999-09-09")

    assert proposal(number).state == "waiting"


def test_values_lie_sealed_in_the_table_and_in_the_journal_and_the_code_nowhere(cast: Cast, code: str) -> None:
    number = propose(cast, code, phone="13800000000", note=HOSTILE)

    with looking(of_all(), read_only=True):
        plain = str(list(JournalPayload.objects.values_list("plain", flat=True))) + str(list(Answer.objects.values_list("answer", flat=True)))
        kept = bytes(Proposal.objects.get(pk=number).sealed)
    assert not [text for text in ("13800000000", HOSTILE, code) if text in plain or text.encode() in kept]


def test_a_look_at_the_content_is_told_in_full_to_the_worker_only(cast: Cast, code: str) -> None:
    number = propose(cast, code, phone="13800000000", education="20", note="晚上在家")

    read = cast.do("proposal.look", "director", proposal=number)

    assert (read["values"]["phone"], read["note"]) == ("13800000000", "晚上在家")
    for action, given in (("proposal.look", {}), ("proposal.take", {"version": 1, "names": ["phone"]}), ("proposal.decline", {"version": 1, "reason": "不"})):
        with pytest.raises(NotVisible):
            cast.do(action, "director2", proposal=number, **given)
        with pytest.raises(NotAble):
            cast.do(action, "head", proposal=number, **given)


def test_a_wrong_code_a_late_one_and_one_of_somebody_gone_open_nothing(cast: Cast, home: dict[str, int], code: str) -> None:
    other = str(cast.do("person.give_code", "gridworker", person=home["王小明"], seen="card")["code"])
    late = str(cast.do("person.give_code", "gridworker", person=home["李小红"], seen="card")["code"])
    with looking(of_all()):
        AccessCode.objects.filter(person=home["李小红"]).update(expires_at=clock.now() - timedelta(days=1))
    cast.do("person.move_out", "gridworker", person=home["王小明"])
    changed = code[:-1] + ("0" if code[-1] != "0" else "1")

    for wrong in (late, other, changed, "", "1", HOSTILE[:40]):
        with pytest.raises((NotVisible, Invalid)):
            propose(cast, wrong, phone="13800000000")


def test_an_objection_and_other_fields_wait_beside_a_new_correction(cast: Cast, code: str) -> None:
    first = propose(cast, code, phone="13800000000")
    words = int(cast.do("own.object", code=code, words="请删除工作单位")["proposal"])

    last = propose(cast, code, education="20")

    assert [proposal(one).state for one in (first, words, last)] == ["waiting"] * 3
