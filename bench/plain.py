# SPDX-License-Identifier: MulanPSL-2.0
"""The floors as a Django site of their own: a plain view that runs recorded inserts (/recorded), and one with three inserts (/three).

No rights, no checks, no sight: it connects as the owner. BENCH_RECORDED names the file with the recording.
"""

import json
import os
import secrets
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.db import connection, transaction
from django.http import HttpRequest, JsonResponse
from django.urls import path
from django.views.decorators.csrf import csrf_exempt

from bench.recordings import Recording

settings.configure(
    SECRET_KEY="bench", DEBUG=False, ALLOWED_HOSTS=["*"], ROOT_URLCONF=__name__, USE_TZ=True, INSTALLED_APPS=[],
    DATABASES={"default": json.loads(os.environ["BENCH_DATABASE"])},
    MIDDLEWARE=["django.middleware.security.SecurityMiddleware", "django.middleware.common.CommonMiddleware"])

RECORDED = Recording.read(Path(os.environ["BENCH_RECORDED"]))


@csrf_exempt
def recorded(request: HttpRequest) -> JsonResponse:
    """The row inserts of one of our reports, with a new matter number and a new key."""
    json.loads(request.body)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(RECORDED.first)
        number = cursor.fetchone()[0]
        for text in RECORDED.following(number, secrets.token_hex(8)):
            cursor.execute(text)
    return JsonResponse({"number": number})


@csrf_exempt
def three(request: HttpRequest) -> JsonResponse:
    """One row, one line of its history, one line of audit."""
    given: dict[str, Any] = json.loads(request.body)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("insert into bench_report (text, category_id, state, area) values (%s, %s, 'new', %s) returning id",
                       [given["summary"], given["category"], given["area"]])
        number = cursor.fetchone()[0]
        cursor.execute("insert into bench_status (report_id, state, actor) values (%s, 'new', 'public')", [number])
        cursor.execute("insert into bench_audit (report_id, action, actor, data) values (%s, 'created', 'public', %s)", [number, '{"state": "new"}'])
    return JsonResponse({"number": number})


urlpatterns = [path("recorded", recorded), path("three", three)]
application = get_wsgi_application()
