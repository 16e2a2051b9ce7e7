# SPDX-License-Identifier: MulanPSL-2.0
"""A database that went away: which errors say so, and forgetting the connections that died with it."""

from typing import Any

from django.db import InterfaceError, OperationalError, connection
from psycopg_pool import PoolTimeout

AWAY = (OperationalError, InterfaceError, PoolTimeout)
"""The database was not reached, or went away in mid-statement."""


def forget_dead() -> None:
    """Close this thread's connection and replace the dead ones of the pool at once, instead of when the next one asks for them."""
    if connection.in_atomic_block:
        return
    connection.close()
    pool: Any = getattr(connection, "pool", None)
    if pool is not None:
        pool.check()
