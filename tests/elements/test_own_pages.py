# SPDX-License-Identifier: MulanPSL-2.0
"""The resident's own page and his consents: opened by a code alone, masked, without anybody else of the household."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.conf import settings

from linli.core import clock
from linli.core.actions import run
from linli.core.faults import Conflict, Invalid, NotVisible
from linli.core.models import JournalLine, JournalPayload
from linli.core.sight import PUBLIC, looking, of_all
from linli.elements import consents, own_codes, own_pages
from linli.elements.consents import ConsentText
from linli.elements.keeping import proposals
from linli.elements.models import AccessCode, Consent, Proposal
from linli.elements.registers import sealing
from tests.cast import GRID, Cast
from tests.residents import EMPLOYER, PHONE, house, number_of, plant

pytestmark = pytest.mark.django_db


def code_for(cast: Cast, person: int, by: str = "gridworker") -> str:
    return str(cast.do("person.give_code", by, person=person, seen="card")["code"])


def as_public(action: str, **given: Any) -> dict[str, Any]:
    return run(action, PUBLIC, given, device=b"phone")


def test_the_code_opens_ones_own_record_masked(cast: Cast) -> None:
    person = plant(GRID)

    page = own_pages.page_of(code_for(cast, person.pk))

    held = {one.name: one.value for one in page.held}
    assert page.person.pk == person.pk
    assert held["phone"] == "139****1234"
    assert number_of(1) not in str(page.held)
    assert PHONE not in str(page.held)
    assert EMPLOYER not in str(page.held)


def test_nobody_else_of_the_household_and_no_address_of_theirs_stands_on_it(cast: Cast) -> None:
    person, wife = plant(GRID), plant(GRID, "孙小美", 2)
    house(person)

    text = str(own_pages.page_of(code_for(cast, person.pk)))

    assert wife.name not in text
    assert "101" not in {one.value for one in own_pages.page_of(code_for(cast, person.pk)).held}


def test_a_code_is_read_out_loud_and_typed_as_people_type() -> None:
    code = own_codes.new_code()

    assert own_codes.digest_of(code.lower().replace("-", " ").replace("0", "o").replace("1", "l")) == own_codes.digest_of(code)
    assert own_codes.digest_of("'; drop table--") is None


def test_a_wrong_code_and_a_neighbours_worker_open_nothing(cast: Cast) -> None:
    person = plant(GRID)
    code_for(cast, person.pk)

    with pytest.raises(NotVisible):
        own_pages.page_of(own_codes.new_code())
    with pytest.raises(NotVisible):
        code_for(cast, person.pk, by="gridworker2")


def test_a_new_code_stops_the_old_one_and_time_stops_every_one(cast: Cast) -> None:
    person = plant(GRID)
    first, second = code_for(cast, person.pk), code_for(cast, person.pk)

    with pytest.raises(NotVisible):
        own_pages.page_of(first)
    assert own_pages.page_of(second).person.pk == person.pk
    with clock.standing_at(clock.now() + timedelta(days=settings.OWN_PAGE_DAYS, minutes=1)), pytest.raises(NotVisible):
        own_pages.page_of(second)


def test_a_code_that_was_taken_back_opens_nothing(cast: Cast) -> None:
    person = plant(GRID)
    code = code_for(cast, person.pk)

    cast.do("person.revoke_code", "gridworker", person=person.pk)

    with pytest.raises(NotVisible):
        own_pages.page_of(code)


def test_the_code_itself_is_kept_nowhere(cast: Cast) -> None:
    person = plant(GRID)
    code = code_for(cast, person.pk)
    as_public("own.object", code=code, words="不同意保留工作单位")

    with looking(of_all(), read_only=True):
        kept = [str(vars(one)) for model in (AccessCode, JournalPayload, Proposal) for one in model.objects.all()]
    assert not any(code in one or code.replace("-", "") in one for one in kept)


def test_a_correction_waits_for_the_worker_and_changes_nothing_yet(cast: Cast) -> None:
    person = plant(GRID)
    code = code_for(cast, person.pk)

    made = as_public("proposal.make", code=code, phone="13700004321")

    with looking(of_all(), read_only=True):
        proposal = Proposal.objects.get(pk=made["proposal"])
    assert (proposal.state, proposal.person_id, proposal.area) == ("waiting", person.pk, GRID)
    assert sealing.open_bundle("proposal", proposal.pk, bytes(proposal.sealed)) == {"values": {"phone": "13700004321"}, "note": ""}
    assert own_pages.page_of(code).held[6].value == "139****1234"


def test_corrections_are_bounded_and_checked(cast: Cast) -> None:
    code = code_for(cast, plant(GRID).pk)

    with pytest.raises(Invalid):
        as_public("proposal.make", code=code, born_on="昨天")
    with pytest.raises(Invalid):
        as_public("proposal.make", code=code, party="x")
    with pytest.raises(Invalid):
        as_public("proposal.make", code=code, id_number=number_of(2))
    for at in range(proposals.MOST_WAITING):
        as_public("own.object", code=code, words=f"第 {at} 条")
    with pytest.raises(Conflict):
        as_public("own.object", code=code, words="再来一条")


def test_taking_ones_data_along_asks_for_a_second_proof_and_leaves_a_line(cast: Cast) -> None:
    person = plant(GRID)
    code = code_for(cast, person.pk)
    with pytest.raises(Invalid):
        as_public("own.export", code=code, proof="0000")

    as_public("own.export", code=code, proof=number_of(1)[-4:])

    assert own_pages.export_of(code)["held"]["证件号码"] == number_of(1)
    with looking(of_all(), read_only=True):
        line = JournalLine.objects.get(action="own.export")
        assert JournalPayload.objects.get(line=line).plain == {}


def test_consent_is_given_to_the_text_that_was_read_and_withdrawn_as_easily(cast: Cast) -> None:
    person = plant(GRID)
    code = code_for(cast, person.pk)

    as_public("own.consent", code=code, purpose="contact", text_version=1)
    with looking(of_all(), read_only=True):
        before = consents.has_consented([person.pk], "contact")
    as_public("own.withdraw", code=code, purpose="contact")

    with looking(of_all(), read_only=True):
        assert (before, consents.has_consented([person.pk], "contact")) == ({person.pk}, set())
        assert Consent.objects.get().withdrawn_on == clock.today()
    with pytest.raises(Conflict):
        as_public("own.withdraw", code=code, purpose="contact")


def test_a_new_text_needs_a_new_consent(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    person = plant(GRID)
    cast.do("consent.give", "gridworker", person=person.pk, purpose="contact", given_by="self", means="signed")
    second = ConsentText("contact", 2, consents.text_of("contact").title, consents.text_of("contact").text, date(2020, 1, 2))  # type: ignore[union-attr]
    monkeypatch.setattr(consents, "texts", lambda: [second])

    with looking(of_all(), read_only=True):
        assert consents.has_consented([person.pk], "contact") == set()
        assert consents.standings(person.pk)[0].is_older
    with pytest.raises(Invalid):
        cast.do("consent.give", "gridworker", person=person.pk, purpose="contact", given_by="self", means="signed", text_version=1)
    cast.do("consent.give", "gridworker", person=person.pk, purpose="contact", given_by="self", means="signed", text_version=2)

    with looking(of_all(), read_only=True):
        assert consents.has_consented([person.pk], "contact") == {person.pk}


def test_for_a_child_a_guardian_consents(cast: Cast) -> None:
    child = plant(GRID, born_on=clock.today() - timedelta(days=365 * 13))

    with pytest.raises(Invalid) as refused:
        cast.do("consent.give", "gridworker", person=child.pk, purpose="contact", given_by="self", means="signed")
    cast.do("consent.give", "gridworker", person=child.pk, purpose="contact", given_by="guardian", means="signed")

    assert set(refused.value.fields) == {"given_by"}


def test_a_neighbour_records_no_consent(cast: Cast) -> None:
    person = plant(GRID)

    with pytest.raises(NotVisible):
        cast.do("consent.give", "gridworker2", person=person.pk, purpose="contact", given_by="self", means="signed")
