# SPDX-License-Identifier: MulanPSL-2.0
"""Whether the platform serves: the database answers with its tables, and a worker has shown itself lately."""

from django.db import DatabaseError, connection
from django.http import HttpRequest, HttpResponse, JsonResponse

import linli
from linli.core.reaching import forget_dead

TABLES = "select to_regclass('elements_place') is not null and to_regclass('core_journalline') is not null"
WORKERS = "select count(*) from procrastinate_workers where last_heartbeat > now() - interval '90 seconds'"


def healthz(request: HttpRequest) -> HttpResponse:
    """200 and {"ready": true, ...} once the database serves; 503 before. The worker is told of, it does not decide."""
    database, worker = _database(), ""
    if database == "ok":
        worker = _worker()
    is_ready = database == "ok"
    told = {"ready": is_ready, "version": linli.__version__, "database": database, "worker": worker or "unknown"}
    response = JsonResponse(told, status=200 if is_ready else 503)
    response.headers["Cache-Control"] = "no-store"
    return response


def _database() -> str:
    try:
        with connection.cursor() as cursor:
            cursor.execute(TABLES)
            return "ok" if cursor.fetchone()[0] else "no tables yet"
    except DatabaseError:
        forget_dead()
        return "no answer"


def _worker() -> str:
    try:
        with connection.cursor() as cursor:
            cursor.execute(WORKERS)
            return "ok" if cursor.fetchone()[0] else "absent"
    except DatabaseError:
        return "unknown"
