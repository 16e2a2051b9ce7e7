# SPDX-License-Identifier: MulanPSL-2.0
"""What happens by itself around rounds: reports that arrived late find theirs; tracks that have outlived their order go."""

from linli.core.jobs import regularly
from linli.core.sight import AREA_END, looking, of_all
from linli.matters import rounds, tracks


@regularly("matters.link_rounds", "23 * * * *")
def link_rounds() -> object:
    """Every hour: a phone may have been without a network when its round ended."""
    with looking(of_all()):
        return rounds.link_late(0, AREA_END)


@regularly("matters.forget_tracks", "41 19 * * *")
def forget_tracks() -> object:
    """At 03:41 in China (the schedule is in UTC): parts of tracks older than 90 days are deleted."""
    with looking(of_all()):
        return tracks.forget_old()
