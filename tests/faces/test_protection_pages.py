# SPDX-License-Identifier: MulanPSL-2.0
"""Pages of protection: the resident's own page, one person at the desk, transfers, keys and periods of keeping."""

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from linli.core import clock
from linli.core.sight import looking, of_all
from linli.doors import cookies
from linli.elements import sessions
from linli.elements.models import Account, Claim, Consent, Proposal
from tests.cast import COMMUNITY, COMMUNITY2, GRID, GRID2, Cast
from tests.residents import EMPLOYER, PHONE, again, number_of, plant

pytestmark = pytest.mark.django_db
OWN = "/own/"


def browser(name: str) -> Client:
    client = Client(raise_request_exception=False)
    client.cookies[cookies.SESSION] = sessions.open_for(Account.objects.get(username=name)).cookie
    return client


def own_browser(cast: Cast, person: int) -> Client:
    """A browser in which the person entered his code."""
    code = cast.do("person.give_code", "gridworker", person=person, seen="card")["code"]
    client = Client(raise_request_exception=False)
    assert client.post("/own/enter", {"code": code}).status_code == 303
    return client


def page_of(person: int) -> str:
    return reverse("desk:person_protection", args=[person])


def test_the_code_leads_to_ones_own_page_and_stands_in_no_address(cast: Cast) -> None:
    person = plant(GRID)
    code = cast.do("person.give_code", "gridworker", person=person.pk, seen="card")["code"]
    client = Client()

    entered = client.post("/own/enter", {"code": code.lower()})
    page = client.get(OWN)

    assert (entered.status_code, entered["Location"]) == (303, OWN)
    assert code not in str(client.cookies)
    text = page.content.decode()
    assert person.name in text
    assert "139****1234" in text
    assert not any(secret in text for secret in (PHONE, number_of(1), EMPLOYER, code))
    assert page["Cache-Control"] == "no-store"


def test_a_wrong_code_is_told_so_and_opens_nothing(cast: Cast) -> None:
    client = Client(raise_request_exception=False)

    answer = client.post("/own/enter", {"code": "AAAA-BBBB-CCCC-DDDD"})

    assert answer.status_code == 422
    assert client.get(OWN)["Location"] == "/own/enter"
    assert client.post("/own/export", {"export-proof": "1234"}).status_code == 404


def test_codes_are_not_tried_for_ever(cast: Cast) -> None:
    client = Client(raise_request_exception=False)

    answers = [client.post("/own/enter", {"code": f"AAAA-BBBB-CCCC-{at:04d}"}).status_code for at in range(32)]

    assert set(answers[:30]) == {422}
    assert answers[-1] == 429


def test_leaving_closes_the_page_on_this_device(cast: Cast) -> None:
    client = own_browser(cast, plant(GRID).pk)

    client.post("/own/leave")

    assert client.get(OWN).status_code == 303


def test_a_look_stands_on_the_page_as_unit_and_purpose(cast: Cast) -> None:
    person = plant(GRID)
    cast.do("register.reveal", "gridworker", register="person", record=person.pk, column="phone", purpose="visit", reason="核对门牌号码")
    cast.do("register.reveal", "gridworker", register="person", record=person.pk, column="phone", purpose="law", reason="保密的查询")

    text = own_browser(cast, person.pk).get(OWN).content.decode()

    assert text.count("居委会一") == 1
    assert "走访联系" in text
    assert not any(hidden in text for hidden in ("核对门牌号码", "保密的查询", "司法机关", "gridworker"))


def test_correct_object_consent_and_withdraw_by_forms_alone(cast: Cast) -> None:
    person = plant(GRID)
    client = own_browser(cast, person.pk)

    assert client.get("/own/correct/marital").status_code == 200
    answers = [
        client.post("/own/correct/phone", {"phone": "13700004321"}), client.post("/own/object", {"objection-words": "请删除工作单位"}),
        client.post("/own/consent/contact"), client.post("/own/consent/contact")]

    assert [one.status_code for one in answers] == [303] * 4
    with looking(of_all(), read_only=True):
        assert Proposal.objects.filter(person=person.pk).count() == 2
        assert Consent.objects.get().withdrawn_on == clock.today()


def test_what_was_typed_wrongly_is_said_beside_the_form_and_kept(cast: Cast) -> None:
    client = own_browser(cast, plant(GRID).pk)

    answer = client.post("/own/object", {"objection-words": ""})

    assert answer.status_code == 422
    assert client.get("/own/correct/nothing").status_code == 404
    assert client.post("/own/consent/nothing").status_code == 404


def test_the_file_opens_only_with_the_second_proof(cast: Cast) -> None:
    client = own_browser(cast, plant(GRID).pk)

    refused = client.post("/own/export", {"export-proof": "0000"})
    taken = client.post("/own/export", {"export-proof": number_of(1)[-4:]})

    assert refused.status_code == 422
    assert number_of(1) in taken.content.decode()
    assert taken["Content-Disposition"].startswith("attachment")
    assert taken["Cache-Control"] == "no-store"


def test_a_value_is_shown_in_the_answer_itself_and_masked_again_after(cast: Cast) -> None:
    person, client = plant(GRID), browser("gridworker")

    before = client.get(page_of(person.pk)).content.decode()
    shown = client.post(f"{page_of(person.pk)}reveal", {"reveal-column": "phone", "reveal-purpose": "visit", "reveal-reason": "约时间走访"})
    after = client.get(page_of(person.pk)).content.decode()

    assert PHONE in shown.content.decode()
    assert shown["Cache-Control"] == "no-store"
    assert PHONE not in before
    assert PHONE not in after


def test_without_a_reason_the_page_comes_back_with_what_was_typed(cast: Cast) -> None:
    person = plant(GRID)

    answer = browser("gridworker").post(f"{page_of(person.pk)}reveal", {"reveal-column": "phone", "reveal-purpose": "visit"})

    assert answer.status_code == 422
    assert PHONE not in answer.content.decode()


def test_a_neighbour_and_a_post_of_the_street_open_no_page_of_a_person(cast: Cast) -> None:
    person = plant(GRID)

    assert browser("gridworker2").get(page_of(person.pk)).status_code == 404
    assert browser("gridworker2").post(f"{page_of(person.pk)}code", {"code-seen": "card"}).status_code == 404
    assert browser("dispatcher").get(page_of(person.pk)).status_code == 403


def test_the_code_is_shown_once(cast: Cast) -> None:
    person, client = plant(GRID), browser("gridworker")

    answer = client.post(f"{page_of(person.pk)}code", {"code-seen": "card", "idempotency": "k"})
    repeated = client.post(f"{page_of(person.pk)}code", {"code-seen": "card", "idempotency": "k"})

    assert "big-code" in answer.content.decode()
    assert "big-code" not in repeated.content.decode()


def test_consents_are_recorded_and_withdrawn_at_the_desk(cast: Cast) -> None:
    person, client = plant(GRID), browser("gridworker")

    given = client.post(f"{page_of(person.pk)}give?purpose=contact", {"give-given_by": "self", "give-means": "signed"})
    taken = client.post(f"{page_of(person.pk)}withdraw?purpose=contact")

    assert (given.status_code, taken.status_code) == (303, 303)
    with looking(of_all(), read_only=True):
        assert Consent.objects.get().withdrawn_on == clock.today()


def ask(client: Client, **more: Any) -> Any:
    return client.post("/desk/transfers/ask", {"id_number": number_of(1), "name": "钱多多", "area": str(COMMUNITY), "reason": "living"} | more)


def test_a_person_is_asked_for_answered_and_handed_over_on_the_pages(cast: Cast) -> None:
    person, ours, theirs = plant(GRID2), browser("gridworker"), browser("director2")

    asked = ask(ours)
    text = ours.get("/desk/transfers/").content.decode()
    with looking(of_all(), read_only=True):
        claim = Claim.objects.get(side="asked").pk
    seen = theirs.get("/desk/transfers/").content.decode()
    answered = theirs.post(f"/desk/transfers/{claim}", {f"claim-{claim}-agrees": "true"})

    assert asked.status_code == 303
    assert "在其他社区登记，已申请调转" in text
    assert "槐宁" not in text
    assert "槐安社区" in seen
    assert answered.status_code == 303
    assert again(person).area == COMMUNITY


def test_a_wrong_number_comes_back_with_everything_typed(cast: Cast) -> None:
    answer = ask(browser("gridworker"), id_number="123")

    assert answer.status_code == 422
    assert "钱多多" in answer.content.decode()


def test_a_neighbour_answers_no_request_of_others(cast: Cast) -> None:
    plant(GRID2)
    ask(browser("gridworker"))
    with looking(of_all(), read_only=True):
        claim = Claim.objects.get(side="asked").pk

    assert browser("director").post(f"/desk/transfers/{claim}", {f"claim-{claim}-agrees": "true"}).status_code == 404


def test_the_city_compares_no_names(cast: Cast) -> None:
    plant(GRID2)
    ask(browser("gridworker"))

    assert "钱多多" not in browser("city").get("/desk/transfers/").content.decode()


def test_keys_and_periods_are_shown_to_those_who_keep_them(cast: Cast) -> None:
    plant(GRID, standing="gone", left_on=clock.today().replace(year=clock.today().year - 6))

    district, city, worker = (browser(name).get("/desk/protection/") for name in ("district", "city", "gridworker"))

    assert "已离开或已故居民" in district.content.decode()
    assert 'id="keys"' not in district.content.decode()
    assert "aes-gcm" in city.content.decode()
    assert worker.status_code == 403
    assert "钱多多" not in district.content.decode() + city.content.decode()


def test_a_wrong_setting_of_periods_is_said_on_the_page(cast: Cast, settings: Any) -> None:
    settings.KEEP = "everything=1"

    answer = browser("district").get("/desk/protection/")

    assert answer.status_code == 200
    assert "LINLI_KEEP" in answer.content.decode()


def counted(client: Client, address: str) -> int:
    """How many statements a page takes once what a process remembers is there."""
    client.get(address)
    with CaptureQueriesContext(connection) as asked:
        assert client.get(address).status_code == 200
    return len(asked)


def test_pages_ask_no_more_for_many_rows_than_for_one(cast: Cast) -> None:
    person = plant(GRID)
    ours, own = browser("gridworker"), own_browser(cast, person.pk)
    pages = ((ours, "/desk/transfers/"), (ours, page_of(person.pk)), (own, OWN))

    def grow(first: int, last: int) -> None:
        for serial in range(first, last):
            plant(GRID2, serial=serial)
            cast.do("person.claim", "gridworker", id_number=number_of(serial), name="钱多多", area=COMMUNITY, reason="living")
            cast.do("register.reveal", "gridworker", register="person", record=person.pk, column="phone", purpose="visit", reason="核对")

    cast.do("person.claim", "gridworker2", id_number=number_of(1), name="钱多多", area=COMMUNITY2, reason="living")
    grow(10, 12)
    before = [counted(client, address) for client, address in pages]
    grow(12, 18)
    after = [counted(client, address) for client, address in pages]

    assert after == before
    assert all(one <= most for one, most in zip(after, (9, 15, 18), strict=True)), after
