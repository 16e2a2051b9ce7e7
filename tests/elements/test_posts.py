# SPDX-License-Identifier: MulanPSL-2.0
"""Roles and abilities: who may do what, and who may not."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from linli.core import clock, registry
from linli.core.actions import run
from linli.core.faults import Conflict, Invalid, NotAble, NotVisible
from linli.core.models import JournalLine
from linli.core.sight import PUBLIC, Actor, looking, of_all
from linli.core.words import words
from linli.elements.actors import actor_of_post, actor_of_token
from linli.elements.models import Account, Organisation, Post, Token
from linli.elements.posts import Role, all_roles, declare, role_named
from tests.elements.conftest import CITY, HEPING, QUANYECHANG

COMMUNITY = 120101001001000
DEMONSTRATION = {"gridworker", "director", "dispatcher", "handler", "verifier", "district", "city", "sysadmin"}


def test_all_roles_of_the_demonstration_are_declared_in_both_languages() -> None:
    names = {role.name for role in all_roles()}

    assert names >= DEMONSTRATION
    assert all(role.words.zh and role.words.en for role in all_roles())


def test_no_role_both_handles_and_verifies() -> None:
    both = [role.name for role in all_roles() if {"matter.handle", "matter.verify"} <= role.abilities]

    assert both == []


def test_a_role_that_handles_and_verifies_is_refused_with_a_sentence() -> None:
    with pytest.raises(ValueError, match="both handles and verifies"):
        declare(Role("planted", words("甲", "A"), frozenset({"matter.handle", "matter.verify"}), frozenset({"street"})))

    assert registry.get("role", "planted") is None


def test_the_administrator_has_an_empty_sight_and_sees_nothing_personal(sysadmin: Actor) -> None:
    role = role_named("sysadmin")

    assert role is not None
    assert not role.see_personal
    assert (sysadmin.lo, sysadmin.hi) == (0, 0)
    assert not any(ability.startswith("matter.") for ability in sysadmin.abilities)


def test_a_dispatcher_sees_the_range_of_the_street(person: Callable[..., Actor]) -> None:
    actor = person("diaodu", "dispatcher", QUANYECHANG)

    assert (actor.lo, actor.hi) == (QUANYECHANG, QUANYECHANG + 1_000_000)
    assert actor.may("matter.file")


def test_a_grid_worker_may_not_file(person: Callable[..., Actor]) -> None:
    actor = person("wangge", "gridworker", COMMUNITY)

    assert not actor.may("matter.file")


def test_a_post_can_be_given_only_at_its_levels(sysadmin: Actor, person: Callable[..., Actor]) -> None:
    other = person("wangge", "gridworker", COMMUNITY)

    with pytest.raises(Invalid) as refusal:
        run("post.give", sysadmin, {"account": other.account, "role": "gridworker", "area": HEPING})

    assert "area" in refusal.value.fields


def test_a_handler_needs_a_unit(person: Callable[..., Actor]) -> None:
    with pytest.raises(Invalid) as refusal:
        person("chuzhi", "handler", QUANYECHANG)

    assert "organisation" in refusal.value.fields


def test_a_handler_of_a_unit_carries_it(person: Callable[..., Actor]) -> None:
    unit = Organisation.objects.create(area=QUANYECHANG, kind="department", name="市政所")

    actor = person("chuzhi", "handler", QUANYECHANG, unit.pk)

    assert actor.organisation == unit.pk


def test_a_unit_of_another_district_is_refused(person: Callable[..., Actor]) -> None:
    unit = Organisation.objects.create(area=120104001000000, kind="department", name="南开市政所")

    with pytest.raises(Invalid):
        person("chuzhi", "handler", QUANYECHANG, unit.pk)


def test_nobody_but_the_administrator_gives_posts(person: Callable[..., Actor]) -> None:
    director = person("zhuren", "director", COMMUNITY)

    with pytest.raises(NotAble):
        run("post.give", director, {"account": director.account, "role": "director", "area": COMMUNITY})


def test_an_administrator_cannot_give_himself_a_post(sysadmin: Actor) -> None:
    with pytest.raises(NotAble) as refusal:
        run("post.give", sysadmin, {"account": sysadmin.account, "role": "director", "area": COMMUNITY})

    assert refusal.value.code == "not_yourself"


def test_an_ended_post_acts_no_more(sysadmin: Actor, person: Callable[..., Actor]) -> None:
    director = person("zhuren", "director", COMMUNITY)

    run("post.end", sysadmin, {"post": director.post})

    assert director.post is not None
    assert actor_of_post(director.post) is None


def test_a_post_of_tomorrow_acts_tomorrow(sysadmin: Actor, person: Callable[..., Actor]) -> None:
    director = person("zhuren", "director", COMMUNITY)
    tomorrow = clock.today() + timedelta(days=1)

    given = run("post.give", sysadmin, {"account": director.account, "role": "gridworker", "area": COMMUNITY, "valid_from": tomorrow.isoformat()})

    assert actor_of_post(given["post"]) is None
    with clock.standing_at(clock.now() + timedelta(days=1, hours=1)):
        assert actor_of_post(given["post"]) is not None


def test_the_last_administrator_can_be_neither_closed_nor_relieved(sysadmin: Actor, person: Callable[..., Actor]) -> None:
    former = person("root2", "sysadmin", CITY)
    run("post.end", sysadmin, {"post": former.post})
    other = replace(former, abilities=sysadmin.abilities)

    with pytest.raises(Conflict) as closing:
        run("account.close", other, {"account": sysadmin.account, "reason": "离职"})
    with pytest.raises(Conflict) as ending:
        run("post.end", other, {"post": sysadmin.post})

    assert closing.value.code == ending.value.code == "last_administrator"


def test_one_of_two_administrators_can_be_closed(sysadmin: Actor, person: Callable[..., Actor]) -> None:
    other = person("root2", "sysadmin", CITY)

    run("account.close", sysadmin, {"account": other.account, "reason": "离职"})

    assert not Account.objects.get(pk=other.account).is_active
    assert Post.objects.get(pk=other.post).valid_to == clock.today()


def test_the_public_is_asked_to_sign_in_before_it_learns_of_accounts(sysadmin: Actor) -> None:
    from linli.core.faults import Fault

    with pytest.raises(Fault) as refusal:
        run("account.change", PUBLIC, {"account": sysadmin.account, "version": 1, "name": "乙"})

    assert refusal.value.status == 401


def test_a_stale_change_of_an_account_is_a_conflict(sysadmin: Actor, person: Callable[..., Actor]) -> None:
    other = person("zhuren", "director", COMMUNITY)
    run("account.change", sysadmin, {"account": other.account, "version": 1, "name": "乙"})

    with pytest.raises(Conflict) as refusal:
        run("account.change", sysadmin, {"account": other.account, "version": 1, "name": "丙"})

    assert refusal.value.code == "stale"


def test_an_unknown_account_is_not_visible(sysadmin: Actor) -> None:
    with pytest.raises(NotVisible):
        run("account.reset_password", sysadmin, {"account": 987_654_321})


def test_a_token_acts_under_its_post_and_its_secret_is_kept_nowhere(person: Callable[..., Actor]) -> None:
    director = person("zhuren", "director", COMMUNITY)

    made = run("token.make_own", director, {"label": "对接"}, key="once")
    again = run("token.make_own", director, {"label": "对接"}, key="once")

    acting = actor_of_token(made["secret"])
    assert acting is not None
    assert acting.post == director.post
    assert "secret" not in again
    assert not Token.objects.filter(digest=made["secret"].encode()).exists()


def test_a_revoked_an_expired_and_a_forged_token_open_nothing(person: Callable[..., Actor]) -> None:
    director = person("zhuren", "director", COMMUNITY)
    revoked = run("token.make_own", director, {"label": "甲"})
    short = run("token.make_own", director, {"label": "乙", "days": 1})

    run("token.revoke", director, {"token": revoked["token"]})

    assert actor_of_token(revoked["secret"]) is None
    assert actor_of_token(short["secret"] + "x") is None
    with clock.standing_at(clock.now() + timedelta(days=2)):
        assert actor_of_token(short["secret"]) is None


def test_a_neighbour_cannot_revoke_anothers_token(person: Callable[..., Actor]) -> None:
    director = person("zhuren", "director", COMMUNITY)
    neighbour = person("linju", "director", COMMUNITY + 1000)
    made = run("token.make_own", director, {"label": "甲"})

    with pytest.raises(NotVisible):
        run("token.revoke", neighbour, {"token": made["token"]})


def test_an_administrator_cannot_make_a_token_that_sees_personal_data(sysadmin: Actor, person: Callable[..., Actor]) -> None:
    director = person("zhuren", "director", COMMUNITY)

    with pytest.raises(NotAble) as refusal:
        run("token.make", sysadmin, {"post": director.post, "label": "甲"})

    assert refusal.value.code == "sees_personal"


def test_administration_stands_in_the_journal_without_the_password(sysadmin: Actor, django_assert_num_queries: Any) -> None:
    made = run("account.add", sysadmin, {"username": "xinren", "name": "新人"})

    with looking(of_all()):
        line = JournalLine.objects.filter(action="account.add").latest("id")
        payload = str(line.journalpayload.plain)
    assert (line.area, line.actor) == (CITY, sysadmin.account)
    assert "xinren" in payload
    assert made["password"] not in payload


def test_an_actor_is_found_with_one_query(person: Callable[..., Actor], django_assert_num_queries: Any) -> None:
    director = person("zhuren", "director", COMMUNITY)
    made = run("token.make_own", director, {"label": "甲"})

    with django_assert_num_queries(1):
        found = actor_of_token(made["secret"])

    assert found == director
