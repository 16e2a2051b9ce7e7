# SPDX-License-Identifier: MulanPSL-2.0
"""Tries of a guarded door (sign-in, public report): counted by address or device in windows of time, refused above a limit."""

from django.db import connection

from linli.core import clock
from linli.core.faults import TooMany
from linli.core.models import Try

COUNT = """insert into core_try (door, who, "window", count) values (%s, %s, %s, 1)
on conflict (door, who, "window") do update set count = core_try.count + 1 returning count"""


def count_try(door: str, who: bytes, limit: int, window_seconds: int) -> None:
    """Count one try and raise TooMany (429) when there were more than `limit` in this window.

    `who` is a digest, never an address. A limit of 0 switches the count off without asking the database. Call it
    outside the action's transaction, or the count is rolled back together with what was refused.
    """
    if limit == 0:
        return
    moment = int(clock.now().timestamp())
    window = moment // window_seconds * window_seconds
    with connection.cursor() as cursor:
        cursor.execute(COUNT, [door, who, window])
        found = int(cursor.fetchone()[0])
    if found > limit:
        raise TooMany(window + window_seconds - moment)


def forget_tries(older_than_seconds: int = 86_400) -> int:
    """Remove counts of windows that began longer ago (default: one day); answers how many rows went."""
    return Try.objects.filter(window__lt=int(clock.now().timestamp()) - older_than_seconds).delete()[0]
