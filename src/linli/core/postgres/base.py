# SPDX-License-Identifier: MulanPSL-2.0
"""Django's PostgreSQL backend, whose pool hands nobody a connection that died while it lay there."""

import select
from typing import Any

import psycopg
from django.db.backends.postgresql import base
from psycopg_pool import ConnectionPool


class DatabaseWrapper(base.DatabaseWrapper):
    """As Django's. The pool's own check (CONN_HEALTH_CHECKS) throws dead connections away one by one with growing pauses: four of them outlast a request.

    Here the first dead one has all of them replaced at once. A living one costs no statement.
    """

    def get_new_connection(self, conn_params: Any) -> Any:
        found = super().get_new_connection(conn_params)
        if self.pool is None or not has_died(found):
            return found
        self.pool.putconn(found)
        self.pool.check()
        return super().get_new_connection(conn_params)


def has_died(connection: "psycopg.Connection[Any]") -> bool:
    """True when the server has closed an idle connection; it is closed here too then.

    Nothing comes from the server unasked but its farewell, so that only a socket with something to read is asked by a statement.
    """
    looks = select.poll()
    looks.register(connection.fileno(), select.POLLIN)
    if not looks.poll(0):
        return False
    try:
        ConnectionPool.check_connection(connection)
    except psycopg.Error:
        connection.close()
        return True
    return False
