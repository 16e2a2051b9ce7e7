# SPDX-License-Identifier: MulanPSL-2.0
"""辖区调整 on the desk: without JavaScript from the form to the day, what the preview says, and who is refused."""

from datetime import timedelta

import pytest
from django.test import Client

from linli.core import clock, due
from linli.core.sight import looking, of_all
from linli.elements.models import Account, Place, Post, Reorganisation
from tests.cast import DISTRICT, HOSTILE, Cast
from tests.faces.test_desk_map import client_of

pytestmark = pytest.mark.django_db
LIST = "/desk/places/changes/"
"""The address of the list."""


@pytest.fixture
def colleague(cast: Cast) -> Cast:
    """The cast with a second officer of the district, who confirms."""
    account = Account.objects.create(username="district3", name="乙", password="!", created_at=clock.now())
    Post.objects.create(account=account, role="district", place=Place.objects.get(area=DISTRICT), organisation_id=cast.units["bureau"], valid_from=clock.today())
    cast.home()
    return cast


def filed(client: Client, sort: str = "move", **more: str) -> str:
    given = {"place": "柳桥街道", "others": "槐安社区", "since": (clock.today() + timedelta(days=1)).isoformat(), "basis": "区政函〔2026〕8号"} | more
    answer = client.post(f"{LIST}new/{sort}/", given)
    assert answer.status_code == 303, answer.content.decode()
    return str(answer["Location"])


def test_a_form_leads_to_the_preview_and_a_colleague_confirms_it(colleague: Cast) -> None:
    page = filed(client_of("district"))
    own, other = client_of("district").get(page).content.decode(), client_of("district3").get(page).content.decode()

    answer = client_of("district3").post(page, {"confirm.": "1"})

    assert "柳桥街道 槐安社区" in own
    assert "<dt>居民</dt><dd>3</dd>" in own
    assert "核对无误" not in own
    assert "核对无误" in other
    assert answer.status_code == 303
    with looking(of_all()):
        assert Reorganisation.objects.get().state == "confirmed"


def test_after_its_day_the_page_says_what_changed_hands_and_it_cannot_be_taken_back(colleague: Cast) -> None:
    page = filed(client_of("district"))
    client_of("district3").post(page, {"confirm.": "1"})
    while due.drain():
        pass

    with clock.standing_at(clock.now() + timedelta(days=1)):
        while due.drain():
            pass
        shown = client_of("district").get(page).content.decode()

    assert "全部转移完" in shown
    assert "撤回这次调整" not in shown


def test_it_is_taken_back_with_a_reason(colleague: Cast) -> None:
    page = filed(client_of("district"))
    client = client_of("district")

    client.post(page, {"withdraw.reason": HOSTILE})
    shown = client.get(page).content.decode()

    assert "已撤回" in shown
    assert "&lt;script&gt;" in shown
    assert "<script>alert" not in shown


@pytest.mark.parametrize("sort", ["move", "merge", "split", "rename"])
def test_a_wrong_name_keeps_everything_typed_and_says_why(colleague: Cast, sort: str) -> None:
    answer = client_of("district").post(f"{LIST}new/{sort}/", {"place": "没有的地方", "others": "也没有：甲", "name": "新", "since": "2099-01-01", "basis": HOSTILE[:200]})

    text = answer.content.decode()
    assert answer.status_code == 422
    assert "没有的地方" in text


def test_others_are_refused_and_another_district_finds_nothing(colleague: Cast) -> None:
    page = filed(client_of("district"))

    assert [client_of(who).get(page).status_code for who in ("dispatcher", "sysadmin", "district2")] == [403, 403, 404]
    assert client_of("dispatcher").get(LIST).status_code == 403
    assert Client().get(LIST).status_code == 303
    assert client_of("district").get(f"{LIST}new/other/").status_code == 404
    assert page not in client_of("district2").get(LIST).content.decode()
    assert page in client_of("district").get(LIST).content.decode()
