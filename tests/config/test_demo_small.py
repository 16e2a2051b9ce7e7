# SPDX-License-Identifier: MulanPSL-2.0
"""A small demonstration played into a small city, through the actions."""

import hashlib
import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.db import connection, transaction

from linli.config.demonstration import cast, orders, small
from linli.config.demonstration.orders import Order
from linli.core import editions, registry, seals
from linli.core.models import JournalLine
from linli.core.sight import looking, of_all
from linli.elements.models import Account, Organisation, Place, Post
from linli.matters.models import Matter, Move, Proposal, RouteTrial, RouteVersion
from linli.matters.stories import replay

pytestmark = pytest.mark.slow
ORDER = Order(matters=45, seed=11, processes=1, last=date(2026, 11, 23))
NAMED = {"gridworker", "director", "gridworker2", "dispatcher", "handler", "verifier", "head", "district", "city", "city2", "sysadmin", "assessor", "assessor2", "assessor3"}


def _without_seeds(section: str) -> list[Any]:
    return [] if section == "seed" else registry.REGISTRY.all(section)


@pytest.fixture
def stage(small_city: None, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, settings: Any) -> None:
    """A city that has its seeds, and a folder for the pictures."""
    settings.EVIDENCE_ROOT = tmp_path
    monkeypatch.setattr(orders.registry, "everything", _without_seeds)


@pytest.fixture
def played(stage: None) -> None:
    small.make(ORDER, lambda line: None)


def content() -> str:
    """A digest over everything that a seed decides."""
    with looking(of_all()), connection.cursor() as cursor:
        cursor.execute("select json_agg(m order by id) from (select id, area, kind, phase, version, round, source, summary, address, lon_e6, lat_e6, own, rating, "
                       "occurred_at, reported_at, closed_at, due_at, close_due_at, reporter is null from matters_matter) m")
        matters = cursor.fetchone()[0]
        cursor.execute("select json_agg(m order by matter_id, step) from (select matter_id, step, action, to_phase, role, recorded_at, note, reason from matters_move) m")
        moves = cursor.fetchone()[0]
    first = json.loads(matters) if isinstance(matters, str) else matters
    lowest = min(row["id"] for row in first) - 1
    for row in first:
        row["id"] -= lowest
    for row in (steps := json.loads(moves) if isinstance(moves, str) else moves):
        row["matter_id"] -= lowest
    return hashlib.sha256(json.dumps([first, steps], sort_keys=True).encode()).hexdigest()


def test_the_named_accounts_hold_their_posts(played: None) -> None:
    posts = {post.account.username: post for post in Post.objects.filter(account__username__in=NAMED).select_related("account", "place", "organisation")}

    assert set(posts) == NAMED
    assert posts["gridworker"].place == posts["director"].place
    assert posts["gridworker2"].place != posts["gridworker"].place
    assert posts["gridworker2"].place.parent_id == posts["gridworker"].place.parent_id == posts["dispatcher"].place_id
    assert posts["handler"].organisation_id != posts["verifier"].organisation_id


def test_only_the_named_accounts_can_sign_in(played: None) -> None:
    others = Account.objects.exclude(username__in=NAMED)

    assert others.exists()
    assert set(others.values_list("password", flat=True)) == {cast.NO_SIGN_IN}


def test_everything_made_up_is_marked(played: None) -> None:
    assert not Account.objects.filter(is_demonstration=False).exists()
    assert not Place.objects.filter(level="grid", is_demonstration=False).exists()
    assert not Organisation.objects.filter(kind="property_firm", is_demonstration=False).exists()


def test_made_up_places_take_numbers_from_the_top(played: None) -> None:
    street = Place.objects.get(level="street", is_demonstration=True)

    assert street.area == 120101999000000
    assert sorted(street.children.values_list("area", flat=True)) == [120101999996000, 120101999997000, 120101999998000, 120101999999000]


def test_every_history_replays_to_its_row(played: None) -> None:
    with looking(of_all(), read_only=True):
        for matter in Matter.objects.all():
            moves = list(Move.objects.filter(matter=matter.pk).order_by("step"))
            told = replay(moves)
            assert told == {name: getattr(matter, name) for name in told}


def test_no_real_community_gets_a_bad_result(played: None) -> None:
    with looking(of_all(), read_only=True):
        made_up = set(Place.objects.filter(level="community", is_demonstration=True).values_list("area", flat=True))
        real = [one for one in Matter.objects.all() if one.community * 1000 not in made_up]

    assert real
    for one in real:
        assert one.phase in ("closed", "archived")
        assert one.closed_at <= one.close_due_at
        assert one.failures == one.returns == 0
        assert one.rating in (None, 1, 2)
        assert one.first_reply_due_at is None or one.first_reply_at <= one.first_reply_due_at


def test_numbers_grow_with_the_time_of_report(played: None) -> None:
    with looking(of_all(), read_only=True):
        moments = list(Matter.objects.order_by("id").values_list("reported_at", flat=True))

    assert moments == sorted(moments)


def test_the_journal_is_sealed_and_whole(played: None) -> None:
    with looking(of_all(), read_only=True):
        lines = JournalLine.objects.count()

    verdict = seals.verify()

    assert verdict.is_whole
    assert verdict.sealed + verdict.unsealed == lines


def test_the_same_seed_makes_the_same_content(stage: None) -> None:
    with transaction.atomic():
        small.make(ORDER, lambda line: None)
        first = content()
        transaction.set_rollback(True)
    editions.forget_all()

    small.make(ORDER, lambda line: None)

    assert content() == first


def test_a_second_demonstration_is_refused(played: None) -> None:
    with pytest.raises(RuntimeError, match="already holds"):
        small.make(ORDER, lambda line: None)


def test_rules_of_the_district_are_in_force_and_a_draft_was_tried(played: None) -> None:
    with looking(of_all(), read_only=True):
        states = dict(RouteVersion.objects.order_by("number").values_list("number", "state"))
        trial = RouteTrial.objects.get()
        waiting = Matter.objects.filter(phase="filed")
        proposed = Proposal.objects.filter(matter__in=waiting)

    assert states == {1: "published", 2: "draft"}
    assert RouteVersion.objects.get(number=1).findings["overlaps"] == 0
    assert (trial.state, trial.looked) == ("done", trial.total)
    assert trial.unresolved == 0
    with looking(of_all(), read_only=True):
        assert proposed.count() == waiting.count()
        assert not proposed.filter(is_failing=True).exists()
        assert not Move.objects.filter(action="matter.dispatch", role="system:worker").exists()
