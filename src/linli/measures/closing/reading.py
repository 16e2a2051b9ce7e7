# SPDX-License-Identifier: MulanPSL-2.0
"""The records behind a published figure, as they were counted then."""

from dataclasses import dataclass

from linli.measures.closing.packing import Row, unpack
from linli.measures.models import FrozenMembers


@dataclass(frozen=True)
class KeptRecords:
    """The frozen records of one figure, newest first; `is_kept` is False where they could not be kept."""

    rows: tuple[Row, ...]
    is_kept: bool


def records_of(area: int, period: str, name: str, upto: int | None = None) -> KeptRecords | None:
    """What the newest edition (or the one with the row number `upto`) kept of a community's figure; None when it kept nothing of this period and measure."""
    wanted = FrozenMembers.objects.filter(area=area, period=period, name=name, closing__state="frozen")
    if upto is not None:
        wanted = wanted.filter(closing__lte=upto)
    found = wanted.order_by("-closing").first()
    return KeptRecords(tuple(reversed(unpack(bytes(found.packed)))), found.is_kept) if found else None
