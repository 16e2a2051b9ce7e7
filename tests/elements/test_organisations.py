# SPDX-License-Identifier: MulanPSL-2.0
"""Organisations: offices, committees, departments with successors; the commands that set up a city."""

from datetime import date
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from linli.core.actions import run
from linli.core.system_actors import system_actor
from linli.elements.actors import actor_of_token
from linli.elements.models import Account, Duty, Organisation
from linli.elements.organisations import KINDS, SEEDS, on_duty
from linli.elements.sessions import sign_in
from tests.elements.conftest import CITY, QUANYECHANG

COMMUNITY = 120101001001000


@pytest.fixture
def units(city: dict[str, Any]) -> dict[str, Any]:
    return run("organisation.load", system_actor("installer"), {"departments": (SEEDS / "departments.csv").read_text("utf-8")})


def test_every_street_has_an_office_and_every_community_a_committee(units: dict[str, Any]) -> None:
    assert Organisation.objects.get(area=QUANYECHANG).name == "劝业场街道办事处"
    assert Organisation.objects.get(area=COMMUNITY).kind == "residents_committee"


def test_a_second_load_adds_nothing(units: dict[str, Any]) -> None:
    again = run("organisation.load", system_actor("installer"), {"departments": (SEEDS / "departments.csv").read_text("utf-8")})

    assert sum(again["done"].values()) == 0


def test_a_department_role_leads_to_whoever_filled_it_on_the_day(units: dict[str, Any]) -> None:
    before = [one.name for one in on_duty("FG", COMMUNITY, date(2017, 6, 1))]
    after = [one.name for one in on_duty("FG", COMMUNITY, date(2026, 11, 23))]

    assert before == ["市国土房管局"]
    assert after == ["市规划和自然资源局", "市住房和城乡建设委员会"]


def test_a_merged_department_has_a_successor(units: dict[str, Any]) -> None:
    former = Organisation.objects.get(name="市综治办")

    assert former.successor is not None
    assert former.successor.name == "市委政法委"


def test_what_is_only_remembered_is_marked(units: dict[str, Any]) -> None:
    assert {one.certainty for one in Duty.objects.filter(role="ZF")} == {"memory_unsure"}
    assert {one.role for one in Duty.objects.filter(area=CITY)} == {"MZ", "ZZ", "ZZB", "GA", "SF", "CZ", "FG", "SR", "ZF"}


def test_kinds_of_organisation_have_words_in_both_languages() -> None:
    assert all(one.zh and one.en for one in KINDS.values())


def said(*words: str) -> str:
    out = StringIO()
    call_command(*words, stdout=out)
    return out.getvalue()


def test_the_first_administrator_is_made_with_a_one_time_password_and_a_second_is_refused(city: dict[str, Any]) -> None:
    out = said("admin", "zhang")

    password = out.splitlines()[1].rsplit(" ", 1)[1]
    assert sign_in("zhang", password, b"here", True).must_change
    with pytest.raises(CommandError):
        call_command("admin", "li")


def test_no_administrator_without_places(db: None) -> None:
    with pytest.raises(CommandError, match="load_divisions"):
        call_command("admin", "zhang")


def test_a_token_stands_alone_on_the_output_and_acts(city: dict[str, Any]) -> None:
    said("admin", "zhang")

    out = said("token", "zhang")

    actor = actor_of_token(out.strip())
    assert out.count("\n") == 1
    assert actor is not None
    assert actor.role == "sysadmin"


def test_no_token_for_nobody(city: dict[str, Any]) -> None:
    with pytest.raises(CommandError, match="nobody"):
        call_command("token", "nobody")


def test_a_lost_password_is_reset_and_lifts_the_lock(city: dict[str, Any]) -> None:
    said("admin", "zhang")
    Account.objects.update(locked_until=date(2099, 1, 1).strftime("%Y-%m-%d 00:00Z"))

    password = said("reset_password", "zhang").strip().rsplit(" ", 1)[1]

    assert sign_in("zhang", password, b"here", True).must_change


def test_verify_prints_the_root_and_the_counts(city: dict[str, Any]) -> None:
    out = said("verify")

    assert "root" in out
    assert "not yet sealed 1" in out
