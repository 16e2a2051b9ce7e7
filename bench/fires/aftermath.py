# SPDX-License-Identifier: MulanPSL-2.0
"""What stands in the database after a fire, as JSON; printed inside Django, as owner."""

import json
import time
from typing import Any

from django.db import connection

from linli.core import clock, due, evidence
from linli.core.models import Export
from linli.doors import exports
from linli.matters import numbers
from linli.measures import rebuilding

QUIET_SECONDS = 90.0
SQL = {
    "answers": "select key, count(*) from core_answer group by key",
    "lines": """select m.id, json_agg(l.action order by l.id) from core_journalline l join matters_matter m on m.id = l.subject
                where l.subject_kind = 'matter' and l.role <> 'worker' group by m.id""",
    "line_count": "select 1, count(*) from core_journalline",
    "moves": """select matter_id, json_agg(json_build_array(step, action) order by step) from matters_move where role <> 'worker' group by matter_id""",
    "steps": "select matter_id, json_agg(step order by step) from matters_move group by matter_id",
    "traces": "select 1, count(*) from matters_move where note like '%%拒绝%%'",
    "limits": "select matter_id, json_agg(json_build_array(name, met_at is null, due_at is null) order by name) from matters_limit group by matter_id",
    "intervals": """select matter_id, json_agg(json_build_array("limit", state, ended_at is null) order by started_at, id) from matters_interval group by matter_id""",
    "handlings": "select matter_id, count(*) from matters_handling group by matter_id",
    "verifications": "select matter_id, count(*) from matters_verification group by matter_id",
    "photos": "select subject, count(*) from core_evidence where subject_kind = 'matter' group by subject",
    "letters": "select subject, json_agg(json_build_array(occasion, channel, state) order by occasion, id) from core_letter where subject_kind = 'matter' group by subject",
    "uploads": "select id, encode(digest, 'hex') from core_evidence",
    "exports": "select id, state from core_export",
    "stuck": "select id, task_name from procrastinate_jobs where status = 'doing' and not exists (select from procrastinate_workers w "
             "where w.id = worker_id and w.last_heartbeat > now() - interval '30 seconds')",
    "failed": "select id, task_name from procrastinate_jobs where status = 'failed'",
}
QUIET = """select (select count(*) from core_due where at <= now() and tries < 8) + (select count(*) from core_letter
  where next_at <= now()) + (select count(*) from core_export where state in ('waiting', 'running'))"""


def ask(sql: str) -> list[Any]:
    """The rows of one statement."""
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return list(cursor.fetchall())


def wait_until_quiet() -> float:
    """Seconds until nothing is due, no letter waits and no export runs; at most QUIET_SECONDS."""
    began = time.monotonic()
    while ask(QUIET)[0][0] and time.monotonic() - began < QUIET_SECONDS:
        time.sleep(0.3)
    return time.monotonic() - began


def found() -> dict[str, Any]:
    """Everything of SQL by name, what waits, whether the figures equal a count from zero, and which files are missing."""
    seconds = wait_until_quiet()
    facts: dict[str, Any] = {"quiet_after": round(seconds, 1), **due.waiting()}
    facts |= {name: {str(key): value for key, value in ask(sql)} for name, sql in SQL.items()}
    facts["numbers"] = {numbers.number_of(int(key)): key for key in facts["steps"]}
    facts["lost_files"] = [number for number, digest in facts["uploads"].items() if not evidence.path_of(bytes.fromhex(digest)).exists()]
    facts["lost_exports"] = [one.pk for one in Export.objects.filter(state="done") if not exports.path_of(one).exists()]
    run = rebuilding.rebuild(f"{clock.today():%Y}")
    facts |= {"differences": run.differences, "first_difference": run.first_difference, "is_first": run.is_first}
    return facts


def main() -> None:
    """Print it."""
    print(json.dumps(found(), default=str))
