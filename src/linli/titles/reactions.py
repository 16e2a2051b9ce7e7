# SPDX-License-Identifier: MulanPSL-2.0
"""What happens to titles regularly: once a day the figures of all named communities are looked at, and what is late at which level is declared."""

from linli.core import clock
from linli.core.actions import run
from linli.core.jobs import regularly
from linli.core.system_actors import system_actor
from linli.titles import inspected as _inspected  # noqa: F401  declares the watch
from linli.titles import kinds
from linli.titles import resealing as _resealing  # noqa: F401  declares what a change of keys seals anew
from linli.titles.actions.drawing import NOTES
from linli.titles.after import waiting as _waiting  # noqa: F401  declares the watch

MORNING = 5
"""The hour of the city's clock in which signs are noted (our choice: after the nightly count of all figures)."""


@regularly("titles.signs", "20 * * * *")
def watch_the_named() -> object:
    """Once a day, by the city's clock, note what the figures say against each title."""
    return note_all() if clock.local(clock.now()).hour == MORNING else None


def note_all() -> int:
    """Note the signs of every title; answers how many were looked at."""
    seen = 0
    for kind in kinds.kinds():
        after = 0
        while True:
            said = run(NOTES, system_actor("title_watch"), {"kind": kind.name, "after": after})
            seen, after = seen + int(said["seen"]), int(said["after"])
            if not after:
                break
    return seen
