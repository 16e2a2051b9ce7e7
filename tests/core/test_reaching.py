# SPDX-License-Identifier: MulanPSL-2.0
"""A database that went away and came back: the pool's dead connections cost nobody a fault."""

from collections.abc import Iterator

import psycopg
import pytest
from django.db import connection

from linli.core.postgres.base import DatabaseWrapper, has_died

MANY = 6


@pytest.fixture
def pooled(db: None) -> Iterator[DatabaseWrapper]:
    """A way to the tests' database that keeps its connections in a pool, as the web server does."""
    options = {**connection.settings_dict["OPTIONS"], "pool": {"min_size": 1, "max_size": MANY, "timeout": 5}}
    way = DatabaseWrapper({**connection.settings_dict, "OPTIONS": options}, alias="pooled")
    yield way
    way.close()
    way.close_pool()


def ended(way: DatabaseWrapper) -> None:
    """Fill the pool, then end every connection of it on the server, as a restart does."""
    way.pool.open()
    held = [way.pool.getconn() for _ in range(MANY)]
    numbers = [one.info.backend_pid for one in held]
    for one in held:
        way.pool.putconn(one)
    with connection.cursor() as cursor:
        cursor.execute("select count(*) filter (where pg_terminate_backend(number, 5000)) from unnest(%s) number", [numbers])
        assert cursor.fetchone() == (MANY,)


def test_a_pool_full_of_dead_connections_serves_the_first_who_asks(pooled: DatabaseWrapper) -> None:
    ended(pooled)

    with pooled.cursor() as cursor:
        cursor.execute("select 42")
        assert cursor.fetchone() == (42,)


def test_a_living_connection_is_handed_out_again(pooled: DatabaseWrapper) -> None:
    pooled.pool.open(wait=True)
    numbers = set()
    for _ in range(3):
        with pooled.cursor() as cursor:
            cursor.execute("select pg_backend_pid()")
            numbers.add(cursor.fetchone())
        pooled.close()

    assert len(numbers) == 1


def test_a_connection_with_news_from_the_server_is_not_dead(pooled: DatabaseWrapper) -> None:
    pooled.ensure_connection()
    wire: psycopg.Connection[object] = pooled.connection
    wire.execute("listen linli_test_news")
    wire.commit()
    with psycopg.connect(wire.info.dsn, password=wire.info.password, autocommit=True) as other:
        other.execute("notify linli_test_news")

    assert not has_died(wire)
    assert not wire.closed
