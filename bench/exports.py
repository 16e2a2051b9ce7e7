# SPDX-License-Identifier: MulanPSL-2.0
"""A list of a million matters taken out as CSV and as Excel: seconds, rows a second and the memory of the process that writes."""

import json
import multiprocessing
import os
import resource
import tempfile
import time
from argparse import Namespace
from itertools import islice
from pathlib import Path
from typing import Any

import psycopg
from django.conf import settings
from django.db import connection

from bench import results
from linli.core import registry
from linli.core.actions import run as act
from linli.core.models import Export
from linli.core.sight import looking, of_all
from linli.doors import exports
from linli.elements.actors import actor_of_post
from linli.elements.models import Post

ACCOUNT = "city"
"""The demonstration account whose post sees every matter."""


def run(options: Namespace) -> None:
    """Measure the bare COPY of the same columns as floor, then both forms, each in a fresh process."""
    floor = _floor(options.rows)
    rows = [{"form": "copy (floor)", **floor}]
    for form in ("csv", "xlsx"):
        connection.close()
        with multiprocessing.get_context("fork").Pool(1) as pool:
            rows.append(pool.apply(_one, (form, options.rows)))
    for row in rows:
        row["of_floor"] = round(row["seconds"] / floor["seconds"], 1)
    results.show("exports (goal: 1 million rows under 60 s and 150 MB)", rows, options.out)


def _floor(most: int) -> dict[str, Any]:
    """PostgreSQL's own COPY of the columns that the list reads, to nowhere."""
    with psycopg.connect(os.environ["LINLI_DATABASE_OWNER_URL"]) as link, link.cursor() as cursor:
        began, size = time.monotonic(), 0
        with cursor.copy(f"""copy (select id, kind, category_id, phase, source, area, address, summary, unit, reported_at, filed_at, dispatched_at,
                first_reply_at, replied_at, close_due_at, closed_at, round, returns, failures, rating, lon_e6, lat_e6
                from matters_matter order by id desc limit {most}) to stdout""") as copy:
            for block in copy:
                size += len(block)
        return {"rows": cursor.rowcount, "seconds": round(time.monotonic() - began, 1), "megabytes": size // 2**20}


def _one(form: str, most: int) -> dict[str, Any]:
    """One export in this fresh process, as the job would write it."""
    before = _memory()
    with tempfile.TemporaryDirectory() as folder:
        settings.EXPORT_ROOT = Path(folder)
        actor = actor_of_post(Post.objects.filter(account__username=ACCOUNT).order_by("id")[0])
        assert actor is not None
        listing = exports.listing_of("matters")
        registry.REGISTRY._sections[exports.SECTION]["matters"] = type(listing)(
            **{**vars(listing), "rows": lambda who, given: islice(listing.rows(who, given), most)})
        asked = act("export.make", actor, {"listing": "matters", "form": form, "given": json.dumps({})})["export"]
        began = time.monotonic()
        exports.write(asked)
        spent = time.monotonic() - began
        with looking(of_all(), read_only=True):
            ended = Export.objects.get(pk=asked)
    return {"form": form, "rows": ended.rows, "seconds": round(spent, 1), "rows_per_second": int(ended.rows / spent), "megabytes": ended.size // 2**20,
            "peak_mb": _memory(), "before_mb": before}


def _memory() -> int:
    """The most memory that this process has held, in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
