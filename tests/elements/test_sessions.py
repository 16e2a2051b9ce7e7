# SPDX-License-Identifier: MulanPSL-2.0
"""Signing in: right and wrong passwords, locks, demonstration accounts, expiry, choosing a post."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from linli.core import clock
from linli.core.actions import run
from linli.core.faults import Fault, Invalid, NotVisible, TooMany
from linli.core.models import JournalLine
from linli.core.sight import Actor, looking, of_all
from linli.core.system_actors import system_actor
from linli.elements import passwords
from linli.elements.actors import BEFORE_PASSWORD, WITHOUT_POST, actor_of_session
from linli.elements.models import Account, Session
from linli.elements.sessions import Entered, change_own_password, choose_post, sign_in, sign_out

COMMUNITY = 120101001001000
HERE, PASSWORD = b"here", "mei-li-she-qu-2026"


@pytest.fixture
def director(person: Callable[..., Actor]) -> Actor:
    actor = person("zhuren", "director", COMMUNITY)
    Account.objects.filter(pk=actor.account).update(password=passwords.hashed(PASSWORD), must_change=False)
    return actor


def enter(password: str = PASSWORD, *, address: bytes = HERE, is_loopback: bool = True, username: str = "zhuren") -> Entered:
    return sign_in(username, password, address, is_loopback)


def refused(**more: object) -> Fault:
    with pytest.raises(Fault) as refusal:
        enter(**more)  # type: ignore[arg-type]
    return refusal.value


def test_the_right_password_opens_a_session_under_the_only_post(director: Actor) -> None:
    entered = enter()

    assert actor_of_session(entered.cookie) == director


def test_a_session_keeps_only_the_digest_of_its_secret(director: Actor) -> None:
    entered = enter()

    assert entered.cookie.encode() not in bytes(Session.objects.get().digest)


def test_unknown_name_wrong_password_and_closed_account_read_the_same(director: Actor) -> None:
    unknown = refused(username="nobody")
    wrong = refused(password="wrong-password")
    Account.objects.filter(pk=director.account).update(is_active=False)
    closed = refused()

    assert str(unknown) == str(wrong) == str(closed)
    assert unknown.code == "sign_in_refused"


def test_an_unknown_name_costs_one_check_of_a_password_too(director: Actor, monkeypatch: pytest.MonkeyPatch) -> None:
    checked: list[str] = []
    check = passwords.check_password
    monkeypatch.setattr(passwords, "check_password", lambda password, stored: checked.append(stored) or check(password, stored))

    refused(username="nobody")

    assert len(checked) == 1


def test_five_failures_lock_the_account_and_time_unlocks_it(director: Actor) -> None:
    for _ in range(5):
        refused(password="wrong-password")

    assert refused().code == "sign_in_refused"
    with clock.standing_at(clock.now() + timedelta(minutes=16)):
        assert enter().post == director.post


def test_four_failures_do_not_lock(director: Actor) -> None:
    for _ in range(4):
        refused(password="wrong-password")

    assert enter().account == director.account


def test_failures_stand_in_the_journal(director: Actor) -> None:
    refused(password="wrong-password")

    with looking(of_all()):
        assert JournalLine.objects.filter(action="session.refuse", subject=director.account).count() == 1


def test_a_demonstration_account_is_refused_from_afar(director: Actor) -> None:
    Account.objects.filter(pk=director.account).update(is_demonstration=True)

    refusal = refused(is_loopback=False)

    assert refusal.code == "demonstration_only_here"
    assert enter(is_loopback=True).account == director.account


def test_a_demonstration_account_may_come_from_afar_when_the_setting_says_so(director: Actor, settings: object) -> None:
    Account.objects.filter(pk=director.account).update(is_demonstration=True)
    settings.DEMO_OPEN = True  # type: ignore[attr-defined]

    assert enter(is_loopback=False).account == director.account


def test_an_account_of_ones_own_may_come_from_afar(director: Actor) -> None:
    assert enter(is_loopback=False).account == director.account


def test_too_many_tries_from_one_address_are_refused_whatever_the_name(director: Actor, settings: object) -> None:
    settings.SIGN_IN_LIMIT = 3  # type: ignore[attr-defined]
    with clock.standing_at(clock.now()):
        for name in ("a1", "a2", "a3"):
            refused(username=name)

        with pytest.raises(TooMany):
            enter()
        assert enter(address=b"elsewhere").account == director.account


def test_a_limit_of_nothing_switches_the_count_off(director: Actor, settings: object) -> None:
    settings.SIGN_IN_LIMIT = 0  # type: ignore[attr-defined]
    for number in range(12):
        refused(username=f"nobody{number}")

    assert enter().account == director.account


def test_a_session_expires(director: Actor) -> None:
    entered = enter()

    with clock.standing_at(entered.expires_at + timedelta(seconds=1)):
        assert actor_of_session(entered.cookie) is None


def test_a_session_ends_with_its_account(director: Actor) -> None:
    entered = enter()

    Account.objects.filter(pk=director.account).update(is_active=False)

    assert actor_of_session(entered.cookie) is None


def test_a_session_whose_post_has_ended_sees_nothing(director: Actor) -> None:
    entered = enter()
    run("post.give", system_actor("installer"), {"account": director.account, "role": "gridworker", "area": COMMUNITY})

    with clock.standing_at(clock.now()):
        from linli.elements.models import Post

        Post.objects.filter(pk=director.post).update(valid_to=clock.today())
        left = actor_of_session(entered.cookie)

    assert left is not None
    assert (left.role, left.lo, left.hi) == (WITHOUT_POST, 0, 0)


def test_signing_out_ends_the_session(director: Actor) -> None:
    entered = enter()

    sign_out(entered.cookie)

    assert actor_of_session(entered.cookie) is None


def test_with_two_posts_one_is_chosen_and_a_strangers_is_not_there(director: Actor, person: Callable[..., Actor]) -> None:
    stranger = person("linju", "director", COMMUNITY + 1000)
    given = run("post.give", system_actor("installer"), {"account": director.account, "role": "gridworker", "area": COMMUNITY})
    entered = enter()

    choose_post(entered.cookie, given["post"])

    acting = actor_of_session(entered.cookie)
    assert acting is not None
    assert acting.role == "gridworker"
    with pytest.raises(NotVisible):
        choose_post(entered.cookie, stranger.post or 0)


def test_nobody_opens_a_session_without_the_door(director: Actor) -> None:
    with pytest.raises(NotVisible):
        run("session.open", director, {"account": director.account})


def test_a_one_time_password_lets_in_only_to_set_an_own_one(person: Callable[..., Actor]) -> None:
    made = run("account.add", system_actor("installer"), {"username": "xinren", "name": "新人"})
    entered = sign_in("xinren", made["password"], HERE, True)
    first = actor_of_session(entered.cookie)
    assert first is not None

    later = change_own_password(first, made["password"], PASSWORD)

    assert first.role == BEFORE_PASSWORD
    assert first.abilities == {"account.change_password"}
    assert not later.must_change
    assert actor_of_session(entered.cookie) is None
    assert sign_in("xinren", PASSWORD, HERE, True).account == made["account"]


@pytest.mark.parametrize("weak", ["short", "1234567890", "password123", "zhuren-zhuren", "aaaaaaaaaaaa"])
def test_a_weak_password_is_refused_with_a_sentence(director: Actor, weak: str) -> None:
    with pytest.raises(Invalid) as refusal:
        run("account.change_password", director, {"old": PASSWORD, "new": weak})

    assert "new" in refusal.value.fields


def test_a_password_is_not_changed_without_the_present_one(director: Actor) -> None:
    with pytest.raises(Invalid) as refusal:
        run("account.change_password", director, {"old": "not-this-one", "new": "quite-another-42"})

    assert set(refusal.value.fields) == {"old"}


def test_passwords_never_reach_the_journal(director: Actor) -> None:
    run("account.change_password", director, {"old": PASSWORD, "new": "quite-another-42"})

    with looking(of_all()):
        payload = JournalLine.objects.filter(action="account.change_password").latest("id").journalpayload
    assert payload.plain == {}
    assert payload.sealed is None
