# SPDX-License-Identifier: MulanPSL-2.0
"""The doors through HTTP: headers, language, look, signing in and out, choosing a post, faults as pages."""

from datetime import UTC, date, datetime

import pytest
from django.conf import LazySettings
from django.core import signing
from django.test import Client

from linli.core import clock
from linli.doors import cookies
from linli.elements import passwords
from linli.elements.models import Account, Place, Post

pytestmark = pytest.mark.django_db

PASSWORD = "mei-li-she-qu-2026"
COMMUNITY = 120101001001000
FIRST, SECOND = "127.0.0.1", "203.0.113.7"


@pytest.fixture
def account() -> Account:
    """One person with two posts in one community."""
    place = Place.objects.create(area=COMMUNITY, lo=COMMUNITY, hi=COMMUNITY + 1000, level="community", name="新疆路社区", short_name="新疆路")
    person = Account.objects.create(username="wangli", name="王丽", password=passwords.hashed(PASSWORD), created_at=clock.now())
    for role in ("director", "gridworker"):
        Post.objects.create(account=person, role=role, place=place, valid_from=date(2026, 1, 1))
    return person


def enter(client: Client, password: str = PASSWORD, **more: str) -> object:
    return client.post("/sign-in", {"username": "wangli", "password": password} | more)


def test_every_page_binds_the_browser() -> None:
    response = Client().get("/sign-in")

    policy = response.headers["Content-Security-Policy"]
    assert "script-src 'self';" in policy
    assert "unsafe" not in policy
    assert "frame-ancestors 'none'" in policy
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert "geolocation=(self)" in response.headers["Permissions-Policy"]


@pytest.mark.parametrize(("accepted", "tag", "heading"), [
    ("", "zh-Hans", "工作人员登录"), ("fr", "zh-Hans", "工作人员登录"), ("zh-TW", "zh-Hans", "工作人员登录"), ("en-GB,en;q=0.8", "en", "Staff sign-in"),
])
def test_the_page_speaks_what_the_browser_prefers(accepted: str, tag: str, heading: str) -> None:
    page = Client().get("/sign-in", headers={"Accept-Language": accepted}).content.decode()

    assert f'<html lang="{tag}"' in page
    assert f"<h1>{heading}</h1>" in page


def test_a_language_in_the_address_is_remembered() -> None:
    client = Client()
    client.get("/sign-in?lang=en")

    assert "<h1>Staff sign-in</h1>" in client.get("/sign-in").content.decode()


def test_the_look_is_kept_and_leads_back_to_the_same_page() -> None:
    client = Client()
    response = client.post("/look", {"theme": "dark", "type": "large", "language": "en", "next": "/sign-in?a=1"})

    assert response.status_code == 303
    assert response.headers["Location"] == "/sign-in?a=1"
    assert '<html lang="en" data-theme="dark" data-bs-theme="dark" data-type="large">' in client.get("/sign-in").content.decode()


@pytest.mark.parametrize("elsewhere", ["https://evil.example/", "//evil.example/", "javascript:alert(1)", "\\\\evil.example"])
def test_no_door_leads_to_another_site(account: Account, elsewhere: str) -> None:
    client = Client()

    assert client.post("/look", {"next": elsewhere}).headers["Location"] == "/"
    assert "evil" not in enter(client, next=elsewhere).headers["Location"]  # type: ignore[attr-defined]


def test_cookies_are_kept_from_scripts_and_from_other_sites(account: Account, settings: LazySettings) -> None:
    settings.SESSION_SECURE = True
    client = Client()
    enter(client)

    session = client.cookies[cookies.SESSION]
    assert session["httponly"]
    assert session["secure"]
    assert session["samesite"] == "Lax"


def test_the_right_password_opens_and_the_posts_are_offered(account: Account) -> None:
    client = Client()
    response = enter(client)

    assert response.status_code == 303  # type: ignore[attr-defined]
    page = client.get("/posts").content.decode()
    assert page.count("新疆路社区") >= 2
    assert "已登录。" in page


def test_what_was_done_is_said_only_once(account: Account) -> None:
    client = Client()
    enter(client)
    client.get("/posts")

    assert "已登录。" not in client.get("/posts").content.decode()


def test_a_chosen_post_is_the_one_acted_under(account: Account) -> None:
    client = Client()
    enter(client)
    post = Post.objects.get(role="gridworker")
    client.post("/posts", {"post": post.pk})

    assert "当前岗位" in client.get("/posts").content.decode()


@pytest.mark.parametrize("number", ["0", "999999999", "abc", "１２", ""])
def test_a_post_that_is_not_ones_own_reads_like_none(account: Account, number: str) -> None:
    client = Client()
    enter(client)

    assert client.post("/posts", {"post": number}).status_code == 404


def test_a_wrong_password_keeps_the_user_name_and_never_the_password(account: Account) -> None:
    response = enter(Client(), password="falsch-geheim-9")

    page = response.content.decode()  # type: ignore[attr-defined]
    assert response.status_code == 403  # type: ignore[attr-defined]
    assert 'value="wangli"' in page
    assert "falsch-geheim-9" not in page


def test_signing_out_ends_the_session_itself(account: Account) -> None:
    client = Client()
    enter(client)
    kept = client.cookies[cookies.SESSION].value
    client.post("/sign-out")
    client.cookies[cookies.SESSION] = kept

    assert client.get("/posts").status_code == 303


def test_an_own_password_is_changed_and_the_session_goes_on(account: Account) -> None:
    client = Client()
    enter(client)
    response = client.post("/password", {"old": PASSWORD, "new": "he-ping-lu-2027-x"})

    assert response.status_code == 303
    assert client.get("/password").status_code == 200


def test_a_weak_password_is_refused_beside_its_field(account: Account) -> None:
    client = Client()
    enter(client)
    response = client.post("/password", {"old": PASSWORD, "new": "kurz"})

    assert response.status_code == 422
    assert 'id="field-new-fault"' in response.content.decode()


def test_who_must_sign_in_first_is_led_back_afterwards() -> None:
    response = Client().get("/posts?a=1")

    assert response.status_code == 303
    assert response.headers["Location"] == "/sign-in?next=%2Fposts%3Fa%3D1"


def test_an_unknown_address_and_an_unseen_file_read_the_same() -> None:
    client = Client()
    unknown, unseen = client.get("/no-such-page"), client.get("/evidence/1/photo.jpg")

    assert (unknown.status_code, unseen.status_code) == (404, 404)
    # The address to come back to is the only thing that differs: it stands in the switch of languages.
    assert unknown.content.count(b"<h1>") == unseen.content.count(b"<h1>") == 1
    assert unknown.content.split(b"</header>")[1] == unseen.content.split(b"</header>")[1]


def test_a_machine_gets_its_fault_as_json() -> None:
    response = Client().get("/no-such-page", headers={"Accept": "application/json", "Accept-Language": "en"})

    assert response.json()["fault"]["code"] == "not_visible"
    assert response.json()["fault"]["remedy"].startswith("Check the number")


def test_a_form_without_its_token_is_refused_with_a_sentence(account: Account) -> None:
    client = Client(enforce_csrf_checks=True)
    response = client.post("/sign-in", {"username": "wangli", "password": PASSWORD})

    assert response.status_code == 403
    assert "这一页打开太久" in response.content.decode()


def test_an_unexpected_trouble_gives_a_reference_and_no_detail(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> None:
        raise RuntimeError("secret detail")

    monkeypatch.setattr("linli.doors.views._door", broken)
    response = Client(raise_request_exception=False).get("/sign-in")

    page = response.content.decode()
    assert response.status_code == 500
    assert "事故编号" in page
    assert "secret detail" not in page


def test_too_many_tries_say_when_to_come_back(account: Account, settings: LazySettings) -> None:
    settings.SIGN_IN_LIMIT = 1
    client = Client()
    enter(client, password="wrong-wrong-1")

    assert enter(client).status_code == 429  # type: ignore[attr-defined]


def test_a_database_with_demonstration_accounts_says_so_on_every_page(account: Account) -> None:
    before = Client().get("/sign-in").content.decode()
    Account.objects.update(is_demonstration=True)

    assert "演示数据" not in before
    assert "演示数据" in Client().get("/sign-in").content.decode()


def test_the_demonstrations_password_is_shown_at_this_machine_only(account: Account, settings: LazySettings) -> None:
    settings.DEMO_PASSWORD = "yan-shi-yong"
    Account.objects.update(is_demonstration=True)
    here = Client(REMOTE_ADDR=FIRST).get("/sign-in").content.decode()
    far = Client(REMOTE_ADDR=SECOND).get("/sign-in").content.decode()
    through_a_proxy = Client(REMOTE_ADDR=FIRST).get("/sign-in", headers={"X-Forwarded-For": SECOND}).content.decode()

    assert "yan-shi-yong" in here
    assert "yan-shi-yong" not in far + through_a_proxy
    assert "wangli" not in far + through_a_proxy


def test_healthz_tells_that_the_database_serves() -> None:
    response = Client().get("/healthz")

    assert response.status_code == 200
    assert response.json()["ready"] is True
    assert response.json()["database"] == "ok"


@pytest.mark.parametrize("shell", ["public", "desk"])
@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_the_living_page_shows_every_part_in_both_shells(shell: str, language: str) -> None:
    page = Client().get(f"/ui/?shell={shell}&lang={language}").content.decode()

    assert page.count("<h1>") == 1
    assert "<script>alert" not in page
    assert "{%" not in page


def test_the_pulse_is_quiet_while_nothing_changed() -> None:
    client = Client()
    with clock.standing_at(datetime(2026, 11, 23, 1, 30, 5, tzinfo=UTC)):
        first = client.get("/ui/pulse")
        again = client.get("/ui/pulse", headers={"If-None-Match": first.headers["ETag"]})
    with clock.standing_at(datetime(2026, 11, 23, 1, 30, 15, tzinfo=UTC)):
        later = client.get("/ui/pulse", headers={"If-None-Match": first.headers["ETag"]})

    assert [first.status_code, again.status_code, later.status_code] == [200, 304, 200]


def test_a_forged_sentence_is_not_said() -> None:
    client = Client()
    client.cookies[cookies.SAID] = signing.dumps(["done", "假的", "forged"], key="another key")

    assert "假的" not in client.get("/sign-in").content.decode()
