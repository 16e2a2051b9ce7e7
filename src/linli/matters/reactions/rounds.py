# SPDX-License-Identifier: MulanPSL-2.0
"""What happens by itself around rounds: reports that arrived late find theirs; tracks that have outlived their order go."""

from datetime import timedelta

from linli.core import clock
from linli.core.actions import run
from linli.core.jobs import regularly
from linli.core.sight import AREA_END, looking, of_all
from linli.core.system_actors import system_actor
from linli.matters import rounds, tracks


@regularly("matters.link_rounds", "23 * * * *")
def link_rounds() -> object:
    """Every hour: a phone may have been without a network when its round ended."""
    with looking(of_all(), read_only=True):
        has_late = rounds.has_late(0, AREA_END)
    return run("round.link", system_actor("worker"), {})["linked"] if has_late else 0


@regularly("matters.close_round_days", "37 * * * *")
def close_round_days() -> object:
    """Every hour: a day whose windows have closed is noted once, and days that a stopped worker missed are noted late."""
    today = clock.today()
    with looking(of_all(), read_only=True):
        noted = rounds.noted_days(today - timedelta(days=rounds.LINK_DAYS))
    days = [today - timedelta(days=ago) for ago in range(rounds.LINK_DAYS, -1, -1)]
    return [run("round.close_day", system_actor("worker"), {"day": day}) for day in days if day not in noted and rounds.is_over(day)]


@regularly("matters.forget_tracks", "41 19 * * *")
def forget_tracks() -> object:
    """At 03:41 in China (the schedule is in UTC): parts of tracks older than 90 days are deleted."""
    with looking(of_all(), read_only=True):
        has_old = tracks.has_old()
    return run("track.forget", system_actor("worker"), {})["deleted"] if has_old else 0
