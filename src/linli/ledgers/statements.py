# SPDX-License-Identifier: MulanPSL-2.0
"""What the books say of a place and year: what came in, what was spent, what is left; each sum leads to its vouchers."""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from django.db.models import Sum

from linli.core.sight import Actor
from linli.elements import places
from linli.elements.places import KnownPlace
from linli.ledgers.booking import ALLOCATE, AVAILABLE, SOURCE, SPENT
from linli.ledgers.funds import Fund
from linli.ledgers.models import Entry, Posting


@dataclass(frozen=True)
class Statement:
    """Cents of a place with all below it: `received` = `spent` + `left`, always."""

    place: KnownPlace
    received: int
    spent: int
    left: int

    @property
    def share(self) -> Fraction | None:
        """Spent of received; None where nothing came in."""
        return Fraction(self.spent, self.received) if self.received else None


@dataclass(frozen=True)
class Books:
    """The statement of a place, of its own account, and of each place one level down in order of area."""

    whole: Statement
    own: Statement
    below: tuple[Statement, ...]


def books(actor: Actor, fund: Fund, year: int, place: KnownPlace) -> Books:
    """One query: the sums of every account below the place, folded by the places one level down. Inside the sight in force."""
    found = Posting.objects.visible_to(actor).within(place.lo, place.hi).filter(fund=fund.name, year=year)
    rows = list(found.values_list("area", "role", "kind").annotate(total=Sum("amount")).order_by("area"))
    below = sorted((one for one in places.children(place.area) if one.level != "grid"), key=lambda one: one.area)
    return Books(_statement(place, rows), _statement(place, [row for row in rows if row[0] == place.area]),
                 tuple(_statement(one, part) for one, part in _parted(below, rows)))


def _parted(below: Sequence[KnownPlace], rows: Sequence[tuple[int, str, str, int]]) -> list[tuple[KnownPlace, list[tuple[int, str, str, int]]]]:
    starts, found = [one.lo for one in below], [(one, list[tuple[int, str, str, int]]()) for one in below]
    for row in rows:
        at = bisect_right(starts, row[0]) - 1
        if at >= 0 and row[0] < below[at].hi:
            found[at][1].append(row)
    return found


def _statement(place: KnownPlace, rows: Sequence[tuple[int, str, str, int]]) -> Statement:
    """Money that is passed on inside the place cancels out; what comes from above or out of the budget does not."""
    received = sum(total for _, role, kind, total in rows if role == AVAILABLE and kind == ALLOCATE) - sum(total for _, role, _, total in rows if role == SOURCE)
    return Statement(place, received, sum(total for _, role, _, total in rows if role == SPENT), sum(total for _, role, _, total in rows if role == AVAILABLE))


def entries(actor: Actor, fund: Fund, year: int, place: KnownPlace, before: int | None, most: int) -> list[Entry]:
    """Vouchers of a place with all below it, newest first, by keys; one query with those that reverse them."""
    found = Entry.objects.visible_to(actor).within(place.lo, place.hi).filter(fund=fund.name, year=year).select_related("reversed_by")
    if before is not None:
        found = found.filter(pk__lt=before)
    return list(found.order_by("-id")[:most])
