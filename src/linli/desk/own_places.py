# SPDX-License-Identifier: MulanPSL-2.0
"""The place that a post stands for: where its pages of results, work and quality begin."""

from linli.core.sight import Actor
from linli.elements import places


def own_place(actor: Actor) -> int | None:
    """The area of the place that the post's range is; None when it is none (a post without sight)."""
    if actor.lo >= actor.hi:
        return None
    found = next((one for one in places.path_of(actor.lo) if one.lo == actor.lo and one.hi == actor.hi), None)
    return found.area if found else None
