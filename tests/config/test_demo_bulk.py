# SPDX-License-Identifier: MulanPSL-2.0
"""The city load, run inside a test's transaction on a small city."""

from collections.abc import Iterator
from datetime import date
from typing import Any

import psycopg
import pytest
from django.db import connection
from django.db.models import F

from linli.config.demonstration import bulk
from linli.core.actions import run
from linli.core.sight import looking, of_all
from linli.core.system_actors import system_actor
from linli.elements.models import Place
from linli.matters.models import Matter, Move, Verification
from linli.matters.stories import replay

pytestmark = pytest.mark.slow
LOAD = bulk.Load(1500, 3, date(2026, 9, 1), date(2026, 11, 23))


@pytest.fixture
def loaded(small_city: None) -> Iterator[None]:
    given = {"size": "city", "seed": 3, "since": "2026-08-01"}
    for name in ("demonstration.places", "demonstration.cast"):
        run(name, system_actor("demonstrator"), given)
    with connection.cursor():
        raw: psycopg.Connection[Any] = connection.connection
    cursor = psycopg.ClientCursor(raw)
    cursor.execute("set constraints all immediate")
    cursor.execute("select set_config('role', 'none', true)")
    bulk._prepare(cursor, LOAD)
    with bulk._bare(cursor, lambda line: None):
        bulk._days(cursor, LOAD, lambda line: None)
    bulk._tidy(cursor)
    return


def test_every_history_of_the_load_replays_to_its_row(loaded: None) -> None:
    with looking(of_all(), read_only=True):
        moves: dict[int, list[Move]] = {}
        for move in Move.objects.order_by("matter", "step"):
            moves.setdefault(move.matter_id, []).append(move)
        rows = list(Matter.objects.all())

    assert len(rows) == LOAD.matters
    for row in rows:
        told = replay(moves[row.pk])
        assert told == {name: getattr(row, name) for name in told}


def test_the_load_gives_no_real_community_a_bad_result(loaded: None) -> None:
    made_up = set(Place.objects.filter(level="community", is_demonstration=True).values_list("area", flat=True))
    with looking(of_all(), read_only=True):
        real = [one for one in Matter.objects.all() if one.community * 1000 not in made_up]

    for one in real:
        assert one.phase in ("closed", "refused")
        assert one.failures == 0
        assert one.rating in (None, 1, 2)
        assert one.closed_at <= one.close_due_at
        assert one.first_reply_due_at is None or one.first_reply_at is None or one.first_reply_at <= one.first_reply_due_at


def test_the_load_shows_open_late_and_reworked_matters_in_made_up_communities(loaded: None) -> None:
    with looking(of_all(), read_only=True):
        assert Matter.objects.filter(is_open=True).exists()
        assert Matter.objects.filter(failures=1, round=2, phase="closed").exists()
        assert Matter.objects.filter(closed_at__gt=F("close_due_at")).exists()


def test_nobody_verifies_his_own_handling_in_the_load(loaded: None) -> None:
    with looking(of_all(), read_only=True):
        rows = list(Verification.objects.values_list("handler", "verifier", "handler_unit", "verifier_unit"))

    assert rows
    assert all(row[0] != row[1] and row[2] != row[3] for row in rows)


def test_the_keys_and_indexes_are_there_again(loaded: None) -> None:
    with connection.cursor() as cursor:
        cursor.execute("select count(*) from pg_indexes where tablename = 'matters_matter'")
        indexes = cursor.fetchone()[0]
        cursor.execute("select count(*) from pg_constraint where conname in ('move_once', 'verification_names_the_handling', 'verified_once_a_round')")
        keys = cursor.fetchone()[0]

    assert indexes >= 9
    assert keys == 3


def test_the_next_number_follows_the_loaded_ones(loaded: None) -> None:
    with connection.cursor() as cursor:
        cursor.execute("select nextval(pg_get_serial_sequence('matters_matter', 'id'))")

        assert cursor.fetchone()[0] == LOAD.matters + 1


def test_a_load_into_a_database_with_matters_is_refused(loaded: None) -> None:
    with pytest.raises(RuntimeError, match="empty database"):
        bulk._prepare(psycopg.ClientCursor(connection.connection), LOAD)


def triggers(state: str) -> set[str]:
    """Names of the triggers of the loaded tables that are enabled (O) or disabled (D); keys and append-only guards left out, which ask no other row."""
    with connection.cursor() as cursor:
        cursor.execute("""select tgname from pg_trigger where tgrelid = any(%s::regclass[]) and not tgisinternal and tgname not like '%%append_only'
                       and tgenabled = %s""", [list(bulk.TABLES), state])
        return {name for (name,) in cursor.fetchall()}


def test_no_trigger_looks_at_each_row_while_the_load_writes_and_all_do_afterwards(small_city: None) -> None:
    guards = triggers("O")
    with connection.cursor():
        raw: psycopg.Connection[Any] = connection.connection
    cursor = psycopg.ClientCursor(raw)
    cursor.execute("set constraints all immediate")
    cursor.execute("select set_config('role', 'none', true)")

    with bulk._bare(cursor, lambda line: None):
        assert triggers("O") == set()

    assert guards
    assert triggers("O") == guards
