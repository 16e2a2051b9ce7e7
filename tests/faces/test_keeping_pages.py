# SPDX-License-Identifier: MulanPSL-2.0
"""The pages of keeping up: what a worker sees and does door by door, what a resident sees by his code, and what nobody else sees."""

import re
from typing import Any

import pytest
from django.test import Client

from linli.core.sight import looking, of_all
from linli.doors import cookies
from linli.elements import sessions
from linli.elements.models import Account, Confirmation, Household, LifeEvent, Membership, Person, Proposal, Visit
from tests.cast import Cast

pytestmark = pytest.mark.django_db


@pytest.fixture
def home(cast: Cast) -> dict[str, int]:
    return cast.home()


def browser(name: str = "gridworker") -> Client:
    client = Client(headers={"Accept-Language": "zh-hans"})
    if name:
        client.cookies[cookies.SESSION] = sessions.open_for(Account.objects.get(username=name)).cookie
    return client


def text(answer: Any) -> str:
    return str(answer.content.decode())


def everything(model: Any) -> list[Any]:
    with looking(of_all(), read_only=True):
        return list(model.objects.order_by("id"))


def test_a_visit_without_success_stands_in_the_list_with_its_day(cast: Cast, home: dict[str, int]) -> None:
    client = browser()

    answer = client.post(f"/desk/visits/door/{home['dwelling']}/", {"outcome": "nobody_home", "purpose": "routine", "idempotency": "a"})

    listed = text(client.get("/desk/visits/"))
    assert (answer.status_code, answer.headers["Location"]) == (303, "/desk/visits/")
    assert "槐安里3号楼2门501室" in listed
    assert "家里没人" in listed
    assert everything(Visit)[0].household_id == home["household"]


def test_after_somebody_was_met_the_household_is_confirmed_in_one_press(cast: Cast, home: dict[str, int]) -> None:
    client = browser()
    led = client.post(f"/desk/visits/door/{home['dwelling']}/", {"outcome": "met", "purpose": "check", "idempotency": "a"}).headers["Location"]
    form = text(client.get(led))

    answer = client.post(led, {"means": "visit", "nothing_changed": "true", "idempotency": "b"})

    assert "王大海 联系电话" in form
    assert answer.status_code == 303
    assert {one.visit for one in everything(Confirmation)} == {everything(Visit)[0].pk}


def test_what_was_typed_is_kept_when_a_visit_is_refused(cast: Cast, home: dict[str, int]) -> None:
    answer = browser().post(f"/desk/visits/door/{home['dwelling']}/", {"outcome": "met", "purpose": "care", "needs": "想装扶手", "again_on": "2020-01-01"})

    assert answer.status_code == 422
    assert "想装扶手" in text(answer)
    assert "不能早于今天" in text(answer)


def test_the_pages_of_a_building_bear_no_names_and_the_sheet_no_numbers(cast: Cast, home: dict[str, int]) -> None:
    cast.do("record.correct", "gridworker", register="person", record=home["王大海"], column="phone", value="13812345678", means="phone")
    client = browser()

    page = text(client.get(f"/desk/visits/stairs/{home['building']}/?way=up"))
    unmade = client.get(f"/desk/visits/stairs/{home['building']}/sheet?way=up")
    sheet = text(client.post(f"/desk/visits/stairs/{home['building']}/sheet?way=up", {"idempotency": "a"}))

    assert "王大海" not in page + text(unmade)
    assert "王大海" in sheet
    assert "5678" in sheet
    assert "13812345678" not in sheet


def test_a_page_of_doors_asks_the_same_number_of_questions_however_long_it_is(cast: Cast, home: dict[str, int], django_assert_max_num_queries: Any) -> None:
    for number in range(601, 640):
        cast.home((f"人{number}", "0", "1"), room=str(number))
    client = browser()

    with django_assert_max_num_queries(16):
        client.get(f"/desk/visits/stairs/{home['building']}/")
    with django_assert_max_num_queries(16):
        client.get("/desk/visits/")


def test_changes_are_entered_on_forms_and_taken_back_from_the_list(cast: Cast, home: dict[str, int]) -> None:
    client = browser()

    born = client.post(f"/desk/visits/home/{home['household']}/birth", {"name": "王新生", "sex": "2", "born_on": "2026-10-01", "relation": "3", "idempotency": "a"})
    moved = client.post(f"/desk/visits/door/{home['dwelling']}/move-in", {"name": "赵新", "relation": "8", "household": str(home["household"]), "tie": "none", "idempotency": "b"})
    listed = text(client.get("/desk/visits/changes/"))
    undone = client.post(f"/desk/visits/changes/{everything(LifeEvent)[1].pk}/undo", {"reason": "登错了", "idempotency": "c"})

    assert (born.status_code, moved.status_code, undone.status_code) == (303, 303, 303)
    assert "赵新" in listed
    assert {one.relation for one in everything(Membership) if one.until is None} == {"0", "1", "2", "3"}
    assert [one.standing for one in everything(Person) if one.name == "赵新"] == ["gone"]


def test_whoever_is_in_the_register_is_found_by_his_name_and_moves(cast: Cast, home: dict[str, int]) -> None:
    other, client = cast.home(("孙一", "0", "1"), ("孙二", "2", "1"), room="302"), browser()
    address = f"/desk/visits/door/{home['dwelling']}/move-in?name=孙二"
    page = text(client.get(address))

    answer = client.post(address, {"person": str(other["孙二"]), "household": str(home["household"]), "relation": "8", "tie": "none", "idempotency": "a"})

    assert "孙二（1980-01-01）" in page
    assert answer.status_code == 303
    assert everything(Membership)[-1].household_id == home["household"]


def test_a_split_offers_the_members_and_a_relation_that_cannot_be_told_leads_to_its_form(cast: Cast) -> None:
    home, client = cast.home(("孙一", "0", "1"), ("孙二", "2", "1"), ("孙三", "4", "1"), room="303"), browser()
    page = text(client.get(f"/desk/visits/home/{home['household']}/split"))

    answer = client.post(f"/desk/visits/home/{home['household']}/split", {
        "members": [str(home["孙二"]), str(home["孙三"])], "head": str(home["孙二"]), "idempotency": "a"})

    assert all(name in page for name in ("孙一", "孙二", "孙三"))
    assert answer.headers["Location"] == f"/desk/visits/home/{home['household']}/relate"
    assert len(everything(Household)) == 2


@pytest.mark.parametrize("what", ["confirm", "birth", "split", "change_head", "relate", "move"])
def test_every_form_of_a_household_is_shown_and_unknown_ones_are_not(cast: Cast, home: dict[str, int], what: str) -> None:
    assert browser().get(f"/desk/visits/home/{home['household']}/{what}").status_code == 200
    assert browser().get(f"/desk/visits/home/{home['household']}/{what}x").status_code == 404


@pytest.mark.parametrize("what", ["move_out", "die", "correct", "correct?column=phone", "correct?column=education"])
def test_every_form_of_a_person_is_shown_to_his_community_only(cast: Cast, home: dict[str, int], what: str) -> None:
    assert browser().get(f"/desk/visits/person/{home['王大海']}/{what}").status_code == 200
    assert browser("director2").get(f"/desk/visits/person/{home['王大海']}/{what}").status_code == 404
    assert browser("head").get(f"/desk/visits/person/{home['王大海']}/{what}").status_code == 403


def test_a_correction_shows_what_is_held_masked(cast: Cast, home: dict[str, int]) -> None:
    client = browser()

    done = client.post(f"/desk/visits/person/{home['王大海']}/correct?column=phone", {"value": "13812345678", "means": "phone", "version": "1", "idempotency": "a"})

    page = text(client.get(f"/desk/visits/person/{home['王大海']}/correct"))
    assert done.status_code == 303
    assert "138****5678" in page
    assert "13812345678" not in page


def enter(code: str) -> Client:
    """A resident's own phone, behind the door that takes his code."""
    resident = browser("")
    resident.post("/own/enter", {"code": code})
    return resident


def test_one_code_opens_what_is_held_and_the_form_to_correct_it_in_large_type(cast: Cast, home: dict[str, int]) -> None:
    worker = browser()
    cast.do("record.correct", "gridworker", register="person", record=home["王大海"], column="phone", value="13812345678", means="phone")
    slip = text(worker.post(f"/desk/person/{home['王大海']}/protection/code", {"code-seen": "card", "idempotency": "a"}))
    resident = enter(re.search(r"[0-9A-Z]{4}(-[0-9A-Z]{4}){3}", slip)[0].lower())  # type: ignore[index]

    form = text(resident.get("/own/correct/"))
    sent = resident.post("/own/correct/", {"phone": "13900000000", "note": "下午在家", "idempotency": "b"})
    after = text(resident.get("/own/"))
    shown = text(worker.get(f"/desk/proposals/{everything(Proposal)[0].pk}/"))

    assert not [said for said in ("13812345678", "李小红", "王小明") if said in form + after]
    assert (sent.status_code, "等待核实" in after, 'data-type="large"' in form) == (303, True, True)
    assert "139****0000" in shown
    assert "13900000000" not in shown


def test_type_stays_as_the_resident_chose_it(cast: Cast) -> None:
    resident = browser("")
    resident.cookies["linli_type"] = "normal"

    assert 'data-type="large"' not in text(resident.get("/own/enter"))


def test_a_worker_opens_takes_and_declines_on_one_page(cast: Cast, home: dict[str, int]) -> None:
    client, code = browser(), cast.do("person.give_code", "gridworker", person=home["王大海"], seen="card")["code"]
    number = cast.do("proposal.make", code=code, phone="13900000000", note="下午在家")["proposal"]

    opened = text(client.post(f"/desk/proposals/{number}/?do=look", {"idempotency": "a"}))
    refused = client.post(f"/desk/proposals/{number}/?do=decline", {"version": "1", "decline-reason": "", "idempotency": "b"})
    taken = client.post(f"/desk/proposals/{number}/?do=take", {"version": "1", "take-names": ["phone"], "take-reason": "已核实", "idempotency": "c"})

    assert "13900000000" in opened
    assert "下午在家" in opened
    assert (refused.status_code, taken.status_code) == (422, 303)
    assert "已核实" in text(enter(code).get("/own/"))


@pytest.mark.parametrize("address", ["/propose/", "/propose/1-20780-AAAAA-BBBBB/", "/propose/%00/"])
def test_the_old_door_leads_to_the_one_that_there_is(cast: Cast, address: str) -> None:
    answer = browser("").get(address)

    assert (answer.status_code, answer.headers["Location"]) == (303, "/own/enter")
