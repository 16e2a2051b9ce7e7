# SPDX-License-Identifier: MulanPSL-2.0
"""Administration on the desk: accounts, posts, one-time passwords, tokens, places, the calendar of a year."""

import re
from typing import Any

import pytest
from django.test import Client

from linli.core import calendar_store
from linli.core.models import CalendarYear
from linli.doors import cookies
from linli.elements import sessions
from linli.elements.actors import actor_of_token
from linli.elements.models import Account, Post, Token
from tests.cast import COMMUNITY, STREET, Cast

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk(cast: Cast) -> Client:
    """A browser of the administrator."""
    client = Client(headers={"accept-language": "zh-CN"})
    client.cookies[cookies.SESSION] = sessions.open_for(Account.objects.get(username="sysadmin")).cookie
    return client


def send(client: Client, address: str, **given: Any) -> Any:
    return client.post(address, {"idempotency": f"key-{address}"} | given)


def number_of(name: str) -> int:
    return Account.objects.get(username=name).pk


def test_a_new_account_shows_its_password_once(desk: Client) -> None:
    made = send(desk, "/desk/accounts/add", username="wangli", name="王丽")
    again = send(desk, "/desk/accounts/add", username="wangli", name="王丽")

    found = re.search(r"<code>([^<]{8,})</code>", made.content.decode())
    assert found
    account = Account.objects.get(username="wangli")
    assert account.must_change
    assert sessions.sign_in("wangli", found[1], b"x", True).must_change
    assert found[1] not in again.content.decode()


def test_a_wrong_user_name_keeps_what_was_typed(desk: Client) -> None:
    answer = send(desk, "/desk/accounts/add", username="王丽", name="王丽")

    assert answer.status_code == 422
    assert 'value="王丽"' in answer.content.decode()


def test_a_post_is_given_and_ended(desk: Client) -> None:
    account = number_of("gridworker")

    given = send(desk, f"/desk/accounts/{account}/give?area={COMMUNITY}", role="director")
    post = Post.objects.get(account=account, role="director")
    ended = send(desk, f"/desk/accounts/{account}/end?which={post.pk}")

    assert given.status_code == 303
    assert ended.status_code == 303
    post.refresh_from_db()
    assert post.valid_to is not None


def test_a_post_of_somebody_else_is_not_found_under_this_account(desk: Client) -> None:
    other = Post.objects.get(account=number_of("director"))

    answer = desk.get(f"/desk/accounts/{number_of('gridworker')}/end?which={other.pk}")

    assert answer.status_code == 404


def test_a_role_at_the_wrong_level_is_refused_with_its_sentence(desk: Client) -> None:
    address = f"/desk/accounts/{number_of('gridworker')}/give?area={STREET}"

    answer = send(desk, address, role="director")

    assert answer.status_code == 422
    assert "不能安排在" in answer.content.decode()
    assert 'value="director"' not in desk.get(address).content.decode()


def test_a_post_is_given_where_a_place_was_picked(desk: Client) -> None:
    account = number_of("gridworker")

    picked = desk.get(f"/desk/accounts/{account}/give")
    offered = desk.get(picked.headers["Location"] + f"&area={STREET}").content.decode()
    form = desk.get(f"/desk/accounts/{account}/give?area={COMMUNITY}").content.decode()

    assert f"/desk/accounts/{account}/give?area={COMMUNITY}" in offered
    assert "环卫一队" in form
    assert "环卫二队" not in form


def test_a_reset_password_is_shown_and_opens_the_door(desk: Client) -> None:
    answer = send(desk, f"/desk/accounts/{number_of('handler')}/reset")

    found = re.search(r"<code>([^<]{8,})</code>", answer.content.decode())
    assert found
    assert sessions.sign_in("handler", found[1], b"x", True).must_change


def test_a_closed_account_loses_its_posts(desk: Client) -> None:
    account = number_of("handler")

    send(desk, f"/desk/accounts/{account}/close", reason="调离")

    assert not Account.objects.get(pk=account).is_active
    assert "已注销" in desk.get("/desk/accounts/?q=handler").content.decode()


def test_a_stale_change_of_a_name_is_refused(desk: Client) -> None:
    account = Account.objects.get(username="handler")
    send(desk, f"/desk/accounts/{account.pk}/change", name="新名字", version=account.version)

    answer = desk.post(f"/desk/accounts/{account.pk}/change", {"idempotency": "other", "name": "旧页面的名字", "version": account.version})

    assert answer.status_code == 409
    assert "旧页面的名字" in answer.content.decode()
    assert Account.objects.get(pk=account.pk).name == "新名字"


def test_an_own_token_is_shown_once_and_can_be_revoked(cast: Cast) -> None:
    client = Client(headers={"accept-language": "zh-CN"})
    client.cookies[cookies.SESSION] = sessions.open_for(Account.objects.get(username="gridworker")).cookie

    made = send(client, "/desk/tokens/", label="巡查手机")
    found = re.search(r"<code>(linli_[^<]+)</code>", made.content.decode())
    assert found
    assert actor_of_token(found[1]) is not None
    token = Token.objects.get(label="巡查手机")
    send(client, "/desk/tokens/", token=token.pk)

    assert actor_of_token(found[1]) is None
    assert found[1] not in client.get("/desk/tokens/").content.decode()


def test_a_year_is_published_and_a_wrong_line_is_named(desk: Client, cast: Cast) -> None:
    calendar_store.seed()
    wrong = send(desk, "/desk/calendar/", year="2027", source="国办发明电〔2026〕1号", days="2027-01-01 假")
    right = desk.post("/desk/calendar/", {"idempotency": "b", "year": "2027", "source": "国办发明电〔2026〕1号", "days": "2027-01-01 holiday 元旦"})

    assert wrong.status_code == 422
    assert "第 1 行不对" in wrong.content.decode()
    assert right.status_code == 303
    assert CalendarYear.objects.filter(year=2027).exists()


def test_places_are_found_with_their_numbers(desk: Client) -> None:
    assert str(COMMUNITY) in desk.get("/desk/places/?q=槐安").content.decode()
    assert "环卫一队" in desk.get(f"/desk/places/?area={STREET}").content.decode()


@pytest.mark.parametrize("address", ["/desk/accounts/999999/", "/desk/accounts/999999/close", "/desk/accounts/1/unknown"])
def test_what_is_absent_is_not_found(desk: Client, address: str) -> None:
    assert desk.get(address).status_code == 404
