# SPDX-License-Identifier: MulanPSL-2.0
"""Which ended ground a place came from: whoever may read a record may read the history that it kept there."""

from collections.abc import Iterable
from datetime import date

from django.db.models import F

from linli.core import clock
from linli.core.editions import Memory
from linli.core.sight import Actor, Sight
from linli.elements import places
from linli.elements.models import Post, Replacement
from linli.elements.place_loading import EDITION


def _lineage() -> dict[int, tuple[int, ...]]:
    """Area to every ended area that it came from, over any number of redrawings and reorganisations; a community to all its ended grids,
    a street or district also to what came into it from outside."""
    direct: dict[int, set[int]] = {}
    for old, new in Replacement.objects.values_list("old__area", "new__area"):
        direct.setdefault(new, set()).add(old)
        for width in WIDTHS:
            above = new // width * width
            if above != old and (width == WIDTHS[0] or not above <= old < above + width):
                direct.setdefault(above, set()).add(old)
    found: dict[int, tuple[int, ...]] = {}
    for area in direct:
        seen, left = set(direct[area]), list(direct[area])
        while left:
            fresh = direct.get(left.pop(), set()) - seen
            seen |= fresh
            left += fresh
        found[area] = tuple(sorted(seen - {area}))
    return found


WIDTHS = (1_000, 1_000_000, 1_000_000_000)
"""Areas of a community, a street and a district (house.md part 3, Areas)."""
_memory = Memory(EDITION, _lineage)


WHOLLY = 0.99
"""An old grid of which so much went into one new grid has simply gone into it (our choice: the rest is the width of the pencil)."""


def _read_heirs() -> dict[int, tuple[int, ...]]:
    parts: dict[int, dict[int, int]] = {}
    for old, new, metres in Replacement.objects.values_list("old__area", "new__area", "metres").order_by("new__area"):
        parts.setdefault(old, {})[new] = metres
    return {old: _lasting(held) for old, held in parts.items()}


def _lasting(parts: dict[int, int]) -> tuple[int, ...]:
    largest = max(parts, key=lambda one: (parts[one], -one))
    return (largest,) if parts[largest] >= WHOLLY * sum(parts.values()) else tuple(parts)


_heirs = Memory(EDITION, _read_heirs)


def heirs_of(area: int) -> tuple[int, ...]:
    """The grids that took over ground of an ended grid, in order of number; empty while it stands."""
    return _heirs.value().get(area, ())


def whole_heir(area: int) -> int | None:
    """The standing grid that took over a whole ended grid, followed through later redrawings; None when it was divided."""
    seen: set[int] = set()
    while area not in seen:
        seen.add(area)
        heirs = heirs_of(area)
        if len(heirs) != 1:
            return None
        area = heirs[0]
        place = places.find_place(area)
        if place is not None and place.stands():
            return area
    return None


def pairs() -> list[tuple[int, int]]:
    """(ended area, area that its ground or its matters went to), over any number of redrawings; usually none."""
    return [(old, area) for area, olds in _memory.value().items() for old in olds]


def posts_before(actor: Actor) -> list[int]:
    """The actor's own posts of the same role that ended with a grid which his present ground came from; no query where nothing was redrawn."""
    olds = before(actor.lo)
    if not olds or actor.account is None:
        return []
    own = Post.objects.filter(account=actor.account, role=actor.role).exclude(pk=actor.post or 0)
    ended = own.filter(place__area__in=olds, valid_to=F("place__valid_to"), valid_to__lte=clock.today())
    return list(ended.order_by("id").values_list("id", flat=True))


def before(area: int) -> tuple[int, ...]:
    """The ended grids whose ground, or whose matters, an area may have taken over; usually none."""
    return _memory.value().get(area, ())


def _read_settled() -> dict[int, date]:
    found: dict[int, date] = {}
    rows: Iterable[tuple[int, int, date]] = Replacement.objects.exclude(reorganisation=None).exclude(old__valid_to=None).values_list(  # type: ignore[assignment]
        "old__area", "new__area", "old__valid_to")
    for old, new, since in rows:
        for leaf in (old // 1000 * 1000, new // 1000 * 1000):
            found[leaf] = max(since, found.get(leaf, since))
    return found


_settled = Memory(EDITION, _read_settled)


def changed_hands(community: int) -> date | None:
    """The last day on which ground of a community changed hands; None while it never did. Periods that ended before keep the map of their days."""
    return _settled.value().get(community)


def sight_of_record(area: int) -> Sight:
    """The sight of one record, with the history that it kept in the grids that its own came from."""
    return Sight("this_record", area, area + 1, before(area))
