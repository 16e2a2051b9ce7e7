# SPDX-License-Identifier: MulanPSL-2.0
"""Every action against every role: who may not, is told so; who may not even see, is told nothing."""

from collections.abc import Callable
from functools import partial
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client

from linli.core import registry
from linli.elements.posts import role_named
from linli.matters.models import Scheme
from tests import closings, guards
from tests.cast import COMMUNITY, COMMUNITY2, DISTRICT, NEIGHBOURS, ROLES, Cast
from tests.inspections import team
from tests.measures.surveys import survey_records
from tests.residents import one_claim
from tests.titles.planted import planted

ACTIONS = registry.names("action")
BY_NUMBER = [name for name in ACTIONS if name.startswith("matter.") and registry.get("action", name).finds is not None
             and "number" in {one.name for one in registry.get("action", name).fields}]


def body_for(name: str, cast: Cast, number: str, code: str = "") -> dict[str, Any]:
    """A body that names real records in every field that names one, so that only rights can refuse it; made only where they are asked for."""
    wanted = {one.name for one in registry.get("action", name).fields}
    known: dict[str, Any] = {
        "number": number, "query_code": code, "account": cast.director.account, "post": cast.director.post, "token": 1, "batch": 1, "session": 1,
        "subject_kind": "matter", "subject": int(number.removeprefix("LL")), "reason": "not_ours", "duty": "他-99", "area": 120_101_001_001_000,
    }
    made: dict[str, Callable[[], Any]] = {
        "version": lambda: cast.version(number), "alarm": cast.alarm, "letter": cast.letter, "route": cast.route, "redrawing": cast.redrawing,
        "reorganisation": cast.reorganisation,
        "scheme": lambda: Scheme.objects.earliest("pk").pk, "crosswalk": cast.crosswalk, "code": cast.code, "check": cast.field_check,
        "claim": lambda: one_claim(COMMUNITY, COMMUNITY2), "intake": cast.intake, "pairing": cast.pairing, "template": cast.template, "filling": cast.filling,
        "register": lambda: "person", "record": partial(_kept, cast, "person"),
    }
    made |= {one: partial(_compared, cast, one) for one in ("reconciliation", "item")} | ({"source": partial(_compared, cast, "source")} if "keeper" in wanted else {})
    made |= {"voucher": cast.voucher, "proof": cast.proof}
    made |= {one: partial(cast.standing, one) for one in ("organisation", "thing", "term", "seat", "member", "part", "responsibility", "away")}
    made |= {one: partial(_kept, cast, one) for one in ("building", "dwelling", "household", "person", "visit", "event", "proposal")}
    made |= {"inspection": lambda: team(DISTRICT).open(COMMUNITY)}
    made |= {one: partial(_surveyed, cast, one) for one in ("survey", "line", "doubt")}
    made |= {one: partial(planted, cast, one) for one in ("title_batch", "application", "strike", "publicity", "title_objection")}
    made |= {"title": lambda: cast.title_case()["title"], "reinspection": lambda: cast.title_case()["case"]}
    made |= {"closing": lambda: closings.closing(cast), "override": lambda: closings.override(cast)}
    made |= {"norm": lambda: cast.do("norm.add", "city", code=f"T{uuid4().hex}", kind="own", mark="proposed", zh="规则", en="A rule")["norm"]}
    made |= {"finding": lambda: guards.finding(cast)}
    return {one: value for one, value in known.items() if one in wanted} | {one: make() for one, make in made.items() if one in wanted}


def _compared(cast: Cast, name: str) -> int:
    return cast.reconciliation()[name]


def _surveyed(cast: Cast, name: str) -> int:
    return survey_records(cast)[name]


def _kept(cast: Cast, name: str) -> int:
    return cast.kept()[name]


def call(client: Client, cast: Cast, name: str, who: str, body: dict[str, Any]) -> int:
    """The status with which an action answers somebody."""
    return client.post(f"/api/v1/actions/{name}", body, content_type="application/json", headers=cast.headers(who)).status_code


def refusal(name: str, role: str) -> int:
    """What the house promises to a role without the ability: 404 where nothing is visible or a door is involved, else 403."""
    found = registry.get("action", name)
    is_blind = not role_named(role).has_sight and found.finds is not None and found.sight == "post"
    return 404 if is_blind or name.startswith("session.") else 403


@pytest.mark.slow
@pytest.mark.parametrize("role", ROLES)
def test_a_role_without_the_ability_is_refused_every_action(client: Client, cast: Cast, role: str) -> None:
    number = cast.report()["number"]
    actor = getattr(cast, role)
    forbidden = [name for name in ACTIONS if not actor.may(registry.get("action", name).ability)]

    answers = {name: call(client, cast, name, role, body_for(name, cast, number)) for name in forbidden}

    assert answers == {name: refusal(name, role) for name in forbidden}
    assert forbidden


@pytest.mark.slow
def test_the_public_is_refused_every_action_that_needs_an_ability(client: Client, cast: Cast) -> None:
    number = cast.report()["number"]
    closed = [name for name in ACTIONS if registry.get("action", name).ability is not None]

    answers = {name: call(client, cast, name, "", body_for(name, cast, number)) for name in closed}

    assert answers == dict.fromkeys(closed, 401)


@pytest.mark.parametrize("role", NEIGHBOURS)
def test_a_neighbour_of_the_same_role_gets_404_for_every_action_on_a_foreign_matter(client: Client, cast: Cast, role: str) -> None:
    number = cast.report()["number"]
    neighbour = NEIGHBOURS[role]

    answers = {name: call(client, cast, name, neighbour, body_for(name, cast, number)) for name in BY_NUMBER}

    assert answers == dict.fromkeys(BY_NUMBER, 404)
    assert "matter.file" in answers


@pytest.mark.parametrize("reached", ["captured", "filed", "dispatched", "handling", "verifying", "passed"])
def test_whoever_has_a_matter_in_hand_is_not_refused(client: Client, cast: Cast, reached: str) -> None:
    number = cast.report()["number"]
    cast.walk(number, to=reached) if reached != "captured" else None
    name, who, more = {
        "captured": ("matter.file", "dispatcher", {}), "filed": ("matter.dispatch", "dispatcher", {"unit": cast.units["cleaners"]}),
        "dispatched": ("matter.receive", "handler", {}), "handling": ("matter.reply", "handler", {"note": "好了", "no_photo_reason": "无"}),
        "verifying": ("matter.verify", "verifier", {"passed": True}), "passed": ("matter.close", "dispatcher", {}),
    }[reached]

    status = call(client, cast, name, who, {"number": number, "version": cast.version(number)} | more)

    assert status == 200


def test_the_unit_that_handled_may_not_verify_even_with_the_ability(client: Client, cast: Cast) -> None:
    number = cast.report()["number"]
    cast.walk(number, to="verifying")

    status = call(client, cast, "matter.verify", "handler", {"number": number, "version": cast.version(number), "passed": True})

    assert status == 403


def test_a_token_that_opens_nothing_is_refused_with_a_sentence(client: Client, cast: Cast) -> None:
    headers = {"Authorization": "Bearer linli_made_up", "Accept-Language": "en"}

    answers = [client.get("/api/v1/me", headers=headers), client.post("/api/v1/actions/matter.report", {}, content_type="application/json", headers=headers),
               client.get("/api/v1/places", headers={"Authorization": "Basic abc", "Accept-Language": "en"})]

    assert [one.status_code for one in answers] == [401, 401, 401]
    assert {one.json()["fault"]["message"] for one in answers} == {"This token is unknown, expired or revoked."}


def test_a_demonstration_token_works_only_on_the_demonstrations_own_computer(client: Client, cast: Cast) -> None:
    answer = client.get("/api/v1/me", headers=cast.headers("city"), REMOTE_ADDR="203.0.113.7")

    assert answer.status_code == 403
    assert answer.json()["fault"]["code"] == "demonstration_only_here"


def test_the_session_of_a_browser_counts_for_nothing(client: Client, cast: Cast) -> None:
    client.cookies["linli_session"] = "anything"

    answer = client.get("/api/v1/matters")

    assert answer.status_code == 401
