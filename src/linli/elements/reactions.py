# SPDX-License-Identifier: MulanPSL-2.0
"""What happens by itself: sessions that are over go every night, and every grid without a worker rings."""

from collections.abc import Sequence

from django.db.models import Q

from linli.core.due import after_action
from linli.core.jobs import regularly
from linli.core.models import Due
from linli.core.sight import AREA_END, looking, of_all
from linli.elements import alarms, places, sessions
from linli.elements.models import Absence, GridAssignment


@regularly("elements.forget_sessions", "31 19 * * *")
def forget_sessions() -> object:
    """At 03:31 in China (the schedule is in UTC)."""
    return sessions.forget_expired()


@after_action("elements.watch_grids", "grid.assign", "grid.end_assignment", "grid.stand_in", "grid.end_absence", "post.hand_over", "post.take_back", "boundary.redraw")
def watch_grids(rows: Sequence[Due]) -> None:
    """Look at once at the communities in which somebody was given a grid, lost one, left or came back."""
    alarms.watch(_communities({row.area for row in rows}))


@after_action("elements.watch_posts", "post.end", "post.give")
def watch_posts(rows: Sequence[Due]) -> None:
    """Look at the communities in which a post that has ended (or holds again) has grids or stands in."""
    posts = [row.subject for row in rows]
    held = GridAssignment.objects.filter(post__in=posts).values_list("area", flat=True)
    standing = Absence.objects.filter(stand_in__in=posts).values_list("area", flat=True)
    alarms.watch(_communities({*held, *standing}))


@after_action("elements.watch_accounts", "account.close")
def watch_accounts(rows: Sequence[Due]) -> None:
    """Look at the communities in which a closed account had grids or stood in."""
    accounts = [row.subject for row in rows]
    held = GridAssignment.objects.filter(post__account__in=accounts).values_list("area", flat=True)
    standing = Absence.objects.filter(Q(stand_in__account__in=accounts)).values_list("area", flat=True)
    alarms.watch(_communities({*held, *standing}))


@after_action("elements.watch_places", "boundary.load", "place.load", "place.add", "place.end")
def watch_places(rows: Sequence[Due]) -> None:
    """Grids may have come or gone anywhere: look at all of them."""
    alarms.watch([(0, AREA_END)])


@regularly("elements.watch_grids", "7 * * * *")
def watch_hourly() -> object:
    """Days pass too: every hour, because the city's midnight is any hour of the schedule."""
    with looking(of_all()):
        return alarms.watch([(0, AREA_END)])


def _communities(areas: set[int]) -> list[tuple[int, int]]:
    """The ranges of the communities around these areas, each once."""
    found = {(home.lo, home.hi) for area in areas if (home := places.community_of(area)) is not None}
    return sorted(found)
